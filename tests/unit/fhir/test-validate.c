/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fhir/outcome.h"
#include "fhir/validate.h"
#include <criterion/criterion.h>
#include <string.h>

#define OBS "\"resourceType\":\"Observation\",\"status\":\"final\",\"code\":{\"text\":\"x\"}"
#define PAT "\"resourceType\":\"Patient\""

/* One finding each, at the place named; NULL: sound. */
static const struct {
    const char *members, *expression;
} rows[] = {
    {PAT, NULL},
    {OBS, NULL},
    {"\"resourceType\":\"EvidenceVariable\",\"anything\":1", NULL}, /* beyond the table */
    {OBS ",\"valueQuantity\":{\"value\":37.20}", NULL},
    {OBS ",\"_status\":{\"extension\":[{\"url\":\"u\",\"valueCode\":\"x\"}]}", NULL},
    {OBS ",\"referenceRange\":[{\"low\":{\"value\":1}}]", NULL},
    {PAT ",\"name\":[{\"given\":[null,\"A\"],\"_given\":[{\"id\":\"1\"},null]}]", NULL},
    {PAT ",\"contained\":[{\"resourceType\":\"Organization\",\"id\":\"o\",\"name\":\"n\"}],"
         "\"managingOrganization\":{\"reference\":\"#o\"}",
     NULL},
    {PAT ",\"generalPractitioner\":[{\"reference\":\"Practitioner/1\"},"
         "{\"reference\":\"http://h/x/Practitioner/1\"},{\"reference\":\"urn:uuid:1\"},"
         "{\"reference\":\"Practitioner?identifier=a|b\"},{\"display\":\"d\"}]",
     NULL},
    {"\"resourceType\":\"Bundle\",\"type\":\"batch\",\"entry\":[{\"resource\":{" PAT "}}]", NULL},
    {PAT ",\"foo\":1", "Patient.foo"},
    {PAT ",\"Name\":[]", "Patient.Name"},
    {PAT ",\"name\":[{\"famly\":\"x\"}]", "Patient.name[0].famly"},
    {PAT ",\"name\":[{\"resourceType\":\"x\"}]", "Patient.name[0].resourceType"},
    {PAT ",\"name\":{\"family\":\"x\"}", "Patient.name"},
    {PAT ",\"name\":[]", "Patient.name"},
    {PAT ",\"name\":[{}]", "Patient.name[0]"},
    {PAT ",\"name\":[null]", "Patient.name[0]"},
    {PAT ",\"name\":[\"x\"]", "Patient.name[0]"},
    {PAT ",\"name\":[{\"given\":[\"A\",null]}]", "Patient.name[0].given[1]"},
    {PAT ",\"name\":[{\"family\":[\"x\"]}]", "Patient.name[0].family"},
    {PAT ",\"name\":[{\"family\":\"\"}]", "Patient.name[0].family"},
    {PAT ",\"name\":[{\"family\":\" \\n\"}]", "Patient.name[0].family"},
    {PAT ",\"name\":[{\"family\":\"a\\u0001\"}]", "Patient.name[0].family"},
    {PAT ",\"name\":[{\"family\":5}]", "Patient.name[0].family"},
    {PAT ",\"active\":\"true\"", "Patient.active"},
    {PAT ",\"active\":null", "Patient.active"},
    {PAT ",\"_name\":[{\"id\":\"x\"}]", "Patient._name"},
    {PAT ",\"_birthDate\":{}", "Patient.birthDate"},
    {PAT ",\"_birthDate\":{\"foo\":1}", "Patient.birthDate.foo"},
    {PAT ",\"gender\":\"woman\"", "Patient.gender"},
    {PAT ",\"gender\":\"male female\"", "Patient.gender"},
    {PAT ",\"id\":\"å\"", "Patient.id"},
    {PAT ",\"birthDate\":\"20261121\"", "Patient.birthDate"},
    {PAT ",\"birthDate\":\"2026-02-29\"", "Patient.birthDate"},
    {PAT ",\"birthDate\":\"2026-11-21T07:00:00Z\"", "Patient.birthDate"},
    {PAT ",\"deceasedDateTime\":\"2026-11-21T07:00\"", "Patient.deceasedDateTime"},
    {PAT ",\"deceasedDateTime\":\"2026-11-21T07:00:00\"", "Patient.deceasedDateTime"},
    {PAT ",\"deceasedDateTime\":\"2026-11-21T24:00:00Z\"", "Patient.deceasedDateTime"},
    {PAT ",\"deceasedDateTime\":\"2026-11-21T07:00:00+15:00\"", "Patient.deceasedDateTime"},
    {PAT ",\"deceasedDateTime\":\"2026-11-21T07:60:00Z\"", "Patient.deceasedDateTime"},
    {PAT ",\"deceasedDateTime\":\"2026-11-21T07:00:61Z\"", "Patient.deceasedDateTime"},
    {PAT ",\"deceasedDateTime\":\"2026-11-21T07:00:00.Z\"", "Patient.deceasedDateTime"},
    {PAT ",\"deceasedDateTime\":\"2026-11-21T07:00:00.5Z\"", NULL},
    {PAT ",\"deceasedDateTime\":\"2026-11-21T07:00:60-00:00\"", NULL},
    {PAT ",\"deceasedDateTime\":\"2026-11-21T07:00:00+01:60\"", "Patient.deceasedDateTime"},
    {PAT ",\"deceasedDateTime\":\"2026\",\"deceasedBoolean\":true", "Patient.deceased"},
    {PAT ",\"deceased\":true", "Patient.deceased"},
    {PAT ",\"deceasedString\":\"x\"", "Patient.deceasedString"},
    {PAT ",\"meta\":{\"lastUpdated\":\"2026-11-21\"}", "Patient.meta.lastUpdated"},
    {PAT ",\"multipleBirthInteger\":1.5", "Patient.multipleBirthInteger"},
    {PAT ",\"photo\":[{\"size\":-1}]", "Patient.photo[0].size"},
    {PAT ",\"photo\":[{\"data\":\"a\"}]", "Patient.photo[0].data"},
    {PAT ",\"text\":{\"status\":\"generated\",\"div\":\"<p>x</p>\"}", "Patient.text.div"},
    {PAT ",\"text\":{\"status\":\"generated\"}", "Patient.text.div"},
    {PAT ",\"link\":[{\"type\":\"refer\"}]", "Patient.link[0].other"},
    {PAT ",\"extension\":[{\"url\":\"u\"}]", "Patient.extension[0]"},
    {PAT ",\"extension\":[{\"valueCode\":\"u\"}]", "Patient.extension[0].url"},
    {PAT ",\"managingOrganization\":{\"reference\":\"#o\"}", "Patient.managingOrganization"},
    {PAT ",\"managingOrganization\":{\"reference\":\"Patient/1\"}", "Patient.managingOrganization"},
    {PAT ",\"managingOrganization\":{\"reference\":\"Organization\"}",
     "Patient.managingOrganization"},
    {PAT ",\"managingOrganization\":{\"reference\":\"Organization/å\"}",
     "Patient.managingOrganization"},
    {"\"resourceType\":\"Observation\",\"code\":{\"text\":\"x\"}", "Observation.status"},
    {OBS ",\"valueString\":\"a\",\"valueInteger\":1", "Observation.value"},
    {OBS ",\"valueQuantity\":{\"value\":\"37\"}", "Observation.valueQuantity.value"},
    {"\"resourceType\":\"Bundle\",\"type\":\"batch\",\"entry\":[{\"resource\":{" PAT ",\"x\":1}}]",
     "Bundle.entry[0].resource.x"},
    {"\"resourceType\":\"Bundle\",\"type\":\"batch\",\"entry\":[{\"resource\":{\"id\":\"1\"}}]",
     "Bundle.entry[0].resource"},
};

Test(fhir_validate, finds_one_thing_each)
{
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *json = g_strconcat("{", rows[i].members, "}", NULL);
        g_autoptr(GBytes) text = g_bytes_new_static(json, strlen(json));
        g_autoptr(FhirResource) r = fhir_resource_parse(text, NULL);
        cr_assert(r, "%s", json);
        g_autoptr(GPtrArray) issues = fhir_validate(r);
        const FhirIssue *first = issues ? g_ptr_array_index(issues, 0) : NULL;
        cr_expect_eq(issues ? issues->len : 0, rows[i].expression ? 1 : 0, "%s: %s", json,
                     first ? first->text : "nothing found");
        cr_expect_eq(g_strcmp0(first ? first->expression : NULL, rows[i].expression), 0, "%s: %s",
                     json, first ? first->text : "nothing found");
    }
}

Test(fhir_validate, stops_at_a_hundred)
{
    g_autoptr(GString) json = g_string_new("{" PAT);
    for (int i = 0; i < 1000; i++)
        g_string_append_printf(json, ",\"x%d\":1", i);
    g_string_append_c(json, '}');
    g_autoptr(GBytes) text = g_bytes_new_static(json->str, json->len);
    g_autoptr(FhirResource) r = fhir_resource_parse(text, NULL);
    g_autoptr(GPtrArray) issues = fhir_validate(r);
    cr_assert(issues);
    cr_expect_eq(issues->len, 100);
}
