/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/views/note-undo.h"

#include <string.h>

#define MOST_DRAFTS 16 /* the one left longest ago goes first */

typedef struct {
    char *draft, *patient;
    GPtrArray *sections; /* EditorHistory or NULL, one a section */
} Kept;

static GQueue kept = G_QUEUE_INIT; /* left last at the end */

static void kept_free(gpointer p)
{
    Kept *k = p;
    g_free(k->draft);
    g_free(k->patient);
    for (guint i = 0; i < k->sections->len; i++)
        editor_history_free(k->sections->pdata[i]);
    g_ptr_array_unref(k->sections);
    g_free(k);
}

static Kept *take(const char *draft_id)
{
    for (GList *l = kept.head; l; l = l->next) {
        Kept *k = l->data;
        if (strcmp(k->draft, draft_id) != 0)
            continue;
        g_queue_delete_link(&kept, l);
        return k;
    }
    return NULL;
}

void note_undo_forget(const char *draft_id)
{
    Kept *k = take(draft_id);
    if (k)
        kept_free(k);
}

void note_undo_keep(const char *draft_id, const char *patient, const NoteEdit *e)
{
    note_undo_forget(draft_id);
    Kept *k = g_new0(Kept, 1);
    *k = (Kept){g_strdup(draft_id), g_strdup(patient), g_ptr_array_new()};
    for (guint i = 0; i < e->editors->len; i++) {
        Editor *editor = e->editors->pdata[i];
        g_ptr_array_add(k->sections, editor ? editor_buffer_take_history(editor_buffer(editor)) : NULL);
    }
    g_queue_push_tail(&kept, k);
    if (kept.length > MOST_DRAFTS)
        kept_free(g_queue_pop_head(&kept));
}

gboolean note_undo_has(const char *draft_id)
{
    for (GList *l = kept.head; l; l = l->next) {
        const Kept *k = l->data;
        for (guint i = 0; strcmp(k->draft, draft_id) == 0 && i < k->sections->len; i++)
            if (k->sections->pdata[i])
                return TRUE;
    }
    return FALSE;
}

void note_undo_give(const char *draft_id, const char *patient, const NoteEdit *e)
{
    Kept *k = take(draft_id);
    if (!k)
        return;
    gboolean same = strcmp(k->patient, patient) == 0 && k->sections->len == e->editors->len;
    for (guint i = 0; same && i < k->sections->len; i++)
        if (e->editors->pdata[i] && k->sections->pdata[i])
            editor_buffer_give_history(editor_buffer(e->editors->pdata[i]), g_steal_pointer(&k->sections->pdata[i]));
    kept_free(k);
}
