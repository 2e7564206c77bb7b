/* SPDX-License-Identifier: GPL-3.0-or-later
 * What the checks do with what they do not know: values that are too old, medicines without a code or of an
 * unknown state; and with the orders of the same list. */
#include "chart/check-case.h"

static gboolean needs_words(const BasketItem *b, const char *name)
{
    const CheckLine *l = line_of(b, name, CHECK_UNABLE);
    return l && check_needs_typed(l) && l->record;
}

/* @id measured @days ago: is a reason asked for because it is too old? */
static gboolean too_old(const char *id, const char *number, int days, const char *atc, const char *name, const char *dose)
{
    Case c = begin();
    scenario_value(c.facts, id, number, NOW - DAYS(days));
    if (strcmp(id, "eGFR"))
        scenario_value(c.facts, "eGFR", "80", NOW);
    BasketItem *b = order(&c, atc, name, dose, "mg", "po", "1");
    check(&c, 60);
    gboolean old = needs_words(b, "value");
    cr_assert_eq(old, basket_item_unanswered(b) != NULL);
    end(&c);
    return old;
}

Test(checks, a_value_that_is_too_old_is_no_value)
{
    cr_assert_not(too_old("eGFR", "80", 360, "A10BA02", "metformin", "500"));
    cr_assert(too_old("eGFR", "80", 370, "A10BA02", "metformin", "500"));
    cr_assert_not(too_old("K", "4.0", 360, "C03DA01", "spironolakton", "25"));
    cr_assert(too_old("K", "4.0", 370, "C03DA01", "spironolakton", "25"));
    cr_assert_not(too_old("INR", "2.3", 29, "B01AA03", "warfarin", "5"));
    cr_assert(too_old("INR", "2.3", 31, "B01AA03", "warfarin", "5"));
}

Test(checks, a_childs_weight_is_new_or_not_known)
{
    static const struct {
        int days;
        gboolean known;
    } rows[] = {{80, TRUE}, {100, FALSE}, {-1, FALSE}};
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        Case c = begin();
        if (rows[i].days >= 0)
            scenario_weight(c.facts, "20", NOW - DAYS(rows[i].days));
        BasketItem *b = order(&c, "N02BE01", "paracetamol", "300", "mg", "po", "4");
        check(&c, 6);
        cr_assert_eq(needs_words(b, "dose"), !rows[i].known);
        end(&c);
    }
}

/* An adult's limit holds for a child too, whatever the weight. */
Test(checks, no_child_gets_more_than_an_adult)
{
    Case c = begin();
    scenario_weight(c.facts, "20", NOW);
    BasketItem *b = order(&c, "R06AX27", "desloratadin", "50", "mg", "po", "1");
    check(&c, 6);
    cr_assert_eq(line_of(b, "dose", CHECK_FOUND)->severity, CHECK_STOP);
    end(&c);
}

Test(checks, what_has_no_code_needs_a_reason_in_words)
{
    Case c = begin();
    scenario_medicine(c.facts, NULL, "Okänd hjärtmedicin", "active");
    BasketItem *b = order(&c, "N02BE01", "paracetamol", "500", "mg", "po", "3");
    check(&c, 60);
    cr_assert(needs_words(b, "interaction"));
    cr_assert(strstr(line_of(b, "interaction", CHECK_UNABLE)->record, "Okänd hjärtmedicin"));
    BasketWriting w = {.practitioner = "dr1", .name = "Test Läkare", .now = NOW};
    cr_assert_null(basket_order_resource(b, "p1", "Prov, Petra", &w, NULL));
    g_hash_table_insert(b->answers, g_strdup(basket_item_unanswered(b)->key), g_strdup("rund vit tablett, utsatt"));
    g_autoptr(FhirResource) r = basket_order_resource(b, "p1", "Prov, Petra", &w, NULL);
    cr_assert(fhir_is(fhir_root(r), "contained[0].mitigation[0].action.text", "rund vit tablett, utsatt"));
    end(&c);
}

/* Simvastatin that may be or may not be given: never a hit, never silent either. */
Test(checks, what_is_not_surely_given_is_never_counted)
{
    static const struct {
        const char *status, *more;
        gboolean counted, doubted;
    } rows[] = {
        {"active", "", TRUE, FALSE},
        {"entered-in-error", "", FALSE, FALSE},
        {"cancelled", "", FALSE, FALSE},
        {"stopped", "", FALSE, FALSE},
        {"active", "\"doNotPerform\":true,", FALSE, FALSE},
        {"unknown", "", FALSE, TRUE},
        {"half-given", "", FALSE, TRUE},
        {"active", "\"modifierExtension\":[{\"url\":\"urn:x\",\"valueBoolean\":true}],", FALSE, TRUE},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        Case c = begin();
        g_autofree char *json = g_strdup_printf(
            "{\"resourceType\":\"MedicationRequest\",\"id\":\"m1\",\"status\":\"%s\",%s\"intent\":\"order\",\"medicationCodeableConcept\":"
            "{\"coding\":[{\"system\":\"http://www.whocc.no/atc\",\"code\":\"C10AA01\"}],\"text\":\"Simvastatin\"},"
            "\"subject\":{\"reference\":\"Patient/p1\"}}",
            rows[i].status, rows[i].more);
        scenario_fact(c.facts, FACT_MEDICATIONS, json);
        BasketItem *b = order(&c, "J01FA09", "klaritromycin", "500", "mg", "po", "2");
        check(&c, 60);
        const CheckLine *hit = line_of(b, "interaction", CHECK_FOUND);
        cr_assert_eq(hit != NULL, rows[i].counted, "%s %s", rows[i].status, rows[i].more);
        cr_assert_eq(needs_words(b, "interaction"), rows[i].doubted, "%s %s", rows[i].status, rows[i].more);
        end(&c);
    }
}

Test(checks, what_is_paused_is_told_and_stops_nothing)
{
    Case c = begin();
    scenario_medicine(c.facts, "C10AA01", "Simvastatin", "on-hold");
    BasketItem *b = order(&c, "J01FA09", "klaritromycin", "500", "mg", "po", "2");
    check(&c, 60);
    cr_assert_eq(line_of(b, "interaction", CHECK_FOUND)->severity, CHECK_MEDIUM);
    end(&c);
}

Test(checks, the_orders_of_one_list_are_held_against_each_other)
{
    Case c = begin();
    BasketItem *a = order(&c, "J01FA09", "klaritromycin", "500", "mg", "po", "2");
    BasketItem *b = order(&c, "C10AA01", "simvastatin", "20", "mg", "po", "1");
    check(&c, 60);
    cr_assert_eq(line_of(a, "interaction", CHECK_FOUND)->severity, CHECK_STOP);
    cr_assert_eq(line_of(b, "interaction", CHECK_FOUND)->severity, CHECK_STOP);
    g_ptr_array_remove(c.items, b); /* and again at the signature, with what is left */
    check(&c, 60);
    cr_assert_null(line_of(a, "interaction", CHECK_FOUND));
    end(&c);
}

/* Three together, each pair of which goes. */
Test(checks, three_medicines_of_which_one_is_on_the_list)
{
    Case c = begin();
    scenario_value(c.facts, "K", "4.0", NOW);
    scenario_medicine(c.facts, "C09AA02", "Enalapril", "active");
    BasketItem *a = order(&c, "C03CA01", "furosemid", "40", "mg", "po", "1");
    BasketItem *b = order(&c, "M01AE01", "ibuprofen", "400", "mg", "po", "3");
    check(&c, 60);
    cr_assert_eq(line_of(a, "interaction", CHECK_FOUND)->severity, CHECK_HIGH);
    cr_assert_eq(line_of(b, "interaction", CHECK_FOUND)->severity, CHECK_HIGH);
    cr_assert(strstr(line_of(b, "interaction", CHECK_FOUND)->record, "Enalapril"));
    end(&c);
}

Test(checks, a_line_says_what_it_looked_at_and_when)
{
    Case c = begin();
    scenario_value(c.facts, "K", "5.6", NOW - DAYS(2));
    BasketItem *b = order(&c, "A12BA01", "kaliumklorid", "750", "mg", "po", "2");
    check(&c, 60);
    const CheckLine *l = line_of(b, "value", CHECK_FOUND);
    cr_assert(strstr(l->record, "kalium 5,6 (2025-11-19)"), "%s", l->record);
    cr_assert_eq(l->severity, CHECK_STOP);
    end(&c);
}

/* 960 mg of a combination is not 960 mg of each of its parts. */
Test(checks, a_combination_has_a_dose_of_its_own)
{
    Case c = begin();
    BasketItem *b = order(&c, "J01EE01", "trimetoprim + sulfametoxazol", "960", "mg", "po", "2");
    check(&c, 60);
    cr_assert_null(line_of(b, "dose", CHECK_FOUND));
    cr_assert_not_null(line_of(b, "dose", CHECK_CLEAR));
    end(&c);
}

/* ---- the newest value is the value ---- */

static void raw_value(Case *c, Fact fact, const char *code, const char *quantity, int days)
{
    g_autofree char *when = instant_to_fhir(NOW - DAYS(days) - G_TIME_SPAN_HOUR);
    g_autofree char *json = g_strdup_printf("{\"resourceType\":\"Observation\",\"id\":\"v-%u\",\"status\":\"final\",\"code\":{\"coding\":["
                                            "{\"code\":\"%s\"}]},\"effectiveDateTime\":\"%s\",\"valueQuantity\":{%s}}",
                                            c->facts->items[fact]->len, code, when, quantity);
    scenario_fact(c->facts, fact, json);
}

#define INR_UNIT   "\"unit\":\"INR\",\"code\":\"{INR}\""
#define CELLS_UNIT "\"unit\":\"10*9/L\",\"code\":\"10*9/L\""

/* An older 2,4 is no answer to a newer ">8", nor to one that nobody can read. */
Test(checks, a_newer_value_hides_the_older)
{
    static const struct {
        const char *code, *older, *newer, *atc, *name;
        CheckState state;
        CheckSeverity level;
    } rows[] = {
        {"6301-6", "\"value\":2.4," INR_UNIT, "\"value\":8,\"comparator\":\">\"," INR_UNIT, "B01AA03", "warfarin", CHECK_FOUND, CHECK_STOP},
        {"6301-6", "\"value\":2.4," INR_UNIT, "\"value\":1,\"comparator\":\">\"," INR_UNIT, "B01AA03", "warfarin", CHECK_UNABLE, CHECK_HIGH},
        {"6301-6", "\"value\":2.4," INR_UNIT, "\"value\":24,\"unit\":\"%\",\"code\":\"%\"", "B01AA03", "warfarin", CHECK_UNABLE,
         CHECK_HIGH},
        {"751-8", "\"value\":3.1," CELLS_UNIT, "\"value\":0.1,\"comparator\":\"<\"," CELLS_UNIT, "N05AH02", "klozapin", CHECK_FOUND,
         CHECK_STOP},
        {"751-8", "\"value\":3.1," CELLS_UNIT, "\"value\":3100,\"unit\":\"/mm3\",\"code\":\"/mm3\"", "N05AH02", "klozapin", CHECK_UNABLE,
         CHECK_HIGH},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        Case c = begin();
        raw_value(&c, FACT_VALUES, rows[i].code, rows[i].newer, 0);
        raw_value(&c, FACT_VALUES, rows[i].code, rows[i].older, 3);
        BasketItem *b = order(&c, rows[i].atc, rows[i].name, "5", "mg", "po", "1");
        check(&c, 60);
        const CheckLine *l = line_of(b, "value", rows[i].state);
        cr_assert(l && l->severity == rows[i].level, "row %zu", i);
        cr_assert_eq(check_needs_typed(l), TRUE);
        end(&c);
    }
}

/* What a search did not bring may be there. */
Test(checks, values_and_diagnoses_that_did_not_come_need_a_reason)
{
    Case c = begin();
    BasketItem *b = order(&c, "A12BA01", "kaliumklorid", "750", "mg", "po", "2");
    BasketItem *n = order(&c, "M01AE01", "ibuprofen", "400", "mg", "po", "3");
    check(&c, 60);
    cr_assert_not(needs_words(n, "diagnosis"));
    c.facts->known[FACT_VALUES] = c.facts->known[FACT_CONDITIONS] = FALSE;
    basket_check(c.items, order_data(NULL), c.facts, NOW);
    cr_assert(needs_words(b, "value"));
    cr_assert(needs_words(n, "diagnosis"));
    end(&c);
}

/* The systolic pressure is a part of its panel, and has a search of its own. */
Test(checks, a_low_pressure_is_seen_in_its_panel)
{
    Case c = begin();
    g_autofree char *when = instant_to_fhir(NOW - G_TIME_SPAN_HOUR);
    g_autofree char *json = g_strdup_printf(
        "{\"resourceType\":\"Observation\",\"id\":\"bp\",\"status\":\"final\",\"code\":{\"coding\":[{\"code\":\"85354-9\"}]},"
        "\"effectiveDateTime\":\"%s\",\"component\":[{\"code\":{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\"8480-6\"}]},"
        "\"valueQuantity\":{\"value\":78,\"unit\":\"mm[Hg]\",\"code\":\"mm[Hg]\"}}]}",
        when);
    scenario_fact(c.facts, check_facts_part_of("BT"), json);
    BasketItem *b = order(&c, "C08CA01", "amlodipin", "5", "mg", "po", "1");
    check(&c, 60);
    cr_assert_eq(line_of(b, "value", CHECK_FOUND)->severity, CHECK_HIGH);
    cr_assert_neq(check_facts_part_of("BT"), check_facts_part_of("K"));
    end(&c);
}

/* ---- the dose ---- */

static BasketItem *patch(Case *c, const char *id)
{
    const DrugList *drugs = order_data(NULL)->drugs;
    BasketItem *b = order(c, "N02AB03", "fentanyl", "1", "plåster", "td", "0.33");
    for (guint i = 0; i < drug_list_count(drugs); i++)
        if (strcmp(drug_list_at(drugs, i)->id, id) == 0) {
            b->order->product = drug_list_at(drugs, i);
            g_free(b->order->atc);
            b->order->atc = g_strdup(b->order->product->atc);
            g_free(b->order->substance);
            b->order->substance = g_strdup(b->order->product->substance);
        }
    return b;
}

/* A plaster holds so much an hour: the strongest is not for who is not used to opioids, and used to them nobody is who
 * has codeine now and then, or an order in the same list. */
Test(checks, a_plaster_is_counted_by_its_hour)
{
    static const struct {
        const char *id, *atc, *name, *status;
        gboolean stop;
    } rows[] = {
        {"T0046", NULL, NULL, NULL, TRUE},
        {"T0049", NULL, NULL, NULL, TRUE},
        {"T0047", NULL, NULL, NULL, FALSE},
        {"T0046", "N02AA05", "Oxikodon", "active", FALSE},
        {"T0046", "N02AA05", "Oxikodon", "on-hold", TRUE},
        {"T0046", "R05DA04", "Kodein", "active", TRUE},
        {"T0046", "N02AX02", "Tramadol", "active", TRUE},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        Case c = begin();
        if (rows[i].atc)
            scenario_medicine(c.facts, rows[i].atc, rows[i].name, rows[i].status);
        BasketItem *b = patch(&c, rows[i].id);
        if (i == 0)
            order(&c, "N02AA05", "oxikodon", "5", "mg", "po", "4");
        check(&c, 60);
        const CheckLine *l = line_of(b, "dose", CHECK_FOUND);
        cr_assert_eq(l && l->severity == CHECK_STOP, rows[i].stop, "row %zu", i);
        cr_assert(rows[i].stop || line_of(b, "dose", CHECK_CLEAR), "row %zu", i);
        end(&c);
    }
}

/* 180 mg at once and then 90 mg twice a day is 180 mg a day. */
Test(checks, a_load_is_no_dose_of_a_day)
{
    Case c = begin();
    BasketItem *b = order(&c, "B01AC24", "tikagrelor", "180", "mg", "po", "2");
    order_add_step(b->order, decimal_from_int(90), (Decimal){0}, 0);
    b->order->load_first = TRUE;
    check(&c, 60);
    cr_assert_null(line_of(b, "dose", CHECK_FOUND));
    b->order->load_first = FALSE;
    check(&c, 60);
    cr_assert_eq(line_of(b, "dose", CHECK_FOUND)->severity, CHECK_STOP);
    end(&c);
}

/* A rule about more than so much a day is not silent when the day cannot be counted. */
Test(checks, a_dose_of_a_day_that_cannot_be_counted_needs_a_reason)
{
    Case c = begin();
    scenario_diagnosis(c.facts, "K70.3");
    BasketItem *b = order(&c, "N02BE01", "paracetamol", "1", "påse", "po", "3");
    check(&c, 60);
    cr_assert(needs_words(b, "diagnosis"));
    cr_assert_null(line_of(b, "diagnosis", CHECK_FOUND));
    end(&c);
}

/* ---- the answer ---- */

/* A reason for potassium 5,2 is none for 6,8. */
Test(checks, an_answer_is_for_what_was_said)
{
    g_autofree char *low = NULL, *high = NULL;
    for (int i = 0; i < 2; i++) {
        Case c = begin();
        scenario_medicine(c.facts, "C09AA02", "Enalapril", "active");
        scenario_value(c.facts, "K", i ? "6.8" : "5.2", NOW - G_TIME_SPAN_HOUR);
        BasketItem *b = order(&c, "C03DA01", "spironolakton", "25", "mg", "po", "1");
        check(&c, 60);
        const CheckLine *l = line_of(b, "interaction", CHECK_FOUND);
        cr_assert_not_null(l);
        *(i ? &high : &low) = g_strdup(l->key);
        end(&c);
    }
    cr_assert_str_neq(low, high);
}

/* Words of an entry without a code: whole where they are short, and not inside another word. */
Test(checks, a_word_of_an_allergy_is_no_part_of_another_word)
{
    static const struct {
        const char *entry, *reaction, *atc, *name;
        int level; /* -1: nothing found */
    } rows[] = {
        {"Nystatin", "utslag", "C10AA05", "atorvastatin", -1},
        {"Statiner", "myalgi", "C10AA05", "atorvastatin", CHECK_MEDIUM},
        {"Järnsulfat", "illamående", "J01EE01", "trimetoprim + sulfametoxazol", -1},
        {"Sulfa", "utslag", "J01EE01", "trimetoprim + sulfametoxazol", CHECK_HIGH},
        {"Sulfatiazol", "utslag", "J01EE01", "trimetoprim + sulfametoxazol", CHECK_HIGH},
        {"pc", "utslag", "J01CF05", "flukloxacillin", CHECK_HIGH},
        {"pc", "Quinckeödem", "J01CF05", "flukloxacillin", CHECK_STOP},
        {"pc", "larynxödem", "J01CF05", "flukloxacillin", CHECK_STOP},
        {"pc", "Lyells syndrom", "J01CF05", "flukloxacillin", CHECK_STOP},
        {"upcoming", "utslag", "J01CF05", "flukloxacillin", -1},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        Case c = begin();
        scenario_allergy(c.facts, NULL, rows[i].entry, rows[i].reaction, "low");
        BasketItem *b = order(&c, rows[i].atc, rows[i].name, "20", "mg", "po", "1");
        check(&c, 60);
        const CheckLine *l = line_of(b, "allergy", CHECK_FOUND);
        cr_assert_eq(l ? (int)l->severity : -1, rows[i].level, "row %zu", i);
        end(&c);
    }
}

/* A gel and a tablet of the same substance, whichever of them is ordered. */
Test(checks, what_is_given_on_the_skin_is_no_double_that_stops)
{
    for (int skin = 0; skin < 2; skin++) {
        Case c = begin();
        g_autofree char *json = g_strdup_printf(
            "{\"resourceType\":\"MedicationRequest\",\"id\":\"m1\",\"status\":\"active\",\"intent\":\"order\",\"medicationCodeableConcept\":"
            "{\"coding\":[{\"system\":\"http://www.whocc.no/atc\",\"code\":\"M01AB05\"}],\"text\":\"Diklofenak\"},\"dosageInstruction\":["
            "{\"route\":{\"coding\":[{\"system\":\"http://snomed.info/sct\",\"code\":\"%s\"}]}}],\"subject\":{\"reference\":\"Patient/p1\"}}",
            skin ? "6064005" : "26643006");
        scenario_fact(c.facts, FACT_MEDICATIONS, json);
        BasketItem *b = order(&c, "M01AB05", "diklofenak", "50", "mg", "po", "3");
        check(&c, 40);
        cr_assert_eq(line_of(b, "duplicate", CHECK_FOUND)->severity, skin ? CHECK_MEDIUM : CHECK_HIGH);
        end(&c);
    }
}
