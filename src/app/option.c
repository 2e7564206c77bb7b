/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/option.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app/command.h"

const Option option_table[] = {
    {"core", "url", OPT_TEXT, OPT_SITE, "", 0, 0, NULL,
     N_("FHIR base address of the core, https://… or unix:/path; empty opens the training hospital"), FALSE},
    {"core", "ca-file", OPT_FILE, OPT_SITE, "", 0, 0, NULL,
     N_("File with the certificate authorities that the core may use; empty means the system's"), FALSE},
    {"core", "proxy", OPT_TEXT, OPT_SITE, "", 0, 0, NULL, N_("Address of a proxy on the way to the core"), TRUE},
    {"card", "module", OPT_FILE, OPT_SITE, "", 0, 0, NULL,
     N_("PKCS#11 module of the card reader software; training uses its own"), FALSE},
    {"card", "issuer", OPT_TEXT, OPT_SITE, "SITHS", 0, 0, NULL,
     N_("Text that the name of the card's issuer must contain"), FALSE},
    {"codes", "diagnoses", OPT_TEXT, OPT_SITE, "", 0, 0, NULL,
     N_("Canonical address of the ValueSet that the core expands for diagnoses; empty: all of ICD-10-SE"), FALSE},
    {"codes", "procedures", OPT_TEXT, OPT_SITE, "", 0, 0, NULL,
     N_("Canonical address of the ValueSet that the core expands for procedures; empty: all of KVÅ"), FALSE},
    {"record", "lock-days", OPT_INT, OPT_SITE, "14", 1, 3650, NULL,
     N_("Days after which a note is locked: corrected with a reason and added to, not changed"), FALSE},
    {"checks", "max-age", OPT_TEXT, OPT_SITE, "", 0, 0, NULL,
     N_("Days that a value may be old when an order is checked, as INR=14 eGFR=180 vikt=60; empty: as the rules say"), FALSE},
    {"spelling", "words", OPT_FILE, OPT_SITE, "/etc/rond/words", 0, 0, NULL,
     N_("Folder with words of one's own for the spelling: FILE.words for all, UNIT/FILE.words for one unit"), FALSE},
    {"spelling", "folder", OPT_FILE, OPT_SITE, "/usr/share/hunspell", 0, 0, NULL,
     N_("Folder with the dictionaries of hunspell"), FALSE},
    {"spelling", "check", OPT_BOOL, OPT_USER, "true", 0, 0, NULL,
     N_("Mark words that may be misspelt while a note is written; nothing is ever corrected by itself"), FALSE},
    {"spelling", "languages", OPT_TEXT, OPT_USER, "sv_SE en_GB", 0, 0, NULL,
     N_("Dictionaries to judge by; a word is right when one of them has it"), FALSE},
    {"session", "idle-minutes", OPT_INT, OPT_SITE, "10", 1, 120, NULL,
     N_("Minutes without a key before the screen locks"), FALSE},
    {"session", "personal-account", OPT_BOOL, OPT_SITE, "false", 0, 0, NULL,
     N_("The account belongs to one person, whose keyring may hold a key; never on a shared terminal"), FALSE},
    {"print", "printer", OPT_TEXT, OPT_SITE, "", 0, 0, NULL,
     N_("Name of the printer as lp knows it; empty means lp's own choice"), FALSE},
    {"print", "folder", OPT_FILE, OPT_SITE, "", 0, 0, NULL,
     N_("Folder for prints that are saved as PDF, open to this account only; empty means the account's runtime folder, "
        "which rond empties when it locks or ends unless the account is personal"), FALSE},
    {"ui", "language", OPT_CHOICE, OPT_USER, "auto", 0, 0, "auto sv en",
     N_("Language of the screen; auto follows LANGUAGE and is Swedish otherwise"), FALSE},
    {"ui", "colour", OPT_CHOICE, OPT_USER, "auto", 0, 0, "auto 256 16 mono",
     N_("How many colours; NO_COLOR in the environment also means mono"), FALSE},
    {"ui", "ascii", OPT_BOOL, OPT_USER, "false", 0, 0, NULL, N_("Draw lines and marks with plain ASCII"), FALSE},
    {"ui", "key-hints", OPT_BOOL, OPT_USER, "true", 0, 0, NULL,
     N_("Name the fast key after three slow ways to the same command"), FALSE},
    {"keys", "map", OPT_CHOICE, OPT_USER, "default", 0, 0, "default vim function-keys",
     N_("Which keymap to start from; keys of your own go in the file keys beside rond.conf"), FALSE},
    {0}};

static const char *const layer_words[] = {
    [LAYER_DEFAULT] = N_("built in"),        [LAYER_SITE] = N_("site"),
    [LAYER_USER] = N_("user"),               [LAYER_ENVIRONMENT] = N_("environment"),
    [LAYER_COMMAND_LINE] = N_("command line"), [LAYER_SESSION] = N_("this session"),
};

typedef struct {
    char *text, *where; /* where: "/etc/rond/rond.conf:12", or NULL */
    OptLayer layer;
} Value;

struct Options {
    GHashTable *values; /* "core.url" → Value */
};

static void value_free(gpointer p)
{
    Value *v = p;
    g_free(v->text);
    g_free(v->where);
    g_free(v);
}

static const Option *option_named(const char *group, const char *name)
{
    for (const Option *o = option_table; o->name; o++)
        if (strcmp(o->group, group) == 0 && strcmp(o->name, name) == 0)
            return o;
    return NULL;
}

static const Option *option_by_key(const char *key)
{
    const char *dot = strchr(key, '.');
    g_autofree char *group = dot ? g_strndup(key, (gsize)(dot - key)) : NULL;
    return dot ? option_named(group, dot + 1) : NULL;
}

static void value_put(Options *o, const Option *opt, const char *text, OptLayer layer, const char *where)
{
    Value *v = g_new0(Value, 1);
    v->text = g_strdup(text);
    v->layer = layer;
    v->where = g_strdup(where);
    g_hash_table_replace(o->values, g_strdup_printf("%s.%s", opt->group, opt->name), v);
}

Options *options_new(void)
{
    Options *o = g_new0(Options, 1);
    o->values = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, value_free);
    for (const Option *opt = option_table; opt->name; opt++)
        value_put(o, opt, opt->initial, LAYER_DEFAULT, NULL);
    return o;
}

void options_free(Options *o)
{
    if (!o)
        return;
    g_hash_table_unref(o->values);
    g_free(o);
}

static gboolean valid_int(const Option *opt, const char *text)
{
    char *end = NULL;
    gint64 n = g_ascii_strtoll(text, &end, 10);
    return end != text && !*end && n >= opt->min && n <= opt->max;
}

static gboolean valid_choice(const Option *opt, const char *text)
{
    g_auto(GStrv) all = g_strsplit(opt->choices, " ", -1);
    return g_strv_contains((const char *const *)all, text);
}

static gboolean value_valid(const Option *opt, const char *text, GError **error)
{
    switch (opt->type) {
    case OPT_BOOL:
        if (strcmp(text, "true") == 0 || strcmp(text, "false") == 0)
            return TRUE;
        g_set_error(error, APP_ERROR, APP_ERROR_OPTION, _("%s.%s is true or false, not “%s”"), opt->group,
                    opt->name, text);
        return FALSE;
    case OPT_INT:
        if (valid_int(opt, text))
            return TRUE;
        g_set_error(error, APP_ERROR, APP_ERROR_OPTION,
                    _("%s.%s is a number from %ld to %ld, not “%s”"), opt->group, opt->name, (long)opt->min,
                    (long)opt->max, text);
        return FALSE;
    case OPT_CHOICE:
        if (valid_choice(opt, text))
            return TRUE;
        g_set_error(error, APP_ERROR, APP_ERROR_OPTION, _("%s.%s is one of %s, not “%s”"), opt->group, opt->name,
                    opt->choices, text);
        return FALSE;
    default:
        return TRUE;
    }
}

gboolean options_set(Options *o, const char *key, const char *value, OptLayer layer, const char *where,
                     GError **error)
{
    const Option *opt = option_by_key(key);
    if (!opt) {
        g_set_error(error, APP_ERROR, APP_ERROR_OPTION, _("There is no option “%s”"), key);
        return FALSE;
    }
    if (opt->scope == OPT_SITE && layer != LAYER_SITE) {
        g_set_error(error, APP_ERROR, APP_ERROR_OPTION, _("%s is set by the site only"), key);
        return FALSE;
    }
    if (!value_valid(opt, value, error))
        return FALSE;
    value_put(o, opt, value, layer, where);
    return TRUE;
}

/* Line numbers are ours: GKeyFile does not keep them, and --explain names file and line. */
static int line_of(const char *text, const char *group, const char *name)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    gboolean here = FALSE;
    for (int i = 0; lines[i]; i++) {
        g_autofree char *s = g_strstrip(g_strdup(lines[i]));
        gsize n = strlen(name);
        if (*s == '[')
            here = strncmp(s + 1, group, strlen(group)) == 0 && s[1 + strlen(group)] == ']';
        else if (here && strncmp(s, name, n) == 0 && (s[n] == '=' || g_ascii_isspace(s[n])))
            return i + 1;
    }
    return 0;
}

static void load_key(Options *o, GKeyFile *kf, const char *path, const char *text, const char *group,
                     const char *name, OptLayer layer, GPtrArray *problems)
{
    g_autofree char *value = g_key_file_get_string(kf, group, name, NULL);
    int line = line_of(text, group, name);
    g_autoptr(GError) error = NULL;
    g_autofree char *where = g_strdup_printf("%s:%d", path, line);
    g_autofree char *key = g_strdup_printf("%s.%s", group, name);

    if (!options_set(o, key, g_strstrip(value), layer, where, &error))
        g_ptr_array_add(problems, g_strdup_printf("%s: %s", where, error->message));
}

/* A line GKeyFile cannot read would cost the whole file; such lines are said and left out. */
static char *readable_lines(const char *path, const char *text, GPtrArray *problems)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    GString *out = g_string_new(NULL);
    gboolean in_group = FALSE;
    for (int i = 0; lines[i]; i++) {
        g_autofree char *s = g_strstrip(g_strdup(lines[i]));
        gboolean group = *s == '[' && strchr(s, ']');
        gboolean pair = in_group && *s != '=' && strchr(s, '=') && g_utf8_validate(s, -1, NULL);
        if (!*s || *s == '#' || group || pair)
            g_string_append_printf(out, "%s\n", s);
        else
            g_ptr_array_add(problems, g_strdup_printf(_("%s:%d: the line is not understood and was left out"), path,
                                                      i + 1));
        in_group |= group;
    }
    return g_string_free(out, FALSE);
}

void options_load(Options *o, const char *path, OptLayer layer, GPtrArray *problems)
{
    g_autofree char *raw = NULL;
    g_autoptr(GKeyFile) kf = g_key_file_new();
    g_autoptr(GError) error = NULL;
    if (!g_file_get_contents(path, &raw, NULL, &error)) {
        if (!g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
            g_ptr_array_add(problems, g_strdup(error->message));
        return;
    }
    g_autofree char *text = readable_lines(path, raw, problems);
    if (!g_key_file_load_from_data(kf, text, strlen(text), G_KEY_FILE_NONE, &error)) {
        g_ptr_array_add(problems, g_strdup_printf("%s: %s", path, error->message));
        return;
    }
    g_auto(GStrv) groups = g_key_file_get_groups(kf, NULL);
    for (char **g = groups; *g; g++) {
        g_auto(GStrv) keys = g_key_file_get_keys(kf, *g, NULL, NULL);
        for (char **k = keys; k && *k; k++)
            load_key(o, kf, path, raw, *g, *k, layer, problems);
    }
}

static const Value *value_of(const Options *o, const char *key)
{
    const Value *v = g_hash_table_lookup(o->values, key);
    g_assert(v); /* an option that is not in the table is a programmer error */
    return v;
}

const char *option_text(const Options *o, const char *key)
{
    return value_of(o, key)->text;
}

gint64 option_int(const Options *o, const char *key)
{
    return g_ascii_strtoll(value_of(o, key)->text, NULL, 10);
}

gboolean option_bool(const Options *o, const char *key)
{
    return strcmp(value_of(o, key)->text, "true") == 0;
}

char *options_explain(const Options *o)
{
    GString *out = g_string_new(NULL);
    for (const Option *opt = option_table; opt->name; opt++) {
        g_autofree char *key = g_strdup_printf("%s.%s", opt->group, opt->name);
        const Value *v = value_of(o, key);
        g_string_append_printf(out, "%-26s %-28s %s%s%s\n", key, opt->secret && *v->text ? "***" : v->text,
                               _(layer_words[v->layer]), v->where ? ", " : "", v->where ? v->where : "");
    }
    return g_string_free(out, FALSE);
}

char *options_example(void)
{
    GString *out = g_string_new("# /etc/rond/rond.conf (site) or ~/.config/rond/rond.conf (user).\n"
                                "# Every option with its built-in value; remove # to change one.\n");
    const char *group = NULL;
    for (const Option *opt = option_table; opt->name; opt++) {
        if (g_strcmp0(group, opt->group) != 0)
            g_string_append_printf(out, "\n[%s]\n", opt->group);
        group = opt->group;
        g_string_append_printf(out, "# %s%s\n", opt->text, opt->scope == OPT_SITE ? " (site file only)" : "");
        if (opt->choices)
            g_string_append_printf(out, "# One of: %s\n", opt->choices);
        g_string_append_printf(out, "#%s = %s\n", opt->name, opt->initial);
    }
    return g_string_free(out, FALSE);
}
