/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/phrase-value.h — the data that phrases may name, one const table: what a key means, which
 * question about the patient answers it, and the words it becomes, with the time it was measured. Words
 * of the record. A value is given only where it is sure and all that was asked for is known. Pure. */
#pragma once
#include "chart/feed.h"

#define PHRASE_ASKS_NOTHING FEED_KINDS

typedef enum { PHRASE_VALUE, PHRASE_NONE, PHRASE_LATER } PhraseState; /* later: it is being asked for */

typedef struct {
    const FhirResource *patient;
    const char *author;
    Instant now;
    const FeedState *(*feed)(FeedKind kind, gpointer data); /* NULL: not asked yet */
    gpointer data;
} PhraseChart;

gboolean phrase_value_known(const char *key);
gboolean phrase_value_is_asked(const char *key); /* of the record: it may change */
/* The parts of a datum that is made of several, each told when it changes: "vitalparametrar/bt"; NULL: it is one.
 * Keys for phrase_value() that no phrase may name. Owned. */
char **phrase_value_parts(const char *key);
char *phrase_value_label(const char *key); /* "BT"; owned */
/* *ret_why: with PHRASE_NONE a sentence, translated, owned. The text is owned, NULL unless PHRASE_VALUE. */
PhraseState phrase_value(const char *key, const PhraseChart *chart, char **ret_text, char **ret_why);
/* What was pulled in says the same as what is so now; the time at which a list was made is no difference. */
gboolean phrase_value_same(const char *key, const char *pulled, const char *now);
