/* SPDX-License-Identifier: GPL-3.0-or-later
 * On whose server a thing lies: the same id elsewhere is another thing, and a core behind a proxy is one core. */
#include <criterion/criterion.h>

#include "fhir/home.h"

static FhirHome *home_at(const char *base)
{
    FhirHome *home = fhir_home_new();
    fhir_home_add(home, base);
    return home;
}

Test(home, what_lies_here_and_what_does_not)
{
    static const struct {
        const char *url;
        gboolean here;
    } cases[] = {
        {"https://core.example/fhir/Patient/p1", TRUE},
        {"https://core.example/fhir/Patient/p1/_history/3", TRUE},
        {"https://CORE.example:443/fhir/Patient/p1", TRUE},
        {"http://core.example/fhir/Patient/p1", TRUE}, /* the same, by the standard's words of identity */
        {"/fhir/Patient/p1", TRUE},
        {"Patient/p1", TRUE},
        {"Patient/p1/_history/3", TRUE},
        {"urn:uuid:6f1de1e4-5f3a-4b0e-9f0b-2b1f6d0f7a12", TRUE}, /* says nothing of where */
        {NULL, TRUE},
        {"https://other.example/fhir/Patient/p1", FALSE},
        {"https://other.example/fhir/Patient/p1/_history/3", FALSE},
        {"https://core.example/other/Patient/p1", FALSE},
        {"https://core.example/fhir/tenant/Patient/p1", FALSE},
        {"https://core.example/Patient/p1", FALSE},
        {"https://core.example:8443/fhir/Patient/p1", FALSE},
        {"https://core.example.other.example/fhir/Patient/p1", FALSE},
        {"https://other.example@core.example/fhir/Patient/p1", FALSE},
        {"https://core.example@other.example/fhir/Patient/p1", FALSE},
        {"https://core.example/fhir?/Patient/p1", FALSE},
        {"https://core.example/fhir/../fhir/Patient/p1", FALSE},
        {"//other.example/fhir/Patient/p1", FALSE},
        {"//core.example/fhir/Patient/p1", FALSE}, /* no reference is written like this */
        {"/Patient/p1", FALSE},
        {"fhir/Patient/p1", FALSE},
        {"urn:x/Patient/p1", FALSE},
        {"ftp://core.example/fhir/Patient/p1", FALSE},
        {"https:///fhir/Patient/p1", FALSE},
    };
    g_autoptr(FhirHome) home = home_at("https://core.example/fhir/");
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
        cr_expect_eq(fhir_home_holds(home, cases[i].url), cases[i].here, "%s", cases[i].url);
}

Test(home, a_base_is_written_in_one_way)
{
    g_autoptr(FhirHome) home = home_at("HTTPS://Core.example:443/fhir");
    cr_expect_not(fhir_home_add(home, "http://core.example/fhir/"));
    cr_expect_not(fhir_home_add(home, NULL));
    cr_expect_not(fhir_home_add(home, "urn:uuid:x"));
    cr_expect_not(fhir_home_add(home, "core"));
    g_autoptr(FhirHome) more = fhir_home_copy(home);
    cr_expect(fhir_home_add(more, "http://inner:8080/fhir"));
    cr_expect(fhir_home_holds(more, "http://inner:8080/fhir/Patient/p1"));
    cr_expect_not(fhir_home_holds(home, "http://inner:8080/fhir/Patient/p1"));
}

/* "a" … stand for the bases of the entries, "-" for one that says nothing; @self likewise. */
static FhirBundle *page(const char *entries, const char *self)
{
    static const char *const bases[] = {"https://core.example/fhir", "http://inner:8080/fhir", "https://other.example/fhir"};
    g_autoptr(GString) text = g_string_new("{\"resourceType\":\"Bundle\",\"type\":\"searchset\"");
    if (self)
        g_string_append_printf(text, ",\"link\":[{\"relation\":\"self\",\"url\":\"%s%s\"}]",
                               *self >= 'a' && *self <= 'c' ? bases[*self - 'a'] : "", self + 1);
    g_string_append(text, ",\"entry\":[");
    for (const char *e = entries; *e; e++) {
        g_string_append(text, e > entries ? ",{" : "{");
        if (*e != '-')
            g_string_append_printf(text, "\"fullUrl\":\"%s/Condition/c%d\",", bases[*e - 'a'], (int)(e - entries));
        g_string_append_printf(text, "\"resource\":{\"resourceType\":\"Condition\",\"id\":\"c%d\"}}", (int)(e - entries));
    }
    g_string_append(text, "]}");
    g_autoptr(GBytes) bytes = g_bytes_new(text->str, text->len);
    FhirBundle *b = fhir_bundle_parse(bytes, NULL);
    cr_assert(b, "%s", text->str);
    return b;
}

Test(home, of_an_answer)
{
    static const struct {
        const char *why, *entries, *self;
        gboolean sure, whole;
        const char *here; /* of a (configured), b (behind a proxy), c (another server) */
    } cases[] = {
        {"the core itself", "aa", "a/Condition?patient=p1", TRUE, FALSE, "a"},
        {"nothing is said", "--", NULL, TRUE, FALSE, "a"},
        {"behind a proxy", "bb", "b/Condition?patient=p1", TRUE, FALSE, "ab"},
        {"behind a proxy, no self", "bb", NULL, TRUE, FALSE, "ab"},
        {"its links are mended by the proxy, and nothing is known yet", "bb", "a/Condition?patient=p1", FALSE, FALSE, "ab"},
        {"and it is known that this core calls itself otherwise", "c", "a/Condition?patient=p1", TRUE, FALSE, "a"},
        {"one of another server", "aac", "a/Condition?patient=p1", FALSE, FALSE, "a"},
        {"more of another server", "acc", NULL, FALSE, FALSE, "a"},
        {"one of another behind a proxy", "bbc", "b/Condition?patient=p1", FALSE, FALSE, "ab"},
        {"one of another behind a proxy, no self", "bbc", NULL, FALSE, FALSE, "ab"},
        {"it cannot be told which", "bc", NULL, FALSE, FALSE, "a"},
        {"the pages before have said it", "cc", NULL, FALSE, TRUE, "a"},
        {"a page that the core keeps", "-", "b?_getpages=1&_pageId=2", TRUE, FALSE, "ab"},
        {"a search by POST", "-", "b/Condition/_search?patient=p1", TRUE, FALSE, "ab"},
        {"an answer to something else", "-", "b/Observation?patient=p1", TRUE, FALSE, "a"},
        {"a self that is no address", "-", "-Condition?patient=p1", TRUE, FALSE, "a"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(FhirHome) known = home_at("https://core.example/fhir");
        g_autoptr(FhirBundle) b = page(cases[i].entries, cases[i].self);
        g_autoptr(FhirHome) home = fhir_home_of_page(b, &(FhirHomeRules){known, "Condition", cases[i].sure, cases[i].whole});
        g_autoptr(GString) here = g_string_new(NULL);
        if (fhir_home_holds(home, "https://core.example/fhir/Patient/p1"))
            g_string_append_c(here, 'a');
        if (fhir_home_holds(home, "http://inner:8080/fhir/Patient/p1"))
            g_string_append_c(here, 'b');
        if (fhir_home_holds(home, "https://other.example/fhir/Patient/p1"))
            g_string_append_c(here, 'c');
        cr_expect_str_eq(here->str, cases[i].here, "%s: %s", cases[i].why, here->str);
    }
}

Test(home, a_reference_is_read_by_it)
{
    static const char text[] = "{\"resourceType\":\"Observation\",\"id\":\"o1\",\"status\":\"final\",\"performer\":["
                               "{\"reference\":\"Practitioner/d1\"}],\"subject\":{\"reference\":\"https://other.example/fhir/Patient/p1\"},"
                               "\"encounter\":{\"reference\":\"https://core.example/fhir/Encounter/e1/_history/2\"}}";
    g_autoptr(GBytes) bytes = g_bytes_new_static(text, sizeof text - 1);
    g_autoptr(FhirResource) r = fhir_resource_parse(bytes, NULL);
    g_autoptr(FhirHome) home = home_at("https://core.example/fhir");
    cr_expect(fhir_reference(fhir_root(r), "subject", NULL, NULL)); /* from no server */
    fhir_resource_set_home(r, home);
    g_autofree char *type = NULL, *id = NULL;
    cr_expect_not(fhir_reference(fhir_root(r), "subject", NULL, NULL));
    cr_expect(fhir_reference_elsewhere(fhir_root(r), "subject", &type));
    cr_expect_str_eq(type, "Patient");
    cr_expect(fhir_reference(fhir_root(r), "performer", NULL, NULL));
    cr_expect(fhir_reference(fhir_root(r), "encounter", NULL, &id));
    cr_expect_str_eq(id, "e1");
    g_autoptr(FhirEdit) edit = fhir_edit_new(r);
    fhir_edit_set(edit, "status", "\"amended\"");
    g_autoptr(FhirResource) changed = fhir_edit_finish(edit, NULL);
    cr_assert(changed);
    cr_expect_not(fhir_reference(fhir_root(changed), "subject", NULL, NULL), "it stays so when it is edited");
}
