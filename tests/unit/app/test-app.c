/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <criterion/criterion.h>
#include <glib/gstdio.h>
#include <string.h>

#include "app/app.h"
#include "app/args.h"
#include "app/command.h"
#include "app/keymap.h"
#include "app/option.h"
#include "app/signgate.h"
#include "client/client.h"


/* The tables of commands are linked in; views are not, and no test here opens one. */

/* ---- arguments ---- */

Test(args, words_in_order_and_by_name)
{
    g_autoptr(GHashTable) args = NULL;
    cr_assert(args_parse("reason:word on:word?", " biverkning 2026-11-21", &args, NULL));
    cr_assert_str_eq(g_hash_table_lookup(args, "reason"), "biverkning");
    cr_assert_str_eq(g_hash_table_lookup(args, "on"), "2026-11-21");
    g_clear_pointer(&args, g_hash_table_unref);
    cr_assert(args_parse("reason:word on:word?", "on=2026-11-21 reason=x", &args, NULL));
    cr_assert_str_eq(g_hash_table_lookup(args, "reason"), "x");
}

Test(args, last_text_takes_the_line)
{
    g_autoptr(GHashTable) args = NULL;
    cr_assert(args_parse("what:text?", " alvedon 1g x4 vb smärta", &args, NULL));
    cr_assert_str_eq(g_hash_table_lookup(args, "what"), "alvedon 1g x4 vb smärta");
}

Test(args, wrong_is_said)
{
    static const struct {
        const char *spec, *line;
    } bad[] = {{"on:word", ""}, {"a:word", "b c"}, {"a:word b:word", "c"}};
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GHashTable) args = NULL;
        g_autoptr(GError) error = NULL;
        cr_assert_not(args_parse(bad[i].spec, bad[i].line, &args, &error), "%s", bad[i].line);
        cr_assert(error && g_error_matches(error, APP_ERROR, APP_ERROR_ARGS));
    }
}

static void spec_is_valid(const Command *c, gpointer data)
{
    (void)data;
    cr_assert(args_spec_valid(c->args), "%s", c->name);
    cr_assert(c->summary && *c->summary && c->label && *c->label, "%s", c->name);
    cr_assert(g_utf8_strlen(c->label, -1) <= 12, "%s: label is over 12 columns", c->name);
    cr_assert(client_wanted_valid(c->core), "%s: no sentence says that a core cannot: %s", c->name, c->core);
    static const char *const as_opened[] = {"write-send", "entry-sign", NULL}; /* what opened them was asked already */
    cr_assert(c->core || c->risk < CMD_RISK_WRITE || g_strv_contains(as_opened, c->name),
              "%s writes, and does not say what", c->name);
}

Test(commands, table_is_sound)
{
    command_each(spec_is_valid, NULL);
}

/* ---- keymap ---- */

static Keymap *load(const char *text, GPtrArray *problems)
{
    Keymap *m = keymap_new();
    keymap_load(m, "test", text, NULL, NULL, problems);
    return m;
}

static char *include_self(const char *name, gpointer data)
{
    guint *times = data;
    ++*times;
    return g_strdup(g_str_equal(name, "a") ? "include b\ninclude b\ninclude a\n" : "include a\ninclude test\ninclude b\n");
}

/* Found by fuzzing: each file that includes others several times, and they it, is read once. */
Test(keymap, a_file_that_includes_itself_ends)
{
    g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(Keymap) m = keymap_new();
    guint times = 0;
    keymap_load(m, "test", "include a\ninclude a\n", include_self, &times, problems);
    cr_assert_eq(times, 2, "%u files were read", times);
    cr_assert_eq(problems->len, 6);
    cr_assert(strstr(problems->pdata[0], "already") || strstr(problems->pdata[0], "redan"), "%s", (char *)problems->pdata[0]);
}

static const char *feed(const Keymap *m, const char *context, const char *keys)
{
    KeymapState state = {0};
    g_auto(GStrv) tokens = g_strsplit(keys, " ", -1);
    const char *text = NULL;
    for (char **t = tokens; *t; t++)
        if (keymap_feed(m, &state, context, *t, &text) != KEYMAP_PREFIX && t[1])
            break;
    keymap_state_clear(&state);
    return text;
}

Test(keymap, contexts_inherit_and_hide)
{
    g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(Keymap) m = load("context a\nbind x  one\nbind g p  two\ncontext b inherits a\nbind x  three\n"
                               "context c inherits a\nunbind x\n", problems);
    cr_assert_eq(problems->len, 0);
    cr_assert_str_eq(feed(m, "a", "x"), "one");
    cr_assert_str_eq(feed(m, "b", "x"), "three");
    cr_assert_str_eq(feed(m, "b", "g p"), "two");
    cr_assert_null(feed(m, "c", "x"));
}

Test(keymap, a_prefix_waits_and_a_wrong_key_drops_it)
{
    g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(Keymap) m = load("context a\nbind g p  two\nbind z  zed\n", problems);
    KeymapState state = {0};
    const char *text = NULL;
    cr_assert_eq(keymap_feed(m, &state, "a", "g", &text), KEYMAP_PREFIX);
    cr_assert_eq(keymap_feed(m, &state, "a", "z", &text), KEYMAP_NONE);
    cr_assert_null(state.pending);
    cr_assert_eq(keymap_feed(m, &state, "a", "z", &text), KEYMAP_MATCH);
    cr_assert_str_eq(text, "zed");
}

Test(keymap, broken_lines_are_said_and_the_rest_is_read)
{
    g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(Keymap) m = load("bind x  early\ncontext a\nbind <F99>  x\nbind y\nnonsense\nbind z  fine\n"
                               "context l1 inherits l1\n", problems);
    cr_assert_geq(problems->len, 5);
    cr_assert_str_eq(feed(m, "a", "z"), "fine");
    cr_assert(strstr(problems->pdata[1], "test:3"));
}

static char *read_map(const char *name)
{
    g_autofree char *path = g_build_filename(g_getenv("ROND_DATA"), "../keymaps", name, NULL);
    char *text = NULL;
    cr_assert(g_file_get_contents(path, &text, NULL, NULL), "%s", path);
    return text;
}

Test(keymap, shipped_maps_pass_the_lint)
{
    static const char *const names[] = {"default.keys", "vim.keys", "function-keys.keys"};
    g_autofree char *base = read_map(names[0]);
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
        g_autoptr(Keymap) m = load(base, problems);
        g_autofree char *text = read_map(names[i]);
        if (i)
            keymap_load(m, names[i], text, NULL, NULL, problems);
        g_autoptr(GPtrArray) lint = keymap_lint(m, i == 0);
        for (guint k = 0; k < problems->len; k++)
            cr_log_error("%s", (char *)problems->pdata[k]);
        for (guint k = 0; k < lint->len; k++)
            cr_log_error("%s: %s", names[i], (char *)lint->pdata[k]);
        cr_assert_eq(problems->len + lint->len, 0);
    }
}

Test(keymap, the_lint_sees_what_is_wrong)
{
    static const struct {
        const char *map, *says;
    } bad[] = {
        {"context a\nbind x  no-such-command\n", "unknown command"},
        {"context a\nbind <Enter>  note-sign\n", "signing key"},
        {"context a\nbind <F9>  worklist\n", "signing key"},
        {"context a\nbind @  worklist\n", "AltGr"},
        {"context a\nbind <F11>  worklist\n", "no twin"},
        {"context a\nbind g  worklist\nbind g p  notes\n", "prefix"},
        {"context a\nbind x  worklist\ncontext b\nbind x  notes\n", "letter x"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
        g_autoptr(Keymap) m = load(bad[i].map, problems);
        g_autoptr(GPtrArray) lint = keymap_lint(m, TRUE);
        gboolean found = FALSE;
        for (guint k = 0; k < lint->len; k++)
            found |= strstr(lint->pdata[k], bad[i].says) != NULL;
        cr_assert(found, "%s", bad[i].says);
    }
}

/* ---- the signing gate ---- */

#define MS 1000

/* The loop looks when the gate says so, up to @until, and finds nothing waiting. */
static void look_until(SignGate *g, gint64 now, gint64 until)
{
    for (gint64 at; (at = signgate_look_at(g, now)) != 0 && at <= until; now = at)
        signgate_quiet(g, at);
}

Test(signgate, only_a_read_settled_unchanged_text_is_signed)
{
    SignGate g = {0};
    cr_assert_eq(signgate_ask(&g, "a", 5000 * MS, FALSE, TRUE), SIGNGATE_NOT_READ);
    signgate_painted(&g, "a", FALSE, 1000 * MS);
    cr_assert_eq(signgate_look_at(&g, 1000 * MS), 0);
    cr_assert_eq(signgate_ask(&g, "a", 5000 * MS, FALSE, TRUE), SIGNGATE_NOT_READ, "its end was not shown");
    signgate_painted(&g, "a", TRUE, 2000 * MS);
    look_until(&g, 2000 * MS, 2250 * MS);
    cr_assert_eq(signgate_ask(&g, "a", 2249 * MS, FALSE, TRUE), SIGNGATE_TOO_SOON);
    cr_assert_eq(signgate_ask(&g, "a", 1000 * MS, FALSE, TRUE), SIGNGATE_TOO_SOON, "typed ahead of the frame");
    cr_assert_eq(signgate_ask(&g, "a", 2250 * MS, TRUE, TRUE), SIGNGATE_QUEUED);
    cr_assert_eq(signgate_ask(&g, "a", 2250 * MS, FALSE, FALSE), SIGNGATE_WRONG_KEY);
    cr_assert_eq(signgate_ask(&g, "b", 2250 * MS, FALSE, TRUE), SIGNGATE_CHANGED);
    cr_assert_eq(signgate_ask(&g, "a", 2250 * MS, FALSE, TRUE), SIGNGATE_OK);
    signgate_painted(&g, "b", TRUE, 3000 * MS);
    cr_assert_eq(signgate_ask(&g, "b", 3100 * MS, FALSE, TRUE), SIGNGATE_TOO_SOON, "a new text starts over");
    signgate_painted(&g, "b", FALSE, 3200 * MS);
    look_until(&g, 3200 * MS, 3300 * MS);
    cr_assert_eq(signgate_ask(&g, "b", 3300 * MS, FALSE, TRUE), SIGNGATE_OK, "scrolling back undoes nothing");
    signgate_clear(&g);
    cr_assert_eq(signgate_look_at(&g, 4000 * MS), 0);
}

/* A process that stood still sees every key late: only the looks tell when it can have been typed. */
Test(signgate, what_piled_up_is_not_signed)
{
    SignGate g = {0};
    signgate_painted(&g, "a", TRUE, 1000 * MS);
    cr_assert_eq(signgate_look_at(&g, 1000 * MS), 1250 * MS);
    cr_assert_eq(signgate_ask(&g, "a", 1900 * MS, FALSE, TRUE), SIGNGATE_QUEUED, "nobody looked");
    signgate_quiet(&g, 1249 * MS);
    cr_assert_eq(signgate_ask(&g, "a", 1500 * MS, FALSE, TRUE), SIGNGATE_QUEUED, "typed before it had stood there");
    signgate_quiet(&g, 1950 * MS);
    cr_assert_eq(signgate_ask(&g, "a", 1940 * MS, FALSE, TRUE), SIGNGATE_QUEUED, "read before the look");
    cr_assert_eq(signgate_ask(&g, "a", 1950 * MS, FALSE, TRUE), SIGNGATE_OK);
    cr_assert_eq(signgate_look_at(&g, 1950 * MS), 2050 * MS);
    cr_assert_eq(signgate_ask(&g, "a", 2350 * MS, FALSE, TRUE), SIGNGATE_OK);
    cr_assert_eq(signgate_ask(&g, "a", 2351 * MS, FALSE, TRUE), SIGNGATE_QUEUED, "it may have waited since");
    signgate_painted(&g, "b", TRUE, 3000 * MS);
    cr_assert_eq(signgate_ask(&g, "b", 3260 * MS, FALSE, TRUE), SIGNGATE_QUEUED, "looks at another text say nothing");
    signgate_clear(&g);
    signgate_quiet(&g, 4000 * MS);
    cr_assert_eq(g.quiet_at, 0);
}

/* ---- options ---- */

static char *write_conf(const char *text)
{
    char *path = NULL;
    int fd = g_file_open_tmp("rond-XXXXXX.conf", &path, NULL);
    cr_assert(fd >= 0);
    g_close(fd, NULL);
    cr_assert(g_file_set_contents(path, text, -1, NULL));
    return path;
}

Test(options, layers_and_site_only)
{
    g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(Options) o = options_new();
    g_autofree char *site = write_conf("[session]\nidle-minutes = 3\n[ui]\ncolour = mono\n");
    g_autofree char *user = write_conf("[ui]\ncolour = 16\n[core]\nurl = https://evil.example/fhir\n");
    options_load(o, site, LAYER_SITE, problems);
    options_load(o, user, LAYER_USER, problems);
    cr_assert_eq(option_int(o, "session.idle-minutes"), 3);
    cr_assert_str_eq(option_text(o, "ui.colour"), "16");
    cr_assert_str_eq(option_text(o, "core.url"), "", "a user may not move the core");
    cr_assert_eq(problems->len, 1);
    g_autoptr(GError) refused = NULL;
    cr_assert(!options_set(o, "card.issuer", "X", LAYER_COMMAND_LINE, "--x", &refused));
    options_set(o, "ui.language", "en", LAYER_COMMAND_LINE, "--lang", NULL);
    options_set(o, "ui.ascii", "true", LAYER_ENVIRONMENT, "SOME", NULL);
    options_set(o, "ui.key-hints", "false", LAYER_SESSION, NULL, NULL);
    g_autofree char *explain = options_explain(o);
    const struct {
        const char *key, *value, *layer, *where;
    } rows[] = {{"core.url", "", "built in", NULL},          {"session.idle-minutes", "3", "site, ", site},
                {"ui.colour", "16", "user, ", user},         {"ui.language", "en", "command line, --lang", NULL},
                {"ui.ascii", "true", "environment, SOME", NULL}, {"ui.key-hints", "false", "this session", NULL}};
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *line = g_strdup_printf("%-26s %-28s %s%s%s\n", rows[i].key, rows[i].value, rows[i].layer,
                                                rows[i].where ? rows[i].where : "", rows[i].where ? ":2" : "");
        cr_assert(strstr(explain, line), "no “%s” in\n%s", line, explain);
    }
    g_unlink(site);
    g_unlink(user);
}

Test(options, a_person_sets_only_what_is_theirs)
{
    g_autoptr(Options) o = options_new();
    for (const Option *opt = option_table; opt->name; opt++) {
        g_autofree char *key = g_strdup_printf("%s.%s", opt->group, opt->name);
        g_autoptr(GError) error = NULL;
        gboolean set = options_set(o, key, opt->initial, LAYER_USER, "test", &error);
        cr_assert_eq(set, opt->scope == OPT_USER, "%s", key);
        cr_assert_eq(error != NULL, !set);
    }
}

Test(options, a_broken_line_costs_only_itself)
{
    g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(Options) o = options_new();
    g_autofree char *path = write_conf("[session]\nthis is nothing\nidle-minutes = 4\n[ui]\nascii = maybe\nwhat = x\n");
    options_load(o, path, LAYER_SITE, problems);
    cr_assert_eq(option_int(o, "session.idle-minutes"), 4);
    cr_assert_eq(problems->len, 3);
    g_unlink(path);
}

Test(options, the_example_is_the_built_in)
{
    g_autofree char *example = options_example();
    for (const Option *opt = option_table; opt->name; opt++) {
        g_autofree char *line = g_strdup_printf("#%s = %s", opt->name, opt->initial);
        cr_assert(strstr(example, line), "%s", line);
        g_autoptr(Options) o = options_new();
        g_autofree char *key = g_strdup_printf("%s.%s", opt->group, opt->name);
        g_autoptr(GError) error = NULL;
        cr_assert(options_set(o, key, opt->initial, LAYER_SITE, "test", &error), "%s", error ? error->message : "");
    }
}

/* ---- rights ---- */

Test(rights, who_may_prescribe_and_sign)
{
    cr_assert(rights_of_role("läkare") & CMD_NEEDS_PRESCRIBER);
    cr_assert_not(rights_of_role("sjuksköterska") & CMD_NEEDS_PRESCRIBER);
    cr_assert_not(rights_of_role("medicinsk sekreterare") & CMD_NEEDS_SIGNER);
    cr_assert_eq(rights_of_role("support"), 0);
    cr_assert_eq(rights_of_role("okänd"), 0);
    cr_assert_eq(rights_of_role(NULL), 0);
}
