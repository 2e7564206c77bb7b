/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/basket-sign.h"

#include <glib/gi18n.h>
#include <string.h>

#include "chart/medication.h"
#include "chart/patient.h"
#include "chart/record-words.h"
#include "fhir/build.h"
#include "fhir/outcome.h"

typedef struct {
    GPtrArray *ids;   /* char*, of the items */
    GPtrArray *sent;  /* FhirResource* */
    Instant now;
    BasketSignedFn fn;
    gpointer data;
    Scope *scope; /* the caller's: closing it drops the callback */
    guint scope_id;
} Signing;

/* ---- one order ---- */

static const char *fhir_severity(CheckSeverity s)
{
    return s == CHECK_STOP ? "high" : s == CHECK_HIGH ? "high" : s == CHECK_MEDIUM ? "moderate" : "low";
}

/* The warning that was gone past and the reason, inside the order: they are never apart. */
static char *issue_json(const CheckLine *c, const char *reason, guint n, const char *patient_id,
                        const BasketWriting *w, GError **error)
{
    g_autoptr(FhirBuild) b = fhir_build_new("DetectedIssue");
    g_autofree char *id = g_strdup_printf("varning-%u", n);
    fhir_b_string(b, "id", id);
    fhir_b_string(b, "status", "final");
    fhir_b_string(b, "severity", fhir_severity(c->severity));
    fhir_b_reference(b, "patient", "Patient", patient_id, NULL);
    fhir_b_instant(b, "identifiedDateTime", w->now);
    fhir_b_string(b, "detail", c->record);
    fhir_b_array(b, "mitigation");
    fhir_b_object(b, NULL);
    fhir_b_concept(b, "action", NULL, NULL, NULL, reason);
    fhir_b_instant(b, "date", w->now);
    fhir_b_reference(b, "author", "Practitioner", w->practitioner, w->name);
    fhir_b_end(b);
    fhir_b_end(b);
    g_autoptr(FhirResource) r = fhir_build_finish(b, error);
    if (!r)
        return NULL;
    gsize n_text;
    const char *text = g_bytes_get_data(fhir_text(r), &n_text);
    return g_strndup(text, n_text);
}

static gboolean add_reason(FhirEdit *e, const CheckLine *c, const char *reason, guint n, const char *patient_id,
                           const BasketWriting *w, GError **error)
{
    g_autofree char *issue = issue_json(c, reason, n, patient_id, w, error);
    if (!issue)
        return FALSE;
    g_autofree char *ref = g_strdup_printf("{\"reference\":\"#varning-%u\"}", n);
    g_autofree char *words = record_text(RW_OVERRIDDEN, c->record, reason);
    g_autofree char *path = NULL;
    fhir_edit_append(e, "contained", issue);
    fhir_edit_append(e, "detectedIssue", ref);
    fhir_edit_append(e, "note", "{\"text\":\"-\"}");
    path = g_strdup_printf("note[%u].text", n + 1); /* note[0] is the follow-up */
    fhir_edit_set_string(e, path, words);
    return TRUE;
}

FhirResource *basket_order_resource(const BasketItem *item, const char *patient_id, const char *patient_name,
                                    const BasketWriting *w, GError **error)
{
    MedicationContext c = {
        .uuid = item->id, .patient_id = patient_id, .patient_display = patient_name, .encounter_id = w->encounter,
        .requester_type = "Practitioner", .requester_id = w->practitioner, .requester_display = w->name,
        .authored = w->now, .inpatient = w->inpatient,
        .prescriber_code = w->prescriber_code, .workplace_code = w->workplace_code,
    };
    if (basket_item_unanswered(item)) {
        g_set_error_literal(error, CHART_ERROR, CHART_ERROR_INCOMPLETE, _("A warning has no reason given for it"));
        return NULL;
    }
    g_autoptr(FhirResource) plain = medication_from_order(item->order, &c, error);
    if (!plain)
        return NULL;
    g_autoptr(FhirEdit) e = fhir_edit_new(plain);
    guint n = 0;
    for (guint i = 0; item->checks && i < item->checks->len; i++) {
        const CheckLine *l = item->checks->pdata[i];
        if (check_needs_reason(l) && !add_reason(e, l, g_hash_table_lookup(item->answers, l->key), n++, patient_id, w, error))
            return NULL;
    }
    return n ? fhir_edit_finish(e, error) : g_steal_pointer(&plain);
}

/* ---- all of them ---- */

static void signed_free(gpointer p)
{
    BasketSigned *s = p;
    g_free(s->id);
    g_free(s->version);
    g_free(s->text);
    g_free(s);
}

/* The core may write JSON another way and add to it; what a person would read must be the same. */
static gboolean same_order(const FhirResource *sent, const FhirResource *held, Instant now)
{
    g_autoptr(MedicationRow) a = medication_row(sent, NULL, now), b = medication_row(held, NULL, now);
    return a && b && strcmp(a->name, b->name) == 0 && g_strcmp0(a->atc, b->atc) == 0 &&
           strcmp(a->dosage, b->dosage) == 0 && a->as_needed == b->as_needed && g_strcmp0(a->reason, b->reason) == 0 &&
           g_strcmp0(a->supply, b->supply) == 0 && a->since / G_TIME_SPAN_SECOND == b->since / G_TIME_SPAN_SECOND &&
           a->until / G_TIME_SPAN_SECOND == b->until / G_TIME_SPAN_SECOND && a->state == b->state;
}

static BasketSigned *outcome_of(const Signing *s, guint i, const ClientWriteResult *result)
{
    const ClientWriteItem *item = result && i < result->items->len ? result->items->pdata[i] : NULL;
    BasketSigned *out = g_new0(BasketSigned, 1);
    out->id = g_strdup(s->ids->pdata[i]);
    out->outcome = WRITTEN_NOT_SENT;
    if (!item || result->never_sent)
        return out;
    out->text = g_strdup(written_against(item));
    switch (item->state) {
    case OUTBOX_CONFIRMED:
        out->outcome = !item->resource                                               ? WRITTEN_UNREAD
                       : same_order(s->sent->pdata[i], item->resource, s->now) ? WRITTEN_DONE
                                                                                 : WRITTEN_DIFFERS;
        out->version = item->resource ? g_strdup(fhir_version_id(item->resource)) : NULL;
        break;
    case OUTBOX_REFUSED:
    case OUTBOX_CONFLICT:
        out->outcome = WRITTEN_REFUSED;
        break;
    case OUTBOX_PREPARED:
        break;
    case OUTBOX_SENDING:
    case OUTBOX_UNKNOWN:
        out->outcome = WRITTEN_UNKNOWN;
        break;
    }
    return out;
}

static void signing_free(gpointer p)
{
    Signing *s = p;
    g_ptr_array_unref(s->ids);
    g_ptr_array_unref(s->sent);
    g_free(s);
}

static void on_written(const ClientWriteResult *result, const GError *error, gpointer data)
{
    Signing *s = data;
    g_autoptr(GPtrArray) results = g_ptr_array_new_with_free_func(signed_free);
    for (guint i = 0; i < s->ids->len; i++)
        g_ptr_array_add(results, outcome_of(s, i, result));
    scope_remove(s->scope, s->scope_id);
    s->fn(results, error, s->data);
    signing_free(s);
}

gboolean basket_sign(Client *client, Scope *scope, PatientCtx *patient, const GPtrArray *items,
                     const BasketWriting *w, BasketSignedFn fn, gpointer data, GError **error)
{
    g_autofree char *name = chart_patient_list_name(patient_ctx_patient(patient));
    Signing *s = g_new0(Signing, 1);
    *s = (Signing){.ids = g_ptr_array_new_with_free_func(g_free),
                   .sent = g_ptr_array_new_with_free_func((GDestroyNotify)fhir_resource_unref),
                   .now = w->now, .fn = fn, .data = data};
    g_autoptr(GArray) writes = g_array_new(FALSE, TRUE, sizeof(ClientWrite));
    g_autoptr(GPtrArray) identifiers = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < items->len; i++) {
        const BasketItem *item = items->pdata[i];
        FhirResource *r = basket_order_resource(item, patient_ctx_id(patient), name, w, error);
        if (!r) {
            signing_free(s);
            return FALSE;
        }
        char *urn = g_strdup_printf("urn:uuid:%s", item->id);
        g_ptr_array_add(s->sent, r);
        g_ptr_array_add(s->ids, g_strdup(item->id));
        g_ptr_array_add(identifiers, urn);
        ClientWrite write = {.kind = CLIENT_CREATE, .resource = r, .identifier = urn, .provenance = "author"};
        g_array_append_val(writes, write);
    }
    s->scope = scope;
    s->scope_id = scope_add(scope, signing_free, s);
    client_write(client, scope, patient, (const ClientWrite *)(gpointer)writes->data, writes->len, on_written, s);
    return TRUE;
}
