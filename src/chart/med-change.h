/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/med-change.h — what can be done with an order that is in the record: one table, from which commands, words,
 * drafts and the edit of the old order follow. The old order is edited, never written anew: what rond does not
 * understand of it goes back as it came. Pure. All of them are a prescriber's: to renew is to order. */
#pragma once
#include "chart/medication.h"
#include "chart/record-words.h"

/* A reason from the list: our own code, HL7's where it has one, the words of the record. */
typedef struct {
    const char *code, *hl7;
    RecordWord words;
} MedReason;

typedef struct {
    const char *id;      /* in drafts: never another word for the same */
    const char *command;
    const char *title;   /* N_() */
    guint from;          /* bits of MedState */
    const char *status;  /* what becomes of the old order */
    gboolean orders;     /* makes a new order, which names the old one as the one before it */
    gboolean line;       /* has a line that is read and checked as any other, also where nothing new is ordered */
    gboolean several;    /* of several orders at once; the others one at a time, their text in full */
    gboolean until;      /* may have a last day */
    const MedReason *reasons; /* a reason is needed, of these; NULL: none is asked */
    RecordWord implied;  /* the reason that needs no asking; RW_COUNT: none */
    RecordWord note;     /* who, and why, in the old order's own words */
} MedChange;

extern const MedChange med_changes[]; /* ended by id == NULL */
const MedChange *med_change(const char *id);             /* NULL: no such */
const MedChange *med_change_of_command(const char *command);
const MedReason *med_reason(const MedChange *c, const char *code);
guint med_reason_count(const MedChange *c);

/* FALSE with @error (CHART_ERROR_DATA): why not, a sentence. */
gboolean med_change_possible(const MedChange *c, const FhirResource *r, Instant now, GError **error);
/* Name, dose and reason in one line, as the list says them; owned. */
char *med_change_text(const FhirResource *r, const DrugList *drugs, Instant now);

typedef struct {
    const char *practitioner, *name; /* who does it */
    const char *reason;              /* MedReason.code */
    CivilDate until;                 /* year 0: not said */
    Instant now;
} MedChanging;
/* The order as it is to stand. */
FhirResource *med_changed(const MedChange *c, const FhirResource *r, const MedChanging *w, GError **error);
/* JSON Patch that makes @changed @r again, for a core that takes one thing at a time. Owned. */
GBytes *med_change_back(const FhirResource *r, const FhirResource *changed);

/* Since when it stands as it stands, and who said so: of a change made here, else INSTANT_NONE and NULL. */
Instant med_changed_at(const FhirResource *r, char **ret_by);
/* The last day of a pause, as written; owned, NULL. */
char *med_paused_until(const FhirResource *r);
