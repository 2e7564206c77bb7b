/* SPDX-License-Identifier: GPL-3.0-or-later
 * What commands ask the person for, and what they say. */
#include "ui/shell-internal.h"

typedef struct {
    CmdCall *call;
    AskFn ask;
    PickFn pick;
    ConfirmFn confirm;
    gpointer data;
} Asked;

static void asked_text(const char *text, gpointer data)
{
    g_autofree Asked *a = data;
    a->ask(a->call, text, a->data);
}

static void asked_pick(int index, gpointer data)
{
    g_autofree Asked *a = data;
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
    return a;
}

static void modal_opened(Shell *s)
{
    input_text_mode(s->input, shell_text_mode(s));
    paint_dirty(s->paint, PAINT_ALL);
}

void shell_ask(CmdCall *call, const char *prompt, const char *initial, AskFn fn, gpointer data)
{
    Shell *s = shell_of(call->app);
    Asked *a = asked_new(call, data);
    a->ask = fn;
    modal_ask(s->modals, prompt, initial, asked_text, a);
    modal_opened(s);
}

void shell_pick(CmdCall *call, const char *title, const GPtrArray *items, PickFn fn, gpointer data)
{
    Shell *s = shell_of(call->app);
    Asked *a = asked_new(call, data);
    a->pick = fn;
    modal_pick(s->modals, title, items, asked_pick, a);
    modal_opened(s);
}

void shell_confirm(CmdCall *call, const char *question, ConfirmFn fn, gpointer data)
{
    Shell *s = shell_of(call->app);
    Asked *a = asked_new(call, data);
    a->confirm = fn;
    modal_confirm(s->modals, question, asked_pick, a);
    modal_opened(s);
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
