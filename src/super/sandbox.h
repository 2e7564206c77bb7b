/* SPDX-License-Identifier: GPL-3.0-or-later
 * super/sandbox.h — what a process gives up before its first thread: new privileges, core dumps,
 * being traced, running programs, and (where the kernel has Landlock) files it does not need; the card's process
 * every socket but those of this machine.
 * A library of its own, used by the session, by rond-card, rond-spell and rond-print. Knows nothing of them. */
#pragma once
#include <stdbool.h>

/* SANDBOX_PRINT has no network and opens nothing for writing, also where there is no Landlock. */
enum sandbox_profile { SANDBOX_SESSION, SANDBOX_CARD, SANDBOX_SPELL, SANDBOX_PRINT };

/* For `rond diag`: what holds. */
typedef struct {
    bool no_new_privs;
    bool no_core;      /* RLIMIT_CORE 0 */
    bool not_dumpable; /* off in sanitizer builds, whose leak check traces the process */
    bool seccomp;
    int landlock_abi;  /* 0: the kernel has none, -1: it has, but switched off */
    bool landlock;
} SandboxState;

/* Required: no_new_privs, no_core and seccomp; without them -1 with errno. Landlock is used where
 * it is there. The profile gives the system's own folders for reading; @read and @write
 * (NULL-terminated, may be NULL) add files and folders; those that do not exist are skipped. */
int sandbox_apply(enum sandbox_profile profile, const char *const *read, const char *const *write,
                  SandboxState *ret_state);
