/* SPDX-License-Identifier: GPL-3.0-or-later
 * ui/views/schedule-cell.h — what the day consists of: the times that have a row, and what stands in a
 * cell: which booking of a resource, in which words and with which mark. Knows nothing of the cursor
 * or of where things are painted. */
#pragma once
#include "chart/schedule.h"
#include "ui/canvas.h"

typedef struct {
    const DiaryEntry *entry; /* NULL: nothing there */
    gboolean begins;         /* in this row; else it goes on from above */
    guint more;              /* others at the same time */
    gboolean cancelled;      /* a free time that somebody gave back */
} ScheduleCell;

/* Each time that something begins for any resource, once and in order, into @times (Instant). */
void schedule_times(const Diary *diary, GArray *times);

/* What @r has from @at until @next; the entry is borrowed from the diary. A live booking goes before a
 * cancelled one, one that begins before one that goes on. */
ScheduleCell schedule_cell(const DiaryResource *r, Instant at, Instant next);

/* The cell's words, and the mark at its right end; @cell has an entry, the caller frees. */
char *schedule_cell_words(const ScheduleCell *cell, Style *ret_style); /* *ret_style is left where nothing is special */
char *schedule_cell_mark(const ScheduleCell *cell);
const char *schedule_state_words(DiaryState state);
