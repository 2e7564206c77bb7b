/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/views/note-blank.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app/app.h"
#include "chart/phrase-value.h"
#include "chart/phrase.h"

#define WAITS " …"

char *note_blank_waiting(const char *key)
{
    g_autofree char *label = phrase_value_label(key), *waits = g_strconcat(label, WAITS, NULL);
    return phrase_blank(waits, NULL);
}

char *note_blank_key(const char *blank)
{
    g_autofree char *label = phrase_blank_label(blank);
    if (!g_str_has_suffix(label, WAITS))
        return NULL;
    label[strlen(label) - strlen(WAITS)] = '\0';
    g_autofree char *key = g_utf8_strdown(label, -1);
    return phrase_value_known(key) ? g_steal_pointer(&key) : NULL;
}

gboolean note_blank_visit(EditorBuffer *b, gsize from)
{
    g_autofree char *text = editor_buffer_text(b);
    gsize a, z;
    while (phrase_blank_find(text, from, &a, &z)) {
        g_autofree char *blank = g_strndup(text + a, z - a), *waits = note_blank_key(blank);
        from = z;
        if (waits) /* it fills itself in */
            continue;
        editor_buffer_set_mark(b, FALSE);
        editor_buffer_set_cursor(b, a);
        editor_buffer_set_mark(b, TRUE);
        editor_buffer_set_cursor(b, z);
        return TRUE;
    }
    return FALSE;
}

static char *blank_here(const EditorBuffer *b, gsize *ret_from, gsize *ret_to)
{
    gsize a, z, from, to;
    if (!editor_buffer_has_mark(b, &a, &z))
        return NULL;
    g_autofree char *marked = editor_buffer_slice(b, a, z);
    if (!phrase_blank_find(marked, 0, &from, &to) || from != 0 || to != z - a)
        return NULL;
    if (ret_from)
        *ret_from = a;
    if (ret_to)
        *ret_to = z;
    return g_steal_pointer(&marked);
}

gboolean note_blank_here(const EditorBuffer *b, gsize *ret_from, gsize *ret_to)
{
    g_autofree char *blank = blank_here(b, ret_from, ret_to);
    return blank != NULL;
}

gboolean note_blank_choose(EditorBuffer *b, const char *utf8)
{
    gsize from, to;
    if (!g_ascii_isdigit(*utf8) || utf8[1])
        return FALSE;
    g_autofree char *blank = blank_here(b, &from, &to);
    g_auto(GStrv) choices = blank ? phrase_blank_choices(blank) : NULL;
    guint i = (guint)(*utf8 - '1');
    if (!choices || i >= g_strv_length(choices))
        return FALSE;
    editor_buffer_replace(b, from, to, choices[i]);
    return TRUE;
}

char *note_blank_help(const EditorBuffer *b)
{
    g_autofree char *blank = blank_here(b, NULL, NULL), *label = blank ? phrase_blank_label(blank) : NULL;
    g_auto(GStrv) choices = blank ? phrase_blank_choices(blank) : NULL;
    if (!blank)
        return NULL;
    GString *help = g_string_new(NULL);
    g_string_append_printf(help, choices ? "%s: " : _("Fill in: %s"), label);
    for (guint i = 0; choices && choices[i] && i < 9; i++)
        g_string_append_printf(help, "%s%u %s", i ? "  " : "", i + 1, choices[i]);
    return g_string_free(help, FALSE);
}

gboolean note_blank_none_left(const char *text, GError **error)
{
    gsize from, to;
    if (!phrase_blank_find(text, 0, &from, &to))
        return TRUE;
    g_autofree char *blank = g_strndup(text + from, to - from), *label = phrase_blank_label(blank);
    g_set_error(error, APP_ERROR, APP_ERROR_NEEDS, _("Fill in first: %s"), label);
    return FALSE;
}
