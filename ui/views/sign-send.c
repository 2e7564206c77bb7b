/* SPDX-License-Identifier: GPL-3.0-or-later
 * The signing of the list: what is sent, and what becomes of each order when the core has answered. */
#include "ui/views/sign-list.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base/clock.h"
#include "ui/patient-header.h"
#include "ui/views/sending.h"

/* What the answer needs, whatever has become of the view meanwhile: leaving it stops no signature, and
 * the receipt comes all the same. */
typedef struct {
    App *app;
    CmdCall *call;
    guint view_id;
    char *who;
    GPtrArray *drafts; /* char*: what is on its way */
} Sent;

/* It belongs to the command's call, and ends with it. */
static void sent_free(gpointer p)
{
    Sent *sent = p;
    for (guint i = 0; i < sent->drafts->len; i++)
        sending_end(sent->drafts->pdata[i]);
    g_ptr_array_unref(sent->drafts);
    g_free(sent->who);
    g_free(sent);
}

static void tell_receipt(const Sent *sent, guint n, const char *versions)
{
    g_autofree char *at = instant_to_hhmm(shell_now());
    g_autofree char *line = g_strdup_printf(ngettext("Signed %s  %u order, %s, version %s", "Signed %s  %u orders, %s, version %s", n),
                                            at, n, sent->who, versions);
    sent->app->frontend->receipt(sent->app, line);
}

/* With the order in the list; where the list has been left, on the line that is always there. */
static void tell_failures(const Sent *sent, View *v, const GPtrArray *results)
{
    gboolean can_ask = client_can_look_for(sent->app->client, "MedicationRequest");
    for (guint i = 0; i < results->len; i++) {
        const BasketSigned *r = results->pdata[i];
        BasketItem *b = v && r->outcome != WRITTEN_DONE ? sign_list_item(v->state, r->id) : NULL;
        if (r->outcome == WRITTEN_DONE)
            continue;
        if (b && r->theirs)
            basket_item_told(b, r->theirs);
        g_autofree char *text = outcome_words(OUTCOME_ORDER, r->outcome, can_ask, r->text);
        if (b) {
            g_free(b->failure);
            b->failure = g_steal_pointer(&text);
        } else {
            sending_tell(sent->app, sent->who, outcome_kind(r->outcome), text);
        }
    }
}

/* The drafts of what the core holds are done with; returns how many, with their versions. */
static guint drop_signed(const Sent *sent, View *v, const GPtrArray *results, GString *versions)
{
    guint n = 0;
    for (guint i = 0; i < results->len; i++) {
        const BasketSigned *r = results->pdata[i];
        g_autoptr(GError) kept = NULL;
        if (r->outcome != WRITTEN_DONE)
            continue;
        n++;
        if (!strstr(versions->str, r->version ? r->version : "1"))
            g_string_append_printf(versions, "%s%s", versions->len ? ", " : "", r->version ? r->version : "1");
        if (!order_draft_remove(sent->app, r->id, &kept))
            notify_error_of(sent->app, sent->who, kept);
        BasketItem *b = v ? sign_list_item(v->state, r->id) : NULL;
        if (b)
            g_ptr_array_remove(((SignList *)v->state)->items, b);
    }
    return n;
}

static void on_signed(const GPtrArray *results, const GError *error, gpointer data)
{
    const Sent *sent = data;
    View *v = shell_find_view(sent->app, sent->view_id);
    g_autoptr(GString) versions = g_string_new(NULL);
    guint n = drop_signed(sent, v, results, versions);
    if (n < results->len && error)
        notify_error_of(sent->app, sent->who, error);
    tell_failures(sent, v, results);
    if (n)
        tell_receipt(sent, n, versions->str);
    if (v && !((SignList *)v->state)->items->len) {
        sent->app->frontend->close_view(sent->app, v->id);
    } else if (v) {
        ((SignList *)v->state)->sending = FALSE;
        sign_list_reckon(v);
    }
    cmd_continue(sent->call, CMD_DONE, NULL);
}

gboolean sign_list_as_kept(App *app, const SignList *s, const GPtrArray *items, GError **error)
{
    for (guint i = 0; i < items->len; i++) {
        BasketItem *b = items->pdata[i];
        g_autoptr(BasketItem) kept = order_draft_open(app, b->id, b->patient, NULL);
        if (kept)
            basket_item_read(kept, s->data, b->order->weight_kg, s->now); /* what belongs to another word is dropped, as it was here */
        if (kept && basket_item_same(b, kept))
            continue;
        g_set_error_literal(error, APP_ERROR, APP_ERROR_NEEDS, _("An order was changed or taken off meanwhile. Nothing is signed: read the list anew"));
        return FALSE;
    }
    return TRUE;
}

static void begin_one(gpointer draft, gpointer app)
{
    sending_begin(app, draft);
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
    if (!sign_list_as_kept(v->app, s, ready, error)) {
        sign_list_read_anew(v);
        return CMD_ERROR;
    }
    BasketWriting w = {.practitioner = who->practitioner, .name = who->author ? who->author : who->name, .encounter = facts->encounter,
                       .inpatient = facts->inpatient, .now = shell_now(), .prescriber_code = prescriber_code(s->codes),
                       .workplace_code = prescriber_workplace(s->codes)};
    Sent *sent = g_new0(Sent, 1);
    *sent = (Sent){v->app, call, v->id, patient_naming(patient_ctx_patient(v->patient)), g_ptr_array_new_with_free_func(g_free)};
    for (guint i = 0; i < ready->len; i++)
        g_ptr_array_add(sent->drafts, g_strdup(((BasketItem *)ready->pdata[i])->id));
    scope_add(call->scope, sent_free, sent);
    if (!basket_sign(v->app->client, call->scope, call->patient, ready, &w, on_signed, sent, error))
        return CMD_ERROR;
    g_ptr_array_foreach(sent->drafts, begin_one, v->app);
    s->sending = TRUE;
    view_dirty(v);
    return CMD_WAIT;
}
