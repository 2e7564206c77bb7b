/* SPDX-License-Identifier: GPL-3.0-or-later
 * The life of a session's parts: made from what the supervisor handed over, ended with everything
 * durable and every secret erased. */
#include "main/wiring.h"

#include <glib-unix.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>

#include "app/speller.h"
#include "base/clock.h"
#include "base/event.h"
#include "base/log.h"
#include "base/xdg.h"
#include "main/hospital.h"
#include "super/channel.h"

static void on_card_lost(CardClient *card, gpointer data)
{
    Wiring *w = data;
    (void)card;
    log_event(LOG_WARN, "card", "helper lost; asking for another");
    super_ask_card(w->channel);
}

/* What it said last is for support and stands in the log. One that was killed is started again and answers what
 * waits; one that ended by itself will again: whoever is logging in is told so and need not wait. */
static void core_ended(Wiring *w, const SuperMsg *m)
{
    g_autofree char *words = g_utf8_make_valid(m->note, -1);
    log_event(LOG_WARN, "core", "rond-core ended: %s", words);
    g_autofree char *why = m->status ? hospital_ended(w->cl, m->status) : g_strdup(_("The training hospital is started again"));
    if (m->status && w->login)
        wire_fail(w, SIGNIN_FAILED, why);
    else
        w->app->frontend->status(w->app, STATUS_ERROR, why);
}

static void on_message(Wiring *w, const SuperMsg *m)
{
    switch (m->kind) {
    case SUPER_TELL_TERMINATE:
        w->app->frontend->end(w->app, SESSION_EXIT_QUIT);
        break;
    case SUPER_TELL_LOCK:
        w->app->frontend->end(w->app, w->app->who ? SESSION_EXIT_LOCK : SESSION_EXIT_QUIT);
        break;
    case SUPER_TELL_CARD:
        card_client_attach(w->card, m->fd);
        break;
    case SUPER_TELL_READER:
        g_clear_pointer(&w->reader, reader_free);
        w->reader = reader_new(m->fd);
        break;
    case SUPER_TELL_CORE:
        core_ended(w, m);
        break;
    case SUPER_TELL_SPELL:
        if (w->app->speller && m->fd >= 0)
            speller_attach(w->app->speller, m->fd);
        break;
    case SUPER_TELL_PAGES:
        wire_print_pages(w, m->fd);
        break;
    case SUPER_TELL_PRINTED:
        wire_print_ended(w, m->status, m->note);
        break;
    case SUPER_TELL_OTHER_VERSION:
        wire_other_version(w, m);
        break;
    default:
        break;
    }
}

/* A hang-up that reached this process alone: lock, as the supervisor would have asked. */
static gboolean on_hang_up(gpointer data)
{
    Wiring *w = data;
    on_message(w, &(SuperMsg){.kind = SUPER_TELL_LOCK, .fd = -1});
    return G_SOURCE_CONTINUE;
}

static gboolean on_channel(int fd, GIOCondition condition, gpointer data)
{
    Wiring *w = data;
    SuperMsg m;
    int r;
    (void)condition;
    while ((r = super_recv(fd, &m)) > 0)
        on_message(w, &m);
    if (r < 0) {
        w->channel_source = 0;
        w->app->frontend->end(w->app, SESSION_EXIT_QUIT);
        return G_SOURCE_REMOVE;
    }
    return G_SOURCE_CONTINUE;
}

/* ---- spelling ---- */

static void spell_start(gpointer data)
{
    log_event(LOG_INFO, "spell", "asking for a helper");
    super_ask_spell(((Wiring *)data)->channel);
}

static void spell_say(const char *sentence, gpointer data)
{
    App *app = ((Wiring *)data)->app;
    app->frontend->status(app, STATUS_WARN, sentence);
}

/* The core as the client and as discovery name it: a Unix socket for the training hospital. */
static Client *client_make(Wiring *w, GError **error)
{
    const Options *o = w->app->options;
    g_autofree char *socket = NULL, *origin = NULL, *base = NULL;
    ClientConfig config = {.store = w->visit ? &client_binding_store_uncached : &client_binding_store,
                           .store_data = w->binding,
                           .auth = &client_binding_auth, .auth_data = w->binding};
    if (w->app->training) {
        socket = xdg_runtime_path("core.sock", error);
        if (!socket)
            return NULL;
        origin = g_strdup_printf("unix:%s", socket);
        base = g_strdup("");
        w->base_url = g_strdup("");
    } else {
        origin = profile_origin(o, &base);
        w->base_url = g_strdup(option_text(o, "core.url"));
    }
    const char *ca = option_text(o, "core.ca-file"), *proxy = option_text(o, "core.proxy");
    config.net = (NetConfig){.origin = origin, .base_path = base, .ca_file = *ca ? ca : NULL,
                             .proxy = *proxy ? proxy : NULL, .no_tls_sessions = TRUE};
    Client *client = client_new(&config, error);
    g_autofree char *address = g_strconcat(origin, base, NULL);
    w->observed = client ? observed_open(client, address) : NULL;
    return client;
}

Wiring *wiring_new(App *app, const SuperBoot *boot, const CommandLine *cl)
{
    Wiring *w = g_new0(Wiring, 1);
    g_autoptr(GError) error = NULL;
    w->app = app;
    w->cl = cl;
    w->visit = cl->show != NULL;
    /* Once: a session after a lock or a crash goes on with what it had. */
    w->exercise = boot->why == SUPER_FIRST ? cl->exercise : NULL;
    w->channel = boot->channel;
    w->why = boot->why;
    w->scope = scope_new();
    w->seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_bytes_unref);
    w->binding = client_binding_new();
    w->store_dir = xdg_state_path(app->training ? "ovning/store" : "store", NULL);
    if (w->store_dir)
        g_mkdir_with_parents(w->store_dir, 0700); /* a failure is said at login, when it matters */
    w->reader_file = app->training ? xdg_runtime_path("reader", NULL) : NULL;
    if (boot->fd[SUPER_READER] >= 0)
        w->reader = reader_new(boot->fd[SUPER_READER]);
    w->card = card_client_new(boot->fd[SUPER_CARD], on_card_lost, w);
    w->channel_source = g_unix_fd_add(boot->channel, G_IO_IN | G_IO_HUP, on_channel, w);
    w->hang_up_source = g_unix_signal_add(SIGHUP, on_hang_up, w);
    app->services = (Services){.self = w};
    wire_cards(w, &app->services);
    wire_login(&app->services);
    wire_store(w, &app->services);
    if (!w->visit && option_bool(app->options, "spelling.check"))
        app->speller = speller_new(&(SpellerHooks){spell_start, spell_say, w});
    wire_print(w, &app->services);
    w->client = client_make(w, &error);
    if (!w->client)
        log_event(LOG_ERROR, "core", "%s", error->message);
    return w;
}

void wiring_touch(gpointer wiring)
{
    Wiring *w = wiring;
    if (w->idle)
        idle_touch(w->idle);
}

void wiring_free(Wiring *w, int session_exit)
{
    if (!w)
        return;
    scope_close(w->scope);
    wire_cards_end(w);
    g_clear_pointer(&w->app->speller, speller_free);
    clock_timer_cancel(w->retry_timer);
    wire_print_end(w);
    g_clear_pointer(&w->login, auth_login_free);
    g_clear_pointer(&w->idle, idle_free);
    w->app->client = NULL;
    g_clear_pointer(&w->observed, observed_close);
    g_clear_pointer(&w->client, client_free);
    g_clear_pointer(&w->binding, client_binding_free);
    g_clear_pointer(&w->session, auth_session_free);
    if (w->store && session_exit != SESSION_EXIT_LOCK && w->app->who)
        store_cache_wipe(w->store, NULL, NULL, NULL);
    g_clear_pointer(&w->store, store_close); /* flushes */
    g_clear_pointer(&w->card, card_client_free);
    g_clear_pointer(&w->reader, reader_free);
    g_clear_pointer(&w->pin, secret_free);
    g_source_remove(w->hang_up_source);
    if (w->channel_source)
        g_source_remove(w->channel_source);
    g_clear_pointer(&w->app->who, who_free);
    g_hash_table_unref(w->seen);
    g_free(w->store_dir);
    g_free(w->reader_file);
    g_free(w->base_url);
    g_free(w->commission);
    g_free(w->keyring_said);
    g_free(w);
}
