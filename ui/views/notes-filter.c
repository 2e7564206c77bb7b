/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/views/notes-filter.h"

#include <glib/gi18n.h>

static const char *const facet_names[NOTE_FACETS] = {
    [NOTE_BY_TYPE] = N_("Type"), [NOTE_BY_PROFESSION] = N_("Profession"), [NOTE_BY_UNIT] = N_("Unit"), [NOTE_BY_AUTHOR] = N_("Author")};

/* "Typ: Epikris · Yrke: läkare · Text: feber" */
char *notes_filter_words(const NoteFilter *f, gboolean text)
{
    g_autoptr(GString) out = g_string_new(NULL);
    for (guint i = 0; i < NOTE_FACETS; i++)
        if (f->facet[i])
            g_string_append_printf(out, "%s%s: %s", out->len ? " · " : "", _(facet_names[i]), f->facet[i]);
    if (text && f->text && *f->text)
        g_string_append_printf(out, "%s%s: %s", out->len ? " · " : "", _("Text"), f->text);
    return g_string_free(g_steal_pointer(&out), FALSE);
}

/* One row of the choice: a value of a facet; with none the filter is taken away. */
typedef struct {
    NoteFacet facet;
    char *value;
} Choice;

static void choice_free(gpointer p)
{
    Choice *c = p;
    g_free(c->value);
    g_free(c);
}

static void add_choice(GPtrArray *choices, GPtrArray *items, NoteFacet facet, const NoteValue *value)
{
    Choice *c = g_new0(Choice, 1);
    PickItem *item = g_new0(PickItem, 1);
    *c = (Choice){facet, value ? g_strdup(value->value) : NULL};
    item->text = value ? g_strdup_printf("%s: %s", _(facet_names[facet]), value->value) : g_strdup(_("Show all notes"));
    item->detail = value ? g_strdup_printf("%u", value->count) : NULL;
    g_ptr_array_add(choices, c);
    g_ptr_array_add(items, item);
}

typedef struct {
    GPtrArray *choices; /* Choice, as the items stand */
    NotesFilterFn fn;
} Asking;

static void on_picked(CmdCall *call, int index, gpointer data)
{
    const Asking *a = data;
    View *v = shell_find_view(call->app, call->view_id);
    if (v && index >= 0) {
        const Choice *c = a->choices->pdata[index];
        a->fn(v, c->facet, c->value);
    }
    cmd_continue(call, CMD_DONE, NULL);
}

static void asking_free(gpointer p)
{
    Asking *a = p;
    g_ptr_array_unref(a->choices);
    g_free(a);
}

CmdResult notes_filter_choose(CmdCall *call, const NoteTimeline *timeline, const NoteFilter *filter, NotesFilterFn fn)
{
    Asking *a = g_new0(Asking, 1);
    *a = (Asking){g_ptr_array_new_with_free_func(choice_free), fn};
    g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func(pick_item_free);
    if (note_filter_is_set(filter))
        add_choice(a->choices, items, 0, NULL);
    for (guint f = 0; f < NOTE_FACETS; f++) {
        g_autoptr(GPtrArray) values = note_timeline_values(timeline, f);
        for (guint i = 0; i < values->len; i++)
            add_choice(a->choices, items, f, values->pdata[i]);
    }
    call->data = a;
    call->data_free = asking_free;
    call->app->frontend->pick(call, _("Show only notes that have"), items, on_picked, a);
    return CMD_WAIT;
}
