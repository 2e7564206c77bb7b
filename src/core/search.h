/* SPDX-License-Identifier: GPL-3.0-or-later
 * core/search.h — type searches over the index tables. Knows the parameter table, SQL and searchset
 * Bundles; nothing of sockets. */
#pragma once
#include "core/core.h"

/* GET Type?query: fills @reply with a searchset, a 304 or an outcome. */
void search_type(Core *core, const CoreRequest *request, const char *type, CoreReply *reply);
/* Ids of @type that match @query, at most two: for conditional interactions. NULL and an outcome in
 * @reply when the query is refused. */
GPtrArray *search_ids(Core *core, const char *type, const char *query, CoreReply *reply);
