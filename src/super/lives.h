/* SPDX-License-Identifier: GPL-3.0-or-later
 * super/lives.h — the supervisor's state, and the lives it looks after: a session, and the children that super_lives[]
 * says how to look after. Private to this room; super.c has the loop that decides when. */
#pragma once
#include <signal.h>
#include <stdbool.h>
#include <sys/stat.h>

#include "super/children.h"
#include "super/core-socket.h"
#include "super/super.h"
#include "super/terminal.h"

#define SUPER_CRASHES 3      /* this many … */
#define SUPER_CRASH_MS 10000 /* … in this time, and we give up */
#define SUPER_RETRY_MS 500   /* how soon something that is not ours to force is tried again */
#define SUPER_PRINTERS 4
#define SUPER_GAVE_UP 70

/* How a kind of child lives; everything that is done with children goes by it. */
typedef struct {
    int ask, tell;    /* super/channel.h: the session wants a fresh one, and is handed its end; 0: not this kind */
    bool at_start;    /* there is one with each session, and another when it dies; else when it is asked for */
    bool of_session;  /* it knows of the login, and ends with it */
} SuperLife;

extern const SuperLife super_lives[SUPER_CHILDREN];

/* One for each kind, and the rest of the printers. */
#define SUPER_PLACES (SUPER_CHILDREN + SUPER_PRINTERS - 1)

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
    Child child[SUPER_PLACES];
    pid_t told[SUPER_PLACES]; /* the session that is told what became of a printer */

    int ending;      /* the signal that ends it all; 0: none */
    bool locking;    /* SIGHUP asked for a lock */
    int64_t kill_at; /* the session's deadline; 0: none */

    int why;
    char note[128];
    int64_t crash[SUPER_CRASHES]; /* when; the oldest first */
    bool done;
    int result;

    struct stat program; /* the file that we are; st_ino 0: not known */
} Super;

/* What kind of child is at a place of Super.child. */
static inline enum super_child super_kind(int place) {
    return place < SUPER_CHILDREN ? (enum super_child)place : SUPER_PRINT;
}

bool super_planned(const Super *s, enum super_child child);

bool super_start_session(Super *s);
/* A fresh helper for the running session, which is told @note. */
void super_replace_helper(Super *s, enum super_child which, const char *note);
void super_end_helpers(Super *s);
/* The session is gone: terminal back, helpers down, then the end or the next session. */
void super_session_ended(Super *s, int status);
/* Asks the session to lock or end; it has until the deadline. */
void super_ask_session(Super *s, int kind, int status);
void super_end_all(Super *s, int signal_number);
/* Ends it with a sentence. */
void super_give_up(Super *s);

void super_start_core(Super *s);
void super_start_printer(Super *s, int file_fd);

/* again.c — an update puts another program in the place of this one. */
void super_know_program(Super *s);
bool super_is_replaced(const Super *s);
/* With no session alive and the terminal given back: that program runs, in this process. Returns when it cannot. */
void super_run_again(Super *s);
/* In that program: what it was told. */
void super_take_over(Super *s);
