/* SPDX-License-Identifier: GPL-3.0-or-later
 * core/transaction.h — Bundles posted to the base: batch (each entry for itself) and transaction
 * (all or nothing, urn:uuid references resolved). */
#pragma once
#include "core/core.h"

/* Runs its own database transaction(s). */
void transaction_run(Core *core, const CoreRequest *request, CoreReply *reply);

/* References of the resource text @text that equal a key of @ids (char* → "Type/id") are replaced;
 * "Type?query" references go through @find (may be NULL; owned "Type/id" or NULL). Returns a new
 * text, or NULL with @error. */
typedef char *(*ReferenceFind)(const char *reference, gpointer data);
GBytes *references_rewrite(GBytes *text, GHashTable *ids, ReferenceFind find, gpointer data,
                           GError **error);
