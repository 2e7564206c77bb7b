/* SPDX-License-Identifier: GPL-3.0-or-later
 * client/write.h — writes, exactly once where the core makes it possible. The outbox row is on disk
 * before anything is sent; without an answer the core is asked by identifier before anything else
 * happens; what cannot be asked stays unknown and a person decides. Nothing is re-sent on a guess.
 * A write that was begun goes on when its scope closes: only the callback is dropped. */
#pragma once
#include "client/client.h"

typedef enum { CLIENT_CREATE, CLIENT_UPDATE, CLIENT_PATCH } ClientWriteKind;

typedef struct {
    ClientWriteKind kind;
    const FhirResource *resource; /* what to write; patch: the version it is based on */
    GBytes *patch;          /* JSON Patch; patch only */
    const char *identifier; /* create: "urn:uuid:…" kept with a draft, so that a repeat is the same
                               write; NULL = made here */
    const char *full_url; /* create: "urn:uuid:…" other items refer to it by; NULL = made here. Not
                             the identifier. */
    const char *if_match;   /* ETag text as received; NULL = the one that came with this version, else W/"<versionId>" */
    const char *provenance; /* participant type of the logged-in person ("author", "verifier"); NULL
                               = no Provenance */
    const char *reason;     /* why, in the Provenance; NULL = not said */
    GBytes *take_back;      /* JSON Patch that takes the change back, should a later of these writes surely not be done
                               where they go one by one; NULL = it stands by itself */
} ClientWrite;

/* Of several writes one by one only some were done, and those should not stand alone. */
typedef enum {
    CLIENT_HALF_NONE,  /* all or none, or it may well stand alone */
    CLIENT_HALF_BACK,  /* what was done has been taken back */
    CLIENT_HALF_LATER, /* it is taken back as soon as the core answers; the row stays until then */
    CLIENT_HALF_STAYS, /* it could not be taken back */
} ClientHalf;

typedef struct {
    OutboxState state;
    FhirResource *resource; /* CONFIRMED: as the core holds it. CONFLICT, UNKNOWN: the core's
                               present version (NULL if not got) */
    char *etag;
    guint status;      /* HTTP status of this item; 0 = none */
    GPtrArray *issues; /* FhirIssue*; never NULL */
    char *identifier;  /* create */
} ClientWriteItem;

typedef struct {
    const char *id; /* of the outbox row; it stays while an item is UNKNOWN (or PREPARED, from an
                       earlier run), and when nobody was there to be told that it was not done */
    const char *patient;
    GPtrArray *items; /* ClientWriteItem*, in the order given */
    gboolean all_confirmed;
    gboolean never_sent; /* all items PREPARED: surely not done, may be written again as it is */
    gboolean provenance; /* Provenance was part of it */
    gboolean under_way;  /* the core is being asked about it just now */
    ClientHalf half;
    const char *request_id;
} ClientWriteResult;

/* Once. @error: why not all is confirmed (offline, refused, conflict …); @result is NULL only when
 * nothing was begun (the outbox could not be written). Both borrowed. */
typedef void (*ClientWriteFn)(const ClientWriteResult *result, const GError *error, gpointer data);

/* All items in one transaction where the core has them, else one by one; the first that is not
 * confirmed stops the rest. @ctx NULL only for resources without patient. Every resource's patient
 * must be @ctx's, otherwise CLIENT_ERROR_PATIENT and nothing is written. */
void client_write(Client *client, Scope *scope, PatientCtx *ctx, const ClientWrite *writes, guint n,
                  ClientWriteFn fn, gpointer data);
/* After an answer with an UNKNOWN item: @fn once more, when the core has been asked about @identifier, of one of its
 * new resources, and has said; it is asked by itself. Until then, for as long as @scope lives. Not to end the client. */
void client_write_follow(Client *client, Scope *scope, const char *identifier, ClientWriteFn fn, gpointer data);
char *client_new_uuid(void); /* "urn:uuid:…" */

/* At start after login: asks the core about everything that may have been sent, in order for each
 * patient, patients side by side. What was only prepared is not sent by itself. EVENT_OUTBOX on
 * each change; @fn once when all is asked (both may be NULL). What stays unknown is asked about again
 * every other minute. */
void client_resume(Client *client, Scope *scope, ClientDoneFn fn, gpointer data);
/* What waits for a person, oldest first, also what is being asked about; ClientWriteResult as above.
 * Rows that are CONFLICT or REFUSED are told by asking again, which takes them away unless a part of them
 * is done. */
void client_outbox_each(Client *client,
                        void (*fn)(const ClientWriteResult *row, Instant created, gpointer data),
                        gpointer data);
guint client_outbox_count(Client *client); /* rows that are not settled */
guint client_outbox_unreadable(Client *client); /* of them: nobody can see what they are; they are kept */
/* A person's decisions. Ask again; send (only what was never sent, and only where no part of the row was
 * refused or overtaken); forget. CLIENT_ERROR_ASKED: it is being asked about, and somebody waits for that;
 * CLIENT_ERROR_SETTLED: the row is gone. */
void client_outbox_ask(Client *client, Scope *scope, const char *id, ClientWriteFn fn,
                       gpointer data);
void client_outbox_send(Client *client, Scope *scope, const char *id, ClientWriteFn fn,
                        gpointer data);
void client_outbox_forget(Client *client, const char *id);
