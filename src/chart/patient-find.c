/* SPDX-License-Identifier: GPL-3.0-or-later
 * Finding in the index: what a query means, who fits it, in which order. Runs at every key over all
 * patients, so nothing is allocated for an entry that does not fit. */
#include "chart/patient-index-private.h"

#include <string.h>

#include "base/text.h"

typedef struct {
    char **words;       /* of names, folded */
    char *names;        /* the same, joined */
    guint32 *letters;   /* of each word */
    GPtrArray *numbers; /* char*: digits (and the letters of a reserve number) typed together */
    GArray *lengths;    /* gsize: of each number */
    char *bed;
    gboolean tail;      /* a word may be the end of a reserve number: "K088" */
} Query;

static void query_clear(Query *q)
{
    g_strfreev(q->words);
    g_free(q->names);
    g_free(q->letters);
    g_free(q->bed);
    g_ptr_array_unref(q->numbers);
    g_array_unref(q->lengths);
}

/* One bit for each letter that occurs in the word at @p, up to the blank after it: returned. */
static const char *find_letters(const char *p, guint32 *letters)
{
    for (; *p && *p != ' '; p++)
        *letters |= 1u << ((guchar)*p & 31);
    return p;
}

void find_words(Entry *e)
{
    memset(e->letters, 0, sizeof e->letters);
    e->n_words = 0;
    for (const char *p = e->folded; *p;) {
        if (*p == ' ') {
            p++;
            continue;
        }
        if (e->n_words < ENTRY_WORDS)
            e->n_words++;
        p = find_letters(p, &e->letters[e->n_words - 1]);
    }
}

static gboolean looks_like_bed(const char *w)
{
    const char *dash = strchr(w, '-');
    return dash && dash > w && strlen(w) <= 6 && strlen(dash) >= 2 && strlen(dash) <= 3;
}

/* Reserve numbers have one or two letters among the last four: after the date the whole word is the
 * number, and a word of four may be its end. */
static gboolean looks_like_reserve(const char *bare, gboolean tail)
{
    gsize n = strlen(bare), digits = strspn(bare, "0123456789"), letters = 0;
    for (const char *p = bare; *p; p++) {
        if (!g_ascii_isalnum(*p))
            return FALSE;
        letters += g_ascii_isalpha(*p);
    }
    if (letters < 1 || letters > 2)
        return FALSE;
    return digits >= 6 || (tail && n == 4 && digits == 0 && g_ascii_isdigit(bare[3]));
}

static void query_letters_and_digits(Query *q, GString *names, const char *bare)
{
    GString *digits = g_string_new(NULL), *letters = g_string_new(NULL);
    for (const char *p = bare; *p; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        g_string_append_unichar(g_unichar_isdigit(c) ? digits : letters, c);
    }
    if (digits->len)
        g_ptr_array_add(q->numbers, g_strdup(digits->str));
    if (letters->len)
        g_string_append_printf(names, "%s%s", names->len ? " " : "", letters->str);
    g_string_free(digits, TRUE);
    g_string_free(letters, TRUE);
}

/* "19481102-2389", "481102+2389", "4811022389", "ö1234", "öbe 48", "12-1", "19450829-K088" */
static void query_word(Query *q, GString *names, const char *w, gboolean tail)
{
    g_auto(GStrv) parts = g_strsplit_set(w, "-+", -1);
    g_autofree char *bare = g_strjoinv("", parts);
    gsize digits = 0;
    for (const char *p = bare; *p; p++)
        digits += g_ascii_isdigit(*p) != 0;
    if (looks_like_bed(w) && digits && digits <= 4) {
        g_free(q->bed);
        q->bed = g_utf8_strup(w, -1);
    } else if (looks_like_reserve(bare, tail)) {
        g_ptr_array_add(q->numbers, g_ascii_strup(bare, -1));
    } else if (digits) {
        q->tail |= looks_like_reserve(bare, TRUE);
        query_letters_and_digits(q, names, bare);
    } else {
        g_string_append_printf(names, "%s%s", names->len ? " " : "", w); /* Sven-Åke is two names */
    }
}

static void query_parse(Query *q, const char *text, gboolean tail)
{
    g_auto(GStrv) words = g_strsplit_set(text, " ,\t", -1);
    GString *names = g_string_new(NULL);
    *q = (Query){.numbers = g_ptr_array_new_with_free_func(g_free)};
    for (char **w = words; *w; w++)
        if (**w)
            query_word(q, names, *w, tail);
    q->names = text_fold(names->str);
    q->words = g_strsplit(q->names, " ", -1);
    q->letters = g_new0(guint32, g_strv_length(q->words) + 1);
    for (guint i = 0; q->words[i]; i++)
        find_letters(q->words[i], &q->letters[i]);
    q->lengths = g_array_new(FALSE, FALSE, sizeof(gsize));
    for (guint i = 0; i < q->numbers->len; i++) {
        gsize len = strlen(q->numbers->pdata[i]);
        g_array_append_val(q->lengths, len);
    }
    g_string_free(names, TRUE);
}

/* ---- who fits ---- */

typedef struct {
    const Entry *entry;
    guint name_hash; /* the entry's */
    gboolean exact, admitted;
    int score;
} Found;

static gboolean part_is(const char *at, const char *n, gsize len)
{
    return at[0] == n[0] && memcmp(at, n, len) == 0;
}

/* Two digits are a birth year; four are the last four or a birth year; more are part of the number,
 * with or without its century. */
static gboolean number_fits(const Entry *e, const char *n, gsize len)
{
    gboolean whole = e->n_digits == 12;
    if (len == 2)
        return (e->birth_year && e->birth_year % 100 == g_ascii_strtoll(n, NULL, 10)) ||
               (whole && part_is(e->digits + 2, n, 2));
    if (len == 4 && ((whole && part_is(e->digits + 8, n, 4)) ||
                     (g_ascii_isdigit(n[0]) && e->birth_year && e->birth_year == g_ascii_strtoll(n, NULL, 10))))
        return TRUE;
    return whole && ((len <= 12 && part_is(e->digits, n, len)) || (len <= 10 && part_is(e->digits + 2, n, len)));
}

static gboolean numbers_fit(const Entry *e, const Query *q)
{
    for (guint i = 0; i < q->numbers->len; i++)
        if (!number_fits(e, q->numbers->pdata[i], g_array_index(q->lengths, gsize, i)))
            return FALSE;
    return TRUE;
}

/* 0: a whole name, 1: begins a name, -1: neither. */
static int word_begins(const char *folded, const char *word)
{
    gsize n = strlen(word);
    int best = -1;
    for (const char *p = strstr(folded, word); p; p = strstr(p + 1, word)) {
        if (p[-1] != ' ')
            continue;
        if (p[n] == ' ' || !p[n])
            return 0;
        best = 1;
    }
    return best;
}

/* Every word begins a name. */
static gboolean names_exact(const Entry *e, const Query *q, int *ret_score)
{
    *ret_score = 0;
    for (char **w = q->words; *w; w++) {
        int score = **w ? word_begins(e->folded, *w) : 0;
        if (score < 0)
            return FALSE;
        *ret_score += score;
    }
    return TRUE;
}

/* The least number of letters of a word that are foreign to a name, 2 standing for more. */
static guint foreign_letters(const Entry *e, guint32 word)
{
    guint least = 2;
    for (guint i = 0; i < e->n_words && least > 0; i++) {
        guint32 foreign = word & ~e->letters[i];
        least = MIN(least, foreign == 0 ? 0u : (foreign & (foreign - 1)) == 0 ? 1u : 2u);
    }
    return least;
}

/* One typing error brings at most one letter that the name does not have: most patients are left out
 * here, without a look at their names. *ret_exact: no error is needed as far as letters go. */
static gboolean may_fit(const Entry *e, const Query *q, gboolean *ret_exact)
{
    guint foreign = 0;
    for (guint i = 0; q->words[i] && foreign < 2; i++)
        foreign += foreign_letters(e, q->letters[i]);
    *ret_exact = foreign == 0;
    return foreign < 2;
}

static gboolean entry_fits(const PatientIndex *x, const Entry *e, const Query *q, gboolean exact_only, Found *ret)
{
    gboolean exact;
    if (!numbers_fit(e, q) || !may_fit(e, q, &exact))
        return FALSE;
    *ret = (Found){.entry = e, .exact = TRUE, .name_hash = e->name_hash};
    if (!*q->names && !q->bed && !q->numbers->len)
        return FALSE;
    if (*q->names && !(exact && names_exact(e, q, &ret->score))) {
        ret->exact = FALSE;
        if (exact_only || !text_match(q->names, e->folded, &ret->score))
            return FALSE;
    }
    const char *bed = g_hash_table_size(x->beds) ? g_hash_table_lookup(x->beds, e->id) : NULL;
    ret->admitted = bed != NULL;
    return !q->bed || (bed && g_ascii_strcasecmp(bed, q->bed) == 0);
}

static void search(const PatientIndex *x, const char *text, gboolean exact_only, GArray *found)
{
    Query as_typed, as_reserve;
    query_parse(&as_typed, text, FALSE);
    query_parse(&as_reserve, text, as_typed.tail);
    for (guint i = 0; i < x->entries->len; i++) {
        Found f;
        if (entry_fits(x, x->entries->pdata[i], &as_typed, exact_only, &f) ||
            (as_typed.tail && entry_fits(x, x->entries->pdata[i], &as_reserve, exact_only, &f)))
            g_array_append_val(found, f);
    }
    query_clear(&as_typed);
    query_clear(&as_reserve);
}

/* ---- in which order ---- */

/* As typed before nearly; of those the admitted first, then whole names; nearly: the nearest first. */
static int by_fit(const Found *f, const Found *g)
{
    if (f->exact != g->exact)
        return f->exact ? -1 : 1;
    if (f->exact && f->admitted != g->admitted)
        return f->admitted ? -1 : 1;
    if (f->score != g->score)
        return f->score - g->score;
    if (f->admitted != g->admitted)
        return f->admitted ? -1 : 1;
    return strcmp(f->entry->sort_key, g->entry->sort_key);
}

/* The best @max, in order, without sorting the thousands that one letter fits. */
static GArray *best_of(const GArray *found, guint max)
{
    GArray *best = g_array_sized_new(FALSE, FALSE, sizeof(Found), max + 1);
    for (guint i = 0; i < found->len; i++) {
        const Found *f = &g_array_index(found, Found, i);
        guint at = best->len;
        while (at > 0 && by_fit(f, &g_array_index(best, Found, at - 1)) < 0)
            at--;
        if (at == max)
            continue;
        g_array_insert_vals(best, at, f, 1);
        g_array_set_size(best, MIN(best->len, max));
    }
    return best;
}

static void hit_free(gpointer p)
{
    PatientHit *h = p;
    g_free(h->id);
    g_free(h->name);
    g_free(h->number);
    g_free(h->sex_age);
    g_free(h->place);
    g_free(h);
}

static PatientHit *hit_new(const PatientIndex *x, const Found *f, const GArray *found)
{
    const Entry *e = f->entry;
    PatientHit *h = g_new0(PatientHit, 1);
    h->id = g_strdup(e->id);
    h->name = g_strdup(e->name);
    h->number = g_strdup(e->number);
    h->sex_age = g_strdup(e->sex_age);
    h->place = g_strdup(g_hash_table_lookup(x->beds, e->id));
    h->protected_identity = e->protected_identity;
    h->exact = f->exact;
    h->score = f->score;
    for (guint i = 0; i < found->len && !h->namesake; i++) {
        const Found *o = &g_array_index(found, Found, i);
        h->namesake = o->name_hash == e->name_hash && o->entry != e && strcmp(o->entry->sort_key, e->sort_key) == 0;
    }
    return h;
}

GPtrArray *patient_index_find(PatientIndex *x, const char *query, guint max, guint *ret_all)
{
    GPtrArray *out = g_ptr_array_new_with_free_func(hit_free);
    if (x->large && x->client) {
        Query q;
        query_parse(&q, query, FALSE);
        patient_index_ask(x, query, q.words, q.numbers);
        query_clear(&q);
    }
    g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(Found));
    search(x, query, FALSE, found);
    g_autoptr(GArray) best = best_of(found, max);
    for (guint i = 0; i < best->len; i++)
        g_ptr_array_add(out, hit_new(x, &g_array_index(best, Found, i), found));
    *ret_all = found->len;
    return out;
}

const char *patient_index_unique(PatientIndex *x, const char *query)
{
    if (!patient_index_complete(x))
        return NULL;
    g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(Found));
    search(x, query, TRUE, found);
    return found->len == 1 ? g_array_index(found, Found, 0).entry->id : NULL;
}
