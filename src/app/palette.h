/* SPDX-License-Identifier: GPL-3.0-or-later
 * app/palette.h — finds commands by name, description or key: the command palette, the ? help and
 * the hint bar are all made of this. Pure. */
#pragma once
#include "app/app.h"

typedef struct {
    const Command *command;
    const char *text;    /* what the binding runs, or the command's name */
    const char *keys;    /* in this context; NULL when unbound */
    const char *context; /* where it is bound */
    gboolean core;           /* the reason is the core's, and stands in place of what the command does */
    char *reason;        /* why it cannot run now (owned), NULL when it can */
    int score;
} PaletteRow;

/* @all: every command (palette); else only those with a key valid in @context (help here and now).
 * @query matches name, translated summary and keys; "" keeps table order. Array of PaletteRow. */
GArray *palette_rows(App *app, const char *context, const char *query, gboolean all);
