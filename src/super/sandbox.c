/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "super/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The leak check of the sanitizers traces its own process. */
#if defined(__SANITIZE_ADDRESS__)
#define TRACEABLE true
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define TRACEABLE true
#endif
#endif
#ifndef TRACEABLE
#define TRACEABLE false
#endif

/* Rights of kernels newer than Debian 12's headers; masked away where the kernel lacks them. */
#ifndef LANDLOCK_ACCESS_FS_TRUNCATE
#define LANDLOCK_ACCESS_FS_TRUNCATE (1ULL << 14)
#endif

#define COUNT(list) (sizeof(list) / sizeof *(list))

#define READ_FILE_RIGHTS (LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE)
#define WRITE_FILE_RIGHTS (LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_TRUNCATE)
#define READ_RIGHTS (READ_FILE_RIGHTS | LANDLOCK_ACCESS_FS_READ_DIR)
#define WRITE_RIGHTS                                                                              \
    (WRITE_FILE_RIGHTS | LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE |         \
     LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK |   \
     LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_REFER)
/* Never given to anybody. */
#define DEVICE_RIGHTS                                                                             \
    (LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM)

typedef struct {
    const char *const *read, *const *write;
} Paths;

/* Programs and libraries, configuration, sockets and terminals; not the homes, not /var, not /tmp.
 * The session also draws on its terminal and reads the machine's CA list and time zones. */
static const Paths profile_paths[] = {
    [SANDBOX_SESSION] = {
        .read = (const char *const[]){"/usr", "/lib", "/lib64", "/etc", "/run", "/proc", "/sys",
                                      "/opt", NULL},
        .write = (const char *const[]){"/dev", NULL},
    },
    [SANDBOX_CARD] = {
        .read = (const char *const[]){"/usr", "/lib", "/lib64", "/etc", "/run", "/proc", "/sys",
                                      "/opt", "/dev", NULL},
        .write = (const char *const[]){"/dev/null", NULL},
    },
    /* It has read what it needs; the leak check reads where memory is. */
    [SANDBOX_SPELL] = {.read = (const char *const[]){TRACEABLE ? "/proc" : NULL, NULL}, .write = NULL},
    [SANDBOX_PRINT] = {
        .read = (const char *const[]){"/usr", "/lib", "/lib64", "/etc", "/var/cache/fontconfig", TRACEABLE ? "/proc" : NULL, NULL},
        .write = (const char *const[]){NULL},
    },
};

static const int denied_calls[] = {
    SCMP_SYS(execve),           SCMP_SYS(execveat),          SCMP_SYS(process_vm_readv),
    SCMP_SYS(process_vm_writev), SCMP_SYS(kcmp),             SCMP_SYS(pidfd_getfd),
    SCMP_SYS(bpf),              SCMP_SYS(perf_event_open),   SCMP_SYS(userfaultfd),
    SCMP_SYS(mount),            SCMP_SYS(umount2),           SCMP_SYS(pivot_root),
    SCMP_SYS(chroot),           SCMP_SYS(unshare),           SCMP_SYS(setns),
    SCMP_SYS(init_module),      SCMP_SYS(finit_module),      SCMP_SYS(kexec_load),
    SCMP_SYS(add_key),          SCMP_SYS(request_key),       SCMP_SYS(keyctl),
};

/* What is left to rond-spell and rond-print is the one socket they were given, and what comes over it. */
static const int denied_outwards[] = {
    SCMP_SYS(socket),   SCMP_SYS(socketpair), SCMP_SYS(connect),   SCMP_SYS(bind),     SCMP_SYS(listen),
    SCMP_SYS(accept),   SCMP_SYS(accept4),    SCMP_SYS(unlink),    SCMP_SYS(unlinkat), SCMP_SYS(rename),
    SCMP_SYS(renameat), SCMP_SYS(renameat2),  SCMP_SYS(link),      SCMP_SYS(linkat),   SCMP_SYS(symlink),
    SCMP_SYS(mkdir),    SCMP_SYS(mkdirat),    SCMP_SYS(truncate),  SCMP_SYS(fork),     SCMP_SYS(vfork),
    SCMP_SYS(kill),     SCMP_SYS(tkill),      SCMP_SYS(io_uring_setup),
    SCMP_SYS(memfd_create),
};
/* And these, which the sanitizers need at the end: to look for leaks and to report. */
static const int denied_too[] = {SCMP_SYS(open),  SCMP_SYS(openat), SCMP_SYS(openat2), SCMP_SYS(creat),
                                 SCMP_SYS(clone), SCMP_SYS(clone3)};

static int deny(scmp_filter_ctx filter, int call) {
    return seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), call, 0);
}

/* A card module speaks to the card service on this machine and to nobody else; a ring could open what this refuses. */
static int deny_network(scmp_filter_ctx filter) {
    int rc = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(socket), 1,
                              SCMP_A0(SCMP_CMP_NE, AF_UNIX));
    return rc == 0 ? deny(filter, SCMP_SYS(io_uring_setup)) : rc;
}

/* Fonts are read; openat2() could open what the rest refuses. */
static int deny_writing(scmp_filter_ctx filter) {
    const int flags[] = {O_WRONLY, O_RDWR, O_CREAT};
    int rc = deny(filter, SCMP_SYS(creat));

    if (rc == 0)
        rc = deny(filter, SCMP_SYS(openat2));

    for (size_t i = 0; rc == 0 && i < sizeof flags / sizeof *flags; i++) {
        rc = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(openat), 1,
                              SCMP_A2(SCMP_CMP_MASKED_EQ, flags[i], flags[i]));
        if (rc == 0)
            rc = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(open), 1,
                                  SCMP_A1(SCMP_CMP_MASKED_EQ, flags[i], flags[i]));
    }
    return rc;
}

static bool single_threaded(void) {
    struct stat tasks;
    return stat("/proc/self/task", &tasks) == 0 && tasks.st_nlink == 3; /* ".", ".." and ours */
}

static int deny_all(scmp_filter_ctx filter, const int *calls, size_t n) {
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < n; i++)
        rc = deny(filter, calls[i]);
    return rc;
}

/* All threads at once (TSYNC), although there should be only one yet. Where that cannot be had (an
 * old kernel, valgrind), the filter is as strong as long as there really is only one. */
static int apply_seccomp(enum sandbox_profile profile) {
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
    int rc = filter ? seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1) : -ENOMEM;

    if (filter && rc < 0 && single_threaded())
        rc = 0;
    if (rc == 0)
        rc = deny_all(filter, denied_calls, COUNT(denied_calls));
    if (rc == 0 && profile == SANDBOX_CARD)
        rc = deny_network(filter);
    if (rc == 0 && (profile == SANDBOX_SPELL || profile == SANDBOX_PRINT))
        rc = deny_all(filter, denied_outwards, COUNT(denied_outwards));
    if (rc == 0 && profile == SANDBOX_SPELL && !TRACEABLE)
        rc = deny_all(filter, denied_too, COUNT(denied_too));
    if (rc == 0 && profile == SANDBOX_PRINT && !TRACEABLE)
        rc = deny_writing(filter);
    if (rc == 0 && !TRACEABLE)
        rc = deny(filter, SCMP_SYS(ptrace));
    /* Typing into the shell that started us. */
    if (rc == 0)
        rc = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(ioctl), 1,
                              SCMP_A1(SCMP_CMP_MASKED_EQ, 0xffffffff, TIOCSTI));
    if (rc == 0)
        rc = seccomp_load(filter);
    if (filter)
        seccomp_release(filter);
    errno = rc < 0 ? -rc : 0;
    return rc < 0 ? -1 : 0;
}

static int landlock_add(int ruleset, const char *path, __u64 rights, __u64 known) {
    struct landlock_path_beneath_attr rule = {
        .parent_fd = open(path, O_PATH | O_CLOEXEC),
        .allowed_access = rights & known,
    };
    struct stat st;
    int rc;

    if (rule.parent_fd < 0)
        return 0;
    /* Rights of folders are refused on a file. */
    if (fstat(rule.parent_fd, &st) == 0 && !S_ISDIR(st.st_mode))
        rule.allowed_access &= READ_FILE_RIGHTS | WRITE_FILE_RIGHTS;
    rc = (int)syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
    close(rule.parent_fd);
    return rc;
}

static int landlock_add_all(int ruleset, const char *const *paths, __u64 rights, __u64 known) {
    int rc = 0;
    for (; paths && *paths && rc == 0; paths++)
        rc = landlock_add(ruleset, *paths, rights, known);
    return rc;
}

static bool apply_landlock(const Paths *system, const Paths *own, int abi) {
    __u64 known = READ_RIGHTS | WRITE_RIGHTS | DEVICE_RIGHTS;
    struct landlock_ruleset_attr attributes = {0};
    bool ok;
    int ruleset;

    if (abi < 3)
        known &= ~LANDLOCK_ACCESS_FS_TRUNCATE;
    if (abi < 2)
        known &= ~LANDLOCK_ACCESS_FS_REFER;
    attributes.handled_access_fs = known;
    ruleset = (int)syscall(SYS_landlock_create_ruleset, &attributes,
                           sizeof attributes.handled_access_fs, 0);
    if (ruleset < 0)
        return false;
    ok = landlock_add_all(ruleset, system->read, READ_RIGHTS, known) == 0 &&
         landlock_add_all(ruleset, system->write, READ_RIGHTS | WRITE_FILE_RIGHTS, known) == 0 &&
         landlock_add_all(ruleset, own->read, READ_RIGHTS, known) == 0 &&
         landlock_add_all(ruleset, own->write, READ_RIGHTS | WRITE_RIGHTS, known) == 0 &&
         syscall(SYS_landlock_restrict_self, ruleset, 0) == 0;
    close(ruleset);
    return ok;
}

static int landlock_abi(void) {
    int abi = (int)syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    return abi > 0 ? abi : errno == EOPNOTSUPP ? -1 : 0;
}

int sandbox_apply(enum sandbox_profile profile, const char *const *read, const char *const *write,
                  SandboxState *ret_state) {
    const Paths own = {read, write};
    SandboxState state = {0};
    int rc = 0;

    state.no_new_privs = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
    state.no_core = setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0}) == 0;
    state.not_dumpable = !TRACEABLE && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0;
    state.landlock_abi = landlock_abi();
    if (state.landlock_abi > 0 && state.no_new_privs)
        state.landlock = apply_landlock(&profile_paths[profile], &own, state.landlock_abi);
    if (state.no_new_privs && state.no_core)
        rc = apply_seccomp(profile);
    else
        rc = -1;
    state.seccomp = rc == 0;
    if (ret_state)
        *ret_state = state;
    return rc;
}
