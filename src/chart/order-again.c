/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/order-again.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base/text.h"
#include "chart/dosage.h"
#include "chart/prescription.h"
#include "chart/record-words.h"
#include "chart/units.h"

static char *refused(GError **error, const char *why)
{
    g_set_error_literal(error, CHART_ERROR, CHART_ERROR_DATA, why);
    return NULL;
}

/* What a dose says, without when it begins and ends: in the words that are signed. */
static char *said(const Order *o)
{
    g_autofree char *name = drug_name(o->product, o->by_brand), *dose = dosage_text(o);
    const Route *route = route_find(o->route);
    return g_strdup_printf("%s, %s, %s", name, route ? route->adverb : o->route ? o->route : "-", dose);
}

/* How long it goes on: as many days as before, where that was said of the whole and not of its steps. */
static char *length(const Order *o, Instant now, OrderAgain how)
{
    gboolean stepped = o->step_count > 0 && o->steps[o->step_count - 1].days > 0;
    if (stepped || o->timing == TIMING_ONCE)
        return g_strdup("");
    if (!o->stop.year || o->cycle_days)
        return g_strdup_printf(", %s", record_word(RW_UNTIL_FURTHER));
    int left = civil_date_days_between(civil_date_at(now), o->stop) + 1;
    int all = civil_date_days_between(civil_date_at(o->start), o->stop) + 1;
    int days = how == AGAIN_TO_CHANGE && left > 0 ? left : MAX(all, 1);
    g_autofree char *words = record_text(days == 1 ? RW_FOR_DAY : RW_FOR_DAYS, days);
    return g_strconcat(", ", words, NULL);
}

static char *line_of(const Order *o, gboolean prescribed, Instant now, OrderAgain how)
{
    g_autofree char *what = said(o), *days = length(o, now, how);
    GString *s = g_string_new(what);
    g_string_append(s, days);
    if (o->reason)
        g_string_append_printf(s, ", ordinationsorsak: %s", o->reason);
    if (o->follow_up)
        g_string_append_printf(s, ", uppföljning: %s", o->follow_up);
    g_autofree char *supply = prescription_line(o);
    if (supply || prescribed)
        g_string_append_printf(s, " %s", supply ? supply : "recept"); /* what a pharmacy dispensed it goes on dispensing */
    return g_string_free(s, FALSE);
}

/* One dose after another, or once: to begin it again is another treatment than to go on. */
static gboolean begins_anew(const Order *o)
{
    return o->step_count > 1 || o->load_first || o->timing == TIMING_ONCE || o->timing == TIMING_FREE ||
           o->timing == TIMING_CONTINUOUS || o->cycle_days > 0;
}

static gboolean same_again(const Order *old, const Order *again)
{
    if (!again->product)
        return FALSE;
    g_autofree char *a = said(old), *b = said(again);
    return strcmp(a, b) == 0 && g_strcmp0(old->atc, again->atc) == 0 && (!old->reason || g_strcmp0(old->reason, again->reason) == 0) &&
           (!old->follow_up || g_strcmp0(old->follow_up, again->follow_up) == 0);
}

char *order_again(const FhirResource *r, const OrderData *data, Decimal weight_kg, Instant now, OrderAgain how,
                  GError **error)
{
    g_autoptr(Order) old = order_new();
    gboolean raw = FALSE;
    g_free(dosage_display(fhir_at(fhir_root(r), "dosageInstruction"), &raw));
    if (raw)
        return refused(error, _("Its dose cannot be read whole, so it is not copied: order it anew"));
    if (!medication_to_order(r, data->drugs, old))
        return refused(error, _("The medicine or its dose is not among what can be ordered here: order it anew"));
    if (old->start != INSTANT_NONE && civil_date_days_between(civil_date_at(now), civil_date_at(old->start)) > 0)
        return refused(error, _("It has not begun yet, and a change would begin today: stop it and order it anew"));
    if (old->cycle_days && old->stop.year)
        return refused(error, _("It goes in cycles to a last day, which would be lost: order it anew"));
    if (how == AGAIN_AS_IT_IS && begins_anew(old))
        return refused(error, _("Its dose goes in steps, once or by free text and would begin anew: change it or order it anew"));
    gboolean prescribed = !medication_is_inpatient(r) && fhir_exists(fhir_at(fhir_root(r), "dispenseRequest.numberOfRepeatsAllowed"));
    g_autofree char *line = line_of(old, prescribed, now, how);
    OrderContext context = {.now = now, .weight_kg = weight_kg};
    g_autoptr(Order) again = orderline_parse(data->words, data->drugs, line, &context);
    if (!same_again(old, again))
        return refused(error, _("It cannot be said again word for word as it stands: order it anew"));
    return g_steal_pointer(&line);
}
