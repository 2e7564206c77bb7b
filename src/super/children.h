/* SPDX-License-Identifier: GPL-3.0-or-later
 * super/children.h — the supervisor's book of running programs: starting them, catching their last
 * words on stderr, and when one that died may be started again. */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "super/spawn.h"

typedef struct {
    pid_t pid;        /* 0: not running */
    int words_fd;     /* its stderr; -1 */
    char words[100];  /* the last line so far */
    bool line_done;
    int64_t started;
    int64_t again_at; /* not before this; 0: at once */
} Child;

int64_t super_now(void); /* ms, monotonic */

void child_init(Child *c);
/* False when fork failed; then it may be tried again a second later. */
bool child_start(Child *c, SpawnSpec *spec);
/* Reads what is there; to be called when words_fd is readable and before child_ended. */
void child_read_words(Child *c);
/* Writes what became of it into @note and makes it startable again: at once if it ran for a
 * while, else a second later, so that what dies at once does not keep the machine busy. */
void child_ended(Child *c, int status, char note[128]);
void child_kill(Child *c);

/* "signal 11", "exit 3". */
void describe_status(int status, char *out, size_t size);
