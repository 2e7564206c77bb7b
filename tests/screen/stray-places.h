/* SPDX-License-Identifier: GPL-3.0-or-later
 * tests/screen/stray-places.h — the ways to every place of the program where keys can go: each view, and
 * where one has steps, each step; each question that lies over a view; the command line. */
#pragma once
#include <glib.h>

#define STRAY_WAIT "<Wait>" /* among the keys: a second in which nothing is pressed, told as no bytes */

typedef enum {
    TAKES_NOTHING, /* what arrives like text is not used */
    TAKES_SCAN,    /* no field: a wristband or a package is used, all else is not */
    TAKES_LINE,    /* a field: one line, seen whole on the cursor's row */
    TAKES_SECRET,  /* a field that shows stars */
    TAKES_TEXT,    /* the editor: several lines, seen in the draft */
} StrayTakes;

typedef struct {
    const char *name; /* the view on top, and after a stroke which part of it */
    const char *commission; /* HSA-id; NULL: nobody is logged in and @keys begin in this view */
    const char *keys; /* "o <Enter> alvedon_1g": keys and typed text; _ is a blank */
    StrayTakes takes;
    const char *clear; /* keys that empty the field again */
    const char *over;  /* keymap context of the question over it */
} StrayPlace;

/* The keys of a way one by one: @press(bytes, n, data). */
void stray_way(const char *keys, void (*press)(const char *bytes, gsize n, gpointer data), gpointer data);

extern const StrayPlace stray_places[]; /* ended by name == NULL */
