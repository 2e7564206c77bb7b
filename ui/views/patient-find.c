/* SPDX-License-Identifier: GPL-3.0-or-later
 * Find a patient: one field, the hits under it. Enter opens only what is unique and typed without an
 * error; otherwise it moves into the list, where Enter opens the row the cursor is on. */
#include <glib/gi18n.h>
#include <string.h>

#include "chart/patient-index.h"
#include "ui/views/views.h"
#include "ui/widgets/field.h"
#include "ui/widgets/list.h"

#define MAX_HITS 200

typedef struct {
    Field *query;
    List *list;
    GPtrArray *hits; /* PatientHit */
    guint all;
    PatientIndex *index;
    gboolean in_list;
} Find;

static guint row_count(gpointer model)
{
    return ((Find *)model)->hits->len;
}

static gpointer row_at(gpointer model, guint i)
{
    return ((Find *)model)->hits->pdata[i];
}

static const char *row_id(gpointer model, guint i)
{
    return ((PatientHit *)row_at(model, i))->id;
}

static char *text_name(gpointer row, Style *style)
{
    const PatientHit *h = row;
    if (!h->exact)
        *style = STYLE_DIM;
    return g_strdup_printf("%s%s%s", h->name, h->protected_identity ? " [§]" : "",
                           h->namesake && !h->protected_identity ? _(" (namesake)") : "");
}

static char *text_number(gpointer row, Style *style)
{
    (void)style;
    return g_strdup(((PatientHit *)row)->number);
}

static char *text_sex_age(gpointer row, Style *style)
{
    (void)style;
    return g_strdup(((PatientHit *)row)->sex_age);
}

static char *text_place(gpointer row, Style *style)
{
    (void)style;
    return g_strdup(((PatientHit *)row)->place);
}

static const ListColumn columns[] = {
    {.id = "name", .title = N_("Patient"), .width = 28, .grow = TRUE, .text = text_name},
    {.id = "number", .title = N_("Personal number"), .width = 13, .text = text_number},
    {.id = "sex-age", .title = N_("Sex, age"), .width = 18, .text = text_sex_age},
    {.id = "place", .title = N_("Bed"), .width = 6, .text = text_place},
    {0}};
static const ListModel model = {row_count, row_at, row_id};

static void search(View *v)
{
    Find *f = v->state;
    const char *text = field_text(f->query);
    g_ptr_array_unref(f->hits);
    f->hits = *text ? patient_index_find(f->index, text, MAX_HITS, &f->all) : g_ptr_array_new();
    if (!*text)
        f->all = 0;
    list_set_empty_text(f->list, !*text ? _("Part of a name, a number, a birth year or a bed")
                                 : patient_index_complete(f->index)
                                     ? _("No patient matches, searched with one typing error")
                                 : patient_index_answered(f->index)
                                     ? _("The core knows of no patient that matches")
                                     : _("No patient matches yet; the search is not complete"));
    list_set_more(f->list, (int)(f->all - f->hits->len));
    list_refresh(f->list);
    view_dirty(v);
}

static void on_index(gpointer data)
{
    View *v = data;
    search(v);
}

static gboolean find_open(View *v, const char *arg, GError **error)
{
    Find *f = v->state;
    (void)error;
    f->query = field_new(arg);
    f->hits = g_ptr_array_new();
    f->list = list_new(columns, &model, f);
    return TRUE;
}

static void find_load(View *v, LoadWhy why)
{
    Find *f = v->state;
    if (why != LOAD_REFRESH)
        f->index = patient_index_open(v->app->client, v->scope, on_index, v);
    search(v);
}

static void open_patient(View *v, const char *id)
{
    App *app = v->app;
    g_autofree char *patient = g_strdup(id);
    /* the chart takes this view's place when it comes: what lies below is not painted in between */
    shell_open_patient(app, patient, "summary", NULL);
}

/* FALSE when the view has closed itself: nothing of it may be touched then. */
static gboolean accept(View *v)
{
    Find *f = v->state;
    const char *selected = list_selected_id(f->list);
    const char *unique = f->in_list ? NULL : patient_index_unique(f->index, field_text(f->query));
    if (unique || (f->in_list && selected)) {
        open_patient(v, unique ? unique : selected);
        return FALSE;
    }
    if (f->hits->len) {
        f->in_list = TRUE;
        list_select(f->list, 0);
        v->app->frontend->status(v->app, STATUS_INFO,
                                 patient_index_complete(f->index)
                                     ? _("Several match: choose one with the arrows and Enter")
                                 : patient_index_asks(f->index)
                                     ? _("The core has been asked, and others may be called the same: choose with the arrows and Enter")
                                     : _("Not all patients are read yet: choose with the arrows and Enter"));
    }
    view_dirty(v);
    return TRUE;
}

static gboolean find_text(View *v, const char *utf8, gboolean paste)
{
    Find *f = v->state;
    if (!paste && strcmp(utf8, "<Enter>") == 0) {
        accept(v);
        return TRUE;
    }
    if (!paste && (strcmp(utf8, "<Down>") == 0 || strcmp(utf8, "<Up>") == 0 || strcmp(utf8, "<PgDn>") == 0 ||
                   strcmp(utf8, "<PgUp>") == 0)) {
        if (f->in_list)
            list_input(f->list, utf8, FALSE);
        f->in_list = f->hits->len > 0;
        view_dirty(v);
        return TRUE;
    }
    WidgetResult r = field_input(f->query, utf8, paste);
    if (r & WIDGET_CHANGED) {
        f->in_list = FALSE;
        search(v);
    } else if (r) {
        view_dirty(v);
    }
    return r != WIDGET_IGNORED;
}

static void find_paint(View *v, Canvas *c)
{
    Find *f = v->state;
    canvas_clear(c);
    int n = canvas_text(c, 0, 1, STYLE_HEADING, _("Find patient: "));
    int said = f->hits->len ? canvas_textf(c, 1, 1, STYLE_DIM, ngettext("%u match", "%u matches", f->all), f->all) + 2 : 0;
    g_autofree char *doubt = f->index ? patient_index_doubt(f->index) : NULL;
    if (doubt)
        canvas_text(c, 1, 1 + said, STYLE_WARNING, doubt);
    canvas_push(c, (Rect){2, 0, canvas_rows(c) - 2, canvas_cols(c)});
    list_paint(f->list, c, f->in_list);
    canvas_pop(c);
    field_paint(f->query, c, 0, 1 + n, canvas_cols(c) - n - 2, !f->in_list);
}

static void find_close(View *v)
{
    Find *f = v->state;
    list_free(f->list);
    field_free(f->query);
    g_ptr_array_unref(f->hits);
}

const ViewClass view_patient_find = {
    .name = "patient-find",
    .title = N_("Find patient"),
    .keymap = "patient-find",
    .state_size = sizeof(Find),
    .flags = VIEW_TEXT,
    .open = find_open,
    .load = find_load,
    .paint = find_paint,
    .text = find_text,
    .close = find_close,
};
