/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/term-trim.h"

#include <stdio.h>
#include <string.h>

/* sgr of most terminals names the character set with every attribute, and colours are taken back just
 * before everything is: a third of a page's bytes. */
static guint leave_out_idle_codes(guint8 *bytes, guint n)
{
    static const char *const idle[][2] = {{"\033(B", ""}, {"\033[39m", "\033[m"}, {"\033[39m", "\033[0;"}, {"\033[m", "\033[0;"}};
    guint kept = 0;
    for (guint i = 0; i < n;) {
        gsize skip = 0;
        for (gsize k = 0; bytes[i] == 033 && k < G_N_ELEMENTS(idle) && skip == 0; k++) {
            gsize a = strlen(idle[k][0]), b = strlen(idle[k][1]);
            if (i + a + b <= n && memcmp(bytes + i, idle[k][0], a) == 0 && memcmp(bytes + i + a, idle[k][1], b) == 0)
                skip = a;
        }
        if (skip == 0)
            bytes[kept++] = bytes[i++];
        i += (guint)skip;
    }
    return kept;
}

/* ---- a row put in above others ---- */

/* "\0337\033[6;23r\0338\r\033[6d\033M\033[1;24r": rows 6 to 23 go down by one, between margins that lose
 * the cursor. 0: it is something else. */
static guint read_shift(const guint8 *bytes, guint n, int rows, int *ret_top, int *ret_bottom)
{
    char text[96], want[96];
    int top, bottom;
    gsize some = MIN((gsize)n, sizeof text - 1);
    memcpy(text, bytes, some);
    text[some] = '\0';
    if (sscanf(text, "\0337\033[%d;%dr", &top, &bottom) != 2)
        return 0;
    g_snprintf(want, sizeof want, "\0337\033[%d;%dr\0338\r\033[%dd\033M\033[1;%dr\033[", top, bottom, top, rows);
    if (!g_str_has_prefix(text, want) || top < 1 || bottom <= top || bottom > rows)
        return 0;
    gsize place = strlen(want) + strspn(text + strlen(want), "0123456789;");
    if (text[place] != 'H') /* where the cursor goes next must not depend on where it was */
        return 0;
    *ret_top = top;
    *ret_bottom = bottom;
    return (guint)strlen(want) - 2;
}

/* The same by taking the last of them out and putting the first in: the rows below are where they were. */
static guint shift_whole_rows(guint8 *bytes, guint n, int rows)
{
    guint kept = 0;
    for (guint i = 0; i < n;) {
        int top, bottom;
        guint len = bytes[i] == 033 ? read_shift(bytes + i, n - i, rows, &top, &bottom) : 0;
        if (len == 0) {
            bytes[kept++] = bytes[i++];
            continue;
        }
        char out[48];
        g_snprintf(out, sizeof out, "\033[%dd\033[M\033[%dd\033[L", bottom, top);
        memcpy(bytes + kept, out, strlen(out));
        kept += (guint)strlen(out);
        i += len;
    }
    return kept;
}

guint term_trim(const TermTrim *how, guint8 *bytes, guint n)
{
    if (how->whole_rows)
        n = shift_whole_rows(bytes, n, how->rows);
    while (!how->line_set) { /* leaving one out may make the next idle */
        guint less = leave_out_idle_codes(bytes, n);
        if (less == n)
            break;
        n = less;
    }
    return n;
}
