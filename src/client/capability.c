/* SPDX-License-Identifier: GPL-3.0-or-later
 * What the core says it can, and the dialect that follows from it. */
#include <glib/gi18n-lib.h>
#include <string.h>
#include "client/internal.h"

#define TRAINING_MARK "ÖVNING" /* in CapabilityStatement.implementation.description */

void client_abilities_clear(Client *client)
{
    g_hash_table_remove_all(client->abilities);
    client->dialect = dialect_recognise(NULL, NULL, NULL);
}

static void note(Client *client, const char *type, const char *mark, const char *what)
{
    if (type && what)
        g_hash_table_add(client->abilities, g_strconcat(type, mark, what, NULL));
}

static gboolean noted(const Client *client, const char *type, const char *mark, const char *what)
{
    g_autofree char *key = g_strconcat(type, mark, what, NULL);
    return g_hash_table_contains(client->abilities, key);
}

/* A type of which the statement names no interaction, or no search parameter, is noted as silent: what is
 * not spoken of is not known to be missing. */
static void read_type(Client *client, FhirNode resource)
{
    g_autofree char *type = fhir_string(resource, "type");
    for (FhirNode n = fhir_first(fhir_at(resource, "interaction")); fhir_exists(n);
         n = fhir_next(n)) {
        g_autofree char *code = fhir_string(n, "code");
        note(client, type, " ", code);
    }
    for (FhirNode n = fhir_first(fhir_at(resource, "searchParam")); fhir_exists(n);
         n = fhir_next(n)) {
        g_autofree char *name = fhir_string(n, "name");
        note(client, type, " ?", name);
    }
    for (FhirNode n = fhir_first(fhir_at(resource, "operation")); fhir_exists(n); n = fhir_next(n)) {
        g_autofree char *name = fhir_string(n, "name");
        note(client, type, " $", name && *name == '$' ? name + 1 : name); /* some write the sign too */
    }
    if (!fhir_exists(fhir_at(resource, "interaction[0]")))
        note(client, type, " ", "");
    if (!fhir_exists(fhir_at(resource, "searchParam[0]")))
        note(client, type, " ?", "");
    if (fhir_bool(resource, "conditionalCreate"))
        note(client, type, " !", "create");
    if (fhir_bool(resource, "updateCreate"))
        note(client, type, " !", "update-create");
}

static void choose(Client *client, const FhirResource *statement, const char *headers)
{
    FhirNode root = fhir_root(statement);
    client_abilities_clear(client);
    client->dialect = dialect_recognise(statement, headers, &client->by_headers);
    g_autofree char *description = fhir_string(root, "implementation.description");
    client->dialect.training = description && strstr(description, TRAINING_MARK);
    dialect_note_software(client, statement);
    home_begin(client, statement);
    FhirNode rest = fhir_at(root, "rest[0]");
    for (FhirNode n = fhir_first(fhir_at(rest, "resource")); fhir_exists(n); n = fhir_next(n))
        read_type(client, n);
    for (FhirNode n = fhir_first(fhir_at(rest, "interaction")); fhir_exists(n); n = fhir_next(n)) {
        client->dialect.transaction |= fhir_is(n, "code", "transaction");
        client->dialect.batch |= fhir_is(n, "code", "batch");
    }
    client->dialect.known = TRUE;
}

typedef struct {
    Client *client;
    ClientDoneFn fn;
    gpointer data;
} Discover;

static void on_metadata(const Answer *answer, const GError *error, gpointer data)
{
    Discover *d = data;
    g_autoptr(GError) own = NULL;
    if (answer) {
        g_autoptr(FhirResource) statement = fhir_resource_parse(answer->body, NULL);
        if (statement && g_str_equal(fhir_type(statement), "CapabilityStatement"))
            choose(d->client, statement, answer->server);
        else
            own = client_error_unreadable(answer->body, answer->request_id);
        error = own;
    }
    if (!error)
        audit_pump(d->client->audit);
    d->fn(error, d->data);
}

static void discover_end(gpointer data)
{
    g_free(data);
}

void client_discover(Client *client, Scope *scope, ClientDoneFn fn, gpointer data)
{
    Discover *d = g_new(Discover, 1);
    *d = (Discover){client, fn, data};
    scope_add(scope, discover_end,
              d); /* freed with the scope: the call may end without a callback */
    client_call(client, scope, &(CallSpec){.url = "metadata"}, on_metadata, d);
}

const char *client_wrong_world(const Client *client, gboolean training_profile)
{
    if (!client->dialect.known)
        return N_("The core has not said what it is, so nothing was opened. Try again, or ask support");
    if (client->dialect.training && !training_profile)
        return N_("This core is a training environment. It is not used for real patients; ask support to correct "
                  "core.url");
    if (!client->dialect.training && training_profile)
        return N_("This core is no training environment, so no exercise is done there");
    return NULL;
}

const ClientDialect *client_dialect(const Client *client)
{
    return &client->dialect;
}

gboolean client_can(const Client *client, const char *type, const char *interaction)
{
    return noted(client, type, " ", interaction);
}

gboolean client_has_search(const Client *client, const char *type, const char *parameter)
{
    return noted(client, type, " ?", parameter);
}

gboolean client_can_operate(const Client *client, const char *type, const char *operation)
{
    return noted(client, type, " $", operation);
}

gboolean client_has_conditional_create(const Client *client, const char *type)
{
    return noted(client, type, " !", "create");
}

gboolean client_has_update_create(const Client *client, const char *type)
{
    return noted(client, type, " !", "update-create");
}
