/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "super/lives.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "super/channel.h"

#define GRACE_MS 3000
#define FIRST_SCREEN_MS 60

const SuperLife super_lives[SUPER_CHILDREN] = {
    [SUPER_READER] = {0, SUPER_TELL_READER, .at_start = true, .of_session = true},
    [SUPER_CARD] = {SUPER_ASK_CARD, SUPER_TELL_CARD, .at_start = true, .of_session = true},
    [SUPER_SPELL] = {SUPER_ASK_SPELL, SUPER_TELL_SPELL, .of_session = true},
    [SUPER_PAGES] = {SUPER_ASK_PAGES, SUPER_TELL_PAGES, .of_session = true},
    /* Started by who connects to it, and by a document; both live beside the session. */
    [SUPER_CORE] = {0},
    [SUPER_PRINT] = {0},
};

bool super_planned(const Super *s, enum super_child child) {
    return s->plan->child[child].argv != NULL;
}

/* ---- the session and those that live with it ---- */

static void close_open(int fd) {
    if (fd >= 0)
        close(fd);
}

/* The session must hold nothing of ours: no other program's pipe, not the core's lock. */
static void close_ours(Super *s) {
    const int ours[] = {s->signals, s->channel, s->socket.lock_fd, s->socket.listen_fd, s->socket.users_fd};

    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
        close_open(ours[i]);
    for (int i = 0; i < SUPER_PLACES; i++)
        close_open(s->child[i].words_fd);
}

/* @others: the ends of its helpers. */
_Noreturn static void session_main(Super *s, SuperBoot *boot, pid_t parent, const int others[SUPER_CHILDREN]) {
    spawn_die_with(parent);
    for (int i = 0; i < SUPER_CHILDREN; i++)
        close_open(others[i]);
    close_ours(s);
    signal(SIGPIPE, SIG_DFL);
    sigprocmask(SIG_SETMASK, &s->old_mask, NULL);
    exit(s->run_session(boot, s->data));
}

/* A pair of connected ends, or -1 twice when the plan has no such child. */
static void make_pair(bool wanted, int ends[2]) {
    ends[0] = ends[1] = -1;
    if (wanted && socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
        ends[0] = ends[1] = -1;
}

static void start_helper(Super *s, enum super_child which, int fd) {
    SpawnSpec spec = {.command = &s->plan->child[which], .stdin_fd = -1, .fd = fd, .kept_fd = -1};
    if (fd >= 0) {
        child_start(&s->child[which], &spec);
        close(fd);
    }
}

/* The first screen has the processors to itself: three programs that load their libraries at the same
 * moment made a person wait for it. It says when it is there, or ends; we wait no longer than this. */
static void wait_first_screen(const Super *s) {
    struct pollfd shown = {s->channel, POLLIN, 0};
    if (s->session > 0 && s->plan->tty >= 0)
        poll(&shown, 1, FIRST_SCREEN_MS);
}

bool super_start_session(Super *s) {
    SuperBoot boot = {.why = s->why};
    int channel[2], others[SUPER_CHILDREN];
    pid_t parent = getpid();

    make_pair(true, channel);
    for (int i = 0; i < SUPER_CHILDREN; i++) {
        int ends[2];
        make_pair(super_lives[i].at_start && super_planned(s, (enum super_child)i), ends);
        others[i] = ends[0];
        boot.fd[i] = ends[1];
    }
    memcpy(boot.note, s->note, sizeof boot.note);
    boot.channel = channel[1];
    s->channel = channel[0];

    fflush(NULL); /* or it is written twice */
    s->session = channel[0] < 0 ? -1 : fork();
    if (s->session == 0)
        session_main(s, &boot, parent, others);
    close_open(channel[1]);
    for (int i = 0; i < SUPER_CHILDREN; i++)
        close_open(boot.fd[i]);
    wait_first_screen(s);
    for (int i = 0; i < SUPER_CHILDREN; i++)
        start_helper(s, (enum super_child)i, others[i]);
    return s->session > 0;
}

/* One that the session asked for is told also when there can be none; one that belongs to it comes later. */
void super_replace_helper(Super *s, enum super_child which, const char *note) {
    Child *child = &s->child[which];
    int ends[2];

    child_kill(child);
    make_pair(super_planned(s, which) && s->session > 0, ends);
    if (ends[0] < 0)
        child->again_at = super_now() + SUPER_RETRY_MS;
    start_helper(s, which, ends[0]);
    if (child->pid || !super_lives[which].at_start)
        super_tell(s->channel, super_lives[which].tell, 0, child->pid ? ends[1] : -1, note);
    close_open(ends[1]);
}

void super_end_helpers(Super *s) {
    for (int i = 0; i < SUPER_CHILDREN; i++)
        if (super_lives[i].of_session)
            child_kill(&s->child[i]);
}

/* ---- those that live beside it ---- */

void super_start_core(Super *s) {
    SpawnSpec spec = {.command = &s->plan->child[SUPER_CORE],
                      .stdin_fd = -1,
                      .fd = s->socket.listen_fd,
                      .kept_fd = s->socket.lock_fd,
                      .outlives_us = true};
    if (child_start(&s->child[SUPER_CORE], &spec))
        core_socket_note_pid(&s->socket, s->child[SUPER_CORE].pid);
}

void super_start_printer(Super *s, int file_fd) {
    SpawnSpec spec = {.command = &s->plan->child[SUPER_PRINT],
                      .stdin_fd = file_fd,
                      .fd = -1,
                      .kept_fd = -1,
                      .outlives_us = true}; /* what was sent to print is printed */

    lseek(file_fd, 0, SEEK_SET);
    for (int i = 0; i < SUPER_PLACES && super_planned(s, SUPER_PRINT); i++)
        if (super_kind(i) == SUPER_PRINT && !s->child[i].pid && child_start(&s->child[i], &spec)) {
            s->told[i] = s->session;
            return;
        }
    super_tell(s->channel, SUPER_TELL_PRINTED, 75, -1, "no printing");
}

/* ---- ends ---- */

void super_ask_session(Super *s, int kind, int status) {
    int grace = s->plan->grace_ms ? s->plan->grace_ms : GRACE_MS;

    if (s->session <= 0)
        return;
    super_tell(s->channel, kind, status, -1, NULL);
    if (!s->kill_at)
        s->kill_at = super_now() + grace;
}

void super_end_all(Super *s, int signal_number) {
    if (s->ending)
        return;
    s->ending = signal_number;
    super_ask_session(s, SUPER_TELL_TERMINATE, signal_number);
}

static bool crashed_too_often(Super *s) {
    int64_t now = super_now();

    memmove(s->crash, s->crash + 1, sizeof s->crash - sizeof *s->crash);
    s->crash[SUPER_CRASHES - 1] = now;
    return s->crash[0] && now - s->crash[0] < SUPER_CRASH_MS;
}

void super_give_up(Super *s) {
    s->done = true;
    s->result = SUPER_GAVE_UP;
    terminal_restore(&s->terminal, TERMINAL_KEEP);
    if (s->plan->give_up)
        s->plan->give_up(s->note, s->data);
    else
        fprintf(stderr, "rond: gave up after %d crashes in a row (%s). Drafts are kept.\n",
                SUPER_CRASHES, s->note);
}

/* Why the next session starts. */
static int reason_after(const Super *s, int status) {
    if (s->locking || (WIFEXITED(status) && WEXITSTATUS(status) == SESSION_EXIT_LOCK))
        return SUPER_LOCKED;
    if (WIFEXITED(status) && WEXITSTATUS(status) == SESSION_EXIT_LOGOUT)
        return SUPER_LOGGED_OUT;
    return SUPER_CRASHED;
}

void super_session_ended(Super *s, int status) {
    bool cannot = WIFEXITED(status) && WEXITSTATUS(status) == SESSION_EXIT_CANNOT;
    bool quit = cannot || (WIFEXITED(status) && WEXITSTATUS(status) == SESSION_EXIT_QUIT && !s->locking);

    s->session = 0;
    close(s->channel);
    s->channel = -1;
    super_end_helpers(s);
    terminal_restore(&s->terminal, quit ? TERMINAL_KEEP : s->ending ? TERMINAL_BLANK : TERMINAL_NEXT);
    s->kill_at = 0;
    s->note[0] = '\0';
    if (quit || s->ending) {
        s->done = true;
        s->result = s->ending ? 128 + s->ending : cannot;
        return;
    }
    s->why = reason_after(s, status);
    s->locking = false;
    if (s->why == SUPER_CRASHED) {
        describe_status(status, s->note, sizeof s->note);
        if (crashed_too_often(s)) {
            super_give_up(s);
            return;
        }
    }
    if (super_is_replaced(s))
        super_run_again(s);
    if (!super_start_session(s)) {
        snprintf(s->note, sizeof s->note, "%s", strerror(errno));
        super_give_up(s);
    }
}
