/* SPDX-License-Identifier: GPL-3.0-or-later
 * tests/fixtures/giving/scenarios.tsv: what the checks say before a dose is given, through FHIR both ways: the order
 * is written as it is signed and read as it comes back, and so is what was given. */
#include <criterion/criterion.h>
#include <string.h>

#include "base/table.h"
#include "chart/giving-check.h"
#include "chart/giving-scan.h"
#include "chart/giving-write.h"

#define PATIENT "pat-0001"
#define UNIT    "org-medavd3"
#define NUMBER  "19480930-1551"

typedef struct {
    const OrderData *data;
    Instant now, since;
    FhirResource *shown, *held;
    GPtrArray *given, *allergies; /* FhirResource* */
    FhirResource *visit;
    DoseAct act;
    char *band;
} Case;

/* "2026-10-25T02:30", B: the second of the double hour. */
static Instant when(const char *text)
{
    CivilDate d;
    g_autofree char *day = g_strndup(text, 10);
    cr_assert(civil_date_parse(day, &d) && strlen(text) >= 16, "%s", text);
    CivilTime t = {(guint8)g_ascii_strtoull(text + 11, NULL, 10), (guint8)g_ascii_strtoull(text + 14, NULL, 10), 0};
    return instant_from_civil(d, t, text[16] == 'B');
}

static FhirResource *edited(const FhirResource *r, const char *path, const char *value)
{
    g_autoptr(FhirEdit) e = fhir_edit_new(r);
    fhir_edit_set_string(e, path, value);
    FhirResource *out = fhir_edit_finish(e, NULL);
    cr_assert_not_null(out, "%s", path);
    return out;
}

static FhirResource *with_ids(const FhirResource *r, const char *id, const char *version)
{
    g_autoptr(FhirResource) named = edited(r, "id", id);
    return edited(named, "meta.versionId", version);
}

static FhirResource *order_of(const Case *c, const char *line)
{
    g_autofree char *whole = g_strconcat(line, " smärta", NULL);
    OrderContext context = {.now = c->since};
    g_autoptr(GError) error = NULL;
    g_autoptr(Order) o = orderline_parse(c->data->words, c->data->drugs, whole, &context);
    MedicationContext m = {.uuid = "6a8ea2a0-62cf-4e5b-9d3c-1a4c8c1f0001", .patient_id = PATIENT, .requester_type = "Practitioner",
                           .requester_id = "prac-ek", .authored = c->since, .inpatient = TRUE};
    o->start = c->since;
    g_autoptr(FhirResource) r = medication_from_order(o, &m, &error);
    cr_assert_not_null(r, "%s: %s", line, error ? error->message : "");
    return with_ids(r, "med-1", "1");
}

static FhirResource *parsed(char *json /* taken */)
{
    g_autoptr(GBytes) bytes = g_bytes_new_take(json, strlen(json));
    FhirResource *r = fhir_resource_parse(bytes, NULL);
    cr_assert_not_null(r);
    return r;
}

/* "300/T0003/1 tablett": so long ago of another product; "=": of this dose, or of the one whose key stands last. */
static void add_given(Case *c, const char *text, const char *dose, const char *status)
{
    g_auto(GStrv) cells = g_strsplit(text, "/", 4);
    g_auto(GStrv) amount = g_strsplit(cells[2], " ", 2);
    gboolean same = strcmp(cells[1], "=") == 0;
    const DrugProduct *p = same ? NULL : drug_list_by_id(c->data->drugs, cells[1]);
    g_autofree char *name = p ? drug_name(p, TRUE) : NULL, *drug = NULL, *raw = NULL, *at = NULL;
    at = instant_to_fhir(c->now - (Instant)g_ascii_strtoll(cells[0], NULL, 10) * G_TIME_SPAN_MINUTE);
    raw = same ? fhir_raw(fhir_at(fhir_root(c->shown), "medicationCodeableConcept")) : NULL;
    drug = same ? g_strdup(raw)
                : g_strdup_printf("{\"coding\":[{\"system\":\"http://www.whocc.no/atc\",\"code\":\"%s\"},{\"system\":\"urn:rond:training-product\",\"code\":\"%s\"}],\"text\":\"%s\"}", p->atc, p->id, name);
    guint n = c->given->len;
    g_autofree char *key = cells[3] ? g_strdup(cells[3]) : strcmp(dose, "vb") == 0 ? g_strdup_printf("vb|adm-%u", n + 1) : g_strdup(dose);
    g_ptr_array_add(c->given, parsed(g_strdup_printf(
        "{\"resourceType\":\"MedicationAdministration\",\"id\":\"adm-%u\",\"meta\":{\"versionId\":\"1\"},\"identifier\":[{\"system\":\"urn:rond:dose\",\"value\":\"%s/%s\"}],"
        "\"status\":\"%s\",\"statusReason\":[{\"coding\":[{\"system\":\"urn:rond:not-given\",\"code\":\"waits-for-second\"}]}],\"medicationCodeableConcept\":%s,\"subject\":{\"reference\":\"Patient/" PATIENT "\"},"
        "\"effectiveDateTime\":\"%s\",\"performer\":[{\"actor\":{\"reference\":\"Practitioner/prac-%s\",\"display\":\"Berg Helena, sjuksköterska\"}}],"
        "\"request\":{\"reference\":\"MedicationRequest/%s\"},\"dosage\":{\"dose\":{\"value\":%s,\"unit\":\"%s\"}}}",
        n, same ? "med-1" : "med-9", same ? key : "x", status, drug, at, strcmp(status, "on-hold") == 0 ? "nyman" : "berg", same ? "med-1" : "med-9", amount[0], amount[1])));
}

static void change(Case *c, const char *what)
{
    g_auto(GStrv) w = g_strsplit(what, " ", 2);
    if (strcmp(w[0], "band") == 0)
        c->band = g_strdup(w[1]);
    else if (strcmp(w[0], "scan") == 0)
        cr_assert_eq(giving_scan(c->data->drugs, w[1], &c->act.scanned), SCAN_PRODUCT);
    else if (strcmp(w[0], "status") == 0 || strcmp(w[0], "version") == 0) {
        FhirResource *old = c->held;
        c->held = edited(old, w[0][0] == 's' ? "status" : "meta.versionId", w[1]);
        fhir_resource_unref(old);
    } else if (strcmp(w[0], "allergy") == 0) {
        g_autofree char *at = instant_to_fhir(c->now - G_TIME_SPAN_HOUR);
        g_ptr_array_add(c->allergies, parsed(g_strdup_printf(
            "{\"resourceType\":\"AllergyIntolerance\",\"id\":\"al-1\",\"clinicalStatus\":{\"coding\":[{\"code\":\"active\"}]},\"criticality\":\"high\",\"category\":[\"medication\"],"
            "\"code\":{\"coding\":[{\"system\":\"http://www.whocc.no/atc\",\"code\":\"%s\"}],\"text\":\"fenoximetylpenicillin\"},\"recordedDate\":\"%s\",\"patient\":{\"reference\":\"Patient/" PATIENT "\"}}", w[1], at)));
    } else if (strcmp(w[0], "unit") == 0) {
        g_autofree char *to = g_strconcat("Organization/", w[1], NULL);
        FhirResource *old = c->visit;
        c->visit = edited(old, "serviceProvider.reference", to);
        fhir_resource_unref(old);
    } else if (strcmp(w[0], "unreadable") == 0) {
        FhirResource *old = c->shown;
        c->shown = edited(old, "dosageInstruction[0].timing.repeat.periodUnit", "mo");
        fhir_resource_unref(c->held);
        c->held = fhir_resource_ref(c->shown);
        fhir_resource_unref(old);
    }
}

static const DueDose *dose_of(const GivingList *l, const char *key)
{
    for (guint i = 0; i < l->doses->len; i++)
        if (strcmp(((const DueDose *)l->doses->pdata[i])->dose.key, key) == 0)
            return l->doses->pdata[i];
    return NULL;
}

static void begin(Case *c, const Table *t, guint row)
{
    c->data = order_data(NULL);
    c->now = when(table_cell(t, row, "now"));
    c->since = when(table_cell(t, row, "since"));
    c->shown = order_of(c, table_cell(t, row, "order"));
    c->held = fhir_resource_ref(c->shown);
    c->given = g_ptr_array_new_with_free_func((GDestroyNotify)fhir_resource_unref);
    c->allergies = g_ptr_array_new_with_free_func((GDestroyNotify)fhir_resource_unref);
    c->visit = parsed(g_strdup("{\"resourceType\":\"Encounter\",\"id\":\"enc-1\",\"status\":\"in-progress\",\"serviceProvider\":{\"reference\":\"Organization/" UNIT "\"}}"));
    c->act = (DoseAct){.act = ACT_GIVEN, .at = INSTANT_NONE};
    if (strcmp(table_cell(t, row, "change"), "-") != 0)
        change(c, table_cell(t, row, "change"));
}

static void end(Case *c)
{
    fhir_resource_unref(c->shown);
    fhir_resource_unref(c->held);
    fhir_resource_unref(c->visit);
    g_ptr_array_unref(c->given);
    g_ptr_array_unref(c->allergies);
    g_free(c->band);
}

static GivingList *list_of(const Case *c, const GPtrArray *given)
{
    g_autoptr(GPtrArray) orders = g_ptr_array_new();
    g_ptr_array_add(orders, c->shown);
    GivingList *l = giving_list(orders, given, c->data->drugs, c->now, NULL);
    cr_assert_not_null(l);
    return l;
}

/* "total nekas", "interval skäl"; "- -" when nothing is said. */
static char *judged(Case *c, const Table *t, guint row)
{
    static const char *const levels[] = {[GIVING_SAID] = "sagt", [GIVING_ASKS] = "skäl", [GIVING_REFUSED] = "nekas"};
    const char *key = table_cell(t, row, "dose"), *given = table_cell(t, row, "given");
    gboolean waits = strcmp(table_cell(t, row, "change"), "waits") == 0, taken = strcmp(table_cell(t, row, "expect"), "taken") == 0;
    g_autoptr(GPtrArray) none = g_ptr_array_new();
    g_auto(GStrv) all = strcmp(given, "-") ? g_strsplit(given, ",", -1) : g_new0(char *, 1);
    for (char **g = all; *g; g++)
        add_given(c, *g, key, waits ? "on-hold" : "completed");
    /* what another has just given was not there when the list was shown */
    g_autoptr(GivingList) shown = list_of(c, taken ? none : c->given), now = list_of(c, c->given);
    const DueDose *d = dose_of(shown, key);
    cr_assert_not_null(d, "%s: no dose %s", table_cell(t, row, "name"), key);
    if (waits)
        c->act.act = ACT_CONFIRMED;
    GivingInput in = {.dose = d, .act = &c->act, .list = now, .held = c->held, .reread = TRUE, .allergies = c->allergies, .encounter = c->visit,
                      .placed = TRUE, .unit = UNIT, .me = "prac-nyman", .wristband = c->band, .number = NUMBER, .months = 70 * 12,
                      .data = c->data, .now = c->now};
    decimal_parse("80", &in.weight_kg);
    g_autoptr(GPtrArray) lines = giving_check(&in);
    const GivingLine *worst = lines->len ? lines->pdata[0] : NULL;
    for (guint i = 0; i < lines->len; i++)
        cr_log_info("%s: %s %s", table_cell(t, row, "name"), ((const GivingLine *)lines->pdata[i])->check, ((const GivingLine *)lines->pdata[i])->text);
    return worst ? g_strdup_printf("%s %s", worst->check, levels[worst->level]) : g_strdup("- -");
}

Test(giving, scenarios, .timeout = 30)
{
    g_autofree char *path = g_build_filename(g_getenv("ROND_DATA"), "../tests/fixtures/giving/scenarios.tsv", NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(Table) t = table_load(path, 0, &error);
    cr_assert_not_null(t, "%s", error ? error->message : "");
    cr_assert_geq(table_rows(t), 20);
    for (guint i = 0; i < table_rows(t); i++) {
        Case c = {0};
        begin(&c, t, i);
        g_autofree char *is = judged(&c, t, i), *wanted = g_strdup_printf("%s %s", table_cell(t, i, "expect"), table_cell(t, i, "level"));
        cr_expect_str_eq(is, wanted, "%s: %s, not %s", table_cell(t, i, "name"), is, wanted);
        end(&c);
    }
}
