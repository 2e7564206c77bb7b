/* SPDX-License-Identifier: GPL-3.0-or-later
 * ui/widgets/form.h — labelled fields under each other. The model is the owner's: it says which
 * fields there are now, what they hold, and checks a value when it is left. */
#pragma once
#include "ui/widgets/widget.h"

typedef enum { FORM_TEXT, FORM_CHOICE, FORM_BOOLEAN } FormKind;

typedef struct {
    const char *id, *label, *value; /* borrowed until the model changes */
    FormKind kind;
    gboolean required;
    const char *error, *help;        /* translated sentences or NULL */
    const char *const *choices;      /* FORM_CHOICE: texts, ended by NULL */
} FormField;

typedef struct {
    guint (*count)(gpointer model);
    void (*field)(gpointer model, guint i, FormField *ret);
    void (*set)(gpointer model, const char *id, const char *value); /* after each change */
} FormModel;

typedef struct Form Form;
Form *form_new(const FormModel *model, gpointer data);
void form_free(Form *f);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Form, form_free)
void form_refresh(Form *f); /* fields came or went; the focus follows its id */
const char *form_focus(const Form *f);
gboolean form_set_focus(Form *f, const char *id);
gboolean form_at_end(const Form *f); /* the cursor stands behind all of the text that is typed in */
/* What is typed goes into a field, not to a choice. */
gboolean form_typing(const Form *f);
/* Tab, S-Tab, Up, Down move; Enter accepts; Space or arrows change choices. */
WidgetResult form_input(Form *f, const char *utf8, gboolean paste);
void form_paint(Form *f, Canvas *c, gboolean focused);
