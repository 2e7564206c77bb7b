/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/record.h"

#include "base/clock.h"
#include "core/index.h"
#include "core/params.h"
#include "core/timeline.h"
#include <string.h>

#define CLOCK_SLACK_US (10 * G_USEC_PER_SEC) /* a clock set back further than this is meant */

void record_free(Record *record)
{
    if (!record)
        return;
    g_free(record->patient);
    g_clear_pointer(&record->body, g_bytes_unref);
    g_free(record);
}

Record *record_get(Db *db, const char *type, const char *id)
{
    sqlite3_stmt *s = db_stmt(db,
                              "SELECT rid, version, updated, patient, body FROM resource"
                              " WHERE type=? AND id=?",
                              "ss", type, id);
    if (!db_row(db, s))
        return NULL;
    Record *record = g_new0(Record, 1);
    record->rid = sqlite3_column_int64(s, 0);
    record->version = sqlite3_column_int64(s, 1);
    record->updated = sqlite3_column_int64(s, 2);
    record->patient = g_strdup(db_column(s, 3));
    record->body = db_column_bytes(s, 4);
    sqlite3_reset(s);
    return record;
}

GBytes *record_get_version(Db *db, const char *type, const char *id, gint64 version)
{
    sqlite3_stmt *s = db_stmt(db,
                              "SELECT body FROM resource WHERE type=?1 AND id=?2 AND version=?3"
                              " UNION ALL SELECT o.body FROM old o JOIN resource r USING(rid)"
                              " WHERE r.type=?1 AND r.id=?2 AND o.version=?3",
                              "ssi", type, id, version);
    if (!db_row(db, s))
        return NULL;
    GBytes *body = db_column_bytes(s, 0);
    sqlite3_reset(s);
    return body;
}

gboolean record_id_valid(const char *id)
{
    gsize len = strspn(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.");
    return len >= 1 && len <= 64 && id[len] == '\0';
}

Instant record_stamp(Db *db)
{
    gint64 now = clock_clinical_us() / 1000 * 1000;
    g_autofree char *text = db_meta(db, "stamp");
    gint64 last = text ? g_ascii_strtoll(text, NULL, 10) : 0;
    if (last >= now && last - now < CLOCK_SLACK_US)
        now = last + 1000;
    g_autofree char *stamp = g_strdup_printf("%" G_GINT64_FORMAT, now);
    db_set_meta(db, "stamp", stamp);
    return now;
}

static char *own_meta(gint64 version, Instant stamp)
{
    g_autofree char *updated = instant_to_fhir(stamp);
    return g_strdup_printf("{\"versionId\":\"%" G_GINT64_FORMAT "\",\"lastUpdated\":\"%s\"}", version,
                           updated);
}

static FhirResource *own_elements(const FhirResource *r, const char *id, gint64 version,
                                  Instant stamp, GError **error)
{
    g_autoptr(FhirEdit) edit = fhir_edit_new(r);
    g_autofree char *updated = instant_to_fhir(stamp);
    g_autofree char *digits = g_strdup_printf("%" G_GINT64_FORMAT, version);
    if (g_strcmp0(fhir_id(r), id) != 0)
        fhir_edit_set_string(edit, "id", id);
    if (fhir_exists(fhir_at(fhir_root(r), "meta"))) {
        fhir_edit_set_string(edit, "meta.versionId", digits);
        fhir_edit_set_string(edit, "meta.lastUpdated", updated);
    } else {
        g_autofree char *meta = own_meta(version, stamp);
        fhir_edit_set(edit, "meta", meta);
    }
    return fhir_edit_finish(edit, error);
}

static void count_change(Db *db, const char *type, const char *patient)
{
    db_run(db,
           "INSERT INTO change VALUES(?,?,1) ON CONFLICT(type, patient) DO UPDATE SET n = n + 1",
           "ss", type, patient);
}

static void count_changes(Db *db, const char *type, const char *patient)
{
    count_change(db, "", "");
    count_change(db, type, "");
    if (*patient) {
        count_change(db, type, patient);
        count_change(db, "", patient);
    }
}

FhirResource *record_put(Db *db, const FhirResource *r, const char *id, const Record *old,
                         Instant stamp, GError **error)
{
    gint64 version = old ? old->version + 1 : 1, rid;
    g_autoptr(FhirResource) stored = own_elements(r, id, version, stamp, error);
    if (!stored)
        return NULL;
    g_autofree char *patient = index_patient(stored);
    if (old) {
        rid = old->rid;
        db_run(db, "INSERT INTO old SELECT rid, version, updated, body FROM resource WHERE rid=?",
               "i", rid);
        db_run(db, "UPDATE resource SET version=?, updated=?, patient=?, body=? WHERE rid=?",
               "iisbi", version, stamp, patient, fhir_text(stored), rid);
        index_clear(db, rid);
        if (*old->patient && !g_str_equal(old->patient, patient))
            count_changes(db, fhir_type(r), old->patient);
    } else {
        db_run(db, "INSERT INTO resource VALUES(NULL,?,?,?,?,?,?)", "ssiisb", fhir_type(r), id,
               version, stamp, patient, fhir_text(stored));
        rid = sqlite3_last_insert_rowid(db_handle(db));
    }
    index_resource(db, rid, stored);
    if (!db_filling(db))
        count_changes(db, fhir_type(r), patient);
    return g_steal_pointer(&stored);
}

gboolean record_is(const Record *record, const FhirResource *r, const char *id)
{
    g_autoptr(FhirResource) again = own_elements(r, id, 1, record->updated, NULL);
    return again && record->version == 1 && g_bytes_equal(fhir_text(again), record->body);
}

/* The text with the server's elements as its last member; NULL where they do not simply belong there. */
static GBytes *meta_added(const FhirResource *r, Instant stamp)
{
    gsize len;
    const char *text = g_bytes_get_data(fhir_text(r), &len);
    gboolean plain = fhir_id(r) && !fhir_exists(fhir_at(fhir_root(r), "meta")) && !fhir_read_only(r) && len > 2 &&
                     text[len - 1] == '}' && !g_ascii_isspace(text[len - 2]);
    if (!plain)
        return NULL;
    g_autofree char *meta = own_meta(1, stamp);
    GString *out = g_string_sized_new(len + 100);
    g_string_append_len(out, text, (gssize)len - 1);
    g_string_append_printf(out, ",\"meta\":%s}", meta);
    return g_string_free_to_bytes(out);
}

gboolean record_fill(Db *db, const FhirResource *r, Instant stamp, GError **error)
{
    g_autoptr(GBytes) text = meta_added(r, stamp);
    if (!text) {
        g_autofree char *id = fhir_id(r) ? g_strdup(fhir_id(r)) : g_uuid_string_random();
        g_autoptr(FhirResource) stored = record_put(db, r, id, NULL, stamp, error);
        return stored != NULL;
    }
    g_autofree char *patient = index_patient(r);
    db_run(db, "INSERT INTO resource VALUES(NULL,?,?,1,?,?,?)", "ssisb", fhir_type(r), fhir_id(r), stamp,
           patient, text);
    index_resource(db, sqlite3_last_insert_rowid(db_handle(db)), r);
    return TRUE;
}

void record_fill_end(Db *db)
{
    static const char *const counted[] = {
        "INSERT INTO change SELECT '', '', count(*) FROM resource HAVING count(*) > 0",
        "INSERT INTO change SELECT type, '', count(*) FROM resource GROUP BY type",
        "INSERT INTO change SELECT '', patient, count(*) FROM resource WHERE patient <> '' GROUP BY patient",
        "INSERT INTO change SELECT type, patient, count(*) FROM resource WHERE patient <> '' GROUP BY type, patient",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(counted); i++)
        db_run(db, counted[i], "");
    db_fill_end(db);
    timeline_fill(db);
}

void record_forget(Db *db, gint64 rid)
{
    index_clear(db, rid);
    db_run(db, "DELETE FROM resource WHERE rid=?", "i", rid);
}

static gboolean reindex_one(Db *db, gint64 rid, GError **error)
{
    sqlite3_stmt *s = db_stmt(db, "SELECT body FROM resource WHERE rid=?", "i", rid);
    if (!db_row(db, s))
        return TRUE;
    g_autoptr(GBytes) body = db_column_bytes(s, 0);
    sqlite3_reset(s);
    g_autoptr(FhirResource) r = fhir_resource_parse(body, error);
    if (!r)
        return FALSE;
    g_autofree char *patient = index_patient(r);
    db_run(db, "UPDATE resource SET patient=? WHERE rid=?", "si", patient, rid);
    index_clear(db, rid);
    index_resource(db, rid, r);
    return TRUE;
}

gboolean record_reindex(Db *db, GError **error)
{
    g_autofree char *mark = params_fingerprint();
    gint64 last = db_int(db, 0, "SELECT max(rid) FROM resource", "");
    if (!db_begin(db, error))
        return FALSE;
    db_run(db, "DELETE FROM timeline", ""); /* a row under another key than now would stay for good */
    for (gint64 rid = 1; rid <= last; rid++)
        if (!reindex_one(db, rid, error)) {
            db_rollback(db);
            return FALSE;
        }
    db_set_meta(db, "params", mark);
    return db_commit(db, error);
}

gint64 record_changes(Db *db, const char *type, const char *patient)
{
    return db_int(db, 0, "SELECT n FROM change WHERE type=? AND patient=?", "ss",
                  type ? type : "", patient ? patient : "");
}
