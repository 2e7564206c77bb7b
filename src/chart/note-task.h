/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/note-task.h — the request (Task) that a note waits under: a dictation to be written down, a signed
 * note to be countersigned. What becomes of the note becomes of its requests in the same write. A core that
 * cannot be asked about requests has none. Knows no screen. */
#pragma once
#include "client/client.h"
#include "client/write.h"
#include "fhir/resource.h"

#define NOTE_TASK_SYSTEM "urn:rond:note-request" /* of Task.code */
#define NOTE_TASK_OPEN "requested,accepted,in-progress" /* Task.status of one that waits */
typedef enum { NOTE_TASK_TRANSCRIBE, NOTE_TASK_COUNTERSIGN, NOTE_TASK_KINDS } NoteTaskKind;
const char *note_task_code(NoteTaskKind kind);
gboolean note_task_is(const FhirResource *task, NoteTaskKind kind); /* one of ours, and it waits */

/* What becomes of the requests when something becomes of the note. */
typedef enum {
    NOTE_TASKS_STAY,
    NOTE_TASKS_DONE,      /* it has been written down, or countersigned */
    NOTE_TASKS_CANCELLED, /* the note is struck */
    NOTE_TASKS_MOVE,      /* they are about the later version from now on */
} NoteTaskEnd;
/* @task as it is to stand; @later: what the later version is referred to by, NOTE_TASKS_MOVE. */
FhirResource *note_task_ended(const FhirResource *task, NoteTaskEnd end, const char *later, Instant now, GError **error);

/* FhirResource*: those that wait about @document, empty where they are not known. Once, unless @scope closed;
 * from inside the call where the core has no requests. */
typedef void (*NoteTasksFn)(const GPtrArray *tasks, gpointer data);
void note_tasks_find(Client *client, Scope *scope, PatientCtx *patient, const char *document, NoteTasksFn fn, gpointer data);
gboolean note_tasks_known(const Client *client); /* FALSE: this core has no requests */

typedef struct {
    const char *practitioner, *name; /* who asks */
    const char *owner, *owner_name;  /* a colleague's Practitioner */
    Instant now;
} NoteAsking;
/* The request for a countersignature; for those who judge what is written. */
FhirResource *note_task_asking(const FhirResource *document, const NoteAsking *a, GError **error);
/* Puts it in the core, unless that colleague has been asked already: told with an error. @fn: what became of it. */
void note_task_ask(Client *client, Scope *scope, PatientCtx *patient, const FhirResource *document, const NoteAsking *a,
                   ClientDoneFn fn, gpointer data);
