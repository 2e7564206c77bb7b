/* SPDX-License-Identifier: GPL-3.0-or-later
 * client/internal.h — what the files of this room share. Nothing outside src/client includes it. */
#pragma once
#include "client/query.h"
#include "client/write.h"
#include "fhir/bundle.h"
#include "fhir/home.h"

typedef struct Poll Poll;
typedef struct Audit Audit;
typedef struct AuditEntry AuditEntry;
typedef struct TokenWait TokenWait;

typedef enum {
    SEEN_409 = 1 << 0,
    SEEN_412 = 1 << 1,
    SEEN_423 = 1 << 2,
    SEEN_WHOLE = 1 << 3,
    SEEN_EMPTY = 1 << 4,
    SEEN_LOCATION = 1 << 5,
    SEEN_NO_LOCATION = 1 << 6,
    SEEN_TOTAL = 1 << 7,
    SEEN_NO_TOTAL = 1 << 8,
    SEEN_TWICE = 1 << 9,
    SEEN_EXPIRED = 1 << 10,
    SEEN_OUTCOME = 1 << 11,
    SEEN_PLAIN = 1 << 12,
    SEEN_429 = 1 << 13,
    SEEN_RETRY_AFTER = 1 << 14,
} Observation; /* kept under the words in observed.c */
enum { OBSERVATIONS = 15 };

struct Client {
    Net *net;
    Scope *scope; /* work that outlives the views: writes, audit, polling */
    Scope *session; /* of the identity */
    ClientIdentity identity;
    const ClientStore *store;
    gpointer store_data;
    const ClientAuth *auth;
    gpointer auth_data;
    char *origin, *cache_prefix;

    ClientDialect dialect;
    char *software;        /* what the core calls itself, with version; NULL = not said */
    char *fhir_version;
    gboolean by_headers; /* recognised by what the answer's headers said */
    FhirHome *home;      /* the configured base, that of the statement, and the one its first answer had */
    gboolean home_sure;  /* there was such an answer */
    guint observed;      /* Observation */
    Instant observed_at[OBSERVATIONS]; /* by bit; real time */
    GHashTable *abilities; /* "Type interaction", "Type ?parameter", "Type !conditional", "Type $operation"; "Type " and "Type ?":
                              nothing is said of the type's interactions, or of its parameters */

    gboolean online, heard, silent;
    guint silence; /* timer: whether there is an answer is looked at */
    Instant last_good;
    GHashTable *written; /* patient id ("" = none) -> Instant*, the last confirmed write */
    GHashTable *etags;   /* "Type/id/version" -> its ETag as it came, where that is not made of the version */
    guint unasked; /* searches that have shown what is cached and will ask the core */
    GHashTable *writing; /* outbox id -> Write*, under way */
    guint ask_later;     /* timer: the next asking about what is not known */
    GPtrArray *follows;  /* Follow*: who is told what became of that (follow.c) */
    TokenWait *token_wait;
    Audit *audit;
    Poll *poll;
};

/* ---- error.c ------------------------------------------------------------------------------ */
GError *client_error_make(ClientErrorCode code);
GError *client_error_from_net(const GError *net_error);
/* For an HTTP status other than success; reads an OperationOutcome or a short plain text. */
GError *client_error_from_answer(const NetResponse *response);
/* For one entry of a transaction answer. */
GError *client_error_from_outcome(guint status, const FhirResource *outcome,
                                  const char *request_id);
/* For an answer that says success and cannot be read as what was asked for. */
GError *client_error_unreadable(GBytes *body, const char *request_id);
gboolean client_error_never_sent(const GError *error);

/* ---- call.c: one request with FHIR's manners: token, renewal after 401, errors ------------- */
typedef struct {
    NetMethod method;
    const char *url;
    GBytes *body;
    const char *content_type; /* NULL = application/fhir+json when there is a body */
    const char *if_none_match, *if_match, *if_none_exist;
    gboolean representation; /* Prefer: return=representation */
    gboolean no_cache;
    guint tries;
    guint timeout_ms; /* 0 = the connection's own */
    gboolean aside;   /* no answer to it does not mean that the core is gone */
} CallSpec;
typedef struct {
    guint status; /* 2xx or 304 */
    GBytes *body;
    const char *etag, *location, *request_id, *server; /* @server: what made it, by its headers */
} Answer;
typedef void (*CallFn)(const Answer *answer, const GError *error, gpointer data);
void client_call(Client *client, Scope *scope, const CallSpec *spec, CallFn fn, gpointer data);
void client_calls_close(Client *client);

/* ---- client.c ----------------------------------------------------------------------------- */
void client_heard(Client *client, gboolean good); /* an answer came, or none */
void client_set_written(Client *client, const char *patient);
Instant client_written_at(const Client *client, const char *patient); /* INSTANT_NONE = not here */

/* ---- silence.c: who waits, and nothing comes ------------------------------------------------ */
void client_listen(Client *client); /* something was sent, or came */
void client_listen_end(Client *client);

/* ---- capability.c ------------------------------------------------------------------------- */
void client_abilities_clear(Client *client);
gboolean client_can_operate(const Client *client, const char *type, const char *operation); /* "expand" */

/* ---- observed.c --------------------------------------------------------------------------- */
void client_observe(Client *client, Observation seen);
void observed_each(const Client *client, void (*fn)(const DialectRow *row, gpointer data), gpointer data);

/* ---- dialect.c ---------------------------------------------------------------------------- */
/* @headers: what the answer with the statement says of its server; NULL. *ret_by_headers may be NULL. */
ClientDialect dialect_recognise(const FhirResource *statement, const char *headers, gboolean *ret_by_headers);
void dialect_note_software(Client *client, const FhirResource *statement);
/* A transaction was turned away for what it is, before anything of it was done: its parts may go one by one. */
gboolean dialect_refuses_together(const Client *client, guint status, const GPtrArray *issues);
gboolean dialect_repeats(const Client *client); /* one thing on two pages does not say that the list moved */

/* ---- types.c: what the client must know of a type ------------------------------------------ */
typedef enum { IDENTIFIER_NONE, IDENTIFIER_LIST, IDENTIFIER_ONE } IdentifierKind;
typedef struct {
    const char *type;
    gboolean open;       /* staff, places, terminology: no patient data, not audited */
    const char *patient; /* element that refers to the patient; NULL = none */
    const char *search;  /* search parameter for it */
    IdentifierKind identifier;
} ClientType;
const ClientType *
client_type(const char *type); /* never NULL: unknown types count as patient data */
char *client_patient_of(const FhirResource *r); /* NULL = names none, "" = whom cannot be read */
gboolean client_is_elsewhere(const FhirResource *r); /* it is about a patient of another server */

/* ---- beyond.c: search parameters that not every core has ----------------------------------- */
typedef struct LocalFilter LocalFilter;
/* @url without the parameters that this core does not have; *ret_local: what to leave out here. */
char *beyond_r4_url(const Client *client, const char *type, const char *url, GPtrArray **ret_local);
gboolean beyond_r4_keeps(const GPtrArray *local, const FhirResource *r);

/* ---- audit.c ------------------------------------------------------------------------------ */
Audit *audit_new(Client *client);
void audit_free(Audit *audit);
typedef enum { AUDIT_OPEN, AUDIT_READ, AUDIT_SEARCH, AUDIT_DISCLOSE } AuditKind;
/* An event on its way to the disk. Refcounted. @what: types, one query, or what is given out; NULL at the end. */
AuditEntry *audit_log(Client *client, AuditKind kind, const char *patient, const char *reason,
                      const char *const *what);
AuditEntry *audit_entry_ref(AuditEntry *entry);
void audit_entry_unref(AuditEntry *entry);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(AuditEntry, audit_entry_unref)
gboolean audit_entry_failed(const AuditEntry *entry);
/* @fn when the event is on the disk (from inside the call where it is already), with an error where it
 * could not be kept: then the reading must not take place. Never after @scope closed. */
void audit_await(AuditEntry *entry, Scope *scope, ClientStoredFn fn, gpointer data);
gboolean audit_writing(const Audit *audit); /* an event is not on the disk yet, or on its way to the core */
void audit_pump(Audit *audit);

/* ---- patient.c ---------------------------------------------------------------------------- */
/* The event for this type: the opening's own where it names it, else one for each open patient, and another
 * try after one that failed. Borrowed. */
AuditEntry *patient_ctx_audit(Client *client, PatientCtx *ctx, const char *type);

/* ---- etag.c --------------------------------------------------------------------------------- */
void etag_note(Client *client, const FhirResource *r, const char *etag);
const char *etag_of(const Client *client, const FhirResource *r); /* NULL = W/"versionId", for all that is known */

/* ---- home.c: what lies on this core --------------------------------------------------------- */
void home_begin(Client *client, const FhirResource *statement); /* NULL: it has said nothing yet */
/* Of a page that answers for @type; @before: of the page before it, NULL = it is the first. Owned. */
FhirHome *home_of_page(const Client *client, FhirBundle *page, const char *type, const FhirHome *before);
/* An answer of this very core, no kept one. */
void home_learn(Client *client, FhirBundle *page);

/* ---- resultset.c: pages become one list --------------------------------------------------- */
typedef struct {
    ClientResult view; /* what callbacks see; owns its arrays */
    GHashTable *index; /* "Type/id" -> position + 1 in items */
    char *next, *etag, *request_id;
    GHashTable *seen; /* next links followed */
    GHashTable *counted; /* "Type/id" -> the page on which it came first, counted from 1 */
    gboolean twice;   /* one thing came on two pages */
    gboolean in_parts; /* one of them was too large to be held, or kept, whole */
    guint pages;
    guint entries; /* different ones that came, shown or not; included ones left out */
    GPtrArray *later_urls, *later_etags; /* char*: of the pages after the first, as they came */
    GPtrArray *refs; /* PageRef*: every page that is known, held or not */
    GArray *held;    /* guint: how many items each page that is held gave; the first of them is refs[first] */
    guint first;
    gboolean ended;  /* the last page names no next */
    FhirHome *home;  /* of its pages so far */
} ResultSet;
ResultSet *resultset_new(void);
void resultset_free(ResultSet *set);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ResultSet, resultset_free)
typedef struct {
    Client *client;
    const char *type, *patient; /* patient NULL = any */
    const FhirQuery *asked;     /* NULL = nothing to compare with */
    const GPtrArray *local;     /* LocalFilter*; NULL = none */
} PageRules;
void resultset_let_go(ResultSet *set); /* what came so far; where the next page lies is remembered */
/* @parts: GBytes*, packed: of a large answer all of it, @page being the first; else NULL. */
void resultset_add_page(ResultSet *set, FhirBundle *page, const GPtrArray *parts, const PageRules *rules);
/* Where a page can be had again: from the core, or out of a large answer that was kept packed. */
typedef struct {
    char *url; /* NULL: what was asked first */
    GBytes *packed;
    gboolean counted; /* what it held, and what of that was left out, is in the sums */
} PageRef;
/* The page after or before what is held; NULL: set->next, or none. */
const PageRef *resultset_after(const ResultSet *set);
const PageRef *resultset_before(const ResultSet *set);
/* @page is resultset_before(). */
void resultset_add_before(ResultSet *set, FhirBundle *page, const PageRules *rules);
/* Lets whole pages go, from the front or from the end, as long as more than @most items are held. */
void resultset_slide(ResultSet *set, guint most, gboolean from_front);
/* The page that set->next named has come with @etag; before resultset_add_page(). */
void resultset_note_page(ResultSet *set, const char *etag);
void resultset_add_one(ResultSet *set, const FhirResource *r);
void resultset_doubt(ResultSet *set, Doubt doubt);
void resultset_settle(ResultSet *set); /* what is known by now */
gboolean resultset_same(const ResultSet *a, const ResultSet *b);

/* ---- poll.c ------------------------------------------------------------------------------- */
Poll *poll_new(Client *client);
void poll_free(Poll *poll);
void poll_add(Poll *poll, ClientSearch *search);
void poll_remove(Poll *poll, ClientSearch *search);

/* ---- granted.c ---- */

/* @granted: scopes, space-separated. TRUE too when they say nothing of resources, or nothing is known of @interaction. */
gboolean granted_covers(const char *granted, const char *type, const char *interaction);
