/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/giving-watch.h — what giving a patient's medicines rests on: the orders, what was given, the
 * hypersensitivities, where the patient is, the weight. Watched while a scope is open; and asked again, past every cache,
 * just before a dose is signed. A part that the core has not answered for is not known, never empty. */
#pragma once
#include "chart/giving.h"
#include "client/client.h"

typedef enum { GIVING_ORDERS, GIVING_GIVEN, GIVING_ALLERGIES, GIVING_VISITS, GIVING_WEIGHT, GIVING_PARTS } GivingPartOf;

typedef struct {
    GPtrArray *items[GIVING_PARTS]; /* FhirResource* */
    gboolean known[GIVING_PARTS];   /* answered, and wholly */
    gboolean settled;               /* each has an answer or an error */
    gboolean cached;                /* some of it is not confirmed by the core */
    Instant as_of;                  /* the oldest of that */
} GivingFacts;

typedef void (*GivingFactsFn)(const GivingFacts *facts, gpointer data);
typedef struct GivingSource GivingSource;
GivingSource *giving_watch(Client *client, Scope *scope, PatientCtx *patient, GivingFactsFn fn, gpointer data);
void giving_refresh(GivingSource *source);
const GivingFacts *giving_facts(const GivingSource *source);
/* Of those orders, whatever has become of them, and all else, from the core itself. @fn once, when all is settled. */
void giving_reread(Client *client, Scope *scope, PatientCtx *patient, const char *const *orders, GivingFactsFn fn, gpointer data);
/* The one with that id; NULL: there is none. */
const FhirResource *giving_held(const GivingFacts *facts, const char *order);
/* The latest weight that can be read, in kg; invalid: none. */
Decimal giving_weight(const GivingFacts *facts);
/* From when administrations are asked for: the same all day, so that the question is. */
Instant giving_since(Instant now);
