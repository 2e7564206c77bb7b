/* SPDX-License-Identifier: GPL-3.0-or-later
 * What has been done to the patient, the latest first. */
#include <glib/gi18n.h>

#include "chart/code-words.h"
#include "chart/when.h"
#include "ui/views/section.h"

static const ListColumn columns[] = {
    {.id = "code", .title = N_("Code"), .width = 7, .text = section_cell_0},
    {.id = "text", .title = N_("Procedure"), .width = 24, .grow = TRUE, .text = section_cell_1},
    {.id = "when", .title = N_("When"), .width = 13, .text = section_cell_2},
    {.id = "state", .title = N_("State"), .width = 15, .text = section_cell_3},
    {.id = "author", .title = N_("Recorded by"), .width = 22, .priority = 1, .text = section_cell_4},
    {0}};

static void fill(GPtrArray *rows, const FeedState *const *feeds, Instant now)
{
    for (guint i = 0; i < feeds[0]->items->len; i++) {
        const FhirResource *r = feeds[0]->items->pdata[i];
        FhirNode root = fhir_root(r);
        FhirTime when;
        if (fhir_is(root, "status", "entered-in-error"))
            continue;
        g_autofree char *status = fhir_string(root, "status");
        SectionRow *row = section_add(rows, r, feeds[0]->as_of);
        row->cells[0] = fhir_concept_code(root, "code", NULL);
        row->cells[1] = fhir_concept_text(root, "code");
        row->cells[2] = fhir_time(root, "performed[x]", &when) ? when_recorded(&when, now, FALSE) : NULL;
        row->cells[3] = code_words("Procedure", status, _("state not stated"));
        row->cells[4] = fhir_string(root, "recorder.display");
    }
}

static const Section section = {
    .heading = N_("Procedures"),
    .none = N_("No procedures in the core for this patient"),
    .feeds = {FEED_PROCEDURES},
    .n_feeds = 1,
    .columns = columns,
    .fill = fill,
    .beside = "problems",
};

static gboolean procedures_open(View *v, const char *arg, GError **error)
{
    (void)error;
    return section_open(v, &section, arg);
}

static CmdResult procedures_command(View *v, CmdCall *call, GError **error)
{
    static const SectionVerb verbs[] = {{"procedure-change", "change:"}, {"procedure-strike", "strike:"}, {NULL}};
    return section_act(v, call, "procedure-new", verbs, error);
}

const ViewClass view_procedures = SECTION_CLASS_WITH("procedures", N_("Procedures"), procedures_open, procedures_command);
