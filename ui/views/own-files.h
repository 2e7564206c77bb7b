/* SPDX-License-Identifier: GPL-3.0-or-later
 * ui/views/own-files.h — where the text files lie that a person and a unit write themselves: phrases, favourites
 * among orders. One order of folders for all of them. */
#pragma once
#include "app/app.h"

/* Folders called @kind, the first goes before: the person's own (for this HSA-id, then whoever's who sits here), the
 * unit's (this one, then all of the site), rond's. Owned. */
char **own_dirs(const Who *who, const char *kind);
const char *own_dir_whose(guint rank); /* "one's own", "the unit's", "rond's"; translated */
