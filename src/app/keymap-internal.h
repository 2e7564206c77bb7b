/* SPDX-License-Identifier: GPL-3.0-or-later
 * app/keymap-internal.h — the inside of a keymap, shared by lookup, reader and lint. */
#pragma once
#include "app/keymap.h"

typedef struct {
    char *keys;    /* "g p" */
    char *text;    /* NULL = unbound here */
    char *comment;
} Binding;

typedef struct {
    char *name;
    char *parent;    /* NULL = inherits none: a text context */
    gboolean is_set; /* declared by a context line */
    GPtrArray *bindings;
} Context;

struct Keymap {
    GPtrArray *contexts;
};

Context *keymap_context(const Keymap *m, const char *name);
Context *keymap_context_make(Keymap *m, const char *name);
void keymap_bind(Context *c, const char *keys, const char *text, const char *comment);
