/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/generate.h"
#include "base/identity.h"
#include "base/xdg.h"
#include "core/seed-internal.h"
#include <string.h>

/* xoshiro would be more; this is splitmix64, whose every output depends on the seed alone. */
typedef struct {
    guint64 state;
} Rng;

static guint32 roll(Rng *r, guint32 n)
{
    guint64 z = (r->state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return (guint32)((z ^ (z >> 31)) >> 32) % n;
}

typedef struct {
    SeedTable *names;
    guint total[3];    /* weights of F, M and family names */
    GPtrArray *unused; /* official test numbers that the training hospital leaves free */
    GHashTable *taken; /* reserve numbers given out */
    Rng rng;
    CivilDate today;
} Generator;

static const char *const kinds[] = {"F", "M", "family"};

static void count_weights(Generator *g)
{
    for (guint row = 0; row < seed_table_rows(g->names); row++)
        for (guint k = 0; k < G_N_ELEMENTS(kinds); k++)
            if (!strcmp(seed_cell(g->names, row, "kind"), kinds[k]))
                g->total[k] +=
                    (guint)g_ascii_strtoull(seed_cell(g->names, row, "weight"), NULL, 10);
}

static const char *pick_name(Generator *g, guint kind)
{
    guint left = g->total[kind] ? roll(&g->rng, g->total[kind]) : 0;
    for (guint row = 0; row < seed_table_rows(g->names); row++) {
        if (strcmp(seed_cell(g->names, row, "kind"), kinds[kind]))
            continue;
        guint weight = (guint)g_ascii_strtoull(seed_cell(g->names, row, "weight"), NULL, 10);
        if (left < weight)
            return seed_cell(g->names, row, "name");
        left -= weight;
    }
    return "Övning";
}

/* Official numbers that no row of patients.tsv has. */
static gboolean find_unused(Generator *g, GError **error)
{
    g_autofree char *list = data_path("test-identities.tsv"), *dir = data_path("seed"),
                    *text = NULL;
    g_autoptr(SeedTable) patients = seed_table_load(dir, "patients.tsv", error);
    if (!patients || !g_file_get_contents(list, &text, NULL, error))
        return FALSE;
    g_autoptr(GHashTable) used = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint row = 0; row < seed_table_rows(patients); row++)
        g_hash_table_add(used, (gpointer)seed_cell(patients, row, "id12"));
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line; line++) {
        g_auto(GStrv) cells = g_strsplit(*line, "\t", 3);
        gboolean person = cells[0] && (!strcmp(cells[0], "PNR") || !strcmp(cells[0], "SNR"));
        if (person && cells[1] && !g_hash_table_contains(used, cells[1]))
            g_ptr_array_add(g->unused, g_strdup(cells[1]));
    }
    return TRUE;
}

/* A local reserve number of the form YYYYMMDDGggC: the letter in the tenth place makes sure that it
 * is nobody's personnummer. */
static void reserve_number(Generator *g, char number[13])
{
    static const int letter_value[] = {5, 7}; /* K, M */
    do {
        guint male = roll(&g->rng, 2);
        /* more people are middle-aged than old: the lower of two draws */
        guint days = MIN(roll(&g->rng, 36000), 4000 + roll(&g->rng, 32000));
        CivilDate d = civil_date_add_days(g->today, -(int)days);
        guint serial = 6 + male + 2 * roll(&g->rng, 36);
        g_snprintf(number, 13, "%04d%02d%02d%c%02u", d.year, d.month, d.day, male ? 'M' : 'K',
                   serial);
        int sum = 0;
        for (guint i = 0; i < 9; i++) {
            char ch = number[2 + i];
            int v = (g_ascii_isdigit(ch) ? ch - '0' : letter_value[male]) * (i % 2 ? 1 : 2);
            sum += v / 10 + v % 10;
        }
        number[11] = (char)('0' + (10 - sum % 10) % 10);
        number[12] = '\0';
    } while (!g_hash_table_add(g->taken, g_strdup(number)));
}

/* A national reserve number for an unknown birth date: MM 20-99 and DD 40-59 are serial digits. */
static void national_number(Generator *g, char number[13])
{
    static const char letters[] = "ABCDEFGHJKLMNPRSTUXYZ";
    do {
        g_snprintf(number, 13, "00%02u%02u%02u%c%c%u", roll(&g->rng, 100), 20 + roll(&g->rng, 80),
                   40 + roll(&g->rng, 20), letters[roll(&g->rng, sizeof letters - 1)],
                   letters[roll(&g->rng, sizeof letters - 1)], roll(&g->rng, 10));
        int sum = 0;
        for (int i = 10, weight = 2; i >= 0; i--, weight = 3 - weight) {
            int v = (g_ascii_isdigit(number[i]) ? number[i] - '0' : number[i]) * weight;
            for (; v; v /= 10)
                sum += v % 10;
        }
        number[11] = (char)('0' + (10 - sum % 10) % 10);
        number[12] = '\0';
    } while (!g_hash_table_add(g->taken, g_strdup(number)));
}

static gboolean make_identity(Generator *g, guint i, Identity *ret, GError **error)
{
    char number[13];
    if (i < g->unused->len)
        g_strlcpy(number, g->unused->pdata[i], sizeof number);
    else if (roll(&g->rng, 1000) < 12)
        national_number(g, number);
    else
        reserve_number(g, number);
    if (identity_parse(number, g->today, ret))
        return TRUE;
    g_set_error(error, SEED_ERROR, SEED_ERROR_REFERENCE, "%s is no identity number", number);
    return FALSE;
}

static char *given_names(Generator *g, gboolean female)
{
    const char *first = pick_name(g, female ? 0 : 1);
    if (roll(&g->rng, 100) < 3)
        return g_strdup_printf("%s-%s*", first, pick_name(g, female ? 0 : 1));
    if (roll(&g->rng, 2))
        return g_strdup_printf("%s*", first);
    const char *second = pick_name(g, female ? 0 : 1);
    return roll(&g->rng, 4) ? g_strdup_printf("%s* %s", first, second)
                            : g_strdup_printf("%s %s*", first, second);
}

static void b_protect(FhirBuild *b, gboolean hidden, gboolean secret)
{
    if (!hidden)
        return;
    fhir_b_object(b, "meta");
    fhir_b_array(b, "security");
    fhir_b_coding(b, NULL, "http://hl7.se/fhir/ig/base/CodeSystem/SecurityLabel",
                  secret ? "sekretessmarkering" : "skyddadFolkbokforing", NULL);
    fhir_b_end(b);
    fhir_b_end(b);
}

static gboolean give_one(Generator *g, guint i, SeedSink sink, gpointer data, GError **error)
{
    Identity identity;
    if (!make_identity(g, i, &identity, error))
        return FALSE;
    gboolean female = identity.sex == '?' ? roll(&g->rng, 2) : identity.sex == 'F';
    gboolean hidden = roll(&g->rng, 1000) < 5;
    g_autofree char *given = given_names(g, female), *id = g_strdup_printf("gen-%u", i + 1);
    const char *family = pick_name(g, 2);
    g_autofree char *both = roll(&g->rng, 100) < 3
                                ? g_strdup_printf("%s %s", family, pick_name(g, 2))
                                : g_strdup(family);
    g_autoptr(FhirBuild) b = fhir_build_new("Patient");
    fhir_b_string(b, "id", id);
    b_protect(b, hidden, roll(&g->rng, 2));
    fhir_b_array(b, "identifier");
    fhir_b_identifier(b, NULL, identity_system(identity.kind), identity.id12);
    fhir_b_end(b);
    fhir_b_bool(b, "active", TRUE);
    seed_b_patient_name(b, given, both, hidden);
    fhir_b_string(b, "gender", female ? "female" : "male");
    if (identity.birth.year)
        fhir_b_date(b, "birthDate", identity.birth);
    g_autoptr(FhirResource) r = fhir_build_finish(b, error);
    return r && sink(r, data, error);
}

gboolean generate_patients(guint n, guint64 seed, CivilDate today, SeedSink sink, gpointer data,
                           GError **error)
{
    g_autofree char *dir = data_path("seed");
    g_autoptr(SeedTable) names = seed_table_load(dir, "names.tsv", error);
    if (!names)
        return FALSE;
    Generator g = {.names = names, .rng = {seed}, .today = today};
    count_weights(&g);
    g.unused = g_ptr_array_new_with_free_func(g_free);
    g.taken = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    gboolean ok = find_unused(&g, error);
    for (guint i = 0; ok && i < n; i++)
        ok = give_one(&g, i, sink, data, error);
    g_ptr_array_unref(g.unused);
    g_hash_table_unref(g.taken);
    return ok;
}
