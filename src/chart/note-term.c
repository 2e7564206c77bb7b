/* SPDX-License-Identifier: GPL-3.0-or-later
 * Sökord that a template does not have, added while one writes. */
#include <string.h>

#include "base/text.h"
#include "chart/note-internal.h"

#define WITHOUT "Utan sökord"

static gboolean is_added(const NoteSection *s)
{
    return *s->link_id == NOTE_TERM;
}

/* Behind @after, what lies under it and what was added to it before; an added one is followed at once. */
guint note_add_term(Note *n, guint after, const char *title)
{
    const NoteSection *anchor = n->sections->pdata[after];
    guint at = after + 1;
    if (!is_added(anchor))
        while (at < n->sections->len && (((NoteSection *)n->sections->pdata[at])->level > anchor->level ||
                                         is_added(n->sections->pdata[at])))
            at++;
    g_autofree char *link = is_added(anchor) ? g_strndup(anchor->link_id + 1, strcspn(anchor->link_id + 1, NOTE_TERM_TITLE))
                                             : g_strdup(anchor->link_id);
    g_autofree char *id = g_strdup_printf("%c%s" NOTE_TERM_TITLE "%s", NOTE_TERM, link, title);
    NoteSection *s = note_add_section(n, id, title, anchor->level, TRUE);
    s->text = g_strdup("");
    g_ptr_array_insert(n->sections, (int)at, g_ptr_array_steal_index(n->sections, n->sections->len - 1));
    return at;
}

/* What is put behind it stands last, and under no other heading. */
static guint last_heading(const Note *n)
{
    guint at = n->sections->len - 1;
    while (at > 0 && (((NoteSection *)n->sections->pdata[at])->level > 0 || is_added(n->sections->pdata[at])))
        at--;
    return at;
}

NoteSection *note_term_of_draft(Note *n, const char *link_id)
{
    const char *title = strstr(link_id, NOTE_TERM_TITLE);
    guint after = last_heading(n); /* the one before it is gone: last */
    if (*link_id != NOTE_TERM || !title || !title[1] || strpbrk(title + 1, NOTE_DRAFT_MARKS))
        return NULL;
    g_autofree char *before = g_strndup(link_id + 1, (gsize)(title - link_id - 1));
    for (guint i = 0; i < n->sections->len; i++) {
        const NoteSection *s = n->sections->pdata[i];
        if (strcmp(s->link_id, link_id) == 0)
            return n->sections->pdata[i];
        if (strcmp(s->link_id, before) == 0)
            after = i;
    }
    guint at = note_add_term(n, after, title + 1);
    return n->sections->pdata[at];
}

NoteSection *note_term_for_lost(Note *n, const char *link_id, const char *title)
{
    const NoteSection *last = n->sections->pdata[last_heading(n)];
    g_autofree char *heading = title && *title ? g_strdup(title) : g_strconcat(WITHOUT, *link_id ? ": " : "", link_id, NULL);
    g_autofree char *link = g_strdup_printf("%c%s" NOTE_TERM_TITLE "%s", NOTE_TERM, last->link_id,
                                            g_strdelimit(heading, NOTE_DRAFT_MARKS, ' '));
    NoteSection *s = note_term_of_draft(n, link);
    s->lost = TRUE;
    return s;
}

/* Each word that was typed begins a word of the title. */
static gboolean fits(const char *title, const char *typed)
{
    g_autofree char *have = text_fold(title), *want = text_fold(typed), *spaced = g_strconcat(" ", have, NULL);
    g_auto(GStrv) words = g_strsplit(want, " ", -1);
    gboolean all = TRUE;
    for (char **w = words; *w && all; w++) {
        g_autofree char *begins = g_strconcat(" ", *w, NULL);
        all = !**w || strstr(spaced, begins) || (strlen(*w) > 2 && strstr(spaced, *w));
    }
    return all;
}

static int by_words(gconstpointer a, gconstpointer b)
{
    return text_compare_sv(*(char *const *)a, *(char *const *)b);
}

static void add_titles(GPtrArray *out, GHashTable *seen, const Note *n, const char *typed)
{
    for (guint i = 0; i < n->sections->len; i++) {
        const NoteSection *s = n->sections->pdata[i];
        if (*s->title && s->takes_text && fits(s->title, typed) && g_hash_table_add(seen, g_strdup(s->title)))
            g_ptr_array_add(out, g_strdup(s->title));
    }
}

GPtrArray *note_terms(const GPtrArray *templates, const Note *n, const char *typed)
{
    GPtrArray *out = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    add_titles(out, seen, n, typed);
    for (guint i = 0; i < templates->len; i++) {
        g_autoptr(Note) one = note_new(templates->pdata[i], NULL);
        if (one)
            add_titles(out, seen, one, typed);
    }
    g_ptr_array_sort(out, by_words);
    return out;
}
