/* SPDX-License-Identifier: GPL-3.0-or-later
 * Answers to examinations and samples, newest first. Enter shows the whole answer and its source;
 * Tab goes back to the values. */
#include <glib/gi18n.h>

#include "chart/report.h"
#include "chart/when.h"
#include "ui/views/section.h"

static const ListColumn columns[] = {
    {.id = "date", .title = N_("Answered"), .width = 12, .text = section_cell_0},
    {.id = "what", .title = N_("Examination"), .width = 22, .text = section_cell_1},
    {.id = "answer", .title = N_("Answer"), .width = 24, .grow = TRUE, .text = section_cell_2},
    {.id = "state", .title = N_("State"), .width = 14, .text = section_cell_3},
    {0}};

static void fill(GPtrArray *rows, const FeedState *const *feeds, Instant now)
{
    for (guint i = 0; i < feeds[0]->items->len; i++) {
        g_autoptr(Report) r = report_read(feeds[0]->items->pdata[i]);
        if (r->in_error)
            continue;
        SectionRow *row = section_add(rows, feeds[0]->items->pdata[i], feeds[0]->as_of);
        row->cells[0] = when_long(r->at, now);
        row->cells[1] = g_steal_pointer(&r->title);
        row->cells[2] = report_words(r);
        row->cells[3] = g_steal_pointer(&r->state);
        row->explained = report_explained(r);
        row->style = r->preliminary ? STYLE_WARNING : STYLE_NORMAL;
    }
}

static const Section section = {
    .heading = N_("Answers to examinations"),
    .none = N_("No answers in the core for this patient"),
    .feeds = {FEED_REPORTS},
    .n_feeds = 1,
    .columns = columns,
    .fill = fill,
    .beside = "results",
};

static gboolean reports_open(View *v, const char *arg, GError **error)
{
    (void)error;
    return section_open(v, &section, arg);
}

const ViewClass view_reports = {
    .name = "reports",
    .title = N_("Answers to examinations"),
    .keymap = "results",
    .state_size = SECTION_STATE_BYTES,
    .flags = VIEW_PATIENT | VIEW_BESIDE,
    .open = reports_open,
    .load = section_load,
    .paint = section_paint,
    .command = section_command,
    .rows = section_rows,
    .text = section_text,
    .selection = section_selection,
    .resume = section_resume,
    .close = section_close,
};
