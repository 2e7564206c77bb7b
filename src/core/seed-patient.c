/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/seed-internal.h"
#include "base/identity.h"
#include <string.h>

#define SECURITY     "http://hl7.se/fhir/ig/base/CodeSystem/SecurityLabel"
#define QUALIFIER    "http://hl7.org/fhir/StructureDefinition/iso21090-EN-qualifier"
#define ADDRESS_KIND "http://hl7.se/fhir/ig/base/StructureDefinition/SEBaseAddressPersonExtension"
#define HIDDEN       "Skyddad uppgift"

static const char *const streets[] = {
    "Björkvägen", "Storgatan", "Kvarnbacken", "Ängsgatan",       "Lingonstigen", "Hamngatan",
    "Åsvägen",    "Skolgatan", "Tallstigen",  "Östra Parkgatan", "Fiskaregränd", "Syrenvägen"};
static const char *const towns[] = {"Övningsstad", "Norra Övning", "Övningsvik"};

/* "weight=84;kin=Öberg Margareta, hustru" → the value, owned; NULL when absent */
static char *option(const Seed *s, guint row, const char *name)
{
    g_auto(GStrv) parts = g_strsplit(seed_cell(s->patients, row, "options"), ";", -1);
    gsize len = strlen(name);
    for (char **p = parts; *p; p++)
        if (!strncmp(*p, name, len) && (*p)[len] == '=')
            return g_strdup(*p + len + 1);
    return NULL;
}

/* Given names parted by blanks; the one called by (tilltalsnamn) has an asterisk. */
void seed_b_patient_name(FhirBuild *b, const char *given, const char *family, gboolean hidden)
{
    g_auto(GStrv) names = g_strsplit(given, " ", -1);
    g_autoptr(GString) qualifiers = g_string_new("[");
    g_autoptr(GString) whole = g_string_new(NULL);
    gboolean marked = strchr(given, '*') != NULL;
    for (guint i = 0; names[i]; i++) {
        char *star = strchr(names[i], '*');
        if (star)
            *star = '\0';
        g_string_append_printf(whole, "%s ", names[i]);
        g_string_append_printf(qualifiers, "%s", i ? "," : "");
        if (star || (!marked && i == 0))
            g_string_append(qualifiers,
                            "{\"extension\":[{\"url\":\"" QUALIFIER "\",\"valueCode\":\"CL\"}]}");
        else
            g_string_append(qualifiers, "null");
    }
    g_string_append_c(qualifiers, ']');
    g_string_append(whole, family);
    fhir_b_array(b, "name");
    fhir_b_object(b, NULL);
    fhir_b_string(b, "use", "official");
    fhir_b_string(b, "text", hidden ? HIDDEN : whole->str);
    if (!hidden) {
        fhir_b_string(b, "family", family);
        fhir_b_array(b, "given");
        for (guint i = 0; names[i]; i++)
            fhir_b_string(b, NULL, names[i]);
        fhir_b_end(b);
        fhir_b_raw(b, "_given", qualifiers->str);
    }
    fhir_b_end(b);
    fhir_b_end(b);
}

static void b_security(FhirBuild *b, const char *code, const char *display)
{
    fhir_b_object(b, "meta");
    fhir_b_array(b, "security");
    fhir_b_coding(b, NULL, SECURITY, code, display);
    fhir_b_end(b);
    fhir_b_end(b);
}

static void b_phone(SeedChart *c, FhirBuild *b, const char *salt)
{
    /* numbers that the telecom authority keeps free for use in fiction */
    g_autofree char *number = g_strdup_printf("070-174 06 %02u", 5 + seed_hash(c->id, salt) % 95);
    fhir_b_array(b, "telecom");
    fhir_b_object(b, NULL);
    fhir_b_string(b, "system", "phone");
    fhir_b_string(b, "value", number);
    fhir_b_string(b, "use", "mobile");
    fhir_b_end(b);
    fhir_b_end(b);
}

static void b_address(SeedChart *c, FhirBuild *b, gboolean hidden)
{
    g_autofree char *line =
        g_strdup_printf("%s %u", streets[seed_hash(c->id, "street") % G_N_ELEMENTS(streets)],
                        1 + seed_hash(c->id, "door") % 60);
    fhir_b_array(b, "address");
    fhir_b_object(b, NULL);
    fhir_b_array(b, "extension");
    fhir_b_object(b, NULL);
    fhir_b_string(b, "url", ADDRESS_KIND);
    fhir_b_concept(b, "valueCodeableConcept", SEED_SNOMED,
                   hidden ? "63391000052104" : "63381000052101",
                   hidden ? "särskild postadress" : "folkbokföringsadress", NULL);
    fhir_b_end(b);
    fhir_b_end(b);
    fhir_b_array(b, "line");
    fhir_b_string(b, NULL, hidden ? "Förmedlingsuppdrag, Box 999" : line);
    fhir_b_end(b);
    fhir_b_string(b, "city",
                  hidden ? "Övningsstad" : towns[seed_hash(c->id, "town") % G_N_ELEMENTS(towns)]);
    fhir_b_string(b, "postalCode", hidden ? "999 99" : "999 01");
    fhir_b_string(b, "country", "SE");
    fhir_b_end(b);
    fhir_b_end(b);
}

/* kin=Öberg Margareta, hustru */
static void b_kin(SeedChart *c, FhirBuild *b, const char *kin)
{
    g_auto(GStrv) parts = g_strsplit(kin, ", ", 2);
    fhir_b_array(b, "contact");
    fhir_b_object(b, NULL);
    if (parts[1]) {
        fhir_b_array(b, "relationship");
        fhir_b_concept(b, NULL, NULL, NULL, NULL, parts[1]);
        fhir_b_end(b);
    }
    fhir_b_object(b, "name");
    fhir_b_string(b, "text", parts[0]);
    fhir_b_end(b);
    b_phone(c, b, "kin");
    fhir_b_end(b);
    fhir_b_end(b);
}

static void b_language(FhirBuild *b, const char *language)
{
    fhir_b_array(b, "communication");
    fhir_b_object(b, NULL);
    fhir_b_concept(b, "language", NULL, NULL, NULL, language);
    fhir_b_bool(b, "preferred", TRUE);
    fhir_b_end(b);
    fhir_b_end(b);
}

static void b_person(SeedChart *c, FhirBuild *b, guint row, gboolean hidden)
{
    Seed *s = c->seed;
    seed_b_patient_name(b, seed_cell(s->patients, row, "given"), c->family, hidden);
    if (!hidden)
        b_phone(c, b, "phone");
    fhir_b_string(b, "gender", c->sex == 'F' ? "female" : c->sex == 'M' ? "male" : "unknown");
    if (c->born)
        fhir_b_date(b, "birthDate", c->birth);
}

static gboolean give_patient(SeedChart *c, guint row, const Identity *identity, GError **error)
{
    Seed *s = c->seed;
    g_autofree char *protect = option(s, row, "protect"), *dead = option(s, row, "deceased");
    g_autofree char *kin = option(s, row, "kin"), *language = option(s, row, "language");
    CivilDate died;
    const char *rest = NULL;
    g_autoptr(FhirBuild) b = seed_start(c, "Patient", c->id);
    if (protect)
        b_security(b, protect,
                   !strcmp(protect, "sekretessmarkering") ? "Sekretessmarkering"
                                                          : "Skyddad folkbokföring");
    fhir_b_array(b, "identifier");
    fhir_b_identifier(b, NULL, identity_system(identity->kind), identity->id12);
    fhir_b_end(b);
    fhir_b_bool(b, "active", TRUE);
    b_person(c, b, row, protect != NULL);
    if (dead && seed_offset_days(dead, s->today, &died, &rest))
        fhir_b_date(b, "deceasedDateTime", died);
    if (identity->kind == ID_PERSONNUMMER || identity->kind == ID_SAMORDNINGSNUMMER)
        b_address(c, b, protect != NULL);
    if (kin && !protect)
        b_kin(c, b, kin);
    if (language)
        b_language(b, language);
    fhir_b_array(b, "generalPractitioner");
    fhir_b_reference(b, NULL, "Organization", "org-vc", seed_lookup(s->units, "org-vc", "name"));
    fhir_b_end(b);
    fhir_b_reference(b, "managingOrganization", "Organization", c->unit,
                     seed_lookup(s->units, c->unit, "name"));
    return seed_give(s, b, error);
}

static Decimal usual_weight(const SeedChart *c)
{
    int kg = c->age >= 18  ? (c->sex == 'F' ? 58 : 70) + (int)(seed_hash(c->id, "weight") % 31)
             : c->age >= 1 ? 8 + c->age * 5 / 2 + (c->age > 11 ? (c->age - 11) * 3 : 0)
                           : 6;
    return decimal_from_int(kg);
}

static gboolean chart_init(SeedChart *c, Seed *s, guint row, Identity *ret_identity, GError **error)
{
    const char *number = seed_cell(s->patients, row, "id12");
    *c = (SeedChart){.seed = s, .id = seed_cell(s->patients, row, "id")};
    if (!identity_parse(number, s->today, ret_identity)) {
        g_set_error(error, SEED_ERROR, SEED_ERROR_REFERENCE, "%s: %s is no identity number", c->id,
                    number);
        return FALSE;
    }
    g_autofree char *weight = option(s, row, "weight");
    c->serial = c->id + strlen("pat-");
    c->unit = seed_cell(s->patients, row, "unit");
    c->pal = seed_cell(s->patients, row, "pal");
    c->bed = seed_cell(s->patients, row, "bed");
    c->sex = ret_identity->sex;
    c->birth = ret_identity->birth;
    c->born = c->birth.year != 0;
    if (c->born)
        civil_age(c->birth, s->today, &c->age, NULL, NULL);
    c->family = g_strdup(seed_cell(s->patients, row, "family"));
    g_auto(GStrv) names = g_strsplit(seed_cell(s->patients, row, "given"), " ", -1);
    const char *called = names[0] ? names[0] : "";
    for (char **n = names; *n; n++)
        if (g_str_has_suffix(*n, "*"))
            called = *n;
    c->given = g_strndup(called, strcspn(called, "*"));
    c->display = g_strdup_printf("%s %s", c->given, c->family);
    c->jitter = (int)(seed_hash(c->id, "minute") % 31) - 15;
    c->shift = (int)g_ascii_strtoll(seed_cell(s->patients, row, "shift"), NULL, 10);
    if (!weight || !decimal_parse(weight, &c->weight))
        c->weight = usual_weight(c);
    c->counts = g_hash_table_new(g_str_hash, g_str_equal);
    c->seen = g_hash_table_new(g_str_hash, g_str_equal);
    c->values =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
    c->out = g_ptr_array_new_with_free_func((GDestroyNotify)fhir_resource_unref);
    return TRUE;
}

static void contact_free(gpointer data)
{
    SeedContact *k = data;
    g_free(k->id);
    g_free(k->reason);
    g_free(k->bed);
    g_clear_pointer(&k->conditions, g_ptr_array_unref);
    g_free(k);
}

static void chart_clear(SeedChart *c)
{
    g_clear_pointer(&c->counts, g_hash_table_unref);
    g_clear_pointer(&c->seen, g_hash_table_unref);
    g_clear_pointer(&c->values, g_hash_table_unref);
    g_clear_pointer(&c->contacts, g_ptr_array_unref);
    g_clear_pointer(&c->out, g_ptr_array_unref);
    g_free(c->given);
    g_free(c->family);
    g_free(c->display);
}

/* Borrowed from the seed's own store of read cases. A patient need not have a file of its own. */
static gboolean find_case(Seed *s, const char *folder, const char *name, gboolean must,
                          const SeedCase **ret, GError **error)
{
    g_autofree char *file = g_strdup_printf("%s/%s.case", folder, name);
    gpointer known = NULL;
    if (!g_hash_table_lookup_extended(s->cases, file, NULL, &known)) {
        g_autofree char *path = g_build_filename(s->dir, file, NULL);
        SeedCase *fresh = NULL;
        if ((must || g_file_test(path, G_FILE_TEST_EXISTS)) &&
            !(fresh = seed_case_load(s->dir, file, error)))
            return FALSE;
        known = fresh;
        g_hash_table_insert(s->cases, g_steal_pointer(&file), fresh);
    }
    *ret = known;
    return TRUE;
}

static gboolean run_case(SeedChart *c, const SeedCase *k, GError **error)
{
    for (guint i = 0; k && i < k->lines->len; i++)
        if (!seed_chart_run(c, k->lines->pdata[i], error))
            return FALSE;
    return TRUE;
}

static gboolean run_bookings(SeedChart *c, GError **error)
{
    const SeedTable *t = c->seed->bookings;
    for (guint r = 0; r < seed_table_rows(t); r++) {
        if (strcmp(seed_cell(t, r, "patient"), c->id))
            continue;
        const char *fields[] = {"bokning",
                                seed_cell(t, r, "when"),
                                seed_cell(t, r, "who"),
                                seed_cell(t, r, "type"),
                                seed_cell(t, r, "reason"),
                                seed_cell(t, r, "state"),
                                seed_cell(t, r, "why"),
                                NULL};
        SeedLine line = {"bookings.tsv", r + 1, 100, (char **)fields, 7, NULL};
        if (!seed_chart_run(c, &line, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean fill_chart(SeedChart *c, guint row, GError **error)
{
    Seed *s = c->seed;
    const SeedCase *k = NULL;
    g_auto(GStrv) cases = g_strsplit(seed_cell(s->patients, row, "cases"), "+", -1);
    for (char **name = cases; *name && **name; name++)
        if (!find_case(s, "cases", *name, TRUE, &k, error) || !run_case(c, k, error))
            return FALSE;
    if (!find_case(s, "own", c->id, FALSE, &k, error) || !run_case(c, k, error) ||
        !run_bookings(c, error))
        return FALSE;
    g_autofree char *heavy = option(s, row, "resources");
    return !heavy || seed_heavy(c, (guint)g_ascii_strtoull(heavy, NULL, 10), error);
}

static gboolean give_chart(Seed *s, guint row, GError **error)
{
    SeedChart c;
    Identity identity;
    gboolean ok = chart_init(&c, s, row, &identity, error);
    if (ok) {
        c.contacts = g_ptr_array_new_with_free_func(contact_free);
        ok = give_patient(&c, row, &identity, error) && fill_chart(&c, row, error) &&
             seed_flush_contacts(&c, error);
    }
    for (guint i = 0; ok && i < c.out->len; i++)
        ok = s->sink(c.out->pdata[i], s->data, error);
    chart_clear(&c);
    return ok;
}

gboolean seed_patients(Seed *s, GError **error)
{
    for (guint row = 0; row < seed_table_rows(s->patients); row++)
        if (!give_chart(s, row, error))
            return FALSE;
    return TRUE;
}
