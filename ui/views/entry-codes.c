/* SPDX-License-Identifier: GPL-3.0-or-later
 * Which codes an entry may have, and from where: the core's own while one types, where it gives them out, else the
 * unit's list; the screen always says which. A code that was chosen stays with the draft as it came. */
#include <glib/gi18n.h>
#include <string.h>

#include "ui/views/entry.h"

#define SUSPECTED "suspected" /* in the place of what is changed: a new one, offered as only suspected */
#define ALL_OF "?fhir_vs" /* the set of all codes of a system */

void entry_codes_open(View *v, CodeSearchFn fn)
{
    EntryView *s = v->state;
    const Options *o = v->app->options;
    if (s->domain == ENTRY_ALERT)
        return; /* of substances and signals the unit's own list is the only one */
    gboolean diagnosis = s->domain == ENTRY_DIAGNOSIS;
    const char *asked = diagnosis ? option_text(o, "codes.diagnoses") : option_text(o, "codes.procedures");
    g_autofree char *all = g_strconcat(code_system_uri(diagnosis ? "icd" : "kva"), ALL_OF, NULL);
    s->search = code_search_new(v->app->client, *asked ? asked : all, fn, v);
}

static gboolean offers_of_core(const EntryView *s)
{
    const GPtrArray *choices = s->entry->choices;
    return choices->len && ((const CodeItem *)choices->pdata[0])->from_core;
}

/* A list that somebody is choosing in is not changed under the hand. */
void entry_codes_known(const EntryView *s, EntryContext *c)
{
    c->taken = s->taken;
    if (!s->search || (s->choosing && !offers_of_core(s)))
        return;
    c->found = code_search_found(s->search);
    c->found_for = code_search_words(s->search);
}

void entry_codes_read(EntryView *s)
{
    if (s->search)
        code_search_type(s->search, s->act == ENTRY_NEW || s->act == ENTRY_CHANGE ? s->entry->asked : NULL);
}

void entry_codes_take(EntryView *s, const CodeItem *item)
{
    if (s->taken == item)
        return;
    g_clear_pointer(&s->taken, code_item_unref);
    s->taken = item->from_core ? code_item_ref(item) : NULL;
}

/* Of several none is taken by an Enter that was pressed out of habit. */
gboolean entry_codes_chosen(const EntryView *s)
{
    guint n = s->entry->choices->len;
    return n == 1 || (n > 1 && s->choosing);
}

/* Up and down choose among what may be meant, while what it is is being typed; down past the last asks for more. */
gboolean entry_codes_move(View *v, const char *key)
{
    EntryView *s = v->state;
    int n = (int)s->entry->choices->len, by = strcmp(key, "<Down>") == 0 ? 1 : strcmp(key, "<Up>") == 0 ? -1 : 0;
    if (!n || !by || !line_on(v, ENTRY_WHAT))
        return FALSE;
    gboolean chosen = entry_codes_chosen(s);
    s->choosing = TRUE;
    if (!chosen) { /* the first step is to the first, or to the last */
        s->choice = by > 0 ? 0 : (guint)n - 1;
        return TRUE;
    }
    if (by > 0 && (int)s->choice == n - 1 && s->search && code_search_more(s->search))
        return TRUE; /* the next ones stand under it when they have come */
    s->choice = (guint)(((int)s->choice + by + n) % n);
    return TRUE;
}

/* ---- where they come from ---- */

/* What stands there is of the core's codes: chosen, named, or offered. */
static const CodeItem *core_item(const EntryView *s)
{
    const CodeItem *item = s->entry->item ? s->entry->item : s->entry->choices->len ? s->entry->choices->pdata[0] : NULL;
    return item && item->from_core ? item : NULL;
}

static char *core_words(const EntryView *s, const CodeItem *item)
{
    g_autofree char *set = s->search ? code_search_edition(s->search) : g_strdup("");
    g_autofree char *own = item->version ? g_strdup_printf(_("version %s"), item->version) : NULL;
    const char *edition = own ? own : set;
    gint64 total = s->search ? code_search_total(s->search) : -1;
    if (!s->entry->item && total > s->entry->choices->len)
        return g_strdup_printf(_("the core's, %s%s%u of %d: type more, or go down past the last"), edition,
                               *edition ? ", " : "", s->entry->choices->len, (int)MIN(total, G_MAXINT));
    return *edition ? g_strdup_printf(_("the core's, %s"), edition) : g_strdup(_("the core's"));
}

char *entry_codes_source(const EntryView *s)
{
    const CodeItem *item = core_item(s);
    const CodeList *list = entry_codes(s->domain, NULL);
    if (!s->search || !list || !*s->entry->typed[ENTRY_WHAT] || (s->act != ENTRY_NEW && s->act != ENTRY_CHANGE))
        return NULL;
    if (item)
        return core_words(s, item);
    if (!s->entry->asked)
        return NULL; /* as it stands in the record, or as it is written */
    g_autofree char *why = code_search_why(s->search);
    return why ? g_strdup_printf(_("the unit's list of %s; %s"), code_list_edition(list), why)
               : g_strdup_printf(_("the unit's list of %s"), code_list_edition(list));
}

/* ---- with the draft ---- */

gboolean entry_codes_suspected(const char *arg)
{
    return strcmp(arg, SUSPECTED) == 0;
}

/* What is changed on the first line; the code that was chosen on the next, its parts between tabs. */
char *entry_codes_keep(const EntryView *s, const char *arg)
{
    const CodeItem *t = s->taken;
    const char *on = arg ? arg : s->suspected ? SUSPECTED : "";
    return t ? g_strdup_printf("%s\n%s\t%s\t%s\t%s", on, t->system, t->version ? t->version : "", t->code, t->text)
             : g_strdup(on);
}

char *entry_codes_kept(EntryView *s, const char *meta)
{
    g_auto(GStrv) lines = g_strsplit(meta, "\n", 2);
    g_auto(GStrv) parts = g_strsplit(lines[0] && lines[1] ? lines[1] : "", "\t", 4);
    static const char *const no_names[] = {NULL};
    if (g_strv_length(parts) == 4) {
        code_item_unref(s->taken);
        s->taken = code_item_new(parts[0], *parts[1] ? parts[1] : NULL, parts[2], parts[3], no_names);
    }
    s->suspected = lines[0] && entry_codes_suspected(lines[0]);
    return g_strdup(lines[0] && !s->suspected ? lines[0] : "");
}
