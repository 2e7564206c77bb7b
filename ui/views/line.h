/* SPDX-License-Identifier: GPL-3.0-or-later
 * ui/views/line.h — a view that is one typed line with its reading under it: the line, or the same as a form; its sealed
 * draft at each key; scrolling; what the signing key has seen. Such a view has a Line first in its state, which this
 * owns, and a LineKind that says what is its own. The text of the line is the truth: the field and the form show it,
 * and each change of the form writes it anew. Knows nothing of what a line means. */
#pragma once
#include "ui/views/sending.h"
#include "ui/views/views.h"
#include "ui/widgets/field.h"
#include "ui/widgets/form.h"

/* The parts of the line in labelled fields. */
typedef struct {
    guint parts;                                             /* how many a line can have */
    guint (*count)(View *v);                                 /* fields that are shown now */
    void (*field)(View *v, guint i, FormField *ret);         /* as FormModel */
    const char *(*id)(guint part);                           /* of its field */
    const char *const *(*said)(View *v);                     /* each part as the line says it; borrowed */
    char *(*part)(guint part, const char *value);            /* a field's value as the line says it, owned; NULL: the same */
    char *(*compose)(const char *const *parts);              /* the line that says them; owned */
} LineForm;

typedef struct {
    const char *mark;                                        /* stands before the line */
    int column;                                              /* where the line begins */
    const char *context, *form_context;                      /* of keys */
    const char *enter_command, *sign_command, *form_command;
    const LineForm *form;
    void (*typed)(View *v);                                  /* somebody has changed the line; it is read after this */
    void (*read)(View *v);                                   /* what the line says, anew */
    char *(*beside)(View *v);                                /* what is kept with the line in its draft; owned */
    char *(*arg)(View *v);                                   /* how it is opened again without a draft; owned, or NULL */
    gboolean (*has_form)(View *v);                           /* NULL: always */
    gboolean (*key)(View *v, const char *key);               /* TRUE: it was this view's own, and not the line's. NULL: none is */
    gboolean (*ready)(View *v);                              /* nothing is missing before it can be signed */
    CmdResult (*enter)(View *v, CmdCall *call, GError **error); /* to what is missing; never signs */
    gboolean (*sign)(View *v, CmdCall *call, GError **error);   /* FALSE with @error: nothing is on its way */
    gboolean (*paint)(View *v, Canvas *c);                   /* the reading from Line.top on; TRUE: its last row is shown */
    char *(*reading)(View *v);                               /* all that is signed and the versions it stands on; owned */
    const char *(*foot)(View *v);
} LineKind;

typedef struct {
    const LineKind *kind;
    char *id;          /* UUID of the draft */
    char *text;
    Field *field;
    Form *form;        /* NULL while the line is shown */
    char **parts;      /* what was typed in each field of the form; the line is made of them */
    gboolean kept;     /* there is a draft of it */
    Instant left;      /* it was begun earlier and left then; INSTANT_NONE: what stands here was typed now */
    char *problem;     /* the draft is not on disk: why */
    gboolean sending, end_shown;
    int top, rows;     /* of the reading: what is scrolled, how many there are */
} Line;
Line *line_of(View *v);

/* ---- opening ---- */

void line_begin(View *v, const LineKind *kind);
/* A draft of this view's; *ret_beside is owned. FALSE with @error: it is not there, is another's, or is on its way. */
gboolean line_open_draft(View *v, const char *id, char **ret_beside, GError **error);
/* The draft's line or, where there is none, @text: shown and read. */
void line_show(View *v, const char *text);

/* ---- changing ---- */

void line_fill(View *v, const char *text); /* nobody has typed this: it is shown, and neither kept nor read */
void line_set(View *v, const char *text);  /* as if it had been typed */
void line_reread(View *v);                 /* what the line stands on has changed */
gboolean line_save(View *v);               /* an empty line has no draft */
void line_cursor(View *v, glong at);       /* in characters; below 0: to the end */
void line_focus(View *v, guint part);      /* of the form, where it is shown */
gboolean line_on(View *v, guint part);     /* nothing else would be typed in now */

/* ---- sent ---- */

/* TRUE: the core holds it, and the view has gone: the receipt is the caller's. */
gboolean line_answered(const Sending *s, const Written *result);

/* ---- for the ViewClass ---- */

const char *line_view_context(View *v);
CmdResult line_view_command(View *v, CmdCall *call, GError **error);
gboolean line_view_text(View *v, const char *utf8, gboolean paste);
gboolean line_view_typing(View *v);
char *line_view_reading(View *v, gboolean *ret_complete);
gboolean line_view_waits(View *v);
void line_view_paint(View *v, Canvas *c);
char *line_view_resume(View *v);
void line_close(View *v); /* frees the Line; what else is in the state is the view's */
