/* SPDX-License-Identifier: GPL-3.0-or-later
 * Searching in the text of an editor. */
#include "ui/widgets/editor-buffer.h"

static gsize match_length(const char *at, const char *query)
{
    const char *p = at;
    for (; *query; query = g_utf8_next_char(query), p = g_utf8_next_char(p))
        if (*p == '\0' ||
            g_unichar_tolower(g_utf8_get_char(p)) != g_unichar_tolower(g_utf8_get_char(query)))
            return 0;
    return (gsize)(p - at);
}

gboolean editor_buffer_find(const EditorBuffer *b, const char *query, gsize from, gboolean forward,
                            gsize *ret_from, gsize *ret_to)
{
    g_autofree char *text = editor_buffer_text(b);
    gboolean any = FALSE, before = FALSE;
    if (*query == '\0')
        return FALSE;
    for (const char *p = text; *p; p = g_utf8_next_char(p)) {
        gsize at = (gsize)(p - text), n = match_length(p, query);
        gboolean wanted = forward ? at >= from : at < from;
        /* beyond the end of what is wanted, the first (or last) of all is the answer */
        if (n == 0 || (!wanted && (forward ? any : before)))
            continue;
        *ret_from = at;
        *ret_to = at + n;
        any = TRUE;
        before = before || wanted;
        if (forward && wanted)
            break;
    }
    return any;
}
