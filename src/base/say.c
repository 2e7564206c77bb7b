/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/say.h"

#include <string.h>

#include "base/text.h"

static gboolean is_plain_set(const char *charset)
{
    return strcmp(charset, "ANSI_X3.4-1968") == 0 || strcmp(charset, "US-ASCII") == 0;
}

/* A tab parts what a program reads. */
static char *safe_with_tabs(const char *text)
{
    g_auto(GStrv) parts = g_strsplit(text, "\t", -1);
    for (char **p = parts; *p; p++) {
        g_autofree char *part = *p;
        *p = text_sanitise(part, -1, TRUE);
    }
    return g_strjoinv("\t", parts);
}

void say(FILE *to, const char *text)
{
    const char *charset;
    g_autofree char *safe = safe_with_tabs(text), *own = NULL;
    if (!g_get_charset(&charset) && !is_plain_set(charset))
        own = g_convert_with_fallback(safe, -1, charset, "UTF-8", "?", NULL, NULL, NULL);
    fputs(own ? own : safe, to);
}

void sayf(FILE *to, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    say(to, text);
}
