/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n.h>
#include <string.h>

#include "ui/views/entry.h"

static const struct {
    const char *id, *label; /* N_() */
    FormKind kind;
} fields[ENTRY_FIELDS] = {
    [ENTRY_WHAT] = {"what", N_("What"), FORM_TEXT},
    [ENTRY_GROUP] = {"group", N_("Kind"), FORM_CHOICE},
    [ENTRY_ROLE] = {"role", N_("In the visit"), FORM_CHOICE},
    [ENTRY_DETAIL] = {"reaction", N_("Reaction"), FORM_TEXT},
    [ENTRY_SEVERITY] = {"severity", N_("Degree"), FORM_CHOICE},
    [ENTRY_CERTAINTY] = {"certainty", N_("Certainty"), FORM_CHOICE},
    [ENTRY_SINCE] = {"since", N_("Since"), FORM_TEXT},
    [ENTRY_REASON] = {"reason", N_("Why"), FORM_TEXT},
};

enum { MOST_WORDS = 24 };

struct EntryForm {
    const EntryView *view;
    EntryFormFn fn;
    gpointer data;
    Form *form;
    char *parts[ENTRY_FIELDS]; /* what was typed in each; the line is made of them */
    const char *words[ENTRY_FIELDS][MOST_WORDS]; /* of the choices; "" first, NULL last */
};

static EntryField field_at(const EntryForm *f, guint i)
{
    for (int k = 0; k < ENTRY_FIELDS; k++)
        if (entry_asks(f->view->entry, f->view->act, (EntryField)k) && i-- == 0)
            return (EntryField)k;
    return ENTRY_FIELDS;
}

static guint form_count(gpointer model)
{
    const EntryForm *f = model;
    guint n = 0;
    for (int k = 0; k < ENTRY_FIELDS; k++)
        n += entry_asks(f->view->entry, f->view->act, (EntryField)k);
    return n;
}

static gboolean needed(const EntryView *s, EntryField field)
{
    return field == ENTRY_WHAT || (field == ENTRY_REASON ? s->act != ENTRY_CHANGE && s->act != ENTRY_RESOLVE : entry_issue(s->entry, field) != NULL);
}

static void form_field(gpointer model, guint i, FormField *ret)
{
    EntryForm *f = model;
    EntryField field = field_at(f, i);
    const EntryIssue *issue = entry_issue(f->view->entry, field);
    const char *said = fields[field].kind == FORM_CHOICE ? f->view->entry->typed[field] : f->parts[field];
    gboolean exact = field == ENTRY_DETAIL && f->view->domain != ENTRY_ALERT;
    *ret = (FormField){.id = fields[field].id, .label = exact ? _("More exactly") : _(fields[field].label), .kind = fields[field].kind, .value = said,
                       .required = needed(f->view, field), .error = issue && field != ENTRY_WHAT ? issue->text : NULL};
    if (field == ENTRY_SINCE && !issue)
        ret->help = f->view->act == ENTRY_RESOLVE || f->view->domain == ENTRY_PROCEDURE ? _("2014, 2014-03 or 2014-03-02; empty: today") : _("2014, 2014-03 or 2014-03-02; empty: not known");
    if (fields[field].kind == FORM_CHOICE)
        ret->choices = f->words[field];
}

static void form_set(gpointer model, const char *id, const char *value)
{
    EntryForm *f = model;
    for (int k = 0; k < ENTRY_FIELDS; k++)
        if (strcmp(fields[k].id, id) == 0) {
            char *kept = g_strdup(value);
            g_free(f->parts[k]);
            f->parts[k] = kept;
        }
    g_autofree char *line = entry_compose((const char *const *)f->parts);
    f->fn(line, f->data);
}

static const FormModel model = {form_count, form_field, form_set};

void entry_form_reread(EntryForm *f)
{
    for (int k = 0; k < ENTRY_FIELDS; k++) {
        g_free(f->parts[k]);
        f->parts[k] = g_strdup(f->view->entry->typed[k]);
    }
    if (f->form)
        form_refresh(f->form);
}

EntryForm *entry_form_new(const EntryView *s, EntryFormFn fn, gpointer data)
{
    EntryForm *f = g_new0(EntryForm, 1);
    *f = (EntryForm){.view = s, .fn = fn, .data = data};
    for (int k = 0; k < ENTRY_FIELDS; k++) {
        const EntryWord *w;
        f->words[k][0] = "";
        for (guint i = 0; i + 2 < MOST_WORDS && (w = entry_word_at((EntryField)k, i)); i++)
            f->words[k][i + 1] = w->text;
    }
    entry_form_reread(f);
    f->form = form_new(&model, f);
    return f;
}

void entry_form_free(EntryForm *f)
{
    if (!f)
        return;
    form_free(f->form);
    for (int k = 0; k < ENTRY_FIELDS; k++)
        g_free(f->parts[k]);
    g_free(f);
}

void entry_form_focus(EntryForm *f, EntryField field)
{
    form_set_focus(f->form, fields[field].id);
}

gboolean entry_form_on(const EntryForm *f, EntryField field)
{
    return g_strcmp0(form_focus(f->form), fields[field].id) == 0;
}

gboolean entry_form_typing(const EntryForm *f)
{
    return form_typing(f->form);
}

gboolean entry_form_input(EntryForm *f, const char *utf8, gboolean paste)
{
    WidgetResult r = form_input(f->form, utf8, paste);
    if (r & WIDGET_CHANGED)
        form_refresh(f->form); /* what is asked may be another */
    return r != WIDGET_IGNORED;
}

void entry_form_paint(EntryForm *f, Canvas *c)
{
    form_paint(f->form, c, TRUE);
}
