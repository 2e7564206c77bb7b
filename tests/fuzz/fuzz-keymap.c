/* SPDX-License-Identifier: GPL-3.0-or-later
 * A keymap file from a site or a user, and keys fed through it: every bad line is named, no key is
 * answered with a text that the file does not hold. */
#include "app/keymap.h"
#include "fuzz.h"
#include <string.h>

static const char *const keys[] = {"g", "p", "<Enter>", "<F9>", "?", "å", "1", "<C-r>", "<Esc>"};

static char *on_include(const char *name, gpointer data)
{
    return g_strdup(g_str_equal(name, "self") ? data : NULL);
}

static void feed(const Keymap *m, const char *context)
{
    KeymapState state = {0};
    for (gsize i = 0; i < G_N_ELEMENTS(keys) * G_N_ELEMENTS(keys); i++) {
        const char *text = NULL;
        KeymapAnswer a = keymap_feed(m, &state, context, keys[(i * 7 + i / 9) % G_N_ELEMENTS(keys)], &text);
        FUZZ_CHECK((a == KEYMAP_MATCH) == (text != NULL));
        FUZZ_CHECK(a != KEYMAP_PREFIX || state.pending);
    }
    keymap_state_clear(&state);
    g_autoptr(GArray) bindings = keymap_bindings(m, context, NULL);
    for (guint i = 0; i < bindings->len; i++) {
        const KeyBinding *b = &g_array_index(bindings, KeyBinding, i);
        FUZZ_CHECK(b->keys && b->text && keymap_keys_for(m, context, b->text));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *text = g_strndup((const char *)data, size);
    g_autoptr(Keymap) m = keymap_new();
    g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
    keymap_load(m, "fuzz.keys", text, on_include, text, problems);
    for (guint i = 0; i < problems->len; i++)
        FUZZ_CHECK(strchr(problems->pdata[i], ':'));
    g_auto(GStrv) contexts = keymap_contexts(m);
    for (char **c = contexts; *c; c++)
        feed(m, *c);
    feed(m, "no such context");
    g_autoptr(GPtrArray) said = keymap_lint(m, TRUE);
    return 0;
}
