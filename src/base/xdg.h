/* SPDX-License-Identifier: GPL-3.0-or-later
 * base/xdg.h — where rond keeps things. ROND_HOME overrides all three (tests, exercises).
 * Directories are created with mode 0700. Returned strings are owned by the caller;
 * NULL with a G_IO_ERROR when the directory cannot be made or belongs to somebody else. @name NULL:
 * the directory itself. */
#pragma once
#include <glib.h>

char *xdg_runtime_path(const char *name, GError **error); /* sockets, reader state */
char *xdg_state_path(const char *name, GError **error);   /* sealed store, training hospital, tokens */
char *xdg_config_path(const char *name, GError **error);  /* the user's rond.conf, keymaps */
/* Installed data (or the source tree's data/ when run from the build directory: ROND_DATA). */
char *data_path(const char *name);
