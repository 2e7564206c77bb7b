/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/named-text.h — text files in which a short name behind a dot stands for words: phrases of a note,
 * orders that are used often. `.name  Title` begins one, the lines under it are its words, a line that
 * begins with # is a comment. Knows not what the words are for; the reader of a kind judges them. */
#pragma once
#include <glib.h>

/* Borrowed for the call. */
typedef struct {
    char *name;  /* lower case */
    char *title; /* "" when it has none */
    char *body;  /* its lines; "" when it has none */
    char *path, *where; /* "/etc/rond/orders/akut.orders", "akut.orders:12" */
    guint rank;  /* of its folder: 0 is the first */
} NamedText;

typedef struct {
    void (*text)(const NamedText *t, gpointer data);
    void (*lost)(const char *path, gpointer data); /* the file cannot be read at all; NULL */
} NamedTextFns;

/* All files of @dirs (ended by NULL) whose name ends so; a name in an earlier folder hides it in a later.
 * What is wrong is told in @problems (char*), a sentence each. */
void named_texts_read(const char *const *dirs, const char *suffix, const NamedTextFns *fns, gpointer data, GPtrArray *problems);

gboolean named_text_char(gunichar c); /* may stand in a name */
/* The bytes of a name at @p: a letter and what may follow it; 0: none. */
gsize named_text_length(const char *p);
