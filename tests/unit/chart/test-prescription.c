/* SPDX-License-Identifier: GPL-3.0-or-later
 * From the typed line to what a pharmacy dispenses: computed, held against the rules of its class, written and read. */
#include <criterion/criterion.h>
#include <string.h>

#include "chart/basket-sign.h"
#include "chart/dosage.h"
#include "chart/prescriber.h"
#include "chart/order-reading.h"
#include "chart/prescription.h"
#include "fhir/build.h"
#include "fhir/outcome.h"
#include "fhir/validate.h"

static Instant now;

static void setup(void)
{
    FhirTime t;
    fhir_time_parse("2026-11-21T07:44:00+01:00", &t);
    now = t.instant;
}

TestSuite(prescription, .init = setup, .timeout = 30);

static BasketItem *item_of(const char *line)
{
    g_autoptr(GError) error = NULL;
    const OrderData *data = order_data(&error);
    cr_assert(data, "%s", error ? error->message : "");
    BasketItem *b = basket_item_new("cccccccc-0000-4000-8000-000000000001", "p1");
    g_free(b->line);
    b->line = g_strdup(line);
    b->ready = TRUE;
    basket_item_read(b, data, (Decimal){0}, now);
    return b;
}

static FhirResource *written(const BasketItem *b, gboolean inpatient)
{
    BasketWriting w = {.practitioner = "dr1", .name = "Test Läkare", .inpatient = inpatient, .now = now,
                       .prescriber_code = "9000010", .workplace_code = "140009"};
    g_autoptr(GError) error = NULL;
    FhirResource *r = basket_order_resource(b, "p1", "Test", &w, &error);
    cr_assert(r, "%s: %s", b->line, error ? error->message : "");
    g_autoptr(GPtrArray) faults = fhir_validate(r);
    cr_expect_null(faults, "%s: %s", b->line, faults ? ((FhirIssue *)faults->pdata[0])->text : "");
    return r;
}

/* line → how it is read, and what stands for it typed */
static const char *const read_as[][3] = {
    {"metoprolol depottablett 50mg x1 hypertoni recept 98 st uttag 4",
     "recept: 98 tabletter [dosen ger 90 på 90 dagar] · 4 uttag · giltigt t.o.m. 2027-11-21", "recept 98 st uttag 4"},
    {"metoprolol depottablett 50mg x1 hypertoni recept",
     "recept: 98 tabletter [antaget: dosen ger 90 på 90 dagar, 1 × 98] · 4 uttag (antaget) · giltigt t.o.m. 2027-11-21",
     "recept 98 st uttag 4"},
    {"alvedon 1g x4 smärta recept",
     "recept: 800 tabletter [antaget: dosen ger 720 på 90 dagar, 8 × 100] · 4 uttag (antaget) · giltigt t.o.m. 2027-11-21",
     "recept 800 st uttag 4"},
    {"kåvepenin 1g x3 i 7d tonsillit recept",
     "recept: 30 tabletter [antaget: dosen ger 21 på 7 dagar, 1 × 30] · 1 uttag (antaget) · giltigt t.o.m. 2027-11-21", NULL},
    {"citalopram tablett 20mg x1 depression recept 98 st uttag 2 byt ej överkänslig mot färgämne",
     "recept: 98 tabletter [dosen ger 90 på 90 dagar] · 2 uttag · giltigt t.o.m. 2027-11-21 · FÅR EJ BYTAS UT: överkänslig mot färgämne",
     "recept 98 st uttag 2 byt ej överkänslig mot färgämne"},
    {"oxynorm kapsel 5mg x2 smärta recept 28 st",
     "recept: 28 kapslar (tjugoåtta) [dosen ger 60 på 30 dagar] · 1 uttag (antaget) · giltigt t.o.m. 2027-11-21",
     "recept 28 st uttag 1"},
    {"prednisolon tablett 10mg 10mg 3d sedan 5mg 4d astma recept", NULL, NULL},
};

static char *reading_of(const BasketItem *b)
{
    g_autoptr(GPtrArray) lines = order_reading_lines(b->order, civil_date_at(now));
    for (guint i = 0; i < lines->len; i++)
        if (g_str_has_prefix(lines->pdata[i], "recept"))
            return g_strdup(lines->pdata[i]);
    return g_strdup("-");
}

Test(prescription, is_read_out_with_how_it_was_counted)
{
    for (gsize i = 0; i < G_N_ELEMENTS(read_as); i++) {
        g_autoptr(BasketItem) b = item_of(read_as[i][0]);
        g_autofree char *reading = reading_of(b), *line = prescription_line(b->order);
        const OrderIssue *first = b->order->issues->len ? b->order->issues->pdata[0] : NULL;
        cr_expect(!first, "%s: issue of field %d, %s", read_as[i][0], first ? (int)first->field : 0, first && first->token ? first->token : "-");
        if (read_as[i][1])
            cr_expect_str_eq(reading, read_as[i][1], "%s\n got %s\nwant %s", read_as[i][0], reading, read_as[i][1]);
        if (read_as[i][2])
            cr_expect_str_eq(line, read_as[i][2], "%s: %s", read_as[i][0], line);
    }
}

/* line → the part that is not to be signed so */
static const struct {
    const char *line;
    OrderField field;
    OrderIssueKind kind;
    const char *option;
} refused[] = {
    {"oxynorm kapsel 5mg x2 smärta recept 28 st uttag 2", ORDER_WITHDRAWALS, ISSUE_REFUSED, "1 uttag"},
    {"imovane 7,5mg tn sömn recept 30 st uttag 5", ORDER_WITHDRAWALS, ISSUE_REFUSED, "4 uttag"},
    {"oxynorm kapsel 5mg x2 smärta recept 98 st", ORDER_SUPPLY, ISSUE_REFUSED, "60 kapslar"},
    {"oxynorm kapsel 5mg x2 smärta recept 2 förp", ORDER_SUPPLY, ISSUE_REFUSED, NULL},
    {"metoprolol depottablett 50mg x1 hypertoni recept 98 ml", ORDER_SUPPLY, ISSUE_REFUSED, "tablett"},
    {"metoprolol depottablett 50mg x1 hypertoni recept 50 mg", ORDER_SUPPLY, ISSUE_REFUSED, "tablett"},
    {"metoprolol depottablett 50mg x1 hypertoni recept 98000 st", ORDER_SUPPLY, ISSUE_IMPLAUSIBLE, NULL},
    {"metoprolol depottablett 50mg x1 hypertoni recept 1,5 st", ORDER_SUPPLY, ISSUE_REFUSED, "tablett"},
    {"metoprolol depottablett 50mg x1 hypertoni uttag 60", ORDER_WITHDRAWALS, ISSUE_IMPLAUSIBLE, NULL},
    {"metoprolol depottablett 50mg x1 hypertoni recept uttag 2 uttag 3", ORDER_WITHDRAWALS, ISSUE_AMBIGUOUS, NULL},
    {"metoprolol depottablett 50mg x1 hypertoni recept 98 st 100 st", ORDER_SUPPLY, ISSUE_AMBIGUOUS, NULL},
    {"metoprolol depottablett 50mg x1 hypertoni byt ej", ORDER_EXCHANGE, ISSUE_MISSING, NULL},
    {"waran enligt schema förmaksflimmer recept", ORDER_SUPPLY, ISSUE_MISSING, NULL},
};

Test(prescription, what_the_rules_forbid_is_not_signed)
{
    for (gsize i = 0; i < G_N_ELEMENTS(refused); i++) {
        g_autoptr(BasketItem) b = item_of(refused[i].line);
        const OrderIssue *issue = order_issue(b->order, refused[i].field);
        cr_expect(issue, "%s: no issue", refused[i].line);
        if (!issue)
            continue;
        cr_expect_eq(issue->kind, refused[i].kind, "%s: kind %d", refused[i].line, (int)issue->kind);
        const char *option = issue->options ? issue->options[0] : NULL;
        if (refused[i].option)
            cr_expect_str_eq(option ? option : "-", refused[i].option, "%s: %s", refused[i].line, option);
        g_autofree char *sentence = order_issue_sentence(issue);
        cr_expect(*sentence);
    }
}

/* "st" counts pieces after "recept" and nowhere else. */
Test(prescription, a_word_means_it_in_its_place_only)
{
    g_autoptr(BasketItem) before = item_of("metoprolol depottablett 50mg x1 98 st hypertoni");
    cr_assert(order_issue(before->order, ORDER_TOKEN) != NULL);
    cr_assert(!before->order->supply.wanted);
    g_autoptr(BasketItem) follow = item_of("metoprolol depottablett 50mg x1 hypertoni uppf när recept är slut");
    cr_assert(!follow->order->supply.wanted);
    cr_assert_str_eq(follow->order->follow_up, "när recept är slut");
    g_autoptr(BasketItem) dose = item_of("metoprolol depottablett recept 50 mg x1 hypertoni");
    cr_assert(!dose->order->supply.quantity.valid || order_is_assumed(dose->order, ORDER_SUPPLY));
    cr_assert_eq(dose->order->step_count, 1);
}

static const char *const round_trip[] = {
    "metoprolol depottablett 50mg x1 hypertoni recept 98 st uttag 4",
    "citalopram tablett 20mg x1 depression recept 98 st uttag 2 byt ej överkänslig mot färgämne",
    "oxynorm kapsel 5mg x2 smärta recept 28 st",
    "kåvepenin 1g x3 i 7d tonsillit recept",
    "metoprolol depottablett 50mg x1 tom 2027-01-31 hypertoni recept 98 st",
    "metoprolol depottablett 50mg x1 hypertoni recept 2 förp",
};

Test(prescription, is_written_for_the_pharmacy_and_read_back_the_same)
{
    for (gsize i = 0; i < G_N_ELEMENTS(round_trip); i++) {
        g_autoptr(BasketItem) b = item_of(round_trip[i]);
        cr_assert(order_complete(b->order), "%s", round_trip[i]);
        g_autoptr(FhirResource) r = written(b, TRUE);
        FhirNode root = fhir_root(r);
        g_autofree char *category = fhir_concept_code(root, "category[0]", "http://terminology.hl7.org/CodeSystem/medicationrequest-category");
        cr_expect_str_eq(category, "community", "%s", round_trip[i]);
        cr_expect_eq(fhir_int(root, "dispenseRequest.numberOfRepeatsAllowed", -1), b->order->supply.withdrawals - 1);
        g_autoptr(Order) back = order_new();
        cr_assert(medication_to_order(r, order_data(NULL)->drugs, back), "%s", round_trip[i]);
        prescription_settle(back, order_data(NULL)->prescribing, now);
        g_autofree char *want = prescription_line(b->order), *got = prescription_line(back);
        cr_expect_str_eq(got, want, "%s: %s", round_trip[i], got);
        g_autofree char *name = drug_name(b->order->product, b->order->by_brand), *dose = dosage_text(b->order);
        g_autofree char *typed = g_strdup_printf("%s, oralt, %s, %s, ordinationsorsak: %s", name, dose, want, b->order->reason);
        g_autoptr(BasketItem) again = item_of(typed);
        g_autofree char *said = prescription_line(again->order);
        cr_expect_str_eq(said, want, "%s: %s", typed, said);
        cr_expect(order_complete(again->order), "%s", typed);
        g_autoptr(MedicationRow) row = medication_row(r, NULL, now);
        cr_expect(row->supply && strstr(row->supply, "uttag"));
        cr_expect_eq(row->state, MED_ACTIVE, "%s", round_trip[i]);
        gboolean ends = b->order->stop.year != 0;
        cr_expect_eq(row->until != INSTANT_NONE, ends, "%s: the treatment's end, not the paper's", round_trip[i]);
        if (ends)
            cr_expect_eq(civil_date_compare(civil_date_at(row->until - 1), b->order->stop), 0, "%s", round_trip[i]);
    }
}

Test(prescription, carries_codes_words_and_exchange)
{
    g_autoptr(BasketItem) b = item_of("oxynorm kapsel 5mg x2 smärta recept 28 st byt ej tål inte annat");
    g_autoptr(FhirResource) r = written(b, FALSE);
    FhirNode root = fhir_root(r);
    cr_assert(fhir_is(root, "requester.identifier.value", "9000010"));
    cr_assert(fhir_is(root, "extension[0].valueIdentifier.value", "140009"));
    cr_assert(fhir_is(root, "dispenseRequest.extension[0].valueString", "tjugoåtta"));
    cr_assert(fhir_exists(fhir_at(root, "substitution.allowedBoolean")) && !fhir_bool(root, "substitution.allowedBoolean"));
    g_autofree char *why = fhir_concept_text(root, "substitution.reason");
    cr_assert_str_eq(why, "tål inte annat");
    g_autofree char *end = fhir_string(root, "dispenseRequest.validityPeriod.end");
    cr_assert_str_eq(end, "2027-11-21");
}

/* What has not been held against the rules of its class is not written. */
Test(prescription, unsettled_is_not_written)
{
    g_autoptr(BasketItem) b = item_of("oxynorm kapsel 5mg x2 smärta recept 28 st");
    b->order->supply.settled = FALSE;
    BasketWriting w = {.practitioner = "dr1", .name = "Test Läkare", .now = now};
    g_autoptr(GError) error = NULL;
    cr_assert_null(basket_order_resource(b, "p1", "Test", &w, &error));
    cr_assert_not_null(error);
    g_autoptr(BasketItem) raw = item_of("oxynorm kapsel 5mg x2 smärta recept 28 st");
    raw->order->supply.settled = FALSE;
    prescription_settle(raw->order, NULL, now); /* no rules: no class that may be prescribed */
    cr_assert_not_null(order_issue(raw->order, ORDER_SUPPLY));
}

static const struct {
    const char *line;
    int days;
    const char *need;
} needs[] = {
    {"alvedon 1g x4 smärta", 10, "80"},
    {"alvedon 500mg 1+0+1+0 smärta", 10, "20"},
    {"citodon 1 tabl vb smärta max 6/d", 10, "60"},
    {"metoprolol depottablett 50mg x1 hypertoni", 90, "90"},
    {"alvedon 500mg var 6t smärta", 5, "20"},
    {"alvedon 1 tabl x3/v smärta", 28, "12"},
    {"alvedon 500mg var 3d smärta", 7, "3"},
    {"prednisolon 10mg tablett 20mg 3d sedan 10mg 3d astma", 90, "9"},
};

Test(prescription, need_follows_the_doses)
{
    for (gsize i = 0; i < G_N_ELEMENTS(needs); i++) {
        g_autoptr(BasketItem) b = item_of(needs[i].line);
        Decimal need = prescription_need(b->order, needs[i].days);
        g_autofree char *said = need.valid ? decimal_to_dose(need, TRUE) : g_strdup("-");
        cr_expect_str_eq(said, needs[i].need, "%s: %s", needs[i].line, said);
    }
}

Test(prescription, numbers_in_letters)
{
    static const struct {
        int n;
        const char *letters;
    } numbers[] = {{0, "noll"}, {1, "ett"}, {18, "arton"}, {21, "tjugoett"}, {28, "tjugoåtta"}, {98, "nittioåtta"}, {100, "etthundra"},
                   {112, "etthundratolv"}, {1000, "ettusen"}, {21000, "tjugoettusen"}, {2350, "tvåtusentrehundrafemtio"}};
    for (gsize i = 0; i < G_N_ELEMENTS(numbers); i++) {
        g_autofree char *letters = number_in_swedish(numbers[i].n);
        cr_expect_str_eq(letters, numbers[i].letters, "%d: %s", numbers[i].n, letters);
    }
}

Test(prescription, codes_are_found_with_their_system_only)
{
    g_autoptr(FhirBuild) b = fhir_build_new("Practitioner");
    fhir_b_array(b, "qualification");
    fhir_b_object(b, NULL);
    fhir_b_array(b, "identifier");
    fhir_b_identifier(b, NULL, "urn:oid:1.2.752.116.3.1.1", "123456");
    fhir_b_identifier(b, NULL, PRESCRIBER_CODE_SYSTEM, "9000010");
    fhir_b_end(b);
    fhir_b_end(b);
    fhir_b_end(b);
    g_autoptr(FhirResource) r = fhir_build_finish(b, NULL);
    g_autofree char *code = prescriber_identifier(r, PRESCRIBER_CODE_SYSTEM), *place = prescriber_identifier(r, WORKPLACE_CODE_SYSTEM);
    cr_assert_str_eq(code, "9000010");
    cr_assert_null(place);
    g_autofree char *text = prescriber_codes_text(NULL);
    cr_assert_str_eq(text, "förskrivarkod hämtas, arbetsplatskod hämtas");
}
