/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/giving-write.h — doses into the record: a MedicationAdministration for each, tied to its order and to the
 * identity of the dose, all of a patient in one transaction where the core has them. Created only where the core has
 * none of that identity, so that of two who give the same dose one is first and the other is told who. What waited for a
 * second signature, or goes on, is changed under the version that was read. */
#pragma once
#include "chart/giving-check.h"
#include "chart/written.h"

/* One dose that is signed; borrowed. */
typedef struct {
    const DueDose *dose;
    const DoseAct *act;
    const GPtrArray *lines; /* GivingLine*, what was gone past with act->why; NULL */
} GivingItem;

typedef struct {
    const char *practitioner, *name; /* who signs */
    const char *encounter;           /* id or NULL */
    Instant now;
} GivingWriting;

/* What is new. NULL with @error when it cannot be made. */
FhirResource *giving_resource(const GivingItem *item, const char *patient_id, const GivingWriting *w, GError **error);
/* What was written before: confirmed by a second person, or an infusion that is stopped. */
FhirResource *giving_changed(const GivingItem *item, const GivingWriting *w, GError **error);

typedef struct {
    const char *dose;       /* its id */
    WrittenOutcome outcome; /* WRITTEN_OVERTAKEN: somebody else has given it */
    char *text;             /* who and when, or what the core said against it; NULL */
} GivingSigned;
typedef void (*GivingSignedFn)(const GPtrArray *results /* GivingSigned* */, const GError *error, gpointer data);
/* FALSE with @error: nothing is sent. @fn once, unless @scope closed. */
gboolean giving_sign(Client *client, Scope *scope, PatientCtx *patient, const GArray *items /* GivingItem */,
                     const GivingWriting *w, GivingSignedFn fn, gpointer data, GError **error);
