/* SPDX-License-Identifier: GPL-3.0-or-later
 * tests/screen/runner.h — screen tests: a script of keys and waits drives the program on a screen in
 * memory, in a time of its own; what stands there is compared with NAME.screen. The runner knows the
 * program only by these functions. */
#pragma once
#include "ui/term.h"

typedef struct ScreenApp ScreenApp;

/* @term is taken. @settings: what the script's "set NAME VALUE" lines said (text → text). */
ScreenApp *screen_app_new(Term *term, GHashTable *settings, GError **error);
typedef struct Hospital Hospital;
Hospital *screen_app_hospital(ScreenApp *a); /* NULL: there is none */
/* Bytes as if typed. */
void screen_app_feed(ScreenApp *a, const char *bytes, gsize n);
/* Until nothing is left to do and nothing is waited for that is not the program's own clock: an answer,
 * a worker. An answer that never comes is the script's to find out. */
void screen_app_settle(ScreenApp *a);
/* What the reader sees: "present", "gone", "swapped" (out in between), "gone-at-login" (before the next login's answer). */
void screen_app_card(ScreenApp *a, const char *what);
/* The core is gone. */
void screen_app_stop_core(ScreenApp *a);
/* The terminal has another size: what the program does at SIGWINCH. */
void screen_app_resized(ScreenApp *a);
void screen_app_free(ScreenApp *a);

/* Services in place of those that answer from app.c, for the next program: set before the first view opens.
 * @busy: something was asked and has not been answered. */
typedef struct App App;
typedef struct {
    void (*begin)(App *app, gpointer data);
    gboolean (*busy)(gpointer data);
    void (*end)(gpointer data);
    gpointer data;
} ScreenServices;
void screen_app_services(const ScreenServices *services);

/* For what looks behind the screen (stray.c). */
typedef struct Shell Shell;
Shell *screen_app_shell(ScreenApp *a);
/* Everything unfinished, as text that lies in the store; owned. */
char *screen_app_drafts(ScreenApp *a);
/* How many resources on the core were changed since the start, access events left out. */
guint screen_app_changed(ScreenApp *a);
