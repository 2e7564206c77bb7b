/* SPDX-License-Identifier: GPL-3.0-or-later
 * ui/input-burst.h — the second stage of input: keys that come closer than a millisecond are text, not
 * commands. Holds keys until it can tell; knows no bytes. Pure; for input-decode.c. */
#pragma once
#include "ui/input.h"

typedef struct InputBurst InputBurst;
InputBurst *input_burst_new(InputFn fn, gpointer data);
void input_burst_free(InputBurst *b);
void input_burst_text_mode(InputBurst *b, gboolean text);

void input_burst_read_begins(InputBurst *b);
void input_burst_key(InputBurst *b, const char *name, const char *text, gint64 at, gboolean late);
extern const char input_burst_nothing[];
/* After a lone Esc: @alone says what it is unless a burst follows (a static string). */
void input_burst_late(InputBurst *b, const char *text, const char *alone, gint64 at);
/* A whole paste, @pasted between brackets. @text is emptied. */
void input_burst_text(InputBurst *b, GString *text, gint64 at, gboolean pasted);
/* The read is over and no sequence is unfinished: tells what need not be held. */
void input_burst_read_ends(InputBurst *b);
gint64 input_burst_deadline(const InputBurst *b); /* 0 = nothing is held */
void input_burst_release(InputBurst *b);
