/* SPDX-License-Identifier: GPL-3.0-or-later
 * auth/base64url.h — RFC 4648 section 5 without padding, as JWS wants it. Pure. */
#pragma once
#include <glib.h>

static inline char *base64url(gconstpointer data, gsize len)
{
    char *text = g_base64_encode(data, len);
    char *end = text;
    for (; *end && *end != '='; end++)
        *end = *end == '+' ? '-' : *end == '/' ? '_' : *end;
    *end = '\0';
    return text;
}
