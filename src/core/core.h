/* SPDX-License-Identifier: GPL-3.0-or-later
 * core/core.h — what every part of rond-core shares: the server, one request, one reply. A request
 * is the same whether it came over HTTP or as an entry of a Bundle. One thread; one write
 * transaction per request. The reply owns its strings and bytes. */
#pragma once
#include "core/db.h"
#include "fhir/resource.h"

typedef struct {
    Db *db;
    char *base;        /* public base URL without a slash at the end */
    char *templates;   /* directory of template files */
    char *data_dir;    /* data/seed of the training hospital; NULL: none */
    GPtrArray *cas;    /* X509*, trusted to issue cards */
    gboolean training;
    gint64 token_lifetime; /* seconds */
    int lock_days;   /* after which a note is closed */
    GBytes *capability; /* made once */
    GHashTable *totals; /* search.c: how many a query has found, by its ETag */
} Core;

/* Who asks: from the bearer token. */
typedef struct AccessRole AccessRole;
typedef struct {
    char *practitioner, *role_id; /* Practitioner and PractitionerRole ids */
    char *commission, *purpose;   /* HSA-id, words */
    const AccessRole *role;       /* rights; the table's */
} Session;
void session_free(Session *session);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Session, session_free)

typedef struct {
    const char *method, *path, *query; /* path without leading slash; query "" when absent */
    const char *content_type, *accept, *authorization;
    const char *if_match, *if_none_match, *if_none_exist, *prefer;
    const char *request_id;
    GBytes *body;            /* NULL when absent */
    const Session *session;
    gboolean local;          /* came over a Unix socket */
    Instant stamp;           /* writes: the instant of this transaction */
    const char *new_id;      /* create: id given out beforehand, or NULL */
} CoreRequest;

typedef struct {
    guint status;
    GBytes *body; /* NULL: none */
    const char *content_type;
    char *etag, *location, *allow;
    Instant modified; /* INSTANT_NONE: no Last-Modified */
    char *type, *id, *patient; /* what it was about, for the access log; may be NULL */
} CoreReply;
void core_reply_clear(CoreReply *reply);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(CoreReply, core_reply_clear)

/* Fills @reply with an OperationOutcome of one issue; returns FALSE so that callers can
 * `return reply_fail(…)`. @code: FHIR issue type. @expression may be NULL. */
gboolean reply_fail(CoreReply *reply, guint status, const char *code, const char *expression,
                    const char *format, ...) G_GNUC_PRINTF(5, 6);
gboolean reply_error(CoreReply *reply, const GError *error); /* a database error: 500 or 507 */
gboolean reply_busy(CoreReply *reply, const GError *error);  /* nothing was begun: 503 */
/* All @issues (FhirIssue*) as one outcome. */
gboolean reply_issues(CoreReply *reply, guint status, const GPtrArray *issues);
void reply_body(CoreReply *reply, guint status, GBytes *body); /* takes @body */
void reply_about(CoreReply *reply, const char *type, const char *id, const char *patient);

/* The router: checks method, path, bearer and rights, and answers. @reply is empty before. */
void core_handle(Core *core, CoreRequest *request, CoreReply *reply);
/* One FHIR interaction (also for Bundle entries). The session is set; for a write the caller has
 * begun the transaction and set the stamp. */
void core_interact(Core *core, const CoreRequest *request, CoreReply *reply);
gboolean core_is_write(const CoreRequest *request);
/* The same in a transaction of its own where it writes, with its line in the access log. */
void core_run(Core *core, const CoreRequest *request, CoreReply *reply);
/* One line in the access log when the reply shows or changes patient data. */
void core_audit(Core *core, const CoreRequest *request, const CoreReply *reply);
/* A training database knows from its first write after seeding that it was used. */
void core_touch(Core *core, const char *type);

char *etag_of(gint64 version); /* W/"3" */
/* "*", W/"3", "3", comma lists. FALSE: malformed. *ret_match: one of them is @version. */
gboolean etag_matches(const char *header, const char *version, gboolean *ret_match);
