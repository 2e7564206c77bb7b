/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/giving.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base/text.h"

enum { BACK = 8, AHEAD = 12, LOOKED_BACK = 24 };              /* hours: shown, shown, looked through */
enum { NOW_BEFORE = 60, LATE_AFTER = 60, SOON_BEFORE = 180 }; /* minutes from the planned time */

static const char *const words[DUE_STATES] = {
    [DUE_LATE] = N_("LATE"),
    [DUE_NOW] = N_("due"),
    [DUE_SOON] = N_("soon"),
    [DUE_LATER] = N_("later"),
    [DUE_NEEDED] = N_("as needed"),
    [DUE_RUNNING] = N_("under way"),
    [DUE_WAITS] = N_("waits for double signing"),
    [DUE_GIVEN] = N_("given"),
    [DUE_NOT_GIVEN] = N_("not given"),
    [DUE_STOPPED] = N_("not to be given"),
};

const char *due_state_word(DueState state)
{
    return _(words[state]);
}

void due_dose_free(DueDose *d)
{
    fhir_resource_unref(d->request);
    medication_row_free(d->row);
    order_free(d->order);
    g_free(d->id);
    g_free(d);
}

/* ---- which administration is of which dose ---- */

static gboolean is_of(const Given *g, const char *request, const char *key)
{
    gsize n = strlen(request);
    if (!g->dose || strncmp(g->dose, request, n) != 0 || g->dose[n] != '/')
        return FALSE;
    const char *said = g->dose + n + 1, *end = strchr(said, '|');
    gsize len = end ? (gsize)(end - said) : strlen(said);
    return strlen(key) == len && strncmp(said, key, len) == 0;
}

static gboolean is_followed(const GPtrArray *given, const Given *g)
{
    const char *id = fhir_id(g->source);
    for (guint i = 0; id && i < given->len; i++) {
        const char *dose = ((const Given *)given->pdata[i])->dose, *after = dose ? strchr(dose, '|') : NULL;
        if (after && strcmp(after + 1, id) == 0)
            return TRUE;
    }
    return FALSE;
}

/* The last that was written about that dose: what nothing else of it follows. */
static const Given *last_of(const GPtrArray *given, const char *request, const char *key)
{
    for (guint i = 0; i < given->len; i++)
        if (is_of(given->pdata[i], request, key) && !is_followed(given, given->pdata[i]))
            return given->pdata[i];
    return NULL;
}

/* What follows something else that was written of it can only follow that: two who both go on from the same make the
 * same identity, and one of them is first. What has no time of its own begins anew each day that nothing is known of. */
static char *identity(const char *request, const PlannedDose *p, const Given *after, Instant now)
{
    const char *id = after ? fhir_id(after->source) : NULL;
    g_autofree char *today = p->at == INSTANT_NONE ? civil_date_to_text(civil_date_at(now)) : NULL;
    return id || today ? g_strdup_printf("%s/%s|%s", request, p->key, id ? id : today) : g_strdup_printf("%s/%s", request, p->key);
}

/* ---- one dose ---- */

static DueState state_of(const PlannedDose *d, MedState med, const Given *g, Instant now)
{
    if (g && g->state == GIVEN_WAITS)
        return DUE_WAITS;
    if (g && g->state == GIVEN_RUNNING)
        return DUE_RUNNING;
    if (g && g->state == GIVEN_NOT && d->kind != DOSE_NEEDED)
        return DUE_NOT_GIVEN;
    if (g && given_counts(g) && d->kind != DOSE_NEEDED && d->kind != DOSE_FREE)
        return DUE_GIVEN;
    if (med != MED_ACTIVE && med != MED_FUTURE)
        return DUE_STOPPED;
    if (d->at == INSTANT_NONE)
        return DUE_NEEDED;
    if (now > d->at + LATE_AFTER * G_TIME_SPAN_MINUTE)
        return DUE_LATE;
    if (now >= d->at - NOW_BEFORE * G_TIME_SPAN_MINUTE)
        return DUE_NOW;
    return now >= d->at - SOON_BEFORE * G_TIME_SPAN_MINUTE ? DUE_SOON : DUE_LATER;
}

typedef struct {
    GivingList *list;
    const DrugList *drugs;
    const GivingHours *hours;
    Instant now;
} Making;

static gboolean needs_two(const Order *o, const MedicationRow *row, const DrugList *drugs)
{
    if (o && o->product)
        return o->product->high_alert;
    g_autoptr(DrugMatch) of_code = row->atc ? drug_list_match(drugs, row->atc) : NULL;
    for (guint i = 0; of_code && i < of_code->products->len; i++)
        if (((const DrugProduct *)of_code->products->pdata[i])->high_alert)
            return TRUE;
    return FALSE;
}

static DueDose *add_dose(Making *m, const FhirResource *r, const PlannedDose *p, Instant next)
{
    const char *id = fhir_id(r);
    const Given *g = last_of(m->list->given, id, p->key);
    gboolean again = g && (!given_counts(g) || p->kind == DOSE_NEEDED || p->kind == DOSE_FREE);
    DueDose *d = g_new0(DueDose, 1);
    d->request = fhir_resource_ref(r);
    d->row = medication_row(r, m->drugs, m->now);
    d->order = giving_order(r, m->drugs, m->now);
    d->dose = *p;
    d->id = identity(id, p, again ? g : NULL, m->now);
    d->next = next;
    d->given = g;
    d->twice = needs_two(d->order, d->row, m->drugs);
    d->state = state_of(p, d->row->state, g, m->now);
    g_ptr_array_add(m->list->doses, d);
    return d;
}

static void count(GivingList *l, const DueDose *d)
{
    l->late += d->state == DUE_LATE;
    l->now += d->state == DUE_NOW;
    l->soon += d->state == DUE_SOON;
    l->waits += d->state == DUE_WAITS;
}

/* Long ago and never written down: counted, so that it is said. */
static gboolean passed_over(Making *m, const PlannedDose *p, const char *request)
{
    int back = p->kind == DOSE_PLANNED ? BACK : LOOKED_BACK;
    if (p->at == INSTANT_NONE || p->at >= m->now - back * G_TIME_SPAN_HOUR)
        return FALSE;
    /* of what is older than what was asked for nobody here knows whether it was given */
    if (p->at >= m->now - GIVING_HOURS_BACK * G_TIME_SPAN_HOUR && !last_of(m->list->given, request, p->key))
        m->list->earliest = m->list->older++ ? MIN(m->list->earliest, p->at) : p->at;
    const Given *g = last_of(m->list->given, request, p->key);
    return !g || (g->state != GIVEN_RUNNING && g->state != GIVEN_WAITS);
}

static void add_order(Making *m, const FhirResource *r)
{
    MedState state = medication_state(r, m->now);
    g_autoptr(Order) o = giving_order(r, m->drugs, m->now);
    if (!fhir_id(r) || !med_state_counts(state))
        return;
    if (!o) { /* shown, and never given by what this program thinks it says */
        PlannedDose raw = {.kind = DOSE_FREE, .at = INSTANT_NONE, .key = "oläst"};
        count(m->list, add_dose(m, r, &raw, INSTANT_NONE));
        return;
    }
    g_autoptr(GArray) plan = giving_plan(o, m->hours, m->now - LOOKED_BACK * G_TIME_SPAN_HOUR, m->now + 2 * AHEAD * G_TIME_SPAN_HOUR);
    for (guint i = 0; i < plan->len; i++) {
        const PlannedDose *p = &g_array_index(plan, PlannedDose, i);
        const PlannedDose *after = i + 1 < plan->len ? &g_array_index(plan, PlannedDose, i + 1) : NULL;
        gboolean far = p->at != INSTANT_NONE && p->at > m->now + AHEAD * G_TIME_SPAN_HOUR;
        if (far || (state == MED_ACTIVE && passed_over(m, p, fhir_id(r))))
            continue;
        count(m->list, add_dose(m, r, p, after && p->kind == DOSE_PLANNED ? after->at : INSTANT_NONE));
        if (state != MED_ACTIVE && state != MED_FUTURE)
            return; /* a paused order once, not once for each of its doses */
    }
}

/* ---- the list ---- */

static int rank(const DueDose *d)
{
    static const int ranks[DUE_STATES] = {
        [DUE_LATE] = 0, [DUE_NOW] = 0, [DUE_SOON] = 0, [DUE_WAITS] = 0, [DUE_RUNNING] = 1, [DUE_NEEDED] = 2,
        [DUE_LATER] = 3, [DUE_STOPPED] = 4, [DUE_NOT_GIVEN] = 5, [DUE_GIVEN] = 5,
    };
    return ranks[d->state];
}

static int by_due(gconstpointer a, gconstpointer b)
{
    const DueDose *x = *(DueDose *const *)a, *y = *(DueDose *const *)b;
    if (rank(x) != rank(y))
        return rank(x) - rank(y);
    if (x->dose.at != y->dose.at)
        return x->dose.at < y->dose.at ? -1 : 1;
    int name = text_compare_sv(x->row->name, y->row->name);
    return name ? name : strcmp(x->id, y->id);
}

static int latest_first(gconstpointer a, gconstpointer b)
{
    const Given *x = *(Given *const *)a, *y = *(Given *const *)b;
    if (x->at != y->at)
        return x->at < y->at ? 1 : -1;
    /* of the same minute the one that follows the other */
    gsize n = x->dose ? strlen(x->dose) : 0, k = y->dose ? strlen(y->dose) : 0;
    return n != k ? (n < k ? 1 : -1) : g_strcmp0(fhir_id(y->source), fhir_id(x->source));
}

GivingList *giving_list(const GPtrArray *requests, const GPtrArray *administrations, const DrugList *drugs, Instant now,
                        GError **error)
{
    const GivingHours *hours = giving_hours(error);
    if (!hours)
        return NULL;
    GivingList *l = g_new0(GivingList, 1);
    l->doses = g_ptr_array_new_with_free_func((GDestroyNotify)due_dose_free);
    l->given = g_ptr_array_new_with_free_func((GDestroyNotify)given_dose_free);
    l->earliest = INSTANT_NONE;
    for (guint i = 0; i < administrations->len; i++) {
        Given *g = given_read(administrations->pdata[i], drugs);
        if (g)
            g_ptr_array_add(l->given, g);
    }
    g_ptr_array_sort(l->given, latest_first);
    Making m = {l, drugs, hours, now};
    for (guint i = 0; i < requests->len; i++)
        if (strcmp(fhir_type(requests->pdata[i]), "MedicationRequest") == 0)
            add_order(&m, requests->pdata[i]);
    g_ptr_array_sort(l->doses, by_due);
    return l;
}

void giving_list_free(GivingList *l)
{
    if (!l)
        return;
    g_ptr_array_unref(l->doses);
    g_ptr_array_unref(l->given);
    g_free(l);
}
