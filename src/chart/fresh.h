/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/fresh.h — what is written here is asked for at once, by whoever watches it; what others write is the
 * watch's. Knows nothing of what is asked. */
#pragma once
#include "client/query.h"

/* @again in a turn of its own, once for all that has come, when something of @type is written for @patient (NULL: for
 * anybody). Ends with @scope, before what was added to it earlier: add @data's own end first. */
typedef void (*FreshFn)(gpointer data);
void fresh_when_written(Scope *scope, const char *type, const char *patient, FreshFn again, gpointer data);
/* The same for one search, which is watched too. @scope is the search's own. */
void fresh_watch(Scope *scope, ClientSearch *search, const char *type, const char *patient);
