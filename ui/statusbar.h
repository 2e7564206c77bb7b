/* SPDX-License-Identifier: GPL-3.0-or-later
 * ui/statusbar.h — the line above the last: the last receipt, or what needs me. A receipt stays until the next one, or
 * until another view is looked at after it has been seen; a message gives way to it after the next key, and may take
 * more lines than one. */
#pragma once
#include "app/frontend.h"
#include "ui/canvas.h"

typedef struct StatusBar StatusBar;
StatusBar *statusbar_new(void);
void statusbar_free(StatusBar *s);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StatusBar, statusbar_free)
void statusbar_set(StatusBar *s, StatusKind kind, const char *text); /* NULL clears the message */
void statusbar_receipt(StatusBar *s, const char *text);
/* A key was pressed: a message that has been shown goes. TRUE when the line changed. */
gboolean statusbar_key(StatusBar *s);
/* Another view is looked at: what has been seen goes with the one before. What has not stays, and names its patient. */
void statusbar_leave(StatusBar *s);
/* The core answers again: a message that it does not is not true any more. TRUE when there was one. */
gboolean statusbar_online(StatusBar *s);
/* What waits for the person, at the end of the line; NULL: nothing. TRUE when it changed. */
gboolean statusbar_work(StatusBar *s, const char *text);
/* Lines that the message would like; 1 for a receipt. */
int statusbar_rows(const StatusBar *s, int cols);
void statusbar_paint(StatusBar *s, Canvas *c);
