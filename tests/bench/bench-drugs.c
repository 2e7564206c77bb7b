/* SPDX-License-Identifier: GPL-3.0-or-later
 * What one key costs where a medicine is ordered, over 20,000 products: finding it by what is typed so far, and
 * reading the whole line. Fails when the 99th percentile of the processor's time is over the budget. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "chart/orderline.h"

#define FIND_MS 5.0
#define LINE_MS 1.0

static double processor_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static gboolean report(const char *what, GArray *took, double budget)
{
    g_array_sort(took, compare);
    double median = g_array_index(took, double, took->len / 2);
    double high = g_array_index(took, double, took->len * 99 / 100);
    printf("%s: %u times, median %.3f ms, p99 %.3f ms (budget %.0f)\n", what, took->len, median, high, budget);
    return high <= budget;
}

static void find_each_key(const DrugList *drugs, const char *name, GArray *took)
{
    for (gsize n = 1; n <= strlen(name); n++) {
        g_autofree char *typed = g_strndup(name, n);
        double start = processor_ms();
        g_autoptr(DrugMatch) m = drug_list_match(drugs, typed);
        double ms = processor_ms() - start;
        g_array_append_val(took, ms);
    }
}

static const char *const lines[] = {
    "alvedon 1g x4 vb smärta 5d", "predn 60mg -10/2d kol", "metotrexat 7,5 mg x1/v mån RA",
    "furix 40mg kl 8 och 14 hjärtsvikt fr.o.m. imorgon tom 2026-12-24", "gensumycin 5mg/kg x1 i 5d urosepsis",
    "citodon 1-2x1-4 vb smärta max 8/d", "met 500mg x2 diabetes", "a 1 x1 b",
};

int main(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *tokens = g_build_filename(g_getenv("ROND_DATA"), "orderline/tokens.tsv", NULL);
    g_autoptr(DrugList) drugs = drug_list_load(g_getenv("ROND_PRODUCTS"), &error);
    g_autoptr(OrderWords) words = drugs ? order_words_load(tokens, &error) : NULL;
    if (!words)
        g_error("%s", error->message);
    g_autoptr(GArray) keys = g_array_new(FALSE, FALSE, sizeof(double)), read = g_array_new(FALSE, FALSE, sizeof(double));
    for (guint i = 0; i < drug_list_count(drugs); i += 17)
        find_each_key(drugs, drug_list_at(drugs, i)->folded_substance, keys);
    OrderContext context = {.now = G_GINT64_CONSTANT(1795246440000000)};
    decimal_parse("70", &context.weight_kg);
    for (guint i = 0; i < 4000; i++) {
        double start = processor_ms();
        g_autoptr(Order) o = orderline_parse(words, drugs, lines[i % G_N_ELEMENTS(lines)], &context);
        double ms = processor_ms() - start;
        g_array_append_val(read, ms);
    }
    gboolean found = report("a key of a medicine's name", keys, FIND_MS);
    return report("a line read", read, LINE_MS) && found ? EXIT_SUCCESS : EXIT_FAILURE;
}
