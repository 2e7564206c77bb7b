/* SPDX-License-Identifier: GPL-3.0-or-later
 * Builders, bundles, transactions, outcomes and search URLs. */
#include "fhir/build.h"
#include "fhir/bundle.h"
#include "fhir/outcome.h"
#include "fhir/search.h"
#include <criterion/criterion.h>
#include <string.h>

static GBytes *bytes(const char *text)
{
    return g_bytes_new_static(text, strlen(text));
}

static void expect_bytes(GBytes *b, const char *want)
{
    gsize len;
    const char *s = g_bytes_get_data(b, &len);
    g_autofree char *own = g_strndup(s, len);
    cr_expect_str_eq(own, want);
}

Test(fhir_build, builds)
{
    Decimal dose;
    cr_assert(decimal_parse("37.20", &dose));
    g_autoptr(FhirBuild) b = fhir_build_new("Observation");
    fhir_b_string(b, "status", "final");
    fhir_b_string(b, "empty", "");
    fhir_b_string(b, "none", NULL);
    fhir_b_array(b, "category");
    fhir_b_end(b);
    fhir_b_concept(b, "code", "http://loinc.org", "8310-5", "Temp", NULL);
    fhir_b_concept(b, "bodySite", NULL, NULL, NULL, "öra");
    fhir_b_concept(b, "method", "urn:x", NULL, NULL, NULL);
    fhir_b_reference(b, "subject", "Patient", "p1", NULL);
    fhir_b_reference(b, "focus", NULL, "urn:uuid:1", NULL);
    fhir_b_date(b, "d", (CivilDate){2026, 11, 21});
    fhir_b_date(b, "nodate", (CivilDate){0, 1, 1});
    fhir_b_instant(b, "i", 0);
    fhir_b_instant(b, "noinstant", INSTANT_NONE);
    fhir_b_quantity(b, "valueQuantity", dose, "°C", "Cel");
    fhir_b_array(b, "identifier");
    fhir_b_identifier(b, NULL, "urn:ietf:rfc:3986", "urn:uuid:2");
    fhir_b_end(b);
    fhir_b_int(b, "n", 3);
    fhir_b_bool(b, "f", FALSE);
    g_autoptr(GError) error = NULL;
    g_autoptr(FhirResource) r = fhir_build_finish(b, &error);
    cr_assert(r, "%s", error ? error->message : "");
    expect_bytes(fhir_text(r),
                 "{\"resourceType\":\"Observation\",\"status\":\"final\",\"code\":{\"coding\":["
                 "{\"system\":\"http://loinc.org\",\"code\":\"8310-5\",\"display\":\"Temp\"}]},"
                 "\"bodySite\":{\"text\":\"öra\"},\"subject\":{\"reference\":\"Patient/p1\"},"
                 "\"focus\":{\"reference\":\"urn:uuid:1\"},\"d\":\"2026-11-21\","
                 "\"i\":\"1970-01-01T01:00:00.000+01:00\",\"valueQuantity\":{\"value\":37.20,"
                 "\"unit\":\"°C\",\"system\":\"http://unitsofmeasure.org\",\"code\":\"Cel\"},"
                 "\"identifier\":[{\"system\":\"urn:ietf:rfc:3986\",\"value\":\"urn:uuid:2\"}],"
                 "\"n\":3,\"f\":false}");
    g_autoptr(FhirBuild) copy = fhir_build_new("Basic");
    fhir_b_node(copy, "q", fhir_at(fhir_root(r), "valueQuantity.value"));
    fhir_b_node(copy, "missing", fhir_at(fhir_root(r), "nothing"));
    g_autoptr(FhirResource) other = fhir_build_finish(copy, NULL);
    expect_bytes(fhir_text(other), "{\"resourceType\":\"Basic\",\"q\":37.20}");
}

static const char page[] =
    "{\"resourceType\":\"Bundle\",\"type\":\"searchset\",\"total\":7,"
    "\"link\":[{\"relation\":\"self\",\"url\":\"a\"},{\"relation\":\"next\",\"url\":\"b?x=1\"}],"
    "\"entry\":[{\"fullUrl\":\"u1\",\"resource\": {\"resourceType\":\"Patient\", \"id\":\"1\"} ,"
    "\"search\":{\"mode\":\"match\"}},"
    "{\"resource\":{\"resourceType\":\"Kangaroo\"}},null,{\"resource\":[]},"
    "{\"resource\":{\"resourceType\":\"Basic\",\"x\":\"\xff\"},\"search\":{\"mode\":\"include\"}},"
    "{\"resource\":{\"resourceType\":\"OperationOutcome\",\"issue\":[{\"severity\":\"warning\","
    "\"code\":\"informational\",\"diagnostics\":\"w\"}]},\"search\":{\"mode\":\"outcome\"}}]}";

Test(fhir_bundle, reads_a_page)
{
    g_autoptr(GBytes) text = bytes(page);
    g_autoptr(FhirBundle) b = fhir_bundle_parse(text, NULL);
    cr_assert(b);
    cr_expect_str_eq(fhir_bundle_type(b), "searchset");
    cr_expect_eq(fhir_bundle_total(b), 7);
    cr_expect_str_eq(fhir_bundle_link(b, "next"), "b?x=1");
    cr_expect_null(fhir_bundle_link(b, "prev"));
    cr_assert_eq(fhir_bundle_count(b), 6);
    cr_expect_eq(fhir_bundle_skipped(b), 3);
    const FhirEntry *e = fhir_bundle_entry(b, 0);
    cr_expect_str_eq(e->full_url, "u1");
    cr_expect_str_eq(e->search_mode, "match");
    cr_expect_eq(fhir_bundle_entry(b, 0), e);
    expect_bytes(fhir_text(e->resource), "{\"resourceType\":\"Patient\", \"id\":\"1\"}");
    cr_expect_not(fhir_read_only(e->resource)); /* another entry's damage is not its own */
    cr_expect(fhir_read_only(fhir_bundle_entry(b, 4)->resource));
    for (guint i = 1; i < 4; i++)
        cr_expect_null(fhir_bundle_entry(b, i)->resource);
    g_autofree char *words = fhir_outcome_summary(fhir_bundle_entry(b, 5)->outcome);
    cr_expect_str_eq(words, "w");
    cr_expect_not(fhir_exists(fhir_next(fhir_root(e->resource))));
}

Test(fhir_bundle, an_entry_outlives_its_page)
{
    char *copy = g_strdup(page);
    g_autoptr(GBytes) text = g_bytes_new_take(copy, strlen(copy));
    FhirBundle *b = fhir_bundle_parse(text, NULL);
    g_autoptr(FhirResource) r = fhir_resource_ref(fhir_bundle_entry(b, 0)->resource);
    fhir_bundle_free(b);
    g_clear_pointer(&text, g_bytes_unref);
    g_autoptr(FhirEdit) e = fhir_edit_new(r);
    fhir_edit_set_string(e, "gender", "female");
    g_autoptr(FhirResource) changed = fhir_edit_finish(e, NULL);
    expect_bytes(fhir_text(changed),
                 "{\"resourceType\":\"Patient\", \"id\":\"1\",\"gender\":\"female\"}");
}

Test(fhir_bundle, reads_an_answer)
{
    g_autoptr(GBytes) text = bytes(
        "{\"resourceType\":\"Bundle\",\"type\":\"transaction-response\",\"entry\":["
        "{\"response\":{\"status\":\"201 Created\",\"etag\":\"W/\\\"1\\\"\",\"location\":\"l\"}},"
        "{\"response\":{\"status\":\"bad\",\"outcome\":{\"resourceType\":\"OperationOutcome\"}}}]"
        "}");
    g_autoptr(FhirBundle) b = fhir_bundle_parse(text, NULL);
    cr_assert_eq(fhir_bundle_count(b), 2);
    cr_expect_eq(fhir_bundle_skipped(b), 0);
    cr_expect_eq(fhir_bundle_total(b), -1);
    const FhirEntry *e = fhir_bundle_entry(b, 0), *f = fhir_bundle_entry(b, 1);
    cr_expect_eq(e->status, 201);
    cr_expect_str_eq(e->etag, "W/\"1\"");
    cr_expect_str_eq(e->location, "l");
    cr_expect_null(e->resource);
    cr_expect_eq(f->status, 0);
    cr_expect(f->outcome);
}

Test(fhir_bundle, refuses_what_is_none)
{
    g_autoptr(GBytes) text = bytes("{\"resourceType\":\"Patient\"}");
    g_autoptr(GError) error = NULL;
    cr_expect_null(fhir_bundle_parse(text, &error));
    cr_expect(g_error_matches(error, FHIR_ERROR, FHIR_ERROR_TYPE));
}

Test(fhir_tx, builds)
{
    g_autoptr(GBytes) text = bytes("\n{\"resourceType\":\"Basic\", \"v\":1.50}\n");
    g_autoptr(FhirResource) r = fhir_resource_parse(text, NULL);
    g_autoptr(FhirTx) tx = fhir_tx_new("transaction");
    fhir_tx_add(tx, "POST", "Basic", "urn:uuid:1", "identifier=x|y", r);
    fhir_tx_add(tx, "PUT", "Basic/2", NULL, "W/\"3\"", r);
    fhir_tx_add(tx, "DELETE", "Basic/4", NULL, NULL, NULL);
    g_autoptr(GBytes) out = fhir_tx_finish(tx);
    expect_bytes(
        out,
        "{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":["
        "{\"fullUrl\":\"urn:uuid:1\",\"resource\":{\"resourceType\":\"Basic\", \"v\":1.50},"
        "\"request\":{\"method\":\"POST\",\"url\":\"Basic\",\"ifNoneExist\":\"identifier=x|y\"}},"
        "{\"resource\":{\"resourceType\":\"Basic\", \"v\":1.50},"
        "\"request\":{\"method\":\"PUT\",\"url\":\"Basic/2\",\"ifMatch\":\"W/\\\"3\\\"\"}},"
        "{\"request\":{\"method\":\"DELETE\",\"url\":\"Basic/4\"}}]}");
    g_autoptr(FhirTx) none = fhir_tx_new("batch");
    g_autoptr(GBytes) empty = fhir_tx_finish(none);
    expect_bytes(empty, "{\"resourceType\":\"Bundle\",\"type\":\"batch\"}");
}

Test(fhir_outcome, lists_issues)
{
    g_autoptr(GBytes) text =
        bytes("{\"resourceType\":\"OperationOutcome\",\"issue\":[{\"severity\":\"warning\","
              "\"code\":\"x\"},"
              "{\"severity\":\"fatal\",\"code\":\"y\",\"details\":{\"text\":\"det\\ngår\"},"
              "\"diagnostics\":\"no\",\"expression\":[\"Patient.name\"],\"location\":[\"/f\"]},"
              "{\"diagnostics\":\"d\",\"location\":[\"/f:Patient\"]},7]}");
    g_autoptr(FhirResource) r = fhir_resource_parse(text, NULL);
    g_autoptr(GPtrArray) issues = fhir_outcome_issues(r);
    static const char *const want[][4] = {{"warning", "x", "x", NULL},
                                          {"fatal", "y", "det\ngår", "Patient.name"},
                                          {"error", "unknown", "d", "/f:Patient"},
                                          {"error", "unknown", "unknown", NULL}};
    cr_assert_eq(issues->len, G_N_ELEMENTS(want));
    for (guint i = 0; i < issues->len; i++) {
        const FhirIssue *issue = g_ptr_array_index(issues, i);
        cr_expect_str_eq(issue->severity, want[i][0]);
        cr_expect_str_eq(issue->code, want[i][1]);
        cr_expect_str_eq(issue->text, want[i][2]);
        cr_expect_eq(g_strcmp0(issue->expression, want[i][3]), 0);
    }
    g_autofree char *line = fhir_outcome_summary(r);
    cr_expect_str_eq(line, "det går");
    g_autoptr(GPtrArray) none = fhir_outcome_issues(NULL);
    cr_expect_eq(none->len, 0);
    cr_expect_null(fhir_outcome_summary(NULL));
}

Test(fhir_search, builds)
{
    g_autoptr(FhirQuery) q = fhir_query_new("Patient");
    fhir_query_add(q, "name:exact", "Öst, å|$\\&=+#");
    fhir_query_add_token(q, "identifier", "urn:a", "1,2");
    fhir_query_add_token(q, "x", "", "c");
    fhir_query_add_token(q, "y", NULL, "c");
    fhir_query_add_raw(q, "status", "active,on-hold");
    fhir_query_add_instant(q, "date", "ge", 0);
    g_autofree char *url = fhir_query_url(q);
    cr_expect_str_eq(url, "Patient?name:exact=%C3%96st%5C,%20%C3%A5%5C|%5C%24%5C%5C%26%3D%2B%23"
                          "&identifier=urn:a|1%5C,2&x=|c&y=c&status=active,on-hold"
                          "&date=ge1970-01-01T01:00:00.000%2B01:00");
    g_autoptr(GPtrArray) back = fhir_query_parse(strchr(url, '?') + 1, NULL);
    const FhirParam *name = g_ptr_array_index(back, 0), *status = g_ptr_array_index(back, 4);
    cr_expect_str_eq(name->name, "name");
    cr_expect_str_eq(name->modifier, "exact");
    cr_expect_str_eq(name->values[0], "Öst, å|$\\&=+#");
    cr_expect_null(name->values[1]);
    cr_expect_null(status->modifier);
    cr_expect_str_eq(status->values[1], "on-hold");
    g_autoptr(FhirQuery) bare = fhir_query_new("Patient");
    g_autofree char *short_url = fhir_query_url(bare);
    cr_expect_str_eq(short_url, "Patient");
}

Test(fhir_search, reads)
{
    g_autoptr(GPtrArray) all = fhir_query_parse("a=1+2&&_has:Observation:patient:code=x&b", NULL);
    cr_assert_eq(all->len, 3);
    const FhirParam *a = g_ptr_array_index(all, 0), *has = g_ptr_array_index(all, 1);
    const FhirParam *b = g_ptr_array_index(all, 2);
    cr_expect_str_eq(a->values[0], "1 2");
    cr_expect_str_eq(has->modifier, "Observation:patient:code");
    cr_expect_str_eq(b->values[0], "");
    static const char *const bad[] = {"a=%", "a=%4", "a=%zz", "a=%00", "a=%ff", "=1", "%ff=1"};
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;
        cr_expect_null(fhir_query_parse(bad[i], &error), "%s", bad[i]);
        cr_expect(error != NULL);
    }
}

Test(fhir_search, notices_what_was_dropped)
{
    g_autoptr(FhirQuery) q = fhir_query_new("Observation");
    fhir_query_add(q, "patient", "1");
    fhir_query_add(q, "date", "ge2026");
    fhir_query_add(q, "date", "lt2027");
    fhir_query_add(q, "code:in", "x");
    fhir_query_add(q, "_count", "50");
    g_auto(GStrv) none = fhir_query_dropped(
        q, "http://h/Observation?code%3Ain=x&date=lt2027&date=ge2026&patient=Patient%2F1");
    g_auto(GStrv) some = fhir_query_dropped(q, "http://h/Observation?patient=1&date=ge2026&code=x");
    g_auto(GStrv) all = fhir_query_dropped(q, NULL);
    cr_expect_eq(g_strv_length(none), 0);
    cr_assert_eq(g_strv_length(some), 2);
    cr_expect_str_eq(some[0], "date");
    cr_expect_str_eq(some[1], "code:in");
    cr_expect_eq(g_strv_length(all), 4);
}

/* Any of several values would do: a core that repeats only some has answered a narrower question. */
Test(fhir_search, notices_a_narrowed_list)
{
    g_autoptr(FhirQuery) q = fhir_query_new("MedicationRequest");
    fhir_query_add_raw(q, "status", "active,on-hold,unknown");
    fhir_query_add_raw(q, "code", "http://loinc.org|1-8,http://loinc.org|2-6");
    fhir_query_add_raw(q, "encounter:Encounter", "Encounter/1,Encounter/2");
    fhir_query_add(q, "category", "a,b"); /* one value */
    fhir_query_add_raw(q, "_elements", "id,status");
#define REST "&code=http://loinc.org%7C1-8,http://loinc.org%7C2-6&encounter:Encounter=Encounter/1,Encounter/2&category=a%5C,b"
    static const struct {
        const char *self, *dropped;
    } links[] = {
        {"M?status=active,on-hold,unknown" REST, NULL},
        {"M?status=unknown%2Cactive%2Con-hold" REST, NULL},
        {"M?status=unknown,active,on-hold,draft" REST, NULL},
        {"M?status=active" REST, "status"},
        {"M?status=active,unknown" REST, "status"},
        {"M?status=" REST, "status"},
        {"M?status=active,on-hold&status=unknown" REST, "status"},
        {"M?status:not=active,on-hold,unknown&status=active" REST, "status"},
        {"M?status=active,on-hold,unknown&code=2-6,1-8&encounter:Encounter=http://h/Encounter/1,2&category=a%5C,b", NULL},
        {"M?status=active,on-hold,unknown&code=1-8&encounter:Encounter=1,2&category=a%5C,b", "code"},
        {"M?status=active,on-hold,unknown&code=1-8,2-6&encounter:Encounter=2&category=a", "encounter:Encounter"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(links); i++) {
        g_auto(GStrv) dropped = fhir_query_dropped(q, links[i].self);
        cr_expect_eq(g_strv_length(dropped), links[i].dropped != NULL, "%s: %u", links[i].self, g_strv_length(dropped));
        cr_expect_str_eq(dropped[0] ? dropped[0] : "", links[i].dropped ? links[i].dropped : "", "%s", links[i].self);
    }
}

/* What a core adds of itself leaves some out; what shapes the page does not. */
Test(fhir_search, notices_an_added_parameter)
{
    static const struct {
        const char *self, *added;
    } links[] = {{"Condition?patient=1&code:in=x", NULL},
                 {"Condition?patient=1&code:in=x&_count=20&_sort=-date&_format=json&_pretty=true&_elements=id", NULL},
                 {"Condition?patient=1&code:in=x&-pageContext=a&-pageDirection=NEXT&_getpages=b&_offset=20", NULL},
                 {"Condition?patient=1&code:in=x&category=problem-list-item", "category"},
                 {"Condition?patient=1&code:in=x&_lastUpdated=ge2026", "_lastUpdated"},
                 {"Condition?patient=1&code:in=x&_security:not=R", "_security"}};
    g_autoptr(FhirQuery) q = fhir_query_new("Condition");
    fhir_query_add(q, "patient", "1");
    fhir_query_add(q, "code:in", "x");
    for (gsize i = 0; i < G_N_ELEMENTS(links); i++) {
        g_auto(GStrv) dropped = fhir_query_dropped(q, links[i].self);
        cr_expect_str_eq(dropped[0] ? dropped[0] : "", links[i].added ? links[i].added : "", "%s", links[i].self);
    }
}

Test(fhir_search, notices_another_patient)
{
    g_autoptr(FhirQuery) q = fhir_query_new("Observation");
    fhir_query_add(q, "patient", "1");
    static const struct {
        const char *self;
        guint dropped;
    } links[] = {{"Observation?patient=1", 0},
                 {"Observation?patient=http%3A%2F%2Fh%2FPatient%2F1", 0},
                 {"Observation?patient=Patient/11", 1},
                 {"Observation?patient=2", 1},
                 {"Observation?patient=1,2", 1}};
    for (gsize i = 0; i < G_N_ELEMENTS(links); i++) {
        g_auto(GStrv) dropped = fhir_query_dropped(q, links[i].self);
        cr_expect_eq(g_strv_length(dropped), links[i].dropped, "%s", links[i].self);
    }
}
