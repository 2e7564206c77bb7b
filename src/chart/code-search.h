/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/code-search.h — codes from the core while somebody types: asked after a rest, one question at a time, an
 * answer to other words than those that stand there now is thrown away. Where the core has none to give, or cannot be
 * asked, it says why in a sentence; the unit's own list is the caller's. Knows no patient and no screen. */
#pragma once
#include "chart/code-list.h"
#include "client/client.h"

typedef struct CodeSearch CodeSearch;
typedef void (*CodeSearchFn)(gpointer data); /* something is known that was not */

/* @url: the canonical address of the value set. The search lives until it is freed; @client outlives it. */
CodeSearch *code_search_new(Client *client, const char *url, CodeSearchFn fn, gpointer data);
void code_search_free(CodeSearch *s);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CodeSearch, code_search_free)

/* What stands there now; NULL: nothing to ask. The same words again ask nothing. */
void code_search_type(CodeSearch *s, const char *words);
/* CodeItem*: what the core has for those words; NULL: it has not answered. Borrowed until the next answer. */
const GPtrArray *code_search_found(const CodeSearch *s);
const char *code_search_words(const CodeSearch *s); /* that were answered; NULL */
/* There are more than were given; the next page is asked for. */
gboolean code_search_more(CodeSearch *s);
gint64 code_search_total(const CodeSearch *s); /* -1: the core has not said */
/* Which of the core's sets it is: "version 2026", "of 2026-11-10 07:10"; "". Owned. */
char *code_search_edition(const CodeSearch *s);
/* Why the core's codes are not to be had, translated; NULL: they are, or are being asked for. */
char *code_search_why(const CodeSearch *s);
