/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/report.h"

#include <glib/gi18n.h>
#include <string.h>

#include "chart/code-words.h"

/* An answer that must not be read as the whole one. */
static const char *const not_final[] = {"preliminary", "partial", "registered", "cancelled", NULL};

void report_free(Report *r)
{
    if (!r)
        return;
    g_free(r->title);
    g_free(r->answer);
    g_free(r->section);
    g_free(r->state);
    g_free(r);
}

static char *section_of(FhirNode root)
{
    char *code = fhir_concept_code(root, "category[0]", NULL);
    return code ? code : g_strdup("");
}

Report *report_read(const FhirResource *resource)
{
    FhirNode root = fhir_root(resource);
    FhirTime t;
    Report *r = g_new0(Report, 1);
    g_autofree char *status = fhir_string(root, "status");
    r->title = fhir_concept_text(root, "code");
    r->title = r->title ? r->title : g_strdup(_("unnamed"));
    r->answer = fhir_string(root, "conclusion");
    r->section = section_of(root);
    r->values = fhir_count(fhir_at(root, "result"));
    r->at = fhir_time(root, "issued", &t) || fhir_time(root, "effective[x]", &t) ? t.instant
                                                                                 : INSTANT_NONE;
    r->in_error = g_strcmp0(status, "entered-in-error") == 0;
    r->state = code_words("DiagnosticReport", status, _("state not stated"));
    r->preliminary = status && g_strv_contains(not_final, status);
    return r;
}

char *report_words(const Report *r)
{
    if (!r->answer)
        return g_strdup_printf(ngettext("answer, %u value", "answer, %u values", r->values),
                               r->values);
    return g_strdelimit(g_strdup(r->answer), "\n\t", ' ');
}

char *report_explained(const Report *r)
{
    if (!r->answer)
        return NULL;
    g_autofree char *words = report_words(r);
    return g_strdup_printf("%s\t%s\n", _("answer"), words);
}
