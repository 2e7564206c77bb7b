/* SPDX-License-Identifier: GPL-3.0-or-later
 * ui/views/print-pager.h — the pages of a print as text, row by row as they will come, to be leafed
 * through. The empty rows at the end of a page are shown as one. */
#pragma once
#include "ui/widgets/widget.h"

typedef struct PrintPager PrintPager;
PrintPager *print_pager_new(void);
void print_pager_free(PrintPager *p);
void print_pager_set(PrintPager *p, GVariant *pages); /* PRINT_PAGES_TYPE */
guint print_pager_page(const PrintPager *p); /* the one that the first row is of, from 1 */
WidgetResult print_pager_input(PrintPager *p, const char *utf8, gboolean paste);
void print_pager_paint(PrintPager *p, Canvas *c);
