/* SPDX-License-Identifier: GPL-3.0-or-later
 * super/lives.h — the supervisor's state, and the lives it looks after: a session with its card
 * helper, reader watch and spelling helper, the core, the printers. Private to this room; super.c has the loop that
 * decides when. */
#pragma once
#include <signal.h>
#include <stdbool.h>

#include "super/children.h"
#include "super/core-socket.h"
#include "super/super.h"
#include "super/terminal.h"

#define SUPER_CRASHES 3      /* this many … */
#define SUPER_CRASH_MS 10000 /* … in this time, and we give up */
#define SUPER_RETRY_MS 500   /* how soon something that is not ours to force is tried again */
#define SUPER_PRINTERS 4
#define SUPER_GAVE_UP 70

typedef struct {
    const SuperPlan *plan;
    int (*run_session)(const SuperBoot *, void *);
    void *data;

    sigset_t old_mask;
    int signals;
    Terminal terminal;
    bool watch_tty;
    CoreSocket socket;

    pid_t session;
    int channel;
    Child card, reader, spell, pages, core, printer[SUPER_PRINTERS];
    pid_t printer_of[SUPER_PRINTERS]; /* the session that is told what became of it */

    int ending;      /* the signal that ends it all; 0: none */
    bool locking;    /* SIGHUP asked for a lock */
    int64_t kill_at; /* the session's deadline; 0: none */

    int why;
    char note[128];
    int64_t crash[SUPER_CRASHES]; /* when; the oldest first */
    bool done;
    int result;
} Super;

bool super_planned(const Super *s, enum super_child child);

bool super_start_session(Super *s);
/* A fresh helper for the running session, which is told @note. */
void super_replace_helper(Super *s, enum super_child which, Child *child, const char *note);
/* The session is gone: terminal back, helpers down, then the end or the next session. */
void super_session_ended(Super *s, int status);
/* Asks the session to lock or end; it has until the deadline. */
void super_ask_session(Super *s, int kind, int status);
void super_end_all(Super *s, int signal_number);
/* Ends it with a sentence. */
void super_give_up(Super *s);

void super_start_core(Super *s);
void super_start_pages(Super *s);
void super_start_printer(Super *s, int file_fd);
