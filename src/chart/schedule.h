/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/schedule.h — a unit's diary (tidbok) over one or more days: its resources, their times, free
 * and booked, and who has them. Loads, watches, and tells again when anything changes; knows no
 * screen. What the core did not answer is unknown, never "free" and never "no bookings". */
#pragma once
#include "chart/visit-type.h"
#include "client/client.h"

typedef enum {
    DIARY_FREE,
    DIARY_BUSY,      /* taken, by what is not known here */
    DIARY_BLOCKED,   /* not bookable: busy-unavailable */
    DIARY_BOOKED,
    DIARY_ARRIVED,
    DIARY_ONGOING,   /* its encounter is under way */
    DIARY_DONE,
    DIARY_NOSHOW,
    DIARY_CANCELLED,
} DiaryState;

typedef struct {
    Instant start, end;
    DiaryState state;
    FhirResource *slot;        /* ref; NULL for a booking outside the diary's times */
    FhirResource *appointment; /* ref; NULL when free */
    char *patient;             /* Patient id, NULL */
    char *name;                /* "Holm, Rut", "not known"; NULL when free */
    const VisitType *type;     /* NULL when not said */
    guint lane;                /* 0, or the first lane where nothing of this resource overlaps it */
} DiaryEntry;

typedef struct {
    char *id;                  /* Schedule id */
    char *actor_type, *actor;  /* Practitioner or Location, id */
    char *display;             /* as the core names it: "Berg, sjuksköterska" */
    char *name, *profession;   /* "Berg", "sjuksköterska" ("" for rooms) */
    char *service;             /* "läkarbesök" or "" */
    char *words;               /* folded, for finding */
    gboolean room;
    GPtrArray *entries;        /* DiaryEntry*, by start, then lane */
} DiaryResource;

typedef struct {
    CivilDate from;
    guint days;
    GPtrArray *resources;      /* DiaryResource*: people first, then rooms, by name */
    Instant as_of;
    gboolean known;            /* resources, times and bookings have all been answered, wholly */
    gboolean cached;
    gboolean answered;         /* nothing more is on its way */
    const char *unknown_why;   /* one fixed sentence (msgid) or NULL */
    guint skipped;             /* diaries, times and bookings that came and are not shown */
} Diary;

typedef void (*DiaryFn)(const Diary *diary, const GError *error, gpointer data);
typedef struct DiarySource DiarySource;
/* Until @scope closes; @fn after every change. @unit: Organization id. */
DiarySource *diary_watch(Client *client, Scope *scope, const char *unit, CivilDate from, guint days,
                         DiaryFn fn, gpointer data);
/* The same for who looks for a time: of the Slots only the free ones are asked for. */
DiarySource *diary_watch_free(Client *client, Scope *scope, const char *unit, CivilDate from, guint days,
                              DiaryFn fn, gpointer data);
void diary_go(DiarySource *source, CivilDate from, guint days);
/* From the next diary_go() on only these Schedules are asked about ("Schedule/a,Schedule/b"); NULL: all. */
void diary_only(DiarySource *source, const char *schedules);
void diary_refresh(DiarySource *source);

/* Free and taken times that begin on @day (of one resource; NULL: all). */
void diary_count(const Diary *d, const DiaryResource *only, CivilDate day, guint *ret_free, guint *ret_taken);
/* "läkare" → "läk", "sjuksköterska" → "ssk"; "" when there is none. Borrowed. */
const char *diary_profession_short(const char *profession);

/* ---- pure parts, also for booking and tests ---- */
DiaryResource *diary_resource_new(const FhirResource *schedule, const GHashTable *unit_places);
void diary_resource_free(gpointer p);
DiaryEntry *diary_entry_of_slot(const FhirResource *slot);
void diary_entry_free(gpointer p);
DiaryState diary_state_of(const FhirResource *appointment);
/* Adds @appointment (of this resource) where it belongs: into the slots that it names, else as an entry of
 * its own. @patient NULL = not known; @ongoing: its encounter is under way. FALSE: it says no time. */
gboolean diary_add_appointment(DiaryResource *r, const FhirResource *appointment, const FhirResource *patient,
                           gboolean ongoing);
/* By start, and lanes. */
void diary_arrange(DiaryResource *r);
char *diary_patient_of(const FhirResource *appointment); /* Patient id, owned; NULL when none */
gboolean diary_is_actor(const FhirResource *appointment, const DiaryResource *r);
