/* SPDX-License-Identifier: GPL-3.0-or-later
 * ui/views/note-suggest.h — diagnoses that the words of a note suggest, beside its reading: one quiet row and a key that
 * opens the entry's ordinary line with the code in it. Nothing is written by it, nothing waits for it, and the reading
 * is signed with it or without. */
#pragma once
#include "chart/note.h"
#include "ui/canvas.h"
#include "ui/shell.h"

typedef struct NoteSuggest NoteSuggest;
NoteSuggest *note_suggest_new(View *v, const Note *note);
void note_suggest_free(NoteSuggest *o);
void note_suggest_load(NoteSuggest *o); /* what the patient has already is not offered */
/* To the right of column @from on @row, as far as there is room. */
void note_suggest_paint(const NoteSuggest *o, Canvas *c, int row, int from);
/* The only one, or the one that is chosen, in the line of a new diagnosis; it is the person who goes on from there. */
CmdResult note_suggest_open(NoteSuggest *o, CmdCall *call, GError **error);
