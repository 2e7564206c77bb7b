/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/code-words.h — FHIR's codes of states in the words of the screen: one table, so that no view
 * shows "fulfilled" or says it its own way. What the table does not know is said to be the core's own
 * word. Pure. */
#pragma once
#include <glib.h>

/* The words for @code of resource type @type ("" for codes that mean the same everywhere), or NULL
 * when there are none. Translated, borrowed. */
const char *code_words_find(const char *type, const char *code);
/* The same, with the code itself in quotes where there are no words, and @none where there is no
 * code; owned. */
char *code_words(const char *type, const char *code, const char *none);
/* What a resource of this type is called on screen: "medication order"; the type itself when unknown. */
const char *code_words_type(const char *type);
