/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/booking.h — a line such as "åb 3v ssk 45min ekg" to proposals of free times, and a chosen one to the
 * record, so that of two who choose the same time exactly one gets it. Nothing typed is passed over in
 * silence: a word that is no type, date, time, length or resource is told. Knows no screen. */
#pragma once
#include "chart/date-words.h"
#include "chart/schedule.h"
#include "chart/written.h"

/* ---- the line (pure) ---- */
typedef struct {
    const VisitType *type;
    gboolean has_when, has_time;
    DateWish when;
    TimeWish time;
    guint minutes;    /* 0: as long as the time in the diary is */
    GPtrArray *terms; /* char*, folded: each a person, a profession or a room that must be there */
    char *who;        /* the terms as they were typed, "ssk + läk"; NULL: none */
    char *problem;    /* a sentence about what cannot be; NULL */
    gboolean open_end; /* the last word may be half typed */
} BookingWish;

BookingWish *booking_read(const char *line, CivilDate today);
void booking_wish_free(BookingWish *w);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BookingWish, booking_wish_free)

/* ---- proposals (pure) ---- */
typedef struct {
    char *type, *id, *display, *brief, *service; /* brief: "Berg (ssk)" */
} BookingActor;

typedef struct {
    Instant start, end;
    GPtrArray *slots;  /* FhirResource*: the times of the diary it takes */
    GPtrArray *actors; /* BookingActor* */
    char *why;         /* "2 d before the day asked for"; "" */
    char *overlap;     /* what the patient has then: "10:00 Ek"; NULL */
    char *key;         /* the same for the same proposal */
} BookingProposal;
void booking_proposal_free(gpointer p);

typedef struct {
    Instant start, end;
    char *words; /* "10:00 Ek, läkare" */
} PatientBooking;
void patient_booking_free(gpointer p);

/* Which resources a term means: a whole word of one before the beginning of a word of many. Indexes into
 * d->resources; free the array. */
GArray *booking_term_resources(const Diary *d, const char *term);
/* BookingProposal*, best first, at most @max. @taken: PatientBooking*. */
GPtrArray *booking_propose(const Diary *d, const BookingWish *w, const GPtrArray *taken, Instant now, guint max);

/* ---- the finder ---- */
typedef struct {
    const BookingWish *wish;
    const char *problem;        /* NULL, or why nothing may be booked with this line */
    GPtrArray *proposals;       /* BookingProposal* */
    gboolean searching, known;  /* known: no proposals means that none are free */
    gboolean taken_known;       /* the patient's own bookings have been looked at */
    CivilDate until;            /* the last day searched */
} BookingAnswer;
typedef void (*BookingFn)(const BookingAnswer *answer, gpointer data);
typedef struct BookingFinder BookingFinder;
BookingFinder *booking_finder_new(Client *client, Scope *scope, PatientCtx *patient, const char *unit,
                                  BookingFn fn, gpointer data);
void booking_finder_line(BookingFinder *f, const char *line);
void booking_finder_refresh(BookingFinder *f); /* somebody else was quicker */
/* Among the patient's bookings as the core gave them: a write without an answer did take place. */
gboolean booking_finder_has(const BookingFinder *f, const char *identifier);

/* ---- writing ---- */
typedef struct {
    WrittenOutcome outcome;
    const FhirResource *appointment; /* as the core holds it; WRITTEN_DONE only */
    const char *identifier;          /* of the Appointment, to recognise it by */
    const GError *error;
    ClientHalf half;                 /* of the times it had taken before it was refused */
} BookingResult;
typedef void (*BookedFn)(const BookingResult *result, gpointer data);

FhirResource *booking_appointment(const BookingProposal *p, const VisitType *type, const char *patient_id,
                                  Instant now, GError **error);
FhirResource *booking_slot_taken(const FhirResource *slot, GError **error);
/* A booking of the patient's has left, and nobody knows yet whether the core has it. */
gboolean booking_is_unknown(Client *client, const char *patient);
/* One transaction: each time with its version, and the Appointment. FALSE with @error when it cannot even be
 * made. @fn once, unless @scope closed. */
gboolean booking_write(Client *client, Scope *scope, PatientCtx *patient, const BookingProposal *p,
                       const VisitType *type, Instant now, BookedFn fn, gpointer data, GError **error);
