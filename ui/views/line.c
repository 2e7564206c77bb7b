/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/views/line.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "chart/when.h"
#include "ui/hintbar.h"
#include "ui/patient-header.h"
#include "ui/views/draft-kinds.h"

#define CLEAR_KEY "<C-u>" /* the field's own */

enum { SCROLL = 5, FORM_COLUMNS = 46 };

Line *line_of(View *v)
{
    return v->state;
}

/* ---- the draft ---- */

static gboolean put(View *v, const Line *l, GError **error)
{
    g_autofree char *beside = l->kind->beside(v);
    g_autoptr(GBytes) text = g_bytes_new(l->text, strlen(l->text)), meta = g_bytes_new(beside, strlen(beside));
    Draft d = {.id = l->id, .patient = (char *)patient_ctx_id(v->patient), .kind = (char *)draft_kind_of_view(v->cls->name)->kind,
               .text = text, .meta = meta};
    return v->app->services.draft_put(v->app->services.self, &d, error);
}

/* Before the key is painted: what was typed is in the sealed store, with what it is about. */
gboolean line_save(View *v)
{
    Line *l = line_of(v);
    App *app = v->app;
    g_autoptr(GError) error = NULL;
    gboolean empty = *l->text == '\0', first = !l->kept && !empty;
    g_clear_pointer(&l->problem, g_free);
    if (empty && !l->kept)
        return TRUE;
    if (!(empty ? app->services.draft_remove(app->services.self, l->id, &error) : put(v, l, &error))) {
        l->problem = g_strdup(_(error->message));
        return FALSE;
    }
    l->kept = !empty;
    if (first)
        shell_place_changed(app);
    return TRUE;
}

/* ---- opening ---- */

void line_begin(View *v, const LineKind *kind)
{
    line_of(v)->kind = kind;
    line_of(v)->left = INSTANT_NONE;
}

gboolean line_open_draft(View *v, const char *id, char **ret_beside, GError **error)
{
    Line *l = line_of(v);
    g_autoptr(Draft) d = draft_open(v->app, id, patient_ctx_id(v->patient), v->cls->name, error);
    if (!d)
        return FALSE;
    *ret_beside = text_of_bytes(d->meta);
    l->id = g_strdup(id);
    l->text = text_of_bytes(d->text);
    l->kept = TRUE;
    l->left = d->changed;
    return TRUE;
}

void line_show(View *v, const char *text)
{
    Line *l = line_of(v);
    if (!l->id) {
        l->id = g_uuid_string_random();
        l->text = g_strdup(text);
    }
    l->field = field_new(l->text);
    line_cursor(v, -1);
    l->kind->read(v);
}

/* ---- changing ---- */

static void take(Line *l, const char *text)
{
    char *kept = g_strdup(text);
    g_free(l->text);
    l->text = kept;
}

static void typed(View *v, const char *text)
{
    const LineKind *kind = line_of(v)->kind;
    take(line_of(v), text);
    if (!*text)
        line_of(v)->left = INSTANT_NONE;
    kind->typed(v);
    kind->read(v);
    line_save(v);
    view_dirty(v);
}

static void form_reread(View *v)
{
    Line *l = line_of(v);
    const char *const *said = l->kind->form->said(v);
    for (guint i = 0; l->parts && i < l->kind->form->parts; i++) {
        g_free(l->parts[i]);
        l->parts[i] = g_strdup(said[i]);
    }
    if (l->form)
        form_refresh(l->form);
}

void line_fill(View *v, const char *text)
{
    take(line_of(v), text);
    field_set(line_of(v)->field, text);
    line_cursor(v, -1);
}

void line_set(View *v, const char *text)
{
    g_autofree char *kept = g_strdup(text);
    line_fill(v, kept);
    typed(v, kept);
    form_reread(v);
}

void line_reread(View *v)
{
    line_of(v)->kind->read(v);
    form_reread(v);
    view_dirty(v);
}

void line_cursor(View *v, glong at)
{
    Field *field = line_of(v)->field;
    field_input(field, at < 0 ? "<End>" : "<Home>", FALSE);
    for (; at > 0; at--)
        field_input(field, "<Right>", FALSE);
}

/* ---- the form ---- */

static guint form_count(gpointer v)
{
    return line_of(v)->kind->form->count(v);
}

static void form_field(gpointer v, guint i, FormField *ret)
{
    line_of(v)->kind->form->field(v, i, ret);
}

static void form_set(gpointer v, const char *id, const char *value)
{
    Line *l = line_of(v);
    const LineForm *form = l->kind->form;
    for (guint i = 0; i < form->parts; i++) {
        if (strcmp(form->id(i), id) != 0)
            continue;
        char *part = form->part ? form->part(i, value) : g_strdup(value);
        g_free(l->parts[i]);
        l->parts[i] = part;
    }
    g_autofree char *line = form->compose((const char *const *)l->parts);
    field_set(l->field, line);
    typed(v, line);
}

static void close_form(Line *l)
{
    g_clear_pointer(&l->form, form_free);
    for (guint i = 0; l->parts && i < l->kind->form->parts; i++)
        g_free(l->parts[i]);
    g_clear_pointer(&l->parts, g_free);
}

static void toggle_form(View *v)
{
    static const FormModel model = {form_count, form_field, form_set};
    Line *l = line_of(v);
    if (l->kind->has_form && !l->kind->has_form(v))
        return;
    if (l->form) {
        close_form(l);
    } else {
        l->parts = g_new0(char *, l->kind->form->parts);
        form_reread(v);
        l->form = form_new(&model, v);
    }
    l->top = 0;
    view_dirty(v);
}

void line_focus(View *v, guint part)
{
    Line *l = line_of(v);
    if (l->form)
        form_set_focus(l->form, l->kind->form->id(part));
}

gboolean line_on(View *v, guint part)
{
    const Line *l = line_of(v);
    return !l->form || g_strcmp0(form_focus(l->form), l->kind->form->id(part)) == 0;
}

/* ---- sent ---- */

static CmdResult sign(View *v, CmdCall *call, GError **error)
{
    Line *l = line_of(v);
    if (l->sending) {
        g_set_error_literal(error, APP_ERROR, APP_ERROR_NEEDS, _("It is being sent"));
        return CMD_ERROR;
    }
    if (!l->kind->sign(v, call, error))
        return CMD_ERROR;
    l->sending = TRUE;
    view_dirty(v);
    return CMD_WAIT;
}

gboolean line_answered(const Sending *s, const Written *result)
{
    View *v = shell_find_view(s->app, s->view_id);
    if (v)
        line_of(v)->sending = FALSE;
    return sending_answered(s, result);
}

/* ---- for the ViewClass ---- */

const char *line_view_context(View *v)
{
    const Line *l = line_of(v);
    return l->form ? l->kind->form_context : l->kind->context;
}

CmdResult line_view_command(View *v, CmdCall *call, GError **error)
{
    const Line *l = line_of(v);
    const char *name = call->command->name;
    if (strcmp(name, l->kind->sign_command) == 0)
        return sign(v, call, error);
    if (strcmp(name, l->kind->enter_command) == 0)
        return l->kind->enter(v, call, error);
    if (strcmp(name, l->kind->form_command) != 0 && (strcmp(name, "next-part") != 0 || l->form))
        return CMD_ERROR;
    toggle_form(v);
    return CMD_DONE;
}

static gboolean scrolls(Line *l, const char *key)
{
    int by = strcmp(key, "<PgDn>") == 0 ? SCROLL : strcmp(key, "<PgUp>") == 0 ? -SCROLL : 0;
    l->top = MAX(0, MIN(l->top + by, l->rows - 2));
    return by != 0;
}

/* What is asked in a form may be another after each change. */
static gboolean form_text(Line *l, const char *utf8, gboolean paste)
{
    WidgetResult r = form_input(l->form, utf8, paste);
    if (r & WIDGET_CHANGED)
        form_refresh(l->form);
    return r != WIDGET_IGNORED;
}

gboolean line_view_text(View *v, const char *utf8, gboolean paste)
{
    Line *l = line_of(v);
    view_dirty(v);
    if (!paste && (scrolls(l, utf8) || (l->kind->key && l->kind->key(v, utf8))))
        return TRUE;
    if (l->sending)
        return TRUE; /* what is on its way does not change under the eyes */
    if (l->form)
        return form_text(l, utf8, paste);
    WidgetResult r = field_input(l->field, utf8, paste);
    if (r & WIDGET_CHANGED)
        typed(v, field_text(l->field));
    return r != WIDGET_IGNORED;
}

gboolean line_view_typing(View *v)
{
    const Line *l = line_of(v);
    return !l->form || form_typing(l->form);
}

/* Who, about whom and every part: if any of it changes the gate starts over. */
char *line_view_reading(View *v, gboolean *ret_complete)
{
    const Line *l = line_of(v);
    g_autofree char *who = patient_naming(patient_ctx_patient(v->patient)), *text = l->kind->reading(v);
    g_autofree char *all = g_strjoin("\n", v->app->who->hsa_id, who, text, NULL);
    *ret_complete = l->end_shown && !l->sending && !l->problem && l->kind->ready(v);
    return g_compute_checksum_for_string(G_CHECKSUM_SHA256, all, -1);
}

gboolean line_view_waits(View *v)
{
    return !line_of(v)->kind->ready(v);
}

/* A line that somebody left is not taken for a new one. */
static int paint_left(const Line *l, Canvas *c, int row)
{
    if (l->left == INSTANT_NONE)
        return 0;
    g_autofree char *when = when_short(clock_shown_us(l->left), shell_now()), *key = hintbar_key_text(CLEAR_KEY);
    canvas_textf(c, row, 1, STYLE_WARNING, _("Begun earlier, last written %s: %s throws it away"), when, key);
    return 1;
}

void line_view_paint(View *v, Canvas *c)
{
    Line *l = line_of(v);
    int rows = canvas_rows(c), cols = canvas_cols(c), left = l->form ? MIN(cols / 2 - 2, FORM_COLUMNS) : 0, top = l->form ? 1 : 2;
    g_autofree char *who = patient_naming(patient_ctx_patient(v->patient)), *title = g_strdup_printf(_("As it will be signed: %s"), who);
    canvas_clear(c);
    canvas_rule(c, top - 1, title);
    top += paint_left(l, c, top);
    canvas_push(c, (Rect){top, left, MAX(rows - top - 1, 0), cols - left});
    l->end_shown = l->kind->paint(v, c);
    canvas_pop(c);
    canvas_text(c, rows - 1, 1, STYLE_STRONG, l->sending ? _("Being sent …") : l->kind->foot(v));
    if (l->form) {
        canvas_push(c, (Rect){top, 0, MAX(rows - top - 1, 0), left});
        form_paint(l->form, c, TRUE);
        canvas_pop(c);
    } else {
        canvas_text(c, 0, 1, STYLE_STRONG, l->kind->mark);
        field_paint(l->field, c, 0, l->kind->column, cols - l->kind->column - 2, TRUE);
    }
}

char *line_view_resume(View *v)
{
    const Line *l = line_of(v);
    return l->kept ? g_strdup_printf("draft:%s", l->id) : l->kind->arg(v);
}

void line_close(View *v)
{
    Line *l = line_of(v);
    if (l->kind)
        close_form(l);
    g_clear_pointer(&l->field, field_free);
    g_free(l->problem);
    g_free(l->text);
    g_free(l->id);
}
