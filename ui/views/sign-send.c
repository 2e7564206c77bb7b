/* SPDX-License-Identifier: GPL-3.0-or-later
 * The signing of the list: what is sent, and what becomes of each order when the core has answered. */
#include "ui/views/sign-list.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base/clock.h"
#include "ui/patient-header.h"

static const char *failure_sentence(OrderOutcome outcome)
{
    static const char *const sentences[] = {
        [ORDER_DIFFERS] = N_("In the core, BUT NOT AS IT WAS READ. Look at the medication list"),
        [ORDER_NOT_SENT] = N_("Not signed: it was not sent"),
        [ORDER_UNKNOWN] = N_("No answer from the core: it is being asked. Signing again is the same order"),
        [ORDER_REFUSED] = N_("Not signed: the core refused"),
    };
    return _(sentences[outcome]);
}

static void tell_receipt(View *v, guint n, const char *versions)
{
    g_autofree char *who = patient_naming(patient_ctx_patient(v->patient));
    g_autofree char *at = instant_to_hhmm(shell_now());
    g_autofree char *line = g_strdup_printf(ngettext("Signed %s  %u order, %s, version %s", "Signed %s  %u orders, %s, version %s", n),
                                            at, n, who, versions);
    v->app->frontend->receipt(v->app, line);
}

static void keep_failures(View *v, const GPtrArray *results)
{
    SignList *s = v->state;
    for (guint i = 0; i < results->len; i++) {
        const BasketSigned *r = results->pdata[i];
        BasketItem *b = r->outcome == ORDER_SIGNED ? NULL : sign_list_item(s, r->id);
        if (!b)
            continue;
        g_free(b->failure);
        b->failure = r->text ? g_strdup_printf("%s: %s", failure_sentence(r->outcome), r->text)
                             : g_strdup(failure_sentence(r->outcome));
    }
}

typedef struct {
    View *view;
    CmdCall *call;
} Sent;

static void on_signed(const GPtrArray *results, const GError *error, gpointer data)
{
    g_autofree Sent *sent = data;
    View *v = sent->view;
    SignList *s = v->state;
    g_autoptr(GString) versions = g_string_new(NULL);
    guint n = 0;
    s->sending = FALSE;
    for (guint i = 0; i < results->len; i++) {
        const BasketSigned *r = results->pdata[i];
        BasketItem *b = r->outcome == ORDER_SIGNED ? sign_list_item(s, r->id) : NULL;
        g_autoptr(GError) kept = NULL;
        if (!b)
            continue;
        n++;
        if (!strstr(versions->str, r->version ? r->version : "1"))
            g_string_append_printf(versions, "%s%s", versions->len ? ", " : "", r->version ? r->version : "1");
        if (!order_draft_remove(v->app, b->id, &kept))
            notify_error(v->app, kept);
        g_ptr_array_remove(s->items, b);
    }
    keep_failures(v, results);
    cmd_continue(sent->call, CMD_DONE, NULL);
    if (n)
        tell_receipt(v, n, versions->str);
    if (n < results->len && error)
        notify_error(v->app, error);
    if (!s->items->len) {
        v->app->frontend->close_view(v->app, v->id);
        return;
    }
    sign_list_reckon(v);
}

CmdResult sign_list_sign(View *v, CmdCall *call, GError **error)
{
    SignList *s = v->state;
    const Who *who = v->app->who;
    const CheckFacts *facts = check_facts(s->facts);
    g_autoptr(GPtrArray) ready = g_ptr_array_new();
    for (guint i = 0; i < s->items->len; i++) {
        BasketItem *b = s->items->pdata[i];
        if (sign_item_ready(b))
            g_ptr_array_add(ready, b);
    }
    if (s->sending || !ready->len) {
        g_set_error_literal(error, APP_ERROR, APP_ERROR_NEEDS, s->sending ? _("It is being sent") : _("No order is ready to be signed"));
        return CMD_ERROR;
    }
    BasketWriting w = {.practitioner = who->practitioner, .name = who->author ? who->author : who->name, .encounter = facts->encounter,
                       .inpatient = facts->inpatient, .now = shell_now()};
    Sent *sent = g_new(Sent, 1);
    *sent = (Sent){v, call};
    if (!basket_sign(v->app->client, v->scope, call->patient, ready, &w, on_signed, sent, error)) {
        g_free(sent);
        return CMD_ERROR;
    }
    s->sending = TRUE;
    view_dirty(v);
    return CMD_WAIT;
}
