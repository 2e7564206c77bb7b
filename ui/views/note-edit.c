/* SPDX-License-Identifier: GPL-3.0-or-later
 * Writing a note: choose a template (or go on with a draft), then one small editor per sökord. Every
 * key is in the sealed draft before it is painted; leaving never discards. */
#include <glib/gi18n.h>
#include <string.h>

#include "base/clock.h"
#include "chart/note-entry.h"
#include "chart/note-fetch.h"
#include "ui/views/note-blank.h"
#include "ui/views/note-clip.h"
#include "ui/views/note-edit.h"
#include "ui/views/note-offer.h"
#include "ui/views/note-typed.h"
#include "ui/views/note-undo.h"
#include "ui/views/note-vi.h"
#include "ui/views/sending.h"

/* ---- the editors ---- */

static void save(View *v);

static void start_editing(View *v, Note *note, const char *draft_id)
{
    NoteEdit *e = v->state;
    e->note = note;
    e->draft_id = draft_id ? g_strdup(draft_id) : g_uuid_string_random();
    e->editors = g_ptr_array_new_with_free_func((GDestroyNotify)editor_free);
    e->save = save;
    e->typed = note_typed_new();
    gboolean first = TRUE;
    for (guint i = 0; i < note->sections->len; i++) {
        const NoteSection *s = note->sections->pdata[i];
        g_ptr_array_add(e->editors, s->takes_text ? note_clip_editor(v, s->text) : NULL);
        if (first && s->takes_text)
            e->focus = i;
        first = first && !s->takes_text;
    }
}

static void resume_phrases(NoteEdit *e, const char *pulled)
{
    note_phrases_take_pulled(e->phrases, pulled);
    for (guint i = 0; i < e->note->sections->len; i++)
        note_phrases_resume(e->phrases, ((NoteSection *)e->note->sections->pdata[i])->text);
}

static gboolean take_draft(View *v, const char *id, GError **error)
{
    NoteEdit *e = v->state;
    NoteDraft *nd = note_draft_open(v->app, id, error);
    if (!nd)
        return FALSE;
    if (g_strcmp0(nd->patient, patient_ctx_id(v->patient)) != 0) {
        note_draft_free(nd);
        g_set_error_literal(error, APP_ERROR, APP_ERROR_NEEDS, _("This draft belongs to another patient"));
        return FALSE;
    }
    start_editing(v, g_steal_pointer(&nd->note), id);
    note_about_copy(&e->about, &nd->about);
    guint section = MIN(nd->section, e->editors->len - 1);
    if (e->editors->pdata[section]) {
        e->focus = section;
        editor_set_place(note_edit_focused(e), nd->place ? nd->place : "0 0");
    }
    e->saved_at = nd->changed;
    note_undo_give(id, nd->patient, e);
    resume_phrases(e, nd->place);
    note_draft_free(nd);
    return TRUE;
}

static void copy_texts(NoteEdit *e)
{
    for (guint i = 0; i < e->note->sections->len; i++) {
        NoteSection *s = e->note->sections->pdata[i];
        if (!e->editors->pdata[i])
            continue;
        g_free(s->text);
        s->text = editor_buffer_text(editor_buffer(e->editors->pdata[i]));
    }
}

/* One change as that change; else all of it. */
static gboolean put(View *v, const char *place, GError **error)
{
    NoteEdit *e = v->state;
    g_autoptr(GError) failed = NULL;
    if (note_typed_save(e->typed, v->app, e, place, &failed))
        return TRUE;
    note_typed_forget(e->typed);
    if (failed) {
        g_propagate_error(error, g_steal_pointer(&failed));
        return FALSE;
    }
    copy_texts(e);
    if (!note_draft_save(v->app, e->draft_id, patient_ctx_id(v->patient), &e->about, e->note, e->focus, place, error))
        return FALSE;
    note_typed_saved(e->typed, e);
    return TRUE;
}

static gboolean is_blank(const NoteEdit *e)
{
    for (guint i = 0; i < e->editors->len; i++)
        if (e->editors->pdata[i] && editor_buffer_length(editor_buffer(e->editors->pdata[i])))
            return FALSE;
    return TRUE;
}

/* Before the key is painted: what was typed and where the cursor stands are in the sealed store. */
static void save(View *v)
{
    NoteEdit *e = v->state;
    g_autoptr(GError) error = NULL;
    if (!e->saved_at && !e->problem && is_blank(e))
        return; /* a template alone is no draft; what could not be saved may yet be */
    g_autofree char *at = note_edit_focused(e) ? editor_place(note_edit_focused(e)) : g_strdup("");
    g_autofree char *pulled = note_phrases_pulled(e->phrases), *place = g_strconcat(at, pulled, NULL);
    g_clear_pointer(&e->problem, g_free);
    gboolean first = !e->saved_at;
    if (put(v, place, &error))
        e->saved_at = clock_real_us();
    else
        e->problem = g_strdup(_(error->message));
    if (e->problem) /* the head of the view has no room for what to do about it */
        v->app->frontend->status(v->app, STATUS_ERROR, e->problem);
    if (first && e->saved_at)
        shell_place_changed(v->app);
}

/* Data of the chart that a phrase waited for are here. */
static void phrases_arrived(View *v)
{
    NoteEdit *e = v->state;
    gboolean changed = FALSE;
    if (!e->note)
        return;
    for (guint i = 0; i < e->editors->len; i++)
        if (e->editors->pdata[i])
            changed = note_phrases_fill(e->phrases, editor_buffer(e->editors->pdata[i])) || changed;
    note_phrases_filled(e->phrases);
    if (changed) {
        save(v);
        view_dirty(v);
    }
}

/* ---- view ---- */

static void read_templates(View *v)
{
    NoteEdit *e = v->state;
    g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
    g_clear_pointer(&e->templates, g_ptr_array_unref);
    e->templates = note_draft_templates(v->app, v->app->who->role, problems);
    if (problems->len)
        v->app->frontend->status(v->app, STATUS_WARN, problems->pdata[0]);
}

/* While nothing is chosen yet the list is made anew, with the cursor where it was. */
static void show_templates(View *v)
{
    NoteEdit *e = v->state;
    NoteChoices *old = e->choices;
    read_templates(v);
    e->choices = note_choices_new(v->app, patient_ctx_id(v->patient), e->templates);
    note_choices_follow(e->choices, old);
    view_dirty(v);
}

static void on_templates(gboolean changed, gpointer data)
{
    View *v = data;
    NoteEdit *e = v->state;
    if (changed && !e->note)
        show_templates(v);
}

static void edit_load(View *v, LoadWhy why)
{
    NoteEdit *e = v->state;
    g_autofree char *dir = note_draft_core_templates(v->app);
    if (e->note)
        return;
    if (why == LOAD_REFRESH)
        show_templates(v);
    if (dir)
        note_templates_fetch(v->app->client, v->scope, dir, on_templates, v);
}

static gboolean edit_open(View *v, const char *arg, GError **error)
{
    NoteEdit *e = v->state;
    read_templates(v);
    e->phrases = note_phrases_new(v, phrases_arrived);
    e->offers = note_offers_new(e->phrases);
    e->spell = note_spell_new(v);
    if (arg && g_str_has_prefix(arg, "draft:"))
        return take_draft(v, arg + strlen("draft:"), error);
    for (guint i = 0; arg && i < e->templates->len; i++) {
        g_autofree char *id = note_template_id(e->templates->pdata[i]);
        if (strcmp(id, arg) == 0)
            start_editing(v, note_new(e->templates->pdata[i], NULL), NULL);
    }
    if (!e->note)
        e->choices = note_choices_new(v->app, patient_ctx_id(v->patient), e->templates);
    return TRUE;
}

static void choose(View *v)
{
    NoteEdit *e = v->state;
    g_autoptr(GError) error = NULL;
    const char *draft = NULL;
    FhirResource *template = NULL;
    if (!note_choices_chosen(e->choices, &draft, &template))
        return;
    if (draft && !take_draft(v, draft, &error))
        notify_error(v->app, error);
    else if (template)
        start_editing(v, note_new(template, NULL), NULL);
    shell_place_changed(v->app);
}

/* Something may have been: it is kept, then painted. */
static gboolean written(View *v)
{
    save(v);
    view_dirty(v);
    return TRUE;
}

static gboolean edit_text(View *v, const char *utf8, gboolean paste)
{
    NoteEdit *e = v->state;
    if (!e->note) {
        WidgetResult r = list_input(note_choices_list(e->choices), utf8, paste);
        if (r & WIDGET_ACCEPT)
            choose(v);
        view_dirty(v);
        return r != WIDGET_IGNORED;
    }
    if (sending_tells(v->app, e->draft_id))
        return FALSE;
    return (note_vi_is_normal(v) ? note_vi_key(v, utf8, paste) : note_edit_key(v, utf8, paste)) ? written(v) : FALSE;
}

/* The templates are a list; in normal mode keys are commands, but what is pasted is text. */
static gboolean edit_typing(View *v)
{
    return ((NoteEdit *)v->state)->note != NULL && !note_vi_is_normal(v);
}

/* To a required blank that is left, or an entry that cannot be so; what a correction found is not judged. */
static gboolean visit_left(View *v)
{
    NoteEdit *e = v->state;
    guint focus = e->focus;
    for (e->focus = 0; e->focus < e->editors->len && !e->about.base; e->focus++)
        if (e->editors->pdata[e->focus] && !note_edit_settle(v)) {
            view_dirty(v);
            return TRUE;
        }
    e->focus = focus;
    note_typed_forget(e->typed); /* the words of every sökord are looked at */
    save(v);
    for (guint i = 0; i < e->editors->len; i++) {
        g_autoptr(GError) error = NULL;
        const NoteSection *s = e->note->sections->pdata[i];
        if (!e->editors->pdata[i] || note_blank_none_left(s->text, &error))
            continue;
        e->focus = i;
        note_blank_visit(editor_buffer(e->editors->pdata[i]), 0);
        notify_error(v->app, error);
        view_dirty(v);
        return TRUE;
    }
    return FALSE;
}

static void edit_review(View *v)
{
    NoteEdit *e = v->state;
    g_autoptr(GError) error = NULL;
    if (!e->note)
        return;
    if (visit_left(v))
        return;
    if (!e->saved_at && !e->problem) {
        v->app->frontend->status(v->app, STATUS_WARN, _("The note is empty"));
        return;
    }
    if (!v->app->frontend->open_view(v->app, "note-review", v->patient, e->draft_id, &error) && error)
        notify_error(v->app, error);
}

static CmdResult edit_command(View *v, CmdCall *call, GError **error)
{
    NoteEdit *e = v->state;
    const char *name = call->command->name;
    if (strcmp(name, "note-review") == 0 || strcmp(name, "note-file") == 0) {
        edit_review(v);
        return CMD_DONE;
    }
    if (sending_refuses(e->draft_id, error))
        return CMD_ERROR;
    if (!e->note && strcmp(name, "open") == 0) {
        choose(v);
        view_dirty(v);
        return CMD_DONE;
    }
    if (strcmp(name, "draft-discard") == 0 && e->draft_id) {
        /* also what the disk did not take: it waits, and would be taken later */
        if (!v->app->services.draft_remove(v->app->services.self, e->draft_id, e->saved_at ? error : NULL) && e->saved_at)
            return CMD_ERROR;
        e->saved_at = 0; /* nothing is kept of it */
        v->app->frontend->close_view(v->app, v->id);
        return CMD_DONE;
    }
    if (note_vi_command(v, name))
        return written(v) ? CMD_DONE : CMD_ERROR;
    if (e->note && strcmp(name, "note-term") == 0)
        return note_term_ask(v, call, error);
    if (e->note && strcmp(name, "note-spell") == 0)
        return note_spell_next(v, call, error);
    if (e->note && g_str_has_prefix(name, "edit-find"))
        return note_find(v, call, error);
    if (e->note && strcmp(name, "phrases") == 0)
        return note_offers_pick(v, call, error);
    if (e->note && strcmp(name, "phrase-take") == 0)
        return note_edit_take(v) && written(v) ? CMD_DONE : CMD_ERROR;
    if (e->note && strcmp(name, "phrase-leave") == 0) {
        note_offers_close(e->offers);
        view_dirty(v);
        return CMD_DONE;
    }
    if (!e->note || !g_str_has_prefix(name, "edit-"))
        return CMD_ERROR;
    return note_edit_action(v, name) && written(v) ? CMD_DONE : CMD_ERROR;
}

/* While nothing is chosen there is nothing to edit, and the hints say so. */
static const char *edit_context(View *v)
{
    const NoteEdit *e = v->state;
    return !e->note ? "note-choose" : note_vi_is_normal(v) ? note_vi_context(v) : note_offers_ready(e->offers) ? "note-phrases"
           : note_offers_shown(e->offers) ? "note-dot" : "note-edit";
}

static char *edit_resume(View *v)
{
    NoteEdit *e = v->state;
    return !e->note ? NULL : e->saved_at ? g_strdup_printf("draft:%s", e->draft_id) : g_strdup(e->note->template_id);
}

/* For when the draft is gone on with; not of what has become a note. */
static void keep_undo(View *v)
{
    const NoteEdit *e = v->state;
    if (!e->note || !e->draft_id)
        return;
    g_autoptr(Draft) there = e->saved_at ? v->app->services.draft_get(v->app->services.self, e->draft_id, NULL) : NULL;
    if (there)
        note_undo_keep(e->draft_id, patient_ctx_id(v->patient), e);
    else
        note_undo_forget(e->draft_id);
    /* An addition that was begun and left, nothing written: there is nothing to keep. Where words were rubbed out they
     * may be wanted back; where the session ends one comes back to the same place. */
    if (there && is_blank(e) && !note_undo_has(e->draft_id) && !shell_is_ending(v->app))
        v->app->services.draft_remove(v->app->services.self, e->draft_id, NULL);
}

static void edit_close(View *v)
{
    NoteEdit *e = v->state;
    keep_undo(v);
    g_clear_pointer(&e->templates, g_ptr_array_unref);
    g_clear_pointer(&e->choices, note_choices_free);
    g_clear_pointer(&e->offers, note_offers_free);
    g_clear_pointer(&e->phrases, note_phrases_free);
    g_clear_pointer(&e->note, note_free);
    g_clear_pointer(&e->editors, g_ptr_array_unref);
    g_clear_pointer(&e->typed, note_typed_free);
    g_clear_pointer(&e->spell, note_spell_free);
    note_about_clear(&e->about);
    g_free(e->draft_id);
    g_free(e->query);
    g_free(e->problem);
}

const ViewClass view_note_edit = {
    .name = "note-edit",
    .title = N_("Write a note"),
    .keymap = "note-edit",
    .state_size = sizeof(NoteEdit),
    .flags = VIEW_PATIENT | VIEW_TEXT | VIEW_WRITES,
    .open = edit_open,
    .load = edit_load,
    .changed = note_spell_changed,
    .paint = note_edit_paint,
    .command = edit_command,
    .text = edit_text,
    .context = edit_context,
    .typing = edit_typing,
    .bursts = note_vi_burst,
    .review = edit_review,
    .resume = edit_resume,
    .close = edit_close,
};
