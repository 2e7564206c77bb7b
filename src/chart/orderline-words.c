/* SPDX-License-Identifier: GPL-3.0-or-later
 * The words and patterns of the typed order line. */
#include <string.h>

#include "base/table.h"
#include "base/text.h"
#include "chart/orderline-private.h"

#define NUM   "(\\d+(?:[.,]\\d+)?)"
#define RANGE NUM "(?:-" NUM ")?"

static const char *const patterns[ORDER_PATTERNS] = {
    [PATTERN_SLOTS] = "^" NUM "\\+" NUM "(?:\\+" NUM ")?(?:\\+" NUM ")?(\\p{L}*)$",
    [PATTERN_TAPER] = "^-" NUM "(\\p{L}+)?/(\\d+)d$",
    [PATTERN_TIMES] =
        "^(?:" RANGE "(\\p{L}+(?:/kg)?)?)?x(\\d+)(?:-(\\d+))?(?:/(d|dag|dygn|v|vecka))?$",
    [PATTERN_QUANTITY] = "^" RANGE "(\\p{L}[\\p{L}./]*)?$",
};

static void meaning_free(gpointer data)
{
    Meaning *m = data;
    g_free(m->kind);
    g_free(m->value);
    g_free(m);
}

OrderWords *order_words_load(const char *path, GError **error)
{
    g_autoptr(Table) table = table_load(path, 3, error); /* words, kind, value */
    if (!table)
        return NULL;
    g_autoptr(OrderWords) w = g_new0(OrderWords, 1);
    w->meanings = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, meaning_free);
    for (gsize i = 0; i < ORDER_PATTERNS; i++)
        w->regex[i] = g_regex_new(patterns[i], G_REGEX_OPTIMIZE, 0, NULL);
    for (guint i = 0; i < table_rows(table); i++) {
        char *const *row = table_row(table, i);
        if (g_hash_table_contains(w->meanings, row[0])) {
            table_refuse(table, i, error); /* each word once */
            return NULL;
        }
        Meaning *m = g_new0(Meaning, 1);
        m->kind = g_strdup(row[1]);
        m->value = g_strdup(row[2]);
        g_hash_table_insert(w->meanings, g_strdup(row[0]), m);
    }
    return g_steal_pointer(&w);
}

void order_words_free(OrderWords *words)
{
    if (words == NULL)
        return;
    g_hash_table_unref(words->meanings);
    for (gsize i = 0; i < ORDER_PATTERNS; i++)
        g_clear_pointer(&words->regex[i], g_regex_unref);
    g_free(words);
}

const Meaning *order_meaning(const OrderWords *w, const char *text)
{
    return g_hash_table_lookup(w->meanings, text);
}

gboolean order_is_kind(const Meaning *m, const char *kind)
{
    return m != NULL && strcmp(m->kind, kind) == 0;
}
