/* SPDX-License-Identifier: GPL-3.0-or-later
 * Björk et al. 2011 (Lund-Malmö revised), Levey et al. 2009 and Inker et al. 2021 (CKD-EPI). These
 * are exponential formulas rounded to whole numbers: the one place where the chart computes in
 * floating point. */
#include <math.h>

#include "chart/vitals.h"

#define UMOL_PER_MGDL 88.4

static double lund_malmo(double crea, gboolean female, int age)
{
    double knee = female ? 150 : 180, top = female ? 2.50 : 2.56, slope = female ? 0.0121 : 0.00968;
    double x = crea < knee ? top + slope * (knee - crea) : top - 0.926 * log(crea / knee);
    return exp(x - 0.0158 * age + 0.438 * log(age));
}

typedef struct {
    double scale, low_female, low_male, high, per_year, female;
} CkdEpi;

static const CkdEpi ckd_epi_2009 = {141, -0.329, -0.411, -1.209, 0.993, 1.018};
static const CkdEpi ckd_epi_2021 = {142, -0.241, -0.302, -1.200, 0.9938, 1.012};

static double ckd_epi(const CkdEpi *f, double crea, gboolean female, int age)
{
    double ratio = crea / UMOL_PER_MGDL / (female ? 0.7 : 0.9);
    double low = female ? f->low_female : f->low_male;
    return f->scale * pow(fmin(ratio, 1), low) * pow(fmax(ratio, 1), f->high) *
           pow(f->per_year, age) * (female ? f->female : 1);
}

int egfr(EgfrFormula formula, Decimal creatinine_umol, char sex, int age)
{
    gboolean female = sex == 'F';
    if (!creatinine_umol.valid || creatinine_umol.coefficient <= 0 || age < 18 ||
        (sex != 'F' && sex != 'M'))
        return -1;
    double crea = decimal_to_double(creatinine_umol), result = -1;
    switch (formula) {
    case EGFR_LUND_MALMO_REVISED:
        result = lund_malmo(crea, female, age);
        break;
    case EGFR_CKD_EPI_2009:
        result = ckd_epi(&ckd_epi_2009, crea, female, age);
        break;
    case EGFR_CKD_EPI_2021:
        result = ckd_epi(&ckd_epi_2021, crea, female, age);
        break;
    }
    return (int)lround(result);
}
