/* SPDX-License-Identifier: GPL-3.0-or-later
 * print/layout.h — a document set in pages: as PDF, and the very same rows as text. Where a row was
 * broken because it was full is told, so that the lines can be put together again to the letter.
 * Knows no files and no record. */
#pragma once
#include <cairo.h>
#include <glib.h>

#include "print/protocol.h"

typedef struct {
    guint pages, missing;
    GVariant *rows; /* PRINT_PAGES_TYPE, owned */
} PrintSet;

enum print_status print_lay_out(GVariant *document, cairo_write_func_t write, gpointer data, PrintSet *ret);
