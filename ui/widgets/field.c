/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/widgets/field.h"

#include "base/text.h"
#include "ui/widgets/editor-buffer.h"

#include <string.h>

struct Field {
    EditorBuffer *buffer; /* NULL in a secret field */
    SecretBuf *secret;
    gsize secret_max;
    char *text;  /* what field_text() lent */
    char *error;
    gsize first; /* the first byte that is visible */
};

Field *field_new(const char *initial)
{
    Field *f = g_new0(Field, 1);
    f->buffer = editor_buffer_new(NULL);
    field_set(f, initial ? initial : "");
    return f;
}

Field *field_new_secret(gsize max)
{
    Field *f = g_new0(Field, 1);
    f->secret_max = max;
    f->secret = secret_new(max);
    return f;
}

void field_free(Field *f)
{
    if (!f)
        return;
    editor_buffer_free(f->buffer);
    secret_free(f->secret);
    g_free(f->text);
    g_free(f->error);
    g_free(f);
}

const char *field_text(const Field *f)
{
    Field *mine = (Field *)f; /* only the lent copy changes */
    if (!f->buffer)
        return "";
    g_free(mine->text);
    mine->text = editor_buffer_text(f->buffer);
    return f->text;
}

SecretBuf *field_take_secret(Field *f)
{
    SecretBuf *taken = g_steal_pointer(&f->secret);
    f->secret = secret_new(f->secret_max);
    return taken;
}

gsize field_length(const Field *f)
{
    if (!f->buffer) {
        gsize n = 0;
        for (gsize i = 0; i < f->secret->len; i++)
            n += (f->secret->data[i] & 0xc0) != 0x80;
        return n;
    }
    gsize n = 0, length = editor_buffer_length(f->buffer);
    for (gsize at = 0; at < length; at = editor_buffer_next(f->buffer, at))
        n++;
    return n;
}

gsize field_cursor(const Field *f)
{
    return f->buffer ? editor_buffer_cursor(f->buffer) : f->secret->len;
}

void field_set(Field *f, const char *text)
{
    if (!f->buffer)
        return;
    g_autofree char *line = g_strdelimit(g_strdup(text), "\r\n", ' ');
    editor_buffer_replace(f->buffer, 0, editor_buffer_length(f->buffer), line);
    f->first = 0;
}

void field_set_error(Field *f, const char *sentence)
{
    g_free(f->error);
    f->error = g_strdup(sentence);
}

static WidgetResult secret_input(Field *f, const char *utf8, gboolean paste)
{
    if (!widget_is_named_key(utf8, paste))
        return secret_append(f->secret, utf8, strcspn(utf8, "\r\n")) ? WIDGET_HANDLED | WIDGET_CHANGED
                                                                     : WIDGET_HANDLED;
    if (strcmp(utf8, "<BS>") == 0) {
        while (f->secret->len > 0 && (f->secret->data[f->secret->len - 1] & 0xc0) == 0x80)
            f->secret->data[--f->secret->len] = 0;
        if (f->secret->len > 0)
            f->secret->data[--f->secret->len] = 0;
        return WIDGET_HANDLED | WIDGET_CHANGED;
    }
    if (strcmp(utf8, "<C-u>") == 0) {
        secret_clear(f->secret);
        return WIDGET_HANDLED | WIDGET_CHANGED;
    }
    return WIDGET_IGNORED;
}

static gboolean move_key(EditorBuffer *b, const char *key)
{
    gsize at = editor_buffer_cursor(b);
    if (strcmp(key, "<Left>") == 0)
        editor_buffer_set_cursor(b, editor_buffer_prev(b, at));
    else if (strcmp(key, "<Right>") == 0)
        editor_buffer_set_cursor(b, editor_buffer_next(b, at));
    else if (strcmp(key, "<C-Left>") == 0)
        editor_buffer_set_cursor(b, editor_buffer_prev_word(b, at));
    else if (strcmp(key, "<C-Right>") == 0)
        editor_buffer_set_cursor(b, editor_buffer_next_word(b, at));
    else if (strcmp(key, "<Home>") == 0 || strcmp(key, "<C-a>") == 0)
        editor_buffer_set_cursor(b, 0);
    else if (strcmp(key, "<End>") == 0 || strcmp(key, "<C-e>") == 0)
        editor_buffer_set_cursor(b, editor_buffer_length(b));
    else
        return FALSE;
    return TRUE;
}

static gboolean edit_key(EditorBuffer *b, const char *key)
{
    if (strcmp(key, "<BS>") == 0)
        editor_buffer_backspace(b);
    else if (strcmp(key, "<Del>") == 0)
        editor_buffer_delete(b);
    else if (strcmp(key, "<C-w>") == 0)
        editor_buffer_delete_word_back(b);
    else if (strcmp(key, "<C-u>") == 0)
        editor_buffer_replace(b, 0, editor_buffer_cursor(b), "");
    else if (strcmp(key, "<C-k>") == 0)
        editor_buffer_delete_line_end(b);
    else if (strcmp(key, "<C-z>") == 0)
        editor_buffer_undo(b);
    else if (strcmp(key, "<C-y>") == 0)
        editor_buffer_redo(b);
    else if (strcmp(key, "<Space>") == 0)
        editor_buffer_insert(b, " ");
    else
        return FALSE;
    return TRUE;
}

WidgetResult field_input(Field *f, const char *utf8, gboolean paste)
{
    gboolean named = widget_is_named_key(utf8, paste);
    if (named && strcmp(utf8, "<Enter>") == 0)
        return WIDGET_HANDLED | WIDGET_ACCEPT;
    if (named && strcmp(utf8, "<Esc>") == 0)
        return WIDGET_HANDLED | WIDGET_CANCEL;
    WidgetResult result = WIDGET_HANDLED | WIDGET_CHANGED;
    if (!f->buffer) {
        result = secret_input(f, utf8, paste);
    } else if (!named) {
        /* a scanner ends what it reads with a line end: that is no part of it */
        g_autofree char *line = g_strdelimit(g_strchomp(g_strdup(utf8)), "\r\n\t", ' ');
        editor_buffer_insert(f->buffer, *line || paste ? line : utf8);
    } else if (move_key(f->buffer, utf8)) {
        return WIDGET_HANDLED;
    } else if (!edit_key(f->buffer, utf8)) {
        return WIDGET_IGNORED;
    }
    if (result & WIDGET_CHANGED)
        field_set_error(f, NULL);
    return result;
}

/* Scrolls so that the cursor is within @width cells; returns its column. */
static int scroll_to_cursor(Field *f, const char *text, gsize cursor, int width)
{
    gsize len = strlen(text);
    if (cursor < f->first || f->first > len)
        f->first = cursor;
    while (text_width(text + f->first, (gssize)(cursor - f->first)) >= width)
        f->first = text_next(text, len, f->first);
    return text_width(text + f->first, (gssize)(cursor - f->first));
}

void field_paint(Field *f, Canvas *c, int row, int col, int width, gboolean focused)
{
    g_autofree char *dots = f->buffer ? NULL : g_strnfill(field_length(f), '*');
    const char *text = dots ? dots : field_text(f);
    gsize cursor = dots ? strlen(dots) : field_cursor(f);
    int at = scroll_to_cursor(f, text, cursor, width);
    canvas_fill(c, (Rect){row, col, 1, width}, STYLE_FIELD);
    canvas_push(c, (Rect){row, col, 1, width});
    canvas_text(c, 0, 0, STYLE_FIELD, text + f->first);
    canvas_pop(c);
    if (f->error)
        canvas_text(c, row + 1, col, STYLE_FIELD_ERROR, f->error);
    if (focused)
        canvas_cursor(c, row, col + at);
}
