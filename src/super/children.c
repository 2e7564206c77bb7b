/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "super/children.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define STEADY_MS 2000 /* one that ran this long may start again at once */
#define PAUSE_MS 1000

int64_t super_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void child_init(Child *c) {
    *c = (Child){.words_fd = -1};
}

bool child_start(Child *c, SpawnSpec *spec) {
    int words[2];

    if (c->words_fd >= 0)
        close(c->words_fd);
    child_init(c);
    c->started = super_now();
    if (pipe2(words, O_CLOEXEC) == 0) {
        spec->stderr_fd = words[1];
        c->words_fd = words[0];
        fcntl(words[0], F_SETFL, O_NONBLOCK);
    } else {
        spec->stderr_fd = -1;
    }
    c->pid = spawn_child(spec);
    if (spec->stderr_fd >= 0)
        close(spec->stderr_fd);
    if (c->pid < 0) {
        c->pid = 0;
        c->again_at = c->started + PAUSE_MS;
    }
    return c->pid > 0;
}

static void take_words(Child *c, const char *text, size_t n) {
    size_t len = strlen(c->words);

    for (size_t i = 0; i < n; i++) {
        if (text[i] == '\n') {
            c->line_done = true;
            continue;
        }
        if (c->line_done)
            len = 0;
        c->line_done = false;
        if (len < sizeof c->words - 1)
            c->words[len++] = text[i];
        c->words[len] = '\0';
    }
}

void child_read_words(Child *c) {
    char text[512];
    ssize_t n = 0;

    while (c->words_fd >= 0 && (n = read(c->words_fd, text, sizeof text)) > 0)
        take_words(c, text, (size_t)n);
    if (c->words_fd >= 0 && n == 0) {
        close(c->words_fd);
        c->words_fd = -1;
    }
}

void describe_status(int status, char *out, size_t size) {
    if (WIFSIGNALED(status))
        snprintf(out, size, "signal %d", WTERMSIG(status));
    else
        snprintf(out, size, "exit %d", WEXITSTATUS(status));
}

void child_ended(Child *c, int status, char note[128]) {
    char what[24];
    int64_t now = super_now();

    child_read_words(c);
    describe_status(status, what, sizeof what);
    if (c->words[0])
        snprintf(note, 128, "%s: %s", what, c->words);
    else
        snprintf(note, 128, "%s", what);
    if (c->words_fd >= 0)
        close(c->words_fd);
    c->words_fd = -1;
    c->pid = 0;
    c->again_at = now - c->started >= STEADY_MS ? 0 : now + PAUSE_MS;
}

void child_kill(Child *c) {
    if (c->pid > 0)
        kill(c->pid, SIGKILL);
    if (c->words_fd >= 0)
        close(c->words_fd);
    child_init(c);
}
