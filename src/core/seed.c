/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/seed.h"
#include "core/seed-internal.h"
#include <string.h>

GQuark seed_error_quark(void)
{
    return g_quark_from_static_string("rond-seed-error");
}

static void case_free(gpointer data)
{
    seed_case_free(data);
}

static gboolean load(Seed *s, GError **error)
{
    const struct {
        SeedTable **table;
        const char *file;
    } tables[] = {
        {&s->units, "units.tsv"},       {&s->rooms, "rooms.tsv"},
        {&s->staff, "staff.tsv"},       {&s->assignments, "assignments.tsv"},
        {&s->labs, "labs.tsv"},         {&s->drugs, "drugs.tsv"},
        {&s->diaries, "diary.tsv"},     {&s->patients, "patients.tsv"},
        {&s->bookings, "bookings.tsv"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(tables); i++)
        if (!(*tables[i].table = seed_table_load(s->dir, tables[i].file, error)))
            return FALSE;
    s->cases = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, case_free);
    s->diary = seed_diary_new(s, error);
    return s->diary != NULL;
}

static void clear(Seed *s)
{
    SeedTable *tables[] = {s->units, s->rooms,   s->staff,    s->assignments, s->labs,
                           s->drugs, s->diaries, s->patients, s->bookings};
    seed_diary_free(s->diary);
    g_clear_pointer(&s->cases, g_hash_table_unref);
    for (guint i = 0; i < G_N_ELEMENTS(tables); i++)
        seed_table_free(tables[i]);
}

gboolean seed_expand(const char *dir, SeedDay day, SeedSink sink, gpointer data, GError **error)
{
    Seed s = {.dir = dir, .today = day.charted, .diary_day = day.today, .sink = sink, .data = data};
    gboolean ok = load(&s, error) && seed_hospital(&s, error) && seed_diary_schedules(&s, error) &&
                  seed_patients(&s, error) && seed_diary_flush(&s, error);
    clear(&s);
    return ok;
}

#define NIGHT "-night"

SeedDay seed_day_at(Instant now)
{
    SeedDay day = {.today = civil_date_at(now)};
    gboolean night = now < instant_from_civil(day.today, SEED_MORNING, FALSE);
    day.charted = civil_date_add_days(day.today, night ? -1 : 0);
    return day;
}

char *seed_day_text(SeedDay day)
{
    g_autofree char *date = civil_date_to_text(day.today);
    return g_strconcat(date, civil_date_compare(day.today, day.charted) ? NIGHT : NULL, NULL);
}

gboolean seed_day_parse(const char *text, SeedDay *ret)
{
    gboolean night = g_str_has_suffix(text, NIGHT);
    g_autofree char *date = g_strndup(text, strlen(text) - (night ? strlen(NIGHT) : 0));
    if (!civil_date_parse(date, &ret->today))
        return FALSE;
    ret->charted = civil_date_add_days(ret->today, night ? -1 : 0);
    return TRUE;
}

static int by_name(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Names of the files of @sub in @dir, sorted so that the order of the disk does not matter. */
static gboolean list_files(const char *dir, const char *sub, GPtrArray *names, GError **error)
{
    g_autofree char *path = g_build_filename(dir, sub, NULL);
    g_autoptr(GDir) d = g_dir_open(path, 0, error);
    if (!d)
        return FALSE;
    for (const char *name = g_dir_read_name(d); name; name = g_dir_read_name(d))
        if (g_str_has_suffix(name, ".tsv") || g_str_has_suffix(name, ".case"))
            g_ptr_array_add(names, g_build_filename(sub, name, NULL));
    return TRUE;
}

char *seed_version(const char *dir, GError **error)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    if (!list_files(dir, ".", names, error) || !list_files(dir, "cases", names, error) ||
        !list_files(dir, "own", names, error))
        return NULL;
    g_ptr_array_sort(names, by_name);
    for (guint i = 0; i < names->len; i++) {
        g_autofree char *path = g_build_filename(dir, names->pdata[i], NULL), *text = NULL;
        gsize len = 0;
        if (!g_file_get_contents(path, &text, &len, error))
            return NULL;
        g_checksum_update(sum, names->pdata[i], -1);
        g_checksum_update(sum, (const guchar *)text, (gssize)len);
    }
    return g_strndup(g_checksum_get_string(sum), 16);
}
