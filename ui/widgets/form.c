/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/widgets/form.h"

#include "base/text.h"
#include "ui/widgets/field.h"

#include <glib/gi18n.h>
#include <string.h>

struct Form {
    FormModel model;
    gpointer data;
    char *focus;  /* id of the field that has the keys; NULL = none can */
    Field *field; /* what is typed in the focused field, when it is text */
    int top;
};

static guint count(const Form *f)
{
    return f->model.count(f->data);
}

static FormField field_at(const Form *f, guint i)
{
    FormField field = {0};
    f->model.field(f->data, i, &field);
    return field;
}

/* Index of the focused field; -1 when there is none. */
static int focused(const Form *f, FormField *ret)
{
    for (guint i = 0; f->focus && i < count(f); i++) {
        *ret = field_at(f, i);
        if (strcmp(ret->id, f->focus) == 0)
            return (int)i;
    }
    return -1;
}

static void set_focus(Form *f, const char *id)
{
    g_free(f->focus);
    f->focus = g_strdup(id);
    g_clear_pointer(&f->field, field_free);
    FormField now;
    if (focused(f, &now) >= 0 && now.kind == FORM_TEXT)
        f->field = field_new(now.value);
}

Form *form_new(const FormModel *model, gpointer data)
{
    Form *f = g_new0(Form, 1);
    f->model = *model;
    f->data = data;
    form_refresh(f);
    return f;
}

void form_free(Form *f)
{
    if (!f)
        return;
    g_free(f->focus);
    field_free(f->field);
    g_free(f);
}

void form_refresh(Form *f)
{
    FormField now;
    if (focused(f, &now) >= 0) {
        if (now.kind == FORM_TEXT && (!f->field || strcmp(field_text(f->field), now.value) != 0))
            set_focus(f, now.id);
        return;
    }
    FormField first = count(f) ? field_at(f, 0) : (FormField){0};
    set_focus(f, first.id);
}

const char *form_focus(const Form *f)
{
    return f->focus;
}

gboolean form_set_focus(Form *f, const char *id)
{
    for (guint i = 0; i < count(f); i++) {
        FormField field = field_at(f, i);
        if (strcmp(field.id, id) != 0)
            continue;
        set_focus(f, id);
        return TRUE;
    }
    return FALSE;
}

/* From the last to the first. */
static void step(Form *f, int by)
{
    FormField field;
    int n = (int)count(f), at = focused(f, &field);
    if (n == 0)
        return;
    field = field_at(f, (guint)((at + by + n) % n));
    set_focus(f, field.id);
}

static const char *next_choice(const FormField *field, int by)
{
    int n = (int)g_strv_length((char **)field->choices), at = by > 0 ? -1 : n;
    for (int i = 0; i < n; i++)
        if (g_strcmp0(field->choices[i], field->value) == 0)
            at = i;
    return n == 0 ? NULL : field->choices[(at + by + n) % n];
}

static WidgetResult change(Form *f, const FormField *field, const char *value)
{
    if (!value)
        return WIDGET_HANDLED;
    f->model.set(f->data, field->id, value);
    return WIDGET_HANDLED | WIDGET_CHANGED;
}

/* A typed letter goes to the next choice that begins with it. */
static const char *choice_by_letter(const FormField *field, const char *utf8)
{
    int n = (int)g_strv_length((char **)field->choices), at = -1;
    g_autofree char *letter = text_fold_keep_swedish(utf8);
    for (int i = 0; i < n; i++)
        if (g_strcmp0(field->choices[i], field->value) == 0)
            at = i;
    for (int i = 1; i <= n && *letter; i++) {
        const char *choice = field->choices[(at + i) % n];
        g_autofree char *folded = text_fold_keep_swedish(choice);
        if (g_str_has_prefix(folded, letter))
            return choice;
    }
    return NULL;
}

static WidgetResult choice_input(Form *f, const FormField *field, const char *utf8, gboolean paste)
{
    gboolean on = g_strcmp0(field->value, "true") == 0;
    int by = strcmp(utf8, "<Left>") == 0 ? -1 : strcmp(utf8, "<Right>") == 0 ? 1 : 0;
    if (paste)
        return WIDGET_IGNORED;
    if (strcmp(utf8, " ") == 0 || strcmp(utf8, "<Space>") == 0)
        by = 1;
    if (field->kind == FORM_BOOLEAN)
        return by ? change(f, field, on ? "false" : "true") : WIDGET_IGNORED;
    if (by)
        return change(f, field, next_choice(field, by));
    return widget_is_named_key(utf8, paste) ? WIDGET_IGNORED
                                            : change(f, field, choice_by_letter(field, utf8));
}

gboolean form_typing(const Form *f)
{
    return f->field != NULL;
}

gboolean form_at_end(const Form *f)
{
    return f->field && field_cursor(f->field) == strlen(field_text(f->field));
}

WidgetResult form_input(Form *f, const char *utf8, gboolean paste)
{
    FormField field;
    if (widget_is_named_key(utf8, paste)) {
        if (strcmp(utf8, "<Enter>") == 0)
            return WIDGET_HANDLED | WIDGET_ACCEPT;
        if (strcmp(utf8, "<Esc>") == 0)
            return WIDGET_HANDLED | WIDGET_CANCEL;
        int by = strcmp(utf8, "<Tab>") == 0 || strcmp(utf8, "<Down>") == 0    ? 1
                 : strcmp(utf8, "<S-Tab>") == 0 || strcmp(utf8, "<Up>") == 0 ? -1
                                                                            : 0;
        if (by && f->focus) {
            step(f, by);
            return WIDGET_HANDLED;
        }
    }
    if (focused(f, &field) < 0)
        return WIDGET_IGNORED;
    if (!f->field)
        return choice_input(f, &field, utf8, paste);
    WidgetResult result = field_input(f->field, utf8, paste);
    if (result & WIDGET_CHANGED) {
        g_autofree char *value = g_strdup(field_text(f->field));
        f->model.set(f->data, f->focus, value);
    }
    return result;
}

/* ---- painting ---- */

static int label_width(const Form *f, int cols)
{
    int width = 0;
    for (guint i = 0; i < count(f); i++) {
        FormField field = field_at(f, i);
        width = MAX(width, text_width(field.label, -1) + 2);
    }
    return MIN(width, cols / 3);
}

static void paint_value(Form *f, Canvas *c, int row, int col, const FormField *field, gboolean here,
                        gboolean has_keys)
{
    int room = MAX(canvas_cols(c) - col - 1, 1);
    if (here && f->field) {
        field_set_error(f->field, NULL);
        field_paint(f->field, c, row, col, room, has_keys);
        return;
    }
    gboolean on = g_strcmp0(field->value, "true") == 0;
    const char *value = field->kind == FORM_BOOLEAN ? (on ? _("yes") : _("no")) : field->value;
    canvas_cell(c, row, col, room, -1, STYLE_FIELD, value);
    if (here && has_keys)
        canvas_cursor(c, row, col);
}

/* One field: a row, and one more when it has something to say. */
static int field_rows(const FormField *field, gboolean here)
{
    return 1 + (field->error != NULL || (here && field->help != NULL));
}

static void paint_field(Form *f, Canvas *c, int row, int labels, const FormField *field, gboolean here,
                        gboolean has_keys)
{
    canvas_text(c, row, 2, STYLE_NORMAL, field->label);
    if (field->required)
        canvas_text(c, row, 2 + text_width(field->label, -1), STYLE_STRONG, "*");
    paint_value(f, c, row, 2 + labels, field, here, has_keys);
    if (field->error)
        canvas_text(c, row + 1, 2 + labels, STYLE_FIELD_ERROR, field->error);
    else if (here && field->help)
        canvas_text(c, row + 1, 2 + labels, STYLE_DIM, field->help);
}

void form_paint(Form *f, Canvas *c, gboolean has_keys)
{
    FormField field;
    int rows = canvas_rows(c), labels = label_width(f, canvas_cols(c)), at = focused(f, &field);
    canvas_clear(c);
    /* scroll until the focused field is within reach */
    int y = 0;
    for (int i = 0; i < at; i++) {
        FormField above = field_at(f, (guint)i);
        y += field_rows(&above, FALSE);
    }
    f->top = CLAMP(f->top, MAX(y + 2 - rows, 0), y);
    int row = -f->top, focus_row = 0;
    for (guint i = 0; i < count(f); i++) {
        field = field_at(f, i);
        gboolean here = (int)i == at;
        if (row >= 0 && row < rows)
            paint_field(f, c, row, labels, &field, here, FALSE);
        if (here)
            focus_row = row;
        row += field_rows(&field, here);
    }
    if (at < 0)
        return;
    canvas_gutter(c, focus_row);
    field = field_at(f, (guint)at);
    paint_field(f, c, focus_row, labels, &field, TRUE, has_keys);
}
