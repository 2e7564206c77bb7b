/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/fresh.h"

#include <string.h>

#include "base/event.h"

typedef struct {
    char *type, *patient;
    FreshFn again;
    gpointer data;
    guint changed, listed, idle;
} Fresh;

static void fresh_free(gpointer data)
{
    Fresh *f = data;
    g_clear_handle_id(&f->idle, g_source_remove);
    event_unlisten(f->changed);
    event_unlisten(f->listed);
    g_free(f->type);
    g_free(f->patient);
    g_free(f);
}

static gboolean on_idle(gpointer data)
{
    Fresh *f = data;
    f->idle = 0;
    f->again(f->data);
    return G_SOURCE_REMOVE;
}

static void on_event(const Event *ev, gpointer data)
{
    Fresh *f = data;
    gboolean about = !f->patient || !ev->patient || strcmp(ev->patient, f->patient) == 0;
    if (!f->idle && about && g_strcmp0(ev->type, f->type) == 0)
        f->idle = g_idle_add_full(G_PRIORITY_DEFAULT, on_idle, f, NULL);
}

void fresh_when_written(Scope *scope, const char *type, const char *patient, FreshFn again, gpointer data)
{
    Fresh *f = g_new0(Fresh, 1);
    *f = (Fresh){.type = g_strdup(type), .patient = g_strdup(patient), .again = again, .data = data};
    f->changed = event_listen(EVENT_RESOURCE_CHANGED, on_event, f);
    f->listed = event_listen(EVENT_LIST_CHANGED, on_event, f);
    scope_add(scope, fresh_free, f);
}

static void refresh(gpointer search)
{
    client_refresh(search);
}

void fresh_watch(Scope *scope, ClientSearch *search, const char *type, const char *patient)
{
    fresh_when_written(scope, type, patient, refresh, search);
    client_watch(search);
}
