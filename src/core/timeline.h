/* SPDX-License-Identifier: GPL-3.0-or-later
 * core/timeline.h — one patient's resources of a type in the order of a date, also those of one category or code
 * alone, so that a page of a long record costs what a page of a short one does. Made of the rows that
 * index.c has put; knows no bodies. */
#pragma once
#include "core/db.h"
#include "core/query.h"

/* After index_resource() has put what @rid of @type is found by, and before index_clear() takes it away. */
void timeline_put(Db *db, const char *type, gint64 rid);
void timeline_drop(Db *db, const char *type, gint64 rid);
/* All of them at once, for a database that has been filled without. */
void timeline_fill(Db *db);
/* Which types, dates and keys: part of what the index is made by. */
const char *timeline_fingerprint(void);

/* TRUE: @query asks for one patient's resources in the order of one date that has a timeline. @ret_patient: the
 * term that it answers; @ret_key: the one that may choose among its keys, -1: none. */
gboolean timeline_serves(const Query *query, int *ret_patient, int *ret_key);
