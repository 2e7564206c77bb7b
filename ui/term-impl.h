/* SPDX-License-Identifier: GPL-3.0-or-later
 * ui/term-impl.h — what the two backends of term.h fill in. For term*.c only. */
#pragma once
#include "ui/term.h"

typedef struct {
    void (*size)(const Term *t, int *ret_rows, int *ret_cols);
    gboolean (*resize)(Term *t);
    void (*draw)(Term *t, int row, int col, const Cell *cells, int n);
    void (*cursor)(Term *t, int row, int col);
    void (*flush)(Term *t);
    void (*repaint)(Term *t);
    gboolean (*busy)(const Term *t);
    void (*each_key)(const Term *t, void (*fn)(const char *, const char *, gpointer), gpointer data);
    void (*free)(Term *t); /* what the backend owns, and the Term itself */
} TermOps;

struct Term {
    const TermOps *ops;
    TermCaps caps;
    char *notice;
    int input_fd;
    void (*drained)(gpointer data);
    gpointer drained_data;
};
