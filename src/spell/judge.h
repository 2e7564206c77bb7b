/* SPDX-License-Identifier: GPL-3.0-or-later
 * spell/judge.h — what is a word: the dictionaries of hunspell and lists of words beside them. The only
 * place that knows hunspell. A word is right when one of them has it. No GLib; strings are UTF-8. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "spell/protocol.h"

#define JUDGE_DICTIONARIES 4

typedef struct Judge Judge;
Judge *judge_new(void);
void judge_free(Judge *j);
/* @name of @folder: NAME.aff and NAME.dic. False when it is not there. The words that are added go to the
 * first one. */
bool judge_load(Judge *j, const char *folder, const char *name);
int judge_dictionaries(const Judge *j);
/* *.words: one a line, or word=model, which is inflected and compounded as the model is; # begins a
 * comment. Any other file is text whose words are taken, in lower case, all as @model when there is one. */
bool judge_read(Judge *j, const char *path, const char *model);
void judge_add(Judge *j, const char *word, const char *model); /* @model NULL: as it is */

bool judge_right(Judge *j, const char *word);
/* How many it wrote, SPELL_SUGGESTIONS at most: the first dictionary's first. *others: a bit for each that is another's. */
int judge_suggest(Judge *j, const char *word, char out[][SPELL_WORD_BYTES], int most, uint64_t *others);
