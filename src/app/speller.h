/* SPDX-License-Identifier: GPL-3.0-or-later
 * app/speller.h — the session's end of the spelling: asks rond-spell about words and remembers what it said.
 * Nothing here waits: an answer comes from the loop, or never. A helper that dies or is silent is replaced a
 * few times; then the spelling is off, which is said once. Knows words, not where they stand, and changes no
 * text. Says EVENT_SPELLING when what is known has changed. */
#pragma once
#include "base/scope.h"

typedef enum { SPELL_UNKNOWN, SPELL_RIGHT, SPELL_WRONG } SpellVerdict;

typedef struct {
    void (*start)(gpointer data); /* a helper is wanted: speller_attach() when there is one */
    void (*say)(const char *sentence, gpointer data);
    gpointer data;
} SpellerHooks;

typedef struct Speller Speller;
Speller *speller_new(const SpellerHooks *hooks);
void speller_free(Speller *s);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Speller, speller_free)
void speller_attach(Speller *s, int fd); /* taken: spell/protocol.h */
gboolean speller_is_off(const Speller *s); /* for good; why has been said */

SpellVerdict speller_verdict(const Speller *s, const char *word);
/* Asked about when nothing more has been wanted for a moment. */
void speller_want(Speller *s, const char *word);
/* Right from now on, in this session. */
void speller_learn(Speller *s, const char *const *words);

/* At once. @fn is called once unless @scope closes before: what is known is then in the verdicts. @answered
 * FALSE: there is nobody to ask. */
typedef void (*SpellerCheckFn)(gboolean answered, gpointer data);
void speller_check(Speller *s, Scope *scope, const char *const *words, SpellerCheckFn fn, gpointer data);
/* @suggestions: at most nine, safe to show; NULL: nobody to ask. Borrowed. @others: a bit for each that is not of the
 * first language. */
typedef void (*SpellerSuggestFn)(const char *const *suggestions, guint64 others, gpointer data);
void speller_suggest(Speller *s, Scope *scope, const char *word, SpellerSuggestFn fn, gpointer data);
