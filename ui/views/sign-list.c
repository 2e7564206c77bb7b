/* SPDX-License-Identifier: GPL-3.0-or-later
 * The orders of one patient that wait for this person's signature, each spelt out with its checks.
 * The signing key signs all that stand ready, once every line has been on the screen. */
#include "ui/views/sign-list.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base/clock.h"
#include "ui/patient-header.h"
#include "ui/views/order-paint.h"

BasketItem *sign_list_chosen(const SignList *s)
{
    return s->items && s->selected < s->items->len ? s->items->pdata[s->selected] : NULL;
}

gboolean sign_item_ready(const BasketItem *b)
{
    return b->ready && order_complete(b->order) && !basket_item_overtaken(b);
}

guint sign_list_ready_count(const SignList *s)
{
    guint n = 0;
    for (guint i = 0; i < s->items->len; i++)
        n += sign_item_ready(s->items->pdata[i]);
    return n;
}

BasketItem *sign_list_item(const SignList *s, const char *id)
{
    for (guint i = 0; i < s->items->len; i++)
        if (strcmp(((BasketItem *)s->items->pdata[i])->id, id) == 0)
            return s->items->pdata[i];
    return NULL;
}

/* ---- the items ---- */

/* What is signed first, what is still being written last; the oldest first within. */
static void ready_first(SignList *s)
{
    const BasketItem *chosen = sign_list_chosen(s);
    GPtrArray *sorted = g_ptr_array_new_with_free_func((GDestroyNotify)basket_item_free);
    for (int ready = 1; ready >= 0; ready--)
        for (guint i = 0; i < s->items->len; i++)
            if (sign_item_ready(s->items->pdata[i]) == ready)
                g_ptr_array_add(sorted, s->items->pdata[i]);
    g_ptr_array_set_free_func(s->items, NULL);
    g_ptr_array_unref(s->items);
    s->items = sorted;
    for (guint i = 0; chosen && i < sorted->len; i++)
        if (sorted->pdata[i] == chosen)
            s->selected = i;
}

void sign_list_reckon(View *v)
{
    SignList *s = v->state;
    const CheckFacts *facts = s->facts ? check_facts(s->facts) : NULL;
    for (guint i = 0; i < s->items->len; i++)
        basket_item_read(s->items->pdata[i], s->data, facts ? facts->weight_kg : (Decimal){0}, s->now);
    for (guint i = 0; facts && i < s->items->len; i++)
        basket_item_look(s->items->pdata[i], facts);
    if (facts)
        basket_check(s->items, s->data, facts, s->now);
    sign_list_ask_codes(v);
    ready_first(s);
    s->selected = MIN(s->selected, s->items->len ? s->items->len - 1 : 0);
    sign_rows_lay_out(s);
    view_dirty(v);
}

void sign_list_read_anew(View *v)
{
    SignList *s = v->state;
    g_autoptr(GError) error = NULL;
    s->unreadable = 0;
    g_clear_pointer(&s->items, g_ptr_array_unref);
    s->items = order_draft_list(v->app, patient_ctx_id(v->patient), &s->unreadable, &error);
    if (error)
        notify_error(v->app, error);
    s->now = shell_now();
    for (guint i = 0; s->wanted && i < s->items->len; i++)
        if (strcmp(((BasketItem *)s->items->pdata[i])->id, s->wanted) == 0)
            s->selected = i;
    sign_list_reckon(v);
}

static void on_facts(const CheckFacts *facts, gpointer data)
{
    View *v = data;
    SignList *s = v->state;
    (void)facts;
    if (s->facts && !s->sending)
        sign_list_reckon(v);
}

static gboolean sign_list_open(View *v, const char *arg, GError **error)
{
    SignList *s = v->state;
    s->data = order_data(error);
    s->wanted = g_strdup(arg);
    s->width = 80;
    return s->data != NULL;
}

static void sign_list_load(View *v, LoadWhy why)
{
    SignList *s = v->state;
    (void)why;
    if (s->sending)
        return;
    if (!s->facts)
        s->facts = check_facts_watch(v->app->client, v->scope, v->patient, on_facts, v);
    sign_list_read_anew(v);
}

/* ---- commands ---- */

static CmdResult take_off(View *v, GError **error)
{
    SignList *s = v->state;
    BasketItem *b = sign_list_chosen(s);
    if (!b || s->sending) {
        g_set_error_literal(error, APP_ERROR, APP_ERROR_NEEDS, s->sending ? _("It is being sent") : _("The list is empty"));
        return CMD_ERROR;
    }
    g_autofree char *what = basket_item_short(b, s->data->drugs, s->now);
    g_autofree char *line = g_strdup_printf(_("Taken off the list: %s"), what);
    if (!order_draft_remove(v->app, b->id, error))
        return CMD_ERROR;
    g_ptr_array_remove(s->items, b);
    v->app->frontend->status(v->app, STATUS_INFO, line);
    sign_list_reckon(v);
    return CMD_DONE;
}

/* Somebody else was before: what was chosen is held against the order as it is now, and read again. */
static CmdResult on_top(View *v, BasketItem *b, GError **error)
{
    if (!basket_item_rebase(b, shell_now(), error))
        return CMD_ERROR;
    b->ready = b->ready && !b->change->line;
    if (!order_draft_save(v->app, b, error))
        return CMD_ERROR;
    sign_list_reckon(v);
    return CMD_DONE;
}

static CmdResult edit(View *v, GError **error)
{
    SignList *s = v->state;
    BasketItem *b = sign_list_chosen(s);
    if (!b || s->sending)
        return CMD_ERROR;
    if (basket_item_overtaken(b))
        return on_top(v, b, error);
    if (b->change && !b->change->orders) {
        g_set_error_literal(error, APP_ERROR, APP_ERROR_NEEDS, _("There is no line to change: take it off the list and choose again"));
        return CMD_ERROR;
    }
    g_autofree char *arg = g_strdup_printf("draft:%s", b->id);
    return v->app->frontend->open_view(v->app, "order", v->patient, arg, error) ? CMD_DONE : CMD_ERROR;
}

static CmdResult sign_list_command(View *v, CmdCall *call, GError **error)
{
    const char *name = call->command->name;
    if (strcmp(name, "order-sign") == 0)
        return sign_list_sign(v, call, error);
    if (strcmp(name, "order-remove") == 0)
        return take_off(v, error);
    if (strcmp(name, "order-reason") == 0)
        return sign_list_give_reason(v, call, error);
    if (strcmp(name, "open") == 0)
        return edit(v, error);
    if (strcmp(name, "next-part") != 0)
        return CMD_ERROR;
    if (!sign_rows_next_unfinished(v->state)) {
        g_set_error_literal(error, APP_ERROR, APP_ERROR_NEEDS, _("No order here is unfinished"));
        return CMD_ERROR;
    }
    view_dirty(v);
    return CMD_DONE;
}

static gboolean sign_list_text(View *v, const char *utf8, gboolean paste)
{
    SignList *s = v->state;
    gboolean used = !paste && !s->sending && (sign_rows_move(s, utf8) || sign_list_quick_reason(v, utf8));
    if (used)
        view_dirty(v);
    return used;
}

/* Who signs, for whom, every order with its checks and reasons: if any of it changes the gate starts
 * over. Nothing is complete before the checks have their data and every line has been shown. */
static char *sign_list_reading(View *v, gboolean *ret_complete)
{
    SignList *s = v->state;
    *ret_complete = FALSE;
    if (!sign_list_ready_count(s) || !s->content)
        return NULL;
    g_autoptr(GString) all = g_string_new(v->app->who->hsa_id);
    g_autofree char *who = patient_naming(patient_ctx_patient(v->patient));
    g_string_append_printf(all, "\n%s\n%s\n%s", patient_ctx_id(v->patient), who, s->content);
    for (guint i = 0; i < s->items->len; i++) {
        const BasketItem *b = s->items->pdata[i];
        if (sign_item_ready(b))
            g_string_append_printf(all, "\n%s %s %s", b->id, b->line, b->base ? fhir_version_id(b->base) : "");
    }
    *ret_complete = s->facts && check_facts(s->facts)->settled && sign_rows_all_shown(s) && sign_list_all_answered(s) &&
                    sign_list_codes_settled(s) && !s->sending;
    return g_compute_checksum_for_string(G_CHECKSUM_SHA256, all->str, -1);
}

/* For something else than reading on. */
static gboolean sign_list_waits(View *v)
{
    SignList *s = v->state;
    return s->sending || !sign_list_ready_count(s) || !s->facts || !check_facts(s->facts)->settled ||
           !sign_list_all_answered(s) || !sign_list_codes_settled(s);
}

/* ---- painting ---- */

static const char *foot_text(const SignList *s)
{
    if (s->sending)
        return _("Being sent …");
    if (!sign_list_ready_count(s))
        return _("No order is ready to be signed");
    if (!s->facts || !check_facts(s->facts)->settled || !sign_list_codes_settled(s))
        return _("Wait: the checks are fetching the patient's data");
    if (!sign_list_all_answered(s))
        return _("Give the reason first: 1–4 for a high warning, r for a stop");
    if (sign_rows_all_shown(s))
        return _("F9 signs the orders that stand here");
    return s->top + s->height < (int)s->rows->len
               ? _("Read to the last line, then F9 signs")
               : _("Lines were passed over: read them too (PgUp), then F9 signs");
}

static void sign_list_paint(View *v, Canvas *c)
{
    SignList *s = v->state;
    g_autofree char *who = patient_naming(patient_ctx_patient(v->patient));
    g_autofree char *title = g_strdup_printf(_("Orders to sign: %u · %s"), sign_list_ready_count(s), who);
    canvas_clear(c);
    canvas_rule(c, 0, title);
    if (canvas_cols(c) != s->width) {
        s->width = canvas_cols(c);
        sign_rows_lay_out(s);
    }
    int head = 1;
    if (s->unreadable)
        canvas_textf(c, head++, 2, STYLE_ALERT, ngettext("%u draft cannot be read; it is kept", "%u drafts cannot be read; they are kept", s->unreadable), s->unreadable);
    s->height = MAX(canvas_rows(c) - head - 1, 1);
    sign_rows_scroll(s, 0);
    if (!s->items->len)
        canvas_text(c, head, 2, STYLE_NORMAL, _("No order waits for your signature for this patient"));
    sign_rows_paint(s, c, head);
    int below = (int)s->rows->len - s->top - s->height;
    int n = canvas_text(c, canvas_rows(c) - 1, 1, STYLE_STRONG, foot_text(s));
    if (below > 0)
        canvas_textf(c, canvas_rows(c) - 1, n + 3, STYLE_DIM, ngettext("%d line below", "%d lines below", below), below);
}

static char *sign_list_resume(View *v)
{
    SignList *s = v->state;
    const BasketItem *b = sign_list_chosen(s);
    return g_strdup(b ? b->id : s->wanted);
}

static void sign_list_close(View *v)
{
    SignList *s = v->state;
    g_clear_pointer(&s->items, g_ptr_array_unref);
    g_clear_pointer(&s->rows, g_array_unref);
    g_free(s->content);
    g_free(s->wanted);
}

const ViewClass view_sign_list = {
    .name = "sign-list",
    .title = N_("Orders to sign"),
    .keymap = "sign-list",
    .state_size = sizeof(SignList),
    .flags = VIEW_PATIENT,
    .open = sign_list_open,
    .load = sign_list_load,
    .paint = sign_list_paint,
    .command = sign_list_command,
    .text = sign_list_text,
    .reading = sign_list_reading,
    .waits = sign_list_waits,
    .resume = sign_list_resume,
    .close = sign_list_close,
};
