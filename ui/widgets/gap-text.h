/* SPDX-License-Identifier: GPL-3.0-or-later
 * ui/widgets/gap-text.h — bytes that are edited in one place at a time: a gap buffer with an index of
 * its lines. Knows neither characters nor cursors: positions are byte offsets, and its owner sees to
 * it that they fall between graphemes. */
#pragma once
#include <glib.h>

typedef struct GapText GapText;
GapText *gap_text_new(void);
void gap_text_free(GapText *t);

gsize gap_text_length(const GapText *t);
char gap_text_byte(const GapText *t, gsize at);
char *gap_text_slice(const GapText *t, gsize from, gsize to); /* cut at the end of the text; caller frees */
/* @removed bytes at @at give way to @n of @inserted. */
void gap_text_splice(GapText *t, gsize at, gsize removed, const char *inserted, gsize n);

gsize gap_text_lines(const GapText *t); /* at least 1 */
gsize gap_text_line_start(const GapText *t, gsize line);
gsize gap_text_line_end(const GapText *t, gsize line); /* before its newline */
gsize gap_text_line_at(const GapText *t, gsize at);
