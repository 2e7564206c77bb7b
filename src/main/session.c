/* SPDX-License-Identifier: GPL-3.0-or-later
 * The session process: from the fork to the end of the main loop. */
#include <glib/gi18n.h>
#include <libintl.h>
#include <locale.h>
#include <langinfo.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/say.h"
#include "base/text.h"
#include "base/xdg.h"
#include "chart/order-data.h"
#include "main/main.h"
#include "main/watchdog.h"
#include "super/channel.h"
#include "ui/shell.h"

/* The charset is the terminal's, the language is ours: Swedish unless something else was asked for.
 * A locale that is missing or not UTF-8 must not stop anybody (usual over SSH). */
void locale_init(const char *language, char **ret_notice)
{
    *ret_notice = NULL;
    gboolean set = setlocale(LC_ALL, "") != NULL;
    gboolean ascii = strcmp(nl_langinfo(CODESET), "ANSI_X3.4-1968") == 0;
    if (!set || ascii) {
        setlocale(LC_ALL, "C.UTF-8");
        *ret_notice = g_strdup(set ? N_("The terminal did not say its character set; UTF-8 is assumed")
                                   : N_("The language setting of the account is not installed; UTF-8 is assumed"));
    }
    setlocale(LC_NUMERIC, "C");
    const char *asked = language && strcmp(language, "auto") != 0 ? language : g_getenv("LANGUAGE");
    gboolean english = asked && g_str_has_prefix(asked, "en");
    /* gettext takes no notice of LANGUAGE under the C locale, and C.UTF-8 counts as one of its own. */
    if (strcmp(setlocale(LC_MESSAGES, NULL), "C") == 0)
        setlocale(LC_MESSAGES, "C.UTF-8");
    g_setenv("LANGUAGE", english ? "en" : "sv", TRUE);
    g_autofree char *dir = g_strdup(g_getenv("ROND_LOCALEDIR"));
    bindtextdomain(GETTEXT_PACKAGE, dir ? dir : ROND_LOCALEDIR);
    bind_textdomain_codeset(GETTEXT_PACKAGE, "UTF-8");
    textdomain(GETTEXT_PACKAGE);
}

Options *options_read(const CommandLine *cl, GPtrArray *problems)
{
    Options *o = options_new();
    g_autofree char *user = cl->config ? NULL : xdg_config_path("rond.conf", NULL);
    const char *site = g_getenv("ROND_SITE_CONFIG");
    options_load(o, site ? site : "/etc/rond/rond.conf", LAYER_SITE, problems);
    /* --config names a site file: whoever can start rond with it owns this installation. */
    if (cl->config)
        options_load(o, cl->config, LAYER_SITE, problems);
    else if (user)
        options_load(o, user, LAYER_USER, problems);
    if (cl->language)
        options_set(o, "ui.language", cl->language, LAYER_COMMAND_LINE, "--lang", NULL);
    if (cl->ascii)
        options_set(o, "ui.ascii", "true", LAYER_COMMAND_LINE, "--ascii", NULL);
    if (g_getenv("NO_COLOR") && *g_getenv("NO_COLOR"))
        options_set(o, "ui.colour", "mono", LAYER_ENVIRONMENT, "NO_COLOR", NULL);
    if (cl->mono)
        options_set(o, "ui.colour", "mono", LAYER_COMMAND_LINE, "--mono", NULL);
    return o;
}

gboolean profile_is_training(const Options *options)
{
    return *option_text(options, "core.url") == '\0';
}

char *profile_origin(const Options *options, char **ret_path)
{
    const char *url = option_text(options, "core.url");
    const char *host = strstr(url, "://"), *path = host ? strchr(host + 3, '/') : NULL;
    *ret_path = g_strdup(path ? path : "");
    return path ? g_strndup(url, (gsize)(path - url)) : g_strdup(url);
}

static char *keymap_file(const char *name, gpointer data)
{
    (void)data;
    g_autofree char *path = g_str_has_prefix(name, "/") ? g_strdup(name) : data_path(name);
    g_autofree char *compiled = g_strdup_printf("/rond/keymaps/%s", name);
    g_autoptr(GBytes) bytes = g_resources_lookup_data(compiled, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
    char *text = NULL;
    if (bytes)
        return text_of_bytes(bytes);
    g_file_get_contents(path, &text, NULL, NULL);
    return text;
}

/* Compiled in, then the site's, then the user's own keys. */
Keymap *keymap_read(const Options *options, GPtrArray *problems)
{
    Keymap *m = keymap_new();
    g_autofree char *name = g_strdup_printf("%s.keys", option_text(options, "keys.map"));
    g_autofree char *base = keymap_file("default.keys", NULL);
    keymap_load(m, "default.keys", base ? base : "", keymap_file, NULL, problems);
    if (strcmp(name, "default.keys") != 0) {
        g_autofree char *other = keymap_file(name, NULL);
        keymap_load(m, name, other ? other : "", keymap_file, NULL, problems);
    }
    g_autofree char *own = xdg_config_path("keys", NULL);
    const char *const files[] = {"/etc/rond/keys", own};
    for (gsize i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *text = NULL;
        if (files[i] && g_file_get_contents(files[i], &text, NULL, NULL))
            keymap_load(m, files[i], text, keymap_file, NULL, problems);
    }
    return m;
}

static Term *term_open(const Options *options, GError **error)
{
    const char *colour = option_text(options, "ui.colour");
    TermOptions t = {
        .ascii = option_bool(options, "ui.ascii"),
        .colours = strcmp(colour, "mono") == 0 ? COLOUR_MONO : strcmp(colour, "16") == 0 ? COLOUR_16 : COLOUR_256,
    };
    return term_curses_new(&t, error);
}

static void show_problems(App *app, const GPtrArray *problems, const char *notice)
{
    if (problems->len > 1) {
        g_autofree char *more = g_strdup_printf(_("%s (and %u more; see rond config --explain)"),
                                                (char *)problems->pdata[0], problems->len - 1);
        app->frontend->status(app, STATUS_WARN, more);
    } else if (problems->len) {
        app->frontend->status(app, STATUS_WARN, problems->pdata[0]);
    } else if (notice) {
        app->frontend->status(app, STATUS_INFO, _(notice));
    }
}

static const char *first_view(const SuperBoot *boot)
{
    return boot->why == SUPER_LOCKED ? "lock" : "login";
}

/* NULL where there is nothing to say: the person locked, or has just come. */
static char *why_again(const SuperBoot *boot)
{
    return boot->why == SUPER_CRASHED ? g_strdup_printf(_("rond ended by an error (%s) and was started again. Your drafts are kept: log in to go on"), boot->note)
                                      : NULL;
}

/* The loop's first turn: the first screen is out. */
static gboolean on_shown(gpointer channel)
{
    super_ask_helpers(GPOINTER_TO_INT(channel));
    return G_SOURCE_REMOVE;
}

static int run_app(App *app, const SuperBoot *boot, const CommandLine *cl, GPtrArray *problems, const char *notice)
{
    g_autoptr(GError) error = NULL;
    Term *term = term_open(app->options, &error);
    if (!term) {
        /* Shown by the supervisor too; a person at a terminal without cursor still reads this line. */
        sayf(stderr, "rond: %s\n", error->message);
        return SESSION_EXIT_CANNOT;
    }
    Wiring *w = wiring_new(app, boot, cl);
    ShellHooks hooks = {.touched = wiring_touch, .data = w};
    Shell *shell = shell_new(app, term, &hooks);
    show_problems(app, problems, notice);
    g_idle_add_full(G_PRIORITY_HIGH, on_shown, GINT_TO_POINTER(boot->channel), NULL);
    g_autofree char *said = why_again(boot);
    int code = shell_run(shell, first_view(boot), said);
    shell_free(shell);
    wiring_free(w, code);
    return code;
}

/* What libraries complain of goes into the ring for support, never onto the screen. The text is left
 * out: it is not ours, and may quote what it was given. */
static GLogWriterOutput log_quietly(GLogLevelFlags level, const GLogField *fields, gsize n, gpointer data)
{
    const char *domain = "?", *line = "";
    (void)data;
    for (gsize i = 0; i < n; i++) {
        if (strcmp(fields[i].key, "GLIB_DOMAIN") == 0)
            domain = fields[i].value;
        if (strcmp(fields[i].key, "MESSAGE") == 0 && g_getenv("ROND_DEBUG"))
            line = fields[i].value;
    }
    log_event(level & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL) ? LOG_ERROR : LOG_WARN, "library", "%s %s", domain,
              line);
    return G_LOG_WRITER_HANDLED;
}

/* Before the first thread: no new programs, no tracing, no core dump, and only the files it needs. */
SandboxState session_sandbox(const Options *options, GPtrArray *problems)
{
    g_autofree char *data = data_path(""), *state = xdg_state_path("", NULL), *run = xdg_runtime_path("", NULL);
    g_autofree char *config = xdg_config_path("", NULL);
    const char *words = g_getenv("ROND_LOCALEDIR"), *ca = option_text(options, "core.ca-file");
    const char *const read[] = {data, words ? words : ROND_LOCALEDIR, config ? config : data, "/etc/rond",
                                option_text(options, "spelling.words"), *ca ? ca : NULL, NULL};
    const char *prints = option_text(options, "print.folder");
    const char *const write[] = {state ? state : run, run, *prints ? prints : NULL, NULL};
    if (*prints)
        g_mkdir_with_parents(prints, 0700); /* a failure is said when something is to be saved */
    SandboxState got = {0};
    if (sandbox_apply(SANDBOX_SESSION, read, write, &got) < 0)
        g_ptr_array_add(problems, g_strdup(_("This system cannot seal rond's process off; tell support")));
    log_event(LOG_INFO, "sandbox", "seccomp %d landlock %d (abi %d)", got.seccomp, got.landlock, got.landlock_abi);
    return got;
}

void session_begin(App *app, const CommandLine *cl, GPtrArray *problems, char **ret_notice)
{
    g_autoptr(GError) error = NULL;
    g_log_set_writer_func(log_quietly, NULL, NULL);
    memory_map_large();
    *app = (App){0};
    app->options = options_read(cl, problems);
    locale_init(option_text(app->options, "ui.language"), ret_notice);
    order_data_ages(option_text(app->options, "checks.max-age"));
    if (!clock_init(&error))
        g_ptr_array_add(problems, g_strdup(error->message));
    app->keymap = keymap_read(app->options, problems);
    app->training = profile_is_training(app->options);
    g_setenv("INPUTRC", "/dev/null", TRUE); /* nobody's bindings in the command line; later there are threads */
    watchdog_start();
    session_sandbox(app->options, problems);
}

int session_main(const SuperBoot *boot, void *command_line)
{
    const CommandLine *cl = command_line;
    g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *notice = NULL;
    App app;
    session_begin(&app, cl, problems, &notice);
    int code = run_app(&app, boot, cl, problems, notice);
    watchdog_end();
    options_free(app.options);
    keymap_free(app.keymap);
    return code;
}
