/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "super/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/started-by.h"

#define MAX_ENVIRONMENT 64
#define FIRST_OTHER_FD (SUPER_CHILD_FD + 2)

/* What children inherit. A name that ends in _ stands for all that begin so. No LD_*: nobody
 * slips a library into the program that takes the PIN. */
static const char *const inherited[] = {
    "PATH",      "HOME",     "USER",        "LOGNAME", "SHELL",     "LANG",         "LANGUAGE",
    "LC_",       "TZ",       "TMPDIR",      "XDG_",    "ROND_",     "CUPS_",        "PRINTER",
    "LPDEST",    "OPENSC_",  "PCSCLITE_",   "ASAN_",   "UBSAN_",    "LSAN_",        "LLVM_PROFILE_",
    "SSL_CERT_", "GCOV_",    "VALGRIND_",
};

static bool is_inherited(const char *entry) {
    size_t length = strcspn(entry, "=");

    for (size_t i = 0; i < sizeof inherited / sizeof *inherited; i++) {
        size_t n = strlen(inherited[i]);
        if (strncmp(entry, inherited[i], n) == 0 && (length == n || inherited[i][n - 1] == '_'))
            return true;
    }
    return false;
}

static void build_environment(const char *const *added, const char *out[MAX_ENVIRONMENT + 1]) {
    int n = 0;

    /* Ours first: getenv finds the first of two. */
    out[n++] = STARTED_BY "=" ROND_VERSION;
    for (; added && *added && n < MAX_ENVIRONMENT; added++)
        out[n++] = *added;
    for (char **entry = environ; *entry && n < MAX_ENVIRONMENT; entry++)
        if (is_inherited(*entry))
            out[n++] = *entry;
    out[n] = NULL;
}

/* Puts @fd at @place, or closes what is there. Sources are all above the places: see raise_fd. */
static void place_fd(int fd, int place) {
    if (fd >= 0)
        dup2(fd, place);
    else
        close(place);
}

/* A copy out of the way of the places that are about to be overwritten. */
static int raise_fd(int fd) {
    return fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, FIRST_OTHER_FD);
}

static void place_all(const SpawnSpec *spec) {
    int null = raise_fd(open("/dev/null", O_RDWR));
    int in = raise_fd(spec->stdin_fd), err = raise_fd(spec->stderr_fd);
    int fd = raise_fd(spec->fd), kept = raise_fd(spec->kept_fd);

    place_fd(in >= 0 ? in : null, STDIN_FILENO);
    place_fd(null, STDOUT_FILENO);
    place_fd(err >= 0 ? err : null, STDERR_FILENO);
    place_fd(fd, SUPER_CHILD_FD);
    place_fd(kept, SUPER_CHILD_FD + 1);
    /* close_range() wants glibc 2.34 and kernel 5.9; Debian 12 has both. */
    close_range(FIRST_OTHER_FD, ~0u, 0);
}

void spawn_die_with(pid_t parent) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(1);
}

_Noreturn static void child_main(const SpawnSpec *spec, pid_t parent) {
    const char *environment[MAX_ENVIRONMENT + 1];
    const char *const *argv = spec->command->argv;
    sigset_t none;

    if (!spec->outlives_us)
        spawn_die_with(parent);
    setpgid(0, 0);
    for (int s = 1; s < NSIG; s++)
        signal(s, SIG_DFL);
    /* One that outlives us may write to a stderr that nobody reads. */
    if (spec->outlives_us)
        signal(SIGPIPE, SIG_IGN);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    build_environment(spec->command->env, environment);
    place_all(spec);
    execve(argv[0], (char *const *)argv, (char *const *)environment);
    dprintf(STDERR_FILENO, "%s: %s\n", argv[0], strerror(errno));
    _exit(127);
}

pid_t spawn_child(const SpawnSpec *spec) {
    pid_t parent = getpid(), pid = fork();
    if (pid == 0)
        child_main(spec, parent);
    return pid;
}
