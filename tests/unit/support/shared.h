/* SPDX-License-Identifier: GPL-3.0-or-later
 * support/shared.h — where the third-party data lies that tests read and the repository does not hold:
 * ROND_SHARED, else beside the checkout or its parent. */
#pragma once
#include <glib.h>

/* A folder of it; NULL: it is not here. Owned. */
static inline char *shared_folder(const char *name)
{
    const char *asked = g_getenv("ROND_SHARED"), *data = g_getenv("ROND_DATA");
    const char *const roots[] = {"../../shared", "../../../shared"};
    g_autofree char *there = asked ? g_build_filename(asked, name, NULL) : NULL;
    if (asked)
        return g_file_test(there, G_FILE_TEST_IS_DIR) ? g_steal_pointer(&there) : NULL;
    for (gsize i = 0; data && i < G_N_ELEMENTS(roots); i++) {
        g_autofree char *path = g_build_filename(data, roots[i], name, NULL);
        if (g_file_test(path, G_FILE_TEST_IS_DIR))
            return g_steal_pointer(&path);
    }
    return NULL;
}
