/* SPDX-License-Identifier: GPL-3.0-or-later
 * The supervisor on a pseudo-terminal, with sessions that lock, crash and hang. */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>
#include <utmp.h>

typedef struct {
    char dir[64];
    pid_t pid;
    int master, slave; /* the slave stays open here, so that its state can be read afterwards */
    struct termios before;
    char screen[65536];
    size_t n;
} Run;

static void start_program(Run *r, const char *program, const char *dir, const char *const *words) {
    const char *argv[16] = {program, dir};
    struct winsize size = {24, 80, 0, 0};

    for (int i = 0; words[i]; i++)
        argv[i + 2] = words[i];
    snprintf(r->dir, sizeof r->dir, "%s", dir);
    r->n = 0;
    cr_assert(openpty(&r->master, &r->slave, NULL, NULL, &size) == 0);
    tcgetattr(r->slave, &r->before);
    fcntl(r->master, F_SETFL, O_NONBLOCK);
    fcntl(r->master, F_SETFD, FD_CLOEXEC);
    r->pid = fork();
    if (r->pid == 0) {
        login_tty(r->slave);
        setenv("TERM", "xterm", 1);
        execv(argv[0], (char *const *)argv);
        _exit(127);
    }
}

static void start_in(Run *r, const char *dir, const char *const *words) {
    start_program(r, DRIVER, dir, words);
}

static char made_dir[] = "/tmp/super-XXXXXX";

static void make_dir(void) {
    cr_assert(mkdtemp(made_dir));
}

static void remove_dir(void) {
    static const char *const names[] = {"log", "page", "driver", "driver.new", "core.sock", "core.sock.lock",
                                        "core.sock.users", ""};
    char path[128];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        snprintf(path, sizeof path, "%s/%s", made_dir, names[i]);
        remove(path);
    }
}

static void start(Run *r, const char *const *words) {
    start_in(r, made_dir, words);
}
#define START(r, ...) start(r, (const char *const[]){__VA_ARGS__, NULL})

/* As a terminal would: what is written must be read, or the writer waits. */
static void drain(Run *r) {
    ssize_t n;
    while ((n = read(r->master, r->screen + r->n, sizeof r->screen - 1 - r->n)) > 0)
        r->n += (size_t)n;
    r->screen[r->n] = '\0';
}

static char *log_text(const Run *r) {
    static char text[8192];
    char path[128];
    FILE *in;
    size_t n = 0;
    snprintf(path, sizeof path, "%s/log", r->dir);
    in = fopen(path, "r");
    if (in) {
        n = fread(text, 1, sizeof text - 1, in);
        fclose(in);
    }
    text[n] = '\0';
    return text;
}

static void wait_log(Run *r, const char *wanted) {
    for (int i = 0; i < 2000 && !strstr(log_text(r), wanted); i++) {
        drain(r);
        usleep(10000);
    }
    cr_assert(strstr(log_text(r), wanted), "no \"%s\" in:\n%s", wanted, log_text(r));
}

static int end(Run *r) {
    int status = 0;
    pid_t pid = 0;
    for (int i = 0; i < 2000 && !pid; i++) {
        drain(r);
        pid = waitpid(r->pid, &status, WNOHANG);
        if (!pid)
            usleep(10000);
    }
    drain(r);
    cr_assert(pid == r->pid, "the supervisor did not end; log:\n%s", log_text(r));
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static bool alive(int pid) {
    char path[64], state = 'X';
    FILE *in;
    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    in = fopen(path, "r");
    if (!in)
        return false;
    if (fscanf(in, "%*d (%*[^)]) %c", &state) != 1)
        state = 'X';
    fclose(in);
    return state != 'Z' && state != 'X';
}

static bool gone_soon(int pid) {
    for (int i = 0; i < 300 && alive(pid); i++)
        usleep(10000);
    return !alive(pid);
}

static void assert_terminal_restored(Run *r) {
    struct termios now;
    tcgetattr(r->slave, &now);
    cr_assert(now.c_lflag == r->before.c_lflag && now.c_iflag == r->before.c_iflag &&
              now.c_oflag == r->before.c_oflag, "modes differ");
    cr_assert(!(fcntl(r->slave, F_GETFL) & O_NONBLOCK));
    const char *last = strstr(r->screen, "PATIENT");
    for (const char *at = last; at; at = strstr(at + 1, "PATIENT"))
        last = at;
    if (!last)
        last = r->screen;
    cr_assert(strstr(last, "\033[?25h"), "cursor not shown");
    cr_assert(strstr(last, "\033[0m"), "attributes not reset");
    cr_assert(strstr(last, "\033[?2004l"), "bracketed paste left on");
    cr_assert(strstr(last, "\033[?1047l"), "alternate screen not left");
}

static void assert_blanked(Run *r) {
    const char *last = strstr(r->screen, "PATIENT");
    cr_assert(!last || strstr(last, "\033[2J"), "patient text left on the screen");
}

TestSuite(super, .timeout = 60, .init = make_dir, .fini = remove_dir);

Test(super, quit_ends_it) {
    Run r;
    START(&r, "quit");
    cr_assert_eq(end(&r), 0);
    cr_assert_str_eq(log_text(&r), "session why=0 note=\nend 0\n");
}

Test(super, lock_logout_and_crash_each_start_a_fresh_session) {
    Run r;
    START(&r, "lock", "logout", "crash", "quit");
    cr_assert_eq(end(&r), 0);
    cr_assert_str_eq(log_text(&r), "session why=0 note=\nsession why=1 note=\n"
                                   "session why=2 note=\nsession why=3 note=signal 11\nend 0\n");
    assert_terminal_restored(&r);
    assert_blanked(&r);
}

/* Somebody types on: it is not seen, and Ctrl-C does not end rond. */
Test(super, between_two_sessions_keys_are_not_shown_and_are_no_signals) {
    Run r;
    START(&r, "crash", "modes");
    cr_assert_eq(end(&r), 0);
    cr_assert(strstr(log_text(&r), "echo=0 signals=0 lines=0"), "%s", log_text(&r));
    assert_terminal_restored(&r);
}

Test(super, three_crashes_in_a_row_give_up_with_a_sentence) {
    Run r;
    START(&r, "crash", "crash", "crash", "quit");
    cr_assert_eq(end(&r), 70);
    cr_assert(strstr(r.screen, "gave up after 3 crashes"));
    assert_terminal_restored(&r);
    assert_blanked(&r);
}

Test(super, hung_session_is_asked_then_killed) {
    Run r;
    START(&r, "hang");
    wait_log(&r, "session");
    kill(r.pid, SIGTERM);
    cr_assert_eq(end(&r), 128 + SIGTERM);
    assert_terminal_restored(&r);
    assert_blanked(&r);
}

Test(super, term_reaches_the_session_as_a_request) {
    Run r;
    START(&r, "wait");
    wait_log(&r, "session");
    kill(r.pid, SIGTERM);
    cr_assert_eq(end(&r), 128 + SIGTERM);
    cr_assert(strstr(log_text(&r), "asked-end 15"));
    assert_terminal_restored(&r);
}

Test(super, hangup_signal_with_a_terminal_locks) {
    Run r;
    START(&r, "wait", "quit");
    wait_log(&r, "session");
    kill(r.pid, SIGHUP);
    cr_assert_eq(end(&r), 0);
    cr_assert(strstr(log_text(&r), "asked-lock 1\nsession why=1"));
}

Test(super, what_is_being_locked_comes_back_locked_whatever_it_says) {
    Run r;
    START(&r, "quit-late", "quit");
    wait_log(&r, "session");
    kill(r.pid, SIGHUP);
    cr_assert_eq(end(&r), 0);
    cr_assert(strstr(log_text(&r), "session why=1"), "%s", log_text(&r));
    assert_blanked(&r);
}

Test(super, hung_session_is_locked_by_force) {
    Run r;
    START(&r, "hang", "quit");
    wait_log(&r, "session");
    kill(r.pid, SIGHUP);
    cr_assert_eq(end(&r), 0);
    cr_assert(strstr(log_text(&r), "session why=1 note=\n"));
    assert_blanked(&r);
}

Test(super, closed_terminal_ends_it) {
    Run r;
    START(&r, "wait");
    wait_log(&r, "session");
    close(r.slave);
    close(r.master);
    r.master = open("/dev/null", O_RDONLY);
    cr_assert_eq(end(&r), 128 + SIGHUP);
    cr_assert(strstr(log_text(&r), "asked-end 1"));
}

Test(super, card_helper_is_replaced_when_asked) {
    Run r;
    START(&r, "card");
    cr_assert_eq(end(&r), 0);
    cr_assert(strstr(log_text(&r), "card kind=5 new=1 gone=1 note=asked\n"), "%s", log_text(&r));
}

/* With the login in it. */
Test(super, card_helper_ends_with_its_session) {
    Run r;
    int card = 0;
    START(&r, "card-pid-lock", "wait");
    wait_log(&r, "why=1");
    sscanf(strstr(log_text(&r), "card-pid"), "card-pid %d", &card);
    cr_assert(card > 0 && gone_soon(card));
    cr_assert(alive(r.pid));
    kill(r.pid, SIGTERM);
    end(&r);
}

Test(super, card_helper_that_dies_is_replaced) {
    Run r;
    START(&r, "card-dies");
    cr_assert_eq(end(&r), 0);
    cr_assert(strstr(log_text(&r), "card kind=5 new=1 gone=1 note=signal 11\n"), "%s",
              log_text(&r));
}

Test(super, printing_gets_the_document_and_tells_how_it_went) {
    Run r;
    char path[128], page[16] = "";
    FILE *in;
    START(&r, "print");
    cr_assert_eq(end(&r), 0);
    cr_assert(strstr(log_text(&r), "printed kind=7 status=3 note=spooled\n"), "%s", log_text(&r));
    snprintf(path, sizeof path, "%s/page", r.dir);
    in = fopen(path, "r");
    cr_assert(in && fgets(page, sizeof page, in));
    fclose(in);
    cr_assert_str_eq(page, "hello");
}

Test(super, pages_are_set_by_a_helper_that_is_started_when_asked_for_and_replaced) {
    Run r;
    START(&r, "pages");
    cr_assert_eq(end(&r), 0);
    cr_assert(strstr(log_text(&r), "pages kind=13 new=1 gone=1\n"), "%s", log_text(&r));
}

Test(super, a_helper_of_another_version_is_told) {
    Run r;
    START(&r, "other-version");
    cr_assert_eq(end(&r), 0);
    cr_assert(strstr(log_text(&r), "other-version replaced=0 note=helper 9.9, rond ours\n"), "%s", log_text(&r));
}

Test(super, a_helper_that_ends_at_once_is_not_started_again_and_again) {
    Run r;
    struct timespec before, after;
    clock_gettime(CLOCK_MONOTONIC, &before);
    START(&r, "storm");
    cr_assert_eq(end(&r), 0);
    clock_gettime(CLOCK_MONOTONIC, &after);
    cr_assert(after.tv_sec - before.tv_sec >= 2, "three times in less than two seconds");
}

static void copy_program(const char *path) {
    char command[512];
    snprintf(command, sizeof command, "cp %s %s.new && mv %s.new %s", DRIVER, path, path, path);
    pid_t pid = fork();
    int status = -1;
    if (pid == 0)
        execl("/bin/sh", "sh", "-c", command, NULL);
    cr_assert(waitpid(pid, &status, 0) == pid && status == 0, "%s", command);
}

/* What runs goes on with the file it began with; the next session is the new one's, in the same process. */
Test(super, a_program_that_was_replaced_takes_over_after_the_session) {
    Run r;
    char path[128];
    snprintf(path, sizeof path, "%s/driver", made_dir);
    copy_program(path);
    start_program(&r, path, made_dir, (const char *const[]){"wait", NULL});
    wait_log(&r, "session why=0");
    copy_program(path);
    kill(r.pid, SIGHUP);
    wait_log(&r, "again 1\nsession why=1 note=\n");
    kill(r.pid, SIGTERM);
    cr_assert_eq(end(&r), 128 + SIGTERM);
    cr_assert_str_eq(log_text(&r), "session why=0 note=\nasked-lock 1\nagain 1\nsession why=1 note=\nasked-end 15\nend 143\n");
    assert_terminal_restored(&r);
    assert_blanked(&r);
}

/* Also what is known of a crash; and keys that are pressed meanwhile are not shown and are no signals. */
Test(super, a_program_that_takes_over_after_a_crash_knows_of_it) {
    Run r;
    char path[128];
    snprintf(path, sizeof path, "%s/driver", made_dir);
    copy_program(path);
    start_program(&r, path, made_dir, (const char *const[]){"crash-at-key", NULL});
    wait_log(&r, "session why=0");
    copy_program(path);
    cr_assert(write(r.master, "k", 1) == 1);
    cr_assert_eq(end(&r), 0);
    cr_assert(strstr(log_text(&r), "again 3 signal 11\nsession why=3 note=signal 11\necho=0 signals=0 lines=0\n"), "%s", log_text(&r));
    assert_terminal_restored(&r);
}

Test(super, what_became_of_a_print_is_told_to_no_other_session) {
    Run r;
    START(&r, "print-lock", "listen");
    cr_assert_eq(end(&r), 0);
    cr_assert(strstr(log_text(&r), "heard 0\n"), "%s", log_text(&r));
}

Test(super, core_that_dies_is_started_again_on_the_same_socket) {
    Run r;
    START(&r, "core");
    cr_assert_eq(end(&r), 0);
    cr_assert(strstr(log_text(&r), "core kind=8 served=1 again=1 note=signal 11: last words\n"),
              "%s", log_text(&r));
}

Test(super, nothing_outlives_a_killed_supervisor_but_a_core) {
    Run r;
    int session, card, core;
    START(&r, "pids");
    wait_log(&r, "pids");
    cr_assert(sscanf(strstr(log_text(&r), "pids"), "pids session=%d card=%d core=%d", &session,
                     &card, &core) == 3);
    cr_assert(alive(session) && alive(card) && alive(core));
    kill(r.pid, SIGKILL);
    end(&r);
    cr_assert(gone_soon(session));
    cr_assert(gone_soon(card));
    kill(core, SIGKILL); /* a real one ends with its last client */
}

static int core_pid_in(Run *r) {
    int pid = 0;
    wait_log(r, "core-pid");
    sscanf(strstr(log_text(r), "core-pid"), "core-pid %d", &pid);
    return pid;
}

Test(super, two_share_one_core_and_the_last_one_ends_it) {
    static Run first, second;
    const char *const words[] = {"core-pid", NULL};
    char path[128];
    int core;

    start(&first, words);
    core = core_pid_in(&first);
    cr_assert_gt(core, 0);
    snprintf(path, sizeof path, "%s/log", first.dir);
    cr_assert_eq(unlink(path), 0);
    start_in(&second, first.dir, words);
    cr_assert_eq(core_pid_in(&second), core, "%s", log_text(&second));
    kill(first.pid, SIGTERM);
    end(&first);
    usleep(100000);
    cr_assert(alive(core), "the core went with the first of two");
    kill(second.pid, SIGTERM);
    end(&second);
    cr_assert(gone_soon(core), "the core was left behind");
}

Test(super, the_second_takes_over_when_the_core_is_gone) {
    static Run first, second;
    const char *const words[] = {"wait", NULL};
    char path[128];
    int fd;

    start(&first, words);
    wait_log(&first, "session");
    start_in(&second, first.dir, words);
    usleep(100000);
    kill(first.pid, SIGKILL);
    end(&first);
    snprintf(path, sizeof path, "%s/core.sock.lock", first.dir);
    /* The core of the first holds the lock; end it as its last client going would. */
    fd = open(path, O_RDONLY);
    char text[16] = "";
    cr_assert(read(fd, text, sizeof text - 1) > 0);
    int old = (int)strtol(text, NULL, 10);
    kill(old, SIGKILL);
    cr_assert(gone_soon(old));
    bool held = false;
    for (int i = 0; i < 300 && !held; i++) {
        held = flock(fd, LOCK_EX | LOCK_NB) < 0;
        if (!held)
            flock(fd, LOCK_UN);
        usleep(20000);
    }
    cr_assert(held, "nobody took the core over");
    close(fd);
    kill(second.pid, SIGTERM);
    end(&second);
}
