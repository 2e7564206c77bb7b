/* SPDX-License-Identifier: GPL-3.0-or-later
 * base/worddiff.h — what differs between two texts, in whole words. Pure: bytes in, ranges out. The
 * ranges of each text, put together in order, are that text again, to the byte. */
#pragma once
#include <glib.h>

typedef struct {
    gboolean same;    /* both ranges hold the same bytes; else one of them may be empty */
    gsize a, a_len;   /* in the first text: taken away where it is not the same */
    gsize b, b_len;   /* in the second: put there instead */
} WordHunk;

/* Array of WordHunk, same and changed in turn; the caller's. No hunks: both are empty. Texts that differ
 * in more than WORD_DIFF_MOST words are told apart as a whole between their common ends. */
enum { WORD_DIFF_MOST = 1500 };
GArray *word_diff(const char *a, const char *b);

/* The second text with what was taken away and put there marked in it, readable without colour:
 * "[-gammalt-] [+nytt+]". Owned. The marks of a text that has them itself are told from these by
 * nothing but their place: they are for eyes, not for reading back. */
#define WORD_DIFF_OLD "[-"
#define WORD_DIFF_OLD_END "-]"
#define WORD_DIFF_NEW "[+"
#define WORD_DIFF_NEW_END "+]"
char *word_diff_marked(const char *a, const char *b);
