/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/text.h"

#include <stdlib.h>
#include <string.h>
#include <unictype.h>
#include <unigbrk.h>
#include <uninorm.h>
#include <uniwidth.h>

#define REPLACEMENT  0xFFFD
#define DOTTED_RING  0x25CC /* carries a mark that has no letter */
#define MAX_COMBINED 4      /* marks on one letter; more is an attack on the lines around it */

static gsize length_of(const char *s, gssize len)
{
    return len < 0 ? strlen(s) : (gsize)len;
}

static gboolean is_plain_ascii(const char *s, gsize n)
{
    for (gsize i = 0; i < n; i++)
        if (s[i] < ' ' || s[i] > '~')
            return FALSE;
    return TRUE;
}

/* The character to paint for @c; marks on letters are the caller's matter. */
static gunichar visible(gunichar c, gboolean multiline)
{
    if (c == '\n')
        return multiline ? c : 0x240A;
    if (c == '\t')
        return ' ';
    if (c < 0x20)
        return 0x2400 + c; /* the picture of a control character */
    if (c == 0x7F)
        return 0x2421;
    if (c < 0x7F)
        return c;
    if (uc_is_general_category_withtable(c, UC_CATEGORY_MASK_C | UC_CATEGORY_MASK_Zl |
                                                UC_CATEGORY_MASK_Zp))
        return REPLACEMENT; /* C1, bidi and other format characters, private and unassigned */
    if (uc_is_property_default_ignorable_code_point(c) || uc_width((ucs4_t)c, "UTF-8") < 0)
        return REPLACEMENT;
    return c;
}

static gboolean is_mark(gunichar c)
{
    return c >= 0x300 &&
           uc_is_general_category_withtable(c, UC_CATEGORY_MASK_Mn | UC_CATEGORY_MASK_Me);
}

static void append_visible(GString *out, gunichar c, gboolean multiline, guint *marks,
                           gboolean *has_base)
{
    c = visible(c, multiline);
    if (is_mark(c)) {
        if (!*has_base)
            g_string_append_unichar(out, DOTTED_RING);
        *has_base = TRUE;
        if (++*marks > MAX_COMBINED)
            return;
    } else {
        if (c > 0x7F && uc_width((ucs4_t)c, "UTF-8") == 0)
            c = REPLACEMENT;
        *marks = 0;
        *has_base = c != '\n';
    }
    g_string_append_unichar(out, c);
}

char *text_of_bytes(GBytes *bytes)
{
    gsize len = 0;
    const char *data = bytes ? g_bytes_get_data(bytes, &len) : NULL;
    return g_strndup(data ? data : "", len);
}

/* Below U+0300 (CC 80) there are no combining marks, and every letter with one is its composed form: Swedish text. */
static gboolean is_composed(const char *s, gsize n)
{
    guchar most = 0;
    for (gsize i = 0; i < n; i++)
        most = MAX(most, (guchar)s[i]);
    return most < 0xCC;
}

char *text_nfc(const char *s)
{
    gsize n = strlen(s), out = 0;
    if (is_composed(s, n))
        return g_strndup(s, n);
    uint8_t *nfc = u8_normalize(UNINORM_NFC, (const uint8_t *)s, n, NULL, &out);
    if (nfc == NULL)
        return g_strdup(s);
    char *copy = g_strndup((const char *)nfc, out);
    free(nfc);
    return copy;
}

char *text_sanitise(const char *s, gssize len, gboolean multiline)
{
    gsize n = length_of(s, len);
    if (is_plain_ascii(s, n))
        return g_strndup(s, n);
    g_autoptr(GString) out = g_string_sized_new(n + 16);
    guint marks = 0;
    gboolean has_base = FALSE;
    for (const char *p = s, *end = s + n; p < end;) {
        gunichar c = *p == '\0' ? 0 : g_utf8_get_char_validated(p, end - p);
        gboolean bad = c == (gunichar)-1 || c == (gunichar)-2;
        p = bad || c == 0 ? p + 1 : g_utf8_next_char(p);
        if (bad)
            c = REPLACEMENT;
        if (multiline && c == '\r' && p < end && *p == '\n')
            continue;
        append_visible(out, c, multiline, &marks, &has_base);
    }
    return text_nfc(out->str);
}

gboolean text_is_safe(const char *s, gssize len, gboolean multiline)
{
    gsize n = length_of(s, len);
    if (is_plain_ascii(s, n))
        return TRUE;
    g_autofree char *safe = text_sanitise(s, (gssize)n, multiline);
    return strlen(safe) == n && memcmp(safe, s, n) == 0;
}

/* Cells of one grapheme: its characters' widths, at least one for what is not sanitised. */
static int grapheme_width(const char *s, const char *end)
{
    int cells = 0;
    while (s < end) {
        int w = uc_width((ucs4_t)g_utf8_get_char(s), "UTF-8");
        cells += w < 0 ? 1 : w;
        s = g_utf8_next_char(s);
    }
    return cells;
}

static const char *grapheme_end(const char *s, const char *end)
{
    if ((guchar)s[0] < 0x80 && s[0] != '\r' && (s + 1 == end || (guchar)s[1] < 0x80))
        return s + 1;
    const uint8_t *next = u8_grapheme_next((const uint8_t *)s, (const uint8_t *)end);
    return next != NULL ? (const char *)next : end;
}

int text_width(const char *s, gssize len)
{
    int cells;
    text_fit(s, len, G_MAXINT, &cells);
    return cells;
}

gsize text_fit(const char *s, gssize len, int cells, int *ret_cells)
{
    const char *p = s, *end = s + length_of(s, len);
    int used = 0;
    while (p < end) {
        const char *next = grapheme_end(p, end);
        int w = next == p + 1 ? 1 : grapheme_width(p, next);
        if (w > cells - used)
            break;
        used += w;
        p = next;
    }
    if (ret_cells != NULL)
        *ret_cells = used;
    return (gsize)(p - s);
}

gsize text_next(const char *s, gsize len, gsize at)
{
    return at >= len ? len : (gsize)(grapheme_end(s + at, s + len) - s);
}

gsize text_prev(const char *s, gsize len, gsize at)
{
    at = MIN(at, len);
    if (at == 0)
        return 0;
    const uint8_t *prev = u8_grapheme_prev((const uint8_t *)s + at, (const uint8_t *)s);
    return prev != NULL ? (gsize)((const char *)prev - s) : 0;
}

static gboolean word_at(const char *s, gsize at)
{
    gunichar c = g_utf8_get_char(s + at);
    return g_unichar_isalnum(c) || c == '_';
}

gsize text_next_word(const char *s, gsize len, gsize at)
{
    while (at < len && word_at(s, at))
        at = text_next(s, len, at);
    while (at < len && !word_at(s, at))
        at = text_next(s, len, at);
    return MIN(at, len);
}

gsize text_prev_word(const char *s, gsize len, gsize at)
{
    gsize before = text_prev(s, len, at);
    while (at > 0 && !word_at(s, before)) {
        at = before;
        before = text_prev(s, len, at);
    }
    while (at > 0 && word_at(s, before)) {
        at = before;
        before = text_prev(s, len, at);
    }
    return at;
}

char *text_ellipsis(const char *s, int cells)
{
    if (cells <= 0)
        return g_strdup("");
    gsize n = strlen(s);
    if (text_fit(s, (gssize)n, cells, NULL) == n)
        return g_strdup(s);
    return g_strdup_printf("%.*s…", (int)text_fit(s, (gssize)n, cells - 1, NULL), s);
}
