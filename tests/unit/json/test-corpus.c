/* SPDX-License-Identifier: GPL-3.0-or-later
 * Over the large third-party sets. ROND_FULL=1 takes every Synthea file; without it those of up to
 * 4 MB, which keeps the run short. */
#include "fhir/bundle.h"
#include "fhir/validate.h"
#include "fhir/outcome.h"
#include "json/oracle.h"
#include "support/skip.h"
#include <criterion/criterion.h>
#include <string.h>

#define SAMPLE_BYTES (4u << 20)

static char *folder_or_skip(const char *name)
{
    char *folder = shared_folder(name);
    if (!folder)
        SKIP("the large third-party sets are not here (ROND_SHARED)");
    return folder;
}

static void compare_trees(const char *path, GBytes *text)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(JsonDoc) doc = json_doc_parse(text, &error);
    cr_assert(doc, "%s: %s", path, error ? error->message : "");
    gsize len;
    const char *s = g_bytes_get_data(text, &len);
    json_t *t = json_loadb(s, len, JSON_REJECT_DUPLICATES, NULL);
    cr_assert(t, "%s: jansson refuses it", path);
    g_autofree char *why = oracle_difference(json_root(doc), t);
    cr_expect_null(why, "%s: %s", path, why);
    cr_expect_not(json_doc_damaged(doc), "%s", path);
    json_decref(t);
}

/* Unedited out as it came in; an edit taken back gives the same bytes. */
static void round_trip(const char *path, GBytes *text)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(FhirResource) r = fhir_resource_parse(text, &error);
    cr_assert(r, "%s: %s", path, error ? error->message : "");
    cr_expect(g_bytes_equal(fhir_text(r), text), "%s", path);
    g_autoptr(FhirEdit) e = fhir_edit_new(r);
    g_autoptr(FhirResource) same = fhir_edit_finish(e, NULL);
    cr_expect(same && g_bytes_equal(fhir_text(same), text), "%s", path);
    fhir_edit_set(e, "rond", "{\"x\":1.50}");
    fhir_edit_remove(e, "rond.x");
    g_autoptr(FhirResource) back = fhir_edit_finish(e, &error);
    cr_expect(back && g_bytes_equal(fhir_text(back), text), "%s: %s", path,
              error ? error->message : "other bytes");
}

/* Every entry is exactly its bytes in the page. */
static void check_entries(const char *path, GBytes *text)
{
    g_autoptr(FhirBundle) b = fhir_bundle_parse(text, NULL);
    if (!b)
        return;
    gsize len, at = 0;
    const char *s = g_bytes_get_data(text, &len);
    for (guint i = 0; i < fhir_bundle_count(b); i++) {
        const FhirResource *r = fhir_bundle_entry(b, i)->resource;
        if (!r)
            continue;
        gsize n;
        const char *own = g_bytes_get_data(fhir_text(r), &n);
        cr_assert(own >= s + at && own + n <= s + len && own[0] == '{' && own[n - 1] == '}',
                  "%s: entry %u", path, i);
        at = (gsize)(own + n - s);
    }
    cr_expect_eq(fhir_bundle_skipped(b), 0, "%s", path);
}

Test(corpus, hl7_examples_read_as_jansson_reads_them, .timeout = 120)
{
    g_autofree char *folder = folder_or_skip("data/hl7-r4-examples");
    g_autoptr(GPtrArray) files = files_below(folder, ".json");
    cr_assert_gt(files->len, 1000);
    for (guint i = 0; i < files->len; i++) {
        const char *path = g_ptr_array_index(files, i);
        g_autoptr(GBytes) text = read_file(path);
        compare_trees(path, text);
        round_trip(path, text);
        check_entries(path, text);
    }
}

/* HL7 publishes these three although they break R4. */
static gboolean known_broken(const char *path)
{
    return g_str_has_suffix(path, "Questionnaire-qs1.json") ||
           g_str_has_suffix(path, "Observation-clinical-gender.json") ||
           g_str_has_suffix(path, "MedicationRequest-medrx0301.json");
}

Test(corpus, hl7_examples_are_valid, .timeout = 60)
{
    g_autofree char *folder = folder_or_skip("data/hl7-r4-examples");
    g_autoptr(GPtrArray) files = files_below(folder, ".json");
    for (guint i = 0; i < files->len; i++) {
        const char *path = g_ptr_array_index(files, i);
        g_autoptr(GBytes) text = read_file(path);
        g_autoptr(FhirResource) r = fhir_resource_parse(text, NULL);
        g_autoptr(GPtrArray) issues = fhir_validate(r);
        const FhirIssue *first = issues ? g_ptr_array_index(issues, 0) : NULL;
        cr_expect_eq(issues != NULL, known_broken(path), "%s: %s", path,
                     first ? first->text : "accepted");
    }
}

Test(corpus, synthea_reads_as_jansson_reads_it, .timeout = 400)
{
    g_autofree char *folder = folder_or_skip("data/synthea");
    g_autoptr(GPtrArray) files = files_below(folder, ".json.gz");
    gboolean full = g_getenv("ROND_FULL") != NULL;
    guint read = 0;
    for (guint i = 0; i < files->len; i++) {
        const char *path = g_ptr_array_index(files, i);
        g_autoptr(GBytes) text = read_file(path);
        if (!full && g_bytes_get_size(text) > SAMPLE_BYTES)
            continue;
        read++;
        compare_trees(path, text);
        round_trip(path, text);
        check_entries(path, text);
    }
    cr_log_info("%u of %u Synthea files read", read, files->len);
    cr_assert_gt(read, 20);
}

/* What each answer of a bad server must come to: refused (FALSE) or read (TRUE). */
static const struct {
    const char *file;
    gboolean read, damaged;
} hostile[] = {
    {"json-bom-utf8.json", TRUE, FALSE},
    {"json-deep-nesting-arrays-100k.json", FALSE, FALSE},
    {"json-duplicate-keys.json", FALSE, FALSE},
    {"json-huge-string-4mb.json", TRUE, FALSE},
    {"json-invalid-utf8-name.json", TRUE, TRUE},
    {"json-lone-surrogate.json", TRUE, TRUE},
    {"json-nan-infinity.json", FALSE, FALSE},
    {"json-nul-escape-in-name.json", TRUE, TRUE},
    {"json-trailing-garbage.json", FALSE, FALSE},
    {"json-truncated-midstring.json", FALSE, FALSE},
    {"json-utf16le.json", FALSE, FALSE},
};

Test(corpus, hostile_answers)
{
    g_autofree char *folder = folder_or_skip("data/hostile/dev");
    for (gsize i = 0; i < G_N_ELEMENTS(hostile); i++) {
        g_autofree char *path = g_build_filename(folder, hostile[i].file, NULL);
        g_autoptr(GBytes) text = read_file(path);
        g_autoptr(FhirResource) r = fhir_resource_parse(text, NULL);
        cr_expect_eq(r != NULL, hostile[i].read, "%s", path);
        cr_expect_eq(r && fhir_read_only(r), hostile[i].damaged, "%s", path);
    }
    g_autofree char *path = g_build_filename(folder, "schema-unknown-resourcetype.json", NULL);
    g_autoptr(GBytes) text = read_file(path);
    g_autoptr(FhirBundle) b = fhir_bundle_parse(text, NULL);
    cr_assert(b);
    guint good = 0;
    for (guint i = 0; i < fhir_bundle_count(b); i++)
        good += fhir_bundle_entry(b, i)->resource != NULL;
    cr_expect_eq(good + fhir_bundle_skipped(b), fhir_bundle_count(b));
    cr_expect_geq(good, 1);
    cr_expect_geq(fhir_bundle_skipped(b), 3);
}
