/* SPDX-License-Identifier: GPL-3.0-or-later
 * oracle.h — jansson as the second opinion, and the files of the large third-party sets. */
#pragma once
#include "json/document.h"
#include <jansson.h>
#include "support/shared.h"

/* NULL when @v is the tree that jansson read, else what differs; owned. Numbers are compared by
 * value with jansson's and must stand in the text as they are. */
char *oracle_difference(JsonValue v, const json_t *t);

/* All files below @folder whose names end in @suffix, sorted; array of char*. */
GPtrArray *files_below(const char *folder, const char *suffix);
/* Also unpacks gzip. */
GBytes *read_file(const char *path);
