/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "super/terminal.h"

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LONGEST_WAIT 500 /* ms */

/* Ends a half-sent sequence; frame marker, attributes, line drawing, mouse, focus, bracketed paste,
 * keypad, cursor keys and insert mode off; wrapping and cursor on. */
#define RESET                                                                                     \
    "\033\\\033[?2026l\033[0m\033(B\017\033[?1000l\033[?1002l\033[?1003l\033[?1006l\033[?1004l"   \
    "\033[?2004l\033>\033[?1l\033[4l\033[?7h\033[?25h"
/* Does nothing when the alternate screen was left already; 1049 would move the cursor. */
#define LEAVE_ALTERNATE "\033[?1047l"
#define BLANK "\033[r\033[H\033[2J\033[?1047h\033[H\033[2J" LEAVE_ALTERNATE

void terminal_save(Terminal *t, int fd) {
    t->fd = fd >= 0 && tcgetattr(fd, &t->saved) == 0 ? fd : -1;
    t->flags = t->fd >= 0 ? fcntl(t->fd, F_GETFL) : 0;
}

bool terminal_alive(const Terminal *t) {
    struct pollfd closed = {t->fd, 0, 0};
    return t->fd >= 0 && poll(&closed, 1, 0) >= 0 && !(closed.revents & (POLLHUP | POLLERR));
}

static void put(int fd, const char *text) {
    size_t left = strlen(text);
    struct pollfd ready = {fd, POLLOUT, 0};

    while (left && poll(&ready, 1, LONGEST_WAIT) > 0 && !(ready.revents & (POLLHUP | POLLERR))) {
        ssize_t n = write(fd, text, left);
        if (n <= 0)
            return;
        text += n;
        left -= (size_t)n;
    }
}

void terminal_restore(const Terminal *t, enum terminal_end end) {
    const char *term = getenv("TERM");
    struct termios settings = t->saved;
    int out;

    if (!terminal_alive(t))
        return;
    /* The flags are shared with the shell that started us. Without waiting until we are done. */
    fcntl(t->fd, F_SETFL, t->flags | O_NONBLOCK);
    if (end != TERMINAL_KEEP)
        tcflush(t->fd, TCIOFLUSH);
    if (end == TERMINAL_NEXT) /* somebody may be typing on: Ctrl-C is to copy */
        settings.c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ICANON | ISIG);
    tcsetattr(t->fd, TCSANOW, &settings);
    out = (t->flags & O_ACCMODE) == O_RDONLY ? STDOUT_FILENO : t->fd;
    put(out, RESET);
    put(out, end == TERMINAL_KEEP ? LEAVE_ALTERNATE : BLANK);
    /* The console has no alternate screen; what scrolled away can be scrolled back. */
    if (end != TERMINAL_KEEP && term && strncmp(term, "linux", 5) == 0)
        put(out, "\033[3J");
    fcntl(t->fd, F_SETFL, t->flags);
}
