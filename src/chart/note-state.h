/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/note-state.h — the life of a note: the states it can be in, how each looks in FHIR, and which act
 * leads where, by whose hand. Everything that is offered, refused or written follows these two tables.
 * Pure: no screen, no core. */
#pragma once
#include "fhir/resource.h"

typedef enum {
    NOTE_DRAFT,         /* private, sealed, here only */
    NOTE_DICTATED,      /* spoken, waits to be written down */
    NOTE_TRANSCRIBED,   /* written down by another than the author, unsigned */
    NOTE_UNSIGNED,
    NOTE_SIGNED_BY_ONE, /* signed */
    NOTE_COUNTERSIGNED,
    NOTE_CORRECTED,     /* signed; a later version of another */
    NOTE_REPLACED,      /* there is a later version */
    NOTE_STRUCK,
    NOTE_UNSTATED,      /* the core does not say */
    NOTE_STATES
} NoteState;

typedef enum {
    NOTE_FILE,        /* into the record, unsigned */
    NOTE_SIGN,
    NOTE_TRANSCRIBE,
    NOTE_CHANGE,      /* a new version without a reason, while it is unsigned and open */
    NOTE_CORRECT,     /* rättelse: a new version with a reason */
    NOTE_APPEND,      /* tillägg */
    NOTE_COUNTERSIGN,
    NOTE_ASK_SECOND,  /* a colleague is asked to countersign it */
    NOTE_STRIKE,      /* makulering: the rättelse that takes the whole note back */
    NOTE_ACTS
} NoteAct;

/* What a person is to a note. */
typedef enum {
    NOTE_HAND_AUTHOR = 1 << 0,  /* whose words they are, and who may sign */
    NOTE_HAND_WRITER = 1 << 1,  /* wrote it down for the author */
    NOTE_HAND_SIGNER = 1 << 2,  /* another who may sign notes */
    NOTE_HAND_SENIOR = 1 << 3,  /* another who may countersign: also a signer */
    NOTE_HAND_TYPIST = 1 << 4,  /* another who writes and does not sign */
    NOTE_HAND_NOBODY = 1 << 5,  /* neither writes nor signs */
    /* Besides one of the two above: has signed it, or is of the author's profession and may answer for it as they do
     * themselves. PDL 3:11: whoever writes in the record answers for what they have written. */
    NOTE_HAND_ANSWERS = 1 << 6,
} NoteHand;

typedef struct {
    const char *practitioner, *role_id; /* ids; the PractitionerRole's may be NULL */
    gboolean writes, signs, countersigns;
    const char *profession;             /* as the record says it, "läkare"; NULL: not known */
} NotePerson;

NoteState note_state(const FhirResource *document);
const char *note_state_word(NoteState state); /* translated: "signed", "UNSIGNED" */
gboolean note_state_is_signed(NoteState state);
gboolean note_state_is_open(NoteState state); /* in the record and not signed */
/* @held is in the state, and has the names under it, that @sent was to have. */
gboolean note_stands_as(const FhirResource *sent, const FhirResource *held);

/* The note of a draft (@document NULL) is the author's own, or one that is written for somebody. */
NoteHand note_hand(const FhirResource *document, const NotePerson *who);
/* Whose name stands among the authors: the first has said it, those after it have helped. */
gboolean note_names(const FhirResource *document, const char *practitioner, const char *role_id);
/* "Lind Eva, läkare" → "läkare": a profession is written small, a name is not. NULL: not stated. Owned. */
char *note_profession(const char *author);
/* What attests it by another than who wrote or signed it; does not exist where nobody has. */
FhirNode note_second(const FhirResource *document);

/* When its first version came into the record: a later one carries that along. */
Instant note_first_written(const FhirResource *document);
/* A note is closed when its first version has stood so many days: to the same minute of the clock on the wall, whatever
 * daylight saving did meanwhile. One that does not say when it was written is closed. */
Instant note_locks_at(const FhirResource *document, int days); /* INSTANT_NONE: it does not say */
gboolean note_locked(const FhirResource *document, Instant now, int days);

/* The state that @act leads to; FALSE with a sentence that says what stands in the way, and who may. */
gboolean note_may(NoteState state, NoteAct act, NoteHand hand, gboolean locked, const char *author, NoteState *ret_to,
                  GError **error);
/* "Signed already by Ek Johan, läkare; e begins to countersign it"; @second_key NULL: the reader may not. Owned. */
char *note_signed_already(const FhirResource *document, const char *second_key);
gboolean note_wants_reason(NoteAct act);

/* The element that a countersignature stands in: FHIR R5's, which R4 carries as this extension. */
#define NOTE_ATTESTER "http://hl7.org/fhir/5.0/StructureDefinition/extension-DocumentReference.attester"
