/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/seed-dose.h"
#include "core/seed-internal.h"
#include <string.h>

#define CATEGORY "http://terminology.hl7.org/CodeSystem/medicationrequest-category"

typedef struct {
    const char *status, *reason; /* reason of a stop or pause */
    SeedTime start;
    gboolean ward;
} Order;

/* läkemedel | furosemid | tablett 40 mg | 1+1+0+0 tablett | ordinationsorsak | -2å
 *           [| inlagd] [| utsatt bristande effekt] [| pausad akut njurpåverkan] */
static gboolean parse_order(SeedChart *c, const SeedLine *l, Order *o, GError **error)
{
    *o = (Order){.status = "active"};
    if (!seed_time(c, l, seed_field(l, 5), &o->start, error))
        return FALSE;
    for (guint i = 6; i < l->n; i++) {
        const char *f = l->fields[i];
        if (!strcmp(f, "inlagd")) {
            o->ward = TRUE;
        } else if (g_str_has_prefix(f, "utsatt ")) {
            o->status = "stopped";
            o->reason = f + strlen("utsatt ");
        } else if (g_str_has_prefix(f, "pausad ")) {
            o->status = "on-hold";
            o->reason = f + strlen("pausad ");
        } else {
            return seed_complain(l, error, "\"%s\" is neither inlagd, utsatt nor pausad", f);
        }
    }
    int days = seed_dose_days(seed_field(l, 3));
    int gone = civil_date_days_between(o->start.date, c->seed->today);
    if (days && gone >= days && !strcmp(o->status, "active"))
        o->status = "completed";
    return TRUE;
}

static char *title_case(const char *name)
{
    gunichar first = g_unichar_toupper(g_utf8_get_char(name));
    char utf8[7] = {0};
    g_unichar_to_utf8(first, utf8);
    return g_strconcat(utf8, g_utf8_next_char(name), NULL);
}

/* "injektionsvätska sc 100 E/ml": "sc" tells the route and is no part of the name. */
static char *product_text(const char *name, const char *form)
{
    g_auto(GStrv) words = g_strsplit(form, " ", -1);
    g_autoptr(GString) text = g_string_new(name);
    for (char **w = words; *w; w++)
        if (strcmp(*w, "sc") && strcmp(*w, "im"))
            g_string_append_printf(text, " %s", *w);
    return g_strdup(text->str);
}

/* Prescriptions live a year: an old treatment was last renewed some time in the past year. */
static CivilDate renewed(const SeedChart *c, const SeedLine *l, CivilDate start)
{
    int age = civil_date_days_between(start, c->seed->today);
    if (age <= 360)
        return start;
    return civil_date_add_days(c->seed->today, -(int)(20 + seed_pick(c, l, "renewed", 340)));
}

static void b_validity(FhirBuild *b, CivilDate from)
{
    fhir_b_object(b, "dispenseRequest");
    fhir_b_object(b, "validityPeriod");
    fhir_b_date(b, "start", from);
    fhir_b_date(b, "end", civil_date_add_days(civil_date_add_months(from, 12), -1));
    fhir_b_end(b);
    fhir_b_int(b, "numberOfRepeatsAllowed", 3);
    fhir_b_end(b);
}

gboolean seed_medication(SeedChart *c, const SeedLine *l, GError **error)
{
    const char *drug = seed_field(l, 1), *form = seed_field(l, 2), *why = seed_field(l, 4);
    const char *atc = seed_lookup(c->seed->drugs, drug, "atc");
    Order o;
    if (!*atc)
        return seed_complain(l, error, "no drug \"%s\" in drugs.tsv", drug);
    if (!parse_order(c, l, &o, error))
        return FALSE;
    if (!strcmp(o.status, "active") && !g_hash_table_add(c->seen, (gpointer)atc))
        return TRUE;
    g_autofree char *id = seed_next_id(c, "med"), *name = title_case(drug);
    g_autofree char *text = product_text(name, form);
    CivilDate from = o.ward ? o.start.date : renewed(c, l, o.start.date);
    g_autoptr(FhirBuild) b = seed_start(c, "MedicationRequest", id);
    fhir_b_string(b, "status", o.status);
    if (o.reason)
        fhir_b_concept(b, "statusReason", NULL, NULL, NULL, o.reason);
    fhir_b_string(b, "intent", "order");
    fhir_b_array(b, "category");
    fhir_b_concept(b, NULL, CATEGORY, o.ward ? "inpatient" : "community", NULL, NULL);
    fhir_b_end(b);
    fhir_b_concept(b, "medicationCodeableConcept", SEED_ATC, atc, drug, text);
    seed_subject(c, b, "subject");
    if (o.ward)
        seed_b_encounter(c, b, o.start.instant);
    if (o.ward && o.start.timed)
        fhir_b_instant(b, "authoredOn", o.start.instant);
    else
        fhir_b_date(b, "authoredOn", from);
    seed_b_staff(c, b, "requester", c->pal);
    fhir_b_array(b, "reasonCode");
    fhir_b_concept(b, NULL, NULL, NULL, NULL, why);
    fhir_b_end(b);
    if (!seed_b_dosage(b, l, seed_field(l, 3), form, why, error))
        return FALSE;
    if (!o.ward)
        b_validity(b, from);
    return seed_take(c, b, error);
}
