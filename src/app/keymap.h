/* SPDX-License-Identifier: GPL-3.0-or-later
 * app/keymap.h — keys to command texts, from .keys files. Contexts inherit; a context that inherits
 * none is a text field: what is not bound there is input. Keys are written as typed ("n", "g p") or
 * named: <Enter> <Esc> <Tab> <S-Tab> <Space> <BS> <Del> <Up> <Down> <Left> <Right> <Home> <End>
 * <PgUp> <PgDn> <F1>…<F12>, with C- and M- before a letter: <C-r>, and M- before <PgUp> and <PgDn>. Pure: no terminal. */
#pragma once
#include <glib.h>

typedef struct Keymap Keymap;
Keymap *keymap_new(void);
void keymap_free(Keymap *m);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Keymap, keymap_free)
/* @include is asked for the text of include "name"; NULL answer = not found. Every bad line is
 * reported in @problems (char* "file:line: sentence", owned by the array) and skipped. */
typedef char *(*KeymapInclude)(const char *name, gpointer data);
void keymap_load(Keymap *m, const char *name, const char *text, KeymapInclude include, gpointer data,
                 GPtrArray *problems);

typedef enum { KEYMAP_NONE, KEYMAP_PREFIX, KEYMAP_MATCH } KeymapAnswer;
/* The pending keys of one focus; reset when focus changes. */
typedef struct {
    char *pending; /* "g " or NULL */
} KeymapState;
/* Feeds one key token. On MATCH *ret_text is borrowed from the map. On NONE the pending keys are
 * dropped and *ret_dropped says whether there were any. */
KeymapAnswer keymap_feed(const Keymap *m, KeymapState *state, const char *context, const char *key,
                         const char **ret_text);
void keymap_state_clear(KeymapState *state);

typedef struct {
    const char *keys, *text; /* "g p", "patient-find" */
    const char *context;     /* where it is bound */
    const char *comment;     /* after #, or NULL */
} KeyBinding;
/* What is valid in @context, inherited ones included (nearest wins), in file order; with @prefix
 * only continuations of it. Array of KeyBinding (elements borrowed from the map); free the array. */
GArray *keymap_bindings(const Keymap *m, const char *context, const char *prefix);
/* Keys for a command text in a context; NULL when unbound. Borrowed. */
const char *keymap_keys_for(const Keymap *m, const char *context, const char *text);
char **keymap_contexts(const Keymap *m); /* owned strv */
/* The lint: unknown commands, prefix clashes, unreachable WRITE/SIGN commands, AltGr and dead keys
 * in @strict maps, the signing key bound to anything else. Owned array of sentences. */
GPtrArray *keymap_lint(const Keymap *m, gboolean strict);
