/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/views/schedule-grid.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base/clock.h"
#include "chart/date-words.h"

/* ---- the diary ---- */

void grid_take(ScheduleGrid *g, const Diary *diary, const GError *error)
{
    g->diary = diary;
    g_clear_pointer(&g->problem, g_free);
    if (diary->skipped)
        g->problem = g_strdup_printf(ngettext("NOT KNOWN: %u entry is not shown", "NOT KNOWN: %u entries are not shown", diary->skipped),
                                     diary->skipped);
    else if (diary->unknown_why)
        g->problem = g_strdup(_(diary->unknown_why));
    else if (error)
        g->problem = g_strdup(_("The diary is not known: the core did not answer"));
}

void grid_load(View *v, LoadWhy why, CivilDate first, int days, DiaryFn fn)
{
    ScheduleGrid *g = v->state;
    const char *unit = v->app->who->unit;
    if (why == LOAD_REFRESH && g->source)
        diary_refresh(g->source);
    else if (unit)
        g->source = diary_watch(v->app->client, v->scope, unit, first, days, fn, v);
    else
        g->problem = g_strdup(_("This assignment has no unit with a diary"));
}

void grid_go(View *v, CivilDate first, int days)
{
    ScheduleGrid *g = v->state;
    if (g->source)
        diary_go(g->source, first, days);
    view_dirty(v);
    shell_place_changed(v->app);
}

guint grid_resources(const ScheduleGrid *g)
{
    return g->diary ? g->diary->resources->len : 0;
}

const DiaryResource *grid_resource(const ScheduleGrid *g, guint i)
{
    return i < grid_resources(g) ? g->diary->resources->pdata[i] : NULL;
}

char *grid_resource_title(const DiaryResource *r)
{
    return *r->profession ? g_strdup_printf("%s (%s)", r->name, diary_profession_short(r->profession)) : g_strdup(r->name);
}

/* ---- the day asked for ---- */

gboolean grid_open_day(const char *arg, CivilDate *ret_day, GError **error)
{
    CivilDate today = civil_date_at(shell_now());
    DateWish wish = {.target = today};
    if (arg && !date_words_parse(arg, today, &wish, error))
        return FALSE;
    *ret_day = wish.target;
    return TRUE;
}

typedef struct {
    View *view;
    GridGoFn go;
} Asked;

static void on_day(CmdCall *call, const char *text, gpointer data)
{
    Asked *asked = data;
    CivilDate day;
    GError *error = NULL;
    gboolean none = !text || !*text, ok = none || grid_open_day(text, &day, &error);
    if (ok && !none)
        asked->go(asked->view, day);
    cmd_continue(call, ok ? CMD_DONE : CMD_ERROR, error);
}

CmdResult grid_ask_day(View *v, CmdCall *call, const char *prompt, GridGoFn go)
{
    Asked *asked = g_new(Asked, 1);
    *asked = (Asked){v, go};
    call->data = asked;
    call->data_free = g_free;
    call->app->frontend->ask(call, prompt, NULL, on_day, asked);
    return CMD_WAIT;
}

/* ---- the cursor ---- */

const GridStep *grid_step(const char *key)
{
    static const GridStep steps[] = {
        {"<Up>", -1, 0, 0},   {"<Down>", 1, 0, 0}, {"<Left>", 0, -1, 0}, {"<Right>", 0, 1, 0},
        {"<Home>", 0, 0, -1}, {"<End>", 0, 0, 1},  {"<Tab>", 0, 1, 0},   {"<S-Tab>", 0, -1, 0},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(steps); i++)
        if (strcmp(steps[i].key, key) == 0)
            return &steps[i];
    return NULL;
}

void grid_move(guint *at, guint n, int by)
{
    *at = (guint)CLAMP((gint64)*at + by, 0, n ? (gint64)n - 1 : 0);
}

void grid_scroll(guint *top, guint at, guint lines, guint room)
{
    if (at < *top)
        *top = at;
    if (at >= *top + room)
        *top = at - room + 1;
    *top = MIN(*top, lines > room ? lines - room : 0);
}

/* ---- painting ---- */

void grid_paint_age(const ScheduleGrid *g, Canvas *c, int width)
{
    if (!g->diary || g->diary->as_of == INSTANT_NONE)
        return;
    g_autofree char *at = instant_to_hhmm(clock_shown_us(g->diary->as_of));
    g_autofree char *age = g->diary->cached ? g_strdup_printf(_("as of %s"), at) : g_strdup(at);
    canvas_cell(c, 0, canvas_cols(c) - width - 1, width, 1, g->diary->cached ? STYLE_WARNING : STYLE_DIM, age);
}
