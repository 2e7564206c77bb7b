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
    GString *reason, *prn_reason, *follow_up, *instruction, *no_exchange;
    GString *open;     /* the text that further plain words belong to; NULL = none open */
    gboolean has_dose; /* low/high below */
    Decimal low, high;
    guint dose_end;       /* the word after the dose */
    gboolean dose_moved;  /* it was set by the word in hand */
    gboolean tapered;     /* the steps are complete */
    gboolean steps;       /* "nedtrappning": doses with lengths follow each other */
    gboolean named_slots; /* "morgon": slots that get the dose of the line */
    guint bound, waiting; /* slots that have their dose, and those named before there was one */
    gboolean dose_and_time; /* doses that differ by when they are given: their words stay together */
    gboolean dose_bound;  /* the dose in hand belongs to a slot: the next is that of another */
} Line;

/* What becomes of a word with a role. */
typedef enum {
    NOT_USED,
    USED,      /* and the text that was open ends with it */
    USED_OPEN, /* the text that is open goes on */
} Use;

/* The longest row of the token file that begins at word @at; *ret_words = how many it takes. NULL: none. */
const Meaning *line_meaning(const Line *l, guint at, guint *ret_words);
gboolean line_has_role(const Line *l, guint at, const char *kind); /* FALSE too beyond the last word */

/* The word in hand can mean several things, or nothing: an issue of @field. @options: a list that ends
 * with NULL, or words parted by "|". */
void line_unclear(Line *l, OrderField field, const char *const *options);
void line_unclear_text(Line *l, OrderField field, const char *options);
void line_unlikely(Line *l, OrderField field); /* the word in hand cannot be meant */
/* "1,000" is one or a thousand: FALSE and an issue where a comma can be either. */
gboolean line_number(Line *l, const char *text, Decimal *ret);
gboolean line_number_of(Line *l, OrderField field, guint at, const char *text, Decimal *ret); /* @text of word @at */

/* What is said twice, or cannot be, becomes an issue. @period_unit: 'h', 'd' or 'w'; 0 = not said. */
void line_set_timing(Line *l, TimingKind kind, int frequency, int frequency_max, int period, char period_unit);
/* Two amounts: the first is the strength, the second the dose ("500 mg 2 tabl"). */
void line_set_dose(Line *l, Decimal low, Decimal high, const char *unit);
void line_set_per_kg(Line *l, Decimal amount, const char *unit);
void line_set_form(Line *l, const char *form);
void line_set_start(Line *l, Instant start);
void line_set_slot(Line *l, const char *value);
void line_set_length(Line *l, Decimal n, char unit); /* 'd', 'w' or 'm' */

void line_next_step(Line *l); /* the dose in hand and its length are a step; another follows */
/* So much more (@up) or less every @days days, to @target or, where that is invalid, to nothing. */
void line_set_ramp(Line *l, gboolean up, Decimal by, const char *unit, int days, Decimal target);
/* "8" or "8 mg", "8mg" from word @at on; the words it takes, 0 when there is no number; *ret is invalid where it
 * was asked about. */
guint line_amount(Line *l, guint at, Decimal *ret, const char **ret_unit);
const Meaning *line_meaning_here(const Line *l, const char *text); /* by what stands before the word in hand */

/* Words with a role for how it is given (orderline-given.c). */
Use given_over(Line *l, const Meaning *m);
Use given_continuous(Line *l, const Meaning *m);
Use given_titrated(Line *l, const Meaning *m);
Use given_meal(Line *l, const Meaning *m);
Use given_site(Line *l, const Meaning *m);
Use given_free(Line *l, const Meaning *m);
Use given_ramp(Line *l, const Meaning *m);
Use given_pause(Line *l, const Meaning *m);
Use given_tomorrow(Line *l, const Meaning *m); /* orderline-date.c */
Use given_date(Line *l, const Meaning *m);
/* Words of a prescription (orderline-supply.c). */
Use supply_wanted(Line *l, const Meaning *m);
Use supply_withdrawals(Line *l, const Meaning *m);
Use supply_no_exchange(Line *l, const Meaning *m);
/* "98 st", "4 uttag" from the word in hand on; TRUE when it was used, the place is then on its last word. */
gboolean supply_quantity(Line *l);
/* "83 ml/tim": TRUE when @suffix is a rate. */
gboolean given_rate(Line *l, Decimal low, Decimal high, const char *suffix);
/* "30 minuter": before or after a meal, or a time that a dose takes. */
gboolean given_minutes(Line *l, Decimal n);

/* The word in hand by its shape; TRUE when it, and perhaps words after it, were used. */
gboolean line_take_pattern(Line *l);
/* Words with a role; TRUE when they were used up. */
gboolean line_take_meaning(Line *l, const Meaning *m);
