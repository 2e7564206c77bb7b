/* SPDX-License-Identifier: GPL-3.0-or-later
 * Where the diary comes from: the unit's places, the Schedules that name one of them, then the Slots
 * and Appointments of the days that are looked at. */
#include <glib/gi18n.h>
#include <string.h>

#include "chart/fresh.h"
#include "chart/schedule.h"
#include "client/again.h"
#include "client/query.h"

typedef enum { ASK_PLACES, ASK_SCHEDULES, ASK_SLOTS, ASK_BOOKINGS, ASKS } Ask;

typedef struct {
    GPtrArray *items, *included; /* FhirResource */
    gboolean answered, complete, unknown, cached;
    guint skipped;
    const char *why;
    Instant as_of;
} Answer;

struct DiarySource {
    Client *client;
    char *unit;
    DiaryFn fn;
    gpointer data;
    gboolean only_free;
    Scope *scope;      /* the unit's places and diaries */
    Scope *days_scope; /* the days looked at; closed when others are */
    ClientSearch *searches[ASKS];
    Again *again;      /* places and diaries, which nothing watches */
    Answer answers[ASKS];
    GHashTable *places; /* Location ids of the unit */
    char *only;         /* of them, or NULL */
    char *schedules;    /* what the days were asked with */
    guint nobodys;      /* Schedules that do not say whose they are */
    Diary diary;
};

static GPtrArray *refs_of(const GPtrArray *from)
{
    GPtrArray *out = g_ptr_array_new_with_free_func((GDestroyNotify)fhir_resource_unref);
    for (guint i = 0; i < from->len; i++)
        g_ptr_array_add(out, fhir_resource_ref(from->pdata[i]));
    return out;
}

static void answer_clear(Answer *a)
{
    g_clear_pointer(&a->items, g_ptr_array_unref);
    g_clear_pointer(&a->included, g_ptr_array_unref);
    *a = (Answer){.as_of = INSTANT_NONE};
}

static void answer_take(Answer *a, const ClientResult *result, gboolean done)
{
    if (result) {
        answer_clear(a);
        a->items = refs_of(result->items);
        a->included = refs_of(result->included);
        a->complete = result->complete;
        a->unknown = result->known == KNOWN_PARTLY;
        a->skipped = result->skipped;
        a->why = doubt_words(result->doubt);
        a->cached = result->cached;
        a->as_of = result->as_of;
    }
    a->answered |= done;
}

/* ---- from answers to a diary ---- */

static const FhirResource *included(const Answer *a, const char *type, const char *id)
{
    for (guint i = 0; id && i < a->included->len; i++) {
        const FhirResource *r = a->included->pdata[i];
        if (strcmp(fhir_type(r), type) == 0 && g_strcmp0(fhir_id(r), id) == 0)
            return r;
    }
    return NULL;
}

static gboolean encounter_under_way(const Answer *a, const FhirResource *appointment)
{
    for (guint i = 0; i < a->included->len; i++) {
        const FhirResource *r = a->included->pdata[i];
        g_autofree char *type = NULL, *id = NULL;
        if (strcmp(fhir_type(r), "Encounter") == 0 && fhir_is(fhir_root(r), "status", "in-progress") &&
            fhir_reference(fhir_first(fhir_at(fhir_root(r), "appointment")), "", &type, &id) &&
            g_strcmp0(id, fhir_id(appointment)) == 0)
            return TRUE;
    }
    return FALSE;
}

/* How many of the answer are this resource's times, or were never times. */
static guint fill_slots(const Answer *a, DiaryResource *r)
{
    guint taken = 0;
    for (guint i = 0; i < a->items->len; i++) {
        const FhirResource *slot = a->items->pdata[i];
        g_autofree char *type = NULL, *id = NULL;
        if (!fhir_reference(fhir_root(slot), "schedule", &type, &id) || strcmp(id, r->id) != 0)
            continue;
        DiaryEntry *e = diary_entry_of_slot(slot);
        if (e)
            g_ptr_array_add(r->entries, e);
        taken += e || fhir_is(fhir_root(slot), "status", "entered-in-error");
    }
    return taken;
}

static gboolean fill_booking(const Answer *a, const FhirResource *appointment, const GPtrArray *resources)
{
    gboolean shown = FALSE;
    for (guint i = 0; i < resources->len; i++) {
        DiaryResource *r = resources->pdata[i];
        if (!diary_is_actor(appointment, r))
            continue;
        g_autofree char *patient = diary_patient_of(appointment);
        shown |= diary_add_appointment(r, appointment, included(a, "Patient", patient), encounter_under_way(a, appointment));
    }
    return shown;
}

/* Returns how many times and bookings came and found no place. */
static guint fill_entries(DiarySource *s)
{
    const Answer *slots = &s->answers[ASK_SLOTS], *bookings = &s->answers[ASK_BOOKINGS];
    const GPtrArray *resources = s->diary.resources;
    guint left = slots->items ? slots->items->len : 0;
    for (guint i = 0; i < resources->len; i++) {
        DiaryResource *r = resources->pdata[i];
        g_ptr_array_set_size(r->entries, 0);
        left -= slots->items ? fill_slots(slots, r) : 0;
    }
    for (guint i = 0; bookings->items && i < bookings->items->len; i++)
        left += !fill_booking(bookings, bookings->items->pdata[i], resources);
    for (guint i = 0; i < resources->len; i++)
        diary_arrange(resources->pdata[i]);
    return left;
}

/* The diary is as old, and as sure, as the least of its answers. */
static void tell(DiarySource *s, const GError *error)
{
    Diary *d = &s->diary;
    d->known = d->answered = TRUE;
    d->cached = FALSE;
    d->unknown_why = NULL;
    d->as_of = INSTANT_NONE;
    d->skipped = s->nobodys + fill_entries(s);
    if (d->skipped) {
        d->known = FALSE;
        d->unknown_why = doubt_words(DOUBT_UNREADABLE);
    }
    Ask last = s->schedules || !s->answers[ASK_SCHEDULES].answered ? ASKS : ASK_SLOTS;
    for (Ask i = 0; i < last; i++) {
        const Answer *a = &s->answers[i];
        d->answered &= a->answered;
        d->known &= a->items && a->complete && !a->unknown;
        d->cached |= a->cached;
        d->skipped += a->skipped;
        if (a->unknown)
            d->unknown_why = a->why;
        if (i >= ASK_SLOTS && a->items && (d->as_of == INSTANT_NONE || a->as_of < d->as_of))
            d->as_of = a->as_of;
    }
    s->fn(d, error, s->data);
}

/* ---- asking ---- */

static void on_slots(const ClientResult *result, const GError *error, gboolean done, gpointer data)
{
    DiarySource *s = data;
    answer_take(&s->answers[ASK_SLOTS], result, done);
    tell(s, error);
}

static void on_bookings(const ClientResult *result, const GError *error, gboolean done, gpointer data)
{
    DiarySource *s = data;
    answer_take(&s->answers[ASK_BOOKINGS], result, done);
    tell(s, error);
}

static FhirQuery *days_query(DiarySource *s, const char *type, const char *parameter)
{
    FhirQuery *q = fhir_query_new(type);
    fhir_query_add_instant(q, parameter, "ge", instant_day_start(s->diary.from));
    fhir_query_add_instant(q, parameter, "lt",
                           instant_day_start(civil_date_add_days(s->diary.from, (int)s->diary.days)));
    return q;
}

static char *actors_of(const DiarySource *s)
{
    GString *out = g_string_new(NULL);
    for (guint i = 0; i < s->diary.resources->len; i++) {
        const DiaryResource *r = s->diary.resources->pdata[i];
        g_string_append_printf(out, "%s%s/%s", i ? "," : "", r->actor_type, r->actor);
    }
    return g_string_free(out, FALSE);
}

static void ask_days(DiarySource *s)
{
    g_clear_pointer(&s->days_scope, scope_close);
    answer_clear(&s->answers[ASK_SLOTS]);
    answer_clear(&s->answers[ASK_BOOKINGS]);
    if (!s->schedules)
        return;
    s->days_scope = scope_new();
    g_autofree char *actors = actors_of(s);
    g_autoptr(FhirQuery) slots = days_query(s, "Slot", "start"), bookings = days_query(s, "Appointment", "date");
    fhir_query_add_raw(slots, "schedule", s->only ? s->only : s->schedules);
    if (s->only_free)
        fhir_query_add_raw(slots, "status", "free");
    fhir_query_add_raw(bookings, "actor", actors);
    fhir_query_add_raw(bookings, "_include", "Appointment:patient");
    if (client_has_search(s->client, "Encounter", "appointment"))
        fhir_query_add_raw(bookings, "_revinclude", "Encounter:appointment");
    s->searches[ASK_SLOTS] = client_search(s->client, s->days_scope, NULL, slots, CLIENT_DEFAULT, on_slots, s);
    s->searches[ASK_BOOKINGS] = client_search(s->client, s->days_scope, NULL, bookings, CLIENT_DEFAULT, on_bookings, s);
    fresh_watch(s->days_scope, s->searches[ASK_SLOTS], "Slot", NULL);
    fresh_watch(s->days_scope, s->searches[ASK_BOOKINGS], "Appointment", NULL);
}

static int by_kind_and_name(gconstpointer a, gconstpointer b)
{
    const DiaryResource *x = *(const DiaryResource *const *)a, *y = *(const DiaryResource *const *)b;
    if (x->room != y->room)
        return x->room ? 1 : -1;
    int d = strcmp(x->profession, y->profession);
    return d ? d : g_utf8_collate(x->name, y->name);
}

/* The days are asked again only when the diaries are others. */
static void take_schedules(DiarySource *s)
{
    GString *ids = g_string_new(NULL);
    const Answer *a = &s->answers[ASK_SCHEDULES];
    g_ptr_array_set_size(s->diary.resources, 0);
    s->nobodys = 0;
    for (guint i = 0; i < a->items->len; i++) {
        DiaryResource *r = diary_resource_new(a->items->pdata[i], s->places);
        if (r)
            g_ptr_array_add(s->diary.resources, r);
        else
            s->nobodys++;
    }
    g_ptr_array_sort(s->diary.resources, by_kind_and_name);
    for (guint i = 0; i < s->diary.resources->len; i++)
        g_string_append_printf(ids, "%sSchedule/%s", i ? "," : "", ((DiaryResource *)s->diary.resources->pdata[i])->id);
    g_autofree char *now = g_string_free(ids, FALSE);
    if (g_strcmp0(now, s->schedules ? s->schedules : "") == 0)
        return;
    g_free(s->schedules);
    s->schedules = *now ? g_steal_pointer(&now) : NULL;
    ask_days(s);
}

static void on_schedules(const ClientResult *result, const GError *error, gboolean done, gpointer data)
{
    DiarySource *s = data;
    answer_take(&s->answers[ASK_SCHEDULES], result, done);
    if (result && result->complete)
        take_schedules(s);
    if (done)
        again_note(s->again, error);
    tell(s, error);
}

static void ask_schedules(DiarySource *s)
{
    GString *actors = g_string_new(NULL);
    g_autoptr(GList) sorted = g_list_sort(g_hash_table_get_keys(s->places), (GCompareFunc)strcmp);
    for (GList *l = sorted; l; l = l->next) {
        g_string_append_printf(actors, "%sLocation/%s", actors->len ? "," : "", (const char *)l->data);
    }
    g_autofree char *list = g_string_free(actors, FALSE);
    g_autoptr(FhirQuery) q = fhir_query_new("Schedule");
    fhir_query_add_raw(q, "actor", list);
    s->searches[ASK_SCHEDULES] = client_search(s->client, s->scope, NULL, q, CLIENT_DEFAULT, on_schedules, s);
}

static void on_places(const ClientResult *result, const GError *error, gboolean done, gpointer data)
{
    DiarySource *s = data;
    answer_take(&s->answers[ASK_PLACES], result, done);
    if (result && result->complete && !s->searches[ASK_SCHEDULES]) {
        for (guint i = 0; i < result->items->len; i++)
            g_hash_table_add(s->places, g_strdup(fhir_id(result->items->pdata[i])));
        if (g_hash_table_size(s->places))
            ask_schedules(s);
        else /* no places, no diaries: that is an answer too */
            answer_take(&s->answers[ASK_SCHEDULES], result, TRUE);
    }
    if (done)
        again_note(s->again, error);
    tell(s, error);
}

static void source_free(gpointer p)
{
    DiarySource *s = p;
    scope_close(s->scope);
    g_clear_pointer(&s->days_scope, scope_close);
    for (Ask i = 0; i < ASKS; i++)
        answer_clear(&s->answers[i]);
    g_hash_table_unref(s->places);
    g_ptr_array_unref(s->diary.resources);
    g_free(s->only);
    g_free(s->schedules);
    g_free(s->unit);
    g_free(s);
}

static void on_again(gpointer data)
{
    DiarySource *s = data;
    client_refresh(s->searches[s->searches[ASK_SCHEDULES] ? ASK_SCHEDULES : ASK_PLACES]);
}

static DiarySource *source_new(Client *client, Scope *scope, const char *unit, CivilDate from, guint days, DiaryFn fn,
                               gpointer data)
{
    DiarySource *s = g_new0(DiarySource, 1);
    s->client = client;
    s->unit = g_strdup(unit);
    s->fn = fn;
    s->data = data;
    s->diary.from = from;
    s->diary.days = days;
    s->diary.resources = g_ptr_array_new_with_free_func(diary_resource_free);
    s->places = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    s->scope = scope_new();
    scope_add(scope, source_free, s);
    s->again = again_new(s->scope, on_again, s);
    g_autoptr(FhirQuery) q = fhir_query_new("Location");
    g_autofree char *owner = g_strdup_printf("Organization/%s", unit);
    fhir_query_add_raw(q, "organization", owner);
    s->searches[ASK_PLACES] = client_search(client, s->scope, NULL, q, CLIENT_DEFAULT, on_places, s);
    return s;
}

DiarySource *diary_watch(Client *client, Scope *scope, const char *unit, CivilDate from, guint days, DiaryFn fn,
                         gpointer data)
{
    return source_new(client, scope, unit, from, days, fn, data);
}

DiarySource *diary_watch_free(Client *client, Scope *scope, const char *unit, CivilDate from, guint days, DiaryFn fn,
                              gpointer data)
{
    DiarySource *s = source_new(client, scope, unit, from, days, fn, data);
    s->only_free = TRUE;
    return s;
}

void diary_go(DiarySource *s, CivilDate from, guint days)
{
    s->diary.from = from;
    s->diary.days = days;
    ask_days(s);
    tell(s, NULL);
}

void diary_only(DiarySource *s, const char *schedules)
{
    g_free(s->only);
    s->only = g_strdup(schedules);
}

void diary_refresh(DiarySource *s)
{
    if (!s->schedules) {
        if (s->searches[ASK_PLACES])
            client_refresh(s->searches[ASK_PLACES]);
        return;
    }
    client_refresh(s->searches[ASK_SLOTS]);
    client_refresh(s->searches[ASK_BOOKINGS]);
}
