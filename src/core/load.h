/* SPDX-License-Identifier: GPL-3.0-or-later
 * core/load.h — foreign Bundles and resources from files into the record: lenient where HTTP is
 * strict, and nothing is left out without being counted. */
#pragma once
#include "core/db.h"

/* Files, or directories with .json and .ndjson at any depth. One transaction for all. @report: owned lines for a
 * person: what came in, what was left out and why. */
gboolean load_paths(Db *db, char **paths, char **ret_report, GError **error);
