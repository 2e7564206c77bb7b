/* SPDX-License-Identifier: GPL-3.0-or-later
 * The client over the real sealed store. */
#include <glib/gstdio.h>
#include "base/event.h"
#include "bind/bind.h"
#include "client/fixture.h"
#include "store/draft.h"
#include "store/queue.h"

typedef struct {
    char *dir;
    Store *store;
    MiniCore *core;
    ClientBinding *binding;
    Fx fx;
    int in_queue; /* events on the disk at the first answer; -1 = none yet */
} Bound;

static void open_store(Bound *b)
{
    guint8 bytes[STORE_KEY_BYTES] = {7};
    g_autoptr(SecretBuf) key = secret_new_from(bytes, sizeof bytes);
    g_autoptr(GError) error = NULL;
    b->store = store_open(b->dir, "test|SE2329999993-P1", STORE_DURABLE, &error);
    cr_assert(b->store && store_unlock(b->store, key, &error), "%s", error ? error->message : "");
}

static void connect_client(Bound *b)
{
    b->binding = client_binding_new();
    client_binding_set_store(b->binding, b->store);
    ClientConfig config = {
        .net = {.origin = httpd_origin(b->core->httpd), .base_path = "/fhir"},
        .identity = {.practitioner_id = "dr1", .hsa_id = "SE2329999993-P1"},
        .store = &client_binding_store,
        .store_data = b->binding,
        .auth = &client_binding_auth,
        .auth_data = b->binding,
    };
    b->fx.client = client_new(&config, NULL);
    b->fx.scope = scope_new();
    b->fx.ctx = NULL;
    fx_discover(&b->fx);
    fx_open(&b->fx);
}

static void disconnect(Bound *b)
{
    g_clear_pointer(&b->fx.ctx, patient_ctx_unref);
    scope_close(b->fx.scope);
    client_free(b->fx.client);
    client_binding_free(b->binding);
    store_close(b->store);
}

static guint waits; /* rows of the outbox when it last told of a change */

static void on_outbox(const Event *ev, gpointer data)
{
    waits = client_outbox_count(data);
}

static void on_wrote(const ClientWriteResult *result, const GError *error, gpointer data)
{
    *(gboolean *)data = TRUE;
    cr_assert(result && result->all_confirmed, "%s", error ? error->message : "");
}

static void write_one(Bound *b, gboolean *done)
{
    static const char json[] = "{\"resourceType\":\"Observation\",\"status\":\"final\",\"subject\":"
                               "{\"reference\":\"Patient/p1\"}}";
    g_autoptr(GBytes) text = g_bytes_new_static(json, sizeof json - 1);
    g_autoptr(FhirResource) r = fhir_resource_parse(text, NULL);
    client_write(b->fx.client, b->fx.scope, b->fx.ctx,
                 &(ClientWrite){.kind = CLIENT_CREATE, .resource = r}, 1, on_wrote, done);
}

Test(bind, outbox_audit_and_cache_in_the_sealed_store, .timeout = 60)
{
    Bound b = {.dir = g_dir_make_tmp("rond-bind-XXXXXX", NULL), .core = minicore_new()};
    minicore_put(b.core, "{\"resourceType\":\"Patient\",\"id\":\"p1\"}");
    open_store(&b);
    connect_client(&b);
    gboolean done = FALSE;
    guint listener = event_listen(EVENT_OUTBOX, on_outbox, b.fx.client);
    write_one(&b, &done);
    cr_assert(loop_until(&done));
    cr_assert_eq(waits, 0, "who listens sees it gone, before the disk has it so");
    event_unlisten(listener);
    Got got = {0};
    fx_search(&b.fx, "Observation", CLIENT_DEFAULT, &got);
    cr_assert(loop_until(&got.done));
    /* the store's worker makes things durable in its own time */
    for (guint i = 0; i < 100 && (minicore_count(b.core, "AuditEvent") < 2 ||
                                  store_queue_count(b.store, STORE_AUDIT) ||
                                  store_queue_count(b.store, STORE_OUTBOX));
         i++)
        loop_settle();
    cr_assert_eq(store_queue_count(b.store, STORE_OUTBOX), 0);
    cr_assert_eq(store_queue_count(b.store, STORE_AUDIT), 0);
    cr_assert_eq(minicore_count(b.core, "AuditEvent"), 2);
    /* the program ends with a write on its way, and another takes it up */
    b.core->fault = FAULT_HANG_AFTER;
    b.core->faults = 1;
    guint writes = b.core->writes;
    gboolean never = FALSE;
    write_one(&b, &never);
    cr_assert(loop_until_count(&b.core->writes, writes + 1));
    disconnect(&b);
    cr_assert(!never);
    open_store(&b);
    connect_client(&b);
    cr_assert_eq(client_outbox_count(b.fx.client), 1);
    Done resumed = {0};
    client_resume(b.fx.client, b.fx.scope, fx_on_done, &resumed);
    cr_assert(loop_until(&resumed.done));
    for (guint i = 0; i < 100 && store_queue_count(b.store, STORE_OUTBOX); i++)
        loop_settle();
    cr_assert_eq(store_queue_count(b.store, STORE_OUTBOX), 0);
    cr_assert_eq(minicore_count(b.core, "Observation"), 2);
    got_clear(&got);
    fx_search(&b.fx, "Observation", CLIENT_CACHED, &got);
    cr_assert(loop_until(&got.done));
    cr_assert(got.cached && got.items == 1, "the answer of the last session, with its age");
    got_clear(&got);
    disconnect(&b);
    minicore_free(b.core);
    g_autofree char *rm = g_strdup_printf("rm -r '%s'", b.dir);
    g_spawn_command_line_sync(rm, NULL, NULL, NULL, NULL);
    g_free(b.dir);
}

static void on_read(const ClientResult *result, const GError *error, gboolean done, gpointer data)
{
    Bound *b = data;
    if (b->in_queue < 0)
        b->in_queue = store_queue_count(b->store, STORE_AUDIT);
}

/* What the first answer, out of the cache, finds on the disk: the core cannot have taken the event yet. */
Test(bind, the_event_is_in_the_store_when_the_answer_comes, .timeout = 60)
{
    Bound b = {.dir = g_dir_make_tmp("rond-bind-XXXXXX", NULL), .core = minicore_new(), .in_queue = -1};
    minicore_put(b.core, "{\"resourceType\":\"Patient\",\"id\":\"p1\"}");
    open_store(&b);
    connect_client(&b);
    for (guint i = 0; i < 100 && store_queue_count(b.store, STORE_AUDIT); i++)
        loop_settle();
    cr_assert_eq(store_queue_count(b.store, STORE_AUDIT), 0, "the opening has been delivered");
    g_autoptr(FhirQuery) query = client_patient_query(b.fx.ctx, "Observation");
    client_search(b.fx.client, b.fx.scope, b.fx.ctx, query, CLIENT_CACHED, on_read, &b);
    while (b.in_queue < 0)
        g_main_context_iteration(NULL, TRUE);
    cr_assert_eq(b.in_queue, 1);
    disconnect(&b);
    minicore_free(b.core);
    g_autofree char *rm = g_strdup_printf("rm -r '%s'", b.dir);
    g_spawn_command_line_sync(rm, NULL, NULL, NULL, NULL);
    g_free(b.dir);
}

static void on_marked(const GError *error, gpointer data)
{
    cr_assert_null(error);
    *(gboolean *)data = TRUE;
}

static void mark(Bound *b, const char *identifier)
{
    gboolean done = FALSE;
    client_binding_store.sent_put(b->binding, identifier, "DocumentReference/d7", on_marked, &done);
    cr_assert(loop_until(&done));
}

static void draft(Bound *b, const char *id)
{
    g_autoptr(GBytes) text = g_bytes_new_static("x", 1);
    g_autoptr(GError) error = NULL;
    cr_assert(store_draft_put(b->store, &(StoreDraft){.id = (char *)id, .kind = (char *)"note", .text = text, .meta = text},
                              &error));
}

/* What was confirmed is remembered over the end of the program, as long as its draft is there. */
Test(bind, a_mark_stays_while_its_draft_does, .timeout = 60)
{
    clock_test_begin(1000 * G_USEC_PER_SEC);
    Bound b = {.dir = g_dir_make_tmp("rond-bind-XXXXXX", NULL), .core = minicore_new()};
    minicore_put(b.core, "{\"resourceType\":\"Patient\",\"id\":\"p1\"}");
    open_store(&b);
    connect_client(&b);
    draft(&b, "a");
    mark(&b, "urn:uuid:a");
    mark(&b, "urn:uuid:b"); /* its draft is gone already */
    disconnect(&b);
    open_store(&b);
    connect_client(&b);
    g_autofree char *kept = client_binding_store.sent_get(b.binding, "urn:uuid:a");
    cr_assert_str_eq(kept, "DocumentReference/d7");
    clock_test_advance(2 * (gint64)G_TIME_SPAN_DAY);
    mark(&b, "urn:uuid:c");
    for (guint i = 0; i < 100 && store_queue_count(b.store, STORE_SENT) > 2; i++)
        loop_settle();
    cr_assert_eq(store_queue_count(b.store, STORE_SENT), 2, "the one whose draft is there, and the new one");
    g_autofree char *still = client_binding_store.sent_get(b.binding, "urn:uuid:a");
    cr_assert_str_eq(still, "DocumentReference/d7");
    cr_assert_null(client_binding_store.sent_get(b.binding, "urn:uuid:b"));
    disconnect(&b);
    minicore_free(b.core);
    g_autofree char *rm = g_strdup_printf("rm -r '%s'", b.dir);
    g_spawn_command_line_sync(rm, NULL, NULL, NULL, NULL);
    g_free(b.dir);
    clock_test_end();
}

static void on_http(guint status, GBytes *body, const char *request_id, const GError *error, gpointer data)
{
    cr_assert(status == 0 || (request_id && *request_id), "an answer has no request id");
    *(guint *)data = status;
}

Test(bind, the_login_has_its_http, .timeout = 60)
{
    MiniCore *core = minicore_new();
    g_autoptr(Net) net =
        net_new(&(NetConfig){.origin = httpd_origin(core->httpd), .base_path = "/fhir"}, NULL);
    g_autoptr(Scope) scope = scope_new();
    AuthHttp http = client_auth_http(net);
    guint status = 0;
    http.get(http.net, scope, "metadata", on_http, &status);
    cr_assert(loop_until_count(&status, 200));
    minicore_free(core);
}
