/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/order-offer.h"

#include <string.h>

#include "base/table.h"
#include "base/text.h"
#include "base/xdg.h"

#define MOST 6u /* that anybody reads under a field */

struct OrderOffers {
    GPtrArray *texts[ORDER_FIELDS]; /* char*; NULL where there are none */
};

static const struct {
    const char *name;
    OrderField field;
} fields[] = {{"timing", ORDER_TIMING}, {"reason", ORDER_REASON}, {"follow-up", ORDER_FOLLOW_UP}};

static void order_offers_free(OrderOffers *o)
{
    if (!o)
        return;
    for (gsize i = 0; i < ORDER_FIELDS; i++)
        g_clear_pointer(&o->texts[i], g_ptr_array_unref);
    g_free(o);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OrderOffers, order_offers_free)

static OrderOffers *order_offers_load(const char *path, GError **error)
{
    g_autoptr(Table) table = table_load(path, 2, error); /* field, text */
    g_autoptr(OrderOffers) o = g_new0(OrderOffers, 1);
    for (guint i = 0; table && i < table_rows(table); i++) {
        char *const *row = table_row(table, i);
        gsize k = 0;
        while (k < G_N_ELEMENTS(fields) && strcmp(fields[k].name, row[0]) != 0)
            k++;
        if (k == G_N_ELEMENTS(fields)) {
            table_refuse(table, i, error);
            return NULL;
        }
        GPtrArray **texts = &o->texts[fields[k].field];
        if (!*texts)
            *texts = g_ptr_array_new_with_free_func(g_free);
        g_ptr_array_add(*texts, g_strdup(row[1]));
    }
    return table ? g_steal_pointer(&o) : NULL;
}

const OrderOffers *order_offers(void)
{
    static OrderOffers *offers;
    g_autoptr(GError) error = NULL;
    g_autofree char *path = offers ? NULL : data_path("orderline/offers.tsv");
    if (!offers)
        offers = order_offers_load(path, &error);
    if (!offers) {
        g_warning("%s", error->message);
        offers = g_new0(OrderOffers, 1);
    }
    return offers;
}

static void offer(GPtrArray *out, const char *text, const char *folded)
{
    g_autofree char *whole = text_fold_keep_swedish(text);
    if (out->len < MOST && g_str_has_prefix(whole, folded) && strlen(whole) > strlen(folded) &&
        !g_ptr_array_find_with_equal_func(out, text, g_str_equal, NULL))
        g_ptr_array_add(out, (gpointer)text);
}

GPtrArray *order_offers_for(const OrderOffers *offers, const DrugList *drugs, OrderField field, const char *typed)
{
    GPtrArray *out = g_ptr_array_new();
    g_autofree char *plain = g_strstrip(g_strdup(typed)), *folded = text_fold_keep_swedish(plain);
    const GPtrArray *texts = offers->texts[field];
    if (!*folded)
        return out;
    for (guint i = 0; texts && i < texts->len; i++)
        offer(out, texts->pdata[i], folded);
    if (field != ORDER_DRUG)
        return out;
    g_autoptr(DrugMatch) match = drug_list_match(drugs, plain);
    for (guint i = 0; drug_match_resolved(match) && i < match->products->len; i++) {
        const DrugProduct *p = match->products->pdata[i];
        if (p->brand)
            offer(out, p->brand, folded);
        offer(out, p->substance, folded);
    }
    return out;
}
