/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/note-doubt.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base/identity.h"

#define UNREADABLE 0xfffd /* what stands for bytes that are no character */
#define NUMBER_BYTES 24

static guint unreadable(const char *text)
{
    guint n = 0;
    for (const char *p = text; *p; p = g_utf8_next_char(p))
        n += g_utf8_get_char(p) == UNREADABLE;
    return n;
}

/* Digits with one sign between them, as a person's number is written: how long it is, 0 when this begins none. The last
 * four may be letter and digits (reservnummer). */
static gsize number_length(const char *p)
{
    gsize n = 0, digits = 0, signs = 0;
    for (; p[n] && n < NUMBER_BYTES; n++) {
        if (g_ascii_isdigit(p[n]) || (digits >= 6 && g_ascii_isupper(p[n])))
            digits++;
        else if (strchr("-+", p[n]) && digits >= 6 && !signs && g_ascii_isalnum(p[n + 1]))
            signs++;
        else
            break;
    }
    return digits == 10 || digits == 12 ? n : 0;
}

/* A lone row of ten digits is seldom a person; with its sign or its century it is written as one. */
static gboolean is_a_person(const char *number, CivilDate today, Identity *ret)
{
    return (strpbrk(number, "-+") || strlen(number) == 12) && identity_parse(number, today, ret);
}

/* Each once, with a comma between. */
static void name_once(GString *all, const char *sign, const char *name)
{
    g_autofree char *one = g_strconcat(sign, name, NULL);
    if (!strstr(all->str, one))
        g_string_append_printf(all, "%s%s", all->len ? ", " : "", one);
}

static char *others_numbers(const char *text, const char *own, CivilDate today)
{
    Identity mine = {0}, one;
    gboolean known = own && identity_parse(own, today, &mine);
    g_autoptr(GString) all = g_string_new(NULL);
    for (const char *p = text; *p;) {
        gsize n = g_ascii_isdigit(*p) ? number_length(p) : 0;
        g_autofree char *number = g_strndup(p, n);
        if (n && is_a_person(number, today, &one) && !(known && strcmp(one.id12, mine.id12) == 0)) {
            g_autofree char *shown = identity_display(one.id12);
            name_once(all, "", shown);
        }
        p += n ? n : 1;
        while (!n && g_ascii_isdigit(p[-1]) && g_ascii_isdigit(*p)) /* not from within a longer number */
            p++;
    }
    return g_string_free(g_steal_pointer(&all), FALSE);
}

/* ".cor", also where it was glued to a word and so was never taken for one. */
static char *left_phrases(const char *text, const Phrases *phrases)
{
    g_autoptr(GString) all = g_string_new(NULL);
    for (const char *dot = strchr(text, '.'); phrases && dot; dot = strchr(dot + 1, '.')) {
        const char *end = dot + 1;
        while (g_unichar_isalnum(g_utf8_get_char(end)) || *end == '-' || *end == '_')
            end = g_utf8_next_char(end);
        g_autofree char *name = g_strndup(dot + 1, (gsize)(end - dot - 1));
        if (*name && phrases_find(phrases, name))
            name_once(all, ".", name);
    }
    return g_string_free(g_steal_pointer(&all), FALSE);
}

GPtrArray *note_doubts(const char *text, const char *own, CivilDate today, const Phrases *phrases)
{
    GPtrArray *doubts = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *numbers = others_numbers(text, own, today), *left = left_phrases(text, phrases);
    guint n = unreadable(text);
    if (*numbers)
        g_ptr_array_add(doubts, g_strdup_printf(_("ANOTHER PERSON'S NUMBER stands in the text: %s"), numbers));
    if (n)
        g_ptr_array_add(doubts, g_strdup_printf(ngettext("%u character could not be read", "%u characters could not be read", n), n));
    if (*left)
        g_ptr_array_add(doubts, g_strdup_printf(_("A phrase stands there by its name, not filled in: %s"), left));
    return doubts;
}
