/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/entry-write.h — an entry of the chart's lists into the record: a new resource, or a new version of
 * the one that is changed, questioned or struck, with the reason. What the entry says nothing about stays as it
 * is. Nothing is ever removed; read back and compared before it is called signed. */
#pragma once
#include "chart/entry.h"
#include "chart/written.h"

typedef struct {
    const char *draft;               /* UUID of the draft: with it the write is the same when repeated */
    const char *practitioner, *name; /* who writes */
    const char *encounter;           /* id or NULL */
    const FhirResource *visit;       /* the Encounter under way, whose diagnoses are written along; NULL */
    Instant now;
} EntryWriting;

/* NULL with @error when it cannot be made. */
FhirResource *entry_resource(const Entry *e, const char *patient_id, const EntryWriting *w, GError **error);
FhirResource *entry_changed(const FhirResource *old, const Entry *e, EntryAct act, const EntryWriting *w, GError **error);
/* The visit with the diagnosis among its own, or without it; NULL: it is none of them. */
FhirResource *entry_visit_with(const FhirResource *visit, const char *reference, gboolean main, GError **error);
FhirResource *entry_visit_without(const FhirResource *visit, const char *reference, GError **error);
/* What a condition is in the visit; NULL: nothing. */
const EntryWord *entry_visit_role(const FhirResource *visit, const char *condition_id);
gboolean entry_visit_has_main(const FhirResource *visit);
/* FALSE with @error: nothing is sent. @fn once, unless @scope closed. */
gboolean entry_sign(Client *client, Scope *scope, PatientCtx *patient, const Entry *e, EntryAct act, const FhirResource *old,
                    const EntryWriting *w, WrittenFn fn, gpointer data, GError **error);
