/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "main/observed.h"

#include <gio/gio.h>
#include <string.h>

#include "base/event.h"
#include "base/log.h"
#include "base/xdg.h"

struct ObservedFile {
    Client *client;
    char *path, *kept;
    guint listener;
};

static char *path_of(const char *address)
{
    g_autofree char *sum = g_compute_checksum_for_string(G_CHECKSUM_SHA256, address, -1);
    g_autofree char *name = g_strdup_printf("core-%.16s.seen", sum);
    return xdg_state_path(name, NULL);
}

typedef struct {
    char *path, *text;
} Job;

static void job_free(gpointer data)
{
    Job *j = data;
    g_free(j->path);
    g_free(j->text);
    g_free(j);
}

static void job_run(GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
    const Job *j = data;
    (void)task;
    (void)source;
    (void)cancellable;
    if (!g_file_set_contents_full(j->path, j->text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, NULL))
        log_event(LOG_WARN, "dialect", "what was observed could not be kept");
}

/* NULL: there is nothing new. */
static Job *job_new(ObservedFile *f)
{
    g_autofree char *text = client_observed_text(f->client);
    if (!f->path || strcmp(text, f->kept) == 0)
        return NULL;
    g_free(f->kept);
    f->kept = g_steal_pointer(&text);
    Job *j = g_new(Job, 1);
    *j = (Job){g_strdup(f->path), g_strdup(f->kept)};
    return j;
}

static void on_tick(const Event *ev, gpointer data)
{
    Job *j = job_new(data);
    (void)ev;
    if (!j)
        return;
    g_autoptr(GTask) task = g_task_new(NULL, NULL, NULL, NULL);
    g_task_set_task_data(task, j, job_free);
    g_task_run_in_thread(task, job_run);
}

ObservedFile *observed_open(Client *client, const char *address)
{
    ObservedFile *f = g_new0(ObservedFile, 1);
    g_autofree char *text = NULL;
    f->client = client;
    f->path = path_of(address);
    if (f->path && g_file_get_contents(f->path, &text, NULL, NULL))
        client_take_observed(client, text);
    f->kept = client_observed_text(client);
    f->listener = event_listen(EVENT_TICK, on_tick, f);
    return f;
}

void observed_close(ObservedFile *f)
{
    if (!f)
        return;
    Job *j = job_new(f);
    if (j)
        job_run(NULL, NULL, j, NULL);
    g_clear_pointer(&j, job_free);
    event_unlisten(f->listener);
    g_free(f->path);
    g_free(f->kept);
    g_free(f);
}
