/* SPDX-License-Identifier: GPL-3.0-or-later
 * rond-card with modules that are missing, wrong, crash or hang: always an answer, a death or a
 * missed deadline that the session can see, never anything else. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "card-client.h"
#include "support/traceable.h"

static CardClient c;

static void start(const char *module, const char *fake) {
    if (fake)
        setenv("FAKE", fake, 1);
    client_start(&c, ROND_CARD, (const char *const[]){"--module", module, NULL});
}

static int login(const char *pin) {
    return client_ask(&c, CARD_OP_LOGIN, 7, 0, NULL, 0, pin, (uint32_t)strlen(pin));
}

static void assert_no_module(const char *module, const char *because) {
    char why[CARD_MAX_DATA + 1];
    start(module, NULL);
    cr_assert_eq(client_ask(&c, CARD_OP_LIST, 0, 0, NULL, 0, NULL, 0), CARD_NO_MODULE);
    memcpy(why, c.r.data, c.r.len);
    why[c.r.len] = '\0';
    cr_assert(strstr(why, because), "%s", why);
    cr_assert_eq(login("4711"), CARD_NO_MODULE);
    cr_assert_eq(client_end(&c, false), 0);
}

TestSuite(card_module, .timeout = 20);

Test(card_module, missing) {
    assert_no_module("/nonexistent/module.so", "cannot be loaded");
}

Test(card_module, no_library_at_all) {
    assert_no_module("/etc/passwd", "cannot be loaded");
}

Test(card_module, a_library_but_not_for_cards) {
    assert_no_module(PLAIN_LIBRARY, "is not a PKCS#11 library");
}

Test(card_module, the_spy_is_refused_also_behind_a_link) {
    char dir[] = "/tmp/card-XXXXXX", spy[64], innocent[64];

    cr_assert(mkdtemp(dir));
    snprintf(spy, sizeof spy, "%s/pkcs11-spy.so", dir);
    snprintf(innocent, sizeof innocent, "%s/card.so", dir);
    close(open(spy, O_CREAT | O_WRONLY, 0600));
    cr_assert_eq(symlink(spy, innocent), 0);
    assert_no_module(spy, "refused");
    assert_no_module(innocent, "refused");
    unlink(innocent);
    unlink(spy);
    rmdir(dir);
}

Test(card_module, flags_follow_the_tries_and_nothing_is_retried) {
    start(FAKE_MODULE, "tries");
    cr_assert_eq(login("0000"), CARD_PIN_WRONG);
    cr_assert_eq(c.r.flags, CARD_FLAG_COUNT_LOW);
    cr_assert_eq(login("123"), CARD_PIN_FORMAT, "too short for the card");
    cr_assert_eq(login("123456789"), CARD_PIN_FORMAT, "too long for the card");
    cr_assert_eq(login(""), CARD_PIN_FORMAT);
    cr_assert_eq(c.r.flags, CARD_FLAG_COUNT_LOW, "a malformed PIN uses no try");
    cr_assert_eq(login("0000"), CARD_PIN_WRONG);
    cr_assert_eq(c.r.flags, CARD_FLAG_FINAL_TRY);
    cr_assert_eq(login("0000"), CARD_PIN_LOCKED);
    cr_assert_eq(c.r.flags, CARD_FLAG_LOCKED);
    cr_assert_eq(login("4711"), CARD_PIN_LOCKED);
    client_end(&c, false);
}

Test(card_module, right_pin_on_the_last_try) {
    start(FAKE_MODULE, "tries");
    login("0000");
    login("0000");
    cr_assert_eq(login("4711"), CARD_OK);
    cr_assert_eq(c.r.flags, 0);
    cr_assert_eq(login("0000"), CARD_PIN_WRONG, "a second login is a real one");
    client_end(&c, false);
}

Test(card_module, pin_pad_gets_no_pin) {
    start(FAKE_MODULE, "pad");
    cr_assert_eq(login(""), CARD_OK);
    cr_assert_eq(c.r.flags, CARD_FLAG_PIN_PAD);
    client_end(&c, false);
}

Test(card_module, pulled_card_is_no_card) {
    start(FAKE_MODULE, "pulled");
    cr_assert_eq(login("4711"), CARD_NO_TOKEN);
    cr_assert_eq(c.r.rv, 5);
    client_end(&c, false);
}

Test(card_module, crash_is_seen_as_the_end) {
    start(FAKE_MODULE, "crash");
    cr_assert_eq(login("4711"), -1);
    cr_assert_eq(client_end(&c, false), 128 + SIGSEGV);
}

Test(card_module, hang_is_seen_by_the_deadline_and_ends_by_a_kill) {
    start(FAKE_MODULE, "hang");
    cr_assert_eq(client_ask_within(&c, 300, CARD_OP_LOGIN, 7, 0, NULL, 0, "4711", 4), -2);
    cr_assert_eq(client_end(&c, true), 128 + SIGKILL);
    start(FAKE_MODULE, "hang-start");
    cr_assert_eq(client_ask_within(&c, 300, CARD_OP_LIST, 0, 0, NULL, 0, NULL, 0), -2);
    cr_assert_eq(client_end(&c, true), 128 + SIGKILL);
}

Test(card_module, reaches_nobody_but_the_card_service) {
    start(FAKE_MODULE, "network");
    cr_assert_eq(login("4711"), CARD_OK, "rv %llu", (unsigned long long)c.r.rv);
    client_end(&c, false);
}

Test(card_module, writes_nothing_to_the_screen) {
    char text[64];
    FILE *screen = tmpfile();
    int out = dup(1), err = dup(2), status;

    fflush(NULL);
    dup2(fileno(screen), 1);
    dup2(fileno(screen), 2);
    start(FAKE_MODULE, "noisy");
    status = login("4711");
    dup2(out, 1);
    dup2(err, 2);
    cr_assert_eq(status, CARD_OK);
    client_end(&c, false);
    rewind(screen);
    cr_assert_null(fgets(text, sizeof text, screen), "wrote: %s", text);
    fclose(screen);
}

Test(card_module, malformed_requests_are_answered) {
    start(FAKE_MODULE, "tries");
    cr_assert_eq(client_ask(&c, 99, 0, 0, NULL, 0, NULL, 0), CARD_UNSUPPORTED);
    cr_assert_eq(client_ask(&c, CARD_OP_SIGN, 7, 99, "x", 1, "short", 5), CARD_UNSUPPORTED);
    cr_assert_eq(client_ask(&c, CARD_OP_LOGIN, 12345, 0, NULL, 0, "4711", 4), CARD_NO_TOKEN);
    cr_assert(write(c.fd, "x", 1) == 1);
    cr_assert(read(c.fd, &c.r, sizeof c.r) == sizeof c.r);
    cr_assert_eq(c.r.status, CARD_UNSUPPORTED);
    memset(&c.q, 0xff, sizeof c.q);
    cr_assert(write(c.fd, &c.q, sizeof c.q) == sizeof c.q);
    cr_assert(read(c.fd, &c.r, sizeof c.r) == sizeof c.r);
    cr_assert_eq(c.r.status, CARD_UNSUPPORTED);
    cr_assert_eq(login("4711"), CARD_OK, "still serving");
    client_end(&c, false);
}

/* What lets root look into any process, from this one and what it starts. */
static void give_up_ptrace(void) {
    struct __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct have[2];

    prctl(PR_CAPBSET_DROP, CAP_SYS_PTRACE);
    cr_assert_eq(syscall(SYS_capget, &head, have), 0);
    have[0].effective &= ~(1u << CAP_SYS_PTRACE);
    have[0].permitted &= ~(1u << CAP_SYS_PTRACE);
    cr_assert_eq(syscall(SYS_capset, &head, have), 0);
}

static bool memory_opens(pid_t pid) {
    char path[64];
    int mem;

    snprintf(path, sizeof path, "/proc/%d/mem", pid);
    mem = open(path, O_RDONLY);
    if (mem >= 0)
        close(mem);
    return mem >= 0;
}

/* A program that has not shut itself off can be read by who started it. */
static bool others_can_be_read(void) {
    bool opens;
    pid_t pid = fork();

    if (pid == 0) {
        execl("/bin/sleep", "sleep", "60", NULL);
        _exit(127);
    }
    usleep(50000);
    opens = memory_opens(pid);
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    return opens;
}

Test(card_module, leaves_no_core_and_cannot_be_read) {
    struct rlimit core;
    char path[64], line[128];
    bool shielded = false, filtered = false;
    FILE *in;

    give_up_ptrace();
    start(FAKE_MODULE, "tries");
    login("4711");
    if (!TRACEABLE && others_can_be_read())
        cr_assert_not(memory_opens(c.pid));
    cr_assert_eq(prlimit(c.pid, RLIMIT_CORE, NULL, &core), 0);
    cr_assert_eq(core.rlim_max, 0);
    snprintf(path, sizeof path, "/proc/%d/status", c.pid);
    in = fopen(path, "r");
    cr_assert(in);
    while (fgets(line, sizeof line, in)) {
        shielded |= strcmp(line, "NoNewPrivs:\t1\n") == 0;
        filtered |= strcmp(line, "Seccomp:\t2\n") == 0;
    }
    fclose(in);
    cr_assert(shielded && filtered);
    client_end(&c, false);
}
