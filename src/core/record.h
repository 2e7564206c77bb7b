/* SPDX-License-Identifier: GPL-3.0-or-later
 * core/record.h — the record itself: every version of every resource, kept as its text. Knows SQL
 * and the three elements a server owns (id, meta.versionId, meta.lastUpdated); knows no HTTP and
 * no rules about who may change what. Writes run inside the caller's transaction. */
#pragma once
#include "core/db.h"
#include "fhir/resource.h"

typedef struct {
    gint64 rid, version;
    Instant updated;
    char *patient; /* compartment, "" = none */
    GBytes *body;
} Record;
void record_free(Record *record);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Record, record_free)

Record *record_get(Db *db, const char *type, const char *id); /* NULL: not there */
GBytes *record_get_version(Db *db, const char *type, const char *id, gint64 version);
gboolean record_id_valid(const char *id);

/* The instant for everything written in this transaction: the clinical clock, never twice the same
 * while it runs forward, so that "changed since" misses nothing. */
Instant record_stamp(Db *db);
/* Stores @r as the next version after @old (NULL: the first) under @id. The text is kept as it is;
 * returns it with the server's elements in place, or NULL. */
FhirResource *record_put(Db *db, const FhirResource *r, const char *id, const Record *old,
                         Instant stamp, GError **error);
/* @record is version 1 and just what storing @r would give. */
gboolean record_is(const Record *record, const FhirResource *r, const char *id);
/* For the upgrade of a seed only: the record of care never forgets. */
void record_forget(Db *db, gint64 rid);
/* Between db_fill_begin() and record_fill_end(): @r, which is not there yet, as version 1 under its own id.
 * The text is what record_put() would store; it is not read again. */
gboolean record_fill(Db *db, const FhirResource *r, Instant stamp, GError **error);
/* Inside one transaction on an empty record, instead of db_fill_end(): counts the changes too. */
void record_fill_end(Db *db);
/* Makes all index rows again; needed when the parameter table changed. */
gboolean record_reindex(Db *db, GError **error);

/* A number that changes with every write to @type (NULL: any) for @patient (NULL: any). */
gint64 record_changes(Db *db, const char *type, const char *patient);
