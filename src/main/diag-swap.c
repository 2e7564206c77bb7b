/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "main/diag.h"

#include <stdlib.h>
#include <string.h>

enum { DEPTH = 4 }; /* a volume on a volume on dm-crypt */

/* A device of dm-crypt says so of itself; every device under the others must be one. */
static gboolean is_sealed(const char *sys, const char *device, int depth)
{
    g_autofree char *at = g_build_filename(sys, "block", device, NULL);
    g_autofree char *file = g_build_filename(at, "dm", "uuid", NULL), *under = g_build_filename(at, "slaves", NULL);
    g_autofree char *uuid = NULL;
    if (g_str_has_prefix(device, "zram")) /* compressed, and still in memory */
        return TRUE;
    if (g_file_get_contents(file, &uuid, NULL, NULL) && g_str_has_prefix(uuid, "CRYPT-"))
        return TRUE;
    g_autoptr(GDir) dir = depth > 0 ? g_dir_open(under, 0, NULL) : NULL;
    const char *name = dir ? g_dir_read_name(dir) : NULL;
    gboolean sealed = name != NULL;
    for (; name; name = g_dir_read_name(dir))
        sealed = sealed && is_sealed(sys, name, depth - 1);
    return sealed;
}

/* /dev/mapper/swap is a link to /dev/dm-1, which is what /sys knows. */
static char *device_name(const char *path)
{
    g_autofree char *real = realpath(path, NULL);
    return g_path_get_basename(real ? real : path);
}

DiagState swap_judge(const char *swaps, const char *sys, char **ret_where)
{
    g_auto(GStrv) lines = g_strsplit(swaps, "\n", -1);
    g_autoptr(GString) open = g_string_new(NULL), file = g_string_new(NULL), sealed = g_string_new(NULL);
    for (char **l = lines[0] ? lines + 1 : lines; *l; l++) { /* the first is a heading */
        g_auto(GStrv) words = g_strsplit_set(*l, " \t", 2);
        if (!words[0] || !words[1])
            continue;
        g_autofree char *device = device_name(words[0]);
        GString *to = is_sealed(sys, device, DEPTH) ? sealed : g_str_has_prefix(g_strchug(words[1]), "file") ? file : open;
        g_string_append_printf(to, "%s%s", to->len ? " " : "", words[0]);
    }
    const GString *worst = open->len ? open : file->len ? file : sealed;
    *ret_where = worst->len ? g_strdup(worst->str) : NULL;
    return open->len ? DIAG_FAULT : file->len ? DIAG_NOTE : DIAG_OK;
}
