/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/basket-sign.h — the list to sign into the record: one transaction, each order with its
 * Provenance and the reasons given against its warnings; read back and compared with what was read. A change of an
 * order goes with the version that was read: of two who change the same one is too late, and is told what the other
 * made of it. Where the core takes one thing at a time the old order goes first, so that its version decides before
 * anything new is there, and is made again what it was should the new one surely not come. */
#pragma once
#include "chart/basket.h"
#include "chart/written.h"

typedef struct {
    const char *practitioner, *name; /* who signs */
    const char *encounter;           /* id or NULL */
    gboolean inpatient;
    const char *prescriber_code, *workplace_code; /* for prescriptions; NULL: not known */
    Instant now;
} BasketWriting;

typedef struct {
    char *id;            /* of the item */
    WrittenOutcome outcome;
    char *version;       /* as the core numbers it; NULL */
    FhirResource *theirs; /* WRITTEN_OVERTAKEN: the order as somebody else has made it; NULL: not got */
    char *text;          /* what the core said against it; NULL */
} BasketSigned;

/* BasketSigned*, one for each item; @error why not all is signed. Borrowed. */
typedef void (*BasketSignedFn)(const GPtrArray *results, const GError *error, gpointer data);

/* One order as a MedicationRequest with its overridden warnings (detectedIssue and note). */
FhirResource *basket_order_resource(const BasketItem *item, const char *patient_id, const char *patient_name,
                                    const BasketWriting *w, GError **error);
/* The old order of a change as it is to stand. */
FhirResource *basket_changed_resource(const BasketItem *item, const char *patient_id, const BasketWriting *w, GError **error);
/* FALSE with @error when an order cannot be made or a warning has no reason: nothing is sent. */
gboolean basket_sign(Client *client, Scope *scope, PatientCtx *patient, const GPtrArray *items,
                     const BasketWriting *w, BasketSignedFn fn, gpointer data, GError **error);
