/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fhir/resource.h"
#include <criterion/criterion.h>
#include <string.h>

static FhirResource *parse(const char *text)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));
    FhirResource *r = fhir_resource_parse(bytes, &error);
    cr_assert(r, "%s", error ? error->message : "");
    return r;
}

static void expect_text(const FhirResource *r, const char *text)
{
    gsize len;
    const char *s = g_bytes_get_data(fhir_text(r), &len);
    g_autofree char *own = g_strndup(s, len);
    cr_expect_str_eq(own, text);
}

static void expect_string(FhirNode node, const char *path, const char *text)
{
    g_autofree char *own = fhir_string(node, path);
    if (text)
        cr_expect_str_eq(own, text, "%s", path);
    else
        cr_expect_null(own, "%s", path);
}

static const char patient[] =
    "{\"resourceType\":\"Patient\",\"id\":\"p1\",\n \"meta\":{\"versionId\":\"7\","
    "\"lastUpdated\":\"2026-11-21T07:42:10.123+01:00\"},\"active\":true,"
    "\"identifier\":[{\"system\":\"urn:a\",\"value\":\"1\"},{\"system\":\"urn:b.c/"
    "d\",\"value\":\"2\"}],"
    "\"name\":[{\"family\":\"Ek\",\"given\":[\"Åsa\",\"Mia\"]},{\"family\":\"Alm\"}],"
    "\"maritalStatus\":{\"coding\":[{\"system\":\"urn:x\",\"code\":\"M\"},{\"system\":\"urn:y\","
    "\"code\":\"G\",\"display\":\"Gift\"}]},\"multipleBirthInteger\":2,"
    "\"generalPractitioner\":[{\"reference\":\"http://h/fhir/Practitioner/d-1/_history/4\"}]}";

Test(fhir_resource, reads)
{
    g_autoptr(FhirResource) r = parse(patient);
    FhirNode root = fhir_root(r);
    cr_expect_str_eq(fhir_type(r), "Patient");
    cr_expect_str_eq(fhir_id(r), "p1");
    cr_expect_str_eq(fhir_version_id(r), "7");
    g_autofree char *updated = instant_to_fhir(fhir_last_updated(r));
    cr_expect_str_eq(updated, "2026-11-21T07:42:10.123+01:00");
    expect_text(r, patient);
    expect_string(root, "name.given", "Åsa");
    expect_string(root, "name[0].given[1]", "Mia");
    expect_string(root, "name[1].family", "Alm");
    expect_string(root, "name[2].family", NULL);
    expect_string(root, "Patient.name[1].family", "Alm");
    expect_string(root, "Person.name", NULL);
    expect_string(root, "identifier[system=urn:b.c/d].value", "2");
    expect_string(root, "identifier[system=urn:c].value", NULL);
    expect_string(root, "maritalStatus.coding[system=urn:y].code", "G");
    expect_string(root, "name[given=Mia].family", "Ek");
    expect_string(root, "multipleBirth[x]", "2");
    expect_string(root, "active", "true");
    expect_string(root, "name", NULL);
    expect_string(root, "name[", NULL);
    expect_string(root, "name]", NULL);
    expect_string(root, "name[0]x", NULL);
    cr_expect_eq(fhir_int(root, "multipleBirth[x]", -1), 2);
    cr_expect_eq(fhir_int(root, "active", -1), -1);
    cr_expect(fhir_bool(root, "active"));
    cr_expect(fhir_is(root, "name.family", "Ek"));
    cr_expect_not(fhir_is(root, "name.family", "E"));
    cr_expect_eq(fhir_count(fhir_at(root, "name")), 2);
    cr_expect_eq(fhir_count(fhir_at(root, "maritalStatus")), 1);
    cr_expect_eq(fhir_count(fhir_at(root, "photo")), 0);
}

Test(fhir_resource, reads_codes_and_references)
{
    g_autoptr(FhirResource) r = parse(patient);
    FhirNode root = fhir_root(r);
    g_autofree char *text = fhir_concept_text(root, "maritalStatus");
    g_autofree char *any = fhir_concept_code(root, "maritalStatus", NULL);
    g_autofree char *y = fhir_concept_code(root, "maritalStatus", "urn:y");
    g_autofree char *none = fhir_concept_code(root, "maritalStatus", "urn:z");
    cr_expect_str_eq(text, "Gift");
    cr_expect_str_eq(any, "M");
    cr_expect_str_eq(y, "G");
    cr_expect_null(none);
    g_autofree char *type = NULL, *id = NULL;
    cr_expect(fhir_reference(root, "generalPractitioner", &type, &id));
    cr_expect_str_eq(type, "Practitioner");
    cr_expect_str_eq(id, "d-1");
    cr_expect_not(fhir_reference(root, "managingOrganization", NULL, NULL));
}

Test(fhir_resource, missing_nodes_yield_nothing)
{
    FhirNode none = {0};
    Decimal d;
    FhirTime t;
    cr_expect_not(fhir_exists(fhir_at(none, "a.b[0]")));
    cr_expect_not(fhir_exists(fhir_first(none)));
    cr_expect_not(fhir_exists(fhir_next(none)));
    cr_expect_null(fhir_string(none, "a"));
    cr_expect_null(fhir_concept_text(none, ""));
    cr_expect_null(fhir_concept_code(none, "", NULL));
    cr_expect_null(fhir_name(none));
    cr_expect_not(fhir_decimal(none, "", &d));
    cr_expect_not(fhir_time(none, "", &t));
    cr_expect_eq(fhir_count(none), 0);
}

Test(fhir_resource, walks_children)
{
    g_autoptr(FhirResource) r = parse("{\"resourceType\":\"Basic\",\"id\":\"1\",\"_id\":null}");
    g_autoptr(GString) names = g_string_new(NULL);
    for (FhirNode n = fhir_first(fhir_root(r)); fhir_exists(n); n = fhir_next(n)) {
        g_autofree char *name = fhir_name(n);
        g_string_append_printf(names, "%s ", name);
    }
    cr_expect_str_eq(names->str, "resourceType id _id ");
}

Test(fhir_resource, keeps_decimals)
{
    g_autoptr(FhirResource) r =
        parse("{\"resourceType\":\"Observation\",\"valueQuantity\":{\"value\":37.20}}");
    Decimal d;
    cr_assert(fhir_decimal(fhir_root(r), "value[x].value", &d));
    g_autofree char *digits = decimal_to_json(d);
    cr_expect_str_eq(digits, "37.20");
}

Test(fhir_resource, refuses_what_is_none)
{
    static const struct {
        const char *text;
        FhirError code;
    } rows[] = {
        {"{", FHIR_ERROR_JSON},
        {"[]", FHIR_ERROR_TYPE},
        {"\"Patient\"", FHIR_ERROR_TYPE},
        {"{}", FHIR_ERROR_TYPE},
        {"{\"resourceType\":1}", FHIR_ERROR_TYPE},
        {"{\"resourceType\":\"\"}", FHIR_ERROR_TYPE},
        {"{\"resourceType\":\"patient\"}", FHIR_ERROR_TYPE},
        {"{\"resourceType\":\"Patient Practitioner\"}", FHIR_ERROR_TYPE},
        {"{\"resourceType\":\"Pat\"}", FHIR_ERROR_TYPE},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(GBytes) bytes = g_bytes_new_static(rows[i].text, strlen(rows[i].text));
        cr_expect_null(fhir_resource_parse(bytes, &error), "%s", rows[i].text);
        cr_expect(g_error_matches(error, FHIR_ERROR, (int)rows[i].code), "%s", rows[i].text);
    }
}

static const struct {
    const char *what, *path, *json, *from, *to;
} edits[] = {
    {"set", "a", "1", "{\"a\": 0 , \"b\":37.20}", "{\"a\": 1 , \"b\":37.20}"},
    {"set", "c", "\"x\"", "{\"a\":0 }", "{\"a\":0,\"c\":\"x\" }"},
    {"set", "a.b.c", "1", "{\"z\":0}", "{\"z\":0,\"a\":{\"b\":{\"c\":1}}}"},
    {"set", "a[0].b", "1", "{\"z\":0}", "{\"z\":0,\"a\":[{\"b\":1}]}"},
    {"set", "a[0].b", "1", "{\"a\":[{\"c\":2}]}", "{\"a\":[{\"c\":2,\"b\":1}]}"},
    {"set", "a[1].b", "1", "{\"a\":[{\"c\":2}]}", "{\"a\":[{\"c\":2},{\"b\":1}]}"},
    {"set", "a.b", "1", "{\"a\":[{\"c\":2}]}", "{\"a\":[{\"c\":2,\"b\":1}]}"},
    {"set", "a[3]", "1", "{\"a\":[0]}", NULL},
    {"set", "a", "1,\"b\":2", "{\"a\":0}", NULL},
    {"set", "q", "1},{", "{\"a\":0}", NULL},
    {"set", "v[x]", "2", "{\"vInteger\":1}", "{\"vInteger\":2}"},
    {"set", "v[x]", "2", "{\"w\":1}", NULL},
    {"set", "a.b", "2", "{\"a\":1}", NULL},
    {"append", "a", "2", "{\"a\":[ 1 ]}", "{\"a\":[ 1,2 ]}"},
    {"append", "a", "2", "{\"b\":1}", "{\"b\":1,\"a\":[2]}"},
    {"append", "a.b", "2", "{\"b\":1}", "{\"b\":1,\"a\":{\"b\":[2]}}"},
    {"append", "b", "2", "{\"b\":1}", NULL},
    {"remove", "a", NULL, "{ \"a\":1, \"b\":2 }", "{ \"b\":2 }"},
    {"remove", "b", NULL, "{ \"a\":1, \"b\":2 }", "{ \"a\":1 }"},
    {"remove", "a[0]", NULL, "{\"b\":1,\"a\":[7]}", "{\"b\":1}"},
    {"remove", "a.c", NULL, "{\"b\":1,\"a\":{\"c\":1}}", "{\"b\":1}"},
    {"remove", "a[1]", NULL, "{\"a\":[7,8,9]}", "{\"a\":[7,9]}"},
    {"remove", "x.y", NULL, "{\"a\":[7]}", "{\"a\":[7]}"},
};

static char *with_type(const char *object)
{
    return g_strconcat("{\"resourceType\":\"Basic\",", object + 1, NULL);
}

Test(fhir_resource, edits)
{
    for (gsize i = 0; i < G_N_ELEMENTS(edits); i++) {
        g_autofree char *from = with_type(edits[i].from);
        g_autoptr(FhirResource) r = parse(from);
        g_autoptr(FhirEdit) e = fhir_edit_new(r);
        if (g_str_equal(edits[i].what, "set"))
            fhir_edit_set(e, edits[i].path, edits[i].json);
        else if (g_str_equal(edits[i].what, "append"))
            fhir_edit_append(e, edits[i].path, edits[i].json);
        else
            fhir_edit_remove(e, edits[i].path);
        g_autoptr(GError) error = NULL;
        g_autoptr(FhirResource) changed = fhir_edit_finish(e, &error);
        cr_expect_eq(changed != NULL, edits[i].to != NULL, "row %zu: %s", i,
                     error ? error->message : "accepted");
        if (!changed || !edits[i].to)
            continue;
        g_autofree char *to = with_type(edits[i].to);
        expect_text(changed, to);
        expect_text(r, from);
    }
}

Test(fhir_resource, edits_follow_each_other)
{
    g_autoptr(FhirResource) r = parse("{\"resourceType\":\"Basic\",\"id\":\"1\"}");
    g_autoptr(FhirEdit) e = fhir_edit_new(r);
    fhir_edit_set_string(e, "a.b", "å\n\"");
    fhir_edit_append(e, "a.c", "1");
    fhir_edit_append(e, "a.c", "2.50");
    fhir_edit_set(e, "a.b", "true");
    fhir_edit_remove(e, "a.c[0]");
    g_autoptr(FhirResource) changed = fhir_edit_finish(e, NULL);
    expect_text(changed,
                "{\"resourceType\":\"Basic\",\"id\":\"1\",\"a\":{\"b\":true,\"c\":[2.50]}}");
}

Test(fhir_resource, damaged_is_read_only)
{
    g_autoptr(FhirResource) r = parse("{\"resourceType\":\"Basic\",\"x\":\"\xff\"}");
    cr_expect(fhir_read_only(r));
    expect_string(fhir_root(r), "x", "\xef\xbf\xbd");
    g_autoptr(FhirEdit) e = fhir_edit_new(r);
    fhir_edit_set(e, "y", "1");
    g_autoptr(GError) error = NULL;
    cr_expect_null(fhir_edit_finish(e, &error));
    cr_expect(g_error_matches(error, FHIR_ERROR, FHIR_ERROR_EDIT));
}

Test(fhir_resource, an_edit_cannot_change_the_type)
{
    g_autoptr(FhirResource) r = parse("{\"resourceType\":\"Basic\"}");
    g_autoptr(FhirEdit) e = fhir_edit_new(r);
    fhir_edit_set_string(e, "resourceType", "Patient");
    cr_expect_null(fhir_edit_finish(e, NULL));
}

Test(fhir_resource, byte_order_mark_is_skipped)
{
    g_autoptr(FhirResource) r = parse("\xef\xbb\xbf{\"resourceType\":\"Basic\"}");
    expect_text(r, "{\"resourceType\":\"Basic\"}");
}

/* HL7's own example of why a decimal is not a double. */
Test(fhir_resource, every_digit_of_the_decimal_example_survives)
{
    static const char *const digits[] = {"1.0",
                                         "1.00",
                                         "1.0",
                                         "1E-22",
                                         "1000000000000000000",
                                         "1.000000000000000000E-245",
                                         "-1.000000000000000000E+245"};
    g_autofree char *path = g_build_filename(g_getenv("ROND_DATA"), "../tests/fixtures/fhir",
                                             "observation-decimal.json", NULL);
    g_autofree char *text = NULL;
    gsize len;
    cr_assert(g_file_get_contents(path, &text, &len, NULL), "%s", path);
    g_autoptr(GBytes) bytes = g_bytes_new(text, len);
    g_autoptr(FhirResource) r = fhir_resource_parse(bytes, NULL);
    g_autoptr(FhirEdit) edit = fhir_edit_new(r);
    fhir_edit_set_string(edit, "status", "amended");
    g_autoptr(FhirResource) changed = fhir_edit_finish(edit, NULL);
    FhirNode list = fhir_at(fhir_root(changed), "component");
    guint i = 0;
    for (FhirNode n = fhir_first(list); fhir_exists(n); n = fhir_next(n), i++) {
        cr_assert_lt(i, G_N_ELEMENTS(digits));
        expect_string(n, "valueQuantity.value", digits[i]);
    }
    cr_expect_eq(i, G_N_ELEMENTS(digits));
    fhir_edit_set_string(edit, "status", "final");
    g_autoptr(FhirResource) back = fhir_edit_finish(edit, NULL);
    cr_expect(g_bytes_equal(fhir_text(back), bytes));
}
