/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "client/send.h"
#include <string.h>
#include "base/clock.h"
#include "fhir/build.h"
#include "fhir/outcome.h"

/* ---- what an answer means ------------------------------------------------------------------ */

static WriteEvent event_of_error(const GError *error)
{
    if (client_error_never_sent(error))
        return ON_NEVER_SENT;
    guint status = client_error_status(error);
    switch ((ClientErrorCode)error->code) {
    case CLIENT_ERROR_LOGIN:
        return ON_NEVER_SENT; /* 401: turned away at the door */
    case CLIENT_ERROR_CONFLICT:
    case CLIENT_ERROR_LOCKED:
        return ON_CONFLICT;
    case CLIENT_ERROR_FORBIDDEN:
    case CLIENT_ERROR_NOT_FOUND:
    case CLIENT_ERROR_REFUSED:
        return status == 408 ? ON_SILENCE : status == 429 ? ON_NEVER_SENT : ON_REFUSED;
    case CLIENT_ERROR_SERVER:
        return status == 501 ? ON_REFUSED : ON_SILENCE;
    case CLIENT_ERROR_OFFLINE:
    case CLIENT_ERROR_ANSWER:
    case CLIENT_ERROR_PATIENT:
    case CLIENT_ERROR_AUDIT:
    case CLIENT_ERROR_STORE:
    case CLIENT_ERROR_ASKED:
    case CLIENT_ERROR_SETTLED:
        return ON_SILENCE;
    }
    return ON_SILENCE;
}

static WriteEvent event_of_status(int status)
{
    if (status >= 200 && status < 300)
        return ON_OK;
    if (status == 409 || status == 412 || status == 423)
        return ON_CONFLICT;
    return status >= 400 && status < 500 ? ON_REFUSED : ON_SILENCE;
}

static void keep_error(Write *w, const GError *error)
{
    g_clear_error(&w->error);
    w->error = g_error_copy(error);
    const char *id = client_error_request_id(error);
    if (id) {
        g_free(w->request_id);
        w->request_id = g_strdup(id);
    }
}

/* "…/Type/id/_history/v" or "Type/id" */
static char *id_in_location(const char *type, const char *location)
{
    g_auto(GStrv) steps = g_strsplit(location ? location : "", "/", -1);
    char *id = NULL;
    for (char **s = steps; *s; s++) {
        if (g_str_equal(*s, type) && s[1] && *s[1]) {
            g_free(id);
            id = g_strdup(s[1]);
        }
    }
    return id;
}

static void take_done(const Write *w, Item *item, const FhirResource *r, const char *etag, const char *location,
                      guint status)
{
    client_observe(w->client, r ? SEEN_WHOLE : SEEN_EMPTY);
    if (item->kind == CLIENT_CREATE)
        client_observe(w->client, location ? SEEN_LOCATION : SEEN_NO_LOCATION);
    item->out.status = status;
    if (!item->id)
        item->id = r && g_str_equal(fhir_type(r), item->type) && fhir_id(r)
                       ? g_strdup(fhir_id(r))
                       : id_in_location(item->type, location);
    if (r && g_str_equal(fhir_type(r), item->type) && g_strcmp0(fhir_id(r), item->id) == 0)
        item->out.resource = fhir_resource_ref(r);
    if (item->out.resource)
        etag_note(w->client, r, etag);
    g_free(item->out.etag);
    item->out.etag = g_strdup(etag);
    const char *version = r ? fhir_version_id(r) : NULL;
    g_free(item->made);
    item->made = etag ? g_strdup(etag) : version ? g_strdup_printf("W/\"%s\"", version) : NULL;
}

/* ---- one transaction ----------------------------------------------------------------------- */

static void add_issues(Item *item, const GPtrArray *issues, gboolean only, guint index)
{
    g_ptr_array_set_size(item->out.issues, 0);
    g_clear_pointer(&item->issue_owner, g_ptr_array_unref);
    item->issue_owner = issues ? g_ptr_array_ref((GPtrArray *)issues) : NULL;
    for (guint i = 0; issues && i < issues->len; i++) {
        const FhirIssue *issue = issues->pdata[i];
        const char *at = issue->expression ? strstr(issue->expression, "entry[") : NULL;
        if (!only && !(at && strtoul(at + strlen("entry["), NULL, 10) == index))
            continue;
        g_ptr_array_add(item->out.issues, (gpointer)issue);
    }
}

/* While an earlier attempt may still be done, only a yes says anything: a no, or a conflict, may be its
 * doing, or be overtaken by it. */
static void answered(const Write *w, Item *item, WriteEvent event)
{
    if (event != ON_OK && clock_real_us() < item->late_until)
        event = ON_SILENCE;
    if (event == ON_SILENCE)
        item->late_until = w->sent + WRITE_LATE_US;
    item_event(item, event);
}

static void all_items(Write *w, WriteEvent event)
{
    const GPtrArray *issues = client_error_issues(w->error);
    for (guint i = 0; i < w->items->len; i++) {
        Item *item = w->items->pdata[i];
        item->out.status = client_error_status(w->error);
        add_issues(item, issues, w->items->len == 1, i);
        answered(w, item, event);
    }
}

/* Every item must be accounted for; where the answer is not whole nothing in it is trusted. */
static gboolean take_entries(Write *w, FhirBundle *bundle)
{
    if (fhir_bundle_count(bundle) < w->items->len)
        return FALSE;
    for (guint i = 0; i < w->items->len; i++) {
        const FhirEntry *entry = fhir_bundle_entry(bundle, i);
        if (!entry || event_of_status(entry->status) != ON_OK)
            return FALSE;
    }
    for (guint i = 0; i < w->items->len; i++) {
        const FhirEntry *entry = fhir_bundle_entry(bundle, i);
        Item *item = w->items->pdata[i];
        take_done(w, item, entry->resource, entry->etag, entry->location, (guint)entry->status);
        item_event(item, ON_OK);
    }
    return TRUE;
}

/* Never while an earlier attempt may still be done, whose answer this one does not tell of. */
static gboolean goes_apart(const Write *w, const GError *error)
{
    for (guint i = 0; i < w->items->len; i++)
        if (clock_real_us() < ((Item *)w->items->pdata[i])->late_until)
            return FALSE;
    return w->items->len > 1 && dialect_refuses_together(w->client, client_error_status(error), client_error_issues(error));
}

static void on_transaction(const Answer *answer, const GError *error, gpointer data)
{
    Write *w = data;
    if (error && goes_apart(w, error)) {
        w->apart = TRUE;
        w->transaction = FALSE;
        for (guint i = 0; i < w->items->len; i++)
            item_event(w->items->pdata[i], ON_NEVER_SENT);
    } else if (error) {
        keep_error(w, error);
        all_items(w, event_of_error(error));
    } else {
        g_free(w->request_id);
        w->request_id = g_strdup(answer->request_id);
        g_autoptr(FhirBundle) bundle = fhir_bundle_parse(answer->body, NULL);
        if (!bundle || !take_entries(w, bundle)) {
            g_autoptr(GError) unreadable = client_error_make(CLIENT_ERROR_ANSWER);
            keep_error(w, unreadable);
            all_items(w, ON_SILENCE);
        }
    }
    w->then(w);
}

char *write_provenance_id(const Client *client, const Item *item)
{
    static const char uuid[] = "urn:uuid:";
    if (item->kind != CLIENT_CREATE || !item->out.identifier || !g_str_has_prefix(item->out.identifier, uuid) ||
        !client_has_update_create(client, "Provenance") || !client_can(client, "Provenance", "update"))
        return NULL;
    return g_strdup(item->out.identifier + strlen(uuid));
}

static FhirResource *provenance_of(const Write *w, const Item *item, const char *id)
{
    const ClientIdentity *who = &w->client->identity;
    g_autoptr(FhirBuild) b = fhir_build_new("Provenance");
    fhir_b_string(b, "id", id);
    g_autofree char *target = item->kind == CLIENT_CREATE
                                  ? g_strdup(item->full_url)
                                  : g_strconcat(item->type, "/", item->id, NULL);
    fhir_b_array(b, "target");
    fhir_b_object(b, NULL);
    fhir_b_string(b, "reference", target);
    fhir_b_end(b);
    fhir_b_end(b);
    fhir_b_instant(b, "recorded", clock_clinical_us());
    if (item->reason) {
        fhir_b_array(b, "reason");
        fhir_b_concept(b, NULL, NULL, NULL, NULL, item->reason);
        fhir_b_end(b);
    }
    fhir_b_concept(b, "activity", "http://terminology.hl7.org/CodeSystem/v3-DataOperation",
                   item->kind == CLIENT_CREATE ? "CREATE" : "UPDATE", NULL, NULL);
    fhir_b_array(b, "agent");
    fhir_b_object(b, NULL);
    fhir_b_concept(b, "type", "http://terminology.hl7.org/CodeSystem/provenance-participant-type",
                   item->provenance, NULL, NULL);
    fhir_b_reference(b, "who", "Practitioner", who->practitioner_id, who->name);
    if (who->unit_id)
        fhir_b_reference(b, "onBehalfOf", "Organization", who->unit_id, who->unit_name);
    fhir_b_end(b);
    fhir_b_end(b);
    return fhir_build_finish(b, NULL);
}

static char *condition_of(const Write *w, const Item *item)
{
    if (item->kind != CLIENT_CREATE)
        return g_strdup(item->if_match);
    if (!item->out.identifier || client_type(item->type)->identifier == IDENTIFIER_NONE ||
        !client_has_conditional_create(w->client, item->type))
        return NULL;
    return g_strconcat("identifier=urn:ietf:rfc:3986|", item->out.identifier, NULL);
}

void write_send_transaction(Write *w, WriteStep then)
{
    w->then = then;
    g_autoptr(FhirTx) tx = fhir_tx_new("transaction");
    for (guint i = 0; i < w->items->len; i++) {
        const Item *item = w->items->pdata[i];
        g_autoptr(FhirResource) r =
            item_expected(item); /* a patch goes as the whole resource, under If-Match */
        g_autofree char *condition = condition_of(w, item);
        g_autofree char *url = item->kind == CLIENT_CREATE
                                   ? g_strdup(item->type)
                                   : g_strconcat(item->type, "/", item->id, NULL);
        gboolean create = item->kind == CLIENT_CREATE;
        fhir_tx_add(tx, create ? "POST" : "PUT", url, create ? item->full_url : NULL, condition, r);
    }
    for (guint i = 0; i < w->items->len; i++) {
        const Item *item = w->items->pdata[i];
        g_autofree char *id = item->provenance ? write_provenance_id(w->client, item) : NULL;
        g_autofree char *url = id ? g_strconcat("Provenance/", id, NULL) : g_strdup("Provenance");
        g_autoptr(FhirResource) r = item->provenance ? provenance_of(w, item, id) : NULL;
        if (r)
            fhir_tx_add(tx, id ? "PUT" : "POST", url, NULL, NULL, r);
    }
    g_autoptr(GBytes) body = fhir_tx_finish(tx);
    CallSpec spec = {.method = NET_POST, .url = "", .body = body, .representation = TRUE};
    client_call(w->client, w->client->scope, &spec, on_transaction, w);
}

/* ---- one item ------------------------------------------------------------------------------ */

static void on_item(const Answer *answer, const GError *error, gpointer data)
{
    Write *w = data;
    Item *item = w->items->pdata[w->at];
    if (error) {
        if (!item->undo) /* why it was not done is told, not what came of taking it back */
            keep_error(w, error);
        item->out.status = client_error_status(error);
        add_issues(item, client_error_issues(error), TRUE, 0);
        answered(w, item, event_of_error(error));
    } else {
        if (!item->undo) {
            g_free(w->request_id);
            w->request_id = g_strdup(answer->request_id);
        }
        gboolean any = g_bytes_get_size(answer->body) > 0;
        g_autoptr(FhirResource) r = any ? fhir_resource_parse(answer->body, NULL) : NULL;
        take_done(w, item, r, answer->etag, answer->location, answer->status);
        /* A page of another kind with status 200 is no receipt. */
        answered(w, item, item->id && (!any || r) ? ON_OK : ON_SILENCE);
    }
    w->then(w);
}

void write_send_item(Write *w, WriteStep then)
{
    w->then = then;
    const Item *item = w->items->pdata[w->at];
    Client *client = w->client;
    g_autofree char *condition = condition_of(w, item);
    if (item->kind == CLIENT_CREATE) {
        CallSpec spec = {.method = NET_POST,
                         .url = item->type,
                         .body = fhir_text(item->resource),
                         .if_none_exist = condition,
                         .representation = TRUE};
        client_call(client, client->scope, &spec, on_item, w);
        return;
    }
    g_autofree char *url = g_strconcat(item->type, "/", item->id, NULL);
    gboolean patch = item->patch && client_can(client, item->type, "patch");
    g_autoptr(FhirResource) whole = patch ? NULL : item_expected(item);
    CallSpec spec = {.method = patch ? NET_PATCH : NET_PUT,
                     .url = url,
                     .body = patch ? item->patch : fhir_text(whole),
                     .content_type = patch ? "application/json-patch+json" : NULL,
                     .if_match = condition,
                     .representation = TRUE};
    client_call(client, client->scope, &spec, on_item, w);
}
