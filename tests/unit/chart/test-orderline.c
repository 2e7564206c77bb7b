/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/orderline.h"

#include <criterion/criterion.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "order-text.h"

static DrugList *drugs;
static OrderWords *words;

static void setup(void)
{
    g_autofree char *products = g_build_filename(g_getenv("ROND_DATA"), "drugs/products.tsv", NULL);
    g_autofree char *tokens = g_build_filename(g_getenv("ROND_DATA"), "orderline/tokens.tsv", NULL);
    g_autoptr(GError) error = NULL;
    g_autofree char *names = g_build_filename(g_getenv("ROND_DATA"), "drugs/names.tsv", NULL);
    drugs = drug_list_load(products, &error);
    cr_assert(drugs && drug_list_load_names(drugs, names, &error), "%s", error ? error->message : "");
    words = order_words_load(tokens, &error);
    cr_assert_null(error, "%s", error != NULL ? error->message : "");
}

static void teardown(void)
{
    drug_list_free(drugs);
    order_words_free(words);
}

TestSuite(orderline, .init = setup, .fini = teardown, .timeout = 30);
TestSuite(drug, .init = setup, .fini = teardown, .timeout = 30);

static Order *parse_at(const char *line, const char *weight)
{
    FhirTime now;
    fhir_time_parse("2026-11-21T07:44:00+01:00", &now);
    OrderContext context = {.now = now.instant};
    if (weight != NULL)
        decimal_parse(weight, &context.weight_kg);
    return orderline_parse(words, drugs, line, &context);
}

static const char *const readings[][2] = {
    {"alvedon 1g x4 vb smärta 5d",
     "paracetamol|tablett*|500 mg*|oral*|1 g| vb(smärta) max 4|smärta|5d"},
    {"alvedon 1g x4 vb smärta", "paracetamol|tablett*|500 mg*|oral*|1 g| vb(smärta) max 4|smärta|"},
    {"alved 1g po nu fot", "paracetamol|tablett*|500 mg*|oral|1 g|once stat|fot|"},
    {"predn 60mg -10/2d kol",
     "prednisolon|tablett*|10 mg*|oral*|60/2d,50/2d,40/2d,30/2d,20/2d,10/2d mg|freq 1/1d*|kol|12d"},
    {"morfin 0,1mg/kg iv nu fraktur",
     "morfin|injektionsvätska*|?|intravenös|2,4 mg per_kg 0,1|once stat|fraktur|"
     " !strength:missing[1 mg/ml/10 mg/ml]"},
    {"met 500mg x2",
     "?|?|?|?|500 mg|freq 2/1d||"
     " !drug:ambiguous(met)[metformin (blodsockersänkande)/metoKLOPRAMID (mot "
     "illamående)/metoPROLOL (betablockerare)/metronidazol (antibiotikum)/metoTREXAT "
     "(immundämpande)] !reason:missing"},
    {"metf 500mg x2 diabetes", "metformin|tablett*|500 mg*|oral*|500 mg|freq 2/1d|diabetes|"},
    {"paracetamol 1g x4 feber", "paracetamol|tablett*|1 g*|oral*|1 g|freq 4/1d|feber|"},
    {"alvedon 1x3 smärta", "paracetamol|tablett*|500 mg*|oral*|1 tablett*|freq 3/1d|smärta|"},
    {"alvedon supp 1g x3 vb max 3/d feber",
     "paracetamol|suppositorium|1 g*|rektal*|1 g| vb() max 3|feber|"},
    {"alvedon 500mg 2 tabl x4 smärta",
     "paracetamol|tablett*|500 mg|oral*|2 tablett|freq 4/1d|smärta|"},
    {"alvedon 1-2 tabl vb smärta max 8/d",
     "paracetamol|tablett*|500 mg*|oral*|1-2 tablett| vb(smärta) max 8 tablett|smärta|"},
    {"zopiklon 1tn vb sömn",
     "zopiklon|tablett*|?|oral*|1 tablett*|bedtime vb(sömn)|sömn| !strength:missing[5 mg/7,5 mg]"},
    {"imovane 7,5 mg tn vb sömnsvårigheter",
     "zopiklon|tablett*|7,5 mg*|oral*|7,5 mg|bedtime vb(sömnsvårigheter)|sömnsvårigheter|"},
    {"lantus 10E tn diabetes",
     "insulin glargin|injektionsvätska*|100 E/ml*|subkutan*|10 E|bedtime|diabetes|"},
    {"lantus 10 tn diabetes",
     "insulin glargin|injektionsvätska*|100 E/ml*|subkutan*|10 ?|bedtime|diabetes|"
     " !unit:refused[E]"},
    {"levaxin 100 mikrogram x1 hypotyreos",
     "levotyroxin|tablett*|100 mikrogram*|oral*|100 mikrogram|freq 1/1d|hypotyreos|"},
    {"amlodipin 5 mg 1+0+0+0 hypertoni",
     "amlodipin|tablett*|5 mg|oral*|1 tablett*|slots 1+0+0+0|hypertoni|"},
    {"amlodipin 5mg morgon hypertoni",
     "amlodipin|tablett*|5 mg*|oral*|5 mg|slots 5+0+0+0|hypertoni|"},
    {"furix 40mg kl 8 och 14 hjärtsvikt",
     "furosemid|tablett*|40 mg*|oral*|40 mg|kl 08:00 14:00|hjärtsvikt|"},
    {"furix 40 mg kl 8,14 hjärtsvikt",
     "furosemid|tablett*|40 mg*|oral*|40 mg|kl 08:00 14:00|hjärtsvikt|"},
    {"metotrexat 7,5mg x1/v mån RA",
     "metotrexat|tablett*|2,5 mg*|oral*|7,5 mg|freq 1/1w days 1|RA|"},
    {"metotrexat 7,5mg x1 RA",
     "metotrexat|tablett*|2,5 mg*|oral*|7,5 mg|freq 1/1d|RA| !timing:refused(VECKODOS)"},
    {"metotrexat 7.5 mg x1/v RA",
     "metotrexat|tablett*|2,5 mg*|oral*|7,5 mg|freq 1/1w|RA| !weekday:missing"},
    {"bricanyl 1 inh vb max 8/d astma",
     "terbutalin|inhalationspulver*|?|inhalation*|1 inhalation| vb() max 8 inhalation|astma|"
     " !strength:missing[0,25 mg/dos/0,5 mg/dos]"},
    {"citodon 1-2x1-4 vb smärta",
     "kodein + paracetamol|tablett*|30/500 mg*|oral*|1-2 tablett*| vb(smärta) max 4|smärta|"},
    {"kåvepenin 1g x3 i 7d tonsillit",
     "fenoximetylpenicillin|tablett*|1 g*|oral*|1 g|freq 3/1d|tonsillit|7d"},
    {"kåvepenin 1g x3 7 dagar tonsillit",
     "fenoximetylpenicillin|tablett*|1 g*|oral*|1 g|freq 3/1d|tonsillit|7d"},
    {"durogesic 1 plåster var 72t smärta",
     "fentanyl|depotplåster*|?|transdermal*|1 plåster|every/72h|smärta|"
     " !strength:missing[12 mikrogram/timme/25 mikrogram/timme/50 mikrogram/timme/75 "
     "mikrogram/timme/100 mikrogram/timme]"},
    {"durogesic 25 mikrogram/timme 1 plåster var 72:e timme cancersmärta",
     "fentanyl|depotplåster*|25 mikrogram/timme|transdermal*|1 plåster|every/72h|cancersmärta|"},
    {"alvedon 1,000 mg x3 smärta",
     "paracetamol|tablett*|500 mg*|oral*| ?|freq 3/1d|smärta| !dose:ambiguous(1,000)[1000/1,000]"},
    {"fragmin 10 000 E x1 dvt",
     "dalteparin|injektionsvätska i förfylld spruta*|?|subkutan*| ?|freq 1/1d|dvt|"
     " !dose:ambiguous(10)[10000] !strength:missing[2500 E/5000 E/7500 E/10000 E/12500 E/15000 "
     "E/18000 E]"},
    {"fragmin 5000 E x1 trombosprofylax",
     "dalteparin|injektionsvätska i förfylld spruta*|5000 E*|subkutan*|5000 E|freq 1/1d|"
     "trombosprofylax|"},
    {"gensumycin 5mg/kg x1 sepsis",
     "gentamicin|injektionsvätska*|40 mg/ml*|intravenös*|120 mg per_kg 5|freq 1/1d|sepsis|"},
    {"alvedon 1g x4 5d vb smärta i knä",
     "paracetamol|tablett*|500 mg*|oral*|1 g| vb(smärta i knä) max 4|smärta i knä|5d"},
    {"alvedon xyz9 1g x4 smärta",
     "paracetamol|tablett*|500 mg*|oral*|1 g|freq 4/1d|smärta| !token:ambiguous(xyz9)"},
    {"morfin 5mg vb max 6/d smärta",
     "morfin|?|?|?|5 mg| vb() max 6|smärta| !form:missing[tablett/depottablett/injektionsvätska]"},
    {"morfin 5mg sc vb max 6 ggr/d smärta",
     "morfin|injektionsvätska*|?|subkutan|5 mg| vb() max 6|smärta|"
     " !strength:missing[1 mg/ml/10 mg/ml]"},
    {"metoprolol 50 mg x1 hypertoni",
     "metoprolol|depottablett*|50 mg*|oral*|50 mg|freq 1/1d|hypertoni|"},
    {"doxyferm 200mg 1d sedan 100mg 6d x1 pneumoni",
     "doxycyklin|tablett*|100 mg*|oral*|200/1d,100/6d mg|freq 1/1d|pneumoni|7d"},
    {"panodil 1 x4 smärta",
     "paracetamol|tablett*|?|oral*|1 tablett*|freq 4/1d|smärta| !strength:missing[500 mg/1 g]"},
    {"ins gl 10E tn diabetes",
     "insulin glargin|injektionsvätska*|?|subkutan*|10 E|bedtime|diabetes|"
     " !strength:missing[100 E/ml/300 E/ml]"},
    {"budesonid 200 mikrogram x2 astma",
     "?|?|?|?|200 mikrogram|freq 2/1d|astma|"
     " !drug:ambiguous(budesonid)[budesonid (astma och KOL)/budesonid + formoterol (astma och "
     "KOL)]"},
    {"pulmicort 200 mikrogram x2 astma",
     "budesonid|inhalationspulver*|200 mikrogram/dos*|inhalation*|200 mikrogram|freq 2/1d|astma|"},
    {"alvedon 1g var 6t smärta", "paracetamol|tablett*|500 mg*|oral*|1 g|every/6h|smärta|"},
    {"alvedon 1g var 6:e timme smärta", "paracetamol|tablett*|500 mg*|oral*|1 g|every/6h|smärta|"},
    {"alvedon 1t x4 smärta", "paracetamol|tablett*|500 mg*|oral*| ?|freq 4/1d|smärta|"
                             " !token:ambiguous(1t)[tablett/timmar] !dose:missing"},
    {"N02BE01 1g x4 feber", "paracetamol|tablett*|1 g*|oral*|1 g|freq 4/1d|feber|"},
    {"movicol 1 dospåse 1-2 ggr dagligen förstoppning",
     "makrogol + elektrolyter|pulver till oral lösning i dospåse*||oral*|1 dospåse|freq 1-2/1d|"
     "förstoppning|"},
    {"movicol 1x1-2 förstoppning",
     "makrogol + elektrolyter|pulver till oral lösning i dospåse*||oral*|1 dospåse*|freq 1-2/1d|"
     "förstoppning|"},
    {"hydrokortison kräm 1x2 eksem",
     "hydrokortison|kräm|10 mg/g*|kutan*|1 applikation*|freq 2/1d|eksem|"},
    {"xalatan 1 droppe till kvällen glaukom",
     "latanoprost|ögondroppar*|50 mikrogram/ml*|okulär*|1 droppe|slots 0+0+1+0|glaukom|"},
    {"fosamax 1x1/v sön osteoporos",
     "alendronsyra|veckotablett*|70 mg*|oral*|1 tablett*|freq 1/1w days 40|osteoporos|"},
    {"waran enligt schema",
     "warfarin|tablett*|2,5 mg*|oral*| ?|free free(enligt schema)|| !reason:missing"},
    {"alvedon",
     "paracetamol|tablett*|500 mg*|oral*| ?||| !dose:missing !timing:missing !reason:missing"},
    {"flagyl 400mg x3 i 1v colit", "metronidazol|tablett*|400 mg*|oral*|400 mg|freq 3/1d|colit|7d"},
    {"alvedon 1g x4 fr.o.m. imorgon tom 2026-11-30 smärta",
     "paracetamol|tablett*|500 mg*|oral*|1 g|freq 4/1d|smärta|"},
    {"digoxin 0,13 mg x1 förmaksflimmer",
     "digoxin|tablett*|0,13 mg*|oral*|0,13 mg|freq 1/1d|förmaksflimmer|"},
    {"alvedon .5g x4 smärta",
     "paracetamol|tablett*|500 mg*|oral*| ?|freq 4/1d|smärta| !token:ambiguous(.5g) !dose:missing"},
    {"alvedon 1g x 4 max 4 g/d smärta",
     "paracetamol|tablett*|500 mg*|oral*|1 g|freq 4/1d max 4 g|smärta|"},
    {"ipren 400mg 1 x 3 smärta", "ibuprofen|tablett*|400 mg|oral*|1 tablett*|freq 3/1d|smärta|"},
    {"primperan 10mg iv nu illamående",
     "metoklopramid|injektionsvätska*|5 mg/ml*|intravenös|10 mg|once stat|illamående|"},
    {"alvedon 1g, x4 vb smärta; 5d", /* another order begins behind a semicolon */
     "paracetamol|tablett*|500 mg*|oral*|1 g| vb() max 4||5d !token:ambiguous(smärta;) !reason:missing"},
    {"alvedon 1g, x4 vb smärta, 5d;",
     "paracetamol|tablett*|500 mg*|oral*|1 g| vb(smärta) max 4|smärta|5d"},
    {"alvedon 5+0+5+0 smärta",
     "paracetamol|tablett*|500 mg*|oral*|5 tablett*|slots 5+0+5+0|smärta|"},
    {"citodon 1+0+0+2 smärta",
     "kodein + paracetamol|tablett*|30/500 mg*|oral*|1 tablett*|slots 1+0+0+2|smärta|"},
    {"hydrokortison 10+5+5+0mg binjuresvikt",
     "hydrokortison|tablett*|10 mg*|oral*|10 mg|slots 10+5+5+0|binjuresvikt|"},
    {"levaxin 0.1 mg x1 hypotyreos",
     "levotyroxin|tablett*|100 mikrogram*|oral*|0,1 mg|freq 1/1d|hypotyreos|"},
    {"klexane 40mg x1", "?|?|?|?|40 mg|freq 1/1d|| !drug:missing(klexane) !reason:missing"},
    {"natriumklorid 1000ml iv nu dehydrering",
     "natriumklorid|infusionsvätska*|9 mg/ml*|intravenös|1000 ml|once stat|dehydrering|"},
    {"tiparol 50-100mg x3-4 smärta", "tramadol|kapsel*|50 mg*|oral*|50-100 mg|freq 3-4/1d|smärta|"},
    {"alvedon 1g x4 smärta x3",
     "paracetamol|tablett*|500 mg*|oral*|1 g|freq 4/1d|smärta| !timing:ambiguous(x3)"},
    {"ALVEDON 1G X4 VB SMÄRTA", "paracetamol|tablett*|500 mg*|oral*|1 g| vb(SMÄRTA) max 4|SMÄRTA|"},
    {"morfin 10 x4 smärta",
     "morfin|?|?|?|10 ?|freq 4/1d|smärta|"
     " !unit:refused[tablett/mg/g] !form:missing[tablett/depottablett/injektionsvätska]"},
    {"bensylpc 3g x3 pneumoni", "?|?|?|?|3 g|freq 3/1d|pneumoni| !drug:missing(bensylpc)"},
    /* each slot its own dose, also of each kilo */
    {"citodon 1 tabl morgon 2 tabl kväll smärta",
     "kodein + paracetamol|tablett*|30/500 mg*|oral*|1 tablett|slots 1+0+2+0|smärta|"},
    {"gensumycin 5mg/kg morgon sepsis",
     "gentamicin|injektionsvätska*|40 mg/ml*|intravenös*|120 mg per_kg 5|slots 120+0+0+0|sepsis|"},
    /* a number in a reason or of the follow-up is no dose and no length */
    {"metformin 500mg x2 diabetes typ 2", "metformin|tablett*|500 mg*|oral*|500 mg|freq 2/1d|diabetes typ 2|"},
    {"metformin 500mg x2 diabetes uppf om 2v", "metformin|tablett*|500 mg*|oral*|500 mg|freq 2/1d|diabetes|"},
    {"doxyferm 0,2g 1d sedan 100mg 6d x1 pneumoni",
     "doxycyklin|tablett*|100 mg*|oral*|0,2/1d,0,1/6d g|freq 1/1d|pneumoni|7d"},
    {"kåvepenin 1g x3 i 3v tonsillit", "fenoximetylpenicillin|tablett*|1 g*|oral*|1 g|freq 3/1d|tonsillit|21d"},
    {"citodon 2 tabl morgon och natt smärta", "kodein + paracetamol|tablett*|30/500 mg*|oral*|2 tablett|slots 2+0+0+2|smärta|"},
    {"xalatan 1 dr v öga tk glaukom",
     "latanoprost|ögondroppar*|50 mikrogram/ml*|okulär*|1 droppe|slots 0+0+1+0 in(vänster öga)|glaukom|"},
    {"morfin inj 1 mg/ml iv 2 mg/tim smärta",
     "morfin|injektionsvätska|1 mg/ml|intravenös| ?|continuous* rate 2 mg/tim|smärta|"},
    {"alvedon 1g vb max 4 g per dygn feber", "paracetamol|tablett*|500 mg*|oral*|1 g| vb() max 4 g|feber|"},
    {"alvedon 1g vb max 4 g/dag feber", "paracetamol|tablett*|500 mg*|oral*|1 g| vb() max 4 g|feber|"},
    /* a number that a word counts by is no time of day */
    {"prednisolon 30 mg kl 8 5 dagar KOL", "prednisolon|tablett*|10 mg*|oral*|30 mg|kl 08:00|KOL|5d"},
    {"alvedon 500 mg kl 8 2 tabl feber", "paracetamol|tablett*|500 mg|oral*|2 tablett|kl 08:00|feber|"},
    {"alvedon kl 8 1,5 g feber", "paracetamol|tablett*|500 mg*|oral*|1,5 g|kl 08:00|feber|"},
    {"alvedon kl 8 1,5g feber", "paracetamol|tablett*|500 mg*|oral*|1,5 g|kl 08:00|feber|"},
    {"furix 40 mg kl 8 och 14 2 v hjärtsvikt", "furosemid|tablett*|40 mg*|oral*|40 mg|kl 08:00 14:00|hjärtsvikt|14d"},
    {"xalatan 1 dr kl 20 v öga glaukom",
     "latanoprost|ögondroppar*|50 mikrogram/ml*|okulär*|1 droppe|kl 20:00 in(vänster öga)|glaukom|"},
    {"alvedon 1g 3 gånger per dag smärta i en fot och feber uppf om två veckor",
     "paracetamol|tablett*|500 mg*|oral*|1 g|freq 3/1d|smärta i en fot och feber|"},
    {"alvedon 1g x4 max 4.000 mg feber",
     "paracetamol|tablett*|500 mg*|oral*|1 g|freq 4/1d|feber| !max:ambiguous(4.000)[4000/4.000]"},
    {"alvedon 1g vb max 4,000mg/d feber",
     "paracetamol|tablett*|500 mg*|oral*|1 g| vb()|feber| !max:ambiguous(4,000mg/d)[4000/4,000] !max:missing"},
    {"lamotrigin 250mg +250/7d till 1.000mg epilepsi",
     "lamotrigin|tablett*|50 mg*|oral*|250 mg||epilepsi| !dose:ambiguous(1.000mg)[1000/1.000] "
     "!dose:ambiguous(+250/7d) !timing:missing"},
    {"alvedon 1g x4 fr 21 nov feber", "paracetamol|tablett*|500 mg*|oral*|1 g|freq 4/1d|feber|"},
    {"alvedon 1g x4 fr 2 jan 2027 feber", "paracetamol|tablett*|500 mg*|oral*|1 g|freq 4/1d|feber|"},
    {"xarelto 20 mg x1 flimmer", "rivaroxaban|tablett*|20 mg*|oral*|20 mg|freq 1/1d|flimmer|"},
};

Test(orderline, readings)
{
    for (gsize i = 0; i < G_N_ELEMENTS(readings); i++) {
        g_autoptr(Order) o = parse_at(readings[i][0], "24");
        g_autofree char *got = order_to_text(o);
        cr_expect_str_eq(got, readings[i][1], "%s:\n got  %s\n want %s", readings[i][0], got,
                         readings[i][1]);
    }
}

/* What is said twice, or cannot be meant, is asked about: the last word never simply wins. */
Test(orderline, contradictions_are_issues)
{
    static const struct {
        const char *line;
        OrderField field;
    } cases[] = {
        {"alvedon supp tabl 1g x3 feber", ORDER_FORM},
        {"alvedon 1g po iv x3 feber", ORDER_ROUTE},
        {"alvedon 1g x3 x4 feber", ORDER_TIMING},
        {"alvedon 1g x3 var 6t feber", ORDER_TIMING},
        {"alvedon 1g 500mg 2g x3 feber", ORDER_DOSE},
        {"alvedon 0 mg x3 feber", ORDER_DOSE},
        {"alvedon 2-1 tabl x3 feber", ORDER_DOSE},
        {"alvedon 1g vb feber max 3/d max 4/d", ORDER_MAX},
        {"alvedon 1g vb feber", ORDER_MAX},
        {"alvedon 1g x3 i 5d i 7d feber", ORDER_STOP},
        {"alvedon 1g x3 tom 2026-11-20 feber", ORDER_STOP},
        {"alvedon 1g x3 imorgon from 2026-12-01 feber", ORDER_START},
        {"alvedon 1g till kvällen må on feber", ORDER_WEEKDAY},
        {"citodon 1+1+1 smärta", ORDER_TIMING},
        {"alvedon 10 plåster x3 feber", ORDER_UNIT},
        {"alvedon 1g iv x3 feber", ORDER_ROUTE},
        {"alvedon 1m x3 feber", ORDER_TOKEN},
        {"alvedon 1g x3 feber7", ORDER_TOKEN},
        {"alvedon 1g x3", ORDER_REASON},
        /* another dose on the way is in the unit of the first, or asked about */
        {"doxyferm 200mg 1d sedan 1 tabl 6d x1 pneumoni", ORDER_UNIT},
        {"doxyferm 200mg 1d sedan 100 6d x1 pneumoni", ORDER_UNIT},
        {"citodon 1 tabl morgon 500 mg kväll smärta", ORDER_UNIT},
        {"citodon 1 tabl morgon 2 tabl smärta", ORDER_DOSE},
        {"alvedon 1-2 tabl morgon feber", ORDER_TIMING},
        /* of each kilo: no range, no other step, not of the day */
        {"gensumycin 5-7mg/kg x1 sepsis", ORDER_DOSE},
        {"gensumycin 5-7mg/kgx1 sepsis", ORDER_DOSE},
        {"gensumycin 50mg/kg/dygn x3 sepsis", ORDER_DOSE},
        {"gensumycin 5mg/kg 1d sedan 100mg 4d x1 sepsis", ORDER_DOSE},
        /* numbers that belong to nothing */
        {"alvedon 1g vb 4 smärta max 4/d", ORDER_DOSE},
        {"metformin 500mg x2 diabetes 2", ORDER_DOSE},
        {"alvedon 1g 1,5 ggr/d feber", ORDER_TIMING},
        {"alvedon 1g var 0 t feber", ORDER_TIMING},
        {"alvedon 1g vb feber max 150/d", ORDER_MAX},
        /* two meanings, and no place that says which */
        {"alvedon 1g x3 v feber", ORDER_TOKEN},
        {"alvedon 1g middag feber", ORDER_TOKEN},
        {"alvedon 1g x3 i 30m feber", ORDER_STOP},
        /* plans that do not end where they say, or never */
        {"predn 60mg -0,1/1d kol", ORDER_DOSE},
        {"lamotrigin 25mg +25/7d till 110mg epilepsi", ORDER_DOSE},
        {"lamotrigin 25mg +25/7d epilepsi", ORDER_DOSE},
        {"predn 60mg -10/2d morgon kol", ORDER_TIMING},
        {"predn 60mg -10/2d vb kol", ORDER_AS_NEEDED},
        {"lamotrigin 25mg +25/7d till 100mg i 8v epilepsi", ORDER_STOP},
        {"doxyferm 200 mg dag 1, därefter 1 gång dagligen i 6 dagar pneumoni", ORDER_DOSE},
        {"waran 1 tabl enligt schema flimmer", ORDER_STRENGTH},
        {"waran enligt schema vb max 3/d flimmer", ORDER_TIMING},
        {"loperamid 2 mg 2 kapslar direkt, sedan 1 till kvällen diarré", ORDER_TIMING},
        {"glukos 83 ml/tim nu törst", ORDER_TIMING},
        {"glukos 1000 ml 83 ml/tim morgon törst", ORDER_TIMING},
        /* said twice, and not the same */
        {"alvedon 500 mg 2 tabletter (700 mg) x3 feber", ORDER_TOKEN},
        {"glukos 1000 ml på 12 timmar (90 ml/tim) törst", ORDER_TOKEN},
        {"glukos 1000 ml 50 ml/tim på 12 timmar törst", ORDER_TIMING},
        {"alvedon 1g x3 t.o.m. 30 nov, 3 dagar feber", ORDER_STOP},
        {"alvedon 1g x3 i 5d tom 2026-11-30 feber", ORDER_STOP},
        {"omeprazol 20mg 30 minuter till frukost magsår", ORDER_TIMING},
        {"alvedon 1g x3 from 2026-02-30 feber", ORDER_START},
        {"alvedon -5 mg x3 feber", ORDER_TOKEN},
        {"vinkristin 2mg it x1 lymfom", ORDER_ROUTE},
        /* a limit is of a day, or it is asked about */
        {"sumatriptan 50 mg vb max 2/v migrän", ORDER_MAX},
        {"sumatriptan 50 mg vb max 2 per vecka migrän", ORDER_MAX},
        {"sumatriptan 50 mg vb max 2 tabl/v migrän", ORDER_MAX},
        {"sumatriptan 50 mg vb max 2 ggr/v migrän", ORDER_MAX},
        {"sumatriptan 50 mg vb max 2 gånger per vecka migrän", ORDER_MAX},
        {"sumatriptan 50 mg vb max 100 mg per gång migrän", ORDER_MAX},
        {"sumatriptan 50 mg vb max 2 / v migrän", ORDER_MAX},
        {"sumatriptan 50 mg vb max 2 varannan dag migrän", ORDER_MAX},
        {"alvedon 1g vb max 5 dagar feber", ORDER_MAX},
        {"alvedon 1g kl 8 3 mån feber", ORDER_TIMING},
        {"alvedon 1g x3 fr 2 jan feber", ORDER_START},
        {"alvedon 1g x3 from 2026-11-20 feber", ORDER_START},
        {"alvedon 1g x3 from 2026-11-20 07:44 feber", ORDER_START},
        {"predn 3000mg -1000/2d till 1.000 mg kol", ORDER_DOSE},
        {"lamotrigin 250 mg x1 öka med 0.250 g var 7 dag till 1.000 mg epilepsi", ORDER_DOSE},
        {"lamotrigin 250 mg x1 öka med 1.000 mg var 7 dag epilepsi", ORDER_DOSE},
        /* a word that says something of the order is no reason */
        {"vinkristin 2 mg engångsdos spinalt lymfom", ORDER_ROUTE},
        {"vinkristin 2 mg engångsdos intraventrikulärt lymfom", ORDER_ROUTE},
        {"alvedon 1g x3 intravesikalt feber", ORDER_ROUTE},
        {"kåvepenin 3 g x3 per dygn tonsillit", ORDER_TOKEN},
        {"alvedon 500 mg två smärta x3", ORDER_TOKEN},
        {"alvedon 1g x3 smärta dagar", ORDER_TOKEN},
        {"alvedon 1g x3 feber upprepas", ORDER_TOKEN},
        {"alvedon 1g x3 smärta tabl", ORDER_TOKEN},
        {"metotrexat 7,5mg x1/v mån dagligen RA", ORDER_TIMING},
        {"alvedon 1g kl 8 1 t feber", ORDER_TOKEN},
        {"alvedon 1g kl 8 timmar feber", ORDER_TIMING},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(Order) o = parse_at(cases[i].line, NULL);
        g_autofree char *text = order_to_text(o);
        cr_expect_not_null(order_issue(o, cases[i].field), "%s: %s", cases[i].line, text);
    }
}

/* What nobody can mean is said so in its own words, whatever else is right; no word is lost. */
Test(orderline, slips_of_the_hand_are_refused)
{
    g_autoptr(GString) longest = g_string_new("alvedon 1g x4");
    while (longest->len < 10000)
        g_string_append(longest, " smärta");
    const struct {
        const char *line, *weight;
        OrderField field;
    } cases[] = {
        {"alvedon 1000000000 mg x1 feber", NULL, ORDER_DOSE}, {"alvedon 500mg 500 tabl x1 feber", NULL, ORDER_DOSE},
        {"gensumycin 1000000000 mg iv x1 sepsis", NULL, ORDER_DOSE},
        {"alvedon 1g vb feber max 2000000 mg/d", NULL, ORDER_MAX},
        {"diflucan kapsel 150 mg 500 mg nu svamp", NULL, ORDER_DOSE}, {"metotrexat 500mg x1/v mån RA", NULL, ORDER_DOSE},
        {"gensumycin 5mg/kg x1 sepsis", "0.2", ORDER_WEIGHT},
        {"gensumycin 5mg/kg x1 sepsis", "700", ORDER_WEIGHT}, {longest->str, NULL, ORDER_REASON},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(Order) o = parse_at(cases[i].line, cases[i].weight);
        const OrderIssue *issue = order_issue(o, cases[i].field);
        cr_expect(issue && issue->kind == ISSUE_IMPLAUSIBLE, "%.60s", cases[i].line);
        g_autoptr(GString) again = g_string_new(NULL);
        for (guint w = 0; w < o->words->len; w++)
            g_string_append_printf(again, "%s%s", w ? " " : "", ((OrderWord *)o->words->pdata[w])->text);
        cr_expect_str_eq(again->str, cases[i].line);
    }
}

Test(orderline, the_example_is_complete)
{
    g_autoptr(Order) o = parse_at("alvedon 1g x4 vb smärta 5d", NULL);
    cr_assert(order_complete(o));
    cr_assert(o->by_brand);
    g_autofree char *name = drug_name(o->product, o->by_brand);
    cr_assert_str_eq(name, "Alvedon (paracetamol) tablett 500 mg");
    g_autofree char *stop = civil_date_to_text(o->stop);
    cr_assert_str_eq(stop, "2026-11-25");
    cr_assert_str_eq(o->follow_up, "vid rond");
    cr_assert(order_is_assumed(o, ORDER_START) && order_is_assumed(o, ORDER_FOLLOW_UP));
    cr_assert_not(order_is_assumed(o, ORDER_DOSE) || order_is_assumed(o, ORDER_STOP));
    Decimal units = order_dose_in_units(o, o->steps[0].low);
    cr_assert_eq(decimal_compare(units, decimal_from_int(2)), 0);
}

Test(orderline, weight_is_asked_for_not_guessed)
{
    g_autoptr(Order) o = parse_at("gensumycin 5mg/kg x1 sepsis", NULL);
    cr_assert_not_null(order_issue(o, ORDER_WEIGHT));
    g_autoptr(Order) known = parse_at("gensumycin 5mg/kg x1 sepsis", "70");
    cr_assert(order_complete(known));
    cr_assert_eq(decimal_compare(known->steps[0].low, decimal_from_int(350)), 0);
}

Test(orderline, taper_sums_to_what_the_task_says)
{
    g_autoptr(Order) o = parse_at("predn 60mg -10/2d kol", NULL);
    Decimal sum = decimal_from_int(0);
    for (guint i = 0; i < o->step_count; i++)
        sum = decimal_add(sum, decimal_mul(o->steps[i].low, decimal_from_int(o->steps[i].days)));
    cr_assert_eq(o->step_count, 6);
    cr_assert_eq(decimal_compare(sum, decimal_from_int(420)), 0);
    g_autofree char *stop = civil_date_to_text(o->stop);
    cr_assert_str_eq(stop, "2026-12-02");
}

Test(orderline, comma_and_point_are_alike)
{
    static const char *const pairs[][2] = {
        {"imovane 7,5mg tn vb sömn", "imovane 7.5mg tn vb sömn"},
        {"levaxin 0,1 mg x1 struma", "levaxin 0.1 mg x1 struma"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(pairs); i++) {
        g_autoptr(Order) a = parse_at(pairs[i][0], NULL);
        g_autoptr(Order) b = parse_at(pairs[i][1], NULL);
        g_autofree char *ta = order_to_text(a), *tb = order_to_text(b);
        cr_expect_str_eq(ta, tb);
        cr_expect(order_complete(a));
    }
}

Test(orderline, a_bare_dose_of_a_dangerous_drug_is_never_signable)
{
    guint dangerous = 0;
    for (guint i = 0; i < drug_list_count(drugs); i++) {
        const DrugProduct *p = drug_list_at(drugs, i);
        if (!p->high_alert && !p->weight_based)
            continue;
        dangerous++;
        g_autofree char *line = g_strdup_printf("%s 2 x2 test", p->atc);
        OrderContext context = {.now = 1795243440000000, .product = p};
        g_autoptr(Order) o = orderline_parse(words, drugs, line, &context);
        const OrderIssue *issue = order_issue(o, ORDER_UNIT);
        cr_expect(issue != NULL && issue->kind == ISSUE_REFUSED, "%s", p->id);
    }
    cr_assert_geq(dangerous, 50, "only %u dangerous products", dangerous);
}

/* Without a dose, or with one that no tablet gives, "metoprolol" once became an injection. */
Test(orderline, a_dose_never_makes_another_way_of_giving)
{
    static const char *const lines[] = {"metoprolol", "metoprolol 5mg x1 hypertoni", "metoprolol 3mg"};
    for (gsize i = 0; i < G_N_ELEMENTS(lines); i++) {
        g_autoptr(Order) o = parse_at(lines[i], NULL);
        cr_expect_str_neq(o->route ? o->route : "", "intravenös", "%s", lines[i]);
        cr_expect_not(order_complete(o), "%s", lines[i]);
        cr_expect_not_null(order_issue(o, ORDER_STRENGTH), "%s", lines[i]);
    }
    g_autoptr(Order) asked = parse_at("metoprolol iv 5mg x1 hypertoni", NULL);
    cr_assert_not_null(asked->product);
    cr_assert_str_eq(asked->product->form, "injektionsvätska");
}

Test(orderline, what_was_picked_is_not_assumed)
{
    const DrugProduct *p = NULL;
    for (guint i = 0; i < drug_list_count(drugs) && p == NULL; i++)
        if (g_strcmp0(drug_list_at(drugs, i)->brand, "Panodil") == 0 &&
            strcmp(drug_list_at(drugs, i)->strength_text, "1 g") == 0)
            p = drug_list_at(drugs, i);
    cr_assert_not_null(p);
    OrderContext context = {.now = 1795243440000000, .product = p};
    g_autoptr(Order) o = orderline_parse(words, drugs, "panodil 1 x4 smärta", &context);
    cr_assert(order_complete(o));
    cr_assert_not(order_is_assumed(o, ORDER_STRENGTH));
    context = (OrderContext){.now = 1795243440000000, .substance = "budesonid"};
    g_autoptr(Order) b =
        orderline_parse(words, drugs, "budesonid 200 mikrogram x2 astma", &context);
    cr_assert_str_eq(b->substance, "budesonid");
    cr_assert_null(order_issue(b, ORDER_DRUG));
}

/* A product that was picked from the list is not given another way than it can be. */
Test(orderline, a_picked_product_keeps_its_routes)
{
    static const char *const said[] = {"spinalt", "intratekalt", "oralt"};
    g_autoptr(DrugMatch) m = drug_list_match(drugs, "oncovin");
    cr_assert_gt(m->products->len, 0);
    for (gsize i = 0; i < G_N_ELEMENTS(said); i++) {
        g_autofree char *line = g_strdup_printf("oncovin 2 mg engångsdos %s lymfom", said[i]);
        OrderContext context = {.now = 1795243440000000, .product = m->products->pdata[0]};
        g_autoptr(Order) o = orderline_parse(words, drugs, line, &context);
        cr_expect_not_null(order_issue(o, ORDER_ROUTE), "%s", line);
    }
}

Test(orderline, any_bytes_give_an_order)
{
    guint32 seed = g_random_int();
    g_autoptr(GRand) r = g_rand_new_with_seed(seed);
    static const char *const pieces[] = {
        "alvedon", "1g",         "x4",       "vb",    "-10/2d",
        "i",       "5d",         "max",      "8/d",   "1+0+1+0",
        "var",     "6t",         "kl",       "8,14",  "mg",
        "1-2x3-4", "smärta",     "\xff",     "sedan", "tom",
        "fr",      "mån",        "0,1mg/kg", "nu",    "999999999999999999999999",
        "x99",     "-",          "+",        "1x",    "3",      "(1",     "g)",   "uppehåll", "dag", "22-28",
        "på",      "12",         "timmar",   "ml/tim", "öka med", "till", "v",    "om",       "två", "före frukost",
        "po",      "metotrexat", "E"};
    for (int round = 0; round < 4000; round++) {
        g_autoptr(GString) line = g_string_new(NULL);
        for (int n = g_rand_int_range(r, 0, 9); n > 0; n--)
            g_string_append_printf(line, "%s%s",
                                   pieces[g_rand_int_range(r, 0, G_N_ELEMENTS(pieces))],
                                   g_rand_boolean(r) ? " " : "");
        g_autoptr(Order) o = parse_at(line->str, "70");
        g_autofree char *text = order_to_text(o);
        cr_assert_not_null(text, "seed %u", seed);
        gboolean undosed = o->timing == TIMING_FREE || o->timing == TIMING_CONTINUOUS;
        gboolean sound = o->product != NULL && o->route != NULL && (undosed || (o->unit != NULL && o->step_count > 0));
        cr_assert(!order_complete(o) || sound, "seed %u: %s", seed, line->str);
    }
}

/* For every beginning of every name: resolved exactly when all it fits is one substance. */
Test(drug, a_beginning_resolves_only_when_unique)
{
    for (guint i = 0; i < drug_list_count(drugs); i++) {
        const DrugProduct *p = drug_list_at(drugs, i);
        const char *name = i % 2 && p->folded_brand != NULL ? p->folded_brand : p->folded_substance;
        for (gsize n = 1; n <= strlen(name); n++) {
            g_autofree char *begin = g_strndup(name, n);
            g_autoptr(DrugMatch) m = drug_list_match(drugs, begin);
            cr_assert_gt(m->products->len, 0, "%s", begin);
            gboolean one = TRUE;
            for (guint j = 0; j < drug_list_count(drugs); j++) {
                const DrugProduct *q = drug_list_at(drugs, j);
                gboolean fits = g_str_has_prefix(q->folded_substance, begin) ||
                                (q->folded_brand && g_str_has_prefix(q->folded_brand, begin));
                for (char *const *o = q->folded_names; o && *o; o++)
                    fits = fits || g_str_has_prefix(*o, begin);
                one = one && (!fits || strcmp(q->substance, p->substance) == 0);
            }
            cr_expect(!drug_match_resolved(m) || one, "%s", begin);
        }
    }
}

/* What is said in the corridor, and what the order then names. */
Test(drug, spoken_names_are_understood)
{
    static const char *const said[][2] = {
        {"penicillin v 1,6g x3 7d tonsillit", "fenoximetylpenicillin"},
        {"pcv 1,6g x3 7d tonsillit", "fenoximetylpenicillin"},
        {"kåvepenin 1g x3 7d halsfluss", "fenoximetylpenicillin"},
        {"penicillin g 3g x3 iv pneumoni", "bensylpenicillin"},
        {"furix 40mg x1 ödem", "furosemid"},
        {"lasix 40mg x1 ödem", "furosemid"},
        {"alvedon 1g x4 feber", "paracetamol"},
        {"waran 2,5mg x1 flimmer", "warfarin"},
        {"fragmin 5000E x1 trombosprofylax", "dalteparin"},
        {"emconcor 5mg x1 hypertoni", "bisoprolol"},
        {"asa 75mg x1 angina", "acetylsalicylsyra"},
        {"d-vitamin 800E x1 brist", "kolekalciferol"},
        {"vitamin d 800E x1 brist", "kolekalciferol"},
        {"vitamin b12 1mg x1 brist", "cyanokobalamin"},
        {"trim-sulfa 1 x2 uvi", "trimetoprim + sulfametoxazol"},
        {"pip-taz 4g x3 sepsis", "piperacillin + tazobaktam"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(said); i++) {
        g_autoptr(Order) o = parse_at(said[i][0], NULL);
        cr_expect_str_eq(o->substance ? o->substance : "", said[i][1], "%s", said[i][0]);
    }
    g_autoptr(DrugMatch) pen = drug_list_match(drugs, "penicillin");
    cr_expect_eq(pen->substances->len, 2, "penicillin alone is asked about");
}

Test(drug, a_name_of_two_drugs_or_of_none_refuses_the_file)
{
    static const char *const bad[] = {"furosemid\tAlvedon\n", "furosemid\twarfarin\n", "finns inte\tX\n",
                                      "furosemid\tLasix\nwarfarin\tlasix\n", "furosemid\t \n"};
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autofree char *products = g_build_filename(g_getenv("ROND_DATA"), "drugs/products.tsv", NULL);
        g_autofree char *path = NULL;
        g_autoptr(GError) error = NULL;
        g_autoptr(DrugList) list = drug_list_load(products, NULL);
        int fd = g_file_open_tmp("names-XXXXXX", &path, NULL);
        close(fd);
        cr_assert(g_file_set_contents(path, bad[i], -1, NULL));
        cr_expect(!drug_list_load_names(list, path, &error), "%s", bad[i]);
        cr_expect_not_null(error);
        g_unlink(path);
    }
}

Test(drug, the_list_is_whole)
{
    g_autoptr(GHashTable) substances = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GHashTable) ids = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < drug_list_count(drugs); i++) {
        const DrugProduct *p = drug_list_at(drugs, i);
        g_hash_table_add(substances, p->substance);
        cr_expect(g_hash_table_add(ids, p->id), "%s twice", p->id);
        cr_expect_eq(strlen(p->atc), 7, "%s", p->id);
        cr_expect(p->dose_units[0] != NULL && *p->dose_units[0] != '\0', "%s", p->id);
        cr_expect(p->routes[0] != NULL && *p->routes[0] != '\0', "%s", p->id);
    }
    cr_assert_geq(g_hash_table_size(substances), 139);
    g_autoptr(DrugMatch) met = drug_list_match(drugs, "met");
    cr_assert_eq(met->substances->len, 5, "metronidazol is one substance with two codes");
    g_autoptr(DrugMatch) atc = drug_list_match(drugs, "n02be01");
    cr_assert(drug_match_resolved(atc));
    g_autoptr(DrugMatch) none = drug_list_match(drugs, "");
    cr_assert_eq(none->products->len, 0);
}

Test(drug, a_damaged_list_is_refused)
{
    g_autofree char *path = NULL;
    int fd = g_file_open_tmp("rond-XXXXXX", &path, NULL);
    cr_assert_geq(fd, 0);
    g_close(fd, NULL);
    g_file_set_contents(path, "T1\tx\ty\n", -1, NULL);
    g_autoptr(GError) error = NULL;
    cr_assert_null(drug_list_load(path, &error));
    cr_assert_not_null(error);
    unlink(path);
}
