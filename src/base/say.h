/* SPDX-License-Identifier: GPL-3.0-or-later
 * base/say.h — words on stdout and stderr, outside of any screen: nothing in them that a terminal would
 * obey, and in its own character set, because the bytes of UTF-8 are commands to an older terminal. A
 * locale that names none gets UTF-8 as it is: a program may be reading. Lines stay lines. */
#pragma once
#include <glib.h>
#include <stdio.h>

void say(FILE *to, const char *text);
void sayf(FILE *to, const char *format, ...) G_GNUC_PRINTF(2, 3);
