/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/pending.h — what is not settled: writes whose outcome the core has not told, or that nobody has
 * seen the end of. They are never sent again on a guess: a person has the core asked, sends what was
 * surely not sent, or takes it off the list. And the names of the patients concerned. */
#pragma once
#include "client/client.h"

typedef enum {
    PENDING_NOT_SENT, /* surely not in the record */
    PENDING_PARTLY,   /* a part is done, the rest surely not */
    PENDING_UNKNOWN,  /* may have been done */
    PENDING_CHANGED,  /* not done: someone else had changed it */
    PENDING_REFUSED,  /* not done: the core said no */
    PENDING_ASKED,    /* the core is being asked about it just now */
    PENDING_HALF,     /* not done, but a part of it, which is being taken back */
    PENDING_DONE,     /* the core has it: an answer only, never in the list */
    PENDING_SETTLED,  /* no longer in the list when it was asked about: an answer only */
} PendingState;

typedef struct {
    char *id;       /* of the outbox row */
    char *patient;  /* Patient id or NULL */
    char *what;     /* "MedicationRequest", the type of the first item */
    PendingState state;
    gboolean unsent; /* there is something in it that was surely not sent, and may be */
    Instant created;
} PendingWrite;
void pending_write_free(PendingWrite *p);
/* PendingWrite, oldest first; owned. *ret_unreadable: how many more there are that cannot be read. */
GPtrArray *pending_list(Client *client, guint *ret_unreadable);

/* @error: why it is still what it is, NULL when the core has answered. */
typedef void (*PendingFn)(PendingState state, const GError *error, gpointer data);
void pending_ask(Client *client, Scope *scope, const char *id, PendingFn fn, gpointer data);
/* Sends what was surely not sent; anything else is only asked about. */
void pending_send(Client *client, Scope *scope, const char *id, PendingFn fn, gpointer data);
void pending_forget(Client *client, const char *id); /* a person's decision */

/* Names of patients in one audited search; @names: id → "Öberg, Sven-Åke ÅÅÅÅMMDD-NNNN", borrowed for the
 * call; who is not in it is not known. */
typedef void (*PatientNamesFn)(GHashTable *names, gpointer data);
void patient_names_load(Client *client, Scope *scope, const GPtrArray *ids, PatientNamesFn fn, gpointer data);
