/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/vitals.h"

#include <string.h>

#include "chart/units.h"

#define SYSTOLIC  "8480-6"
#define DIASTOLIC "8462-4"

static void free_measurement(gpointer m)
{
    measurement_free(m);
}

void measurement_free(Measurement *m)
{
    if (m == NULL)
        return;
    fhir_resource_unref((FhirResource *)m->source);
    g_free(m->code);
    g_free(m->name);
    g_free(m->value);
    g_free(m->unit);
    g_free(m->reference);
    g_free(m);
}

gboolean measurement_is_critical(const Measurement *m)
{
    return strcmp(m->interpretation, "HH") == 0 || strcmp(m->interpretation, "LL") == 0;
}

/* Digits as sent, only the point becomes a comma; an exponent stays readable as it came. */
static char *with_comma(char *number)
{
    return number != NULL ? g_strdelimit(number, ".", ',') : NULL;
}

/* The unit as sent. Where unit and code name two different known units nobody can say which one the
 * number is in: both stand there with a "?"; and where there is none, that. Takes @unit. */
static char *read_unit(FhirNode q, char *unit)
{
    g_autofree char *code = fhir_string(q, "code"), *sent = unit;
    if (sent != NULL && code != NULL && !units_agree(sent, code))
        return g_strdup_printf("%s? %s?", sent, code);
    if (sent == NULL && code == NULL)
        return g_strdup("enhet?");
    return sent != NULL ? g_steal_pointer(&sent) : g_steal_pointer(&code);
}

static void read_quantity(Measurement *m, FhirNode q)
{
    g_autofree char *comparator = fhir_string(q, "comparator");
    g_autofree char *digits = with_comma(fhir_string(q, "value"));
    char *unit = fhir_string(q, "unit");
    if (digits == NULL) {
        g_free(unit);
        return;
    }
    m->value = g_strconcat(comparator != NULL ? comparator : "", digits, NULL);
    m->unit = read_unit(q, unit);
    if (strchr(m->unit, '?') != NULL)
        g_strlcpy(m->interpretation, "?", sizeof m->interpretation);
    else if (comparator == NULL && !fhir_decimal(q, "value", &m->number))
        m->number = (Decimal){0};
}

static void read_ratio(Measurement *m, FhirNode r)
{
    g_autofree char *a = with_comma(fhir_string(r, "numerator.value"));
    g_autofree char *b = with_comma(fhir_string(r, "denominator.value"));
    if (a != NULL && b != NULL)
        m->value = g_strdup_printf("%s/%s", a, b);
}

static void read_range(Measurement *m, FhirNode r)
{
    g_autofree char *a = with_comma(fhir_string(r, "low.value"));
    g_autofree char *b = with_comma(fhir_string(r, "high.value"));
    if (a != NULL && b != NULL)
        m->value = g_strdup_printf("%s–%s", a, b);
    m->unit = fhir_string(r, "low.unit");
}

/* The value of an Observation or of a component, whatever its type. */
static void read_value(Measurement *m, FhirNode at)
{
    static const char *const plain[] = {"valueString", "valueInteger", "valueDateTime",
                                        "valueTime"};
    if (fhir_exists(fhir_at(at, "valueQuantity")))
        read_quantity(m, fhir_at(at, "valueQuantity"));
    else if (fhir_exists(fhir_at(at, "valueCodeableConcept")))
        m->value = fhir_concept_text(at, "valueCodeableConcept");
    else if (fhir_exists(fhir_at(at, "valueRatio")))
        read_ratio(m, fhir_at(at, "valueRatio"));
    else if (fhir_exists(fhir_at(at, "valueRange")))
        read_range(m, fhir_at(at, "valueRange"));
    else if (fhir_exists(fhir_at(at, "valueBoolean")))
        m->value = g_strdup(fhir_bool(at, "valueBoolean") ? "ja" : "nej");
    for (gsize i = 0; m->value == NULL && i < G_N_ELEMENTS(plain); i++)
        m->value = fhir_string(at, plain[i]);
    fhir_decimal(at, "valueInteger", &m->number);
}

static void read_interpretation(Measurement *m, FhirNode at)
{
    static const char *const codes[][2] = {{"HH", "HH"}, {"LL", "LL"}, {"HU", "HH"},
                                           {"LU", "LL"}, {"H", "H"},   {"L", "L"},
                                           {"A", "A"},   {"AA", "AA"}, {"POS", "A"}};
    for (FhirNode i = fhir_first(fhir_at(at, "interpretation")); fhir_exists(i); i = fhir_next(i)) {
        g_autofree char *code = fhir_concept_code(i, NULL, NULL);
        for (gsize k = 0; k < G_N_ELEMENTS(codes); k++)
            if (g_strcmp0(code, codes[k][0]) == 0 && m->interpretation[0] == '\0')
                g_strlcpy(m->interpretation, codes[k][1], sizeof m->interpretation);
    }
}

static char *read_reference(FhirNode at)
{
    FhirNode r = fhir_at(at, "referenceRange[0]");
    g_autofree char *low = with_comma(fhir_string(r, "low.value"));
    g_autofree char *high = with_comma(fhir_string(r, "high.value"));
    if (low != NULL && high != NULL)
        return g_strdup_printf("%s–%s", low, high);
    if (low != NULL)
        return g_strdup_printf("≥%s", low);
    if (high != NULL)
        return g_strdup_printf("≤%s", high);
    return fhir_string(r, "text");
}

Instant vitals_measured_at(const FhirResource *o)
{
    FhirTime t;
    static const char *const paths[] = {"effectiveDateTime", "effectiveInstant",
                                        "effectivePeriod.end", "effectivePeriod.start", "issued"};
    for (gsize i = 0; i < G_N_ELEMENTS(paths); i++)
        if (fhir_time(fhir_root(o), paths[i], &t))
            return t.instant;
    return INSTANT_NONE;
}

static char *first_code(FhirNode at)
{
    char *loinc = fhir_concept_code(at, "code", LOINC);
    return loinc != NULL ? loinc : fhir_concept_code(at, "code", NULL);
}

static Measurement *read_any(const FhirResource *o, FhirNode at, gboolean component)
{
    Measurement *m = g_new0(Measurement, 1);
    m->source = fhir_resource_ref(o);
    m->component = component;
    m->at = vitals_measured_at(o);
    read_value(m, at);
    m->unit = m->unit != NULL ? m->unit : g_strdup("");
    m->code = first_code(at);
    m->name = fhir_concept_text(at, "code");
    m->name = m->name != NULL ? m->name : g_strdup("?");
    m->reference = read_reference(at);
    read_interpretation(m, at);
    return m;
}

/* No patient has it, whatever the record says: below nothing, or more of a scale than there is. */
static gboolean is_impossible(const Measurement *m)
{
    static const struct {
        const char *code;
        guint32 most; /* 0: none */
    } scales[] = {{"2708-6", 100}, {"59408-5", 100}, {"72514-3", 10}, {"9279-1", 0}, {"8867-4", 0}, {"8480-6", 0}, {"8462-4", 0},
                  {"29463-7", 0}, {"8302-2", 0}, {"3151-8", 0}};
    for (gsize i = 0; m->number.valid && i < G_N_ELEMENTS(scales); i++)
        if (g_strcmp0(m->code, scales[i].code) == 0)
            return m->value[0] == '-' || (scales[i].most && decimal_compare(m->number, decimal_from_int(scales[i].most)) > 0);
    return FALSE;
}

/* NULL when there is no value here. */
static Measurement *read_one(const FhirResource *o, FhirNode at, gboolean component)
{
    g_autoptr(Measurement) m = read_any(o, at, component);
    if (m->value != NULL && is_impossible(m)) { /* shown as doubted, and nothing is reckoned from it */
        m->number = (Decimal){0};
        g_strlcpy(m->interpretation, "?", sizeof m->interpretation);
    }
    return m->value != NULL ? g_steal_pointer(&m) : NULL;
}

static gboolean counts(const FhirResource *o)
{
    static const char *const good[] = {"final", "amended", "corrected", "preliminary"};
    FhirNode root = fhir_root(o);
    if (strcmp(fhir_type(o), "Observation") != 0 || fhir_has_modifier(o))
        return FALSE;
    for (gsize i = 0; i < G_N_ELEMENTS(good); i++)
        if (fhir_is(root, "status", good[i]))
            return TRUE;
    return FALSE;
}

static const Measurement *with_code(const GPtrArray *list, const char *code)
{
    for (guint i = 0; i < list->len; i++)
        if (g_strcmp0(((Measurement *)list->pdata[i])->code, code) == 0)
            return list->pdata[i];
    return NULL;
}

/* 148/86: two components read as one value. */
static Measurement *blood_pressure(const FhirResource *o, const GPtrArray *components)
{
    const Measurement *s = with_code(components, SYSTOLIC), *d = with_code(components, DIASTOLIC);
    if (s == NULL || d == NULL)
        return NULL;
    Measurement *m = g_new0(Measurement, 1);
    m->source = fhir_resource_ref(o);
    m->at = s->at;
    m->code = first_code(fhir_root(o));
    m->name = fhir_concept_text(fhir_root(o), "code");
    m->name = m->name != NULL ? m->name : g_strdup("?");
    m->value = g_strdup_printf("%s/%s", s->value, d->value);
    m->unit = g_strdup(s->unit);
    read_interpretation(m, fhir_root(o));
    if (s->interpretation[0] == '?' || d->interpretation[0] == '?')
        g_strlcpy(m->interpretation, "?", sizeof m->interpretation);
    return m;
}

GPtrArray *vitals_of(const FhirResource *o)
{
    GPtrArray *list = g_ptr_array_new_with_free_func(free_measurement);
    if (!counts(o))
        return list;
    FhirNode root = fhir_root(o);
    Measurement *whole = read_one(o, root, FALSE);
    for (FhirNode c = fhir_first(fhir_at(root, "component")); fhir_exists(c); c = fhir_next(c)) {
        Measurement *m = read_one(o, c, TRUE);
        if (m != NULL)
            g_ptr_array_add(list, m);
    }
    if (whole == NULL)
        whole = blood_pressure(o, list);
    if (whole != NULL)
        g_ptr_array_insert(list, 0, whole);
    else
        for (guint i = 0; i < list->len; i++)
            ((Measurement *)list->pdata[i])->component = FALSE; /* each stands for itself */
    return list;
}

static void free_list(gpointer list)
{
    g_ptr_array_unref(list);
}

GPtrArray *vitals_of_all(const GPtrArray *observations)
{
    GPtrArray *all = g_ptr_array_new_full(observations->len, free_list);
    for (guint i = 0; i < observations->len; i++)
        g_ptr_array_add(all, vitals_of(observations->pdata[i]));
    return all;
}

Measurement *vitals_doubtful(const FhirResource *o)
{
    if (strcmp(fhir_type(o), "Observation") != 0)
        return NULL;
    Measurement *m = read_any(o, fhir_root(o), FALSE);
    m->value = m->value != NULL ? m->value : g_strdup("");
    m->number = (Decimal){0};
    g_strlcpy(m->interpretation, "?", sizeof m->interpretation);
    return m;
}

static gint newest_first(gconstpointer a, gconstpointer b)
{
    const Measurement *x = *(Measurement *const *)a, *y = *(Measurement *const *)b;
    return x->at == y->at ? g_strcmp0(x->name, y->name) : x->at < y->at ? 1 : -1;
}

GPtrArray *vitals_latest(const GPtrArray *observations)
{
    g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func(free_measurement);
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    GPtrArray *latest = g_ptr_array_new_with_free_func(free_measurement);
    for (guint i = 0; i < observations->len; i++) {
        g_autoptr(GPtrArray) values = vitals_of(observations->pdata[i]);
        while (values->len > 0)
            g_ptr_array_add(all, g_ptr_array_steal_index(values, 0));
    }
    g_ptr_array_sort(all, newest_first);
    for (guint i = 0; i < all->len; i++) {
        Measurement *m = all->pdata[i];
        if (m->component || !g_hash_table_add(seen, m->code != NULL ? m->code : m->name))
            continue;
        g_ptr_array_add(latest, m);
        all->pdata[i] = NULL;
    }
    return latest;
}
