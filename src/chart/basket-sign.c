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
    char *id;          /* of the item */
    int old, made;     /* which of the writes; -1: none */
} Part;

typedef struct {
    GArray *parts;    /* Part, one for each item */
    GPtrArray *sent;  /* FhirResource*, one for each write */
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

static gboolean add_reason(FhirEdit *e, const CheckLine *c, const char *reason, guint issue, guint note,
                           const char *patient_id, const BasketWriting *w, GError **error)
{
    g_autofree char *json = issue_json(c, reason, issue, patient_id, w, error);
    if (!json)
        return FALSE;
    g_autofree char *ref = g_strdup_printf("{\"reference\":\"#varning-%u\"}", issue);
    g_autofree char *words = record_text(RW_OVERRIDDEN, c->record, reason);
    g_autofree char *path = g_strdup_printf("note[%u].text", note);
    fhir_edit_append(e, "contained", json);
    fhir_edit_append(e, "detectedIssue", ref);
    fhir_edit_append(e, "note", "{\"text\":\"-\"}");
    fhir_edit_set_string(e, path, words);
    return TRUE;
}

/* What is signed in spite of a warning says so; a warning without a reason is never signed over. Takes @plain. */
static FhirResource *with_reasons(const BasketItem *item, FhirResource *plain, const char *patient_id, const BasketWriting *w,
                                  GError **error)
{
    g_autoptr(FhirResource) r = plain;
    if (basket_item_unanswered(item)) {
        g_set_error_literal(error, CHART_ERROR, CHART_ERROR_INCOMPLETE, _("A warning has no reason given for it"));
        return NULL;
    }
    g_autoptr(FhirEdit) e = r ? fhir_edit_new(r) : NULL;
    guint issues = r ? fhir_count(fhir_at(fhir_root(r), "contained")) : 0, n = 0;
    guint notes = r ? fhir_count(fhir_at(fhir_root(r), "note")) : 0;
    for (guint i = 0; r && item->checks && i < item->checks->len; i++) {
        const CheckLine *l = item->checks->pdata[i];
        if (!check_needs_reason(l))
            continue;
        if (!add_reason(e, l, g_hash_table_lookup(item->answers, l->key), issues + n, notes + n, patient_id, w, error))
            return NULL;
        n++;
    }
    return n ? fhir_edit_finish(e, error) : g_steal_pointer(&r);
}

FhirResource *basket_order_resource(const BasketItem *item, const char *patient_id, const char *patient_name,
                                    const BasketWriting *w, GError **error)
{
    g_autofree char *prior = item->change ? g_strdup(fhir_id(item->base)) : NULL;
    MedicationContext c = {
        .prior_id = prior, .uuid = item->id, .patient_id = patient_id, .patient_display = patient_name, .encounter_id = w->encounter,
        .requester_type = "Practitioner", .requester_id = w->practitioner, .requester_display = w->name,
        .authored = w->now, .inpatient = item->change ? medication_is_inpatient(item->base) : w->inpatient,
        .prescriber_code = w->prescriber_code, .workplace_code = w->workplace_code,
    };
    return with_reasons(item, medication_from_order(item->order, &c, error), patient_id, w, error);
}

FhirResource *basket_changed_resource(const BasketItem *item, const char *patient_id, const BasketWriting *w, GError **error)
{
    MedChanging c = {.practitioner = w->practitioner, .name = w->name, .reason = item->why, .until = item->until, .now = w->now};
    FhirResource *changed = med_changed(item->change, item->base, &c, error);
    /* What goes with a new order stands there. */
    return item->change->orders ? changed : with_reasons(item, changed, patient_id, w, error);
}

/* ---- all of them ---- */

static void signed_free(gpointer p)
{
    BasketSigned *s = p;
    g_free(s->id);
    g_free(s->version);
    g_free(s->text);
    g_clear_pointer(&s->theirs, fhir_resource_unref);
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

static const ClientWriteItem *item_at(const ClientWriteResult *result, int i)
{
    return result && i >= 0 && (guint)i < result->items->len ? result->items->pdata[i] : NULL;
}

static gboolean is_done(const ClientWriteItem *item)
{
    return item && item->state == OUTBOX_CONFIRMED;
}

static gboolean is_unknown(const ClientWriteItem *item)
{
    return item && (item->state == OUTBOX_UNKNOWN || item->state == OUTBOX_SENDING);
}

static WrittenOutcome held(const Signing *s, const Part *p, const ClientWriteResult *result)
{
    const int at[] = {p->old, p->made};
    WrittenOutcome outcome = WRITTEN_DONE;
    for (gsize i = 0; i < G_N_ELEMENTS(at); i++) {
        const ClientWriteItem *item = item_at(result, at[i]);
        if (item && !item->resource)
            outcome = WRITTEN_UNREAD;
        else if (item && !same_order(s->sent->pdata[at[i]], item->resource, s->now))
            return WRITTEN_DIFFERS;
    }
    return outcome;
}

/* Both halves, or neither: what is neither stands as it stood. */
static WrittenOutcome outcome_of(const Signing *s, const Part *p, const ClientWriteResult *result)
{
    const ClientWriteItem *old = item_at(result, p->old), *made = item_at(result, p->made);
    if (!result || result->never_sent)
        return WRITTEN_NOT_SENT;
    if ((!old || is_done(old)) && (!made || is_done(made)))
        return held(s, p, result);
    if (is_unknown(old) || is_unknown(made))
        return WRITTEN_UNKNOWN;
    if (old && made && is_done(old) != is_done(made))
        return result->half == CLIENT_HALF_BACK ? WRITTEN_NOT_SENT : WRITTEN_HALF;
    if (old && old->state == OUTBOX_CONFLICT)
        return WRITTEN_OVERTAKEN;
    const ClientWriteItem *any = made ? made : old;
    return any->state == OUTBOX_REFUSED || any->state == OUTBOX_CONFLICT ? WRITTEN_REFUSED : WRITTEN_NOT_SENT;
}

static BasketSigned *signed_of(const Signing *s, const Part *p, const ClientWriteResult *result)
{
    const ClientWriteItem *old = item_at(result, p->old), *made = item_at(result, p->made);
    const ClientWriteItem *main = made ? made : old;
    const char *against = NULL;
    BasketSigned *out = g_new0(BasketSigned, 1);
    out->id = g_strdup(p->id);
    out->outcome = outcome_of(s, p, result);
    if (out->outcome == WRITTEN_OVERTAKEN && old->resource)
        out->theirs = fhir_resource_ref(old->resource);
    if (is_done(main) && main->resource)
        out->version = g_strdup(fhir_version_id(main->resource));
    if (old && result && !result->never_sent)
        against = written_against(old);
    if (!against && made && !result->never_sent)
        against = written_against(made);
    out->text = g_strdup(against);
    return out;
}

static void part_clear(gpointer p)
{
    g_free(((Part *)p)->id);
}

static void signing_free(gpointer p)
{
    Signing *s = p;
    g_array_unref(s->parts);
    g_ptr_array_unref(s->sent);
    g_free(s);
}

static void on_written(const ClientWriteResult *result, const GError *error, gpointer data)
{
    Signing *s = data;
    g_autoptr(GPtrArray) results = g_ptr_array_new_with_free_func(signed_free);
    for (guint i = 0; i < s->parts->len; i++)
        g_ptr_array_add(results, signed_of(s, &g_array_index(s->parts, Part, i), result));
    scope_remove(s->scope, s->scope_id);
    s->fn(results, error, s->data);
    signing_free(s);
}

/* ---- what is sent ---- */

typedef struct {
    GArray *writes;    /* ClientWrite */
    GPtrArray *words;  /* char*: identifiers and reasons that they point to */
    GPtrArray *undo;   /* GBytes* */
    const BasketWriting *w;
} Sending;

static gboolean add_old(Signing *s, Sending *out, const BasketItem *item, PatientCtx *patient, Part *p, GError **error)
{
    if (basket_item_overtaken(item)) {
        g_set_error_literal(error, CHART_ERROR, CHART_ERROR_DATA, _("Somebody else has changed the order meanwhile"));
        return FALSE;
    }
    FhirResource *r = basket_changed_resource(item, patient_ctx_id(patient), out->w, error);
    if (!r)
        return FALSE;
    p->old = (int)s->sent->len;
    g_ptr_array_add(s->sent, r);
    GBytes *back = med_change_back(item->base, r);
    g_ptr_array_add(out->undo, back);
    char *why = fhir_concept_text(fhir_root(r), "statusReason");
    g_ptr_array_add(out->words, why);
    ClientWrite write = {.kind = CLIENT_UPDATE, .resource = r, .provenance = "author", .reason = why,
                         .take_back = item->change->orders ? back : NULL};
    g_array_append_val(out->writes, write);
    return TRUE;
}

static gboolean add_new(Signing *s, Sending *out, const BasketItem *item, PatientCtx *patient, Part *p, GError **error)
{
    g_autofree char *name = chart_patient_list_name(patient_ctx_patient(patient));
    FhirResource *r = basket_order_resource(item, patient_ctx_id(patient), name, out->w, error);
    if (!r)
        return FALSE;
    char *urn = g_strdup_printf("urn:uuid:%s", item->id);
    p->made = (int)s->sent->len;
    g_ptr_array_add(s->sent, r);
    g_ptr_array_add(out->words, urn);
    ClientWrite write = {.kind = CLIENT_CREATE, .resource = r, .identifier = urn, .provenance = "author"};
    g_array_append_val(out->writes, write);
    return TRUE;
}

/* Of one order there is one change: of two nobody could say which is meant. */
static gboolean twice(const GPtrArray *items, guint i)
{
    const BasketItem *b = items->pdata[i];
    for (guint k = 0; b->change && k < i; k++) {
        const BasketItem *other = items->pdata[k];
        if (other->change && g_strcmp0(fhir_id(other->base), fhir_id(b->base)) == 0)
            return TRUE;
    }
    return FALSE;
}

static gboolean add_item(Signing *s, Sending *out, const GPtrArray *items, guint i, PatientCtx *patient, GError **error)
{
    const BasketItem *item = items->pdata[i];
    Part p = {.id = g_strdup(item->id), .old = -1, .made = -1};
    gboolean added = TRUE;
    if (twice(items, i)) {
        g_set_error_literal(error, CHART_ERROR, CHART_ERROR_DATA, _("The same order is changed twice on the list: take one of them off"));
        added = FALSE;
    }
    added = added && (!item->change || add_old(s, out, item, patient, &p, error));
    added = added && (!basket_item_orders(item) || add_new(s, out, item, patient, &p, error));
    g_array_append_val(s->parts, p);
    return added;
}

gboolean basket_sign(Client *client, Scope *scope, PatientCtx *patient, const GPtrArray *items,
                     const BasketWriting *w, BasketSignedFn fn, gpointer data, GError **error)
{
    Signing *s = g_new0(Signing, 1);
    *s = (Signing){.parts = g_array_new(FALSE, TRUE, sizeof(Part)), .sent = g_ptr_array_new_with_free_func((GDestroyNotify)fhir_resource_unref),
                   .now = w->now, .fn = fn, .data = data};
    g_array_set_clear_func(s->parts, part_clear);
    g_autoptr(GArray) writes = g_array_new(FALSE, TRUE, sizeof(ClientWrite));
    g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) undo = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    Sending out = {writes, words, undo, w};
    for (guint i = 0; i < items->len; i++)
        if (!add_item(s, &out, items, i, patient, error)) {
            signing_free(s);
            return FALSE;
        }
    s->scope = scope;
    s->scope_id = scope_add(scope, signing_free, s);
    client_write(client, scope, patient, (const ClientWrite *)(gpointer)writes->data, writes->len, on_written, s);
    return TRUE;
}
