/* SPDX-License-Identifier: GPL-3.0-or-later
 * An update while rond runs: programs and libraries are renamed over those that run. What runs goes on as it was until
 * its session ends; then the new one takes over, so that a session and its helpers are of one version. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "super/lives.h"

void super_know_program(Super *s) {
    if (!s->plan->program || stat("/proc/self/exe", &s->program) < 0)
        s->program = (struct stat){0};
}

bool super_is_replaced(const Super *s) {
    struct stat now;

    return s->program.st_ino && stat(s->plan->program, &now) == 0 && access(s->plan->program, X_OK) == 0 &&
           (now.st_ino != s->program.st_ino || now.st_dev != s->program.st_dev);
}

/* Those of the terminal's keys: Ctrl-C is to copy. What is pending of one that is ignored is gone. */
static void take_keys(void (*as)(int)) {
    signal(SIGINT, as);
    signal(SIGQUIT, as);
}

/* Locks and sockets of ours close by themselves; a rond-core serves on, and holds the lock until it ends. */
void super_run_again(Super *s) {
    char from[sizeof s->note + 16];
    sigset_t blocked;

    terminal_restore(&s->terminal, TERMINAL_BLANK); /* as it was found: that is what the new one will give back */
    snprintf(from, sizeof from, "%d%s%s", s->why, s->note[0] ? " " : "", s->note);
    setenv(SUPER_GOES_ON, from, 1);
    signal(SIGPIPE, SIG_DFL);
    take_keys(SIG_IGN); /* until the new one has the terminal */
    sigprocmask(SIG_SETMASK, &s->old_mask, &blocked);
    execv(s->plan->program, s->plan->argv);
    sigprocmask(SIG_SETMASK, &blocked, NULL);
    take_keys(SIG_DFL);
    signal(SIGPIPE, SIG_IGN);
    terminal_restore(&s->terminal, TERMINAL_NEXT);
}

/* What the program before says in its environment: of what kind the session is, and what is known of the one before.
 * From here on keys are what they are between two sessions. */
void super_take_over(Super *s) {
    const char *from = s->plan->goes_on;

    if (!from || *from < '0' || *from > '0' + SUPER_CRASHED || (from[1] && from[1] != ' '))
        return;
    s->why = *from - '0';
    snprintf(s->note, sizeof s->note, "%s", from[1] ? from + 2 : "");
    terminal_restore(&s->terminal, TERMINAL_NEXT);
    take_keys(SIG_IGN); /* also what was pressed a moment ago */
    take_keys(SIG_DFL);
}
