/* SPDX-License-Identifier: GPL-3.0-or-later
 * tests/screen/drive.h — the program on a screen in memory, in a time of its own: bytes go in, the
 * clock is moved, the screen is read. Time stands still while an answer is waited for: what is seen
 * does not depend on how fast the machine is. */
#pragma once
#include "base/datetime.h"
#include "tests/screen/runner.h"

typedef struct {
    Term *term;           /* owned by @app */
    ScreenApp *app;       /* NULL before the start */
    GHashTable *settings; /* text -> text */
    TermCaps caps;
    int rows, cols;
    Instant clock; /* at the start */
} Drive;

void drive_locale(void); /* first: UTF-8, and the words of ROND_LOCALEDIR, in the language that the environment says */
void drive_init(Drive *d); /* 80x24, 256 colours, UTF-8, 10 November 2026 08:00 */
void drive_clear(Drive *d);
gboolean drive_start(Drive *d, GError **error); /* nothing when it runs */
/* Until nothing is left to do and nothing is waited for. An answer that never comes is the caller's to
 * find out. */
void drive_settle(const Drive *d);
void drive_advance(const Drive *d, gint64 us);
void drive_feed(const Drive *d, const char *bytes, gsize n); /* in one read, as one key would */
gboolean drive_keys(const Drive *d, const char *keys, GError **error); /* "n <Down> g p" */
void drive_type(const Drive *d, const char *text);
gboolean drive_shows(const Drive *d, const char *text);
/* Until it is (not) on the screen, for at most @us of real time. */
gboolean drive_wait(const Drive *d, const char *text, gboolean there, gint64 us);
