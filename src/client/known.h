/* SPDX-License-Identifier: GPL-3.0-or-later
 * client/known.h — what may be read out of an answer. Nobody says "none" but where an answer is
 * KNOWN_WHOLE: the core answered the question that was asked, and all of the answer was read. */
#pragma once
#include <glib.h>

typedef enum {
    KNOWN_NOT,    /* nothing: not asked yet, refused, no answer */
    KNOWN_PARTLY, /* what is there is so; of what is not there nothing is known: see the doubt */
    KNOWN_MORE,   /* the same, and the next page is there to be fetched */
    KNOWN_WHOLE,  /* what is not there is not recorded */
} Known;

/* Why an answer is not whole; the gravest first. */
typedef enum {
    DOUBT_NONE,
    DOUBT_FOREIGN,   /* data about another patient; left out */
    DOUBT_ELSEWHERE, /* something of another server; left out */
    DOUBT_UNREADABLE, /* entries that could not be read; left out and counted */
    DOUBT_OUTCOME,   /* the core says that it could not give everything */
    DOUBT_KIND,      /* a Bundle that is not the result of a search (or a history) */
    DOUBT_QUESTION,  /* the core left a parameter out of the question */
    DOUBT_UNCHECKED, /* the core does not say which question it answered, and does not know a
                        parameter of the one that was asked */
    DOUBT_VERSIONS,  /* one thing came in two versions, and which is the newer is not said; the first is shown */
    DOUBT_SHIFTED, /* one thing came on two pages and nobody said how many there are: what moved meanwhile may be missing */
    DOUBT_SERVER,    /* the next page lies on another server */
    DOUBT_CIRCLE,    /* the pages go round in a circle */
    DOUBT_PAGES,     /* the next page could not be fetched */
    DOUBTS
} Doubt;

const char *doubt_words(Doubt doubt); /* one fixed English sentence (msgid); NULL for DOUBT_NONE */
