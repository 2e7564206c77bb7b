/* SPDX-License-Identifier: GPL-3.0-or-later
 * The words and patterns of the typed order line. */
#include <string.h>

#include "base/table.h"
#include "base/text.h"
#include "chart/orderline-private.h"

#define NUM   "(\\d+(?:[.,]\\d+)?)"
#define PLAIN "\\d+(?:[.,]\\d+)?"
#define RANGE NUM "(?:-" NUM ")?"

static const char *const patterns[ORDER_PATTERNS] = {
    [PATTERN_SLOTS] = "^" NUM "\\+" NUM "(?:\\+" NUM ")?(?:\\+" NUM ")?(\\p{L}*)$",
    [PATTERN_TAPER] = "^([+-])" NUM "(\\p{L}+)?/(\\d{1,4})d$",
    [PATTERN_TIMES] =
        "^(?:" RANGE "(\\p{L}+(?:/kg)?)?)?x(\\d{1,4})(?:-(\\d{1,4}))?(?:/(d|dag|dygn|v|vecka))?$",
    [PATTERN_QUANTITY] = "^" RANGE "(\\p{L}[\\p{L}./]*)?$",
};

/* "max8/d", "kl8", "i7d", "x 4" and "6:e" are typed both ways: one form for the reader. */
const char *const order_forms[ORDER_FORMS][2] = {
    {"(?<=\\d)\\s*[–—]\\s*(?=\\d)", "-"},
    {"(?<![\\p{L}\\d])(max|kl|i)(?=\\d)", "\\1 "},
    {"(?<=\\s)x +(?=\\d)", "x"},
    {"(?<=\\d):[ea](?=\\s)", ""},
    {"(?<=\\p{L}):(?=\\s|$)", ""},
    {",(?=\\s|$)|;\\s*$|(?<=\\s)·(?=\\s)", ""}, /* a semicolon before more would be another order */
    {"\\s+", " "},
};
/* "5 mg/kg × 70 kg", and what it comes to. */
#define PER_KG "^(" PLAIN ") (\\p{L}+)/kg × (" PLAIN ") kg(?: = " PLAIN " \\p{L}+, avrundat)?$"

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
    for (gsize i = 0; i < ORDER_FORMS; i++)
        w->form[i] = g_regex_new(order_forms[i][0], G_REGEX_OPTIMIZE, 0, NULL);
    w->per_kg = g_regex_new(PER_KG, G_REGEX_OPTIMIZE, 0, NULL);
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
    for (gsize i = 0; i < ORDER_FORMS; i++)
        g_clear_pointer(&words->form[i], g_regex_unref);
    g_clear_pointer(&words->per_kg, g_regex_unref);
    g_free(words);
}

const Meaning *order_meaning(const OrderWords *w, const char *text)
{
    return g_hash_table_lookup(w->meanings, text);
}

const Meaning *order_meaning_at(const OrderWords *w, const char *text, const char *place)
{
    g_autofree char *here = g_strdup_printf("%s@%s", text, place);
    return g_hash_table_lookup(w->meanings, here);
}

gboolean order_is_kind(const Meaning *m, const char *kind)
{
    return m != NULL && strcmp(m->kind, kind) == 0;
}

/* ---- the line ---- */

/* "(5 mg/kg × 70 kg)" says something once more: it stays together. */
static void bind_brackets(char *text)
{
    for (char *open = strchr(text, '('); open != NULL; open = strchr(open + 1, '(')) {
        char *close = strchr(open, ')');
        for (char *p = open; close != NULL && p < close; p++)
            if (*p == ' ')
                *p = IN_BRACKETS;
    }
}

char **order_line_split(const OrderWords *words, const char *line)
{
    g_autofree char *text = text_sanitise(line, -1, FALSE);
    bind_brackets(text);
    for (gsize i = 0; i < ORDER_FORMS; i++) {
        char *next = g_regex_replace(words->form[i], text, -1, 0, order_forms[i][1], G_REGEX_MATCH_DEFAULT, NULL);
        g_free(text);
        text = next;
    }
    g_strstrip(text);
    return g_strsplit(text, " ", -1);
}

gboolean order_words_lead(const OrderWords *w, const char *text, OrderField field)
{
    static const struct {
        OrderField field;
        const char *kind;
    } leads[] = {{ORDER_AS_NEEDED, "prn"}, {ORDER_AS_NEEDED, "after"}, {ORDER_MAX, "max"},       {ORDER_START, "from"},
                 {ORDER_START, "tomorrow"}, {ORDER_REASON, "for"},     {ORDER_FOLLOW_UP, "follow"},
                 {ORDER_SUPPLY, "prescription"}, {ORDER_WITHDRAWALS, "withdrawals"}, {ORDER_EXCHANGE, "no-exchange"}};
    g_autofree char *lower = text_fold_keep_swedish(text);
    g_auto(GStrv) word = g_strsplit(g_strstrip(lower), " ", -1);
    g_autoptr(GString) first = g_string_new(NULL);
    for (guint n = 0; n < 3 && word[n] != NULL; n++) {
        g_string_append_printf(first, "%s%s", n > 0 ? " " : "", word[n]);
        for (gsize i = 0; i < G_N_ELEMENTS(leads); i++)
            if (leads[i].field == field && order_is_kind(order_meaning(w, first->str), leads[i].kind))
                return TRUE;
    }
    return FALSE;
}
