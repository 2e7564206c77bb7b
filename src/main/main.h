/* SPDX-License-Identifier: GPL-3.0-or-later
 * main/main.h — the composition root: the only room that sees both src/ and ui/. Binds login, store
 * and core to what the screen needs; contains no clinical logic. */
#pragma once
#include "app/app.h"
#include "super/sandbox.h"
#include "super/super.h"

/* What the command line said; plain data, no GLib: read before the supervisor forks. */
typedef struct {
    const char *program;  /* argv[0]: what the person typed to start rond */
    char **argv;          /* all of it, for the new program after an update */
    const char *language; /* "sv", "en" or NULL */
    const char *exercise; /* "B04" or NULL */
    int ascii, mono;
    const char *config;   /* --config FILE or NULL */
    const struct ShowRequest *show; /* a visit without a screen: main/show.h; NULL */
} CommandLine;

/* supervise.c: where programs are. Owned, plain malloc. */
char *program_path(const char *name); /* beside this program, installed or in the build tree */

/* session.c: the session process. Returns an enum session_exit. */
int session_main(const SuperBoot *boot, void *command_line);
/* Language, options and keymap, the same for the session and for the plain commands. */
void locale_init(const char *language, char **ret_notice);
Options *options_read(const CommandLine *cl, GPtrArray *problems);
Keymap *keymap_read(const Options *options, GPtrArray *problems);
gboolean profile_is_training(const Options *options);
char *profile_origin(const Options *options, char **ret_path); /* core.url taken apart */
/* What every session begins with, with or without a screen: options, language, clock, sandbox. */
void session_begin(App *app, const CommandLine *cl, GPtrArray *problems, char **ret_notice);

/* Before the first thread; what cannot be had is added to @problems. */
SandboxState session_sandbox(const Options *options, GPtrArray *problems);

/* wiring.c: login and drafts for the app. */
typedef struct Wiring Wiring;
Wiring *wiring_new(App *app, const SuperBoot *boot, const CommandLine *cl);
/* Flushes the store, erases secrets. After quit and logout what was cached goes too, unless drafts or
 * writes under way need it. */
void wiring_free(Wiring *w, int session_exit);
void wiring_touch(gpointer wiring); /* a key was pressed */

/* supervise.c: the plan of processes for this profile. Returns main's exit code. */
int supervise(CommandLine *cl);

/* plain.c: commands without a screen. */
void plain_usage(const char *usage, const char *text); /* a line of help */
int plain_help(const CommandLine *cl);
int plain_unknown(const char *word, const CommandLine *cl);
int plain_config(int argc, char **argv, const CommandLine *cl);
int plain_card(int argc, char **argv);
int plain_man(const char *page);
