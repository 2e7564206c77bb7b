/* SPDX-License-Identifier: GPL-3.0-or-later
 * super/super.h — the supervisor: the parent that starts everything, restarts what dies and always
 * gives the terminal back. One thread, a poll loop, no GLib: super_run() must be called before any
 * library is set up, because it forks the session without exec. Knows nothing of what the session
 * shows. A session and its card helper and reader watch live and die together, so that a login
 * never outlives a lock; so do the spelling helper and rond-print, which are started when they are asked
 * for. rond-core and lp live beside them. */
#pragma once
#include <stddef.h>

#include "base/session-exit.h"

enum super_why { SUPER_FIRST, SUPER_LOCKED, SUPER_LOGGED_OUT, SUPER_CRASHED };

enum super_child { SUPER_READER, SUPER_CARD, SUPER_CORE, SUPER_PRINT, SUPER_SPELL, SUPER_PAGES, SUPER_CHILDREN };

/* What a fresh session is given. The fds are the session's to close. */
typedef struct {
    int channel;             /* to the supervisor: super/channel.h */
    int fd[SUPER_CHILDREN];  /* to those that begin with it; -1: it has none */
    int why;                 /* enum super_why */
    char note[128];          /* after a crash: what is known, e.g. "signal 11" */
} SuperBoot;

/* The one fd every child gets, besides stdin (null; the document for lp), stdout (null) and stderr
 * (kept by the supervisor: the last line is the note in SuperMsg): rond-card's request socket,
 * rond-reader's event socket, rond-spell's and rond-print's, rond-core's listening socket. argv names it
 * (--fd 3, --listen-fd 3). */
#define SUPER_CHILD_FD 3

#define SUPER_GOES_ON "ROND_GOES_ON"

/* One line of the plan. The child's environment is a fixed list of harmless names (super/spawn.c)
 * plus @env. A NULL argv: no such child. */
typedef struct {
    const char *const *argv; /* argv[0] is the path of the program */
    const char *const *env;  /* "NAME=value" …, NULL: nothing to add */
} SuperCommand;

typedef struct {
    SuperCommand child[SUPER_CHILDREN];
    /* When an update has put another file in the place of this program, that one takes over after the session: it runs
     * with @argv and, in its environment, SUPER_GOES_ON, which is its @goes_on. NULL: never. */
    const char *program;
    char *const *argv;
    const char *goes_on; /* why its first session starts; NULL: SUPER_FIRST */
    const char *core_socket; /* bound here (0600) and handed to rond-core; beside it PATH.lock */
    int tty;                 /* normally STDIN_FILENO; -1 or no terminal: nothing to restore */
    int grace_ms;            /* from a request to end until SIGKILL; 0: 3000 */
    /* Called in the supervisor when it gives up, with the terminal restored: says one sentence.
     * @note is what is known of the last crash. NULL: a plain English sentence on stderr. */
    void (*give_up)(const char *note, void *data);
} SuperPlan;

/* Returns the exit code for main: 0 after quit, 1 when the session cannot work here, 70 when it gave up, 128 + n after signal n,
 * 129 also when the terminal closed. @session runs in a child and never returns into the caller. */
int super_run(const SuperPlan *plan, int (*session)(const SuperBoot *boot, void *data), void *data);

/* Runs @fn in a child of its own and waits: for work that needs threads or libraries before the
 * first session (making the training cards). Returns its exit code, or 128 + n after signal n. */
int super_once(int (*fn)(void *data), void *data);
