/* SPDX-License-Identifier: GPL-3.0-or-later
 * A sökord that the template does not have: a part of its name is typed, and one of those that fit is
 * chosen where there are several. */
#include <glib/gi18n.h>

#include "ui/views/note-clip.h"
#include "ui/views/note-edit.h"

#define MOST 20 /* of a list to choose from */

static void add_term(View *v, const char *title)
{
    NoteEdit *e = v->state;
    guint at = note_add_term(e->note, e->focus, title);
    g_ptr_array_insert(e->editors, (int)at, note_clip_editor(v, ""));
    e->focus = at;
    e->save(v);
    view_dirty(v);
}

static void on_pick(CmdCall *call, int index, gpointer data)
{
    View *v = shell_find_view(call->app, call->view_id);
    const GPtrArray *titles = data;
    if (v && index >= 0)
        add_term(v, titles->pdata[index]);
    cmd_continue(call, CMD_DONE, NULL);
}

static void unref_titles(gpointer titles)
{
    g_ptr_array_unref(titles);
}

static void pick_one(CmdCall *call, GPtrArray *titles)
{
    g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func(g_free);
    scope_add(call->scope, unref_titles, titles);
    for (guint i = 0; i < titles->len && i < MOST; i++) {
        PickItem *item = g_new0(PickItem, 1);
        item->text = titles->pdata[i];
        g_ptr_array_add(items, item);
    }
    call->app->frontend->pick(call, _("Which sökord?"), items, on_pick, titles);
}

static void on_typed(CmdCall *call, const char *text, gpointer data)
{
    View *v = shell_find_view(call->app, call->view_id);
    NoteEdit *e = v ? v->state : NULL;
    g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
    (void)data;
    if (!e || !e->note || !text || !*text) {
        cmd_continue(call, CMD_DONE, NULL);
        return;
    }
    g_autoptr(GPtrArray) templates = note_draft_templates(call->app, NULL, problems);
    GPtrArray *titles = note_terms(templates, e->note, text);
    if (titles->len > 1) {
        pick_one(call, titles);
        return;
    }
    GError *error = NULL;
    if (titles->len)
        add_term(v, titles->pdata[0]);
    else
        error = g_error_new(APP_ERROR, APP_ERROR_NEEDS, _("No sökord has “%s” in its name"), text);
    g_ptr_array_unref(titles);
    cmd_continue(call, error ? CMD_ERROR : CMD_DONE, error);
}

CmdResult note_term_ask(View *v, CmdCall *call, GError **error)
{
    (void)v, (void)error;
    call->app->frontend->ask(call, _("Add a sökord, part of its name:"), NULL, on_typed, NULL);
    return CMD_WAIT;
}
