/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/drug-set.h — a set of medicines as the files of data/checks write it: "M01A nsaid !M01AX05",
 * beginnings of ATC codes (capitals) and properties named before (small letters), '!' taken out again. */
#pragma once
#include "chart/check-rules.h"

/* What a property takes out it takes out of itself only. NULL: a term that is neither. A set holds its
 * properties as long as it lives. */
DrugSet *drug_set_parse(const char *text, GHashTable *properties /* name → DrugSet */);
void drug_set_free(DrugSet *set);
