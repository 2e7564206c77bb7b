/* SPDX-License-Identifier: GPL-3.0-or-later
 * The finder: keeps the unit's free times of the days that the line speaks of, and the patient's own
 * bookings, and tells the proposals whenever line, times or bookings change. */
#include "chart/booking.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base/clock.h"
#include "chart/feed.h"
#include "chart/fresh.h"
#include "client/query.h"

#define OPEN_DAYS 14   /* searched when no date is given, and added when too little is free */
#define ENOUGH 3
#define MAX_WIDER 3
#define MAX_PROPOSALS 9

struct BookingFinder {
    Client *client;
    char *unit;
    BookingFn fn;
    gpointer data;
    Scope *scope;
    DiarySource *source;
    const Diary *diary;
    BookingWish *wish;
    GPtrArray *taken;   /* PatientBooking */
    GHashTable *identifiers; /* of the patient's bookings */
    gboolean taken_known;
    CivilDate from;     /* what is being searched */
    guint days, wider;
    gboolean failed;
    ClientSearch *own;
    BookingAnswer answer;
};

static CivilDate today(void)
{
    return civil_date_at(clock_clinical_us());
}

static void window_of(const BookingFinder *f, CivilDate *ret_from, guint *ret_days)
{
    const BookingWish *w = f->wish;
    CivilDate from = today();
    int days = OPEN_DAYS;
    if (w->has_when) {
        if (civil_date_compare(w->when.from, from) > 0)
            from = w->when.from;
        days = MAX(civil_date_days_between(from, w->when.to) + 1, 1);
    }
    *ret_from = from;
    *ret_days = (guint)days + f->wider * OPEN_DAYS;
}

/* Words that name nothing here are told; the one being typed may still become something. */
static char *term_problem(const BookingFinder *f)
{
    const GPtrArray *terms = f->wish->terms;
    for (guint i = 0; f->diary && f->diary->resources->len && i < terms->len; i++) {
        g_autoptr(GArray) found = booking_term_resources(f->diary, terms->pdata[i]);
        if (!found->len)
            return g_strdup_printf(_("“%s” is no kind of visit, date, time, length or resource of this unit"),
                                   (const char *)terms->pdata[i]);
    }
    return NULL;
}

static char *problem_of(const BookingFinder *f)
{
    if (f->wish->problem)
        return g_strdup(f->wish->problem);
    char *problem = term_problem(f);
    if (problem)
        return problem;
    if (f->diary && f->diary->answered && f->diary->known && !f->diary->resources->len)
        return g_strdup(_("This unit has no diary. Clinics and health centres have one: log out (:logout) and choose an assignment at one of them"));
    if (f->wish->type)
        return NULL;
    g_autofree char *letters = visit_type_letters();
    return g_strdup_printf(_("What kind of visit? %s"), letters);
}

static void tell(BookingFinder *f)
{
    BookingAnswer *a = &f->answer;
    g_clear_pointer(&a->proposals, g_ptr_array_unref);
    g_free((char *)a->problem);
    a->wish = f->wish;
    a->problem = problem_of(f);
    gboolean ready = f->diary && f->diary->resources->len && !f->wish->problem;
    a->proposals = ready ? booking_propose(f->diary, f->wish, f->taken, clock_clinical_us(), MAX_PROPOSALS)
                         : g_ptr_array_new_with_free_func(booking_proposal_free);
    a->searching = !f->diary || (!f->diary->answered && !f->failed);
    a->known = f->diary && f->diary->known;
    a->taken_known = f->taken_known;
    a->until = civil_date_add_days(f->from, (int)f->days - 1);
    f->fn(a, f->data);
}

/* The diaries that the line speaks of: further away only they are asked for. */
static char *asked_for(const BookingFinder *f)
{
    GString *out = g_string_new(NULL);
    const GPtrArray *all = f->diary->resources, *terms = f->wish->terms;
    for (guint i = 0; i < all->len; i++) {
        const DiaryResource *r = all->pdata[i];
        gboolean named = !terms->len && !r->room;
        for (guint t = 0; t < terms->len && !named; t++) {
            g_autoptr(GArray) found = booking_term_resources(f->diary, terms->pdata[t]);
            for (guint k = 0; k < found->len; k++)
                named |= g_array_index(found, guint, k) == i;
        }
        if (named)
            g_string_append_printf(out, "%sSchedule/%s", out->len ? "," : "", r->id);
    }
    return g_string_free(out, FALSE);
}

/* Too little free in the days asked for: later days too, and the proposals say so. */
static gboolean look_wider(BookingFinder *f)
{
    if (f->answer.searching || !f->answer.known || f->answer.proposals->len >= ENOUGH || f->wider >= MAX_WIDER ||
        f->answer.problem || !f->diary->resources->len)
        return FALSE;
    g_autofree char *only = asked_for(f);
    f->wider++;
    window_of(f, &f->from, &f->days);
    diary_only(f->source, *only ? only : NULL);
    diary_go(f->source, f->from, f->days);
    return TRUE;
}

static void on_diary(const Diary *diary, const GError *error, gpointer data)
{
    BookingFinder *f = data;
    f->diary = diary;
    f->failed = error != NULL;
    tell(f);
    look_wider(f);
}

static void add_taken(BookingFinder *f, const FhirResource *a)
{
    FhirTime start, end;
    FhirNode root = fhir_root(a);
    DiaryState state = diary_state_of(a);
    if (state == DIARY_CANCELLED || state == DIARY_NOSHOW || state == DIARY_DONE || !fhir_time(root, "start", &start) ||
        !fhir_time(root, "end", &end))
        return;
    PatientBooking *b = g_new0(PatientBooking, 1);
    g_autofree char *at = instant_to_hhmm(start.instant), *what = fhir_concept_text(fhir_first(fhir_at(root, "serviceType")), "");
    b->start = start.instant;
    b->end = end.instant;
    b->words = g_strdup_printf("%s %s", at, what ? what : _("booked"));
    g_ptr_array_add(f->taken, b);
}

static void add_identifiers(BookingFinder *f, const FhirResource *a)
{
    for (FhirNode i = fhir_first(fhir_at(fhir_root(a), "identifier")); fhir_exists(i); i = fhir_next(i)) {
        char *value = fhir_string(i, "value");
        if (value)
            g_hash_table_add(f->identifiers, value);
    }
}

gboolean booking_finder_has(const BookingFinder *f, const char *identifier)
{
    return identifier && g_hash_table_contains(f->identifiers, identifier);
}

static void on_own(const ClientResult *result, const GError *error, gboolean done, gpointer data)
{
    BookingFinder *f = data;
    (void)error;
    (void)done;
    if (!result)
        return;
    g_ptr_array_set_size(f->taken, 0);
    g_hash_table_remove_all(f->identifiers);
    for (guint i = 0; i < result->items->len; i++) {
        add_taken(f, result->items->pdata[i]);
        add_identifiers(f, result->items->pdata[i]);
    }
    f->taken_known = result->known == KNOWN_WHOLE;
    if (f->wish)
        tell(f);
}

static void finder_free(gpointer p)
{
    BookingFinder *f = p;
    scope_close(f->scope);
    g_clear_pointer(&f->answer.proposals, g_ptr_array_unref);
    g_free((char *)f->answer.problem);
    g_ptr_array_unref(f->taken);
    g_hash_table_unref(f->identifiers);
    booking_wish_free(f->wish);
    g_free(f->unit);
    g_free(f);
}

BookingFinder *booking_finder_new(Client *client, Scope *scope, PatientCtx *patient, const char *unit, BookingFn fn,
                                  gpointer data)
{
    BookingFinder *f = g_new0(BookingFinder, 1);
    f->client = client;
    f->unit = g_strdup(unit);
    f->fn = fn;
    f->data = data;
    f->taken = g_ptr_array_new_with_free_func(patient_booking_free);
    f->identifiers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    f->scope = scope_new();
    scope_add(scope, finder_free, f);
    g_autoptr(FhirQuery) q = client_patient_query(patient, "Appointment");
    feed_ask_day(q, client, "ge");
    f->own = client_search(client, f->scope, patient, q, CLIENT_DEFAULT, on_own, f);
    fresh_watch(f->scope, f->own, "Appointment", patient_ctx_id(patient));
    return f;
}

void booking_finder_line(BookingFinder *f, const char *line)
{
    CivilDate from;
    guint days;
    booking_wish_free(f->wish);
    f->wish = booking_read(line, today());
    f->wider = 0;
    window_of(f, &from, &days);
    gboolean same = f->source && civil_date_compare(from, f->from) == 0 && days == f->days;
    f->from = from;
    f->days = days;
    if (!f->source)
        f->source = diary_watch_free(f->client, f->scope, f->unit, from, days, on_diary, f);
    else if (!same) {
        diary_only(f->source, NULL);
        diary_go(f->source, from, days); /* tells */
    }
    if (!f->diary || same) {
        tell(f);
        look_wider(f);
    }
}

void booking_finder_refresh(BookingFinder *f)
{
    diary_refresh(f->source);
    client_refresh(f->own);
}
