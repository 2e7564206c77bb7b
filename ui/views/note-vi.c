/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/views/note-vi.h"

#include <glib/gi18n.h>
#include <string.h>

#include "chart/note-entry.h"
#include "ui/hintbar.h"
#include "ui/views/note-offer.h"

#define NORMAL "note-normal"
#define COUNTS "note-count" /* a count has been begun: 0 is a digit */

/* The way in and the way out have keys: nobody gets caught in it. */
static gboolean has_modes(const View *v)
{
    return keymap_keys_for(v->app->keymap, "note-edit", "edit-normal") && keymap_keys_for(v->app->keymap, NORMAL, "edit-insert");
}

gboolean note_vi_is_normal(View *v)
{
    const NoteEdit *e = v->state;
    return e->note && e->vi.normal && has_modes(v);
}

const char *note_vi_context(View *v)
{
    const NoteEdit *e = v->state;
    return e->vi.count && keymap_keys_for(v->app->keymap, COUNTS, "edit-insert") ? COUNTS : NORMAL;
}

/* What the command is called in the editor; NULL: nothing there. */
static const char *verb_of(const char *command)
{
    static const char *const cursor[] = {"cursor-left", "cursor-right", "cursor-up", "cursor-down", NULL};
    return g_str_has_prefix(command, "edit-")     ? command + strlen("edit-")
           : g_strv_contains(cursor, command) ? command + strlen("cursor-")
                                              : NULL;
}

/* A step over the edge goes into the neighbouring sökord, as it does for who types. */
static gboolean steps_out(View *v, const char *verb)
{
    NoteEdit *e = v->state;
    gboolean down = strcmp(verb, "down") == 0, up = strcmp(verb, "up") == 0;
    if (e->vi.op || e->vi.visual || !(down || up) || !editor_on_edge(note_edit_focused(e), down))
        return FALSE;
    e->vi.count = 0;
    return note_edit_key(v, down ? "<Down>" : "<Up>", FALSE);
}

/* An entry is one line. */
static const char *within_entry(const NoteEdit *e, const char *verb)
{
    const NoteSection *s = e->note->sections->pdata[e->focus];
    return s->entry != NOTE_WORDS && g_str_has_prefix(verb, "open-") ? "append-line" : verb;
}

gboolean note_vi_command(View *v, const char *command)
{
    NoteEdit *e = v->state;
    const char *verb = verb_of(command);
    gboolean begins = !e->vi.normal && strcmp(command, "edit-normal") == 0;
    if (!e->note || !note_edit_focused(e) || !has_modes(v) || !(e->vi.normal || begins))
        return FALSE;
    if (begins)
        note_offers_leave(e->offers);
    if (verb && (steps_out(v, verb) || editor_vi_verb(&e->vi, note_edit_focused(e), within_entry(e, verb)) != WIDGET_IGNORED))
        return TRUE;
    editor_vi_drop(&e->vi, note_edit_focused(e));
    return FALSE;
}

static void say_normal(View *v)
{
    g_autofree char *key = hintbar_key_text(keymap_keys_for(v->app->keymap, NORMAL, "edit-insert"));
    g_autofree char *said = g_strdup_printf(_("Normal mode: nothing is typed; %s to write"), key);
    v->app->frontend->status(v->app, STATUS_INFO, said);
}

gboolean note_vi_key(View *v, const char *key, gboolean paste)
{
    NoteEdit *e = v->state;
    Editor *editor = note_edit_focused(e);
    guint focus = e->focus;
    if (!paste && editor_vi_digit(&e->vi, key))
        return TRUE;
    if (paste)
        return editor_input(editor, key, TRUE) != WIDGET_IGNORED;
    gboolean named = widget_is_named_key(key, FALSE) && strcmp(key, "<Space>") != 0, used = named && note_edit_key(v, key, FALSE);
    g_autofree char *begun = editor_vi_begun(&e->vi);
    if (!used && !e->vi.visual && !*begun)
        say_normal(v);
    if (!used || e->focus != focus)
        editor_vi_drop(&e->vi, editor);
    return TRUE;
}

gboolean note_vi_burst(View *v, gboolean pasted)
{
    NoteEdit *e = v->state;
    if (!note_vi_is_normal(v))
        return FALSE;
    editor_vi_drop(&e->vi, note_edit_focused(e));
    view_dirty(v);
    return pasted;
}

char *note_vi_said(View *v)
{
    const NoteEdit *e = v->state;
    g_autofree char *begun = editor_vi_begun(&e->vi);
    if (!has_modes(v))
        return NULL;
    const char *mode = !e->vi.normal ? _("INSERT") : e->vi.visual ? _("MARK") : _("NORMAL");
    return e->vi.normal && *begun ? g_strdup_printf("%s %s", mode, begun) : g_strdup(mode);
}
