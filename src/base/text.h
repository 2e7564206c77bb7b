/* SPDX-License-Identifier: GPL-3.0-or-later
 * base/text.h — Swedish text: safe to paint, measured in cells, cut at graphemes, folded for
 * search, ordered a–ö. Pure. All strings are UTF-8. */
#pragma once
#include <glib.h>

/* The one sanitiser: makes text from outside safe to paint or print. C0/C1 controls, bidi controls
 * and zero-width characters become visible marks ("␛" style or U+FFFD); newline is kept only when
 * @multiline; tab becomes a space; bad UTF-8 becomes U+FFFD. Newly allocated, NFC. */
char *text_sanitise(const char *s, gssize len, gboolean multiline);
gboolean text_is_safe(const char *s, gssize len, gboolean multiline);

int text_width(const char *s, gssize len);               /* terminal cells */
/* Bytes of @s that fit in @cells, whole graphemes only; *ret_cells = cells used. */
gsize text_fit(const char *s, gssize len, int cells, int *ret_cells);
/* Byte offset of the next / previous grapheme boundary. */
gsize text_next(const char *s, gsize len, gsize at);
gsize text_prev(const char *s, gsize len, gsize at);
gsize text_next_word(const char *s, gsize len, gsize at);
gsize text_prev_word(const char *s, gsize len, gsize at);
/* Cut to @cells with "…" when something was cut. */
char *text_ellipsis(const char *s, int cells);

/* For --ascii: signs in ASCII, letters as they are. The first in one cell (0: a letter; '?' what ASCII
 * has nothing for), the second as long as it needs, so that ≥ does not become > and 10⁹ not 109. @s is
 * valid UTF-8. */
char text_ascii_sign(gunichar ch);
char *text_ascii(const char *s);

/* A copy of bytes that are text; empty bytes (whose data is NULL) and no bytes at all are "". */
char *text_of_bytes(GBytes *bytes);

char *text_nfc(const char *s);
/* For search: lower case, å ä → a, ö → o, é → e …, everything but letters and digits → space. */
char *text_fold(const char *s);
/* Lower case only, å ä ö kept. */
char *text_fold_keep_swedish(const char *s);
/* Swedish order: a–z å ä ö, é as e, w after v; case-insensitive. */
int text_compare_sv(const char *a, const char *b);
/* strcmp() of two keys orders as text_compare_sv() of the texts: for lists that are sorted often. */
char *text_sort_key_sv(const char *s);
/* True when the words of folded @query occur in folded @text, allowing one typing error
 * (substitution, insertion, deletion, transposition) in one word: of 4 letters or more, or, where
 * other words stand beside it, of 2 or 3 that are meant as a whole word.
 * *ret_score: lower is better, comparable between calls with the same query. */
gboolean text_match(const char *folded_query, const char *folded_text, int *ret_score);
