/* SPDX-License-Identifier: GPL-3.0-or-later
 * base/log.h — the last 512 events, for support; any thread. Never patient data, never secrets: callers
 * pass only ids of requests, codes, counts and durations. */
#pragma once
#include <glib.h>

typedef enum { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR } LogLevel;
void log_event(LogLevel level, const char *area, const char *format, ...) G_GNUC_PRINTF(3, 4);
/* Newest last; @fn is called for each line kept. */
void log_each(void (*fn)(gint64 real_us, LogLevel level, const char *area, const char *text, gpointer data),
              gpointer data);
