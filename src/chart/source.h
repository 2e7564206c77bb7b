/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/source.h — where a value comes from: who, when it was measured and recorded, which version,
 * from which system, when it was fetched. People that the record only points at are looked up. Knows
 * no screen. */
#pragma once
#include "client/client.h"

/* Lines "label\tvalue", each ended by a newline; told at once and again when a name has been found.
 * @fetched: real time. Lives until @scope closes. */
typedef void (*SourceFn)(const char *lines, gpointer data);
void source_watch(Client *client, Scope *scope, const FhirResource *resource, Instant fetched, SourceFn fn,
                  gpointer data);
