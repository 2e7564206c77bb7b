/* SPDX-License-Identifier: GPL-3.0-or-later
 * base/session-exit.h — what a session returns to the supervisor that started it. Plain C: the supervisor has no GLib. */
#pragma once

/* Its exit code. Anything else, or a signal, is a crash. */
enum session_exit {
    SESSION_EXIT_QUIT = 0,
    SESSION_EXIT_LOCK = 10,
    SESSION_EXIT_LOGOUT = 11,
    SESSION_EXIT_CANNOT = 12, /* it has said why it cannot work here; starting it again is no use */
};
