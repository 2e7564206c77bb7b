/* SPDX-License-Identifier: GPL-3.0-or-later
 * Rows of the chart's sections out of resources: tables of values, diagnoses, alerts, bookings,
 * times. */
#include <criterion/criterion.h>
#include <string.h>

#include "chart/bookings.h"
#include "chart/observation.h"
#include "chart/header.h"
#include "chart/problem.h"
#include "chart/when.h"
#include "support/news2.h"

static void unref_resource(gpointer r)
{
    fhir_resource_unref(r);
}

static GPtrArray *resources(const char *const *texts)
{
    GPtrArray *list = g_ptr_array_new_with_free_func(unref_resource);
    for (; *texts; texts++) {
        g_autoptr(GBytes) bytes = g_bytes_new(*texts, strlen(*texts));
        g_autoptr(GError) error = NULL;
        FhirResource *r = fhir_resource_parse(bytes, &error);
        cr_assert(r, "%s", error ? error->message : "");
        g_ptr_array_add(list, r);
    }
    return list;
}

static Instant at(const char *text)
{
    FhirTime t;
    cr_assert(fhir_time_parse(text, &t));
    return t.instant;
}

#define LAB(ID, CODE, WHEN, VALUE, UNIT, FLAG)                                                     \
    "{\"resourceType\":\"Observation\",\"id\":\"" ID                                               \
    "\",\"status\":\"final\",\"code\":{\"text\":\"" CODE "\",\"coding\":[{\"code\":\"" CODE        \
    "\"}]},\"effectiveDateTime\":\"" WHEN "\",\"valueQuantity\":{\"value\":" VALUE                 \
    ",\"unit\":\"" UNIT "\"},\"interpretation\":[{\"coding\":[{\"code\":\"" FLAG "\"}]}]}"

Test(table, a_row_a_kind_and_unit_newest_first_digits_as_sent)
{
    const char *const texts[] = {LAB("1", "X1", "2026-11-20T06:00:00+01:00", "5.60", "mmol/L", "H"),
                                 LAB("2", "X1", "2026-11-21T06:00:00+01:00", "6.1", "mmol/L", "HH"),
                                 LAB("3", "X1", "2026-11-21T06:00:00+01:00", "110", "mg/L", "N"),
                                 NULL};
    g_autoptr(GPtrArray) list = resources(texts);
    g_autoptr(ObservationTable) t = observation_table(list);
    cr_assert_eq(t->rows->len, 2, "another unit is another row");
    cr_assert_eq(t->times->len, 2);
    cr_assert_eq(g_array_index(t->times, Instant, 0), at("2026-11-21T06:00:00+01:00"));
    const ObservationRow *row = t->rows->pdata[1];
    cr_assert_eq(row->values->len, 2);
    cr_assert_str_eq(observation_latest(row)->value, "6,1");
    cr_assert_eq(observation_level(observation_latest(row)), 2);
    cr_assert_str_eq(observation_at(row, at("2026-11-20T06:00:00+01:00"))->value, "5,60");
    cr_assert_null(observation_at(row, at("2026-11-19T06:00:00+01:00")));
}

Test(table, two_values_at_one_time_are_both_shown)
{
    const char *const texts[] = {LAB("1", "X1", "2026-11-21T06:00:00+01:00", "5.6", "mmol/L", "N"),
                                 LAB("2", "X1", "2026-11-21T06:00:00+01:00", "6.6", "mmol/L", "H"),
                                 NULL};
    g_autoptr(GPtrArray) list = resources(texts);
    g_autoptr(ObservationTable) t = observation_table(list);
    cr_assert_eq(t->rows->len, 2);
    cr_assert_str_neq(((ObservationRow *)t->rows->pdata[0])->id,
                      ((ObservationRow *)t->rows->pdata[1])->id);
}

Test(table, urgent_order_puts_fresh_danger_first_and_old_danger_among_the_rest)
{
    const char *const texts[] = {LAB("1", "A", "2026-11-21T06:00:00+01:00", "1", "g", "N"),
                                 LAB("2", "B", "2026-11-21T06:00:00+01:00", "1", "g", "LL"),
                                 LAB("3", "C", "2026-11-01T06:00:00+01:00", "1", "g", "HH"),
                                 LAB("4", "D", "2026-11-20T06:00:00+01:00", "1", "g", "H"), NULL};
    static const char *const wanted[] = {"B", "D", "A", "C"};
    g_autoptr(GPtrArray) list = resources(texts);
    g_autoptr(ObservationTable) t = observation_table(list);
    observation_table_sort_urgent(t, at("2026-11-21T08:00:00+01:00"));
    for (guint i = 0; i < 4; i++)
        cr_assert_str_eq(((ObservationRow *)t->rows->pdata[i])->name, wanted[i]);
}

#define VITAL(CODE, WHEN, VALUE, UCUM)                                                             \
    "{\"resourceType\":\"Observation\",\"status\":\"final\",\"code\":{\"coding\":[{\"system\":"    \
    "\"http://loinc.org\",\"code\":\"" CODE "\"}]},\"effectiveDateTime\":\"" WHEN                  \
    "\",\"valueQuantity\":{\"value\":" VALUE ",\"unit\":\"" UCUM "\",\"code\":\"" UCUM "\"}}"

Test(news2, a_set_at_a_time_and_what_is_missing_is_named)
{
    const char *const texts[] = {VITAL("9279-1", "2026-11-20T06:00:00+01:00", "16", "/min"),
                                 VITAL("9279-1", "2026-11-21T06:00:00+01:00", "24", "/min"),
                                 VITAL("8867-4", "2026-11-21T06:10:00+01:00", "112", "/min"),
                                 VITAL("29463-7", "2026-11-19T06:00:00+01:00", "84", "kg"), NULL};
    const char *const person[] = {
        "{\"resourceType\":\"Patient\",\"id\":\"p\",\"birthDate\":\"1948-01-01\"}", NULL};
    g_autoptr(GPtrArray) list = resources(texts), patient = resources(person);
    g_autoptr(GPtrArray) values = vitals_of_all(list);
    g_autoptr(GArray) series =
        observation_news2_series(patient->pdata[0], values, news2_orders_none(), at("2026-11-21T08:00:00+01:00"), 8);
    cr_assert_eq(series->len, 3, "one for each time; a weight alone is none");
    const News2 *first = &g_array_index(series, News2, 0), *last = &g_array_index(series, News2, 2);
    cr_assert_eq(first->points[NEWS2_RESPIRATION], 0);
    cr_assert_eq(g_array_index(series, News2, 1).points[NEWS2_PULSE], -1, "not yet");
    cr_assert_eq(last->points[NEWS2_RESPIRATION], 2);
    cr_assert_eq(last->points[NEWS2_PULSE], 2);
    cr_assert_eq(last->total, -1);
    g_autofree char *missing = observation_news2_missing(last);
    cr_assert(strstr(missing, "temperatur") && strstr(missing, "blodtryck") &&
              !strstr(missing, "puls"));
}

#define CONDITION(ID, STATE, CERTAIN, ONSET)                                                       \
    "{\"resourceType\":\"Condition\",\"id\":\"" ID                                                 \
    "\",\"clinicalStatus\":{\"coding\":[{\"code\":\"" STATE                                        \
    "\"}]},\"verificationStatus\":{\"coding\":[{\"code\":\"" CERTAIN                               \
    "\"}]},\"code\":{\"text\":\"T" ID                                                              \
    "\",\"coding\":[{\"code\":\"J18.9\"}]},\"onsetDateTime\":\"" ONSET "\"}"

Test(problems, active_first_errors_left_out_doubt_in_words)
{
    const char *const texts[] = {CONDITION("old", "active", "confirmed", "2019"),
                                 CONDITION("gone", "resolved", "confirmed", "2026-11-20"),
                                 CONDITION("wrong", "active", "entered-in-error", "2026-11-20"),
                                 CONDITION("maybe", "active", "provisional", "2026-11-19"), NULL};
    g_autoptr(GPtrArray) list = resources(texts);
    g_autoptr(GPtrArray) rows = problem_rows(list, at("2026-11-21T08:00:00+01:00"));
    cr_assert_eq(rows->len, 3);
    const ProblemRow *maybe = rows->pdata[0], *old = rows->pdata[1], *gone = rows->pdata[2];
    cr_assert_str_eq(maybe->text, "Tmaybe");
    cr_assert_str_eq(maybe->doubt, "suspected");
    cr_assert_str_eq(old->since, "2019", "a year is not made a day");
    cr_assert_str_eq(old->doubt, "");
    cr_assert(!gone->active && strstr(gone->state, "resolved"));
}

Test(problems, when_it_was_written_down_is_not_since_when)
{
    const char *const texts[] = {"{\"resourceType\":\"Condition\",\"id\":\"c\",\"code\":{\"text\":\"T\"},"
                                 "\"recordedDate\":\"2026-11-21T07:06:00+01:00\"}", NULL};
    g_autoptr(GPtrArray) list = resources(texts);
    g_autoptr(GPtrArray) rows = problem_rows(list, at("2026-11-21T08:00:00+01:00"));
    const ProblemRow *row = rows->pdata[0];
    cr_expect_str_eq(row->since, "–");
    cr_expect_str_eq(row->since_long, "recorded 07:06");
}

#define ALLERGY(ID, CERTAIN, CRITICALITY, CODE)                                                    \
    "{\"resourceType\":\"AllergyIntolerance\",\"id\":\"" ID                                        \
    "\",\"verificationStatus\":{\"coding\":[{\"code\":\"" CERTAIN                                  \
    "\"}]},\"criticality\":\"" CRITICALITY "\",\"code\":{\"text\":\"" ID                           \
    "\",\"coding\":[{\"code\":\"" CODE "\"}]}}"

Test(alerts, the_most_dangerous_first_refuted_last)
{
    const char *const texts[] = {ALLERGY("refuted", "refuted", "high", "x"),
                                 ALLERGY("mild", "confirmed", "low", "x"),
                                 ALLERGY("none", "confirmed", "low", "716186003"),
                                 ALLERGY("deadly", "unconfirmed", "high", "x"), NULL};
    const char *const flags[] = {NULL};
    static const char *const wanted[] = {"deadly", "mild", "none", "refuted"};
    g_autoptr(GPtrArray) list = resources(texts), none = resources(flags);
    g_autoptr(GPtrArray) rows = alert_rows(list, none, at("2026-11-21T08:00:00+01:00"));
    cr_assert_eq(rows->len, 4);
    for (guint i = 0; i < 4; i++)
        cr_assert_str_eq(((ProblemRow *)rows->pdata[i])->text, wanted[i]);
    cr_assert(strstr(((ProblemRow *)rows->pdata[0])->severity, "LIFE-THREATENING"));
    cr_assert(strstr(((ProblemRow *)rows->pdata[0])->state, "suspected"));
    cr_assert(strstr(((ProblemRow *)rows->pdata[3])->state, "REFUTED"));
}

/* At all, to medicines, of the surroundings, to food, to insects: none of them is a danger, here or in the header. */
Test(alerts, what_is_not_known_is_no_hypersensitivity)
{
    const char *const texts[] = {ALLERGY("a", "confirmed", "low", "716186003"), ALLERGY("b", "confirmed", "low", "409137002"),
                                 ALLERGY("c", "confirmed", "low", "428607008"), ALLERGY("d", "confirmed", "low", "429625007"),
                                 ALLERGY("e", "confirmed", "low", "428197003"), NULL};
    const char *const flags[] = {NULL};
    g_autoptr(GPtrArray) list = resources(texts), none = resources(flags);
    g_autoptr(GPtrArray) rows = alert_rows(list, none, at("2026-11-21T08:00:00+01:00"));
    cr_assert_eq(rows->len, 5);
    for (guint i = 0; i < 5; i++) {
        cr_expect_eq(((ProblemRow *)rows->pdata[i])->danger, 0, "%u", i);
        cr_expect(chart_allergy_is_absence(list->pdata[i]), "%u", i);
    }
}

#define BOOKING(ID, STATUS, START)                                                                 \
    "{\"resourceType\":\"Appointment\",\"id\":\"" ID "\",\"status\":\"" STATUS                     \
    "\",\"start\":\"" START "\"}"

Test(bookings, the_next_first_then_the_past_latest_first)
{
    const char *const texts[] = {BOOKING("past", "fulfilled", "2026-11-01T09:00:00+01:00"),
                                 BOOKING("later", "booked", "2026-12-01T09:00:00+01:00"),
                                 BOOKING("off", "cancelled", "2026-11-22T09:00:00+01:00"),
                                 BOOKING("next", "booked", "2026-11-23T09:00:00+01:00"),
                                 BOOKING("recent", "noshow", "2026-11-20T09:00:00+01:00"),
                                 BOOKING("error", "entered-in-error", "2026-11-22T09:00:00+01:00"),
                                 NULL};
    static const char *const wanted[] = {"off", "next", "later", "recent", "past"};
    g_autoptr(GPtrArray) list = resources(texts);
    g_autoptr(GPtrArray) rows = booking_rows(list, at("2026-11-21T08:00:00+01:00"));
    cr_assert_eq(rows->len, 5);
    for (guint i = 0; i < 5; i++)
        cr_assert_str_eq(((BookingRow *)rows->pdata[i])->id, wanted[i]);
    cr_assert_str_eq(booking_next(rows)->id, "next", "what is cancelled is not next");
    cr_assert_str_eq(((BookingRow *)rows->pdata[0])->state, "CANCELLED");
}

static void recorded(const char *text, const char *brief, const char *whole)
{
    FhirTime t;
    cr_assert(fhir_time_parse(text, &t));
    Instant now = at("2026-11-21T08:00:00+01:00");
    g_autofree char *b = when_recorded(&t, now, TRUE), *w = when_recorded(&t, now, FALSE);
    cr_assert_str_eq(b, brief);
    cr_assert_str_eq(w, whole);
}

Test(when, never_more_exact_than_recorded)
{
    recorded("2019", "2019", "2019");
    recorded("2019-05", "2019", "2019-05");
    recorded("2026-11-21T06:55:00+01:00", "06:55", "21 nov 06:55");
    recorded("2026-11-20", "20 nov", "20 nov");
    recorded("2020-11-20", "2020", "20 nov 2020");
}
