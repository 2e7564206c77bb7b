/* SPDX-License-Identifier: GPL-3.0-or-later
 * app/app.h — one session: who is logged in, what the core is, the options, the maps, and the ways
 * out to services that live below the client (login, drafts). There is no current patient here. */
#pragma once
#include "app/frontend.h"
#include "app/keymap.h"
#include "app/option.h"
#include "base/secret.h"

typedef struct Client Client;
typedef struct Speller Speller; /* app/speller.h */

/* Who is here: from the token. Strings owned. */
typedef struct {
    char *name;            /* "Lind Eva" as shown */
    char *author;          /* "Lind Eva, läkare": how the record names who wrote */
    char *hsa_id;
    char *practitioner;    /* Practitioner id */
    char *role_id;         /* PractitionerRole id of the assignment; NULL: the core has not said */
    char *commission, *commission_name; /* HSA-id and name of the medarbetaruppdrag */
    char *purpose;         /* "Vård och behandling" */
    char *role;            /* code as the token says it: läkare, sjuksköterska … (rights.c) */
    char *role_title;      /* as shown: "läkare" */
    char *unit, *unit_name; /* Organization id */
    guint rights;          /* CmdNeeds bits CARE, WRITER, SIGNER, PRESCRIBER, BOOKER, MEASURER, CODER from the role table */
} Who;

typedef struct {
    char *label;  /* token label: which card */
    char *name;   /* "Lind Eva, läkare" */
    gboolean inserted;
} CardChoice;

typedef struct {
    char *hsa_id, *name, *unit, *purpose;
} CommissionChoice;

void card_choice_free(CardChoice *c);

typedef enum {
    SIGNIN_OK,
    SIGNIN_PIN_WRONG,  /* text says tries left in words */
    SIGNIN_PIN_LOCKED,
    SIGNIN_CHOOSE,     /* commissions are in the answer; call login again with one */
    SIGNIN_KEY,       /* this card does not open the drafts kept here: start_over() sets them aside */
    SIGNIN_FAILED,     /* text says what is wrong and what to do */
} SigninState;

typedef struct {
    SigninState state;
    const char *text;               /* translated sentence; borrowed */
    const GPtrArray *commissions;   /* CommissionChoice*, SIGNIN_CHOOSE */
} SigninAnswer;
typedef void (*SigninFn)(const SigninAnswer *answer, gpointer data);

/* A draft as the views see it; sealed below (store/draft.h). */
typedef struct {
    char *id;          /* UUID */
    char *patient;     /* Patient id */
    char *kind;        /* "note", "order", "booking", "vitals" */
    gint64 changed;    /* real time, microseconds; filled in by the store */
    GBytes *text;      /* the text itself */
    GBytes *meta;      /* small: template, cursor, scroll, base version – the view's own form */
    gboolean damaged;  /* later edits exist that could not be read */
} Draft;
void draft_free(Draft *d);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Draft, draft_free)

/* A document set in pages: what will be printed is this and nothing else. */
typedef struct {
    GVariant *rows;   /* PRINT_PAGES_TYPE */
    guint pages;
    guint missing;    /* signs that no font has */
    int pdf;          /* a file without a name */
} PrintPages;
void print_pages_free(PrintPages *p);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PrintPages, print_pages_free)
typedef void (*PrintPagesFn)(PrintPages *pages, const GError *error, gpointer data); /* @pages taken over */
/* @path: where it lies, or @error; @leaves: it is removed when this session ends. */
typedef void (*PrintSavedFn)(const char *path, gboolean leaves, const GError *error, gpointer data);
typedef void (*PrintSentFn)(const GError *error, gpointer data); /* NULL: it is in the printer's queue */

/* What lies below the client: src/main binds auth, store and super, tests bind fakes. Each is called on the main loop with
 * @self and blocks for no longer than its own comment says. What is handed in is borrowed for the call and what comes
 * back is owned, unless it says otherwise. @error is a sentence for the person, untranslated; of drafts and words it is
 * in STORE_ERROR: KEY before the login has opened the store, FULL, READONLY, LOCKED or IO when the disk did not take it –
 * then the caller keeps what was typed and says so. Answers that are waited for come from the loop, never within the call. */
typedef struct {
    /* CardChoice*, never NULL. Training: the cards to choose among; real readers: the inserted one, or none. */
    GPtrArray *(*cards)(gpointer self);
    void (*insert)(gpointer self, const char *label);      /* training reader only; NULL: the card out */
    gboolean (*card_present)(gpointer self);
    /* @pin is taken over, and gone when the card has seen it. @fn once for each call, with a state that asks for another
     * call or ends it. With @commission (an HSA-id of SIGNIN_CHOOSE's) NULL the default is used if there is only one or
     * the person's last choice stands and is still held. */
    void (*login)(gpointer self, SecretBuf *pin, const char *commission, SigninFn fn, gpointer data);
    void (*start_over)(gpointer self); /* after SIGNIN_KEY: the old drafts are kept aside, unread */
    /* Drafts: on disk before the key is painted (tens of µs), durable within 1 s. TRUE: it is there. */
    gboolean (*draft_put)(gpointer self, const Draft *d, GError **error); /* whole; @d->changed and damaged are not read */
    /* A piece of the text of a draft that has been put: @at, @removed and @len are bytes of its UTF-8; @meta is
     * the whole of it. */
    gboolean (*draft_edit)(gpointer self, const char *id, gsize at, gsize removed, const char *text, gsize len,
                           GBytes *meta, GError **error);
    /* Draft*, newest first; NULL with @error. @patient NULL: all. *ret_unreadable: how many there are that cannot be
     * read; they are kept, never dropped. */
    GPtrArray *(*draft_list)(gpointer self, const char *patient, guint *ret_unreadable, GError **error);
    Draft *(*draft_get)(gpointer self, const char *id, GError **error); /* NULL without error: none */
    gboolean (*draft_remove)(gpointer self, const char *id, GError **error); /* TRUE also when it was not there */
    /* Where the person is: view name, patient or NULL, draft or NULL, the view's own line or NULL. What cannot be kept is
     * only logged. FALSE: nothing was kept, and nothing is returned. */
    void (*resume_put)(gpointer self, const char *view, const char *patient, const char *arg);
    gboolean (*resume_get)(gpointer self, char **ret_view, char **ret_patient, char **ret_arg);
    /* What this person has read of a patient's notes, as chart/note-seen.h writes it; kept over a logout, for the 300
     * patients looked at last. The two may be NULL: then nothing is kept. */
    GBytes *(*seen_get)(gpointer self, const char *patient); /* NULL: nothing yet */
    void (*seen_put)(gpointer self, const char *patient, GBytes *seen);
    /* The words that this person has added for the spelling, one a line; kept over a logout. May be NULL as well. */
    GBytes *(*words_get)(gpointer self); /* NULL: none yet */
    gboolean (*words_put)(gpointer self, GBytes *words, GError **error);
    /* Printing; NULL where there is none. @document is a PRINT_DOCUMENT_TYPE (print/protocol.h). @fn once, the
     * pages within 20 s and lp's answer within 60 s, unless @scope closes or a new document ends the wait for its pages. The print is logged by whoever asks
     * (client_log_disclosure), before it is sent or saved. */
    void (*print_pages)(gpointer self, GVariant *document, Scope *scope, PrintPagesFn fn, gpointer data);
    void (*print_send)(gpointer self, const PrintPages *pages, Scope *scope, PrintSentFn fn, gpointer data);
    void (*print_save)(gpointer self, const PrintPages *pages, Scope *scope, PrintSavedFn fn, gpointer data);
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
    Speller *speller;       /* NULL where spelling is not checked */
    gboolean training;      /* ÖVNING stands on every screen */
    GPtrArray *waiting;     /* CmdCall*: begun and not ended; NULL where there are none */
};

void who_free(Who *i);
/* The role table: what each role may; one const table in rights.c. */
guint rights_of_role(const char *role);
char *rights_who_may(guint need); /* "läkare" … translated list; owned */
/* What the role may and the login gives no right to: "order medicines, book", translated; NULL: nothing. Owned. */
char *rights_withheld(const App *app);
gboolean who_trains(const Who *who);
/* Where an assignment begins; a trainer's without care has no ward to list and begins at the exercises. */
const char *app_first_view(const App *app);

/* An error to the person, in the status line and in the words of notify.c's table. @error is borrowed. */
void notify_error(App *app, const GError *error);
/* Of a write that the person may have turned away from: with whose it is first. @who NULL: nobody's. */
void notify_error_of(App *app, const char *who, const GError *error);
