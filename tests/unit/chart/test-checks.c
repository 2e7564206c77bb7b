/* SPDX-License-Identifier: GPL-3.0-or-later
 * What the checks do with what they do not know: values that are too old, medicines without a code or of an
 * unknown state; and with the orders of the same list. */
#include <criterion/criterion.h>
#include <string.h>

#include "chart/scenario.h"

#define NOW (1763712000 * (gint64)G_USEC_PER_SEC)
#define DAYS(N) ((N) * G_TIME_SPAN_DAY)

typedef struct {
    CheckFacts *facts;
    GPtrArray *own, *items;
} Case;

static Case begin(void)
{
    Case c = {check_facts_new(), scenario_products(), g_ptr_array_new_with_free_func((GDestroyNotify)basket_item_free)};
    scenario_no_allergy(c.facts);
    return c;
}

static void end(Case *c)
{
    check_facts_free(c->facts);
    g_ptr_array_unref(c->items);
    g_ptr_array_unref(c->own);
}

static BasketItem *order(Case *c, const char *atc, const char *name, const char *dose, const char *unit, const char *route, const char *per_day)
{
    BasketItem *b = basket_item_new(NULL, "p1");
    b->ready = TRUE;
    b->order = scenario_order(atc, name, dose, unit, route, per_day, 30, "prov", NOW, c->own);
    g_ptr_array_add(c->items, b);
    return b;
}

static void check(Case *c, int years)
{
    scenario_person(c->facts, years * 12, 'M', NOW);
    basket_check(c->items, order_data(NULL), c->facts, NOW);
}

/* The first line of the check in that state; NULL. */
static const CheckLine *line_of(const BasketItem *b, const char *name, CheckState state)
{
    for (guint i = 0; i < b->checks->len; i++) {
        const CheckLine *l = b->checks->pdata[i];
        if (strcmp(l->check, name) == 0 && l->state == state)
            return l;
    }
    return NULL;
}

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
