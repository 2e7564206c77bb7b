/* SPDX-License-Identifier: GPL-3.0-or-later
 * tests/screen/script.h — what a script for the screen can say.
 *
 * One step a line, # begins a comment, "…" takes \n \e \" \\:
 *   size 80x24            before the start; also "mono", "ascii", "latin1"
 *   clock 2026-11-20T07:42:00+01:00
 *   set NAME VALUE        for the program's set-up, before the start
 *   keys n <Down> g p     pressed one by one, 200 ms apart
 *   type "text"           letters one by one
 *   burst "text"          bytes that come in one read: a scanner, a paste without brackets
 *   paste "text"          a bracketed paste
 *   wait "text" [2s]      until it is on the screen (real time)
 *   gone "text" [2s]      until it is not
 *   advance 61s           the program's clocks and timers move
 *   jump 25h              somebody sets the machine's clock; no timer is nearer for it
 *   core stop                        it answers no more
 *   resize 120x40
 *   expect "text"         expect-not "text"
 *   cursor "text"         the cursor's row holds it
 *   style "text" alert    it is painted in this role
 *   asked "POST *"        notes what a replayed core was asked that looks so, in order
 *   played                a replayed core was asked all that its story tells of, and nothing else
 *   mask "regex"          what matches is shown as dots in the comparison
 *   without hints         the line of keys, the last, is not noted
 *   screen [name]         notes the screen; without any, the last one is noted */
#pragma once
#include "tests/screen/drive.h"

typedef struct {
    Drive d;
    GString *noted;
    GPtrArray *masks; /* GRegex */
    guint n_noted;
    gboolean only_ascii; /* each screen is looked through for other signs */
    gboolean no_hints;
} Run;

void run_begin(Run *r, gboolean only_ascii);
void run_clear(Run *r);
gboolean run_size(Run *r, const char *size, GError **error);  /* "80x24", before the start */
gboolean run_line(Run *r, char *line, GError **error);        /* one step; @line is cut up */
gboolean run_last(Run *r, GError **error);                    /* the last screen is noted where none was */
