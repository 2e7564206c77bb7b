/* SPDX-License-Identifier: GPL-3.0-or-later
 * Rules that hold whichever of the two is ordered, and of what is given already: its way, its dose, when it was. */
#include "chart/check-case.h"
#include "chart/medication.h"
#include "fhir/build.h"

/* The order as the core holds it, given since @at. */
static void given(Case *c, Order *o, Instant at)
{
    static guint count;
    g_autofree char *uuid = g_strdup_printf("00000000-0000-4000-8000-%012u", ++count);
    g_autoptr(GError) error = NULL;
    MedicationContext m = {.uuid = uuid, .patient_id = "p1", .patient_display = "Prov", .requester_type = "Practitioner",
                           .requester_id = "dr1", .requester_display = "Test Läkare", .authored = at, .inpatient = TRUE};
    o->start = at;
    g_autoptr(FhirResource) r = medication_from_order(o, &m, &error);
    cr_assert(r, "%s", error ? error->message : "");
    g_ptr_array_add(c->facts->items[FACT_MEDICATIONS], fhir_resource_ref(r));
}

static Order *plain(Case *c, const char *atc, const char *name, const char *dose, const char *unit, const char *route, const char *per_day)
{
    return scenario_order(atc, name, dose, unit, route, per_day, 0, "prov", NOW, c->own);
}

static int worst_of(const BasketItem *b, const char *check)
{
    int worst = -1;
    for (guint i = 0; i < b->checks->len; i++) {
        const CheckLine *l = b->checks->pdata[i];
        if (l->state == CHECK_FOUND && strcmp(l->check, check) == 0)
            worst = MAX(worst, (int)l->severity);
    }
    return worst;
}

/* A beta blocker ordered to who has verapamil that way. */
static int with_verapamil(const char *route)
{
    Case c = begin();
    g_autoptr(Order) old = plain(&c, "C08DA01", "verapamil", "5", "mg", route, "1");
    given(&c, old, NOW);
    BasketItem *b = order(&c, "C07AB02", "metoprolol", "50", "mg", "po", "1");
    check(&c, 60);
    int worst = worst_of(b, "interaction");
    end(&c);
    return worst;
}

Test(checks_either, the_way_of_a_rule_is_that_of_the_medicine_it_names)
{
    cr_assert_eq(with_verapamil("iv"), CHECK_STOP);
    cr_assert_eq(with_verapamil("po"), CHECK_HIGH);
}

/* Amiodarone ordered to who has so much simvastatin. */
static int with_simvastatin(const char *mg)
{
    Case c = begin();
    g_autoptr(Order) old = plain(&c, "C10AA01", "simvastatin", mg, "mg", "po", "1");
    given(&c, old, NOW);
    BasketItem *b = order(&c, "C08DA01", "verapamil", "80", "mg", "po", "3");
    check(&c, 60);
    int worst = worst_of(b, "interaction");
    end(&c);
    return worst;
}

Test(checks_either, the_dose_of_a_rule_is_that_of_the_medicine_it_names)
{
    cr_assert_eq(with_simvastatin("40"), CHECK_HIGH);
    cr_assert_eq(with_simvastatin("20"), CHECK_MEDIUM);
}

Test(checks_either, a_dose_that_nobody_can_count_is_a_line_and_no_interruption)
{
    Case c = begin();
    scenario_medicine(c.facts, "C10AA01", "simvastatin", "active");
    BasketItem *b = order(&c, "C08DA01", "verapamil", "80", "mg", "po", "3");
    check(&c, 60);
    const CheckLine *l = line_of(b, "interaction", CHECK_UNABLE);
    cr_assert(!l || !check_needs_reason(l));
    cr_assert(l || worst_of(b, "interaction") == CHECK_MEDIUM);
    end(&c);
}

/* A limit that is typed: TRUE when the dose of a day is told of. */
static gboolean over_typed(const char *times, const char *most, gboolean as_needed)
{
    Case c = begin();
    BasketItem *b = order(&c, "N02BE01", "paracetamol", "1", "g", "po", times);
    b->order->as_needed = as_needed;
    decimal_parse(most, &b->order->max_dose);
    b->order->max_unit = "g";
    check(&c, 40);
    gboolean told = worst_of(b, "dose") >= CHECK_HIGH;
    end(&c);
    return told;
}

Test(checks_either, a_typed_limit_is_not_the_limit)
{
    cr_assert(over_typed("6", "4", FALSE)); /* what is given by the clock is given */
    cr_assert_not(over_typed("6", "4", TRUE));
    cr_assert(over_typed("4", "6", FALSE) == FALSE);
    cr_assert_not(over_typed("4", "6", TRUE));
    cr_assert(over_typed("8", "6", TRUE));
}

Test(checks_either, a_single_dose_of_last_week_is_not_given_now)
{
    for (int days = 0; days < 10; days += 9) {
        Case c = begin();
        g_autoptr(Order) old = plain(&c, "C08DA01", "verapamil", "80", "mg", "po", "1");
        old->timing = TIMING_ONCE;
        given(&c, old, NOW - DAYS(days));
        BasketItem *b = order(&c, "C07AB02", "metoprolol", "50", "mg", "po", "1");
        check(&c, 60);
        cr_assert_eq(worst_of(b, "interaction") >= CHECK_HIGH, days == 0, "%d", days);
        end(&c);
    }
}

Test(checks_either, how_fast_it_goes_in_is_held_against_the_hour)
{
    static const struct {
        const char *rate, *unit;
        int worst;
    } rows[] = {{"8", "mmol/tim", -1}, {"15", "mmol/tim", CHECK_HIGH}, {"40", "mmol/tim", CHECK_STOP}};
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        Case c = begin();
        BasketItem *b = order(&c, "B05XA01", "kaliumklorid", rows[i].rate, rows[i].unit, "iv", "1");
        check(&c, 60);
        cr_assert_eq(worst_of(b, "rate"), rows[i].worst, "%s %s", rows[i].rate, rows[i].unit);
        end(&c);
    }
    Case c = begin(); /* so many minutes */
    BasketItem *b = order(&c, "B05XA01", "kaliumklorid", "20", "mmol", "iv", "1");
    b->order->minutes = 30;
    check(&c, 60);
    cr_assert_eq(worst_of(b, "rate"), CHECK_STOP);
    end(&c);
}

Test(checks_either, a_rate_for_each_kilo_needs_the_weight)
{
    for (int weighed = 0; weighed < 2; weighed++) {
        Case c = begin();
        if (weighed)
            scenario_weight(c.facts, "70", NOW);
        BasketItem *b = order(&c, "C01CA04", "dopamin", "40", "mikrogram/kg/min", "iv", "1");
        check(&c, 60);
        cr_assert_eq(worst_of(b, "rate"), CHECK_HIGH); /* said for each kilo, it needs none */
        BasketItem *mg = order(&c, "C01CA04", "dopamin", "200", "mg/tim", "iv", "1");
        check(&c, 60);
        cr_assert_eq(worst_of(mg, "rate"), weighed ? CHECK_HIGH : -1);
        end(&c);
    }
}

static void diagnosed(Case *c, const char *code, int days)
{
    g_autofree char *when = instant_to_fhir(NOW - DAYS(days));
    g_autofree char *json = g_strdup_printf(
        "{\"resourceType\":\"Condition\",\"id\":\"d-%s\",\"clinicalStatus\":{\"coding\":[{\"code\":\"active\"}]},"
        "\"code\":{\"coding\":[{\"code\":\"%s\"}]},\"recordedDate\":\"%s\",\"subject\":{\"reference\":\"Patient/p1\"}}",
        code, code, when);
    scenario_fact(c->facts, FACT_CONDITIONS, json);
}

static gboolean pregnant(const char *code, int days, const char *then, int then_days)
{
    Case c = begin();
    diagnosed(&c, code, days);
    if (then)
        diagnosed(&c, then, then_days);
    scenario_person(c.facts, 30 * 12, 'F', NOW);
    gboolean is = c.facts->pregnant;
    end(&c);
    return is;
}

Test(checks_either, a_pregnancy_is_what_the_codes_say_and_as_long)
{
    cr_assert(pregnant("Z34.9", 60, NULL, 0));
    cr_assert(pregnant("O13.9", 60, NULL, 0));
    cr_assert_not(pregnant("Z34.9", 300, NULL, 0));
    cr_assert_not(pregnant("O03.9", 5, NULL, 0)); /* a miscarriage */
    cr_assert(pregnant("O62.0", 0, NULL, 0));     /* in labour */
    cr_assert_not(pregnant("O62.0", 30, NULL, 0));
    cr_assert_not(pregnant("Z34.9", 200, "O80.9", 10)); /* born since */
    cr_assert(pregnant("O80.9", 200, "Z34.9", 30));     /* and the next */
}

Test(checks_either, what_is_no_medicine_needs_no_code)
{
    static const struct {
        const char *said;
        gboolean asks;
    } rows[] = {{"latex", FALSE}, {"Allergi mot hasselnötter", FALSE}, {"latex och penicillin", TRUE}, {"okänd tablett", TRUE}};
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        Case c = begin();
        g_ptr_array_set_size(c.facts->items[FACT_ALLERGIES], 0);
        scenario_allergy(c.facts, NULL, rows[i].said, "utslag", "low");
        BasketItem *b = order(&c, "N02BE01", "paracetamol", "1", "g", "po", "3");
        check(&c, 40);
        const CheckLine *l = line_of(b, "allergy", CHECK_UNABLE);
        cr_assert_eq(l != NULL, rows[i].asks, "%s", rows[i].said);
        end(&c);
    }
}

/* Alvedon so often a day on the list, and Citodon with paracetamol in it ordered: what is said of the sum. */
static const CheckLine *sum_with(Case *c, const char *times)
{
    g_autoptr(Order) old = plain(c, "N02BE01", "paracetamol", "1", "g", "po", times);
    given(c, old, NOW);
    BasketItem *b = order(c, "N02AJ06", "kodein + paracetamol", "2", "tabl", "po", "3");
    check(c, 40);
    return line_of(b, "sum", CHECK_FOUND);
}

Test(checks_either, a_substance_is_summed_over_all_products)
{
    Case c = begin();
    const CheckLine *l = sum_with(&c, "4");
    cr_assert(l && l->severity == CHECK_STOP && strstr(l->record, "7 g") && strstr(l->record, "paracetamol"), "%s", l ? l->record : "nothing");
    end(&c);
    c = begin();
    l = sum_with(&c, "2");
    cr_assert(l && l->severity == CHECK_HIGH, "5 g of 4");
    end(&c);
    c = begin();
    cr_assert_null(sum_with(&c, "1")); /* 4 g in all */
    end(&c);
}

Test(checks_either, two_strengths_that_are_well_together_are_no_sum)
{
    Case c = begin();
    g_autoptr(Order) old = plain(&c, "H03AA01", "levotyroxin", "100", "mikrog", "po", "1");
    given(&c, old, NOW);
    BasketItem *b = order(&c, "H03AA01", "levotyroxin", "25", "mikrog", "po", "1");
    check(&c, 60);
    cr_assert_null(line_of(b, "sum", CHECK_FOUND));
    end(&c);
}

Test(checks_either, the_site_says_how_old_a_value_may_be)
{
    g_autoptr(GError) error = NULL;
    CheckRules *rules = check_rules_load(&error);
    cr_assert(rules && check_rules_set_ages(rules, "INR=14 K=180, vikt=30", &error), "%s", error ? error->message : "");
    const CheckValue *inr = rules->values->pdata[check_rules_value(rules, "INR")];
    cr_assert(inr->days == 14 && rules->weight_days == 30);
    static const char *const wrong[] = {"INR", "INR=0", "INR=x", "INR=7 Krea=3", "=3"};
    for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autoptr(GError) said = NULL;
        cr_assert_not(check_rules_set_ages(rules, wrong[i], &said), "%s", wrong[i]);
        cr_assert(said && inr->days == 14, "%s changed something", wrong[i]);
    }
    check_rules_free(rules);
}

/* Who has no date of birth takes the same medicines as anybody. */
Test(checks_either, an_age_that_is_not_known_hides_nothing)
{
    Case c = begin();
    g_autoptr(Order) old = plain(&c, "B01AA03", "warfarin", "2.5", "mg", "po", "1");
    given(&c, old, NOW);
    BasketItem *b = order(&c, "M01AE01", "ibuprofen", "400", "mg", "po", "3");
    check(&c, 60);
    int known = worst_of(b, "interaction");
    c.facts->months = c.facts->age = -1;
    basket_check(c.items, order_data(NULL), c.facts, NOW);
    cr_assert_geq(known, CHECK_HIGH);
    cr_assert_eq(worst_of(b, "interaction"), known);
    end(&c);
}
