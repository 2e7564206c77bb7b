/* SPDX-License-Identifier: GPL-3.0-or-later
 * The line of an entry cut into labelled fields. */
#include <glib/gi18n.h>

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

const char *entry_label(const EntryView *s, EntryField field)
{
    return field == ENTRY_DETAIL && s->domain != ENTRY_ALERT       ? _("More exactly")
           : field == ENTRY_SINCE && s->act == ENTRY_RESOLVE       ? _("Over")
           : field == ENTRY_SINCE && s->domain == ENTRY_PROCEDURE  ? _("Done")
                                                                   : _(fields[field].label);
}

static gboolean asks(const EntryView *s, guint part)
{
    return entry_asks(s->entry, s->act, (EntryField)part);
}

static guint count(View *v)
{
    guint n = 0;
    for (guint k = 0; k < ENTRY_FIELDS; k++)
        n += asks(v->state, k);
    return n;
}

static EntryField shown(const EntryView *s, guint i)
{
    guint k = 0;
    while (k < ENTRY_FIELDS && !(asks(s, k) && i-- == 0))
        k++;
    return (EntryField)k;
}

static const char *id_of(guint part)
{
    return fields[part].id;
}

static const char *const *said(View *v)
{
    return (const char *const *)((const EntryView *)v->state)->entry->typed;
}

/* "", and what the field may be. */
static const char *const *words_of(EntryField field)
{
    static const char *words[ENTRY_FIELDS][MOST_WORDS];
    const EntryWord *w;
    words[field][0] = "";
    for (guint i = 0; i + 2 < MOST_WORDS && (w = entry_word_at(field, i)); i++)
        words[field][i + 1] = w->text;
    return words[field];
}

static gboolean needed(const EntryView *s, EntryField field)
{
    return field == ENTRY_WHAT || (field == ENTRY_REASON ? s->act != ENTRY_CHANGE && s->act != ENTRY_RESOLVE : entry_issue(s->entry, field) != NULL);
}

static void field_at(View *v, guint i, FormField *ret)
{
    const EntryView *s = v->state;
    EntryField field = shown(s, i);
    const EntryIssue *issue = entry_issue(s->entry, field);
    gboolean choice = fields[field].kind == FORM_CHOICE;
    *ret = (FormField){.id = fields[field].id, .label = entry_label(s, field), .kind = fields[field].kind,
                       .value = choice ? s->entry->typed[field] : s->line.parts[field], .required = needed(s, field),
                       .error = issue && field != ENTRY_WHAT ? issue->text : NULL, .choices = choice ? words_of(field) : NULL};
    if (field == ENTRY_SINCE && !issue)
        ret->help = s->act == ENTRY_RESOLVE || s->domain == ENTRY_PROCEDURE ? _("2014, 2014-03 or 2014-03-02; empty: today") : _("2014, 2014-03 or 2014-03-02; empty: not known");
}

const LineForm entry_form = {.parts = ENTRY_FIELDS, .count = count, .field = field_at, .id = id_of, .said = said, .compose = entry_compose};
