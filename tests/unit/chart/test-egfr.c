/* SPDX-License-Identifier: GPL-3.0-or-later
 * eGFR against published examples. */
#include "chart/vitals-fixture.h"

/* CKD-EPI 2009 and 2021: the National Kidney Foundation's calculator; Lund-Malmö revised: examples
 * of published implementations; and each formula at its own knee. */
static const struct {
    EgfrFormula formula;
    const char *creatinine;
    char sex;
    int age, expected;
} kidneys[] = {
    {EGFR_LUND_MALMO_REVISED, "88.4", 'M', 40, 84}, {EGFR_LUND_MALMO_REVISED, "180", 'M', 50, 33},
    {EGFR_LUND_MALMO_REVISED, "150", 'F', 70, 26},  {EGFR_LUND_MALMO_REVISED, "300", 'F', 70, 14},
    {EGFR_CKD_EPI_2021, "106.08", 'M', 55, 71},     {EGFR_CKD_EPI_2021, "53.04", 'M', 50, 118},
    {EGFR_CKD_EPI_2021, "88.4", 'M', 50, 92},       {EGFR_CKD_EPI_2021, "132.6", 'M', 50, 56},
    {EGFR_CKD_EPI_2021, "176.8", 'M', 50, 40},      {EGFR_CKD_EPI_2009, "100", 'M', 70, 65},
    {EGFR_CKD_EPI_2009, "100", 'F', 70, 49},        {EGFR_CKD_EPI_2009, "60", 'F', 60, 95},
};

Test(egfr, published_examples)
{
    for (gsize i = 0; i < G_N_ELEMENTS(kidneys); i++) {
        int got =
            egfr(kidneys[i].formula, dec(kidneys[i].creatinine), kidneys[i].sex, kidneys[i].age);
        cr_expect_eq(got, kidneys[i].expected, "%d %s %c %d: %d", kidneys[i].formula,
                     kidneys[i].creatinine, kidneys[i].sex, kidneys[i].age, got);
    }
    cr_expect_eq(egfr(EGFR_CKD_EPI_2021, dec("80"), 'M', 17), -1);
    cr_expect_eq(egfr(EGFR_CKD_EPI_2021, dec("80"), '?', 40), -1);
    cr_expect_eq(egfr(EGFR_CKD_EPI_2021, dec("0"), 'M', 40), -1);
    cr_expect_eq(egfr(EGFR_CKD_EPI_2021, (Decimal){0}, 'M', 40), -1);
}
