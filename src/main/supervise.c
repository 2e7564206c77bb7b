/* SPDX-License-Identifier: GPL-3.0-or-later
 * Which processes this profile needs, as the supervisor's fixed table. */
#include <glib/gi18n.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/say.h"
#include "base/xdg.h"
#include "card/training.h"
#include "main/main.h"
#include "main/show.h"
#include "net/net.h"

char *program_path(const char *name)
{
    g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *dir = g_path_get_dirname(self ? self : "/usr/bin/rond");
    static const char *const places[] = {".", "../card", "../core", "../spell", "../print", "../libexec/rond"};
    for (gsize i = 0; i < G_N_ELEMENTS(places); i++) {
        char *path = g_build_filename(dir, places[i], name, NULL);
        if (access(path, X_OK) == 0)
            return path;
        g_free(path);
    }
    return g_strdup(name);
}

typedef struct {
    char *dir, *cards, *error;
} Cards;

static int make_cards(void *data)
{
    const Cards *c = data;
    char error[256] = "";
    if (training_cards_make(c->dir, c->cards, error))
        return 0;
    sayf(stderr, "rond: %s\n", error);
    return 1;
}

static void gave_up(const char *note, void *data)
{
    (void)data;
    sayf(stderr, _("rond ended three times in a row and gave up (%s). What was written is kept; "
                      "start it again, or ask support.\n"), note && *note ? note : "?");
}

static const char **strings(const char *first, ...) G_GNUC_NULL_TERMINATED;
static const char **strings(const char *first, ...)
{
    GPtrArray *out = g_ptr_array_new();
    va_list ap;
    va_start(ap, first);
    for (const char *s = first; s; s = va_arg(ap, const char *))
        g_ptr_array_add(out, (gpointer)s);
    va_end(ap);
    g_ptr_array_add(out, NULL);
    return (const char **)g_ptr_array_free(out, FALSE);
}

/* Everything below lives as long as the process: the supervisor keeps the table. */
static gboolean plan_training(SuperPlan *plan, const Options *options, GError **error)
{
    g_autofree char *dir = xdg_state_path("ovning", error);
    char *socket = dir ? xdg_runtime_path("core.sock", error) : NULL;
    char *reader = socket ? xdg_runtime_path("reader", error) : NULL;
    if (!reader)
        return FALSE;
    g_autofree char *cards = data_path("seed/cards.tsv");
    char *seed = data_path("seed");
    Cards c = {.dir = g_build_filename(dir, "cards", NULL), .cards = cards};
    g_mkdir_with_parents(dir, 0700);
    if (!training_cards_ready(c.dir, cards) && super_once(make_cards, &c) != 0) {
        g_set_error_literal(error, APP_ERROR, APP_ERROR_OPTION, _("The training cards could not be made"));
        return FALSE;
    }
    const char *module = training_module();
    char *conf = g_strdup_printf("SOFTHSM2_CONF=%s/softhsm2.conf", c.dir);
    char *db = g_build_filename(dir, "hospital.db", NULL), *ca = g_build_filename(c.dir, "ca.pem", NULL);
    const char *clock = g_getenv("ROND_CLOCK");
    plan->core_socket = socket;
    plan->child[SUPER_CORE].argv = strings(program_path("rond-core"), "serve", "--listen-fd", "3", "--db", db,
                                           "--seed", seed, "--training", "--ca", ca, "--lock-days",
                                           g_strdup_printf("%d", (int)option_int(options, "record.lock-days")),
                                           clock ? "--clock" : NULL, clock, NULL);
    plan->child[SUPER_CARD].argv = strings(program_path("rond-card"), "--fd", "3", "--module",
                                           module ? module : "libsofthsm2.so", "--writable", c.dir,
                                           "--training-reader", reader, NULL);
    plan->child[SUPER_CARD].env = strings(conf, NULL);
    plan->child[SUPER_READER].argv = strings(program_path("rond-reader"), "--fd", "3", "--training", reader, NULL);
    return TRUE;
}

/* What no waiting mends is said before anybody is asked for a PIN. */
static gboolean core_usable(const Options *options, GError **error)
{
    g_autofree char *path = NULL, *origin = profile_origin(options, &path);
    g_autoptr(GError) why = NULL;
    if (!net_origin_usable(origin, &why)) {
        g_set_error(error, APP_ERROR, APP_ERROR_OPTION, "core.url: %s", _(why->message));
        return FALSE;
    }
    const char *ca = option_text(options, "core.ca-file");
    if (!*ca || access(ca, R_OK) == 0)
        return TRUE;
    g_set_error(error, APP_ERROR, APP_ERROR_OPTION,
                _("core.ca-file: %s cannot be read (%s). Check the path in /etc/rond/rond.conf"), ca, g_strerror(errno));
    return FALSE;
}

static gboolean plan_production(SuperPlan *plan, const Options *options, GError **error)
{
    const char *module = option_text(options, "card.module");
    if (!*module) {
        g_set_error_literal(error, APP_ERROR, APP_ERROR_OPTION,
                            _("card.module is not set: name the PKCS#11 module of the card software in "
                              "/etc/rond/rond.conf"));
        return FALSE;
    }
    if (!core_usable(options, error))
        return FALSE;
    plan->child[SUPER_CARD].argv = strings(program_path("rond-card"), "--fd", "3", "--module", g_strdup(module), NULL);
    plan->child[SUPER_READER].argv = strings(program_path("rond-reader"), "--fd", "3", NULL);
    return TRUE;
}

/* The name of a dictionary is no path. */
static gboolean dictionary_name(const char *name)
{
    return *name && strspn(name, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "_-") == strlen(name) && *name != '-';
}

/* What rond knows of drugs and codes is spelt as it says; a substance is inflected as other substances are. */
static const char **spell_command(const Options *options)
{
    static const struct {
        const char *path, *model;
    } texts[] = {{"spell/medical.words", NULL},    {"drugs/names.tsv", "morfin"}, {"drugs/products.tsv", "morfin"},
                 {"codes/diagnoses.tsv", NULL},    {"codes/procedures.tsv", NULL}, {"codes/alerts.tsv", NULL},
                 {"orderline/tokens.tsv", NULL},   {"vitals/tokens.tsv", NULL},    {"phrases/allmant.phrases", NULL}};
    g_auto(GStrv) names = g_strsplit(option_text(options, "spelling.languages"), " ", -1);
    GPtrArray *argv = g_ptr_array_new();
    const char *const first[] = {program_path("rond-spell"), "--fd", "3", "--folder",
                                 g_strdup(option_text(options, "spelling.folder"))};
    for (gsize i = 0; i < G_N_ELEMENTS(first); i++)
        g_ptr_array_add(argv, (gpointer)first[i]);
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autofree char *path = data_path(texts[i].path);
        g_ptr_array_add(argv, (gpointer)"--text");
        g_ptr_array_add(argv, g_strconcat(path, texts[i].model ? "=" : NULL, texts[i].model, NULL));
    }
    for (char **name = names; *name; name++)
        if (dictionary_name(*name))
            g_ptr_array_add(argv, g_strdup(*name));
    g_ptr_array_add(argv, NULL);
    return (const char **)g_ptr_array_free(argv, FALSE);
}

/* The job's title is rond's name: a queue shows it to everybody. */
static void plan_printing(SuperPlan *plan, const Options *options)
{
    const char *printer = option_text(options, "print.printer");
    char *lp = g_find_program_in_path("lp");
    plan->child[SUPER_PRINT].argv = strings(lp ? lp : "/usr/bin/lp", "-s", "-t", "rond", *printer ? "-d" : NULL, printer, NULL);
    plan->child[SUPER_PAGES].argv = strings(program_path("rond-print"), NULL);
}

/* A visit without a screen ends before it matters. */
static void plan_update(SuperPlan *plan, const CommandLine *cl)
{
    if (cl->show)
        return;
    plan->program = g_file_read_link("/proc/self/exe", NULL);
    plan->argv = cl->argv;
    plan->goes_on = g_strdup(g_getenv(SUPER_GOES_ON));
    g_unsetenv(SUPER_GOES_ON);
}

int supervise(CommandLine *cl)
{
    clock_anchor();
    g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GError) error = NULL;
    g_autofree char *notice = NULL;
    static Options *options; /* kept: the plan points into it */
    options = options_read(cl, problems);
    locale_init(option_text(options, "ui.language"), &notice);
    static SuperPlan plan; /* reachable to the end, with everything it points to */
    plan = (SuperPlan){.tty = cl->show ? -1 : STDIN_FILENO, .give_up = gave_up};
    plan_update(&plan, cl);
    gboolean training = profile_is_training(options);

    if (option_bool(options, "spelling.check"))
        plan.child[SUPER_SPELL].argv = spell_command(options);
    plan_printing(&plan, options);
    if (cl->exercise && !training) {
        sayf(stderr, "rond: %s\n", _("Exercises run in the training environment only"));
        return 2;
    }
    if (!cl->show && (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))) {
        sayf(stderr, "rond: %s\n", _("rond needs a terminal. For plain lines see: rond show"));
        return 2;
    }
    if (!(training ? plan_training(&plan, options, &error) : plan_production(&plan, options, &error))) {
        sayf(stderr, "rond: %s\n", error->message);
        return 1;
    }
    return super_run(&plan, cl->show ? show_session : session_main, cl);
}
