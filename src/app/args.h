/* SPDX-License-Identifier: GPL-3.0-or-later
 * app/args.h — the arguments of typed commands: "reason:text? who:word?". Kinds: text (the rest of
 * the line when last) and word. "?" = optional. Words are given in order or as name=value; quotes
 * keep blanks together. */
#pragma once
#include <glib.h>

/* *ret: name → text. @error APP_ERROR_ARGS names the argument. */
gboolean args_parse(const char *spec, const char *line, GHashTable **ret, GError **error);
gboolean args_spec_valid(const char *spec); /* for the table check */
