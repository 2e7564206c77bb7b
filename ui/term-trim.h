/* SPDX-License-Identifier: GPL-3.0-or-later
 * ui/term-trim.h — says a frame in fewer bytes: a slow line feels each of them. Pure; it knows how curses
 * writes, and changes nothing that it does not know wholly. */
#pragma once
#include <glib.h>

typedef struct {
    int rows;            /* of the screen */
    gboolean line_set;   /* lines are drawn in a character set of their own, whose switches must stay */
    gboolean whole_rows; /* the terminal takes rows out and puts them in by ECMA-48's sequences */
} TermTrim;

/* In place, never longer; what is left. */
guint term_trim(const TermTrim *how, guint8 *bytes, guint n);
