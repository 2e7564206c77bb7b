/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/views/note-signer.h"

#include <glib/gi18n.h>

#include "chart/colleagues.h"
#include "ui/views/views.h"

typedef struct {
    CmdCall *call;
    gboolean second;
    NoteSignerFn fn;
    GPtrArray *people; /* id and name in turn */
} Choosing;

/* It belongs to the command's call, and ends with it. */
static void choosing_free(gpointer p)
{
    Choosing *s = p;
    g_ptr_array_unref(s->people);
    g_free(s);
}

static void on_chosen(CmdCall *call, int index, gpointer data)
{
    const Choosing *s = data;
    View *v = shell_find_view(call->app, call->view_id);
    GError *error = NULL;
    CmdResult result = CMD_DONE;
    if (v && index >= 0 && (guint)index * 2 + 1 < s->people->len)
        result = s->fn(v, call, s->people->pdata[index * 2], s->people->pdata[index * 2 + 1], &error);
    if (result != CMD_WAIT)
        cmd_continue(call, result, error);
}

/* Those who prescribe dictate most, and one's own profession supervises most. */
static gboolean stands_first(const Choosing *s, const Colleague *c)
{
    return s->second ? g_strcmp0(c->role, s->call->app->who->role) == 0 : (rights_of_role(c->role) & CMD_NEEDS_PRESCRIBER) != 0;
}

static void add_signers(Choosing *s, const GPtrArray *people, gboolean first, GPtrArray *items)
{
    for (guint i = 0; i < people->len; i++) {
        const Colleague *c = people->pdata[i];
        guint rights = rights_of_role(c->role), need = s->second ? CMD_NEEDS_SUPERVISOR : CMD_NEEDS_SIGNER;
        gboolean self = s->second && g_strcmp0(c->id, s->call->app->who->practitioner) == 0;
        if (self || !(rights & need) || stands_first(s, c) != first)
            continue;
        PickItem *item = g_new0(PickItem, 1);
        item->text = c->name;
        g_ptr_array_add(items, item);
        g_ptr_array_add(s->people, g_strdup(c->id));
        g_ptr_array_add(s->people, g_strdup(c->name));
    }
}

static void on_colleagues(const GPtrArray *people, const GError *error, gpointer data)
{
    Choosing *s = data;
    g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func(g_free);
    gboolean there = shell_find_view(s->call->app, s->call->view_id) != NULL;
    add_signers(s, people, TRUE, items);
    add_signers(s, people, FALSE, items);
    if (there && items->len)
        s->call->app->frontend->pick(s->call, s->second ? _("Who is asked to countersign?") : _("Whose words are these? They will be asked to sign"), items, on_chosen, s);
    else
        cmd_continue(s->call, CMD_ERROR, !there ? NULL : error ? g_error_copy(error)
            : g_error_new_literal(APP_ERROR, APP_ERROR_NEEDS, _("The core names nobody at this unit who may sign")));
}

CmdResult note_signer_choose(CmdCall *call, gboolean second, NoteSignerFn fn, GError **error)
{
    const App *app = call->app;
    if (!app->who->unit) {
        g_set_error_literal(error, APP_ERROR, APP_ERROR_NEEDS,
                            second ? _("This assignment names no unit, so nobody can be asked to countersign the note")
                                   : _("This assignment names no unit, so nobody can be asked to sign the note. The draft is kept"));
        return CMD_ERROR;
    }
    Choosing *s = g_new0(Choosing, 1);
    *s = (Choosing){call, second, fn, g_ptr_array_new_with_free_func(g_free)};
    scope_add(call->scope, choosing_free, s);
    colleagues_load(app->client, call->scope, app->who->unit, on_colleagues, s);
    return CMD_WAIT;
}
