/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "json/node.h"
#include "json/splice.h"
#include <string.h>

gsize json_utf8_len(const guint8 *p, gsize avail)
{
    guint8 c = p[0];
    if (c < 0x80)
        return 1;
    gsize n = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
    if (c < 0xc2 || c > 0xf4 || avail < n)
        return 0;
    for (gsize i = 1; i < n; i++)
        if ((p[i] & 0xc0) != 0x80)
            return 0;
    if ((c == 0xe0 && p[1] < 0xa0) || (c == 0xed && p[1] > 0x9f) || /* overlong, surrogate */
        (c == 0xf0 && p[1] < 0x90) || (c == 0xf4 && p[1] > 0x8f))
        return 0;
    return n;
}

/* The scanner has checked that four hexadecimal digits follow. */
static guint32 hex4(const char *p)
{
    guint32 v = 0;
    for (int i = 0; i < 4; i++)
        v = v << 4 | (guint32)g_ascii_xdigit_value(p[i]);
    return v;
}

/* @p stands after "\u"; returns the bytes used after it. */
static gsize decode_unicode(GString *out, const char *p, gsize avail)
{
    guint32 c = hex4(p);
    if (c >= 0xd800 && c < 0xdc00 && avail >= 10 && p[4] == '\\' && p[5] == 'u') {
        guint32 low = hex4(p + 6);
        if (low >= 0xdc00 && low < 0xe000) {
            g_string_append_unichar(out, 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00));
            return 10;
        }
    }
    gboolean bad = c == 0 || (c >= 0xd800 && c < 0xe000);
    g_string_append_unichar(out, bad ? 0xfffd : c);
    return 4;
}

static gsize decode_escape(GString *out, const char *p, gsize avail)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    if (*p == 'u')
        return 1 + decode_unicode(out, p + 1, avail - 1);
    const char *at = strchr(from, *p);
    g_string_append_c(out, to[at - from]);
    return 1;
}

char *json_decode(const char *raw, gsize len, gsize *ret_len)
{
    GString *out = g_string_sized_new(len);
    gsize i = 0;
    while (i < len) {
        gsize from = i, n;
        while (i < len && raw[i] != '\\' && (n = json_utf8_len((const guint8 *)raw + i, len - i)) > 0)
            i += n;
        g_string_append_len(out, raw + from, (gssize)(i - from));
        if (i < len && raw[i] == '\\') {
            i++;
            i += decode_escape(out, raw + i, len - i);
        } else if (i < len) {
            g_string_append_unichar(out, 0xfffd);
            i++;
        }
    }
    if (ret_len)
        *ret_len = out->len;
    return g_string_free(out, FALSE);
}

/* What must not stand in a string as it is. */
static gboolean is_special(guchar c)
{
    return c < 0x20 || c == '"' || c == '\\' || c == 0x7f;
}

static void quote_special(GString *out, guchar c)
{
    static const char plain[] = "\"\\\b\f\n\r\t", letter[] = "\"\\bfnrt";
    const char *at = strchr(plain, c);
    if (at) {
        g_string_append_c(out, '\\');
        g_string_append_c(out, letter[at - plain]);
    } else {
        g_string_append_printf(out, "\\u%04x", c);
    }
}

void json_quote_to(GString *out, const char *text)
{
    g_autofree char *valid = NULL;
    if (!g_utf8_validate(text, -1, NULL)) {
        valid = g_utf8_make_valid(text, -1);
        text = valid;
    }
    g_string_append_c(out, '"');
    for (const char *p = text; *p;) {
        const char *from = p;
        while (*p && !is_special((guchar)*p))
            p++;
        g_string_append_len(out, from, p - from);
        if (*p)
            quote_special(out, (guchar)*p++);
    }
    g_string_append_c(out, '"');
}

char *json_quote(const char *text)
{
    GString *out = g_string_sized_new(strlen(text) + 2);
    json_quote_to(out, text);
    return g_string_free(out, FALSE);
}
