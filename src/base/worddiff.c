/* SPDX-License-Identifier: GPL-3.0-or-later
 * Words and the spaces between them are compared by Myers' greedy algorithm (An O(ND) Difference
 * Algorithm and Its Variations, 1986), after what both texts begin and end with has been set aside. */
#include "base/worddiff.h"

#include <string.h>

typedef struct {
    gsize at, len;
    guint word; /* the same number: the same bytes */
} Token;

/* A word, a run of blanks, or one line break. */
static gsize token_length(const char *s)
{
    if (*s == '\n')
        return 1;
    gsize blanks = strspn(s, " \t");
    return blanks ? blanks : strcspn(s, " \t\n");
}

static GArray *tokens_of(const char *text, GHashTable *words)
{
    GArray *out = g_array_new(FALSE, FALSE, sizeof(Token));
    for (const char *p = text; *p;) {
        Token t = {(gsize)(p - text), token_length(p), 0};
        char *word = g_strndup(p, t.len);
        t.word = GPOINTER_TO_UINT(g_hash_table_lookup(words, word));
        if (t.word) {
            g_free(word);
        } else {
            t.word = g_hash_table_size(words) + 1;
            g_hash_table_insert(words, word, GUINT_TO_POINTER(t.word));
        }
        g_array_append_val(out, t);
        p += t.len;
    }
    return out;
}

static const Token *token(const GArray *tokens, gint i)
{
    return &g_array_index(tokens, Token, i);
}

/* The part of both texts that is compared: tokens [a, a + n) and [b, b + m). */
typedef struct {
    const GArray *ta, *tb;
    gint a, b, n, m;
    GPtrArray *steps;  /* gint*: how far each diagonal came with 0, 1, 2 … edits */
    gboolean *kept_a;  /* which tokens of the first text stay */
    gboolean *kept_b;
} Compare;

static gint slide(const Compare *c, gint x, gint y)
{
    while (x < c->n && y < c->m && token(c->ta, c->a + x)->word == token(c->tb, c->b + y)->word)
        x++, y++;
    return x;
}

/* Where diagonal @k begins with one edit more than @v holds: below the longer neighbour or beside it. */
static gint first_x(const gint *v, gint k, gint d)
{
    gboolean down = k == -d || (k != d && v[k - 1] < v[k + 1]);
    return down ? v[k + 1] : v[k - 1] + 1;
}

/* The number of edits; -1 = more than WORD_DIFF_MOST. */
static gint search(Compare *c)
{
    gint most = MIN(c->n + c->m, WORD_DIFF_MOST);
    g_autofree gint *room = g_new0(gint, 2 * most + 3);
    gint *v = room + most + 1;
    for (gint d = 0; d <= most; d++) {
        gint *was = g_new(gint, 2 * d + 3); /* diagonals -d-1 … d+1, as they stood before this step */
        memcpy(was, v - d - 1, (gsize)(2 * d + 3) * sizeof *was);
        g_ptr_array_add(c->steps, was);
        for (gint k = -d; k <= d; k += 2) {
            gint x = d ? first_x(v, k, d) : 0;
            v[k] = x = slide(c, x, x - k);
            if (x >= c->n && x - k >= c->m)
                return d;
        }
    }
    return -1;
}

/* Backwards from the end: what each step slid over stays. */
static void walk_back(Compare *c, gint d)
{
    gint x = c->n, y = c->m;
    for (; d >= 0; d--) {
        const gint *v = (const gint *)c->steps->pdata[d] + d + 1;
        gint k = x - y, from = d ? first_x(v, k, d) : 0;
        for (; x > from && y > from - k; x--, y--)
            c->kept_a[c->a + x - 1] = c->kept_b[c->b + y - 1] = TRUE;
        if (!d)
            return;
        gboolean down = k == -d || (k != d && v[k - 1] < v[k + 1]);
        x = down ? from : from - 1;
        y = down ? from - k - 1 : from - k;
    }
}

static void set_common_ends_aside(Compare *c)
{
    while (c->n && c->m && token(c->ta, c->a)->word == token(c->tb, c->b)->word) {
        c->kept_a[c->a++] = c->kept_b[c->b++] = TRUE;
        c->n--, c->m--;
    }
    while (c->n && c->m && token(c->ta, c->a + c->n - 1)->word == token(c->tb, c->b + c->m - 1)->word) {
        c->kept_a[c->a + c->n - 1] = c->kept_b[c->b + c->m - 1] = TRUE;
        c->n--, c->m--;
    }
}

/* ---- hunks ---- */

static void add(GArray *hunks, gboolean same, const Token *a, const Token *b)
{
    WordHunk *last = hunks->len ? &g_array_index(hunks, WordHunk, hunks->len - 1) : NULL;
    if (!last || last->same != same) {
        WordHunk h = {.same = same, .a = last ? last->a + last->a_len : 0, .b = last ? last->b + last->b_len : 0};
        g_array_append_val(hunks, h);
        last = &g_array_index(hunks, WordHunk, hunks->len - 1);
    }
    last->a_len += a ? a->len : 0;
    last->b_len += b ? b->len : 0;
}

static GArray *hunks_of(const Compare *c)
{
    GArray *hunks = g_array_new(FALSE, FALSE, sizeof(WordHunk));
    for (guint i = 0, j = 0; i < c->ta->len || j < c->tb->len;) {
        if (i < c->ta->len && !c->kept_a[i])
            add(hunks, FALSE, token(c->ta, (gint)i++), NULL);
        else if (j < c->tb->len && !c->kept_b[j])
            add(hunks, FALSE, NULL, token(c->tb, (gint)j++));
        else
            add(hunks, TRUE, token(c->ta, (gint)i++), token(c->tb, (gint)j++));
    }
    return hunks;
}

static gboolean only_blanks(const char *text, const WordHunk *h)
{
    return strspn(text + h->a, " \t") >= h->a_len;
}

/* Words changed side by side are one change to the one who reads: the blank between them goes with it. */
static GArray *joined(const GArray *hunks, const char *a)
{
    GArray *out = g_array_new(FALSE, FALSE, sizeof(WordHunk));
    for (guint i = 0; i < hunks->len; i++) {
        const WordHunk *h = &g_array_index(hunks, WordHunk, i);
        WordHunk *last = out->len ? &g_array_index(out, WordHunk, out->len - 1) : NULL;
        gboolean between = h->same && i + 1 < hunks->len && last && only_blanks(a, h);
        if (last && !last->same && (!h->same || between)) {
            last->a_len += h->a_len;
            last->b_len += h->b_len;
        } else {
            g_array_append_vals(out, h, 1);
        }
    }
    return out;
}

GArray *word_diff(const char *a, const char *b)
{
    g_autoptr(GHashTable) words = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GArray) ta = tokens_of(a, words), tb = tokens_of(b, words);
    g_autoptr(GPtrArray) steps = g_ptr_array_new_with_free_func(g_free);
    g_autofree gboolean *kept_a = g_new0(gboolean, ta->len + 1), *kept_b = g_new0(gboolean, tb->len + 1);
    Compare c = {ta, tb, 0, 0, (gint)ta->len, (gint)tb->len, steps, kept_a, kept_b};
    set_common_ends_aside(&c);
    gint edits = search(&c);
    if (edits >= 0)
        walk_back(&c, edits);
    g_autoptr(GArray) hunks = hunks_of(&c);
    return joined(hunks, a);
}

char *word_diff_marked(const char *a, const char *b)
{
    g_autoptr(GArray) hunks = word_diff(a, b);
    GString *out = g_string_new(NULL);
    for (guint i = 0; i < hunks->len; i++) {
        const WordHunk *h = &g_array_index(hunks, WordHunk, i);
        if (h->same) {
            g_string_append_len(out, b + h->b, (gssize)h->b_len);
            continue;
        }
        if (h->a_len)
            g_string_append_printf(out, WORD_DIFF_OLD "%.*s" WORD_DIFF_OLD_END, (int)h->a_len, a + h->a);
        if (h->b_len)
            g_string_append_printf(out, WORD_DIFF_NEW "%.*s" WORD_DIFF_NEW_END, (int)h->b_len, b + h->b);
    }
    return g_string_free(out, FALSE);
}
