/* SPDX-License-Identifier: GPL-3.0-or-later
 * client/client.h — the core server as one async API: who we are, what the core can, which patient
 * is open, whether we are online. Searching and reading: client/query.h; writing: client/write.h.
 * Store and login are seen through two small tables that main.c fills in. There is no global
 * current patient. All callbacks on the main loop, never from inside the call, never after the
 * scope closed. A Client owns its net, its own scope and copies of the configuration. */
#pragma once
#include "base/datetime.h"
#include "base/scope.h"
#include "base/secret.h"
#include "client/error.h"
#include "fhir/resource.h"
#include "net/net.h"

typedef struct Client Client;
typedef struct PatientCtx PatientCtx; /* a captured patient; refcounted */

/* ---- seams -------------------------------------------------------------------------------- */

typedef enum {
    OUTBOX_PREPARED, /* on disk, surely not sent */
    OUTBOX_SENDING,  /* may have been sent: after a crash this is OUTBOX_UNKNOWN */
    OUTBOX_UNKNOWN,  /* sent, no answer; being asked about, or a person decides */
    OUTBOX_CONFIRMED,
    OUTBOX_CONFLICT,
    OUTBOX_REFUSED,
} OutboxState;

typedef struct {
    const char *id;      /* UUID of the write */
    const char *patient; /* Patient id or NULL */
    OutboxState state;   /* the least settled of its items */
    Instant created;
    GBytes *body; /* everything needed to ask about it or send it; patient data */
} ClientOutboxRow;

/* @error NULL = it is on disk. */
typedef void (*ClientStoredFn)(const GError *error, gpointer data);
typedef void (*ClientOutboxFn)(const ClientOutboxRow *row, gpointer data);

/* Cache calls and those that list or remove are quick and synchronous; a put answers through @done when
 * it is durable (at once or later, on the main loop). Keys are opaque text. */
typedef struct {
    /* NULL when absent. @ret_etag may come back NULL. */
    GBytes *(*cache_get)(gpointer store, const char *patient, const char *key, Instant *ret_as_of,
                         char **ret_etag);
    void (*cache_put)(gpointer store, const char *patient, const char *key, GBytes *body,
                      Instant as_of, const char *etag);
    void (*outbox_put)(gpointer store, const ClientOutboxRow *row, ClientStoredFn done,
                       gpointer data);
    void (*outbox_remove)(gpointer store, const char *id);
    void (*outbox_each)(gpointer store, ClientOutboxFn fn, gpointer data); /* oldest first */
    void (*audit_put)(gpointer store, const char *id, GBytes *event, ClientStoredFn done,
                      gpointer data);
    char *(*audit_next)(gpointer store, GBytes **ret_event); /* oldest; id owned; NULL = empty */
    void (*audit_remove)(gpointer store, const char *id);
    void (*audit_refused)(gpointer store, const char *id); /* kept on disk, audit_next skips it */
    /* What was written under an identifier and confirmed, "Type/id": remembered at least while a draft
     * with that identifier ("urn:uuid:<draft>") is there. NULL = nothing. */
    void (*sent_put)(gpointer store, const char *identifier, const char *where, ClientStoredFn done,
                     gpointer data);
    char *(*sent_get)(gpointer store, const char *identifier);
} ClientStore;

typedef void (*ClientTokenFn)(const GError *error, gpointer data);
typedef struct {
    const SecretBuf *(*token)(gpointer auth); /* borrowed; NULL when no bearer is used */
    /* Get a new token; @done(NULL) when token() gives it. NULL pointer: cannot be refreshed. */
    void (*refresh)(gpointer auth, ClientTokenFn done, gpointer data);
    /* The scopes of that token, space-separated. NULL, pointer or answer: nothing is known to be withheld. */
    const char *(*granted)(gpointer auth);
} ClientAuth;

/* ---- the client --------------------------------------------------------------------------- */

/* Who is logged in, with which assignment (medarbetaruppdrag). Copied. */
typedef struct {
    const char *practitioner_id, *name, *hsa_id;
    const char *role_id; /* PractitionerRole id; may be NULL */
    const char *commission_hsa_id, *commission_name;
    const char *unit_id, *unit_name; /* Organization of the assignment */
    gboolean prescriber;
} ClientIdentity;

typedef struct {
    NetConfig net;
    ClientIdentity identity; /* may be empty before login; see client_set_identity() */
    const ClientStore *store;
    gpointer store_data;
    const ClientAuth *auth;
    gpointer auth_data;
} ClientConfig;

Client *client_new(const ClientConfig *config, GError **error);
/* After every scope that was given to it has been closed. Writes under way stay in the outbox as
 * OUTBOX_SENDING. */
void client_free(Client *client);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Client, client_free)
Net *client_net(Client *client); /* for login and discovery */
void client_set_identity(Client *client, const ClientIdentity *identity);
/* Of what is held of many patients for the one who is logged in: closes when somebody else is, or the
 * assignment is another, and with the client. */
Scope *client_session(Client *client);

/* ---- what the core can -------------------------------------------------------------------- */

/* Chosen from the CapabilityStatement, never guessed; before it is read everything is false. What it says
 * itself is taken from it; what comes with the name stands in dialect.c. */
typedef struct {
    const char *name; /* "rond-core", "oracle", "hapi", "medplum", "generic" */
    gboolean known;   /* the CapabilityStatement has been read */
    gboolean training; /* it says ÖVNING of itself: nobody in it is a real patient */
    gboolean transaction, batch;
    gboolean one_content; /* a note is taken in one format only */
    guint page_size; /* what _count asks for */
    guint booking_years; /* > 0: bookings are given out from one day until another only, and asked for so far */
} ClientDialect;

typedef void (*ClientDoneFn)(const GError *error, gpointer data);
/* Read /metadata and choose the dialect; at login. */
void client_discover(Client *client, Scope *scope, ClientDoneFn fn, gpointer data);
const ClientDialect *client_dialect(const Client *client);
/* Training and production never mix: why this core may not be used by a profile that is (not) for
 * training, one fixed sentence (msgid); NULL when it may. A core that has not said what it is may not
 * be used by either. */
const char *client_wrong_world(const Client *client, gboolean training_profile);
/* @interaction: "read", "create", "update", "patch", "vread", "history-instance", "search-type". */
gboolean client_can(const Client *client, const char *type, const char *interaction);
gboolean client_has_search(const Client *client, const char *type, const char *parameter);
gboolean client_has_conditional_create(const Client *client, const char *type);
gboolean client_has_update_create(const Client *client, const char *type);
/* FALSE: a new @type whose answer was lost cannot be looked for in this core; a person must. */
gboolean client_can_look_for(const Client *client, const char *type);
/* Why the core cannot what is @wanted, "Appointment create, Slot ?schedule": the sentence (msgid) of the
 * first that it has not, or that the login gives no right to; NULL when it can, or has not said. */
const char *client_cannot(const Client *client, const char *wanted);
/* FALSE: the login gives no right to that, whatever the core can. As client_can(), "create", "search-type" … */
gboolean client_granted(const Client *client, const char *type, const char *interaction);
/* Whether there is such a sentence for each part of @wanted. */
gboolean client_wanted_valid(const char *wanted);

/* The dialect as a person reads it: one row a difference, what it is here, and how that is known. */
typedef enum {
    SAID_BY_CORE,    /* in its CapabilityStatement */
    SAID_IN_HEADERS, /* in the headers of that answer */
    OBSERVED,        /* its answers have shown it, this time or the last */
    BY_PROFILE,      /* by the documentation of what it was recognised as */
    ASSUMED,         /* nobody has said or shown it: what rond is ready for */
    DIALECT_SOURCES
} DialectSource;
typedef struct {
    const char *what;  /* translated */
    const char *value; /* translated or the core's own text: hostile */
    DialectSource source;
    Instant at; /* OBSERVED: the last time; else INSTANT_NONE */
} DialectRow;
/* What has been observed and when, to the hour, as lines to keep for the next time at the same core. No patient data.
 * Owned. */
char *client_observed_text(const Client *client);
void client_take_observed(Client *client, const char *text); /* instead of what is known; a later version's words are left out */
void client_dialect_each(const Client *client, void (*fn)(const DialectRow *row, gpointer data), gpointer data);

/* ---- the open patient --------------------------------------------------------------------- */

PatientCtx *patient_ctx_ref(PatientCtx *ctx);
void patient_ctx_unref(PatientCtx *ctx);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PatientCtx, patient_ctx_unref)
const char *patient_ctx_id(const PatientCtx *ctx);
/* The newest Patient known (a refresh may replace it: EVENT_RESOURCE_CHANGED); take a ref to keep
 * it. */
const FhirResource *patient_ctx_patient(const PatientCtx *ctx);
const char *patient_ctx_reason(const PatientCtx *ctx);
/* FALSE when the resource names somebody who is not surely @patient: another, or one that cannot be read. */
gboolean client_is_about(const FhirResource *r, const char *patient);
/* Something of the record leaves rond, on paper or as a file: who takes out what (versions of resources, then
 * where to; NULL at the end), kept as readings are. Until @done says without an error that the event is on the
 * disk nothing may leave. Never called from inside, nor after @scope closed. */
void client_log_disclosure(Client *client, Scope *scope, PatientCtx *ctx, const char *const *what, ClientStoredFn done,
                           gpointer data);

/* The one way to a patient's data. The audit event is on the disk before anything is asked of the
 * cache or of the core: until then the reading waits, and where that fails nothing is read.
 * @reason: why, in the reader's words or a purpose-of-use code ("TREAT"); NULL = "TREAT".
 * Called once; @ctx borrowed (take a ref). Answers from the cache when it can and refreshes behind.
 */
typedef void (*ClientPatientFn)(PatientCtx *ctx, const GError *error, gpointer data);
void client_open_patient(Client *client, Scope *scope, const char *patient_id, const char *reason,
                         ClientPatientFn fn, gpointer data);
/* The same, with the @types (NULL at the end) that will be read as soon as the patient is there: the
 * opening's event names them all, so that the chart waits for one writing. */
void client_open_chart(Client *client, Scope *scope, const char *patient_id, const char *reason,
                       const char *const *types, ClientPatientFn fn, gpointer data);

/* ---- connection and freshness ------------------------------------------------------------- */

/* FALSE = offline; *ret_since = real time of the last good answer (INSTANT_NONE: never). Changes
 * are told by EVENT_CONNECTION ("online", "offline"). @ret_since may be NULL. */
gboolean client_online(const Client *client, Instant *ret_since);
/* Somebody has waited two seconds and no byte has come: neither gone nor there. Told by EVENT_CONNECTION ("silent",
 * "heard"). */
gboolean client_silent(const Client *client);
/* A key was pressed: when the last good answer is over 1 s old, one small request is sent. */
void client_nudge(Client *client);
/* Microseconds since the last good answer; -1 = never. */
gint64 client_age_us(const Client *client);
/* Send what waits in the audit queue now (done by itself when online). */
void client_flush_audit(Client *client);
/* How many questions and writes are with the core, or their answers being read; what waits before
 * another try is not. */
guint client_busy(const Client *client);
guint client_audit_stuck(const Client *client); /* events the core refused; kept on disk */
