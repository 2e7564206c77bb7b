/* SPDX-License-Identifier: GPL-3.0-or-later
 * ui/term.h — a screen of cells and a source of bytes: one interface, two backends. term-curses.c is
 * the only file that knows curses; term-mem.c is a grid in memory for tests. A Term draws what it is
 * given and knows nothing of keys, views or text safety (canvas.c has made the cells safe). It never
 * asks the terminal anything and never waits for it: output that the terminal does not take yet is
 * kept, and term_busy() says so. */
#pragma once
#include "ui/cell.h"

typedef struct Term Term;

#define TERM_ERROR (term_error_quark())
GQuark term_error_quark(void);
typedef enum { TERM_ERROR_NOT_A_TERMINAL, TERM_ERROR_NO_CURSOR } TermErrorCode;

typedef enum { CHARSET_UTF8, CHARSET_LATIN1, CHARSET_ASCII } Charset;
typedef enum { COLOUR_MONO, COLOUR_16, COLOUR_256 } ColourDepth;

typedef struct {
    Charset charset;     /* what may be sent as text */
    gboolean ascii_lines; /* --ascii, Latin-1: lines and signs in ASCII, letters as the charset has them */
    ColourDepth colours;
} TermCaps;

typedef struct {
    gboolean ascii;    /* --ascii */
    ColourDepth colours; /* at most: ui.colour, --mono, NO_COLOR */
} TermOptions;

/* Takes the terminal on standard input. TERM unknown: goes on as xterm-256color or vt100 and says so
 * in term_notice(); TERM that cannot move its cursor: NULL with a sentence. */
Term *term_curses_new(const TermOptions *options, GError **error);
Term *term_mem_new(int rows, int cols, const TermCaps *caps);
/* Restores the terminal; safe to call with NULL. */
void term_free(Term *t);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Term, term_free)

const TermCaps *term_caps(const Term *t);
const char *term_notice(const Term *t); /* translated, or NULL */
void term_size(const Term *t, int *ret_rows, int *ret_cols);
/* Reads the size again after SIGWINCH; TRUE when it changed (all cells must then be drawn anew). */
gboolean term_resize(Term *t);
void term_draw(Term *t, int row, int col, const Cell *cells, int n);
void term_cursor(Term *t, int row, int col);
void term_flush(Term *t);  /* shows what was drawn: one burst */
void term_repaint(Term *t); /* the next flush sends everything */
/* TRUE while the terminal has not taken the last frame; @fn is called once when it has. */
gboolean term_busy(const Term *t);
void term_on_drained(Term *t, void (*fn)(gpointer data), gpointer data);

int term_input_fd(const Term *t); /* non-blocking; -1 in memory */
/* Each function key that terminfo names: its bytes and the key's name ("<F1>", "<Up>"). */
void term_each_key(const Term *t, void (*fn)(const char *bytes, const char *name, gpointer data),
                   gpointer data);

/* What a cell becomes where the character set or the lines are limited; same width. @ret has room
 * for CELL_BYTES. */
void term_glyph(const TermCaps *caps, const char *text, char *ret);

/* For tests: term_mem only. */
char *term_mem_text(const Term *t);             /* rows joined by \n, right blanks cut; owned */
char *term_mem_row(const Term *t, int row);      /* owned */
Style term_mem_style(const Term *t, int row, int col);
void term_mem_cursor(const Term *t, int *ret_row, int *ret_col);
guint term_mem_frames(const Term *t);            /* flushes so far */
guint term_mem_changed(const Term *t);           /* cells changed by the last frame */
void term_mem_set_size(Term *t, int rows, int cols); /* takes effect at term_resize() */
