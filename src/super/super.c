/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "super/super.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/started-by.h"
#include "super/channel.h"
#include "super/lives.h"

#define YOUNG_MS 1000
#define KEPT_WORDS ((int)sizeof((Child *)0)->words - 1)

/* ---- what happens ---- */

/* Who must know of it knows. A helper that was asked for is missed by its socket, and asked for again. */
static void tell_end(Super *s, int place, int status, const char *note) {
    Child *c = &s->child[place];

    if (super_lives[super_kind(place)].of_session && WIFEXITED(status) && WEXITSTATUS(status) == EXIT_OTHER_VERSION)
        super_tell(s->channel, SUPER_TELL_OTHER_VERSION, super_is_replaced(s), -1, c->words);
    switch (super_kind(place)) {
    case SUPER_CORE:
        if (status != 0 && s->session > 0)
            super_tell(s->channel, SUPER_TELL_CORE, WEXITSTATUS(status), -1, note);
        break;
    case SUPER_PRINT:
        c->again_at = 0;
        /* Never another session: it may wait for the end of one of its own. */
        if (s->told[place] == s->session)
            super_tell(s->channel, SUPER_TELL_PRINTED, WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status), -1,
                       c->words);
        break;
    default: /* kept for who is told of the next one */
        snprintf(c->words, sizeof c->words, "%.*s", KEPT_WORDS, note);
        break;
    }
}

static void helper_ended(Super *s, pid_t pid, int status) {
    char note[128];

    for (int i = 0; i < SUPER_PLACES; i++)
        if (pid == s->child[i].pid) {
            child_ended(&s->child[i], status, note);
            tell_end(s, i, status, note);
            return;
        }
}

static void reap(Super *s) {
    int status;
    pid_t pid;

    while ((pid = waitpid(-1, &status, WNOHANG | WUNTRACED)) > 0) {
        if (pid == s->session && WIFSTOPPED(status)) {
            /* The session was suspended: so are we, and the shell takes the terminal. */
            raise(SIGSTOP);
            kill(s->session, SIGCONT);
        } else if (pid == s->session) {
            super_session_ended(s, status);
        } else if (!WIFSTOPPED(status)) {
            helper_ended(s, pid, status);
        }
    }
}

static void on_signal(Super *s) {
    struct signalfd_siginfo info;

    while (read(s->signals, &info, sizeof info) == sizeof info) {
        int number = (int)info.ssi_signo;
        if (number == SIGHUP && terminal_alive(&s->terminal)) {
            s->locking = s->session > 0 && !s->ending;
            if (s->locking)
                super_ask_session(s, SUPER_TELL_LOCK, number);
        } else if (number != SIGCHLD) {
            super_end_all(s, number);
        }
    }
    reap(s);
}

/* One that belongs to the session and has just begun does not hang: it has ended, or will, and is started again in its
 * time. Started for each who misses it, one that cannot work here would keep the machine busy. */
static void replace_asked(Super *s, enum super_child which) {
    const Child *c = &s->child[which];

    if (!super_lives[which].at_start || (c->pid && super_now() - c->started >= YOUNG_MS))
        super_replace_helper(s, which, "asked");
}

static void on_channel(Super *s) {
    SuperMsg message;

    while (s->channel >= 0 && super_recv(s->channel, &message) > 0) {
        for (int i = 0; i < SUPER_CHILDREN; i++)
            if (super_lives[i].ask && message.kind == super_lives[i].ask)
                replace_asked(s, (enum super_child)i);
        if (message.kind == SUPER_ASK_PRINT && message.fd >= 0)
            super_start_printer(s, message.fd);
        if (message.fd >= 0)
            close(message.fd);
    }
}

/* That a session cannot be without it, and it is not there. */
static bool is_missing(const Super *s, int i) {
    return super_lives[i].at_start && super_planned(s, (enum super_child)i) && !s->child[i].pid;
}

/* Starts again what died, when its time has come. */
static void restart_due(Super *s) {
    for (int i = 0; i < SUPER_CHILDREN; i++) {
        char note[sizeof s->child[i].words];
        if (!is_missing(s, i) || s->session <= 0 || s->ending || super_now() < s->child[i].again_at)
            continue;
        memcpy(note, s->child[i].words, sizeof note);
        super_replace_helper(s, (enum super_child)i, note);
    }
    /* The core waits for a connection, not for a time. */
    if (super_now() >= s->child[SUPER_CORE].again_at)
        s->child[SUPER_CORE].again_at = 0;
}

static void check_deadline(Super *s) {
    if (s->kill_at && s->session > 0 && super_now() >= s->kill_at) {
        kill(s->session, SIGKILL);
        s->kill_at = 0;
    }
}

/* ---- the loop ---- */

static bool core_may_start(const Super *s) {
    const Child *core = &s->child[SUPER_CORE];
    return super_planned(s, SUPER_CORE) && s->socket.listen_fd >= 0 && !core->pid && !s->ending && super_now() >= core->again_at;
}

static void sooner(int64_t *first, int64_t at) {
    if (at && (!*first || at < *first))
        *first = at;
}

/* How long poll may sleep: until the next thing that is due. */
static int sleep_ms(const Super *s) {
    int64_t first = 0, left;

    sooner(&first, s->kill_at);
    for (int i = 0; i < SUPER_CHILDREN; i++)
        if (is_missing(s, i) || (i == SUPER_CORE && !s->child[i].pid))
            sooner(&first, s->child[i].again_at);
    if (s->socket.path && s->socket.listen_fd < 0)
        sooner(&first, super_now() + SUPER_RETRY_MS);
    if (!first)
        return -1;
    left = first - super_now();
    return left < 0 ? 0 : (int)left;
}

/* The last: what each child says on its stderr. */
enum { AT_SIGNALS, AT_CHANNEL, AT_TTY, AT_CORE, AT_WORDS, AT_END = AT_WORDS + SUPER_PLACES };

static void run_once(Super *s) {
    struct pollfd set[AT_END] = {
        [AT_SIGNALS] = {s->signals, POLLIN, 0},
        [AT_CHANNEL] = {s->channel, POLLIN, 0},
        [AT_TTY] = {s->watch_tty ? s->terminal.fd : -1, 0, 0},
        [AT_CORE] = {core_may_start(s) ? s->socket.listen_fd : -1, POLLIN, 0},
    };

    for (int i = 0; i < SUPER_PLACES; i++)
        set[AT_WORDS + i] = (struct pollfd){s->child[i].words_fd, POLLIN, 0};
    if (poll(set, AT_END, sleep_ms(s)) < 0 && errno != EINTR)
        super_end_all(s, SIGTERM);
    for (int i = 0; i < SUPER_PLACES; i++)
        if (set[AT_WORDS + i].revents)
            child_read_words(&s->child[i]);
    if (set[AT_CHANNEL].revents & POLLIN)
        on_channel(s);
    if (set[AT_TTY].revents & (POLLHUP | POLLERR | POLLNVAL)) {
        s->watch_tty = false;
        super_end_all(s, SIGHUP);
    }
    if (set[AT_CORE].revents & POLLIN)
        super_start_core(s);
    if (set[AT_SIGNALS].revents & POLLIN)
        on_signal(s);
    if (s->socket.listen_fd < 0 && !s->ending)
        core_socket_claim(&s->socket);
    restart_due(s);
    check_deadline(s);
}

static void take_signals(Super *s) {
    static const int watched[] = {SIGCHLD, SIGTERM, SIGHUP, SIGINT, SIGQUIT};
    sigset_t set, blocked;

    sigemptyset(&set);
    for (size_t i = 0; i < sizeof watched / sizeof *watched; i++)
        sigaddset(&set, watched[i]);
    blocked = set;
    sigaddset(&blocked, SIGTTOU); /* restoring the terminal from the background must not stop us */
    sigprocmask(SIG_BLOCK, &blocked, &s->old_mask);
    s->signals = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    signal(SIGPIPE, SIG_IGN);
}

static void finish(Super *s) {
    super_end_helpers(s);
    core_socket_close(&s->socket);
    close(s->signals);
    sigprocmask(SIG_SETMASK, &s->old_mask, NULL);
}

int super_run(const SuperPlan *plan, int (*session)(const SuperBoot *, void *), void *data) {
    Super s = {.plan = plan, .run_session = session, .data = data, .channel = -1};

    for (int i = 0; i < SUPER_PLACES; i++)
        child_init(&s.child[i]);
    super_know_program(&s);
    terminal_save(&s.terminal, plan->tty);
    s.watch_tty = s.terminal.fd >= 0;
    take_signals(&s);
    super_take_over(&s);
    core_socket_open(&s.socket, super_planned(&s, SUPER_CORE) ? plan->core_socket : NULL);
    /* Bound before the session can look for it; started when there is a screen, it is wanted soon. */
    bool bound = core_socket_claim(&s.socket);
    if (!super_start_session(&s)) {
        snprintf(s.note, sizeof s.note, "%s", strerror(errno));
        super_give_up(&s);
    } else if (bound) {
        super_start_core(&s);
    }
    while (!s.done)
        run_once(&s);
    finish(&s);
    return s.result;
}

int super_once(int (*fn)(void *), void *data) {
    pid_t parent = getpid(), pid;
    int status;

    fflush(NULL);
    pid = fork();
    if (pid == 0) {
        spawn_die_with(parent);
        exit(fn(data));
    }
    if (pid < 0)
        return SUPER_GAVE_UP;
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return SUPER_GAVE_UP;
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
