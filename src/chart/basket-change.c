/* SPDX-License-Identifier: GPL-3.0-or-later
 * Changes of orders that are in the record, on the list to sign. */
#include <glib/gi18n.h>
#include <string.h>

#include "chart/basket.h"
#include "chart/order-again.h"
#include "chart/order-reading.h"

BasketItem *basket_item_change(const MedChange *change, const FhirResource *base, const char *patient, const OrderData *data,
                               Decimal weight_kg, Instant now, GError **error)
{
    if (!med_change_possible(change, base, now, error))
        return NULL;
    OrderAgain how = change->several || !change->orders ? AGAIN_AS_IT_IS : AGAIN_TO_CHANGE;
    if (change->line && !change->orders)
        how = AGAIN_TO_CHANGE; /* goes on where it was: nothing begins anew */
    char *line = change->line ? order_again(base, data, weight_kg, now, how, error) : g_strdup("");
    if (!line)
        return NULL;
    BasketItem *b = basket_item_new(NULL, patient);
    g_free(b->line);
    b->line = line;
    b->change = change;
    b->base = fhir_resource_ref(base);
    basket_item_read(b, data, weight_kg, now);
    b->ready = order_complete(b->order) && !change->reasons;
    return b;
}

gboolean basket_item_orders(const BasketItem *b)
{
    return !b->change || b->change->orders;
}

gboolean basket_item_lined(const BasketItem *b)
{
    return !b->change || b->change->line;
}

/* ---- somebody else ---- */

static gboolean was_listed(const FhirResource *r)
{
    return fhir_is(fhir_root(r), "status", "active") || fhir_is(fhir_root(r), "status", "on-hold");
}

void basket_item_look(BasketItem *b, const CheckFacts *facts)
{
    const GPtrArray *items = facts->items[FACT_MEDICATIONS];
    gboolean found = FALSE;
    if (!b->change || !facts->known[FACT_MEDICATIONS])
        return;
    for (guint i = 0; i < items->len; i++) {
        const FhirResource *r = items->pdata[i];
        if (g_strcmp0(fhir_id(r), fhir_id(b->base)) != 0)
            continue;
        found = TRUE;
        gboolean same = g_strcmp0(fhir_version_id(r), fhir_version_id(b->base)) == 0;
        if (same && b->told)
            continue; /* the core has said more at the signature than it had then */
        g_clear_pointer(&b->theirs, fhir_resource_unref);
        b->theirs = same ? NULL : fhir_resource_ref(r);
    }
    b->gone = !found && was_listed(b->base) && !b->theirs;
}

void basket_item_told(BasketItem *b, const FhirResource *theirs)
{
    g_clear_pointer(&b->theirs, fhir_resource_unref);
    b->theirs = fhir_resource_ref(theirs);
    b->told = TRUE;
}

gboolean basket_item_overtaken(const BasketItem *b)
{
    return b->theirs || b->gone;
}

gboolean basket_item_rebase(BasketItem *b, Instant now, GError **error)
{
    if (!b->theirs) {
        g_set_error_literal(error, CHART_ERROR, CHART_ERROR_DATA, _("Somebody else has ended the order: take this off the list"));
        return FALSE;
    }
    if (!med_change_possible(b->change, b->theirs, now, error))
        return FALSE;
    fhir_resource_unref(b->base);
    b->base = g_steal_pointer(&b->theirs);
    b->told = FALSE;
    basket_item_edited(b); /* as it is, it is not what was chosen to go on unchanged */
    g_clear_pointer(&b->failure, g_free);
    return TRUE;
}

void basket_item_edited(BasketItem *b)
{
    if (b->change && b->change->orders && b->change->several)
        b->change = med_change("change");
}

char *basket_item_short(const BasketItem *b, const DrugList *drugs, Instant now)
{
    if (!b->change)
        return order_reading_short(b->order);
    g_autofree char *text = b->change->orders ? order_reading_short(b->order) : med_change_text(b->base, drugs, now);
    return g_strdup_printf("%s: %s", _(b->change->title), text);
}
