/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/widgets/diff.h"

#include "base/worddiff.h"

void diff_show(TextView *t, const char *before, const char *now)
{
    g_autofree char *marked = word_diff_marked(before, now);
    textview_set_marks(t, TRUE);
    textview_set(t, marked);
}

void diff_show_gone(TextView *t, const char *heading, const char *text)
{
    g_autofree char *whole = g_strdup_printf("%s\n\n" WORD_DIFF_OLD "%s" WORD_DIFF_OLD_END, heading, text);
    textview_set_marks(t, TRUE);
    textview_set(t, whole);
}
