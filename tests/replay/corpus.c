/* SPDX-License-Identifier: GPL-3.0-or-later
 * corpus — every file of the validator's test cases and of HL7's examples comes as an answer to the real
 * client: as it is, and as the only entry of the Bundle that was asked for. Nothing may crash, take long,
 * put a control character on the screen, or be lost without a word. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/text.h"
#include "fhir/outcome.h"
#include "fhir/resource.h"
#include "replay/play.h"
#include "support/shared.h"
#include "support/skip.h"

enum { SLOW_MS = 5000 }; /* of the processor: other programs run beside */

static void add_files(GPtrArray *files, const char *folder)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    for (const char *name; dir && (name = g_dir_read_name(dir));) {
        char *path = g_build_filename(folder, name, NULL);
        if (g_file_test(path, G_FILE_TEST_IS_DIR))
            add_files(files, path);
        if (g_str_has_suffix(path, ".json"))
            g_ptr_array_add(files, path);
        else
            g_free(path);
    }
}

static gint by_path(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The type that is asked for, and where it is seen. What rond has no list of is seen at the diagnoses. */
static const char *asked_for(GBytes *text, Place *ret_place)
{
    static const struct {
        const char *type;
        Place place;
    } seen[] = {{"AllergyIntolerance", AT_ALERTS}, {"Flag", AT_ALERTS},        {"MedicationRequest", AT_MEDS},
                {"Observation", AT_VITALS},        {"DiagnosticReport", AT_REPORTS}, {"DocumentReference", AT_NOTES},
                {"Appointment", AT_BOOKINGS},      {"Condition", AT_PROBLEMS},       {"Procedure", AT_PROCEDURES},
                {"Encounter", AT_WARD},            {"Patient", AT_FIND}};
    g_autoptr(FhirResource) r = fhir_resource_parse(text, NULL);
    for (gsize i = 0; r && i < G_N_ELEMENTS(seen); i++)
        if (g_str_equal(fhir_type(r), seen[i].type)) {
            *ret_place = seen[i].place;
            return seen[i].type;
        }
    *ret_place = AT_PROBLEMS;
    return "Condition";
}

/* Whoever it is about is the patient whose chart is open: else it is turned away before any view. */
static char *about_this_patient(const char *s, gsize n)
{
    static GRegex *someone;
    if (!someone)
        someone = g_regex_new("(\"reference\"\\s*:\\s*\")(?:[^\"]*/)?Patient/[^\"]*\"", G_REGEX_RAW, 0, NULL);
    return g_regex_replace(someone, s, (gssize)n, 0, "\\1Patient/p1\"", 0, NULL);
}

static GBytes *in_bundle(GBytes *text, gboolean ours)
{
    gsize n;
    const char *s = g_bytes_get_data(text, &n);
    g_autofree char *about = ours ? about_this_patient(s, n) : NULL;
    s = about ? about : s;
    n = about ? strlen(about) : n;
    gsize mark = n >= 3 && !memcmp(s, "\xef\xbb\xbf", 3) ? 3 : 0;
    GString *b = g_string_new("{\"resourceType\":\"Bundle\",\"type\":\"searchset\",\"entry\":[{\"resource\":");
    g_string_append_len(b, s + mark, (gssize)(n - mark));
    g_string_append(b, "}]}");
    return g_string_free_to_bytes(b);
}

/* "All OK" among the entries is no entry that is lost. */
static gboolean says_all_is_well(GBytes *text)
{
    g_autoptr(FhirResource) r = fhir_resource_parse(text, NULL);
    g_autoptr(GPtrArray) issues = r && g_str_equal(fhir_type(r), "OperationOutcome") ? fhir_outcome_issues(r) : NULL;
    for (guint i = 0; issues && i < issues->len; i++)
        if (g_strcmp0(((FhirIssue *)issues->pdata[i])->code, "informational") != 0)
            return FALSE;
    return issues && issues->len;
}

/* One thing was in the answer: it is a row, or a word says that something is missing. */
static const char *judge(const char *seen, Place place, gboolean nothing)
{
    if (!text_is_safe(seen, (gssize)strlen(seen), TRUE))
        return "a control character is on the screen";
    const char *chart = strstr(seen, "== chart") ? strstr(seen, "== chart") : seen;
    gboolean row = chart != seen && strstr(chart, "▌"); /* it is there, though it may not be current */
    for (const char *const *none = hostile_absence[place]; !nothing && !row && none && *none; none++)
        if (strstr(chart, *none) && !strstr(seen, "OKÄNT"))
            return "lost: it is said that there is none";
    return NULL;
}

typedef enum { ALONE, IN_BUNDLE, OF_PATIENT, WAYS } Way;
static const char *const ways[WAYS] = {"", " in a Bundle", " in a Bundle, of this patient"};

static gboolean play(const char *path, Way way)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GString) seen = g_string_new(NULL);
    char *bytes = NULL;
    gsize n;
    Drive d;
    Place place;
    if (!g_file_get_contents(path, &bytes, &n, &error)) {
        printf("not ok %s: %s\n", path, error->message);
        return FALSE;
    }
    g_autoptr(GBytes) text = g_bytes_new_take(bytes, n);
    const char *type = asked_for(text, &place), *fault = NULL;
    Story *s = play_world(&error);
    clock_t from = clock();
    if (s)
        play_answer(s, "GET", type, 200, NULL, way ? in_bundle(text, way == OF_PATIENT) : g_bytes_ref(text))->verbatim = TRUE;
    if (s && play_begin(&d, s, &error))
        play_go(&d, place, "lind", seen);
    int took = (int)((clock() - from) / (CLOCKS_PER_SEC / 1000));
    fault = error ? error->message : judge(seen->str, place, way && says_all_is_well(text));
    if (!fault && *play_faults(&d))
        fault = play_faults(&d);
    if (!fault && took > SLOW_MS)
        fault = "slow";
    if (fault)
        printf("not ok %s%s: %s (%d ms)\n%s\n", path, ways[way], fault, took, seen->str);
    if (s)
        drive_clear(&d);
    return !fault;
}

int main(int argc, char **argv)
{
    static const char *const folders[] = {"data/extra/fhir-test-cases", "data/hl7-r4-examples"};
    g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func(g_free);
    guint good = 0, all = 0;
    drive_locale();
    for (gsize i = 0; i < G_N_ELEMENTS(folders); i++) {
        g_autofree char *folder = shared_folder(folders[i]);
        if (folder)
            add_files(files, folder);
    }
    if (!files->len) {
        skip_tell("replay-corpus", "the third-party files are not here (ROND_SHARED)");
        return 77;
    }
    g_ptr_array_sort(files, by_path);
    for (guint i = 0; i < files->len; i++) {
        if (argc > 1 && !strstr(files->pdata[i], argv[1]))
            continue;
        for (int way = 0; way < WAYS; way++) {
            all++;
            good += play(files->pdata[i], (Way)way);
        }
    }
    printf("%u of %u answers out of %u files\n", good, all, files->len);
    return good == all && all ? 0 : 1;
}
