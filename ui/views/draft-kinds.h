/* SPDX-License-Identifier: GPL-3.0-or-later
 * ui/views/draft-kinds.h — the kinds of drafts that there are: where each is written on, how it is named in a list, and
 * what is said when it is gone, belongs to somebody else or has lost its end. Everybody who opens a draft opens it here,
 * so that none comes to be read as whole that is not. Knows nothing of what stands in one. */
#pragma once
#include "app/app.h"

#define DRAFT_OLD_US (24 * G_TIME_SPAN_HOUR) /* after that it is brought forward */

typedef struct {
    const char *kind, *view;      /* in the store; where it is written on */
    const char *what;             /* N_(): in a list */
    const char *gone, *of_other;  /* N_(): why it is not opened; @gone NULL: one begins anew */
    const char *damaged;          /* N_(): it is the last whole state, and there was more */
} DraftKind;
extern const DraftKind draft_kinds[]; /* ended by kind == NULL */

const DraftKind *draft_kind(const char *kind);         /* NULL: a later rond's */
const DraftKind *draft_kind_of_view(const char *view); /* the first of that view */
gboolean draft_is_old(const Draft *d);

/* As it stands, under way or not, a damaged one told to the person; owned. NULL with @error; without: it is gone, and one
 * begins anew. @patient NULL: the caller looks whose it is. */
Draft *draft_read(App *app, const char *id, const char *patient, const char *view, GError **error);
/* The same, to be written on: not while it is being sent. */
Draft *draft_open(App *app, const char *id, const char *patient, const char *view, GError **error);

/* What was begun for @patient in that view and not finished: the id of the newest that @wanted says yes to (NULL: any).
 * NULL: none. Owned. */
typedef gboolean (*DraftWanted)(const char *meta, gpointer data);
char *draft_left(App *app, const char *patient, const char *view, DraftWanted wanted, gpointer data);
