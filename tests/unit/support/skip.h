/* SPDX-License-Identifier: GPL-3.0-or-later
 * support/skip.h — a test that cannot run on this machine says so where ./check reads it for its summary: in the
 * file that ROND_SKIPS names. What a package of data/packages would mend is a failure where CI=true, because
 * there all of them are installed. */
#pragma once
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static inline void skip_tell(const char *test, const char *why)
{
    const char *path = getenv("ROND_SKIPS");
    FILE *f = path ? fopen(path, "a") : NULL;
    if (f) {
        fprintf(f, "%s: %s\n", test, why);
        fclose(f);
    }
}

static inline int skip_may(void)
{
    const char *ci = getenv("CI");
    return !ci || strcmp(ci, "true") != 0;
}

/* In a Criterion test: for a reason of the machine, or for a package that is not installed. */
#define SKIP(why) (skip_tell(__FILE_NAME__, why), cr_skip_test("%s", why))
#define SKIP_PACKAGE(why) \
    do { \
        cr_assert(skip_may(), "%s", why); \
        SKIP(why); \
    } while (0)
