/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/shell.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base/clock.h"
#include "client/client.h"
#include "ui/complete.h"
#include "ui/prompt.h"
#include "ui/shell-internal.h"

Shell *shell_of(App *app)
{
    return app->ui;
}

View *shell_top(Shell *s)
{
    return s->views->len ? s->views->pdata[s->views->len - 1] : NULL;
}

View *shell_view(Shell *s, guint id)
{
    for (guint i = 0; i < s->views->len; i++) {
        View *v = s->views->pdata[i];
        if (v->id == id)
            return v;
    }
    return NULL;
}

const char *shell_lang(void)
{
    /* The catalogue itself says which language the screen has; "" has no useful msgstr. */
    return strcmp(_("language-code"), "sv") == 0 ? "sv" : "en";
}

Instant shell_now(void)
{
    return clock_clinical_us();
}

void view_dirty(View *v)
{
    Shell *s = shell_of(v->app);
    v->dirty = TRUE;
    if (v == shell_top(s))
        paint_dirty(s->paint, PAINT_BODY);
}

static void view_free(gpointer p)
{
    View *v = p;
    scope_close(v->scope);
    if (v->cls->close)
        v->cls->close(v);
    g_clear_pointer(&v->patient, patient_ctx_unref);
    g_free(v->state);
    g_free(v->arg);
    g_free(v);
}

/* Where the person is goes into the sealed store whenever it changes, so that lock, crash and power
 * cut all come back to the same place. */
static void remember_place(Shell *s)
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

void shell_focus_changed(Shell *s)
{
    View *v = shell_top(s);
    keymap_state_clear(&s->keys);
    signgate_clear(&s->gate);
    s->gate_view = v ? v->id : 0;
    remember_patient(s, v);
    patient_header_show(s->header, s->app, v ? v->patient : NULL);
    input_text_mode(s->input, shell_text_mode(s));
    paint_dirty(s->paint, PAINT_ALL);
    remember_place(s);
}

static void drop_top(Shell *s)
{
    g_ptr_array_remove_index(s->views, s->views->len - 1);
}

void shell_place_changed(App *app)
{
    remember_place(shell_of(app));
}

/* The sections of one chart lie side by side, not on top of each other: opening one closes the
 * section before it; the overview stays below. Unit views replace everything. */
static void make_room(Shell *s, const ViewClass *cls, PatientCtx *patient)
{
    if (cls->flags & VIEW_UNIT) {
        while (s->views->len)
            drop_top(s);
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

static View *view_push(Shell *s, const ViewClass *cls, PatientCtx *patient, const char *arg, LoadWhy why,
                       GError **error)
{
    View *v = g_new0(View, 1);
    v->cls = cls;
    v->app = s->app;
    v->id = ++s->next_view_id;
    v->patient = patient ? patient_ctx_ref(patient) : NULL;
    v->arg = g_strdup(arg);
    v->scope = scope_new();
    v->state = g_malloc0(MAX(cls->state_size, 1));
    v->dirty = TRUE;
    if (cls->open && !cls->open(v, arg, error)) {
        view_free(v);
        return NULL;
    }
    make_room(s, cls, patient);
    g_ptr_array_add(s->views, v);
    shell_focus_changed(s);
    if (cls->load)
        cls->load(v, why);
    return v;
}

static gboolean open_last_patient(Shell *s, GError **error)
{
    if (!s->patient_before) {
        g_set_error_literal(error, APP_ERROR, APP_ERROR_NEEDS, _("There is no patient before this one"));
        return FALSE;
    }
    g_autofree char *id = g_strdup(s->patient_before);
    shell_open_patient(s->app, id, "summary", NULL);
    return TRUE;
}

static View *open_view(App *app, const char *name, PatientCtx *patient, const char *arg, GError **error)
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
    return view_push(s, cls, patient, arg, LOAD_OPEN, error);
}

static void close_view(App *app, guint view_id)
{
    Shell *s = shell_of(app);
    View *v = shell_view(s, view_id), *top = shell_top(s);
    /* help and palette speak for the view under them, but it is they that close first */
    if (v && (top->cls->flags & VIEW_MODAL))
        v = top;
    if (!v || s->views->len < 2) /* the base view stays */
        return;
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

static void close_patient(App *app)
{
    Shell *s = shell_of(app);
    for (guint i = s->views->len; i-- > 1;)
        if (((View *)s->views->pdata[i])->patient)
            g_ptr_array_remove_index(s->views, i);
    shell_focus_changed(s);
}

/* Cursor verbs that a view does not take itself reach its widgets as the key they stand for, so that
 * a keymap may bind them to any key. */
static const struct {
    const char *command, *key;
} verb_keys[] = {
    {"cursor-up", "<Up>"}, {"cursor-down", "<Down>"}, {"cursor-left", "<Left>"}, {"cursor-right", "<Right>"},
    {"page-up", "<PgUp>"}, {"page-down", "<PgDn>"}, {"cursor-home", "<Home>"}, {"cursor-end", "<End>"},
    {"next-part", "<Tab>"}, {"previous-part", "<S-Tab>"}, {"open", "<Enter>"}, {"edit-newline", "<Enter>"},
    {"edit-delete-back", "<BS>"}, {"edit-delete", "<Del>"}, {"edit-line-start", "<Home>"},
    {"edit-line-end", "<End>"}, {"edit-delete-word", "<C-w>"}, {"edit-delete-line", "<C-u>"},
    {"edit-word-left", "<C-Left>"}, {"edit-word-right", "<C-Right>"}, {"edit-undo", "<C-z>"},
    {"edit-redo", "<C-y>"}, {"edit-mark", "<C-Space>"}, {"edit-cut", "<C-x>"}, {"edit-copy", "<C-c>"},
    {"edit-paste", "<C-v>"},
};

static CmdResult refresh(View *v)
{
    if (v->cls->load)
        v->cls->load(v, LOAD_REFRESH);
    return CMD_DONE;
}

static void on_command_line(const char *line, gpointer data)
{
    Shell *s = data;
    paint_dirty(s->paint, PAINT_STATUS | PAINT_HINT);
    input_text_mode(s->input, shell_text_mode(s));
    if (line && *line)
        command_run_text(s->app, line, NULL);
}

static CmdResult view_command(App *app, CmdCall *call, GError **error)
{
    Shell *s = shell_of(app);
    View *v = shell_view(s, call->view_id);
    const char *name = call->command->name;
    if (strcmp(name, "command-line") == 0) {
        prompt_open(":", NULL, on_command_line, s);
        input_text_mode(s->input, TRUE);
        paint_dirty(s->paint, PAINT_STATUS | PAINT_HINT);
        return CMD_DONE;
    }
    if (!v)
        return CMD_ERROR;
    CmdResult r = v->cls->command ? v->cls->command(v, call, error) : CMD_ERROR;
    if (r != CMD_ERROR || (error && *error))
        return r;
    if (strcmp(name, "refresh") == 0)
        return refresh(v);
    for (gsize i = 0; i < G_N_ELEMENTS(verb_keys); i++)
        if (strcmp(verb_keys[i].command, name) == 0 && v->cls->text)
            return v->cls->text(v, verb_keys[i].key, FALSE) ? CMD_DONE : CMD_ERROR;
    g_set_error(error, APP_ERROR, APP_ERROR_NEEDS, _("“%s” does nothing here"), _(call->command->label));
    return CMD_ERROR;
}

static void focus(App *app, Focus *ret)
{
    Shell *s = shell_of(app);
    View *v = shell_top(s);
    /* Help and palette speak for the view under them. */
    for (guint i = s->views->len; v && (v->cls->flags & VIEW_MODAL) && i-- > 1;)
        v = s->views->pdata[i - 1];
    ret->context = v ? v->cls->keymap : "generic";
    ret->view_id = v ? v->id : 0;
    ret->patient = v ? v->patient : NULL;
    ret->selection = v && v->cls->selection ? v->cls->selection(v) : NULL;
    ret->row_patient = v && v->cls->row_patient ? v->cls->row_patient(v) : NULL;
}

/* ---- what commands ask for ---- */

typedef struct {
    CmdCall *call;
    AskFn ask;
    PickFn pick;
    ConfirmFn confirm;
    gpointer data;
} Asked;

static void asked_text(const char *text, gpointer data)
{
    g_autofree Asked *a = data;
    a->ask(a->call, text, a->data);
}

static void asked_pick(int index, gpointer data)
{
    g_autofree Asked *a = data;
    if (a->pick)
        a->pick(a->call, index, a->data);
    else
        a->confirm(a->call, index == 0, a->data);
}

static Asked *asked_new(CmdCall *call, gpointer data)
{
    Asked *a = g_new0(Asked, 1);
    a->call = call;
    a->data = data;
    return a;
}

static void modal_opened(Shell *s)
{
    input_text_mode(s->input, shell_text_mode(s));
    paint_dirty(s->paint, PAINT_ALL);
}

static void fe_ask(CmdCall *call, const char *prompt, const char *initial, AskFn fn, gpointer data)
{
    Shell *s = shell_of(call->app);
    Asked *a = asked_new(call, data);
    a->ask = fn;
    modal_ask(s->modals, prompt, initial, asked_text, a);
    modal_opened(s);
}

static void fe_pick(CmdCall *call, const char *title, const GPtrArray *items, PickFn fn, gpointer data)
{
    Shell *s = shell_of(call->app);
    Asked *a = asked_new(call, data);
    a->pick = fn;
    modal_pick(s->modals, title, items, asked_pick, a);
    modal_opened(s);
}

static void fe_confirm(CmdCall *call, const char *question, ConfirmFn fn, gpointer data)
{
    Shell *s = shell_of(call->app);
    Asked *a = asked_new(call, data);
    a->confirm = fn;
    modal_confirm(s->modals, question, asked_pick, a);
    modal_opened(s);
}

static void fe_status(App *app, StatusKind kind, const char *text)
{
    Shell *s = shell_of(app);
    statusbar_set(s->status, kind, text);
    paint_dirty(s->paint, PAINT_STATUS);
}

static void fe_receipt(App *app, const char *text)
{
    Shell *s = shell_of(app);
    statusbar_receipt(s->status, text);
    paint_dirty(s->paint, PAINT_STATUS);
}

static void fe_invalidate(App *app)
{
    paint_dirty(shell_of(app)->paint, PAINT_ALL);
}

void shell_end(Shell *s, int session_exit)
{
    if (s->ending)
        return;
    remember_place(s);
    s->ending = TRUE;
    s->exit_code = session_exit;
    if (s->loop)
        g_main_loop_quit(s->loop);
}

static void fe_end(App *app, int session_exit)
{
    shell_end(shell_of(app), session_exit);
}

static void open_row_patient(App *app, const char *patient_id, const char *command_text);

static const Frontend frontend = {
    .open_view = open_view,
    .open_row_patient = open_row_patient,
    .close_view = close_view,
    .close_patient = close_patient,
    .view_command = view_command,
    .focus = focus,
    .ask = fe_ask,
    .pick = fe_pick,
    .confirm = fe_confirm,
    .status = fe_status,
    .receipt = fe_receipt,
    .invalidate = fe_invalidate,
    .end = fe_end,
    .sign_gate = shell_sign_gate,
};

/* ---- opening patients, login, resume ---- */

typedef struct {
    App *app;
    char *view, *arg;
    char *command; /* run when the chart is open, or NULL */
    LoadWhy why;
} Opening;

static void opening_free(gpointer p)
{
    Opening *o = p;
    g_free(o->view);
    g_free(o->arg);
    g_free(o->command);
    g_free(o);
}

static void on_patient(PatientCtx *ctx, const GError *error, gpointer data)
{
    Opening *o = data;
    Shell *s = shell_of(o->app);
    g_autoptr(GError) local = NULL;
    if (!ctx) {
        notify_error(o->app, error);
        return;
    }
    const ViewClass *cls = view_class_find(o->view);
    g_return_if_fail(cls);
    if (strcmp(cls->name, "summary") != 0 && (cls->flags & VIEW_PATIENT))
        view_push(s, view_class_find("summary"), ctx, NULL, LOAD_OPEN, NULL);
    if (!view_push(s, cls, ctx, o->arg, o->why, &local) && local)
        notify_error(o->app, local);
    if (o->command)
        command_run_text(o->app, o->command, NULL);
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
    scope_add(s->scope, opening_free, o);
    client_open_patient(app->client, s->scope, id, NULL, on_patient, o);
}

void shell_open_patient(App *app, const char *patient_id, const char *view, const char *arg)
{
    open_patient(app, patient_id, view, arg, NULL, LOAD_OPEN);
}

static void open_row_patient(App *app, const char *patient_id, const char *command_text)
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

    if (!view_push(s, unit_view ? cls : view_class_find(care ? "worklist" : "about"), NULL, unit_view ? arg : NULL,
                   LOAD_OPEN, &error))
        notify_error(app, error);
    if (!cls || unit_view)
        return;
    if (patient)
        open_patient(app, patient, view, arg, NULL, LOAD_RESUME);
    else if (!(cls->flags & (VIEW_PATIENT | VIEW_LOGIN)))
        view_push(s, cls, NULL, arg, LOAD_RESUME, NULL);
}

/* ---- life ---- */

static void on_event(const Event *ev, gpointer data)
{
    Shell *s = data;
    for (guint i = 0; i < s->views->len; i++) {
        View *v = s->views->pdata[i];
        if (v->cls->changed)
            v->cls->changed(v, ev);
    }
    if (ev->kind == EVENT_TICK || ev->kind == EVENT_CONNECTION || ev->kind == EVENT_SESSION)
        paint_dirty(s->paint, PAINT_WHERE);
    if (s->app->who && ev->kind == EVENT_SESSION && g_strcmp0(ev->text, "token-lost") == 0)
        fe_status(s->app, STATUS_ERROR, _("The login has ended. Lock and log in again; what you write is kept"));
    gboolean gone = ev->kind == EVENT_CARD && g_strcmp0(ev->text, "present") != 0;
    if (s->app->who && (gone || (ev->kind == EVENT_SESSION && g_strcmp0(ev->text, "lock") == 0)))
        shell_end(s, 10); /* SESSION_EXIT_LOCK */
}

static gboolean on_minute(gpointer data)
{
    Shell *s = data;
    s->tick_timer = clock_timer_add((guint)(60000 - clock_clinical_us() / 1000 % 60000) + 1, on_minute, s);
    event_emit(&(Event){.kind = EVENT_TICK});
    return G_SOURCE_REMOVE;
}

Shell *shell_new(App *app, Term *term, const ShellHooks *hooks)
{
    Shell *s = g_new0(Shell, 1);
    s->app = app;
    s->term = term;
    s->hooks = hooks ? *hooks : (ShellHooks){0};
    app->ui = s;
    app->frontend = &frontend;
    s->views = g_ptr_array_new_with_free_func(view_free);
    s->scope = scope_new();
    s->modals = modal_stack_new();
    s->status = statusbar_new();
    prompt_init(complete_command, app);
    s->slow_ways = g_hash_table_new(g_str_hash, g_str_equal);
    s->listeners = g_array_new(FALSE, FALSE, sizeof(guint));
    s->paint = paint_new(term, shell_on_paint, s);
    paint_on_painted(s->paint, shell_on_painted, s);
    s->header = patient_header_new(s->paint);
    s->input = input_new(term, shell_on_input, s);
    for (int k = 0; k < EVENT_KINDS; k++) {
        guint id = event_listen((EventKind)k, on_event, s);
        g_array_append_val(s->listeners, id);
    }
    s->tick_timer = clock_timer_add((guint)(60000 - clock_clinical_us() / 1000 % 60000) + 1, on_minute, s);
    if (term_notice(term))
        statusbar_set(s->status, STATUS_WARN, term_notice(term));
    return s;
}

void shell_free(Shell *s)
{
    if (!s)
        return;
    s->ending = TRUE;
    for (guint i = 0; i < s->listeners->len; i++)
        event_unlisten(g_array_index(s->listeners, guint, i));
    clock_timer_cancel(s->tick_timer);
    clock_timer_cancel(s->hint_timer);
    prompt_forget();
    while (s->views->len)
        drop_top(s);
    scope_close(s->scope);
    g_ptr_array_unref(s->views);
    modal_stack_free(s->modals);
    patient_header_free(s->header);
    input_free(s->input);
    paint_free(s->paint);
    statusbar_free(s->status);
    term_free(s->term);
    g_hash_table_unref(s->slow_ways);
    g_array_unref(s->listeners);
    keymap_state_clear(&s->keys);
    signgate_clear(&s->gate);
    g_free(s->patient_now);
    g_free(s->patient_before);
    g_clear_pointer(&s->loop, g_main_loop_unref);
    g_free(s);
}

int shell_run(Shell *s, const char *first_view)
{
    g_autoptr(GError) error = NULL;
    s->loop = g_main_loop_new(NULL, FALSE);
    if (!open_view(s->app, first_view, NULL, NULL, &error))
        notify_error(s->app, error);
    paint_now(s->paint); /* the first screen waits for nobody */
    if (!s->ending)
        g_main_loop_run(s->loop);
    return s->exit_code;
}

void shell_resized(Shell *s)
{
    if (term_resize(s->term))
        shell_on_input(&(InputEvent){.kind = INPUT_RESIZE}, s);
}

void shell_feed(Shell *s, const char *bytes, gsize n)
{
    input_feed(s->input, bytes, n);
}

Term *shell_term(Shell *s)
{
    return s->term;
}
