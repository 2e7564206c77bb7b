/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/vitals-write.h — a set of measurements into the record: an Observation for each, measured when it
 * was measured and written now, all in one transaction where the core has them; read back and compared.
 * And a measurement corrected or struck with its reason: a new version of the same Observation. */
#pragma once
#include "chart/vital.h"
#include "chart/written.h"

typedef struct {
    const char *draft;               /* UUID of the draft: with it the write is the same when repeated */
    const char *practitioner, *name; /* who writes */
    const char *encounter;           /* id or NULL */
    Instant now;
} VitalWriting;

/* One of the values. NULL with @error when it cannot be made. */
FhirResource *vital_observation(const VitalSet *s, VitalField kind, const char *patient_id, const VitalWriting *w,
                                GError **error);
/* FALSE with @error: nothing is sent. @fn once, unless @scope closed. */
gboolean vitals_sign(Client *client, Scope *scope, PatientCtx *patient, const VitalSet *s, const VitalWriting *w,
                     WrittenFn fn, gpointer data, GError **error);

/* What was measured, as the entry of measurements knows it; VITAL_REST: something else. */
VitalField vital_kind_of(const FhirResource *observation);
/* @old with the value of its kind in @s, status corrected and the reason; @s NULL: struck. */
FhirResource *vital_corrected(const FhirResource *old, const VitalSet *s, const char *reason, const VitalWriting *w,
                              GError **error);
gboolean vital_correct(Client *client, Scope *scope, PatientCtx *patient, const FhirResource *old, const VitalSet *s,
                       const char *reason, const VitalWriting *w, WrittenFn fn, gpointer data, GError **error);
