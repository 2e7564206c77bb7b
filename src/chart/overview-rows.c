/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n.h>
#include <string.h>

#include "chart/bookings.h"
#include "chart/medication.h"
#include "chart/note.h"
#include "chart/observation.h"
#include "chart/overview-private.h"
#include "chart/problem.h"
#include "chart/report.h"
#include "chart/when.h"

static void row_free(gpointer p)
{
    OverviewRow *r = p;
    char **owned[] = {&r->id,    &r->explained, &r->instead, &r->name,   &r->code,
                      &r->value, &r->flag,      &r->when,    &r->before, &r->reference};
    for (gsize i = 0; i < G_N_ELEMENTS(owned); i++)
        g_free(*owned[i]);
    fhir_resource_unref(r->source);
    g_free(r);
}

GPtrArray *overview_rows_new(void)
{
    return g_ptr_array_new_with_free_func(row_free);
}

/* Takes what it is given of the strings; those not given are "". */
static OverviewRow *add(GPtrArray *rows, const FeedState *from, const FhirResource *source,
                        const char *id)
{
    OverviewRow *r = g_new0(OverviewRow, 1);
    r->id = g_strdup(id);
    r->source = source ? fhir_resource_ref(source) : NULL;
    r->fetched = from->as_of;
    g_ptr_array_add(rows, r);
    return r;
}

static void finish(OverviewRow *r)
{
    char **cells[] = {&r->name, &r->code, &r->value, &r->flag, &r->when, &r->before, &r->reference};
    for (gsize i = 0; i < G_N_ELEMENTS(cells); i++)
        if (!*cells[i])
            *cells[i] = g_strdup("");
    if (r->source && fhir_has_modifier(r->source) && !g_str_equal(fhir_type(r->source), "Observation")) {
        g_autofree char *name = r->name;
        r->name = g_strdup_printf("[?] %s", name);
        r->level = MAX(r->level, 1);
    }
}

guint overview_problems(GPtrArray *rows, const FeedState *feed, Instant now)
{
    g_autoptr(GPtrArray) problems = problem_rows(feed->items, now);
    guint n = 0;
    for (guint i = 0; i < problems->len; i++) {
        ProblemRow *p = problems->pdata[i];
        if (!p->active)
            continue;
        OverviewRow *r = add(rows, feed, p->source, p->id);
        r->name = g_strdup_printf("%s%s%s", p->doubt, *p->doubt ? ": " : "", p->text);
        r->code = g_strdup(p->code);
        r->when = g_strdup(p->since);
        finish(r);
        n++;
    }
    return n;
}

/* ---- medicines ---- */

static const char *state_word(MedState state)
{
    switch (state) {
    case MED_FUTURE:
        return _("later");
    case MED_ON_HOLD:
        return _("ON HOLD");
    case MED_UNKNOWN:
        return _("STATE NOT KNOWN");
    case MED_NOT_TO_BE_GIVEN:
        return _("NOT TO BE GIVEN");
    default:
        return "";
    }
}

static void add_medicine(GPtrArray *rows, const FeedState *feed, const FhirResource *source,
                         const MedicationRow *m, Instant now)
{
    g_autofree char *id = g_strdup_printf("MedicationRequest/%s", m->id);
    const char *state = state_word(m->state);
    OverviewRow *r = add(rows, feed, source, id);
    r->name = g_strdup_printf("%s%s%s", m->name, m->strength && *m->strength ? " " : "",
                              m->strength ? m->strength : "");
    r->value = g_strdup_printf("%s%s%s", state, *state ? " " : "", m->dosage ? m->dosage : "");
    r->when = m->since != INSTANT_NONE ? when_short(m->since, now) : NULL;
    r->level = *state && m->state != MED_FUTURE;
    finish(r);
}

static void free_row(gpointer m)
{
    medication_row_free(m);
}

/* Regular before as needed, so that the ones given today stand first. */
guint overview_medications(GPtrArray *rows, const FeedState *feed, Instant now)
{
    g_autoptr(GPtrArray) read = g_ptr_array_new_with_free_func(free_row);
    guint n = 0;
    for (guint i = 0; i < feed->items->len; i++)
        g_ptr_array_add(read, medication_row(feed->items->pdata[i], NULL, now));
    for (int as_needed = 0; as_needed < 2; as_needed++)
        for (guint i = 0; i < read->len; i++) {
            const MedicationRow *m = read->pdata[i];
            if (!m || m->as_needed != as_needed || !med_state_counts(m->state))
                continue;
            add_medicine(rows, feed, feed->items->pdata[i], m, now);
            n++;
        }
    return n;
}

/* ---- values ---- */

static void add_trend(OverviewRow *r, const ObservationRow *o)
{
    guint n = MIN(o->values->len, OVERVIEW_TREND);
    for (guint i = n; i-- > 0;) {
        const Measurement *m = o->values->pdata[i];
        if (m->number.valid)
            r->trend[r->n_trend++] = decimal_to_double(m->number);
    }
}

/* The values before the latest, oldest first, as they were sent. */
static char *values_before(const ObservationRow *o, guint max)
{
    GString *s = g_string_new(NULL);
    for (guint i = MIN(o->values->len, max + 1); i-- > 1;)
        g_string_append_printf(s, "%s%s", s->len ? " " : "",
                               ((Measurement *)o->values->pdata[i])->value);
    return g_string_free(s, FALSE);
}

static void add_value(GPtrArray *rows, const FeedState *feed, const ObservationRow *o,
                      gboolean with_unit, Instant now)
{
    const Measurement *m = observation_latest(o);
    OverviewRow *r = add(rows, feed, m->source, o->id);
    r->name = g_strdup(o->name);
    r->value =
        with_unit && *m->unit ? g_strdup_printf("%s %s", m->value, m->unit) : g_strdup(m->value);
    r->flag = g_strdup(m->interpretation);
    r->when = when_short(m->at, now);
    r->before = values_before(o, 2);
    r->reference = g_strdup(m->reference);
    r->level = observation_level(m);
    add_trend(r, o);
    finish(r);
}

#define NEWS2_TIMES (3 * OVERVIEW_TREND) /* looked through for the trend: not all are whole */

static void add_sums(OverviewRow *r, const GArray *series)
{
    double sums[NEWS2_TIMES];
    guint n = 0;
    for (guint i = 0; i < series->len; i++)
        if (g_array_index(series, News2, i).total >= 0)
            sums[n++] = g_array_index(series, News2, i).total;
    for (guint i = n > OVERVIEW_TREND ? n - OVERVIEW_TREND : 0; i < n; i++)
        r->trend[r->n_trend++] = sums[i];
}

/* What was measured alone after a whole set takes the sum away from nobody: its time stands with it, and what is
 * missing since then is told where the sum is explained. */
static void add_news2(GPtrArray *rows, const FhirResource *patient, const FeedState *feed,
                      const GPtrArray *values, const News2Orders *orders, Instant now)
{
    g_autoptr(GArray) series = observation_news2_series(patient, values, orders, now, NEWS2_TIMES);
    if (!series->len)
        return;
    News2 newest, n = news2_latest(patient, feed->items, orders, now, &newest);
    OverviewRow *r = add(rows, feed, NULL, "NEWS2");
    r->name = g_strdup("NEWS2");
    g_autofree char *missing = observation_news2_missing(&newest), *lines = observation_news2_lines(&n, orders),
                    *at = when_short(newest.measured, now);
    r->when = when_short(n.measured, now);
    if (n.total < 0) {
        r->value = g_strdup("–");
        r->instead = g_strdup_printf("– %s %s", r->when, missing);
    } else {
        r->value = g_strdup_printf("%d%s", n.total, missing ? "?" : "");
        add_sums(r, series);
    }
    r->explained = n.total < 0 || !missing ? g_steal_pointer(&lines)
                                           : g_strdup_printf("%s%s\t%s %s\n", lines, _("newer values"), at, missing);
    r->level = n.total >= 7 ? 2 : n.total >= 5 ? 1 : 0;
    finish(r);
}

guint overview_vitals(GPtrArray *rows, const FhirResource *patient, const FeedState *feed,
                      const News2Orders *orders, Instant now)
{
    g_autoptr(GPtrArray) values = vitals_of_all(feed->items);
    add_news2(rows, patient, feed, values, orders, now);
    g_autoptr(ObservationTable) t = observation_table_of(feed->items, values);
    for (guint i = 0; i < t->rows->len; i++)
        add_value(rows, feed, t->rows->pdata[i], TRUE, now);
    return t->rows->len;
}

guint overview_labs(GPtrArray *rows, const FeedState *feed, Instant now)
{
    g_autoptr(ObservationTable) t = observation_table(feed->items);
    observation_table_sort_urgent(t, now);
    for (guint i = 0; i < t->rows->len; i++)
        add_value(rows, feed, t->rows->pdata[i], FALSE, now);
    return t->rows->len;
}

/* ---- what is new, what comes next ---- */

static void add_note(GPtrArray *rows, const FeedState *feed, const FhirResource *d, Instant now)
{
    NoteReading *n = note_read(d);
    g_autofree char *id = g_strdup_printf("DocumentReference/%s", fhir_id(d));
    OverviewRow *r = add(rows, feed, d, id);
    r->name = g_strdup(n->title);
    r->value = g_strdup_printf("%s%s%s", n->author ? n->author : "", n->is_signed ? "" : " · ",
                               n->is_signed ? "" : n->state);
    r->when = when_long(n->date, now);
    r->level = !n->is_signed;
    finish(r);
    note_reading_free(n);
}

static void add_report(GPtrArray *rows, const FeedState *feed, const FhirResource *d, Instant now)
{
    g_autoptr(Report) report = report_read(d);
    g_autofree char *id = g_strdup_printf("DiagnosticReport/%s", fhir_id(d));
    OverviewRow *r = add(rows, feed, d, id);
    r->name = g_steal_pointer(&report->title);
    r->value = report_words(report);
    r->explained = report_explained(report);
    r->when = when_long(report->at, now);
    r->level = report->preliminary;
    finish(r);
}

guint overview_recent(GPtrArray *rows, const FeedState *feed, Instant since, Instant now)
{
    guint n = 0;
    for (guint i = 0; i < feed->items->len; i++) {
        const FhirResource *d = feed->items->pdata[i];
        gboolean note = strcmp(fhir_type(d), "DocumentReference") == 0;
        FhirTime t;
        if (!(note ? fhir_time(fhir_root(d), "date", &t)
                   : fhir_time(fhir_root(d), "issued", &t) ||
                         fhir_time(fhir_root(d), "effective[x]", &t)) ||
            t.instant < since || fhir_is(fhir_root(d), "status", "entered-in-error"))
            continue;
        if (note)
            add_note(rows, feed, d, now);
        else
            add_report(rows, feed, d, now);
        n++;
    }
    return n;
}

guint overview_next(GPtrArray *rows, const FeedState *feed, Instant now)
{
    g_autoptr(GPtrArray) bookings = booking_rows(feed->items, now);
    const BookingRow *next = booking_next(bookings);
    if (!next)
        return 0;
    g_autofree char *id = g_strdup_printf("Appointment/%s", next->id);
    OverviewRow *r = add(rows, feed, next->source, id);
    r->name = g_strdup_printf(_("Next: %s"), *next->what ? next->what : next->type);
    r->value = g_strdup(next->about);
    r->when = g_strdup(next->when);
    finish(r);
    return 0; /* what comes is not news */
}
