/* SPDX-License-Identifier: GPL-3.0-or-later
 * What a key does in a note that is written, before it is the editor's: entries that take a date, a number or a value,
 * phrases and their blanks, and the way from one sökord to the next. */
#include <glib/gi18n.h>
#include <string.h>

#include "app/app.h"
#include "base/clock.h"
#include "chart/note-entry.h"
#include "ui/views/note-blank.h"
#include "ui/views/note-edit.h"
#include "ui/views/note-offer.h"

static void move_focus(NoteEdit *e, int by)
{
    for (int i = (int)e->focus + by; i >= 0 && i < (int)e->editors->len; i += by)
        if (e->editors->pdata[i]) {
            e->focus = (guint)i;
            return;
        }
}

static NoteSection *section_here(const NoteEdit *e)
{
    return e->note->sections->pdata[e->focus];
}

gboolean note_edit_settle(View *v)
{
    NoteEdit *e = v->state;
    NoteSection *s = section_here(e);
    EditorBuffer *b = editor_buffer(note_edit_focused(e));
    g_autoptr(GError) error = NULL;
    g_autofree char *typed = editor_buffer_text(b), *words = note_entry_settle(s, typed, civil_date_at(shell_now()), &error);
    if (!words)
        notify_error(v->app, error);
    else if (strcmp(words, typed) != 0)
        editor_buffer_replace(b, 0, editor_buffer_length(b), words);
    return words != NULL;
}

/* The number of a value chooses it, where nothing is written yet. */
static gboolean choose_value(View *v, const char *key, gboolean paste)
{
    NoteEdit *e = v->state;
    EditorBuffer *b = editor_buffer(note_edit_focused(e));
    if (paste || section_here(e)->entry != NOTE_CHOICE || !note_entry_is_place(section_here(e), key) || editor_buffer_length(b))
        return FALSE;
    editor_buffer_insert(b, key);
    return note_edit_settle(v);
}

/* Up and Down go on into the neighbouring sökord. */
static gboolean leaves(View *v, const char *key, gboolean paste)
{
    NoteEdit *e = v->state;
    gboolean entry = section_here(e)->entry != NOTE_WORDS;
    if (paste)
        return FALSE;
    int by = strcmp(key, "<Tab>") == 0 || (entry && strcmp(key, "<Enter>") == 0) ? 1 : strcmp(key, "<S-Tab>") == 0 ? -1 : 0;
    if (strcmp(key, "<Down>") == 0 && editor_on_edge(note_edit_focused(e), TRUE))
        by = 1;
    if (strcmp(key, "<Up>") == 0 && editor_on_edge(note_edit_focused(e), FALSE))
        by = -1;
    if (by && !note_edit_settle(v))
        return TRUE; /* what stands there is looked at first */
    if (by)
        move_focus(e, by);
    if (strcmp(key, "<Tab>") == 0)
        note_blank_visit(editor_buffer(note_edit_focused(e)), 0);
    return by != 0;
}

/* Phrases and blanks: TRUE when the key has done its work. A key that moves leaves the blank as it is. */
static gboolean phrase_key(NoteEdit *e, const char *key, gboolean paste)
{
    static const char *const moves[] = {"<Left>", "<Right>", "<Up>", "<Down>", "<Home>", "<End>", "<PgUp>", "<PgDn>", NULL};
    EditorBuffer *b = editor_buffer(note_edit_focused(e));
    gboolean tab = strcmp(key, "<Tab>") == 0;
    if (paste || section_here(e)->entry != NOTE_WORDS)
        return FALSE;
    if (note_blank_choose(b, key)) { /* on to the next; after the last one behind what the phrase says */
        if (!note_blank_visit(b, editor_buffer_cursor(b)))
            editor_action(note_edit_focused(e), "line-end");
        return TRUE;
    }
    if (tab || note_phrase_key(key)) {
        PhraseDid did = note_phrases_expand(e->phrases, b, tab);
        if (did == PHRASE_DID_NOTHING && (strcmp(key, " ") == 0 || strcmp(key, "<Space>") == 0))
            note_phrases_say_unknown(e->phrases, b);
        return did == PHRASE_IN_BLANK || (tab && did == PHRASE_DID_EXPAND);
    }
    if (g_strv_contains(moves, key) && note_blank_here(b, NULL, NULL))
        editor_buffer_set_mark(b, FALSE);
    return FALSE;
}

/* Tab goes to the next blank, then to the next sökord and the first blank in it. */
static gboolean next_blank(NoteEdit *e, const char *key, gboolean paste)
{
    EditorBuffer *b = editor_buffer(note_edit_focused(e));
    if (paste || strcmp(key, "<Tab>") != 0)
        return FALSE;
    return note_blank_visit(b, editor_buffer_cursor(b));
}

/* A part of a name may be what was typed: then the phrases that it may be are offered. */
static gboolean is_typed(const char *key, gboolean paste)
{
    return !paste && (strcmp(key, "<BS>") == 0 || g_utf8_strlen(key, -1) == 1);
}

/* They are kept as they stand, so that nothing seems whole that is not. */
static void tell_unreadable(View *v, const char *pasted)
{
    guint n = 0;
    for (const char *at = strstr(pasted, "\357\277\275"); at; at = strstr(at + 3, "\357\277\275"))
        n++;
    g_autofree char *text = g_strdup_printf(ngettext("%u character of what was pasted could not be read",
                                                     "%u characters of what was pasted could not be read", n), n);
    if (n)
        v->app->frontend->status(v->app, STATUS_WARN, text);
}

gboolean note_edit_key(View *v, const char *key, gboolean paste)
{
    NoteEdit *e = v->state;
    if (note_offers_key(e->offers, key, paste))
        return TRUE;
    note_offers_leave(e->offers);
    if (!phrase_key(e, key, paste) && !next_blank(e, key, paste) && !leaves(v, key, paste) && !choose_value(v, key, paste) &&
        editor_input(note_edit_focused(e), key, paste) == WIDGET_IGNORED)
        return FALSE;
    if (paste)
        tell_unreadable(v, key);
    if (is_typed(key, paste) && section_here(e)->entry == NOTE_WORDS)
        note_offers_look(e->offers, editor_buffer(note_edit_focused(e)));
    return TRUE;
}

gboolean note_edit_take(View *v)
{
    NoteEdit *e = v->state;
    return note_offers_take(e->offers, editor_buffer(note_edit_focused(e))) || note_edit_key(v, "<Tab>", FALSE);
}

gboolean note_edit_action(View *v, const char *command)
{
    /* Actions that have a name of their own in the editor; the rest come as keys. */
    static const struct {
        const char *command, *action;
    } actions[] = {{"edit-undo", "undo"}, {"edit-redo", "redo"}, {"edit-mark", "mark"}, {"edit-cut", "cut"},
                   {"edit-copy", "copy"}, {"edit-paste", "paste"}, {"edit-word-left", "word-left"},
                   {"edit-word-right", "word-right"}, {"edit-sentence-left", "sentence-left"},
                   {"edit-sentence-right", "sentence-right"}, {"edit-delete-word", "delete-word"}, {"edit-newline", "newline"}};
    NoteEdit *e = v->state;
    gsize i = 0;
    while (i < G_N_ELEMENTS(actions) && strcmp(actions[i].command, command) != 0)
        i++;
    if (i == G_N_ELEMENTS(actions))
        return FALSE;
    gboolean newline = strcmp(actions[i].action, "newline") == 0;
    if (newline && note_offers_chosen(e->offers))
        return note_edit_take(v);
    note_offers_leave(e->offers);
    if (newline && leaves(v, "<Enter>", FALSE))
        return TRUE; /* an entry is one line */
    if (!newline || !phrase_key(e, "\n", FALSE))
        editor_action(note_edit_focused(e), actions[i].action);
    return TRUE;
}
