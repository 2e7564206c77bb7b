/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/giving-scan.h"

#include <string.h>

#include "base/table.h"
#include "base/xdg.h"

static const char *product_of_pack(const char *gtin)
{
    static Table *packs;
    g_autofree char *path = data_path("giving/packs.tsv");
    packs = packs ? packs : table_load(path, 0, NULL);
    for (guint i = 0; packs && i < table_rows(packs); i++)
        if (strcmp(table_cell(packs, i, "gtin"), gtin) == 0)
            return table_cell(packs, i, "product");
    return NULL;
}

static gboolean all_digits(const char *text)
{
    return text[strspn(text, "0123456789")] == '\0';
}

/* "19480930-1551", "194809301551", "19450829K088". */
static gboolean is_number(const char *text)
{
    g_autofree char *plain = g_strdup(text);
    char *dash = strpbrk(plain, "-+");
    if (dash)
        memmove(dash, dash + 1, strlen(dash));
    gsize n = strlen(plain);
    return n == 12 && strspn(plain, "0123456789") >= 8;
}

ScanKind giving_scan(const DrugList *drugs, const char *text, const DrugProduct **ret_product)
{
    gsize n = strlen(text);
    gboolean gtin = all_digits(text) && (n == 13 || n == 14);
    const char *id = gtin ? product_of_pack(n == 14 && *text == '0' ? text + 1 : text) : text;
    *ret_product = id ? drug_list_by_id(drugs, id) : NULL;
    if (*ret_product)
        return SCAN_PRODUCT;
    return !gtin && is_number(text) ? SCAN_WRISTBAND : SCAN_UNKNOWN;
}
