/* SPDX-License-Identifier: GPL-3.0-or-later
 * The diary and the finder against a core: a time that was booked here is not shown as free a moment longer. */
#include "base/event.h"
#include "chart/booking.h"
#include "client/fixture.h"

#define NOW (1763625600 * (gint64)G_USEC_PER_SEC) /* the day before the time */
#define IDENTIFIER "urn:uuid:00000000-0000-4000-8000-000000000001"

static void put_slot(Fx *f, const char *status)
{
    g_autofree char *slot = g_strdup_printf(
        "{\"resourceType\":\"Slot\",\"id\":\"s1\",\"schedule\":{\"reference\":\"Schedule/d1\"},\"status\":\"%s\","
        "\"start\":\"2025-11-21T09:00:00+01:00\",\"end\":\"2025-11-21T09:30:00+01:00\"}", status);
    minicore_put(f->core, slot);
}

static void begin(Fx *f)
{
    clock_test_begin(NOW);
    fx_begin(f);
    f->core->batch = FALSE;
    fx_discover(f);
    minicore_put(f->core, "{\"resourceType\":\"Location\",\"id\":\"l1\",\"managingOrganization\":{\"reference\":\"Organization/u1\"}}");
    minicore_put(f->core, "{\"resourceType\":\"Schedule\",\"id\":\"d1\",\"actor\":[{\"reference\":\"Practitioner/dr1\","
                          "\"display\":\"Ek, läkare\"},{\"reference\":\"Location/l1\"}]}");
    put_slot(f, "free");
}

static void end(Fx *f)
{
    fx_end(f);
    clock_test_end();
}

static void written(const char *type, const char *id)
{
    event_emit(&(Event){.kind = EVENT_RESOURCE_CHANGED, .type = type, .id = id, .patient = "p1"});
    loop_settle();
}

/* The time is taken first, and is there alone where the booking gets no answer. */
static void take(Fx *f)
{
    put_slot(f, "busy");
    written("Slot", "s1");
}

static void book(Fx *f)
{
    minicore_put(f->core, "{\"resourceType\":\"Appointment\",\"id\":\"a1\",\"status\":\"booked\",\"identifier\":[{\"value\":\"" IDENTIFIER "\"}],"
                          "\"slot\":[{\"reference\":\"Slot/s1\"}],\"start\":\"2025-11-21T09:00:00+01:00\","
                          "\"end\":\"2025-11-21T09:30:00+01:00\",\"participant\":[{\"actor\":{\"reference\":\"Patient/p1\"},"
                          "\"status\":\"accepted\"},{\"actor\":{\"reference\":\"Practitioner/dr1\"},\"status\":\"accepted\"}]}");
    written("Appointment", "a1");
}

typedef struct {
    guint entries;
    DiaryState state; /* of the last one */
} Shown;

static void on_diary(const Diary *d, const GError *error, gpointer data)
{
    Shown *shown = data;
    cr_assert_null(error);
    *shown = (Shown){0};
    for (guint i = 0; i < d->resources->len; i++) {
        const GPtrArray *entries = ((DiaryResource *)d->resources->pdata[i])->entries;
        for (guint k = 0; k < entries->len; k++, shown->entries++)
            shown->state = ((DiaryEntry *)entries->pdata[k])->state;
    }
}

Test(schedule_watch, a_time_booked_here_is_not_free_any_more, .timeout = 30)
{
    Fx f;
    Shown shown = {0};
    begin(&f);
    diary_watch(f.client, f.scope, "u1", (CivilDate){2025, 11, 21}, 1, on_diary, &shown);
    loop_settle();
    cr_assert(shown.entries == 1 && shown.state == DIARY_FREE, "%u entries", shown.entries);
    take(&f);
    cr_expect(shown.entries == 1 && shown.state == DIARY_BUSY, "%u entries, state %d", shown.entries, shown.state);
    book(&f);
    cr_expect(shown.entries == 1 && shown.state == DIARY_BOOKED, "%u entries, state %d", shown.entries, shown.state);
    end(&f);
}

static void on_answer(const BookingAnswer *answer, gpointer data)
{
    *(guint *)data = answer->proposals->len;
}

Test(schedule_watch, what_is_booked_here_is_proposed_no_more, .timeout = 30)
{
    Fx f;
    guint proposals = 0;
    begin(&f);
    BookingFinder *finder = booking_finder_new(f.client, f.scope, f.ctx, "u1", on_answer, &proposals);
    booking_finder_line(finder, "nb");
    loop_settle();
    cr_assert_eq(proposals, 1, "%u proposals", proposals);
    cr_assert_not(booking_finder_has(finder, IDENTIFIER));
    take(&f);
    cr_expect_eq(proposals, 0, "%u proposals", proposals);
    book(&f);
    cr_expect_eq(proposals, 0, "%u proposals", proposals);
    cr_expect(booking_finder_has(finder, IDENTIFIER), "the patient's own bookings are those before it");
    end(&f);
}
