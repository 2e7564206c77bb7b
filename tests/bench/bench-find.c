/* SPDX-License-Identifier: GPL-3.0-or-later
 * What one key costs in finding among 10,000 patients: every beginning of a name, with and without an
 * error. Fails when the 99th percentile of the processor's time is over the budget: the clock on the wall
 * counts what else the machine does. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "chart/patient-index.h"
#include "chart/patient.h"
#include "support/people.h"

#define BUDGET_MS 5.0

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double processor_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void key(PatientIndex *index, const char *typed, GArray *took)
{
    guint all;
    double start = processor_ms();
    g_autoptr(GPtrArray) hits = patient_index_find(index, typed, 50, &all);
    if (patient_index_unique(index, typed) && !hits->len)
        g_error("%s opens a patient who is not found", typed);
    double ms = processor_ms() - start;
    g_array_append_val(took, ms);
}

int main(void)
{
    const CivilDate today = {2026, 11, 21};
    Dice dice = {people_seed(1)};
    g_autoptr(GPtrArray) people = people_generate(10000, dice.state, today);
    PatientIndex *index = patient_index_of(people, today);
    g_autoptr(GArray) took = g_array_new(FALSE, FALSE, sizeof(double));
    for (int i = 0; i < 30; i++) {
        g_autofree char *name = chart_patient_list_name(people->pdata[dice_roll(&dice, people->len)]);
        g_autofree char *typed = i % 2 ? people_mistype(&dice, name) : g_strdup(name);
        for (const char *p = g_utf8_next_char(typed);; p = g_utf8_next_char(p)) {
            g_autofree char *so_far = g_strndup(typed, (gsize)(p - typed));
            key(index, so_far, took);
            if (!*p)
                break;
        }
    }
    g_array_sort(took, compare);
    double median = g_array_index(took, double, took->len / 2), high = g_array_index(took, double, took->len * 99 / 100);
    printf("%u keys among %u patients: median %.2f ms, p99 %.2f ms (budget %.0f)\n", took->len, people->len, median, high,
           BUDGET_MS);
    patient_index_free(index);
    return high <= BUDGET_MS ? EXIT_SUCCESS : EXIT_FAILURE;
}
