/* SPDX-License-Identifier: GPL-3.0-or-later
 * Searching in the text of an editor, and its sentences. */
#include <string.h>

#include "ui/widgets/editor-buffer.h"

#define SENTENCE_BYTES 8192 /* looked through at most; a longer sentence is gone through in steps */

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

/* ---- sentences ---- */

/* A sentence begins at @p: @text is where looking began, the start of a line where @p == @text. "t.ex. ca 5"
 * and "3.5 mg" hold none. */
static gboolean begins(const char *text, const char *p)
{
    const char *before = p;
    if (*p == '\n' || *p == ' ' || *p == '\0')
        return FALSE;
    while (before > text && before[-1] == ' ')
        before--;
    if (before == text || before[-1] == '\n') /* the first letter of a line */
        return TRUE;
    gunichar c = g_utf8_get_char(p);
    return before < p && strchr(".!?", before[-1]) && (g_unichar_isupper(c) || g_unichar_isdigit(c));
}

gsize editor_buffer_next_sentence(const EditorBuffer *b, gsize at)
{
    gsize length = editor_buffer_length(b), line = editor_buffer_line_start(b, editor_buffer_line_at(b, at));
    gsize from = at - line > SENTENCE_BYTES ? at : line;
    g_autofree char *text = editor_buffer_slice(b, from, at + SENTENCE_BYTES);
    const char *p = text + (at - from);
    for (p = *p ? g_utf8_next_char(p) : p; *p; p = g_utf8_next_char(p))
        if (begins(text, p))
            return from + (gsize)(p - text);
    return MIN(at + SENTENCE_BYTES, length);
}

gsize editor_buffer_prev_sentence(const EditorBuffer *b, gsize at)
{
    gsize line = editor_buffer_line_at(b, at > SENTENCE_BYTES ? at - SENTENCE_BYTES : 0);
    gsize from = editor_buffer_line_start(b, line), best;
    g_autofree char *text = editor_buffer_slice(b, from, at);
    best = from;
    for (const char *p = text; *p; p = g_utf8_next_char(p))
        if (begins(text, p))
            best = from + (gsize)(p - text);
    return best;
}
