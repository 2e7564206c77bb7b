/* SPDX-License-Identifier: GPL-3.0-or-later
 * Where the blocks of the overview lie, and the cursor: it stands on a value and follows it through every refresh. */
#include "ui/views/summary.h"

#include <glib/gi18n.h>
#include <string.h>

const SummaryPart summary_parts[OVERVIEW_BLOCKS] = {
    [OVERVIEW_PROBLEMS] = {N_("Problems"),
                           N_("No active diagnoses recorded"),
                           "problems",
                           0,
                           0,
                           {{CELL_NAME, 10, -1, 1}, {CELL_CODE, 5, -1, 0}, {CELL_WHEN, 6, 1, 0}},
                           3},
    [OVERVIEW_MEDICATIONS] = {N_("Medicines"),
                              N_("No current medicines recorded"),
                              "medications",
                              0,
                              1,
                              {{CELL_ORDER, 20, -1, 1}},
                              1},
    [OVERVIEW_VITALS] = {N_("Vital signs"),
                         N_("No measurements recorded"),
                         "vitals",
                         1,
                         0,
                         {{CELL_NAME, 7, -1, 0},
                          {CELL_MEASURE, 11, -1, 1},
                          {CELL_WHEN, 6, 1, 0},
                          {CELL_TREND, 5, -1, 1}},
                         4},
    [OVERVIEW_LABS] = {N_("Results"),
                       N_("No results recorded"),
                       "results",
                       1,
                       1,
                       {{CELL_NAME, 6, -1, 1},
                        {CELL_VALUE, 5, 1, 0},
                        {CELL_FLAG, 2, -1, 0},
                        {CELL_WHEN, 6, 1, 0},
                        {CELL_BEFORE, 8, 1, 2},
                        {CELL_REFERENCE, 9, -1, 0}},
                       6},
    [OVERVIEW_RECENT] = {N_("Since yesterday"),
                         N_("Nothing new since yesterday"),
                         "notes",
                         2,
                         0,
                         {{CELL_WHEN, 12, -1, 0}, {CELL_NAME, 22, -1, 1}, {CELL_VALUE, 20, -1, 2}},
                         3},
};

int summary_bands(const Summary *s)
{
    return s->narrow ? OVERVIEW_BLOCKS : SUMMARY_BANDS;
}

int summary_band_of(const Summary *s, guint part)
{
    return s->narrow ? (int)part : summary_parts[part].band;
}

int summary_side_of(const Summary *s, guint part)
{
    return s->narrow ? 0 : summary_parts[part].side;
}

/* ---- the cursor ---- */

const OverviewBlock *summary_block(const Summary *s, OverviewPart part)
{
    return overview_block(s->overview, part);
}

guint summary_row_of(const Summary *s, OverviewPart part)
{
    const GPtrArray *rows = summary_block(s, part)->rows;
    for (guint i = 0; s->ids[part] && i < rows->len; i++)
        if (strcmp(((OverviewRow *)rows->pdata[i])->id, s->ids[part]) == 0)
            return i;
    return rows->len ? MIN(s->at[part], rows->len - 1) : 0;
}

OverviewRow *summary_selected(const Summary *s)
{
    const GPtrArray *rows = s->overview ? summary_block(s, s->part)->rows : NULL;
    return rows && rows->len ? rows->pdata[summary_row_of(s, s->part)] : NULL;
}

static void select_row(Summary *s, OverviewPart part, guint i)
{
    const GPtrArray *rows = summary_block(s, part)->rows;
    s->part = part;
    s->at[part] = i;
    g_free(s->ids[part]);
    s->ids[part] = i < rows->len ? g_strdup(((OverviewRow *)rows->pdata[i])->id) : NULL;
}

static void to_block(Summary *s, int band, int side, gboolean at_end)
{
    for (guint p = 0; p < OVERVIEW_BLOCKS; p++)
        if (summary_band_of(s, p) == band && (summary_side_of(s, p) == side || band == summary_bands(s) - 1)) {
            guint n = summary_block(s, (OverviewPart)p)->rows->len;
            select_row(s, (OverviewPart)p, at_end ? (n ? n - 1 : 0) : 0);
            return;
        }
}

/* Up and down pass from block to block, left and right to the block beside. */
gboolean summary_move(Summary *s, const char *verb)
{
    int band = summary_band_of(s, s->part), side = summary_side_of(s, s->part), n_bands = summary_bands(s);
    guint i = summary_row_of(s, s->part), n = summary_block(s, s->part)->rows->len;
    if (strcmp(verb, "cursor-down") == 0) {
        if (i + 1 < n)
            select_row(s, s->part, i + 1);
        else if (band + 1 < n_bands)
            to_block(s, band + 1, side, FALSE);
    } else if (strcmp(verb, "cursor-up") == 0) {
        if (i > 0)
            select_row(s, s->part, i - 1);
        else if (band > 0)
            to_block(s, band - 1, side, TRUE);
    } else if (strcmp(verb, "cursor-left") == 0 || strcmp(verb, "cursor-right") == 0) {
        int to = strcmp(verb, "cursor-right") == 0;
        if (!s->narrow && band < SUMMARY_BANDS - 1 && to != side)
            s->part = (OverviewPart)(to ? s->part + 1 : s->part - 1);
    } else if (strcmp(verb, "next-part") == 0) {
        s->part = (OverviewPart)((s->part + 1) % OVERVIEW_BLOCKS);
    } else if (strcmp(verb, "previous-part") == 0) {
        s->part = (OverviewPart)((s->part + OVERVIEW_BLOCKS - 1) % OVERVIEW_BLOCKS);
    } else if (strcmp(verb, "cursor-home") == 0) {
        select_row(s, OVERVIEW_PROBLEMS, 0);
    } else if (strcmp(verb, "cursor-end") == 0) {
        to_block(s, n_bands - 1, 0, TRUE);
    } else {
        return FALSE;
    }
    return TRUE;
}
