/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "safety/hospital.h"

#include <fcntl.h>
#include <gio/gio.h>
#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/child.h"

static char *tool(const Hospital *h, const char *command, const char *arg)
{
    const char *argv[] = {ROND_CORE, command, "--training", "--db", h->db, arg, NULL};
    g_autoptr(GError) error = NULL;
    char *out = NULL;
    int status = -1;
    g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &out, NULL, &status, &error);
    cr_assert_eq(status, 0, "rond-core %s: %s", command, error ? error->message : "failed");
    return g_strstrip(out);
}

static void serve(Hospital *h)
{
    const char *argv[] = {ROND_CORE, "serve", "--training", "--db", h->db, "--socket", h->socket, "--log", NULL};
    int log = g_open(h->log, O_WRONLY | O_CREAT | O_APPEND, 0600);
    cr_assert(g_spawn_async_with_fds(NULL, (char **)argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, child_ends_with_us, NULL,
                                     &h->pid, -1, -1,
                                     log, NULL));
    close(log);
    child_await(h->socket);
}

void hospital_begin(Hospital *h)
{
    *h = (Hospital){.dir = g_dir_make_tmp("rond-hospital-XXXXXX", NULL)};
    h->db = g_build_filename(h->dir, "hospital.db", NULL);
    h->socket = g_build_filename(h->dir, "s", NULL);
    h->log = g_build_filename(h->dir, "log", NULL);
    g_free(tool(h, "seed", NULL));
    serve(h);
    clock_test_begin(g_get_real_time());
}

void hospital_stop(Hospital *h)
{
    if (!h->pid)
        return;
    kill(h->pid, SIGTERM);
    waitpid(h->pid, NULL, 0);
    g_unlink(h->socket);
    h->pid = 0;
}

void hospital_end(Hospital *h)
{
    hospital_stop(h);
    clock_test_end();
    const char *rm[] = {"rm", "-r", h->dir, NULL};
    g_spawn_sync(NULL, (char **)rm, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL);
    g_free(h->dir);
    g_free(h->db);
    g_free(h->socket);
    g_free(h->log);
}

guint hospital_requests(const Hospital *h)
{
    g_autofree char *text = NULL;
    guint n = 0;
    cr_assert(g_file_get_contents(h->log, &text, NULL, NULL));
    for (const char *p = text; *p; p++)
        n += *p == '\n';
    return n;
}

/* ---- people ---- */

static GPtrArray *everybody; /* Client*: of this test's process */

static const SecretBuf *token_of(gpointer person)
{
    return ((Person *)person)->token;
}

static const ClientAuth auth = {token_of, NULL};

static void on_done(const GError *error, gpointer data)
{
    cr_assert_null(error, "%s", error ? error->message : "");
    *(gboolean *)data = TRUE;
}

void person_begin(Person *p, const Hospital *h, const char *assignment, const char *practitioner)
{
    g_autofree char *token = tool(h, "token", assignment), *origin = g_strconcat("unix:", h->socket, NULL);
    gboolean done = FALSE;
    *p = (Person){.store = memstore_new(), .token = secret_new_from(token, strlen(token)), .scope = scope_new()};
    ClientConfig config = {
        .net = {.origin = origin},
        .identity = {.practitioner_id = practitioner, .name = practitioner, .unit_id = "org-medavd3",
                     .commission_hsa_id = assignment},
        .store = &memstore_table, .store_data = p->store, .auth = &auth, .auth_data = p};
    p->client = client_new(&config, NULL);
    cr_assert_not_null(p->client);
    if (!everybody)
        everybody = g_ptr_array_new();
    g_ptr_array_add(everybody, p->client);
    client_discover(p->client, p->scope, on_done, &done);
    cr_assert(loop_until(&done));
}

void person_end(Person *p)
{
    scope_close(p->scope);
    g_ptr_array_remove(everybody, p->client);
    client_free(p->client);
    memstore_free(p->store);
    secret_free(p->token);
}

static void on_patient(PatientCtx *ctx, const GError *error, gpointer data)
{
    cr_assert_not_null(ctx, "%s", error ? error->message : "");
    *(PatientCtx **)data = patient_ctx_ref(ctx);
}

PatientCtx *person_open(Person *p, const char *patient)
{
    PatientCtx *ctx = NULL;
    client_open_patient(p->client, p->scope, patient, NULL, on_patient, &ctx);
    while (!ctx)
        g_main_context_iteration(NULL, TRUE);
    return ctx;
}

typedef struct {
    gboolean done;
    FhirResource *resource;
} Wrote;

static void on_wrote(const ClientWriteResult *result, const GError *error, gpointer data)
{
    Wrote *w = data;
    cr_assert(result && result->all_confirmed, "%s", error ? error->message : "not confirmed");
    ClientWriteItem *item = result->items->pdata[0];
    w->resource = fhir_resource_ref(item->resource);
    w->done = TRUE;
}

FhirResource *person_write(Person *p, PatientCtx *patient, ClientWriteKind kind, const FhirResource *r)
{
    Wrote w = {0};
    client_write(p->client, p->scope, patient, &(ClientWrite){.kind = kind, .resource = r}, 1, on_wrote, &w);
    cr_assert(loop_until(&w.done));
    return w.resource;
}

FhirResource *person_create(Person *p, PatientCtx *patient, const char *json)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) body = g_bytes_new(json, strlen(json));
    g_autoptr(FhirResource) r = fhir_resource_parse(body, &error);
    cr_assert_not_null(r, "%s", error ? error->message : "");
    return person_write(p, patient, CLIENT_CREATE, r);
}

void person_post(const Person *p, const Hospital *h, const char *type, const char *json)
{
    g_autoptr(GSocketClient) client = g_socket_client_new();
    g_autoptr(GSocketAddress) address = g_unix_socket_address_new(h->socket);
    g_autoptr(GSocketConnection) c = g_socket_client_connect(client, G_SOCKET_CONNECTABLE(address), NULL, NULL);
    cr_assert_not_null(c, "the core does not answer");
    g_autofree char *request = g_strdup_printf(
        "POST /%s HTTP/1.0\r\nAuthorization: Bearer %.*s\r\nContent-Type: application/fhir+json\r\n"
        "Content-Length: %zu\r\n\r\n%s", type, (int)p->token->len, (const char *)p->token->data, strlen(json), json);
    char answer[64] = "";
    cr_assert(g_output_stream_write_all(g_io_stream_get_output_stream(G_IO_STREAM(c)), request, strlen(request), NULL,
                                        NULL, NULL));
    g_input_stream_read(g_io_stream_get_input_stream(G_IO_STREAM(c)), answer, sizeof answer - 1, NULL, NULL);
    cr_assert_not_null(strstr(answer, " 201 "), "%s", answer);
}

/* A core on a busy machine answers later on the clock, not later in virtual time. */
static void answers_arrive(void)
{
    const gint64 limit = g_get_monotonic_time() + 20 * G_USEC_PER_SEC;
    guint busy;
    do {
        loop_settle();
        busy = 0;
        for (guint i = 0; everybody && i < everybody->len; i++)
            busy += client_busy(everybody->pdata[i]);
    } while (busy && g_get_monotonic_time() < limit);
}

void seconds_go_by(guint n)
{
    for (guint i = 0; i < n; i++) {
        clock_test_advance(G_USEC_PER_SEC);
        for (guint k = 0; k < 20 && g_main_context_iteration(NULL, FALSE); k++)
            ;
        if (i % 10 == 9 || i + 1 == n)
            answers_arrive();
    }
}
