/* SPDX-License-Identifier: GPL-3.0-or-later
 * client/fixture.h — a client against a MiniCore and a store in memory, logged in and discovered.
 */
#pragma once
#include <criterion/criterion.h>
#include <string.h>
#include "base/clock.h"
#include "client/query.h"
#include "client/write.h"
#include "support/minicore.h"

typedef struct {
    SecretBuf *token;
    guint refreshed;
    const char *next; /* the token that a refresh gives; NULL = it fails */
} FakeAuth;

typedef struct {
    MiniCore *core;
    MemStore *store;
    FakeAuth login;
    Client *client;
    Scope *scope;
    PatientCtx *ctx;
} Fx;

static inline const SecretBuf *fx_token(gpointer auth)
{
    return ((FakeAuth *)auth)->token;
}

static inline void fx_refresh(gpointer auth, ClientTokenFn done, gpointer data)
{
    FakeAuth *a = auth;
    a->refreshed++;
    if (a->next) {
        secret_free(a->token);
        a->token = secret_new_from(a->next, strlen(a->next));
    }
    g_autoptr(GError) error =
        a->next ? NULL : g_error_new_literal(G_IO_ERROR, G_IO_ERROR_FAILED, "no card");
    done(error, data);
}

static const ClientAuth fx_auth = {fx_token, fx_refresh};

static inline void fx_client(Fx *f)
{
    ClientConfig config = {
        .net = {.origin = httpd_origin(f->core->httpd), .base_path = "/fhir"},
        .identity = {.practitioner_id = "dr1",
                     .name = "Test Läkare",
                     .hsa_id = "SE2321000016-0001",
                     .unit_id = "u1",
                     .commission_hsa_id = "SE2321000016-0002"},
        .store = &memstore_table,
        .store_data = f->store,
        .auth = &fx_auth,
        .auth_data = &f->login,
    };
    g_autoptr(GError) error = NULL;
    f->client = client_new(&config, &error);
    cr_assert(f->client, "%s", error ? error->message : "");
    f->scope = scope_new();
}

typedef struct {
    gboolean done;
    int code; /* ClientErrorCode; -1 = none */
    guint status;
} Done;

static inline void fx_on_done(const GError *error, gpointer data)
{
    *(Done *)data = (Done){TRUE, error ? error->code : -1, client_error_status(error)};
}

static inline void fx_on_patient(PatientCtx *ctx, const GError *error, gpointer data)
{
    PatientCtx **ret = data;
    cr_assert(ctx, "%s", error ? error->message : "");
    *ret = patient_ctx_ref(ctx);
}

static inline void fx_discover(Fx *f)
{
    Done done = {0};
    client_discover(f->client, f->scope, fx_on_done, &done);
    cr_assert(loop_until(&done.done));
    cr_assert_eq(done.code, -1);
}

static inline void fx_open(Fx *f)
{
    client_open_patient(f->client, f->scope, "p1", "TREAT", fx_on_patient, &f->ctx);
    while (!f->ctx)
        g_main_context_iteration(NULL, TRUE);
}

static inline void fx_begin(Fx *f)
{
    *f = (Fx){.core = minicore_new(), .store = memstore_new()};
    minicore_put(f->core,
                 "{\"resourceType\":\"Patient\",\"id\":\"p1\",\"name\":[{\"family\":\"Test\"}]}");
    fx_client(f);
    fx_discover(f);
    fx_open(f);
}

static inline void fx_end(Fx *f)
{
    g_clear_pointer(&f->ctx, patient_ctx_unref);
    scope_close(f->scope);
    client_free(f->client);
    minicore_free(f->core);
    memstore_free(f->store);
    secret_free(f->login.token);
}

/* What a search or read told, last. */
typedef struct {
    gboolean done;
    guint calls, cached_calls, items, skipped, status;
    gboolean unknown, complete, cached, more, has_result;
    Doubt doubt;
    gint64 as_of;
    int code;
    char *first; /* text of the first item */
} Got;

static inline void fx_on_result(const ClientResult *r, const GError *error, gboolean done,
                                gpointer data)
{
    Got *g = data;
    g->calls++;
    g->code = error ? error->code : -1;
    g->status = client_error_status(error);
    g->has_result = r != NULL;
    if (r) {
        g->cached_calls += r->cached;
        g->items = r->items->len;
        g->skipped = r->skipped;
        g->unknown = r->known == KNOWN_PARTLY;
        g->doubt = r->doubt;
        g->complete = r->complete;
        g->cached = r->cached;
        g->more = r->more;
        g->as_of = r->as_of;
        cr_assert((r->doubt == DOUBT_NONE) == !doubt_words(r->doubt));
        g_free(g->first);
        g->first = NULL;
        if (r->items->len) {
            gsize len;
            const char *text = g_bytes_get_data(fhir_text(r->items->pdata[0]), &len);
            g->first = g_strndup(text, len);
        }
    }
    g->done = done;
}

static inline void got_clear(Got *g)
{
    g_free(g->first);
    *g = (Got){0};
}

static inline ClientSearch *fx_search(Fx *f, const char *type, ClientFlags flags, Got *got)
{
    g_autoptr(FhirQuery) query = client_patient_query(f->ctx, type);
    return client_search(f->client, f->scope, f->ctx, query, flags, fx_on_result, got);
}
