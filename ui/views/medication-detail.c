/* SPDX-License-Identifier: GPL-3.0-or-later
 * One medication order with everything that it says, and where it comes from. */
#include <glib/gi18n.h>
#include <string.h>

#include "base/text.h"
#include "chart/feed.h"
#include "chart/med-list.h"
#include "chart/order-data.h"
#include "chart/source.h"
#include "ui/views/views.h"
#include "ui/widgets/text.h"

enum { LABEL_CELLS = 20 };

typedef struct {
    Feed *feed;
    char *id, *source; /* lines of where it comes from */
    Scope *sources;    /* of the version that they speak of; each version is asked about anew */
    char *version;
    TextView *text;
} State;

static gboolean detail_open(View *v, const char *arg, GError **error)
{
    State *s = v->state;
    if (!arg || !*arg) {
        g_set_error_literal(error, APP_ERROR, APP_ERROR_ARGS, _("Choose a medicine first"));
        return FALSE;
    }
    s->id = g_strdup(arg);
    s->text = textview_new();
    return TRUE;
}

static const FhirResource *order(const State *s)
{
    const GPtrArray *items = s->feed ? feed_state(s->feed)->items : NULL;
    return items && items->len ? items->pdata[0] : NULL;
}

static void columns(GString *out, const char *lines)
{
    g_auto(GStrv) each = g_strsplit(lines, "\n", -1);
    for (char **l = each; *l; l++) {
        const char *tab = strchr(*l, '\t');
        if (!tab)
            continue;
        int pad = MAX(LABEL_CELLS - text_width(*l, tab - *l), 1);
        g_string_append_printf(out, "%.*s%*s%s\n", (int)(tab - *l), *l, pad, "", tab + 1);
    }
}

static void show(View *v)
{
    State *s = v->state;
    const OrderData *data = order_data(NULL);
    g_autoptr(GString) out = g_string_new(NULL);
    if (order(s)) {
        g_autofree char *detail = med_detail(order(s), data ? data->drugs : NULL, shell_now());
        columns(out, detail);
        g_string_append_c(out, '\n');
        columns(out, s->source ? s->source : "");
    }
    textview_set(s->text, out->str);
    view_dirty(v);
}

static void on_source(const char *lines, gpointer data)
{
    View *v = data;
    State *s = v->state;
    g_free(s->source);
    s->source = g_strdup(lines);
    show(v);
}

static void on_order(Feed *feed, gpointer data)
{
    View *v = data;
    State *s = v->state;
    s->feed = feed;
    const FhirResource *now = order(s);
    if (now && (!s->sources || g_strcmp0(fhir_version_id(now), s->version) != 0)) {
        g_clear_pointer(&s->sources, scope_close);
        s->sources = scope_new();
        g_free(s->version);
        s->version = g_strdup(fhir_version_id(now));
        source_watch(v->app->client, s->sources, now, feed_state(feed)->as_of, on_source, v);
    }
    show(v);
}

static void detail_load(View *v, LoadWhy why)
{
    State *s = v->state;
    if (why == LOAD_REFRESH && s->feed)
        feed_refresh(s->feed);
    else
        s->feed = feed_watch_one(v->app->client, v->scope, v->patient, "MedicationRequest", s->id, on_order, v);
}

static void detail_paint(View *v, Canvas *c)
{
    State *s = v->state;
    g_autofree char *doubt = s->feed ? feed_doubt(feed_state(s->feed)) : g_strdup(_("being fetched …"));
    canvas_clear(c);
    canvas_rule(c, 0, doubt ? doubt : _("Medication order"));
    canvas_push(c, (Rect){1, 1, canvas_rows(c) - 1, canvas_cols(c) - 2});
    textview_paint(s->text, c, TRUE);
    canvas_pop(c);
}

static gboolean detail_text(View *v, const char *utf8, gboolean paste)
{
    gboolean used = textview_input(((State *)v->state)->text, utf8, paste) != WIDGET_IGNORED;
    if (used)
        view_dirty(v);
    return used;
}

static FhirResource *detail_selection(View *v)
{
    return (FhirResource *)order(v->state);
}

static char *detail_resume(View *v)
{
    return g_strdup(((State *)v->state)->id);
}

static void detail_close(View *v)
{
    State *s = v->state;
    scope_close(s->sources);
    textview_free(s->text);
    g_free(s->version);
    g_free(s->id);
    g_free(s->source);
}

const ViewClass view_medication_detail = {
    .name = "medication-detail",
    .title = N_("Medication order"),
    .keymap = "chart",
    .state_size = sizeof(State),
    .flags = VIEW_PATIENT | VIEW_DETAIL | VIEW_BESIDE,
    .open = detail_open,
    .load = detail_load,
    .paint = detail_paint,
    .text = detail_text,
    .selection = detail_selection,
    .resume = detail_resume,
    .close = detail_close,
};
