/* SPDX-License-Identifier: GPL-3.0-or-later
 * Who a patient is, in the words of the banner and the lists. */
#include <criterion/criterion.h>
#include <string.h>

#include "chart/patient.h"

static FhirResource *patient(const char *more)
{
    g_autofree char *json = g_strdup_printf(
        "{\"resourceType\":\"Patient\",\"id\":\"p1\",\"name\":[{\"family\":\"Öberg\",\"given\":[\"Karl\",\"Sven-Åke\"]}]%s}",
        more);
    g_autoptr(GBytes) text = g_bytes_new(json, strlen(json));
    FhirResource *r = fhir_resource_parse(text, NULL);
    cr_assert(r);
    return r;
}

/* Both of HL7 Sweden's labels, wherever they stand among others; and nothing else. */
Test(patient, protected_identity_is_seen)
{
    static const struct {
        const char *more;
        gboolean expected;
    } rows[] = {
        {"", FALSE},
        {",\"meta\":{\"security\":[{\"code\":\"sekretessmarkering\"}]}", TRUE},
        {",\"meta\":{\"security\":[{\"code\":\"skyddadFolkbokforing\"}]}", TRUE},
        {",\"meta\":{\"security\":[{\"code\":\"R\"},{\"code\":\"sekretessmarkering\"}]}", TRUE},
        {",\"meta\":{\"security\":[{\"code\":\"R\"}]}", FALSE},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(FhirResource) p = patient(rows[i].more);
        cr_expect_eq(chart_patient_protected(p), rows[i].expected, "%s", rows[i].more);
    }
}

Test(patient, the_dead_are_said_to_be_dead)
{
    CivilDate today = {2026, 11, 21};
    g_autoptr(FhirResource) dead = patient(",\"gender\":\"male\",\"birthDate\":\"1940-01-01\",\"deceasedDateTime\":\"2026-11-02\"");
    g_autoptr(FhirResource) alive = patient(",\"gender\":\"male\",\"birthDate\":\"1940-11-22\",\"deceasedBoolean\":false");
    g_autofree char *a = chart_patient_sex_age(dead, today, "sv"), *b = chart_patient_sex_age(alive, today, "sv");
    cr_assert_str_eq(a, "man, avliden 2026-11-02");
    cr_assert_str_eq(b, "man, 85 år");
    cr_assert(chart_patient_deceased(dead) && !chart_patient_deceased(alive));
}

Test(patient, the_list_name_begins_with_the_family)
{
    g_autoptr(FhirResource) p = patient("");
    g_autofree char *name = chart_patient_list_name(p);
    cr_assert(g_str_has_prefix(name, "Öberg, "), "%s", name);
}
