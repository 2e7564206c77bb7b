/* SPDX-License-Identifier: GPL-3.0-or-later
 * ui/views/note-phrase.h — phrases in a note: the name behind a dot becomes its words, data that are not
 * here yet are filled in when they come; and before the note is signed it is told which of the data have
 * changed. Shared by the writing and the review of a note; it owns the
 * questions it asks, in the view's scope, and never the text. */
#pragma once
#include "chart/phrase.h"
#include "ui/views/views.h"
#include "ui/widgets/editor-buffer.h"

typedef struct NotePhrases NotePhrases;
/* @arrived: something that was asked for has been answered. */
NotePhrases *note_phrases_new(View *v, void (*arrived)(View *v));
void note_phrases_free(NotePhrases *p);

const char *note_phrase_whose(const Phrase *phrase); /* "egen", "enhetens", "ronds" */
/* Those that what is typed before the cursor may mean; NULL: it is no name. *ret_named: more than the dot is there.
 * Phrase*, borrowed; the array is the caller's. */
GPtrArray *note_phrases_offered(NotePhrases *p, EditorBuffer *b, gboolean *ret_named);
void note_phrases_take(NotePhrases *p, EditorBuffer *b, const Phrase *phrase); /* in the place of what is typed of it */
void note_phrases_say_unknown(NotePhrases *p, EditorBuffer *b); /* there is none of the name before the cursor */
GPtrArray *note_phrases_all(NotePhrases *p); /* by name; Phrase*, borrowed; the array is the caller's */

gboolean note_phrase_key(const char *utf8); /* a typed key that ends a word */
typedef enum { PHRASE_DID_NOTHING, PHRASE_DID_EXPAND, PHRASE_IN_BLANK } PhraseDid;
/* The name that ends at the cursor, when there is one: expanded. @search: a beginning will do, and what
 * there is none of is said. */
PhraseDid note_phrases_expand(NotePhrases *p, EditorBuffer *b, gboolean search);
/* A draft is gone on with: what was waited for in @text is asked for again. */
void note_phrases_resume(NotePhrases *p, const char *text);
/* Fills in what has come meanwhile. TRUE when a text was changed. */
gboolean note_phrases_fill(NotePhrases *p, EditorBuffer *b);
void note_phrases_filled(NotePhrases *p); /* in all texts: what has come is not waited for any more */

/* What was pulled in, as lines for the draft, each begun by a newline; "" when nothing was. Owned. */
char *note_phrases_pulled(const NotePhrases *p);
void note_phrases_take_pulled(NotePhrases *p, const char *lines);
/* What in @text looks like a slip (chart/note-doubt.h). Owned. */
GPtrArray *note_phrases_doubts(NotePhrases *p, const char *text);
/* What of it stands in @text and is not so any more, one sentence each (char*), owned. *ret_settled FALSE:
 * it is still being asked. */
GPtrArray *note_phrases_changed(NotePhrases *p, const char *text, gboolean *ret_settled);
