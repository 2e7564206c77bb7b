/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/widgets/text.h"

#include "base/text.h"
#include "base/worddiff.h"

#include <string.h>

typedef struct {
    gsize at, len;
    Style mark; /* that it begins in */
} Line;

struct TextView {
    char *given, *text; /* as it came, and safe */
    char *heading_mark;
    GArray *lines;      /* Line, of @width */
    int width, rows;
    int top;
    gsize seen;         /* every byte before this has been on the screen */
    gboolean marks;
    gboolean spelt; /* signs are in ASCII: done when the canvas is known, before lines are wrapped */
};

TextView *textview_new(void)
{
    TextView *t = g_new0(TextView, 1);
    t->given = g_strdup("");
    t->text = g_strdup("");
    t->lines = g_array_new(FALSE, FALSE, sizeof(Line));
    return t;
}

void textview_free(TextView *t)
{
    if (!t)
        return;
    g_free(t->given);
    g_free(t->text);
    g_free(t->heading_mark);
    g_array_unref(t->lines);
    g_free(t);
}

void textview_set(TextView *t, const char *text)
{
    if (strcmp(t->given, text ? text : "") == 0)
        return;
    g_free(t->given);
    g_free(t->text);
    t->given = g_strdup(text ? text : "");
    t->text = text_sanitise(t->given, -1, TRUE);
    t->top = 0;
    t->seen = 0;
    t->width = 0; /* wrap again */
    t->spelt = FALSE;
}

void textview_set_marks(TextView *t, gboolean marks)
{
    if (t->marks != marks)
        t->width = 0; /* wrap again: lines know what they begin in */
    t->marks = marks;
}

void textview_set_heading_mark(TextView *t, const char *prefix)
{
    g_free(t->heading_mark);
    t->heading_mark = g_strdup(prefix);
}

static const Line *line_at(const TextView *t, int i)
{
    return &g_array_index(t->lines, Line, i);
}

/* ---- marks of what was taken away and put there ---- */

static const struct {
    const char *open, *close;
    Style style;
} marks[] = {{WORD_DIFF_OLD, WORD_DIFF_OLD_END, STYLE_DIM}, {WORD_DIFF_NEW, WORD_DIFF_NEW_END, STYLE_STRONG}};

/* How far the text goes on in the look of @mark; *ret_next: the look after that. */
static gsize mark_run(const char *s, gsize len, Style mark, Style *ret_next)
{
    for (gsize i = 0; i < len; i++)
        for (gsize m = 0; m < G_N_ELEMENTS(marks); m++) {
            const char *wanted = mark == STYLE_NORMAL ? marks[m].open : marks[m].style == mark ? marks[m].close : NULL;
            if (!wanted || strncmp(s + i, wanted, strlen(wanted)) != 0 || i + strlen(wanted) > len)
                continue;
            *ret_next = mark == STYLE_NORMAL ? marks[m].style : STYLE_NORMAL;
            return mark == STYLE_NORMAL ? i : i + strlen(wanted);
        }
    *ret_next = mark;
    return len;
}

static Style mark_after(const char *s, gsize len, Style mark)
{
    for (gsize at = 0; at < len;) {
        Style next;
        gsize n = mark_run(s + at, len - at, mark, &next);
        at += n;
        if (mark == STYLE_NORMAL && next != mark) /* the opening mark has the look of what it opens */
            at += strlen(marks[0].open);
        mark = next;
    }
    return mark;
}

static void mark_lines(TextView *t)
{
    Style mark = STYLE_NORMAL;
    for (guint i = 0; i < t->lines->len; i++) {
        Line *l = &g_array_index(t->lines, Line, i);
        gsize until = i + 1 < t->lines->len ? g_array_index(t->lines, Line, i + 1).at : strlen(t->text);
        l->mark = t->marks ? mark : STYLE_NORMAL;
        if (t->marks)
            mark = mark_after(t->text + l->at, until - l->at, mark);
    }
}

static void wrap(TextView *t, int width)
{
    gboolean fresh = t->lines->len == 0; /* then the top is a line asked for, not yet a place */
    gsize first = !fresh && t->top < (int)t->lines->len ? line_at(t, t->top)->at : 0;
    g_array_set_size(t->lines, 0);
    const char *p = t->text;
    do {
        gsize line = strcspn(p, "\n"), done = 0;
        do {
            gsize n = text_fit(p + done, (gssize)(line - done), width, NULL), take = n;
            if (done + n < line) {
                gsize word = n;
                while (word > 0 && p[done + word] != ' ')
                    word--;
                n = word > 0 ? word : n > 0 ? n : text_next(p + done, line - done, 0);
                take = word > 0 ? word + 1 : n;
            }
            Line l = {(gsize)(p - t->text) + done, n, STYLE_NORMAL};
            g_array_append_val(t->lines, l);
            done += take;
        } while (done < line);
        p += line;
    } while (*p++ == '\n');
    t->width = width;
    mark_lines(t);
    if (fresh)
        return;
    for (t->top = 0; t->top + 1 < (int)t->lines->len && line_at(t, t->top + 1)->at <= first;)
        t->top++;
}

gboolean textview_end_shown(const TextView *t)
{
    return t->width > 0 && t->seen >= strlen(t->text);
}

int textview_top(const TextView *t)
{
    return t->top;
}

void textview_scroll_to(TextView *t, int line)
{
    int last = MAX((int)t->lines->len - MAX(t->rows, 1), 0);
    t->top = t->lines->len > 0 ? CLAMP(line, 0, last) : MAX(line, 0);
}

WidgetResult textview_input(TextView *t, const char *utf8, gboolean paste)
{
    static const struct {
        const char *key;
        int lines, pages;
    } moves[] = {
        {"<Down>", 1, 0}, {"<Up>", -1, 0}, {"<PgDn>", 0, 1}, {"<Space>", 0, 1}, {"<PgUp>", 0, -1},
    };
    if (!widget_is_named_key(utf8, paste))
        return WIDGET_IGNORED;
    for (gsize i = 0; i < G_N_ELEMENTS(moves); i++) {
        if (strcmp(moves[i].key, utf8) != 0)
            continue;
        textview_scroll_to(t, t->top + moves[i].lines + moves[i].pages * MAX(t->rows - 2, 1));
        return WIDGET_HANDLED;
    }
    if (strcmp(utf8, "<Home>") == 0)
        textview_scroll_to(t, 0);
    else if (strcmp(utf8, "<End>") == 0)
        textview_scroll_to(t, G_MAXINT);
    else
        return WIDGET_IGNORED;
    return WIDGET_HANDLED;
}

static void paint_marked(Canvas *c, int row, const char *s, Style mark)
{
    gsize len = strlen(s);
    int col = 0;
    for (gsize at = 0; at < len;) {
        Style next;
        gsize n = mark_run(s + at, len - at, mark, &next);
        if (!n && mark == STYLE_NORMAL) { /* the opening mark has the look of what it opens */
            mark = next;
            n = strlen(marks[0].open);
            gsize rest = mark_run(s + at + n, len - at - n, mark, &next);
            n += rest;
        }
        g_autofree char *part = g_strndup(s + at, n);
        col += canvas_text(c, row, col, mark, part);
        at += n;
        mark = next;
    }
}

static void paint_line(const TextView *t, Canvas *c, int row, const Line *l)
{
    g_autofree char *s = g_strndup(t->text + l->at, l->len);
    gboolean heading = t->heading_mark && g_str_has_prefix(s, t->heading_mark); /* shown too: somebody may have typed it */
    if (t->marks && !heading)
        paint_marked(c, row, s, l->mark);
    else
        canvas_text(c, row, 0, heading ? STYLE_HEADING : STYLE_NORMAL, s);
}

void textview_paint(TextView *t, Canvas *c, gboolean focused)
{
    t->rows = canvas_rows(c);
    if (canvas_ascii(c) && !t->spelt) {
        char *spelt = text_ascii(t->text);
        g_free(t->text);
        t->text = spelt;
        t->spelt = TRUE;
    }
    if (t->width != canvas_cols(c))
        wrap(t, MAX(canvas_cols(c), 1));
    textview_scroll_to(t, t->top);
    canvas_clear(c);
    int end = MIN(t->top + t->rows, (int)t->lines->len);
    for (int i = t->top; i < end; i++)
        paint_line(t, c, i - t->top, line_at(t, i));
    if (end > t->top && line_at(t, t->top)->at <= t->seen) {
        gsize until = end < (int)t->lines->len ? line_at(t, end)->at : strlen(t->text);
        t->seen = MAX(t->seen, until);
    }
    if (focused)
        canvas_cursor(c, 0, 0);
}
