/* SPDX-License-Identifier: GPL-3.0-or-later
 * Two texts and what differs between them, word by word. */
#include <criterion/criterion.h>
#include <string.h>

#include "base/worddiff.h"

#define TEXTS 4000

/* What is said of each text must be that text, whatever the texts are. */
static void put_together(const char *a, const char *b, GArray *hunks, guint32 seed)
{
    g_autoptr(GString) first = g_string_new(NULL), second = g_string_new(NULL);
    for (guint i = 0; i < hunks->len; i++) {
        const WordHunk *h = &g_array_index(hunks, WordHunk, i);
        cr_assert_eq(h->a, first->len, "seed %u", seed);
        cr_assert_eq(h->b, second->len, "seed %u", seed);
        g_string_append_len(first, a + h->a, (gssize)h->a_len);
        g_string_append_len(second, b + h->b, (gssize)h->b_len);
        if (h->same)
            cr_assert(h->a_len == h->b_len && memcmp(a + h->a, b + h->b, h->a_len) == 0, "seed %u", seed);
        else
            cr_assert(h->a_len || h->b_len, "seed %u", seed);
        cr_assert(!i || h->same != g_array_index(hunks, WordHunk, i - 1).same, "seed %u", seed);
    }
    cr_assert_str_eq(first->str, a, "seed %u", seed);
    cr_assert_str_eq(second->str, b, "seed %u", seed);
}

static const char *const words[] = {"feber", "ej", "38,4", "ingen", "smärta", "å", "a\xcc\x8a", "rassel.", "Rassel."};
static const char *const spaces[] = {" ", " ", " ", "  ", "\n", "\n\n", "\t"};

static char *some_text(GRand *rand, guint most)
{
    GString *out = g_string_new(NULL);
    for (guint n = (guint)g_rand_int_range(rand, 0, (gint)most); n; n--) {
        g_string_append(out, words[g_rand_int_range(rand, 0, G_N_ELEMENTS(words))]);
        g_string_append(out, spaces[g_rand_int_range(rand, 0, G_N_ELEMENTS(spaces))]);
    }
    return g_string_free(out, FALSE);
}

Test(worddiff, both_texts_are_whole_in_what_is_said_of_them)
{
    guint32 seed = g_random_int();
    GRand *rand = g_rand_new_with_seed(seed);
    for (guint i = 0; i < TEXTS; i++) {
        g_autofree char *a = some_text(rand, 24), *b = some_text(rand, 24);
        g_autoptr(GArray) hunks = word_diff(a, b);
        put_together(a, b, hunks, seed);
    }
    g_rand_free(rand);
}

/* The longest common run of words, the slow and sure way: no more is called changed than must be. */
static guint fewest_edits(GPtrArray *a, GPtrArray *b)
{
    g_autofree guint *row = g_new0(guint, b->len + 1);
    for (guint j = 0; j <= b->len; j++)
        row[j] = j;
    for (guint i = 1; i <= a->len; i++) {
        guint corner = row[0];
        row[0] = i;
        for (guint j = 1; j <= b->len; j++) {
            guint above = row[j];
            row[j] = strcmp(a->pdata[i - 1], b->pdata[j - 1]) == 0 ? corner : MIN(above, row[j - 1]) + 1;
            corner = above;
        }
    }
    return row[b->len];
}

static GPtrArray *lines(const char *text, gsize at, gsize len)
{
    GPtrArray *out = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *part = g_strndup(text + at, len);
    g_auto(GStrv) split = g_strsplit(part, "\n", -1);
    for (char **l = split; *l && l[1]; l++) {
        g_ptr_array_add(out, g_strdup(*l));
        g_ptr_array_add(out, g_strdup("\n"));
    }
    return out;
}

Test(worddiff, no_more_is_called_changed_than_must_be)
{
    guint32 seed = g_random_int();
    GRand *rand = g_rand_new_with_seed(seed);
    for (guint i = 0; i < TEXTS; i++) {
        GString *texts[2] = {g_string_new(NULL), g_string_new(NULL)};
        for (int t = 0; t < 2; t++)
            for (gint n = g_rand_int_range(rand, 0, 12); n; n--)
                g_string_append_printf(texts[t], "%s\n", words[g_rand_int_range(rand, 0, 4)]);
        g_autoptr(GArray) hunks = word_diff(texts[0]->str, texts[1]->str);
        g_autoptr(GPtrArray) a = lines(texts[0]->str, 0, texts[0]->len), b = lines(texts[1]->str, 0, texts[1]->len);
        guint edits = 0;
        for (guint h = 0; h < hunks->len; h++) {
            const WordHunk *k = &g_array_index(hunks, WordHunk, h);
            for (gsize at = 0; !k->same && at < k->a_len; at++)
                edits += texts[0]->str[k->a + at] == '\n' || at == 0 || texts[0]->str[k->a + at - 1] == '\n';
            for (gsize at = 0; !k->same && at < k->b_len; at++)
                edits += texts[1]->str[k->b + at] == '\n' || at == 0 || texts[1]->str[k->b + at - 1] == '\n';
        }
        cr_assert_eq(edits, fewest_edits(a, b), "seed %u: “%s” “%s”: %u, not %u", seed, texts[0]->str, texts[1]->str, edits,
                     fewest_edits(a, b));
        g_string_free(texts[0], TRUE);
        g_string_free(texts[1], TRUE);
    }
    g_rand_free(rand);
}

static void marked(const char *a, const char *b, const char *expected)
{
    g_autofree char *got = word_diff_marked(a, b);
    cr_assert_str_eq(got, expected);
}

Test(worddiff, is_read_without_colour)
{
    marked("Ej feber.", "Feber.", "[-Ej feber.-][+Feber.+]");
    marked("Temp 37,4 i natt.", "Temp 38,4 i natt.", "Temp [-37,4-][+38,4+] i natt.");
    marked("a b c", "a c", "a [-b -]c");
    marked("a c", "a b c", "a [+b +]c");
    marked("ett två tre fyra", "ett 2 3 fyra", "ett [-två tre-][+2 3+] fyra");
    marked("samma", "samma", "samma");
    marked("", "", "");
    marked("", "nytt", "[+nytt+]");
    marked("gammalt", "", "[-gammalt-]");
}

Test(worddiff, texts_with_nothing_in_common_are_told_whole, .timeout = 10)
{
    GString *a = g_string_new(NULL), *b = g_string_new(NULL);
    for (guint i = 0; i < 20000; i++) {
        g_string_append_printf(a, "a%u ", i);
        g_string_append_printf(b, "b%u ", i);
    }
    g_string_prepend(a, "lika ");
    g_string_prepend(b, "lika ");
    g_autoptr(GArray) hunks = word_diff(a->str, b->str);
    put_together(a->str, b->str, hunks, 0);
    cr_assert_eq(hunks->len, 3); /* the beginning, all that differs, the last blank */
    g_string_free(a, TRUE);
    g_string_free(b, TRUE);
}
