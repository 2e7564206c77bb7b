/* SPDX-License-Identifier: GPL-3.0-or-later
 * A decimal is shown with the digits that were sent, and goes back unchanged when something else in
 * the resource is changed. */
#include "chart/vitals.h"
#include "safety/hospital.h"

static const char temperature[] =
    "{\"resourceType\":\"Observation\",\"status\":\"preliminary\",\"category\":[{\"coding\":[{\"system\":"
    "\"http://terminology.hl7.org/CodeSystem/observation-category\",\"code\":\"vital-signs\"}]}],\"code\":{\"coding\":"
    "[{\"system\":\"http://loinc.org\",\"code\":\"8310-5\"}],\"text\":\"Temp\"},\"subject\":{\"reference\":"
    "\"Patient/pat-0002\"},\"effectiveDateTime\":\"2026-11-21T06:42:00+01:00\",\"valueQuantity\":{\"value\":37.20,"
    "\"unit\":\"°C\",\"system\":\"http://unitsofmeasure.org\",\"code\":\"Cel\"},\"referenceRange\":[{\"low\":{\"value\":"
    "36.50},\"high\":{\"value\":3.750E1}}]}";

static void value_is_shown(const FhirResource *r)
{
    g_autoptr(GPtrArray) values = vitals_of(r);
    cr_assert_eq(values->len, 1);
    cr_assert_str_eq(((Measurement *)values->pdata[0])->value, "37,20");
}

static gboolean holds(const FhirResource *r, const char *text)
{
    gsize len;
    const char *s = g_bytes_get_data(fhir_text(r), &len);
    return g_strstr_len(s, (gssize)len, text) != NULL;
}

typedef struct {
    gboolean done;
    FhirResource *r;
} Read;

static void on_read(const ClientResult *result, const GError *error, gboolean done, gpointer data)
{
    Read *read = data;
    (void)error;
    if (!done)
        return;
    cr_assert(result && result->items->len == 1);
    read->r = fhir_resource_ref(result->items->pdata[0]);
    read->done = TRUE;
}

static FhirResource *read_again(Person *p, PatientCtx *ctx, const char *id)
{
    Read read = {0};
    client_read(p->client, p->scope, ctx, "Observation", id, CLIENT_FRESH | CLIENT_NO_STORE, on_read, &read);
    cr_assert(loop_until(&read.done));
    return read.r;
}

/* What lies between two places of the text, for comparing byte for byte. */
static char *part(const FhirResource *r, const char *from, const char *to)
{
    gsize len;
    const char *s = g_bytes_get_data(fhir_text(r), &len);
    const char *a = g_strstr_len(s, (gssize)len, from);
    const char *b = a ? g_strstr_len(a, (gssize)(len - (gsize)(a - s)), to) : NULL;
    cr_assert(a && b, "%.*s", (int)len, s);
    return g_strndup(a, (gsize)(b - a));
}

Test(decimal, keeps_its_digits_there_and_back, .timeout = 60)
{
    Hospital h;
    Person doctor;
    hospital_begin(&h);
    person_begin(&doctor, &h, "SE2329999993-U5001", "prac-lind");
    PatientCtx *ctx = person_open(&doctor, "pat-0002");
    g_autoptr(FhirResource) made = person_create(&doctor, ctx, temperature);
    g_autoptr(FhirResource) first = read_again(&doctor, ctx, fhir_id(made));
    value_is_shown(first);
    cr_assert(holds(first, "\"value\":37.20,") && holds(first, "36.50") && holds(first, "3.750E1"));
    g_autofree char *before = part(first, "\"category\"", "]}]") ;
    g_autofree char *quantity = part(first, "\"code\":{\"coding\"", "}}]");
    g_autoptr(FhirEdit) edit = fhir_edit_new(first);
    fhir_edit_set_string(edit, "status", "final");
    g_autoptr(FhirResource) changed = fhir_edit_finish(edit, NULL);
    g_autoptr(FhirResource) written = person_write(&doctor, ctx, CLIENT_UPDATE, changed);
    cr_assert_str_neq(fhir_version_id(written), fhir_version_id(first));
    g_autoptr(FhirResource) second = read_again(&doctor, ctx, fhir_id(made));
    cr_assert(fhir_is(fhir_root(second), "status", "final"));
    value_is_shown(second);
    g_autofree char *category = part(second, "\"category\"", "]}]");
    g_autofree char *same = part(second, "\"code\":{\"coding\"", "}}]");
    cr_assert_str_eq(category, before);
    cr_assert_str_eq(same, quantity);
    patient_ctx_unref(ctx);
    person_end(&doctor);
    hospital_end(&h);
}
