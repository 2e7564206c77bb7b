/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/hospital.h"

#include "core/generate.h"
#include "core/params.h"
#include "core/record.h"
#include "core/seed.h"
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

GQuark hospital_error_quark(void)
{
    return g_quark_from_static_string("rond-hospital-error");
}

typedef struct {
    Db *db;
    Instant stamp;
} Sink;

/* What somebody changed (version above 1) is theirs and stays; what is as the older seed wrote it
 * gives way to the newer one. */
static gboolean put_one(FhirResource *r, gpointer data, GError **error)
{
    Sink *sink = data;
    g_autofree char *id = fhir_id(r) ? g_strdup(fhir_id(r)) : g_uuid_string_random();
    g_autoptr(Record) old = record_get(sink->db, fhir_type(r), id);
    if (!type_def(fhir_type(r)) || (old && (old->version > 1 || record_is(old, r, id))))
        return TRUE;
    if (old)
        record_forget(sink->db, old->rid);
    g_autoptr(FhirResource) stored = record_put(sink->db, r, id, NULL, sink->stamp, error);
    return stored != NULL;
}

/* ---- a hospital made from nothing: one thread writes the charts, this one puts them into the database ---- */

enum { TOGETHER = 64, AHEAD = 8 };

typedef struct {
    const char *seed_dir;
    SeedDay day;
    GAsyncQueue *made, *room; /* GPtrArray of FhirResource*, full and empty; an empty one made is the last */
    GPtrArray *batch;
    int stopped; /* atomic: nobody takes more */
    GError *error;
    gboolean ok;
} Making;

static void unref_resource(gpointer r)
{
    fhir_resource_unref(r);
}

static void unref_batch(gpointer batch)
{
    g_ptr_array_unref(batch);
}

static gboolean hand_over(FhirResource *r, gpointer data, GError **error)
{
    Making *m = data;
    g_ptr_array_add(m->batch, fhir_resource_ref(r));
    if (m->batch->len == TOGETHER) {
        g_async_queue_push(m->made, m->batch);
        m->batch = g_async_queue_pop(m->room);
    }
    return !g_atomic_int_get(&m->stopped);
}

static gpointer make(gpointer data)
{
    Making *m = data;
    m->batch = g_async_queue_pop(m->room);
    m->ok = seed_expand(m->seed_dir, m->day, hand_over, m, &m->error);
    if (m->batch->len) {
        g_async_queue_push(m->made, m->batch);
        m->batch = g_async_queue_pop(m->room);
    }
    g_async_queue_push(m->made, m->batch);
    return NULL;
}

static gboolean take(Making *m, Sink *sink, GError **error)
{
    gboolean ok = TRUE;
    for (;;) {
        GPtrArray *batch = g_async_queue_pop(m->made);
        gboolean last = batch->len == 0;
        for (guint i = 0; i < batch->len && ok; i++) /* a type that is not kept here is left out */
            ok = !type_def(fhir_type(batch->pdata[i])) || record_fill(sink->db, batch->pdata[i], sink->stamp, error);
        if (!ok)
            g_atomic_int_set(&m->stopped, 1);
        g_ptr_array_set_size(batch, 0);
        g_async_queue_push(m->room, batch);
        if (last)
            return ok;
    }
}

static gboolean make_and_take(const char *seed_dir, SeedDay day, Sink *sink, GError **error)
{
    Making m = {.seed_dir = seed_dir, .day = day};
    m.made = g_async_queue_new_full(unref_batch);
    m.room = g_async_queue_new_full(unref_batch);
    for (guint i = 0; i < AHEAD; i++)
        g_async_queue_push(m.room, g_ptr_array_new_full(TOGETHER, unref_resource));
    GThread *thread = g_thread_new("seed", make, &m);
    gboolean taken = take(&m, sink, error);
    g_thread_join(thread);
    g_async_queue_unref(m.made);
    g_async_queue_unref(m.room);
    if (taken && m.error)
        g_propagate_error(error, g_steal_pointer(&m.error));
    g_clear_error(&m.error);
    return taken && m.ok;
}

static void set_marks(Db *db, const char *version, SeedDay day)
{
    g_autofree char *date = seed_day_text(day);
    g_autofree char *params = params_fingerprint();
    g_autofree char *epoch = g_strdup_printf("%08x", g_random_int());
    db_set_meta(db, "training", "1");
    db_set_meta(db, "seed_version", version);
    db_set_meta(db, "seed_day", date);
    db_set_meta(db, "params", params);
    db_set_meta(db, "epoch", epoch);
}

static gboolean fill(Db *db, const char *seed_dir, const char *version, SeedDay day,
                     gboolean fresh, GError **error)
{
    Sink sink = {.db = db};
    if (!db_begin(db, error))
        return FALSE;
    if (fresh)
        db_fill_begin(db);
    /* A hospital made once serves the whole day: nothing in it is newer than what is done that day. */
    sink.stamp = fresh ? instant_day_start(day.today) : record_stamp(db);
    if (!(fresh ? make_and_take(seed_dir, day, &sink, error) : seed_expand(seed_dir, day, put_one, &sink, error))) {
        db_rollback(db);
        return FALSE;
    }
    if (fresh)
        record_fill_end(db);
    set_marks(db, version, day);
    return db_commit(db, error);
}

static void remove_database(const char *path)
{
    static const char *const ENDS[] = {"",       "-wal",       "-shm",
                                       ".state", ".state-wal", ".state-shm"};
    for (gsize i = 0; i < G_N_ELEMENTS(ENDS); i++) {
        g_autofree char *file = g_strconcat(path, ENDS[i], NULL);
        g_unlink(file);
    }
}

/* Older templates are of no use: their day or seed is over. */
static void remove_old_templates(const char *dir, const char *keep)
{
    GDir *d = g_dir_open(dir, 0, NULL);
    const char *name;
    while (d && (name = g_dir_read_name(d)))
        if (g_str_has_prefix(name, "template-") && !g_str_has_prefix(name, keep)) {
            g_autofree char *path = g_build_filename(dir, name, NULL);
            g_unlink(path);
        }
    if (d)
        g_dir_close(d);
}

static void flush(const char *path)
{
    int fd = g_open(path, O_RDONLY | O_CLOEXEC, 0);
    if (fd >= 0) {
        fsync(fd);
        close(fd);
    }
}

/* Which program this is: another one may expand the same seed to something else. */
static char *own_program(void)
{
    GStatBuf st = {0};
    g_stat("/proc/self/exe", &st);
    return g_strdup_printf(" %" G_GINT64_FORMAT " %" G_GINT64_FORMAT ".%09ld", (gint64)st.st_size,
                           (gint64)st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
}

/* Path of the template for this day, seed and program, made when it is not there. */
static char *template_ready(const char *dir, const char *seed_dir, const char *version,
                            SeedDay day, GError **error)
{
    g_autofree char *date = seed_day_text(day);
    g_autofree char *params = params_fingerprint();
    g_autofree char *program = own_program();
    g_autofree char *key = g_strconcat(version, params, program, NULL);
    g_autofree char *sum = g_compute_checksum_for_string(G_CHECKSUM_SHA256, key, -1);
    g_autofree char *name = g_strdup_printf("template-%s-%.16s.db", date, sum);
    g_autofree char *file = g_build_filename(dir, name, NULL);
    if (g_file_test(file, G_FILE_TEST_EXISTS))
        return g_steal_pointer(&file);
    g_autofree char *making = g_strdup_printf("%s.%d", file, (int)getpid());
    g_autoptr(Db) db = db_open(making, error);
    if (db) /* nobody sees it before it is whole and renamed */
        sqlite3_exec(db_handle(db), "PRAGMA main.journal_mode=OFF; PRAGMA main.synchronous=OFF",
                     NULL, NULL, NULL);
    if (!db || !fill(db, seed_dir, version, day, TRUE, error)) {
        remove_database(making);
        return NULL;
    }
    /* Its copies need not be turned into what a hospital in use is. */
    sqlite3_exec(db_handle(db), "PRAGMA main.journal_mode=WAL", NULL, NULL, NULL);
    g_clear_pointer(&db, db_close);
    flush(making);
    gboolean moved = g_rename(making, file) == 0;
    remove_database(making);
    remove_old_templates(dir, name);
    if (moved)
        return g_steal_pointer(&file);
    g_set_error(error, HOSPITAL_ERROR, 0, "Cannot write %s.", file);
    return NULL;
}

gboolean hospital_is_training(Db *db)
{
    g_autofree char *mark = db_meta(db, "training");
    return g_strcmp0(mark, "1") == 0;
}

static gboolean empty(Db *db)
{
    return db_int(db, -1, "SELECT rid FROM resource LIMIT 1", "") < 0;
}

gboolean hospital_mark_training(Db *db, GError **error)
{
    if (hospital_is_training(db))
        return !db_take_error(db, error);
    if (!empty(db)) {
        g_set_error_literal(error, HOSPITAL_ERROR, 0,
                            "This is no training database, and never becomes one.");
        return FALSE;
    }
    db_set_meta(db, "training", "1");
    return !db_take_error(db, error);
}

static gboolean new_epoch(Db *db, GError **error)
{
    g_autofree char *epoch = g_strdup_printf("%08x", g_random_int());
    db_set_meta(db, "epoch", epoch);
    return !db_take_error(db, error);
}

gboolean hospital_reset(Db *db, const char *templates, const char *seed_dir, SeedDay day,
                        GError **error)
{
    if (!hospital_mark_training(db, error))
        return FALSE;
    g_autofree char *version = seed_version(seed_dir, error);
    g_autofree char *file = version ? template_ready(templates, seed_dir, version, day, error) : NULL;
    return file && db_copy_from(db, file, error) && new_epoch(db, error);
}

gboolean hospital_reset_file(const char *path, const char *templates, const char *seed_dir,
                             SeedDay day, GError **error)
{
    if (g_file_test(path, G_FILE_TEST_EXISTS)) {
        g_autoptr(Db) db = db_open(path, error);
        return db && hospital_reset(db, templates, seed_dir, day, error);
    }
    g_autofree char *version = seed_version(seed_dir, error);
    g_autofree char *file = version ? template_ready(templates, seed_dir, version, day, error) : NULL;
    g_autoptr(Db) db = file && db_copy_file(file, path, error) ? db_open(path, error) : NULL;
    return db && new_epoch(db, error);
}

static gboolean upgrade(Db *db, const char *seed_dir, const char *version, GError **error)
{
    g_autofree char *text = db_meta(db, "seed_day");
    SeedDay day;
    if (text && seed_day_parse(text, &day))
        return fill(db, seed_dir, version, day, FALSE, error);
    g_set_error(error, HOSPITAL_ERROR, 0, "The database does not say of which day it is.");
    return FALSE;
}

gboolean hospital_bring_up(Db *db, const char *templates, const char *seed_dir, SeedDay day,
                           const char **ret_done, GError **error)
{
    g_autofree char *touched = db_meta(db, "touched"), *have = db_meta(db, "seed_version"),
                    *of_day = db_meta(db, "seed_day");
    g_autofree char *today = seed_day_text(day);
    *ret_done = "nothing to do";
    if (!hospital_mark_training(db, error))
        return FALSE;
    if (!have && !empty(db))
        return TRUE; /* loaded or generated, not seeded */
    g_autofree char *version = seed_version(seed_dir, error);
    if (!version)
        return FALSE;
    gboolean same_seed = g_strcmp0(have, version) == 0;
    if (!have || (!touched && (!same_seed || g_strcmp0(of_day, today) != 0))) {
        *ret_done = have ? "made anew for today" : "seeded";
        return hospital_reset(db, templates, seed_dir, day, error);
    }
    if (same_seed)
        return TRUE;
    *ret_done = "upgraded to the newer seed";
    return upgrade(db, seed_dir, version, error);
}

gboolean hospital_generate(Db *db, guint n, guint64 seed, CivilDate day, GError **error)
{
    Sink sink = {.db = db};
    if (!hospital_mark_training(db, error) || !db_begin(db, error))
        return FALSE;
    sink.stamp = record_stamp(db);
    db_set_meta(db, "touched", "1");
    if (generate_patients(n, seed, day, put_one, &sink, error))
        return db_commit(db, error);
    db_rollback(db);
    return FALSE;
}
