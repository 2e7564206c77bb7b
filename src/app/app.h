/* SPDX-License-Identifier: GPL-3.0-or-later
 * app/app.h — one session: who is logged in, what the core is, the options, the maps, and the ways
 * out to services that live below the client (login, drafts). There is no current patient here. */
#pragma once
#include "app/frontend.h"
#include "app/keymap.h"
#include "app/option.h"
#include "base/secret.h"

typedef struct Client Client;

/* Who is here: from the token. Strings owned. */
typedef struct {
    char *name;            /* "Lind, Eva" as shown */
    char *hsa_id;
    char *practitioner;    /* Practitioner id */
    char *commission, *commission_name; /* HSA-id and name of the medarbetaruppdrag */
    char *purpose;         /* "Vård och behandling" */
    char *role;            /* code: lakare, sjukskoterska, underskoterska, sekreterare, support, utbildare */
    char *role_title;      /* as shown: "läkare" */
    char *unit, *unit_name; /* Organization id */
    guint rights;          /* CmdNeeds bits CARE, WRITER, SIGNER, PRESCRIBER, BOOKER from the role table */
} Who;

typedef struct {
    char *label;  /* token label: which card */
    char *name;   /* "Lind Eva, läkare" */
    gboolean inserted;
} CardChoice;

typedef struct {
    char *hsa_id, *name, *unit, *purpose;
} CommissionChoice;

typedef enum {
    LOGIN_OK,
    LOGIN_PIN_WRONG,  /* text says tries left in words */
    LOGIN_PIN_LOCKED,
    LOGIN_CHOOSE,     /* commissions are in the answer; call login again with one */
    LOGIN_FAILED,     /* text says what is wrong and what to do */
} LoginState;

typedef struct {
    LoginState state;
    const char *text;               /* translated sentence; borrowed */
    const GPtrArray *commissions;   /* CommissionChoice*, LOGIN_CHOOSE */
} LoginAnswer;
typedef void (*LoginFn)(const LoginAnswer *answer, gpointer data);

/* A draft as the views see it; the body is sealed below. */
typedef struct {
    char *id;          /* UUID */
    char *patient;     /* Patient id */
    char *kind;        /* "note", "order", "booking" */
    gint64 saved_us;   /* real time */
    GBytes *body;      /* the view's own bytes */
} Draft;
void draft_free(Draft *d);

/* Bound in main.c to auth, store and super; tests bind fakes. */
typedef struct {
    /* Training: the cards to choose among; real readers: the inserted one. Owned CardChoice*. */
    GPtrArray *(*cards)(gpointer self);
    void (*insert)(gpointer self, const char *label);      /* training reader only */
    gboolean (*card_present)(gpointer self);
    /* Async; @pin is taken. With @commission NULL the default is used if there is only one or the
     * person's last choice stands and is still held. */
    void (*login)(gpointer self, SecretBuf *pin, const char *commission, LoginFn fn, gpointer data);
    gboolean (*draft_put)(gpointer self, const Draft *d, GError **error); /* µs; durable within 1 s */
    GPtrArray *(*draft_list)(gpointer self, const char *patient, guint *ret_unreadable, GError **error);
    gboolean (*draft_remove)(gpointer self, const char *id, GError **error);
    gboolean (*resume_put)(gpointer self, const char *text, GError **error); /* where to come back to */
    char *(*resume_get)(gpointer self);
    void (*flush)(gpointer self); /* waits until all is durable; only at the end of the session */
    guint (*outbox_count)(gpointer self);
    gpointer self;
} Services;

struct App {
    const Frontend *frontend;
    gpointer ui;            /* the frontend's own */
    Services services;
    Client *client;         /* NULL before login */
    Who *who;         /* NULL before login */
    Options *options;
    Keymap *keymap;
    gboolean training;      /* ÖVNING stands on every screen */
    const char *record_lang; /* "sv" */
};

void who_free(Who *i);
/* The role table: what each role may; one const table in rights.c. */
guint rights_of_role(const char *role);
char *rights_who_may(guint need); /* "läkare" … translated list; owned */

/* Errors to the person: where shown and which command is offered (notify.c's table). */
void notify_error(App *app, const GError *error);
