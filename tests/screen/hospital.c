/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/screen/hospital.h"

#include <gio/gio.h>
#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/datetime.h"
#include "client/query.h"
#include "support/minicore.h"

#define STARTS_WITHIN_S 20

struct Hospital {
    App *app;
    char *dir, *db, *socket;
    Instant began; /* the core's time */
    GSubprocess *core;
    Replay *replay;
    MemStore *store;
    SecretBuf *token;
    Client *client;
    Scope *scope;
    gboolean ready;
};

static Story *next_story;

void hospital_play(Story *story)
{
    story_free(next_story);
    next_story = story;
}

Replay *hospital_replay(Hospital *h)
{
    return h->replay;
}

static const SecretBuf *token(gpointer hospital)
{
    return ((Hospital *)hospital)->token;
}
static const ClientAuth auth = {token, NULL};

static void renew(gpointer hospital, ClientTokenFn done, gpointer data)
{
    Hospital *h = hospital;
    secret_free(h->token);
    h->token = secret_new_from("b-token", strlen("b-token"));
    done(NULL, data);
}
static const ClientAuth renewing = {token, renew};
static gboolean renews; /* the next one */

void hospital_renews(void)
{
    renews = TRUE;
}

/* ---- the process ---- */

static gboolean copy(const char *from, const char *to, GError **error)
{
    g_autoptr(GFile) a = g_file_new_for_path(from), b = g_file_new_for_path(to);
    return g_file_copy(a, b, G_FILE_COPY_OVERWRITE, NULL, NULL, NULL, error);
}

static gboolean make_place(Hospital *h, GError **error)
{
    const char *made = g_getenv("ROND_HOSPITAL");
    h->dir = g_dir_make_tmp("rond-screen-XXXXXX", error);
    if (!h->dir)
        return FALSE;
    h->db = g_build_filename(h->dir, "hospital.db", NULL);
    h->socket = g_build_filename(h->dir, "s", NULL);
    return copy(made ? made : "hospital.db", h->db, error);
}

static gboolean get_token(Hospital *h, const char *commission, GError **error)
{
    const char *const argv[] = {g_getenv("ROND_CORE"), "token", "--db", h->db, "--training", commission, NULL};
    g_autofree char *out = NULL;
    int status;
    if (!g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &out, NULL, &status, error) ||
        !g_spawn_check_wait_status(status, error))
        return FALSE;
    g_strstrip(out);
    h->token = secret_new_from(out, strlen(out));
    return TRUE;
}

static gboolean answers(const Hospital *h)
{
    g_autoptr(GSocketClient) client = g_socket_client_new();
    g_autoptr(GSocketAddress) address = g_unix_socket_address_new(h->socket);
    g_autoptr(GSocketConnection) open = g_socket_client_connect(client, G_SOCKET_CONNECTABLE(address), NULL, NULL);
    return open != NULL;
}

/* Its clock stands still, the screen's runs: what it writes never lies in the screen's future. */
static gboolean start_core(Hospital *h, GError **error)
{
    h->began = clock_clinical_us();
    g_autofree char *now = instant_to_fhir(h->began), *clock = g_strconcat("=", now, NULL);
    h->core = g_subprocess_new(G_SUBPROCESS_FLAGS_STDERR_SILENCE, error, g_getenv("ROND_CORE"), "serve", "--db",
                               h->db, "--training", "--clock", clock, "--socket", h->socket, NULL);
    for (int i = 0; h->core && i < STARTS_WITHIN_S * 200; i++) {
        if (answers(h))
            return TRUE;
        g_usleep(5000);
    }
    if (h->core)
        g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "rond-core does not start");
    return FALSE;
}

/* ---- logging in ---- */

static void fill_who(Who *w, const FhirResource *r)
{
    FhirNode role = fhir_root(r);
    g_autofree char *type = NULL;
    fhir_reference(role, "practitioner", &type, &w->practitioner);
    g_clear_pointer(&type, g_free);
    fhir_reference(role, "organization", &type, &w->unit);
    w->name = fhir_string(role, "practitioner.display");
    if (w->name)
        w->name[strcspn(w->name, ",")] = '\0'; /* the title is shown beside it */
    w->hsa_id = fhir_string(role, "practitioner.identifier.value");
    w->unit_name = fhir_string(role, "organization.display");
    w->role = fhir_concept_text(fhir_first(fhir_at(role, "code")), "");
    w->role_title = g_strdup(w->role);
    for (FhirNode e = fhir_first(fhir_at(role, "extension")); fhir_exists(e); e = fhir_next(e))
        if (fhir_is(e, "url", "urn:rond:commission-purpose"))
            w->purpose = fhir_string(e, "valueString");
    w->rights = rights_of_role(w->role);
}

static void on_role(const ClientResult *result, const GError *error, gboolean done, gpointer data)
{
    Hospital *h = data;
    if (result && result->items->len && !h->app->who->practitioner)
        fill_who(h->app->who, result->items->pdata[0]);
    h->ready |= done;
}

static void on_discovered(const GError *error, gpointer data)
{
    Hospital *h = data;
    g_autoptr(FhirQuery) q = fhir_query_new("PractitionerRole");
    fhir_query_add_token(q, "identifier", NULL, h->app->who->commission);
    client_search(h->client, h->scope, NULL, q, CLIENT_ONE_PAGE, on_role, h);
}

static gboolean log_in(Hospital *h, GError **error)
{
    g_autofree char *origin = h->replay ? g_strdup(replay_origin(h->replay)) : g_strconcat("unix:", h->socket, NULL);
    ClientConfig config = {.store = &memstore_table, .store_data = h->store, .auth = renews ? &renewing : &auth, .auth_data = h};
    renews = FALSE;
    config.net = (NetConfig){.origin = origin, .base_path = h->replay ? "/fhir" : ""};
    h->client = client_new(&config, error);
    if (!h->client)
        return FALSE;
    client_discover(h->client, h->scope, on_discovered, h);
    while (!h->ready)
        g_main_context_iteration(NULL, TRUE);
    Who *w = h->app->who;
    if (!w->practitioner) {
        g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "no such assignment");
        return FALSE;
    }
    ClientIdentity id = {.practitioner_id = w->practitioner, .name = w->name, .hsa_id = w->hsa_id,
                         .commission_hsa_id = w->commission, .commission_name = w->commission_name,
                         .unit_id = w->unit, .unit_name = w->unit_name,
                         .prescriber = (w->rights & CMD_NEEDS_PRESCRIBER) != 0};
    client_set_identity(h->client, &id);
    h->app->client = h->client;
    return TRUE;
}

Hospital *hospital_new(App *app, const char *commission, GError **error)
{
    Hospital *h = g_new0(Hospital, 1);
    h->app = app;
    h->store = memstore_new();
    h->scope = scope_new();
    app->who = g_new0(Who, 1);
    app->who->commission = g_strdup(commission);
    if (next_story) {
        h->replay = replay_new(g_steal_pointer(&next_story), NULL);
        h->token = secret_new_from("a-token", strlen("a-token"));
        if (log_in(h, error))
            return h;
    } else if (make_place(h, error) && get_token(h, commission, error) && start_core(h, error) && log_in(h, error))
        return h;
    hospital_free(h);
    return NULL;
}

gboolean hospital_busy(const Hospital *h)
{
    return client_busy(h->client) > (h->replay ? replay_resting(h->replay) : 0);
}

/* "total" of a search, asked beside the client. */
static guint total(const Hospital *h, const char *type)
{
    g_autoptr(GSocketClient) client = g_socket_client_new();
    g_autoptr(GSocketAddress) address = g_unix_socket_address_new(h->socket);
    g_autoptr(GSocketConnection) c = g_socket_client_connect(client, G_SOCKET_CONNECTABLE(address), NULL, NULL);
    g_autofree char *now = instant_to_fhir(h->began), *escaped = g_uri_escape_string(now, NULL, FALSE);
    g_autofree char *ask = g_strdup_printf("GET /%s?_lastUpdated=ge%s&_summary=count HTTP/1.0\r\nAuthorization: Bearer "
                                           "%.*s\r\n\r\n", type, escaped, (int)h->token->len, (char *)h->token->data);
    GOutputStream *out = c ? g_io_stream_get_output_stream(G_IO_STREAM(c)) : NULL;
    g_autoptr(GString) answer = g_string_new(NULL);
    char part[4096];
    if (!out || !g_output_stream_write_all(out, ask, strlen(ask), NULL, NULL, NULL))
        g_error("the core does not answer");
    for (gssize n; (n = g_input_stream_read(g_io_stream_get_input_stream(G_IO_STREAM(c)), part, sizeof part, NULL,
                                            NULL)) > 0;)
        g_string_append_len(answer, part, n);
    const char *found = strstr(answer->str, "\"total\":");
    if (!found)
        g_error("no answer to %s: %s", type, answer->str);
    return (guint)g_ascii_strtoull(found + strlen("\"total\":"), NULL, 10);
}

guint hospital_changed(const Hospital *h)
{
    static const char *const types[] = {
        "AllergyIntolerance", "Appointment", "Condition", "DocumentReference", "Encounter", "Flag", "MedicationRequest",
        "Observation", "Patient", "Provenance", "Slot", "Task"};
    guint n = 0;
    for (gsize i = 0; i < G_N_ELEMENTS(types); i++)
        n += total(h, types[i]);
    return n;
}

static void remove_dir(const char *path)
{
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    for (const char *name; dir && (name = g_dir_read_name(dir));) {
        g_autofree char *file = g_build_filename(path, name, NULL);
        g_unlink(file);
    }
    g_rmdir(path);
}

void hospital_stop(Hospital *h)
{
    if (!h->core)
        return;
    g_subprocess_force_exit(h->core);
    g_subprocess_wait(h->core, NULL, NULL);
    g_clear_object(&h->core);
    g_unlink(h->socket);
}

MemStore *hospital_store(Hospital *h)
{
    return h->store;
}

void hospital_free(Hospital *h)
{
    if (!h)
        return;
    scope_close(h->scope);
    h->app->client = NULL;
    g_clear_pointer(&h->app->who, who_free);
    client_free(h->client);
    hospital_stop(h);
    replay_free(h->replay);
    memstore_free(h->store);
    secret_free(h->token);
    if (h->dir)
        remove_dir(h->dir);
    g_free(h->dir);
    g_free(h->db);
    g_free(h->socket);
    g_free(h);
}
