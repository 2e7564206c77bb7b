/* SPDX-License-Identifier: GPL-3.0-or-later
 * rond-reader: tells the session when a card comes or goes, and nothing else, in a process of its
 * own, so that a hung card module cannot blind the lock. Speaks PC/SC, or watches the training
 * reader's file. May block: it has nothing else to do. */
#include <errno.h>
#include <getopt.h>
#include <libgen.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <winscard.h>

#include "base/started-by.h"
#include "card/protocol.h"
#include "card/training.h"

#define MAX_READERS 16
#define LONGEST_WAIT 15 /* seconds between tries to find the card service */

static int event_fd = 3;

/* Ends the program when the session is gone. */
static void tell(const struct reader_event *event) {
    if (send(event_fd, event, sizeof *event, MSG_NOSIGNAL) < 0)
        exit(0);
}

/* ---- training ---- */

static void tell_training(const char *path) {
    struct reader_event event = {.reader = "training"};
    TrainingReader state = {0};

    if (training_reader_state(path, &state) < 0)
        event.state = READER_NONE;
    event.present = state.present;
    event.counter = state.counter;
    memcpy(event.token_label, state.label, sizeof event.token_label);
    tell(&event);
}

static int watch_training(const char *path) {
    char folder[PATH_MAX], name[PATH_MAX];
    char buffer[4096] __attribute__((aligned(__alignof__(struct inotify_event))));
    const char *base;
    int watch = inotify_init1(IN_CLOEXEC);
    ssize_t n;

    snprintf(folder, sizeof folder, "%s", path);
    snprintf(name, sizeof name, "%s", path);
    base = basename(name);
    if (watch < 0 || inotify_add_watch(watch, dirname(folder), IN_MOVED_TO | IN_DELETE) < 0) {
        fprintf(stderr, "rond-reader: %s cannot be watched: %s\n", path, strerror(errno));
        return 1;
    }
    tell_training(path);
    while ((n = read(watch, buffer, sizeof buffer)) > 0 || errno == EINTR) {
        for (char *at = buffer; at < buffer + n;) {
            const struct inotify_event *event = (const void *)at;
            if (event->len && strcmp(event->name, base) == 0)
                tell_training(path);
            at += sizeof *event + event->len;
        }
    }
    return 1;
}

/* ---- PC/SC ---- */

typedef struct {
    SCARDCONTEXT context;
    char names[2048];
    SCARD_READERSTATE reader[MAX_READERS + 1]; /* the last one: readers come and go */
    DWORD n;
    struct reader_event event; /* what was told last */
} Watch;

/* The readers that there are now. */
static LONG find_readers(Watch *w) {
    DWORD size = sizeof w->names;
    LONG rc = SCardListReaders(w->context, NULL, w->names, &size);

    w->n = 0;
    memset(w->reader, 0, sizeof w->reader);
    if (rc == SCARD_S_SUCCESS)
        for (char *name = w->names; *name && w->n < MAX_READERS; name += strlen(name) + 1)
            w->reader[w->n++].szReader = name;
    w->reader[w->n].szReader = "\\\\?PnP?\\Notification";
    w->reader[w->n].dwCurrentState = w->n << 16; /* pcsclite: how many readers we know of */
    w->event.state = w->n ? READER_READY : READER_NONE;
    return rc == SCARD_E_NO_READERS_AVAILABLE ? SCARD_S_SUCCESS : rc;
}

/* Field by field: what lies between them is nobody's. */
static int same_event(const struct reader_event *a, const struct reader_event *b) {
    return a->present == b->present && a->counter == b->counter && a->state == b->state &&
           strcmp(a->reader, b->reader) == 0 && strcmp(a->token_label, b->token_label) == 0;
}

/* Tells the state if anything is new. pcscd's 16-bit counters also show a card that was changed
 * for another between two looks; their sum changes with each insert and pull. */
static void tell_readers(Watch *w, uint32_t since, int first) {
    struct reader_event event = {.state = w->event.state, .counter = since};

    for (DWORD i = 0; i < w->n; i++) {
        event.counter += (uint32_t)(w->reader[i].dwCurrentState >> 16) & 0xffff;
        if (w->reader[i].dwCurrentState & SCARD_STATE_PRESENT && !event.present) {
            event.present = 1;
            snprintf(event.reader, sizeof event.reader, "%s", w->reader[i].szReader);
        }
    }
    if (w->n && !event.present)
        snprintf(event.reader, sizeof event.reader, "%s", w->reader[0].szReader);
    if (first || !same_event(&event, &w->event))
        tell(&event);
    w->event = event;
}

/* Until the service fails. @since makes counters from before and after differ. */
static LONG watch_readers(Watch *w, uint32_t *since) {
    LONG rc = find_readers(w);
    int first = 1;

    while (rc == SCARD_S_SUCCESS) {
        rc = SCardGetStatusChange(w->context, first ? 0 : INFINITE, w->reader,
                                  w->n ? w->n + 1 : 1);
        if (rc == SCARD_E_TIMEOUT && first)
            rc = SCARD_S_SUCCESS;
        if (rc == SCARD_E_UNKNOWN_READER || (rc == SCARD_S_SUCCESS && !first &&
            (w->reader[w->n].dwEventState & SCARD_STATE_CHANGED))) {
            *since += 0x10000;
            rc = find_readers(w);
            first = 1;
            continue;
        }
        if (rc != SCARD_S_SUCCESS)
            break;
        for (DWORD i = 0; i < w->n; i++)
            w->reader[i].dwCurrentState = w->reader[i].dwEventState & ~SCARD_STATE_CHANGED;
        tell_readers(w, *since, first);
        first = 0;
    }
    return rc;
}

_Noreturn static void watch_pcsc(void) {
    struct reader_event absent = {.state = READER_NO_SERVICE};
    uint32_t since = 0;
    unsigned wait = 1;
    int told = 0;

    for (;;) {
        Watch w = {0};
        LONG rc = SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL, &w.context);
        if (rc == SCARD_S_SUCCESS) {
            wait = 1;
            told = 0;
            watch_readers(&w, &since);
            SCardReleaseContext(w.context);
            since += 0x10000;
        }
        absent.counter = since;
        if (!told)
            tell(&absent);
        told = 1;
        sleep(wait);
        wait = wait * 2 > LONGEST_WAIT ? LONGEST_WAIT : wait * 2;
    }
}

int main(int argc, char **argv) {
    static const struct option table[] = {
        {"training", required_argument, NULL, 't'},
        {"fd", required_argument, NULL, 'f'},
        {0},
    };
    const char *training = NULL;
    int option;

    while ((option = getopt_long(argc, argv, "", table, NULL)) != -1) {
        if (option == 't') {
            training = optarg;
        } else if (option == 'f') {
            event_fd = (int)strtol(optarg, NULL, 10);
        } else {
            fputs("usage: rond-reader [--training FILE] [--fd N]\n", stderr);
            return 64;
        }
    }
    if (started_by_other("rond-reader"))
        return EXIT_OTHER_VERSION;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (training)
        return watch_training(training);
    watch_pcsc();
}
