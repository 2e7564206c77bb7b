/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/med-list.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base/text.h"
#include "chart/code-words.h"
#include "chart/when.h"

static const struct {
    const char *word;
    guint rank; /* in the list */
    gboolean given, doubt;
    gboolean past; /* one group, the latest first: they are fetched a page at a time */
} states[] = {
    [MED_ACTIVE] = {N_("active"), 0, TRUE, FALSE},
    [MED_UNKNOWN] = {N_("NOT KNOWN"), 1, FALSE, TRUE},
    [MED_NOT_TO_BE_GIVEN] = {N_("NOT TO BE GIVEN"), 2, FALSE, TRUE},
    [MED_FUTURE] = {N_("begins later"), 3, TRUE, FALSE},
    [MED_ON_HOLD] = {N_("paused"), 4, FALSE, FALSE},
    [MED_DRAFT] = {N_("not ordered"), 5, FALSE, FALSE},
    [MED_STOPPED] = {N_("stopped"), 6, FALSE, FALSE, TRUE},
    [MED_PAST] = {N_("ended"), 6, FALSE, FALSE, TRUE},
    [MED_VOID] = {N_("entered in error"), 6, FALSE, FALSE, TRUE},
};

const char *med_state_word(MedState state)
{
    return _(states[state].word);
}

void med_line_free(MedLine *l)
{
    if (!l)
        return;
    fhir_resource_unref(l->source);
    char *const owned[] = {l->name, l->dosage, l->since, l->by, l->reason, l->state};
    for (gsize i = 0; i < G_N_ELEMENTS(owned); i++)
        g_free(owned[i]);
    g_free(l);
}

static char *full_name(const MedicationRow *m)
{
    GString *s = g_string_new(m->name);
    const char *const parts[] = {m->form, m->strength};
    for (gsize i = 0; i < G_N_ELEMENTS(parts); i++)
        if (*parts[i] && !strstr(m->name, parts[i]))
            g_string_append_printf(s, " %s", parts[i]);
    return g_string_free(s, FALSE);
}

static char *or_empty(char *text)
{
    return text ? text : g_strdup("");
}

static MedLine *line_of(const FhirResource *r, const DrugList *drugs, Instant now)
{
    g_autoptr(MedicationRow) m = medication_row(r, drugs, now);
    if (!m)
        return NULL;
    MedLine *l = g_new0(MedLine, 1);
    l->source = fhir_resource_ref(r);
    l->name = full_name(m);
    l->dosage = m->dosage_raw ? g_strdup_printf(_("[as sent] %s"), *m->dosage ? m->dosage : _("no dose")) : g_strdup(m->dosage);
    l->since = when_short(m->since, now);
    l->by = or_empty(fhir_string(fhir_root(r), "requester.display"));
    l->reason = or_empty(g_strdup(m->reason));
    l->state = g_strdup(med_state_word(m->state));
    l->status = m->state;
    l->given = states[m->state].given;
    l->doubt = states[m->state].doubt || m->dosage_raw;
    l->from = m->since;
    return l;
}

static int by_state(gconstpointer a, gconstpointer b)
{
    const MedLine *x = *(MedLine *const *)a, *y = *(MedLine *const *)b;
    int rank = (int)states[x->status].rank - (int)states[y->status].rank;
    if (rank || !states[x->status].past)
        return rank ? rank : text_compare_sv(x->name, y->name);
    return x->from != y->from ? (x->from < y->from ? 1 : -1) : text_compare_sv(x->name, y->name);
}

GPtrArray *med_lines(const GPtrArray *current, const GPtrArray *ended, const DrugList *drugs, Instant now)
{
    const GPtrArray *const both[] = {current, ended};
    GPtrArray *lines = g_ptr_array_new_with_free_func((GDestroyNotify)med_line_free);
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    for (gsize k = 0; k < G_N_ELEMENTS(both); k++)
        for (guint i = 0; both[k] && i < both[k]->len; i++) {
            /* a core that passes over the state in the question gives both lists twice */
            const char *id = fhir_id(both[k]->pdata[i]);
            if (id && !g_hash_table_add(seen, (gpointer)id))
                continue;
            MedLine *l = line_of(both[k]->pdata[i], drugs, now);
            if (l)
                g_ptr_array_add(lines, l);
        }
    g_ptr_array_sort(lines, by_state);
    return lines;
}

/* ---- one of them ---- */

static void add(GString *out, const char *label, const char *value)
{
    if (!value || !*value)
        return;
    g_autofree char *flat = g_strdelimit(g_strdup(value), "\t\n", ' ');
    g_string_append_printf(out, "%s\t%s\n", label, flat);
}

static void add_time(GString *out, const char *label, Instant t)
{
    g_autofree char *text = t != INSTANT_NONE ? instant_to_minute(t) : NULL;
    add(out, label, text);
}

/* Every coding of the drug: which catalogue calls it what. */
static void add_codes(GString *out, FhirNode root)
{
    FhirNode codings = fhir_at(root, "medicationCodeableConcept.coding");
    for (FhirNode c = fhir_first(codings); fhir_exists(c); c = fhir_next(c)) {
        g_autofree char *system = fhir_string(c, "system"), *code = fhir_string(c, "code");
        gboolean atc = g_strcmp0(system, "http://www.whocc.no/atc") == 0;
        g_autofree char *value = g_strdup_printf("%s%s%s%s", code ? code : "?", atc ? "" : " (", atc ? "" : system ? system : "?", atc ? "" : ")");
        add(out, atc ? "ATC" : _("Code"), value);
    }
}

static void add_each(GString *out, FhirNode root, const char *path, const char *text, const char *label)
{
    FhirNode array = fhir_at(root, path);
    for (FhirNode n = fhir_first(array); fhir_exists(n); n = fhir_next(n)) {
        g_autofree char *value = fhir_string(n, text);
        add(out, label, value);
    }
}

static void add_warnings(GString *out, FhirNode root)
{
    FhirNode contained = fhir_at(root, "contained");
    for (FhirNode c = fhir_first(contained); fhir_exists(c); c = fhir_next(c))
        if (fhir_is(c, "resourceType", "DetectedIssue")) {
            g_autofree char *what = fhir_string(c, "detail");
            g_autofree char *why = fhir_concept_text(c, "mitigation[0].action");
            g_autofree char *value = g_strdup_printf("%s – %s", what ? what : "?", why ? why : "?");
            add(out, _("Warning gone past"), value);
        }
}

char *med_detail(const FhirResource *order, const DrugList *drugs, Instant now)
{
    FhirNode root = fhir_root(order);
    g_autoptr(MedicationRow) m = medication_row(order, drugs, now);
    GString *out = g_string_new(NULL);
    if (!m)
        return g_string_free(out, FALSE);
    g_autofree char *name = full_name(m), *by = fhir_string(root, "requester.display");
    g_autofree char *why = fhir_concept_text(root, "statusReason"), *status = fhir_string(root, "status");
    g_autofree char *intent = fhir_string(root, "intent"), *priority = fhir_string(root, "priority");
    FhirTime authored;
    add(out, _("Medicine"), name);
    add(out, _("State"), med_state_word(m->state));
    add(out, _("Why so"), why);
    add(out, m->dosage_raw ? _("Dose, as sent") : _("Dose"), m->dosage);
    add(out, _("Reason"), m->reason);
    add_time(out, _("From"), m->since);
    add_time(out, _("Until"), m->until);
    add(out, _("Ordered by"), by);
    if (fhir_time(root, "authoredOn", &authored))
        add_time(out, _("Ordered at"), authored.instant);
    add_each(out, root, "note", "text", _("Note"));
    add_warnings(out, root);
    add_codes(out, root);
    g_autofree char *state = code_words("MedicationRequest", status, _("state not stated"));
    g_autofree char *as = code_words("intent", intent, _("not stated"));
    g_autofree char *haste = code_words("priority", priority, NULL);
    g_autofree char *words = g_strdup_printf("%s, %s%s%s", state, as, haste ? ", " : "", haste ? haste : "");
    add(out, _("In the core"), words);
    return g_string_free(out, FALSE);
}
