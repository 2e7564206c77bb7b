/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/views/note-typed.h"

#include <string.h>

typedef struct {
    NoteTyped *typed;
    guint section;
} Heard;

struct NoteTyped {
    GPtrArray *heard;  /* Heard: one a section */
    gboolean whole;    /* the draft is what the editors had when it was saved last */
    gsize head;        /* bytes of the draft before the note's own form */
    guint changes;     /* since then */
    guint section;     /* of the only one */
    gsize at, removed;
    GString *text;
};

NoteTyped *note_typed_new(void)
{
    NoteTyped *t = g_new0(NoteTyped, 1);
    t->heard = g_ptr_array_new_with_free_func(g_free);
    t->text = g_string_new(NULL);
    return t;
}

void note_typed_free(NoteTyped *t)
{
    if (!t)
        return;
    g_ptr_array_unref(t->heard);
    g_string_free(t->text, TRUE);
    g_free(t);
}

static void on_edit(gsize at, gsize removed, const char *text, gsize len, gpointer data)
{
    const Heard *h = data;
    NoteTyped *t = h->typed;
    if (t->changes++)
        return;
    t->section = h->section;
    t->at = at;
    t->removed = removed;
    g_string_truncate(t->text, 0);
    g_string_append_len(t->text, text, (gssize)len);
}

void note_typed_saved(NoteTyped *t, const NoteEdit *e)
{
    for (guint i = t->heard->len; i < e->editors->len; i++) {
        Heard *h = g_new0(Heard, 1);
        *h = (Heard){t, i};
        g_ptr_array_add(t->heard, h);
    }
    for (guint i = 0; i < e->editors->len; i++) /* one may have come in between */
        if (e->editors->pdata[i])
            editor_buffer_on_edit(editor_buffer(e->editors->pdata[i]), on_edit, t->heard->pdata[i]);
    t->head = note_draft_head(&e->about);
    t->whole = TRUE;
    t->changes = 0;
}

void note_typed_forget(NoteTyped *t)
{
    t->whole = FALSE;
}

static gsize length_now(const NoteEdit *e, guint section)
{
    const NoteSection *s = e->note->sections->pdata[section];
    Editor *editor = e->editors->pdata[section];
    return editor ? editor_buffer_length(editor_buffer(editor)) : strlen(s->text);
}

/* Where it begins in the draft. A sökord that was empty, or is now, is not in the form. */
static gboolean find_place(const NoteTyped *t, const NoteEdit *e, gsize *ret_at)
{
    g_autofree gsize *lengths = g_new0(gsize, e->editors->len);
    for (guint i = 0; i < e->editors->len; i++)
        lengths[i] = length_now(e, i);
    gsize now = lengths[t->section], before = now + t->removed - t->text->len;
    *ret_at = t->head + note_draft_offset(e->note, lengths, t->section) + t->at;
    return now > 0 && before > 0;
}

gboolean note_typed_save(NoteTyped *t, App *app, const NoteEdit *e, const char *place, GError **error)
{
    gsize at = 0;
    if (!t->whole || t->changes > 1 || e->note->sections->len != e->editors->len || t->heard->len != e->editors->len ||
        (t->changes && !find_place(t, e, &at)))
        return FALSE;
    g_autoptr(GBytes) meta = note_draft_meta(e->focus, place);
    gboolean any = t->changes > 0;
    t->changes = 0;
    return app->services.draft_edit(app->services.self, e->draft_id, at, any ? t->removed : 0, any ? t->text->str : "",
                                    any ? t->text->len : 0, meta, error);
}
