/* SPDX-License-Identifier: GPL-3.0-or-later
 * From the typed line to text, to FHIR and back. */
#include <criterion/criterion.h>
#include <string.h>

#include "chart/dosage.h"
#include "chart/medication.h"
#include "chart/orderline.h"
#include "fhir/outcome.h"
#include "fhir/validate.h"
#include "order-text.h"

static DrugList *drugs;
static OrderWords *words;
static Instant now;

static void setup(void)
{
    g_autofree char *products = g_build_filename(g_getenv("ROND_DATA"), "drugs/products.tsv", NULL);
    g_autofree char *tokens = g_build_filename(g_getenv("ROND_DATA"), "orderline/tokens.tsv", NULL);
    drugs = drug_list_load(products, NULL);
    words = order_words_load(tokens, NULL);
    FhirTime t;
    fhir_time_parse("2026-11-21T07:44:00+01:00", &t);
    now = t.instant;
}

static void teardown(void)
{
    drug_list_free(drugs);
    order_words_free(words);
}

TestSuite(dosage, .init = setup, .fini = teardown, .timeout = 30);
TestSuite(medication, .init = setup, .fini = teardown, .timeout = 30);

static Order *parse(const char *line)
{
    OrderContext context = {.now = now};
    decimal_parse("70", &context.weight_kg);
    return orderline_parse(words, drugs, line, &context);
}

static const char *const texts[][3] = {
    /* line, dose, total */
    {"alvedon 1g x4 vb smärta 5d",
     "2 tabletter (1 g) vid behov mot smärta, högst 4 gånger per dygn i 5 dagar",
     "högst 4 g per dygn"},
    {"alvedon 1x3 smärta", "1 tablett (500 mg) 3 gånger dagligen", "1,5 g per dygn"},
    {"citodon 1+0+1+0 smärta", "1 tablett morgon och kväll", "2 tabletter per dygn"},
    {"citodon 2+0+0+1 smärta", "2 tabletter på morgonen och 1 tablett till natten",
     "3 tabletter per dygn"},
    {"stilnoct 5mg tn sömn", "1 tablett (5 mg) till natten", "5 mg per dygn"},
    {"citodon 1tn vb smärta", "1 tablett till natten vid behov mot smärta",
     "högst 1 tablett per dygn"},
    {"alvedon 500mg var 6t smärta", "1 tablett (500 mg) var 6:e timme", "2 g per dygn"},
    {"alvedon 1-2 tabl vb smärta max 8/d",
     "1–2 tabletter (500–1000 mg) vid behov mot smärta, högst 8 tabletter per dygn",
     "högst 4 g per dygn"},
    {"primperan 10mg po vb illamående max 3/d",
     "1 tablett (10 mg) vid behov mot illamående, högst 3 gånger per dygn", "högst 30 mg per dygn"},
    {"folacin 5mg x3/v anemi", "1 tablett (5 mg) 3 gånger per vecka", NULL},
    {"folacin 5mg x1 må on fre anemi", "1 tablett (5 mg) på måndagar, onsdagar och fredagar", NULL},
    {"metotrexat 7,5mg x1/v mån RA", "3 tabletter (7,5 mg) en gång per vecka, måndagar", NULL},
    {"durogesic 25 mikrogram/timme 1 plåster var 72t smärta", "1 plåster var 72:e timme", NULL},
    {"alvedon 500mg 2 tabl x4 smärta", "2 tabletter (1 g) 4 gånger dagligen", "4 g per dygn"},
    {"hydrokortison 10+5+5+0mg svikt",
     "1 tablett (10 mg) på morgonen, 0,5 tablett (5 mg) till lunch och 0,5 tablett (5 mg) till "
     "kvällen",
     "20 mg per dygn"},
    {"folacin 5mg varannan dag anemi", "1 tablett (5 mg) varannan dag", NULL},
    {"furix 40mg kl 8 och 14 svikt", "1 tablett (40 mg) kl 8 och 14", "80 mg per dygn"},
    {"kåvepenin 1g x3 i 7d tonsillit", "1 tablett (1 g) 3 gånger dagligen i 7 dagar",
     "3 g per dygn"},
    {"doxyferm 200mg 1d sedan 100mg 6d x1 pneumoni",
     "2 tabletter (200 mg) 1 gång dagligen i 1 dag, därefter 1 tablett (100 mg) 1 gång dagligen i "
     "6 dagar",
     "totalt 800 mg"},
    {"predn 30mg -10/3d kol",
     "3 tabletter (30 mg) 1 gång dagligen i 3 dagar, därefter 2 tabletter (20 mg) 1 gång dagligen "
     "i "
     "3 dagar, därefter 1 tablett (10 mg) 1 gång dagligen i 3 dagar",
     "totalt 180 mg"},
    {"movicol 1x1-2 förstoppning", "1 dospåse 1–2 gånger dagligen", "högst 2 dospåsar per dygn"},
    {"diflucan 150mg engångsdos svamp", "1 kapsel (150 mg) engångsdos", NULL},
    {"primperan 10mg iv nu illamående", "10 mg (2 ml) omedelbart, engångsdos", NULL},
    {"lantus 10E tn diabetes", "10 enheter (0,1 ml) till natten", "10 enheter per dygn"},
    {"levaxin 100 mikrogram x1 struma", "1 tablett (100 mikrogram) 1 gång dagligen",
     "100 mikrogram per dygn"},
    {"digoxin 0.130 mg x1 flimmer", NULL, NULL},
    {"xalatan 1 droppe till kvällen glaukom", "1 droppe till kvällen", "1 droppe per dygn"},
    {"gensumycin 5mg/kg x1 sepsis", "350 mg (8,75 ml) 1 gång dagligen (5 mg/kg × 70 kg)",
     "350 mg per dygn"},
};

Test(dosage, swedish_text)
{
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(Order) o = parse(texts[i][0]);
        g_autofree char *text = dosage_text(o);
        g_autofree char *total = dosage_total(o);
        if (texts[i][1] == NULL)
            continue;
        cr_expect_str_eq(text, texts[i][1], "%s: %s", texts[i][0], text);
        cr_expect(g_strcmp0(total, texts[i][2]) == 0, "%s: %s", texts[i][0], total);
    }
}

Test(dosage, period)
{
    g_autoptr(Order) o = parse("alvedon 1g x4 vb smärta 5d");
    g_autofree char *five = dosage_period(o, civil_date_at(now));
    cr_assert_str_eq(five, "från 21 nov 07:44 t.o.m. 25 nov, 5 dagar");
    g_autoptr(Order) on = parse("alvedon 1g x4 smärta");
    g_autofree char *open = dosage_period(on, civil_date_at(now));
    cr_assert_str_eq(open, "från 21 nov 07:44 tills vidare");
}

static FhirResource *write_order(const Order *o)
{
    MedicationContext c = {.uuid = "00000000-0000-4000-8000-000000000001",
                           .patient_id = "p1",
                           .patient_display = "Test",
                           .encounter_id = "e1",
                           .requester_type = "PractitionerRole",
                           .requester_id = "r1",
                           .requester_display = "Läkare",
                           .authored = now,
                           .inpatient = TRUE};
    g_autoptr(GError) error = NULL;
    FhirResource *r = medication_from_order(o, &c, &error);
    cr_assert_not_null(r, "%s", error != NULL ? error->message : "");
    return r;
}

/* What an order says once it is written: nothing is assumed any more. */
static char *said(Order *o)
{
    o->assumed = 0;
    return order_to_text(o);
}

Test(medication, what_is_written_is_sound_and_reads_back_the_same)
{
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(Order) o = parse(texts[i][0]);
        if (!order_complete(o))
            continue;
        g_autoptr(FhirResource) r = write_order(o);
        g_autoptr(GPtrArray) issues = fhir_validate(r);
        cr_expect(issues == NULL, "%s: %s: %s", texts[i][0],
                  issues ? ((FhirIssue *)issues->pdata[0])->expression : "",
                  issues ? ((FhirIssue *)issues->pdata[0])->text : "");
        g_autoptr(Order) back = order_new();
        cr_expect(medication_to_order(r, drugs, back), "%s", texts[i][0]);
        g_autofree char *want = said(o), *got = said(back);
        cr_expect_str_eq(got, want, "%s:\n got %s\nwant %s", texts[i][0], got, want);
        g_autofree char *text = dosage_text(o), *again = dosage_text(back);
        cr_expect_str_eq(again, text);
        cr_expect_eq(back->stop.day, o->stop.day, "%s", texts[i][0]);
    }
}

Test(medication, the_lines_above_are_orders)
{
    guint complete = 0;
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(Order) o = parse(texts[i][0]);
        complete += order_complete(o);
        if (texts[i][1] != NULL && !order_complete(o)) {
            g_autofree char *t = order_to_text(o);
            cr_log_info("%s: %s", texts[i][0], t);
        }
    }
    cr_assert_geq(complete, G_N_ELEMENTS(texts) - 4);
}

Test(medication, all_required_fields_are_there)
{
    g_autoptr(Order) o = parse("alvedon 1g x4 vb smärta 5d");
    g_autoptr(FhirResource) r = write_order(o);
    static const char *const paths[] = {"medicationCodeableConcept.text",
                                        "dosageInstruction[0].route.coding[0].code",
                                        "dosageInstruction[0].text",
                                        "dosageInstruction[0].doseAndRate[0].doseQuantity.value",
                                        "dosageInstruction[0].timing.repeat.boundsDuration.value",
                                        "dispenseRequest.validityPeriod.start",
                                        "dispenseRequest.validityPeriod.end",
                                        "reasonCode[0].text",
                                        "note[0].text",
                                        "requester.reference",
                                        "subject.reference",
                                        "dosageInstruction[0].maxDosePerPeriod.numerator.value"};
    for (gsize i = 0; i < G_N_ELEMENTS(paths); i++) {
        g_autofree char *v = fhir_string(fhir_root(r), paths[i]);
        cr_expect_not_null(v, "%s", paths[i]);
    }
    cr_assert(fhir_is(fhir_root(r), "note[0].text", "Uppföljning: vid rond"));
    cr_assert(fhir_is(fhir_root(r), "dispenseRequest.validityPeriod.end", "2026-11-25"));
    g_autoptr(MedicationRow) row = medication_row(r, drugs, now);
    cr_assert_str_eq(row->name, "Alvedon (paracetamol)");
    cr_assert_str_eq(row->strength, "500 mg");
    cr_assert_str_eq(row->atc, "N02BE01");
    cr_assert_str_eq(row->reason, "smärta");
    cr_assert_str_eq(row->dosage, texts[0][1]);
    cr_assert(row->as_needed && !row->dosage_raw);
    cr_assert_eq(row->state, MED_ACTIVE);
    Instant day = 86400 * (Instant)G_USEC_PER_SEC;
    cr_assert_eq(medication_state(r, now - day), MED_FUTURE);
    cr_assert_eq(medication_state(r, now + 4 * day), MED_ACTIVE);
    cr_assert_eq(medication_state(r, now + 5 * day), MED_PAST);
}

/* Without a reason of its own as well. */
Test(medication, as_needed_stays_as_needed)
{
    g_autoptr(Order) o = parse("alvedon 1g x4 vb smärta 5d");
    g_clear_pointer(&o->as_needed_reason, g_free);
    g_autoptr(FhirResource) r = write_order(o);
    g_autoptr(MedicationRow) row = medication_row(r, drugs, now);
    cr_assert(row->as_needed);
    g_autoptr(Order) back = order_new();
    cr_assert(medication_to_order(r, drugs, back));
    cr_assert(back->as_needed);
}

Test(medication, an_incomplete_order_is_refused)
{
    g_autoptr(Order) o = parse("lantus 10 tn diabetes");
    MedicationContext c = {.uuid = "x", .patient_id = "p", .authored = now};
    g_autoptr(GError) error = NULL;
    cr_assert_null(medication_from_order(o, &c, &error));
    cr_assert(g_error_matches(error, CHART_ERROR, CHART_ERROR_INCOMPLETE));
}

static FhirResource *resource(const char *json)
{
    g_autoptr(GBytes) bytes = g_bytes_new(json, strlen(json));
    g_autoptr(GError) error = NULL;
    FhirResource *r = fhir_resource_parse(bytes, &error);
    cr_assert_not_null(r, "%s", error != NULL ? error->message : json);
    return r;
}

#define MED "{\"resourceType\":\"MedicationRequest\",\"medicationCodeableConcept\":{\"text\":\"X\"}"

Test(medication, what_never_counts_as_active)
{
    static const struct {
        const char *json;
        MedState state;
    } cases[] = {
        {MED ",\"status\":\"active\",\"intent\":\"order\"}", MED_ACTIVE},
        {MED ",\"status\":\"active\",\"doNotPerform\":true}", MED_NOT_TO_BE_GIVEN},
        {MED ",\"status\":\"entered-in-error\"}", MED_VOID},
        {MED ",\"status\":\"cancelled\"}", MED_VOID},
        {MED ",\"status\":\"stopped\"}", MED_STOPPED},
        {MED ",\"status\":\"on-hold\"}", MED_ON_HOLD},
        {MED ",\"status\":\"completed\"}", MED_PAST},
        {MED ",\"status\":\"unknown\"}", MED_UNKNOWN},
        {MED ",\"status\":\"brand-new\"}", MED_UNKNOWN},
        {MED "}", MED_UNKNOWN},
        {MED ",\"status\":\"active\",\"intent\":\"proposal\"}", MED_DRAFT},
        {MED ",\"status\":\"active\",\"modifierExtension\":[{\"url\":\"x:y\"}]}", MED_UNKNOWN},
        {MED ",\"status\":\"active\",\"dosageInstruction\":[{\"text\":\"a\",\"modifierExtension\":"
             "[{\"url\":\"x:y\"}]}]}",
         MED_UNKNOWN},
        {MED ",\"status\":\"active\",\"authoredOn\":\"2026-11-22\"}", MED_FUTURE},
        {MED ",\"status\":\"active\",\"dosageInstruction\":[{\"timing\":{\"repeat\":{"
             "\"boundsPeriod\":{\"start\":\"2026-11-01\",\"end\":\"2026-11-20\"}}}}]}",
         MED_PAST},
        {MED ",\"status\":\"active\",\"dosageInstruction\":[{\"timing\":{\"repeat\":{"
             "\"boundsPeriod\":{\"start\":\"2026-11-01\",\"end\":\"2026-11-21\"}}}}]}",
         MED_ACTIVE},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(FhirResource) r = resource(cases[i].json);
        cr_expect_eq(medication_state(r, now), cases[i].state, "%s", cases[i].json);
    }
}

Test(dosage, what_cannot_be_read_is_shown_as_sent)
{
    static const struct {
        const char *dosage, *text;
        gboolean raw;
    } cases[] = {
        {"[{\"text\":\"enligt schema\"}]", "enligt schema", TRUE},
        {"[{\"text\":\"1 x 2\",\"timing\":{\"repeat\":{\"frequency\":2,\"period\":1,\"periodUnit\":"
         "\"d\",\"when\":[\"PCM\"]}},\"doseAndRate\":[{\"doseQuantity\":{\"value\":1,\"unit\":"
         "\"mg\"}}]}]",
         "1 x 2", TRUE},
        {"[{\"timing\":{\"repeat\":{\"frequency\":2,\"period\":1,\"periodUnit\":\"d\"}},"
         "\"doseAndRate\":[{\"doseQuantity\":{\"value\":2.50,\"unit\":\"mg\"}}]}]",
         "2,5 mg 2 gånger dagligen", FALSE},
        {"[{\"timing\":{\"repeat\":{\"frequency\":2,\"period\":1,\"periodUnit\":\"d\",\"offset\":30"
         "}},\"doseAndRate\":[{\"doseQuantity\":{\"value\":2,\"unit\":\"mg\"}}]}]",
         "dosering kan inte läsas", TRUE},
        {"[{\"method\":{\"text\":\"tugga\"},\"doseAndRate\":[{\"doseQuantity\":{\"value\":2,"
         "\"unit\":\"mg\"}}]}]",
         "dosering kan inte läsas", TRUE},
        {"[{\"doseAndRate\":[{\"doseQuantity\":{\"value\":2,\"unit\":\"mg\",\"comparator\":\"<\"}}]"
         "}]",
         "dosering kan inte läsas", TRUE},
        {"[{\"sequence\":1,\"text\":\"1 morgon och "
         "kväll\",\"timing\":{\"repeat\":{\"when\":[\"MORN\"]}},"
         "\"doseAndRate\":[{\"doseQuantity\":{\"value\":1,\"unit\":\"tablett\"}}]},"
         "{\"sequence\":1,\"text\":\"1 morgon och "
         "kväll\",\"timing\":{\"repeat\":{\"when\":[\"EVE\"]}},"
         "\"doseAndRate\":[{\"doseQuantity\":{\"value\":1,\"unit\":\"tablett\"}}]}]",
         "1 tablett morgon och kväll", FALSE},
        {"[{\"timing\":{\"repeat\":{\"frequency\":2,\"period\":1,\"periodUnit\":\"d\",\"when\":"
         "[\"MORN\",\"EVE\"]}},\"doseAndRate\":[{\"doseQuantity\":{\"value\":1,\"unit\":"
         "\"tablett\"}}]}]",
         "1 tablett morgon och kväll", FALSE},
        {"[{\"timing\":{\"repeat\":{\"frequency\":3,\"period\":1,\"periodUnit\":\"d\",\"when\":"
         "[\"MORN\",\"EVE\"]}},\"doseAndRate\":[{\"doseQuantity\":{\"value\":1,\"unit\":"
         "\"tablett\"}}]}]",
         "dosering kan inte läsas", TRUE},
        {"[{\"timing\":{\"repeat\":{\"when\":[\"MORN\"]}},\"doseAndRate\":[{\"doseRange\":{\"low\":"
         "{"
         "\"value\":1,\"unit\":\"mg\"},\"high\":{\"value\":2,\"unit\":\"mg\"}}}]}]",
         "dosering kan inte läsas", TRUE},
        {"[]", "dosering kan inte läsas", TRUE},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *json = g_strdup_printf(MED ",\"dosageInstruction\":%s}", cases[i].dosage);
        g_autoptr(FhirResource) r = resource(json);
        gboolean raw;
        g_autofree char *text = dosage_display(fhir_at(fhir_root(r), "dosageInstruction"), &raw);
        cr_expect_str_eq(text, cases[i].text, "%s: %s", cases[i].dosage, text);
        cr_expect_eq(raw, cases[i].raw, "%s", cases[i].dosage);
    }
}

/* Generated tapers: the sum of what is written equals the sum of what was typed. */
Test(medication, tapers_add_up)
{
    guint32 seed = g_random_int();
    g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
    guint tapers = 0;
    for (int round = 0; round < 200; round++) {
        int step = g_rand_int_range(rand, 1, 5) * 5, n = g_rand_int_range(rand, 2, 9);
        int days = g_rand_int_range(rand, 1, 8), expected = 0;
        for (int k = 1; k <= n; k++)
            expected += k * step * days;
        g_autofree char *line = g_strdup_printf("predn %dmg -%d/%dd kol", n * step, step, days);
        g_autoptr(Order) o = parse(line);
        if (!order_complete(o))
            continue; /* no strength gives so many whole tablets */
        g_autoptr(FhirResource) r = write_order(o);
        g_autoptr(Order) back = order_new();
        cr_assert(medication_to_order(r, drugs, back), "seed %u: %s", seed, line);
        Decimal sum = decimal_from_int(0);
        for (guint i = 0; i < back->step_count; i++)
            sum = decimal_add(
                sum, decimal_mul(back->steps[i].low, decimal_from_int(back->steps[i].days)));
        cr_assert_eq(decimal_compare(sum, decimal_from_int(expected)), 0, "seed %u: %s", seed,
                     line);
        cr_assert_eq(civil_date_days_between(civil_date_at(now), back->stop) + 1, n * days);
        tapers++;
    }
    cr_assert_geq(tapers, 150, "seed %u: only %u of 200 lines were tapers", seed, tapers);
}
