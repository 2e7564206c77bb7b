/* SPDX-License-Identifier: GPL-3.0-or-later
 * Reasons for signing in spite of a warning: from a list, typed, or with one key. */
#include "ui/views/sign-list.h"

#include <glib/gi18n.h>
#include <string.h>

gboolean sign_list_all_answered(const SignList *s)
{
    for (guint i = 0; i < s->items->len; i++) {
        const BasketItem *b = s->items->pdata[i];
        if (sign_item_ready(b) && basket_item_unanswered(b))
            return FALSE;
    }
    return TRUE;
}

/* The order that is asked about first: the selected one, else the first that needs a reason. */
static BasketItem *item_to_answer(SignList *s, const CheckLine **ret)
{
    for (guint n = 0; n < s->items->len; n++) {
        BasketItem *b = s->items->pdata[(s->selected + n) % s->items->len];
        *ret = sign_item_ready(b) ? basket_item_unanswered(b) : NULL;
        if (*ret)
            return b;
    }
    return NULL;
}

static gboolean answer(View *v, BasketItem *b, const char *key, const char *reason, GError **error)
{
    g_hash_table_insert(b->answers, g_strdup(key), g_strdup(reason));
    gboolean kept = order_draft_save(v->app, b, error);
    if (!kept)
        g_hash_table_remove(b->answers, key);
    sign_list_reckon(v);
    return kept;
}

typedef struct {
    View *view;
    char *id, *key;
} Asked;

static void asked_free(gpointer p)
{
    Asked *a = p;
    g_free(a->id);
    g_free(a->key);
    g_free(a);
}

static void on_reason(CmdCall *call, const char *text, gpointer data)
{
    Asked *a = data;
    GError *error = NULL;
    g_autofree char *reason = g_strstrip(g_strdup(text ? text : ""));
    BasketItem *b = sign_list_item(a->view->state, a->id);
    if (b && *reason && answer(a->view, b, a->key, reason, &error))
        a->view->app->frontend->status(a->view->app, STATUS_INFO, _("The reason is kept with the order"));
    cmd_continue(call, CMD_DONE, error);
}

static void on_reason_picked(CmdCall *call, int index, gpointer data)
{
    Asked *a = data;
    GError *error = NULL;
    BasketItem *b = index >= 0 ? sign_list_item(a->view->state, a->id) : NULL;
    if (b)
        answer(a->view, b, a->key, check_reason(index), &error);
    cmd_continue(call, CMD_DONE, error);
}

CmdResult sign_list_give_reason(View *v, CmdCall *call, GError **error)
{
    SignList *s = v->state;
    const CheckLine *line = NULL;
    BasketItem *b = item_to_answer(s, &line);
    if (!b) {
        g_set_error_literal(error, APP_ERROR, APP_ERROR_NEEDS, _("No warning needs a reason"));
        return CMD_ERROR;
    }
    Asked *a = g_new0(Asked, 1);
    *a = (Asked){v, g_strdup(b->id), g_strdup(line->key)};
    call->data = a;
    call->data_free = asked_free;
    if (check_needs_typed(line)) {
        g_autofree char *prompt = g_strdup_printf(_("Reason for going past “%s”"), line->text);
        v->app->frontend->ask(call, prompt, NULL, on_reason, a);
        return CMD_WAIT;
    }
    g_autofree PickItem *reasons = g_new0(PickItem, CHECK_REASONS);
    g_autoptr(GPtrArray) items = g_ptr_array_new();
    for (guint i = 0; i < CHECK_REASONS; i++) {
        reasons[i].text = (char *)check_reason(i);
        g_ptr_array_add(items, &reasons[i]);
    }
    v->app->frontend->pick(call, line->text, items, on_reason_picked, a);
    return CMD_WAIT;
}

gboolean sign_list_quick_reason(View *v, const char *utf8)
{
    SignList *s = v->state;
    const CheckLine *line = NULL;
    g_autoptr(GError) error = NULL;
    guint n = (guint)(utf8[0] - '1');
    if (utf8[0] < '1' || utf8[0] > '9' || utf8[1] || n >= CHECK_REASONS)
        return FALSE;
    BasketItem *b = item_to_answer(s, &line);
    if (!b || check_needs_typed(line))
        return FALSE;
    g_autofree char *key = g_strdup(line->key);
    if (!answer(v, b, key, check_reason(n), &error))
        notify_error(v->app, error);
    return TRUE;
}
