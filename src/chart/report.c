/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/report.h"

#include <glib/gi18n.h>
#include <string.h>

static const struct {
    const char *status, *words;
    gboolean preliminary;
} states[] = {
    {"final", N_("final answer"), FALSE},
    {"amended", N_("corrected answer"), FALSE},
    {"corrected", N_("corrected answer"), FALSE},
    {"appended", N_("final answer with addition"), FALSE},
    {"preliminary", N_("PRELIMINARY"), TRUE},
    {"partial", N_("PART OF THE ANSWER"), TRUE},
    {"registered", N_("NO ANSWER YET"), TRUE},
    {"cancelled", N_("CANCELLED"), TRUE},
};

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
    for (gsize i = 0; status && i < G_N_ELEMENTS(states); i++)
        if (strcmp(states[i].status, status) == 0) {
            r->state = g_strdup(_(states[i].words));
            r->preliminary = states[i].preliminary;
        }
    r->state = r->state ? r->state : g_strdup(_("state not stated"));
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
