/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/med-list.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base/text.h"
#include "chart/code-words.h"
#include "chart/med-change.h"
#include "chart/when.h"

static const struct {
    const char *word;
    guint rank; /* in the list */
    gboolean given, doubt;
    gboolean past; /* one group, the latest first: they are fetched a page at a time */
    const char *group;
    gboolean said; /* before the name: the group does not say it */
} states[] = {
    [MED_ACTIVE] = {N_("active"), 0, TRUE, FALSE, FALSE, N_("ACTIVE")},
    [MED_UNKNOWN] = {N_("NOT KNOWN"), 1, FALSE, TRUE, FALSE, N_("NOT SURELY GIVEN"), TRUE},
    [MED_NOT_TO_BE_GIVEN] = {N_("NOT TO BE GIVEN"), 2, FALSE, TRUE, FALSE, N_("NOT SURELY GIVEN"), TRUE},
    [MED_FUTURE] = {N_("begins later"), 3, TRUE, FALSE, FALSE, N_("BEGIN LATER")},
    [MED_ON_HOLD] = {N_("paused"), 4, FALSE, FALSE, FALSE, N_("PAUSED")},
    [MED_DRAFT] = {N_("not ordered"), 5, FALSE, FALSE, FALSE, N_("NOT ORDERED")},
    [MED_STOPPED] = {N_("stopped"), 6, FALSE, FALSE, TRUE, N_("STOPPED OR ENDED")},
    [MED_PAST] = {N_("ended"), 6, FALSE, FALSE, TRUE, N_("STOPPED OR ENDED")},
    [MED_VOID] = {N_("entered in error"), 6, FALSE, FALSE, TRUE, N_("STOPPED OR ENDED"), TRUE},
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
    char *const owned[] = {l->name, l->dosage, l->since, l->by, l->reason, l->state, l->until, l->why, l->last};
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

/* Where it holds; a core may say several, or none. */
static void read_places(MedLine *l, FhirNode root)
{
    const struct {
        const char *code;
        gboolean *place;
    } places[] = {{"community", &l->home}, {"outpatient", &l->home}, {"inpatient", &l->ward}, {"discharge", &l->leaving}};
    for (FhirNode c = fhir_first(fhir_at(root, "category")); fhir_exists(c); c = fhir_next(c)) {
        g_autofree char *code = fhir_concept_code(c, NULL, "http://terminology.hl7.org/CodeSystem/medicationrequest-category");
        for (gsize i = 0; code && i < G_N_ELEMENTS(places); i++)
            if (strcmp(places[i].code, code) == 0)
                *places[i].place = TRUE;
    }
}

#define SOON ((gint64)30 * 24 * G_TIME_SPAN_HOUR)

/* Of the treatment, where that is said; else how long its prescription holds. */
static void read_end(MedLine *l, const MedicationRow *m, FhirNode root, Instant now)
{
    FhirTime paper;
    gboolean has_paper = fhir_time(root, "dispenseRequest.validityPeriod.end", &paper) && !l->ward;
    Instant end = m->until != INSTANT_NONE ? m->until : has_paper ? fhir_time_end(&paper) : INSTANT_NONE;
    l->until = when_short(end != INSTANT_NONE ? end - 1 : end, now); /* the last moment, not the first after it */
    l->soon = has_paper && m->state == MED_ACTIVE && end != INSTANT_NONE && end < now + SOON ? end : INSTANT_NONE;
}

static char *why_of(const FhirResource *r, Instant now)
{
    g_autofree char *by = NULL, *why = fhir_concept_text(fhir_root(r), "statusReason"), *until = med_paused_until(r);
    Instant at = med_changed_at(r, &by);
    g_autofree char *when = when_long(at, now);
    GString *s = g_string_new(why ? why : "");
    if (*when)
        g_string_append_printf(s, "%s%s", s->len ? ", " : "", when);
    if (by)
        g_string_append_printf(s, _(" by %s"), by);
    if (until)
        g_string_append_printf(s, _(", paused until %s"), until);
    return g_string_free(s, FALSE);
}

static MedLine *line_of(const FhirResource *r, const DrugList *drugs, Instant now)
{
    g_autoptr(MedicationRow) m = medication_row(r, drugs, now);
    if (!m)
        return NULL;
    MedLine *l = g_new0(MedLine, 1);
    l->source = fhir_resource_ref(r);
    g_autofree char *name = full_name(m);
    l->name = states[m->state].said ? g_strdup_printf("%s: %s", med_state_word(m->state), name) : g_steal_pointer(&name);
    read_places(l, fhir_root(r));
    read_end(l, m, fhir_root(r), now);
    l->why = why_of(r, now);
    l->last = g_strdup("");
    l->group = _(states[m->state].group);
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
    if (!rank && (x->soon != INSTANT_NONE || y->soon != INSTANT_NONE) && x->soon != y->soon)
        return y->soon == INSTANT_NONE || (x->soon != INSTANT_NONE && x->soon < y->soon) ? -1 : 1;
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

static gboolean was_given(FhirNode a)
{
    return (fhir_is(a, "status", "completed") || fhir_is(a, "status", "in-progress")) && !fhir_has_modifier(a.res);
}

void med_lines_given(GPtrArray *lines, const GPtrArray *given, gboolean whole, Instant now)
{
    g_autoptr(GHashTable) last = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    for (guint i = 0; i < given->len; i++) {
        FhirNode a = fhir_root(given->pdata[i]);
        FhirTime at;
        g_autofree char *type = NULL, *id = NULL;
        gboolean timed = fhir_time(a, "effectiveDateTime", &at) || fhir_time(a, "effectivePeriod.start", &at);
        if (!timed || !was_given(a) || !fhir_reference(a, "request", &type, &id) || g_strcmp0(type, "MedicationRequest") != 0)
            continue;
        Instant *held = g_hash_table_lookup(last, id);
        if (!held || *held < at.instant)
            g_hash_table_insert(last, g_steal_pointer(&id), g_memdup2(&at.instant, sizeof at.instant));
    }
    for (guint i = 0; i < lines->len; i++) {
        MedLine *l = lines->pdata[i];
        const Instant *at = fhir_id(l->source) ? g_hash_table_lookup(last, fhir_id(l->source)) : NULL;
        g_free(l->last);
        l->last = at ? when_long(*at, now) : g_strdup(whole ? _("none recorded") : _("not known"));
    }
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
