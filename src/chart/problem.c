/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/problem.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base/text.h"
#include "chart/code-words.h"
#include "chart/entry.h"
#include "chart/header.h"
#include "chart/when.h"

/* Of no code nothing is said; of one without words, that the core says so. */
static char *word(const char *type, const char *code)
{
    return code_words(type, code, "");
}

void problem_row_free(ProblemRow *row)
{
    if (!row)
        return;
    char **owned[] = {&row->id,    &row->text,  &row->code,   &row->since,    &row->since_long,
                      &row->state, &row->certainty, &row->doubt, &row->author, &row->severity, &row->kind};
    for (gsize i = 0; i < G_N_ELEMENTS(owned); i++)
        g_free(*owned[i]);
    fhir_resource_unref(row->source);
    g_free(row);
}

static void free_row(gpointer row)
{
    problem_row_free(row);
}

static char *first_string(FhirNode root, const char *const *paths)
{
    for (; *paths; paths++) {
        char *s = fhir_string(root, *paths);
        if (s)
            return s;
    }
    return g_strdup("");
}

/* When it was written down is not since when it has been: it is told as what it is, or not at all. */
static void fill_recorded(ProblemRow *row, FhirNode root, Instant now)
{
    g_autofree char *words = fhir_string(root, "onsetString"), *when = NULL;
    FhirTime t;
    if (fhir_time(root, "recordedDate", &t)) {
        row->from = t.instant;
        when = when_recorded(&t, now, TRUE);
    }
    row->since = g_strdup("–");
    row->since_long = words ? g_steal_pointer(&words) : when ? g_strdup_printf(_("recorded %s"), when) : g_strdup("–");
}

static void fill_since(ProblemRow *row, FhirNode root, Instant now)
{
    static const char *const paths[] = {"onset[x]", "onsetPeriod.start", "period.start"};
    FhirTime t;
    row->from = INSTANT_NONE;
    for (gsize i = 0; i < G_N_ELEMENTS(paths); i++)
        if (fhir_time(root, paths[i], &t)) {
            row->from = t.instant;
            row->since = when_recorded(&t, now, TRUE);
            row->since_long = when_recorded(&t, now, FALSE);
            return;
        }
    fill_recorded(row, root, now);
}

static ProblemRow *row_new(const FhirResource *r, Instant now)
{
    static const char *const authors[] = {"recorder.display", "asserter.display", "author.display",
                                          NULL};
    FhirNode root = fhir_root(r);
    ProblemRow *row = g_new0(ProblemRow, 1);
    row->source = fhir_resource_ref(r);
    row->id = g_strdup_printf("%s/%s", fhir_type(r), fhir_id(r) ? fhir_id(r) : "");
    row->text = fhir_concept_text(root, "code");
    row->text = row->text ? row->text : g_strdup(_("unnamed"));
    row->code = fhir_concept_code(root, "code", NULL);
    row->code = row->code ? row->code : g_strdup("");
    row->author = first_string(root, authors);
    row->severity = g_strdup("");
    row->doubt = g_strdup("");
    row->certainty = g_strdup("");
    row->kind = g_strdup("");
    fill_since(row, root, now);
    return row;
}

/* "active", "suspected, resolved 2019": certainty is named when it is not plain. */
static void fill_state(ProblemRow *row, FhirNode root, Instant now, gboolean say_confirmed)
{
    g_autofree char *clinical = fhir_concept_code(root, "clinicalStatus", NULL);
    g_autofree char *certain = fhir_concept_code(root, "verificationStatus", NULL);
    gboolean plain = !certain || (!say_confirmed && strcmp(certain, "confirmed") == 0);
    FhirTime end;
    g_autofree char *until =
        fhir_time(root, "abatement[x]", &end) ? when_recorded(&end, now, FALSE) : g_strdup("");
    g_free(row->doubt);
    g_autofree char *certainty = word("certainty", certain);
    row->doubt = g_strdup(!certain || strcmp(certain, "confirmed") == 0 ? "" : certainty);
    g_free(row->certainty);
    row->certainty = g_strdup(certainty);
    g_autofree char *state = code_words("clinical", clinical, _("state not stated"));
    row->state = g_strdup_printf("%s%s%s%s%s", plain ? "" : certainty, plain ? "" : ", ", state,
                                 *until ? " " : "", until);
    row->active = g_strcmp0(certain, "refuted") != 0 &&
                  (!clinical || strcmp(clinical, "active") == 0 ||
                   strcmp(clinical, "recurrence") == 0 || strcmp(clinical, "relapse") == 0);
}

static gboolean in_error(const FhirResource *r)
{
    g_autofree char *certain = fhir_concept_code(fhir_root(r), "verificationStatus", NULL);
    return g_strcmp0(certain, "entered-in-error") == 0 ||
           fhir_is(fhir_root(r), "status", "entered-in-error");
}

static gint by_weight(gconstpointer a, gconstpointer b)
{
    const ProblemRow *x = *(ProblemRow *const *)a, *y = *(ProblemRow *const *)b;
    if (x->active != y->active)
        return x->active ? -1 : 1;
    if (x->danger != y->danger)
        return y->danger - x->danger;
    if (x->from != y->from)
        return x->from > y->from ? -1 : 1;
    return text_compare_sv(x->text, y->text);
}

GPtrArray *problem_rows(const GPtrArray *resources, Instant now)
{
    GPtrArray *rows = g_ptr_array_new_with_free_func(free_row);
    for (guint i = 0; i < resources->len; i++) {
        const FhirResource *r = resources->pdata[i];
        if (strcmp(fhir_type(r), "Condition") != 0 || in_error(r))
            continue;
        ProblemRow *row = row_new(r, now);
        fill_state(row, fhir_root(r), now, FALSE);
        g_ptr_array_add(rows, row);
    }
    g_ptr_array_sort(rows, by_weight);
    return rows;
}

/* ---- alerts ---- */

/* The national grade, where the record says it; a reaction's own severity is not one, and is said only where there is
 * no grade. */
static void fill_reactions(ProblemRow *row, const FhirResource *allergy)
{
    FhirNode root = fhir_root(allergy);
    const EntryWord *grade = entry_grade(allergy);
    gboolean fatal = fhir_is(root, "criticality", "high");
    GString *s = g_string_new(fatal ? _("LIFE-THREATENING") : grade ? grade->text : NULL);
    for (FhirNode r = fhir_first(fhir_at(root, "reaction")); fhir_exists(r); r = fhir_next(r)) {
        g_autofree char *what = fhir_concept_text(r, "manifestation[0]");
        g_autofree char *how = grade ? NULL : fhir_string(r, "severity");
        g_autofree char *words = word("severity", how);
        if (what || *words)
            g_string_append_printf(s, "%s%s%s%s", s->len ? " · " : "", what ? what : "",
                                   what && *words ? ", " : "", words);
    }
    g_free(row->severity);
    row->severity = g_string_free(s, FALSE);
}

static void add_allergies(GPtrArray *rows, const GPtrArray *allergies, Instant now)
{
    for (guint i = 0; i < allergies->len; i++) {
        const FhirResource *r = allergies->pdata[i];
        if (in_error(r))
            continue;
        ProblemRow *row = row_new(r, now);
        fill_state(row, fhir_root(r), now, TRUE);
        fill_reactions(row, r);
        g_free(row->kind);
        row->kind = g_strdup(_("hypersensitivity"));
        row->danger = fhir_is(fhir_root(r), "criticality", "high") ? 2 : chart_allergy_is_absence(r) ? 0 : 1;
        g_ptr_array_add(rows, row);
    }
}

static void add_flags(GPtrArray *rows, const GPtrArray *flags, Instant now)
{
    for (guint i = 0; i < flags->len; i++) {
        const FhirResource *r = flags->pdata[i];
        if (in_error(r))
            continue;
        ProblemRow *row = row_new(r, now);
        g_autofree char *group = fhir_concept_text(fhir_root(r), "category[0]");
        row->active = fhir_is(fhir_root(r), "status", "active");
        row->state = g_strdup(row->active ? _("active") : _("inactive"));
        g_free(row->kind);
        row->kind = g_strdup(group ? group : _("alert"));
        row->danger = 1;
        g_ptr_array_add(rows, row);
    }
}

GPtrArray *alert_rows(const GPtrArray *allergies, const GPtrArray *flags, Instant now)
{
    GPtrArray *rows = g_ptr_array_new_with_free_func(free_row);
    add_allergies(rows, allergies, now);
    add_flags(rows, flags, now);
    g_ptr_array_sort(rows, by_weight);
    return rows;
}
