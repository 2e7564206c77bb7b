/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/shell.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base/clock.h"
#include "base/session-exit.h"
#include "client/client.h"
#include "ui/complete.h"
#include "ui/prompt.h"
#include "ui/shell-internal.h"

Shell *shell_of(App *app)
{
    return app->ui;
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

/* Cursor verbs that a view does not take itself reach its widgets as the key they stand for, so that
 * a keymap may bind them to any key. */
static const struct {
    const char *command, *key;
} verb_keys[] = {
    {"cursor-up", "<Up>"}, {"cursor-down", "<Down>"}, {"cursor-left", "<Left>"}, {"cursor-right", "<Right>"},
    {"page-up", "<PgUp>"}, {"page-down", "<PgDn>"}, {"cursor-home", "<Home>"}, {"cursor-end", "<End>"},
    {"next-part", "<Tab>"}, {"previous-part", "<S-Tab>"}, {"open", "<Enter>"}, {"accept", "<Enter>"},
    {"card-other", "<Esc>"},
    {"edit-newline", "<Enter>"},
    {"edit-delete-back", "<BS>"}, {"edit-delete", "<Del>"}, {"edit-line-start", "<Home>"},
    {"edit-line-end", "<End>"}, {"edit-delete-word", "<C-w>"}, {"edit-delete-line", "<C-u>"},
    {"edit-word-left", "<C-Left>"}, {"edit-word-right", "<C-Right>"}, {"edit-undo", "<C-z>"},
    {"edit-redo", "<C-y>"}, {"edit-mark", "<C-Space>"}, {"edit-cut", "<C-x>"}, {"edit-copy", "<C-c>"},
    {"edit-paste", "<C-v>"},
};

CmdResult shell_view_verb(View *v, CmdCall *call, GError **error)
{
    CmdResult r = v->cls->command ? v->cls->command(v, call, error) : CMD_ERROR;
    if (r != CMD_ERROR || (error && *error))
        return r;
    for (gsize i = 0; i < G_N_ELEMENTS(verb_keys); i++)
        if (strcmp(verb_keys[i].command, call->command->name) == 0 && v->cls->text)
            return v->cls->text(v, verb_keys[i].key, FALSE) ? CMD_DONE : CMD_ERROR;
    return CMD_ERROR;
}

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
    if (!line || !*line)
        return;
    g_autofree char *name = g_strndup(line, strcspn(line, " \t"));
    const Command *c = command_find_typed(name);
    if (c)
        shell_note_slow_way(s->app, c);
    command_run_text(s->app, line, NULL);
}

static CmdResult view_command(App *app, CmdCall *call, GError **error)
{
    Shell *s = shell_of(app);
    /* What help and palette say of the view under them is the focus; their own keys are their own. */
    View *top = shell_top(s), *v = top && (top->cls->flags & VIEW_MODAL) ? top : shell_view(s, call->view_id);
    const char *name = call->command->name;
    if (strcmp(name, "command-line") == 0) {
        prompt_open(":", NULL, on_command_line, s);
        input_text_mode(s->input, TRUE);
        paint_dirty(s->paint, PAINT_STATUS | PAINT_HINT);
        return CMD_DONE;
    }
    if (strcmp(name, "refresh") == 0) /* also of what somebody else has written over it */
        paint_all_anew(s->paint);
    CmdResult r = CMD_ERROR;
    if (!v || shell_beside_command(s, call, &r, error))
        return r;
    r = shell_view_verb(v, call, error);
    if (r != CMD_ERROR || (error && *error))
        return r;
    if (strcmp(name, "refresh") == 0)
        return refresh(v);
    g_set_error(error, APP_ERROR, APP_ERROR_NEEDS, _("“%s” does nothing here"), _(call->command->label));
    return CMD_ERROR;
}

static void focus(App *app, Focus *ret)
{
    View *v = shell_focused(shell_of(app));
    ret->context = shell_view_context(v);
    ret->view_id = v ? v->id : 0;
    ret->patient = v ? v->patient : NULL;
    ret->selection = v && v->cls->selection && !view_is_beside(v) ? v->cls->selection(v) : NULL;
    ret->row_patient = v && v->cls->row_patient ? v->cls->row_patient(v) : NULL;
    ret->no_rows = v && v->cls->rows && v->cls->rows(v) == 0;
    ret->at_base = shell_at_base(shell_of(app));
}

/* Beside a text one only reads, whatever it is that stands there. */
static gboolean can(App *app, const Command *c, GError **error)
{
    View *v = shell_focused(shell_of(app));
    return !v || !v->cls->can || view_is_beside(v) || v->cls->can(v, c, error);
}

static char *place(App *app, guint view_id)
{
    View *v = shell_view(shell_of(app), view_id);
    return v && v->cls->resume ? v->cls->resume(v) : NULL;
}

gboolean shell_is_ending(App *app)
{
    return shell_of(app)->ending;
}

void shell_end(Shell *s, int session_exit)
{
    if (s->ending)
        return;
    shell_remember_place(s);
    s->ending = TRUE;
    s->exit_code = session_exit;
    if (s->loop)
        g_main_loop_quit(s->loop);
}

static void fe_end(App *app, int session_exit)
{
    shell_end(shell_of(app), session_exit);
}

static const Frontend frontend = {
    .open_view = shell_open_view,
    .open_row_patient = shell_open_row_patient,
    .close_view = shell_close_view,
    .close_patient = shell_close_patient,
    .view_command = view_command,
    .focus = focus,
    .can = can,
    .place = place,
    .ask = shell_ask,
    .pick = shell_pick,
    .confirm = shell_confirm,
    .status = shell_status,
    .receipt = shell_receipt,
    .invalidate = shell_invalidate,
    .end = fe_end,
    .sign_gate = shell_sign_gate,
};

/* ---- life ---- */

static void on_event(const Event *ev, gpointer data)
{
    Shell *s = data;
    for (guint i = 0; i < s->views->len + s->beside->len; i++) {
        View *v = i < s->views->len ? s->views->pdata[i] : s->beside->pdata[i - s->views->len];
        if (v->cls->changed)
            v->cls->changed(v, ev);
    }
    if (ev->kind == EVENT_TICK || ev->kind == EVENT_CONNECTION || ev->kind == EVENT_SESSION)
        paint_dirty(s->paint, PAINT_WHERE);
    if (ev->kind == EVENT_CONNECTION && s->app->client && client_online(s->app->client, NULL) && statusbar_online(s->status))
        paint_dirty(s->paint, PAINT_STATUS);
    if (s->app->who && s->work_scope && ev->kind == EVENT_TICK)
        shell_work_tick(s);
    if (s->app->who && ev->kind == EVENT_SESSION && g_strcmp0(ev->text, "token-lost") == 0)
        shell_status(s->app, STATUS_ERROR, _("The login has ended. Lock and log in again; what you write is kept"));
    gboolean gone = ev->kind == EVENT_CARD && g_strcmp0(ev->text, "present") != 0;
    if (s->app->who && (gone || (ev->kind == EVENT_SESSION && g_strcmp0(ev->text, "lock") == 0)))
        shell_end(s, SESSION_EXIT_LOCK);
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
    s->views = shell_views_new();
    s->beside = shell_views_new();
    s->scope = scope_new();
    s->modals = modal_stack_new();
    s->asked = g_ptr_array_new();
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
    clock_timer_cancel(s->gate_timer);
    prompt_forget();
    shell_views_close(s);
    scope_close(s->scope);
    g_clear_pointer(&s->work_scope, scope_close);
    g_ptr_array_unref(s->views);
    g_ptr_array_unref(s->beside);
    g_ptr_array_unref(s->asked);
    modal_stack_free(s->modals);
    commands_end(s->app); /* nobody is left who could end them */
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
    g_free(s->patient_left);
    g_clear_pointer(&s->loop, g_main_loop_unref);
    g_free(s);
}

int shell_run(Shell *s, const char *first_view, const char *arg)
{
    g_autoptr(GError) error = NULL;
    s->loop = g_main_loop_new(NULL, FALSE);
    if (!shell_open_view(s->app, first_view, NULL, arg, &error))
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

