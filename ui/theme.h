/* SPDX-License-Identifier: GPL-3.0-or-later
 * ui/theme.h — the look of each role in 256 colours, 16 colours and mono: one const table. Words come
 * before colour: mono loses nothing, it only has bold, underline and reverse. The terminal's own
 * foreground and background are kept (light and dark alike). */
#pragma once
#include "ui/term.h"

typedef enum { ATTR_BOLD = 1, ATTR_DIM = 2, ATTR_REVERSE = 4, ATTR_UNDERLINE = 8 } Attr;

typedef struct {
    int fg, bg; /* colour number, -1 = the terminal's own */
    guint attrs;
} Look;

const Look *theme_look(Style role, ColourDepth colours);
const char *theme_role_name(Style role); /* for screen tests */
