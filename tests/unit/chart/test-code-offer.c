/* SPDX-License-Identifier: GPL-3.0-or-later
 * Which diagnoses are offered from the words of a note: what is denied, another's, or past is not, what is suspected is
 * said to be. */
#include <criterion/criterion.h>

#include "chart/code-offer.h"
#include "chart/entry.h"

static const CodeList *diagnoses(void)
{
    const CodeList *codes = entry_codes(ENTRY_DIAGNOSIS, NULL);
    cr_assert(codes);
    return codes;
}

/* "J18.9 I48.9?" */
static char *offered(const char *heading, const char *text)
{
    g_autoptr(CodeOffers) o = code_offers_new(diagnoses());
    GString *all = g_string_new(NULL);
    code_offers_read(o, heading, text);
    for (guint i = 0; i < code_offers_count(o); i++) {
        const CodeOffer *offer = code_offers_at(o, i);
        g_string_append_printf(all, "%s%s%s", i ? " " : "", offer->item->code, offer->suspected ? "?" : "");
    }
    return g_string_free(all, FALSE);
}

static void expect(const char *text, const char *codes)
{
    g_autofree char *got = offered("Bedömning", text);
    cr_expect_str_eq(got, codes, "“%s” gives “%s”, not “%s”", text, got, codes);
}

Test(offers, what_stands_there_plainly)
{
    expect("Pneumoni höger underlob.", "J18.9");
    expect("Patienten har förmaksflimmer och hjärtsvikt.", "I48.9 I50.9");
    expect("Bedöms ha en lunginflammation.", "J18.9");
    expect("Förmaksflimret är välkänt, astman stabil.", "J45.9"); /* "flimret" is no ending of the list */
    expect("Hjärtsvikten försämrad.", "I50.9");
    expect("Akut bronkit", "J20.9");
    expect("Diabetes typ 2 utan komplikation", "E11.9");
    expect("KOL med akut försämring.", "J44.1");
    expect("KOL. UVI.", "J44.9 N39.0");
    expect("Ms Svensson åt kol.", ""); /* abbreviations are written with capitals */
    expect("Aspirationspneumoni", "J69.0");
    expect("Feber, hosta, yrsel och illamående.", ""); /* symptoms stand in every note */
    expect("", "");
    expect("Kontroll av I48.9 enligt plan.", "");
}

Test(offers, what_is_denied_is_not)
{
    static const char *const denied[] = {
        "Ingen pneumoni.", "Inga tecken till pneumoni.", "Inga hållpunkter för lungemboli eller pneumoni.", "Pneumoni utesluten.",
        "Ej pneumoni på röntgen.", "Nekar astma.", "Utan hjärtsvikt.", "Förmaksflimmer har inte påvisats.", "Pneumoni: nej.",
        "Lungröntgen utesluter pneumoni.", "Pneumoni är utesluten.", "Ingen feber, ingen hosta, ingen pneumoni",
        "Ingen misstanke om pneumoni.", "Pneumoni bedöms osannolikt.", "Aldrig haft astma.",
        "Pneumoni avskrevs efter röntgen.", "Pneumoni kan uteslutas.", "Varken pneumoni eller hjärtsvikt.", "Ingenting talar för pneumoni.",
        "Hållpunkter för pneumoni saknas.", "Röntgen talar emot pneumoni.", "Pneumoni är avfärdad.", "Misstanken om pneumoni avfärdas.",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(denied); i++)
        expect(denied[i], "");
    expect("Ingen hjärtsvikt. Pneumoni.", "J18.9");
    expect("Ingen hjärtsvikt men pneumoni.", "J18.9");
    expect("Pneumoni, ingen feber.", "J18.9");
    expect("Pneumoni; inte hjärtsvikt.", "J18.9");
}

Test(offers, what_is_suspected_says_so)
{
    static const char *const suspected[] = {
        "Misstänkt pneumoni.", "Misstanke om pneumoni.", "Pneumoni?", "Trolig pneumoni.", "Susp pneumoni", "Obs pneumoni",
        "Pneumoni kan inte uteslutas.", "Kan ej utesluta pneumoni.", "Pneumoni går inte att utesluta.", "Pneumoni höger?",
        "Sannolikt pneumoni.", "Eventuell pneumoni", "Differentialdiagnos pneumoni.", "Pneumoni misstänks.",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(suspected); i++)
        expect(suspected[i], "J18.9?");
}

Test(offers, who_it_is_not_about)
{
    static const char *const others[] = {
        "Mor hade bröstcancer.", "Far avled i hjärtinfarkt.", "Hjärtinfarkt hos bror.", "Ärftlighet för astma.", "Syskon med epilepsi.",
        "Tidigare pneumoni.", "Genomgången hjärtinfarkt 2010.", "Risk för trycksår.", "Vaccinerad mot influensa.", "Trombosprofylax, risk för DVT.",
        "Mor har KOL men även hjärtsvikt.", "Makens pneumoni är läkt.", "Systerns astma.", "Pappas hjärtinfarkt.",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(others); i++)
        expect(others[i], "");
    static const char *const headings[] = {"Ärftlighet", "Tidigare sjukdomar", "Överkänslighet", "Aktuella läkemedel"};
    for (gsize i = 0; i < G_N_ELEMENTS(headings); i++) {
        g_autofree char *got = offered(headings[i], "Pneumoni.");
        cr_expect_str_eq(got, "", "%s", headings[i]);
    }
}

/* The assessment stands after the history: what is said last stands. */
Test(offers, what_is_said_last_stands)
{
    expect("Misstänkt pneumoni. Röntgen: pneumoni.", "J18.9");
    expect("Misstänkt pneumoni. Pneumoni utesluten.", "");
    expect("Ingen pneumoni i går. Nu pneumoni.", "J18.9");
    expect("Pneumoni. Mor hade pneumoni.", "J18.9");
    expect("Pneumoni. Pneumoni. Pneumoni.", "J18.9");
}

Test(offers, what_the_patient_has_is_not_offered_again)
{
    g_autoptr(CodeOffers) o = code_offers_new(diagnoses());
    code_offers_read(o, NULL, "Pneumoni och misstänkt hjärtsvikt.");
    cr_assert_eq(code_offers_count(o), 2);
    code_offers_known(o, "J18.9");
    cr_assert_eq(code_offers_count(o), 1);
    code_offers_read(o, NULL, "Pneumoni.");
    cr_assert_eq(code_offers_count(o), 1);
    g_autofree char *line = code_offer_line(code_offers_at(o, 0));
    cr_assert_str_eq(line, "I50.9, misstänkt, ");
}

/* "I26.9, misstänkt" and "bidiagnos" do not grow together. */
Test(offers, what_is_typed_next_is_a_word_of_its_own)
{
    static const char *const rows[][2] = {{"Misstänkt lungemboli", "unconfirmed"}, {"UVI.", "confirmed"}};
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(CodeOffers) o = code_offers_new(diagnoses());
        code_offers_read(o, NULL, rows[i][0]);
        cr_assert_eq(code_offers_count(o), 1);
        g_autofree char *line = code_offer_line(code_offers_at(o, 0)), *typed = g_strconcat(line, "bidiagnos", NULL);
        EntryContext c = {.domain = ENTRY_DIAGNOSIS};
        g_autoptr(Entry) e = entry_read(typed, &c);
        cr_expect(e->item && e->role && strcmp(e->role->code, "secondary") == 0, "%s", typed);
        cr_expect_str_eq(e->certainty->code, rows[i][1]);
        cr_expect_str_eq(e->typed[ENTRY_DETAIL], "");
    }
}

/* Whatever the text is: it ends, and gives only codes of the list. */
Test(offers, any_text)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(20261122);
    static const char *const bits[] = {"pneumoni", " ", ".", ",", "?", "\n", "inte ", "\xcc\x88", "Å", "KOL", "utesluta", ";", "1", "\xef\xbf\xbd", "mor "};
    for (guint i = 0; i < 300; i++) {
        g_autoptr(GString) text = g_string_new(NULL);
        for (guint k = g_rand_int_range(rand, 0, 40); k > 0; k--)
            g_string_append(text, bits[g_rand_int_range(rand, 0, G_N_ELEMENTS(bits))]);
        g_autofree char *got = offered(NULL, text->str);
        g_auto(GStrv) codes = g_strsplit(got, " ", -1);
        for (char **c = codes; *c && **c; c++) {
            (*c)[strcspn(*c, "?")] = '\0';
            cr_expect(code_list_find(diagnoses(), *c), "%s", *c);
        }
    }
}
