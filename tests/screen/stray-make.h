/* SPDX-License-Identifier: GPL-3.0-or-later
 * tests/screen/stray-make.h — input that nobody typed as keys: what a scanner reads, what is pasted, and
 * the terminal's own key sequences cut into pieces. Says what each may mean at most. Knows nothing of
 * views; its only chance is the GRand it is given. */
#pragma once
#include <glib.h>

typedef enum { STRAY_SCAN, STRAY_PASTE, STRAY_SEQUENCE } StrayKind;

typedef struct {
    gsize bytes;
    gint64 gap; /* µs that go by after them */
} StrayRead;

typedef struct {
    StrayKind kind;
    GString *bytes;
    GArray *reads; /* StrayRead */
    char *text;    /* scan, paste: what it types; line ends are \n */
    char *key;     /* sequence: the one key it is */
    gboolean escape; /* its first byte stood alone long enough to be the Esc key */
    gboolean twin;   /* sequence: Esc and a digit, which are a key each too */
} Stray;

Stray *stray_new(GRand *rand);
void stray_free(Stray *s);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Stray, stray_free)
/* Every key sequence cut once, at each of its bytes: the n-th of stray_cuts(). */
guint stray_cuts(void);
Stray *stray_cut(GRand *rand, guint n);
char *stray_told(const Stray *s); /* for the reader of a failure; owned */
