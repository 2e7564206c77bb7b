/* SPDX-License-Identifier: GPL-3.0-or-later
 * The overview of a patient: five blocks that are asked for, answered and doubted each by itself.
 * v says where the value under the cursor comes from, Enter opens the section it belongs to. */
#include "ui/views/summary.h"

#include <glib/gi18n.h>
#include <string.h>

#include "ui/views/value-source.h"

#define PATIENCE_MS 60 /* not felt, and a slow line is spared the frames in between */

/* ---- loading ---- */

static gboolean summary_open(View *v, const char *arg, GError **error)
{
    Summary *s = v->state;
    (void)error;
    /* "<block>:<row>", as resume() says it */
    guint part =
        arg && g_ascii_isdigit(arg[0]) && arg[1] == ':' ? (guint)(arg[0] - '0') : OVERVIEW_BLOCKS;
    if (part < OVERVIEW_BLOCKS) {
        s->part = (OverviewPart)part;
        s->ids[part] = g_strdup(arg + 2);
    }
    return TRUE;
}

static void on_overview(Overview *o, gpointer data)
{
    View *v = data;
    ((Summary *)v->state)->overview = o;
    view_dirty(v);
    if (!overview_unknown(o))
        view_release(v);
}

static void summary_load(View *v, LoadWhy why)
{
    Summary *s = v->state;
    if (why == LOAD_REFRESH && s->overview)
        overview_refresh(s->overview);
    else {
        view_hold(v, PATIENCE_MS);
        s->overview = overview_watch(v->app->client, v->scope, v->patient, on_overview, v);
    }
    view_dirty(v);
}

/* ---- verbs ---- */

/* A note is read, everything else opens the section that shows all of its kind. */
static CmdResult open_selected(View *v, GError **error)
{
    Summary *s = v->state;
    OverviewRow *r = summary_selected(s);
    const char *section = summary_parts[s->part].section;
    gboolean value = s->part == OVERVIEW_VITALS || s->part == OVERVIEW_LABS;
    g_autofree char *id = r && value       ? g_strdup(r->id)
                          : r && r->source ? g_strdup(fhir_id(r->source))
                                           : NULL;
    const char *type = r && r->source ? fhir_type(r->source) : "";
    if (strcmp(type, "DocumentReference") == 0)
        section = "note-read";
    else if (strcmp(type, "DiagnosticReport") == 0 && r->explained)
        return value_source_open(v, r->name, r->source, r->explained, r->fetched, error);
    else if (strcmp(type, "DiagnosticReport") == 0)
        section = "reports";
    else if (strcmp(type, "Appointment") == 0)
        section = "bookings";
    return v->app->frontend->open_view(v->app, section, v->patient, id, error) ? CMD_DONE
                                                                               : CMD_ERROR;
}

static CmdResult summary_command(View *v, CmdCall *call, GError **error)
{
    Summary *s = v->state;
    if (!s->overview)
        return CMD_ERROR;
    if (strcmp(call->command->name, "open") == 0)
        return open_selected(v, error);
    if (strcmp(call->command->name, "value-source") == 0) {
        OverviewRow *r = summary_selected(s);
        g_autofree char *title = r ? g_strdup_printf("%s %s", r->name, r->value) : NULL;
        return value_source_open(v, title, r ? r->source : NULL, r ? r->explained : NULL,
                                 r ? r->fetched : INSTANT_NONE, error);
    }
    if (!summary_move(s, call->command->name))
        return CMD_ERROR;
    OverviewRow *r = summary_selected(s);
    if (r && !s->ids[s->part])
        s->ids[s->part] = g_strdup(r->id); /* from now on the cursor follows it */
    view_dirty(v);
    return CMD_DONE;
}

static FhirResource *summary_selection(View *v)
{
    OverviewRow *r = summary_selected(v->state);
    return r ? r->source : NULL;
}

static char *summary_resume(View *v)
{
    Summary *s = v->state;
    OverviewRow *r = summary_selected(s);
    return r ? g_strdup_printf("%d:%s", s->part, r->id) : NULL;
}

static void summary_close(View *v)
{
    Summary *s = v->state;
    for (guint i = 0; i < OVERVIEW_BLOCKS; i++)
        g_free(s->ids[i]);
}

const ViewClass view_summary = {
    .name = "summary",
    .title = N_("Overview"),
    .keymap = "summary",
    .state_size = sizeof(Summary),
    .flags = VIEW_PATIENT | VIEW_BESIDE,
    .open = summary_open,
    .load = summary_load,
    .paint = summary_paint,
    .command = summary_command,
    .selection = summary_selection,
    .resume = summary_resume,
    .close = summary_close,
};
