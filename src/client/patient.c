/* SPDX-License-Identifier: GPL-3.0-or-later
 * The captured patient, and the one way to it. */
#include "base/clock.h"
#include "base/event.h"
#include "client/internal.h"

struct PatientCtx {
    int refs;
    char *id, *reason;
    FhirResource *patient;
    GHashTable *read; /* type -> AuditEntry* */
};

PatientCtx *patient_ctx_ref(PatientCtx *ctx)
{
    ctx->refs++;
    return ctx;
}

void patient_ctx_unref(PatientCtx *ctx)
{
    if (!ctx || --ctx->refs > 0)
        return;
    fhir_resource_unref(ctx->patient);
    g_hash_table_unref(ctx->read);
    g_free(ctx->id);
    g_free(ctx->reason);
    g_free(ctx);
}

const char *patient_ctx_id(const PatientCtx *ctx)
{
    return ctx->id;
}

const FhirResource *patient_ctx_patient(const PatientCtx *ctx)
{
    return ctx->patient;
}

const char *patient_ctx_reason(const PatientCtx *ctx)
{
    return ctx->reason;
}

AuditEntry *patient_ctx_audit(Client *client, PatientCtx *ctx, const char *type)
{
    AuditEntry *entry = g_hash_table_lookup(ctx->read, type);
    if (!entry || audit_entry_failed(entry)) {
        entry = audit_log(client, AUDIT_READ, ctx->id, ctx->reason, (const char *const[]){type, NULL});
        g_hash_table_replace(ctx->read, g_strdup(type), entry);
    }
    return entry;
}

static void entry_free(gpointer entry)
{
    audit_entry_unref(entry);
}

/* One event says all that the opening reads: the patient and @types. */
static void log_opening(Client *client, PatientCtx *ctx, const char *const *types)
{
    g_autoptr(GPtrArray) what = g_ptr_array_new();
    g_ptr_array_add(what, (gpointer) "Patient");
    for (; types && *types; types++)
        if (!g_ptr_array_find_with_equal_func(what, *types, g_str_equal, NULL))
            g_ptr_array_add(what, (gpointer)*types);
    g_ptr_array_add(what, NULL);
    AuditEntry *entry =
        audit_log(client, AUDIT_OPEN, ctx->id, ctx->reason, (const char *const *)what->pdata);
    for (guint i = 0; what->pdata[i]; i++)
        g_hash_table_insert(ctx->read, g_strdup(what->pdata[i]),
                            i ? audit_entry_ref(entry) : entry);
}

static PatientCtx *ctx_new(Client *client, const char *id, const char *reason,
                           const char *const *types)
{
    PatientCtx *ctx = g_new0(PatientCtx, 1);
    ctx->refs = 1;
    ctx->id = g_strdup(id);
    ctx->reason = g_strdup(reason && *reason ? reason : "TREAT");
    ctx->read = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, entry_free);
    log_opening(client, ctx, types);
    return ctx;
}

typedef struct {
    PatientCtx *ctx;
    gboolean told;
    ClientPatientFn fn;
    gpointer data;
} Opening;

static void opening_end(gpointer data)
{
    Opening *o = data;
    patient_ctx_unref(o->ctx);
    g_free(o);
}

static void take_patient(Opening *o, const FhirResource *r)
{
    gboolean newer =
        o->ctx->patient && g_strcmp0(fhir_version_id(o->ctx->patient), fhir_version_id(r)) != 0;
    FhirResource *old = o->ctx->patient;
    o->ctx->patient = fhir_resource_ref(r);
    fhir_resource_unref(old);
    if (newer)
        event_emit(&(Event){.kind = EVENT_RESOURCE_CHANGED,
                            .type = "Patient",
                            .id = o->ctx->id,
                            .patient = o->ctx->id});
}

static void on_patient(const ClientResult *result, const GError *error, gboolean done,
                       gpointer data)
{
    Opening *o = data;
    if (result && result->items->len == 1)
        take_patient(o, result->items->pdata[0]);
    if (o->told || (!o->ctx->patient && !done))
        return;
    o->told = TRUE;
    if (o->ctx->patient) {
        g_autoptr(PatientCtx) ctx = patient_ctx_ref(o->ctx);
        o->fn(ctx, NULL, o->data);
        return;
    }
    g_autoptr(GError) own = error ? NULL : client_error_make(CLIENT_ERROR_NOT_FOUND);
    o->fn(NULL, error ? error : own, o->data);
}

void client_open_patient(Client *client, Scope *scope, const char *patient_id, const char *reason,
                         ClientPatientFn fn, gpointer data)
{
    client_open_chart(client, scope, patient_id, reason, NULL, fn, data);
}

void client_open_chart(Client *client, Scope *scope, const char *patient_id, const char *reason,
                       const char *const *types, ClientPatientFn fn, gpointer data)
{
    Opening *o = g_new0(Opening, 1);
    *o = (Opening){.ctx = ctx_new(client, patient_id, reason, types), .fn = fn, .data = data};
    scope_add(scope, opening_end, o);
    client_read(client, scope, o->ctx, "Patient", patient_id, CLIENT_DEFAULT, on_patient, o);
}
