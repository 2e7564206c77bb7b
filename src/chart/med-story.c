/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/med-story.h"

#include <string.h>

#include "base/text.h"
#include "chart/record-words.h"

#define MOST_IN_A_ROW 50 /* orders that follow each other: a ring of them ends here */

typedef struct {
    const FhirResource *r;
    MedicationRow *row;
    Instant begun, ended; /* ended: when its state was set, where it is over */
    guint before, after;  /* index + 1 of the order that it follows, and of the one that follows it; 0 */
    gboolean inpatient;
} Told;

static void told_clear(gpointer p)
{
    medication_row_free(((Told *)p)->row);
}

static void row_free(gpointer p)
{
    StoryRow *s = p;
    char *const owned[] = {s->name, s->dosage, s->was, s->why, s->by, s->reason, s->follow_up};
    for (gsize i = 0; i < G_N_ELEMENTS(owned); i++)
        g_free(owned[i]);
    fhir_resource_unref(s->source);
    g_free(s);
}

Instant med_story_admitted(const GPtrArray *visits)
{
    static const char *const in_bed[] = {"IMP", "ACUTE", "NONAC", NULL};
    Instant first = INSTANT_NONE;
    for (guint i = 0; i < visits->len; i++) {
        FhirNode root = fhir_root(visits->pdata[i]);
        g_autofree char *class = fhir_string(root, "class.code");
        FhirTime t;
        if (class && g_strv_contains(in_bed, class) && fhir_time(root, "period.start", &t) && (first == INSTANT_NONE || t.instant < first))
            first = t.instant;
    }
    return first;
}

/* ---- the orders and which follows which ---- */

static gboolean is_over(MedState s)
{
    return s == MED_STOPPED || s == MED_PAST;
}

/* When it ended: as whoever ended it wrote, else by its own end, else when the core last changed it. */
static Instant end_of(const FhirResource *r, const MedicationRow *row)
{
    FhirNode root = fhir_root(r);
    FhirTime t;
    if (!is_over(row->state))
        return INSTANT_NONE;
    for (FhirNode x = fhir_first(fhir_at(root, "extension")); fhir_exists(x); x = fhir_next(x)) {
        g_autofree char *url = fhir_string(x, "url");
        if (url && g_str_has_suffix(url, "MedicationRequest.statusChanged") && fhir_time(x, "valueDateTime", &t))
            return t.instant;
    }
    if (fhir_is(root, "status", "active") && row->until != INSTANT_NONE)
        return row->until;
    return fhir_time(root, "meta.lastUpdated", &t) ? t.instant : INSTANT_NONE;
}

static gboolean of_the_ward(const FhirResource *r)
{
    for (FhirNode c = fhir_first(fhir_at(fhir_root(r), "category")); fhir_exists(c); c = fhir_next(c)) {
        g_autofree char *code = fhir_concept_code(c, NULL, "http://terminology.hl7.org/CodeSystem/medicationrequest-category");
        if (g_strcmp0(code, "inpatient") == 0)
            return TRUE;
    }
    return FALSE;
}

/* Entered in error and what was never ordered tell nothing; what is not known makes all of it unsure. */
static gboolean take(GArray *all, const FhirResource *r, const DrugList *drugs, Instant now, char **ret_unsure)
{
    MedicationRow *row = medication_row(r, drugs, now);
    if (!row || row->state == MED_VOID || row->state == MED_DRAFT) {
        medication_row_free(row);
        return TRUE;
    }
    if (row->state == MED_UNKNOWN || row->state == MED_NOT_TO_BE_GIVEN) {
        *ret_unsure = g_strdup(row->name);
        medication_row_free(row);
        return FALSE;
    }
    FhirTime t;
    Told told = {.r = r, .row = row, .begun = fhir_time(fhir_root(r), "authoredOn", &t) ? t.instant : row->since, .ended = end_of(r, row),
                 .inpatient = of_the_ward(r)};
    g_array_append_val(all, told);
    return TRUE;
}

static GArray *told_of(const GPtrArray *current, const GPtrArray *ended, const DrugList *drugs, Instant now, char **ret_unsure)
{
    const GPtrArray *const both[] = {current, ended};
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    GArray *all = g_array_new(FALSE, TRUE, sizeof(Told));
    gboolean sure = TRUE;
    g_array_set_clear_func(all, told_clear);
    for (gsize k = 0; k < G_N_ELEMENTS(both); k++)
        for (guint i = 0; sure && both[k] && i < both[k]->len; i++) {
            const char *id = fhir_id(both[k]->pdata[i]);
            if (!id || g_hash_table_add(seen, (gpointer)id))
                sure = take(all, both[k]->pdata[i], drugs, now, ret_unsure);
        }
    if (!sure)
        g_clear_pointer(&all, g_array_unref);
    return all;
}

static void link_two(GArray *all, guint before, guint after)
{
    g_array_index(all, Told, after).before = before + 1;
    g_array_index(all, Told, before).after = after + 1;
}

static void link_named(GArray *all)
{
    for (guint i = 0; i < all->len; i++) {
        g_autofree char *type = NULL, *id = NULL;
        if (!fhir_reference(fhir_root(g_array_index(all, Told, i).r), "priorPrescription", &type, &id))
            continue;
        for (guint k = 0; k < all->len; k++)
            if (k != i && g_strcmp0(fhir_id(g_array_index(all, Told, k).r), id) == 0)
                link_two(all, k, i);
    }
}

/* The only other of its substance that nothing is linked to and that is as @over says; -1: none, or several. */
static int only_loose(const GArray *all, guint of, gboolean over, Instant since)
{
    const Told *t = &g_array_index(all, Told, of);
    int found = -1;
    for (guint i = 0; i < all->len; i++) {
        const Told *o = &g_array_index(all, Told, i);
        gboolean free = over ? is_over(o->row->state) && !o->after && o->ended != INSTANT_NONE && o->ended >= since
                             : !is_over(o->row->state) && !o->before && o->begun >= since;
        if (i == of || !free || !t->row->atc || g_strcmp0(o->row->atc, t->row->atc) != 0)
            continue;
        if (found >= 0)
            return -1;
        found = (int)i;
    }
    return found;
}

/* Nobody has said which order follows which: one ended and one begun of the same substance, and no other of it. */
static void link_by_substance(GArray *all, Instant since)
{
    for (guint i = 0; since != INSTANT_NONE && i < all->len; i++) {
        const Told *t = &g_array_index(all, Told, i);
        if (is_over(t->row->state) || t->before || t->begun < since)
            continue;
        int old = only_loose(all, i, TRUE, since);
        if (old >= 0 && only_loose(all, (guint)old, FALSE, since) == (int)i)
            link_two(all, (guint)old, i);
    }
}

/* ---- the rows ---- */

static const Told *first_of(const GArray *all, const Told *t)
{
    for (guint n = 0; t->before && n < MOST_IN_A_ROW; n++)
        t = &g_array_index(all, Told, t->before - 1);
    return t;
}

/* The latest dose that was had before @since, back along the orders. */
static const Told *before_since(const GArray *all, const Told *t, Instant since)
{
    for (guint n = 0; t->begun >= since && t->before && n < MOST_IN_A_ROW; n++)
        t = &g_array_index(all, Told, t->before - 1);
    return t->begun < since ? t : NULL;
}

static char *last_author(const FhirResource *r)
{
    char *who = NULL;
    for (FhirNode n = fhir_first(fhir_at(fhir_root(r), "note")); fhir_exists(n); n = fhir_next(n)) {
        char *said = fhir_string(n, "authorReference.display");
        if (said) {
            g_free(who);
            who = said;
        }
    }
    return who ? who : fhir_string(fhir_root(r), "requester.display");
}

static char *follow_up_of(const FhirResource *r)
{
    g_autofree char *note = fhir_string(fhir_root(r), "note[0].text");
    const char *before = record_word(RW_FOLLOW_UP);
    return note && g_str_has_prefix(note, before) ? g_strstrip(g_strdup(note + strlen(before))) : NULL;
}

static char *full_name(const MedicationRow *m)
{
    GString *s = g_string_new(m->name);
    const char *const parts[] = {m->form, m->strength};
    for (gsize i = 0; i < G_N_ELEMENTS(parts); i++)
        if (*parts[i] && !strstr(m->name, parts[i]))
            g_string_append_printf(s, " %s", parts[i]);
    return g_string_free(s, FALSE);
}

static StoryRow *row_new(const Told *t, StoryKind kind)
{
    StoryRow *s = g_new0(StoryRow, 1);
    gboolean over = is_over(t->row->state);
    s->kind = kind;
    s->source = fhir_resource_ref(t->r);
    s->name = full_name(t->row);
    s->dosage = g_strdup(t->row->dosage);
    s->raw = t->row->dosage_raw;
    s->why = fhir_concept_text(fhir_root(t->r), "statusReason");
    s->by = over || kind == STORY_PAUSED ? last_author(t->r) : fhir_string(fhir_root(t->r), "requester.display");
    s->reason = g_strdup(t->row->reason);
    s->follow_up = follow_up_of(t->r);
    s->until = t->row->until;
    s->inpatient = t->inpatient && !over;
    s->since = t->row->since;
    s->later = t->row->state == MED_FUTURE && s->since != INSTANT_NONE;
    return s;
}

/* NULL: it says nothing of the time since, or another order says it. */
static StoryRow *story_of(const GArray *all, const Told *t, Instant since)
{
    if (t->after)
        return NULL;
    if (is_over(t->row->state)) {
        if (since == INSTANT_NONE || t->ended == INSTANT_NONE || t->ended < since)
            return NULL;
        return row_new(t, first_of(all, t)->begun < since ? STORY_STOPPED : STORY_SHORT);
    }
    if (t->row->state == MED_ON_HOLD)
        return row_new(t, STORY_PAUSED);
    if (since == INSTANT_NONE || t->begun < since)
        return row_new(t, STORY_KEPT);
    const Told *old = before_since(all, t, since);
    if (!old)
        return row_new(t, STORY_BEGUN);
    g_autofree char *was = full_name(old->row), *is = full_name(t->row);
    gboolean same = strcmp(was, is) == 0; /* another medicine, form or strength in its place is a change that must be said */
    if (same && strcmp(old->row->dosage, t->row->dosage) == 0 && !old->row->dosage_raw)
        return row_new(t, STORY_KEPT);
    StoryRow *s = row_new(t, STORY_CHANGED);
    s->was = same ? g_strdup(old->row->dosage) : g_strdup_printf("%s, %s", was, old->row->dosage);
    return s;
}

static int by_kind(gconstpointer a, gconstpointer b)
{
    const StoryRow *x = *(StoryRow *const *)a, *y = *(StoryRow *const *)b;
    return x->kind != y->kind ? (int)x->kind - (int)y->kind : text_compare_sv(x->name, y->name);
}

GPtrArray *med_story(const GPtrArray *current, const GPtrArray *ended, const DrugList *drugs, Instant since, Instant now,
                     char **ret_unsure)
{
    *ret_unsure = NULL;
    g_autoptr(GArray) all = told_of(current, ended, drugs, now, ret_unsure);
    if (!all)
        return NULL;
    GPtrArray *rows = g_ptr_array_new_with_free_func(row_free);
    link_named(all);
    link_by_substance(all, since);
    for (guint i = 0; i < all->len; i++) {
        StoryRow *s = story_of(all, &g_array_index(all, Told, i), since);
        if (s)
            g_ptr_array_add(rows, s);
    }
    g_ptr_array_sort(rows, by_kind);
    return rows;
}

guint med_story_dangling(const GPtrArray *rows)
{
    guint n = 0;
    for (guint i = 0; i < rows->len; i++)
        n += ((const StoryRow *)rows->pdata[i])->inpatient;
    return n;
}

/* ---- in words ---- */

static void add_part(GString *s, RecordWord word, const char *what)
{
    if (!what || !*what)
        return;
    g_autofree char *said = record_text(word, what);
    g_string_append_printf(s, ", %s", said);
}

static void add_row(GString *s, const StoryRow *r)
{
    gboolean gone = r->kind == STORY_STOPPED || r->kind == STORY_SHORT;
    g_string_append_printf(s, "\n- %s: %s", r->name, r->dosage);
    add_part(s, RW_STORY_WAS, r->was);
    add_part(s, RW_STORY_FOR, r->reason);
    if (gone || r->kind == STORY_PAUSED)
        add_part(s, RW_STORY_WHY, r->why ? r->why : record_word(RW_STORY_NO_WHY));
    if (r->kind == STORY_BEGUN || r->kind == STORY_CHANGED)
        add_part(s, RW_STORY_FOLLOW_UP, r->follow_up);
    if (r->kind != STORY_KEPT)
        add_part(s, RW_STORY_BY, r->by);
}

char *med_story_text(const GPtrArray *rows, Instant since)
{
    static const RecordWord heads[STORY_KINDS] = {RW_STORY_BEGUN, RW_STORY_CHANGED, RW_STORY_STOPPED, RW_STORY_PAUSED, RW_STORY_KEPT, RW_STORY_SHORT};
    g_autofree char *day = civil_date_to_text(civil_date_at(since)), *head = record_text(RW_STORY, day);
    GString *s = g_string_new(head);
    int kind = -1;
    for (guint i = 0; i < rows->len; i++) {
        const StoryRow *r = rows->pdata[i];
        if ((int)r->kind != kind)
            g_string_append_printf(s, "\n%s", record_word(heads[r->kind]));
        kind = (int)r->kind;
        add_row(s, r);
    }
    return g_string_free(s, rows->len == 0);
}
