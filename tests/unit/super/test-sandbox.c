/* SPDX-License-Identifier: GPL-3.0-or-later
 * What a sandboxed process can no longer do; each try in a child of its own. */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "super/sandbox.h"
#include "support/skip.h"
#include "support/traceable.h"

/* What the kernel itself says before anything is given up; 0 or less: it has none. */
static int kernel_abi;

static char folder[] = "/tmp/sandbox-XXXXXX", closed[] = "/tmp/sandbox-XXXXXX";

static int in_sandbox(enum sandbox_profile profile, int (*fn)(const SandboxState *)) {
    int status;
    pid_t pid = fork();
    if (pid == 0) {
        const char *write[] = {folder, NULL};
        SandboxState state;
        if (sandbox_apply(profile, NULL, write, &state) < 0)
            _exit(100);
        _exit(fn(&state));
    }
    waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 200;
}

static int tries_exec(const SandboxState *s) {
    char *argv[] = {"/bin/true", NULL};
    execv(argv[0], argv);
    return errno != EPERM;
}

static int tries_attach(const SandboxState *s) {
    if (TRACEABLE)
        return s->not_dumpable;
    return !(ptrace(PTRACE_ATTACH, getppid(), NULL, NULL) < 0 && errno == EPERM);
}

static int tries_to_type(const SandboxState *s) {
    return !(ioctl(0, TIOCSTI, "x") < 0 && errno == EPERM);
}

static int looks_at_itself(const SandboxState *s) {
    struct rlimit core;
    getrlimit(RLIMIT_CORE, &core);
    return !(s->seccomp && s->no_new_privs && s->no_core && core.rlim_max == 0 &&
             prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 &&
             s->not_dumpable == !TRACEABLE && (TRACEABLE || prctl(PR_GET_DUMPABLE) == 0) &&
             s->landlock_abi == kernel_abi && s->landlock == (kernel_abi > 0));
}

static int opens_files(const SandboxState *s) {
    char path[64];
    int own, other, why, system;

    snprintf(path, sizeof path, "%s/new", folder);
    own = open(path, O_CREAT | O_RDWR, 0600);
    snprintf(path, sizeof path, "%s/new", closed);
    other = open(path, O_CREAT | O_RDWR, 0600);
    why = errno;
    system = open("/etc/passwd", O_RDONLY);
    if (own < 0 || system < 0)
        return 1;
    return kernel_abi > 0 && (other >= 0 || why != EACCES);
}

/* What has seen words that somebody wrote can take them nowhere. */
static int reaches_out(const SandboxState *s) {
    char path[64];
    int ends[2];
    snprintf(path, sizeof path, "%s/new", folder);
    if (socket(AF_UNIX, SOCK_STREAM, 0) >= 0 || errno != EPERM || socketpair(AF_UNIX, SOCK_STREAM, 0, ends) >= 0 ||
        socket(AF_INET, SOCK_DGRAM, 0) >= 0 || mkdir(path, 0700) >= 0 || syscall(SYS_memfd_create, "x", 0) >= 0)
        return 1;
    if (TRACEABLE)
        return 0;
    if (open("/etc/passwd", O_RDONLY) >= 0 || errno != EPERM || open(path, O_CREAT | O_WRONLY, 0600) >= 0)
        return 2;
    return fork() != -1 || errno != EPERM ? 3 : 0;
}

/* Fonts are read, and nothing goes anywhere. */
static int reads_only(const SandboxState *s) {
    char path[64];
    snprintf(path, sizeof path, "%s/new", folder);
    if (socket(AF_UNIX, SOCK_STREAM, 0) >= 0 || errno != EPERM || socket(AF_INET, SOCK_DGRAM, 0) >= 0 ||
        mkdir(path, 0700) >= 0 || unlink("/etc/passwd") == 0 || errno != EPERM)
        return 1;
    if (open("/usr/share", O_RDONLY | O_DIRECTORY) < 0)
        return 2;
    if (TRACEABLE)
        return 0;
    return open(path, O_CREAT | O_WRONLY, 0600) >= 0 || errno != EPERM || open("/dev/null", O_RDWR) >= 0 || errno != EPERM ? 3 : 0;
}

static void make_folders(void) {
    cr_assert(mkdtemp(folder) && mkdtemp(closed));
    kernel_abi = (int)syscall(SYS_landlock_create_ruleset, NULL, 0, 1 /* the version */);
    if (kernel_abi < 0)
        kernel_abi = errno == EOPNOTSUPP ? -1 : 0;
}

static void remove_folders(void) {
    char path[64];
    snprintf(path, sizeof path, "%s/new", folder);
    unlink(path);
    rmdir(folder);
    rmdir(closed);
}

TestSuite(sandbox, .timeout = 10, .init = make_folders, .fini = remove_folders);

Test(sandbox, runs_no_program) {
    cr_assert_eq(in_sandbox(SANDBOX_SESSION, tries_exec), 0);
    cr_assert_eq(in_sandbox(SANDBOX_CARD, tries_exec), 0);
}

Test(sandbox, spelling_reaches_nothing) {
    cr_assert_eq(in_sandbox(SANDBOX_SPELL, tries_exec), 0);
    cr_assert_eq(in_sandbox(SANDBOX_SPELL, tries_attach), 0);
    cr_assert_eq(in_sandbox(SANDBOX_SPELL, looks_at_itself), 0);
    cr_assert_eq(in_sandbox(SANDBOX_SPELL, reaches_out), 0);
}

Test(sandbox, printing_reads_and_no_more) {
    cr_assert_eq(in_sandbox(SANDBOX_PRINT, tries_exec), 0);
    cr_assert_eq(in_sandbox(SANDBOX_PRINT, tries_attach), 0);
    cr_assert_eq(in_sandbox(SANDBOX_PRINT, looks_at_itself), 0);
    cr_assert_eq(in_sandbox(SANDBOX_PRINT, reads_only), 0);
}

Test(sandbox, traces_nobody) {
    cr_assert_eq(in_sandbox(SANDBOX_SESSION, tries_attach), 0);
}

Test(sandbox, types_nothing_into_the_terminal) {
    cr_assert_eq(in_sandbox(SANDBOX_SESSION, tries_to_type), 0);
}

Test(sandbox, tells_what_holds) {
    cr_assert_eq(in_sandbox(SANDBOX_SESSION, looks_at_itself), 0);
    cr_assert_eq(in_sandbox(SANDBOX_CARD, looks_at_itself), 0);
}

Test(sandbox, writes_only_where_it_may) {
    if (kernel_abi <= 0)
        SKIP("this kernel has no Landlock");
    cr_assert_eq(in_sandbox(SANDBOX_SESSION, opens_files), 0);
    cr_assert_eq(in_sandbox(SANDBOX_CARD, opens_files), 0);
}
