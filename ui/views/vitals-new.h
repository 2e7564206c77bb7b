/* SPDX-License-Identifier: GPL-3.0-or-later
 * ui/views/vitals-new.h — the state of the entry of measurements, shared by what is typed and shown
 * (vitals-new.c) and what is sent (vitals-send.c). Nobody else includes it. */
#pragma once
#include "chart/news2-order.h"
#include "chart/vitals-line.h"
#include "ui/views/views.h"
#include "ui/views/vitals-form.h"
#include "ui/views/vitals-paint.h"
#include "ui/widgets/field.h"

typedef struct {
    const VitalData *data;
    char *id;          /* UUID of the draft */
    char *line;        /* the truth; the field and the form show it */
    Instant begun;     /* when its first key was typed */
    Field *field;
    VitalsForm *form;  /* NULL while the line is shown */
    VitalSet *set;     /* what the line says; never NULL */
    VitalLast *last;   /* NULL before the core or the cache has answered */
    News2 before;      /* total -1: none */
    News2Orders *orders; /* which scale of saturation holds; NULL: not known */
    gboolean pregnant; /* NEWS2 does not apply */
    Feed *feed;
    char *encounter;   /* id; NULL */
    /* a correction, or a value struck: */
    char *old_id;      /* of the Observation; NULL: new measurements */
    FhirResource *old; /* NULL until the core or the cache has it */
    gboolean strike;
    char *reason;      /* as typed after "skäl"; NULL */
    gboolean kept;     /* there is a draft of it */
    char *problem;     /* the draft is not on disk: why */
    gboolean sending, end_shown;
    int top, rows;     /* of the reading: what is scrolled, how many there are */
} VitalsNew;

gboolean vitals_new_ready(const VitalsNew *s); /* nothing is missing before it can be signed */
CmdResult vitals_new_sign(View *v, CmdCall *call, GError **error);

void vitals_new_reread(View *v); /* what the line stands on has changed */

/* ---- vitals-correct.c ---- */

/* "correct:ID", "strike:ID": FALSE when @arg is neither. */
gboolean vitals_correct_begin(VitalsNew *s, const char *arg);
char *vitals_correct_arg(const VitalsNew *s); /* and back; NULL: new measurements. Owned. */
void vitals_correct_read(VitalsNew *s, const VitalContext *c); /* the line, into set and reason */
void vitals_correct_load(View *v);
