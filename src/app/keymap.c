/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/keymap.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app/keymap-internal.h"

static void binding_free(gpointer p)
{
    Binding *b = p;
    g_free(b->keys);
    g_free(b->text);
    g_free(b->comment);
    g_free(b);
}

static void context_free(gpointer p)
{
    Context *c = p;
    g_ptr_array_unref(c->bindings);
    g_free(c->name);
    g_free(c->parent);
    g_free(c);
}

Keymap *keymap_new(void)
{
    Keymap *m = g_new0(Keymap, 1);
    m->contexts = g_ptr_array_new_with_free_func(context_free);
    return m;
}

void keymap_free(Keymap *m)
{
    if (!m)
        return;
    g_ptr_array_unref(m->contexts);
    g_free(m);
}

Context *keymap_context(const Keymap *m, const char *name)
{
    for (guint i = 0; name && i < m->contexts->len; i++) {
        Context *c = m->contexts->pdata[i];
        if (strcmp(c->name, name) == 0)
            return c;
    }
    return NULL;
}

Context *keymap_context_make(Keymap *m, const char *name)
{
    Context *c = keymap_context(m, name);
    if (c)
        return c;
    c = g_new0(Context, 1);
    c->name = g_strdup(name);
    c->bindings = g_ptr_array_new_with_free_func(binding_free);
    g_ptr_array_add(m->contexts, c);
    return c;
}

static Binding *binding_in(const Context *c, const char *keys)
{
    for (guint i = 0; i < c->bindings->len; i++) {
        Binding *b = c->bindings->pdata[i];
        if (strcmp(b->keys, keys) == 0)
            return b;
    }
    return NULL;
}

void keymap_bind(Context *c, const char *keys, const char *text, const char *comment)
{
    Binding *b = binding_in(c, keys);
    if (!b) {
        b = g_new0(Binding, 1);
        b->keys = g_strdup(keys);
        g_ptr_array_add(c->bindings, b);
    }
    g_free(b->text);
    g_free(b->comment);
    b->text = g_strdup(text); /* NULL hides an inherited binding */
    b->comment = g_strdup(comment);
}

/* Nearest context wins; a binding without text (unbind) ends the search. */
static const Binding *lookup(const Keymap *m, const char *context, const char *keys)
{
    int guard = 16; /* a loop of parents is refused at load; this keeps a bad map from hanging */
    for (const Context *c = keymap_context(m, context); c && guard--; c = keymap_context(m, c->parent)) {
        const Binding *b = binding_in(c, keys);
        if (b)
            return b->text ? b : NULL;
    }
    return NULL;
}

static gboolean is_prefix_of(const char *prefix, const char *keys)
{
    gsize n = strlen(prefix);
    return strncmp(prefix, keys, n) == 0 && keys[n] == ' ';
}

static gboolean has_continuation(const Keymap *m, const char *context, const char *keys)
{
    int guard = 16;
    for (const Context *c = keymap_context(m, context); c && guard--; c = keymap_context(m, c->parent))
        for (guint i = 0; i < c->bindings->len; i++) {
            const Binding *b = c->bindings->pdata[i];
            if (b->text && is_prefix_of(keys, b->keys))
                return TRUE;
        }
    return FALSE;
}

void keymap_state_clear(KeymapState *state)
{
    g_clear_pointer(&state->pending, g_free);
}

KeymapAnswer keymap_feed(const Keymap *m, KeymapState *state, const char *context, const char *key,
                         const char **ret_text)
{
    g_autofree char *keys = state->pending ? g_strconcat(state->pending, " ", key, NULL) : g_strdup(key);
    const Binding *b = lookup(m, context, keys);
    if (b) {
        keymap_state_clear(state);
        *ret_text = b->text;
        return KEYMAP_MATCH;
    }
    if (has_continuation(m, context, keys)) {
        g_free(state->pending);
        state->pending = g_steal_pointer(&keys);
        return KEYMAP_PREFIX;
    }
    keymap_state_clear(state);
    return KEYMAP_NONE;
}

static gboolean already(const GArray *out, const char *keys)
{
    for (guint i = 0; i < out->len; i++)
        if (strcmp(g_array_index(out, KeyBinding, i).keys, keys) == 0)
            return TRUE;
    return FALSE;
}

GArray *keymap_bindings(const Keymap *m, const char *context, const char *prefix)
{
    GArray *out = g_array_new(FALSE, FALSE, sizeof(KeyBinding));
    g_autoptr(GHashTable) hidden = g_hash_table_new(g_str_hash, g_str_equal);
    int guard = 16;
    for (const Context *c = keymap_context(m, context); c && guard--; c = keymap_context(m, c->parent))
        for (guint i = 0; i < c->bindings->len; i++) {
            const Binding *b = c->bindings->pdata[i];
            if (!b->text) {
                g_hash_table_add(hidden, b->keys);
                continue;
            }
            if (already(out, b->keys) || g_hash_table_contains(hidden, b->keys) ||
                (prefix && !is_prefix_of(prefix, b->keys)))
                continue;
            KeyBinding kb = {b->keys, b->text, c->name, b->comment};
            g_array_append_val(out, kb);
        }
    return out;
}

const char *keymap_keys_for(const Keymap *m, const char *context, const char *text)
{
    g_autoptr(GArray) all = keymap_bindings(m, context, NULL);
    for (guint i = 0; i < all->len; i++) {
        const KeyBinding *b = &g_array_index(all, KeyBinding, i);
        if (strcmp(b->text, text) == 0)
            return b->keys;
    }
    return NULL;
}

char **keymap_contexts(const Keymap *m)
{
    char **out = g_new0(char *, m->contexts->len + 1);
    for (guint i = 0; i < m->contexts->len; i++)
        out[i] = g_strdup(((Context *)m->contexts->pdata[i])->name);
    return out;
}
