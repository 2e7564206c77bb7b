/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "client/client.h"
#include "base/clock.h"
#include "base/event.h"
#include "client/internal.h"
#include "client/outbox.h"

static void identity_clear(ClientIdentity *i)
{
    const char **texts[] = {
        &i->practitioner_id, &i->name,    &i->hsa_id,   &i->role_id, &i->commission_hsa_id,
        &i->commission_name, &i->unit_id, &i->unit_name};
    for (guint n = 0; n < G_N_ELEMENTS(texts); n++)
        g_free((char *)*texts[n]);
    *i = (ClientIdentity){0};
}

void client_set_identity(Client *client, const ClientIdentity *from)
{
    ClientIdentity copy = {
        .practitioner_id = g_strdup(from->practitioner_id),
        .name = g_strdup(from->name),
        .hsa_id = g_strdup(from->hsa_id),
        .role_id = g_strdup(from->role_id),
        .commission_hsa_id = g_strdup(from->commission_hsa_id),
        .commission_name = g_strdup(from->commission_name),
        .unit_id = g_strdup(from->unit_id),
        .unit_name = g_strdup(from->unit_name),
        .prescriber = from->prescriber,
    };
    identity_clear(&client->identity);
    client->identity = copy;
    /* What one assignment may see is no answer for another. */
    g_autofree char *prefix = g_strjoin("|", client->origin, copy.hsa_id ? copy.hsa_id : "",
                                        copy.commission_hsa_id ? copy.commission_hsa_id : "", "", NULL);
    if (g_strcmp0(prefix, client->cache_prefix) == 0)
        return;
    scope_close(client->session);
    client->session = scope_new();
    g_free(client->cache_prefix);
    client->cache_prefix = g_steal_pointer(&prefix);
}

Scope *client_session(Client *client)
{
    return client->session;
}

Client *client_new(const ClientConfig *config, GError **error)
{
    Net *net = net_new(&config->net, error);
    if (!net)
        return NULL;
    Client *client = g_new0(Client, 1);
    client->net = net;
    client->scope = scope_new();
    client->store = config->store;
    client->store_data = config->store_data;
    client->auth = config->auth;
    client->auth_data = config->auth_data;
    client->origin = g_strconcat(config->net.origin, config->net.base_path, NULL);
    client->abilities = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    client->written = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    client->writing = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    client->follows = g_ptr_array_new();
    client->etags = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    client->last_good = INSTANT_NONE;
    home_begin(client, NULL);
    client_abilities_clear(client);
    client->audit = audit_new(client);
    client->poll = poll_new(client);
    client_set_identity(client, &config->identity);
    return client;
}

void client_free(Client *client)
{
    if (!client)
        return;
    scope_close(client->session);
    scope_close(client->scope);
    fhir_home_unref(client->home);
    g_hash_table_unref(client->etags);
    if (client->ask_later)
        clock_timer_cancel(client->ask_later);
    poll_free(client->poll);
    audit_free(client->audit);
    client_calls_close(client);
    client_listen_end(client);
    follow_close(client);
    net_free(client->net);
    g_hash_table_unref(client->abilities);
    g_free(client->software);
    g_free(client->fhir_version);
    g_hash_table_unref(client->written);
    g_hash_table_unref(client->writing);
    identity_clear(&client->identity);
    g_free(client->origin);
    g_free(client->cache_prefix);
    g_free(client);
}

Net *client_net(Client *client)
{
    return client->net;
}

void client_heard(Client *client, gboolean good)
{
    gboolean was = client->online, first = !client->heard;
    client->heard = TRUE;
    if (good)
        client->last_good = clock_real_us();
    client->online = good;
    if (good != was || first)
        event_emit(&(Event){.kind = EVENT_CONNECTION, .text = good ? "online" : "offline"});
    if (good && !was) {
        audit_pump(client->audit);
        outbox_ask_now(client);
    }
}

gboolean client_online(const Client *client, Instant *ret_since)
{
    if (ret_since)
        *ret_since = client->last_good;
    return client->online;
}

gint64 client_age_us(const Client *client)
{
    return client->last_good == INSTANT_NONE ? -1 : clock_real_us() - client->last_good;
}

void client_set_written(Client *client, const char *patient)
{
    gint64 *at = g_new(gint64, 1);
    *at = clock_real_us();
    g_hash_table_replace(client->written, g_strdup(patient ? patient : ""), at);
}

Instant client_written_at(const Client *client, const char *patient)
{
    if (patient) {
        const gint64 *at = g_hash_table_lookup(client->written, patient);
        return at ? *at : INSTANT_NONE;
    }
    /* A list over patients is touched by any write. */
    Instant last = INSTANT_NONE;
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, client->written);
    while (g_hash_table_iter_next(&iter, NULL, &value))
        last = MAX(last, *(gint64 *)value);
    return last;
}

char *client_new_uuid(void)
{
    g_autofree char *uuid = g_uuid_string_random();
    return g_strconcat("urn:uuid:", uuid, NULL);
}
