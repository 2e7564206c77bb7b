/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/palette.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base/text.h"

static void row_clear(gpointer p)
{
    PaletteRow *r = p;
    g_free(r->reason);
}

typedef struct {
    App *app;
    const char *context;
    const char *query, *folded;
    GArray *bindings, *out;
} Search;

/* As the keymap writes it, or as it stands on the keyboard: f10 for <F10>. A letter is itself only. */
static gboolean is_key(const char *keys, const char *query)
{
    if (!keys || strcmp(keys, query) == 0)
        return keys != NULL;
    GString *bare = g_string_new(keys);
    g_string_replace(bare, "<", "", 0);
    g_string_replace(bare, ">", "", 0);
    gboolean same = bare->len > 1 && g_ascii_strcasecmp(bare->str, query) == 0;
    g_string_free(bare, TRUE);
    return same;
}

/* "lås" is the command that is called so, not one that lets one read ("läs"). */
static gboolean is_name(const Command *c, const char *query)
{
    g_autofree char *asked = text_fold_keep_swedish(query), *word = text_fold_keep_swedish(command_word(c));
    return strcmp(asked, word) == 0 || g_ascii_strcasecmp(query, c->name) == 0;
}

/* The key counts most, then the whole name, then name, description and the word of the hint bar. */
static gboolean row_matches(const Search *s, PaletteRow *r)
{
    if (!*s->query)
        return TRUE;
    int score = 0;
    if (is_key(r->keys, s->query) || is_name(r->command, s->query)) {
        r->score = is_key(r->keys, s->query) ? -2 : -1;
        return TRUE;
    }
    g_autofree char *words = g_strconcat(r->text, " ", command_word(r->command), " ", _(r->command->summary), " ", _(r->command->label), NULL);
    g_autofree char *all = text_fold(words);
    if (!text_match(s->folded, all, &score))
        return FALSE;
    r->score = score;
    return TRUE;
}

static void add(Search *s, const Command *c, const KeyBinding *b)
{
    PaletteRow r = {.command = c, .text = b ? b->text : c->name, .keys = b ? b->keys : NULL,
                    .context = b ? b->context : NULL};
    if (!row_matches(s, &r))
        return;
    g_autoptr(GError) error = NULL;
    if (!command_check(s->app, c, &error)) {
        r.reason = g_strdup(error->message);
        r.core = g_error_matches(error, APP_ERROR, APP_ERROR_CORE);
    }
    g_array_append_val(s->out, r);
}

static gboolean runs(const KeyBinding *b, const Command *c)
{
    gsize n = strlen(c->name);
    return strncmp(b->text, c->name, n) == 0 && (b->text[n] == '\0' || b->text[n] == ' ');
}

static void add_all(const Command *c, gpointer data)
{
    Search *s = data;
    gboolean bound = FALSE;
    for (guint i = 0; i < s->bindings->len; i++) {
        const KeyBinding *b = &g_array_index(s->bindings, KeyBinding, i);
        if (runs(b, c)) {
            add(s, c, b);
            bound = TRUE;
        }
    }
    if (!bound)
        add(s, c, NULL);
}

/* A key that the assignment or the place refuses does not hold here; what the core cannot do is told. */
static gboolean holds_here(App *app, const Command *c)
{
    g_autoptr(GError) error = NULL;
    return command_check(app, c, &error) || g_error_matches(error, APP_ERROR, APP_ERROR_CORE);
}

static void add_bound(Search *s)
{
    for (guint i = 0; i < s->bindings->len; i++) {
        const KeyBinding *b = &g_array_index(s->bindings, KeyBinding, i);
        g_autofree char *name = g_strndup(b->text, strcspn(b->text, " "));
        const Command *c = command_find(name);
        if (c && holds_here(s->app, c))
            add(s, c, b);
    }
}

static int by_score(gconstpointer a, gconstpointer b)
{
    const PaletteRow *x = a, *y = b;
    return x->score - y->score;
}

GArray *palette_rows(App *app, const char *context, const char *query, gboolean all)
{
    g_autofree char *folded = text_fold(query);
    g_autoptr(GArray) bindings = keymap_bindings(app->keymap, context, NULL);
    Search s = {.app = app, .context = context, .query = query, .folded = folded, .bindings = bindings};
    s.out = g_array_new(FALSE, FALSE, sizeof(PaletteRow));
    g_array_set_clear_func(s.out, row_clear);
    if (all)
        command_each(add_all, &s);
    else
        add_bound(&s);
    if (*query)
        g_array_sort(s.out, by_score);
    return s.out;
}
