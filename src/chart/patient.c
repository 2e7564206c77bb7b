/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/patient.h"

#include <string.h>

#include "base/identity.h"
#include "base/text.h"

#define EN_QUALIFIER "http://hl7.org/fhir/StructureDefinition/iso21090-EN-qualifier"

/* The tilltalsnamn is the given name that carries the qualifier CL; else the first. */
static int call_name_index(FhirNode name)
{
    int i = 0;
    for (FhirNode ext = fhir_first(fhir_at(name, "_given")); fhir_exists(ext); ext = fhir_next(ext), i++)
        for (FhirNode e = fhir_first(fhir_at(ext, "extension")); fhir_exists(e); e = fhir_next(e))
            if (fhir_is(e, "url", EN_QUALIFIER) && fhir_is(e, "valueCode", "CL"))
                return i;
    return 0;
}

static FhirNode best_name(const FhirResource *p)
{
    FhirNode names = fhir_at(fhir_root(p), "name");
    for (FhirNode n = fhir_first(names); fhir_exists(n); n = fhir_next(n))
        if (fhir_is(n, "use", "official"))
            return n;
    return fhir_first(names);
}

static char *given_names(FhirNode name, gboolean all, gboolean mark)
{
    GString *out = g_string_new(NULL);
    int call = call_name_index(name), i = 0;
    guint n = fhir_count(fhir_at(name, "given"));
    for (FhirNode g = fhir_first(fhir_at(name, "given")); fhir_exists(g); g = fhir_next(g), i++) {
        g_autofree char *text = fhir_string(g, "");
        if (!text || (!all && i != call))
            continue;
        gboolean marked = mark && n > 1 && i == call;
        g_string_append_printf(out, marked ? "%s/%s/" : "%s%s", out->len ? " " : "", text);
    }
    return g_string_free(out, FALSE);
}

static char *name_with(const FhirResource *p, gboolean all, gboolean mark)
{
    FhirNode name = best_name(p);
    g_autofree char *family = fhir_string(name, "family");
    g_autofree char *given = given_names(name, all, mark);
    if (family && *given)
        return g_strdup_printf("%s, %s", family, given);
    if (family || *given)
        return g_strdup(family ? family : given);
    char *text = fhir_string(name, "text");
    if (!text) /* a core that sends the name as one text */
        text = fhir_string(fhir_root(p), "name");
    return text ? text : g_strdup("–");
}

char *chart_patient_list_name(const FhirResource *p)
{
    return name_with(p, FALSE, FALSE);
}

char *chart_patient_banner_name(const FhirResource *p)
{
    return name_with(p, TRUE, TRUE);
}

/* Personnummer first, then samordningsnummer, then the reserve numbers. */
static FhirNode best_identifier(const FhirResource *p, IdentityKind *ret_kind)
{
    FhirNode best = {0}, ids = fhir_at(fhir_root(p), "identifier");
    IdentityKind kind = ID_NONE;
    for (FhirNode i = fhir_first(ids); fhir_exists(i); i = fhir_next(i)) {
        g_autofree char *system = fhir_string(i, "system");
        IdentityKind k = system ? identity_kind_of_system(system) : ID_NONE;
        if (k != ID_NONE && !fhir_is(i, "use", "old") && (kind == ID_NONE || k < kind)) {
            kind = k;
            best = i;
        }
    }
    *ret_kind = kind;
    return best;
}

char *chart_patient_number(const FhirResource *p)
{
    IdentityKind kind;
    FhirNode id = best_identifier(p, &kind);
    g_autofree char *value = kind == ID_NONE ? NULL : fhir_string(id, "value");
    return value ? identity_display(value) : NULL;
}

CivilDate chart_patient_birth(const FhirResource *p)
{
    FhirTime t;
    return fhir_time(fhir_root(p), "birthDate", &t) ? t.date : (CivilDate){0};
}

/* Years; months under two years; days under one month. */
char *chart_patient_age(const FhirResource *p, CivilDate today, const char *lang)
{
    CivilDate birth = chart_patient_birth(p);
    int years, months, days;
    gboolean sv = strcmp(lang, "sv") == 0;
    if (!birth.year)
        return g_strdup("");
    civil_age(birth, today, &years, &months, &days);
    if (years >= 2)
        return g_strdup_printf("%d", years);
    if (months >= 1)
        return g_strdup_printf(sv ? "%d mån" : "%d mo", months);
    return g_strdup_printf("%d d", days);
}

gboolean chart_patient_deceased(const FhirResource *p)
{
    return fhir_bool(fhir_root(p), "deceasedBoolean") || fhir_exists(fhir_at(fhir_root(p), "deceasedDateTime"));
}

static const char *sex_word(const FhirResource *p, gboolean sv)
{
    static const struct {
        const char *code, *sv, *en;
    } words[] = {{"male", "man", "man"}, {"female", "kvinna", "woman"}, {"other", "annat kön", "other sex"}};
    for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
        if (fhir_is(fhir_root(p), "gender", words[i].code))
            return sv ? words[i].sv : words[i].en;
    return sv ? "kön okänt" : "sex unknown";
}

char *chart_patient_sex_age(const FhirResource *p, CivilDate today, const char *lang)
{
    gboolean sv = strcmp(lang, "sv") == 0;
    FhirTime dead;
    if (fhir_time(fhir_root(p), "deceasedDateTime", &dead)) {
        g_autofree char *on = civil_date_to_text(dead.date);
        return g_strdup_printf(sv ? "%s, avliden %s" : "%s, deceased %s", sex_word(p, sv), on);
    }
    if (chart_patient_deceased(p))
        return g_strdup_printf(sv ? "%s, avliden" : "%s, deceased", sex_word(p, sv));
    g_autofree char *age = chart_patient_age(p, today, lang);
    if (!*age)
        return g_strdup_printf(sv ? "%s, ålder okänd" : "%s, age unknown", sex_word(p, sv));
    gboolean years = g_ascii_isdigit(age[strlen(age) - 1]);
    return g_strdup_printf("%s, %s%s", sex_word(p, sv), age, years ? (sv ? " år" : " y") : "");
}

gboolean chart_patient_protected(const FhirResource *p)
{
    FhirNode labels = fhir_at(fhir_root(p), "meta.security");
    for (FhirNode s = fhir_first(labels); fhir_exists(s); s = fhir_next(s))
        if (fhir_is(s, "code", "sekretessmarkering") || fhir_is(s, "code", "skyddadFolkbokforing"))
            return TRUE;
    return FALSE;
}

char *chart_patient_words(const FhirResource *p)
{
    GString *out = g_string_new(NULL);
    FhirNode root = fhir_root(p);
    for (FhirNode n = fhir_first(fhir_at(root, "name")); fhir_exists(n); n = fhir_next(n)) {
        g_autofree char *family = fhir_string(n, "family"), *given = given_names(n, TRUE, FALSE);
        g_string_append_printf(out, "%s %s ", given, family ? family : "");
    }
    for (FhirNode i = fhir_first(fhir_at(root, "identifier")); fhir_exists(i); i = fhir_next(i)) {
        g_autofree char *v = fhir_string(i, "value");
        if (v && strlen(v) == 12)
            g_string_append_printf(out, "%s %s %s ", v, v + 2, v + 8);
    }
    char *folded = text_fold(out->str);
    g_string_free(out, TRUE);
    return folded;
}
