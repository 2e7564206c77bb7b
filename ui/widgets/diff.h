/* SPDX-License-Identifier: GPL-3.0-or-later
 * ui/widgets/diff.h — what differs between two texts, word by word, in a reader. Marks carry it, colour
 * only helps: "[-gammalt-] [+nytt+]". Knows nothing of notes. */
#pragma once
#include "ui/widgets/text.h"

/* The second text, with what was taken away and put there marked in it. */
void diff_show(TextView *t, const char *before, const char *now);
/* One text that counts no more: all of it marked as taken away. */
void diff_show_gone(TextView *t, const char *heading, const char *text);
