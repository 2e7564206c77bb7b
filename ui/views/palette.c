/* SPDX-License-Identifier: GPL-3.0-or-later
 * Help and palette: the same list of commands, once only those with a key here and now, once all of
 * them. Searchable by name, description and key; Enter runs what the cursor is on. */
#include <glib/gi18n.h>
#include <string.h>

#include "app/palette.h"
#include "ui/hintbar.h"
#include "ui/views/views.h"
#include "ui/widgets/field.h"
#include "ui/widgets/list.h"

typedef struct {
    Field *query;
    List *list;
    GArray *rows;   /* PaletteRow */
    char *context;  /* where it was asked for */
    gboolean all;
} Palette;

static guint row_count(gpointer model)
{
    return ((Palette *)model)->rows->len;
}

static gpointer row_at(gpointer model, guint i)
{
    return &g_array_index(((Palette *)model)->rows, PaletteRow, i);
}

static const char *row_id(gpointer model, guint i)
{
    return g_array_index(((Palette *)model)->rows, PaletteRow, i).text;
}

static char *text_keys(gpointer row, Style *style)
{
    const PaletteRow *r = row;
    *style = STYLE_HINT_KEY;
    return r->keys ? hintbar_key_text(r->keys) : g_strdup("");
}

static char *text_what(gpointer row, Style *style)
{
    const PaletteRow *r = row;
    if (r->reason)
        *style = STYLE_DIM;
    if (r->core) /* short of room: the word beside it says what it would do */
        return g_strdup(r->reason);
    return r->reason ? g_strdup_printf("%s – %s", _(r->command->summary), r->reason) : g_strdup(_(r->command->summary));
}

static char *text_name(gpointer row, Style *style)
{
    *style = STYLE_DIM;
    const PaletteRow *r = row;
    return g_strdup_printf("%s%s", command_word(r->command), r->text + strlen(r->command->name));
}

static const ListColumn columns[] = {
    {.id = "keys", .title = N_("Key"), .width = 15, .text = text_keys},
    {.id = "what", .title = N_("What it does"), .width = 30, .grow = TRUE, .text = text_what},
    {.id = "name", .title = N_("Command"), .width = 20, .priority = 1, .text = text_name},
    {0}};
static const ListModel model = {row_count, row_at, row_id};

static void search(View *v)
{
    Palette *p = v->state;
    g_clear_pointer(&p->rows, g_array_unref);
    p->rows = palette_rows(v->app, p->context, field_text(p->query), p->all);
    list_refresh(p->list);
    list_select(p->list, 0);
    view_dirty(v);
}

static gboolean palette_open(View *v, const char *arg, GError **error)
{
    Palette *p = v->state;
    (void)error;
    p->all = strcmp(v->cls->name, "palette") == 0;
    p->context = g_strdup(arg ? arg : "generic");
    p->query = field_new(NULL);
    p->rows = g_array_new(FALSE, FALSE, sizeof(PaletteRow));
    p->list = list_new(columns, &model, p);
    list_set_empty_text(p->list, _("No command matches"));
    return TRUE;
}

static void palette_load(View *v, LoadWhy why)
{
    (void)why;
    search(v);
}

/* The palette closes first: the command belongs to the view under it. The key that chose it is no
 * cause: nothing chosen from a list can sign. */
static gboolean run_selected(View *v)
{
    Palette *p = v->state;
    int i = list_selected(p->list);
    if (i < 0 || (guint)i >= p->rows->len)
        return TRUE;
    App *app = v->app;
    const Command *c = g_array_index(p->rows, PaletteRow, i).command;
    g_autoptr(GError) error = NULL;
    if (!command_check(app, c, &error)) { /* stays, so that another can be chosen */
        notify_error(app, error);
        return TRUE;
    }
    g_autofree char *text = g_strdup(g_array_index(p->rows, PaletteRow, i).text);
    app->frontend->close_view(app, v->id);
    shell_note_slow_way(app, c);
    command_run_text(app, text, NULL);
    return TRUE;
}

static gboolean palette_text(View *v, const char *utf8, gboolean paste)
{
    Palette *p = v->state;
    if (!paste && strcmp(utf8, "<Enter>") == 0)
        return run_selected(v);
    if (list_input(p->list, utf8, paste) != WIDGET_IGNORED) {
        view_dirty(v);
        return TRUE;
    }
    WidgetResult r = field_input(p->query, utf8, paste);
    if (r & WIDGET_CHANGED)
        search(v);
    else if (r)
        view_dirty(v);
    return r != WIDGET_IGNORED;
}

static void palette_paint(View *v, Canvas *c)
{
    Palette *p = v->state;
    int rows = canvas_rows(c), cols = canvas_cols(c);
    canvas_clear(c);
    canvas_rule(c, 0, p->all ? _("All commands") : _("Keys that are valid here"));
    canvas_push(c, (Rect){2, 0, rows - 2, cols});
    list_paint(p->list, c, TRUE);
    canvas_pop(c);
    int n = canvas_text(c, 1, 1, STYLE_NORMAL, _("Search: "));
    field_paint(p->query, c, 1, 1 + n, cols - n - 2, TRUE);
}

static void palette_close(View *v)
{
    Palette *p = v->state;
    list_free(p->list);
    field_free(p->query);
    g_clear_pointer(&p->rows, g_array_unref);
    g_free(p->context);
}

#define PALETTE_CLASS(NAME, TITLE)                                                                             \
    {                                                                                                          \
        .name = NAME, .title = TITLE, .keymap = "palette", .state_size = sizeof(Palette),                      \
        .flags = VIEW_MODAL | VIEW_TEXT | VIEW_LOGIN, .open = palette_open, .load = palette_load,              \
        .paint = palette_paint, .text = palette_text, .close = palette_close                                   \
    }
const ViewClass view_help = PALETTE_CLASS("help", N_("Keys"));
const ViewClass view_palette = PALETTE_CLASS("palette", N_("Commands"));
