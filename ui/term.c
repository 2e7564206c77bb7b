/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/term-impl.h"

#include <string.h>

G_DEFINE_QUARK(rond-term-error-quark, term_error)

void term_free(Term *t)
{
    if (!t)
        return;
    g_free(t->notice);
    t->ops->free(t);
}

const TermCaps *term_caps(const Term *t)
{
    return &t->caps;
}

const char *term_notice(const Term *t)
{
    return t->notice;
}

void term_size(const Term *t, int *ret_rows, int *ret_cols)
{
    t->ops->size(t, ret_rows, ret_cols);
}

gboolean term_resize(Term *t)
{
    return t->ops->resize(t);
}

void term_draw(Term *t, int row, int col, const Cell *cells, int n)
{
    t->ops->draw(t, row, col, cells, n);
}

void term_cursor(Term *t, int row, int col)
{
    t->ops->cursor(t, row, col);
}

void term_flush(Term *t)
{
    t->ops->flush(t);
}

void term_repaint(Term *t)
{
    t->ops->repaint(t);
}

gboolean term_busy(const Term *t)
{
    return t->ops->busy(t);
}

void term_on_drained(Term *t, void (*fn)(gpointer data), gpointer data)
{
    t->drained = fn;
    t->drained_data = data;
}

guint64 term_bytes_out(const Term *t)
{
    return t->bytes_out;
}

int term_input_fd(const Term *t)
{
    return t->input_fd;
}

void term_each_key(const Term *t, void (*fn)(const char *, const char *, gpointer), gpointer data)
{
    t->ops->each_key(t, fn, data);
}

/* One-cell stand-ins; what is in no row and not in the character set becomes '?'. */
static const struct {
    gunichar from;
    char to;
    gboolean line; /* replaced when lines are ASCII, even if text is UTF-8 */
} stand_ins[] = {
    {0x2500, '-', TRUE},  {0x2502, '|', TRUE},  {0x250c, '+', TRUE},  {0x2510, '+', TRUE},
    {0x2514, '+', TRUE},  {0x2518, '+', TRUE},  {0x251c, '+', TRUE},  {0x2524, '+', TRUE},
    {0x252c, '+', TRUE},  {0x2534, '+', TRUE},  {0x253c, '+', TRUE},  {0x2551, '|', TRUE},
    {0x258c, '>', TRUE},  {0x258f, '|', TRUE},  {0x2581, '_', TRUE},  {0x2582, '_', TRUE},
    {0x2583, '.', TRUE},  {0x2584, '-', TRUE},  {0x2585, '-', TRUE},  {0x2586, '=', TRUE},
    {0x2587, '*', TRUE},  {0x2588, '#', TRUE},  {0x25cf, '*', TRUE},  {0x25cb, 'o', TRUE},
    {0x2713, 'v', TRUE},  {0x2191, '^', TRUE},  {0x2193, 'v', TRUE},  {0x2190, '<', TRUE},
    {0x2192, '>', TRUE},  {0x2194, '-', TRUE},  {0x2022, '*', TRUE},  {0x2026, '.', FALSE},
    {0x2013, '-', FALSE}, {0x2014, '-', FALSE}, {0x2212, '-', FALSE}, {0x2018, '\'', FALSE},
    {0x2019, '\'', FALSE}, {0x201c, '"', FALSE}, {0x201d, '"', FALSE}, {0x2039, '<', FALSE},
    {0x203a, '>', FALSE}, {0x2264, '<', FALSE}, {0x2265, '>', FALSE}, {0x00b7, '.', FALSE},
    {0x00a7, '#', FALSE}, {0x00b0, 'o', FALSE}, {0x00b5, 'u', FALSE}, {0x00b1, '~', FALSE},
    {0x00a0, ' ', FALSE}, {0x00d7, 'x', FALSE}, {0x03bc, 'u', FALSE}, {0xfffd, '?', FALSE},
};

static char stand_in(gunichar ch, gboolean lines_only)
{
    for (gsize i = 0; i < G_N_ELEMENTS(stand_ins); i++)
        if (stand_ins[i].from == ch && (stand_ins[i].line || !lines_only))
            return stand_ins[i].to;
    return 0;
}

/* å → a: the letter under the marks, for terminals with ASCII only. */
static char base_letter(const char *text)
{
    g_autofree char *nfd = g_utf8_normalize(text, -1, G_NORMALIZE_NFD);
    return nfd && (guchar)nfd[0] < 0x80 && nfd[0] != '\0' ? nfd[0] : '?';
}

void term_glyph(const TermCaps *caps, const char *text, char *ret)
{
    if ((guchar)text[0] < 0x80 && text[1] == '\0') {
        memcpy(ret, text, 2);
        return;
    }
    gunichar ch = g_utf8_get_char(text);
    gboolean limited = caps->charset != CHARSET_UTF8;
    char plain = 0;
    if (caps->ascii_lines)
        plain = stand_in(ch, TRUE);
    if (!plain && limited && !(caps->charset == CHARSET_LATIN1 && ch >= 0xa0 && ch <= 0xff &&
                               *g_utf8_next_char(text) == '\0')) {
        plain = stand_in(ch, FALSE);
        if (!plain)
            plain = base_letter(text);
    }
    if (plain) {
        ret[0] = plain;
        ret[1] = '\0';
    } else {
        g_strlcpy(ret, text, CELL_BYTES);
    }
}
