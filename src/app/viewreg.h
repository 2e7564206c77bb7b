/* SPDX-License-Identifier: GPL-3.0-or-later
 * app/viewreg.h — what a view is: one const ViewClass per file in ui/views, all in view_table[].
 * A view owns its state and scope, holds refs to its patient, and never points into another view. */
#pragma once
#include "app/command.h"
#include "base/event.h"

typedef struct Canvas Canvas; /* ui/canvas.h; opaque here */
typedef struct View View;
typedef struct ViewClass ViewClass;

typedef enum { LOAD_OPEN, LOAD_REFRESH, LOAD_RESUME } LoadWhy;
typedef enum {
    VIEW_PATIENT = 1 << 0, /* has a patient: banner is drawn */
    VIEW_MODAL = 1 << 1,   /* lies over the others */
    VIEW_LOGIN = 1 << 2,   /* may open without login */
    VIEW_TEXT = 1 << 3,    /* takes typed text (its keymap context inherits none) */
    VIEW_UNIT = 1 << 4,    /* stays when the patient is left */
    VIEW_ROUND = 1 << 6,   /* asked for from a list it goes back there: one does the same for the next */
    VIEW_DETAIL = 1 << 5,  /* one thing of the view under it: lies on top, back returns there */
    VIEW_WRITES = 1 << 7,  /* something may be read beside it */
    VIEW_SCANS = 1 << 9,   /* takes what a scanner types, though there is no field: text() as a paste */
    VIEW_BESIDE = 1 << 8,  /* may be read beside what is written, about the same patient */
} ViewFlags;

struct ViewClass {
    const char *name, *title, *keymap; /* title N_(); keymap = context name in .keys files */
    gsize state_size;                  /* zeroed memory at view->state */
    guint flags;                       /* ViewFlags */
    gboolean (*open)(View *v, const char *arg, GError **error); /* may be NULL */
    void (*load)(View *v, LoadWhy why);                  /* starts async work in v->scope */
    void (*changed)(View *v, const Event *ev);           /* notes it or asks again; merges nothing */
    void (*paint)(View *v, Canvas *c);
    /* The verbs of the view: commands whose run is NULL. CMD_ERROR with *error set when it cannot. */
    CmdResult (*command)(View *v, CmdCall *call, GError **error);
    /* Whether what is shown lets the command be done: keys and palette offer only what does. FALSE with the sentence
     * that says why not, or what else to do. NULL: the command's own row says all. */
    gboolean (*can)(View *v, const Command *c, GError **error);
    /* Typed text, pasted text (@paste) and keys that no map took. TRUE when it was used. */
    gboolean (*text)(View *v, const char *utf8, gboolean paste);
    /* Views that are a list or a reading in some of their steps and a field in others: whether what is typed
     * now goes into a field. NULL: always where it is VIEW_TEXT, else never. */
    gboolean (*typing)(View *v);
    /* Text came that nobody typed, while what is typed is keys: what they have begun is let go of. TRUE: it goes to text()
     * all the same, being @pasted. NULL: no. */
    gboolean (*bursts)(View *v, gboolean pasted);
    guint (*rows)(View *v);                              /* lists: how many there are; NULL: no list */
    FhirResource *(*selection)(View *v);                 /* borrowed or NULL */
    const char *(*row_patient)(View *v);                 /* lists of people: id under the cursor */
    void (*back_from)(View *v, const char *patient);     /* lists of people: one comes from that patient's chart. May be NULL */
    const char *(*context)(View *v);                     /* of the step the view is at; NULL: .keymap */
    /* What the reading to sign is and whether its last line is on the screen; NULL: nothing to sign.
     * Called after each frame. Returns the digest, owned, or NULL. */
    char *(*reading)(View *v, gboolean *ret_complete);
    /* Nothing is to be read on: something else is missing before it can be signed, and the screen says what. May
     * be NULL. */
    gboolean (*waits)(View *v);
    /* The signing key was pressed and nothing has been read: open the whole reading. May be NULL. */
    void (*review)(View *v);
    /* One line for coming back after a lock: enough to reopen (no patient text). Owned. */
    char *(*resume)(View *v); /* becomes the arg of open() with LOAD_RESUME */
    void (*close)(View *v);                              /* frees what state owns */
};

struct View {
    const ViewClass *cls;
    App *app;
    guint id;
    PatientCtx *patient; /* ref or NULL */
    char *arg;
    Scope *scope;        /* closed with the view */
    gpointer state;
};

extern const ViewClass *const view_table[]; /* ui/views/table.c, ended by NULL */
const ViewClass *view_class_find(const char *name);
