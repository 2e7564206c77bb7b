/* SPDX-License-Identifier: GPL-3.0-or-later
 * The patient's diagnoses: active first, the latest first. */
#include <glib/gi18n.h>

#include "chart/entry-write.h"
#include "chart/problem.h"
#include "ui/views/section.h"

static const ListColumn columns[] = {
    {.id = "code", .title = N_("Code"), .width = 7, .text = section_cell_0},
    {.id = "text", .title = N_("Diagnosis"), .width = 24, .grow = TRUE, .text = section_cell_1},
    {.id = "since", .title = N_("Since"), .width = 13, .priority = 1, .text = section_cell_2},
    {.id = "state", .title = N_("State"), .width = 20, .text = section_cell_3},
    {.id = "author",
     .title = N_("Recorded by"),
     .width = 22,
     .priority = 2,
     .text = section_cell_4},
    {0}};

/* "huvuddiagnos", "bidiagnos, suspected, active": what it is in the visit under way stands first. */
static char *state_words(const ProblemRow *p, const GPtrArray *visits)
{
    const EntryWord *role = NULL;
    for (guint i = 0; i < visits->len && !role; i++)
        role = entry_visit_role(visits->pdata[i], fhir_id(p->source));
    gboolean plain = p->active && !*p->doubt;
    return !role ? g_strdup(p->state) : plain ? g_strdup(role->text) : g_strdup_printf("%s, %s", role->text, p->state);
}

static CmdResult problems_command(View *v, CmdCall *call, GError **error)
{
    static const SectionVerb verbs[] = {{"diagnosis-change", "change:"}, {"diagnosis-question", "question:"},
                                        {"diagnosis-resolve", "resolve:"}, {"diagnosis-strike", "strike:"}, {NULL}};
    return section_act(v, call, "diagnosis-new", verbs, error);
}

static void fill(GPtrArray *rows, const FeedState *const *feeds, Instant now)
{
    g_autoptr(GPtrArray) problems = problem_rows(feeds[0]->items, now);
    for (guint i = 0; i < problems->len; i++) {
        const ProblemRow *p = problems->pdata[i];
        SectionRow *row = section_add(rows, p->source, feeds[0]->as_of);
        row->cells[0] = g_strdup(p->code);
        row->cells[1] = g_strdup(p->text);
        row->cells[2] = g_strdup(p->since_long);
        row->cells[3] = state_words(p, feeds[1]->items);
        row->cells[4] = g_strdup(p->author);
        row->past = !p->active;
        row->style = p->active ? STYLE_NORMAL : STYLE_DIM;
    }
}

static const Section section = {
    .heading = N_("Diagnoses"),
    .none = N_("No diagnoses in the core for this patient"),
    .past = N_("not active now"),
    .feeds = {FEED_PROBLEMS, FEED_VISITS},
    .n_feeds = 2,
    .n_beside = 1,
    .beside = "procedures",
    .columns = columns,
    .fill = fill,
};

static gboolean problems_open(View *v, const char *arg, GError **error)
{
    (void)error;
    return section_open(v, &section, arg);
}

const ViewClass view_problems = SECTION_CLASS_WITH("problems", N_("Diagnoses"), problems_open, problems_command);
