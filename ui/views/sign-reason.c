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
    char *id, *key, *what;
    const char *chosen; /* of the list; NULL */
} Asked;

static void asked_free(gpointer p)
{
    Asked *a = p;
    g_free(a->id);
    g_free(a->key);
    g_free(a->what);
    g_free(a);
}

static void on_reason(CmdCall *call, const char *text, gpointer data)
{
    Asked *a = data;
    GError *error = NULL;
    g_autofree char *reason = g_strstrip(g_strdup(text ? text : ""));
    BasketItem *b = sign_list_item(a->view->state, a->id);
    g_autofree char *whole = a->chosen ? g_strdup_printf("%s: %s", a->chosen, reason) : g_strdup(reason);
    if (b && *reason && answer(a->view, b, a->key, whole, &error))
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

static void ask_words(CmdCall *call, Asked *a)
{
    g_autofree char *prompt = a->chosen ? g_strdup_printf(_("%s, in words – “%s”"), a->chosen, a->what)
                                        : g_strdup_printf(_("Reason for going past “%s”"), a->what);
    call->app->frontend->ask(call, prompt, NULL, on_reason, a);
}

/* A stop: which of the reasons it is, and then the words that say why it holds here. */
static void on_stop_picked(CmdCall *call, int index, gpointer data)
{
    Asked *a = data;
    if (index < 0) {
        cmd_continue(call, CMD_DONE, NULL);
        return;
    }
    a->chosen = index < CHECK_REASONS ? check_reason((guint)index) : NULL; /* past them: another, in words only */
    ask_words(call, a);
}

static void pick_reason(CmdCall *call, const CheckLine *line, gboolean other, PickFn fn, Asked *a)
{
    PickItem reasons[CHECK_REASONS + 1] = {0};
    g_autoptr(GPtrArray) items = g_ptr_array_new();
    for (guint i = 0; i < CHECK_REASONS; i++)
        reasons[i].text = (char *)check_reason(i);
    reasons[CHECK_REASONS].text = (char *)_("another reason");
    for (guint i = 0; i < CHECK_REASONS + (other ? 1 : 0); i++)
        g_ptr_array_add(items, &reasons[i]);
    call->app->frontend->pick(call, line->text, items, fn, a);
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
    *a = (Asked){v, g_strdup(b->id), g_strdup(line->key), g_strdup(line->text), NULL};
    call->data = a;
    call->data_free = asked_free;
    if (!check_needs_typed(line))
        pick_reason(call, line, FALSE, on_reason_picked, a);
    else if (line->state == CHECK_FOUND)
        pick_reason(call, line, TRUE, on_stop_picked, a);
    else
        ask_words(call, a);
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
