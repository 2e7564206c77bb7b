/* SPDX-License-Identifier: GPL-3.0-or-later
 * Dates as people type them, the booking line, the diary and what is proposed from it. */
#include <criterion/criterion.h>
#include <string.h>

#include "base/text.h"
#include "chart/booking.h"

static const CivilDate today = {2026, 11, 20}; /* a Friday, week 47 */

static void date_is(CivilDate d, const char *text, const char *what)
{
    g_autofree char *got = civil_date_to_text(d);
    cr_expect_str_eq(got, text, "%s: %s, not %s", what, got, text);
}

/* ---- dates ---- */

Test(dates, as_people_type_them)
{
    static const struct {
        const char *text, *from, *to;
    } cases[] = {
        {"idag", "2026-11-20", "2026-11-20"},        {"i morgon", "2026-11-21", "2026-11-21"},
        {"övermorgon", "2026-11-22", "2026-11-22"},  {"tor", "2026-11-26", "2026-11-26"},
        {"fredag", "2026-11-27", "2026-11-27"},      {"på måndag", "2026-11-23", "2026-11-23"},
        {"v48", "2026-11-23", "2026-11-29"},         {"v 48", "2026-11-23", "2026-11-29"},
        {"vecka 48", "2026-11-23", "2026-11-29"},    {"v.3", "2027-01-18", "2027-01-24"},
        {"v53", "2026-12-28", "2027-01-03"},         {"tor v48", "2026-11-26", "2026-11-26"},
        {"+3v", "2026-12-08", "2026-12-14"},         {"3v", "2026-12-08", "2026-12-14"},
        {"om tre veckor", "2026-12-08", "2026-12-14"}, {"om 10 dagar", "2026-11-30", "2026-11-30"},
        {"om 3 mån", "2027-02-13", "2027-02-27"},    {"om ett halvår", "2027-05-13", "2027-05-27"},
        {"12/1", "2027-01-12", "2027-01-12"},        {"24/12", "2026-12-24", "2026-12-24"},
        {"12/1 2028", "2028-01-12", "2028-01-12"},   {"12/1-28", "2028-01-12", "2028-01-12"},
        {"12 jan", "2027-01-12", "2027-01-12"},      {"den 1 december", "2026-12-01", "2026-12-01"},
        {"3 mars 2027", "2027-03-03", "2027-03-03"}, {"2026-12-01", "2026-12-01", "2026-12-01"},
        {"20261201", "2026-12-01", "2026-12-01"},    {"261201", "2026-12-01", "2026-12-01"},
        {"tis 12/1", "2027-01-12", "2027-01-12"},    {"29/2 2028", "2028-02-29", "2028-02-29"},
        {"nästa vecka", "2026-11-23", "2026-11-29"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        DateWish w;
        cr_expect(date_words_parse(cases[i].text, today, &w, &error), "%s: %s", cases[i].text, error ? error->message : "");
        if (error)
            continue;
        date_is(w.from, cases[i].from, cases[i].text);
        date_is(w.to, cases[i].to, cases[i].text);
    }
}

Test(dates, impossible_ones_are_refused_with_words)
{
    static const char *const bad[] = {"31/2", "29/2 2027", "v53 2027", "v0", "v99", "12/13", "fre 12/1", "2026-02-30", "32 jan"};
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;
        DateWish w;
        cr_expect_not(date_words_parse(bad[i], today, &w, &error), "%s", bad[i]);
        cr_expect(g_error_matches(error, DATE_WORDS_ERROR, DATE_WORDS_IMPOSSIBLE), "%s", bad[i]);
    }
    static const char *const no[] = {"", "ssk", "hej 12/1", "12/1 hej", "48", "v", "om", "om v", "3x"};
    for (gsize i = 0; i < G_N_ELEMENTS(no); i++) {
        g_autoptr(GError) error = NULL;
        DateWish w;
        cr_expect_not(date_words_parse(no[i], today, &w, &error), "%s", no[i]);
        cr_expect(g_error_matches(error, DATE_WORDS_ERROR, DATE_WORDS_NOT_A_DATE), "%s", no[i]);
    }
}

Test(dates, times_of_day)
{
    static const struct {
        const char *words[4];
        guint used;
        int from, to;
    } cases[] = {
        {{"10:30"}, 1, 630, 631},         {{"10.30"}, 1, 630, 631},     {{"kl", "10"}, 2, 600, 601},
        {{"kl10"}, 1, 600, 601},          {{"kl", "1015"}, 2, 615, 616}, {{"fm"}, 1, 0, 720},
        {{"em"}, 1, 720, 1440},           {{"efter", "13"}, 2, 780, 1440}, {{"före", "kl", "11"}, 3, 0, 660},
        {{"10"}, 0, 0, 0},                {{"25:00"}, 0, 0, 0},         {{"10:5"}, 0, 0, 0},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        TimeWish t = {0, 0};
        guint n = time_words_take((char *const *)cases[i].words, &t, NULL);
        cr_expect_eq(n, cases[i].used, "%s", cases[i].words[0]);
        if (n)
            cr_expect(t.from == cases[i].from && t.to == cases[i].to, "%s", cases[i].words[0]);
    }
}

/* ---- the line ---- */

Test(line, each_part_in_any_order)
{
    static const char *const lines[] = {"åb 3v ssk 45min ekg", "ssk+ekg 45 min åb om 3 veckor", "Återbesök +3v hos SSK, EKG 45min"};
    for (gsize i = 0; i < G_N_ELEMENTS(lines); i++) {
        g_autoptr(BookingWish) w = booking_read(lines[i], today);
        cr_expect_null(w->problem, "%s: %s", lines[i], w->problem);
        cr_assert_not_null(w->type, "%s", lines[i]);
        cr_expect_str_eq(w->type->letters, "ÅB");
        cr_expect_eq(w->minutes, 45);
        date_is(w->when.target, "2026-12-11", lines[i]);
        cr_assert_eq(w->terms->len, 2, "%s", lines[i]);
        cr_expect_str_eq(w->who, "ssk + ekg", "%s", w->who);
        cr_expect_str_eq(w->terms->pdata[0], "ssk");
        cr_expect_str_eq(w->terms->pdata[1], "ekg");
    }
    g_autoptr(BookingWish) w = booking_read("nb tor 10:00 ek", today);
    cr_expect_str_eq(w->type->letters, "NB");
    cr_expect(w->has_time && w->time.from == 600);
    date_is(w->when.from, "2026-11-26", "tor");
}

Test(line, what_cannot_be_is_told)
{
    static const char *const bad[] = {"åb 31/2", "åb tel 3v", "åb 3v v48", "åb 45min 30min", "åb igår", "åb 2min", "åb 10:00 11:00", "åb v53 2027"};
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(BookingWish) w = booking_read(bad[i], today);
        cr_expect_not_null(w->problem, "%s", bad[i]);
    }
}

/* ---- a diary ---- */

static FhirResource *parse(const char *json)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) text = g_bytes_new(json, strlen(json));
    FhirResource *r = fhir_resource_parse(text, &error);
    cr_assert(r, "%s: %s", error ? error->message : "", json);
    return r;
}

static DiaryResource *resource(const char *id, const char *actor, const char *display, const char *service)
{
    g_autoptr(GHashTable) places = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, NULL);
    g_hash_table_add(places, (gpointer) "mott");
    g_autofree char *json = g_strdup_printf(
        "{\"resourceType\":\"Schedule\",\"id\":\"%s\",\"serviceType\":[{\"text\":\"%s\"}],\"actor\":[{\"reference\":\"%s\","
        "\"display\":\"%s\"},{\"reference\":\"Location/mott\",\"display\":\"Mottagningen\"}]}", id, service, actor, display);
    g_autoptr(FhirResource) s = parse(json);
    DiaryResource *r = diary_resource_new(s, places);
    cr_assert(r);
    return r;
}

static void add_slot(DiaryResource *r, Instant start, int minutes, const char *status)
{
    g_autofree char *from = instant_to_fhir(start), *to = instant_to_fhir(start + (Instant)minutes * 60 * G_USEC_PER_SEC);
    g_autofree char *json = g_strdup_printf("{\"resourceType\":\"Slot\",\"id\":\"%s-%" G_GINT64_FORMAT "\",\"meta\":{\"versionId\":\"1\"},"
        "\"schedule\":{\"reference\":\"Schedule/%s\"},\"status\":\"%s\",\"start\":\"%s\",\"end\":\"%s\"}", r->id,
        start / (60 * G_USEC_PER_SEC), r->id, status, from, to);
    g_autoptr(FhirResource) slot = parse(json);
    DiaryEntry *e = diary_entry_of_slot(slot);
    cr_assert(e);
    g_ptr_array_add(r->entries, e);
}

static Instant at(CivilDate d, int hour, int minute)
{
    return instant_from_civil(d, (CivilTime){(guint8)hour, (guint8)minute, 0}, FALSE);
}

typedef struct {
    Diary d;
    DiaryResource *ek, *berg, *nystrom, *ekg;
    GPtrArray *taken;
} Unit;

/* Wednesday to Friday of week 50; Berg 45 minutes, Ek and the room 30. */
static Unit *unit_new(void)
{
    Unit *u = g_new0(Unit, 1);
    u->d.resources = g_ptr_array_new_with_free_func(diary_resource_free);
    u->taken = g_ptr_array_new_with_free_func(patient_booking_free);
    u->d.known = u->d.answered = TRUE;
    u->ek = resource("ek", "Practitioner/prac-ek", "Ek, läkare", "läkarbesök");
    u->berg = resource("berg", "Practitioner/prac-berg", "Berg, sjuksköterska", "sjuksköterskebesök");
    u->nystrom = resource("nystrom", "Practitioner/prac-nystrom", "Nyström, sjuksköterska", "sjuksköterskebesök");
    u->ekg = resource("ekg", "Location/rum", "Rum 4 EKG", "EKG");
    DiaryResource *all[] = {u->ek, u->berg, u->nystrom, u->ekg};
    for (gsize i = 0; i < G_N_ELEMENTS(all); i++)
        g_ptr_array_add(u->d.resources, all[i]);
    for (int day = 9; day <= 11; day++) {
        CivilDate d = {2026, 12, (guint8)day};
        for (int n = 0; n < 4; n++) {
            add_slot(u->ek, at(d, 8, 0) + (Instant)n * 1800 * G_USEC_PER_SEC, 30, n == 1 ? "busy" : "free");
            add_slot(u->ekg, at(d, 8, 0) + (Instant)n * 1800 * G_USEC_PER_SEC, 30, day == 11 ? "busy" : "free");
        }
        for (int n = 0; n < 3; n++) {
            add_slot(u->berg, at(d, 8, 0) + (Instant)n * 2700 * G_USEC_PER_SEC, 45, "free");
            add_slot(u->nystrom, at(d, 8, 0) + (Instant)n * 2700 * G_USEC_PER_SEC, 45, day == 9 ? "free" : "busy");
        }
    }
    return u;
}

static void unit_free(Unit *u)
{
    g_ptr_array_unref(u->d.resources);
    g_ptr_array_unref(u->taken);
    g_free(u);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Unit, unit_free)

static GPtrArray *propose(Unit *u, const char *line)
{
    g_autoptr(BookingWish) w = booking_read(line, today);
    cr_assert_null(w->problem, "%s", w->problem);
    return booking_propose(&u->d, w, u->taken, at(today, 12, 0), 9);
}

/* The days after follow, as later than asked. */
static guint on_day(const GPtrArray *all, int day)
{
    guint n = 0;
    for (guint i = 0; i < all->len; i++)
        n += civil_date_at(((BookingProposal *)all->pdata[i])->start).day == day;
    return n;
}

static char *when(const BookingProposal *p)
{
    return instant_to_minute(p->start);
}

Test(diary, names_and_what_one_may_call_them)
{
    g_autoptr(Unit) u = unit_new();
    cr_expect_str_eq(u->berg->name, "Berg");
    cr_expect_str_eq(u->berg->profession, "sjuksköterska");
    cr_expect_str_eq(u->berg->actor, "prac-berg");
    cr_expect(u->ekg->room && !u->berg->room);
    cr_expect_str_eq(u->ekg->name, "Rum 4 EKG");
    static const struct {
        const char *term;
        guint n;
    } cases[] = {{"ssk", 2}, {"ek", 1}, {"ekg", 1}, {"sjuk", 2}, {"berg", 1}, {"lak", 1}, {"rum", 1}, {"xyz", 0}};
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GArray) found = booking_term_resources(&u->d, cases[i].term);
        cr_expect_eq(found->len, cases[i].n, "%s: %u", cases[i].term, found->len);
    }
}

Test(diary, all_that_is_asked_for_is_free_at_once)
{
    g_autoptr(Unit) u = unit_new();
    g_autoptr(GPtrArray) all = propose(u, "åb 3v ssk 45min ekg");
    cr_assert_geq(all->len, 3);
    const BookingProposal *p = all->pdata[0];
    g_autofree char *first = when(p);
    cr_expect_str_eq(first, "2026-12-10 08:00"); /* the room is taken on the day itself */
    cr_expect_eq(p->actors->len, 2);
    cr_expect_eq(p->slots->len, 3, "one of the nurse, two of the room: %u", p->slots->len);
    cr_expect_eq(p->end - p->start, (Instant)45 * 60 * G_USEC_PER_SEC);
    for (guint i = 0; i < all->len; i++) {
        const BookingProposal *q = all->pdata[i];
        CivilDate d = civil_date_at(q->start);
        cr_expect(d.day == 9 || d.day == 10);
        cr_expect_str_eq(((BookingActor *)q->actors->pdata[1])->id, "rum");
        cr_expect(*q->why);
    }
}

Test(diary, a_long_visit_takes_times_that_follow_each_other)
{
    g_autoptr(Unit) u = unit_new();
    g_autoptr(GPtrArray) all = propose(u, "nb 9/12 ek 60min");
    cr_assert_eq(on_day(all, 9), 1); /* 08:30 is taken, so only 09:00 */
    g_autofree char *first = when(all->pdata[0]);
    cr_expect_str_eq(first, "2026-12-09 09:00");
    cr_expect_eq(((BookingProposal *)all->pdata[0])->slots->len, 2);
    g_autoptr(GPtrArray) none = propose(u, "nb 9/12 ek 120min");
    cr_expect_eq(none->len, 0);
}

Test(diary, what_has_gone_is_not_proposed)
{
    g_autoptr(Unit) u = unit_new();
    g_autoptr(BookingWish) w = booking_read("nb ek", today);
    CivilDate d = {2026, 12, 10};
    g_autoptr(GPtrArray) all = booking_propose(&u->d, w, u->taken, at(d, 9, 1), 9);
    cr_assert_gt(all->len, 0);
    for (guint i = 0; i < all->len; i++)
        cr_expect_geq(((BookingProposal *)all->pdata[i])->start, at(d, 9, 1));
}

/* A free time over which somebody is booked all the same is not free. */
Test(diary, a_visit_lies_in_the_way_of_a_free_time)
{
    g_autoptr(Unit) u = unit_new();
    CivilDate d = {2026, 12, 9};
    add_slot(u->berg, at(d, 8, 10), 5, "busy-unavailable");
    g_autoptr(GPtrArray) all = propose(u, "åb 9/12 berg");
    cr_expect_eq(on_day(all, 9), 2);
}

Test(diary, later_than_asked_is_said)
{
    g_autoptr(Unit) u = unit_new();
    g_autoptr(GPtrArray) all = propose(u, "åb 8/12 ek 08:00");
    cr_assert_eq(all->len, 3);
    cr_expect(strstr(((BookingProposal *)all->pdata[0])->why, "1"), "%s", ((BookingProposal *)all->pdata[0])->why);
}

Test(diary, the_patient_is_a_resource_too)
{
    g_autoptr(Unit) u = unit_new();
    PatientBooking *b = g_new0(PatientBooking, 1);
    CivilDate d = {2026, 12, 9};
    *b = (PatientBooking){at(d, 8, 15), at(d, 8, 20), g_strdup("08:15 EKG")};
    g_ptr_array_add(u->taken, b);
    g_autoptr(GPtrArray) all = propose(u, "åb 9/12 berg");
    cr_assert_eq(on_day(all, 9), 3);
    cr_expect_str_eq(((BookingProposal *)all->pdata[0])->overlap, "08:15 EKG");
    cr_expect_null(((BookingProposal *)all->pdata[1])->overlap);
}

Test(diary, a_booking_takes_its_time_and_overlaps_get_lanes)
{
    g_autoptr(Unit) u = unit_new();
    CivilDate d = {2026, 12, 9};
    static const char *const format = "{\"resourceType\":\"Appointment\",\"id\":\"a\",\"status\":\"%s\",\"start\":\"%s\",\"end\":\"%s\","
        "\"appointmentType\":{\"text\":\"återbesök\"},\"participant\":[{\"actor\":{\"reference\":\"Patient/p\"}},"
        "{\"actor\":{\"reference\":\"Practitioner/prac-berg\"}}]}";
    g_autofree char *from = instant_to_fhir(at(d, 8, 0)), *to = instant_to_fhir(at(d, 8, 45)), *later = instant_to_fhir(at(d, 9, 0));
    g_autofree char *json = g_strdup_printf(format, "arrived", from, to), *json2 = g_strdup_printf(format, "booked", from, later);
    g_autoptr(FhirResource) one = parse(json);
    g_autoptr(FhirResource) two = parse(json2);
    cr_expect(diary_is_actor(one, u->berg) && !diary_is_actor(one, u->ek));
    cr_expect(diary_add_appointment(u->berg, one, NULL, FALSE));
    cr_expect(diary_add_appointment(u->berg, two, NULL, FALSE));
    g_autoptr(FhirResource) timeless = parse("{\"resourceType\":\"Appointment\",\"id\":\"b\",\"status\":\"booked\"}");
    cr_expect_not(diary_add_appointment(u->berg, timeless, NULL, FALSE));
    diary_arrange(u->berg);
    const DiaryEntry *a = u->berg->entries->pdata[0], *b = u->berg->entries->pdata[1];
    cr_expect_eq(a->state, DIARY_ARRIVED);
    cr_expect_str_eq(a->type->letters, "ÅB");
    cr_expect_eq(b->state, DIARY_BOOKED);
    cr_expect(a->lane != b->lane);
    guint n_free, n_taken;
    diary_count(&u->d, u->berg, d, &n_free, &n_taken);
    cr_expect_eq(n_free, 2);
    cr_expect_eq(n_taken, 2);
    /* what overlaps a booking is not proposed, free or not */
    g_autoptr(GPtrArray) all = propose(u, "åb 9/12 berg");
    cr_expect_eq(on_day(all, 9), 1, "%u", on_day(all, 9));
}

/* ---- the two nights of the year, and midnight ---- */

Test(clock, the_hour_that_is_missing_and_the_hour_that_comes_twice)
{
    static const struct {
        CivilDate d;
        int hours; /* of the day */
    } nights[] = {{{2026, 3, 29}, 23}, {{2026, 10, 25}, 25}, {{2026, 11, 20}, 24}};
    for (gsize i = 0; i < G_N_ELEMENTS(nights); i++) {
        Diary d = {.resources = g_ptr_array_new_with_free_func(diary_resource_free), .known = TRUE};
        DiaryResource *r = resource("jour", "Practitioner/prac-ek", "Ek, läkare", "jour");
        g_ptr_array_add(d.resources, r);
        Instant start = instant_day_start(nights[i].d);
        for (int h = -1; h <= 26; h++)
            add_slot(r, start + (Instant)h * 3600 * G_USEC_PER_SEC, 60, "free");
        guint n_free, n_taken;
        diary_count(&d, NULL, nights[i].d, &n_free, &n_taken);
        cr_expect_eq((int)n_free, nights[i].hours, "%d: %u", nights[i].d.month, n_free);
        g_ptr_array_unref(d.resources);
    }
}

Test(clock, a_visit_over_midnight_belongs_to_the_day_it_begins)
{
    Diary d = {.resources = g_ptr_array_new_with_free_func(diary_resource_free), .known = TRUE};
    DiaryResource *r = resource("jour", "Practitioner/prac-ek", "Ek, läkare", "jour");
    g_ptr_array_add(d.resources, r);
    CivilDate night = {2026, 12, 9}, after = {2026, 12, 10};
    add_slot(r, at(night, 23, 30), 60, "free");
    guint n_free, n_taken;
    diary_count(&d, NULL, night, &n_free, &n_taken);
    cr_expect_eq(n_free, 1);
    diary_count(&d, NULL, after, &n_free, &n_taken);
    cr_expect_eq(n_free, 0);
    g_ptr_array_unref(d.resources);
}

/* ---- what is written ---- */

Test(writing, the_appointment_names_all_and_the_slot_changes_only_its_status)
{
    g_autoptr(Unit) u = unit_new();
    g_autoptr(GPtrArray) all = propose(u, "åb 3v ssk 45min ekg");
    const BookingProposal *p = all->pdata[0];
    g_autoptr(GError) error = NULL;
    g_autoptr(FhirResource) a = booking_appointment(p, visit_type_of_word("ab"), "pat-1", at(today, 12, 0), &error);
    cr_assert(a, "%s", error ? error->message : "");
    FhirNode root = fhir_root(a);
    cr_expect(fhir_is(root, "status", "booked"));
    cr_expect(fhir_is(root, "start", "2026-12-10T08:00:00.000+01:00"));
    cr_expect(fhir_is(root, "end", "2026-12-10T08:45:00.000+01:00"));
    cr_expect(fhir_is(root, "appointmentType.text", "återbesök"));
    cr_expect(fhir_is(root, "participant[0].actor.reference", "Patient/pat-1"));
    cr_expect_eq(fhir_count(fhir_at(root, "participant")), 3);
    cr_expect_eq(fhir_count(fhir_at(root, "slot")), 3);
    const FhirResource *before = p->slots->pdata[0];
    g_autoptr(FhirResource) slot = booking_slot_taken(before, &error);
    cr_assert(slot);
    cr_expect(fhir_is(fhir_root(slot), "status", "busy"));
    cr_expect_str_eq(fhir_version_id(slot), fhir_version_id(before));
    cr_expect_eq(g_bytes_get_size(fhir_text(slot)), g_bytes_get_size(fhir_text(before)));
}
