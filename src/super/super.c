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

#include "super/channel.h"
#include "super/lives.h"

#define KEPT_WORDS ((int)sizeof((Child *)0)->words - 1)

/* ---- what happens ---- */

static void helper_ended(Super *s, pid_t pid, int status) {
    char note[128];

    if (pid == s->card.pid) {
        child_ended(&s->card, status, note);
        snprintf(s->card.words, sizeof s->card.words, "%.*s", KEPT_WORDS, note);
    } else if (pid == s->reader.pid) {
        child_ended(&s->reader, status, note);
        snprintf(s->reader.words, sizeof s->reader.words, "%.*s", KEPT_WORDS, note);
    } else if (pid == s->spell.pid) {
        child_ended(&s->spell, status, note); /* the session sees its socket close, and asks when it wants another */
    } else if (pid == s->pages.pid) {
        child_ended(&s->pages, status, note); /* the session sees its end close, and asks when it wants another */
    } else if (pid == s->core.pid) {
        child_ended(&s->core, status, note);
        if (status != 0 && s->session > 0)
            super_tell(s->channel, SUPER_TELL_CORE, WEXITSTATUS(status), -1, note);
    }
    for (int i = 0; i < SUPER_PRINTERS; i++)
        if (pid == s->printer[i].pid) {
            child_ended(&s->printer[i], status, note);
            s->printer[i].again_at = 0;
            /* Never another session: it may wait for the end of one of its own. */
            if (s->printer_of[i] == s->session)
                super_tell(s->channel, SUPER_TELL_PRINTED,
                           WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status), -1,
                           s->printer[i].words);
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

static void on_channel(Super *s) {
    SuperMsg message;

    while (s->channel >= 0 && super_recv(s->channel, &message) > 0) {
        if (message.kind == SUPER_ASK_CARD)
            super_replace_helper(s, SUPER_CARD, &s->card, "asked");
        else if (message.kind == SUPER_ASK_SPELL)
            super_replace_helper(s, SUPER_SPELL, &s->spell, "asked");
        else if (message.kind == SUPER_ASK_PAGES)
            super_start_pages(s);
        else if (message.kind == SUPER_ASK_PRINT && message.fd >= 0)
            super_start_printer(s, message.fd);
        if (message.fd >= 0)
            close(message.fd);
    }
}

/* Starts again what died, when its time has come. */
static void restart_due(Super *s) {
    struct {
        enum super_child which;
        Child *child;
    } helper[] = {{SUPER_CARD, &s->card}, {SUPER_READER, &s->reader}};

    for (int i = 0; i < 2; i++) {
        Child *c = helper[i].child;
        char note[sizeof c->words];
        if (c->pid || !super_planned(s, helper[i].which) || s->session <= 0 || s->ending ||
            super_now() < c->again_at)
            continue;
        memcpy(note, c->words, sizeof note);
        super_replace_helper(s, helper[i].which, c, note);
    }
    /* The core waits for a connection, not for a time. */
    if (super_now() >= s->core.again_at)
        s->core.again_at = 0;
}

static void check_deadline(Super *s) {
    if (s->kill_at && s->session > 0 && super_now() >= s->kill_at) {
        kill(s->session, SIGKILL);
        s->kill_at = 0;
    }
}

/* ---- the loop ---- */

static bool core_may_start(const Super *s) {
    return super_planned(s, SUPER_CORE) && s->socket.listen_fd >= 0 && !s->core.pid && !s->ending &&
           super_now() >= s->core.again_at;
}

static void sooner(int64_t *first, int64_t at) {
    if (at && (!*first || at < *first))
        *first = at;
}

/* How long poll may sleep: until the next thing that is due. */
static int sleep_ms(const Super *s) {
    int64_t first = 0, left;

    sooner(&first, s->kill_at);
    if (super_planned(s, SUPER_CARD) && !s->card.pid)
        sooner(&first, s->card.again_at);
    if (super_planned(s, SUPER_READER) && !s->reader.pid)
        sooner(&first, s->reader.again_at);
    if (!s->core.pid)
        sooner(&first, s->core.again_at);
    if (s->socket.path && s->socket.listen_fd < 0)
        sooner(&first, super_now() + SUPER_RETRY_MS);
    if (!first)
        return -1;
    left = first - super_now();
    return left < 0 ? 0 : (int)left;
}

enum { HELPERS = 5, TALKING = HELPERS + SUPER_PRINTERS };
enum { AT_SIGNALS, AT_CHANNEL, AT_TTY, AT_CORE, AT_WORDS, AT_END = AT_WORDS + TALKING };

/* The children whose stderr we read, in the order of the poll set. */
static Child *talking_child(Super *s, int i) {
    Child *const fixed[HELPERS] = {&s->card, &s->reader, &s->core, &s->spell, &s->pages};
    return i < HELPERS ? fixed[i] : &s->printer[i - HELPERS];
}

static void run_once(Super *s) {
    struct pollfd set[AT_END] = {
        [AT_SIGNALS] = {s->signals, POLLIN, 0},
        [AT_CHANNEL] = {s->channel, POLLIN, 0},
        [AT_TTY] = {s->watch_tty ? s->terminal.fd : -1, 0, 0},
        [AT_CORE] = {core_may_start(s) ? s->socket.listen_fd : -1, POLLIN, 0},
    };

    for (int i = 0; i < TALKING; i++)
        set[AT_WORDS + i] = (struct pollfd){talking_child(s, i)->words_fd, POLLIN, 0};
    if (poll(set, AT_END, sleep_ms(s)) < 0 && errno != EINTR)
        super_end_all(s, SIGTERM);
    for (int i = 0; i < TALKING; i++)
        if (set[AT_WORDS + i].revents)
            child_read_words(talking_child(s, i));
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
    child_kill(&s->card);
    child_kill(&s->reader);
    child_kill(&s->spell);
    child_kill(&s->pages);
    core_socket_close(&s->socket);
    close(s->signals);
    sigprocmask(SIG_SETMASK, &s->old_mask, NULL);
}

int super_run(const SuperPlan *plan, int (*session)(const SuperBoot *, void *), void *data) {
    Super s = {.plan = plan, .run_session = session, .data = data, .channel = -1};

    child_init(&s.card);
    child_init(&s.reader);
    child_init(&s.spell);
    child_init(&s.core);
    child_init(&s.pages);
    for (int i = 0; i < SUPER_PRINTERS; i++)
        child_init(&s.printer[i]);
    terminal_save(&s.terminal, plan->tty);
    s.watch_tty = s.terminal.fd >= 0;
    take_signals(&s);
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
