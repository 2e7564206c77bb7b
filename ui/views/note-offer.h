/* SPDX-License-Identifier: GPL-3.0-or-later
 * ui/views/note-offer.h — a dot at the start of a word: the phrases that may be meant, under the text, for as long as a
 * name is typed. It never takes a key from who only writes: after a bare dot none but Down, after letters Tab too, and
 * Enter only once one has been chosen. Owns the list, neither phrases nor text. */
#pragma once
#include "ui/views/note-phrase.h"

typedef struct NoteOffers NoteOffers;
NoteOffers *note_offers_new(NotePhrases *phrases); /* borrowed */
void note_offers_free(NoteOffers *o);
void note_offers_look(NoteOffers *o, EditorBuffer *b); /* something was typed */
void note_offers_leave(NoteOffers *o);
void note_offers_close(NoteOffers *o); /* and does not come back for this name */
gboolean note_offers_shown(const NoteOffers *o);
gboolean note_offers_ready(const NoteOffers *o);  /* one is to be taken: more than a dot was typed, or it was chosen */
gboolean note_offers_chosen(const NoteOffers *o); /* by going into the list */
gboolean note_offers_key(NoteOffers *o, const char *key, gboolean paste); /* up and down in the list */
/* Puts the phrase in the place of what was typed of its name. FALSE: none is to be taken. */
gboolean note_offers_take(NoteOffers *o, EditorBuffer *b);
/* All there are, one's own and the unit's first, to choose from: its words go in where the cursor stands. */
CmdResult note_offers_pick(View *v, CmdCall *call, GError **error);
int note_offers_rows(const NoteOffers *o, int max); /* how many it wants, at most @max */
void note_offers_paint(NoteOffers *o, Canvas *c);
