/* SPDX-License-Identifier: GPL-3.0-or-later
 * support/minicore.h — the least FHIR server that the client's tests need, over httpd, and a store
 * in memory. It can be told what to do with each write: drop it before or after doing it, cut the
 * answer, say nothing. Its end state is what the tests assert on. */
#pragma once
#include "client/client.h"
#include "support/httpd.h"

typedef enum {
    FAULT_NONE,
    FAULT_DROP_BEFORE,
    FAULT_DROP_AFTER,
    FAULT_CUT,
    FAULT_HANG_BEFORE,
    FAULT_HANG_AFTER,
    FAULT_LATE, /* no answer, and done only when minicore_arrive() is called */
    FAULT_TWICE, /* done and answered, and done once more when it arrives again: something between repeats it */
    FAULT_STATUS
} Fault;

typedef struct {
    Httpd *httpd;
    GHashTable *resources; /* "Type/id" -> GPtrArray of char* versions, newest last */
    guint created, puts, writes, searches, metadata;
    gboolean transactions, conditional, history, batch, update_create; /* what /metadata says */
    Fault fault; /* for the next writes, @faults times */
    guint faults, fault_status;
    gssize cut;
    gboolean search_down; /* searches and reads answer 503 */
    gboolean opaque;      /* its ETags are not made of the version, and no other is taken */
    gboolean minimal;     /* writes answer without a body */
    gboolean unsearchable; /* /metadata names no search by identifier, and there is none */
    const char *token;    /* NULL = any; else 401 for others */
    char *last_target;
    GQueue late; /* Late*: writes still under way to the core */
    HttpdFn hook; /* sees requests first; sets status when it has answered */
    gpointer hook_data;
} MiniCore;

MiniCore *minicore_new(void);
void minicore_free(MiniCore *core);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MiniCore, minicore_free)
void minicore_put(MiniCore *core, const char *json); /* directly, a new version */
void minicore_arrive(MiniCore *core); /* the oldest late write is done now, if there is one */
void minicore_overtake(MiniCore *core, guint n); /* the n-th of them instead, before those that were sent earlier */
guint minicore_count(const MiniCore *core, const char *type);
/* How many of @type carry the identifier "urn:uuid:…". */
guint minicore_identified(const MiniCore *core, const char *type, const char *identifier);
guint minicore_versions(const MiniCore *core, const char *type_and_id);

typedef struct {
    GHashTable *cache; /* key -> GBytes */
    GHashTable *cache_at, *cache_etag;
    GHashTable *outbox; /* id -> row copy */
    GPtrArray *audit_ids;
    GHashTable *audit;
    GHashTable *sent;   /* identifier -> "Type/id" */
    guint puts;
    gboolean fail_mark; /* what was confirmed cannot be remembered */
    guint fail_put; /* the n-th outbox put fails */
    gboolean audit_fails;
    gboolean audit_slow; /* events reach the disk with memstore_sync() only */
    GQueue audit_slowly; /* Stored* */
} MemStore;
MemStore *memstore_new(void);
void memstore_free(MemStore *store);
void memstore_sync(MemStore *store); /* what waits for the disk is on it, and its callbacks come */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MemStore, memstore_free)
extern const ClientStore memstore_table;
