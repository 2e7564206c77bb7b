/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/date-words-internal.h — what the words of a date and those of a time of day share. */
#pragma once
#include "chart/date-words.h"

/* All digits, at most eight; *ret_rest is what follows them. FALSE: @s begins with none. */
gboolean date_words_number(const char *s, int *ret, const char **ret_rest);
/* A sentence about what cannot be; the first one said stays. */
void date_words_impossible(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);
