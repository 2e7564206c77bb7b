/* SPDX-License-Identifier: GPL-3.0-or-later
 * What is read beside a note while it is written: the chart's own views in a second pane, always about the
 * patient of the note. Nothing is done there: a command that writes, signs or drafts is refused. */
#include "ui/shell-internal.h"

#include <glib/gi18n.h>
#include <string.h>

#include "client/client.h"
#include "ui/hintbar.h"

#define FIRST "notes" /* what it opens with the first time */

View *shell_beside(Shell *s)
{
    const View *base = shell_base(s);
    gboolean there = s->beside->len && base && base->id == s->beside_of;
    return there ? s->beside->pdata[s->beside->len - 1] : NULL;
}

View *shell_beside_find(Shell *s, guint id)
{
    for (guint i = 0; i < s->beside->len; i++)
        if (((View *)s->beside->pdata[i])->id == id)
            return s->beside->pdata[i];
    return NULL;
}

gboolean view_is_beside(const View *v)
{
    return shell_beside_find(shell_of(v->app), v->id) != NULL;
}

void shell_beside_close(Shell *s)
{
    g_ptr_array_set_size(s->beside, 0);
    s->beside_of = 0;
    s->beside_keys = FALSE;
}

void shell_beside_tidy(Shell *s)
{
    gboolean owner = FALSE;
    for (guint i = 0; i < s->views->len; i++)
        owner = owner || ((View *)s->views->pdata[i])->id == s->beside_of;
    if (!owner)
        shell_beside_close(s);
}

/* One patient's chart is never read beside another's note. */
static gboolean same_patient(const View *note, const PatientCtx *patient)
{
    return note->patient && patient && strcmp(patient_ctx_id(note->patient), patient_ctx_id(patient)) == 0;
}

static View *push(Shell *s, const ViewClass *cls, const View *note, PatientCtx *patient, const char *arg, GError **error)
{
    if (!same_patient(note, patient)) {
        g_set_error_literal(error, APP_ERROR, APP_ERROR_NEEDS, _("Only the chart of the note's own patient can be read beside it"));
        return NULL;
    }
    View *v = shell_view_new(s, cls, patient, arg, error);
    if (!v)
        return NULL;
    if (!(cls->flags & VIEW_DETAIL)) {
        g_ptr_array_set_size(s->beside, 0);
        s->beside_last = cls;
    }
    g_ptr_array_add(s->beside, v);
    s->beside_of = note->id;
    shell_focus_changed(s);
    if (cls->load)
        cls->load(v, LOAD_OPEN);
    return v;
}

gboolean shell_beside_take(Shell *s, const ViewClass *cls, PatientCtx *patient, const char *arg, View **ret_view,
                           GError **error)
{
    if (!s->beside_keys || !shell_beside(s) || !(cls->flags & VIEW_BESIDE))
        return FALSE;
    *ret_view = push(s, cls, shell_base(s), patient, arg, error);
    return TRUE;
}

gboolean shell_beside_back(Shell *s, guint view_id)
{
    if (!shell_beside_find(s, view_id))
        return FALSE;
    if (s->beside->len > 1)
        g_ptr_array_set_size(s->beside, (int)s->beside->len - 1);
    else
        s->beside_keys = FALSE;
    shell_focus_changed(s);
    return TRUE;
}

/* ---- commands ---- */

static CmdResult open_or_close(Shell *s, GError **error)
{
    View *base = shell_base(s);
    if (shell_beside(s)) {
        shell_beside_close(s);
        shell_focus_changed(s);
        return CMD_DONE;
    }
    if (!base || !(base->cls->flags & VIEW_WRITES)) {
        g_set_error_literal(error, APP_ERROR, APP_ERROR_NEEDS, _("Only while a note is written is there something to read beside it"));
        return CMD_ERROR;
    }
    const ViewClass *cls = s->beside_last ? s->beside_last : view_class_find(FIRST);
    shell_beside_close(s); /* of a note further down */
    return push(s, cls, base, base->patient, NULL, error) ? CMD_DONE : CMD_ERROR;
}

static CmdResult switch_keys(Shell *s, GError **error)
{
    if (!shell_beside(s) && open_or_close(s, error) == CMD_ERROR)
        return CMD_ERROR;
    s->beside_keys = !s->beside_keys;
    shell_focus_changed(s);
    return CMD_DONE;
}

/* The text keeps the keys. */
static CmdResult page(Shell *s, const CmdCall *call, const char *verb, GError **error)
{
    View *v = shell_beside(s);
    CmdCall as = *call;
    as.command = command_find(verb);
    as.view_id = v ? v->id : 0;
    if (!v) {
        g_set_error_literal(error, APP_ERROR, APP_ERROR_NEEDS, _("Nothing is read beside the text"));
        return CMD_ERROR;
    }
    return shell_view_verb(v, &as, error);
}

/* Moving, choosing, opening, searching; nothing that needs a right beyond reading. */
static gboolean is_reading(const Command *c)
{
    return c->risk <= CMD_RISK_READ && !(c->needs & CMD_RIGHTS & ~(guint)CMD_NEEDS_CARE);
}

gboolean shell_beside_command(Shell *s, CmdCall *call, CmdResult *ret_result, GError **error)
{
    const char *name = call->command->name;
    if (strcmp(name, "beside") == 0)
        *ret_result = open_or_close(s, error);
    else if (strcmp(name, "beside-keys") == 0)
        *ret_result = switch_keys(s, error);
    else if (strcmp(name, "beside-page-up") == 0)
        *ret_result = page(s, call, "page-up", error);
    else if (strcmp(name, "beside-page-down") == 0)
        *ret_result = page(s, call, "page-down", error);
    else if (!shell_beside_find(s, call->view_id) || is_reading(call->command))
        return FALSE;
    else {
        *ret_result = CMD_ERROR;
        g_set_error_literal(error, APP_ERROR, APP_ERROR_NEEDS, _("Beside the text one only reads. Esc goes back to the text"));
    }
    return TRUE;
}

/* ---- painting ---- */

/* "Bredvid: Anteckningar · Ctrl-l byt sida"; which side has the keys is seen in the key line and by the cursor. */
static void paint_title(Shell *s, Canvas *c, const View *v)
{
    const char *keys = keymap_keys_for(s->app->keymap, "beside", "beside-keys");
    g_autofree char *shown = keys ? hintbar_key_text(keys) : NULL;
    g_autofree char *way = !shown ? g_strdup("") : g_strdup_printf(s->beside_keys ? _(" · %s: back to the text") : _(" · %s: keys here"), shown);
    g_autofree char *title = g_strdup_printf(_("Beside: %s%s"), _(v->cls->title), way);
    canvas_rule(c, 0, title);
}

void shell_beside_paint(Shell *s, Canvas *c, Rect r, gboolean to_the_right)
{
    View *v = shell_beside(s);
    int row, col;
    canvas_cursor_at(c, &row, &col);
    canvas_push(c, r);
    canvas_clear(c);
    if (to_the_right)
        canvas_vline(c, 0, 0, r.rows);
    canvas_push(c, (Rect){0, to_the_right, r.rows, r.cols - to_the_right});
    paint_title(s, c, v);
    canvas_push(c, (Rect){1, 0, r.rows - 1, r.cols - to_the_right});
    if (v->cls->paint)
        v->cls->paint(v, c);
    canvas_pop(c);
    canvas_pop(c);
    canvas_pop(c);
    if (!s->beside_keys && row >= 0) /* the text keeps it */
        canvas_cursor(c, row, col);
}
