/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <criterion/criterion.h>
#include <glib/gstdio.h>
#include <string.h>

#include "base/identity.h"
#include "base/xdg.h"
#include "core/generate.h"
#include "fhir/outcome.h"
#include "fhir/validate.h"

static const SeedDay day = {{2026, 11, 21}, {2026, 11, 21}};

typedef struct {
    GChecksum *sum;
    GHashTable *ids;
    GPtrArray *references;
    guint n, heavy, invalid;
} Seen;

static gboolean take(FhirResource *r, gpointer data, GError **error)
{
    Seen *seen = data;
    gsize len = 0;
    const guchar *text = g_bytes_get_data(fhir_text(r), &len);
    g_checksum_update(seen->sum, text, (gssize)len);
    char *key = g_strdup_printf("%s/%s", fhir_type(r), fhir_id(r));
    cr_expect(g_hash_table_add(seen->ids, key), "%s comes twice", key);
    g_autoptr(GPtrArray) issues =
        seen->n % 7 ? NULL : fhir_validate(r); /* a sample: it is slow under sanitizers */
    seen->invalid += issues != NULL;
    seen->heavy += g_strrstr_len((const char *)text, (gssize)len, "\"Patient/pat-0090\"") != NULL;
    for (const char *at = (const char *)text;
         (at = g_strstr_len(at, (gssize)len - (at - (const char *)text), "\"reference\":\""));) {
        at += strlen("\"reference\":\"");
        g_ptr_array_add(seen->references, g_strndup(at, strcspn(at, "\"")));
    }
    seen->n++;
    return TRUE;
}

static Seen expand(SeedDay today)
{
    g_autofree char *dir = data_path("seed");
    g_autoptr(GError) error = NULL;
    Seen seen = {g_checksum_new(G_CHECKSUM_SHA256),
                 g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
                 g_ptr_array_new_with_free_func(g_free),
                 0,
                 0,
                 0};
    cr_assert(seed_expand(dir, today, take, &seen, &error), "%s", error ? error->message : "");
    return seen;
}

static void done(Seen *s)
{
    g_checksum_free(s->sum);
    g_hash_table_unref(s->ids);
    g_ptr_array_unref(s->references);
}

Test(seed, is_whole_and_sound)
{
    Seen s = expand(day);
    cr_expect_eq(s.invalid, 0);
    cr_expect_geq(s.heavy + 1, 10000u, "%u", s.heavy + 1); /* and the Patient itself */
    for (guint i = 0; i < s.references->len; i++)
        cr_expect(g_hash_table_contains(s.ids, s.references->pdata[i]), "%s is nowhere",
                  (char *)s.references->pdata[i]);
    done(&s);
}

/* The latest time that a chart speaks of; diaries are made ahead, and a plan may be. */
static gboolean latest(FhirResource *r, gpointer data, GError **error)
{
    static const char *const ahead[] = {"Appointment", "Slot", "Schedule", NULL};
    Instant *last = data;
    if (g_strv_contains(ahead, fhir_type(r)))
        return TRUE;
    gsize len = 0;
    const char *text = g_bytes_get_data(fhir_text(r), &len);
    for (const char *at = text; (at = g_strstr_len(at, (gssize)len - (at - text), "\":\"20"));) {
        at += strlen("\":\"");
        g_autofree char *value = g_strndup(at, strcspn(at, "\""));
        FhirTime t;
        if (!fhir_time_parse(value, &t) || t.precision != FHIR_TIME_SECOND || t.instant <= *last)
            continue;
        *last = t.instant;
    }
    return TRUE;
}

Test(seed, nothing_in_a_chart_lies_ahead_at_any_hour, .timeout = 120)
{
    static const CivilTime hours[] = {{0, 30, 0}, {3, 0, 0}, {7, 0, 0}, {7, 36, 0}, {12, 0, 0}, {23, 50, 0}};
    g_autofree char *dir = data_path("seed");
    for (gsize i = 0; i < G_N_ELEMENTS(hours); i++) {
        Instant now = instant_from_civil(day.today, hours[i], FALSE), last = 0;
        cr_assert(seed_expand(dir, seed_day_at(now), latest, &last, NULL));
        g_autofree char *when = instant_to_fhir(last), *clock = instant_to_fhir(now);
        cr_expect_leq(last, now, "at %s the seed speaks of %s", clock, when);
        cr_expect_gt(last, now - (gint64)25 * 3600 * G_USEC_PER_SEC, "at %s the latest is %s", clock, when);
    }
}

Test(seed, a_day_is_named_and_read_again)
{
    static const CivilTime night = {3, 0, 0}, noon = {12, 0, 0};
    for (int i = 0; i < 2; i++) {
        SeedDay is = seed_day_at(instant_from_civil(day.today, i ? noon : night, FALSE)), again;
        g_autofree char *text = seed_day_text(is);
        cr_expect_str_eq(text, i ? "2026-11-21" : "2026-11-21-night");
        cr_expect(seed_day_parse(text, &again));
        cr_expect_eq(civil_date_compare(is.today, again.today), 0);
        cr_expect_eq(civil_date_compare(is.charted, again.charted), 0);
        cr_expect_eq(civil_date_days_between(is.charted, is.today), i ? 0 : 1);
    }
}

Test(seed, same_day_same_bytes)
{
    Seen a = expand(day), b = expand(day),
         c = expand((SeedDay){{2027, 3, 28}, {2027, 3, 28}}); /* summer time begins */
    cr_expect_str_eq(g_checksum_get_string(a.sum), g_checksum_get_string(b.sum));
    cr_expect_str_neq(g_checksum_get_string(a.sum), g_checksum_get_string(c.sum));
    done(&a);
    done(&b);
    done(&c);
}

static const char *const files[] = {"units.tsv", "rooms.tsv", "staff.tsv", "assignments.tsv",
                                    "labs.tsv",  "drugs.tsv", "diary.tsv", "bookings.tsv"};

/* A hospital with one patient, whose only case is @text. */
static char *small_hospital(const char *text)
{
    g_autofree char *from = data_path("seed");
    char *dir = g_dir_make_tmp("seed-XXXXXX", NULL);
    for (guint i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *a = g_build_filename(from, files[i], NULL),
                        *b = g_build_filename(dir, files[i], NULL);
        g_autofree char *content = NULL;
        cr_assert(g_file_get_contents(a, &content, NULL, NULL));
        cr_assert(g_file_set_contents(
            b, strcmp(files[i], "bookings.tsv") ? content : "patient\twhen\n", -1, NULL));
    }
    g_autofree char *patients = g_build_filename(dir, "patients.tsv", NULL),
                    *cases = g_build_filename(dir, "cases", NULL);
    g_autofree char *own = g_build_filename(dir, "own", NULL),
                    *one = g_build_filename(cases, "one.case", NULL);
    g_mkdir(cases, 0700);
    g_mkdir(own, 0700);
    cr_assert(g_file_set_contents(
        patients,
        "id\tid12\tgiven\tfamily\tcases\tunit\tbed\tpal\tshift\toptions\n"
        "pat-0001\t194809301551\tSven-Åke*\tÖberg\tone\torg-medavd3\t12-1\tprac-ek\t-\tweight=84\n",
        -1, NULL));
    cr_assert(g_file_set_contents(one, text, -1, NULL));
    return dir;
}

static gboolean keep(FhirResource *r, gpointer data, GError **error)
{
    g_ptr_array_add(data, (gpointer)fhir_resource_ref(r));
    return TRUE;
}

static GPtrArray *chart(const char *text, GError **error)
{
    g_autofree char *dir = small_hospital(text);
    GPtrArray *all = g_ptr_array_new_with_free_func((GDestroyNotify)fhir_resource_unref);
    seed_expand(dir, day, keep, all, error);
    return all;
}

static FhirNode first_of(const GPtrArray *all, const char *type)
{
    for (guint i = 0; i < all->len; i++)
        if (!strcmp(fhir_type(all->pdata[i]), type))
            return fhir_root(all->pdata[i]);
    cr_assert_fail("no %s", type);
    return (FhirNode){0};
}

static void expect_text(FhirNode node, const char *path, const char *want)
{
    g_autofree char *got = fhir_string(node, path);
    cr_expect_str_eq(got ? got : "", want, "%s is \"%s\"", path, got ? got : "");
}

Test(seed, faults_name_file_and_line)
{
    const struct {
        const char *text, *says;
    } cases[] = {
        {"titel | x\nprov | 0d 08:00 | kattsan 3\n", "cases/one.case:2: \"kattsan 3\""},
        {"läkemedel | kattmynta | tablett | 1x1 tablett | ro | -1d\n", "cases/one.case:1: no drug"},
        {"läkemedel | furosemid | tablett 40 mg | ibland | ro | -1d\n", "\"ibland\" is no dose"},
        {"hittepå | 1\n", "unknown keyword"},
        {"anteckning | 0d 08:00 | Daganteckning | läkare | signerad\n  # Labb\n  CRP {crp}\n",
         "unknown placeholder"},
        {"problem | I10.9 | Hypertoni | för länge sedan\n", "is no time"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(GPtrArray) all = chart(cases[i].text, &error);
        cr_assert_not_null(error, "%s", cases[i].text);
        cr_expect_not_null(strstr(error->message, cases[i].says), "%s", error->message);
    }
}

Test(seed, doses_are_structured)
{
    const struct {
        const char *dose, *text, *path, *value;
    } doses[] = {
        {"1+0+2+0 tablett", "1 tablett morgon och 2 tabletter kväll",
         "dosageInstruction[1].timing.repeat.when[0]", "EVE"},
        {"1x3 g i 7d", "1 g 3 gånger dagligen i 7 dagar",
         "dosageInstruction[0].timing.repeat.boundsDuration.value", "7"},
        {"tn 1 tablett vb", "1 tablett till natten vid behov",
         "dosageInstruction[0].asNeededCodeableConcept.text", "ro"},
        {"veckodag mån 7,5 mg", "7,5 mg en gång per vecka, måndagar",
         "dosageInstruction[0].timing.repeat.dayOfWeek[0]", "mon"},
        {"trappa 60 mg -20/2d",
         "60 mg i 2 dagar, 40 mg i 2 dagar, 20 mg i 2 dagar, därefter utsättning",
         "dosageInstruction[2].doseAndRate[0].doseQuantity.value", "20"},
        {"1-2 tablett vb max 8", "1–2 tabletter vid behov, högst 8 tabletter per dygn",
         "dosageInstruction[0].maxDosePerPeriod.numerator.value", "8"},
        {"500 mg var 6 h", "500 mg var 6:e timme", "dosageInstruction[0].timing.repeat.period",
         "6"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(doses); i++) {
        g_autofree char *text = g_strdup_printf(
            "läkemedel | furosemid | tablett 40 mg | %s | ro | -1d\n", doses[i].dose);
        g_autoptr(GError) error = NULL;
        g_autoptr(GPtrArray) all = chart(text, &error);
        cr_assert_null(error, "%s", error->message);
        FhirNode m = first_of(all, "MedicationRequest");
        expect_text(m, "dosageInstruction[0].text", doses[i].text);
        expect_text(m, doses[i].path, doses[i].value);
    }
}

Test(seed, results_carry_their_limits)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) all = chart("prov! | 0d 07:00 | k 6.4\n", &error);
    cr_assert_null(error);
    FhirNode o = first_of(all, "Observation");
    expect_text(o, "valueQuantity.value", "6.4");
    expect_text(o, "interpretation[0].coding[0].code", "HH");
    expect_text(o, "referenceRange[0].high.value", "4.4");
    expect_text(first_of(all, "Task"), "priority", "stat");
}

Test(seed, notes_quote_what_was_known_then)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) all = chart("prov | -1d 07:00 | crp 100\nprov | 0d 07:00 | crp 40\n"
                                     "anteckning | -1d 10:00 | Daganteckning | läkare | "
                                     "osignerad\n  # Labb\n  CRP {crp}, {man/kvinna}.\n",
                                     &error);
    cr_assert_null(error);
    FhirNode d = first_of(all, "DocumentReference");
    g_autofree char *data = fhir_string(d, "content[0].attachment.data");
    gsize len = 0;
    g_autofree guchar *text = g_base64_decode(data, &len);
    cr_expect_str_eq((char *)text, "# Labb\nCRP 100, man.");
    expect_text(d, "docStatus", "preliminary");
}

Test(seed, version_follows_the_text)
{
    g_autofree char *dir = small_hospital("titel | ett\n"),
                    *other = small_hospital("titel | två\n");
    g_autoptr(GError) error = NULL;
    g_autofree char *a = seed_version(dir, &error), *b = seed_version(dir, &error),
                    *c = seed_version(other, &error);
    cr_assert_null(error);
    cr_expect_str_eq(a, b);
    cr_expect_str_neq(a, c);
}

Test(seed, generated_people_have_possible_names_and_impossible_numbers)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func((GDestroyNotify)fhir_resource_unref);
    g_autofree char *list = data_path("test-identities.tsv"), *official = NULL;
    cr_assert(g_file_get_contents(list, &official, NULL, NULL));
    cr_assert(generate_patients(2000, 1, day.today, keep, all, &error), "%s",
              error ? error->message : "");
    cr_expect_eq(all->len, 2000u);
    for (guint i = 0; i < all->len; i++) {
        g_autofree char *number = fhir_string(fhir_root(all->pdata[i]), "identifier[0].value");
        Identity id;
        cr_assert(identity_parse(number, day.today, &id), "%s", number);
        gboolean person = id.kind == ID_PERSONNUMMER || id.kind == ID_SAMORDNINGSNUMMER;
        cr_expect(!person || strstr(official, number), "%s was made up", number);
    }
}
