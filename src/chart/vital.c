/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/vital.h"

#include <glib/gi18n.h>
#include <string.h>

#include "chart/news2-order.h"

#define SNOMED "http://snomed.info/sct"

/* Vital signs have the codes that HL7's vital-signs profiles demand; what goes in and out of a patient
 * has no LOINC code without a duration. */
static const VitalInfo infos[VITAL_KINDS] = {
    [VITAL_RESPIRATION] = {"af", "AF", "Andningsfrekvens", "/min", "/min", LOINC, "9279-1", 0},
    [VITAL_SATURATION] = {"sat", "SpO2", "Syremättnad", "%", "%", LOINC, "2708-6", 0},
    [VITAL_OXYGEN] = {"syrgas", "Syrgas", "Syrgas, flöde", "l/min", "L/min", LOINC, "3151-8", 2},
    [VITAL_PRESSURE] = {"bt", "BT", "Blodtryck", "mmHg", "mm[Hg]", LOINC, "85354-9", 0},
    [VITAL_PULSE] = {"puls", "Puls", "Pulsfrekvens", "/min", "/min", LOINC, "8867-4", 0},
    [VITAL_CONSCIOUSNESS] = {"acvpu", "Medvet.", "Medvetandegrad (ACVPU)", NULL, NULL, LOINC, "67775-7", 0},
    [VITAL_TEMPERATURE] = {"temp", "Temp", "Kroppstemperatur", "°C", "Cel", LOINC, "8310-5", 1},
    [VITAL_WEIGHT] = {"vikt", "Vikt", "Kroppsvikt", "kg", "kg", LOINC, "29463-7", 3},
    [VITAL_HEIGHT] = {"längd", "Längd", "Kroppslängd", "cm", "cm", LOINC, "8302-2", 1},
    [VITAL_PAIN] = {"smärta", "NRS", "Smärta (NRS)", "poäng", "{score}", LOINC, "72514-3", 0},
    [VITAL_FLUID_IN] = {"in", "Vätska in", "Vätska in", "ml", "mL", SNOMED, "251992000", 0},
    [VITAL_FLUID_OUT] = {"ut", "Vätska ut", "Vätska ut", "ml", "mL", SNOMED, "251840008", 0},
};

/* LOINC's answers know no new confusion: there SNOMED CT has the word. */
static const VitalLevel levels[] = {
    {'A', LOINC, "LA9340-6", "A – alert"},
    {'C', SNOMED, "130987000", "C – nytillkommen förvirring"},
    {'V', LOINC, "LA17108-4", "V – reagerar på tilltal"},
    {'P', LOINC, "LA17107-6", "P – reagerar på smärta"},
    {'U', LOINC, "LA9343-0", "U – reagerar inte"},
};
const char vital_levels[] = "ACVPU";

const VitalInfo *vital_info(VitalField kind)
{
    return &infos[kind];
}

const VitalLevel *vital_level(char letter)
{
    for (gsize i = 0; i < G_N_ELEMENTS(levels); i++)
        if (levels[i].letter == letter)
            return &levels[i];
    return NULL;
}

static void issue_free(gpointer data)
{
    VitalIssue *i = data;
    g_free(i->token);
    g_free(i->text);
    g_free(i->why);
    g_free(i);
}

VitalSet *vital_set_new(Instant measured)
{
    VitalSet *s = g_new0(VitalSet, 1);
    s->measured = measured;
    s->issues = g_ptr_array_new_with_free_func(issue_free);
    return s;
}

void vital_set_free(VitalSet *s)
{
    if (s == NULL)
        return;
    for (int i = 0; i < VITAL_FIELDS; i++)
        g_free(s->typed[i]);
    g_ptr_array_unref(s->issues);
    g_free(s);
}

guint vital_set_count(const VitalSet *s)
{
    guint n = 0;
    for (int i = 0; i < VITAL_KINDS; i++)
        n += s->value[i].given;
    return n;
}

gboolean vital_set_complete(const VitalSet *s)
{
    return s->issues->len == 0 && vital_set_count(s) > 0;
}

const VitalIssue *vital_set_issue(const VitalSet *s, VitalField field)
{
    for (guint i = 0; i < s->issues->len; i++) {
        const VitalIssue *issue = s->issues->pdata[i];
        if (issue->field == field)
            return issue;
    }
    return NULL;
}

void vital_set_add_issue(VitalSet *s, VitalField field, VitalIssueKind kind, const char *token, char *text)
{
    VitalIssue *i = g_new0(VitalIssue, 1);
    *i = (VitalIssue){field, kind, g_strdup(token), text, NULL};
    g_ptr_array_add(s->issues, i);
}

char *vital_value_text(const VitalSet *s, VitalField kind)
{
    const VitalValue *v = &s->value[kind];
    if (!v->given)
        return g_strdup("");
    if (kind == VITAL_CONSCIOUSNESS)
        return g_strdup_printf("%c", v->level);
    if (kind == VITAL_OXYGEN && decimal_is_zero(v->value))
        return g_strdup("luft");
    g_autofree char *first = decimal_to_sv(v->value);
    if (kind != VITAL_PRESSURE)
        return g_steal_pointer(&first);
    g_autofree char *second = decimal_to_sv(v->second);
    return g_strdup_printf("%s/%s", first, second);
}

/* ---- the last values ---- */

VitalLast *vital_last(const GPtrArray *observations)
{
    VitalLast *l = g_new0(VitalLast, 1);
    g_autoptr(GPtrArray) latest = vitals_latest(observations);
    for (guint i = 0; i < latest->len; i++) {
        Measurement *m = latest->pdata[i];
        for (int k = 0; k < VITAL_KINDS; k++) {
            gboolean pulse_oximeter = k == VITAL_SATURATION && g_strcmp0(m->code, "59408-5") == 0;
            if (g_strcmp0(m->code, infos[k].code) != 0 && !pulse_oximeter)
                continue;
            if (l->last[k] == NULL || l->last[k]->at < m->at) {
                measurement_free(l->last[k]);
                l->last[k] = m;
                latest->pdata[i] = NULL;
            }
            break;
        }
    }
    return l;
}

void vital_last_free(VitalLast *l)
{
    if (l == NULL)
        return;
    for (int i = 0; i < VITAL_KINDS; i++)
        measurement_free(l->last[i]);
    g_free(l);
}

int vital_last_oxygen(const VitalLast *l, Instant now)
{
    const Measurement *m = l != NULL ? l->last[VITAL_OXYGEN] : NULL;
    gboolean recent = m != NULL && m->at > now - G_TIME_SPAN_DAY && m->at <= now;
    return !recent || !m->number.valid ? -1 : !decimal_is_zero(m->number);
}

/* ---- NEWS2 ---- */

gboolean vital_set_is_asked(const VitalSet *s, VitalField field)
{
    for (guint i = 0; i < s->issues->len; i++) {
        const VitalIssue *issue = s->issues->pdata[i];
        if (issue->field == field && issue->kind == VITAL_QUESTION)
            return TRUE;
    }
    return FALSE;
}

char *vital_set_unanswered(const VitalSet *s)
{
    GString *parts = g_string_new(NULL);
    for (int i = 0; i < NEWS2_PARTS; i++)
        if (vital_set_is_asked(s, (VitalField)i))
            g_string_append_printf(parts, "%s%s", parts->len ? ", " : "", vital_info((VitalField)i)->brief);
    g_autofree char *list = g_string_free(parts, FALSE);
    return *list ? g_strdup_printf(_("unanswered: %s"), list) : NULL;
}

News2 vital_set_news2(const VitalSet *s, const FhirResource *patient, const News2Orders *orders)
{
    News2Scale scale = news2_scale_at(orders, s->measured);
    News2Input in = {.oxygen = -1, .scale2 = scale == NEWS2_SCALE_2, .no_scale = scale == NEWS2_SCALE_UNKNOWN, .age = -1,
                     .pregnant = s->pregnant};
    FhirTime birth;
    if (patient != NULL && fhir_time(fhir_root(patient), "birthDate", &birth))
        civil_age(birth.date, civil_date_at(s->measured), &in.age, NULL, NULL);
    for (int i = 0; i < NEWS2_PARTS; i++)
        if (s->value[i].given)
            in.value[i] = s->value[i].value;
    if (s->value[VITAL_OXYGEN].given)
        in.oxygen = !decimal_is_zero(s->value[VITAL_OXYGEN].value);
    in.consciousness = s->value[VITAL_CONSCIOUSNESS].level;
    News2 n = news2(&in);
    n.measured = s->measured;
    return n;
}
