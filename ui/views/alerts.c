/* SPDX-License-Identifier: GPL-3.0-or-later
 * Hypersensitivities and alerts in words: what, how dangerous, how certain, since when. The most
 * dangerous first; what no longer counts last. */
#include <glib/gi18n.h>
#include <string.h>

#include "chart/problem.h"
#include "ui/views/section.h"

static const ListColumn columns[] = {
    {.id = "kind", .title = N_("Kind"), .width = 16, .priority = 2, .text = section_cell_0},
    {.id = "text", .title = N_("What"), .width = 24, .grow = TRUE, .text = section_cell_1},
    {.id = "severity", .title = N_("How dangerous"), .width = 18, .text = section_cell_2},
    {.id = "state", .title = N_("Certainty"), .width = 12, .text = section_cell_3},
    {.id = "since", .title = N_("Since"), .width = 13, .text = section_cell_4},
    {.id = "author",
     .title = N_("Recorded by"),
     .width = 22,
     .priority = 1,
     .text = section_cell_5},
    {0}};

static void fill(GPtrArray *rows, const FeedState *const *feeds, Instant now)
{
    g_autoptr(GPtrArray) alerts = alert_rows(feeds[0]->items, feeds[1]->items, now);
    for (guint i = 0; i < alerts->len; i++) {
        const ProblemRow *a = alerts->pdata[i];
        gboolean allergy = strcmp(fhir_type(a->source), "AllergyIntolerance") == 0;
        SectionRow *row = section_add(rows, a->source, feeds[!allergy]->as_of);
        row->cells[0] = g_strdup(a->kind);
        row->cells[1] = g_strdup(a->text);
        row->cells[2] = g_strdup(a->severity);
        row->cells[3] = g_strdup(a->active && *a->certainty ? a->certainty : a->state); /* what holds stands first, undimmed */
        row->cells[4] = g_strdup(a->since_long);
        row->cells[5] = g_strdup(a->author);
        row->past = !a->active;
        row->style = !a->active ? STYLE_DIM : a->danger == 2 ? STYLE_ALERT : STYLE_NORMAL;
    }
}

static const Section section = {
    .heading = N_("Hypersensitivity and alerts"),
    .none = N_("No hypersensitivity and no alerts recorded in the core"),
    .past = N_("not active now"),
    .feeds = {FEED_ALLERGIES, FEED_FLAGS},
    .n_feeds = 2,
    .columns = columns,
    .fill = fill,
};

static gboolean alerts_open(View *v, const char *arg, GError **error)
{
    (void)error;
    return section_open(v, &section, arg);
}

static CmdResult alerts_command(View *v, CmdCall *call, GError **error)
{
    static const SectionVerb verbs[] = {{"alert-change", "change:"}, {"alert-question", "question:"}, {"alert-resolve", "resolve:"}, {"alert-strike", "strike:"}, {NULL}};
    return section_act(v, call, "alert-new", verbs, error);
}

const ViewClass view_alerts = SECTION_CLASS_WITH("alerts", N_("Alerts"), alerts_open, alerts_command);
