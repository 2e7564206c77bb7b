/* SPDX-License-Identifier: GPL-3.0-or-later
 * The core as it is before anybody logs in: the way there, and what its CapabilityStatement says. */
#include <glib/gi18n.h>
#include <string.h>

#include "base/clock.h"
#include "base/xdg.h"
#include "bind/bind.h"
#include "main/diag.h"
#include "main/observed.h"

enum { DEADLINE_MS = 5000 };

typedef struct {
    Client *client;
    Scope *scope;
    GMainLoop *loop;
    GHashTable *reasons; /* already said */
    guint deadline;
    gboolean training;
} Ask;

static const char *const sources[DIALECT_SOURCES] = {
    [SAID_BY_CORE] = N_("stated by the core"), [SAID_IN_HEADERS] = N_("by its headers"), [OBSERVED] = N_("observed"),
    [BY_PROFILE] = N_("by the profile"),       [ASSUMED] = N_("assumed"),
};

static void say_row(const DialectRow *row, gpointer data)
{
    (void)data;
    g_autofree char *at = row->at == INSTANT_NONE ? NULL : instant_to_minute(clock_shown_us(row->at));
    diag_say(DIAG_OK, row->what, "%s (%s%s%s)", row->value, _(sources[row->source]), at ? " " : "", at ? at : "");
}

static void say_cannot(const Command *c, gpointer data)
{
    Ask *a = data;
    const char *why = c->core ? client_cannot(a->client, c->core) : NULL;
    if (why && g_hash_table_add(a->reasons, (gpointer)why))
        diag_say(DIAG_NOTE, command_word(c), "%s", _(why));
}

static void on_discovered(const GError *error, gpointer data)
{
    Ask *a = data;
    const char *wrong = error ? NULL : client_wrong_world(a->client, a->training);
    if (error) {
        diag_say(DIAG_FAULT, _("the core's statement"), "%s", _(error->message));
    } else {
        client_dialect_each(a->client, say_row, NULL);
        command_each(say_cannot, a);
    }
    if (wrong)
        diag_say(DIAG_FAULT, _("environment of the core"), "%s", _(wrong));
    g_main_loop_quit(a->loop);
}

/* The same question twice: first for the way there, whose errors the client puts into fewer words. */
static void on_answer(const NetResponse *response, const GError *error, gpointer data)
{
    Ask *a = data;
    if (error || response->status != 200) {
        if (error && a->training)
            diag_say(DIAG_NOTE, _("answer"), "%s", _("the training hospital runs only while rond is open"));
        else if (error)
            diag_say(DIAG_FAULT, _("answer"), "%s", _(error->message));
        else if (response->status == 401 || response->status == 403)
            diag_say(DIAG_NOTE, _("answer"), _("%u: this core says what it can only to those who are logged in"),
                     response->status);
        else
            diag_say(DIAG_FAULT, _("answer"), "%u", response->status);
        g_main_loop_quit(a->loop);
        return;
    }
    diag_say(DIAG_OK, _("answer"), _("%d ms, connected in %d ms (measured)"), (int)(response->total_us / 1000),
             (int)(response->connect_us / 1000));
    client_discover(a->client, a->scope, on_discovered, a);
}

static gboolean on_deadline(gpointer data)
{
    Ask *a = data;
    a->deadline = 0;
    diag_say(DIAG_FAULT, _("answer"), _("none within %d s"), DEADLINE_MS / 1000);
    g_main_loop_quit(a->loop);
    return G_SOURCE_REMOVE;
}

static void ask(Ask *a)
{
    static const char *const headers[] = {"Accept: application/fhir+json", NULL};
    a->scope = scope_new();
    a->loop = g_main_loop_new(NULL, FALSE);
    a->reasons = g_hash_table_new(g_str_hash, g_str_equal);
    a->deadline = clock_timer_add(DEADLINE_MS, on_deadline, a);
    net_send(client_net(a->client), a->scope, &(NetSpec){.url = "metadata", .headers = headers, .tries = 1}, on_answer, a);
    g_main_loop_run(a->loop);
    if (a->deadline)
        clock_timer_cancel(a->deadline);
    scope_close(a->scope);
    g_hash_table_unref(a->reasons);
    g_main_loop_unref(a->loop);
}

void diag_core(const Options *options)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = NULL, *origin = NULL;
    const char *ca = option_text(options, "core.ca-file"), *proxy = option_text(options, "core.proxy");
    Ask a = {.training = profile_is_training(options)};
    if (a.training) {
        g_autofree char *socket = xdg_runtime_path("core.sock", NULL);
        origin = g_strdup_printf("unix:%s", socket ? socket : "");
        path = g_strdup("");
    } else {
        origin = profile_origin(options, &path);
    }
    diag_say(DIAG_OK, _("address"), "%s%s", origin, path);
    g_autoptr(ClientBinding) binding = client_binding_new();
    ClientConfig config = {.net = {.origin = origin, .base_path = path, .ca_file = *ca ? ca : NULL,
                                   .proxy = *proxy ? proxy : NULL, .no_tls_sessions = TRUE},
                           .store = &client_binding_store_uncached, .store_data = binding,
                           .auth = &client_binding_auth, .auth_data = binding};
    a.client = client_new(&config, &error);
    g_autofree char *address = g_strconcat(origin, path, NULL);
    ObservedFile *observed = a.client ? observed_open(a.client, address) : NULL;
    if (a.client)
        ask(&a);
    else
        diag_say(DIAG_FAULT, _("address"), "%s", _(error->message));
    observed_close(observed);
    g_clear_pointer(&a.client, client_free);
}
