/* SPDX-License-Identifier: GPL-3.0-or-later
 * What somebody else writes is on the list and in the open chart within 60 s, with one request per
 * 30 s; and when the core does not answer any more, what is shown has an age. */
#include "chart/feed.h"
#include "chart/header.h"
#include "chart/worklist.h"
#include "safety/hospital.h"

#define UNIT    "org-medavd3"
#define PATIENT "pat-0002"
#define DOCTOR  "SE2329999993-U5001", "prac-lind"
#define NURSE   "SE2329999993-U5019", "prac-nyman"

typedef struct {
    gboolean loaded, cached, danger, settled;
    Instant as_of;
    char *todo, *flags, *unknown;
} Seen;

static void on_worklist(const Worklist *list, const GError *error, gpointer data)
{
    Seen *s = data;
    (void)error;
    s->loaded = !list->cached && list->complete && list->details_complete;
    s->cached = list->cached;
    s->as_of = list->as_of;
    for (guint i = 0; i < list->rows->len; i++) {
        const WorklistRow *r = list->rows->pdata[i];
        if (strcmp(r->id, PATIENT) != 0)
            continue;
        g_free(s->todo);
        s->todo = g_strdup(r->todo ? r->todo : "");
        s->danger = r->danger;
    }
}

static void on_header(const ChartHeader *h, gpointer data)
{
    Seen *s = data;
    g_ptr_array_add(h->flags, NULL);
    g_free(s->flags);
    s->flags = g_strjoinv("|", (char **)h->flags->pdata);
    g_ptr_array_set_size(h->flags, (int)h->flags->len - 1);
    g_free(s->unknown);
    s->unknown = g_strdup(h->unknown);
    s->settled = h->settled;
}

static void seen_clear(Seen *s)
{
    g_free(s->todo);
    g_free(s->flags);
    g_free(s->unknown);
}

typedef struct {
    Hospital hospital;
    Person doctor, nurse;
    PatientCtx *chart;
    Seen seen;
} Ward;

static void ward_begin(Ward *w)
{
    *w = (Ward){0};
    hospital_begin(&w->hospital);
    person_begin(&w->doctor, &w->hospital, DOCTOR);
    person_begin(&w->nurse, &w->hospital, NURSE);
    w->chart = person_open(&w->doctor, PATIENT);
    worklist_watch(w->doctor.client, w->doctor.scope, UNIT, on_worklist, &w->seen);
    chart_header_watch(w->doctor.client, w->doctor.scope, w->chart, on_header, &w->seen);
    cr_assert(loop_until(&w->seen.loaded) && loop_until(&w->seen.settled));
    loop_settle();
}

static void ward_end(Ward *w)
{
    patient_ctx_unref(w->chart);
    person_end(&w->doctor);
    person_end(&w->nurse);
    hospital_end(&w->hospital);
    seen_clear(&w->seen);
}

static void write_critical(Ward *w)
{
    g_autofree char *now = instant_to_fhir(clock_real_us());
    g_autofree char *potassium = g_strdup_printf(
        "{\"resourceType\":\"Observation\",\"status\":\"final\",\"category\":[{\"coding\":[{\"system\":"
        "\"http://terminology.hl7.org/CodeSystem/observation-category\",\"code\":\"laboratory\"}]}],\"code\":{\"text\":"
        "\"P-Kalium\"},\"subject\":{\"reference\":\"Patient/" PATIENT "\"},\"effectiveDateTime\":\"%s\",\"issued\":\"%s\","
        "\"valueQuantity\":{\"value\":6.4,\"unit\":\"mmol/L\"},\"interpretation\":[{\"coding\":[{\"system\":"
        "\"http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation\",\"code\":\"HH\"}]}]}", now, now);
    person_post(&w->nurse, &w->hospital, "Observation", potassium);
    person_post(
        &w->nurse, &w->hospital, "AllergyIntolerance",
        "{\"resourceType\":\"AllergyIntolerance\",\"clinicalStatus\":{\"coding\":[{\"system\":"
        "\"http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical\",\"code\":\"active\"}]},"
        "\"verificationStatus\":{\"coding\":[{\"system\":"
        "\"http://terminology.hl7.org/CodeSystem/allergyintolerance-verification\",\"code\":\"confirmed\"}]},"
        "\"criticality\":\"high\",\"code\":{\"text\":\"latex\"},\"patient\":{\"reference\":\"Patient/" PATIENT "\"}}");
}

Test(fresh, what_another_writes_is_there_within_a_minute, .timeout = 60)
{
    Ward w;
    ward_begin(&w);
    cr_assert_null(strstr(w.seen.todo, "6,4 HH"));
    cr_assert_null(strstr(w.seen.flags, "latex"));
    seconds_go_by(17); /* anywhere in the period */
    write_critical(&w);
    seconds_go_by(60);
    cr_expect_not_null(strstr(w.seen.todo, "6,4 HH"), "on the list: %s", w.seen.todo);
    cr_expect(w.seen.danger);
    cr_expect_not_null(strstr(w.seen.flags, "latex"), "in the open chart: %s", w.seen.flags);
    ward_end(&w);
}

Test(fresh, one_request_in_half_a_minute_however_much_is_open, .timeout = 60)
{
    Ward w;
    ward_begin(&w); /* six watches of the list and four of the chart */
    seconds_go_by(5);
    guint before = hospital_requests(&w.hospital);
    seconds_go_by(300);
    guint asked = hospital_requests(&w.hospital) - before;
    cr_expect_geq(asked, 9);
    cr_expect_leq(asked, 10, "%u requests in 300 s", asked);
    cr_expect(!w.seen.cached);
    ward_end(&w);
}

/* When the core is gone the list and the chart say how old they are, once, and go on saying it. */
Test(fresh, without_an_answer_the_age_is_told, .timeout = 60)
{
    Ward w;
    ward_begin(&w);
    Instant last = clock_real_us();
    hospital_stop(&w.hospital);
    seconds_go_by(60);
    cr_expect(w.seen.cached, "the list tells its age");
    cr_expect_leq(w.seen.as_of, last);
    cr_expect_gt(w.seen.as_of, last - 120 * G_USEC_PER_SEC);
    g_autofree char *at = instant_to_minute(w.seen.as_of);
    cr_expect(w.seen.unknown && strstr(w.seen.unknown, at), "the chart: %s", w.seen.unknown);
    cr_expect(!client_online(w.doctor.client, NULL));
    ward_end(&w);
}

static void on_feed(Feed *feed, gpointer data)
{
    *(gboolean *)data = feed_state(feed)->answered && !feed_state(feed)->cached;
}

Test(fresh, a_section_of_the_chart_tells_its_age, .timeout = 60)
{
    Ward w;
    gboolean fresh = FALSE;
    ward_begin(&w);
    Feed *feed = feed_watch(w.doctor.client, w.doctor.scope, w.chart, FEED_LABS, on_feed, &fresh);
    cr_assert(loop_until(&fresh));
    g_autofree char *none = feed_doubt(feed_state(feed));
    cr_expect_null(none, "%s", none);
    hospital_stop(&w.hospital);
    seconds_go_by(60);
    g_autofree char *doubt = feed_doubt(feed_state(feed));
    cr_expect_not_null(doubt);
    cr_expect_gt(feed_state(feed)->items->len, 0, "what was known still stands there");
    ward_end(&w);
}
