/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/vitals-write.h"

#include <glib/gi18n.h>
#include <string.h>

#include "chart/patient.h"
#include "chart/record-words.h"
#include "fhir/build.h"

#define CATEGORY "http://terminology.hl7.org/CodeSystem/observation-category"
#define SYSTOLIC "8480-6"
#define DIASTOLIC "8462-4"

/* ---- one value ---- */

static void add_pressure(FhirBuild *b, const char *code, const char *text, Decimal value)
{
    fhir_b_object(b, NULL);
    fhir_b_concept(b, "code", LOINC, code, NULL, text);
    fhir_b_quantity(b, "valueQuantity", value, vital_info(VITAL_PRESSURE)->unit, vital_info(VITAL_PRESSURE)->ucum);
    fhir_b_end(b);
}

static void add_value(FhirBuild *b, VitalField kind, const VitalValue *v)
{
    const VitalInfo *info = vital_info(kind);
    const VitalLevel *level = vital_level(v->level);
    if (kind == VITAL_PRESSURE) {
        fhir_b_array(b, "component");
        add_pressure(b, SYSTOLIC, "Systoliskt blodtryck", v->value);
        add_pressure(b, DIASTOLIC, "Diastoliskt blodtryck", v->second);
        fhir_b_end(b);
    } else if (kind == VITAL_CONSCIOUSNESS) {
        fhir_b_concept(b, "valueCodeableConcept", level->system, level->code, NULL, level->text);
    } else {
        fhir_b_quantity(b, "valueQuantity", v->value, info->unit, info->ucum);
    }
}

FhirResource *vital_observation(const VitalSet *s, VitalField kind, const char *patient_id, const VitalWriting *w,
                                GError **error)
{
    const VitalInfo *info = vital_info(kind);
    const VitalValue *v = &s->value[kind];
    g_return_val_if_fail(v->given, NULL);
    g_autoptr(FhirBuild) b = fhir_build_new("Observation");
    fhir_b_string(b, "status", "final");
    fhir_b_array(b, "category");
    fhir_b_concept(b, NULL, CATEGORY, "vital-signs", NULL, NULL);
    fhir_b_end(b);
    fhir_b_concept(b, "code", info->system, info->code, NULL, info->name);
    fhir_b_reference(b, "subject", "Patient", patient_id, NULL);
    if (w->encounter != NULL)
        fhir_b_reference(b, "encounter", "Encounter", w->encounter, NULL);
    fhir_b_instant(b, "effectiveDateTime", s->measured);
    fhir_b_instant(b, "issued", w->now);
    fhir_b_array(b, "performer");
    fhir_b_reference(b, NULL, "Practitioner", w->practitioner, w->name);
    fhir_b_end(b);
    if (v->confirmed || v->assumed) {
        fhir_b_array(b, "note");
        fhir_b_object(b, NULL);
        fhir_b_string(b, "text", record_word(v->confirmed ? RW_VITAL_CONFIRMED : RW_VITAL_ASSUMED));
        fhir_b_end(b);
        fhir_b_end(b);
    }
    add_value(b, kind, v);
    return fhir_build_finish(b, error);
}

/* ---- writing ---- */

/* The core may write JSON another way and add to it; what a person would read must be the same. */
static gboolean same_values(const FhirResource *sent, const FhirResource *held)
{
    g_autoptr(GPtrArray) a = vitals_of(sent), b = held != NULL ? vitals_of(held) : g_ptr_array_new();
    if (a->len != b->len)
        return FALSE;
    for (guint i = 0; i < a->len; i++) {
        const Measurement *x = a->pdata[i], *y = b->pdata[i];
        gboolean same = g_strcmp0(x->code, y->code) == 0 && x->at / G_USEC_PER_SEC == y->at / G_USEC_PER_SEC &&
                        strcmp(x->unit, y->unit) == 0;
        same = same && x->number.valid == y->number.valid &&
               (x->number.valid ? decimal_compare(x->number, y->number) == 0 : strcmp(x->value, y->value) == 0);
        if (!same)
            return FALSE;
    }
    return TRUE;
}

/* What is struck has no values; there its state is what was signed. */
static gboolean same_as_sent(const FhirResource *sent, const FhirResource *held)
{
    g_autofree char *a = fhir_string(fhir_root(sent), "status"), *b = fhir_string(fhir_root(held), "status");
    return g_strcmp0(a, b) == 0 && same_values(sent, held);
}

gboolean vitals_sign(Client *client, Scope *scope, PatientCtx *patient, const VitalSet *s, const VitalWriting *w,
                     WrittenFn fn, gpointer data, GError **error)
{
    g_autoptr(GArray) writes = g_array_new(FALSE, TRUE, sizeof(ClientWrite));
    g_autoptr(GPtrArray) identifiers = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) made = g_ptr_array_new_with_free_func((GDestroyNotify)fhir_resource_unref);
    if (!vital_set_complete(s)) {
        g_set_error_literal(error, FHIR_ERROR, FHIR_ERROR_EDIT, _("There is nothing complete to sign"));
        return FALSE;
    }
    for (int i = 0; i < VITAL_KINDS; i++) {
        if (!s->value[i].given)
            continue;
        FhirResource *r = vital_observation(s, (VitalField)i, patient_ctx_id(patient), w, error);
        if (r == NULL)
            return FALSE;
        char *urn = written_identifier(w->draft, vital_info((VitalField)i)->word);
        g_ptr_array_add(made, r);
        g_ptr_array_add(identifiers, urn);
        ClientWrite write = {.kind = CLIENT_CREATE, .resource = r, .identifier = urn, .provenance = "author"};
        g_array_append_val(writes, write);
    }
    written_send(client, scope, patient, (const ClientWrite *)(gpointer)writes->data, writes->len, same_as_sent, fn, data);
    return TRUE;
}

/* ---- correcting ---- */

VitalField vital_kind_of(const FhirResource *o)
{
    for (int i = 0; i < VITAL_KINDS; i++) {
        const VitalInfo *info = vital_info((VitalField)i);
        g_autofree char *code = fhir_concept_code(fhir_root(o), "code", info->system);
        if (g_strcmp0(code, info->code) == 0)
            return (VitalField)i;
    }
    return VITAL_REST;
}

/* One element of a resource made for it, as JSON. */
static char *element_of(const FhirResource *r, const char *name)
{
    g_autoptr(FhirBuild) b = fhir_build_new("Observation");
    fhir_b_node(b, name, fhir_at(fhir_root(r), name));
    g_autoptr(FhirResource) alone = fhir_build_finish(b, NULL);
    gsize n;
    const char *text = alone ? g_bytes_get_data(fhir_text(alone), &n) : NULL;
    g_autofree char *key = g_strdup_printf("\"%s\":", name);
    const char *at = text != NULL ? g_strstr_len(text, (gssize)n, key) : NULL;
    if (at == NULL)
        return NULL;
    at += strlen(key);
    return g_strndup(at, (gsize)(text + n - at) - 1); /* without the brace that closes the resource */
}

static char *note_json(const char *text, const VitalWriting *w)
{
    g_autoptr(FhirBuild) b = fhir_build_new("Observation");
    fhir_b_array(b, "note");
    fhir_b_object(b, NULL);
    fhir_b_reference(b, "authorReference", "Practitioner", w->practitioner, w->name);
    fhir_b_instant(b, "time", w->now);
    fhir_b_string(b, "text", text);
    fhir_b_end(b);
    fhir_b_end(b);
    g_autoptr(FhirResource) alone = fhir_build_finish(b, NULL);
    g_autofree char *array = alone != NULL ? element_of(alone, "note") : NULL;
    gsize n = array != NULL ? strlen(array) : 0;
    return n > 2 ? g_strndup(array + 1, n - 2) : NULL; /* the one in the array */
}

static char *value_words(const FhirResource *o)
{
    g_autoptr(GPtrArray) values = vitals_of(o);
    const Measurement *m = values->len > 0 ? values->pdata[0] : NULL;
    return m == NULL ? g_strdup("–") : g_strchomp(g_strdup_printf("%s %s", m->value, m->unit));
}

FhirResource *vital_corrected(const FhirResource *old, const VitalSet *s, const char *reason, const VitalWriting *w,
                              GError **error)
{
    static const char *const elements[] = {"valueQuantity", "valueCodeableConcept", "component"};
    static const char *const untrue[] = {"interpretation", "dataAbsentReason", "valueString", "valueInteger", "valueBoolean", "valueRange",
                                         "valueRatio", "valueSampledData", "valueTime", "valueDateTime", "valuePeriod"};
    VitalField kind = vital_kind_of(old);
    g_autoptr(FhirEdit) e = fhir_edit_new(old);
    g_autoptr(FhirResource) made = NULL;
    g_autofree char *before = value_words(old), *after = NULL, *text = NULL;
    if (fhir_is(fhir_root(old), "status", "entered-in-error")) {
        g_set_error_literal(error, FHIR_ERROR, FHIR_ERROR_EDIT, _("This measurement is struck"));
        return NULL;
    }
    if (kind == VITAL_REST || (s != NULL && !s->value[kind].given)) {
        g_set_error_literal(error, FHIR_ERROR, FHIR_ERROR_EDIT, _("This measurement cannot be corrected here"));
        return NULL;
    }
    if (s != NULL) {
        made = vital_observation(s, kind, "-", w, error);
        if (made == NULL)
            return NULL;
        after = value_words(made);
    }
    for (gsize i = 0; s != NULL && i < G_N_ELEMENTS(elements); i++) {
        g_autofree char *json = element_of(made, elements[i]);
        if (json != NULL)
            fhir_edit_set(e, elements[i], json);
        else
            fhir_edit_remove(e, elements[i]);
    }
    if (s != NULL && s->time_said) {
        g_autofree char *at = instant_to_fhir(s->measured);
        fhir_edit_set_string(e, "effectiveDateTime", at);
    }
    for (gsize i = 0; s != NULL && i < G_N_ELEMENTS(untrue); i++) /* what the old value was, or was called, is not true of the new */
        fhir_edit_remove(e, untrue[i]);
    text = s != NULL ? record_text(RW_VITAL_CORRECTED, before, after, reason) : record_text(RW_VITAL_STRUCK, before, reason);
    g_autofree char *said = s != NULL && s->value[kind].confirmed ? g_strjoin(" ", text, record_word(RW_VITAL_CONFIRMED), NULL)
                                                                  : g_strdup(text),
                    *note = note_json(said, w);
    fhir_edit_set_string(e, "status", s != NULL ? "corrected" : "entered-in-error");
    fhir_edit_append(e, "note", note);
    return fhir_edit_finish(e, error);
}

gboolean vital_correct(Client *client, Scope *scope, PatientCtx *patient, const FhirResource *old, const VitalSet *s,
                       const char *reason, const VitalWriting *w, WrittenFn fn, gpointer data, GError **error)
{
    g_autoptr(FhirResource) r = vital_corrected(old, s, reason, w, error);
    if (r == NULL)
        return FALSE;
    ClientWrite write = {.kind = CLIENT_UPDATE, .resource = r, .provenance = "author", .reason = reason};
    written_send(client, scope, patient, &write, 1, same_as_sent, fn, data);
    return TRUE;
}
