/* SPDX-License-Identifier: GPL-3.0-or-later
 * base/started-by.h — whether a helper is of the version of the rond that starts it. After an update a helper may be newer
 * than its rond, and what they say to each other is not agreed upon. Plain C: neither end has GLib here. */
#pragma once
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STARTED_BY "ROND_STARTED_BY" /* in a helper's environment: its supervisor's version */
#define EXIT_OTHER_VERSION 76

/* Says so on stderr; the caller ends with EXIT_OTHER_VERSION. Started by hand it is of the right one. */
static inline bool started_by_other(const char *name) {
    const char *version = getenv(STARTED_BY);

    if (!version || strcmp(version, ROND_VERSION) == 0)
        return false;
    fprintf(stderr, "%s %s, rond %s\n", name, ROND_VERSION, version);
    return true;
}
