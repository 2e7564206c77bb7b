/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/term-impl.h"

#include "base/text.h"

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

int term_input_fd(const Term *t)
{
    return t->input_fd;
}

void term_each_key(const Term *t, void (*fn)(const char *, const char *, gpointer), gpointer data)
{
    t->ops->each_key(t, fn, data);
}

/* å → a: the letter under the marks, for terminals with ASCII only. */
static char base_letter(const char *text)
{
    g_autofree char *nfd = g_utf8_normalize(text, -1, G_NORMALIZE_NFD);
    return nfd && (guchar)nfd[0] < 0x80 && nfd[0] != '\0' ? nfd[0] : '?';
}

/* @ch alone is in Latin-1. */
static gboolean is_latin1(gunichar ch, const char *text)
{
    return ch >= 0xa0 && ch <= 0xff && *g_utf8_next_char(text) == '\0';
}

void term_glyph(const TermCaps *caps, const char *text, char *ret)
{
    if ((guchar)text[0] < 0x80 && text[1] == '\0') {
        memcpy(ret, text, 2);
        return;
    }
    gunichar ch = g_utf8_get_char(text);
    gboolean shown = caps->charset == CHARSET_UTF8 || (caps->charset == CHARSET_LATIN1 && is_latin1(ch, text));
    char plain = caps->ascii_lines || !shown ? text_ascii_sign(ch) : 0;
    if (!plain && !shown)
        plain = base_letter(text);
    if (plain) {
        ret[0] = plain;
        ret[1] = '\0';
    } else {
        g_strlcpy(ret, text, CELL_BYTES);
    }
}
