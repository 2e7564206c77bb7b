/* SPDX-License-Identifier: GPL-3.0-or-later
 * Orders on the list to sign: kept as drafts, checked, written with the reasons against warnings. */
#include <criterion/criterion.h>
#include <string.h>

#include "chart/basket-sign.h"
#include "chart/medication.h"
#include "chart/order-reading.h"
#include "fhir/outcome.h"
#include "fhir/validate.h"

static const OrderData *data;
static Instant now;
static CheckFacts *facts;

static void setup(void)
{
    FhirTime t;
    data = order_data(NULL);
    fhir_time_parse("2026-11-21T07:44:00+01:00", &t);
    now = t.instant;
    facts = check_facts_new();
    for (int i = 0; i < FACTS; i++)
        facts->known[i] = TRUE;
    facts->settled = TRUE;
    facts->age = 44;
    facts->months = 44 * 12;
    facts->egfr = 90;
    facts->egfr_at = now - G_TIME_SPAN_DAY;
}

static void teardown(void)
{
    check_facts_free(facts);
}

TestSuite(basket, .init = setup, .fini = teardown, .timeout = 30);
TestSuite(check, .init = setup, .fini = teardown, .timeout = 30);

static BasketItem *item_of(const char *line)
{
    BasketItem *b = basket_item_new(NULL, "pat-1");
    Decimal kg;
    decimal_parse("80", &kg);
    g_free(b->line);
    b->line = g_strdup(line);
    b->ready = TRUE;
    basket_item_read(b, data, kg, now);
    return b;
}

static void know(Fact fact, const char *json)
{
    g_autoptr(GBytes) text = g_bytes_new(json, strlen(json));
    g_autoptr(GError) error = NULL;
    FhirResource *r = fhir_resource_parse(text, &error);
    cr_assert_not_null(r, "%s", error ? error->message : "");
    g_ptr_array_add(facts->items[fact], r);
    check_facts_compute(facts, NULL, now);
}

static void know_allergy(const char *code, const char *text, const char *criticality)
{
    g_autofree char *coding = code ? g_strdup_printf("\"coding\":[{\"system\":\"http://www.whocc.no/atc\",\"code\":\"%s\"}],", code)
                                   : g_strdup("");
    g_autofree char *json = g_strdup_printf(
        "{\"resourceType\":\"AllergyIntolerance\",\"id\":\"a-%u\",\"category\":[\"medication\"],\"criticality\":\"%s\","
        "\"clinicalStatus\":{\"coding\":[{\"code\":\"active\"}]},\"code\":{%s\"text\":\"%s\"},\"patient\":{\"reference\":\"Patient/pat-1\"}}",
        facts->items[FACT_ALLERGIES]->len, criticality, coding, text);
    know(FACT_ALLERGIES, json);
}

static void know_none(void)
{
    know(FACT_ALLERGIES, "{\"resourceType\":\"AllergyIntolerance\",\"id\":\"n\",\"clinicalStatus\":{\"coding\":[{\"code\":\"active\"}]},"
                         "\"code\":{\"coding\":[{\"system\":\"http://snomed.info/sct\",\"code\":\"716186003\"}]}}");
}

static void know_medicine(const char *atc, const char *name, const char *status)
{
    g_autofree char *json = g_strdup_printf(
        "{\"resourceType\":\"MedicationRequest\",\"id\":\"m-%u\",\"status\":\"%s\",\"intent\":\"order\",\"medicationCodeableConcept\":"
        "{\"coding\":[{\"system\":\"http://www.whocc.no/atc\",\"code\":\"%s\"}],\"text\":\"%s\"},"
        "\"subject\":{\"reference\":\"Patient/pat-1\"}}",
        facts->items[FACT_MEDICATIONS]->len, status, atc, name);
    know(FACT_MEDICATIONS, json);
}

static GPtrArray *check_all(BasketItem *b)
{
    g_autoptr(GPtrArray) items = g_ptr_array_new();
    g_ptr_array_add(items, b);
    basket_check(items, data, facts, now);
    return b->checks;
}

/* "allergy:found:3 dose:unable:0 …", in the order shown, without what was looked at and is well. */
static char *states(BasketItem *b)
{
    static const char *const names[] = {"clear", "found", "unable"};
    GString *s = g_string_new(NULL);
    const GPtrArray *lines = check_all(b);
    for (guint i = 0; i < lines->len; i++) {
        const CheckLine *l = lines->pdata[i];
        if (l->state == CHECK_CLEAR)
            continue;
        g_string_append_printf(s, "%s%s:%s:%d", s->len ? " " : "", l->check, names[l->state],
                               l->state == CHECK_FOUND ? (int)l->severity : 0);
    }
    return g_string_free(s, FALSE);
}

#define ASSERT_STATES(LINE, WANTED)                                       \
    do {                                                                  \
        g_autoptr(BasketItem) b_ = item_of(LINE);                         \
        g_autofree char *got_ = states(b_);                               \
        cr_assert_str_eq(got_, WANTED, "%s\n got  %s", LINE, got_);       \
    } while (0)

/* ---- checks ---- */

Test(check, nothing_found_says_what_was_looked_at)
{
    know_none();
    know_medicine("C09AA02", "Enalapril", "active");
    ASSERT_STATES("alvedon 1g x4 smärta", "");
    g_autoptr(BasketItem) b = item_of("alvedon 1g x4 smärta");
    const GPtrArray *lines = check_all(b);
    guint clear = 0;
    for (guint i = 0; i < lines->len; i++)
        clear += ((const CheckLine *)lines->pdata[i])->state == CHECK_CLEAR;
    cr_assert_eq(clear, 5); /* hypersensitivity, interactions, doubles, dose, diagnoses */
    decimal_parse("84", &facts->weight_kg);
    g_autofree char *looked = checks_looked_at(facts);
    cr_assert_str_eq(looked, "1 medicine, 1 hypersensitivity entry, eGFR 90, weight 84 kg");
}

Test(check, hypersensitivity_by_substance_class_and_words)
{
    know_allergy("J01CE02", "penicillin V", "high");
    ASSERT_STATES("kåvepenin 1g x3 i 7d tonsillit", "allergy:found:3");
    ASSERT_STATES("amoxicillin 500mg x3 i 7d otit", "allergy:found:3");
    ASSERT_STATES("alvedon 1g x4 smärta", "");
    g_autoptr(BasketItem) cephalosporin = item_of("claforan 1g x3 iv pneumoni");
    g_autofree char *got = states(cephalosporin); /* another class that may react alike: less than a stop */
    cr_assert(g_str_has_prefix(got, "allergy:found:1") || strstr(got, " allergy:found:1"), "%s", got);
}

/* The record says what they have in common: the substance, not only its class, whatever the entry calls it. */
Test(check, the_same_substance_under_another_name)
{
    know_allergy("J01CE02", "Tikacillin", "high");
    g_autoptr(BasketItem) b = item_of("kåvepenin 1g x3 i 7d tonsillit");
    const GPtrArray *lines = check_all(b);
    const CheckLine *first = lines->pdata[0];
    cr_assert_str_eq(first->check, "allergy");
    cr_assert(strstr(first->record, "samma substans"), "%s", first->record);
}

Test(check, a_mild_hypersensitivity_is_high_not_stop)
{
    know_allergy("J01XE01", "nitrofurantoin", "low");
    ASSERT_STATES("nitrofurantoin 50mg x3 i 5d uvi", "allergy:found:2");
}

Test(check, cross_reaction_without_code_and_what_cannot_be_checked)
{
    know_allergy(NULL, "något antibiotikum", "low");
    ASSERT_STATES("alvedon 1g x4 smärta", "allergy:unable:0");
    know_allergy(NULL, "Penicillin", "high");
    ASSERT_STATES("kåvepenin 1g x3 i 7d tonsillit",
                  "allergy:found:3 allergy:unable:0");
}

Test(check, not_known_is_never_none)
{
    facts->known[FACT_ALLERGIES] = facts->known[FACT_MEDICATIONS] = FALSE;
    facts->egfr = -1;
    ASSERT_STATES("metformin 500mg x2 diabetes",
                  "allergy:unable:0 duplicate:unable:0 value:unable:0");
    facts->known[FACT_ALLERGIES] = facts->known[FACT_MEDICATIONS] = TRUE; /* an empty list: nobody has asked */
    ASSERT_STATES("alvedon 1g x4 smärta", "allergy:unable:0");
}

Test(check, the_same_substance_twice_also_in_combinations)
{
    know_none();
    know_medicine("N02AJ06", "Citodon", "active");
    ASSERT_STATES("alvedon 1g x4 smärta", "duplicate:found:2");
    know_medicine("C09AA02", "Enalapril", "active");
    ASSERT_STATES("ramipril 5mg x1 hypertoni", "duplicate:found:2 monitoring:found:0 value:unable:0");
    know_medicine("N02BE01", "Paracetamol", "stopped");
    ASSERT_STATES("enalapril 5mg x1 hypertoni", "duplicate:found:2 monitoring:found:0 value:unable:0");
}

Test(check, doses_over_the_limit_and_tenfold)
{
    know_none();
    ASSERT_STATES("alvedon 1g x4 smärta", "");
    ASSERT_STATES("alvedon 1g x5 smärta", "dose:found:2");
    ASSERT_STATES("alvedon 1g vb smärta max 5/d", "dose:found:2");
    ASSERT_STATES("alvedon 3 tabl x3 smärta", "dose:found:3 dose:found:2");
    ASSERT_STATES("alvedon 5g x1 smärta", "dose:found:3 dose:found:2");
    facts->age = 7;
    facts->months = 7 * 12;
    ASSERT_STATES("alvedon 500mg x4 smärta", "dose:unable:0");
}

Test(check, kidneys)
{
    know_none();
    facts->egfr = 29;
    ASSERT_STATES("metformin 500mg x2 diabetes", "value:found:3");
    facts->egfr = 30; /* the next limit: 45, and how much then */
    ASSERT_STATES("metformin 500mg x2 diabetes", "value:found:0");
    ASSERT_STATES("metformin 1g x2 diabetes", "value:found:2");
    facts->egfr = 45;
    ASSERT_STATES("metformin 500mg x2 diabetes", "");
}

Test(check, the_rest_of_the_list_counts)
{
    know_none();
    g_autoptr(BasketItem) a = item_of("alvedon 1g x4 smärta"), b = item_of("panodil 500mg x3 feber");
    g_autoptr(GPtrArray) items = g_ptr_array_new();
    g_ptr_array_add(items, a);
    g_ptr_array_add(items, b);
    basket_check(items, data, facts, now);
    cr_assert_not_null(basket_item_unanswered(a));
    cr_assert_not_null(basket_item_unanswered(b));
}

/* ---- the list ---- */

Test(basket, a_draft_comes_back_whole)
{
    g_autoptr(BasketItem) a = item_of("met 50mg x1 hypertoni"), b = basket_item_new(a->id, "pat-1");
    for (guint i = 0; i < a->order->choices->len; i++)
        if (strcmp(((DrugProduct *)a->order->choices->pdata[i])->substance, "metoprolol") == 0)
            basket_item_pick_substance(a, a->order->choices->pdata[i]);
    g_hash_table_insert(a->answers, g_strdup("dose-2-x"), g_strdup("nyttan \"överväger\"\nrisken; = [å]"));
    g_autoptr(GBytes) text = basket_item_to_draft(a);
    cr_assert(basket_item_from_draft(b, text));
    cr_assert_str_eq(b->line, "metoprolol 50mg x1 hypertoni");
    cr_assert_str_eq(b->substance, "metoprolol");
    cr_assert(b->ready);
    cr_assert_str_eq(g_hash_table_lookup(b->answers, "dose-2-x"), "nyttan \"överväger\"\nrisken; = [å]");
    g_autoptr(GBytes) bad = g_bytes_new_static("\xff\x00[", 3);
    cr_assert_not(basket_item_from_draft(b, bad));
}

Test(basket, a_pick_does_not_outlive_its_word)
{
    g_autoptr(BasketItem) b = item_of("alvedon 1g x4 smärta");
    for (guint i = 0; i < drug_list_count(data->drugs); i++) {
        const DrugProduct *p = drug_list_at(data->drugs, i);
        if (g_strcmp0(p->brand, "Alvedon") == 0 && strcmp(p->form, "suppositorium") == 0)
            basket_item_pick_product(b, p);
    }
    basket_item_read(b, data, (Decimal){0}, now);
    cr_assert_str_eq(b->order->form, "suppositorium");
    g_free(b->line);
    b->line = g_strdup("ipren 400mg x3 smärta");
    basket_item_read(b, data, (Decimal){0}, now);
    cr_assert_null(b->product);
    cr_assert_str_eq(b->order->form, "tablett");
}

Test(basket, no_word_of_the_line_is_lost_to_the_form)
{
    static const char *const lines[] = {
        "alvedon 1g po x4 vb smärta i 5d", "alvedon 500 mg 2 tabl x4 feber", "predn 60mg -10/2d kol",
        "alvedon 1+0+1 smärta",            "prednisolon 200mg 1d sedan 100mg 6d kol", "alvedon 1g x4 smärta qwerty9 uppf om en vecka",
        "metotrexat 15mg x1/v ons RA",     "alvedon 1g kl 8 och 20 smärta från imorgon",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(lines); i++) {
        g_autoptr(BasketItem) b = item_of(lines[i]);
        g_autoptr(GString) all = g_string_new(NULL);
        for (guint k = 0; k < b->order->words->len; k++)
            g_string_append_printf(all, "%s%s", k ? " " : "", ((OrderWord *)b->order->words->pdata[k])->text);
        cr_assert_str_eq(all->str, lines[i]);
    }
}

static void assert_word(const BasketItem *b, const char *text, OrderField field)
{
    for (guint i = 0; i < b->order->words->len; i++) {
        const OrderWord *w = b->order->words->pdata[i];
        if (strcmp(w->text, text) == 0) {
            cr_assert_eq(w->field, field, "%s: %d", text, w->field);
            return;
        }
    }
    cr_assert_fail("%s", text);
}

Test(basket, every_word_knows_its_part)
{
    g_autoptr(BasketItem) b = item_of("alvedon tabl 500mg 1g po x4 vb smärta i 5d orsak fraktur från imorgon uppf om två dagar");
    assert_word(b, "alvedon", ORDER_DRUG);
    assert_word(b, "tabl", ORDER_FORM);
    assert_word(b, "500mg", ORDER_STRENGTH);
    assert_word(b, "1g", ORDER_DOSE);
    assert_word(b, "po", ORDER_ROUTE);
    assert_word(b, "x4", ORDER_TIMING);
    assert_word(b, "vb", ORDER_AS_NEEDED);
    assert_word(b, "smärta", ORDER_AS_NEEDED);
    assert_word(b, "5d", ORDER_STOP);
    assert_word(b, "orsak", ORDER_REASON);
    assert_word(b, "fraktur", ORDER_REASON);
    assert_word(b, "imorgon", ORDER_START);
    assert_word(b, "uppf", ORDER_FOLLOW_UP);
    assert_word(b, "två", ORDER_FOLLOW_UP);
    g_autofree char *line = basket_line_with(b, ORDER_DOSE, "500mg");
    cr_assert(g_str_has_prefix(line, "alvedon tabl 500mg 500mg po x4"), "%s", line);
}

Test(basket, a_form_after_the_dose_is_no_reason)
{
    g_autoptr(BasketItem) b = item_of("alvedon 1g supp x3 feber");
    cr_assert_str_eq(b->order->form, "suppositorium");
    cr_assert_str_eq(b->order->reason, "feber");
    g_autoptr(BasketItem) c = item_of("alvedon 1g x3 mg feber");
    cr_assert_not(order_complete(c->order));
}

Test(basket, two_limits_are_asked_about)
{
    g_autoptr(BasketItem) b = item_of("alvedon 1g x1 vb smärta max 3");
    cr_assert_not_null(order_issue(b->order, ORDER_MAX));
}

/* ---- into the record ---- */

static const BasketWriting writing = {.practitioner = "prac-1", .name = "Eva Lind", .encounter = "enc-1", .inpatient = TRUE};

Test(basket, the_story_of_b04)
{
    know_none();
    g_autoptr(GError) error = NULL;
    g_autoptr(BasketItem) b = item_of("alved 1g po nu fot");
    check_all(b);
    g_autoptr(GPtrArray) lines = order_reading_lines(b->order, civil_date_at(now));
    cr_assert_str_eq(lines->pdata[0], "Alvedon (paracetamol) tablett 500 mg (antaget), oralt");
    cr_assert_str_eq(lines->pdata[1], "2 tabletter (1 g) omedelbart, engångsdos");
    cr_assert_str_eq(lines->pdata[3], "ordinationsorsak: fot · uppföljning: vid rond (antaget)");
    BasketWriting w = writing;
    w.now = now;
    g_autoptr(FhirResource) r = basket_order_resource(b, "pat-1", "Öberg, Sven-Åke", &w, &error);
    cr_assert_not_null(r, "%s", error ? error->message : "");
    g_autoptr(GPtrArray) issues = fhir_validate(r);
    cr_assert_null(issues);
    g_autofree char *urn = g_strconcat("urn:uuid:", b->id, NULL);
    cr_assert(fhir_is(fhir_root(r), "identifier[0].value", urn));
}

Test(basket, what_begins_tomorrow_is_not_given_today)
{
    for (int inpatient = 0; inpatient < 2; inpatient++) {
        BasketWriting w = writing;
        w.now = now;
        w.inpatient = inpatient;
        g_autoptr(BasketItem) b = item_of("enalapril 5mg x1 hypertoni från imorgon");
        cr_assert(order_complete(b->order));
        cr_assert_str_eq(b->order->reason, "hypertoni");
        g_autoptr(FhirResource) r = basket_order_resource(b, "pat-1", NULL, &w, NULL);
        cr_assert_eq(medication_state(r, now), MED_FUTURE);
        cr_assert_eq(medication_state(r, now + G_TIME_SPAN_DAY), MED_ACTIVE);
    }
}

Test(basket, a_warning_without_reason_is_not_written)
{
    g_autoptr(GError) error = NULL;
    BasketWriting w = writing;
    w.now = now;
    know_allergy("J01CE02", "penicillin V", "high");
    g_autoptr(BasketItem) b = item_of("kåvepenin 1g x3 i 7d tonsillit");
    check_all(b);
    cr_assert_null(basket_order_resource(b, "pat-1", NULL, &w, &error));
    const CheckLine *line = basket_item_unanswered(b);
    cr_assert_eq(line->severity, CHECK_STOP);
    g_hash_table_insert(b->answers, g_strdup(line->key), g_strdup("har tålts efter \"provokation\""));
    g_clear_error(&error);
    g_autoptr(FhirResource) r = basket_order_resource(b, "pat-1", NULL, &w, &error);
    cr_assert_not_null(r, "%s", error ? error->message : "");
    FhirNode root = fhir_root(r);
    cr_assert(fhir_is(root, "contained[0].mitigation[0].action.text", "har tålts efter \"provokation\""));
    cr_assert(fhir_is(root, "detectedIssue[0].reference", "#varning-0"));
    g_autofree char *note = fhir_string(root, "note[1].text");
    cr_assert(strstr(note, "Skäl: har tålts efter"), "%s", note);
    g_autoptr(GPtrArray) issues = fhir_validate(r);
    cr_assert_null(issues);
    /* An answer belongs to its warning: another severity asks again. */
    cr_assert_null(basket_item_unanswered(b));
    g_ptr_array_set_size(facts->items[FACT_ALLERGIES], 0);
    know_allergy("J01CE02", "penicillin V", "low");
    check_all(b);
    cr_assert_not_null(basket_item_unanswered(b));
}
