/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/xdg.h"

#include <errno.h>
#include <gio/gio.h>
#include <sys/stat.h>
#include <unistd.h>

/* Makes the directory that is to hold the file, readable by nobody else. */
static gboolean make_private(const char *dir, GError **error)
{
    struct stat st;
    if (g_mkdir_with_parents(dir, 0700) != 0 || stat(dir, &st) != 0) {
        int err = errno;
        g_set_error(error, G_IO_ERROR, g_io_error_from_errno(err),
                    "The directory %s cannot be made: %s", dir, g_strerror(err));
        return FALSE;
    }
    if (st.st_uid != geteuid()) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
                    "The directory %s belongs to somebody else.", dir);
        return FALSE;
    }
    return TRUE;
}

/* @usual is the XDG base directory; under ROND_HOME each kind has a directory @kind. */
static char *resolve(const char *usual, const char *kind, const char *name, GError **error)
{
    const char *home = g_getenv("ROND_HOME");
    g_autofree char *root = home != NULL && *home != '\0' ? g_build_filename(home, kind, NULL)
                                                          : g_build_filename(usual, "rond", NULL);
    gboolean whole = name == NULL || *name == '\0';
    g_autofree char *path = whole ? g_strdup(root) : g_build_filename(root, name, NULL);
    g_autofree char *dir = whole ? g_strdup(root) : g_path_get_dirname(path);
    return make_private(dir, error) ? g_steal_pointer(&path) : NULL;
}

char *xdg_runtime_path(const char *name, GError **error)
{
    return resolve(g_get_user_runtime_dir(), "run", name, error);
}

char *xdg_state_path(const char *name, GError **error)
{
    return resolve(g_get_user_state_dir(), "state", name, error);
}

char *xdg_config_path(const char *name, GError **error)
{
    return resolve(g_get_user_config_dir(), "config", name, error);
}

char *data_path(const char *name)
{
    const char *root = g_getenv("ROND_DATA");
    return g_build_filename(root != NULL && *root != '\0' ? root : ROND_DATADIR, name, NULL);
}
