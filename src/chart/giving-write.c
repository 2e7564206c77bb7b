/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/giving-write.h"

#include <glib/gi18n.h>
#include <string.h>

#include "chart/record-words.h"
#include "chart/units.h"
#include "fhir/build.h"

#define ATC_SYSTEM     "http://www.whocc.no/atc"
#define PRODUCT_SYSTEM "urn:rond:training-product"
#define WRITTEN_AT     "urn:rond:written-at"
#define FUNCTION       "http://terminology.hl7.org/CodeSystem/med-admin-perform-function"
#define VERIFIER       "verifier"

/* ---- one dose ---- */

static gboolean starts(const GivingItem *item)
{
    return item->dose->dose.kind == DOSE_INFUSION;
}

static const char *status_of(const GivingItem *item)
{
    if (item->act->act == ACT_NOT_GIVEN)
        return "not-done";
    if (item->dose->twice)
        return "on-hold"; /* until the second person has confirmed it */
    return starts(item) ? "in-progress" : "completed";
}

static void add_identity(FhirBuild *b, const GivingItem *item)
{
    fhir_b_array(b, "identifier");
    fhir_b_identifier(b, NULL, GIVING_DOSE, item->dose->id);
    fhir_b_end(b);
}

static void add_written(FhirBuild *b, Instant now)
{
    fhir_b_array(b, "extension");
    fhir_b_object(b, NULL);
    fhir_b_string(b, "url", WRITTEN_AT);
    fhir_b_instant(b, "valueDateTime", now);
    fhir_b_end(b);
    fhir_b_end(b);
}

static void add_reason(FhirBuild *b, const GivingItem *item)
{
    const GivingReason *r = giving_reason(item->act->code);
    gboolean waits = item->act->act != ACT_NOT_GIVEN && item->dose->twice;
    if (!r && !waits)
        return;
    fhir_b_array(b, "statusReason");
    if (waits)
        fhir_b_concept(b, NULL, GIVING_REASON, GIVING_WAITS, NULL, record_word(RW_GIVEN_WAITS));
    else
        fhir_b_concept(b, NULL, GIVING_REASON, r->code, NULL, r->text);
    fhir_b_end(b);
}

/* The product in the hand, where one was scanned; else what was ordered. */
static void add_medicine(FhirBuild *b, const GivingItem *item)
{
    const DrugProduct *p = item->act->scanned;
    FhirNode ordered = fhir_at(fhir_root(item->dose->request), "medicationCodeableConcept");
    if (p) {
        g_autofree char *name = drug_name(p, TRUE);
        fhir_b_object(b, "medicationCodeableConcept");
        fhir_b_array(b, "coding");
        fhir_b_coding(b, NULL, ATC_SYSTEM, p->atc, p->substance);
        fhir_b_coding(b, NULL, PRODUCT_SYSTEM, p->id, NULL);
        fhir_b_end(b);
        fhir_b_string(b, "text", name);
        fhir_b_end(b);
    } else if (fhir_exists(ordered)) {
        fhir_b_node(b, "medicationCodeableConcept", ordered);
    } else {
        fhir_b_concept(b, "medicationCodeableConcept", item->dose->row->atc ? ATC_SYSTEM : NULL, item->dose->row->atc, NULL, item->dose->row->name);
    }
}

static void add_performer(FhirBuild *b, const GivingWriting *w)
{
    fhir_b_array(b, "performer");
    fhir_b_object(b, NULL);
    fhir_b_reference(b, "actor", "Practitioner", w->practitioner, w->name);
    fhir_b_end(b);
    fhir_b_end(b);
}

static void add_dosage(FhirBuild *b, const GivingItem *item)
{
    const Order *o = item->dose->order;
    Decimal amount = giving_amount(item->dose, item->act);
    if (item->act->act == ACT_NOT_GIVEN || !o || (!amount.valid && !o->rate.valid))
        return;
    const DoseUnit *u = o->unit ? dose_unit(o->unit) : NULL;
    const RateUnit *rate = o->rate.valid && o->rate_unit ? rate_unit(o->rate_unit) : NULL;
    FhirNode route = fhir_at(fhir_root(item->dose->request), "dosageInstruction[0].route");
    fhir_b_object(b, "dosage");
    fhir_b_string(b, "text", item->dose->row->dosage);
    if (fhir_exists(route))
        fhir_b_node(b, "route", route);
    if (amount.valid)
        fhir_b_quantity(b, "dose", amount, o->unit, u ? u->ucum : NULL);
    if (rate)
        fhir_b_quantity(b, "rateQuantity", o->rate, rate->unit, rate->ucum);
    fhir_b_end(b);
}

static void add_notes(FhirBuild *b, const GivingItem *item, const GivingWriting *w)
{
    gboolean partly = item->act->act == ACT_PARTLY, past = item->act->why != NULL;
    if (!partly && !past)
        return;
    fhir_b_array(b, "note");
    for (guint i = 0; past && item->lines && i < item->lines->len; i++) {
        const GivingLine *l = item->lines->pdata[i];
        g_autofree char *text = record_text(RW_GIVEN_PAST, l->record, item->act->why);
        if (l->level != GIVING_ASKS)
            continue;
        fhir_b_object(b, NULL);
        fhir_b_instant(b, "time", w->now);
        fhir_b_string(b, "text", text);
        fhir_b_end(b);
    }
    if (partly) {
        fhir_b_object(b, NULL);
        fhir_b_string(b, "text", record_word(RW_GIVEN_PARTLY));
        fhir_b_end(b);
    }
    fhir_b_end(b);
}

FhirResource *giving_resource(const GivingItem *item, const char *patient_id, const GivingWriting *w, GError **error)
{
    Instant at = item->act->at != INSTANT_NONE ? item->act->at : w->now;
    g_autoptr(FhirBuild) b = fhir_build_new("MedicationAdministration");
    add_written(b, w->now);
    add_identity(b, item);
    fhir_b_string(b, "status", status_of(item));
    add_reason(b, item);
    add_medicine(b, item);
    fhir_b_reference(b, "subject", "Patient", patient_id, NULL);
    if (w->encounter)
        fhir_b_reference(b, "context", "Encounter", w->encounter, NULL);
    if (starts(item) && item->act->act != ACT_NOT_GIVEN) {
        fhir_b_object(b, "effectivePeriod");
        fhir_b_instant(b, "start", at);
        fhir_b_end(b);
    } else {
        fhir_b_instant(b, "effectiveDateTime", at);
    }
    add_performer(b, w);
    fhir_b_reference(b, "request", "MedicationRequest", fhir_id(item->dose->request), NULL);
    add_notes(b, item, w);
    add_dosage(b, item);
    return fhir_build_finish(b, error);
}

/* ---- what was written before ---- */

static void add_verifier(FhirEdit *e, const GivingWriting *w)
{
    g_autoptr(FhirBuild) b = fhir_build_new("MedicationAdministration");
    fhir_b_object(b, "performer");
    fhir_b_concept(b, "function", FUNCTION, VERIFIER, NULL, NULL);
    fhir_b_reference(b, "actor", "Practitioner", w->practitioner, w->name);
    fhir_b_end(b);
    g_autoptr(FhirResource) made = fhir_build_finish(b, NULL);
    g_autofree char *json = made ? fhir_raw(fhir_at(fhir_root(made), "performer")) : NULL;
    if (json)
        fhir_edit_append(e, "performer", json);
}

FhirResource *giving_changed(const GivingItem *item, const GivingWriting *w, GError **error)
{
    const Given *g = item->dose->given;
    gboolean confirms = item->act->act == ACT_CONFIRMED, period = fhir_exists(fhir_at(fhir_root(g->source), "effectivePeriod"));
    g_autofree char *at = instant_to_fhir(item->act->at != INSTANT_NONE ? item->act->at : w->now);
    g_autoptr(FhirEdit) e = fhir_edit_new(g->source);
    if (g->state != (confirms ? GIVEN_WAITS : GIVEN_RUNNING)) {
        g_set_error_literal(error, FHIR_ERROR, FHIR_ERROR_EDIT, _("There is nothing here to confirm or to stop"));
        return NULL;
    }
    fhir_edit_set_string(e, "status", confirms && period ? "in-progress" : "completed");
    if (confirms) {
        fhir_edit_remove(e, "statusReason");
        add_verifier(e, w);
    } else {
        fhir_edit_set_string(e, "effectivePeriod.end", at);
    }
    return fhir_edit_finish(e, error);
}

/* ---- all of them ---- */

typedef struct {
    GPtrArray *doses; /* char* */
    GPtrArray *sent;  /* FhirResource* */
    GivingSignedFn fn;
    gpointer data;
    Scope *scope;
    guint scope_id;
} Signing;

static void signing_free(gpointer p)
{
    Signing *s = p;
    g_ptr_array_unref(s->doses);
    g_ptr_array_unref(s->sent);
    g_free(s);
}

static void signed_free(gpointer p)
{
    g_free(((GivingSigned *)p)->text);
    g_free(p);
}

/* What a person would read the same: who, when, what became of it, and how much. */
static gboolean same(const Given *a, const Given *b)
{
    return g_strcmp0(a->by_id, b->by_id) == 0 && a->at / G_USEC_PER_SEC == b->at / G_USEC_PER_SEC && a->state == b->state &&
           g_strcmp0(a->request, b->request) == 0 && g_strcmp0(a->dose, b->dose) == 0 && g_strcmp0(a->name, b->name) == 0 &&
           g_strcmp0(a->reason, b->reason) == 0 && g_strcmp0(a->unit, b->unit) == 0 && a->amount.valid == b->amount.valid &&
           (!a->amount.valid || decimal_compare(a->amount, b->amount) == 0);
}

static void judge_held(GivingSigned *out, const FhirResource *sent, const FhirResource *held)
{
    g_autoptr(Given) a = given_read(sent, NULL), b = held ? given_read(held, NULL) : NULL;
    if (!b) {
        out->outcome = WRITTEN_UNREAD;
    } else if (g_strcmp0(a->by_id, b->by_id) != 0) {
        g_autofree char *at = b->at != INSTANT_NONE ? instant_to_minute(b->at) : g_strdup("?");
        out->outcome = WRITTEN_OVERTAKEN;
        out->text = g_strdup_printf("%s %s", at, b->by);
    } else {
        out->outcome = same(a, b) ? WRITTEN_DONE : WRITTEN_DIFFERS;
    }
}

static GivingSigned *outcome_of(const Signing *s, guint i, const ClientWriteResult *result)
{
    const ClientWriteItem *item = result && i < result->items->len ? result->items->pdata[i] : NULL;
    GivingSigned *out = g_new0(GivingSigned, 1);
    out->dose = s->doses->pdata[i];
    out->outcome = WRITTEN_NOT_SENT;
    if (!item || result->never_sent)
        return out;
    switch (item->state) {
    case OUTBOX_CONFIRMED:
        judge_held(out, s->sent->pdata[i], item->resource);
        return out;
    case OUTBOX_CONFLICT:
        out->outcome = WRITTEN_OVERTAKEN;
        break;
    case OUTBOX_REFUSED:
        out->outcome = WRITTEN_REFUSED;
        break;
    case OUTBOX_PREPARED:
        break;
    case OUTBOX_SENDING:
    case OUTBOX_UNKNOWN:
        out->outcome = WRITTEN_UNKNOWN;
        break;
    }
    out->text = g_strdup(written_against(item));
    return out;
}

static void on_written(const ClientWriteResult *result, const GError *error, gpointer data)
{
    Signing *s = data;
    g_autoptr(GPtrArray) results = g_ptr_array_new_with_free_func(signed_free);
    for (guint i = 0; i < s->doses->len; i++)
        g_ptr_array_add(results, outcome_of(s, i, result));
    scope_remove(s->scope, s->scope_id);
    s->fn(results, error, s->data);
    signing_free(s);
}

static gboolean add_write(Signing *s, const GivingItem *item, PatientCtx *patient, const GivingWriting *w, GArray *writes,
                          GPtrArray *identifiers, GError **error)
{
    gboolean changes = item->act->act == ACT_CONFIRMED || item->act->act == ACT_STOPPED;
    FhirResource *r = changes ? giving_changed(item, w, error) : giving_resource(item, patient_ctx_id(patient), w, error);
    if (!r)
        return FALSE;
    /* no Provenance of what is new: where another was first it would be about hers. Who gave stands in it. */
    ClientWrite write = {.kind = changes ? CLIENT_UPDATE : CLIENT_CREATE, .resource = r, .provenance = changes ? "verifier" : NULL};
    if (!changes) {
        char *urn = written_identifier(item->dose->id, "given");
        g_ptr_array_add(identifiers, urn);
        write.identifier = urn;
    }
    g_ptr_array_add(s->sent, r);
    g_ptr_array_add(s->doses, g_strdup(item->dose->id));
    g_array_append_val(writes, write);
    return TRUE;
}

gboolean giving_sign(Client *client, Scope *scope, PatientCtx *patient, const GArray *items, const GivingWriting *w,
                     GivingSignedFn fn, gpointer data, GError **error)
{
    g_autoptr(GArray) writes = g_array_new(FALSE, TRUE, sizeof(ClientWrite));
    g_autoptr(GPtrArray) identifiers = g_ptr_array_new_with_free_func(g_free);
    Signing *s = g_new0(Signing, 1);
    *s = (Signing){.doses = g_ptr_array_new_with_free_func(g_free),
                   .sent = g_ptr_array_new_with_free_func((GDestroyNotify)fhir_resource_unref), .fn = fn, .data = data, .scope = scope};
    for (guint i = 0; i < items->len; i++)
        if (!add_write(s, &g_array_index(items, GivingItem, i), patient, w, writes, identifiers, error)) {
            signing_free(s);
            return FALSE;
        }
    s->scope_id = scope_add(scope, signing_free, s);
    client_write(client, scope, patient, (const ClientWrite *)(gpointer)writes->data, writes->len, on_written, s);
    return TRUE;
}
