/* SPDX-License-Identifier: GPL-3.0-or-later
 * The stack of views: opening and closing them, the patients they are about, and where the person was. */
#include "ui/shell-internal.h"

#include <glib/gi18n.h>
#include <string.h>

#include "chart/header.h"
#include "chart/overview.h"
#include "client/client.h"

View *shell_top(Shell *s)
{
    return s->views->len ? s->views->pdata[s->views->len - 1] : NULL;
}

View *shell_base(Shell *s)
{
    View *v = shell_top(s);
    for (guint i = s->views->len; v && (v->cls->flags & VIEW_MODAL) && i-- > 1;)
        v = s->views->pdata[i - 1];
    return v;
}

/* Help and palette speak for the view under them. */
View *shell_focused(Shell *s)
{
    View *beside = s->beside_keys ? shell_beside(s) : NULL;
    return beside ? beside : shell_base(s);
}

View *shell_keyed(Shell *s)
{
    View *top = shell_top(s);
    return top && (top->cls->flags & VIEW_MODAL) ? top : shell_focused(s);
}

View *shell_view(Shell *s, guint id)
{
    for (guint i = 0; i < s->views->len; i++) {
        View *v = s->views->pdata[i];
        if (v->id == id)
            return v;
    }
    return shell_beside_find(s, id);
}

View *shell_find_view(App *app, guint id)
{
    return shell_view(shell_of(app), id);
}

void view_dirty(View *v)
{
    Shell *s = shell_of(v->app);
    gboolean beside = v == shell_beside(s);
    if (!beside && v != shell_top(s))
        return;
    /* what can be done depends on what is selected */
    paint_dirty(s->paint, beside ? PAINT_BESIDE | PAINT_HINT : PAINT_BODY | PAINT_HINT);
    input_text_mode(s->input, shell_text_mode(s));  /* and so does whether letters are text */
}

void view_hold(View *v, guint ms)
{
    paint_hold(shell_of(v->app)->paint, ms);
}

void view_release(View *v)
{
    paint_release(shell_of(v->app)->paint);
}

static void view_free(gpointer p)
{
    View *v = p;
    shell_questions_end(shell_of(v->app), v->id);
    scope_close(v->scope);
    if (v->cls->close)
        v->cls->close(v);
    g_clear_pointer(&v->patient, patient_ctx_unref);
    g_free(v->state);
    g_free(v->arg);
    g_free(v);
}

GPtrArray *shell_views_new(void)
{
    return g_ptr_array_new_with_free_func(view_free);
}

/* Where the person is goes into the sealed store whenever it changes, so that lock, crash and power
 * cut all come back to the same place. */
void shell_remember_place(Shell *s)
{
    View *v = shell_top(s);
    if (!s->app->who || !v || s->ending || (v->cls->flags & (VIEW_MODAL | VIEW_LOGIN)))
        return;
    if ((v->cls->flags & VIEW_DETAIL) && !v->cls->resume)
        return; /* one comes back to what it was a detail of */
    g_autofree char *arg = v->cls->resume ? v->cls->resume(v) : g_strdup(v->arg);
    s->app->services.resume_put(s->app->services.self, v->cls->name,
                                v->patient ? patient_ctx_id(v->patient) : NULL, arg);
}

static void remember_patient(Shell *s, const View *v)
{
    const char *id = v && v->patient ? patient_ctx_id(v->patient) : NULL;
    if (!id || g_strcmp0(id, s->patient_now) == 0)
        return;
    g_free(s->patient_before);
    s->patient_before = s->patient_now;
    s->patient_now = g_strdup(id);
}

/* The next key in a list means who is under the cursor: that is the patient one comes from, not who happened to be there. */
static void come_back(Shell *s, View *v)
{
    if (!v || v->cls->flags & VIEW_MODAL)
        return;
    gboolean was = s->in_chart;
    s->in_chart = v->patient != NULL;
    if (was && !v->patient && v->cls->back_from && s->patient_now)
        v->cls->back_from(v, s->patient_now);
}

/* Help and palette lie over a view, and that stays the same. */
static void leave_status(Shell *s)
{
    const View *base = shell_base(s);
    guint id = base ? base->id : 0;
    if (id != s->status_of)
        statusbar_leave(s->status);
    s->status_of = id;
}

void shell_focus_changed(Shell *s)
{
    shell_beside_tidy(s);
    View *v = shell_top(s), *focused = shell_focused(s);
    shell_questions_only(s, focused ? focused->id : 0);
    leave_status(s);
    keymap_state_clear(&s->keys);
    signgate_clear(&s->gate);
    s->gate_view = v ? v->id : 0;
    remember_patient(s, v);
    come_back(s, v);
    patient_header_show(s->header, s->app, v ? v->patient : NULL);
    input_text_mode(s->input, shell_text_mode(s));
    paint_dirty(s->paint, PAINT_ALL);
    shell_remember_place(s);
}

static void drop_top(Shell *s)
{
    g_ptr_array_remove_index(s->views, s->views->len - 1);
}

void shell_views_close(Shell *s)
{
    shell_beside_close(s);
    while (s->views->len)
        drop_top(s);
}

void shell_place_changed(App *app)
{
    shell_remember_place(shell_of(app));
}

/* A diary looked at from a chart is a way aside: back returns to the patient. The list is home. */
static void leave_for_unit(Shell *s, const ViewClass *cls)
{
    const View *top = shell_top(s);
    gboolean home = strcmp(cls->name, "worklist") == 0;
    if (!home && (!top || !top->patient)) /* from one diary to another */
        return;
    g_free(s->patient_left);
    s->patient_left = home ? NULL : g_strdup(patient_ctx_id(top->patient));
}

/* The sections of one chart lie side by side, not on top of each other: opening one closes the
 * section before it; the overview stays below. Unit views replace everything. */
static void make_room(Shell *s, const ViewClass *cls, PatientCtx *patient)
{
    if (cls->flags & VIEW_UNIT) {
        leave_for_unit(s, cls);
        shell_views_close(s);
        return;
    }
    /* before login the login view is what everything comes back to */
    if (!s->app->who || (cls->flags & (VIEW_MODAL | VIEW_TEXT | VIEW_DETAIL)))
        return;
    for (View *top = shell_top(s); top && !(top->cls->flags & VIEW_UNIT); top = shell_top(s)) {
        gboolean same = top->patient && patient && strcmp(patient_ctx_id(top->patient), patient_ctx_id(patient)) == 0;
        if (same && strcmp(top->cls->name, "summary") == 0 && strcmp(cls->name, "summary") != 0)
            return;
        drop_top(s);
    }
}

/* What can be read but not finished here is said as it opens, not when the last key is pressed. */
static void say_what_cannot(Shell *s, const ViewClass *cls)
{
    g_autoptr(GArray) bindings = keymap_bindings(s->app->keymap, cls->keymap, NULL);
    for (guint i = 0; i < bindings->len; i++) {
        const Command *c = command_find(g_array_index(bindings, KeyBinding, i).text);
        const char *why = c && c->risk >= CMD_RISK_WRITE ? command_core_cannot(s->app, c) : NULL;
        if (why) {
            s->app->frontend->status(s->app, STATUS_WARN, why);
            return;
        }
    }
}

View *shell_view_new(Shell *s, const ViewClass *cls, PatientCtx *patient, const char *arg, GError **error)
{
    View *v = g_new0(View, 1);
    v->cls = cls;
    v->app = s->app;
    v->id = ++s->next_view_id;
    v->patient = patient ? patient_ctx_ref(patient) : NULL;
    v->arg = g_strdup(arg);
    v->scope = scope_new();
    v->state = g_malloc0(MAX(cls->state_size, 1));
    if (cls->open && !cls->open(v, arg, error))
        g_clear_pointer(&v, view_free);
    return v;
}

static View *view_push(Shell *s, const ViewClass *cls, PatientCtx *patient, const char *arg, LoadWhy why,
                       GError **error)
{
    View *v = shell_view_new(s, cls, patient, arg, error);
    if (!v)
        return NULL;
    make_room(s, cls, patient);
    g_ptr_array_add(s->views, v);
    shell_focus_changed(s);
    if (cls->load)
        cls->load(v, why);
    say_what_cannot(s, cls);
    return v;
}

/* From a list that is the chart just left; from a chart the one before it. */
static gboolean open_last_patient(Shell *s, GError **error)
{
    const View *v = shell_top(s);
    const char *last = v && v->patient ? s->patient_before : s->patient_now;
    if (!last) {
        g_set_error_literal(error, APP_ERROR, APP_ERROR_NEEDS, _("There is no patient before this one"));
        return FALSE;
    }
    g_autofree char *id = g_strdup(last);
    shell_open_patient(s->app, id, "summary", NULL);
    return TRUE;
}

View *shell_open_view(App *app, const char *name, PatientCtx *patient, const char *arg, GError **error)
{
    Shell *s = shell_of(app);
    if (strcmp(name, "patient-last") == 0)
        return open_last_patient(s, error) ? shell_top(s) : NULL;
    const ViewClass *cls = view_class_find(name);
    if (!cls) {
        g_set_error(error, APP_ERROR, APP_ERROR_UNKNOWN_COMMAND, _("There is no view “%s”"), name);
        return NULL;
    }
    if ((cls->flags & VIEW_PATIENT) && !patient) {
        g_set_error_literal(error, APP_ERROR, APP_ERROR_NEEDS, _("Open a patient first"));
        return NULL;
    }
    View *v = NULL;
    return shell_beside_take(s, cls, patient, arg, &v, error) ? v : view_push(s, cls, patient, arg, LOAD_OPEN, error);
}

/* Before login the first view has a step of its own to go back. */
gboolean shell_at_base(Shell *s)
{
    const View *v = shell_top(s);
    return s->app->who && s->views->len < 2 && !s->patient_left && v && !v->patient;
}

void shell_close_view(App *app, guint view_id)
{
    Shell *s = shell_of(app);
    View *v = shell_view(s, view_id), *top = shell_top(s);
    /* help and palette speak for the view under them, but it is they that close first */
    if (v && (top->cls->flags & VIEW_MODAL))
        v = top;
    if (!v || shell_beside_back(s, v->id))
        return;
    if (s->views->len < 2 && s->patient_left) {
        g_autofree char *patient = g_steal_pointer(&s->patient_left);
        shell_open_patient(app, patient, "summary", NULL);
        return;
    }
    if (s->views->len < 2 && v->patient && app->who) { /* a chart is nobody's first view */
        shell_views_close(s);
        view_push(s, view_class_find(app_first_view(app)), NULL, NULL, LOAD_OPEN, NULL);
        return;
    }
    if (s->views->len < 2) { /* the base view stays; it may have a step of its own to go back */
        if (v->cls->text)
            v->cls->text(v, "<Esc>", FALSE);
        return;
    }
    g_ptr_array_remove(s->views, v);
    shell_focus_changed(s);
}

void shell_close_drafts_of(App *app, const char *draft_id)
{
    Shell *s = shell_of(app);
    g_autofree char *wanted = g_strdup_printf("draft:%s", draft_id);
    for (guint i = s->views->len; i-- > 1;) {
        View *v = s->views->pdata[i];
        g_autofree char *place = v->cls->resume && strcmp(v->cls->name, "note-edit") == 0 ? v->cls->resume(v) : NULL;
        if (g_strcmp0(place, wanted) == 0)
            g_ptr_array_remove_index(s->views, i);
    }
    shell_focus_changed(s);
}

void shell_close_patient(App *app)
{
    Shell *s = shell_of(app);
    for (guint i = s->views->len; i-- > 1;)
        if (((View *)s->views->pdata[i])->patient)
            g_ptr_array_remove_index(s->views, i);
    shell_focus_changed(s);
}

/* ---- opening patients, login, resume ---- */

typedef struct {
    App *app;
    char *view, *arg;
    char *command; /* run when the chart is open, or NULL */
    LoadWhy why;
    guint nth;     /* of all that were asked for */
} Opening;

static void opening_free(gpointer p)
{
    Opening *o = p;
    g_free(o->view);
    g_free(o->arg);
    g_free(o->command);
    g_free(o);
}

/* From a list to a view of its own kind and back: the chart under it is not wanted. */
static void leave_out_chart(Shell *s)
{
    const View *top = shell_top(s);
    const View *under = s->views->len > 2 ? s->views->pdata[s->views->len - 2] : NULL;
    if (!under || !(top->cls->flags & VIEW_ROUND) || strcmp(under->cls->name, "summary") != 0)
        return;
    g_ptr_array_remove_index(s->views, s->views->len - 2);
    shell_focus_changed(s);
}

/* A list of what waits, of several patients: back from one of them is to the list, so no chart comes between. */
static gboolean opens_from_list(Shell *s, const Opening *o, const ViewClass *cls)
{
    const View *top = shell_top(s);
    return o->why == LOAD_OPEN && (cls->flags & VIEW_DETAIL) && top && !top->patient && (top->cls->flags & VIEW_DETAIL) &&
           top->cls->row_patient;
}

static void on_patient(PatientCtx *ctx, const GError *error, gpointer data)
{
    Opening *o = data;
    Shell *s = shell_of(o->app);
    g_autoptr(GError) local = NULL;
    if (o->nth != s->openings) /* another chart was asked for since: a slow answer never lays this one over it */
        return;
    if (!ctx) {
        notify_error(o->app, error);
        return;
    }
    const ViewClass *cls = view_class_find(o->view);
    g_return_if_fail(cls);
    if (strcmp(cls->name, "summary") != 0 && (cls->flags & VIEW_PATIENT) && !opens_from_list(s, o, cls))
        view_push(s, view_class_find("summary"), ctx, NULL, LOAD_OPEN, NULL);
    if (!view_push(s, cls, ctx, o->arg, o->why, &local) && local)
        notify_error(o->app, local);
    if (o->command && command_run_text(o->app, o->command, NULL))
        leave_out_chart(s);
}

static void open_patient(App *app, const char *id, const char *view, const char *arg, const char *command,
                         LoadWhy why)
{
    Shell *s = shell_of(app);
    Opening *o = g_new0(Opening, 1);
    o->app = app;
    o->view = g_strdup(view);
    o->arg = g_strdup(arg);
    o->command = g_strdup(command);
    o->why = why;
    o->nth = ++s->openings;
    scope_add(s->scope, opening_free, o);
    const char *const *types = strcmp(view, "summary") == 0 ? overview_types() : chart_header_types();
    client_open_chart(app->client, s->scope, id, NULL, types, on_patient, o);
}

void shell_open_patient(App *app, const char *patient_id, const char *view, const char *arg)
{
    open_patient(app, patient_id, view, arg, NULL, LOAD_OPEN);
}

const char *shell_last_patient(App *app)
{
    return shell_of(app)->patient_now;
}

void shell_open_row_patient(App *app, const char *patient_id, const char *command_text)
{
    const Command *overview = command_find("overview");
    gboolean only_chart = overview && strcmp(command_text, overview->name) == 0;
    open_patient(app, patient_id, "summary", NULL, only_chart ? NULL : command_text, LOAD_OPEN);
}

/* Back to the view of a unit, or to its list and from there to the patient's chart. */
void shell_logged_in(App *app)
{
    Shell *s = shell_of(app);
    g_autofree char *view = NULL, *patient = NULL, *arg = NULL;
    g_autoptr(GError) error = NULL;
    gboolean care = (app->who->rights & CMD_NEEDS_CARE) != 0;
    gboolean back = care && app->services.resume_get(app->services.self, &view, &patient, &arg);
    const ViewClass *cls = back ? view_class_find(view) : NULL;
    gboolean unit_view = cls && (cls->flags & VIEW_UNIT) && !(cls->flags & VIEW_LOGIN);

    shell_work_watch(s);
    const char *first = app_first_view(app);
    if (strcmp(first, "worklist") != 0) /* nothing goes back to the login view that has done its work */
        shell_views_close(s);
    if (!view_push(s, unit_view ? cls : view_class_find(first), NULL, unit_view ? arg : NULL,
                   LOAD_OPEN, &error))
        notify_error(app, error);
    if (!cls || unit_view)
        return;
    if (patient)
        open_patient(app, patient, view, arg, NULL, LOAD_RESUME);
    else if (!(cls->flags & (VIEW_PATIENT | VIEW_LOGIN)))
        view_push(s, cls, NULL, arg, LOAD_RESUME, NULL);
}
