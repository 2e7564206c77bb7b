/* SPDX-License-Identifier: GPL-3.0-or-later
 * How long it takes until what somebody else writes is seen on the list and in the open chart: many
 * critical values at random moments. Virtual seconds, the real rond-core. */
#include "chart/feed.h"
#include "chart/worklist.h"
#include "safety/hospital.h"

#include <stdio.h>

#define UNIT   "org-medavd3"
#define DOCTOR "SE2329999993-U5001", "prac-lind"
#define NURSE  "SE2329999993-U5019", "prac-nyman"
#define PATIENT "pat-0002"
#define WRITES 120
#define LIMIT_S 60
#define GIVE_UP_S 180
#define ANSWER_US (200 * G_TIME_SPAN_MILLISECOND)

typedef struct {
    Hospital hospital;
    Person doctor, nurse;
    PatientCtx *chart;
    char *todo; /* as the list shows it */
    Feed *labs;
    gboolean loaded, read;
} Ward;

static void on_worklist(const Worklist *list, const GError *error, gpointer data)
{
    Ward *w = data;
    (void)error;
    w->loaded = !list->cached && list->complete && list->details_complete;
    for (guint i = 0; i < list->rows->len; i++) {
        const WorklistRow *r = list->rows->pdata[i];
        if (strcmp(r->id, PATIENT) != 0)
            continue;
        g_free(w->todo);
        w->todo = g_strdup(r->todo ? r->todo : "");
    }
}

static void on_labs(Feed *feed, gpointer data)
{
    ((Ward *)data)->read = feed_state(feed)->answered && !feed_state(feed)->cached;
}

static void ward_begin(Ward *w)
{
    *w = (Ward){0};
    hospital_begin(&w->hospital);
    person_begin(&w->doctor, &w->hospital, DOCTOR);
    person_begin(&w->nurse, &w->hospital, NURSE);
    w->chart = person_open(&w->doctor, PATIENT);
    worklist_watch(w->doctor.client, w->doctor.scope, UNIT, on_worklist, w);
    w->labs = feed_watch(w->doctor.client, w->doctor.scope, w->chart, FEED_LABS, on_labs, w);
    cr_assert(loop_until(&w->loaded) && loop_until(&w->read));
    loop_settle();
}

static void ward_end(Ward *w)
{
    patient_ctx_unref(w->chart);
    g_free(w->todo);
    person_end(&w->doctor);
    person_end(&w->nurse);
    hospital_end(&w->hospital);
}

static void run_what_is_due(void)
{
    while (g_main_context_iteration(NULL, FALSE))
        ;
}

/* One virtual second, and the answers to what was asked in it. An answer that is late counts as later: the
 * figures can only become worse by it. */
static void second_goes_by(Ward *w)
{
    clock_test_advance(G_USEC_PER_SEC);
    run_what_is_due();
    gint64 until = g_get_monotonic_time() + ANSWER_US;
    while (client_busy(w->doctor.client) && g_get_monotonic_time() < until) {
        g_usleep(200);
        run_what_is_due();
    }
}

/* A potassium of n/100 mmol/l, as the laboratory's system would write it. */
static void write_critical(Ward *w, guint n)
{
    g_autofree char *now = instant_to_fhir(clock_real_us());
    g_autofree char *potassium = g_strdup_printf(
        "{\"resourceType\":\"Observation\",\"status\":\"final\",\"category\":[{\"coding\":[{\"system\":"
        "\"http://terminology.hl7.org/CodeSystem/observation-category\",\"code\":\"laboratory\"}]}],\"code\":{\"text\":"
        "\"P-Kalium\"},\"subject\":{\"reference\":\"Patient/" PATIENT "\"},\"effectiveDateTime\":\"%s\",\"issued\":\"%s\","
        "\"valueQuantity\":{\"value\":%u.%02u,\"unit\":\"mmol/L\"},\"interpretation\":[{\"coding\":[{\"system\":"
        "\"http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation\",\"code\":\"HH\"}]}]}",
        now, now, n / 100, n % 100);
    person_post(&w->nurse, &w->hospital, "Observation", potassium);
}

static gboolean in_chart(const Ward *w, guint n)
{
    g_autofree char *value = g_strdup_printf("%u.%02u", n / 100, n % 100);
    const GPtrArray *items = feed_state(w->labs)->items;
    for (guint i = 0; i < items->len; i++) {
        g_autofree char *has = fhir_string(fhir_root(items->pdata[i]), "valueQuantity.value");
        if (g_strcmp0(has, value) == 0)
            return TRUE;
    }
    return FALSE;
}

static gboolean on_list(const Ward *w, guint n)
{
    g_autofree char *value = g_strdup_printf("%u,%02u HH", n / 100, n % 100);
    return strstr(w->todo, value) != NULL;
}

static int by_value(gconstpointer a, gconstpointer b)
{
    return *(const int *)a - *(const int *)b;
}

static int percentile(const GArray *sorted, guint percent)
{
    return g_array_index(sorted, int, MIN(sorted->len * percent / 100, sorted->len - 1));
}

static void judge(const char *where, GArray *seconds)
{
    g_array_sort(seconds, by_value);
    fprintf(stderr, "%s: %u critical values, seen after p50 %d s, p95 %d s, at most %d s\n", where, seconds->len,
            percentile(seconds, 50), percentile(seconds, 95), percentile(seconds, 100));
    cr_expect_geq(seconds->len, 100);
    cr_expect_leq(percentile(seconds, 95), LIMIT_S, "%s: p95", where);
}

Test(latency, critical_values_of_others_are_seen_within_a_minute, .timeout = 120)
{
    Ward w;
    const char *given = g_getenv("ROND_SEED");
    guint32 seed = given ? (guint32)g_ascii_strtoull(given, NULL, 10) : g_random_int();
    g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
    g_autoptr(GArray) list = g_array_new(FALSE, FALSE, sizeof(int)), chart = g_array_new(FALSE, FALSE, sizeof(int));
    fprintf(stderr, "ROND_SEED=%u\n", seed);
    ward_begin(&w);
    for (guint i = 0; i < WRITES; i++) {
        guint n = 620 + i;
        for (int pause = g_rand_int_range(rand, 0, 30); pause > 0; pause--)
            second_goes_by(&w);
        write_critical(&w, n);
        gboolean listed = FALSE, charted = FALSE;
        for (int s = 0; s <= GIVE_UP_S && !(listed && charted); s++) {
            if (!listed && (listed = on_list(&w, n)))
                g_array_append_val(list, s);
            if (!charted && (charted = in_chart(&w, n)))
                g_array_append_val(chart, s);
            if (!(listed && charted))
                second_goes_by(&w);
        }
        cr_assert(listed && charted, "write %u: on the list %d, in the chart %d; %s", i, listed, charted, w.todo);
    }
    judge("on the list", list);
    judge("in the open chart", chart);
    ward_end(&w);
}
