/* SPDX-License-Identifier: GPL-3.0-or-later
 * super/spawn.h — starting one child with a fixed environment and exactly the fds it is meant to
 * have. Knows nothing of what the children do. */
#pragma once
#include <stdbool.h>
#include <sys/types.h>

#include "super/super.h"

typedef struct {
    const SuperCommand *command;
    int stdin_fd;       /* -1: null */
    int fd;             /* becomes SUPER_CHILD_FD; -1: none */
    int kept_fd;        /* becomes SUPER_CHILD_FD + 1, only to be held open; -1: none */
    int stderr_fd;
    bool outlives_us;   /* not killed when the supervisor dies */
} SpawnSpec;

/* The pid, or -1. The child has its own process group, so that keys typed never signal it. */
pid_t spawn_child(const SpawnSpec *spec);

/* In a fresh child: dies when @parent does. */
void spawn_die_with(pid_t parent);
