/* SPDX-License-Identifier: GPL-3.0-or-later
 * Who read what about whom, when, on which assignment: an AuditEvent that is durable before the
 * reading, which waits for it, then delivered in order. A PUT with our id may be repeated; where the
 * core makes no resource by PUT it is a POST, and then an event may come twice rather than never. */
#include <string.h>
#include "base/clock.h"
#include "base/log.h"
#include "client/internal.h"
#include "fhir/build.h"

#define CODES "http://terminology.hl7.org/CodeSystem/"
enum { RETRY_MS = 30 * 1000 };

struct Audit {
    Client *client;
    GPtrArray *writing; /* AuditEntry*: handed to the store, which has not answered */
    gboolean sending;
    char *id; /* being sent */
    guint retry, idle;
    guint refused;
};

/* ---- an event on its way to the disk ------------------------------------------------------ */

struct AuditEntry {
    int refs;
    Audit *audit; /* NULL when the client went first */
    gboolean settled;
    GError *error;
    GPtrArray *waits; /* Wait* */
};

typedef struct {
    AuditEntry *entry;
    Scope *scope;
    guint scope_id;
    ClientStoredFn fn;
    gpointer data;
} Wait;

AuditEntry *audit_entry_ref(AuditEntry *e)
{
    e->refs++;
    return e;
}

void audit_entry_unref(AuditEntry *e)
{
    if (!e || --e->refs > 0)
        return;
    g_ptr_array_unref(e->waits);
    g_clear_error(&e->error);
    g_free(e);
}

gboolean audit_entry_failed(const AuditEntry *e)
{
    return e->error != NULL;
}

static void on_wait_closed(gpointer data)
{
    Wait *w = data;
    g_ptr_array_remove(w->entry->waits, w);
    g_free(w);
}

void audit_await(AuditEntry *e, Scope *scope, ClientStoredFn fn, gpointer data)
{
    if (e->settled) {
        fn(e->error, data);
        return;
    }
    Wait *w = g_new(Wait, 1);
    *w = (Wait){e, scope, 0, fn, data};
    w->scope_id = scope_add(scope, on_wait_closed, w);
    g_ptr_array_add(e->waits, w);
}

static void settle(AuditEntry *e, GError *error)
{
    e->settled = TRUE;
    e->error = error;
    while (e->waits->len) { /* in the order of asking; one may close the scope of others */
        g_autofree Wait *w = g_ptr_array_steal_index(e->waits, 0);
        scope_remove(w->scope, w->scope_id);
        w->fn(error, w->data);
    }
}

static gboolean on_idle(gpointer data)
{
    Audit *a = data;
    a->idle = 0;
    audit_pump(a);
    return G_SOURCE_REMOVE;
}

/* On the disk it is safe; telling the core waits until what was asked for is painted. */
static void pump_soon(Audit *a)
{
    if (!a->idle)
        a->idle = g_idle_add_full(G_PRIORITY_LOW, on_idle, a, NULL);
}

static void on_stored(const GError *error, gpointer data)
{
    g_autoptr(AuditEntry) e = data;
    Audit *a = e->audit;
    if (!a)
        return;
    g_ptr_array_remove(a->writing, e);
    if (error)
        log_event(LOG_ERROR, "audit", "an event did not reach the disk: %d", error->code);
    settle(e, error ? client_error_make(CLIENT_ERROR_AUDIT) : NULL);
    if (!error)
        pump_soon(a);
}

gboolean audit_writing(const Audit *a)
{
    return a->writing->len > 0 || a->idle;
}

Audit *audit_new(Client *client)
{
    Audit *a = g_new0(Audit, 1);
    a->client = client;
    a->writing = g_ptr_array_new();
    return a;
}

void audit_free(Audit *a)
{
    clock_timer_cancel(a->retry);
    g_clear_handle_id(&a->idle, g_source_remove);
    for (guint i = 0; i < a->writing->len; i++)
        ((AuditEntry *)a->writing->pdata[i])->audit = NULL;
    g_ptr_array_unref(a->writing);
    g_free(a->id);
    g_free(a);
}

/* ---- what it says -------------------------------------------------------------------------- */

static void add_agents(FhirBuild *b, const ClientIdentity *who)
{
    fhir_b_array(b, "agent");
    fhir_b_object(b, NULL);
    fhir_b_object(b, "who");
    if (who->practitioner_id) {
        g_autofree char *reference = g_strconcat("Practitioner/", who->practitioner_id, NULL);
        fhir_b_string(b, "reference", reference);
    }
    if (who->hsa_id)
        fhir_b_identifier(b, "identifier", "urn:oid:1.2.752.29.4.19", who->hsa_id);
    fhir_b_string(b, "display", who->name);
    fhir_b_end(b);
    fhir_b_bool(b, "requestor", TRUE);
    fhir_b_end(b);
    if (who->commission_hsa_id || who->unit_id) { /* the assignment under which it was done */
        fhir_b_object(b, NULL);
        fhir_b_object(b, "who");
        if (who->unit_id) {
            g_autofree char *reference = g_strconcat("Organization/", who->unit_id, NULL);
            fhir_b_string(b, "reference", reference);
        }
        if (who->commission_hsa_id)
            fhir_b_identifier(b, "identifier", "urn:oid:1.2.752.29.4.19", who->commission_hsa_id);
        fhir_b_string(b, "display", who->commission_name ? who->commission_name : who->unit_name);
        fhir_b_end(b);
        fhir_b_bool(b, "requestor", FALSE);
        fhir_b_end(b);
    }
    fhir_b_end(b);
}

static void add_entity(FhirBuild *b, AuditKind kind, const char *what)
{
    fhir_b_object(b, NULL);
    fhir_b_coding(b, "type", CODES "audit-entity-type", "2", "System Object");
    if (kind == AUDIT_SEARCH) {
        g_autofree char *query = g_base64_encode((const guchar *)what, strlen(what));
        fhir_b_coding(b, "role", CODES "object-role", "24", "Query");
        fhir_b_string(b, "query", query);
    } else if (kind == AUDIT_DISCLOSE && strstr(what, "/_history/")) {
        fhir_b_object(b, "what");
        fhir_b_string(b, "reference", what);
        fhir_b_end(b);
        fhir_b_coding(b, "role", CODES "object-role", "3", "Report");
    } else {
        fhir_b_string(b, "name", what);
    }
    fhir_b_end(b);
}

static void add_entities(FhirBuild *b, AuditKind kind, const char *patient, const char *const *what)
{
    fhir_b_array(b, "entity");
    if (patient) {
        fhir_b_object(b, NULL);
        fhir_b_reference(b, "what", "Patient", patient, NULL);
        fhir_b_coding(b, "type", CODES "audit-entity-type", "1", "Person");
        fhir_b_coding(b, "role", CODES "object-role", "1", "Patient");
        fhir_b_end(b);
    }
    for (; *what; what++)
        add_entity(b, kind, *what);
    fhir_b_end(b);
}

static void add_reason(FhirBuild *b, const char *reason)
{
    gboolean code = reason && *reason;
    for (const char *p = reason; p && *p; p++)
        code = code && g_ascii_isupper(*p);
    fhir_b_array(b, "purposeOfEvent");
    if (code)
        fhir_b_concept(b, NULL, CODES "v3-ActReason", reason, NULL, NULL);
    else
        fhir_b_concept(b, NULL, NULL, NULL, NULL, reason);
    fhir_b_end(b);
}

#define REST CODES "audit-event-type", "rest", "RESTful Operation", "http://hl7.org/fhir/restful-interaction"
static const struct {
    const char *system, *type, *display, *of, *subtype, *action;
} kinds[] = {
    [AUDIT_OPEN] = {REST, "read", "R"},
    [AUDIT_READ] = {REST, "search-type", "E"},
    [AUDIT_SEARCH] = {REST, "search-type", "E"},
    [AUDIT_DISCLOSE] = {"http://dicom.nema.org/resources/ontology/DCM", "110106", "Export", CODES "iso-21089-lifecycle", "report", "R"},
};

static FhirResource *event_new(const Client *client, const char *id, AuditKind kind,
                               const char *patient, const char *reason, const char *const *what)
{
    g_autoptr(FhirBuild) b = fhir_build_new("AuditEvent");
    fhir_b_string(b, "id", id);
    fhir_b_coding(b, "type", kinds[kind].system, kinds[kind].type, kinds[kind].display);
    fhir_b_array(b, "subtype");
    fhir_b_coding(b, NULL, kinds[kind].of, kinds[kind].subtype, NULL);
    fhir_b_end(b);
    fhir_b_string(b, "action", kinds[kind].action);
    fhir_b_instant(b, "recorded", clock_clinical_us());
    fhir_b_string(b, "outcome", "0");
    if (reason)
        add_reason(b, reason);
    add_agents(b, &client->identity);
    fhir_b_object(b, "source");
    fhir_b_object(b, "observer");
    fhir_b_string(b, "display", "rond");
    fhir_b_end(b);
    fhir_b_end(b);
    add_entities(b, kind, patient, what);
    return fhir_build_finish(b, NULL);
}

AuditEntry *audit_log(Client *client, AuditKind kind, const char *patient, const char *reason,
                      const char *const *what)
{
    Audit *a = client->audit;
    AuditEntry *e = g_new0(AuditEntry, 1);
    *e = (AuditEntry){.refs = 1, .audit = a, .waits = g_ptr_array_new()};
    g_autofree char *id = g_uuid_string_random();
    g_autoptr(FhirResource) event = event_new(client, id, kind, patient, reason, what);
    if (!event) {
        log_event(LOG_ERROR, "audit", "an event could not be built");
        settle(e, client_error_make(CLIENT_ERROR_AUDIT));
        return e;
    }
    g_ptr_array_add(a->writing, e);
    client->store->audit_put(client->store_data, id, fhir_text(event), on_stored,
                             audit_entry_ref(e));
    return e;
}

typedef struct {
    Scope *scope;
    guint scope_id;
    AuditEntry *entry;
    ClientStoredFn done;
    gpointer data;
    guint idle;
} Disclosure;

static void disclosure_end(gpointer data)
{
    Disclosure *d = data;
    g_clear_handle_id(&d->idle, g_source_remove);
    audit_entry_unref(d->entry);
    g_free(d);
}

static void on_disclosure_logged(const GError *error, gpointer data)
{
    Disclosure *d = data;
    ClientStoredFn done = d->done;
    gpointer user = d->data;
    g_autoptr(GError) own = error ? g_error_copy(error) : NULL; /* the event's goes with it */
    scope_remove(d->scope, d->scope_id);
    disclosure_end(d);
    done(own, user);
}

static gboolean on_disclosure_idle(gpointer data)
{
    Disclosure *d = data;
    d->idle = 0;
    audit_await(d->entry, d->scope, on_disclosure_logged, d);
    return G_SOURCE_REMOVE;
}

void client_log_disclosure(Client *client, Scope *scope, PatientCtx *ctx, const char *const *what, ClientStoredFn done,
                           gpointer data)
{
    Disclosure *d = g_new0(Disclosure, 1);
    *d = (Disclosure){.scope = scope, .done = done, .data = data};
    d->entry = audit_log(client, AUDIT_DISCLOSE, patient_ctx_id(ctx), patient_ctx_reason(ctx), what);
    d->scope_id = scope_add(scope, disclosure_end, d);
    d->idle = g_idle_add_full(G_PRIORITY_DEFAULT, on_disclosure_idle, d, NULL);
}

/* ---- delivery ------------------------------------------------------------------------------ */

static gboolean on_retry(gpointer data)
{
    Audit *a = data;
    a->retry = 0;
    audit_pump(a);
    return G_SOURCE_REMOVE;
}

/* A refusal of this very event is final; anything else says nothing about it. */
static gboolean is_refusal(const GError *error)
{
    return error->code == CLIENT_ERROR_REFUSED || error->code == CLIENT_ERROR_NOT_FOUND ||
           error->code == CLIENT_ERROR_CONFLICT;
}

static void on_sent(const Answer *answer, const GError *error, gpointer data)
{
    Audit *a = data;
    Client *client = a->client;
    a->sending = FALSE;
    g_autofree char *id = g_steal_pointer(&a->id);
    if (!error) {
        client->store->audit_remove(client->store_data, id);
    } else if (is_refusal(error) && client_error_status(error) != 429) {
        a->refused++;
        client->store->audit_refused(client->store_data, id);
        log_event(LOG_ERROR, "audit", "event refused: status %u", client_error_status(error));
    } else {
        if (!a->retry)
            a->retry = clock_timer_add(RETRY_MS, on_retry, a);
        return;
    }
    audit_pump(a);
}

void audit_pump(Audit *a)
{
    Client *client = a->client;
    if (a->sending || a->retry || !client->dialect.known)
        return;
    gboolean put = client_has_update_create(client, "AuditEvent") &&
                   client_can(client, "AuditEvent", "update");
    if (!put && !client_can(client, "AuditEvent", "create"))
        return; /* this core takes none: they stay on disk */
    g_autoptr(GBytes) event = NULL;
    a->id = client->store->audit_next(client->store_data, &event);
    if (!a->id)
        return;
    a->sending = TRUE;
    g_autofree char *url = put ? g_strconcat("AuditEvent/", a->id, NULL) : g_strdup("AuditEvent");
    client_call(client, client->scope,
                &(CallSpec){.method = put ? NET_PUT : NET_POST, .url = url, .body = event}, on_sent,
                a);
}

void client_flush_audit(Client *client)
{
    clock_timer_cancel(client->audit->retry);
    client->audit->retry = 0;
    audit_pump(client->audit);
}

guint client_audit_stuck(const Client *client)
{
    return client->audit->refused;
}
