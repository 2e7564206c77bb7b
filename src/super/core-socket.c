/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "super/core-socket.h"

#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define BACKLOG 1024 /* a class that begins at once, each rond with several connections */

static int open_beside(const CoreSocket *s, const char *suffix) {
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s%s", s->path, suffix);
    return open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
}

void core_socket_open(CoreSocket *s, const char *path) {
    *s = (CoreSocket){.path = path, .lock_fd = -1, .listen_fd = -1, .users_fd = -1};
    if (!path)
        return;
    s->users_fd = open_beside(s, ".users");
    if (s->users_fd >= 0)
        flock(s->users_fd, LOCK_SH);
}

/* Only with the lock held, so what lies there is left from somebody who is gone. */
static int bind_socket(const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    mode_t mask;
    int rc = -1;

    if (fd < 0)
        return -1;
    if (strlen(path) < sizeof address.sun_path) {
        memcpy(address.sun_path, path, strlen(path) + 1);
        unlink(path);
        mask = umask(0177);
        rc = bind(fd, (struct sockaddr *)&address, sizeof address);
        umask(mask);
    }
    if (rc == 0 && listen(fd, BACKLOG) == 0)
        return fd;
    close(fd);
    return -1;
}

bool core_socket_claim(CoreSocket *s) {
    if (!s->path)
        return false;
    if (s->listen_fd >= 0)
        return true;
    s->lock_fd = open_beside(s, ".lock");
    if (s->lock_fd >= 0 && flock(s->lock_fd, LOCK_EX | LOCK_NB) == 0)
        s->listen_fd = bind_socket(s->path);
    if (s->listen_fd < 0 && s->lock_fd >= 0) {
        close(s->lock_fd);
        s->lock_fd = -1;
    }
    return s->listen_fd >= 0;
}

void core_socket_note_pid(CoreSocket *s, pid_t pid) {
    if (s->lock_fd >= 0 && ftruncate(s->lock_fd, 0) == 0 && lseek(s->lock_fd, 0, SEEK_SET) == 0)
        dprintf(s->lock_fd, "%d\n", (int)pid);
}

/* The pid in the lock file is true as long as somebody holds the lock: the core itself. */
static void end_core(CoreSocket *s) {
    char text[16] = "";
    int fd;
    long pid;

    if (s->lock_fd >= 0) {
        close(s->lock_fd);
        s->lock_fd = -1;
    }
    fd = open_beside(s, ".lock");
    if (fd < 0)
        return;
    if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
        if (read(fd, text, sizeof text - 1) > 0 && (pid = strtol(text, NULL, 10)) > 1)
            kill((pid_t)pid, SIGTERM);
    } else {
        unlink(s->path);
    }
    close(fd);
}

void core_socket_close(CoreSocket *s) {
    if (!s->path)
        return;
    if (s->listen_fd >= 0)
        close(s->listen_fd);
    if (s->users_fd >= 0 && flock(s->users_fd, LOCK_EX | LOCK_NB) == 0)
        end_core(s);
    if (s->lock_fd >= 0)
        close(s->lock_fd);
    if (s->users_fd >= 0)
        close(s->users_fd);
    *s = (CoreSocket){.lock_fd = -1, .listen_fd = -1, .users_fd = -1};
}
