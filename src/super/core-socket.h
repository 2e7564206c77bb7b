/* SPDX-License-Identifier: GPL-3.0-or-later
 * super/core-socket.h — the socket that all ronds of one user share. Who holds PATH.lock binds the
 * socket and runs rond-core; rond-core holds the lock too (it inherits the fd), so it can serve on
 * when the rond that started it has ended. PATH.users counts the supervisors: the last one out
 * ends the core. Only files and locks; starting and restarting are super.c's. */
#pragma once
#include <stdbool.h>
#include <sys/types.h>

typedef struct {
    const char *path; /* NULL: no core of ours */
    int lock_fd;      /* >= 0: we hold the lock */
    int listen_fd;    /* >= 0: bound, as long as we hold the lock */
    int users_fd;
} CoreSocket;

void core_socket_open(CoreSocket *s, const char *path);
/* Tries to become the one that runs the core. True when we are. */
bool core_socket_claim(CoreSocket *s);
/* Notes the pid, for whoever is last. */
void core_socket_note_pid(CoreSocket *s, pid_t pid);
/* Ends the core when no other supervisor is left. */
void core_socket_close(CoreSocket *s);
