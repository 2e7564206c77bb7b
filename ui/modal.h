/* SPDX-License-Identifier: GPL-3.0-or-later
 * ui/modal.h — what lies over the view and takes the keys: a question, a list to pick from, one line
 * to type. A stack; only the top one has the keys. No loop is nested: each ends by its callback. */
#pragma once
#include "ui/canvas.h"
#include "ui/layout.h"
#include "ui/widgets/widget.h"

typedef struct ModalStack ModalStack;

typedef struct {
    const char *context; /* keymap context while it is on top */
    gboolean text;       /* typed letters are text */
    WidgetResult (*input)(gpointer self, const char *utf8, gboolean paste);
    /* The size it would like, at most @max. */
    void (*size)(gpointer self, Rect max, int *ret_rows, int *ret_cols);
    void (*paint)(gpointer self, Canvas *c);
    /* Called once, when it is accepted or closed; then it is freed. */
    void (*done)(gpointer self, gboolean accepted);
    void (*free)(gpointer self);
} ModalClass;

ModalStack *modal_stack_new(void);
void modal_stack_free(ModalStack *s); /* what is open is freed without its callback */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ModalStack, modal_stack_free)
void modal_push(ModalStack *s, const ModalClass *cls, gpointer self); /* @self taken */
const ModalClass *modal_top(const ModalStack *s);                     /* NULL = none */
gboolean modal_input(ModalStack *s, const char *utf8, gboolean paste); /* TRUE when used */
void modal_paint(ModalStack *s, Canvas *c, const Layout *l);
/* Takes it away without its callback: nobody is left to hear it. */
void modal_drop(ModalStack *s, gpointer self);

/* The three that commands ask for. Texts are copied. */
typedef void (*ModalTextFn)(const char *text, gpointer data); /* NULL = closed */
typedef void (*ModalPickFn)(int index, gpointer data);        /* -1 = closed */
gpointer modal_ask(ModalStack *s, const char *prompt, const char *initial, ModalTextFn fn, gpointer data);
gpointer modal_pick(ModalStack *s, const char *title, const GPtrArray *items /* PickItem */,
                    ModalPickFn fn, gpointer data);
/* Yes is a letter (y, j in Swedish), never Enter. @fn gets 0 for yes and -1 for all else. */
gpointer modal_confirm(ModalStack *s, const char *question, ModalPickFn fn, gpointer data);
