/* SPDX-License-Identifier: GPL-3.0-or-later
 * app/command.h — the commands: one const row each, from which help, palette, hint bar, completion,
 * man page and lint are derived. A row says what it needs and what it risks; command_run_text() checks
 * both before anything runs. Knows no screen: what the screen must do goes through frontend.h. */
#pragma once
#include "base/scope.h"
#include "fhir/resource.h"

typedef struct App App;
typedef struct PatientCtx PatientCtx; /* client/client.h */
typedef struct CmdCall CmdCall;
typedef struct Command Command;

#define APP_ERROR (app_error_quark())
GQuark app_error_quark(void);
typedef enum {
    APP_ERROR_UNKNOWN_COMMAND,
    APP_ERROR_ARGS,
    APP_ERROR_NEEDS,   /* no patient, nothing selected … */
    APP_ERROR_OFFLINE, /* the core does not answer now */
    APP_ERROR_RIGHTS,  /* this role may not; the message says who may */
    APP_ERROR_CORE,    /* this core cannot; the message says what */
    APP_ERROR_OPTION,
} AppError;

typedef enum {
    CMD_NEEDS_LOGIN = 1 << 0,
    CMD_NEEDS_PATIENT = 1 << 1,    /* the focused view's patient is captured */
    CMD_NEEDS_SELECTION = 1 << 2,  /* the selected resource is captured */
    CMD_NEEDS_ONLINE = 1 << 3,
    CMD_NEEDS_CARE = 1 << 4,       /* an assignment with purpose "Vård och behandling" */
    CMD_NEEDS_WRITER = 1 << 5,     /* may write notes */
    CMD_NEEDS_SIGNER = 1 << 6,     /* may sign notes */
    CMD_NEEDS_PRESCRIBER = 1 << 7,
    CMD_NEEDS_BOOKER = 1 << 8,
    CMD_NEEDS_TRAINING = 1 << 9,   /* only in the training environment */
    CMD_NEEDS_MEASURER = 1 << 10,  /* may sign measurements */
    CMD_NEEDS_SUPERVISOR = 1 << 11, /* may countersign what others have signed */
    CMD_NEEDS_ROW = 1 << 12,       /* where the view is a list, one with a row */
    CMD_NEEDS_BACK = 1 << 13,      /* something to go back to */
    CMD_NEEDS_CODER = 1 << 14,      /* may write diagnoses, hypersensitivities and alerts */
    CMD_NEEDS_GIVER = 1 << 15,      /* may give medicines */
    CMD_RIGHTS = CMD_NEEDS_CARE | CMD_NEEDS_WRITER | CMD_NEEDS_SIGNER | CMD_NEEDS_PRESCRIBER | CMD_NEEDS_BOOKER |
                 CMD_NEEDS_MEASURER | CMD_NEEDS_SUPERVISOR | CMD_NEEDS_CODER | CMD_NEEDS_GIVER,
} CmdNeeds;

typedef enum {
    CMD_RISK_NONE,  /* moves on the screen */
    CMD_RISK_READ,  /* opens patient data: audited */
    CMD_RISK_DRAFT, /* changes what only this person sees */
    CMD_RISK_WRITE, /* changes the record */
    CMD_RISK_SIGN,  /* answers to the one signing key only, through the signing gate */
} CmdRisk;

typedef enum { CMD_DONE, CMD_WAIT, CMD_ERROR } CmdResult;

struct Command {
    const char *name;    /* NC_("command", …): stable id for keymaps, log, man page; its translation is typed as well */
    const char *args;    /* "reason:text? on:date?", parsed by args.h; NULL = none */
    const char *summary; /* N_(): help, palette, man page; a sentence without full stop */
    const char *label;   /* N_(): at most 12 columns, hint bar */
    guint needs;         /* CmdNeeds */
    CmdRisk risk;
    /* NULL: the focused view does it (ViewClass.command). Runs on the main loop; CMD_WAIT keeps the
     * call alive until cmd_continue(). */
    CmdResult (*run)(CmdCall *call, GError **error);
    const char *core; /* what the core must be able to, in the words of client_cannot(); NULL = nothing */
};

/* When and how the command was asked for. */
typedef struct {
    gint64 read_at;  /* monotonic µs when the key was read; 0 = not from a key */
    gboolean queued; /* the key was waiting or repeating: never signs */
    gboolean is_sign_key;
} CmdCause;

/* Everything is captured at the start; completion uses the captured ones, never "current". */
struct CmdCall {
    App *app;
    const Command *command;
    PatientCtx *patient;     /* ref or NULL */
    FhirResource *selection; /* ref or NULL */
    char *context;           /* keymap context it was given in */
    guint view_id;           /* the view that had focus; 0 = none */
    GHashTable *args;        /* name → text, validated; see cmd_arg() */
    CmdCause cause;
    Scope *scope;            /* closed when the call ends */
    gpointer data;           /* the command's own; freed with data_free */
    GDestroyNotify data_free;
};

const char *cmd_arg(const CmdCall *call, const char *name); /* NULL when not given */
/* Ends a call that answered CMD_WAIT: shows @error (taken) if any, frees the call. */
void cmd_continue(CmdCall *call, CmdResult result, GError *error);
/* The session ends: every call that still waits ends without a word. */
void commands_end(App *app);

/* All rows of all tables, ended by name == NULL each; the list ends with NULL. */
extern const Command *const command_tables[]; /* src/commands/tables.c */
const Command *command_find(const char *name);
/* The name in the language of the screen, as it may be typed; borrowed. */
const char *command_word(const Command *c);
/* By the name or the word, whole, however åäö and capitals are written. */
const Command *command_find_typed(const char *typed);
void command_each(void (*fn)(const Command *c, gpointer data), gpointer data);

/* The focused view's patient and selection decide; *error is APP_ERROR_NEEDS, _RIGHTS or _CORE with a
 * sentence that says what is missing, who may or what this core cannot. */
gboolean command_check(App *app, const Command *c, GError **error);
/* Why this core cannot do it for anybody, translated; NULL when it can, or nobody is logged in. Borrowed. */
const char *command_core_cannot(const App *app, const Command *c);
/* Parses "name arg …", checks, captures, runs. Errors are shown and also returned FALSE. */
gboolean command_run_text(App *app, const char *text, const CmdCause *cause);
