/* SPDX-License-Identifier: GPL-3.0-or-later
 * The cells of a dose: when, what, how much, and what has become of it or is said of it. */
#include <glib/gi18n.h>
#include <string.h>

#include "chart/when.h"
#include "ui/views/giving-view.h"

static const Giving *painted;

void giving_cells_of(const Giving *g)
{
    painted = g;
}

static char *act_words(const DueDose *d, const DoseAct *a, Style *style)
{
    const GivingReason *r = giving_reason(a->code);
    *style = STYLE_STRONG;
    switch (a->act) {
    case ACT_NOT_GIVEN:
        return g_strdup_printf(_("[–] not given: %s"), r ? r->text : "?");
    case ACT_PARTLY:
        return g_strdup(_("[x] partly given"));
    case ACT_CONFIRMED:
        return g_strdup(_("[x] confirmed"));
    case ACT_STOPPED:
        return g_strdup(_("[x] stopped"));
    case ACT_GIVEN:
    case ACT_NONE:
        break;
    }
    return g_strdup(d->dose.kind == DOSE_INFUSION ? _("[x] started") : d->twice ? _("[x] given, first of two") : _("[x] given"));
}

static char *text_state(gpointer row, Style *style)
{
    const DueDose *d = row;
    const DoseAct *a = painted ? giving_act_of(painted, d) : NULL;
    if (a)
        return act_words(d, a, style);
    if (d->state == DUE_LATE || !d->order)
        *style = STYLE_ALERT;
    else if (d->state == DUE_WAITS || d->state == DUE_STOPPED)
        *style = STYLE_WARNING;
    else if (d->state >= DUE_GIVEN || d->state == DUE_LATER)
        *style = STYLE_DIM;
    if (d->given && (d->state == DUE_GIVEN || d->state == DUE_WAITS || d->state == DUE_RUNNING)) {
        g_autofree char *at = d->given->at != INSTANT_NONE ? when_short(d->given->at, shell_now()) : g_strdup("?");
        return g_strdup_printf("%s %s %s", due_state_word(d->state), at, d->given->by);
    }
    if (d->given && d->state == DUE_NOT_GIVEN)
        return g_strdup_printf("%s: %s", due_state_word(d->state), d->given->reason ? d->given->reason : "?");
    return g_strdup(due_state_word(d->state));
}

static char *text_time(gpointer row, Style *style)
{
    (void)style;
    return giving_time_text(row, shell_now());
}

static char *text_medicine(gpointer row, Style *style)
{
    (void)style;
    return giving_medicine_text(row);
}

static char *text_amount(gpointer row, Style *style)
{
    const DueDose *d = row;
    if (!d->order)
        *style = STYLE_WARNING;
    return giving_amount_text(d, painted ? giving_act_of(painted, d) : NULL);
}

static char *text_route(gpointer row, Style *style)
{
    const DueDose *d = row;
    (void)style;
    return g_strdup(d->order && d->order->route ? d->order->route : "");
}

const ListColumn giving_columns[] = {
    {.id = "time", .title = N_("Time"), .width = 6, .text = text_time},
    {.id = "medicine", .title = N_("Medicine"), .width = 22, .grow = TRUE, .text = text_medicine},
    {.id = "dose", .title = N_("Dose"), .width = 12, .text = text_amount},
    {.id = "route", .title = N_("Route"), .width = 10, .priority = 1, .text = text_route},
    {.id = "state", .title = N_("State"), .width = 24, .grow = TRUE, .text = text_state},
    {0}};
