/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/schedule.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base/text.h"
#include "chart/patient.h"

/* What the diary calls people, in its narrow columns and in a line that is typed. */
static const struct {
    const char *word, *brief;
} professions[] = {
    {"läkare", "läk"},         {"sjuksköterska", "ssk"},  {"undersköterska", "usk"}, {"barnmorska", "bm"},
    {"fysioterapeut", "ft"},   {"arbetsterapeut", "at"},  {"psykolog", "psyk"},      {"kurator", "kur"},
    {"dietist", "diet"},       {"biomedicinsk analytiker", "bma"},
};

const char *diary_profession_short(const char *profession)
{
    for (gsize i = 0; i < G_N_ELEMENTS(professions); i++)
        if (strcmp(professions[i].word, profession) == 0)
            return professions[i].brief;
    return profession;
}

void diary_entry_free(gpointer p)
{
    DiaryEntry *e = p;
    g_clear_pointer(&e->slot, fhir_resource_unref);
    g_clear_pointer(&e->appointment, fhir_resource_unref);
    g_free(e->patient);
    g_free(e->name);
    g_free(e);
}

void diary_resource_free(gpointer p)
{
    DiaryResource *r = p;
    char **owned[] = {&r->id, &r->actor_type, &r->actor, &r->display, &r->name, &r->profession, &r->service, &r->words};
    for (gsize i = 0; i < G_N_ELEMENTS(owned); i++)
        g_free(*owned[i]);
    g_ptr_array_unref(r->entries);
    g_free(r);
}

/* The resource is the actor that is not just the unit's own place; a diary of the place alone keeps it. */
static gboolean find_actor(DiaryResource *r, FhirNode root, const GHashTable *unit_places)
{
    for (FhirNode a = fhir_first(fhir_at(root, "actor")); fhir_exists(a); a = fhir_next(a)) {
        g_autofree char *type = NULL, *id = NULL;
        if (!fhir_reference(a, "", &type, &id))
            continue;
        gboolean place = strcmp(type, "Location") == 0;
        if (r->actor && (!r->room || place || !g_hash_table_contains((GHashTable *)unit_places, r->actor)))
            continue;
        g_free(r->actor);
        g_free(r->actor_type);
        g_free(r->display);
        r->actor = g_steal_pointer(&id);
        r->actor_type = g_steal_pointer(&type);
        r->display = fhir_string(a, "display");
        r->room = place;
    }
    return r->actor != NULL;
}

/* "Berg, sjuksköterska" → Berg and sjuksköterska. */
static void split_name(DiaryResource *r)
{
    const char *comma = r->room ? NULL : strrchr(r->display, ',');
    r->name = comma ? g_strndup(r->display, (gsize)(comma - r->display)) : g_strdup(r->display);
    r->profession = g_strdup(comma ? comma + 1 : "");
    g_strstrip(r->profession);
}

DiaryResource *diary_resource_new(const FhirResource *schedule, const GHashTable *unit_places)
{
    DiaryResource *r = g_new0(DiaryResource, 1);
    FhirNode root = fhir_root(schedule);
    r->entries = g_ptr_array_new_with_free_func(diary_entry_free);
    r->id = g_strdup(fhir_id(schedule));
    if (!r->id || !find_actor(r, root, unit_places)) {
        diary_resource_free(r);
        return NULL;
    }
    if (!r->display)
        r->display = fhir_string(root, "comment");
    if (!r->display)
        r->display = g_strdup(r->actor);
    split_name(r);
    r->service = fhir_concept_text(fhir_first(fhir_at(root, "serviceType")), "");
    if (!r->service)
        r->service = g_strdup("");
    g_autofree char *all = g_strjoin(" ", r->display, r->service, diary_profession_short(r->profession), NULL);
    r->words = text_fold(all);
    return r;
}

DiaryEntry *diary_entry_of_slot(const FhirResource *slot)
{
    static const struct {
        const char *status;
        DiaryState state;
    } states[] = {{"free", DIARY_FREE}, {"busy", DIARY_BUSY}, {"busy-tentative", DIARY_BUSY}};
    FhirTime start, end;
    FhirNode root = fhir_root(slot);
    if (!fhir_time(root, "start", &start) || !fhir_time(root, "end", &end) || fhir_is(root, "status", "entered-in-error"))
        return NULL;
    DiaryEntry *e = g_new0(DiaryEntry, 1);
    e->start = start.instant;
    e->end = end.instant;
    e->slot = fhir_resource_ref(slot);
    e->type = visit_type_of(slot);
    e->state = DIARY_BLOCKED;
    for (gsize i = 0; i < G_N_ELEMENTS(states); i++)
        if (fhir_is(root, "status", states[i].status))
            e->state = states[i].state;
    return e;
}

DiaryState diary_state_of(const FhirResource *appointment)
{
    static const struct {
        const char *status;
        DiaryState state;
    } states[] = {{"arrived", DIARY_ARRIVED},   {"checked-in", DIARY_ARRIVED}, {"fulfilled", DIARY_DONE},
                  {"noshow", DIARY_NOSHOW},     {"cancelled", DIARY_CANCELLED}};
    for (gsize i = 0; i < G_N_ELEMENTS(states); i++)
        if (fhir_is(fhir_root(appointment), "status", states[i].status))
            return states[i].state;
    return DIARY_BOOKED;
}

char *diary_patient_of(const FhirResource *appointment)
{
    for (FhirNode p = fhir_first(fhir_at(fhir_root(appointment), "participant")); fhir_exists(p); p = fhir_next(p)) {
        g_autofree char *type = NULL, *id = NULL;
        if (fhir_reference(p, "actor", &type, &id) && strcmp(type, "Patient") == 0)
            return g_steal_pointer(&id);
    }
    return NULL;
}

gboolean diary_is_actor(const FhirResource *appointment, const DiaryResource *r)
{
    for (FhirNode p = fhir_first(fhir_at(fhir_root(appointment), "participant")); fhir_exists(p); p = fhir_next(p)) {
        g_autofree char *type = NULL, *id = NULL;
        if (fhir_reference(p, "actor", &type, &id) && strcmp(type, r->actor_type) == 0 && strcmp(id, r->actor) == 0)
            return TRUE;
    }
    return FALSE;
}

static gboolean names_slot(const FhirResource *appointment, const FhirResource *slot)
{
    for (FhirNode s = fhir_first(fhir_at(fhir_root(appointment), "slot")); fhir_exists(s); s = fhir_next(s)) {
        g_autofree char *type = NULL, *id = NULL;
        if (fhir_reference(s, "", &type, &id) && g_strcmp0(id, fhir_id(slot)) == 0)
            return TRUE;
    }
    return FALSE;
}

static void put_on(DiaryEntry *e, const FhirResource *appointment, const FhirResource *patient, gboolean ongoing)
{
    e->state = diary_state_of(appointment);
    if (ongoing && e->state == DIARY_ARRIVED)
        e->state = DIARY_ONGOING;
    e->appointment = fhir_resource_ref(appointment);
    e->patient = diary_patient_of(appointment);
    e->name = patient ? chart_patient_list_name(patient) : g_strdup(_("not known"));
    const VisitType *type = visit_type_of(appointment);
    e->type = type ? type : e->type;
}

gboolean diary_add_appointment(DiaryResource *r, const FhirResource *appointment, const FhirResource *patient,
                               gboolean ongoing)
{
    FhirTime start, end;
    FhirNode root = fhir_root(appointment);
    gboolean timed = fhir_time(root, "start", &start) && fhir_time(root, "end", &end);
    if (fhir_is(root, "status", "entered-in-error"))
        return TRUE; /* it was never one */
    gboolean placed = FALSE, cancelled = diary_state_of(appointment) == DIARY_CANCELLED;
    for (guint i = 0; !cancelled && i < r->entries->len; i++) {
        DiaryEntry *e = r->entries->pdata[i];
        gboolean same = e->slot && (names_slot(appointment, e->slot) || (timed && e->start == start.instant && e->end == end.instant));
        if (!same || e->appointment)
            continue;
        put_on(e, appointment, patient, ongoing);
        placed = TRUE;
    }
    if (placed || !timed)
        return placed;
    DiaryEntry *e = g_new0(DiaryEntry, 1);
    e->start = start.instant;
    e->end = end.instant;
    put_on(e, appointment, patient, ongoing);
    g_ptr_array_add(r->entries, e);
    return TRUE;
}

/* Bookings before free times, and what was cancelled last. */
static int weight(const DiaryEntry *e)
{
    return e->state == DIARY_CANCELLED ? 2 : e->appointment ? 0 : 1;
}

static int by_start(gconstpointer a, gconstpointer b)
{
    const DiaryEntry *x = *(const DiaryEntry *const *)a, *y = *(const DiaryEntry *const *)b;
    if (x->start != y->start)
        return x->start < y->start ? -1 : 1;
    return weight(x) - weight(y);
}

static gboolean lane_taken(const DiaryResource *r, guint before, guint lane, const DiaryEntry *e)
{
    for (guint i = 0; i < before; i++) {
        const DiaryEntry *o = r->entries->pdata[i];
        if (o->lane == lane && o->start < e->end && e->start < o->end)
            return TRUE;
    }
    return FALSE;
}

void diary_arrange(DiaryResource *r)
{
    g_ptr_array_sort(r->entries, by_start);
    for (guint i = 0; i < r->entries->len; i++) {
        DiaryEntry *e = r->entries->pdata[i];
        e->lane = 0;
        while (lane_taken(r, i, e->lane, e))
            e->lane++;
    }
}

static void count_one(const DiaryResource *r, CivilDate day, guint *free_times, guint *taken)
{
    const FhirResource *last = NULL;
    for (guint i = 0; i < r->entries->len; i++) {
        const DiaryEntry *e = r->entries->pdata[i];
        if (civil_date_compare(civil_date_at(e->start), day) != 0)
            continue;
        if (e->state == DIARY_FREE)
            (*free_times)++;
        else if (e->state != DIARY_CANCELLED && e->state != DIARY_BLOCKED && (!e->appointment || e->appointment != last))
            (*taken)++;
        last = e->appointment;
    }
}

void diary_count(const Diary *d, const DiaryResource *only, CivilDate day, guint *ret_free, guint *ret_taken)
{
    *ret_free = *ret_taken = 0;
    for (guint i = 0; i < d->resources->len; i++)
        if (!only || d->resources->pdata[i] == only)
            count_one(d->resources->pdata[i], day, ret_free, ret_taken);
}
