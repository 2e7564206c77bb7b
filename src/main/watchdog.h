/* SPDX-License-Identifier: GPL-3.0-or-later
 * main/watchdog.h — how long the main loop's turns are. With ROND_TRACE_LOOP=FILE every turn (from
 * the end of one poll to the beginning of the next) is measured: CPU time of this thread, and how
 * often it had to wait for something outside poll. The worst turns are written to FILE when the
 * session ends, as addresses of code; nothing that was read, typed or shown is in it. Without the
 * variable it does nothing at all. */
#pragma once

void watchdog_start(void); /* before the sandbox: it opens the file */
void watchdog_end(void);
