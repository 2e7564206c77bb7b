/* SPDX-License-Identifier: GPL-3.0-or-later
 * ui/cell.h — one cell of the screen and the roles it can be painted in. Plain data shared by canvas
 * (which fills cells), theme (which gives roles their look) and term (which shows them). */
#pragma once
#include <glib.h>

/* What a cell is, never how it looks: theme.c gives each role its look in colour, 16 and mono. */
typedef enum {
    STYLE_NORMAL,
    STYLE_STRONG,   /* the thing that matters on its line */
    STYLE_DIM,      /* less important, still readable */
    STYLE_HEADING,  /* column and section headings */
    STYLE_LINE,     /* rules and frames */
    STYLE_WHERE,    /* line 1: where I am, who I am */
    STYLE_EXERCISE, /* ÖVNING */
    STYLE_PATIENT,  /* the patient's name and number */
    STYLE_ALERT,    /* can hurt: allergies, critical values, HH/LL */
    STYLE_WARNING,  /* needs attention: H/L, unsigned, old */
    STYLE_GOOD,     /* done, connected */
    STYLE_GUTTER,   /* the selection mark */
    STYLE_SELECTED, /* text of the selected row, when a view wants it */
    STYLE_FIELD,    /* where one types */
    STYLE_FIELD_ERROR,
    STYLE_HINT_KEY, /* a key in the hint bar */
    STYLE_HINT,
    STYLE_RECEIPT,
    STYLE_MATCH,    /* what a search found */
    STYLE_MARKED,   /* marked text in the editor */
    STYLE_MISSPELT, /* a word that no dictionary has */
    STYLE_ROLES
} Style;

#define CELL_BYTES 24

/* @text is one grapheme, already safe, NUL-terminated. The right half of a wide character has
 * width 0 and no text. */
typedef struct {
    char text[CELL_BYTES];
    guint8 width;
    guint8 style;
} Cell;
