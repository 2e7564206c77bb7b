/* SPDX-License-Identifier: GPL-3.0-or-later
 * app/frontend.h — what commands may ask of the screen. ui/ fills it in at start; unit tests pass a
 * recording fake. All on the main thread; callbacks come later from the loop. What a call asks is answered
 * while the view it was made in has the focus, or never: then the question ends and the call with it. */
#pragma once
#include "app/signgate.h"
#include "app/viewreg.h"

typedef struct {
    const char *context;     /* keymap context of the focus */
    guint view_id;
    PatientCtx *patient;     /* borrowed */
    FhirResource *selection; /* borrowed */
    const char *row_patient; /* a list of people: the id under the cursor; borrowed, NULL elsewhere */
    gboolean no_rows;        /* an empty list */
    gboolean at_base;        /* where the assignment begins: nothing lies under it */
} Focus;

typedef struct {
    char *key;    /* shown letter or number; NULL = numbered */
    char *text;
    char *detail; /* second column or NULL */
} PickItem;

static inline void pick_item_free(gpointer item) /* one whose words are its own */
{
    PickItem *i = item;
    g_free(i->key);
    g_free(i->text);
    g_free(i->detail);
    g_free(i);
}

typedef enum {
    STATUS_INFO,
    STATUS_WARN,
    STATUS_OFFLINE, /* a warning that is true until the core answers again */
    STATUS_ERROR,
} StatusKind;

typedef void (*AskFn)(CmdCall *call, const char *text, gpointer data);  /* NULL = closed */
typedef void (*PickFn)(CmdCall *call, int index, gpointer data);        /* -1 = closed */
typedef void (*ConfirmFn)(CmdCall *call, gboolean yes, gpointer data);

typedef struct Frontend {
    View *(*open_view)(App *app, const char *name, PatientCtx *patient, const char *arg, GError **error);
    /* From a list of people: open this patient's chart (audited), then run the command there. */
    void (*open_row_patient)(App *app, const char *patient_id, const char *command_text);
    void (*close_view)(App *app, guint view_id);
    void (*close_patient)(App *app);  /* closes every view with a patient */
    CmdResult (*view_command)(App *app, CmdCall *call, GError **error);
    void (*focus)(App *app, Focus *ret);
    gboolean (*can)(App *app, const Command *c, GError **error); /* as the focused view's can(); may be NULL */
    char *(*place)(App *app, guint view_id); /* as the view's resume() says it; owned, or NULL */
    void (*ask)(CmdCall *call, const char *prompt, const char *initial, AskFn fn, gpointer data);
    /* @items: PickItem*, copied. */
    void (*pick)(CmdCall *call, const char *title, const GPtrArray *items, PickFn fn, gpointer data);
    void (*confirm)(CmdCall *call, const char *question, ConfirmFn fn, gpointer data);
    void (*status)(App *app, StatusKind kind, const char *text);
    void (*receipt)(App *app, const char *text); /* what, for whom, when, version */
    void (*invalidate)(App *app);                /* everything must be painted anew */
    void (*end)(App *app, int session_exit);     /* drafts are on disk; leave the loop with this code (base/session-exit.h) */
    SignGateAnswer (*sign_gate)(App *app, const CmdCause *cause); /* of the focused view's reading */
} Frontend;
