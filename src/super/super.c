/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "super/super.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "super/channel.h"
#include "super/children.h"
#include "super/core-socket.h"
#include "super/terminal.h"

#define GRACE_MS 3000
#define CRASHES 3      /* this many … */
#define CRASH_MS 10000 /* … in this time, and we give up */
#define SHARE_MS 500   /* how often we look whether the rond that runs the core is still there */
#define PRINTERS 4
#define GAVE_UP 70
#define KEPT_WORDS ((int)sizeof((Child *)0)->words - 1)

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
    Child card, reader, core, printer[PRINTERS];

    int ending;      /* the signal that ends it all; 0: none */
    bool locking;    /* SIGHUP asked for a lock */
    int64_t kill_at; /* the session's deadline; 0: none */

    int why;
    char note[128];
    int64_t crash[CRASHES]; /* when; the oldest first */
    bool done;
    int result;
} Super;

static bool planned(const Super *s, enum super_child child) {
    return s->plan->child[child].argv != NULL;
}

/* ---- the session and the two that live with it ---- */

/* The session must hold nothing of ours: no other program's pipe, not the core's lock. */
static void close_ours(Super *s) {
    const int ours[] = {s->signals, s->channel, s->socket.lock_fd, s->socket.listen_fd,
                        s->socket.users_fd, s->core.words_fd};

    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
        if (ours[i] >= 0)
            close(ours[i]);
    for (int i = 0; i < PRINTERS; i++)
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

static bool start_session(Super *s) {
    SuperBoot boot = {.why = s->why};
    int channel[2], card[2], reader[2], others[2];
    pid_t parent = getpid();

    make_pair(true, channel);
    make_pair(planned(s, SUPER_CARD), card);
    make_pair(planned(s, SUPER_READER), reader);
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
    start_helper(s, SUPER_CARD, &s->card, card[0]);
    start_helper(s, SUPER_READER, &s->reader, reader[0]);
    return s->session > 0;
}

/* A fresh helper for the running session. */
static void replace_helper(Super *s, enum super_child which, Child *child, const char *note) {
    int ends[2];

    make_pair(planned(s, which) && s->session > 0, ends);
    if (ends[0] < 0) {
        child->again_at = super_now() + SHARE_MS;
        return;
    }
    child_kill(child);
    start_helper(s, which, child, ends[0]);
    super_tell(s->channel, which == SUPER_CARD ? SUPER_TELL_CARD : SUPER_TELL_READER, 0, ends[1],
               note);
    close(ends[1]);
}

/* ---- the core ---- */

static void start_core(Super *s) {
    SpawnSpec spec = {.command = &s->plan->child[SUPER_CORE],
                      .stdin_fd = -1,
                      .fd = s->socket.listen_fd,
                      .kept_fd = s->socket.lock_fd,
                      .outlives_us = true};
    if (child_start(&s->core, &spec))
        core_socket_note_pid(&s->socket, s->core.pid);
}

static bool core_may_start(const Super *s) {
    return planned(s, SUPER_CORE) && s->socket.listen_fd >= 0 && !s->core.pid && !s->ending &&
           super_now() >= s->core.again_at;
}

/* ---- printing ---- */

static void start_printer(Super *s, int file_fd) {
    SpawnSpec spec = {.command = &s->plan->child[SUPER_PRINT],
                      .stdin_fd = file_fd,
                      .fd = -1,
                      .kept_fd = -1,
                      .outlives_us = true}; /* what was sent to print is printed */

    lseek(file_fd, 0, SEEK_SET);
    for (int i = 0; i < PRINTERS && planned(s, SUPER_PRINT); i++)
        if (!s->printer[i].pid && child_start(&s->printer[i], &spec))
            return;
    super_tell(s->channel, SUPER_TELL_PRINTED, 75, -1, "no printing");
}

/* ---- ends ---- */

static void ask_session(Super *s, int kind, int status) {
    int grace = s->plan->grace_ms ? s->plan->grace_ms : GRACE_MS;

    if (s->session <= 0)
        return;
    super_tell(s->channel, kind, status, -1, NULL);
    if (!s->kill_at)
        s->kill_at = super_now() + grace;
}

static void end_all(Super *s, int signal_number) {
    if (s->ending)
        return;
    s->ending = signal_number;
    ask_session(s, SUPER_TELL_TERMINATE, signal_number);
}

static bool crashed_too_often(Super *s) {
    int64_t now = super_now();

    memmove(s->crash, s->crash + 1, sizeof s->crash - sizeof *s->crash);
    s->crash[CRASHES - 1] = now;
    return s->crash[0] && now - s->crash[0] < CRASH_MS;
}

static void give_up(Super *s) {
    s->done = true;
    s->result = GAVE_UP;
    if (s->plan->give_up)
        s->plan->give_up(s->note, s->data);
    else
        fprintf(stderr, "rond: gave up after %d crashes in a row (%s). Drafts are kept.\n",
                CRASHES, s->note);
}

/* Why the next session starts. */
static int reason_after(const Super *s, int status) {
    if (s->locking || (WIFEXITED(status) && WEXITSTATUS(status) == SESSION_EXIT_LOCK))
        return SUPER_LOCKED;
    if (WIFEXITED(status) && WEXITSTATUS(status) == SESSION_EXIT_LOGOUT)
        return SUPER_LOGGED_OUT;
    return SUPER_CRASHED;
}

static void session_ended(Super *s, int status) {
    bool quit = WIFEXITED(status) && WEXITSTATUS(status) == SESSION_EXIT_QUIT && !s->locking;

    s->session = 0;
    close(s->channel);
    s->channel = -1;
    child_kill(&s->card);
    child_kill(&s->reader);
    terminal_restore(&s->terminal, quit ? TERMINAL_KEEP : TERMINAL_BLANK);
    s->kill_at = 0;
    s->note[0] = '\0';
    if (quit || s->ending) {
        s->done = true;
        s->result = s->ending ? 128 + s->ending : 0;
        return;
    }
    s->why = reason_after(s, status);
    s->locking = false;
    if (s->why == SUPER_CRASHED) {
        describe_status(status, s->note, sizeof s->note);
        if (crashed_too_often(s)) {
            give_up(s);
            return;
        }
    }
    if (!start_session(s)) {
        snprintf(s->note, sizeof s->note, "%s", strerror(errno));
        give_up(s);
    }
}

/* ---- what happens ---- */

static void helper_ended(Super *s, pid_t pid, int status) {
    char note[128];

    if (pid == s->card.pid) {
        child_ended(&s->card, status, note);
        snprintf(s->card.words, sizeof s->card.words, "%.*s", KEPT_WORDS, note);
    } else if (pid == s->reader.pid) {
        child_ended(&s->reader, status, note);
        snprintf(s->reader.words, sizeof s->reader.words, "%.*s", KEPT_WORDS, note);
    } else if (pid == s->core.pid) {
        child_ended(&s->core, status, note);
        if (status != 0 && s->session > 0)
            super_tell(s->channel, SUPER_TELL_CORE, WEXITSTATUS(status), -1, note);
    }
    for (int i = 0; i < PRINTERS; i++)
        if (pid == s->printer[i].pid) {
            child_ended(&s->printer[i], status, note);
            s->printer[i].again_at = 0;
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
            session_ended(s, status);
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
                ask_session(s, SUPER_TELL_LOCK, number);
        } else if (number != SIGCHLD) {
            end_all(s, number);
        }
    }
    reap(s);
}

static void on_channel(Super *s) {
    SuperMsg message;

    while (s->channel >= 0 && super_recv(s->channel, &message) > 0) {
        if (message.kind == SUPER_ASK_CARD)
            replace_helper(s, SUPER_CARD, &s->card, "asked");
        else if (message.kind == SUPER_ASK_PRINT && message.fd >= 0)
            start_printer(s, message.fd);
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
        if (c->pid || !planned(s, helper[i].which) || s->session <= 0 || s->ending ||
            super_now() < c->again_at)
            continue;
        memcpy(note, c->words, sizeof note);
        replace_helper(s, helper[i].which, c, note);
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

static void sooner(int64_t *first, int64_t at) {
    if (at && (!*first || at < *first))
        *first = at;
}

/* How long poll may sleep: until the next thing that is due. */
static int sleep_ms(const Super *s) {
    int64_t first = 0, left;

    sooner(&first, s->kill_at);
    if (planned(s, SUPER_CARD) && !s->card.pid)
        sooner(&first, s->card.again_at);
    if (planned(s, SUPER_READER) && !s->reader.pid)
        sooner(&first, s->reader.again_at);
    if (!s->core.pid)
        sooner(&first, s->core.again_at);
    if (s->socket.path && s->socket.listen_fd < 0)
        sooner(&first, super_now() + SHARE_MS);
    if (!first)
        return -1;
    left = first - super_now();
    return left < 0 ? 0 : (int)left;
}

enum { AT_SIGNALS, AT_CHANNEL, AT_TTY, AT_CORE, AT_WORDS, AT_END = AT_WORDS + 3 + PRINTERS };

/* The children whose stderr we read, in the order of the poll set. */
static Child *talking_child(Super *s, int i) {
    Child *const fixed[] = {&s->card, &s->reader, &s->core};
    return i < 3 ? fixed[i] : &s->printer[i - 3];
}

static void run_once(Super *s) {
    struct pollfd set[AT_END] = {
        [AT_SIGNALS] = {s->signals, POLLIN, 0},
        [AT_CHANNEL] = {s->channel, POLLIN, 0},
        [AT_TTY] = {s->watch_tty ? s->terminal.fd : -1, 0, 0},
        [AT_CORE] = {core_may_start(s) ? s->socket.listen_fd : -1, POLLIN, 0},
    };

    for (int i = 0; i < 3 + PRINTERS; i++)
        set[AT_WORDS + i] = (struct pollfd){talking_child(s, i)->words_fd, POLLIN, 0};
    if (poll(set, AT_END, sleep_ms(s)) < 0 && errno != EINTR)
        end_all(s, SIGTERM);
    for (int i = 0; i < 3 + PRINTERS; i++)
        if (set[AT_WORDS + i].revents)
            child_read_words(talking_child(s, i));
    if (set[AT_CHANNEL].revents & POLLIN)
        on_channel(s);
    if (set[AT_TTY].revents & (POLLHUP | POLLERR | POLLNVAL)) {
        s->watch_tty = false;
        end_all(s, SIGHUP);
    }
    if (set[AT_CORE].revents & POLLIN)
        start_core(s);
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
    core_socket_close(&s->socket);
    close(s->signals);
    sigprocmask(SIG_SETMASK, &s->old_mask, NULL);
}

int super_run(const SuperPlan *plan, int (*session)(const SuperBoot *, void *), void *data) {
    Super s = {.plan = plan, .run_session = session, .data = data, .channel = -1};

    child_init(&s.card);
    child_init(&s.reader);
    child_init(&s.core);
    for (int i = 0; i < PRINTERS; i++)
        child_init(&s.printer[i]);
    terminal_save(&s.terminal, plan->tty);
    s.watch_tty = s.terminal.fd >= 0;
    take_signals(&s);
    core_socket_open(&s.socket, planned(&s, SUPER_CORE) ? plan->core_socket : NULL);
    /* Bound before the session can look for it; started at once, it is wanted soon. */
    if (core_socket_claim(&s.socket))
        start_core(&s);
    if (!start_session(&s)) {
        snprintf(s.note, sizeof s.note, "%s", strerror(errno));
        give_up(&s);
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
        return GAVE_UP;
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return GAVE_UP;
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
