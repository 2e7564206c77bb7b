/* SPDX-License-Identifier: GPL-3.0-or-later
 * The client against the real rond-core on a Unix socket. */
#include <glib/gstdio.h>
#include <signal.h>
#include <sys/wait.h>
#include "client/fixture.h"
#include "fhir/build.h"
#include "support/child.h"

static const char staff[] =
    "{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":["
    "{\"resource\":{\"resourceType\":\"Organization\",\"id\":\"unit\",\"name\":\"Provenheten\"}},"
    "{\"resource\":{\"resourceType\":\"Practitioner\",\"id\":\"doc\",\"name\":[{\"family\":"
    "\"Prov\"}],\"identifier\":[{\"system\":"
    "\"urn:oid:1.2.752.29.4.19\",\"value\":\"SE2329999993-P1\"}]}},"
    "{\"resource\":{\"resourceType\":\"PractitionerRole\",\"id\":\"role-1\",\"active\":true,"
    "\"extension\":[{\"url\":"
    "\"urn:rond:commission-purpose\",\"valueString\":\"Vård och "
    "behandling\"}],\"identifier\":[{\"system\":"
    "\"urn:oid:1.2.752.29.4.19\",\"value\":\"SE2329999993-U1\"}],\"practitioner\":{\"reference\":"
    "\"Practitioner/doc\"},"
    "\"organization\":{\"reference\":\"Organization/unit\"},\"code\":[{\"text\":\"läkare\"}]}},"
    "{\"resource\":{\"resourceType\":\"Patient\",\"id\":\"p1\",\"name\":[{\"family\":\"Prov\"}]}},"
    "{\"resource\":{\"resourceType\":\"Patient\",\"id\":\"p2\",\"name\":[{\"family\":\"Annan\"}]}}]"
    "}";

typedef struct {
    char *dir, *db, *socket, *origin;
    GPid pid;
    Fx fx;
} Real;

static char *tool(Real *r, const char *command, const char *arg)
{
    const char *argv[] = {ROND_CORE, command, arg, "--training", "--db", r->db, NULL};
    char *out = NULL;
    int status = -1;
    g_autoptr(GError) error = NULL;
    g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &out, NULL, &status,
                 &error);
    cr_assert_eq(status, 0, "rond-core %s: %s", command, error ? error->message : "failed");
    return g_strstrip(out);
}

static void serve(Real *r)
{
    const char *argv[] = {ROND_CORE, "serve",    "--training", "--db",
                          r->db,     "--socket", r->socket,    NULL};
    cr_assert(g_spawn_async(NULL, (char **)argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD,
                            child_ends_with_us, NULL, &r->pid, NULL));
    child_await(r->socket);
}

static void stop(Real *r)
{
    kill(r->pid, SIGTERM);
    waitpid(r->pid, NULL, 0);
    g_unlink(r->socket);
}

static void real_begin(Real *r)
{
    *r = (Real){.dir = g_dir_make_tmp("rond-client-XXXXXX", NULL)};
    r->db = g_build_filename(r->dir, "core.db", NULL);
    r->socket = g_build_filename(r->dir, "s", NULL);
    r->origin = g_strconcat("unix:", r->socket, NULL);
    g_autofree char *bundle = g_build_filename(r->dir, "staff.json", NULL);
    cr_assert(g_file_set_contents(bundle, staff, -1, NULL));
    g_free(tool(r, "load", bundle));
    g_autofree char *token = tool(r, "token", "SE2329999993-U1");
    serve(r);
    Fx *f = &r->fx;
    f->store = memstore_new();
    f->login.token = secret_new_from(token, strlen(token));
    ClientConfig config = {
        .net = {.origin = r->origin, .base_path = NULL},
        .identity = {.practitioner_id = "doc",
                     .name = "Prov",
                     .unit_id = "unit",
                     .commission_hsa_id = "SE2329999993-U1"},
        .store = &memstore_table,
        .store_data = f->store,
        .auth = &fx_auth,
        .auth_data = &f->login,
    };
    f->client = client_new(&config, NULL);
    f->scope = scope_new();
    fx_discover(f);
    fx_open(f);
}

static void real_end(Real *r)
{
    patient_ctx_unref(r->fx.ctx);
    scope_close(r->fx.scope);
    client_free(r->fx.client);
    memstore_free(r->fx.store);
    secret_free(r->fx.login.token);
    stop(r);
    g_autofree char *rm = g_strdup_printf("rm -r '%s'", r->dir);
    g_spawn_command_line_sync(rm, NULL, NULL, NULL, NULL);
    g_free(r->dir);
    g_free(r->db);
    g_free(r->socket);
    g_free(r->origin);
}

typedef struct {
    gboolean done;
    OutboxState state;
    gboolean all, provenance;
    FhirResource *resource;
    char *message;
} Wrote;

static void on_wrote(const ClientWriteResult *result, const GError *error, gpointer data)
{
    Wrote *w = data;
    ClientWriteItem *item = result ? result->items->pdata[0] : NULL;
    w->all = result && result->all_confirmed;
    w->provenance = result && result->provenance;
    w->state = item ? item->state : OUTBOX_PREPARED;
    fhir_resource_unref(w->resource);
    w->resource = item && item->resource ? fhir_resource_ref(item->resource) : NULL;
    g_free(w->message);
    w->message = g_strdup(error ? error->message : "");
    w->done = TRUE;
}

static void wrote_clear(Wrote *w)
{
    fhir_resource_unref(w->resource);
    g_free(w->message);
}

static FhirResource *observation(void)
{
    g_autoptr(FhirBuild) b = fhir_build_new("Observation");
    fhir_b_string(b, "status", "final");
    fhir_b_concept(b, "code", "http://loinc.org", "8310-5", "Body temperature", NULL);
    fhir_b_reference(b, "subject", "Patient", "p1", NULL);
    fhir_b_instant(b, "effectiveDateTime", 1763712000 * (gint64)G_USEC_PER_SEC);
    fhir_b_raw(b, "valueQuantity",
               "{\"value\":37.20,\"unit\":\"Cel\",\"system\":\"http://"
               "unitsofmeasure.org\",\"code\":\"Cel\"}");
    g_autoptr(GError) error = NULL;
    FhirResource *r = fhir_build_finish(b, &error);
    cr_assert(r, "%s", error ? error->message : "");
    return r;
}

static void write_and_wait(Real *r, const ClientWrite *one, Wrote *w)
{
    w->done = FALSE;
    client_write(r->fx.client, r->fx.scope, r->fx.ctx, one, 1, on_wrote, w);
    cr_assert(loop_until(&w->done));
}

static gboolean holds(const FhirResource *r, const char *text)
{
    gsize len;
    const char *s = g_bytes_get_data(fhir_text(r), &len);
    return g_strstr_len(s, (gssize)len, text) != NULL;
}

Test(core, write_read_change_conflict, .timeout = 60)
{
    Real r;
    real_begin(&r);
    cr_assert(client_dialect(r.fx.client)->transaction);
    cr_assert_str_eq(client_dialect(r.fx.client)->name, "rond-core");
    cr_assert(client_has_conditional_create(r.fx.client, "Observation"));
    g_autoptr(FhirResource) made = observation();
    ClientWrite create = {.kind = CLIENT_CREATE,
                          .resource = made,
                          .provenance = "author",
                          .identifier = "urn:uuid:6f1de1e4-5f3a-4b0e-9f0b-2b1f6d0f7a12"};
    Wrote w = {0};
    for (guint i = 0; i < 2; i++) {
        write_and_wait(&r, &create, &w);
        cr_assert(w.all, "%s", w.message);
        cr_assert_eq(w.provenance, i == 0, "found the second time: no second Provenance");
    }
    cr_assert(holds(w.resource, "37.20"));
    Got got = {0};
    fx_search(&r.fx, "Observation", CLIENT_DEFAULT, &got);
    cr_assert(loop_until(&got.done));
    cr_assert_eq(got.items, 1, "the same identifier is the same write");
    cr_assert(!got.unknown && got.complete);
    g_autoptr(FhirResource) first = fhir_resource_ref(w.resource);
    g_autoptr(FhirEdit) edit = fhir_edit_new(first);
    fhir_edit_set_string(edit, "status", "amended");
    g_autoptr(FhirResource) changed = fhir_edit_finish(edit, NULL);
    write_and_wait(&r, &(ClientWrite){.kind = CLIENT_UPDATE, .resource = changed}, &w);
    cr_assert(w.all, "%s", w.message);
    write_and_wait(&r, &(ClientWrite){.kind = CLIENT_UPDATE, .resource = changed}, &w);
    cr_assert_eq(w.state, OUTBOX_CONFLICT, "%s", w.message);
    cr_assert(holds(w.resource, "amended"));
    got_clear(&got);
    wrote_clear(&w);
    real_end(&r);
}

Test(core, audit_arrives_and_an_unauthorised_token_is_told, .timeout = 60)
{
    Real r;
    real_begin(&r);
    for (guint i = 0; i < 100 && r.fx.store->audit_ids->len; i++)
        loop_settle();
    cr_assert_eq(r.fx.store->audit_ids->len, 0);
    cr_assert_eq(client_audit_stuck(r.fx.client), 0, "the core takes our events");
    secret_free(r.fx.login.token);
    r.fx.login.token = secret_new_from("nonsense", 8);
    Got got = {0};
    fx_search(&r.fx, "Task", CLIENT_DEFAULT, &got);
    cr_assert(loop_until(&got.done));
    cr_assert_eq(got.code, CLIENT_ERROR_LOGIN);
    got_clear(&got);
    real_end(&r);
}

/* The core is killed with the write on its way; after its restart there is one, and we know. */
Test(core, a_restart_in_the_middle_of_a_write, .timeout = 60)
{
    for (guint turns = 0; turns < 24; turns += 3) {
        Real r;
        real_begin(&r);
        g_autoptr(FhirResource) made = observation();
        Wrote w = {0};
        client_write(r.fx.client, r.fx.scope, r.fx.ctx,
                     &(ClientWrite){.kind = CLIENT_CREATE, .resource = made}, 1, on_wrote, &w);
        for (guint i = 0; i < turns; i++)
            g_main_context_iteration(NULL, FALSE);
        kill(r.pid, SIGKILL);
        waitpid(r.pid, NULL, 0);
        g_unlink(r.socket);
        cr_assert(loop_until(&w.done));
        serve(&r);
        Done done = {0};
        client_resume(r.fx.client, r.fx.scope, fx_on_done, &done);
        cr_assert(loop_until(&done.done));
        Got got = {0};
        fx_search(&r.fx, "Observation", CLIENT_FRESH, &got);
        cr_assert(loop_until(&got.done));
        cr_assert_leq(got.items, 1);
        if (w.all)
            cr_assert_eq(got.items, 1);
        if (w.state == OUTBOX_PREPARED)
            cr_assert_eq(got.items, 0, "what is said to be never sent is not there");
        got_clear(&got);
        wrote_clear(&w);
        real_end(&r);
    }
}

/* A batch of two watches reaches the core and what another writes is seen. */
Test(core, polling_in_a_batch, .timeout = 60)
{
    Real r;
    real_begin(&r);
    clock_test_begin(g_get_real_time());
    Got one = {0}, two = {0};
    ClientSearch *a = fx_search(&r.fx, "Observation", CLIENT_DEFAULT, &one);
    ClientSearch *b = fx_search(&r.fx, "Task", CLIENT_DEFAULT, &two);
    cr_assert(loop_until(&one.done) && loop_until(&two.done));
    cr_assert_eq(one.items, 0);
    client_watch(a);
    client_watch(b);
    g_autoptr(FhirResource) made = observation();
    Wrote w = {0};
    write_and_wait(&r, &(ClientWrite){.kind = CLIENT_CREATE, .resource = made}, &w);
    cr_assert(w.all, "%s", w.message);
    guint calls = two.calls;
    clock_test_advance(31 * G_USEC_PER_SEC);
    for (guint i = 0; i < 20 && one.items == 0; i++)
        loop_settle();
    cr_assert_eq(one.items, 1);
    cr_assert_eq(two.calls, calls);
    cr_assert_gt(client_search_as_of(b), clock_real_us() - 2 * G_USEC_PER_SEC);
    got_clear(&one);
    got_clear(&two);
    wrote_clear(&w);
    clock_test_end();
    real_end(&r);
}
