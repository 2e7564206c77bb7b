/* SPDX-License-Identifier: GPL-3.0-or-later
 * Searching in the note that is being written, through all its sökord and round. */
#include <glib/gi18n.h>
#include <string.h>

#include "ui/views/note-edit.h"

/* From the cursor on, and from sökord to sökord all round; the one begun with comes last, whole. */
static gboolean find_from(NoteEdit *e, const char *query, gboolean forward)
{
    guint n = e->editors->len;
    for (guint k = 0; k <= n; k++) {
        guint i = (e->focus + (forward ? k : n - k)) % n;
        Editor *editor = e->editors->pdata[i];
        EditorBuffer *b = editor ? editor_buffer(editor) : NULL;
        gsize from, to, here = b ? editor_buffer_cursor(b) : 0;
        gsize start = forward ? (k == 0 ? here + 1 : 0) : (k == 0 ? here : G_MAXSIZE);
        if (!b || !editor_buffer_find(b, query, start, forward, &from, &to) || (forward ? from < start : from >= start))
            continue;
        e->focus = i;
        editor_go(editor, from);
        return editor_search(editor, query, TRUE); /* shows it */
    }
    return FALSE;
}

static void on_query(CmdCall *call, const char *text, gpointer data)
{
    View *v = shell_find_view(call->app, call->view_id);
    NoteEdit *e = v ? v->state : NULL;
    GError *error = NULL;
    (void)data;
    if (e && e->note && text && *text) {
        g_free(e->query);
        e->query = g_strdup(text);
        if (!find_from(e, text, TRUE))
            error = g_error_new(APP_ERROR, APP_ERROR_NEEDS, _("“%s” is not in the note"), text);
        view_dirty(v);
    }
    cmd_continue(call, error ? CMD_ERROR : CMD_DONE, error);
}

CmdResult note_find(View *v, CmdCall *call, GError **error)
{
    NoteEdit *e = v->state;
    gboolean back = strcmp(call->command->name, "edit-find-previous") == 0;
    if (strcmp(call->command->name, "edit-find") == 0 || !e->query) {
        call->app->frontend->ask(call, _("Search in the note:"), e->query, on_query, NULL);
        return CMD_WAIT;
    }
    if (!find_from(e, e->query, !back)) {
        g_set_error(error, APP_ERROR, APP_ERROR_NEEDS, _("“%s” is not in the note"), e->query);
        return CMD_ERROR;
    }
    view_dirty(v);
    return CMD_DONE;
}
