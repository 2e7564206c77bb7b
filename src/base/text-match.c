/* SPDX-License-Identifier: GPL-3.0-or-later
 * Folding, ordering and matching of Swedish text. */
#include "base/text.h"

#include <stdlib.h>
#include <string.h>
#include <uninorm.h>

/* Letters that Unicode does not take apart, as one types them without their key. */
static const struct {
    gunichar letter;
    const char *folded;
} whole_letters[] = {
    {0xE6, "a"},  {0xF8, "o"},   {0xDF, "ss"}, {0x111, "d"}, {0xF0, "d"},
    {0x142, "l"}, {0x153, "oe"}, {0xFE, "th"}, {0x131, "i"},
};

static void append_folded(GString *out, gunichar c)
{
    c = g_unichar_tolower(c);
    for (gsize i = 0; c > 0x7F && i < G_N_ELEMENTS(whole_letters); i++) {
        if (whole_letters[i].letter == c) {
            g_string_append(out, whole_letters[i].folded);
            return;
        }
    }
    if (g_unichar_isalnum(c))
        g_string_append_unichar(out, c);
    else if (g_unichar_ismark(c))
        return;
    else if (out->len > 0 && out->str[out->len - 1] != ' ')
        g_string_append_c(out, ' ');
}

char *text_fold(const char *s)
{
    g_autoptr(GString) out = g_string_sized_new(strlen(s) + 1);
    gsize len;
    uint8_t *apart = u8_normalize(UNINORM_NFKD, (const uint8_t *)s, strlen(s), NULL, &len);
    const char *p = apart != NULL ? (const char *)apart : s;
    const char *end = p + (apart != NULL ? len : strlen(s));
    while (p < end) {
        gunichar c = g_utf8_get_char_validated(p, end - p);
        gboolean bad = c == (gunichar)-1 || c == (gunichar)-2;
        append_folded(out, bad ? ' ' : c);
        p = bad ? p + 1 : g_utf8_next_char(p);
    }
    free(apart);
    if (out->len > 0 && out->str[out->len - 1] == ' ')
        g_string_truncate(out, out->len - 1);
    return g_string_free(g_steal_pointer(&out), FALSE);
}

char *text_fold_keep_swedish(const char *s)
{
    g_autofree char *nfc = text_nfc(s);
    g_autoptr(GString) out = g_string_sized_new(strlen(nfc) + 1);
    for (const char *p = nfc; *p != '\0';) {
        if ((guchar)*p < 0x80) {
            g_string_append_c(out, g_ascii_tolower(*p));
            p++;
            continue;
        }
        gunichar c = g_utf8_get_char_validated(p, -1);
        gboolean bad = c == (gunichar)-1 || c == (gunichar)-2;
        g_string_append_unichar(out, bad ? 0xFFFD : g_unichar_tolower(c));
        p = bad ? p + 1 : g_utf8_next_char(p);
    }
    return g_string_free(g_steal_pointer(&out), FALSE);
}

/* Primary weight of a lower-case character: blanks, signs, digits, a–z, å, ä, ö, then the rest. */
static guint weight_sv(gunichar c)
{
    enum { DIGIT = 16, LETTER = 64 };
    if (c == ' ')
        return 1;
    if (c >= '0' && c <= '9')
        return DIGIT + c - '0';
    if (c >= 'a' && c <= 'z')
        return LETTER + c - 'a';
    if (c < 0x80)
        return 2;
    switch (c) {
    case 0xE5: /* å */
        return LETTER + 26;
    case 0xE4: /* ä */
    case 0xE6: /* æ */
        return LETTER + 27;
    case 0xF6: /* ö */
    case 0xF8: /* ø */
        return LETTER + 28;
    case 0xFC: /* ü sorts as y in Swedish */
        return LETTER + 'y' - 'a';
    default:
        break;
    }
    gunichar apart[4];
    if (g_unichar_fully_decompose(c, FALSE, apart, G_N_ELEMENTS(apart)) > 1 && apart[0] < 0x80)
        return weight_sv(apart[0]);
    return 256 + c;
}

int text_compare_sv(const char *a, const char *b)
{
    g_autofree char *fa = text_fold_keep_swedish(a);
    g_autofree char *fb = text_fold_keep_swedish(b);
    const char *p = fa, *q = fb;
    for (; *p != '\0' && *q != '\0'; p = g_utf8_next_char(p), q = g_utf8_next_char(q)) {
        guint wa = weight_sv(g_utf8_get_char(p)), wb = weight_sv(g_utf8_get_char(q));
        if (wa != wb)
            return wa < wb ? -1 : 1;
    }
    if (*p != '\0' || *q != '\0')
        return *p == '\0' ? -1 : 1;
    return strcmp(fa, fb); /* e before é where nothing else differs */
}

char *text_sort_key_sv(const char *s)
{
    g_autofree char *folded = text_fold_keep_swedish(s);
    g_autoptr(GString) key = g_string_sized_new(2 * strlen(folded) + 2);
    for (const char *p = folded; *p != '\0'; p = g_utf8_next_char(p))
        g_string_append_unichar(key, weight_sv(g_utf8_get_char(p)) + 1);
    g_string_append_c(key, '\1'); /* below every weight */
    g_string_append(key, folded);
    return g_string_free(g_steal_pointer(&key), FALSE);
}

typedef struct {
    const char *s;
    gsize n;
} Word;

static gboolean next_word(const char **p, Word *ret)
{
    while (**p == ' ')
        (*p)++;
    const char *end = *p;
    while (*end != '\0' && *end != ' ')
        end++;
    *ret = (Word){*p, (gsize)(end - *p)};
    *p = end;
    return ret->n > 0;
}

static gboolean starts_with(const char *s, gsize n, const char *prefix, gsize prefix_n)
{
    return prefix_n <= n && memcmp(s, prefix, prefix_n) == 0;
}

/* Does some beginning of @w differ from @q by exactly one typing error? At the first difference
 * there are only four things that can have happened. *ret_whole: all of @w was used in one of them. */
static gboolean one_error(Word q, Word w, gboolean *ret_whole)
{
    gsize i = 0;
    while (i < q.n && i < w.n && q.s[i] == w.s[i])
        i++;
    const char *qr = q.s + i, *wr = w.s + i;
    gsize qn = q.n - i, wn = w.n - i;
    *ret_whole = FALSE;
    if (qn == 0)
        return FALSE; /* no error at all: the exact test found it */
    gboolean swapped = wn >= 2 && qn >= 2 && qr[0] == wr[1] && qr[1] == wr[0] &&
                       starts_with(wr + 2, wn - 2, qr + 2, qn - 2);
    gboolean another = wn >= 1 && starts_with(wr + 1, wn - 1, qr + 1, qn - 1);
    gboolean left_out = wn >= 1 && starts_with(wr + 1, wn - 1, qr, qn);
    gboolean too_many = starts_with(wr, wn, qr + 1, qn - 1);
    *ret_whole = ((swapped || another) && wn == qn) || (left_out && wn == qn + 1) ||
                 (too_many && wn == qn - 1);
    return swapped || another || left_out || too_many;
}

enum { WHOLE = 0, PREFIX = 2, INSIDE = 6, ERROR_WHOLE = 20, ERROR_PREFIX = 24, NO_MATCH = 1000 };

/* How much of a word may be meant when it has an error in it. A short word alone could be anything;
 * beside others it still can be a whole short name. */
typedef enum { ERR_NEVER, ERR_WHOLE, ERR_ANY } Err;

/* A number is never guessed at: one wrong digit is another person. */
static Err may_err(Word q, gboolean alone)
{
    if (q.n < 2 || (q.n < 4 && alone))
        return ERR_NEVER;
    for (gsize i = 0; i < q.n; i++)
        if (g_ascii_isdigit(q.s[i]))
            return ERR_NEVER;
    return q.n < 4 ? ERR_WHOLE : ERR_ANY;
}

static int score_word(Word q, Word w, Err may)
{
    if (starts_with(w.s, w.n, q.s, q.n))
        return w.n == q.n ? WHOLE : PREFIX;
    if (w.n > q.n && q.n > 1 && memmem(w.s, w.n, q.s, q.n) != NULL)
        return INSIDE;
    gboolean whole = FALSE;
    if (may != ERR_NEVER && w.n + 1 >= q.n && one_error(q, w, &whole) && (whole || may == ERR_ANY))
        return whole ? ERROR_WHOLE : ERROR_PREFIX;
    return NO_MATCH;
}

gboolean text_match(const char *folded_query, const char *folded_text, int *ret_score)
{
    int total = 0, errors = 0;
    Word q, w;
    gboolean alone = strchr(folded_query, ' ') == NULL;
    for (const char *qp = folded_query; next_word(&qp, &q);) {
        int best = NO_MATCH, order = 0;
        Err may = errors == 0 ? may_err(q, alone) : ERR_NEVER;
        for (const char *tp = folded_text; best > 0 && next_word(&tp, &w); order++) {
            int score = score_word(q, w, may);
            if (score < NO_MATCH) /* the family name stands first: prefer it a little */
                score += order > 0 && score > WHOLE ? 1 : 0;
            best = MIN(best, score);
        }
        if (best == NO_MATCH)
            return FALSE;
        errors += best >= ERROR_WHOLE;
        total += best;
    }
    if (ret_score != NULL)
        *ret_score = total;
    return TRUE;
}
