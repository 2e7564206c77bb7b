/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/written.h — what became of a write, in the words of the record: what was sent is compared with what the
 * core holds, and only what a person would read the same is called done. Orders, notes, entries, measurements and
 * bookings all answer with one of these outcomes (ui/views/outcome.h says them). Knows no screen and nothing of
 * what it is that is written: the caller says what "the same" is. */
#pragma once
#include "client/write.h"

typedef enum {
    WRITTEN_DONE,      /* the core holds it, all of it, as it was read, under the hand and in the state it was sent */
    WRITTEN_OTHERWISE, /* a note: it holds the words, but signed or unsigned otherwise than they were sent */
    WRITTEN_DIFFERS,   /* the core holds it, but not as it was read */
    WRITTEN_UNREAD,    /* the core has said that it has it, and it could not be read back */
    WRITTEN_PARTLY,    /* the core holds some of it; signing again writes the rest */
    WRITTEN_HALF,      /* a note: the earlier version is put aside, this one is not there. Signing again goes on from there */
    WRITTEN_NOT_SENT,  /* surely not in the record; the draft stands */
    WRITTEN_UNKNOWN,   /* no answer; the core is being asked. Signing again is the same write */
    WRITTEN_REFUSED,   /* the core said no */
    WRITTEN_OVERTAKEN, /* somebody else was before: has changed what it is about, or has the time. Nothing was written */
    WRITTEN_OUTCOMES
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
typedef gboolean (*WrittenSame)(const FhirResource *sent, const FhirResource *held);

/* @fn once, unless @scope closed. */
void written_send(Client *client, Scope *scope, PatientCtx *patient, const ClientWrite *writes, guint n,
                  WrittenSame same, WrittenFn fn, gpointer data);
const char *written_against(const ClientWriteItem *item); /* what the core said against it; NULL. Borrowed of @item */
/* "urn:uuid:…", the same for the same draft and word, so that a repeated write is the same write. Owned. */
char *written_identifier(const char *draft, const char *word);
