/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/hintbar.h"

#include "base/text.h"

#include <glib/gi18n.h>
#include <string.h>

/* As it stands on the keyboard. */
static const struct {
    const char *key, *words;
} key_names[] = {
    {"Up", N_("Up")},      {"Down", N_("Down")},      {"Left", N_("Left")},
    {"Right", N_("Right")}, {"BS", N_("Backspace")}, {"Space", N_("Space bar")},
};
static const struct {
    const char *prefix, *words;
} modifiers[] = {{"C-", N_("Ctrl-")}, {"S-", N_("Shift-")}, {"M-", N_("Alt-")}};

/* "C-Left" of "<C-Left>". */
static void append_named(GString *out, const char *key)
{
    for (gsize i = 0; i < G_N_ELEMENTS(modifiers); i++)
        if (g_str_has_prefix(key, modifiers[i].prefix)) {
            g_string_append(out, _(modifiers[i].words));
            append_named(out, key + strlen(modifiers[i].prefix));
            return;
        }
    for (gsize i = 0; i < G_N_ELEMENTS(key_names); i++)
        if (strcmp(key_names[i].key, key) == 0) {
            g_string_append(out, _(key_names[i].words));
            return;
        }
    g_string_append(out, key);
}

char *hintbar_key_text(const char *keys)
{
    g_autoptr(GString) out = g_string_new(NULL);
    g_auto(GStrv) parts = g_strsplit(keys, " ", -1);
    for (char **p = parts; *p; p++) {
        gsize len = strlen(*p);
        gboolean named = len > 2 && (*p)[0] == '<' && (*p)[len - 1] == '>';
        g_autofree char *inner = named ? g_strndup(*p + 1, len - 2) : g_strdup(*p);
        if (out->len > 0)
            g_string_append_c(out, ' ');
        if (named)
            append_named(out, inner);
        else
            g_string_append(out, inner);
    }
    return g_string_free(g_steal_pointer(&out), FALSE);
}

/* The command that a bound text begins with. */
static const Command *command_of(const char *text)
{
    g_autofree char *name = g_strndup(text, strcspn(text, " "));
    return command_find(name);
}

/* Keys that everyone knows, where they do what everyone knows. */
static gboolean is_known_key(const char *keys, const char *command)
{
    if (strcmp(keys, "<S-Tab>") == 0) /* Tab, the other way */
        return TRUE;
    if (!g_str_has_prefix(command, "edit-") && !g_str_has_prefix(command, "cursor-") && !g_str_has_prefix(command, "page-"))
        return FALSE;
    static const char *const keys_known[] = {"<Up>",   "<Down>", "<Left>", "<Right>", "<PgUp>",
                                             "<PgDn>", "<Home>", "<End>",  "<BS>",   "<Del>"};
    for (gsize i = 0; i < G_N_ELEMENTS(keys_known); i++)
        if (strcmp(keys_known[i], keys) == 0)
            return TRUE;
    return FALSE;
}

/* Returns the columns used, 0 when it does not fit into @room. @not_here: this core cannot do it, and no
 * colour is needed to see that. */
static int paint_hint(Canvas *c, int col, int room, const char *keys, const char *label, gboolean not_here)
{
    g_autofree char *shown = hintbar_key_text(keys);
    g_autofree char *words = not_here ? g_strdup_printf(_("%s: cannot"), label) : g_strdup(label);
    int width = text_width(shown, -1) + 1 + text_width(words, -1);
    if (width > room)
        return 0;
    int used = canvas_text(c, 0, col, not_here ? STYLE_DIM : STYLE_HINT_KEY, shown) + 1;
    canvas_text(c, 0, col + used, not_here ? STYLE_DIM : STYLE_HINT, words);
    return width + 2;
}

/* May stand in the bar: it can be done now, or it is only the core that cannot. */
static gboolean is_shown(App *app, const Command *command, gboolean *ret_not_here)
{
    g_autoptr(GError) error = NULL;
    gboolean can = command_check(app, command, &error);
    *ret_not_here = !can && g_error_matches(error, APP_ERROR, APP_ERROR_CORE);
    return can || *ret_not_here;
}

/* The shortest key for help: ? where it is not typed. NULL: none. */
static const char *help_key(const GArray *bindings)
{
    const char *found = NULL;
    for (guint i = 0; i < bindings->len; i++) {
        const KeyBinding *b = &g_array_index(bindings, KeyBinding, i);
        if (strcmp(b->text, "help") == 0 && (!found || strlen(b->keys) < strlen(found)))
            found = b->keys;
    }
    return found;
}

void hintbar_paint(Canvas *c, App *app, const Keymap *m, const char *context, const char *prefix)
{
    canvas_clear(c);
    const char *all = _("all");
    g_autoptr(GArray) bindings = keymap_bindings(m, context, prefix);
    const char *help = prefix ? NULL : help_key(bindings);
    int cols = canvas_cols(c), col = 1, reserve = help ? 4 + text_width(help, -1) + text_width(all, -1) : 0;
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    gsize skip = prefix ? strlen(prefix) : 0;
    /* keys with Ctrl or Alt come after the plain ones */
    const guint count = bindings->len;
    for (guint n = 0; n < 2 * count; n++) {
        const KeyBinding *b = &g_array_index(bindings, KeyBinding, n < count ? n : n - count);
        gboolean plain = !g_str_has_prefix(b->keys, "<C-") && !g_str_has_prefix(b->keys, "<M-");
        const Command *command = plain == (n < count) ? command_of(b->text) : NULL;
        const char *label = command && command->label ? _(command->label) : NULL;
        gboolean not_here = FALSE;
        /* one key for a command is enough here */
        if (!label || is_known_key(b->keys, command->name) || (help && strcmp(b->text, "help") == 0) ||
            !g_hash_table_add(seen, (gpointer)b->text) || !is_shown(app, command, &not_here))
            continue;
        gboolean continues = skip > 0 && strncmp(b->keys, prefix, skip) == 0;
        const char *keys = continues ? b->keys + skip : b->keys;
        /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): g_str_has_prefix() made it wonder */
        col += paint_hint(c, col, cols - col - reserve, *keys == ' ' ? keys + 1 : keys, label, not_here);
    }
    if (help)
        paint_hint(c, MAX(col, 1), cols - col, help, all, FALSE);
}
