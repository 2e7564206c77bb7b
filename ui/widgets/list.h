/* SPDX-License-Identifier: GPL-3.0-or-later
 * ui/widgets/list.h — a table of rows that are made only when painted. Rows have a stable id; the
 * selection follows the id, not the place, through every refresh. Columns drop out by priority when
 * the screen is narrow. The model is the caller's; the list keeps only ids and where it is. */
#pragma once
#include "ui/widgets/widget.h"

typedef struct {
    const char *id, *title; /* title N_() */
    int width;              /* cells; columns with @grow share what is left */
    int priority;           /* 0 is never left out; higher goes first */
    int align;              /* < 0 left, > 0 right */
    gboolean grow;
    /* Text of the cell (owned by the caller of the function); *ret_style may be changed. */
    char *(*text)(gpointer row, Style *ret_style);
} ListColumn;

typedef struct {
    guint (*count)(gpointer model);
    gpointer (*row)(gpointer model, guint i);         /* borrowed */
    const char *(*id)(gpointer model, guint i);       /* stable; borrowed */
    const char *(*heading)(gpointer model, guint i);  /* over the row, where a group begins; NULL: none. May be NULL */
} ListModel;

typedef struct List List;
List *list_new(const ListColumn *columns /* ended by id == NULL */, const ListModel *model, gpointer data);
void list_free(List *l);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(List, list_free)

/* The model changed: the selection stays on its id; if that is gone, the row that took its place is
 * selected, and Enter does not open it until the next move. */
void list_refresh(List *l);
/* How many exist beyond those in the model: 0 none, -1 unknown. Shown as "28, 172 till". */
void list_set_more(List *l, int more);
void list_set_before(List *l, int before); /* how many stand before the first of the model */
gboolean list_near_start(const List *l);   /* time to fetch the page before */
gboolean list_near_end(const List *l); /* time to fetch the next page */
void list_set_empty_text(List *l, const char *text); /* said when there are no rows */

int list_selected(const List *l);              /* index, -1 = none */
const char *list_selected_id(const List *l);    /* borrowed; NULL = none */
gboolean list_select_id(List *l, const char *id);
void list_select(List *l, int index);

WidgetResult list_input(List *l, const char *utf8, gboolean paste); /* arrows, page, home, end, Enter */
void list_move(List *l, int by);
/* Headings, rows, and a last line "3–18 av 28, 172 till" when not all are seen. @focused: gutter mark
 * and cursor. */
void list_paint(List *l, Canvas *c, gboolean focused);
