/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/vitals-line-private.h — the line while it is read, word by word, as the readers of values
 * (vitals-line.c) and of times (vitals-line-time.c) see it. Nobody else includes it. */
#pragma once
#include "chart/vitals-line.h"

typedef struct {
    const VitalWords *words;
    const VitalContext *context;
    VitalSet *set;
    GPtrArray *shown, *word; /* char*: as typed, and in lower case; borrowed from the parser */
    guint at;
    VitalField next; /* where the search for what a bare number fills begins */
    /* the time, as far as it has been said */
    gboolean opened; /* it begins with "v" */
    gboolean has_day, has_clock, has_date; /* has_date: the day by its date */
    CivilDate day;
    int minutes;
    gboolean summer, winter;
    GString *time_typed;
} Line;

/* The value of a word in a row of that kind; NULL when there is none. Borrowed. */
const char *vital_word(const VitalWords *w, const char *kind, const char *text);
const char *line_word(const Line *l, guint at); /* NULL beyond the last */

/* Takes words that say when, from the one in hand on; how many were used, 0 = none. */
guint line_take_time(Line *l);
/* A number without a name that can only be a time ("0710"); FALSE when it is none. @small: also what
 * could be a value, as nothing else is left for it to be. */
gboolean line_take_bare_clock(Line *l, const char *text, gboolean small);
void line_finish_time(Line *l);
