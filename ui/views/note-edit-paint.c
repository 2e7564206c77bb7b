/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n.h>

#include "base/clock.h"
#include "base/text.h"
#include "chart/note-entry.h"
#include "ui/views/note-blank.h"
#include "ui/views/note-edit.h"
#include "ui/views/note-offer.h"
#include "ui/views/note-vi.h"

#define TITLE_WIDTH 14

Editor *note_edit_focused(const NoteEdit *e)
{
    return e->note && e->focus < e->editors->len ? e->editors->pdata[e->focus] : NULL;
}

static int section_rows(NoteEdit *e, guint i, int width, int max)
{
    return e->editors->pdata[i] ? editor_row_count(e->editors->pdata[i], width, max) : 1;
}

/* The first section to show, so that the focused one is seen whole where it fits. */
static void keep_focus_visible(NoteEdit *e, int width, int rows)
{
    e->top = MIN(e->top, e->focus);
    for (;; e->top++) {
        int used = 0;
        for (guint i = e->top; i <= e->focus; i++)
            used += section_rows(e, i, width, rows);
        if (used <= rows || e->top == e->focus)
            return;
    }
}

/* A text without sökord has the whole width. */
static int title_width(const NoteEdit *e)
{
    const NoteSection *first = e->note->sections->pdata[0];
    return e->note->sections->len == 1 && !*first->title ? 0 : TITLE_WIDTH;
}

static void paint_sections(NoteEdit *e, Canvas *c, int first_row)
{
    int title = title_width(e), width = canvas_cols(c) - title - 2, rows = canvas_rows(c) - first_row, row = first_row;
    Rect focus_rect = {0};
    keep_focus_visible(e, width, rows);
    for (guint i = e->top; i < e->editors->len && row < canvas_rows(c); i++) {
        const NoteSection *s = e->note->sections->pdata[i];
        int need = MIN(section_rows(e, i, width, rows), canvas_rows(c) - row);
        if (title)
            canvas_cell(c, row, 1 + (int)s->level, title - (int)s->level, -1,
                        i == e->focus ? STYLE_STRONG : STYLE_HEADING, s->title);
        if (e->editors->pdata[i] && s->entry == NOTE_WORDS)
            note_spell_marks(e->spell, e->editors->pdata[i]);
        Rect r = {row, title ? title + 2 : 1, need, width};
        if (i == e->focus)
            focus_rect = r;
        else if (e->editors->pdata[i]) {
            canvas_push(c, r);
            editor_paint(e->editors->pdata[i], c, FALSE);
            canvas_pop(c);
        }
        row += need;
    }
    if (focus_rect.rows) { /* last, so that the cursor stands there */
        canvas_push(c, focus_rect);
        editor_paint(note_edit_focused(e), c, TRUE);
        canvas_pop(c);
    }
}

void note_edit_paint(View *v, Canvas *c)
{
    NoteEdit *e = v->state;
    canvas_clear(c);
    if (!e->note) {
        canvas_rule(c, 0, _("Write a note: choose a template"));
        canvas_push(c, (Rect){1, 0, canvas_rows(c) - 1, canvas_cols(c)});
        list_paint(note_choices_list(e->choices), c, TRUE);
        canvas_pop(c);
        return;
    }
    g_autofree char *time = e->saved_at ? instant_to_hhmm(clock_shown_us(e->saved_at)) : NULL;
    g_autofree char *saved = time ? g_strdup_printf(_("draft %s"), time) : g_strdup(_("new draft"));
    g_autofree char *about = note_about_words(&e->about, TRUE);
    g_autofree char *mode = note_vi_said(v);
    g_autofree char *said = g_strjoin("  ", e->problem ? e->problem : saved, mode, NULL);
    int width = MIN(text_width(said, -1), 43);
    canvas_cell(c, 0, 1, canvas_cols(c) - width - 4, -1, STYLE_HEADING, about ? about : e->note->title);
    canvas_cell(c, 0, canvas_cols(c) - width - 1, width, 1, e->problem ? STYLE_ALERT : STYLE_DIM, said);
    g_autofree char *entry = note_entry_help(e->note->sections->pdata[e->focus]);
    g_autofree char *help = entry ? g_steal_pointer(&entry) : note_blank_help(editor_buffer(note_edit_focused(e)));
    int offers = note_offers_rows(e->offers, MAX(4, canvas_rows(c) / 3));
    if (help) { /* the last row says what the entry or the blank wants */
        canvas_cell(c, canvas_rows(c) - 1, 1, canvas_cols(c) - 2, -1, STYLE_STRONG, help);
    }
    if (offers) {
        canvas_push(c, (Rect){canvas_rows(c) - offers - (help != NULL), 0, offers, canvas_cols(c)});
        note_offers_paint(e->offers, c);
        canvas_pop(c);
    }
    canvas_push(c, (Rect){0, 0, canvas_rows(c) - offers - (help != NULL), canvas_cols(c)});
    paint_sections(e, c, 1);
    canvas_pop(c);
}
