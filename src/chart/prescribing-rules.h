/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/prescribing-rules.h — what a prescription may say, by the class of the medicine, and the packs that
 * medicines come in (data/drugs/prescribing.tsv, packs.tsv). Read once, then const; owns all. */
#pragma once
#include <glib.h>

#include "chart/drug.h"

typedef struct {
    int withdrawals; /* at most */
    int months;      /* it is valid */
    int days;        /* that one withdrawal lasts */
    gboolean strict; /* more than that is not prescribed at once */
    gboolean words;  /* the quantity stands in letters too */
} PrescribingClass;

typedef struct PrescribingRules PrescribingRules;

/* NULL with a G_FILE_ERROR or a TABLE_ERROR. */
PrescribingRules *prescribing_rules_load(const char *classes, const char *packs, GError **error);
void prescribing_rules_free(PrescribingRules *r);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PrescribingRules, prescribing_rules_free)

/* NULL: there is no rule for its class, and it cannot be prescribed here. */
const PrescribingClass *prescribing_class(const PrescribingRules *r, const DrugProduct *p);
/* int, the smallest first; NULL when no pack is known. */
const GArray *prescribing_packs(const PrescribingRules *r, const DrugProduct *p);
