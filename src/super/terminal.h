/* SPDX-License-Identifier: GPL-3.0-or-later
 * super/terminal.h — giving the terminal back as it was, whatever the session did to it. Writes
 * the few control sequences itself: no curses, and it must work when curses is what crashed. */
#pragma once
#include <stdbool.h>
#include <termios.h>

typedef struct {
    int fd; /* -1: no terminal */
    int flags;
    struct termios saved;
} Terminal;

enum terminal_end {
    TERMINAL_KEEP,  /* after an orderly end: what the session last wrote stays */
    TERMINAL_BLANK, /* nothing may stay on the screen, typed-ahead keys are dropped */
    TERMINAL_NEXT,  /* the same, and another session follows: what is typed meanwhile is not shown and no signal */
};

void terminal_save(Terminal *t, int fd);
bool terminal_alive(const Terminal *t);
/* Never waits longer than half a second, also when the terminal is stopped. */
void terminal_restore(const Terminal *t, enum terminal_end end);
