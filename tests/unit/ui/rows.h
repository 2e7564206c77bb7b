/* SPDX-License-Identifier: GPL-3.0-or-later
 * ui/rows.h — what a canvas shows, row by row. */
#pragma once
#include "ui/canvas.h"

#include <criterion/criterion.h>

static inline char *row_text(const Canvas *c, int row)
{
    GString *s = g_string_new(NULL);
    for (int col = 0; col < canvas_cols(c); col++)
        g_string_append(s, canvas_row(c, row)[col].text);
    return g_strchomp(g_string_free(s, FALSE));
}

static inline void expect_row(const Canvas *c, int row, const char *text)
{
    g_autofree char *is = row_text(c, row);
    cr_expect_str_eq(is, text);
}
