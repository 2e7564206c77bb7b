/* SPDX-License-Identifier: GPL-3.0-or-later
 * Signs in ASCII: the one table for terminals and readers that have no others. Letters are text and
 * stay what they are; a character set without them is the terminal's own matter. */
#include "base/text.h"

#include <string.h>

static const struct {
    gunichar from;
    char cell;         /* where there is room for one */
    const char *words; /* where there is room for more; NULL: the same */
} signs[] = {
    {0x2500, '-', NULL}, {0x2502, '|', NULL}, {0x250c, '+', NULL}, {0x2510, '+', NULL}, {0x2514, '+', NULL},
    {0x2518, '+', NULL}, {0x251c, '+', NULL}, {0x2524, '+', NULL}, {0x252c, '+', NULL}, {0x2534, '+', NULL},
    {0x253c, '+', NULL}, {0x2551, '|', NULL}, {0x258c, '>', NULL}, {0x258f, '|', NULL}, {0x2581, '_', NULL},
    {0x2582, '_', NULL}, {0x2583, '.', NULL}, {0x2584, '-', NULL}, {0x2585, '-', NULL}, {0x2586, '=', NULL},
    {0x2587, '*', NULL}, {0x2588, '#', NULL}, {0x25cf, '*', NULL}, {0x25cb, 'o', NULL}, {0x25b8, '>', NULL},
    {0x2713, 'v', NULL}, {0x2717, 'x', NULL}, {0x2191, '^', NULL}, {0x2193, 'v', NULL}, {0x2190, '<', "<-"},
    {0x2192, '>', "->"}, {0x2194, '-', "<->"}, {0x2022, '*', NULL}, {0x2026, '~', "..."}, {0x2010, '-', NULL},
    {0x2011, '-', NULL}, {0x2013, '-', NULL}, {0x2014, '-', NULL}, {0x2212, '-', NULL}, {0x2018, '\'', NULL},
    {0x2019, '\'', NULL}, {0x201c, '"', NULL}, {0x201d, '"', NULL}, {0x201e, '"', NULL}, {0x00ab, '"', NULL},
    {0x00bb, '"', NULL}, {0x2039, '<', NULL}, {0x203a, '>', NULL}, {0x2264, '<', "<="}, {0x2265, '>', ">="},
    {0x2248, '~', NULL}, {0x00b7, '.', NULL}, {0x00a7, '#', NULL}, {0x00b0, 'o', " grader "}, {0x00b5, 'u', NULL},
    {0x03bc, 'u', NULL}, {0x00b1, '~', "+/-"}, {0x00a0, ' ', NULL}, {0x202f, ' ', NULL}, {0x00d7, 'x', NULL},
    {0x00bd, '?', "1/2"}, {0x00bc, '?', "1/4"}, {0x00be, '?', "3/4"}, {0x2030, '?', " promille"}, {0x20ac, 'E', "EUR"},
    {0x00a3, 'L', "GBP"}, {0x00a8, '"', NULL}, {0x00b4, '\'', NULL}, {0x25cc, 'o', NULL}, {0xfffd, '?', NULL},
};

/* The digit or minus sign that is raised, or 0. */
static char raised(gunichar ch)
{
    static const gunichar low[] = {0x2070, 0xb9, 0xb2, 0xb3};
    for (guint i = 0; i < G_N_ELEMENTS(low); i++)
        if (low[i] == ch)
            return (char)('0' + i);
    return ch == 0x207b ? '-' : ch >= 0x2074 && ch <= 0x2079 ? (char)('4' + (ch - 0x2074)) : 0;
}

/* ² and ³ stand after units; any other raised digit in one cell would melt into the number before it. */
char text_ascii_sign(gunichar ch)
{
    if (ch < 0x7f)
        return (char)ch;
    for (gsize i = 0; i < G_N_ELEMENTS(signs); i++)
        if (signs[i].from == ch)
            return signs[i].cell;
    if (ch >= 0x2080 && ch <= 0x2089)
        return (char)('0' + (ch - 0x2080));
    if (ch == 0xb2 || ch == 0xb3)
        return raised(ch);
    return !raised(ch) && (g_unichar_isalpha(ch) || g_unichar_ismark(ch)) ? 0 : '?';
}

static void append(GString *out, gunichar ch)
{
    char cell = text_ascii_sign(ch);
    for (gsize i = 0; i < G_N_ELEMENTS(signs); i++)
        if (signs[i].from == ch && signs[i].words) {
            g_string_append(out, signs[i].words);
            return;
        }
    if (cell)
        g_string_append_c(out, cell);
    else
        g_string_append_unichar(out, ch);
}

char *text_ascii(const char *s)
{
    GString *out = g_string_sized_new(strlen(s) + 8);
    gboolean up = FALSE;
    for (; *s; s = g_utf8_next_char(s)) {
        gunichar ch = g_utf8_get_char(s);
        char power = raised(ch);
        if (power && !up && out->len && g_ascii_isdigit(out->str[out->len - 1]))
            g_string_append_c(out, '^'); /* 10⁹ is 10^9 */
        up = power != 0;
        if (power)
            g_string_append_c(out, power);
        else
            append(out, ch);
    }
    return g_string_free(out, FALSE);
}
