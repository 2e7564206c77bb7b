/* SPDX-License-Identifier: GPL-3.0-or-later
 * ui/widgets/text.h — a reader for long text: wraps, scrolls, and knows whether its last
 * line has been on the screen (the signing gate asks). The text is copied. */
#pragma once
#include "ui/widgets/widget.h"

typedef struct TextView TextView;
TextView *textview_new(void);
void textview_free(TextView *t);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TextView, textview_free)
/* A new text starts at the top and unread; the same text again keeps its place. */
void textview_set(TextView *t, const char *text);
/* Marks of base/worddiff.h get a look of their own; they are read without it all the same. */
void textview_set_marks(TextView *t, gboolean marks);
/* Lines that begin with @prefix are headings. NULL = none. */
void textview_set_heading_mark(TextView *t, const char *prefix);
gboolean textview_end_shown(const TextView *t); /* every line has been painted since the text came */
int textview_top(const TextView *t);
void textview_scroll_to(TextView *t, int line);
WidgetResult textview_input(TextView *t, const char *utf8, gboolean paste);
void textview_paint(TextView *t, Canvas *c, gboolean focused);
