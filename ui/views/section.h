/* SPDX-License-Identifier: GPL-3.0-or-later
 * ui/views/section.h — a section of the chart that is a list: what it asks, how an answer becomes rows.
 * Loading, doubt, paging, the cursor and "where from?" are the same for all of them. */
#pragma once
#include "chart/feed.h"
#include "ui/views/views.h"
#include "ui/widgets/list.h"

enum { SECTION_CELLS = 11, SECTION_FEEDS = 3 };

typedef struct {
    char *id;                   /* resource id: stable through refreshes */
    FhirResource *source;       /* ref */
    Instant fetched;
    char *cells[SECTION_CELLS]; /* owned; NULL = "" */
    char *explained;            /* owned: lines "label\tvalue" said before the source; NULL */
    Style style;
    gboolean past;              /* no longer counts: said apart in the heading */
    const char *group;          /* translated heading of its group, the rows of which stand together; NULL */
    gboolean marked;            /* chosen with others */
    gboolean changed;           /* is another version than when it was first shown here */
} SectionRow;

typedef struct {
    const char *heading, *none; /* N_() */
    const char *past;           /* N_(): what the rows that are past are; NULL where none can be */
    FeedKind feeds[SECTION_FEEDS];
    guint n_feeds;
    guint n_beside; /* the last of the feeds: what they hold is no row, but said of the rows */
    gboolean optional;      /* the very last is asked only where the core has such things, and casts no doubt on the rows; else
                               fill() gets NULL for it */
    const ListColumn *columns;  /* cells by section_cell_N */
    void (*fill)(GPtrArray *rows, const FeedState *const *feeds, Instant now);
    const char *opens;          /* view that Enter opens with the id; NULL: where it comes from */
    const char *beside;         /* view that Tab goes to; NULL */
} Section;

SectionRow *section_add(GPtrArray *rows, const FhirResource *source, Instant fetched);
char *section_cell_0(gpointer row, Style *style);
char *section_cell_1(gpointer row, Style *style);
char *section_cell_2(gpointer row, Style *style);
char *section_cell_3(gpointer row, Style *style);
char *section_cell_4(gpointer row, Style *style);
char *section_cell_5(gpointer row, Style *style);
char *section_cell_6(gpointer row, Style *style);
char *section_cell_7(gpointer row, Style *style);
char *section_cell_8(gpointer row, Style *style);
char *section_cell_9(gpointer row, Style *style);
char *section_cell_10(gpointer row, Style *style);
char *section_cell_mark(gpointer row, Style *style); /* whether it is marked, and whether it has changed */

/* Marks the row under the cursor, or takes the mark away. FALSE with @error: there is none, or it has changed. */
gboolean section_mark(View *v, GError **error);
/* FhirResource*, borrowed: those that are marked in the list's order, else the one under the cursor. NULL with @error:
 * none, or one of them has changed since it was shown; what has been told so counts as shown from then on. */
GPtrArray *section_chosen(View *v, GError **error);
guint section_marks(View *v);
void section_unmark(View *v);

/* The view's own open() calls this; all else is shared. */
gboolean section_open(View *v, const Section *section, const char *arg);
void section_load(View *v, LoadWhy why);
void section_paint(View *v, Canvas *c);
CmdResult section_command(View *v, CmdCall *call, GError **error);
/* Verbs that open @view on the row under the cursor, "change:Flag/12"; all else is section_command(). */
typedef struct {
    const char *command, *prefix;
} SectionVerb;
CmdResult section_act(View *v, CmdCall *call, const char *view, const SectionVerb *verbs, GError **error);
const SectionRow *section_selected(View *v); /* NULL: none */
gboolean section_text(View *v, const char *utf8, gboolean paste);
guint section_rows(View *v);
FhirResource *section_selection(View *v);
char *section_resume(View *v);
void section_close(View *v);

enum { SECTION_STATE_BYTES = 160 };
#define SECTION_CLASS(NAME, TITLE, OPEN) SECTION_CLASS_WITH(NAME, TITLE, OPEN, section_command)
/* With verbs of its own, which ends in section_command(). */
#define SECTION_CLASS_WITH(NAME, TITLE, OPEN, COMMAND)                                                                       \
    {                                                                                                          \
        .name = NAME, .title = TITLE, .keymap = NAME, .state_size = SECTION_STATE_BYTES,                       \
        .flags = VIEW_PATIENT | VIEW_BESIDE, .open = OPEN, .load = section_load, .paint = section_paint,                     \
        .command = COMMAND, .text = section_text, .rows = section_rows, .selection = section_selection, \
        .resume = section_resume, .close = section_close                                                       \
    }
