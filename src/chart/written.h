/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/written.h — a write told in the words of the record: what was sent is compared with what the core
 * holds, and only what a person would read the same is called signed. Knows no screen and nothing of what
 * it is that is written: the caller says what "the same" is. */
#pragma once
#include "client/write.h"

typedef enum {
    WRITTEN_SIGNED,   /* the core holds it, all of it, as it was read */
    WRITTEN_DIFFER,   /* the core holds it, but not as it was read */
    WRITTEN_PARTLY,   /* the core holds some of it; signing again writes the rest */
    WRITTEN_NOT_SENT, /* surely not in the record; the draft stands */
    WRITTEN_UNKNOWN,  /* no answer; the core is being asked. Signing again is the same write */
    WRITTEN_REFUSED,  /* the core said no */
    WRITTEN_CHANGED,  /* a change: somebody else was before */
} WrittenOutcome;

typedef struct {
    WrittenOutcome outcome;
    guint held, sent;    /* how many the core holds */
    const char *text;    /* what the core said against it; NULL */
    const char *version; /* of the first, as the core numbers it; NULL */
    gboolean can_ask;    /* the core can be asked whether it has what got no answer; else a person looks */
    const GError *error;
} Written;
typedef void (*WrittenFn)(const Written *result, gpointer data); /* borrowed for the call */
typedef gboolean (*WrittenSame)(const FhirResource *sent, const FhirResource *held); /* @held NULL: not the same */

/* @fn once, unless @scope closed. */
void written_send(Client *client, Scope *scope, PatientCtx *patient, const ClientWrite *writes, guint n,
                  WrittenSame same, WrittenFn fn, gpointer data);
/* "urn:uuid:…", the same for the same draft and word, so that a repeated write is the same write. Owned. */
char *written_identifier(const char *draft, const char *word);
