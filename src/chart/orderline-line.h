/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/orderline-line.h — the line while it is read, word by word, as its readers see it: what the
 * order gets (orderline-set.c), the patterns of a single word (orderline-pattern.c), the words with a
 * role (orderline-role.c), and the road through them (orderline.c). Nobody else includes it. The words
 * belong to orderline_parse(). */
#pragma once
#include "chart/orderline-private.h"

typedef struct {
    const OrderWords *words;
    OrderReading r;
    char **shown; /* the words as typed */
    char **word;  /* the same in lower case */
    guint count, at;
    GString *reason, *prn_reason, *follow_up;
    GString *open;     /* the text that further plain words belong to; NULL = none open */
    gboolean has_dose; /* low/high below */
    Decimal low, high;
    gboolean tapered;     /* the steps are complete */
    gboolean named_slots; /* "morgon": slots that get the dose of the line */
} Line;

/* The longest row of the token file that begins at word @at; *ret_words = how many it takes. NULL: none. */
const Meaning *line_meaning(const Line *l, guint at, guint *ret_words);
gboolean line_has_role(const Line *l, guint at, const char *kind); /* FALSE too beyond the last word */

/* The word in hand can mean several things, or nothing: an issue of @field. @options: a list that ends
 * with NULL, or words parted by "|". */
void line_unclear(Line *l, OrderField field, const char *const *options);
void line_unclear_text(Line *l, OrderField field, const char *options);
/* "1,000" is one or a thousand: FALSE and an issue where a comma can be either. */
gboolean line_number(Line *l, const char *text, Decimal *ret);

/* What is said twice, or cannot be, becomes an issue. @period_unit: 'h', 'd' or 'w'; 0 = not said. */
void line_set_timing(Line *l, TimingKind kind, int frequency, int frequency_max, int period, char period_unit);
/* Two amounts: the first is the strength, the second the dose ("500 mg 2 tabl"). */
void line_set_dose(Line *l, Decimal low, Decimal high, const char *unit);
void line_set_per_kg(Line *l, Decimal amount, const char *unit);
void line_set_form(Line *l, const char *form);
void line_set_start(Line *l, Instant start);
void line_set_slot(Line *l, const char *value);
void line_set_length(Line *l, Decimal n, char unit); /* 'd', 'w' or 'm' */

/* The word in hand by its shape; TRUE when it, and perhaps words after it, were used. */
gboolean line_take_pattern(Line *l);
/* Words with a role; TRUE when they were used up. */
gboolean line_take_meaning(Line *l, const Meaning *m);
