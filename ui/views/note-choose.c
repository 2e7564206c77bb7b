/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/views/note-choose.h"

#include <glib/gi18n.h>

#include "base/clock.h"
#include "chart/note.h"
#include "ui/views/note-draft.h"

typedef struct {
    char *draft;            /* id of a draft to go on with, or NULL */
    FhirResource *template; /* ref, or NULL */
    char *text, *detail;
} Choice;

struct NoteChoices {
    GPtrArray *choices; /* Choice */
    List *list;
};

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
    return ((NoteChoices *)model)->choices->len;
}

static gpointer row_at(gpointer model, guint i)
{
    return ((NoteChoices *)model)->choices->pdata[i];
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

static void add_drafts(NoteChoices *n, App *app, const char *patient, const GPtrArray *templates)
{
    guint unreadable = 0;
    g_autoptr(GPtrArray) drafts = app->services.draft_list(app->services.self, patient, &unreadable, NULL);
    for (guint i = 0; drafts && i < drafts->len; i++) {
        const Draft *d = drafts->pdata[i];
        FhirResource *t = note_draft_find_template(templates, d);
        if (!note_draft_is_one(d))
            continue;
        Choice *c = g_new0(Choice, 1);
        g_autofree char *title = t ? note_template_title(t) : g_strdup(_("Note"));
        c->draft = g_strdup(d->id);
        c->text = g_strdup_printf(_("Draft: %s"), title);
        c->detail = instant_to_minute(clock_shown_us(d->changed));
        g_ptr_array_add(n->choices, c);
    }
}

NoteChoices *note_choices_new(App *app, const char *patient, const GPtrArray *templates)
{
    NoteChoices *n = g_new0(NoteChoices, 1);
    n->choices = g_ptr_array_new_with_free_func(choice_free);
    add_drafts(n, app, patient, templates);
    for (guint i = 0; i < templates->len; i++) {
        Choice *c = g_new0(Choice, 1);
        c->template = fhir_resource_ref(templates->pdata[i]);
        c->text = note_template_title(c->template);
        g_ptr_array_add(n->choices, c);
    }
    n->list = list_new(columns, &model, n);
    list_set_empty_text(n->list, _("There is no template for this profession"));
    list_refresh(n->list);
    list_select(n->list, 0);
    return n;
}

void note_choices_follow(NoteChoices *n, NoteChoices *old)
{
    int at = list_selected(old->list);
    const Choice *was = at >= 0 ? old->choices->pdata[at] : NULL;
    for (guint i = 0; was && i < n->choices->len; i++) {
        const Choice *c = n->choices->pdata[i];
        if (g_strcmp0(c->text, was->text) == 0 && g_strcmp0(c->draft, was->draft) == 0)
            list_select(n->list, (int)i);
    }
    note_choices_free(old);
}

void note_choices_free(NoteChoices *n)
{
    if (!n)
        return;
    list_free(n->list);
    g_ptr_array_unref(n->choices);
    g_free(n);
}

List *note_choices_list(NoteChoices *n)
{
    return n->list;
}

gboolean note_choices_chosen(const NoteChoices *n, const char **ret_draft, FhirResource **ret_template)
{
    int i = list_selected(n->list);
    if (i < 0)
        return FALSE;
    const Choice *c = n->choices->pdata[i];
    *ret_draft = c->draft;
    *ret_template = c->template;
    return TRUE;
}
