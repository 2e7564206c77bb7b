/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/log.h"

#include <stdarg.h>

#include "base/clock.h"

#define RING 512

typedef struct {
    gint64 at;
    LogLevel level;
    char area[16];
    char text[180];
} Line;

static GMutex lock; /* workers log too */
static Line ring[RING];
static guint written;

void log_event(LogLevel level, const char *area, const char *format, ...)
{
    g_mutex_lock(&lock);
    Line *line = &ring[written++ % RING];
    line->at = clock_real_us();
    line->level = level;
    g_strlcpy(line->area, area, sizeof line->area);
    va_list args;
    va_start(args, format);
    g_vsnprintf(line->text, sizeof line->text, format, args);
    va_end(args);
    /* One line each, and nothing that a terminal would obey when the ring is printed. */
    for (char *p = line->text; *p != '\0'; p++)
        if (g_ascii_iscntrl(*p))
            *p = ' ';
    g_mutex_unlock(&lock);
}

void log_each(void (*fn)(gint64 real_us, LogLevel level, const char *area, const char *text,
                         gpointer data),
              gpointer data)
{
    g_mutex_lock(&lock);
    guint count = MIN(written, RING);
    g_autofree Line *copy = g_new(Line, count);
    for (guint i = 0; i < count; i++)
        copy[i] = ring[(written - count + i) % RING];
    g_mutex_unlock(&lock);
    for (guint i = 0; i < count; i++)
        fn(copy[i].at, copy[i].level, copy[i].area, copy[i].text, data);
}
