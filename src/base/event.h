/* SPDX-License-Identifier: GPL-3.0-or-later
 * base/event.h — the way upward: lower rooms tell, upper rooms listen, neither names the other.
 * Synchronous, main thread only; listeners must only mark things dirty. */
#pragma once
#include <glib.h>

typedef enum {
    EVENT_RESOURCE_CHANGED, /* type, id, patient */
    EVENT_LIST_CHANGED,     /* type, patient: something was added or removed */
    EVENT_CONNECTION,       /* text: "online" or "offline"; "silent" or "heard" */
    EVENT_OUTBOX,           /* an outbox item changed state */
    EVENT_SESSION,          /* text: "lock" (idle), "token" (a new one), "token-lost" */
    EVENT_CARD,             /* text: "present", "gone", "swapped" (out in between) */
    EVENT_TICK,             /* a new minute began */
    EVENT_SPELLING,         /* what is known of the spelling of words has changed */
    EVENT_KINDS
} EventKind;

typedef struct {
    EventKind kind;
    const char *type;    /* FHIR type or NULL; borrowed for the call */
    const char *id;
    const char *patient; /* Patient id or NULL */
    const char *text;
} Event;

/* Main thread, from inside event_emit(); @event is borrowed for the call. */
typedef void (*EventFn)(const Event *event, gpointer data);
/* Returns an id for event_unlisten(), never 0. */
guint event_listen(EventKind kind, EventFn fn, gpointer data);
void event_unlisten(guint id);
void event_emit(const Event *event);
