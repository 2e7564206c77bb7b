/* SPDX-License-Identifier: GPL-3.0-or-later
 * ui/views/giving-acts.h — what a nurse has said of a patient's doses, not signed: kept in the sealed draft at every key,
 * and what the checks say of it. The list of doses and the review both stand on it. Owns the list and the acts; what they
 * rest on is watched in the view's scope. */
#pragma once
#include "chart/giving-check.h"
#include "chart/giving-watch.h"
#include "ui/views/views.h"

typedef struct {
    View *view;
    const OrderData *data;
    GivingSource *source;
    GivingList *list;     /* NULL until something is known */
    GHashTable *acts;     /* id of a dose → DoseAct* */
    char *draft;          /* UUID; NULL while nothing is said */
    char *wristband;      /* as it was scanned; NULL */
    void (*changed)(View *v);
} Giving;

/* FALSE with @error. @arg "draft:ID", or NULL: what was left unfinished, if anything. */
gboolean giving_acts_open(Giving *g, View *v, const char *arg, void (*changed)(View *v), GError **error);
void giving_acts_load(Giving *g, LoadWhy why);
/* For ViewClass.changed. */
void giving_acts_event(Giving *g, const Event *ev);
void giving_acts_clear(Giving *g);
gboolean giving_acts_save(Giving *g, GError **error);
/* As the draft says it now: it may have been signed, or taken away. */
void giving_acts_sync(Giving *g);
/* Nothing is said any more. */
gboolean giving_acts_drop(Giving *g, GError **error);

DoseAct *giving_act_of(const Giving *g, const DueDose *d); /* NULL: nothing is said of it */
/* Takes @act; replaces what was said of the dose. */
void giving_act_put(Giving *g, const DueDose *d, DoseAct *act);
void giving_act_remove(Giving *g, const DueDose *d);
void dose_act_free(DoseAct *a);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DoseAct, dose_act_free)
guint giving_act_count(const Giving *g);
const DueDose *giving_dose(const Giving *g, const char *id); /* NULL: it is not in the list */

/* What the checks say of @act; @facts NULL: what is watched. Owned. */
GPtrArray *giving_acts_check(const Giving *g, const DueDose *d, const DoseAct *act, const GivingFacts *reread, const GivingList *list);
/* "Furosemid tablett 40 mg", "1 tablett", "08:00"; owned. */
char *giving_medicine_text(const DueDose *d);
char *giving_amount_text(const DueDose *d, const DoseAct *act);
char *giving_time_text(const DueDose *d, Instant now);
