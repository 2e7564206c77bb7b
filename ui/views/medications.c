/* SPDX-License-Identifier: GPL-3.0-or-later
 * The patient's medicines, one list: what is given now first, then later, paused and ended. */
#include <glib/gi18n.h>

#include "chart/med-list.h"
#include "chart/order-data.h"
#include "ui/views/section.h"

static const ListColumn columns[] = {
    {.id = "state", .title = N_("State"), .width = 10, .text = section_cell_0},
    {.id = "name", .title = N_("Medicine"), .width = 26, .grow = TRUE, .text = section_cell_1},
    {.id = "dosage", .title = N_("Dose"), .width = 26, .text = section_cell_2},
    {.id = "since", .title = N_("Since"), .width = 8, .priority = 1, .text = section_cell_3},
    {.id = "reason", .title = N_("Reason"), .width = 18, .priority = 2, .text = section_cell_4},
    {.id = "by", .title = N_("Ordered by"), .width = 16, .priority = 3, .text = section_cell_5},
    {0}};

static void fill(GPtrArray *rows, const FeedState *const *feeds, Instant now)
{
    const OrderData *data = order_data(NULL);
    g_autoptr(GPtrArray) lines = med_lines(feeds[0]->items, feeds[1]->items, data ? data->drugs : NULL, now);
    for (guint i = 0; i < lines->len; i++) {
        const MedLine *l = lines->pdata[i];
        SectionRow *row = section_add(rows, l->source, feeds[0]->as_of);
        const char *const cells[] = {l->state, l->name, l->dosage, l->since, l->reason, l->by};
        for (guint k = 0; k < G_N_ELEMENTS(cells); k++)
            row->cells[k] = g_strdup(cells[k]);
        row->past = !med_state_counts(l->status);
        row->style = l->doubt ? STYLE_WARNING : l->given ? STYLE_NORMAL : STYLE_DIM;
    }
}

static const Section section = {
    .heading = N_("Medicines"),
    .none = N_("No medicines in the core for this patient"),
    .past = N_("stopped or ended"),
    .feeds = {FEED_MEDICATIONS, FEED_MEDICATIONS_ENDED},
    .n_feeds = 2,
    .columns = columns,
    .fill = fill,
    .opens = "medication-detail",
};

static gboolean medications_open(View *v, const char *arg, GError **error)
{
    (void)error;
    return section_open(v, &section, arg);
}

const ViewClass view_medications = SECTION_CLASS("medications", N_("Medicines"), medications_open);
