/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/widgets/editor.h"

#include "base/text.h"
#include "ui/widgets/editor-wrap.h"

#include <stdio.h>
#include <string.h>

struct Editor {
    EditorBuffer *buffer;
    EditorWrap *wrap;
    gsize top;      /* where the first visible row begins */
    int rows;       /* of the last frame */
    int goal;       /* the column that up and down keep; -1 = the cursor's */
    char *clip;     /* cut and copied text, where there is no clipboard */
    EditorClipboard clipboard;
    gsize found_from, found_to;
    EditorMarks marks;
};

Editor *editor_new(const char *text)
{
    Editor *e = g_new0(Editor, 1);
    e->buffer = editor_buffer_new(text);
    e->wrap = editor_wrap_new(e->buffer, 80);
    e->rows = 20;
    e->goal = -1;
    return e;
}

void editor_free(Editor *e)
{
    if (!e)
        return;
    editor_wrap_free(e->wrap);
    editor_buffer_free(e->buffer);
    g_free(e->clip);
    g_free(e);
}

void editor_set_clipboard(Editor *e, const EditorClipboard *clipboard)
{
    e->clipboard = *clipboard;
}

void editor_set_marks(Editor *e, const EditorMarks *marks)
{
    e->marks = *marks;
}

EditorBuffer *editor_buffer(Editor *e)
{
    return e->buffer;
}

char *editor_place(const Editor *e)
{
    return g_strdup_printf("%" G_GSIZE_FORMAT " %" G_GSIZE_FORMAT, editor_buffer_cursor(e->buffer), e->top);
}

void editor_set_place(Editor *e, const char *place)
{
    char *rest = NULL;
    guint64 cursor = g_ascii_strtoull(place, &rest, 10);
    guint64 top = g_ascii_strtoull(rest, NULL, 10);
    editor_buffer_set_cursor(e->buffer, (gsize)cursor);
    e->top = MIN((gsize)top, editor_buffer_length(e->buffer));
}

int editor_row_count(Editor *e, int cols, int max)
{
    int width = editor_wrap_set_width(e->wrap, cols - 1), n = 0;
    for (gsize at = 0; at != G_MAXSIZE && n < max; at = editor_wrap_after(e->wrap, at))
        n++;
    editor_wrap_set_width(e->wrap, width);
    return n;
}

gboolean editor_on_edge(Editor *e, gboolean last)
{
    gsize next, row = editor_wrap_row(e->wrap, editor_buffer_cursor(e->buffer), &next);
    return (last ? editor_wrap_after(e->wrap, row) : editor_wrap_before(e->wrap, row)) == G_MAXSIZE;
}

/* ---- actions ---- */

static void go(Editor *e, gsize at)
{
    editor_buffer_set_cursor(e->buffer, at);
}

static void go_rows(Editor *e, int by)
{
    gsize next, row = editor_wrap_row(e->wrap, editor_buffer_cursor(e->buffer), &next);
    if (e->goal < 0)
        e->goal = editor_wrap_column(e->wrap, editor_buffer_cursor(e->buffer));
    for (; by != 0; by -= by > 0 ? 1 : -1) {
        gsize to = by > 0 ? editor_wrap_after(e->wrap, row) : editor_wrap_before(e->wrap, row);
        if (to == G_MAXSIZE)
            break;
        row = to;
    }
    go(e, editor_wrap_place(e->wrap, row, e->goal));
}

static void act_left(Editor *e)
{
    go(e, editor_buffer_prev(e->buffer, editor_buffer_cursor(e->buffer)));
}

static void act_right(Editor *e)
{
    go(e, editor_buffer_next(e->buffer, editor_buffer_cursor(e->buffer)));
}

static void act_up(Editor *e)
{
    go_rows(e, -1);
}

static void act_down(Editor *e)
{
    go_rows(e, 1);
}

static void act_page_up(Editor *e)
{
    go_rows(e, -MAX(e->rows - 1, 1));
}

static void act_page_down(Editor *e)
{
    go_rows(e, MAX(e->rows - 1, 1));
}

static void act_word_left(Editor *e)
{
    go(e, editor_buffer_prev_word(e->buffer, editor_buffer_cursor(e->buffer)));
}

static void act_word_right(Editor *e)
{
    go(e, editor_buffer_next_word(e->buffer, editor_buffer_cursor(e->buffer)));
}

static void act_sentence_left(Editor *e)
{
    go(e, editor_buffer_prev_sentence(e->buffer, editor_buffer_cursor(e->buffer)));
}

static void act_sentence_right(Editor *e)
{
    go(e, editor_buffer_next_sentence(e->buffer, editor_buffer_cursor(e->buffer)));
}

static void act_line_start(Editor *e)
{
    gsize next;
    go(e, editor_wrap_row(e->wrap, editor_buffer_cursor(e->buffer), &next));
}

static void act_line_end(Editor *e)
{
    gsize next, row = editor_wrap_row(e->wrap, editor_buffer_cursor(e->buffer), &next);
    go(e, editor_wrap_place(e->wrap, row, G_MAXINT));
}

static void act_start(Editor *e)
{
    go(e, 0);
}

static void act_end(Editor *e)
{
    go(e, editor_buffer_length(e->buffer));
}

static void act_backspace(Editor *e)
{
    editor_buffer_backspace(e->buffer);
}

static void act_delete(Editor *e)
{
    editor_buffer_delete(e->buffer);
}

static void act_delete_word(Editor *e)
{
    editor_buffer_delete_word_back(e->buffer);
}

static void act_delete_line(Editor *e)
{
    editor_buffer_delete_line_end(e->buffer);
}

static void act_delete_line_start(Editor *e)
{
    gsize at = editor_buffer_cursor(e->buffer);
    editor_buffer_replace(e->buffer, editor_buffer_line_start(e->buffer, editor_buffer_line_at(e->buffer, at)), at, "");
}

static void act_newline(Editor *e)
{
    editor_buffer_insert(e->buffer, "\n");
}

static void act_mark(Editor *e)
{
    editor_buffer_set_mark(e->buffer, !editor_buffer_has_mark(e->buffer, NULL, NULL));
}

void editor_put_clip(Editor *e, const char *text)
{
    if (e->clipboard.put)
        e->clipboard.put(text, e->clipboard.data);
    g_free(e->clip);
    e->clip = g_strdup(text);
}

const char *editor_clip(Editor *e)
{
    return e->clipboard.get ? e->clipboard.get(e->clipboard.data) : e->clip;
}

static void act_cut(Editor *e)
{
    g_autofree char *text = editor_buffer_cut(e->buffer);
    if (text)
        editor_put_clip(e, text);
}

static void act_copy(Editor *e)
{
    g_autofree char *text = editor_buffer_copy(e->buffer);
    if (text)
        editor_put_clip(e, text);
    editor_buffer_set_mark(e->buffer, FALSE);
}

static void act_paste(Editor *e)
{
    const char *text = editor_clip(e);
    editor_buffer_break_undo(e->buffer);
    if (text)
        editor_buffer_insert(e->buffer, text);
    editor_buffer_break_undo(e->buffer);
}

static void act_undo(Editor *e)
{
    editor_buffer_undo(e->buffer);
}

static void act_redo(Editor *e)
{
    editor_buffer_redo(e->buffer);
}

/* Each action with its key when the keymap has not bound it. */
static const struct {
    const char *name, *key;
    void (*run)(Editor *e);
    gboolean vertical;
} actions[] = {
    {"left", "<Left>", act_left, FALSE},
    {"right", "<Right>", act_right, FALSE},
    {"up", "<Up>", act_up, TRUE},
    {"down", "<Down>", act_down, TRUE},
    {"page-up", "<PgUp>", act_page_up, TRUE},
    {"page-down", "<PgDn>", act_page_down, TRUE},
    {"word-left", "<C-Left>", act_word_left, FALSE},
    {"word-right", "<C-Right>", act_word_right, FALSE},
    {"sentence-left", "<C-Up>", act_sentence_left, FALSE},
    {"sentence-right", "<C-Down>", act_sentence_right, FALSE},
    {"line-start", "<Home>", act_line_start, FALSE},
    {"line-end", "<End>", act_line_end, FALSE},
    {"start", "<C-Home>", act_start, FALSE},
    {"end", "<C-End>", act_end, FALSE},
    {"backspace", "<BS>", act_backspace, FALSE},
    {"delete", "<Del>", act_delete, FALSE},
    {"delete-word", "<C-w>", act_delete_word, FALSE},
    {"delete-line", "<C-k>", act_delete_line, FALSE},
    {"delete-line-start", "<C-u>", act_delete_line_start, FALSE},
    {"newline", "<Enter>", act_newline, FALSE},
    {"mark", "<C-Space>", act_mark, FALSE},
    {"cut", "<C-x>", act_cut, FALSE},
    {"copy", "<C-c>", act_copy, FALSE},
    {"paste", "<C-v>", act_paste, FALSE},
    {"undo", "<C-z>", act_undo, FALSE},
    {"redo", "<C-y>", act_redo, FALSE},
};

static WidgetResult act(Editor *e, gsize i)
{
    guint64 version = editor_buffer_version(e->buffer);
    if (!actions[i].vertical)
        e->goal = -1;
    actions[i].run(e);
    e->found_to = 0;
    return WIDGET_HANDLED | (version != editor_buffer_version(e->buffer) ? WIDGET_CHANGED : 0);
}

WidgetResult editor_action(Editor *e, const char *action)
{
    for (gsize i = 0; i < G_N_ELEMENTS(actions); i++)
        if (strcmp(actions[i].name, action) == 0)
            return act(e, i);
    return WIDGET_IGNORED;
}

gboolean editor_action_exists(const char *action)
{
    for (gsize i = 0; i < G_N_ELEMENTS(actions); i++)
        if (strcmp(actions[i].name, action) == 0)
            return TRUE;
    return FALSE;
}

void editor_go(Editor *e, gsize at)
{
    e->goal = -1;
    e->found_to = 0;
    go(e, at);
}

gboolean editor_search(Editor *e, const char *query, gboolean forward)
{
    gsize from = editor_buffer_cursor(e->buffer) + (forward && e->found_to ? 1 : 0);
    if (!editor_buffer_find(e->buffer, query, from, forward, &e->found_from, &e->found_to))
        return FALSE;
    e->goal = -1;
    go(e, e->found_from);
    return TRUE;
}

WidgetResult editor_input(Editor *e, const char *utf8, gboolean paste)
{
    if (widget_is_named_key(utf8, paste)) {
        for (gsize i = 0; i < G_N_ELEMENTS(actions); i++)
            if (strcmp(actions[i].key, utf8) == 0)
                return act(e, i);
        if (strcmp(utf8, "<Space>") != 0)
            return WIDGET_IGNORED;
        utf8 = " ";
    }
    e->goal = -1;
    e->found_to = 0;
    if (paste)
        editor_buffer_break_undo(e->buffer);
    gboolean fits = editor_buffer_insert(e->buffer, utf8);
    if (paste)
        editor_buffer_break_undo(e->buffer);
    return WIDGET_HANDLED | (fits ? WIDGET_CHANGED : 0);
}

/* ---- painting ---- */

static void keep_cursor_visible(Editor *e)
{
    gsize next, row = editor_wrap_row(e->wrap, editor_buffer_cursor(e->buffer), &next);
    e->top = editor_wrap_row(e->wrap, MIN(e->top, editor_buffer_length(e->buffer)), &next);
    gsize at = e->top;
    for (int i = 0; i < e->rows && at != G_MAXSIZE && row >= e->top; i++) {
        if (at == row)
            return;
        at = editor_wrap_after(e->wrap, at);
    }
    /* out of sight: half a screen further, so that most keys move only the cursor */
    e->top = row;
    for (int i = 0; i < e->rows / 2; i++) {
        gsize before = editor_wrap_before(e->wrap, e->top);
        if (before == G_MAXSIZE)
            break;
        e->top = before;
    }
}

static int paint_part(Editor *e, Canvas *c, int row, int col, gsize from, gsize to, Style style)
{
    if (to <= from)
        return col;
    g_autofree char *s = editor_buffer_slice(e->buffer, from, to);
    return col + canvas_text(c, row, col, style, s);
}

/* Over what stands there: the same letters, underlined. What is selected or was found is shown as that. */
static void paint_marks(Editor *e, Canvas *c, int row, const gsize span[4], gboolean focused)
{
    gsize from = span[0], shown_from = span[1], shown_to = span[2], to = span[3];
    gsize line = editor_buffer_line_start(e->buffer, editor_buffer_line_at(e->buffer, from));
    gsize begin = MAX(from > line ? editor_buffer_prev_word(e->buffer, from) : line, line);
    gsize cursor = editor_buffer_cursor(e->buffer), at = from - begin, end;
    g_autofree char *text = editor_buffer_slice(e->buffer, begin, to);
    gsize len = to - begin, here = focused && cursor >= begin && cursor <= to ? cursor - begin : G_MAXSIZE;
    for (; e->marks.next(text, len, here, &at, &end, e->marks.data); at = end) {
        if (begin + at < shown_to && begin + end > shown_from)
            continue;
        g_autofree char *word = g_strndup(text + at, end - at);
        canvas_text(c, row, text_width(text + (from - begin), (gssize)(at - (from - begin))), STYLE_MISSPELT, word);
    }
}

static void paint_row(Editor *e, Canvas *c, int row, gsize from, gsize to, gboolean focused)
{
    gsize a = 0, b = 0;
    Style style = STYLE_MARKED;
    if (!editor_buffer_has_mark(e->buffer, &a, &b)) {
        a = e->found_from;
        b = e->found_to;
        style = STYLE_MATCH;
    }
    a = CLAMP(a, from, to);
    b = CLAMP(b, a, to);
    int col = paint_part(e, c, row, 0, from, a, STYLE_NORMAL);
    col = paint_part(e, c, row, col, a, b, style);
    paint_part(e, c, row, col, b, to, STYLE_NORMAL);
    if (e->marks.next)
        paint_marks(e, c, row, (const gsize[]){from, a, b, to}, focused);
}

void editor_paint(Editor *e, Canvas *c, gboolean focused)
{
    editor_wrap_set_width(e->wrap, canvas_cols(c) - 1); /* the cursor has a cell after the last letter */
    e->rows = MAX(canvas_rows(c), 1);
    canvas_clear(c);
    keep_cursor_visible(e);
    gsize at = e->top, cursor = editor_buffer_cursor(e->buffer);
    for (int row = 0; row < e->rows && at != G_MAXSIZE; row++) {
        gsize next;
        editor_wrap_row(e->wrap, at, &next);
        gsize end = next != G_MAXSIZE ? next : editor_buffer_line_end(e->buffer, editor_buffer_line_at(e->buffer, at));
        paint_row(e, c, row, at, end, focused);
        gboolean here = cursor >= at && (next != G_MAXSIZE ? cursor < end : cursor <= end);
        if (here && focused)
            canvas_cursor(c, row, MIN(editor_wrap_column(e->wrap, cursor), canvas_cols(c) - 1));
        at = editor_wrap_after(e->wrap, at);
    }
}
