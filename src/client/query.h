/* SPDX-License-Identifier: GPL-3.0-or-later
 * client/query.h — searches and reads. Answered at once from the cache (with its age), then from
 * the core. Patient-bound types need a PatientCtx; searches over patients (worklist, find) go
 * without one and are audited as searches. What cannot be known is marked unknown, never shown as
 * "none". */
#pragma once
#include "client/client.h"
#include "client/known.h"
#include "fhir/search.h"

typedef enum {
    CLIENT_DEFAULT = 0,
    CLIENT_FRESH = 1 << 0,    /* no answer from the cache first */
    CLIENT_NO_STORE = 1 << 1, /* neither read from nor kept in the cache */
    CLIENT_ONE_PAGE = 1 << 2, /* do not follow pages; client_more() asks for the next */
    CLIENT_CACHED = 1 << 3,   /* the cache only, no request */
    /* All pages, however many; each is told alone and let go: for a list of which only an extract is
     * held. With CLIENT_FRESH | CLIENT_NO_STORE; neither watched nor asked again. */
    CLIENT_STREAM = 1 << 4,
    CLIENT_ALL = 1 << 5, /* all pages, however many, held and kept: for a list that is looked through as a whole */
} ClientFlags;

/* All borrowed for the call; take refs of resources to keep them. */
typedef struct {
    GPtrArray *items;    /* FhirResource*: matches, in order, one per type/id, newest version */
    GPtrArray *included; /* FhirResource*: _include and _revinclude */
    Instant as_of;       /* when the core said so; in the past when @cached */
    gboolean cached;
    gboolean complete; /* all pages are in */
    gboolean more;     /* client_more() can get the next page */
    gboolean before;   /* the first pages were let go: client_back() gets the one before */
    guint let_go;      /* how many items were on them */
    Known known;       /* what may be read out of this */
    Doubt doubt;       /* why it is KNOWN_PARTLY */
    gint64 total;            /* -1 = the core did not say */
    guint skipped;           /* entries unreadable or about another patient */
    const char *request_id, *etag;
} ClientResult;

/* Any number of partial calls, then one with @done (and again for each client_more() and each
 * change found by client_watch()). With @error, @result is the cached or partial one, or NULL. */
typedef void (*ClientResultFn)(const ClientResult *result, const GError *error, gboolean done,
                               gpointer data);

typedef struct ClientSearch ClientSearch; /* lives until its scope closes */

/* A query about the captured patient, with patient=Patient/ID already in it. */
FhirQuery *client_patient_query(const PatientCtx *ctx, const char *type);
/* Takes nothing over. @query is used during the call only; _count is added when it is not there. */
ClientSearch *client_search(Client *client, Scope *scope, PatientCtx *ctx, const FhirQuery *query,
                            ClientFlags flags, ClientResultFn fn, gpointer data);
void client_more(ClientSearch *search);
/* Of a list of one page at a time: hold no more than about @most items. The pages furthest from what was asked for
 * last are let go, and can be had again. */
void client_hold(ClientSearch *search, guint most);
void client_back(ClientSearch *search);
/* Ask again now (If-None-Match). */
void client_refresh(ClientSearch *search);
/* Keep it fresh while its scope is open: @fn is called again when the answer changed. All watches
 * together send at most one request per 30 s. */
void client_watch(ClientSearch *search);
Instant client_search_as_of(const ClientSearch *search); /* last time the core confirmed it */

/* One resource, result->items has one entry. @ctx may be NULL only for types without patient data
 * (staff, places, terminology, slots). */
ClientSearch *client_read(Client *client, Scope *scope, PatientCtx *ctx, const char *type,
                          const char *id, ClientFlags flags, ClientResultFn fn, gpointer data);
