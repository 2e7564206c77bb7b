/* SPDX-License-Identifier: GPL-3.0-or-later
 * ui/views/note-pulled.h — a note that is about to be signed, held against the chart: what was pulled in
 * by phrases and is not so any more, and what looks like a slip, stands over the text, and the text is the writer's to change. */
#pragma once
#include "ui/views/note-phrase.h"

typedef struct NotePulled NotePulled;
/* @lines: as the draft has them (note_phrases_pulled). @arrived: compare again. */
NotePulled *note_pulled_new(View *v, const char *lines, void (*arrived)(View *v));
void note_pulled_free(NotePulled *p);
void note_pulled_compare(NotePulled *p, const char *text);
gboolean note_pulled_settled(const NotePulled *p); /* compared with all of it */
char *note_pulled_words(const NotePulled *p);      /* what it says, a sentence a line; owned */
int note_pulled_paint(const NotePulled *p, Canvas *c, int row); /* returns the row after it */
