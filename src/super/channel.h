/* SPDX-License-Identifier: GPL-3.0-or-later
 * super/channel.h — the messages between the session and the supervisor: SOCK_SEQPACKET, fds by
 * SCM_RIGHTS. All calls are non-blocking and use no GLib; the session watches the fd for POLLIN
 * itself. Whoever receives a message owns its fd. */
#pragma once
#include <stdint.h>

enum super_msg_kind {
    /* session asks */
    SUPER_ASK_CARD = 1, /* the card helper missed its deadline: kill it, start another */
    SUPER_ASK_PRINT,    /* fd = the document, read from its start by lp */
    /* supervisor tells */
    SUPER_TELL_TERMINATE, /* save and return SESSION_EXIT_QUIT; status = signal; SIGKILL follows */
    SUPER_TELL_LOCK,      /* SIGHUP with the terminal still there: save, return SESSION_EXIT_LOCK */
    SUPER_TELL_CARD,      /* fd = a fresh card helper; note = what became of the last one */
    SUPER_TELL_READER,    /* fd = a fresh reader watch; note likewise */
    SUPER_TELL_PRINTED,   /* status = lp's exit code (128 + n after a signal), note = its last line */
    SUPER_TELL_CORE,      /* rond-core ended and is started when asked for; status = its exit code (0 after a
                             signal), note = its last line */
    /* and the session asks */
    SUPER_ASK_HELPERS,  /* the first screen is there: start the rest */
    SUPER_ASK_SPELL,    /* a spelling helper, or another one */
    /* and is told */
    SUPER_TELL_SPELL,   /* fd = the fresh one */
    SUPER_ASK_PAGES,    /* a rond-print is wanted: the first, or another in place of one that hangs */
    /* and is told */
    SUPER_TELL_PAGES,   /* fd = a fresh rond-print, -1: there can be none */
    SUPER_TELL_OTHER_VERSION, /* a helper is not of our version and has ended; status = 1: this program is the old one, and the
                                 next session will be the new one's; note = which versions */
};

typedef struct {
    int32_t kind;   /* enum super_msg_kind */
    int32_t status;
    int32_t fd;     /* -1: none */
    char note[128];
} SuperMsg;

/* 0, or -1 with errno. EAGAIN: the supervisor is far behind, ask later. */
int super_ask_card(int channel);
int super_ask_helpers(int channel);
int super_ask_spell(int channel);
int super_ask_pages(int channel);
int super_ask_print(int channel, int file_fd); /* keeps @file_fd open */

/* 1: *msg is filled. 0: nothing there now. -1: the supervisor is gone (end the session). */
int super_recv(int channel, SuperMsg *msg);

/* The other end, for the supervisor. */
int super_tell(int channel, int kind, int status, int fd, const char *note);
