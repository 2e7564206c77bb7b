/* SPDX-License-Identifier: GPL-3.0-or-later
 * Where a value comes from: source, author, version, measured, fetched. Lies over the view that the
 * value stands in; Esc goes back to the value. */
#include "ui/views/value-source.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "chart/source.h"
#include "ui/views/views.h"
#include "ui/widgets/text.h"

enum { LABEL_CELLS = 20 };

typedef struct {
    TextView *text;
    char *title, *explained;
} State;

static gboolean source_open(View *v, const char *arg, GError **error)
{
    State *s = v->state;
    (void)arg;
    (void)error;
    s->text = textview_new();
    return TRUE;
}

/* "label\tvalue" in two columns. */
static void columns(GString *out, const char *lines)
{
    g_auto(GStrv) each = g_strsplit(lines, "\n", -1);
    for (char **l = each; *l; l++) {
        const char *tab = strchr(*l, '\t');
        if (!**l)
            continue;
        gssize label = tab ? tab - *l : (gssize)strlen(*l);
        int pad = MAX(LABEL_CELLS - text_width(*l, label), 1);
        g_string_append_len(out, *l, label);
        g_string_append_printf(out, "%*s%s\n", pad, "", tab ? tab + 1 : "");
    }
}

static void show(View *v, const char *lines)
{
    State *s = v->state;
    g_autoptr(GString) out = g_string_new(NULL);
    if (s->explained) {
        columns(out, s->explained);
        g_string_append_c(out, '\n');
    }
    if (lines)
        columns(out, lines);
    textview_set(s->text, out->str);
    view_dirty(v);
}

static void on_source(const char *lines, gpointer data)
{
    show(data, lines);
}

CmdResult value_source_open(View *from, const char *title, const FhirResource *resource,
                            const char *explained, Instant fetched, GError **error)
{
    if (!resource && !explained) {
        g_set_error_literal(error, APP_ERROR, APP_ERROR_NEEDS, _("Choose a value first"));
        return CMD_ERROR;
    }
    App *app = from->app;
    g_autofree char *title_copy = g_strdup(title);
    View *v = app->frontend->open_view(app, "value-source", from->patient, NULL, error);
    if (!v)
        return CMD_ERROR;
    State *s = v->state;
    s->title = g_steal_pointer(&title_copy);
    if (explained) {
        g_autofree char *at =
            fetched != INSTANT_NONE ? instant_to_minute(clock_shown_us(fetched)) : g_strdup(_("not known"));
        s->explained = resource ? g_strdup(explained)
                                : g_strdup_printf("%s%s\t%s\n", explained, _("values fetched"), at);
    }
    if (resource)
        source_watch(app->client, v->scope, resource, fetched, on_source, v);
    else
        show(v, NULL);
    return CMD_DONE;
}

static gboolean source_text(View *v, const char *utf8, gboolean paste)
{
    gboolean used = textview_input(((State *)v->state)->text, utf8, paste) != WIDGET_IGNORED;
    if (used)
        view_dirty(v);
    return used;
}

static void source_paint(View *v, Canvas *c)
{
    State *s = v->state;
    g_autofree char *title = g_strdup_printf(_("Where from? %s"), s->title ? s->title : "");
    canvas_clear(c);
    canvas_rule(c, 0, title);
    canvas_push(c, (Rect){1, 1, canvas_rows(c) - 1, canvas_cols(c) - 2});
    textview_paint(s->text, c, TRUE);
    canvas_pop(c);
}

static void source_close(View *v)
{
    State *s = v->state;
    textview_free(s->text);
    g_free(s->title);
    g_free(s->explained);
}

const ViewClass view_value_source = {
    .name = "value-source",
    .title = N_("Where from?"),
    .keymap = "reader",
    .state_size = sizeof(State),
    .flags = VIEW_PATIENT | VIEW_DETAIL | VIEW_BESIDE,
    .open = source_open,
    .paint = source_paint,
    .text = source_text,
    .close = source_close,
};
