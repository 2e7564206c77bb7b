/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/order-reading.h"

#include <glib/gi18n.h>

#include "chart/dosage.h"
#include "chart/prescription.h"
#include "chart/units.h"

#define ASSUMED " (antaget)"

static const char *mark(const Order *o, OrderField field)
{
    return order_is_assumed(o, field) ? ASSUMED : "";
}

static void add_options(GString *s, const char *part, const OrderIssue *issue)
{
    g_autofree char *list = issue->options ? g_strjoinv(" / ", issue->options) : NULL;
    g_string_append_printf(s, ", %s: %s?", part, list ? list : "");
}

static void add_name(GString *s, const Order *o)
{
    const DrugProduct *p = o->product;
    const OrderIssue *form = order_issue(o, ORDER_FORM), *strength = order_issue(o, ORDER_STRENGTH);
    if (p && o->by_brand && p->brand)
        g_string_append_printf(s, "%s (%s)", p->brand, p->substance);
    else
        g_string_append(s, o->substance);
    if (form)
        add_options(s, "form", form);
    else if (o->form)
        g_string_append_printf(s, " %s", o->form);
    if (strength)
        add_options(s, "styrka", strength);
    else if (p && *p->strength_text)
        g_string_append_printf(s, " %s", p->strength_text);
    /* Form and strength stand side by side: one mark says both. */
    if (order_is_assumed(o, ORDER_STRENGTH) || (!strength && order_is_assumed(o, ORDER_FORM)))
        g_string_append(s, ASSUMED);
}

static char *drug_line(const Order *o)
{
    GString *s = g_string_new(NULL);
    const Route *route = route_find(o->route);
    add_name(s, o);
    if (o->route)
        g_string_append_printf(s, ", %s%s", route ? route->adverb : o->route, mark(o, ORDER_ROUTE));
    return g_string_free(s, FALSE);
}

static char *dose_line(const Order *o)
{
    g_autofree char *text = dosage_text(o);
    gboolean guessed = order_is_assumed(o, ORDER_UNIT) || order_is_assumed(o, ORDER_TIMING);
    g_autofree char *start = order_is_assumed(o, ORDER_UNIT) && order_is_assumed(o, ORDER_TIMING) ? g_strdup(" (enhet och tider antagna)")
                             : order_is_assumed(o, ORDER_UNIT) ? g_strdup(" (enhet antagen)")
                             : guessed                         ? g_strdup(" (tider antagna)")
                                                               : g_strdup("");
    return g_strconcat(text, start, NULL);
}

static char *period_line(const Order *o, CivilDate today)
{
    g_autofree char *total = dosage_total(o), *period = dosage_period(o, today);
    GString *s = g_string_new(NULL);
    if (total)
        g_string_append_printf(s, "%s · ", total);
    g_string_append(s, period);
    if (order_is_assumed(o, ORDER_START) && order_is_assumed(o, ORDER_STOP))
        g_string_append(s, " (antaget)");
    else if (order_is_assumed(o, ORDER_START))
        g_string_append(s, " (start antagen)");
    else
        g_string_append(s, mark(o, ORDER_STOP));
    return g_string_free(s, FALSE);
}

static char *why_line(const Order *o)
{
    GString *s = g_string_new(NULL);
    if (o->reason)
        g_string_append_printf(s, "ordinationsorsak: %s · ", o->reason);
    if (o->follow_up)
        g_string_append_printf(s, "uppföljning: %s%s", o->follow_up, mark(o, ORDER_FOLLOW_UP));
    return g_string_free(s, FALSE);
}

static char *care_line(const Order *o)
{
    const DrugProduct *p = o->product;
    GString *s = g_string_new(NULL);
    if (p && p->high_alert)
        g_string_append(s, "HÖGRISKLÄKEMEDEL");
    if (p && p->narcotic)
        g_string_append_printf(s, "%snarkotikaklass %s", s->len ? " · " : "", p->narcotic);
    if (p && p->notes)
        g_string_append_printf(s, "%s%s", s->len ? " · " : "", p->notes);
    return g_string_free(s, FALSE);
}

GPtrArray *order_reading_lines(const Order *o, CivilDate today)
{
    GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
    if (!o->substance)
        return lines;
    g_ptr_array_add(lines, drug_line(o));
    if (o->step_count || o->timing == TIMING_CONTINUOUS || o->timing == TIMING_FREE)
        g_ptr_array_add(lines, dose_line(o));
    g_ptr_array_add(lines, period_line(o, today));
    g_ptr_array_add(lines, why_line(o));
    if (o->supply.wanted)
        g_ptr_array_add(lines, prescription_reading(o, today));
    char *care = care_line(o);
    if (*care)
        g_ptr_array_add(lines, care);
    else
        g_free(care);
    return lines;
}

char *order_reading_short(const Order *o)
{
    GString *s = g_string_new(NULL);
    if (o->substance)
        add_name(s, o);
    else
        g_string_append(s, o->typed_drug && *o->typed_drug ? o->typed_drug : "?");
    return g_string_free(s, FALSE);
}

static const char *const field_names[ORDER_FIELDS] = {
    [ORDER_DRUG] = N_("medicine"),           [ORDER_FORM] = N_("form"),
    [ORDER_STRENGTH] = N_("strength"),       [ORDER_ROUTE] = N_("route"),
    [ORDER_DOSE] = N_("dose"),               [ORDER_UNIT] = N_("unit of the dose"),
    [ORDER_WEIGHT] = N_("the patient's weight"), [ORDER_TIMING] = N_("when it is given"),
    [ORDER_WEEKDAY] = N_("weekday"),         [ORDER_MAX] = N_("the most in a day"),
    [ORDER_REASON] = N_("reason for the order"), [ORDER_START] = N_("start"),
    [ORDER_STOP] = N_("stop"),               [ORDER_FOLLOW_UP] = N_("follow-up"),
    [ORDER_AS_NEEDED] = N_("as needed"),     [ORDER_TOKEN] = N_("word"),
    [ORDER_SUPPLY] = N_("amount on the prescription"), [ORDER_WITHDRAWALS] = N_("withdrawals on the prescription"),
    [ORDER_EXCHANGE] = N_("why the medicine is not to be exchanged"),
};

char *order_issue_sentence(const OrderIssue *issue)
{
    const char *name = _(field_names[issue->field]);
    g_autofree char *options = issue->options ? g_strjoinv(" / ", issue->options) : NULL;
    switch (issue->kind) {
    case ISSUE_MISSING:
        return options ? g_strdup_printf(_("Missing: %s. One of: %s"), name, options)
               : issue->field == ORDER_DRUG && issue->token && *issue->token
                   ? g_strdup_printf(_("No medicine in the list begins with “%s”"), issue->token)
                   : g_strdup_printf(_("Missing: %s"), name);
    case ISSUE_AMBIGUOUS:
        if (!issue->token)
            return options ? g_strdup_printf(_("Unclear: %s. One of: %s"), name, options)
                           : g_strdup_printf(_("Unclear: %s"), name);
        return options ? g_strdup_printf(_("“%s” can mean: %s"), issue->token, options)
                       : g_strdup_printf(_("“%s” is not understood here (%s)"), issue->token, name);
    case ISSUE_IMPLAUSIBLE:
        return g_strdup_printf(_("“%s” cannot be meant: %s"), issue->token, name);
    case ISSUE_REFUSED:
        break;
    }
    if (issue->token && options)
        return g_strdup_printf(_("“%s” is not to be ordered so: %s. One of: %s"), issue->token, name, options);
    return options ? g_strdup_printf(_("Not to be ordered so: %s. One of: %s"), name, options)
                   : g_strdup_printf(_("Not to be ordered so: %s"), name);
}
