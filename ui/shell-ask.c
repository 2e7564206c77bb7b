/* SPDX-License-Identifier: GPL-3.0-or-later
 * What commands ask the person for, and what they say. A question belongs to the view it was asked in:
 * when that view closes, or another comes to lie over it, the question goes unanswered and with it its
 * call, so that an answer always finds the view as it was. */
#include "ui/shell-internal.h"

typedef struct {
    CmdCall *call;
    gpointer modal;
    AskFn ask;
    PickFn pick;
    ConfirmFn confirm;
    gpointer data;
} Asked;

/* Answered: off the list first, the answer may ask the next. */
static Asked *answered(gpointer data)
{
    Asked *a = data;
    g_ptr_array_remove_fast(shell_of(a->call->app)->asked, a);
    return a;
}

static void asked_text(const char *text, gpointer data)
{
    g_autofree Asked *a = answered(data);
    a->ask(a->call, text, a->data);
}

static void asked_pick(int index, gpointer data)
{
    g_autofree Asked *a = answered(data);
    if (a->pick)
        a->pick(a->call, index, a->data);
    else
        a->confirm(a->call, index == 0, a->data);
}

static Asked *asked_new(CmdCall *call, gpointer data)
{
    Asked *a = g_new0(Asked, 1);
    a->call = call;
    a->data = data;
    g_ptr_array_add(shell_of(call->app)->asked, a);
    return a;
}

static void modal_opened(Shell *s, Asked *a, gpointer modal)
{
    a->modal = modal;
    input_text_mode(s->input, shell_text_mode(s));
    paint_dirty(s->paint, PAINT_ALL);
}

static void question_end(Shell *s, guint i)
{
    g_autofree Asked *a = g_ptr_array_remove_index(s->asked, i);
    modal_drop(s->modals, a->modal);
    cmd_continue(a->call, CMD_DONE, NULL);
}

void shell_questions_end(Shell *s, guint view_id)
{
    for (guint i = s->asked->len; i-- > 0;)
        if (((Asked *)s->asked->pdata[i])->call->view_id == view_id)
            question_end(s, i);
}

void shell_questions_only(Shell *s, guint view_id)
{
    for (guint i = s->asked->len; i-- > 0;)
        if (((Asked *)s->asked->pdata[i])->call->view_id != view_id)
            question_end(s, i);
}

void shell_ask(CmdCall *call, const char *prompt, const char *initial, AskFn fn, gpointer data)
{
    Shell *s = shell_of(call->app);
    Asked *a = asked_new(call, data);
    a->ask = fn;
    modal_opened(s, a, modal_ask(s->modals, prompt, initial, asked_text, a));
}

void shell_pick(CmdCall *call, const char *title, const GPtrArray *items, PickFn fn, gpointer data)
{
    Shell *s = shell_of(call->app);
    Asked *a = asked_new(call, data);
    a->pick = fn;
    modal_opened(s, a, modal_pick(s->modals, title, items, asked_pick, a));
}

void shell_confirm(CmdCall *call, const char *question, ConfirmFn fn, gpointer data)
{
    Shell *s = shell_of(call->app);
    Asked *a = asked_new(call, data);
    a->confirm = fn;
    modal_opened(s, a, modal_confirm(s->modals, question, asked_pick, a));
}

void shell_status(App *app, StatusKind kind, const char *text)
{
    Shell *s = shell_of(app);
    statusbar_set(s->status, kind, text);
    paint_dirty(s->paint, PAINT_STATUS);
}

void shell_receipt(App *app, const char *text)
{
    Shell *s = shell_of(app);
    statusbar_receipt(s->status, text);
    paint_dirty(s->paint, PAINT_STATUS);
}

void shell_invalidate(App *app)
{
    paint_dirty(shell_of(app)->paint, PAINT_ALL);
}
