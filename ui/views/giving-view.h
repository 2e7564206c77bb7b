/* SPDX-License-Identifier: GPL-3.0-or-later
 * ui/views/giving-view.h — the list of a patient's doses as its files see it: the view and what is marked (giving.c), its
 * cells (giving-cells.c), what is asked for in a box (giving-ask.c). Nobody else includes it. */
#pragma once
#include "ui/views/giving-acts.h"
#include "ui/widgets/list.h"

typedef struct {
    Giving giving; /* first */
    List *list;
    GString *typed; /* of a scanner, or "a1": until Enter */
    gint64 scanned_at; /* monotonic; 0 */
    char *said;     /* what the checks say of the row last marked */
    gboolean danger;
} GivingView;

/* Columns see a row only: whose cells are being made. NULL afterwards. */
void giving_cells_of(const Giving *g);
extern const ListColumn giving_columns[];

DoseAct *giving_act_new(GivingAct what);
/* @act is taken over. What is refused is not marked; what asks for a reason is marked, and asks. */
gboolean giving_mark(GivingView *s, DueDose *d, DoseAct *act, GError **error);
gboolean giving_not_given(GivingView *s, DueDose *d, const char *key, GError **error);
/* The reason for going past a warning was typed, and is taken. */
gboolean giving_answered(GivingView *s, DoseAct *a, char *why, GError **error);

/* One of the commands that ask for something of dose @d. */
CmdResult giving_ask(View *v, CmdCall *call, DueDose *d, GError **error);
