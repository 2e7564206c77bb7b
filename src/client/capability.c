/* SPDX-License-Identifier: GPL-3.0-or-later
 * What the core says it can, and the dialect that follows from it. */
#include <glib/gi18n-lib.h>
#include <string.h>
#include "base/limits.h"
#include "client/internal.h"

#define TRAINING_MARK "ÖVNING" /* in CapabilityStatement.implementation.description */

/* By the software's own name; the first row that fits, the last fits all. What the
 * CapabilityStatement can say itself (transactions, conditional writes …) is not repeated here. */
static const struct {
    const char *software; /* part of software.name, any case */
    ClientDialect dialect;
} dialects[] = {
    {"rond-core", {.name = "rond-core", .page_size = LIMIT_PAGE_ENTRIES}},
    {"millennium",
     {.name = "oracle",
      .page_size = 100,
      .note_single_xhtml = TRUE,
      .booking_without_times = TRUE}},
    {"cerner",
     {.name = "oracle",
      .page_size = 100,
      .note_single_xhtml = TRUE,
      .booking_without_times = TRUE}},
    {"hapi", {.name = "hapi", .page_size = LIMIT_PAGE_ENTRIES}},
    {"medplum", {.name = "medplum", .page_size = LIMIT_PAGE_ENTRIES}},
    {"", {.name = "other", .page_size = 100}},
};

void client_abilities_clear(Client *client)
{
    g_hash_table_remove_all(client->abilities);
    client->dialect = (ClientDialect){.name = "other", .page_size = 100};
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
    if (fhir_bool(resource, "conditionalCreate"))
        note(client, type, " !", "create");
    if (fhir_bool(resource, "updateCreate"))
        note(client, type, " !", "update-create");
}

static void choose(Client *client, const FhirResource *statement)
{
    FhirNode root = fhir_root(statement);
    g_autofree char *name = fhir_string(root, "software.name");
    g_autofree char *lower = g_ascii_strdown(name ? name : "", -1);
    client_abilities_clear(client);
    for (guint i = 0; i < G_N_ELEMENTS(dialects); i++) {
        if (strstr(lower, dialects[i].software)) {
            client->dialect = dialects[i].dialect;
            break;
        }
    }
    g_autofree char *description = fhir_string(root, "implementation.description");
    client->dialect.training = description && strstr(description, TRAINING_MARK);
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
    g_autoptr(FhirResource) statement = answer ? fhir_resource_parse(answer->body, NULL) : NULL;
    if (statement && g_str_equal(fhir_type(statement), "CapabilityStatement"))
        choose(d->client, statement);
    else if (!error)
        error = own = client_error_unreadable(answer->body, answer->request_id);
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

gboolean client_has_conditional_create(const Client *client, const char *type)
{
    return noted(client, type, " !", "create");
}

gboolean client_has_update_create(const Client *client, const char *type)
{
    return noted(client, type, " !", "update-create");
}
