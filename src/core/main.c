/* SPDX-License-Identifier: GPL-3.0-or-later
 * rond-core: a small FHIR R4 server for training, demonstration and tests. */
#include "base/clock.h"
#include "base/say.h"
#include "base/xdg.h"
#include "core/core.h"
#include "core/hospital.h"
#include "core/http.h"
#include "core/jws.h"
#include "core/load.h"
#include "core/params.h"
#include "core/record.h"
#include "core/token.h"
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>

static struct {
    char *db, *socket, *base, *clock, *seed, *templates;
    char **cas, **rest;
    gint listen_fd, port, linger, lifetime, lock_days, patients;
    gboolean training, log;
} opt = {.listen_fd = -1, .linger = -1, .lifetime = 3600, .lock_days = 14};

static const GOptionEntry OPTIONS[] = {
    {"db", 0, 0, G_OPTION_ARG_FILENAME, &opt.db, "The database (reset, seed: this account's hospital)", "FILE"},
    {"training", 0, 0, G_OPTION_ARG_NONE, &opt.training, "It is a training database", NULL},
    {"clock", 0, 0, G_OPTION_ARG_STRING, &opt.clock, "Clinical time, as in ROND_CLOCK", "SPEC"},
    {"seed", 0, 0, G_OPTION_ARG_FILENAME, &opt.seed, "Texts of the training hospital", "DIR"},
    {"templates", 0, 0, G_OPTION_ARG_FILENAME, &opt.templates,
     "Where made hospitals are kept (beside the database)", "DIR"},
    {"socket", 0, 0, G_OPTION_ARG_FILENAME, &opt.socket, "serve: on this Unix socket", "PATH"},
    {"port", 0, 0, G_OPTION_ARG_INT, &opt.port, "serve: on 127.0.0.1", "N"},
    {"listen-fd", 0, 0, G_OPTION_ARG_INT, &opt.listen_fd, "serve: on an inherited socket", "N"},
    {"linger", 0, 0, G_OPTION_ARG_INT, &opt.linger, "serve: end after this long without a client",
     "SEC"},
    {"base", 0, 0, G_OPTION_ARG_STRING, &opt.base, "serve: public address", "URL"},
    {"ca", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &opt.cas, "serve: trusted card issuer", "PEM"},
    {"lock-days", 0, 0, G_OPTION_ARG_INT, &opt.lock_days,
     "serve: after which a note is corrected with a reason or added to, nothing else", "N"},
    {"token-lifetime", 0, 0, G_OPTION_ARG_INT, &opt.lifetime, "serve: of access tokens", "SEC"},
    {"log", 0, 0, G_OPTION_ARG_NONE, &opt.log, "serve: one line per request on stderr", NULL},
    {"patients", 0, 0, G_OPTION_ARG_INT, &opt.patients, "generate: how many", "N"},
    {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &opt.rest, NULL, NULL},
    G_OPTION_ENTRY_NULL};

static SeedDay today(void)
{
    return seed_day_at(clock_clinical_us());
}

static char *seed_dir(void)
{
    return opt.seed ? g_strdup(opt.seed) : data_path("seed");
}

static char *templates(void)
{
    return opt.templates ? g_strdup(opt.templates) : g_path_get_dirname(opt.db);
}

static gboolean fail(GError **error, const char *text)
{
    g_set_error_literal(error, HOSPITAL_ERROR, 0, text);
    return FALSE;
}

/* ---- serve -------------------------------------------------------------------------------- */

static gboolean marks_fit(Db *db, GError **error)
{
    gboolean empty = db_int(db, -1, "SELECT rid FROM resource LIMIT 1", "") < 0;
    if (opt.training == hospital_is_training(db) || (opt.training && empty))
        return TRUE;
    return fail(error, opt.training ? "This is no training database: start without --training."
                                    : "This is a training database: it is served with --training"
                                      " only, and never beside real patients.");
}

static gboolean index_fits(Db *db, GError **error)
{
    g_autofree char *have = db_meta(db, "params"), *want = params_fingerprint();
    return g_strcmp0(have, want) == 0 || record_reindex(db, error);
}

static gboolean load_cas(Core *core, GError **error)
{
    core->cas = jws_cas_new();
    for (char **path = opt.cas; path && *path; path++)
        if (!jws_load_cas(core->cas, *path, error))
            return FALSE;
    return TRUE;
}

static gboolean prepare(Core *core, GError **error)
{
    const char *done;
    core->training = opt.training;
    core->token_lifetime = opt.lifetime;
    core->lock_days = opt.lock_days;
    core->templates = templates();
    core->data_dir = seed_dir();
    if (!marks_fit(core->db, error) || !load_cas(core, error))
        return FALSE;
    if (opt.training &&
        !hospital_bring_up(core->db, core->templates, core->data_dir, today(), &done, error))
        return FALSE;
    return index_fits(core->db, error);
}

static gboolean cmd_serve(Db *db, GError **error)
{
    gboolean local, ok;
    guint linger = opt.linger >= 0 ? (guint)opt.linger : opt.listen_fd >= 0 ? 10 : 0;
    HttpOptions http = {opt.listen_fd, opt.socket, (guint)opt.port, linger, opt.log};
    Core core = {.db = db};
    if (opt.listen_fd < 0 && !opt.socket && opt.port <= 0)
        return fail(error, "Say where to listen: --socket PATH, --port N or --listen-fd N.");
    int fd = http_listen(&http, &local, error);
    if (fd < 0)
        return FALSE;
    core.base = opt.base ? g_strdup(opt.base)
                : local  ? g_strdup("http://localhost")
                         : g_strdup_printf("http://127.0.0.1:%d", opt.port);
    ok = prepare(&core, error) && http_serve(&core, fd, local, &http, error);
    g_free(core.base);
    g_free(core.data_dir);
    g_free(core.templates);
    g_clear_pointer(&core.cas, g_ptr_array_unref);
    g_clear_pointer(&core.capability, g_bytes_unref);
    g_clear_pointer(&core.totals, g_hash_table_unref);
    return ok;
}

/* ---- the rest ----------------------------------------------------------------------------- */

static gboolean cmd_load(Db *db, GError **error)
{
    g_autofree char *report = NULL;
    if (!opt.rest)
        return fail(error, "Say what to load: files or directories.");
    if (!index_fits(db, error))
        return FALSE;
    if (opt.training && !hospital_mark_training(db, error))
        return FALSE;
    if (!load_paths(db, opt.rest, &report, error))
        return FALSE;
    say(stdout, report);
    return TRUE;
}

static gboolean cmd_reset(Db *db, GError **error)
{
    g_autofree char *dir = seed_dir(), *kept = templates();
    gboolean ok = hospital_reset(db, kept, dir, today(), error);
    for (char **path = opt.rest; ok && path && *path; path++)
        ok = hospital_reset_file(*path, kept, dir, today(), error);
    return ok;
}

static gboolean cmd_seed(Db *db, GError **error)
{
    const char *done = "";
    g_autofree char *dir = seed_dir(), *kept = templates();
    if (!hospital_bring_up(db, kept, dir, today(), &done, error))
        return FALSE;
    sayf(stdout, "%s: %s\n", opt.db, done);
    return TRUE;
}

static gboolean cmd_generate(Db *db, GError **error)
{
    if (opt.patients <= 0)
        return fail(error, "Say how many: --patients N.");
    return index_fits(db, error) && hospital_generate(db, (guint)opt.patients, 1, today().today, error);
}

static gboolean cmd_token(Db *db, GError **error)
{
    Core core = {.db = db, .training = hospital_is_training(db), .token_lifetime = opt.lifetime};
    g_autofree char *token = opt.rest ? token_mint(&core, opt.rest[0], error) : NULL;
    if (!token)
        return opt.rest ? FALSE : fail(error, "Say which assignment: its HSA-id.");
    fprintf(stdout, "%s\n", token);
    return TRUE;
}

static const struct {
    const char *name, *words;
    gboolean (*run)(Db *db, GError **error);
    gboolean own; /* without --db: the training hospital of this account */
} COMMANDS[] = {
    {"serve", "answer FHIR requests", cmd_serve, FALSE},
    {"load", "FILE|DIR… take in foreign bundles, leniently", cmd_load, FALSE},
    {"reset", "[FILE…] the training hospital as it was, in more databases too", cmd_reset, TRUE},
    {"seed", "make or upgrade the training hospital", cmd_seed, TRUE},
    {"generate", "add --patients N made-up patients", cmd_generate, FALSE},
    {"token", "HSA-ID print an access token for a training assignment", cmd_token, FALSE},
};

/* A damaged hospital can always be made anew; the damaged files stay beside it. */
static Db *open_for(gboolean (*command)(Db *db, GError **error), GError **error)
{
    g_autoptr(GError) why = NULL;
    Db *db = db_open(opt.db, &why);
    if (db)
        return db;
    if (command != cmd_reset || !g_error_matches(why, DB_ERROR, DB_ERROR_DAMAGED)) {
        g_propagate_error(error, g_steal_pointer(&why));
        return NULL;
    }
    sayf(stderr, "rond-core: %s; it is kept with .damaged in its name\n", why->message);
    return db_set_aside(opt.db, error) ? db_open(opt.db, error) : NULL;
}

static gboolean run(const char *name, GError **error)
{
    for (gsize i = 0; i < G_N_ELEMENTS(COMMANDS); i++) {
        if (!g_str_equal(name, COMMANDS[i].name))
            continue;
        if (!opt.db && COMMANDS[i].own)
            opt.db = xdg_state_path("ovning/hospital.db", error);
        if (!opt.db)
            return *error ? FALSE : fail(error, "Say which database: --db FILE.");
        if (!(opt.clock ? clock_set_clinical(opt.clock, error) : clock_init(error)))
            return FALSE;
        g_autoptr(Db) db = open_for(COMMANDS[i].run, error);
        return db && COMMANDS[i].run(db, error);
    }
    return fail(error, "No such command: see rond-core --help.");
}

static char *summary(void)
{
    g_autoptr(GString) out = g_string_new("Commands:");
    for (gsize i = 0; i < G_N_ELEMENTS(COMMANDS); i++)
        g_string_append_printf(out, "\n  %-9s %s", COMMANDS[i].name, COMMANDS[i].words);
    return g_string_free(g_steal_pointer(&out), FALSE);
}

/* rond tells the person what to do by it (main/hospital.c). */
static int exit_code(const GError *error)
{
    static const struct {
        DbError code;
        int exit;
    } known[] = {{DB_ERROR_DAMAGED, EX_DATAERR}, {DB_ERROR_BUSY, EX_TEMPFAIL}, {DB_ERROR_FULL, EX_IOERR}};
    for (gsize i = 0; i < G_N_ELEMENTS(known); i++)
        if (g_error_matches(error, DB_ERROR, (int)known[i].code))
            return known[i].exit;
    return 1;
}

int main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GOptionContext) context = g_option_context_new("COMMAND");
    g_autofree char *commands = summary();
    umask(077);
    setlocale(LC_ALL, "");
    g_option_context_set_summary(context, commands);
    g_option_context_add_main_entries(context, OPTIONS, NULL);
    if (argc > 1 && argv[1][0] != '-') {
        const char *name = argv[1];
        argv[1] = argv[0];
        argc--;
        argv++;
        if (g_option_context_parse(context, &argc, &argv, &error) && run(name, &error))
            return 0;
    } else if (g_option_context_parse(context, &argc, &argv, &error)) {
        fail(&error, "Say what to do: see rond-core --help.");
    }
    sayf(stderr, "rond-core: %s\n", error->message);
    return exit_code(error);
}
