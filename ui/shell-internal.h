/* SPDX-License-Identifier: GPL-3.0-or-later
 * ui/shell-internal.h — what the parts of the shell share: life and events (shell.c), the stack of
 * views (shell-views.c), what is read beside them (shell-beside.c), questions and words (shell-ask.c), keys (shell-keys.c), the frame
 * (shell-paint.c), what waits (shell-work.c). */
#pragma once
#include "app/signgate.h"
#include "ui/modal.h"
#include "ui/paint.h"
#include "ui/patient-header.h"
#include "ui/shell.h"
#include "ui/statusbar.h"

struct Shell {
    App *app;
    Term *term;
    Input *input;
    Paint *paint;
    ModalStack *modals;
    GPtrArray *asked;        /* questions that stand, each with its call (shell-ask.c) */
    StatusBar *status;
    int status_rows;         /* as painted last */
    guint status_of;         /* the view that it was last said over */
    GPtrArray *views;        /* View*, bottom first */
    GPtrArray *beside;       /* View*, bottom first: what is read beside one of the views */
    guint beside_of;         /* that view, and nobody else's */
    gboolean beside_keys;    /* the keys go there */
    const ViewClass *beside_last; /* what was read there last; NULL: nothing yet */
    KeymapState keys;
    gint64 unused_at;        /* monotonic: what was typed last to no field, and its tail; 0: nothing */
    guint unused_in; /* the view whose field took it not; 0: there was none */
    SignGate gate;           /* of the top view's reading */
    guint gate_view;
    PatientHeader *header;   /* of the top view's patient */
    char *patient_now, *patient_before; /* ids, for patient-last */
    gboolean in_chart;       /* the view before this one was about a patient */
    char *patient_left;      /* whose chart a diary was opened from: back goes there; NULL */
    Scope *scope;            /* of the shell's own work */
    guint next_view_id;
    guint openings;          /* charts that were asked for: the last one counts */
    guint hint_timer, tick_timer, gate_timer;
    gboolean hint_prefix;    /* the continuations are shown */
    const char *hinted;      /* the context whose keys the hint bar shows; from a view's class */
    GHashTable *slow_ways;   /* command name → how often it was asked for the slow way */
    GArray *listeners;       /* guint ids of event_listen */
    gboolean digit_at_login; /* the last key chose by number in the login */
    guint waiting;           /* notes for the person to sign or transcribe */
    guint second;            /* notes that colleagues ask the person to countersign */
    Scope *work_scope;       /* of the counting of them; NULL before login */
    struct NoteWorkSource *work; /* counts them; NULL: this person writes none */
    ShellHooks hooks;
    GMainLoop *loop;
    int exit_code;
    gboolean ending;
};

Shell *shell_of(App *app);
View *shell_view(Shell *s, guint id);
gboolean shell_at_base(Shell *s); /* nothing to go back to */
View *shell_base(Shell *s);    /* the top one, or what help and palette lie on */
View *shell_focused(Shell *s); /* it, or what is read beside it while the keys go there */
View *shell_keyed(Shell *s);   /* the same, but help and palette themselves */
void shell_on_input(const InputEvent *event, gpointer data);
void shell_on_paint(Canvas *c, guint dirty, gpointer data);
void shell_on_painted(gint64 at, gpointer data);

/* ---- what is read beside (shell-beside.c) ---- */
View *shell_beside(Shell *s); /* beside the view that is seen; NULL: nothing is */
View *shell_beside_find(Shell *s, guint id);
/* Opens the class there when it is to be: the keys go there and it may. *ret_view NULL with @error: it would not. */
gboolean shell_beside_take(Shell *s, const ViewClass *cls, PatientCtx *patient, const char *arg, View **ret_view,
                           GError **error);
gboolean shell_beside_back(Shell *s, guint view_id); /* FALSE: the view is not there */
/* Its own commands, and what may not be done there. FALSE: the command is another's. */
gboolean shell_beside_command(Shell *s, CmdCall *call, CmdResult *ret_result, GError **error);
void shell_beside_tidy(Shell *s); /* the view that it was beside may be gone */
void shell_beside_close(Shell *s);
void shell_beside_paint(Shell *s, Canvas *c, Rect r, gboolean to_the_right);

GPtrArray *shell_views_new(void);
View *shell_view_new(Shell *s, const ViewClass *cls, PatientCtx *patient, const char *arg, GError **error);
CmdResult shell_view_verb(View *v, CmdCall *call, GError **error); /* the view's own, or its widgets' */
void shell_views_close(Shell *s);
void shell_focus_changed(Shell *s);
void shell_remember_place(Shell *s);
const char *shell_context(Shell *s);
const char *shell_view_context(View *v); /* "generic" without a view */
gboolean shell_text_mode(Shell *s);
SignGateAnswer shell_sign_gate(App *app, const CmdCause *cause);

/* The view closes; the view has the focus. Questions of the view, of others, end without an answer. */
void shell_questions_end(Shell *s, guint view_id);
void shell_questions_only(Shell *s, guint view_id);
/* Counts what waits for the person who has logged in, until they are somebody else (shell-work.c). */
void shell_work_watch(Shell *s);
void shell_work_tick(Shell *s);

/* Rows of the Frontend (app/frontend.h). */
View *shell_open_view(App *app, const char *name, PatientCtx *patient, const char *arg, GError **error);
void shell_open_row_patient(App *app, const char *patient_id, const char *command_text);
void shell_close_view(App *app, guint view_id);
void shell_close_patient(App *app);
void shell_ask(CmdCall *call, const char *prompt, const char *initial, AskFn fn, gpointer data);
void shell_pick(CmdCall *call, const char *title, const GPtrArray *items, PickFn fn, gpointer data);
void shell_confirm(CmdCall *call, const char *question, ConfirmFn fn, gpointer data);
void shell_status(App *app, StatusKind kind, const char *text);
void shell_receipt(App *app, const char *text);
void shell_invalidate(App *app);
