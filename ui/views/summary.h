/* SPDX-License-Identifier: GPL-3.0-or-later
 * ui/views/summary.h — the state of the overview, shared by what is asked and done (summary.c), where the blocks lie and how
 * the cursor goes among them (summary-place.c) and the picture (summary-paint.c). Nobody else includes it. */
#pragma once
#include "chart/overview.h"
#include "ui/views/views.h"

typedef enum {
    CELL_NAME,
    CELL_CODE,
    CELL_ORDER,
    CELL_VALUE,
    CELL_MEASURE,
    CELL_FLAG,
    CELL_WHEN,
    CELL_BEFORE,
    CELL_REFERENCE,
    CELL_TREND
} CellKind;

enum { SUMMARY_BANDS = 3, SUMMARY_CELLS = 6 };

/* Where each block lies and how its rows are set. */
typedef struct {
    const char *title, *none, *section; /* N_(); section: the view that shows all of it */
    int band, side;                     /* side 0 left, 1 right */
    struct {
        CellKind kind;
        int width, align, grow; /* @grow shares what is left of the width */
    } cells[SUMMARY_CELLS];
    int n;
} SummaryPart;
extern const SummaryPart summary_parts[OVERVIEW_BLOCKS];

typedef struct {
    Overview *overview;
    OverviewPart part;          /* where the cursor is */
    char *ids[OVERVIEW_BLOCKS]; /* the row it stands on in each block; NULL = the first */
    guint at[OVERVIEW_BLOCKS];  /* and its place, for when the row is gone */
    guint top[OVERVIEW_BLOCKS];
    gboolean narrow;            /* no room for two blocks side by side */
} Summary;

/* ---- summary-place.c ---- */

int summary_bands(const Summary *s);
int summary_band_of(const Summary *s, guint part);
int summary_side_of(const Summary *s, guint part);
const OverviewBlock *summary_block(const Summary *s, OverviewPart part); /* borrowed */
guint summary_row_of(const Summary *s, OverviewPart part);               /* where the cursor is in it */
OverviewRow *summary_selected(const Summary *s);                         /* borrowed; NULL: nothing is there */
gboolean summary_move(Summary *s, const char *verb);                     /* FALSE: it is no verb of the cursor's */

/* ---- summary-paint.c ---- */

void summary_paint(View *v, Canvas *c);
