/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/feed.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base/clock.h"
#include "chart/fresh.h"
#include "client/error.h"
#include "client/query.h"

/* @all: every page, not the first. @day: the date parameter is held against the start of today, so that the question (and its place
 * in the cache) stands all day. @hold: how many items of a long list; what costs more to show is held less of. */
static const struct {
    const char *type, *params, *day;
    guint hold;
    gboolean all;
} feeds[FEED_KINDS] = {
    [FEED_PROBLEMS] = {"Condition", "_count=100", NULL, 200},
    [FEED_MEDICATIONS] = {"MedicationRequest", "status=active,on-hold,unknown&_count=100", NULL, 200},
    [FEED_MEDICATIONS_ENDED] = {"MedicationRequest",
                                "status=stopped,completed,cancelled,draft,entered-in-error&_sort=-authoredon&_count=50", NULL, 100},
    [FEED_GIVEN] = {"MedicationAdministration", "_sort=-effective-time&_count=100", NULL, 200},
    [FEED_VITALS] = {"Observation", "category=vital-signs&_sort=-date&_count=70", NULL, 280},
    [FEED_PREGNANCY] = {"Observation", "code=http://loinc.org|82810-3&_sort=-date&_count=5", NULL, 5},
    [FEED_LABS] = {"Observation", "category=laboratory&_sort=-date&_count=80", NULL, 320},
    [FEED_REPORTS] = {"DiagnosticReport", "_sort=-date&_count=20", NULL, 60},
    [FEED_NOTES] = {"DocumentReference", "_sort=-date&_count=25", NULL, 75},
    [FEED_NOTES_ALL] = {"DocumentReference", "_sort=-date&_count=25", NULL, 0, TRUE},
    [FEED_BOOKINGS_AHEAD] = {"Appointment", "_sort=date&_count=50", "ge", 100},
    [FEED_BOOKINGS_PAST] = {"Appointment", "_sort=-date&_count=25", "lt", 75},
    [FEED_ALLERGIES] = {"AllergyIntolerance", NULL, NULL},
    [FEED_FLAGS] = {"Flag", NULL, NULL}, /* also those that are over: what held when something was measured */
    [FEED_PROCEDURES] = {"Procedure", "_sort=-date&_count=50", NULL, 100},
    [FEED_VISITS] = {"Encounter", "status=in-progress,arrived,triaged,onleave", NULL},
    [FEED_MEDICATIONS_DONE] = {"MedicationRequest", "status=stopped,completed&_sort=-authoredon&_count=50", NULL, 0, TRUE},
};

struct Feed {
    FeedState state;
    ClientSearch *search;
    Client *client;
    Scope *scope;
    PatientCtx *ctx;
    gboolean wants_count, counting;
    gint64 counted, total; /* when, monotonic; as the core answered, -1 = not known */
    FeedFn fn;
    gpointer data;
};

void feed_ask_day(FhirQuery *q, const Client *client, const char *day)
{
    int years = (int)client_dialect(client)->booking_years;
    gboolean ahead = strcmp(day, "ge") == 0;
    CivilDate today = civil_date_at(clock_clinical_us());
    fhir_query_add_instant(q, "date", day, instant_day_start(today));
    if (years)
        fhir_query_add_instant(q, "date", ahead ? "lt" : "ge",
                               instant_day_start(civil_date_add_months(today, ahead ? 12 * years : -12 * years)));
}

static FhirQuery *question(FeedKind kind, const Client *client, const PatientCtx *patient)
{
    FhirQuery *q = client_patient_query(patient, feeds[kind].type);
    fhir_query_add_text(q, feeds[kind].params);
    if (feeds[kind].day)
        feed_ask_day(q, client, feeds[kind].day);
    return q;
}

static void take(Feed *f, const ClientResult *r, gboolean done)
{
    FeedState *s = &f->state;
    g_ptr_array_set_size(s->items, 0);
    for (guint i = 0; i < r->items->len; i++)
        g_ptr_array_add(s->items, fhir_resource_ref(r->items->pdata[i]));
    s->as_of = r->as_of;
    s->cached = r->cached;
    s->more = r->more;
    s->before = (int)r->let_go;
    gint64 total = r->total >= 0 ? r->total : f->total, seen = (gint64)r->items->len + s->before;
    s->beyond = r->complete || (r->before && !r->more && r->known == KNOWN_MORE) ? 0
                : total >= seen                                                  ? (int)MIN(total - seen, G_MAXINT)
                                                                                 : -1;
    s->answered = TRUE;
    s->under_way = !done;
    s->known = r->known;
    s->skipped = r->skipped;
    if (r->known == KNOWN_PARTLY)
        s->unknown = g_strdup(r->doubt ? _(doubt_words(r->doubt)) : _("The answer may be incomplete."));
}

/* ---- how many there are ---- */

static void on_count(const ClientResult *result, const GError *error, gboolean done, gpointer data)
{
    Feed *f = data;
    if (!done)
        return;
    (void)error;
    f->counting = FALSE;
    f->counted = clock_monotonic_us();
    f->total = result ? result->total : -1;
    FeedState *s = &f->state;
    gint64 seen = (gint64)s->items->len + s->before;
    if (!s->more || f->total < seen)
        return;
    s->beyond = (int)MIN(f->total - seen, G_MAXINT);
    f->fn(f, f->data);
}

/* Once for a while, and after the list itself: nobody waits for a number. */
static void count(Feed *f)
{
    enum { STANDS_US = 60 * G_USEC_PER_SEC };
    const FeedState *s = &f->state;
    gint64 now = clock_monotonic_us();
    if (!f->wants_count || f->counting || s->cached || !s->more || s->beyond >= 0 || s->kind == FEED_KINDS ||
        (f->counted && now - f->counted < STANDS_US))
        return;
    g_autoptr(FhirQuery) q = question(s->kind, f->client, f->ctx);
    fhir_query_add_raw(q, "_summary", "count");
    f->counting = TRUE;
    client_search(f->client, f->scope, f->ctx, q, CLIENT_ONE_PAGE | CLIENT_FRESH | CLIENT_NO_STORE, on_count, f);
}

void feed_count(Feed *f)
{
    f->wants_count = TRUE;
    count(f);
}

/* What was shown before a failure is still shown, with its age: only a refusal takes it away. */
static void on_result(const ClientResult *result, const GError *error, gboolean done, gpointer data)
{
    Feed *f = data;
    FeedState *s = &f->state;
    if (!result && !done)
        return;
    g_clear_pointer(&s->unknown, g_free);
    if (result)
        take(f, result, done);
    else
        g_ptr_array_set_size(s->items, 0);
    if (!result) {
        s->known = KNOWN_NOT;
        s->skipped = 0;
    }
    if (error && result) {
        s->cached = TRUE;
    } else if (error) {
        s->answered = TRUE;
        g_free(s->unknown);
        const char *id = client_error_request_id(error); /* by which support finds it at the core */
        s->unknown = id && *id ? g_strdup_printf("%s (%s)", _(error->message), id) : g_strdup(_(error->message));
    }
    count(f);
    f->fn(f, f->data);
}

static void feed_free(gpointer data)
{
    Feed *f = data;
    g_clear_pointer(&f->ctx, patient_ctx_unref);
    g_ptr_array_unref(f->state.items);
    g_free(f->state.unknown);
    g_free(f);
}

static void unref_resource(gpointer r)
{
    fhir_resource_unref(r);
}

static Feed *feed_new(Scope *scope, FeedKind kind, FeedFn fn, gpointer data)
{
    Feed *f = g_new0(Feed, 1);
    f->state.kind = kind;
    f->state.items = g_ptr_array_new_with_free_func(unref_resource);
    f->state.as_of = INSTANT_NONE;
    f->total = -1;
    f->fn = fn;
    f->data = data;
    scope_add(scope, feed_free, f); /* closed after the search: latest first */
    return f;
}

Feed *feed_watch(Client *client, Scope *scope, PatientCtx *patient, FeedKind kind, FeedFn fn,
                 gpointer data)
{
    Feed *f = feed_new(scope, kind, fn, data);
    g_autoptr(FhirQuery) q = question(kind, client, patient);
    f->client = client;
    f->state.years = feeds[kind].day ? client_dialect(client)->booking_years : 0;
    f->scope = scope;
    f->ctx = patient_ctx_ref(patient);
    f->search = client_search(client, scope, patient, q, feeds[kind].all ? CLIENT_ALL : CLIENT_ONE_PAGE, on_result, f);
    client_hold(f->search, feeds[kind].hold);
    fresh_watch(scope, f->search, feeds[kind].type, patient_ctx_id(patient));
    return f;
}

Feed *feed_watch_one(Client *client, Scope *scope, PatientCtx *patient, const char *type,
                     const char *id, FeedFn fn, gpointer data)
{
    Feed *f = feed_new(scope, FEED_KINDS, fn, data);
    f->search = client_read(client, scope, patient, type, id, CLIENT_DEFAULT, on_result, f);
    fresh_watch(scope, f->search, type, patient_ctx_id(patient));
    return f;
}

const char *feed_type(FeedKind kind)
{
    return feeds[kind].type;
}

const FeedState *feed_state(const Feed *feed)
{
    return &feed->state;
}

void feed_more(Feed *feed)
{
    if (feed->state.more && !feed->state.cached)
        client_more(feed->search);
}

void feed_back(Feed *feed)
{
    if (feed->state.before && !feed->state.cached)
        client_back(feed->search);
}

void feed_refresh(Feed *feed)
{
    client_refresh(feed->search);
}

char *feed_doubt(const FeedState *s)
{
    if (!s->answered)
        return g_strdup(_("being fetched …"));
    if (s->skipped)
        return g_strdup_printf(ngettext("NOT KNOWN: %u entry is not shown. %s", "NOT KNOWN: %u entries are not shown. %s", s->skipped),
                               s->skipped, s->unknown ? s->unknown : "");
    if (s->unknown)
        return g_strdup_printf(_("NOT KNOWN: %s"), s->unknown);
    /* what lies far back is not asked about again: it is as old as it is */
    if ((!s->cached && !s->before) || s->as_of == INSTANT_NONE)
        return NULL;
    Instant as_of = clock_shown_us(s->as_of);
    gboolean today = civil_date_compare(civil_date_at(as_of), civil_date_at(clock_clinical_us())) == 0;
    g_autofree char *at = today ? instant_to_hhmm(as_of) : instant_to_minute(as_of);
    return g_strdup_printf(_("as of %s"), at);
}

char *feed_reach(const FeedState *s)
{
    return s->years ? g_strdup_printf(ngettext("within %u year of today", "within %u years of today", s->years), s->years) : NULL;
}
