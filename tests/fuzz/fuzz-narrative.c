/* SPDX-License-Identifier: GPL-3.0-or-later
 * HTML of any kind becomes UTF-8 without tabs or form feeds; our own XHTML comes back as the
 * words that went in. */
#include "fhir/narrative.h"
#include "fuzz.h"
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *text = fhir_html_to_text((const char *)data, size);
    FUZZ_CHECK(g_utf8_validate(text, -1, NULL));
    FUZZ_CHECK(strlen(text) <= size * 9 + 9);
    g_autofree char *plain = g_strndup((const char *)data, size);
    g_autofree char *xhtml = fhir_text_to_xhtml(plain);
    g_autofree char *back = fhir_html_to_text(xhtml, strlen(xhtml));
    g_autofree char *valid = g_utf8_make_valid(plain, -1);
    const char *want = valid;
    for (const char *p = back; *p; p++) /* each letter and digit, in order */
        if (g_ascii_isalnum(*p)) {
            while (*want && !g_ascii_isalnum(*want))
                want++;
            FUZZ_CHECK(*want++ == *p);
        }
    while (*want && !g_ascii_isalnum(*want))
        want++;
    FUZZ_CHECK(!*want);
    return 0;
}
