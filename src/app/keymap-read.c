/* SPDX-License-Identifier: GPL-3.0-or-later
 * Reads .keys files:
 *   context NAME [inherits PARENT]
 *   bind KEYS  command args   # comment
 *   unbind KEYS
 *   include "file.keys"
 * KEYS end at two blanks or a tab, so that "g p" is one binding. */
#include <glib/gi18n.h>
#include <string.h>

#include "app/keymap-internal.h"

typedef struct {
    Keymap *map;
    const char *file;
    int line;
    GHashTable *read; /* names of files: each is read once, or one that includes itself has no end */
    Context *context;
    KeymapInclude include;
    gpointer data;
    GPtrArray *problems;
} Reader;

static void problem(Reader *r, const char *format, ...) G_GNUC_PRINTF(2, 3);
static void problem(Reader *r, const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    g_autofree char *what = g_strdup_vprintf(format, ap);
    va_end(ap);
    g_ptr_array_add(r->problems, g_strdup_printf("%s:%d: %s", r->file, r->line, what));
}

static const char *const named_keys[] = {
    "Enter", "Esc", "Tab", "S-Tab", "Space", "BS", "Del", "Ins", "Up", "Down", "Left", "Right", "Home",
    "End", "PgUp", "PgDn", "S-Up", "S-Down", "S-Left", "S-Right", "C-Up", "C-Down", "C-Left", "C-Right", "C-Home", "C-End", "C-Space",
    "M-PgUp", "M-PgDn",
    "F1", "F2", "F3", "F4", "F5", "F6", "F7", "F8", "F9", "F10", "F11", "F12"};

static gboolean key_known(const char *token)
{
    gsize len = strlen(token);
    if (len < 3 || token[0] != '<' || token[len - 1] != '>')
        return g_utf8_strlen(token, -1) == 1;
    g_autofree char *name = g_strndup(token + 1, len - 2);
    if ((g_str_has_prefix(name, "C-") || g_str_has_prefix(name, "M-")) && g_utf8_strlen(name + 2, -1) == 1)
        return TRUE;
    for (gsize i = 0; i < G_N_ELEMENTS(named_keys); i++)
        if (strcmp(name, named_keys[i]) == 0)
            return TRUE;
    return FALSE;
}

static char *keys_normal(Reader *r, const char *text)
{
    g_auto(GStrv) tokens = g_strsplit_set(text, " ", -1);
    GString *out = g_string_new(NULL);
    for (char **t = tokens; *t; t++) {
        if (!**t)
            continue;
        if (!key_known(*t)) {
            problem(r, _("there is no key “%s”"), *t);
            g_string_free(out, TRUE);
            return NULL;
        }
        g_string_append_printf(out, "%s%s", out->len ? " " : "", *t);
    }
    return g_string_free(out, FALSE);
}

static gsize keys_len(const char *s)
{
    gsize i = 0;
    while (s[i] && s[i] != '\t' && !(s[i] == ' ' && (s[i + 1] == ' ' || s[i + 1] == '\t')))
        i++;
    return i;
}

static void read_bind(Reader *r, const char *rest)
{
    if (!r->context) {
        problem(r, "%s", _("a key is bound before any context"));
        return;
    }
    gsize n = keys_len(rest);
    g_autofree char *raw = g_strndup(rest, n);
    g_autofree char *keys = keys_normal(r, raw);
    if (!keys)
        return;
    g_autofree char *text = g_strstrip(g_strdup(rest + n));
    g_autofree char *comment = NULL;
    char *hash = strstr(text, " #");
    if (hash) {
        comment = g_strstrip(g_strdup(hash + 2));
        *hash = '\0';
        g_strstrip(text);
    }
    if (!*text)
        problem(r, _("no command for “%s” (two blanks go between keys and command)"), keys);
    else
        keymap_bind(r->context, keys, text, comment);
}

static gboolean would_loop(const Keymap *m, const char *name, const char *parent)
{
    int guard = 16;
    for (const Context *c = keymap_context(m, parent); c && guard--; c = keymap_context(m, c->parent))
        if (strcmp(c->name, name) == 0)
            return TRUE;
    return FALSE;
}

static void read_context(Reader *r, const char *rest)
{
    g_auto(GStrv) w = g_strsplit_set(rest, " \t", -1);
    guint n = g_strv_length(w);
    if (n != 1 && !(n == 3 && strcmp(w[1], "inherits") == 0)) {
        problem(r, "%s", _("write: context NAME inherits PARENT"));
        return;
    }
    r->context = keymap_context_make(r->map, w[0]);
    if (n == 1)
        return;
    if (strcmp(w[2], "none") != 0 && !keymap_context(r->map, w[2])) {
        problem(r, _("there is no context “%s”"), w[2]);
    } else if (would_loop(r->map, w[0], w[2])) {
        problem(r, _("“%s” would inherit itself"), w[0]);
    } else {
        g_free(r->context->parent);
        r->context->parent = strcmp(w[2], "none") == 0 ? NULL : g_strdup(w[2]);
    }
}

static void read_text(Reader *r, const char *text);

static void read_include(Reader *r, const char *rest)
{
    g_autofree char *name = g_strdup(rest);
    g_strdelimit(name, "\"", ' ');
    g_strstrip(name);
    if (g_hash_table_contains(r->read, name)) {
        problem(r, _("“%s” is included already"), name);
        return;
    }
    g_hash_table_add(r->read, g_strdup(name));
    g_autofree char *text = r->include ? r->include(name, r->data) : NULL;
    if (!text) {
        problem(r, _("“%s” cannot be included"), name);
        return;
    }
    Reader inner = *r;
    inner.file = name;
    read_text(&inner, text);
}

static void read_line(Reader *r, const char *line)
{
    static const struct {
        const char *word;
        void (*read)(Reader *r, const char *rest);
    } verbs[] = {{"bind", read_bind}, {"context", read_context}, {"include", read_include}};

    for (gsize i = 0; i < G_N_ELEMENTS(verbs); i++) {
        gsize n = strlen(verbs[i].word);
        if (strncmp(line, verbs[i].word, n) == 0 && g_ascii_isspace(line[n])) {
            while (g_ascii_isspace(line[n]))
                n++;
            verbs[i].read(r, line + n);
            return;
        }
    }
    if (g_str_has_prefix(line, "unbind ") && r->context) {
        g_autofree char *keys = keys_normal(r, line + 7);
        if (keys)
            keymap_bind(r->context, keys, NULL, NULL);
        return;
    }
    problem(r, _("“%s” is not understood"), line);
}

static void read_text(Reader *r, const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    r->line = 0;
    for (char **l = lines; *l; l++) {
        r->line++;
        char *s = g_strstrip(*l);
        if (*s && *s != '#')
            read_line(r, s);
    }
}

void keymap_load(Keymap *m, const char *name, const char *text, KeymapInclude include, gpointer data,
                 GPtrArray *problems)
{
    g_autoptr(GHashTable) read = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    Reader r = {.map = m, .file = name, .read = read, .include = include, .data = data, .problems = problems};
    g_hash_table_add(read, g_strdup(name));
    if (!g_utf8_validate(text, -1, NULL)) {
        problem(&r, "%s", _("the file is not UTF-8"));
        return;
    }
    read_text(&r, text);
}
