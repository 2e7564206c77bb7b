/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/note-timeline.h"

#include <string.h>

#include "base/clock.h"
#include "base/text.h"

enum { SLICE_US = 3000 }; /* of one turn of the main loop */

struct NoteTimeline {
    Feed *feed;
    GPtrArray *items; /* FhirResource*: what the core has given, refs */
    GPtrArray *rows;  /* NoteRow: of the first so many of them */
    GPtrArray *before; /* rows of the answer before, as long as this one is read */
    GHashTable *known; /* id → its place among them, and one */
    guint idle;
    NoteTimelineFn fn;
    gpointer data;
};

/* ---- one note ---- */

static void row_free(gpointer p)
{
    NoteRow *r = p;
    if (!r)
        return;
    fhir_resource_unref(r->source);
    g_free(r->id);
    g_free(r->title);
    g_free(r->author);
    g_free(r->unit);
    g_free(r->state);
    g_free(r->profession);
    g_free(r->words);
    g_free(r);
}

static NoteRow *row_read(const FhirResource *d)
{
    NoteReading *n = note_read(d);
    NoteRow *r = g_new0(NoteRow, 1);
    *r = (NoteRow){.id = g_strdup(fhir_id(d) ? fhir_id(d) : ""), .source = fhir_resource_ref(d), .life = n->life,
                   .is_signed = n->is_signed, .struck = n->struck, .unsearched = n->not_text || n->others, .date = n->date,
                   .profession = note_profession(n->author)};
    g_autofree char *all = g_strjoin("\n", n->title, n->author ? n->author : "", n->unit ? n->unit : "", n->text, NULL);
    r->words = text_fold_keep_swedish(all);
    r->title = g_steal_pointer(&n->title);
    r->author = g_steal_pointer(&n->author);
    r->unit = g_steal_pointer(&n->unit);
    r->state = g_steal_pointer(&n->state);
    note_reading_free(n);
    return r;
}

const char *note_row_facet(const NoteRow *r, NoteFacet facet)
{
    const char *const values[NOTE_FACETS] = {r->title, r->profession, r->unit, r->author};
    return values[facet];
}

/* ---- reading, a slice at a time ---- */

static GHashTable *rows_by_id(const GPtrArray *rows)
{
    GHashTable *at = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < rows->len; i++)
        g_hash_table_insert(at, ((NoteRow *)rows->pdata[i])->id, rows->pdata[i]);
    return at;
}

/* The row of the answer before, when it is of this very version. */
static NoteRow *take_known(NoteTimeline *t, const FhirResource *d)
{
    const char *id = fhir_id(d), *version = fhir_version_id(d);
    guint at = id && version ? GPOINTER_TO_UINT(g_hash_table_lookup(t->known, id)) : 0;
    NoteRow *old = at ? t->before->pdata[at - 1] : NULL;
    if (!old || g_strcmp0(fhir_version_id(old->source), version) != 0)
        return NULL;
    t->before->pdata[at - 1] = NULL; /* it is in the new list now */
    fhir_resource_unref(old->source);
    old->source = fhir_resource_ref(d);
    return old;
}

/* A note is struck with all its versions: one that the core still calls replaced is struck where its later one is. */
static void strike_versions(NoteTimeline *t)
{
    g_autoptr(GPtrArray) struck = g_ptr_array_new();
    g_autoptr(GHashTable) at = NULL;
    for (guint i = 0; i < t->rows->len; i++)
        if (((NoteRow *)t->rows->pdata[i])->struck)
            g_ptr_array_add(struck, t->rows->pdata[i]);
    for (guint i = 0; i < struck->len; i++) {
        char *id;
        for (guint k = 0; (id = note_earlier(((NoteRow *)struck->pdata[i])->source, k)); k++, g_free(id)) {
            if (!at)
                at = rows_by_id(t->rows);
            NoteRow *r = g_hash_table_lookup(at, id);
            if (!r || r->life != NOTE_REPLACED)
                continue;
            r->life = NOTE_STRUCK;
            r->struck = TRUE;
            g_free(r->state);
            r->state = g_strdup(note_state_word(NOTE_STRUCK));
            g_ptr_array_add(struck, r);
        }
    }
}

/* TRUE when there is more to read. */
static gboolean read_slice(NoteTimeline *t)
{
    gint64 until = clock_monotonic_us() + SLICE_US;
    while (t->rows->len < t->items->len && clock_monotonic_us() <= until) {
        const FhirResource *d = t->items->pdata[t->rows->len];
        NoteRow *row = take_known(t, d);
        g_ptr_array_add(t->rows, row ? row : row_read(d));
    }
    if (t->rows->len < t->items->len)
        return TRUE;
    strike_versions(t);
    g_hash_table_remove_all(t->known);
    g_ptr_array_set_size(t->before, 0);
    return FALSE;
}

static gboolean on_idle(gpointer data)
{
    NoteTimeline *t = data;
    gboolean more = read_slice(t);
    if (!more)
        t->idle = 0;
    t->fn(t, t->data);
    return more ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

/* What an unfinished reading had not come to is still known from the one before. */
static void begin_anew(NoteTimeline *t)
{
    g_ptr_array_extend_and_steal(t->before, g_steal_pointer(&t->rows));
    t->rows = g_ptr_array_new_with_free_func(row_free);
    g_hash_table_remove_all(t->known);
    for (guint i = 0; i < t->before->len; i++) {
        NoteRow *r = t->before->pdata[i];
        if (r && *r->id)
            g_hash_table_insert(t->known, r->id, GUINT_TO_POINTER(i + 1));
    }
}

static void on_feed(Feed *feed, gpointer data)
{
    NoteTimeline *t = data;
    const FeedState *s = feed_state(feed);
    t->feed = feed;
    g_ptr_array_set_size(t->items, 0);
    for (guint i = 0; i < s->items->len; i++)
        g_ptr_array_add(t->items, fhir_resource_ref(s->items->pdata[i]));
    begin_anew(t);
    if (read_slice(t) && !t->idle)
        t->idle = g_idle_add_full(G_PRIORITY_DEFAULT_IDLE, on_idle, t, NULL);
    t->fn(t, t->data);
}

static void timeline_free(gpointer data)
{
    NoteTimeline *t = data;
    g_clear_handle_id(&t->idle, g_source_remove);
    g_hash_table_unref(t->known);
    g_ptr_array_unref(t->before);
    g_ptr_array_unref(t->rows);
    g_ptr_array_unref(t->items);
    g_free(t);
}

NoteTimeline *note_timeline_watch(Client *client, Scope *scope, PatientCtx *patient, NoteTimelineFn fn, gpointer data)
{
    NoteTimeline *t = g_new0(NoteTimeline, 1);
    *t = (NoteTimeline){.fn = fn, .data = data};
    t->items = g_ptr_array_new_with_free_func((GDestroyNotify)fhir_resource_unref);
    t->rows = g_ptr_array_new_with_free_func(row_free);
    t->before = g_ptr_array_new_with_free_func(row_free);
    t->known = g_hash_table_new(g_str_hash, g_str_equal);
    scope_add(scope, timeline_free, t); /* closed after the feed: latest first */
    t->feed = feed_watch(client, scope, patient, FEED_NOTES_ALL, on_feed, t);
    return t;
}

void note_timeline_refresh(NoteTimeline *t)
{
    feed_refresh(t->feed);
}

const FeedState *note_timeline_state(const NoteTimeline *t)
{
    return feed_state(t->feed);
}

const GPtrArray *note_timeline_rows(const NoteTimeline *t)
{
    return t->rows;
}

gboolean note_timeline_is_whole(const NoteTimeline *t)
{
    const FeedState *s = feed_state(t->feed);
    return s->answered && s->known == KNOWN_WHOLE && t->rows->len == t->items->len;
}

/* ---- filter and search ---- */

void note_filter_clear(NoteFilter *f)
{
    for (guint i = 0; i < NOTE_FACETS; i++)
        g_clear_pointer(&f->facet[i], g_free);
    g_clear_pointer(&f->text, g_free);
}

gboolean note_filter_is_set(const NoteFilter *f)
{
    for (guint i = 0; i < NOTE_FACETS; i++)
        if (f->facet[i])
            return TRUE;
    return f->text && *f->text;
}

static gboolean has_facets(const NoteRow *r, const NoteFilter *f)
{
    for (guint i = 0; i < NOTE_FACETS; i++)
        if (f->facet[i] && g_strcmp0(f->facet[i], note_row_facet(r, i)) != 0)
            return FALSE;
    return TRUE;
}

static gboolean has_words(const NoteRow *r, char *const *wanted)
{
    for (; *wanted; wanted++)
        if (**wanted && !strstr(r->words, *wanted))
            return FALSE;
    return TRUE;
}

GPtrArray *note_timeline_find(const NoteTimeline *t, const NoteFilter *f, guint *ret_unsearched)
{
    GPtrArray *found = g_ptr_array_new();
    g_autofree char *folded = text_fold_keep_swedish(f->text ? f->text : "");
    g_auto(GStrv) wanted = g_strsplit(folded, " ", -1);
    *ret_unsearched = 0;
    for (guint i = 0; i < t->rows->len; i++) {
        NoteRow *r = t->rows->pdata[i];
        if (!has_facets(r, f))
            continue;
        if (has_words(r, wanted))
            g_ptr_array_add(found, r);
        else
            *ret_unsearched += r->unsearched;
    }
    return found;
}

static void value_free(gpointer p)
{
    NoteValue *v = p;
    g_free(v->value);
    g_free(v);
}

static int by_value(gconstpointer a, gconstpointer b)
{
    const NoteValue *const *x = a, *const *y = b;
    return text_compare_sv((*x)->value, (*y)->value);
}

GPtrArray *note_timeline_values(const NoteTimeline *t, NoteFacet facet)
{
    GPtrArray *all = g_ptr_array_new_with_free_func(value_free);
    g_autoptr(GHashTable) at = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < t->rows->len; i++) {
        const char *value = note_row_facet(t->rows->pdata[i], facet);
        NoteValue *v = value ? g_hash_table_lookup(at, value) : NULL;
        if (value && !v) {
            v = g_new0(NoteValue, 1);
            v->value = g_strdup(value);
            g_hash_table_insert(at, v->value, v);
            g_ptr_array_add(all, v);
        }
        if (v)
            v->count++;
    }
    g_ptr_array_sort(all, by_value);
    return all;
}
