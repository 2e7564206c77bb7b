/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "card/training.h"

/* The file: the counter, a TAB, the label (empty: no card), a newline. */
int training_reader_state(const char *path, TrainingReader *ret_state) {
    TrainingReader state = {0};
    char text[64] = "";
    char *tab, *newline;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n;

    if (fd < 0) {
        if (errno == ENOENT)
            *ret_state = state;
        return errno == ENOENT ? 0 : -1;
    }
    n = read(fd, text, sizeof text - 1);
    close(fd);
    tab = n > 0 ? strchr(text, '\t') : NULL;
    newline = tab ? strchr(tab, '\n') : NULL;
    if (!newline || sscanf(text, "%" SCNu32, &state.counter) != 1 ||
        newline - tab > (ptrdiff_t)sizeof state.label) {
        errno = EBADMSG;
        return -1;
    }
    *newline = '\0';
    memcpy(state.label, tab + 1, (size_t)(newline - tab));
    state.present = state.label[0] != '\0';
    *ret_state = state;
    return 0;
}

/* A new file each time, put in place by a rename: whoever watches never sees half of one. */
static int write_state(const char *path, const char *label) {
    TrainingReader state = {0};
    char temporary[4096];
    FILE *out;
    int rc;

    /* A damaged file is replaced; its counter is lost, a state that differs is not. */
    training_reader_state(path, &state);
    if (snprintf(temporary, sizeof temporary, "%s.new", path) >= (int)sizeof temporary) {
        errno = ENAMETOOLONG;
        return -1;
    }
    out = fopen(temporary, "we");
    if (!out)
        return -1;
    rc = fprintf(out, "%" PRIu32 "\t%s\n", state.counter + 1, label) < 0;
    rc |= fclose(out);
    return rc || rename(temporary, path) < 0 ? -1 : 0;
}

/* One at a time: two programs may move cards at once. */
static int change_state(const char *path, const char *label) {
    char lock[4096];
    int fd, rc;

    snprintf(lock, sizeof lock, "%s.lock", path);
    fd = open(lock, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return -1;
    rc = flock(fd, LOCK_EX) < 0 ? -1 : write_state(path, label);
    close(fd);
    return rc;
}

int training_reader_insert(const char *path, const char *label) {
    if (!*label || strlen(label) >= sizeof ((TrainingReader *)0)->label ||
        strpbrk(label, "\t\n")) {
        errno = EINVAL;
        return -1;
    }
    return change_state(path, label);
}

int training_reader_pull(const char *path) {
    return change_state(path, "");
}
