/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/feed.h — one question about one patient, asked, kept fresh and told again when the answer
 * changes. What is asked, and how much of it at a time, is one const table: however long the record
 * is, a feed fetches a page. Knows no screen. A feed lives until its scope closes. */
#pragma once
#include "client/client.h"
#include "client/known.h"
#include "fhir/search.h"

typedef enum {
    FEED_PROBLEMS,
    FEED_MEDICATIONS,    /* what may be current: ended orders are not asked for */
    FEED_MEDICATIONS_ENDED, /* the rest, the latest first, a page at a time */
    FEED_GIVEN,          /* what has been given, the latest first */
    FEED_VITALS,         /* newest first, a page at a time */
    FEED_PREGNANCY,      /* what was last said of it: seldom among the vital signs */
    FEED_LABS,
    FEED_REPORTS,        /* answers to examinations and samples */
    FEED_NOTES,
    FEED_NOTES_ALL,      /* the same question, all of its pages */
    FEED_BOOKINGS_AHEAD, /* from today on, the next first */
    FEED_BOOKINGS_PAST,  /* before today, the latest first */
    FEED_ALLERGIES,
    FEED_FLAGS,          /* those that are over too */
    FEED_PROCEDURES,     /* the latest first */
    FEED_VISITS,         /* under way */
    FEED_MEDICATIONS_DONE, /* those that were had and are over, all pages */
    FEED_KINDS
} FeedKind;

typedef struct Feed Feed;
typedef void (*FeedFn)(Feed *feed, gpointer data);

/* What is known now; items and why are the feed's own, until the next call of its function. */
typedef struct {
    FeedKind kind;
    GPtrArray *items;   /* FhirResource*, in the core's order */
    Instant as_of;      /* real time when the core said so; INSTANT_NONE */
    gboolean answered;  /* something has been said, from the cache or by the core */
    gboolean cached;    /* not confirmed by the core yet */
    gboolean under_way; /* the core is being asked for the rest, or for what is newer than the cache */
    gboolean more;      /* there is more to fetch: feed_more() */
    int beyond;         /* how many more there are; 0 none, -1 not known */
    int before;         /* how many in front were let go: feed_back() */
    Known known;        /* "none" may be said only where it is KNOWN_WHOLE */
    char *unknown;      /* why it is KNOWN_NOT or KNOWN_PARTLY, a sentence; else NULL */
    guint skipped;      /* entries of the answer that are not among the items */
    guint years;        /* > 0: nothing further than that from today was asked for */
} FeedState;

/* @fn is called after every change, first when something is known. */
Feed *feed_watch(Client *client, Scope *scope, PatientCtx *patient, FeedKind kind, FeedFn fn, gpointer data);
/* The same for one thing that is known by its id: at most one item; state->kind is FEED_KINDS. */
Feed *feed_watch_one(Client *client, Scope *scope, PatientCtx *patient, const char *type, const char *id, FeedFn fn,
                     gpointer data);
const char *feed_type(FeedKind kind); /* of what it asks for */
const FeedState *feed_state(const Feed *feed);
/* A page more at the end, or before the first item where some were let go. Of a long list only a part is held. */
void feed_more(Feed *feed);
void feed_back(Feed *feed);
/* Somebody looks at all of it: a core that does not say how many there are is asked. */
void feed_count(Feed *feed);
void feed_refresh(Feed *feed);

/* "being fetched", "not known: …", "as of 10:42"; NULL when all is known and fresh. Owned. */
char *feed_doubt(const FeedState *state);
/* "within 2 years of today": how far was asked for, where the core does not give out all; NULL: all of it. Owned. */
char *feed_reach(const FeedState *state);
/* "date" from the start of today on (@day "ge") or before it ("lt"), as far as this core gives bookings out. */
void feed_ask_day(FhirQuery *q, const Client *client, const char *day);
