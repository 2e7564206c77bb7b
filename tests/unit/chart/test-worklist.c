/* SPDX-License-Identifier: GPL-3.0-or-later
 * The worklist against a core: it is as fresh as its oldest part. */
#include "base/event.h"
#include "chart/worklist.h"
#include "client/fixture.h"

#define PERIOD_US (30 * (gint64)G_USEC_PER_SEC)
#define STAY                                                                                       \
    "{\"resourceType\":\"Encounter\",\"id\":\"e1\",\"status\":\"in-progress\",\"class\":{\"code\":\"IMP\"},"          \
    "\"subject\":{\"reference\":\"Patient/p1\"},\"serviceProvider\":{\"reference\":\"Organization/u1\"}}"

static const char *down; /* the type that the core does not answer for now */
static const char *counted; /* "/Type?": how often it is asked for */
static guint asked;

static void on_request(const HttpdRequest *q, HttpdAnswer *a, gpointer data)
{
    asked += counted && strstr(q->target, counted);
    if (down && strstr(q->target, down))
        httpd_text(a, 503, "{\"resourceType\":\"OperationOutcome\",\"issue\":[]}");
}

typedef struct {
    gboolean cached, details;
    guint rows, notes;
    Instant as_of;
} Seen;

static void on_list(const Worklist *list, const GError *error, gpointer data)
{
    *(Seen *)data = (Seen){list->cached, list->details_complete, list->rows->len, list->unsigned_notes, list->as_of};
}

static void periods_go_by(guint n)
{
    for (; n > 0; n--) {
        clock_test_advance(PERIOD_US);
        loop_settle();
    }
}

Test(worklist, is_as_old_as_its_oldest_part, .timeout = 30)
{
    static const char *const parts[] = {"Encounter", "AllergyIntolerance", "Flag", "Observation", "DocumentReference"};
    for (gsize i = 0; i < G_N_ELEMENTS(parts); i++) {
        Fx f;
        Seen seen = {0};
        clock_test_begin(1000 * G_USEC_PER_SEC);
        down = NULL;
        fx_begin(&f);
        f.core->batch = FALSE;
        fx_discover(&f);
        minicore_put(f.core, STAY);
        f.core->hook = on_request;
        worklist_watch(f.client, f.scope, "u1", on_list, &seen);
        loop_settle();
        periods_go_by(1);
        cr_assert(seen.rows == 1 && seen.details && !seen.cached, "%s: %u rows", parts[i], seen.rows);
        down = parts[i];
        Instant before = clock_real_us();
        periods_go_by(8);
        cr_expect(seen.cached, "%s", parts[i]);
        cr_expect_leq(seen.as_of, before, "%s: its age is that of the part that is not confirmed", parts[i]);
        down = NULL;
        periods_go_by(8);
        cr_expect_not(seen.cached, "%s: fresh again", parts[i]);
        fx_end(&f);
        clock_test_end();
    }
}

static void written(const char *type)
{
    event_emit(&(Event){.kind = EVENT_RESOURCE_CHANGED, .type = type, .id = "x", .patient = "p1"});
    loop_settle();
}

/* Without waiting for the next round of what is watched. */
Test(worklist, what_is_written_here_is_asked_for_at_once, .timeout = 30)
{
    static const char *const types[] = {"Encounter", "AllergyIntolerance", "Flag", "Observation", "DocumentReference"};
    Fx f;
    Seen seen = {0};
    clock_test_begin(1000 * G_USEC_PER_SEC);
    fx_begin(&f);
    f.core->batch = FALSE;
    fx_discover(&f);
    minicore_put(f.core, STAY);
    f.core->hook = on_request;
    worklist_watch(f.client, f.scope, "u1", on_list, &seen);
    loop_settle();
    cr_assert(seen.rows == 1 && seen.details && seen.notes == 0);
    minicore_put(f.core, "{\"resourceType\":\"DocumentReference\",\"id\":\"n1\",\"status\":\"current\",\"docStatus\":\"preliminary\","
                         "\"subject\":{\"reference\":\"Patient/p1\"}}");
    for (gsize i = 0; i < G_N_ELEMENTS(types); i++) {
        g_autofree char *target = g_strdup_printf("/%s?", types[i]);
        counted = target;
        asked = 0;
        written(types[i]);
        cr_expect_eq(asked, 1, "%s is asked for %u times", types[i], asked);
        counted = NULL;
    }
    cr_expect_eq(seen.notes, 1, "the note to sign is counted");
    fx_end(&f);
    clock_test_end();
}
