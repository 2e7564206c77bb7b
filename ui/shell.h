/* SPDX-License-Identifier: GPL-3.0-or-later
 * ui/shell.h — the screen as a whole: the stack of views, the focus, keys to commands, the frame, the
 * signing gate. It is the Frontend that commands see. Knows no clinical content: views do. One shell a
 * session; it owns term, input, paint and the views. */
#pragma once
#include "app/app.h"
#include "ui/input.h"
#include "ui/term.h"

typedef struct Shell Shell;

typedef struct {
    void (*touched)(gpointer data); /* each key: the idle timer */
    gpointer data;
} ShellHooks;

/* @term is taken. Registers itself as app->frontend. */
Shell *shell_new(App *app, Term *term, const ShellHooks *hooks);
void shell_free(Shell *s);
/* Opens the first view, with what it has to say (NULL: nothing), and runs the main loop until somebody ends the session. */
int shell_run(Shell *s, const char *first_view, const char *arg);
void shell_end(Shell *s, int session_exit);

/* ---- for views ---- */
void view_dirty(View *v);
/* The first picture of a view waits at most so long for what is about to come, so that it is painted
 * once; a key ends the waiting. */
void view_hold(View *v, guint ms);
void view_release(View *v);
/* For what must not be meant for the screen before: a frame has been painted since (monotonic); and the terminal has
 * taken it, and nothing that was typed waits. */
gboolean shell_has_painted(App *app, gint64 since);
gboolean shell_is_quiet(App *app, gint64 since);
/* Audited opening of a patient, then a view on it; a failure is told in the status line. */
void shell_open_patient(App *app, const char *patient_id, const char *view, const char *arg);
/* Whose chart was open last: a diary's free time is booked for them. NULL: none; borrowed. */
const char *shell_last_patient(App *app);
/* The view is read beside one that is written: nothing is done in it. */
gboolean view_is_beside(const View *v);
/* A view by its id, or NULL when it has been closed: for answers that come late. */
View *shell_find_view(App *app, guint id);
/* What the view's resume() says has changed (a draft was begun): keep it now. */
void shell_place_changed(App *app);
/* The session is about to end, or to lock: one comes back to the same place. */
gboolean shell_is_ending(App *app);
/* Closes the views that write on this draft: it has become a note, or is gone. */
void shell_close_drafts_of(App *app, const char *draft_id);
/* The command was asked for by its name: after a few times its key is shown. */
void shell_note_slow_way(App *app, const Command *c);
/* What waits for this person is counted anew: a list of it that is asked again shall not say other than the status line. */
void shell_work_refresh(App *app);
/* The base view for this assignment, and where the person was before a lock. Called by the login
 * view when the session is ready. */
void shell_logged_in(App *app);
const char *shell_lang(void); /* "sv" or "en": the language of the screen */
Instant shell_now(void);      /* clinical time */

/* ---- for tests ---- */
void shell_resized(Shell *s); /* what SIGWINCH does */
void shell_feed(Shell *s, const char *bytes, gsize n); /* as if typed */
View *shell_top(Shell *s);
