/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/widgets/editor-vi.h"

#include <string.h>

#include "base/limits.h"

#define COUNT_MAX 9999

/* What an operator takes: from here to there, the letter there too, or all lines from this to that. */
typedef enum { TO, THROUGH, LINES } Reach;
typedef struct {
    gsize from, to;
    gboolean lines;
} Range;

static gsize line_of(const EditorBuffer *b, gsize at)
{
    return editor_buffer_line_at(b, at);
}

static gsize start_of(const EditorBuffer *b, gsize at)
{
    return editor_buffer_line_start(b, line_of(b, at));
}

static gsize end_of(const EditorBuffer *b, gsize at)
{
    return editor_buffer_line_end(b, line_of(b, at));
}

static gunichar letter_at(const EditorBuffer *b, gsize at)
{
    g_autofree char *s = editor_buffer_slice(b, at, editor_buffer_next(b, at));
    return g_utf8_get_char(s);
}

static gboolean is_word_at(const EditorBuffer *b, gsize at)
{
    gunichar c = letter_at(b, at);
    return g_unichar_isalnum(c) || c == '_';
}

/* The first letter of a line that is not a blank; its end where there is none. */
static gsize indent_of(const EditorBuffer *b, gsize at)
{
    gsize p = start_of(b, at), end = end_of(b, at);
    while (p < end && g_unichar_isspace(letter_at(b, p)))
        p = editor_buffer_next(b, p);
    return p;
}

/* ---- motions: from @at, @n times; 0 = no count was given ---- */

static gsize to_left(const EditorBuffer *b, gsize at, guint n)
{
    for (gsize start = start_of(b, at), i = 0; i < MAX(n, 1) && at > start; i++)
        at = editor_buffer_prev(b, at);
    return at;
}

static gsize to_right(const EditorBuffer *b, gsize at, guint n)
{
    for (gsize end = end_of(b, at), i = 0; i < MAX(n, 1) && at < end; i++)
        at = editor_buffer_next(b, at);
    return at;
}

static gsize to_line(const EditorBuffer *b, gsize line)
{
    return editor_buffer_line_start(b, MIN(line, editor_buffer_lines(b) - 1));
}

static gsize to_up(const EditorBuffer *b, gsize at, guint n)
{
    gsize line = line_of(b, at);
    return to_line(b, line - MIN(line, MAX(n, 1)));
}

static gsize to_down(const EditorBuffer *b, gsize at, guint n)
{
    return to_line(b, line_of(b, at) + MAX(n, 1));
}

#define REPEATED(name, step)                                             \
    static gsize name(const EditorBuffer *b, gsize at, guint n)          \
    {                                                                    \
        for (guint i = 0; i < MAX(n, 1); i++)                            \
            at = step(b, at);                                            \
        return at;                                                       \
    }
REPEATED(to_word_left, editor_buffer_prev_word)
REPEATED(to_word_right, editor_buffer_next_word)
REPEATED(to_sentence_left, editor_buffer_prev_sentence)
REPEATED(to_sentence_right, editor_buffer_next_sentence)

/* The last letter of this word, or of the next where this one ends here. */
static gsize to_word_end(const EditorBuffer *b, gsize at, guint n)
{
    for (guint i = 0; i < MAX(n, 1); i++) {
        gsize p = editor_buffer_next(b, at);
        while (p < editor_buffer_length(b) && !is_word_at(b, p))
            p = editor_buffer_next(b, p);
        for (at = p; p < editor_buffer_length(b) && is_word_at(b, p); p = editor_buffer_next(b, p))
            at = p;
    }
    return at;
}

static gsize to_line_start(const EditorBuffer *b, gsize at, guint n)
{
    (void)n;
    return start_of(b, at);
}

static gsize to_line_end(const EditorBuffer *b, gsize at, guint n)
{
    return end_of(b, to_line(b, line_of(b, at) + MAX(n, 1) - 1));
}

static gsize to_start(const EditorBuffer *b, gsize at, guint n)
{
    (void)at;
    return to_line(b, MAX(n, 1) - 1);
}

static gsize to_end(const EditorBuffer *b, gsize at, guint n)
{
    (void)at;
    return to_line(b, n ? n - 1 : G_MAXUINT);
}

static const struct Motion {
    const char *verb;
    gsize (*to)(const EditorBuffer *b, gsize at, guint n);
    Reach reach;
    gboolean rows; /* alone it goes by the rows on the screen, as the editor does */
} motions[] = {
    {"left", to_left, TO, FALSE},
    {"right", to_right, TO, FALSE},
    {"up", to_up, LINES, TRUE},
    {"down", to_down, LINES, TRUE},
    {"word-left", to_word_left, TO, FALSE},
    {"word-right", to_word_right, TO, FALSE},
    {"word-end", to_word_end, THROUGH, FALSE},
    {"line-start", to_line_start, TO, FALSE},
    {"line-end", to_line_end, TO, FALSE},
    {"sentence-left", to_sentence_left, TO, FALSE},
    {"sentence-right", to_sentence_right, TO, FALSE},
    {"start", to_start, LINES, FALSE},
    {"end", to_end, LINES, FALSE},
};

/* ---- operators ---- */

static guint count_of(const EditorVi *vi)
{
    return !vi->count && !vi->op_count ? 0 : MIN(MAX(vi->count, 1) * MAX(vi->op_count, 1), COUNT_MAX);
}

void editor_vi_drop(EditorVi *vi, Editor *e)
{
    if (e)
        editor_buffer_set_mark(editor_buffer(e), FALSE);
    *vi = (EditorVi){.normal = vi->normal};
}

static void insert_mode(EditorVi *vi, Editor *e)
{
    editor_vi_drop(vi, e);
    vi->normal = FALSE;
}

static Range lines_range(const EditorBuffer *b, gsize one, gsize other)
{
    return (Range){start_of(b, MIN(one, other)), end_of(b, MAX(one, other)), TRUE};
}

/* What is taken is in the clipboard first; whole lines end in a newline there, and are put back as lines. */
static void operate(EditorVi *vi, Editor *e, char op, Range r)
{
    EditorBuffer *b = editor_buffer(e);
    gsize length = editor_buffer_length(b), at = r.from;
    g_autofree char *text = editor_buffer_slice(b, r.from, r.to), *taken = g_strconcat(text, r.lines ? "\n" : "", NULL);
    editor_vi_drop(vi, e);
    if (*taken)
        editor_put_clip(e, taken);
    if (r.lines && op == 'd') { /* with the newline behind them; those at the end, with the one before */
        if (r.to < length)
            r.to++;
        else if (r.from > 0)
            r.from--;
    }
    if (op != 'y')
        editor_buffer_replace(b, r.from, r.to, "");
    editor_go(e, r.lines && op == 'd' ? start_of(b, MIN(at, editor_buffer_length(b))) : r.from);
    if (op == 'c')
        insert_mode(vi, e);
}

/* A word to be changed ends where it ends; one to be taken never takes the line's end with it. */
static Range motion_range(const EditorBuffer *b, const struct Motion *m, char op, guint n)
{
    gsize at = editor_buffer_cursor(b);
    gboolean changes_word = op == 'c' && m->to == to_word_right && is_word_at(b, at);
    gsize to = m->to(b, at, n);
    if (changes_word) { /* of a word of one letter too */
        to = n > 1 ? to_word_right(b, at, n - 1) : at;
        while (to < end_of(b, to) && is_word_at(b, to))
            to = editor_buffer_next(b, to);
    } else if (m->to == to_word_right && line_of(b, to) > line_of(b, at) && to <= indent_of(b, to)) {
        to = editor_buffer_line_end(b, line_of(b, to) - 1);
    }
    if (m->reach == LINES)
        return lines_range(b, at, to);
    gsize from = MIN(at, to), end = MAX(at, to);
    return (Range){from, m->reach == THROUGH ? editor_buffer_next(b, end) : end, FALSE};
}

static WidgetResult move(EditorVi *vi, Editor *e, const struct Motion *m)
{
    EditorBuffer *b = editor_buffer(e);
    guint n = count_of(vi);
    if (vi->op) {
        operate(vi, e, vi->op, motion_range(b, m, vi->op, n));
        return WIDGET_HANDLED;
    }
    if (m->rows)
        for (guint i = 0; i < MAX(n, 1); i++)
            editor_action(e, m->verb);
    else
        editor_go(e, m->to(b, editor_buffer_cursor(b), n));
    vi->count = 0;
    return WIDGET_HANDLED;
}

/* What is marked: drawn here, with the letter under the cursor, or by the editor, as a blank to fill in is. */
static gboolean marked(const EditorVi *vi, const EditorBuffer *b, Range *ret)
{
    gsize at = editor_buffer_cursor(b);
    gboolean any = editor_buffer_has_mark(b, &ret->from, &ret->to);
    ret->lines = FALSE;
    if (vi->visual && !any)
        ret->from = ret->to = at;
    if (vi->visual)
        ret->to = editor_buffer_next(b, ret->to);
    return any || vi->visual;
}

static void operator_key(EditorVi *vi, Editor *e, char op)
{
    EditorBuffer *b = editor_buffer(e);
    gsize at = editor_buffer_cursor(b);
    guint n = count_of(vi);
    Range r;
    if (marked(vi, b, &r)) {
        operate(vi, e, op, r);
    } else if (vi->op == op) { /* twice: lines */
        operate(vi, e, op, lines_range(b, at, n > 1 ? to_down(b, at, n - 1) : at));
    } else if (vi->op) {
        editor_vi_drop(vi, e);
    } else {
        vi->op = op;
        vi->op_count = vi->count;
        vi->count = 0;
    }
}

/* ---- the rest of the keys ---- */

static void v_insert(EditorVi *vi, Editor *e)
{
    insert_mode(vi, e);
}

static void v_append(EditorVi *vi, Editor *e)
{
    EditorBuffer *b = editor_buffer(e);
    insert_mode(vi, e);
    editor_go(e, to_right(b, editor_buffer_cursor(b), 1));
}

static void v_append_line(EditorVi *vi, Editor *e)
{
    insert_mode(vi, e);
    editor_go(e, end_of(editor_buffer(e), editor_buffer_cursor(editor_buffer(e))));
}

static void v_insert_line(EditorVi *vi, Editor *e)
{
    insert_mode(vi, e);
    editor_go(e, indent_of(editor_buffer(e), editor_buffer_cursor(editor_buffer(e))));
}

static void v_open_below(EditorVi *vi, Editor *e)
{
    v_append_line(vi, e);
    editor_input(e, "\n", TRUE);
}

static void v_open_above(EditorVi *vi, Editor *e)
{
    EditorBuffer *b = editor_buffer(e);
    gsize at = start_of(b, editor_buffer_cursor(b));
    insert_mode(vi, e);
    editor_go(e, at);
    editor_input(e, "\n", TRUE);
    editor_go(e, at);
}

static void v_op_delete(EditorVi *vi, Editor *e)
{
    operator_key(vi, e, 'd');
}

static void v_op_change(EditorVi *vi, Editor *e)
{
    operator_key(vi, e, 'c');
}

static void v_op_yank(EditorVi *vi, Editor *e)
{
    operator_key(vi, e, 'y');
}

static void v_cut(EditorVi *vi, Editor *e)
{
    EditorBuffer *b = editor_buffer(e);
    gsize at = editor_buffer_cursor(b);
    Range r;
    if (!marked(vi, b, &r))
        r = (Range){at, to_right(b, at, count_of(vi)), FALSE};
    operate(vi, e, 'd', r);
}

static void rest_of_line(EditorVi *vi, Editor *e, char op)
{
    EditorBuffer *b = editor_buffer(e);
    gsize at = editor_buffer_cursor(b);
    operate(vi, e, op, (Range){at, to_line_end(b, at, count_of(vi)), FALSE});
}

static void v_cut_rest(EditorVi *vi, Editor *e)
{
    rest_of_line(vi, e, 'd');
}

static void v_change_rest(EditorVi *vi, Editor *e)
{
    rest_of_line(vi, e, 'c');
}

static void v_mark(EditorVi *vi, Editor *e)
{
    gboolean on = !vi->visual;
    editor_vi_drop(vi, e);
    vi->visual = on;
    editor_buffer_set_mark(editor_buffer(e), on);
}

/* What is too much for a note is not made: the editor says that it has no room. */
static char *repeated(const char *text, guint n)
{
    GString *all = g_string_new(NULL);
    for (guint i = 0; i < n && all->len <= LIMIT_NOTE_BYTES; i++)
        g_string_append(all, text);
    return g_string_free(all, FALSE);
}

static void put_back(EditorVi *vi, Editor *e, gboolean after)
{
    EditorBuffer *b = editor_buffer(e);
    guint n = MAX(count_of(vi), 1);
    const char *clip = editor_clip(e);
    editor_vi_drop(vi, e);
    if (!clip || !*clip)
        return;
    g_autofree char *text = repeated(clip, n);
    gsize at = editor_buffer_cursor(b), end = end_of(b, at);
    gboolean lines = g_str_has_suffix(text, "\n"), last = end == editor_buffer_length(b);
    if (lines && after && last) { /* there is no newline to put them behind */
        g_autofree char *below = g_strdup_printf("\n%.*s", (int)(strlen(text) - 1), text);
        editor_go(e, end);
        editor_input(e, below, TRUE);
    } else {
        editor_go(e, lines ? (after ? end + 1 : start_of(b, at)) : after ? to_right(b, at, 1) : at);
        gsize from = editor_buffer_cursor(b);
        editor_input(e, text, TRUE);
        editor_go(e, lines ? from : editor_buffer_prev(b, editor_buffer_cursor(b)));
    }
}

static void v_paste(EditorVi *vi, Editor *e)
{
    put_back(vi, e, FALSE);
}

static void v_paste_after(EditorVi *vi, Editor *e)
{
    put_back(vi, e, TRUE);
}

static void times(EditorVi *vi, Editor *e, const char *action)
{
    guint n = MAX(count_of(vi), 1);
    editor_vi_drop(vi, e);
    for (guint i = 0; i < n; i++)
        editor_action(e, action);
}

static void v_undo(EditorVi *vi, Editor *e)
{
    times(vi, e, "undo");
}

static void v_redo(EditorVi *vi, Editor *e)
{
    times(vi, e, "redo");
}

/* As it leaves the text the cursor goes back onto the letter that was typed last. */
static void v_normal(EditorVi *vi, Editor *e)
{
    EditorBuffer *b = editor_buffer(e);
    if (!vi->normal)
        editor_go(e, to_left(b, editor_buffer_cursor(b), 1));
    vi->normal = TRUE;
    editor_vi_drop(vi, e);
}

static const struct {
    const char *verb;
    void (*run)(EditorVi *vi, Editor *e);
} verbs[] = {
    {"normal", v_normal},           {"insert", v_insert},         {"append", v_append},         {"append-line", v_append_line},
    {"insert-line", v_insert_line}, {"open-below", v_open_below}, {"open-above", v_open_above}, {"op-delete", v_op_delete},
    {"op-change", v_op_change},     {"op-yank", v_op_yank},       {"cut", v_cut},               {"cut-rest", v_cut_rest},
    {"change-rest", v_change_rest}, {"mark", v_mark},             {"paste", v_paste},           {"paste-after", v_paste_after},
    {"undo", v_undo},               {"redo", v_redo},
};

/* In normal mode the cursor stands on a letter, where the line has any. */
static void onto_letter(const EditorVi *vi, Editor *e)
{
    const EditorBuffer *b = editor_buffer(e);
    gsize at = editor_buffer_cursor(b);
    if (vi->normal && !vi->visual && at == end_of(b, at) && at > start_of(b, at))
        editor_go(e, editor_buffer_prev(b, at));
}

static gboolean run(EditorVi *vi, Editor *e, const char *verb)
{
    for (gsize i = 0; i < G_N_ELEMENTS(motions); i++)
        if (strcmp(motions[i].verb, verb) == 0)
            return move(vi, e, &motions[i]);
    for (gsize i = 0; i < G_N_ELEMENTS(verbs); i++)
        if (strcmp(verbs[i].verb, verb) == 0) {
            verbs[i].run(vi, e);
            return TRUE;
        }
    return FALSE;
}

WidgetResult editor_vi_verb(EditorVi *vi, Editor *e, const char *verb)
{
    guint64 version = editor_buffer_version(editor_buffer(e));
    if ((!vi->normal && strcmp(verb, "normal") != 0) || !run(vi, e, verb))
        return WIDGET_IGNORED;
    onto_letter(vi, e);
    return WIDGET_HANDLED | (version != editor_buffer_version(editor_buffer(e)) ? WIDGET_CHANGED : 0);
}

gboolean editor_vi_digit(EditorVi *vi, const char *key)
{
    if (!g_ascii_isdigit(key[0]) || key[1])
        return FALSE;
    vi->count = MIN(vi->count * 10 + (guint)(key[0] - '0'), COUNT_MAX);
    return TRUE;
}

char *editor_vi_begun(const EditorVi *vi)
{
    GString *begun = g_string_new(NULL);
    if (vi->op_count)
        g_string_append_printf(begun, "%u", vi->op_count);
    if (vi->op)
        g_string_append_c(begun, vi->op);
    if (vi->count)
        g_string_append_printf(begun, "%u", vi->count);
    return g_string_free(begun, FALSE);
}
