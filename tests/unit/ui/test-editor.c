/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/limits.h"
#include "base/text.h"
#include "ui/widgets/editor.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static void expect_text(const EditorBuffer *b, const char *text)
{
    g_autofree char *is = editor_buffer_text(b);
    cr_expect_str_eq(is, text);
}

Test(editor, typing_undo_redo)
{
    g_autoptr(EditorBuffer) b = editor_buffer_new(NULL);
    const char *typed = "hej på dig";
    for (const char *p = typed; *p; p = g_utf8_next_char(p)) {
        char ch[8] = {0};
        g_utf8_strncpy(ch, p, 1);
        editor_buffer_insert(b, ch);
    }
    expect_text(b, typed);
    cr_expect(editor_buffer_undo(b));
    expect_text(b, "hej på ");
    cr_expect(editor_buffer_undo(b));
    expect_text(b, "hej ");
    cr_expect(editor_buffer_redo(b));
    expect_text(b, "hej på ");
    editor_buffer_insert(b, "x");
    cr_expect_not(editor_buffer_redo(b));
}

static EditorHistory *history_of(const char *first, const char *then)
{
    g_autoptr(EditorBuffer) b = editor_buffer_new(first);
    editor_buffer_set_cursor(b, editor_buffer_length(b));
    editor_buffer_insert(b, then);
    return editor_buffer_take_history(b);
}

/* The view is left and the text opened again; the history never puts its words into another text. */
Test(editor, undo_goes_on_in_the_same_text_only)
{
    g_autoptr(EditorBuffer) same = editor_buffer_new("ett två"), another = editor_buffer_new("ett tre"), empty = editor_buffer_new("");
    cr_assert(editor_buffer_give_history(same, history_of("ett", " två")));
    cr_assert(editor_buffer_undo(same));
    expect_text(same, "ett");
    cr_assert(editor_buffer_redo(same));
    expect_text(same, "ett två");
    editor_buffer_insert(same, "!");
    cr_assert(editor_buffer_undo(same) && editor_buffer_undo(same) && !editor_buffer_undo(same));
    expect_text(same, "ett");
    cr_assert_not(editor_buffer_give_history(another, history_of("ett", " två")));
    cr_assert_not(editor_buffer_undo(another));
    expect_text(another, "ett tre");
    cr_assert_null(editor_buffer_take_history(empty));
}

Test(editor, composed_and_clean)
{
    g_autoptr(EditorBuffer) b = editor_buffer_new(NULL);
    editor_buffer_insert(b, "a");
    editor_buffer_insert(b, "\u030a"); /* the ring typed after its letter */
    expect_text(b, "å");
    editor_buffer_insert(b, "x\033[31m\u202ey\r\nz\r\a\tw\xff");
    expect_text(b, "åx[31my\nz\n    w\uFFFD");
    editor_buffer_set_cursor(b, 1); /* in the middle of å */
    cr_expect_eq(editor_buffer_cursor(b), 0);
    editor_buffer_delete(b);
    expect_text(b, "x[31my\nz\n    w\uFFFD");
}

Test(editor, marks_and_words)
{
    g_autoptr(EditorBuffer) b = editor_buffer_new("ett två tre");
    editor_buffer_set_cursor(b, 4);
    editor_buffer_set_mark(b, TRUE);
    editor_buffer_set_cursor(b, editor_buffer_next_word(b, 4));
    g_autofree char *cut = editor_buffer_cut(b);
    cr_expect_str_eq(cut, "två ");
    expect_text(b, "ett tre");
    editor_buffer_set_cursor(b, 7);
    editor_buffer_delete_word_back(b);
    expect_text(b, "ett ");
    cr_expect(editor_buffer_undo(b));
    expect_text(b, "ett tre");
}

Test(editor, finds_and_wraps)
{
    g_autoptr(EditorBuffer) b = editor_buffer_new("Åsa ser åsa\noch ÅSA");
    gsize from = 99, to = 99;
    cr_expect(editor_buffer_find(b, "åsa", 1, TRUE, &from, &to));
    cr_expect_eq(from, 9);
    cr_expect_eq(to, 13);
    cr_expect(editor_buffer_find(b, "åsa", 19, TRUE, &from, &to));
    cr_expect_eq(from, 0);
    cr_expect(editor_buffer_find(b, "åsa", 9, FALSE, &from, &to));
    cr_expect_eq(from, 0);
    cr_expect(editor_buffer_find(b, "åsa", 0, FALSE, &from, &to));
    cr_expect_eq(from, 18);
    cr_expect_not(editor_buffer_find(b, "finns ej", 0, TRUE, &from, &to));
}

Test(editor, has_a_limit)
{
    g_autoptr(EditorBuffer) b = editor_buffer_new(NULL);
    g_autofree char *big = g_strnfill(LIMIT_NOTE_BYTES, 'x');
    cr_expect(editor_buffer_insert(b, big));
    cr_expect_not(editor_buffer_insert(b, "y"));
    cr_expect_eq(editor_buffer_length(b), LIMIT_NOTE_BYTES);
}

/* What the buffer says of its lines must be what its text says. */
static void check_lines(const EditorBuffer *b)
{
    g_autofree char *text = editor_buffer_text(b);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    gsize n = MAX(g_strv_length(lines), 1), at = 0;
    cr_assert_eq(editor_buffer_lines(b), n);
    for (gsize i = 0; i < n; i++) {
        gsize len = lines[i] ? strlen(lines[i]) : 0;
        cr_assert_eq(editor_buffer_line_start(b, i), at);
        cr_assert_eq(editor_buffer_line_end(b, i), at + len);
        cr_assert_eq(editor_buffer_line_at(b, at + len), i);
        at += len + 1;
    }
}

/* A draft store that is told of every edit has the same text at any time. */
static void mirror(gsize at, gsize removed, const char *text, gsize len, gpointer data)
{
    g_string_erase(data, (gssize)at, (gssize)removed);
    g_string_insert_len(data, (gssize)at, text, (gssize)len);
}

/* Random edits against a plain string; then undo all the way back, and redo all the way forth. */
Test(editor, is_what_a_string_would_be)
{
    static const char *const pieces[] = {"a", "å", "\n", "ord ", "två\nrader", "🙂", "e\u0301", " ", ""};
    const char *given = getenv("ROND_SEED");
    guint seed = given ? (guint)g_ascii_strtoull(given, NULL, 10) : (guint)time(NULL);
    fprintf(stderr, "ROND_SEED=%u\n", seed);
    g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
    for (int round = 0; round < 60; round++) {
        g_autoptr(EditorBuffer) b = editor_buffer_new("början\n");
        g_autoptr(GString) s = g_string_new("början\n");
        g_autoptr(GString) told = g_string_new("början\n");
        editor_buffer_on_edit(b, mirror, told);
        for (int i = 0; i < 120; i++) {
            editor_buffer_set_cursor(b, (gsize)g_rand_int_range(rand, 0, (gint32)s->len + 1));
            gsize at = editor_buffer_cursor(b), to = at;
            for (int k = g_rand_int_range(rand, 0, 4); k > 0; k--)
                to = editor_buffer_next(b, to);
            g_autofree char *piece = text_nfc(pieces[g_rand_int_range(rand, 0, G_N_ELEMENTS(pieces))]);
            editor_buffer_replace(b, at, to, piece);
            g_string_erase(s, (gssize)at, (gssize)(to - at));
            g_string_insert(s, (gssize)at, piece);
            expect_text(b, s->str);
            cr_assert_str_eq(told->str, s->str);
            check_lines(b);
        }
        while (editor_buffer_undo(b))
            check_lines(b);
        expect_text(b, "början\n");
        cr_assert_str_eq(told->str, "början\n");
        while (editor_buffer_redo(b))
            ;
        expect_text(b, s->str);
    }
}

static void type(Editor *e, const char *keys)
{
    g_auto(GStrv) parts = g_strsplit(keys, " ", -1);
    for (char **p = parts; *p; p++)
        editor_input(e, *p, FALSE);
}

static char *painted(Editor *e, int rows, int cols, int *ret_row, int *ret_col)
{
    g_autoptr(Canvas) c = canvas_new(rows, cols);
    GString *s = g_string_new(NULL);
    editor_paint(e, c, TRUE);
    for (int row = 0; row < rows; row++) {
        g_autoptr(GString) line = g_string_new(NULL);
        for (int col = 0; col < cols; col++)
            g_string_append(line, canvas_row(c, row)[col].text);
        g_string_append_printf(s, "%s\n", g_strchomp(line->str));
    }
    canvas_cursor_at(c, ret_row, ret_col);
    return g_string_free(s, FALSE);
}

Test(editor, wraps_at_words_and_keeps_the_column)
{
    g_autoptr(Editor) e = editor_new("ett två tre fyra\nfem");
    int row, col;
    g_autofree char *screen = painted(e, 4, 10, &row, &col);
    cr_expect_str_eq(screen, "ett två\ntre fyra\nfem\n\n");
    type(e, "<Down> <End>");
    g_autofree char *again = painted(e, 4, 10, &row, &col);
    cr_expect_eq(row, 1);
    cr_expect_eq(col, 8);
    type(e, "<Down> <Up>");
    g_autofree char *third = painted(e, 4, 10, &row, &col);
    cr_expect_eq(row, 1);
    cr_expect_eq(col, 8, "the column is kept over a short line, %d", col);
    type(e, "x <Enter> å");
    g_autofree char *fourth = painted(e, 5, 10, &row, &col);
    cr_expect_str_eq(fourth, "ett två\ntre fyrax\nå\nfem\n\n");
    cr_expect_eq(row, 2);
    cr_expect_eq(col, 1);
}

Test(editor, every_row_of_a_long_text_can_be_reached)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (int i = 0; i < 500; i++)
        g_string_append_printf(text, "rad %d med några ord som bryts på flera rader ibland\n", i);
    g_autoptr(Editor) e = editor_new(text->str);
    int row, col;
    for (int i = 0; i < 3000; i++) {
        g_autofree char *screen = painted(e, 10, 30, &row, &col);
        cr_assert(row >= 0 && row < 10 && col >= 0 && col < 30, "%d: %d,%d", i, row, col);
        editor_action(e, i % 50 == 49 ? "page-up" : "down");
    }
    editor_action(e, "end");
    g_autofree char *screen = painted(e, 10, 30, &row, &col);
    cr_expect_eq(editor_buffer_cursor(editor_buffer(e)), text->len);
    g_autofree char *place = editor_place(e);
    g_autoptr(Editor) other = editor_new(text->str);
    editor_set_place(other, place);
    g_autofree char *same = painted(other, 10, 30, &row, &col);
    cr_expect_str_eq(same, screen);
}

/* A long line is wrapped piece by piece; edits anywhere in it must show what a fresh editor shows. */
Test(editor, a_long_line_is_wrapped_as_if_anew)
{
    g_autoptr(GString) text = g_string_new("kort\n");
    g_autoptr(GRand) rand = g_rand_new_with_seed(7);
    for (int i = 0; i < 1500; i++)
        g_string_append_printf(text, "%.*s ", g_rand_int_range(rand, 1, 12), "hjärtsviktsbehandling");
    g_string_append(text, "\nslut");
    g_autoptr(Editor) e = editor_new(text->str);
    for (int i = 0; i < 300; i++) {
        EditorBuffer *b = editor_buffer(e);
        int row, col, row2, col2;
        editor_buffer_set_cursor(b, (gsize)g_rand_int_range(rand, 0, (gint32)editor_buffer_length(b)));
        if (i % 3 == 0)
            editor_action(e, i % 2 ? "delete-word" : "delete");
        else if (i % 50 == 1)
            editor_action(e, "newline");
        else
            editor_input(e, i % 3 == 1 ? "å" : "ord ", FALSE);
        g_autofree char *is = painted(e, 12, 40, &row, &col);
        g_autofree char *now = editor_buffer_text(b), *place = editor_place(e);
        g_autoptr(Editor) fresh = editor_new(now);
        editor_set_place(fresh, place);
        g_autofree char *should = painted(fresh, 12, 40, &row2, &col2);
        cr_assert_str_eq(is, should, "round %d", i);
        cr_assert(row == row2 && col == col2, "round %d", i);
    }
}

Test(editor, a_paste_is_one_step)
{
    g_autoptr(Editor) e = editor_new("a");
    editor_action(e, "end");
    editor_input(e, "b", FALSE);
    editor_input(e, "<Esc> text <F9>\ntill", TRUE);
    expect_text(editor_buffer(e), "ab<Esc> text <F9>\ntill");
    editor_action(e, "undo");
    expect_text(editor_buffer(e), "ab");
    cr_expect(editor_action_exists("word-left"));
    cr_expect_not(editor_action_exists("sign"));
}

/* ---- the clipboard that editors share ---- */

typedef struct {
    char *text;
    gboolean closed;
} Shared;

static void put_text(const char *text, gpointer data)
{
    Shared *s = data;
    g_free(s->text);
    s->text = g_strdup(text);
}

static const char *get_text(gpointer data)
{
    Shared *s = data;
    return s->closed ? NULL : s->text;
}

Test(editor, what_is_cut_in_one_is_pasted_in_another_unless_its_owner_says_no)
{
    Shared shared = {0};
    const EditorClipboard clipboard = {put_text, get_text, &shared};
    g_autoptr(Editor) one = editor_new("hel text"), other = editor_new("");
    editor_set_clipboard(one, &clipboard);
    editor_set_clipboard(other, &clipboard);
    editor_action(one, "mark");
    editor_action(one, "end");
    editor_action(one, "cut");
    editor_action(other, "paste");
    g_autofree char *pasted = editor_buffer_text(editor_buffer(other)), *left = editor_buffer_text(editor_buffer(one));
    cr_assert_str_eq(pasted, "hel text");
    cr_assert_str_eq(left, "");
    shared.closed = TRUE;
    editor_input(other, "<C-v>", FALSE); /* nor from what it has itself */
    editor_input(one, "<C-v>", FALSE);
    g_autofree char *same = editor_buffer_text(editor_buffer(other)), *none = editor_buffer_text(editor_buffer(one));
    cr_assert_str_eq(same, "hel text");
    cr_assert_str_eq(none, "");
    g_free(shared.text);
}

static void count_full(gpointer data)
{
    ++*(guint *)data;
}

Test(editor, what_it_has_no_room_for_is_told_and_not_taken)
{
    g_autofree char *big = g_strnfill(LIMIT_NOTE_BYTES - 1, 'x');
    g_autoptr(Editor) e = editor_new(big);
    const EditorClipboard clipboard = {put_text, get_text, &(Shared){.text = (char *)"yy"}};
    guint told = 0;
    editor_buffer_set_room(editor_buffer(e), NULL, count_full, &told);
    editor_set_clipboard(e, &clipboard);
    cr_expect_eq(editor_input(e, "yy", TRUE), WIDGET_HANDLED);
    cr_expect_eq(told, 1, "a paste from the terminal");
    cr_expect_eq(editor_action(e, "paste"), WIDGET_HANDLED);
    cr_expect_eq(told, 2, "and from the clipboard");
    cr_expect(editor_input(e, "y", FALSE) & WIDGET_CHANGED);
    cr_expect_eq(told, 2, "one letter had room");
    editor_input(e, "y", FALSE);
    cr_expect_eq(told, 3, "a key");
    editor_input(e, "<Enter>", FALSE);
    cr_expect_eq(told, 4, "a line");
    cr_expect_eq(editor_buffer_length(editor_buffer(e)), LIMIT_NOTE_BYTES);
}

typedef struct {
    Editor *parts[2];
    guint told;
} TwoParts;

static gsize held_by_both(gpointer data)
{
    const TwoParts *t = data;
    return editor_buffer_length(editor_buffer(t->parts[0])) + editor_buffer_length(editor_buffer(t->parts[1]));
}

static void both_full(gpointer data)
{
    ((TwoParts *)data)->told++;
}

/* The limit is the note's, whichever way words come: two sökord that are each within it are not within it together. */
Test(editor, two_parts_share_one_limit)
{
    g_autofree char *most = g_strnfill(LIMIT_NOTE_BYTES - 10, 'x');
    g_autoptr(Editor) one = editor_new(most), other = editor_new("");
    TwoParts t = {{one, other}, 0};
    for (guint i = 0; i < 2; i++)
        editor_buffer_set_room(editor_buffer(t.parts[i]), held_by_both, both_full, &t);
    cr_expect(editor_input(other, "tio tecken", TRUE) & WIDGET_CHANGED);
    cr_expect_eq(editor_input(other, "!", FALSE), WIDGET_HANDLED);
    cr_expect_eq(t.told, 1);
    cr_expect_not(editor_buffer_replace(editor_buffer(other), 0, 3, "fyra"), "a phrase, a spelling");
    cr_expect_eq(t.told, 2);
    cr_expect(editor_buffer_replace(editor_buffer(other), 0, 3, "sju"), "what is no longer has room");
    editor_action(one, "backspace");
    editor_action(one, "end");
    editor_action(one, "backspace");
    cr_expect(editor_input(other, "!", FALSE) & WIDGET_CHANGED);
    cr_expect_eq(held_by_both(&t), LIMIT_NOTE_BYTES);
    cr_expect_eq(t.told, 2);
}

Test(editor, sentences)
{
    const char *text = "Ett. Två t.ex. ca 3.5 mg! Tre?  Fyra\nÅter. 5 dagar";
    g_autoptr(EditorBuffer) b = editor_buffer_new(text);
    const char *const begin[] = {"Ett", "Två", "Tre", "Fyra", "Åter", "5 dagar", NULL};
    gsize at = 0;
    for (gsize i = 1; begin[i]; i++) {
        at = editor_buffer_next_sentence(b, at);
        cr_expect_eq(at, (gsize)(strstr(text, begin[i]) - text), "%s: %zu", begin[i], at);
    }
    cr_expect_eq(editor_buffer_next_sentence(b, at), strlen(text));
    at = strlen(text);
    for (gsize i = 6; i-- > 0;) {
        at = editor_buffer_prev_sentence(b, at);
        cr_expect_eq(at, (gsize)(strstr(text, begin[i]) - text), "%s: %zu", begin[i], at);
    }
    cr_expect_eq(editor_buffer_prev_sentence(b, 0), 0);
}
