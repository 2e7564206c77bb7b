/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/giving-scan.h — what a scanner has read: somebody's wristband or a package. Pure. */
#pragma once
#include "chart/drug.h"

typedef enum { SCAN_UNKNOWN, SCAN_WRISTBAND, SCAN_PRODUCT } ScanKind;
/* @text as the scanner typed it, without its Enter: a personal number or reserve number of 12 or 10 signs, a GTIN of 13 or
 * 14 digits (data/giving/packs.tsv), a product code of the list. *ret_product for SCAN_PRODUCT; borrowed. */
ScanKind giving_scan(const DrugList *drugs, const char *text, const DrugProduct **ret_product);
