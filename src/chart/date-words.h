/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/date-words.h — dates and times of day as people type them in Sweden: idag, tor, v48, tor v48,
 * +3v, om 3 veckor, 12/1, 12 jan 2027, 2026-12-01, kl 10, 10:30. Pure; civil time; @today is an argument. What
 * cannot be (31/2, v53 of a year without it, "fre 12/1" on a Tuesday) is refused with words. */
#pragma once
#include "base/datetime.h"

typedef struct {
    CivilDate from, to; /* both included */
    CivilDate target;   /* the day that was meant; proposals nearest to it come first */
    gboolean around;    /* counted from today (+3v): a few days either way will do */
} DateWish;

#define DATE_WORDS_ERROR (date_words_error_quark())
GQuark date_words_error_quark(void);
typedef enum { DATE_WORDS_IMPOSSIBLE, DATE_WORDS_NOT_A_DATE } DateWordsError;

/* How many of @words (lower case, ended by NULL) are a date; 0 = none of them. An impossible date sets
 * *error and answers 0. */
guint date_words_take(char *const *words, CivilDate today, DateWish *ret, GError **error);
/* The whole text is a date. */
gboolean date_words_parse(const char *text, CivilDate today, DateWish *ret, GError **error);

typedef struct {
    int from, to; /* minutes of the day a visit may begin in, @to not included; from + 1 == to: just then */
} TimeWish;
/* "kl 10", "10:30", "10.30", "fm", "em", "efter 13", "före 11". As date_words_take(). */
guint time_words_take(char *const *words, TimeWish *ret, GError **error);
