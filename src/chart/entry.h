/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/entry.h — an entry in the lists of the chart as a person means it: what it is, of what kind, how
 * dangerous, how certain, since when, and why it is changed; and what of that is missing or cannot be. Typed as
 * one line with commas between, "penicillin v, anafylaxi, livshotande, bekräftad, 2014", or as a form that is
 * the same line. Written by chart/entry-write.h. Knows no store and no screen. */
#pragma once
#include "chart/code-list.h"
#include "fhir/resource.h"

typedef enum {
    ENTRY_ALERT,     /* överkänslighet and uppmärksamhetssignal */
    ENTRY_PROCEDURE, /* what was done: KVÅ */
    ENTRY_DIAGNOSIS, /* of the visit, or on the problem list */
    ENTRY_DOMAINS
} EntryDomain;

typedef enum {
    ENTRY_NEW,
    ENTRY_CHANGE,
    ENTRY_QUESTION, /* suspected only, or refuted; stays readable */
    ENTRY_RESOLVE,  /* a problem that is over */
    ENTRY_STRIKE,   /* entered in error; stays in the core's history */
    ENTRY_ACTS
} EntryAct;

typedef enum {
    ENTRY_WHAT,
    ENTRY_GROUP,
    ENTRY_ROLE,     /* of a diagnosis: the main one of the visit, another one, or a problem */
    ENTRY_DETAIL,   /* the reaction of a hypersensitivity; what makes a diagnosis more exact */
    ENTRY_SEVERITY,
    ENTRY_CERTAINTY,
    ENTRY_SINCE,    /* of what is resolved: when it ended; of a procedure: when it was done */
    ENTRY_REASON,
    ENTRY_FIELDS
} EntryField;

/* A word that a field may be, as it is typed, shown and written. */
typedef struct {
    EntryField field;
    const char *code;  /* "C2", "high", "unconfirmed": of the field's own system */
    const char *text;  /* "livshotande" */
    const char *names; /* ";" between; NULL */
    const char *more;  /* group: the words of the record; severity: of the reaction */
    const char *concept; /* severity: the national grade, SNOMED CT; else NULL */
} EntryWord;

typedef struct {
    EntryField field;
    char *text; /* a sentence for the person, translated */
} EntryIssue;

typedef struct {
    char *typed[ENTRY_FIELDS]; /* what each part says; never NULL */
    const CodeItem *item;      /* the coded thing; NULL: its words only */
    EntryDomain domain;
    const EntryWord *group, *role, *severity, *certainty; /* NULL: not said */
    FhirTime since;            /* valid where typed[ENTRY_SINCE] is not empty and no issue is about it */
    gboolean allergy;          /* överkänslighet, not a signal */
    gboolean absence;          /* "ingen känd överkänslighet" */
    gboolean order;            /* NEWS2 scale 2: holds from the moment it is signed, until it is ended */
    gboolean free_text;        /* no code, and it is meant so */
    char *asked;               /* what a core may be asked about while it is typed; NULL: nothing */
    GPtrArray *choices;        /* const CodeItem*: what was typed may be; of the context, or of the unit's list */
    GPtrArray *issues;         /* EntryIssue*; empty: can be signed */
} Entry;
Entry *entry_new(void);
void entry_free(Entry *e);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Entry, entry_free)
const EntryIssue *entry_issue(const Entry *e, EntryField field); /* the first; NULL */

/* What may be meant; read once in a process. NULL with @error. */
const CodeList *entry_codes(EntryDomain domain, GError **error);
/* The words of a field in order, NULL after the last one. */
const EntryWord *entry_word_at(EntryField field, guint i);
const EntryWord *entry_word_of_code(EntryField field, const char *code);
#define ENTRY_SAYS_SO "!" /* after what it is: so it is called, although it has no code */

typedef struct {
    EntryDomain domain;
    EntryAct act;
    const FhirResource *old;   /* what is changed; NULL: nothing yet, or new */
    const FhirResource *visit; /* the Encounter under way; NULL: none, or not known */
    Instant now;
    gboolean prescribes;       /* who writes may order */
    gboolean suspected;        /* the line began as what is only suspected: no certainty is not "confirmed" */
    const CodeItem *taken;     /* the code of the core's that was chosen for this line; NULL */
    const GPtrArray *found;    /* CodeItem*: what the core has for @found_for; NULL: it has not answered */
    const char *found_for;
} EntryContext;
Entry *entry_read(const char *line, const EntryContext *c);
/* The line that says the same: of the parts of a form, or of what is in the record. Owned. */
char *entry_compose(const char *const typed[ENTRY_FIELDS]);
/* The line with room for what @field lacks, or as it is where that stands already; @ret_at: how many characters are before
 * the place where it is typed. Owned. */
char *entry_room_for(const char *line, const Entry *e, EntryField field, glong *ret_at);
/* What the record says; never NULL. */
Entry *entry_of(const FhirResource *r);
/* What is typed first when it is changed: all of it, or nothing. Owned. */
char *entry_line_of(const FhirResource *r, EntryAct act);
/* How dangerous the record says that a hypersensitivity is, in the national grades; NULL: it does not say. What FHIR
 * says of a reaction that was is no grade. */
const EntryWord *entry_grade(const FhirResource *allergy);
/* The fields that @act asks for, in the order of the form. */
gboolean entry_asks(const Entry *e, EntryAct act, EntryField field);
