/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/phrase.h — phrases that a note is written with: a short name behind a dot stands for words, for
 * data of the patient, for blanks that must be filled in, for other phrases. Text files, one phrase
 * after another, the person's own before the unit's before rond's. Knows no screen; where the data come
 * from is asked of its caller. Pure but for reading the files.
 *
 *   .status  Status vid rond          a name and, after a blank, a title; the words follow
 *   AT: {?AT|gott|påverkat}. {bt}     {?…} a blank, with | a list to choose from; {bt} data
 *   {.andning}                        another phrase; {{ is a brace, a line that begins with # a comment */
#pragma once
#include <glib.h>

typedef struct {
    char *name, *title, *body; /* name without the dot; title may be "" */
    char *where;               /* "egna.phrases:12" */
    guint rank;                /* of its folder; 0 comes first */
    char *broken;              /* why it cannot be used, a sentence; NULL = it can */
} Phrase;

typedef struct Phrases Phrases;
/* All files *.phrases of @dirs, ended by NULL; a name in an earlier folder hides it in a later. What is
 * wrong is a sentence in @problems (char*), and the rest works. A folder that is not there is empty. */
Phrases *phrases_load(const char *const *dirs, GPtrArray *problems);
void phrases_free(Phrases *p);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Phrases, phrases_free)
guint phrases_count(const Phrases *p);
const Phrase *phrases_find(const Phrases *p, const char *name); /* NULL: none of this name */
/* Those whose names begin so, by name. Phrase*, borrowed. */
GPtrArray *phrases_beginning(const Phrases *p, const char *prefix);

/* Its title and first line as it will read: "Allmäntillstånd: [AT]. [Orientering]."; why it cannot be used. Owned. */
char *phrase_preview(const Phrase *phrase);

/* The text of a datum by its key, owned; NULL: there is none that is sure, and a blank takes its place. */
typedef char *(*PhraseValueFn)(const char *key, gpointer data);
/* NULL with @error when it is broken or becomes too long. */
char *phrase_expand(const Phrases *p, const Phrase *phrase, PhraseValueFn value, gpointer data, GError **error);

/* ---- blanks, as they stand in a note: "[[sida|höger|vänster]]" ---- */

/* The first blank at or after @from; FALSE: none. */
gboolean phrase_blank_find(const char *text, gsize from, gsize *ret_from, gsize *ret_to);
char *phrase_blank(const char *label, const char *choices); /* @choices NULL: none */
char *phrase_blank_label(const char *blank);    /* "sida"; owned */
char **phrase_blank_choices(const char *blank); /* NULL: none; owned */

/* The dot at the start of a word, and what is typed of a name behind it up to @end: where it begins, or G_MAXSIZE. */
gsize phrase_begun_before(const char *text, gsize end);
/* The dot and name that end at @end, at the end of a word: where it begins, or G_MAXSIZE. */
gsize phrase_name_before(const char *text, gsize end);
