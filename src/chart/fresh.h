/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/fresh.h — what is written here is asked for at once, by whoever watches it; what others write is the
 * watch's. Knows nothing of what is asked. */
#pragma once
#include "client/query.h"

/* Watches, and refreshes @search when something of @type is written for @patient. Ends with @scope, which is the
 * search's own. */
void fresh_watch(Scope *scope, ClientSearch *search, const char *type, const char *patient);
