/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/fresh.h"

#include <string.h>

#include "base/event.h"

typedef struct {
    ClientSearch *search;
    char *type, *patient;
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
    client_refresh(f->search);
    return G_SOURCE_REMOVE;
}

static void on_event(const Event *ev, gpointer data)
{
    Fresh *f = data;
    if (!f->idle && g_strcmp0(ev->type, f->type) == 0 && (!ev->patient || strcmp(ev->patient, f->patient) == 0))
        f->idle = g_idle_add_full(G_PRIORITY_DEFAULT, on_idle, f, NULL);
}

void fresh_watch(Scope *scope, ClientSearch *search, const char *type, const char *patient)
{
    Fresh *f = g_new0(Fresh, 1);
    *f = (Fresh){.search = search, .type = g_strdup(type), .patient = g_strdup(patient)};
    f->changed = event_listen(EVENT_RESOURCE_CHANGED, on_event, f);
    f->listed = event_listen(EVENT_LIST_CHANGED, on_event, f);
    scope_add(scope, fresh_free, f); /* closed before the search: latest first */
    client_watch(search);
}
