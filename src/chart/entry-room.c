/* SPDX-License-Identifier: GPL-3.0-or-later
 * Where in the line of an entry an answer is typed: behind what is wrong, or where what is missing gets to be a word of its
 * own; before the reason, which is the rest of the line. */
#include <string.h>

#include "chart/entry-internal.h"

gsize entry_reason_at(const char *line, gsize *ret_to)
{
    g_autoptr(GRegex) regex = g_regex_new("(?:^|[,\\s])\\s*skäl\\b:?\\s*", G_REGEX_CASELESS, 0, NULL);
    g_autoptr(GMatchInfo) match = NULL;
    int from = 0, to = 0;
    if (!g_regex_match(regex, line, 0, &match) || !g_match_info_fetch_pos(match, 0, &from, &to))
        from = to = (int)strlen(line);
    *ret_to = (gsize)to;
    return (gsize)from;
}

/* Between what stands there and what is typed next. */
static const char *parting(const char *head)
{
    return !*head ? "" : g_str_has_suffix(head, ",") ? " " : ", ";
}

char *entry_room_for(const char *line, const Entry *e, EntryField field, glong *ret_at)
{
    gsize to, end = entry_reason_at(line, &to);
    const char *typed = e->typed[field], *stands = *typed ? g_strrstr_len(line, (gssize)(field == ENTRY_REASON ? strlen(line) : end), typed) : NULL;
    if (stands || field == ENTRY_WHAT) {
        *ret_at = g_utf8_strlen(line, stands ? stands - line + (gssize)strlen(typed) : (gssize)end);
        return g_strdup(line);
    }
    if (field == ENTRY_REASON && end < strlen(line)) { /* the word is there, the reason is not */
        g_autofree char *begun = g_strchomp(g_strdup(line)), *open = g_strconcat(begun, " ", NULL);
        *ret_at = g_utf8_strlen(open, -1);
        return g_steal_pointer(&open);
    }
    g_autofree char *head = g_strchomp(g_strndup(line, end)), *open = g_strconcat(head, parting(head), NULL);
    *ret_at = g_utf8_strlen(open, -1);
    return g_strconcat(open, !*head && line[end] ? ", " : "", line + end, NULL);
}
