/* SPDX-License-Identifier: GPL-3.0-or-later
 * Dates and decimals as text: what is accepted comes back the same after writing and reading. */
#include "base/datetime.h"
#include "base/decimal.h"
#include "fuzz.h"

static void check_decimal(const char *text)
{
    Decimal d, again;
    if (!decimal_parse(text, &d))
        return;
    g_autofree char *json = decimal_to_json(d), *sv = decimal_to_sv(d);
    FUZZ_CHECK(decimal_parse(json, &again) && decimal_compare(d, again) == 0);
    FUZZ_CHECK(again.scale == d.scale);
    FUZZ_CHECK(decimal_parse(sv, &again) && decimal_compare(d, again) == 0);
    FUZZ_CHECK(decimal_compare(d, d) == 0);
    Decimal sum = decimal_add(d, again), diff = decimal_sub(sum, again);
    FUZZ_CHECK(!sum.valid || !diff.valid || decimal_compare(diff, d) == 0);
    decimal_mul(d, again);
    decimal_div(d, again, 6);
    decimal_round(d, 2);
}

static void check_time(const char *text)
{
    FhirTime t, again;
    CivilDate d;
    if (civil_date_parse(text, &d))
        FUZZ_CHECK(civil_date_valid(d));
    if (!fhir_time_parse(text, &t))
        return;
    FUZZ_CHECK(civil_date_valid(t.date));
    FUZZ_CHECK(fhir_time_end(&t) > t.instant);
    if (t.date.year < 2 || t.date.year > 9998) /* Stockholm may be in a year that has no name */
        return;
    g_autofree char *out = instant_to_fhir(t.instant);
    FUZZ_CHECK(fhir_time_parse(out, &again));
    FUZZ_CHECK(ABS(again.instant - t.instant) < 1000); /* written in milliseconds */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *text = g_strndup((const char *)data, size);
    check_decimal(text);
    check_time(text);
    return 0;
}
