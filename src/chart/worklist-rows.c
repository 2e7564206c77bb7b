/* SPDX-License-Identifier: GPL-3.0-or-later
 * The rows of the list: who lies or comes where, and what the answers say about each. */
#include "chart/worklist-internal.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "chart/header.h"
#include "chart/news2-order.h"
#include "chart/observation.h"
#include "chart/patient.h"
#include "chart/when.h"

void worklist_row_free(gpointer p)
{
    WorklistRow *r = p;
    char **owned[] = {&r->key, &r->id, &r->encounter, &r->place, &r->name, &r->number, &r->age, &r->marks, &r->news2, &r->todo};
    for (gsize i = 0; i < G_N_ELEMENTS(owned); i++)
        g_free(*owned[i]);
    g_clear_pointer(&r->patient, fhir_resource_unref);
    g_free(r);
}

/* ---- rows from encounters (ward) or appointments (clinic) ---- */

static FhirResource *patient_in(const GPtrArray *included, const char *id)
{
    for (guint i = 0; i < included->len; i++) {
        FhirResource *r = included->pdata[i];
        if (strcmp(fhir_type(r), "Patient") == 0 && g_strcmp0(fhir_id(r), id) == 0)
            return r;
    }
    return NULL;
}

static void fill_person(WorklistRow *row, const GPtrArray *included)
{
    FhirResource *p = patient_in(included, row->id);
    if (!p) {
        row->name = g_strdup(_("not known"));
        return;
    }
    row->patient = fhir_resource_ref(p);
    row->name = chart_patient_list_name(p);
    row->number = chart_patient_number(p);
    row->age = chart_patient_age(p, civil_date_at(clock_clinical_us()), _("language-code"));
}

static char *bed_of(FhirNode encounter)
{
    FhirNode places = fhir_at(encounter, "location");
    for (FhirNode l = fhir_first(places); fhir_exists(l); l = fhir_next(l))
        if (!fhir_is(l, "status", "completed")) {
            char *bed = fhir_string(l, "location.display");
            if (bed)
                return bed;
        }
    return g_strdup("–");
}

/* FALSE: it does not say who it is about. */
static gboolean add_encounter(WorklistSource *s, const FhirResource *e, const GPtrArray *included)
{
    g_autofree char *type = NULL, *id = NULL;
    if (!fhir_reference(fhir_root(e), "subject", &type, &id))
        return FALSE;
    WorklistRow *row = g_new0(WorklistRow, 1);
    row->id = g_steal_pointer(&id);
    row->key = g_strdup(fhir_id(e));
    row->encounter = g_strdup(fhir_id(e));
    row->place = bed_of(fhir_root(e));
    fill_person(row, included);
    g_ptr_array_add(s->list.rows, row);
    return TRUE;
}

static gboolean add_appointment(WorklistSource *s, const FhirResource *a, const GPtrArray *included)
{
    FhirNode root = fhir_root(a);
    FhirTime start;
    for (FhirNode p = fhir_first(fhir_at(root, "participant")); fhir_exists(p); p = fhir_next(p)) {
        g_autofree char *type = NULL, *id = NULL;
        if (!fhir_reference(p, "actor", &type, &id) || strcmp(type, "Patient") != 0)
            continue;
        WorklistRow *row = g_new0(WorklistRow, 1);
        row->id = g_steal_pointer(&id);
        row->key = g_strdup(fhir_id(a));
        row->place = fhir_time(root, "start", &start) ? instant_to_hhmm(start.instant) : g_strdup("–");
        row->todo = fhir_concept_text(fhir_first(fhir_at(root, "serviceType")), "");
        fill_person(row, included);
        g_ptr_array_add(s->list.rows, row);
        return TRUE;
    }
    return FALSE;
}

/* Beds in number order: 7-2 before 12-1. */
static gint64 place_key(const char *place)
{
    gint64 key = 0;
    for (const char *p = place; *p;) {
        if (g_ascii_isdigit(*p)) {
            char *end = NULL;
            key = key * 1000 + g_ascii_strtoll(p, &end, 10);
            p = end;
        } else {
            p++;
        }
    }
    return key;
}

static int by_place(gconstpointer a, gconstpointer b)
{
    const WorklistRow *x = *(const WorklistRow *const *)a, *y = *(const WorklistRow *const *)b;
    gint64 d = place_key(x->place) - place_key(y->place);
    return d ? (d < 0 ? -1 : 1) : text_compare_sv(x->name, y->name);
}

void worklist_take_rows(WorklistSource *s, const ClientResult *result, gboolean ward)
{
    guint left_out = 0;
    g_ptr_array_set_size(s->list.rows, 0);
    for (guint i = 0; i < result->items->len; i++)
        left_out += ward ? !add_encounter(s, result->items->pdata[i], result->included)
                         : !add_appointment(s, result->items->pdata[i], result->included);
    g_ptr_array_sort(s->list.rows, by_place);
    s->list.is_ward = ward;
    s->rows_as_of = result->as_of;
    s->rows_cached = result->cached;
    s->list.complete = result->complete;
    s->list.unknown = result->known == KNOWN_PARTLY;
    s->list.unknown_why = doubt_words(result->doubt);
    s->list.skipped = result->skipped + left_out;
}

/* ---- what the answers say about a row ---- */

static char *patient_of(const FhirResource *r)
{
    g_autofree char *type = NULL;
    char *who = NULL;
    FhirNode root = fhir_root(r);
    return fhir_reference(root, "subject", &type, &who) || fhir_reference(root, "patient", &type, &who) ? who : NULL;
}

/* Once an answer, not once a row: a ward's measurements are hundreds. */
void worklist_sort_out(Answer *a)
{
    g_hash_table_remove_all(a->about);
    for (guint i = 0; i < a->items->len; i++) {
        char *who = patient_of(a->items->pdata[i]);
        GPtrArray *mine = who ? g_hash_table_lookup(a->about, who) : NULL;
        if (mine) {
            g_free(who);
        } else if (who) {
            mine = g_ptr_array_new();
            g_hash_table_insert(a->about, who, mine);
        }
        if (mine)
            g_ptr_array_add(mine, a->items->pdata[i]);
    }
}

static GPtrArray *about(const Answer *a, const char *id)
{
    GPtrArray *mine = g_hash_table_lookup(a->about, id);
    return mine ? g_ptr_array_ref(mine) : g_ptr_array_new();
}

static void add_mark(GString *marks, const char *words)
{
    g_autofree char *mark = g_strndup(words, strcspn(words, " "));
    if (!strstr(marks->str, mark))
        g_string_append(marks, mark);
}

static void fill_marks(WorklistSource *s, WorklistRow *row)
{
    GString *marks = g_string_new(NULL);
    g_autoptr(GPtrArray) allergies = about(&s->answers[ASK_ALLERGIES], row->id);
    g_autoptr(GPtrArray) flags = about(&s->answers[ASK_FLAGS], row->id);
    if (row->patient && chart_patient_protected(row->patient))
        g_string_append(marks, "[§]");
    for (guint i = 0; i < allergies->len; i++) {
        int danger;
        g_autofree char *words = chart_allergy_words(allergies->pdata[i], &danger);
        if (words)
            add_mark(marks, words);
    }
    for (guint i = 0; i < flags->len; i++) {
        if (!fhir_is(fhir_root(flags->pdata[i]), "status", "active"))
            continue;
        g_autofree char *words = chart_flag_words(flags->pdata[i]);
        add_mark(marks, words);
    }
    gboolean known = s->answers[ASK_ALLERGIES].answered && !s->answers[ASK_ALLERGIES].unknown &&
                     s->answers[ASK_FLAGS].answered && !s->answers[ASK_FLAGS].unknown;
    if (!known)
        g_string_append(marks, "?");
    g_free(row->marks);
    row->marks = g_string_free(marks, FALSE);
}

static void fill_news2(WorklistSource *s, WorklistRow *row)
{
    const Answer *a = &s->answers[ASK_VITALS];
    g_autoptr(GPtrArray) mine = about(a, row->id);
    g_free(row->news2);
    row->news2_value = -1;
    if (!a->answered || a->unknown) {
        row->news2 = g_strdup("?");
        return;
    }
    row->news2_newer = FALSE;
    const Answer *f = &s->answers[ASK_FLAGS];
    g_autoptr(GPtrArray) flags = about(f, row->id);
    g_autoptr(News2Orders) orders = news2_orders_new(flags, f->answered && !f->unknown);
    gboolean no_scale = FALSE;
    if (row->patient) {
        News2 newest, n = news2_latest(row->patient, mine, orders, clock_clinical_us(), &newest);
        no_scale = n.status == NEWS2_NO_SCALE;
        row->news2_value = n.total;
        row->news2_newer = n.total >= 0 && newest.measured > n.measured;
    }
    row->news2 = no_scale ? g_strdup("?") : row->news2_value < 0 ? g_strdup("–") : g_strdup_printf("%d", row->news2_value);
}

/* "K 6,1 HH 06:55" for a value the laboratory calls critical (HH, LL); else NULL. */
static char *critical_words(const FhirResource *o)
{
    g_autoptr(GPtrArray) values = vitals_of(o);
    for (guint i = 0; i < values->len; i++) {
        const Measurement *m = values->pdata[i];
        if (!measurement_is_critical(m))
            continue;
        g_autofree char *at = when_short(m->at, clock_clinical_us());
        return g_strdup_printf("%s %s %s %s", observation_name(m), m->value, m->interpretation, at);
    }
    return NULL;
}

static void fill_todo(WorklistSource *s, WorklistRow *row)
{
    GString *todo = g_string_new(NULL);
    row->critical = FALSE;
    g_autoptr(GPtrArray) labs = about(&s->answers[ASK_LABS], row->id);
    g_autoptr(GPtrArray) notes = about(&s->answers[ASK_NOTES], row->id);
    for (guint i = 0; i < labs->len; i++) {
        g_autofree char *words = critical_words(labs->pdata[i]);
        if (words) {
            g_string_append_printf(todo, "%s%s", todo->len ? ", " : "", words);
            row->critical = TRUE;
            break; /* the newest; the rest is one key away */
        }
    }
    if (notes->len) {
        g_string_append_printf(todo, ngettext("%s%u unsigned", "%s%u unsigned", notes->len), todo->len ? ", " : "",
                               notes->len);
    }
    row->unsigned_notes = notes->len;
    if (s->list.is_ward) {
        g_free(row->todo);
        row->todo = g_string_free(todo, FALSE);
    } else {
        g_string_free(todo, TRUE);
    }
}

static void sum_up(WorklistSource *s)
{
    s->list.details_complete = TRUE;
    s->list.details_unknown = FALSE;
    s->list.notes_known = !s->list.rows->len || (s->answers[ASK_NOTES].answered && !s->answers[ASK_NOTES].unknown);
    s->list.cached = s->rows_cached;
    s->list.as_of = s->rows_as_of;
    for (int i = 0; i < ASKS && s->list.rows->len; i++) {
        s->list.details_complete &= s->answers[i].ended;
        if (s->answers[i].answered && s->answers[i].cached) {
            s->list.cached = TRUE;
            s->list.as_of = MIN(s->list.as_of, s->answers[i].as_of);
        }
        s->list.details_unknown |= s->answers[i].ended && (s->answers[i].unknown || !s->answers[i].answered);
    }
}

enum { MARKS = 1 << ASK_ALLERGIES | 1 << ASK_FLAGS, NEWS2 = 1 << ASK_VITALS | 1 << ASK_FLAGS, TO_DO = 1 << ASK_LABS | 1 << ASK_NOTES };

void worklist_tell(WorklistSource *s, guint changed, const GError *error)
{
    s->list.unsigned_notes = 0;
    sum_up(s);
    for (guint i = 0; i < s->list.rows->len; i++) {
        WorklistRow *row = s->list.rows->pdata[i];
        if (changed & MARKS)
            fill_marks(s, row);
        if (changed & NEWS2)
            fill_news2(s, row);
        if (changed & TO_DO)
            fill_todo(s, row);
        row->danger = row->critical || row->news2_value >= 7;
        s->list.unsigned_notes += row->unsigned_notes;
    }
    s->fn(&s->list, error, s->data);
}
