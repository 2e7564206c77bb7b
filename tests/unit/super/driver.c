/* SPDX-License-Identifier: GPL-3.0-or-later
 * A program under super_run() whose sessions do what its arguments say, one word a session:
 *   driver DIR WORD...      log lines go to DIR/log
 * and, called by the supervisor, its own helpers: driver --card, --core, --reader. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <termios.h>
#include <unistd.h>

#include "base/started-by.h"
#include "super/channel.h"
#include "super/super.h"

static char dir[80], socket_path[100], log_path[100];
static char **words;
static int *turn; /* shared: which session this is */

__attribute__((format(printf, 1, 2))) static void logf_(const char *format, ...) {
    char line[512];
    int fd = open(log_path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    va_list args;
    va_start(args, format);
    int n = vsnprintf(line, sizeof line - 1, format, args);
    va_end(args);
    line[n] = '\n';
    if (write(fd, line, (size_t)n + 1) < 0)
        abort();
    close(fd);
}

/* What a session leaves behind when it does not clean up. */
static void spoil_terminal(void) {
    static const char text[] = "\033[?1049h\033[?2004h\033[?25l\033[1;31mPATIENT";
    struct termios raw;
    if (tcgetattr(0, &raw) == 0) {
        cfmakeraw(&raw);
        tcsetattr(0, TCSANOW, &raw);
        fcntl(0, F_SETFL, fcntl(0, F_GETFL) | O_NONBLOCK);
    }
    if (write(1, text, sizeof text - 1) < 0)
        abort();
}

static void next_message(int channel, SuperMsg *msg) {
    struct pollfd ready = {channel, POLLIN, 0};
    poll(&ready, 1, 5000);
    if (super_recv(channel, msg) <= 0)
        _exit(99);
}

static int read_number(int fd) {
    struct pollfd ready = {fd, POLLIN, 0};
    int number = -1;
    if (poll(&ready, 1, 5000) <= 0 || read(fd, &number, sizeof number) != sizeof number)
        return -1;
    return number;
}

static int do_wait(const SuperBoot *boot) {
    SuperMsg msg;
    next_message(boot->channel, &msg);
    logf_("%s %d", msg.kind == SUPER_TELL_LOCK ? "asked-lock" : "asked-end", msg.status);
    return msg.kind == SUPER_TELL_LOCK ? SESSION_EXIT_LOCK : SESSION_EXIT_QUIT;
}

/* Asked to lock just when the person quits: the answer is too late to matter. */
static int do_quit_late(const SuperBoot *boot) {
    SuperMsg msg;
    next_message(boot->channel, &msg);
    return SESSION_EXIT_QUIT;
}

/* Two helpers in turn: the one there was, and the one that came in its place. */
static int do_card(const SuperBoot *boot, bool ask) {
    int first = read_number(boot->fd[SUPER_CARD]), second;
    SuperMsg msg;
    char gone;

    if (ask) {
        usleep(1100000); /* one that has just begun is not taken to hang */
        super_ask_card(boot->channel);
    } else {
        kill(first, SIGSEGV);
    }
    next_message(boot->channel, &msg);
    second = read_number(msg.fd);
    logf_("card kind=%d new=%d gone=%d note=%s", msg.kind, second > 0 && second != first,
          recv(boot->fd[SUPER_CARD], &gone, 1, 0) == 0, msg.note);
    return 0;
}

static int do_print(const SuperBoot *boot) {
    int file = memfd_create("page", MFD_CLOEXEC);
    SuperMsg msg;
    if (write(file, "hello", 5) != 5)
        return 1;
    super_ask_print(boot->channel, file);
    next_message(boot->channel, &msg);
    logf_("printed kind=%d status=%d note=%s", msg.kind, msg.status, msg.note);
    return 0;
}

/* One when it is asked for, another when it is asked for again. */
static int do_pages(const SuperBoot *boot) {
    SuperMsg first, second;
    int one, other;
    char gone;

    super_ask_pages(boot->channel);
    next_message(boot->channel, &first);
    one = read_number(first.fd);
    super_ask_pages(boot->channel);
    next_message(boot->channel, &second);
    other = read_number(second.fd);
    logf_("pages kind=%d new=%d gone=%d", second.kind, one > 0 && other > 0 && one != other, recv(first.fd, &gone, 1, 0) == 0);
    return 0;
}

/* It is of another version, and says which. */
static int do_other_version(const SuperBoot *boot) {
    SuperMsg msg = {0};
    super_ask_spell(boot->channel);
    while (msg.kind != SUPER_TELL_OTHER_VERSION)
        next_message(boot->channel, &msg);
    logf_("other-version replaced=%d note=%s", msg.status, msg.note);
    return 0;
}

/* A card helper that ends at once, and a session that misses it each time. */
static int do_storm(const SuperBoot *boot) {
    struct pollfd told = {boot->channel, POLLIN, 0};
    SuperMsg msg;
    int times = 0;
    while (poll(&told, 1, 1500) > 0 && super_recv(boot->channel, &msg) > 0 && times < 3)
        if (msg.kind == SUPER_TELL_CARD) {
            times++;
            close(msg.fd);
            super_ask_card(boot->channel);
        }
    return 0;
}

/* A print of this session that ends in the next. */
static int do_print_and_lock(const SuperBoot *boot) {
    int file = memfd_create("page", MFD_CLOEXEC);
    super_ask_print(boot->channel, file);
    return SESSION_EXIT_LOCK;
}

static int do_listen(const SuperBoot *boot) {
    struct pollfd told = {boot->channel, POLLIN, 0};
    logf_("heard %d", poll(&told, 1, 600));
    return 0;
}

static int core_pid(void) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), pid;
    snprintf(address.sun_path, sizeof address.sun_path, "%s", socket_path);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) < 0)
        return -errno;
    pid = read_number(fd);
    close(fd);
    return pid;
}

static int do_core(const SuperBoot *boot) {
    int first = core_pid(), second;
    SuperMsg msg;
    kill(first, SIGSEGV);
    next_message(boot->channel, &msg);
    second = core_pid();
    logf_("core kind=%d served=%d again=%d note=%s", msg.kind, first > 0,
          second > 0 && second != first, msg.note);
    return 0;
}

/* What would become of keys that are typed now. */
static int do_modes(void) {
    struct termios now;
    if (signal(SIGINT, SIG_DFL) != SIG_DFL || signal(SIGQUIT, SIG_DFL) != SIG_DFL)
        logf_("signals ignored");
    tcgetattr(0, &now);
    logf_("echo=%d signals=%d lines=%d", !!(now.c_lflag & ECHO), !!(now.c_lflag & ISIG), !!(now.c_lflag & ICANON));
    return SESSION_EXIT_QUIT;
}

/* A key makes it crash; the one that comes after says what would become of keys. */
static int do_crash_at_key(const SuperBoot *boot) {
    struct pollfd key = {0, POLLIN, 0};
    if (boot->why == SUPER_CRASHED)
        return do_modes();
    spoil_terminal();
    poll(&key, 1, 5000);
    raise(SIGSEGV);
    return 97;
}

static int session(const SuperBoot *boot, void *data) {
    const char *word = words[(*turn)++];

    logf_("session why=%d note=%s", boot->why, boot->note);
    if (!word || strcmp(word, "quit") == 0)
        return SESSION_EXIT_QUIT;
    if (strcmp(word, "modes") == 0)
        return do_modes();
    if (strcmp(word, "crash-at-key") == 0)
        return do_crash_at_key(boot);
    spoil_terminal();
    if (strcmp(word, "lock") == 0)
        return SESSION_EXIT_LOCK;
    if (strcmp(word, "logout") == 0)
        return SESSION_EXIT_LOGOUT;
    if (strcmp(word, "crash") == 0)
        raise(SIGSEGV);
    if (strcmp(word, "wait") == 0)
        return do_wait(boot);
    if (strcmp(word, "quit-late") == 0)
        return do_quit_late(boot);
    if (strcmp(word, "card") == 0 || strcmp(word, "card-dies") == 0)
        return do_card(boot, strcmp(word, "card") == 0);
    if (strcmp(word, "print") == 0)
        return do_print(boot);
    if (strcmp(word, "other-version") == 0)
        return do_other_version(boot);
    if (strcmp(word, "storm") == 0)
        return do_storm(boot);
    if (strcmp(word, "pages") == 0)
        return do_pages(boot);
    if (strcmp(word, "print-lock") == 0)
        return do_print_and_lock(boot);
    if (strcmp(word, "listen") == 0)
        return do_listen(boot);
    if (strcmp(word, "core") == 0)
        return do_core(boot);
    if (strcmp(word, "card-pid-lock") == 0) {
        logf_("card-pid %d", read_number(boot->fd[SUPER_CARD]));
        return SESSION_EXIT_LOCK;
    }
    if (strcmp(word, "pids") == 0) {
        signal(SIGHUP, SIG_IGN); /* the terminal's, when the supervisor is killed */
        logf_("pids session=%d card=%d core=%d", getpid(), read_number(boot->fd[SUPER_CARD]), core_pid());
        word = "hang";
    }
    if (strcmp(word, "core-pid") == 0) {
        logf_("core-pid %d", core_pid());
        return do_wait(boot);
    }
    if (strcmp(word, "hang") == 0)
        for (;;)
            pause();
    return 98;
}

/* A card helper that hangs, as a module can make it: it does not see that it is alone. */
static int card_main(void) {
    int pid = getpid();
    if (send(3, &pid, sizeof pid, MSG_NOSIGNAL) < 0)
        return 1;
    for (;;)
        pause();
}

static int other_main(void) {
    fprintf(stderr, "helper 9.9, rond %s\n", strcmp(getenv(STARTED_BY), ROND_VERSION) == 0 ? "ours" : "?");
    return EXIT_OTHER_VERSION;
}

static int core_main(void) {
    int pid = getpid();
    fputs("first words\nlast words\n", stderr);
    for (;;) {
        int fd = accept(3, NULL, NULL);
        if (write(fd, &pid, sizeof pid) < 0)
            return 1;
        close(fd);
    }
}

int main(int argc, char **argv) {
    char print_script[700], self[512] = "";

    signal(SIGSEGV, SIG_DFL); /* a sanitizer would report it */
    if (argc > 1 && strcmp(argv[1], "--card") == 0)
        return card_main();
    if (argc > 1 && strcmp(argv[1], "--other") == 0)
        return other_main();
    if (argc > 1 && strcmp(argv[1], "--core") == 0)
        return core_main();
    if (argc < 2 || readlink("/proc/self/exe", self, sizeof self - 1) < 0)
        return 64;
    snprintf(dir, sizeof dir, "%s", argv[1]);
    snprintf(socket_path, sizeof socket_path, "%s/core.sock", dir);
    snprintf(log_path, sizeof log_path, "%s/log", dir);
    snprintf(print_script, sizeof print_script, "cat >%s/page; sleep 0.2; echo spooled >&2; exit 3", dir);
    words = argv + 2;
    turn = mmap(NULL, sizeof *turn, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    const char *why = getenv(SUPER_GOES_ON);
    if (why) {
        logf_("again %s", why);
        raise(SIGINT); /* somebody copies while the program is changed */
        raise(SIGQUIT);
    }
    const SuperPlan plan = {
        .program = self,
        .argv = argv,
        .goes_on = why,
        .child = {
            [SUPER_CARD] = {.argv = (const char *const[]){self, argc > 2 && strcmp(argv[2], "storm") == 0 ? "--other" : "--card", NULL}},
            [SUPER_CORE] = {.argv = (const char *const[]){self, "--core", NULL}},
            [SUPER_SPELL] = {.argv = (const char *const[]){self, "--other", NULL}},
            [SUPER_PAGES] = {.argv = (const char *const[]){self, "--card", NULL}},
            [SUPER_PRINT] = {.argv = (const char *const[]){"/bin/sh", "-c", print_script, NULL}},
        },
        .core_socket = socket_path,
        .tty = STDIN_FILENO,
        .grace_ms = 300,
    };
    int rc = super_run(&plan, session, NULL);
    logf_("end %d", rc);
    return rc;
}
