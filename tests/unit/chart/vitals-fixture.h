/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/vitals-fixture.h — Observations as a core gives them. */
#pragma once
#include "support/news2.h"

#include <criterion/criterion.h>
#include <string.h>

static inline Decimal dec(const char *s)
{
    Decimal d = {0};
    decimal_parse(s, &d);
    return d;
}

/* --- from resources ---------------------------------------------------------------------- */

static inline FhirResource *resource(const char *json)
{
    g_autoptr(GBytes) bytes = g_bytes_new(json, strlen(json));
    g_autoptr(GError) error = NULL;
    FhirResource *r = fhir_resource_parse(bytes, &error);
    cr_assert_not_null(r, "%s: %s", error != NULL ? error->message : "", json);
    return r;
}

static inline void unref(gpointer r)
{
    fhir_resource_unref(r);
}

static inline GPtrArray *set_new(void)
{
    return g_ptr_array_new_with_free_func(unref);
}

static inline void add(GPtrArray *set, const char *code, const char *at, const char *rest)
{
    g_autofree char *json = g_strdup_printf(
        "{\"resourceType\":\"Observation\",\"status\":\"final\",\"code\":{\"coding\":[{\"system\":"
        "\"http://loinc.org\",\"code\":\"%s\"}],\"text\":\"T\"},\"effectiveDateTime\":"
        "\"2026-11-21T%s:00+01:00\",%s}",
        code, at, rest);
    g_ptr_array_add(set, resource(json));
}

static inline void add_number(GPtrArray *set, const char *code, const char *at, const char *value,
                       const char *ucum)
{
    g_autofree char *rest = g_strdup_printf(
        "\"valueQuantity\":{\"value\":%s,\"unit\":\"u\",\"system\":\"http://unitsofmeasure.org\","
        "\"code\":\"%s\"}",
        value, ucum);
    add(set, code, at, rest);
}

static inline GPtrArray *whole_set(const char *temperature_at, const char *temperature_unit)
{
    GPtrArray *set = set_new();
    add_number(set, "9279-1", "07:40", "26", "/min");
    add_number(set, "2708-6", "07:40", "93", "%");
    add_number(set, "3151-8", "07:40", "2", "L/min");
    add_number(set, "8867-4", "07:40", "108", "/min");
    add_number(set, "8310-5", temperature_at, "37.4", temperature_unit);
    add(set, "85354-9", "07:40",
        "\"component\":[{\"code\":{\"coding\":[{\"system\":\"http://"
        "loinc.org\",\"code\":\"8480-6\"}]"
        ",\"text\":\"Systoliskt\"},\"valueQuantity\":{\"value\":148,\"unit\":\"mmHg\",\"code\":"
        "\"mm[Hg]\"}},{\"code\":{\"coding\":[{\"system\":\"http://"
        "loinc.org\",\"code\":\"8462-4\"}]},"
        "\"valueQuantity\":{\"value\":86,\"unit\":\"mmHg\",\"code\":\"mm[Hg]\"}}]");
    add(set, "67775-7", "07:40", "\"valueCodeableConcept\":{\"text\":\"C – nytillkommen\"}");
    return set;
}

static inline Instant at(const char *text)
{
    FhirTime t;
    cr_assert(fhir_time_parse(text, &t));
    return t.instant;
}
