/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/seed-internal.h"
#include <string.h>

#define DAYS_BACK  14
#define DAYS_AHEAD 70
#define LUNCH_FROM (12 * 60)
#define LUNCH_TO   (13 * 60)

typedef struct {
    Instant start, end;
    gboolean busy;
} DiarySlot;

typedef struct {
    const char *id, *actor, *unit, *type;
    GArray *slots; /* DiarySlot, in time order */
} DiaryRow;

struct SeedDiary {
    GArray *rows;
    GPtrArray *appointments; /* FhirResource* */
};

static int minutes_of(const char *clock)
{
    return (clock[0] - '0') * 600 + (clock[1] - '0') * 60 + (clock[3] - '0') * 10 + clock[4] - '0';
}

/* The practice runs on the diary's weekdays; today always, so that there is a clinic to see also
 * when somebody trains on a Sunday. */
static gboolean open_on(const char *days, CivilDate d, gboolean is_today)
{
    int weekday = civil_date_weekday(d);
    if (is_today && weekday > 5)
        return TRUE;
    return strchr(days, '0' + weekday) && (is_today || !civil_date_is_holiday(d));
}

static void add_day(DiaryRow *row, CivilDate d, int from, int to, int step)
{
    for (int at = from; at + step <= to; at += step) {
        if (at < LUNCH_TO && at + step > LUNCH_FROM)
            continue;
        CivilTime t = {(guint8)(at / 60), (guint8)(at % 60), 0};
        DiarySlot slot = {.start = instant_from_civil(d, t, FALSE)};
        slot.end = slot.start + (gint64)step * 60 * G_USEC_PER_SEC;
        g_array_append_val(row->slots, slot);
    }
}

SeedDiary *seed_diary_new(Seed *s, GError **error)
{
    SeedDiary *d = g_new0(SeedDiary, 1);
    d->rows = g_array_new(FALSE, FALSE, sizeof(DiaryRow));
    d->appointments = g_ptr_array_new_with_free_func((GDestroyNotify)fhir_resource_unref);
    for (guint i = 0; i < seed_table_rows(s->diaries); i++) {
        DiaryRow row = {seed_cell(s->diaries, i, "id"), seed_cell(s->diaries, i, "actor"),
                        seed_cell(s->diaries, i, "unit"), seed_cell(s->diaries, i, "type"),
                        g_array_new(FALSE, FALSE, sizeof(DiarySlot))};
        const char *days = seed_cell(s->diaries, i, "days");
        int from = minutes_of(seed_cell(s->diaries, i, "from")),
            to = minutes_of(seed_cell(s->diaries, i, "to"));
        int step = (int)g_ascii_strtoll(seed_cell(s->diaries, i, "minutes"), NULL, 10);
        for (int day = -DAYS_BACK; step > 0 && day <= DAYS_AHEAD; day++) {
            CivilDate date = civil_date_add_days(s->diary_day, day);
            if (open_on(days, date, day == 0))
                add_day(&row, date, from, to, step);
        }
        g_array_append_val(d->rows, row);
    }
    return d;
}

void seed_diary_free(SeedDiary *d)
{
    if (!d)
        return;
    for (guint i = 0; i < d->rows->len; i++)
        g_array_unref(g_array_index(d->rows, DiaryRow, i).slots);
    g_array_unref(d->rows);
    g_ptr_array_unref(d->appointments);
    g_free(d);
}

static DiaryRow *row_for(SeedChart *c, const SeedLine *l, const char *who)
{
    SeedDiary *d = c->seed->diary;
    g_autofree char *id = g_strconcat("sch-", who, NULL);
    const char *type = !strcmp(who, "läkare") ? "läkarbesök"
                       : !strcmp(who, "ssk")  ? "sjuksköterskebesök"
                                              : "";
    GPtrArray *fit = g_ptr_array_new();
    DiaryRow *found = NULL;
    for (guint i = 0; i < d->rows->len && !found; i++) {
        DiaryRow *row = &g_array_index(d->rows, DiaryRow, i);
        if (!strcmp(row->id, id) || (!strcmp(who, "läkare") && !strcmp(row->actor, c->pal)))
            found = row;
        else if (!strcmp(row->type, type) && !strcmp(row->unit, c->unit))
            g_ptr_array_add(fit, row);
    }
    if (!found && fit->len)
        found = fit->pdata[seed_pick(c, l, who, fit->len)];
    g_ptr_array_unref(fit);
    return found;
}

/* First free time from @wanted; a visit of the past stays before @today even if that means earlier.
 */
static DiarySlot *slot_from(DiaryRow *row, Instant wanted, Instant today)
{
    DiarySlot *before = NULL;
    for (guint i = 0; i < row->slots->len; i++) {
        DiarySlot *slot = &g_array_index(row->slots, DiarySlot, i);
        if (slot->busy)
            continue;
        if (wanted < today && slot->start >= today)
            return before;
        if (slot->start >= wanted)
            return slot;
        before = slot;
    }
    return NULL;
}

static char *slot_id(const DiaryRow *row, const DiarySlot *slot)
{
    CivilDate d = civil_date_at(slot->start);
    CivilTime t = civil_time_at(slot->start);
    return g_strdup_printf("slot-%s-%04d%02d%02d-%02d%02d", row->id + strlen("sch-"), d.year,
                           d.month, d.day, t.hour, t.minute);
}

static const struct {
    const char *word, *status;
    gboolean frees;
} states[] = {
    {"", "booked", FALSE},          {"bokad", "booked", FALSE},
    {"ankommen", "arrived", FALSE}, {"genomförd", "fulfilled", FALSE},
    {"uteblivit", "noshow", FALSE}, {"avbokad", "cancelled", TRUE},
};

static void b_actor(FhirBuild *b, const char *type, const char *id, const char *status)
{
    fhir_b_object(b, NULL);
    fhir_b_reference(b, "actor", type, id, NULL);
    fhir_b_string(b, "required", "required");
    fhir_b_string(b, "status", status);
    fhir_b_end(b);
}

typedef struct {
    const char *status, *type, *reason, *why_cancelled;
    gboolean frees;
} Booking;

static FhirResource *appointment(SeedChart *c, const Booking *k, DiaryRow *row, DiarySlot *slot,
                                 GError **error)
{
    g_autofree char *id = seed_next_id(c, "app"), *where = slot_id(row, slot);
    gboolean person = g_str_has_prefix(row->actor, "prac-");
    g_autoptr(FhirBuild) b = seed_start(c, "Appointment", id);
    fhir_b_string(b, "status", k->status);
    if (k->frees)
        fhir_b_concept(b, "cancelationReason", NULL, NULL, NULL, k->why_cancelled);
    fhir_b_array(b, "serviceType");
    fhir_b_concept(b, NULL, NULL, NULL, NULL, row->type);
    fhir_b_end(b);
    fhir_b_concept(b, "appointmentType", NULL, NULL, NULL, k->type);
    fhir_b_string(b, "description", k->reason);
    fhir_b_instant(b, "start", slot->start);
    fhir_b_instant(b, "end", slot->end);
    if (!k->frees) {
        fhir_b_array(b, "slot");
        fhir_b_reference(b, NULL, "Slot", where, NULL);
        fhir_b_end(b);
    }
    fhir_b_array(b, "participant");
    b_actor(b, "Patient", c->id, k->frees ? "declined" : "accepted");
    b_actor(b, person ? "Practitioner" : "Location", row->actor, "accepted");
    fhir_b_end(b);
    return fhir_build_finish(b, error);
}

/* bokning | 21d 09:00 | läkare | återbesök | vad besöket gäller [| avbokad [| orsak]] */
gboolean seed_diary_book(SeedChart *c, const SeedLine *l, GError **error)
{
    SeedTime when;
    Booking k = {
        .type = seed_field(l, 3), .reason = seed_field(l, 4), .why_cancelled = seed_field(l, 6)};
    guint state = 0;
    while (state < G_N_ELEMENTS(states) && strcmp(states[state].word, seed_field(l, 5)))
        state++;
    DiaryRow *row = row_for(c, l, seed_field(l, 2));
    if (state == G_N_ELEMENTS(states) || !row)
        return seed_complain(l, error, "no such state or no diary for \"%s\"", seed_field(l, 2));
    int scatter = c->jitter;
    c->jitter = 0; /* clinics keep the hour */
    gboolean ok = seed_time_from(c, l, seed_field(l, 1), c->seed->diary_day, &when, error);
    c->jitter = scatter;
    if (!ok)
        return FALSE;
    if (!when.timed)
        when.instant = instant_day_start(when.date);
    k.status = states[state].status;
    k.frees = states[state].frees;
    if (k.frees && !*k.why_cancelled)
        k.why_cancelled = "Patienten fått förhinder";
    DiarySlot *slot = slot_from(row, when.instant, instant_day_start(c->seed->diary_day));
    if (!slot)
        return seed_complain(l, error, "no free time in %s after %s", row->id, seed_field(l, 1));
    if (!strcmp(k.status, "arrived") &&
        (slot->start >= instant_day_start(civil_date_add_days(c->seed->diary_day, 1)) ||
         civil_date_compare(c->seed->today, c->seed->diary_day)))
        k.status = "booked"; /* the visit has moved on to another day, or it is night */
    FhirResource *r = appointment(c, &k, row, slot, error);
    if (!r)
        return FALSE;
    g_ptr_array_add(c->seed->diary->appointments, r);
    slot->busy = !k.frees;
    return TRUE;
}

gboolean seed_diary_schedules(Seed *s, GError **error)
{
    for (guint i = 0; i < s->diary->rows->len; i++) {
        const DiaryRow *row = &g_array_index(s->diary->rows, DiaryRow, i);
        gboolean person = g_str_has_prefix(row->actor, "prac-");
        g_autofree char *name =
            person ? g_strdup_printf("%s, %s", seed_lookup(s->staff, row->actor, "family"),
                                     seed_lookup(s->staff, row->actor, "role"))
                   : g_strdup(seed_lookup(s->rooms, row->actor, "name"));
        g_autoptr(FhirBuild) b = fhir_build_new("Schedule");
        fhir_b_string(b, "id", row->id);
        fhir_b_bool(b, "active", TRUE);
        fhir_b_array(b, "serviceType");
        fhir_b_concept(b, NULL, NULL, NULL, NULL, row->type);
        fhir_b_end(b);
        fhir_b_array(b, "actor");
        fhir_b_reference(b, NULL, person ? "Practitioner" : "Location", row->actor, name);
        fhir_b_reference(b, NULL, "Location", seed_lookup(s->units, row->unit, "location"),
                         seed_lookup(s->units, row->unit, "name"));
        fhir_b_end(b);
        fhir_b_object(b, "planningHorizon");
        fhir_b_date(b, "start", civil_date_add_days(s->diary_day, -DAYS_BACK));
        fhir_b_date(b, "end", civil_date_add_days(s->diary_day, DAYS_AHEAD));
        fhir_b_end(b);
        fhir_b_string(b, "comment", name);
        if (!seed_give(s, b, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean give_slot(Seed *s, const DiaryRow *row, const DiarySlot *slot, GError **error)
{
    g_autofree char *id = slot_id(row, slot);
    g_autoptr(FhirBuild) b = fhir_build_new("Slot");
    fhir_b_string(b, "id", id);
    fhir_b_array(b, "serviceType");
    fhir_b_concept(b, NULL, NULL, NULL, NULL, row->type);
    fhir_b_end(b);
    fhir_b_reference(b, "schedule", "Schedule", row->id, NULL);
    fhir_b_string(b, "status", slot->busy ? "busy" : "free");
    fhir_b_instant(b, "start", slot->start);
    fhir_b_instant(b, "end", slot->end);
    return seed_give(s, b, error);
}

gboolean seed_diary_flush(Seed *s, GError **error)
{
    for (guint i = 0; i < s->diary->rows->len; i++) {
        const DiaryRow *row = &g_array_index(s->diary->rows, DiaryRow, i);
        for (guint k = 0; k < row->slots->len; k++)
            if (!give_slot(s, row, &g_array_index(row->slots, DiarySlot, k), error))
                return FALSE;
    }
    for (guint i = 0; i < s->diary->appointments->len; i++)
        if (!s->sink(s->diary->appointments->pdata[i], s->data, error))
            return FALSE;
    return TRUE;
}
