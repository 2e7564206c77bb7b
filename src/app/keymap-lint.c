/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "app/args.h"
#include "app/command.h"
#include "app/keymap-internal.h"

#define SIGN_KEY "<F9>"

typedef struct {
    const Keymap *map;
    gboolean strict;
    GPtrArray *out;
} Lint;

static void say(Lint *l, const char *format, ...) G_GNUC_PRINTF(2, 3);
static void say(Lint *l, const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    g_ptr_array_add(l->out, g_strdup_vprintf(format, ap));
    va_end(ap);
}

static void lint_command(Lint *l, const KeyBinding *b)
{
    gsize n = strcspn(b->text, " ");
    g_autofree char *name = g_strndup(b->text, n);
    const Command *c = command_find(name);
    g_autoptr(GHashTable) args = NULL;
    g_autoptr(GError) error = NULL;
    if (!c) {
        say(l, "%s: %s runs unknown command %s", b->context, b->keys, name);
        return;
    }
    /* A binding may leave required arguments to be asked for; given ones must be right. */
    if (b->text[n] && !args_parse(c->args, b->text + n, &args, &error))
        say(l, "%s: %s: %s", b->context, b->keys, error->message);
    gboolean sign_key = strcmp(b->keys, SIGN_KEY) == 0;
    if (sign_key != (c->risk == CMD_RISK_SIGN))
        say(l, "%s: %s and %s: the signing key signs and nothing else does", b->context, b->keys, c->name);
}

/* The Swedish keyboard needs AltGr for these, and these are dead keys. */
static void lint_character(Lint *l, const KeyBinding *b)
{
    static const char *const bad[] = {"[", "]", "{", "}", "\\", "|", "@", "$", "~", "´", "`", "^", "¨", "£", "€"};
    g_auto(GStrv) tokens = g_strsplit(b->keys, " ", -1);
    for (char **t = tokens; *t; t++)
        for (gsize i = 0; i < G_N_ELEMENTS(bad); i++)
            if (strcmp(*t, bad[i]) == 0)
                say(l, "%s: %s needs AltGr or a dead key on a Swedish keyboard", b->context, b->keys);
}

/* Esc and a digit is the twin of F1 to F10; the others have none. */
static void lint_twins(Lint *l, const KeyBinding *b)
{
    g_auto(GStrv) tokens = g_strsplit(b->keys, " ", -1);
    for (char **t = tokens; *t; t++)
        if (strstr(*t, "F11>") || strstr(*t, "F12>"))
            say(l, "%s: %s has no twin of Esc and a digit", b->context, b->keys);
}

static void lint_prefixes(Lint *l, const GArray *all)
{
    for (guint i = 0; i < all->len; i++)
        for (guint j = 0; j < all->len; j++) {
            const KeyBinding *a = &g_array_index(all, KeyBinding, i), *b = &g_array_index(all, KeyBinding, j);
            gsize n = strlen(a->keys);
            if (i != j && strncmp(a->keys, b->keys, n) == 0 && b->keys[n] == ' ')
                say(l, "%s: %s is complete and also a prefix of %s", a->context, a->keys, b->keys);
        }
}

static const char *word_of(const char *text)
{
    g_autofree char *name = g_strndup(text, strcspn(text, " "));
    const Command *c = command_find(name);
    return c ? c->label : text;
}

/* One letter, one noun or verb: over all contexts a plain letter runs one command, or commands of one word. */
static void lint_letters(Lint *l, GHashTable *meaning, const KeyBinding *b)
{
    if (g_utf8_strlen(b->keys, -1) != 1 || !g_unichar_isalpha(g_utf8_get_char(b->keys)))
        return;
    const char *before = g_hash_table_lookup(meaning, b->keys);
    if (!before)
        g_hash_table_insert(meaning, (gpointer)b->keys, (gpointer)b->text);
    else if (strcmp(before, b->text) != 0 && strcmp(word_of(before), word_of(b->text)) != 0)
        say(l, "%s: letter %s means %s here and %s elsewhere", b->context, b->keys, b->text, before);
}

static void check_reachable(const Command *c, gpointer data)
{
    Lint *l = data;
    g_auto(GStrv) names = keymap_contexts(l->map);
    if (c->risk < CMD_RISK_DRAFT)
        return;
    for (char **n = names; *n; n++) {
        g_autoptr(GArray) all = keymap_bindings(l->map, *n, NULL);
        for (guint i = 0; i < all->len; i++) {
            const char *text = g_array_index(all, KeyBinding, i).text;
            gsize len = strcspn(text, " ");
            if (strlen(c->name) == len && strncmp(text, c->name, len) == 0)
                return;
        }
    }
    say(l, "%s is bound to no key in any context", c->name);
}

GPtrArray *keymap_lint(const Keymap *m, gboolean strict)
{
    Lint l = {.map = m, .strict = strict, .out = g_ptr_array_new_with_free_func(g_free)};
    g_auto(GStrv) names = keymap_contexts(m);
    g_autoptr(GHashTable) meaning = g_hash_table_new(g_str_hash, g_str_equal);
    for (char **n = names; *n; n++) {
        g_autoptr(GArray) all = keymap_bindings(m, *n, NULL);
        for (guint i = 0; i < all->len; i++) {
            const KeyBinding *b = &g_array_index(all, KeyBinding, i);
            if (strcmp(b->context, *n) != 0)
                continue; /* inherited: said where it is bound */
            lint_command(&l, b);
            if (strict) {
                lint_character(&l, b);
                lint_twins(&l, b);
                lint_letters(&l, meaning, b);
            }
        }
        lint_prefixes(&l, all);
    }
    command_each(check_reachable, &l);
    return l.out;
}
