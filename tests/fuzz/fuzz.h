/* SPDX-License-Identifier: GPL-3.0-or-later
 * fuzz.h — what a fuzz target is. A broken promise is an abort: FUZZ_CHECK stays in every build. */
#pragma once
#include <glib.h>
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FUZZ_CHECK(what)                                                                           \
    do {                                                                                           \
        if (!(what)) {                                                                             \
            g_printerr("%s:%d: %s does not hold\n", __FILE__, __LINE__, #what);                    \
            abort();                                                                               \
        }                                                                                          \
    } while (0)
