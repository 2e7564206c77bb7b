/* SPDX-License-Identifier: GPL-3.0-or-later
 * Finding the right patient among ten thousand, also with a typing error, and never opening one of
 * several by itself. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "chart/patient-index.h"
#include "chart/patient.h"
#include "support/people.h"

/* Sanitizers look at the code, not at the counts: the whole thousand runs without them. */
#if defined(__SANITIZE_ADDRESS__)
enum { PEOPLE = 1000, QUERIES = 100, SHOWN = 5 };
#else
enum { PEOPLE = 10000, QUERIES = 1000, SHOWN = 5 };
#endif

typedef struct {
    GPtrArray *people;
    GPtrArray *words; /* char**: folded names of each */
    GArray *years;    /* int: of birth */
    PatientIndex *index;
    Dice dice;
    CivilDate today;
} Town;

static void free_words(gpointer words)
{
    g_strfreev(words);
}

static char **words_of(const char *text)
{
    g_autofree char *folded = text_fold(text);
    return g_strsplit(folded, " ", -1);
}

static void town_begin(Town *t, guint n)
{
    guint64 seed = people_seed(20261121);
    t->today = (CivilDate){2026, 11, 21};
    t->dice = (Dice){seed};
    t->people = people_generate(n, seed, t->today);
    t->words = g_ptr_array_new_with_free_func(free_words);
    t->years = g_array_new(FALSE, FALSE, sizeof(int));
    for (guint i = 0; i < t->people->len; i++) {
        g_autofree char *name = chart_patient_banner_name(t->people->pdata[i]);
        int year = chart_patient_birth(t->people->pdata[i]).year;
        g_ptr_array_add(t->words, words_of(name));
        g_array_append_val(t->years, year);
    }
    t->index = patient_index_of(t->people, t->today);
}

static void town_end(Town *t)
{
    patient_index_free(t->index);
    g_ptr_array_unref(t->words);
    g_array_unref(t->years);
    g_ptr_array_unref(t->people);
}

/* An independent reading of "as typed": each word begins a name, two or four digits are the birth year. */
static gboolean fits(const Town *t, guint who, char **query)
{
    for (char **q = query; *q; q++) {
        gboolean found = FALSE;
        int year = g_array_index(t->years, int, who);
        if (g_ascii_isdigit(**q))
            found = year && (strlen(*q) == 2 ? year % 100 : year) == (int)g_ascii_strtoll(*q, NULL, 10);
        for (char **w = t->words->pdata[who]; *w && !found; w++)
            found = g_str_has_prefix(*w, *q);
        if (!found)
            return FALSE;
    }
    return TRUE;
}

static guint how_many_fit(const Town *t, const char *query)
{
    g_auto(GStrv) words = words_of(query);
    guint n = 0;
    for (guint i = 0; i < t->people->len; i++)
        n += fits(t, i, words);
    return n;
}

/* Family name and tilltalsnamn, and only where more people have them, or one time in three, the year of
 * birth. NULL where even that names too many: then one types the number. */
static char *name_query(Town *t, guint who, gboolean with_year, char **ret_year)
{
    const FhirResource *p = t->people->pdata[who];
    g_autofree char *name = chart_patient_list_name(p);
    int year = chart_patient_birth(p).year;
    g_strdelimit(name, ",-", ' ');
    *ret_year = NULL;
    if (!with_year && how_many_fit(t, name) <= SHOWN)
        return g_steal_pointer(&name);
    if (!year)
        return NULL;
    *ret_year = dice_roll(&t->dice, 2) ? g_strdup_printf(" %02d", year % 100) : g_strdup_printf(" %d", year);
    g_autofree char *whole = g_strconcat(name, *ret_year, NULL);
    return how_many_fit(t, whole) <= SHOWN ? g_steal_pointer(&name) : NULL;
}

static int rank(const Town *t, const char *query, const char *id)
{
    guint all = 0;
    g_autoptr(GPtrArray) hits = patient_index_find(t->index, query, SHOWN, &all);
    for (guint i = 0; i < hits->len; i++)
        if (strcmp(((PatientHit *)hits->pdata[i])->id, id) == 0)
            return (int)i;
    return -1;
}

static gboolean opens_one_of_several(const Town *t, const char *query)
{
    return patient_index_unique(t->index, query) && how_many_fit(t, query) != 1;
}

Test(find, with_one_typing_error, .timeout = 60)
{
    Town t;
    town_begin(&t, PEOPLE);
    guint asked = 0, found = 0, ambiguous = 0, unnamed = 0;
    while (asked < QUERIES) {
        guint who = dice_roll(&t.dice, PEOPLE);
        g_autofree char *year = NULL;
        g_autofree char *name = name_query(&t, who, dice_roll(&t.dice, 3) == 0, &year);
        if (!name) {
            unnamed++;
            continue;
        }
        g_autofree char *wrong = people_mistype(&t.dice, name);
        g_autofree char *query = g_strconcat(wrong, year, NULL);
        asked++;
        if (rank(&t, query, fhir_id(t.people->pdata[who])) >= 0)
            found++;
        else
            fprintf(stderr, "not found: “%s” typed for “%s”\n", query, name);
        ambiguous += opens_one_of_several(&t, query);
    }
    fprintf(stderr, "%u of %u among the first %d; %u without a name of their own\n", found, asked, SHOWN, unnamed);
    cr_expect_geq(found * 100, asked * 98);
    cr_expect_eq(ambiguous, 0);
    cr_expect_leq(unnamed * 20, asked, "almost everybody can be asked for by name and year");
    town_end(&t);
}

Test(find, as_typed_comes_first_and_opens_only_when_alone, .timeout = 60)
{
    Town t;
    town_begin(&t, PEOPLE);
    guint opened = 0;
    for (guint i = 0; i < QUERIES; i++) {
        guint who = dice_roll(&t.dice, PEOPLE);
        const char *id = fhir_id(t.people->pdata[who]);
        g_autofree char *year = NULL;
        g_autofree char *name = name_query(&t, who, FALSE, &year);
        if (!name)
            continue;
        g_autofree char *query = g_strconcat(name, year, NULL);
        g_autofree char *folded = text_fold(query);
        cr_expect_geq(rank(&t, query, id), 0, "%s", query);
        cr_expect_geq(rank(&t, folded, id), 0, "å, ä and ö need not be typed: %s", folded);
        const char *alone = patient_index_unique(t.index, query);
        cr_expect_eq(alone != NULL, how_many_fit(&t, query) == 1, "%s", query);
        cr_expect(!alone || strcmp(alone, id) == 0, "%s", query);
        opened += alone != NULL;
    }
    cr_expect_gt(opened, QUERIES / 2);
    town_end(&t);
}

/* Each written form of a number finds its patient first and, where nobody else has it, opens it. */
Test(find, by_number_in_any_written_form, .timeout = 60)
{
    Town t;
    town_begin(&t, PEOPLE);
    for (guint i = 0; i < QUERIES; i++) {
        const FhirResource *p = t.people->pdata[i < 400 ? i : dice_roll(&t.dice, PEOPLE)];
        g_autofree char *shown = chart_patient_number(p);
        cr_assert_not_null(shown);
        const char *last = strrchr(shown, '-') + 1;
        g_autofree char *day = g_strndup(shown, 8), *lower = g_ascii_strdown(shown, -1);
        char *forms[] = {
            g_strdup(shown), g_strconcat(day, last, NULL), g_strconcat(day, " ", last, NULL),
            g_strconcat(day + 2, "-", last, NULL), g_strconcat(day + 2, last, NULL), g_strconcat(day + 2, "+", last, NULL),
            g_strconcat(day + 2, " ", last, NULL), g_strdup_printf("  %s ", shown), g_strdup(lower)};
        for (gsize k = 0; k < G_N_ELEMENTS(forms); k++) {
            cr_expect_geq(rank(&t, forms[k], fhir_id(p)), 0, "%s", forms[k]);
            const char *alone = patient_index_unique(t.index, forms[k]);
            cr_expect(!alone || strcmp(alone, fhir_id(p)) == 0, "%s", forms[k]);
            cr_expect(alone || (k >= 3 && k <= 6), "a whole number is one person: %s", forms[k]);
        }
        for (gsize k = 0; k < G_N_ELEMENTS(forms); k++)
            g_free(forms[k]);
    }
    town_end(&t);
}

/* One wrong digit is another person: never guessed at. */
Test(find, a_wrong_digit_finds_nobody, .timeout = 60)
{
    Town t;
    town_begin(&t, 2000);
    for (guint i = 0; i < 200; i++) {
        const FhirResource *p = t.people->pdata[dice_roll(&t.dice, 2000)];
        g_autofree char *number = chart_patient_number(p);
        char *digit = number + strlen(number) - 1;
        *digit = *digit == '9' ? '0' : (char)(*digit + 1);
        cr_expect_lt(rank(&t, number, fhir_id(p)), 0, "%s", number);
    }
    town_end(&t);
}
