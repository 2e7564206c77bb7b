/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/note-seen.h"

#include <string.h>

#define FIRST_LINE "rond-seen 1"

struct NoteSeen {
    Instant until;      /* the latest change at the core that has been on the screen; INSTANT_NONE: no visit yet */
    GHashTable *unread; /* ids */
    GHashTable *edge;   /* "id version" of what was changed at that very moment: more may come with the same time */
};

NoteSeen *note_seen_new(GBytes *kept)
{
    NoteSeen *s = g_new0(NoteSeen, 1);
    *s = (NoteSeen){.until = INSTANT_NONE, .unread = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
                    .edge = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL)};
    gsize len = 0;
    const char *data = kept ? g_bytes_get_data(kept, &len) : NULL;
    g_autofree char *text = g_strndup(data ? data : "", len);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    if (!lines[0] || strcmp(lines[0], FIRST_LINE) != 0 || !lines[1])
        return s;
    s->until = g_ascii_strtoll(lines[1], NULL, 10);
    for (char **l = lines + 2; *l; l++)
        if (**l && (*l)[1])
            g_hash_table_add(**l == 'u' ? s->unread : s->edge, g_strdup(*l + 2));
    return s;
}

void note_seen_free(NoteSeen *s)
{
    if (!s)
        return;
    g_hash_table_unref(s->unread);
    g_hash_table_unref(s->edge);
    g_free(s);
}

static void append_all(GString *out, char mark, GHashTable *set)
{
    GHashTableIter iter;
    gpointer key;
    g_hash_table_iter_init(&iter, set);
    while (g_hash_table_iter_next(&iter, &key, NULL))
        g_string_append_printf(out, "%c %s\n", mark, (char *)key);
}

GBytes *note_seen_keep(const NoteSeen *s)
{
    GString *out = g_string_new(NULL);
    g_string_append_printf(out, FIRST_LINE "\n%" G_GINT64_FORMAT "\n", s->until);
    append_all(out, 'u', s->unread);
    append_all(out, 'e', s->edge);
    return g_string_free_to_bytes(out);
}

static Instant changed_at(const NoteRow *r)
{
    Instant at = fhir_last_updated(r->source);
    return at != INSTANT_NONE ? at : r->date;
}

static char *version_of(const NoteRow *r)
{
    const char *version = fhir_version_id(r->source);
    return g_strdup_printf("%s %s", r->id, version ? version : "");
}

/* An earlier version is read in the one that has taken its place. */
static gboolean is_new(const NoteSeen *s, const NoteRow *r, const char *practitioner, const char *role_id)
{
    Instant at = changed_at(r);
    if (!*r->id || at == INSTANT_NONE || at < s->until || r->life == NOTE_REPLACED || note_names(r->source, practitioner, role_id))
        return FALSE;
    g_autofree char *version = version_of(r);
    return at > s->until || !g_hash_table_contains(s->edge, version);
}

static gboolean move_edge(NoteSeen *s, const GPtrArray *rows)
{
    Instant latest = INSTANT_NONE;
    for (guint i = 0; i < rows->len; i++) {
        Instant at = changed_at(rows->pdata[i]);
        latest = at != INSTANT_NONE && (latest == INSTANT_NONE || at > latest) ? at : latest;
    }
    if (latest == INSTANT_NONE || (s->until != INSTANT_NONE && latest < s->until))
        return FALSE;
    guint before = s->until == latest ? g_hash_table_size(s->edge) : 0;
    if (latest != s->until)
        g_hash_table_remove_all(s->edge);
    s->until = latest;
    for (guint i = 0; i < rows->len; i++)
        if (changed_at(rows->pdata[i]) == latest)
            g_hash_table_add(s->edge, version_of(rows->pdata[i]));
    return g_hash_table_size(s->edge) != before;
}

gboolean note_seen_visit(NoteSeen *s, const GPtrArray *rows, const char *practitioner, const char *role_id)
{
    gboolean changed = FALSE;
    if (s->until == INSTANT_NONE && !rows->len) { /* that there was nothing is something to have seen */
        s->until = 0;
        return TRUE;
    }
    for (guint i = 0; s->until != INSTANT_NONE && i < rows->len; i++) {
        const NoteRow *r = rows->pdata[i];
        if (is_new(s, r, practitioner, role_id))
            changed |= g_hash_table_add(s->unread, g_strdup(r->id));
    }
    return move_edge(s, rows) || changed;
}

gboolean note_seen_read(NoteSeen *s, const char *id)
{
    return g_hash_table_remove(s->unread, id);
}

gboolean note_seen_read_all(NoteSeen *s)
{
    gboolean any = g_hash_table_size(s->unread) > 0;
    g_hash_table_remove_all(s->unread);
    return any;
}

gboolean note_seen_is_unread(const NoteSeen *s, const char *id)
{
    return g_hash_table_contains(s->unread, id);
}
