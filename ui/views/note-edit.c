/* SPDX-License-Identifier: GPL-3.0-or-later
 * Writing a note: choose a template (or go on with a draft), then one small editor per sökord. Every
 * key is in the sealed draft before it is painted; leaving never discards. */
#include <glib/gi18n.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "base/xdg.h"
#include "chart/note.h"
#include "ui/views/note-draft.h"
#include "ui/views/views.h"
#include "ui/widgets/editor.h"
#include "ui/widgets/list.h"

#define TITLE_WIDTH 14

typedef struct {
    char *draft;            /* id of a draft to go on with, or NULL */
    FhirResource *template; /* ref, or NULL */
    char *text, *detail;
} Choice;

typedef struct {
    GPtrArray *templates; /* FhirResource */
    GPtrArray *choices;   /* Choice, while nothing is chosen */
    List *list;
    Note *note;           /* NULL while choosing */
    NoteAbout about;      /* the note in the record that it is about */
    char *draft_id;
    GPtrArray *editors;   /* Editor or NULL, one a section */
    guint focus, top;
    gint64 saved_at;      /* real time; 0 = nothing written yet */
    char *problem;        /* the draft is not on disk: why */
} Edit;

/* ---- the list of choices ---- */

static void choice_free(gpointer p)
{
    Choice *c = p;
    g_free(c->draft);
    g_clear_pointer(&c->template, fhir_resource_unref);
    g_free(c->text);
    g_free(c->detail);
    g_free(c);
}

static guint row_count(gpointer model)
{
    return ((Edit *)model)->choices->len;
}

static gpointer row_at(gpointer model, guint i)
{
    return ((Edit *)model)->choices->pdata[i];
}

static const char *row_id(gpointer model, guint i)
{
    return ((Choice *)row_at(model, i))->text;
}

static char *cell_text(gpointer row, Style *style)
{
    const Choice *c = row;
    if (c->draft)
        *style = STYLE_STRONG;
    return g_strdup(c->text);
}

static char *cell_detail(gpointer row, Style *style)
{
    *style = STYLE_DIM;
    return g_strdup(((Choice *)row)->detail);
}

static const ListColumn columns[] = {
    {.id = "text", .title = N_("Template or draft"), .width = 34, .grow = TRUE, .text = cell_text},
    {.id = "detail", .title = N_("Saved"), .width = 18, .text = cell_detail},
    {0}};
static const ListModel model = {row_count, row_at, row_id};

static void add_drafts(View *v)
{
    Edit *e = v->state;
    guint unreadable = 0;
    g_autoptr(GPtrArray) drafts = v->app->services.draft_list(v->app->services.self, patient_ctx_id(v->patient),
                                                              &unreadable, NULL);
    for (guint i = 0; drafts && i < drafts->len; i++) {
        const Draft *d = drafts->pdata[i];
        FhirResource *t = note_draft_find_template(e->templates, d);
        if (!note_draft_is_one(d))
            continue;
        Choice *c = g_new0(Choice, 1);
        g_autofree char *title = t ? note_template_title(t) : g_strdup(_("Note"));
        c->draft = g_strdup(d->id);
        c->text = g_strdup_printf(_("Draft: %s"), title);
        c->detail = instant_to_minute(clock_shown_us(d->changed));
        g_ptr_array_add(e->choices, c);
    }
}

static void make_choices(View *v)
{
    Edit *e = v->state;
    e->choices = g_ptr_array_new_with_free_func(choice_free);
    add_drafts(v);
    for (guint i = 0; i < e->templates->len; i++) {
        Choice *c = g_new0(Choice, 1);
        c->template = fhir_resource_ref(e->templates->pdata[i]);
        c->text = note_template_title(c->template);
        g_ptr_array_add(e->choices, c);
    }
    e->list = list_new(columns, &model, e);
    list_set_empty_text(e->list, _("There is no template for this profession"));
    list_refresh(e->list);
    list_select(e->list, 0);
}

/* ---- the editors ---- */

static Editor *focused(const Edit *e)
{
    return e->note && e->focus < e->editors->len ? e->editors->pdata[e->focus] : NULL;
}

static void editor_free_or_null(gpointer p)
{
    if (p)
        editor_free(p);
}

static void start_editing(View *v, Note *note, const char *draft_id)
{
    Edit *e = v->state;
    e->note = note;
    e->draft_id = draft_id ? g_strdup(draft_id) : g_uuid_string_random();
    e->editors = g_ptr_array_new_with_free_func(editor_free_or_null);
    gboolean first = TRUE;
    for (guint i = 0; i < note->sections->len; i++) {
        const NoteSection *s = note->sections->pdata[i];
        g_ptr_array_add(e->editors, s->takes_text ? editor_new(s->text) : NULL);
        if (first && s->takes_text)
            e->focus = i;
        first = first && !s->takes_text;
    }
}

static gboolean take_draft(View *v, const char *id, GError **error)
{
    Edit *e = v->state;
    NoteDraft *nd = note_draft_open(v->app, e->templates, id, error);
    if (!nd)
        return FALSE;
    start_editing(v, g_steal_pointer(&nd->note), id);
    note_about_copy(&e->about, &nd->about);
    guint section = MIN(nd->section, e->editors->len - 1);
    if (e->editors->pdata[section]) {
        e->focus = section;
        editor_set_place(focused(e), nd->place ? nd->place : "0 0");
    }
    e->saved_at = nd->changed;
    if (nd->damaged)
        v->app->frontend->status(v->app, STATUS_WARN, _("The end of this draft could not be read; this is the last whole state"));
    note_draft_free(nd);
    return TRUE;
}

static void copy_texts(Edit *e)
{
    for (guint i = 0; i < e->note->sections->len; i++) {
        NoteSection *s = e->note->sections->pdata[i];
        if (!e->editors->pdata[i])
            continue;
        g_free(s->text);
        s->text = editor_buffer_text(editor_buffer(e->editors->pdata[i]));
    }
}

/* Before the key is painted: what was typed and where the cursor stands are in the sealed store. */
static void save(View *v)
{
    Edit *e = v->state;
    g_autoptr(GError) error = NULL;
    copy_texts(e);
    g_autofree char *place = focused(e) ? editor_place(focused(e)) : g_strdup("");
    g_clear_pointer(&e->problem, g_free);
    gboolean first = !e->saved_at;
    if (note_draft_save(v->app, e->draft_id, patient_ctx_id(v->patient), &e->about, e->note, e->focus, place, &error))
        e->saved_at = clock_real_us();
    else
        e->problem = g_strdup(_(error->message));
    if (e->problem) /* the head of the view has no room for what to do about it */
        v->app->frontend->status(v->app, STATUS_ERROR, e->problem);
    if (first && e->saved_at)
        shell_place_changed(v->app);
}

/* ---- view ---- */

static gboolean edit_open(View *v, const char *arg, GError **error)
{
    Edit *e = v->state;
    g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *dir = data_path("forms");
    e->templates = note_templates(dir, v->app->who->role, problems);
    if (problems->len)
        v->app->frontend->status(v->app, STATUS_WARN, problems->pdata[0]);
    if (arg && g_str_has_prefix(arg, "draft:"))
        return take_draft(v, arg + strlen("draft:"), error);
    for (guint i = 0; arg && i < e->templates->len; i++) {
        g_autofree char *id = note_template_id(e->templates->pdata[i]);
        if (strcmp(id, arg) == 0)
            start_editing(v, note_new(e->templates->pdata[i], NULL), NULL);
    }
    if (!e->note)
        make_choices(v);
    return TRUE;
}

static void choose(View *v)
{
    Edit *e = v->state;
    g_autoptr(GError) error = NULL;
    int i = list_selected(e->list);
    if (i < 0)
        return;
    const Choice *c = e->choices->pdata[i];
    if (c->draft && !take_draft(v, c->draft, &error))
        notify_error(v->app, error);
    else if (c->template)
        start_editing(v, note_new(c->template, NULL), NULL);
    shell_place_changed(v->app);
}

static void move_focus(Edit *e, int by)
{
    for (int i = (int)e->focus + by; i >= 0 && i < (int)e->editors->len; i += by)
        if (e->editors->pdata[i]) {
            e->focus = (guint)i;
            return;
        }
}

/* Up and Down go on into the neighbouring sökord. */
static gboolean leaves(Edit *e, const char *key, gboolean paste)
{
    if (paste)
        return FALSE;
    int by = strcmp(key, "<Tab>") == 0 ? 1 : strcmp(key, "<S-Tab>") == 0 ? -1 : 0;
    if (strcmp(key, "<Down>") == 0 && editor_on_edge(focused(e), TRUE))
        by = 1;
    if (strcmp(key, "<Up>") == 0 && editor_on_edge(focused(e), FALSE))
        by = -1;
    if (by)
        move_focus(e, by);
    return by != 0;
}

static gboolean edit_text(View *v, const char *utf8, gboolean paste)
{
    Edit *e = v->state;
    if (!e->note) {
        WidgetResult r = list_input(e->list, utf8, paste);
        if (r & WIDGET_ACCEPT)
            choose(v);
        view_dirty(v);
        return r != WIDGET_IGNORED;
    }
    if (!leaves(e, utf8, paste) && editor_input(focused(e), utf8, paste) == WIDGET_IGNORED)
        return FALSE;
    save(v);
    view_dirty(v);
    return TRUE;
}

/* The templates are a list. */
static gboolean edit_typing(View *v)
{
    return ((Edit *)v->state)->note != NULL;
}

static void edit_review(View *v)
{
    Edit *e = v->state;
    g_autoptr(GError) error = NULL;
    if (!e->note)
        return;
    save(v);
    if (!v->app->frontend->open_view(v->app, "note-review", v->patient, e->draft_id, &error) && error)
        notify_error(v->app, error);
}

static CmdResult edit_command(View *v, CmdCall *call, GError **error)
{
    Edit *e = v->state;
    const char *name = call->command->name;
    if (strcmp(name, "note-review") == 0 || strcmp(name, "note-file") == 0) {
        edit_review(v);
        return CMD_DONE;
    }
    if (!e->note && strcmp(name, "open") == 0) {
        choose(v);
        view_dirty(v);
        return CMD_DONE;
    }
    if (strcmp(name, "draft-discard") == 0 && e->draft_id) {
        if (!v->app->services.draft_remove(v->app->services.self, e->draft_id, error))
            return CMD_ERROR;
        v->app->frontend->close_view(v->app, v->id);
        return CMD_DONE;
    }
    if (!e->note || !g_str_has_prefix(name, "edit-"))
        return CMD_ERROR;
    /* Actions that have a name of their own in the editor; the rest come as keys. */
    static const struct {
        const char *command, *action;
    } actions[] = {{"edit-undo", "undo"}, {"edit-redo", "redo"}, {"edit-mark", "mark"}, {"edit-cut", "cut"},
                   {"edit-copy", "copy"}, {"edit-paste", "paste"}, {"edit-word-left", "word-left"},
                   {"edit-word-right", "word-right"}, {"edit-delete-word", "delete-word"}, {"edit-newline", "newline"}};
    for (gsize i = 0; i < G_N_ELEMENTS(actions); i++)
        if (strcmp(actions[i].command, name) == 0) {
            editor_action(focused(e), actions[i].action);
            save(v);
            view_dirty(v);
            return CMD_DONE;
        }
    return CMD_ERROR;
}

/* ---- painting ---- */

static int section_rows(Edit *e, guint i, int width, int max)
{
    return e->editors->pdata[i] ? editor_row_count(e->editors->pdata[i], width, max) : 1;
}

/* The first section to show, so that the focused one is seen whole where it fits. */
static void keep_focus_visible(Edit *e, int width, int rows)
{
    e->top = MIN(e->top, e->focus);
    for (;; e->top++) {
        int used = 0;
        for (guint i = e->top; i <= e->focus; i++)
            used += section_rows(e, i, width, rows);
        if (used <= rows || e->top == e->focus)
            return;
    }
}

/* A text without sökord has the whole width. */
static int title_width(const Edit *e)
{
    const NoteSection *first = e->note->sections->pdata[0];
    return e->note->sections->len == 1 && !*first->title ? 0 : TITLE_WIDTH;
}

static void paint_sections(Edit *e, Canvas *c, int first_row)
{
    int title = title_width(e), width = canvas_cols(c) - title - 2, rows = canvas_rows(c) - first_row, row = first_row;
    Rect focus_rect = {0};
    keep_focus_visible(e, width, rows);
    for (guint i = e->top; i < e->editors->len && row < canvas_rows(c); i++) {
        const NoteSection *s = e->note->sections->pdata[i];
        int need = MIN(section_rows(e, i, width, rows), canvas_rows(c) - row);
        if (title)
            canvas_cell(c, row, 1 + (int)s->level, title - (int)s->level, -1,
                        i == e->focus ? STYLE_STRONG : STYLE_HEADING, s->title);
        Rect r = {row, title ? title + 2 : 1, need, width};
        if (i == e->focus)
            focus_rect = r;
        else if (e->editors->pdata[i]) {
            canvas_push(c, r);
            editor_paint(e->editors->pdata[i], c, FALSE);
            canvas_pop(c);
        }
        row += need;
    }
    if (focus_rect.rows) { /* last, so that the cursor stands there */
        canvas_push(c, focus_rect);
        editor_paint(focused(e), c, TRUE);
        canvas_pop(c);
    }
}

static void edit_paint(View *v, Canvas *c)
{
    Edit *e = v->state;
    canvas_clear(c);
    if (!e->note) {
        canvas_rule(c, 0, _("Write a note: choose a template"));
        canvas_push(c, (Rect){1, 0, canvas_rows(c) - 1, canvas_cols(c)});
        list_paint(e->list, c, TRUE);
        canvas_pop(c);
        return;
    }
    g_autofree char *time = e->saved_at ? instant_to_hhmm(clock_shown_us(e->saved_at)) : NULL;
    g_autofree char *saved = time ? g_strdup_printf(_("draft %s"), time) : g_strdup(_("new draft"));
    g_autofree char *about = note_about_words(&e->about, TRUE);
    const char *said = e->problem ? e->problem : saved;
    int width = MIN(text_width(said, -1), 43);
    canvas_cell(c, 0, 1, canvas_cols(c) - width - 4, -1, STYLE_HEADING, about ? about : e->note->title);
    canvas_cell(c, 0, canvas_cols(c) - width - 1, width, 1, e->problem ? STYLE_ALERT : STYLE_DIM, said);
    paint_sections(e, c, 1);
}

/* While nothing is chosen there is nothing to edit, and the hints say so. */
static const char *edit_context(View *v)
{
    return ((Edit *)v->state)->note ? "note-edit" : "note-choose";
}

static char *edit_resume(View *v)
{
    Edit *e = v->state;
    return e->draft_id && e->saved_at ? g_strdup_printf("draft:%s", e->draft_id) : NULL;
}

static void edit_close(View *v)
{
    Edit *e = v->state;
    g_clear_pointer(&e->templates, g_ptr_array_unref);
    g_clear_pointer(&e->choices, g_ptr_array_unref);
    g_clear_pointer(&e->list, list_free);
    g_clear_pointer(&e->note, note_free);
    g_clear_pointer(&e->editors, g_ptr_array_unref);
    note_about_clear(&e->about);
    g_free(e->draft_id);
    g_free(e->problem);
}

const ViewClass view_note_edit = {
    .name = "note-edit",
    .title = N_("Write a note"),
    .keymap = "note-edit",
    .state_size = sizeof(Edit),
    .flags = VIEW_PATIENT | VIEW_TEXT,
    .open = edit_open,
    .paint = edit_paint,
    .command = edit_command,
    .text = edit_text,
    .context = edit_context,
    .typing = edit_typing,
    .review = edit_review,
    .resume = edit_resume,
    .close = edit_close,
};
