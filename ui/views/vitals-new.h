/* SPDX-License-Identifier: GPL-3.0-or-later
 * ui/views/vitals-new.h — the state of the entry of measurements, shared by what is typed
 * (vitals-new.c, vitals-form.c, vitals-correct.c), shown (vitals-paint.c) and sent (vitals-send.c). Nobody else
 * includes it. */
#pragma once
#include "chart/news2-order.h"
#include "chart/vitals-line.h"
#include "ui/views/line.h"
#include "ui/views/vitals-paint.h"

typedef struct {
    Line line;
    const VitalData *data;
    Instant begun;     /* when its first key was typed */
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
} VitalsNew;

gboolean vitals_new_sign(View *v, CmdCall *call, GError **error);

extern const LineForm vitals_form; /* vitals-form.c */

/* ---- vitals-correct.c ---- */

/* "correct:ID", "strike:ID": FALSE when @arg is neither. */
gboolean vitals_correct_begin(VitalsNew *s, const char *arg);
char *vitals_correct_arg(const VitalsNew *s); /* and back; NULL: new measurements. Owned. */
void vitals_correct_read(VitalsNew *s, const VitalContext *c); /* the line, into set and reason */
void vitals_correct_load(View *v);
