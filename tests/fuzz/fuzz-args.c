/* SPDX-License-Identifier: GPL-3.0-or-later
 * The command line: a spec of a command and what was typed. Parsed, every required argument is there;
 * else an error names what is wrong. */
#include "app/args.h"
#include "fuzz.h"

static const char *const specs[] = {"", "reason:text? on:word?", "patient:word", "from:word to:word why:text"};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *line = g_strndup((const char *)data, size);
    for (gsize i = 0; i < G_N_ELEMENTS(specs); i++) {
        g_autoptr(GHashTable) args = NULL;
        g_autoptr(GError) error = NULL;
        gboolean ok = args_parse(specs[i], line, &args, &error);
        FUZZ_CHECK(ok == (error == NULL));
        FUZZ_CHECK(!ok || !strstr(specs[i], "patient") || g_hash_table_contains(args, "patient"));
    }
    (void)args_spec_valid(line);
    return 0;
}
