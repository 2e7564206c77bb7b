/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/spellword.h"

#include <string.h>

#include "spell/protocol.h"

#define SHORTEST 3
#define ABBREVIATED 4 /* letters: the longest part between full stops */

static gunichar at_end(const char *text, gsize len, gsize at)
{
    return at < len ? g_utf8_get_char(text + at) : 0;
}

static gsize step(const char *text, gsize at)
{
    return at + (gsize)(g_utf8_next_char(text + at) - (text + at));
}

static gboolean is_letter(gunichar c)
{
    return g_unichar_isalpha(c) || g_unichar_ismark(c);
}

static gboolean is_joiner(gunichar c)
{
    return c == '-' || c == '\'' || c == 0x2019 || c == '.' || c == ':';
}

/* Where what begins at @at and is not made of words ends: a blank, or the run up to the next white space
 * when it is an address, a path or the name of a phrase. @at itself: neither. */
static gsize pass_over(const char *text, gsize len, gsize at)
{
    if (g_str_has_prefix(text + at, "[[")) {
        const char *end = g_strstr_len(text + at, (gssize)(len - at), "]]");
        return end ? (gsize)(end - text) + 2 : len;
    }
    gboolean begins = at == 0 || g_unichar_isspace(g_utf8_get_char(g_utf8_prev_char(text + at)));
    if (!begins)
        return at;
    gboolean odd = text[at] == '.' && is_letter(at_end(text, len, at + 1));
    gsize end = at;
    for (; end < len && !g_unichar_isspace(g_utf8_get_char(text + end)); end = step(text, end))
        odd = odd || strchr("@_\\", text[end]) || g_str_has_prefix(text + end, "://");
    return odd ? end : at;
}

/* Letters, digits and what may stand between them; the joiners at its end are not part of it. */
static gsize piece_end(const char *text, gsize len, gsize at)
{
    gsize end = at;
    for (gsize i = at; i < len; i = step(text, i)) {
        gunichar c = g_utf8_get_char(text + i);
        if (is_letter(c) || g_unichar_isdigit(c))
            end = step(text, i);
        else if (!is_joiner(c))
            break;
    }
    return end;
}

static gboolean is_abbreviation(const char *text, gsize at, gsize to)
{
    gsize n = 0;
    for (gsize i = at; i < to; i = step(text, i))
        if (text[i] == '.')
            n = 0;
        else if (++n > ABBREVIATED)
            return FALSE;
    return TRUE;
}

/* In the middle of a sentence, where a capital begins a name. Behind a value with its time, "(07:10)", begins another. */
static gboolean is_inside(const char *text, gsize at)
{
    while (at > 0) {
        const char *before = g_utf8_prev_char(text + at);
        gunichar c = g_utf8_get_char(before);
        at = (gsize)(before - text);
        if (c == '\n' || strchr(".!?:;-*", c < 0x80 ? (int)c : '.'))
            return FALSE;
        if (c == ')' && at > 0 && g_ascii_isdigit(text[at - 1]))
            return FALSE;
        if (g_unichar_isalnum(c) || c == ',' || c == ')')
            return TRUE;
    }
    return FALSE;
}

static gboolean is_judged(const char *text, gsize at, gsize to)
{
    guint letters = 0;
    gboolean dots = memchr(text + at, '.', to - at) != NULL;
    if (to - at > SPELL_WORD_BYTES - 2)
        return FALSE;
    for (gsize i = at; i < to; i = step(text, i)) {
        gunichar c = g_utf8_get_char(text + i);
        if (g_unichar_isdigit(c) || (i > at && g_unichar_isupper(c)))
            return FALSE;
        letters += g_unichar_isalpha(c) ? 1 : 0;
    }
    if (g_unichar_isupper(g_utf8_get_char(text + at)) && is_inside(text, at))
        return FALSE;
    return letters >= SHORTEST || (dots && letters > 1 && is_abbreviation(text, at, to));
}

gboolean spellword_next(const char *text, gsize len, gsize *at, gsize *ret_to)
{
    gsize i = *at;
    while (i < len) {
        gsize passed = pass_over(text, len, i);
        if (passed > i) {
            i = passed;
            continue;
        }
        gunichar c = g_utf8_get_char(text + i);
        if (!is_letter(c) && !g_unichar_isdigit(c)) {
            i = step(text, i);
            continue;
        }
        gsize to = piece_end(text, len, i);
        if (is_judged(text, i, to)) {
            *at = i;
            *ret_to = to;
            return TRUE;
        }
        i = to;
    }
    return FALSE;
}

char *spellword_asked(const char *text, gsize len, gsize at, gsize to)
{
    return g_strndup(text + at, to - at + (to < len && text[to] == '.' ? 1 : 0));
}
