/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/pending.h — what is not settled: writes whose outcome the core has not told. They are never sent
 * again on a guess; a person may have the core asked again. And the names of the patients concerned. */
#pragma once
#include "client/client.h"

typedef struct {
    char *id;       /* of the outbox row */
    char *patient;  /* Patient id or NULL */
    char *what;     /* "MedicationRequest", the type of the first item */
    gboolean unknown; /* may have been sent; else surely not */
    Instant created;
} PendingWrite;
void pending_write_free(PendingWrite *p);
GPtrArray *pending_list(Client *client); /* PendingWrite, oldest first; owned */

/* @settled: the core has said what became of it. */
typedef void (*PendingFn)(gboolean settled, const GError *error, gpointer data);
void pending_ask(Client *client, Scope *scope, const char *id, PendingFn fn, gpointer data);

/* Names of patients in one audited search; @names: id → "Öberg, Sven-Åke ÅÅÅÅMMDD-NNNN", borrowed for the
 * call; who is not in it is not known. */
typedef void (*PatientNamesFn)(GHashTable *names, gpointer data);
void patient_names_load(Client *client, Scope *scope, const GPtrArray *ids, PatientNamesFn fn, gpointer data);
