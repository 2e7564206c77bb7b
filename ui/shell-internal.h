/* SPDX-License-Identifier: GPL-3.0-or-later
 * ui/shell-internal.h — what the parts of the shell share: views (shell.c), keys (shell-keys.c), the
 * frame (shell-paint.c). */
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
    StatusBar *status;
    GPtrArray *views;        /* View*, bottom first */
    KeymapState keys;
    SignGate gate;           /* of the top view's reading */
    guint gate_view;
    PatientHeader *header;   /* of the top view's patient */
    char *patient_now, *patient_before; /* ids, for patient-last */
    Scope *scope;            /* of the shell's own work */
    guint next_view_id;
    guint hint_timer, tick_timer;
    gboolean hint_prefix;    /* the continuations are shown */
    GHashTable *slow_ways;   /* command name → how often it was asked for the slow way */
    GArray *listeners;       /* guint ids of event_listen */
    ShellHooks hooks;
    GMainLoop *loop;
    int exit_code;
    gboolean ending;
};

Shell *shell_of(App *app);
View *shell_view(Shell *s, guint id);
void shell_on_input(const InputEvent *event, gpointer data);
void shell_on_paint(Canvas *c, guint dirty, gpointer data);
void shell_on_painted(gint64 at, gpointer data);
void shell_focus_changed(Shell *s);
const char *shell_context(Shell *s);
gboolean shell_text_mode(Shell *s);
SignGateAnswer shell_sign_gate(App *app, const CmdCause *cause);
void shell_note_slow_way(Shell *s, const Command *c);
