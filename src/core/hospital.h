/* SPDX-License-Identifier: GPL-3.0-or-later
 * core/hospital.h — the training hospital in a database: made once a day into a template file,
 * copied from there, upgraded when the seed is newer. Knows seed.h and record.h; no HTTP. */
#pragma once
#include "base/datetime.h"
#include "core/db.h"
#include "core/seed.h"

#define HOSPITAL_ERROR (hospital_error_quark())
GQuark hospital_error_quark(void);

/* The record of @db becomes the training hospital of @day; what was in it is gone, its access log
 * stays. @templates: the directory of template files, shared by any number of databases. */
gboolean hospital_reset(Db *db, const char *templates, const char *seed_dir, SeedDay day,
                        GError **error);
/* The same for the database in @path, which need not be there yet. */
gboolean hospital_reset_file(const char *path, const char *templates, const char *seed_dir,
                             SeedDay day, GError **error);
/* New database: seeded. Untouched one of another day or an older seed: made anew. Touched one with
 * an older seed: upgraded, keeping what users wrote. *ret_done says which, in words; borrowed. */
gboolean hospital_bring_up(Db *db, const char *templates, const char *seed_dir, SeedDay day,
                           const char **ret_done, GError **error);
/* Adds @n generated patients. */
gboolean hospital_generate(Db *db, guint n, guint64 seed, CivilDate day, GError **error);
gboolean hospital_is_training(Db *db);
/* Marks an empty database; refuses one that holds real patients. */
gboolean hospital_mark_training(Db *db, GError **error);
