/* SPDX-License-Identifier: GPL-3.0-or-later
 * tests/screen/runner.h — screen tests: a script of keys and waits drives the program on a screen in
 * memory, in a time of its own; what stands there is compared with NAME.screen. The runner knows the
 * program only by these functions. */
#pragma once
#include "ui/term.h"

typedef struct ScreenApp ScreenApp;

/* @term is taken. @settings: what the script's "set NAME VALUE" lines said (text → text). */
ScreenApp *screen_app_new(Term *term, GHashTable *settings, GError **error);
/* Bytes as if typed. */
void screen_app_feed(ScreenApp *a, const char *bytes, gsize n);
/* Waits for something that is not the program's own clock: an answer, a worker. */
gboolean screen_app_busy(ScreenApp *a);
/* The terminal has another size: what the program does at SIGWINCH. */
void screen_app_resized(ScreenApp *a);
void screen_app_free(ScreenApp *a);
