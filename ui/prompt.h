/* SPDX-License-Identifier: GPL-3.0-or-later
 * ui/prompt.h — the ":" command line on the status line: readline's editing, history and completion
 * over our keys. The only file that knows readline, which reads and writes nothing itself: bytes come
 * from input, the line is painted by us. History lives in memory and dies with the session. */
#pragma once
#include "ui/canvas.h"

typedef void (*PromptFn)(const char *line, gpointer data); /* NULL = given up */
/* Candidates for the line up to the cursor, as an owned strv; may be NULL. */
typedef char **(*PromptCompleteFn)(const char *line, gpointer data);

void prompt_init(PromptCompleteFn complete, gpointer data); /* once; no file is read or written */
void prompt_open(const char *label, const char *initial, PromptFn fn, gpointer data);
gboolean prompt_is_open(void);
void prompt_close(void); /* gives up */
/* A key token or text; TRUE when used. */
gboolean prompt_input(const char *utf8, gboolean paste);
void prompt_paint(Canvas *c);
void prompt_forget(void); /* history too: at lock and logout */
