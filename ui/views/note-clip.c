/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/views/note-clip.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app/app.h"
#include "base/limits.h"
#include "client/client.h"
#include "ui/views/note-edit.h"

/* One a session: a lock or a logout ends the process, and this with it. */
static struct {
    char *text, *patient;
} held;

static void put(const char *text, gpointer data)
{
    const View *v = data;
    g_free(held.text);
    g_free(held.patient);
    held.text = g_strdup(text);
    held.patient = g_strdup(patient_ctx_id(v->patient));
}

static const char *get(gpointer data)
{
    View *v = data;
    if (held.text && g_strcmp0(held.patient, patient_ctx_id(v->patient)) != 0) {
        v->app->frontend->status(v->app, STATUS_ERROR, _("NOT PASTED: the text was cut or copied from another patient's note"));
        return NULL;
    }
    return held.text;
}

static void on_full(gpointer data)
{
    enum { MB = 1000 * 1000 };
    const View *v = data;
    g_autofree char *why = g_strdup_printf(_("NOT INSERTED: a note holds up to %u MB of text, and this would be more"),
                                           (guint)(LIMIT_NOTE_BYTES / MB));
    v->app->frontend->status(v->app, STATUS_ERROR, why);
}

/* Of all its sökord, with their headings as they will stand between them. */
static gsize held_by_note(gpointer data)
{
    enum { BETWEEN = 4 };
    const View *v = data;
    const NoteEdit *e = v->state;
    gsize n = 0;
    for (guint i = 0; e && e->editors && i < e->editors->len; i++)
        if (e->editors->pdata[i])
            n += editor_buffer_length(editor_buffer(e->editors->pdata[i]));
    for (guint i = 0; e && e->note && i < e->note->sections->len; i++)
        n += strlen(((const NoteSection *)e->note->sections->pdata[i])->title) + BETWEEN;
    return n;
}

Editor *note_clip_editor(View *v, const char *text)
{
    Editor *e = editor_new(text);
    const EditorClipboard clipboard = {put, get, v};
    editor_set_clipboard(e, &clipboard);
    editor_buffer_set_room(editor_buffer(e), held_by_note, on_full, v);
    return e;
}
