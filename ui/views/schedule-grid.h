/* SPDX-License-Identifier: GPL-3.0-or-later
 * ui/views/schedule-grid.h — what the unit's day and its week have in common: the diary they watch,
 * the keys of the cursor, the question for another day, and the words of both. Knows no rows and no
 * columns. The grid is the first member of either view's state; the diary is borrowed from its
 * source, which the view's scope owns. */
#pragma once
#include "chart/schedule.h"
#include "ui/views/views.h"

typedef struct {
    DiarySource *source;
    const Diary *diary; /* NULL until there is an answer */
    char *problem;      /* why it is not known, in words; NULL = nothing to say */
} ScheduleGrid;

/* Watches @days days of this assignment's unit from @first, or asks anew for what is watched. */
void grid_load(View *v, LoadWhy why, CivilDate first, int days, DiaryFn fn);
/* Other days, from @first; the place is the view's to remember. */
void grid_go(View *v, CivilDate first, int days);
void grid_take(ScheduleGrid *g, const Diary *diary, const GError *error);

guint grid_resources(const ScheduleGrid *g);
const DiaryResource *grid_resource(const ScheduleGrid *g, guint i); /* NULL: there is none */
char *grid_resource_title(const DiaryResource *r);                  /* name and profession; caller frees */

/* The day that a view is opened on: today without @arg. Error: a sentence about the words. */
gboolean grid_open_day(const char *arg, CivilDate *ret_day, GError **error);
/* Asks for a day and tells @go; an empty answer is none. */
typedef void (*GridGoFn)(View *v, CivilDate day);
CmdResult grid_ask_day(View *v, CmdCall *call, const char *prompt, GridGoFn go);

/* What a key does to the cursor: steps down and to the right, or to an end (-1 first, 1 last). */
typedef struct {
    const char *key;
    int down, right, end;
} GridStep;
const GridStep *grid_step(const char *key); /* NULL: not the cursor's */
void grid_move(guint *at, guint n, int by);
/* Scrolls so little that line @at of @lines is among the @room that are seen. */
void grid_scroll(guint *top, guint at, guint lines, guint room);

/* The time of the answer, right-aligned before the last @width columns of line 0. */
void grid_paint_age(const ScheduleGrid *g, Canvas *c, int width);
