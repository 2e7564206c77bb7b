/* SPDX-License-Identifier: GPL-3.0-or-later
 * app/spellword.h — which words of a text are judged by their spelling: not what has a digit or a capital
 * inside (SpO2, LVEF, a personnummer), no address, no blank, no name of a phrase, and nothing of one or two
 * letters; nor a word with a capital in the middle of a sentence, which is a name. Pure. @text is UTF-8. */
#pragma once
#include <glib.h>

/* The first word that begins at or after *at; FALSE: none. What stands before *at is only looked at. */
gboolean spellword_next(const char *text, gsize len, gsize *at, gsize *ret_to);
/* As it is asked about: with the full stop that follows it, if one does ("resp."). Owned. */
char *spellword_asked(const char *text, gsize len, gsize at, gsize to);
