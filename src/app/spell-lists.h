/* SPDX-License-Identifier: GPL-3.0-or-later
 * app/spell-lists.h — words that the dictionaries do not have: the unit's, from text files, and the person's
 * own, in the sealed store. One word a line. Whoever is logged in decides which. */
#pragma once
#include "app/app.h"

/* Read anew for each note that is begun: a file that somebody has changed counts at once. */
void spell_lists_load(App *app, Scope *scope);
/* Into the person's own list. */
gboolean spell_lists_add(App *app, const char *word, GError **error);
