/* SPDX-License-Identifier: GPL-3.0-or-later
 * What is asked for of one dose: how much was given, when, why not, and why all the same. */
#include <glib/gi18n.h>
#include <string.h>

#include "ui/views/giving-view.h"

static DueDose *of_call(CmdCall *call, gpointer data, GivingView **ret_s)
{
    View *v = shell_find_view(call->app, call->view_id);
    *ret_s = v ? v->state : NULL;
    return v ? (DueDose *)giving_dose(&(*ret_s)->giving, data) : NULL;
}

static void on_amount(CmdCall *call, const char *text, gpointer data)
{
    GivingView *s;
    DueDose *d = of_call(call, data, &s);
    GError *error = NULL;
    Decimal amount = {0};
    g_autofree char *typed = g_strstrip(g_strdup(text ? text : ""));
    if (d && *typed) {
        if (!decimal_parse(typed, &amount) || amount.coefficient <= 0 || (d->dose.low.valid && decimal_compare(amount, d->dose.high.valid ? d->dose.high : d->dose.low) > 0)) {
            error = g_error_new_literal(APP_ERROR, APP_ERROR_NEEDS, _("Type a number above 0, at most what is ordered"));
        } else {
            DoseAct *a = giving_act_new(d->dose.low.valid && decimal_compare(amount, d->dose.low) < 0 ? ACT_PARTLY : ACT_GIVEN);
            a->amount = amount;
            giving_mark(s, d, a, &error);
        }
    }
    cmd_continue(call, CMD_DONE, error);
}

static void on_why(CmdCall *call, const char *text, gpointer data)
{
    GivingView *s;
    DueDose *d = of_call(call, data, &s);
    DoseAct *a = d ? giving_act_of(&s->giving, d) : NULL;
    GError *error = NULL;
    g_autofree char *why = g_strstrip(g_strdup(text ? text : ""));
    if (a && *why)
        giving_answered(s, a, g_steal_pointer(&why), &error);
    cmd_continue(call, CMD_DONE, error);
}

/* "7:10", "07.10": today, or yesterday where that would lie ahead. */
static Instant clock_of(const char *text, Instant now)
{
    g_auto(GStrv) parts = g_regex_split_simple("[:.]", text, 0, 0);
    guint64 hour = parts[0] ? g_ascii_strtoull(parts[0], NULL, 10) : 24, minute = parts[0] && parts[1] ? g_ascii_strtoull(parts[1], NULL, 10) : 60;
    if (g_strv_length(parts) != 2 || hour > 23 || minute > 59)
        return INSTANT_NONE;
    CivilTime t = {(guint8)hour, (guint8)minute, 0};
    CivilDate today = civil_date_at(now);
    Instant second = instant_from_civil(today, t, TRUE), first = instant_from_civil(today, t, FALSE);
    Instant at = second <= now ? second : first; /* in the double hour the latest that can be */
    return at <= now ? at : instant_from_civil(civil_date_add_days(today, -1), t, FALSE);
}

static void on_time(CmdCall *call, const char *text, gpointer data)
{
    GivingView *s;
    DueDose *d = of_call(call, data, &s);
    DoseAct *had = d ? giving_act_of(&s->giving, d) : NULL;
    GError *error = NULL;
    g_autofree char *typed = g_strstrip(g_strdup(text ? text : ""));
    Instant at = *typed ? clock_of(typed, shell_now()) : INSTANT_NONE;
    if (d && *typed && at == INSTANT_NONE) {
        error = g_error_new_literal(APP_ERROR, APP_ERROR_NEEDS, _("Type the time as 7:10"));
    } else if (d && *typed) {
        DoseAct *a = giving_act_new(had ? had->act : d->state == DUE_RUNNING ? ACT_STOPPED : ACT_GIVEN);
        if (had) {
            a->amount = had->amount;
            a->code = had->code;
            a->why = g_strdup(had->why);
            a->scanned = had->scanned;
        }
        a->at = at;
        giving_mark(s, d, a, &error);
    }
    cmd_continue(call, CMD_DONE, error);
}

static void on_reason(CmdCall *call, int index, gpointer data)
{
    GivingView *s;
    DueDose *d = of_call(call, data, &s);
    const GPtrArray *all = giving_reasons(NULL);
    GError *error = NULL;
    if (d && all && index >= 0 && (guint)index < all->len)
        giving_not_given(s, d, ((GivingReason *)all->pdata[index])->key, &error);
    cmd_continue(call, CMD_DONE, error);
}

static void pick_reason(CmdCall *call, const char *title)
{
    const GPtrArray *all = giving_reasons(NULL);
    g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func(pick_item_free);
    for (guint i = 0; i < all->len; i++) {
        const GivingReason *r = all->pdata[i];
        PickItem *item = g_new0(PickItem, 1);
        *item = (PickItem){.text = g_strdup(r->text), .detail = g_strdup(r->key)};
        g_ptr_array_add(items, item);
    }
    call->app->frontend->pick(call, title, items, on_reason, call->data);
}

static const struct {
    const char *command, *prompt; /* N_(), of the medicine */
    AskFn fn;
    gboolean marked; /* of a dose that has been marked */
} asks[] = {
    {"giving-partly", N_("How much was given of %s"), on_amount, FALSE},
    {"giving-time", N_("When was it given: %s"), on_time, FALSE},
    {"giving-reason", N_("Why it is given all the same: %s"), on_why, TRUE},
    {"giving-not", N_("Why was it not given: %s"), NULL, FALSE},
};

CmdResult giving_ask(View *v, CmdCall *call, DueDose *d, GError **error)
{
    const GivingView *s = v->state;
    const char *name = call->command->name;
    for (gsize i = 0; i < G_N_ELEMENTS(asks); i++) {
        if (strcmp(name, asks[i].command) != 0)
            continue;
        if (asks[i].marked && !giving_act_of(&s->giving, d)) {
            g_set_error_literal(error, APP_ERROR, APP_ERROR_NEEDS, _("No warning needs a reason"));
            return CMD_ERROR;
        }
        g_autofree char *what = giving_medicine_text(d), *prompt = g_strdup_printf(_(asks[i].prompt), what);
        call->data = g_strdup(d->id);
        call->data_free = g_free;
        if (asks[i].fn)
            v->app->frontend->ask(call, prompt, NULL, asks[i].fn, call->data);
        else
            pick_reason(call, prompt);
        return CMD_WAIT;
    }
    return CMD_ERROR;
}
