/* SPDX-License-Identifier: GPL-3.0-or-later
 * The command line: a spec of a command and what was typed. Parsed, every required argument is there
 * and dates are dates; else an error names what is wrong. */
#include "app/args.h"
#include "base/datetime.h"
#include "fuzz.h"

static const char *const specs[] = {"", "reason:text? on:date?", "patient:word", "on:date", "n:int? file:file?",
                                    "from:date to:date why:text"};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *line = g_strndup((const char *)data, size);
    for (gsize i = 0; i < G_N_ELEMENTS(specs); i++) {
        g_autoptr(GHashTable) args = NULL;
        g_autoptr(GError) error = NULL;
        gboolean ok = args_parse(specs[i], line, &args, &error);
        FUZZ_CHECK(ok == (error == NULL));
        const char *on = ok && args ? g_hash_table_lookup(args, "on") : NULL;
        CivilDate d;
        FUZZ_CHECK(!on || civil_date_parse(on, &d));
    }
    if (args_spec_valid(line)) {
        g_autofree char *usage = args_usage(line);
        FUZZ_CHECK(usage);
    }
    return 0;
}
