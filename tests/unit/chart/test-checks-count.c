/* SPDX-License-Identifier: GPL-3.0-or-later
 * Everyday orders without a hazard, and with one planted in every fiftieth: how often the checks
 * interrupt, how often rightly, and whether they let one past. ROND_ORDERS says how many, ROND_SEED which. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "chart/scenario.h"

#define NOW (1763712000 * (gint64)G_USEC_PER_SEC)
#define SAMPLE 200
#define PLANTED 50 /* one in so many */

typedef struct {
    const char *atc, *name;
} Given;

typedef struct {
    const char *atc, *name, *dose, *unit, *route, *per_day;
    int days;
    gboolean per_kg, as_needed;
} Wanted;

/* People as they come: what they have, what they take, what is ordered for them in an ordinary week. All of a
 * row go together, says pharmacology and not the checks. */
static const struct {
    const char *diagnosis, *week;
    int from, to; /* years */
    Given given[4];
    Wanted wanted[8];
} people[] = {
    {"I10.9", NULL, 35, 74, {{"C08CA01", "amlodipin"}, {"C10AA05", "atorvastatin"}},
     {{"C09AA02", "enalapril", "10", "mg", "po", "1", 365}, {"A02BC01", "omeprazol", "20", "mg", "po", "1", 30},
      {"J01CE02", "fenoximetylpenicillin", "1", "g", "po", "3", 10}, {"N05CF01", "zopiklon", "5", "mg", "po", "1", 10},
      {"R06AE07", "cetirizin", "10", "mg", "po", "1", 30}, {"J01CA08", "pivmecillinam", "200", "mg", "po", "3", 5},
      {"C03AA03", "hydroklortiazid", "12.5", "mg", "po", "1", 365}, {"N02BE01", "paracetamol", "1", "g", "po", "4", 7}}},
    {"E11.9", NULL, 35, 74, {{"A10BA02", "metformin"}, {"C10AA05", "atorvastatin"}},
     {{"A10BK03", "empagliflozin", "10", "mg", "po", "1", 365}, {"A10AE04", "insulin glargin", "12", "E", "sc", "1", 365},
      {"A10BH01", "sitagliptin", "100", "mg", "po", "1", 365}, {"J01CF05", "flukloxacillin", "1", "g", "po", "3", 10},
      {"C08CA01", "amlodipin", "5", "mg", "po", "1", 365}, {"C09CA01", "losartan", "50", "mg", "po", "1", 365},
      {"N02BE01", "paracetamol", "500", "mg", "po", "4", 7}, {"A02BC02", "pantoprazol", "40", "mg", "po", "1", 30}}},
    {"I50.1", NULL, 50, 74, {{"C09AA05", "ramipril"}, {"C07AB07", "bisoprolol"}, {"C03DA01", "spironolakton"}},
     {{"A10BK01", "dapagliflozin", "10", "mg", "po", "1", 365}, {"C03CA01", "furosemid", "40", "mg", "po", "1", 90},
      {"N02BE01", "paracetamol", "1", "g", "po", "3", 7}, {"B03AA07", "järnsulfat", "100", "mg", "po", "1", 90},
      {"A02BC02", "pantoprazol", "40", "mg", "po", "1", 30}, {"B01AB04", "dalteparin", "5000", "E", "sc", "1", 7},
      {"J01CA04", "amoxicillin", "500", "mg", "po", "3", 7}, {"C10AA05", "atorvastatin", "40", "mg", "po", "1", 365}}},
    {"J45.9", NULL, 20, 70, {{"R03AK07", "budesonid + formoterol"}},
     {{"H02AB06", "prednisolon", "40", "mg", "po", "1", 7}, {"R03DC03", "montelukast", "10", "mg", "po", "1", 90},
      {"R03AC02", "salbutamol", "0.2", "mg", "inh", "4", 90}, {"J01AA02", "doxycyklin", "100", "mg", "po", "1", 7},
      {"R06AX27", "desloratadin", "5", "mg", "po", "1", 30}, {"N02BE01", "paracetamol", "1", "g", "po", "4", 5},
      {"R03BB04", "tiotropium", "5", "mikrog", "inh", "1", 90}, {"A02BC01", "omeprazol", "20", "mg", "po", "1", 30}}},
    {"I25.9", NULL, 45, 74, {{"B01AC06", "acetylsalicylsyra"}, {"C10AA05", "atorvastatin"}, {"C07AB02", "metoprolol"}},
     {{"B01AC04", "klopidogrel", "75", "mg", "po", "1", 365}, {"C09AA05", "ramipril", "5", "mg", "po", "1", 365},
      {"C01DA14", "isosorbidmononitrat", "60", "mg", "po", "1", 365}, {"A02BC02", "pantoprazol", "20", "mg", "po", "1", 90},
      {"C08CA01", "amlodipin", "5", "mg", "po", "1", 365}, {"C10AX09", "ezetimib", "10", "mg", "po", "1", 365},
      {"N02BE01", "paracetamol", "1", "g", "po", "4", 5}, {"C01DA02", "glyceryltrinitrat", "0.4", "mg", "sl", "1", 365, FALSE, TRUE}}},
    {"I48.9", NULL, 50, 74, {{"B01AF02", "apixaban"}, {"C07AB02", "metoprolol"}},
     {{"A02BC02", "pantoprazol", "40", "mg", "po", "1", 30}, {"C01AA05", "digoxin", "0.13", "mg", "po", "1", 90},
      {"C10AA05", "atorvastatin", "20", "mg", "po", "1", 365}, {"J01CE02", "fenoximetylpenicillin", "1", "g", "po", "3", 10},
      {"N02BE01", "paracetamol", "1", "g", "po", "4", 5}, {"C09AA02", "enalapril", "5", "mg", "po", "1", 365},
      {"A06AB08", "natriumpikosulfat", "7.5", "mg", "po", "1", 14}, {"H03AA01", "levotyroxin", "50", "mikrog", "po", "1", 365}}},
    {"M54.5", NULL, 20, 64, {{"N02BE01", "paracetamol"}},
     {{"M01AE02", "naproxen", "250", "mg", "po", "2", 7}, {"N02AA05", "oxikodon", "5", "mg", "po", "4", 3},
      {"A06AB08", "natriumpikosulfat", "7.5", "mg", "po", "1", 7}, {"A02BC01", "omeprazol", "20", "mg", "po", "1", 14},
      {"N06AA09", "amitriptylin", "10", "mg", "po", "1", 60}, {"N02BF01", "gabapentin", "300", "mg", "po", "3", 60},
      {"R06AE07", "cetirizin", "10", "mg", "po", "1", 30}, {"J01CF05", "flukloxacillin", "1", "g", "po", "3", 10}}},
    {"F33.1", NULL, 20, 64, {{"N06AB06", "sertralin"}},
     {{"N06AX11", "mirtazapin", "15", "mg", "po", "1", 90}, {"N05CH01", "melatonin", "2", "mg", "po", "1", 30},
      {"N02BE01", "paracetamol", "1", "g", "po", "4", 5}, {"A02BC02", "pantoprazol", "40", "mg", "po", "1", 30},
      {"J01CA04", "amoxicillin", "500", "mg", "po", "3", 7}, {"C09CA06", "kandesartan", "8", "mg", "po", "1", 365},
      {"H03AA01", "levotyroxin", "100", "mikrog", "po", "1", 365}, {"N05BA04", "oxazepam", "10", "mg", "po", "2", 5}}},
    {"G40.9", NULL, 20, 64, {{"N03AX14", "levetiracetam"}},
     {{"N03AX09", "lamotrigin", "25", "mg", "po", "1", 90}, {"N02BE01", "paracetamol", "1", "g", "po", "4", 5},
      {"B03BB01", "folsyra", "5", "mg", "po", "1", 90}, {"J01CF05", "flukloxacillin", "1", "g", "po", "3", 10},
      {"A02BC01", "omeprazol", "20", "mg", "po", "1", 30}, {"C08CA01", "amlodipin", "5", "mg", "po", "1", 365},
      {"R06AX27", "desloratadin", "5", "mg", "po", "1", 30}, {"B03BA01", "cyanokobalamin", "1", "mg", "po", "1", 365}}},
    {"M06.9", NULL, 30, 70, {{"L04AX03", "metotrexat"}, {"B03BB01", "folsyra"}},
     {{"H02AB06", "prednisolon", "10", "mg", "po", "1", 30}, {"N02BE01", "paracetamol", "1", "g", "po", "3", 14},
      {"A02BC02", "pantoprazol", "20", "mg", "po", "1", 30}, {"C08CA01", "amlodipin", "5", "mg", "po", "1", 365},
      {"J01FF01", "klindamycin", "300", "mg", "po", "3", 7}, {"P01BA02", "hydroxiklorokin", "200", "mg", "po", "1", 90},
      {"R06AE07", "cetirizin", "10", "mg", "po", "1", 30}, {"C10AA05", "atorvastatin", "20", "mg", "po", "1", 365}}},
    {"N10.9", NULL, 20, 74, {{NULL, NULL}},
     {{"J01DD01", "cefotaxim", "1", "g", "iv", "3", 5}, {"J01MA02", "ciprofloxacin", "500", "mg", "po", "2", 7},
      {"N02BE01", "paracetamol", "1", "g", "po", "4", 5}, {"B01AB04", "dalteparin", "5000", "E", "sc", "1", 5},
      {"J01GB03", "gentamicin", "320", "mg", "iv", "1", 1}, {"J01CR05", "piperacillin + tazobaktam", "4", "g", "iv", "3", 5},
      {"A04AA01", "ondansetron", "4", "mg", "po", "2", 3}, {"J01EE01", "trimetoprim + sulfametoxazol", "960", "mg", "po", "2", 7}}},
    {"H66.0", NULL, 2, 11, {{NULL, NULL}},
     {{"J01CA04", "amoxicillin", "20", "mg", "po", "3", 10, TRUE}, {"N02BE01", "paracetamol", "15", "mg", "po", "4", 3, TRUE},
      {"M01AE01", "ibuprofen", "7", "mg", "po", "3", 3, TRUE}, {"J01CE02", "fenoximetylpenicillin", "15", "mg", "po", "3", 10, TRUE},
      {"J01EE01", "trimetoprim + sulfametoxazol", "15", "mg", "po", "2", 5, TRUE},
      {"J01DB05", "cefadroxil", "15", "mg", "po", "2", 10, TRUE}, {"H02AB01", "betametason", "0.3", "mg", "po", "1", 1, TRUE},
      {"R06AE07", "cetirizin", "0.2", "mg", "po", "1", 30, TRUE}}},
    {"O26.9", "24", 20, 40, {{"B03AA07", "järnsulfat"}},
     {{"N02BE01", "paracetamol", "1", "g", "po", "3", 3}, {"J01CA08", "pivmecillinam", "200", "mg", "po", "3", 5},
      {"J01CE02", "fenoximetylpenicillin", "1", "g", "po", "3", 10}, {"C07AG01", "labetalol", "100", "mg", "po", "2", 60},
      {"A10AB05", "insulin aspart", "6", "E", "sc", "3", 60}, {"R06AE05", "meklozin", "25", "mg", "po", "2", 14},
      {"B01AB04", "dalteparin", "5000", "E", "sc", "1", 60}, {"A06AD11", "laktulos", "15", "ml", "po", "1", 30}}},
    {"M81.0", NULL, 75, 90, {{"C08CA01", "amlodipin"}, {"A02BC02", "pantoprazol"}},
     {{"N02BE01", "paracetamol", "1", "g", "po", "3", 14}, {"M05BA04", "alendronsyra", "70", "mg", "po", "0.142857", 365},
      {"B03BA01", "cyanokobalamin", "1", "mg", "po", "1", 365}, {"N05CF01", "zopiklon", "5", "mg", "po", "1", 10},
      {"J01CA08", "pivmecillinam", "200", "mg", "po", "3", 5}, {"N06AX11", "mirtazapin", "15", "mg", "po", "1", 90},
      {"A06AD65", "makrogol", "1", "dospåse", "po", "1", 30}, {"C03CA01", "furosemid", "20", "mg", "po", "1", 30}}},
};

/* What a clinician would have to be stopped at: the order, and what makes it wrong. */
static const struct {
    Wanted order;
    Given given;
    const char *diagnosis, *allergy, *value, *number;
} hazards[] = {
    {{"J01CE02", "fenoximetylpenicillin", "1", "g", "po", "3", 10}, {NULL}, NULL, "J01CA04", NULL, NULL},
    {{"N02BE01", "paracetamol", "1", "g", "po", "4", 5}, {"N02AJ06", "kodein + paracetamol"}, NULL, NULL, NULL, NULL},
    {{"C01AA05", "digoxin", "1.3", "mg", "po", "1", 90}, {NULL}, NULL, NULL, NULL, NULL},
    {{"J01FA09", "klaritromycin", "500", "mg", "po", "2", 7}, {"C10AA01", "simvastatin"}, NULL, NULL, NULL, NULL},
    {{"M01AE02", "naproxen", "250", "mg", "po", "2", 7}, {NULL}, NULL, NULL, "eGFR", "22"},
    {{"L04AX03", "metotrexat", "15", "mg", "po", "1", 30}, {NULL}, NULL, NULL, NULL, NULL},
    {{"G04BE03", "sildenafil", "50", "mg", "po", "1", 30}, {"C01DA14", "isosorbidmononitrat"}, NULL, NULL, NULL, NULL},
    {{"C03DA01", "spironolakton", "25", "mg", "po", "1", 90}, {NULL}, NULL, NULL, "K", "5.9"},
    {{"L01CA02", "vinkristin", "2", "mg", "it", "1", 1}, {NULL}, NULL, NULL, NULL, NULL},
    {{"C07AA05", "propranolol", "40", "mg", "po", "2", 90}, {NULL}, "J45.9", NULL, NULL, NULL},
    {{"J01EE01", "trimetoprim + sulfametoxazol", "960", "mg", "po", "2", 7}, {"B01AA03", "warfarin"}, NULL, NULL, NULL, NULL},
    {{"A10AE04", "insulin glargin", "20", "E", "iv", "1", 30}, {NULL}, NULL, NULL, NULL, NULL},
};

/* @from–@to with one decimal. */
static char *between(GRand *rand, int from, int to)
{
    int tenths = g_rand_int_range(rand, from * 10, to * 10 + 1);
    return g_strdup_printf("%d.%d", tenths / 10, tenths % 10);
}

static void know_values(CheckFacts *f, GRand *rand, const char *value, const char *number)
{
    static const struct {
        const char *id;
        int from, to;
    } usual[] = {{"eGFR", 65, 110}, {"K", 4, 4}, {"Na", 138, 142}, {"QTc", 390, 430}, {"Hb", 125, 150}, {"TPK", 180, 350}};
    for (gsize i = 0; i < G_N_ELEMENTS(usual); i++) {
        g_autofree char *n = between(rand, usual[i].from, usual[i].to);
        gboolean planted = value && strcmp(value, usual[i].id) == 0;
        scenario_value(f, usual[i].id, planted ? number : n, NOW - g_rand_int_range(rand, 1, 100) * G_TIME_SPAN_DAY);
    }
}

static void know_others(CheckFacts *f, GRand *rand)
{
    static const Given aside[] = {{"S01EE01", "latanoprost"}, {"R01AD09", "mometason"}, {"D07AA02", "hydrokortison"}};
    for (gsize i = 0; i < G_N_ELEMENTS(aside); i++)
        if (g_rand_boolean(rand))
            scenario_medicine(f, aside[i].atc, aside[i].name, "active");
    if (g_rand_int_range(rand, 0, 5))
        scenario_no_allergy(f);
    else
        scenario_allergy(f, "M04AA01", "allopurinol", "klåda", "low");
}

static gboolean interrupts(GRand *rand, gsize who, const Wanted *w, int hazard, char **ret_said)
{
    g_autoptr(CheckFacts) f = check_facts_new();
    g_autoptr(GPtrArray) own = scenario_products(), items = g_ptr_array_new();
    g_autoptr(BasketItem) b = basket_item_new("3f1de1e4-5f3a-4b0e-9f0b-2b1f6d0f7a22", "p1");
    int years = g_rand_int_range(rand, people[who].from, people[who].to + 1);
    int kg = years < 18 ? 8 + 3 * years : g_rand_int_range(rand, 55, 96);
    g_autofree char *weight = g_strdup_printf("%d", kg);
    scenario_weight(f, weight, NOW - 20 * G_TIME_SPAN_DAY);
    know_values(f, rand, hazard >= 0 ? hazards[hazard].value : NULL, hazard >= 0 ? hazards[hazard].number : NULL);
    know_others(f, rand);
    scenario_diagnosis(f, people[who].diagnosis);
    if (people[who].week)
        scenario_value(f, "vecka", people[who].week, NOW);
    for (gsize i = 0; i < 4 && people[who].given[i].atc; i++)
        scenario_medicine(f, people[who].given[i].atc, people[who].given[i].name, "active");
    if (hazard >= 0 && hazards[hazard].given.atc)
        scenario_medicine(f, hazards[hazard].given.atc, hazards[hazard].given.name, "active");
    if (hazard >= 0 && hazards[hazard].diagnosis)
        scenario_diagnosis(f, hazards[hazard].diagnosis);
    if (hazard >= 0 && hazards[hazard].allergy)
        scenario_allergy(f, hazards[hazard].allergy, "amoxicillin", "anafylaxi", "high");
    scenario_person(f, years * 12, people[who].week || g_rand_boolean(rand) ? 'F' : 'M', NOW);
    g_autofree char *dose = w->per_kg ? g_strdup_printf("%.1f", g_ascii_strtod(w->dose, NULL) * kg) : g_strdup(w->dose);
    b->ready = TRUE;
    b->order = scenario_order(w->atc, w->name, dose, w->unit, w->route, w->per_day, w->days, "prov", NOW, own);
    b->order->as_needed = w->as_needed;
    g_ptr_array_add(items, b);
    basket_check(items, order_data(NULL), f, NOW);
    const CheckLine *line = basket_item_unanswered(b);
    *ret_said = g_strdup_printf("%s, %d years, %s %s: %s", people[who].diagnosis, years, w->name, dose,
                                line ? line->record : "nothing");
    return line != NULL;
}

Test(checks_count, everyday_orders_are_left_alone_and_hazards_are_not, .timeout = 120)
{
    const char *seeded = g_getenv("ROND_SEED"), *orders = g_getenv("ROND_ORDERS");
    guint32 seed = seeded ? (guint32)g_ascii_strtoull(seeded, NULL, 10) : g_random_int();
    int all = orders ? (int)g_ascii_strtoll(orders, NULL, 10) : SAMPLE, wrong = 0, right = 0, planted = 0;
    GRand *rand = g_rand_new_with_seed(seed);
    for (int i = 0; i < all; i++) {
        gsize who = (gsize)g_rand_int_range(rand, 0, G_N_ELEMENTS(people));
        int hazard = i % PLANTED == PLANTED - 1 ? (i / PLANTED) % (int)G_N_ELEMENTS(hazards) : -1;
        gboolean child = people[who].to < 18;
        who = hazard >= 0 && (child || people[who].week) ? 0 : who; /* hazards are of adults */
        const Wanted *w = hazard >= 0 ? &hazards[hazard].order : &people[who].wanted[g_rand_int_range(rand, 0, 8)];
        g_autofree char *said = NULL;
        gboolean stopped = interrupts(rand, who, w, hazard, &said);
        planted += hazard >= 0;
        right += stopped && hazard >= 0;
        wrong += stopped && hazard < 0;
        if (stopped != (hazard >= 0))
            cr_log_error("%s: %s", hazard >= 0 ? "let past" : "interrupted", said);
    }
    g_rand_free(rand);
    fprintf(stderr, "seed %u: %d orders, %d false interruptions, %d of %d hazards caught\n", seed, all, wrong, right, planted);
    cr_assert_eq(right, planted, "seed %u", seed);
    cr_assert_leq(wrong * 200, all, "seed %u: over 0.5 of 100", seed);
    cr_assert_geq(right * 100, (right + wrong) * 70, "seed %u: under 70 %% right", seed);
}
