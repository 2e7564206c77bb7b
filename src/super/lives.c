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

bool super_planned(const Super *s, enum super_child child) {
    return s->plan->child[child].argv != NULL;
}

/* ---- the session and the two that live with it ---- */

/* The session must hold nothing of ours: no other program's pipe, not the core's lock. */
static void close_ours(Super *s) {
    const int ours[] = {s->signals, s->channel, s->socket.lock_fd, s->socket.listen_fd,
                        s->socket.users_fd, s->core.words_fd, s->pages.words_fd};

    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
        if (ours[i] >= 0)
            close(ours[i]);
    for (int i = 0; i < SUPER_PRINTERS; i++)
        if (s->printer[i].words_fd >= 0)
            close(s->printer[i].words_fd);
}

_Noreturn static void session_main(Super *s, SuperBoot *boot, pid_t parent, const int others[2]) {
    spawn_die_with(parent);
    for (int i = 0; i < 2; i++)
        if (others[i] >= 0)
            close(others[i]);
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

static void start_helper(Super *s, enum super_child which, Child *child, int fd) {
    SpawnSpec spec = {.command = &s->plan->child[which], .stdin_fd = -1, .fd = fd, .kept_fd = -1};
    if (fd >= 0) {
        child_start(child, &spec);
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
    int channel[2], card[2], reader[2], others[2];
    pid_t parent = getpid();

    make_pair(true, channel);
    make_pair(super_planned(s, SUPER_CARD), card);
    make_pair(super_planned(s, SUPER_READER), reader);
    memcpy(boot.note, s->note, sizeof boot.note);
    boot.channel = channel[1];
    boot.card_fd = card[1];
    boot.reader_fd = reader[1];
    others[0] = card[0];
    others[1] = reader[0];
    s->channel = channel[0];

    fflush(NULL); /* or it is written twice */
    s->session = channel[0] < 0 ? -1 : fork();
    if (s->session == 0)
        session_main(s, &boot, parent, others);
    for (int i = 0; i < 3; i++) {
        int fd = (const int[]){channel[1], card[1], reader[1]}[i];
        if (fd >= 0)
            close(fd);
    }
    wait_first_screen(s);
    start_helper(s, SUPER_READER, &s->reader, reader[0]);
    start_helper(s, SUPER_CARD, &s->card, card[0]);
    return s->session > 0;
}

/* A fresh helper for the running session. */
void super_replace_helper(Super *s, enum super_child which, Child *child, const char *note) {
    static const int told[] = {[SUPER_CARD] = SUPER_TELL_CARD,
                               [SUPER_READER] = SUPER_TELL_READER,
                               [SUPER_SPELL] = SUPER_TELL_SPELL,
                               [SUPER_PAGES] = SUPER_TELL_PAGES};
    int ends[2];

    make_pair(super_planned(s, which) && s->session > 0, ends);
    if (ends[0] < 0) {
        child->again_at = super_now() + SUPER_RETRY_MS;
        return;
    }
    child_kill(child);
    start_helper(s, which, child, ends[0]);
    super_tell(s->channel, told[which], 0, ends[1], note);
    close(ends[1]);
}

/* ---- the core ---- */

void super_start_core(Super *s) {
    SpawnSpec spec = {.command = &s->plan->child[SUPER_CORE],
                      .stdin_fd = -1,
                      .fd = s->socket.listen_fd,
                      .kept_fd = s->socket.lock_fd,
                      .outlives_us = true};
    if (child_start(&s->core, &spec))
        core_socket_note_pid(&s->socket, s->core.pid);
}

/* ---- printing ---- */

/* Started when it is asked for the first time: most sessions print nothing. */
void super_start_pages(Super *s) {
    child_kill(&s->pages);
    if (super_planned(s, SUPER_PAGES))
        super_replace_helper(s, SUPER_PAGES, &s->pages, "asked");
    if (!s->pages.pid)
        super_tell(s->channel, SUPER_TELL_PAGES, 0, -1, "no rond-print");
}

void super_start_printer(Super *s, int file_fd) {
    SpawnSpec spec = {.command = &s->plan->child[SUPER_PRINT],
                      .stdin_fd = file_fd,
                      .fd = -1,
                      .kept_fd = -1,
                      .outlives_us = true}; /* what was sent to print is printed */

    lseek(file_fd, 0, SEEK_SET);
    for (int i = 0; i < SUPER_PRINTERS && super_planned(s, SUPER_PRINT); i++)
        if (!s->printer[i].pid && child_start(&s->printer[i], &spec)) {
            s->printer_of[i] = s->session;
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
    child_kill(&s->card);
    child_kill(&s->reader);
    child_kill(&s->spell);
    child_kill(&s->pages);
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
    if (!super_start_session(s)) {
        snprintf(s->note, sizeof s->note, "%s", strerror(errno));
        super_give_up(s);
    }
}
