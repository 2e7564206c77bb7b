/* SPDX-License-Identifier: GPL-3.0-or-later
 * What waits for the person who is logged in, counted at the end of the status line wherever they are; and what the core
 * has not taken of the log of who read what, which is kept here until somebody sees to it. */
#include "ui/shell-internal.h"

#include <glib/gi18n.h>

#include "chart/note-work.h"
#include "ui/views/note-acts.h"
#include "ui/views/note-draft.h"

static void show(Shell *s)
{
    g_autoptr(GPtrArray) old = s->app->who ? note_drafts_left(s->app) : NULL;
    g_autoptr(GString) text = g_string_new(NULL);
    if (s->app->who && s->waiting)
        g_string_append_printf(text, note_person(s->app).signs ? _("Notes to sign: %u") : _("To transcribe: %u"), s->waiting);
    if (s->app->who && s->second)
        g_string_append_printf(text, _("%sto countersign: %u"), text->len ? " · " : "", s->second);
    if (old && old->len)
        g_string_append_printf(text, ngettext("%sdraft over 24 h: %u", "%sdrafts over 24 h: %u", old->len), text->len ? " · " : "", old->len);
    guint refused = s->app->client ? client_audit_stuck(s->app->client) : 0;
    if (refused)
        g_string_append_printf(text, _("%saccess log NOT TAKEN by the core: %u"), text->len ? " · " : "", refused);
    if (statusbar_work(s->status, text->len ? text->str : NULL))
        paint_dirty(s->paint, PAINT_STATUS);
}

static void on_work(const NoteWork *work, gpointer data)
{
    Shell *s = data;
    s->waiting = work->mine;
    s->second = work->second;
    show(s);
}

void shell_work_watch(Shell *s)
{
    NotePerson who = note_person(s->app);
    s->waiting = s->second = 0;
    g_clear_pointer(&s->work_scope, scope_close);
    s->work_scope = scope_new();
    s->work = NULL;
    if ((s->app->who->rights & CMD_NEEDS_CARE) && who.writes)
        s->work = note_work_watch(s->app->client, s->work_scope, &who, s->app->who->unit, on_work, s);
    show(s);
}

void shell_work_refresh(App *app)
{
    Shell *s = shell_of(app);
    if (s->work_scope && s->work)
        note_work_refresh(s->work);
}

void shell_work_tick(Shell *s)
{
    show(s);
}
