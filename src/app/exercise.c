/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/exercise.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/event.h"
#include "base/log.h"
#include "base/xdg.h"
#include "client/training.h"

static struct {
    GPtrArray *all;
    const Exercise *current;
    Instant started;
    guint hints;
} state;

const GPtrArray *exercise_all(void)
{
    if (!state.all) {
        g_autofree char *dir = data_path("tasks");
        g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
        state.all = exercise_list(dir, problems);
        for (guint i = 0; i < problems->len; i++)
            log_event(LOG_WARN, "exercise", "%s", (char *)problems->pdata[i]);
    }
    return state.all;
}

const Exercise *exercise_find(const char *id)
{
    const GPtrArray *all = exercise_all();
    for (guint i = 0; i < all->len; i++) {
        const Exercise *e = all->pdata[i];
        if (g_ascii_strcasecmp(e->id, id) == 0)
            return e;
    }
    return NULL;
}

const Exercise *exercise_current(void)
{
    return state.current;
}

Instant exercise_started(void)
{
    return state.started;
}

guint exercise_hints_given(void)
{
    return state.hints;
}

/* ---- on disk: "B04 <started> <hints> <hsa-id>", so that only the same person goes on, or "… offered" after a
 * trainer has begun it: then whoever it is for takes it up at the next login here ---- */

static void keep(App *app)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = xdg_state_path("exercise", &error);
    g_autofree char *line = g_strdup_printf("%s %" G_GINT64_FORMAT " %u %s%s\n", state.current->id, state.started,
                                            state.hints, app->who->hsa_id, who_trains(app->who) ? " offered" : "");
    if (path)
        g_file_set_contents_full(path, line, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, &error);
    if (error)
        log_event(LOG_WARN, "exercise", "not kept: %s", error->message);
}

static void tell_begun(App *app)
{
    g_autofree char *line = g_strdup_printf(_("Exercise %s has begun: %s"), state.current->id, state.current->task);
    app->frontend->receipt(app, line);
}

static gboolean is_for(const Exercise *e, const Who *who)
{
    return e && (!e->role || g_strcmp0(e->role, who->role) == 0);
}

void exercise_resume(App *app)
{
    g_autofree char *path = xdg_state_path("exercise", NULL), *text = NULL;
    if (!app->training || !app->who || !path || !g_file_get_contents(path, &text, NULL, NULL))
        return;
    g_auto(GStrv) words = g_strsplit(g_strstrip(text), " ", 5);
    gint64 started;
    guint64 hints;
    if (g_strv_length(words) < 4 || !g_ascii_string_to_signed(words[1], 10, 0, G_MAXINT64, &started, NULL) ||
        !g_ascii_string_to_unsigned(words[2], 10, 0, 1000, &hints, NULL))
        return;
    const Exercise *e = exercise_find(words[0]);
    gboolean mine = g_strcmp0(words[3], app->who->hsa_id) == 0;
    if (!mine && !(g_strcmp0(words[4], "offered") == 0 && is_for(e, app->who)))
        return;
    state.current = e;
    state.started = started;
    state.hints = (guint)hints;
    if (!mine) {
        keep(app);
        tell_begun(app);
    }
}

/* ---- beginning ---- */

static void begin_now(App *app, const Exercise *e)
{
    state.current = e;
    state.started = clock_clinical_us();
    state.hints = 0;
    keep(app);
    tell_begun(app);
}

typedef struct {
    App *app;
    const Exercise *e;
    Scope *scope;
} Beginning;

static void on_reset(const GError *error, gpointer data)
{
    g_autofree Beginning *b = data;
    g_autoptr(GError) opening = NULL;
    App *app = b->app;
    if (error) {
        notify_error(app, error);
    } else {
        /* What stands on the screen is from before. */
        app->frontend->close_patient(app);
        if (strcmp(app_first_view(app), "worklist") == 0 && !app->frontend->open_view(app, "worklist", NULL, NULL, &opening))
            log_event(LOG_WARN, "exercise", "no list: %s", opening->message);
        event_emit(&(Event){.kind = EVENT_LIST_CHANGED, .type = "Encounter"});
        begin_now(app, b->e);
    }
    scope_close(b->scope);
}

void exercise_begin(App *app, const char *id)
{
    g_autoptr(GError) error = NULL;
    const Exercise *e = *id ? exercise_find(id) : NULL;
    if (!app->training)
        g_set_error_literal(&error, APP_ERROR, APP_ERROR_NEEDS, _("Exercises run in the training environment only"));
    else if (!*id)
        app->frontend->open_view(app, "exercises", NULL, NULL, &error);
    else if (!e)
        g_set_error(&error, APP_ERROR, APP_ERROR_ARGS, _("There is no exercise “%s”"), id);
    else if (!exercise_is_built(e))
        g_set_error(&error, APP_ERROR, APP_ERROR_NEEDS,
                    _("Exercise %s cannot be done yet; it waits for: %s"), e->id, e->awaits);
    if (error) {
        notify_error(app, error);
    } else if (e && who_trains(app->who)) {
        Beginning *b = g_new(Beginning, 1);
        *b = (Beginning){app, e, scope_new()};
        client_training_reset(app->client, b->scope, on_reset, b);
    } else if (e) {
        begin_now(app, e);
    }
}

gboolean exercise_next_hint(App *app)
{
    if (!state.current || state.hints >= state.current->hints->len)
        return FALSE;
    state.hints++;
    keep(app);
    return TRUE;
}
