/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/widgets/editor-buffer.h"

#include "base/limits.h"
#include "base/text.h"
#include "ui/widgets/gap-text.h"

#include <string.h>

#define CONTEXT 256             /* bytes around a place: enough for any grapheme or word in practice */
#define UNDO_BYTES (16u << 20)  /* the oldest steps go first */

typedef struct {
    gsize at;
    char *removed, *inserted;
    gsize cursor_before;
} Edit;

struct EditorBuffer {
    GapText *text;
    gsize cursor, mark;
    gboolean marked;
    guint64 version;
    gsize changed; /* see editor_buffer_take_changed() */
    GQueue *undo;    /* Edit, newest last */
    GPtrArray *redo; /* Edit, next last */
    gsize undo_bytes;
    gboolean broken; /* the next edit joins nothing */
    EditorEditFn on_edit;
    gpointer on_edit_data;
    gsize (*held)(gpointer data);
    void (*full)(gpointer data);
    gpointer room_data;
};

/* ---- the text ---- */

gsize editor_buffer_length(const EditorBuffer *b)
{
    return gap_text_length(b->text);
}

char *editor_buffer_slice(const EditorBuffer *b, gsize from, gsize to)
{
    return gap_text_slice(b->text, from, to);
}

gsize editor_buffer_lines(const EditorBuffer *b)
{
    return gap_text_lines(b->text);
}

gsize editor_buffer_line_start(const EditorBuffer *b, gsize line)
{
    return gap_text_line_start(b->text, line);
}

gsize editor_buffer_line_end(const EditorBuffer *b, gsize line)
{
    return gap_text_line_end(b->text, line);
}

gsize editor_buffer_line_at(const EditorBuffer *b, gsize at)
{
    return gap_text_line_at(b->text, at);
}

char *editor_buffer_text(const EditorBuffer *b)
{
    return editor_buffer_slice(b, 0, editor_buffer_length(b));
}

guint64 editor_buffer_version(const EditorBuffer *b)
{
    return b->version;
}

gsize editor_buffer_take_changed(EditorBuffer *b)
{
    gsize changed = b->changed;
    b->changed = G_MAXSIZE;
    return changed;
}

static void splice(EditorBuffer *b, gsize at, gsize removed, const char *inserted)
{
    gsize n = strlen(inserted);
    gap_text_splice(b->text, at, removed, inserted, n);
    b->version++;
    b->changed = MIN(b->changed, at);
    if (b->on_edit)
        b->on_edit(at, removed, inserted, n, b->on_edit_data);
}

/* ---- life ---- */

static void edit_free(gpointer p)
{
    Edit *e = p;
    g_free(e->removed);
    g_free(e->inserted);
    g_free(e);
}

/* What may stand in a note: composed, newlines only as \n, nothing that steers a terminal. */
static char *clean(const char *utf8)
{
    g_autofree char *valid = g_utf8_make_valid(utf8, -1);
    g_autoptr(GString) out = g_string_sized_new(strlen(valid));
    for (const char *p = valid; *p; p = g_utf8_next_char(p)) {
        gunichar ch = g_utf8_get_char(p);
        GUnicodeType type = g_unichar_type(ch);
        if (ch == '\t')
            g_string_append(out, "    ");
        else if (ch == 0x2028 || ch == 0x2029 || (ch == '\r' && p[1] != '\n'))
            g_string_append_c(out, '\n');
        else if (ch == '\n' || (type != G_UNICODE_CONTROL && type != G_UNICODE_FORMAT))
            g_string_append_unichar(out, ch);
    }
    return text_nfc(out->str);
}

EditorBuffer *editor_buffer_new(const char *text)
{
    EditorBuffer *b = g_new0(EditorBuffer, 1);
    b->text = gap_text_new();
    b->undo = g_queue_new();
    b->redo = g_ptr_array_new_with_free_func(edit_free);
    if (text && *text) {
        g_autofree char *safe = clean(text);
        splice(b, 0, 0, safe);
    }
    return b;
}

void editor_buffer_free(EditorBuffer *b)
{
    if (!b)
        return;
    gap_text_free(b->text);
    g_queue_free_full(b->undo, edit_free);
    g_ptr_array_unref(b->redo);
    g_free(b);
}

void editor_buffer_on_edit(EditorBuffer *b, EditorEditFn fn, gpointer data)
{
    b->on_edit = fn;
    b->on_edit_data = data;
}

/* ---- moving ---- */

gsize editor_buffer_next(const EditorBuffer *b, gsize at)
{
    gsize length = editor_buffer_length(b);
    if (at >= length)
        return length;
    if (gap_text_byte(b->text, at) == '\n')
        return at + 1;
    g_autofree char *s = editor_buffer_slice(b, at, at + CONTEXT);
    return at + text_next(s, strlen(s), 0);
}

/* The start of the context before @at, at a character. */
static gsize context_before(const EditorBuffer *b, gsize at)
{
    gsize from = at > CONTEXT ? at - CONTEXT : 0;
    while (from > 0 && from < at && ((guchar)gap_text_byte(b->text, from) & 0xc0) == 0x80)
        from++;
    return from;
}

gsize editor_buffer_prev(const EditorBuffer *b, gsize at)
{
    if (at == 0)
        return 0;
    if (gap_text_byte(b->text, at - 1) == '\n')
        return at - 1;
    gsize from = context_before(b, at);
    g_autofree char *s = editor_buffer_slice(b, from, at);
    return from + text_prev(s, at - from, at - from);
}

gsize editor_buffer_next_word(const EditorBuffer *b, gsize at)
{
    g_autofree char *s = editor_buffer_slice(b, at, at + CONTEXT);
    return at + text_next_word(s, strlen(s), 0);
}

gsize editor_buffer_prev_word(const EditorBuffer *b, gsize at)
{
    gsize from = context_before(b, at);
    g_autofree char *s = editor_buffer_slice(b, from, at);
    return from + text_prev_word(s, at - from, at - from);
}

gsize editor_buffer_cursor(const EditorBuffer *b)
{
    return b->cursor;
}

void editor_buffer_set_cursor(EditorBuffer *b, gsize at)
{
    at = MIN(at, editor_buffer_length(b));
    while (at > 0 && at < editor_buffer_length(b) && ((guchar)gap_text_byte(b->text, at) & 0xc0) == 0x80)
        at--;
    if (at > 0 && at < editor_buffer_length(b)) {
        gsize before = editor_buffer_prev(b, at);
        if (editor_buffer_next(b, before) != at)
            at = before;
    }
    if (at != b->cursor)
        b->broken = TRUE;
    b->cursor = at;
}

gboolean editor_buffer_has_mark(const EditorBuffer *b, gsize *ret_from, gsize *ret_to)
{
    if (!b->marked || b->mark == b->cursor)
        return FALSE;
    if (ret_from)
        *ret_from = MIN(b->mark, b->cursor);
    if (ret_to)
        *ret_to = MAX(b->mark, b->cursor);
    return TRUE;
}

void editor_buffer_set_mark(EditorBuffer *b, gboolean on)
{
    b->marked = on;
    b->mark = b->cursor;
}

/* ---- editing ---- */

static gsize edit_bytes(const Edit *e)
{
    return strlen(e->removed) + strlen(e->inserted);
}

/* Typing goes on where the last insertion ended, and no new word begins. */
static gboolean joins(const EditorBuffer *b, gsize at, gsize removed, const char *inserted)
{
    const Edit *last = g_queue_peek_tail(b->undo);
    gsize n = strlen(inserted);
    if (b->broken || !last || removed > 0 || n == 0 || n > 8 || *inserted == '\n' ||
        last->removed[0])
        return FALSE;
    gsize len = strlen(last->inserted);
    if (len == 0 || last->at + len != at)
        return FALSE;
    char before = last->inserted[len - 1];
    return before != '\n' && !(before == ' ' && *inserted != ' ');
}

static void edit(EditorBuffer *b, gsize at, gsize removed, const char *inserted)
{
    if (removed == 0 && *inserted == '\0')
        return;
    g_ptr_array_set_size(b->redo, 0);
    if (joins(b, at, removed, inserted)) {
        Edit *last = g_queue_peek_tail(b->undo);
        char *both = g_strconcat(last->inserted, inserted, NULL);
        g_free(last->inserted);
        last->inserted = both;
        b->undo_bytes += strlen(inserted);
    } else {
        Edit *e = g_new0(Edit, 1);
        *e = (Edit){at, editor_buffer_slice(b, at, at + removed), g_strdup(inserted), b->cursor};
        g_queue_push_tail(b->undo, e);
        b->undo_bytes += edit_bytes(e);
    }
    while (b->undo_bytes > UNDO_BYTES && b->undo->length > 1) {
        Edit *oldest = g_queue_pop_head(b->undo);
        b->undo_bytes -= edit_bytes(oldest);
        edit_free(oldest);
    }
    splice(b, at, removed, inserted);
    b->cursor = at + strlen(inserted);
    b->marked = b->broken = FALSE;
}

void editor_buffer_set_room(EditorBuffer *b, gsize (*held)(gpointer data), void (*full)(gpointer data), gpointer data)
{
    b->held = held;
    b->full = full;
    b->room_data = data;
}

/* What makes the text no longer always has room. */
static gboolean has_room(const EditorBuffer *b, gsize removed, gsize added)
{
    gsize held = b->held ? b->held(b->room_data) : editor_buffer_length(b);
    if (added <= removed || held - removed + added <= LIMIT_NOTE_BYTES)
        return TRUE;
    if (b->full)
        b->full(b->room_data);
    return FALSE;
}

gboolean editor_buffer_insert(EditorBuffer *b, const char *utf8)
{
    g_autofree char *safe = clean(utf8);
    gsize from = b->cursor, to = b->cursor;
    editor_buffer_has_mark(b, &from, &to);
    if (!has_room(b, to - from, strlen(safe)))
        return FALSE;
    if (from == to && from > 0 && *safe && g_unichar_ismark(g_utf8_get_char(safe))) {
        /* typed after its letter: compose with it */
        gsize before = editor_buffer_prev(b, from);
        g_autofree char *letter = editor_buffer_slice(b, before, from);
        g_autofree char *both = g_strconcat(letter, safe, NULL);
        g_free(safe);
        safe = text_nfc(both);
        from = before;
    }
    edit(b, from, to - from, safe);
    return TRUE;
}

gboolean editor_buffer_replace(EditorBuffer *b, gsize from, gsize to, const char *utf8)
{
    g_autofree char *safe = clean(utf8);
    if (!has_room(b, to - from, strlen(safe)))
        return FALSE;
    b->broken = TRUE;
    edit(b, from, to - from, safe);
    b->broken = TRUE;
    return TRUE;
}

static void remove_range(EditorBuffer *b, gsize from, gsize to)
{
    editor_buffer_has_mark(b, &from, &to);
    edit(b, from, to - from, "");
}

void editor_buffer_backspace(EditorBuffer *b)
{
    remove_range(b, editor_buffer_prev(b, b->cursor), b->cursor);
}

void editor_buffer_delete(EditorBuffer *b)
{
    remove_range(b, b->cursor, editor_buffer_next(b, b->cursor));
}

void editor_buffer_delete_word_back(EditorBuffer *b)
{
    remove_range(b, editor_buffer_prev_word(b, b->cursor), b->cursor);
}

void editor_buffer_delete_line_end(EditorBuffer *b)
{
    gsize end = editor_buffer_line_end(b, editor_buffer_line_at(b, b->cursor));
    remove_range(b, b->cursor, end > b->cursor ? end : editor_buffer_next(b, b->cursor));
}

char *editor_buffer_copy(const EditorBuffer *b)
{
    gsize from, to;
    return editor_buffer_has_mark(b, &from, &to) ? editor_buffer_slice(b, from, to) : NULL;
}

char *editor_buffer_cut(EditorBuffer *b)
{
    char *text = editor_buffer_copy(b);
    if (text)
        remove_range(b, b->cursor, b->cursor);
    return text;
}

/* ---- undo ---- */

void editor_buffer_break_undo(EditorBuffer *b)
{
    b->broken = TRUE;
}

gboolean editor_buffer_undo(EditorBuffer *b)
{
    Edit *e = g_queue_pop_tail(b->undo);
    if (!e)
        return FALSE;
    b->undo_bytes -= edit_bytes(e);
    splice(b, e->at, strlen(e->inserted), e->removed);
    b->cursor = MIN(e->cursor_before, editor_buffer_length(b));
    b->marked = FALSE;
    b->broken = TRUE;
    g_ptr_array_add(b->redo, e);
    return TRUE;
}

gboolean editor_buffer_redo(EditorBuffer *b)
{
    if (b->redo->len == 0)
        return FALSE;
    Edit *e = g_ptr_array_steal_index(b->redo, b->redo->len - 1);
    splice(b, e->at, strlen(e->removed), e->inserted);
    b->cursor = e->at + strlen(e->inserted);
    b->marked = FALSE;
    b->broken = TRUE;
    b->undo_bytes += edit_bytes(e);
    g_queue_push_tail(b->undo, e);
    return TRUE;
}

/* ---- across buffers ---- */

struct EditorHistory {
    GQueue *undo;
    GPtrArray *redo;
    gsize undo_bytes;
    char *text; /* digest of the text that it fits */
};

static char *digest(const EditorBuffer *b)
{
    g_autofree char *text = editor_buffer_text(b);
    return g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, -1);
}

EditorHistory *editor_buffer_take_history(EditorBuffer *b)
{
    if (!b->undo->length && !b->redo->len)
        return NULL;
    EditorHistory *h = g_new0(EditorHistory, 1);
    *h = (EditorHistory){b->undo, b->redo, b->undo_bytes, digest(b)};
    b->undo = g_queue_new();
    b->redo = g_ptr_array_new_with_free_func(edit_free);
    b->undo_bytes = 0;
    return h;
}

gboolean editor_buffer_give_history(EditorBuffer *b, EditorHistory *h)
{
    g_autofree char *text = digest(b);
    gboolean same = strcmp(text, h->text) == 0;
    if (same) {
        GQueue *undo = g_steal_pointer(&b->undo);
        GPtrArray *redo = g_steal_pointer(&b->redo);
        b->undo = h->undo;
        b->redo = h->redo;
        b->undo_bytes = h->undo_bytes;
        b->broken = TRUE;
        h->undo = undo; /* those of a text that has just begun */
        h->redo = redo;
    }
    editor_history_free(h);
    return same;
}

void editor_history_free(EditorHistory *h)
{
    if (!h)
        return;
    g_queue_free_full(h->undo, edit_free);
    g_ptr_array_unref(h->redo);
    g_free(h->text);
    g_free(h);
}
