/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/code-offer.h"

#include <string.h>

#include "base/text.h"
#include "chart/entry.h"

enum { MOST_BYTES = 256 << 10, SHORT = 3, LONGEST_NAME = 8 };

typedef struct {
    const CodeItem *item;
    char **words; /* folded */
    guint n;
} Name;

struct CodeOffers {
    GHashTable *names; /* first word → GPtrArray of Name* */
    GPtrArray *offers; /* CodeOffer* */
    GHashTable *known; /* codes that are not offered */
};

/* ---- what it may be called ---- */

static void name_free(gpointer p)
{
    Name *n = p;
    g_strfreev(n->words);
    g_free(n);
}

static void names_free(gpointer p)
{
    g_ptr_array_unref(p);
}

static char **words_of(const char *text)
{
    g_autofree char *folded = text_fold(text);
    g_auto(GStrv) all = g_strsplit(folded, " ", -1);
    g_autoptr(GStrvBuilder) words = g_strv_builder_new();
    for (char **w = all; *w; w++)
        if (**w)
            g_strv_builder_add(words, *w);
    return g_strv_builder_end(words);
}

static void add_name(CodeOffers *o, const CodeItem *item, const char *text)
{
    g_auto(GStrv) words = words_of(text);
    guint n = g_strv_length(words);
    if (n == 0 || n > LONGEST_NAME)
        return;
    GPtrArray *same = g_hash_table_lookup(o->names, words[0]);
    if (!same) {
        same = g_ptr_array_new_with_free_func(name_free);
        g_hash_table_insert(o->names, g_strdup(words[0]), same);
    }
    Name *name = g_new0(Name, 1);
    *name = (Name){item, g_steal_pointer(&words), n};
    g_ptr_array_add(same, name);
}

/* A symptom and a reason for contact stand in every note: only diseases and injuries are offered. */
static gboolean is_disease(const CodeItem *item)
{
    return item->code && !strchr("RUZ", item->code[0]);
}

CodeOffers *code_offers_new(const CodeList *codes)
{
    CodeOffers *o = g_new0(CodeOffers, 1);
    o->names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, names_free);
    o->offers = g_ptr_array_new_with_free_func(g_free);
    o->known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < code_list_count(codes); i++) {
        const CodeItem *item = code_list_at(codes, i);
        if (!is_disease(item))
            continue;
        g_autofree char *plain = g_strndup(item->text, strcspn(item->text, "(")), *code = text_fold(item->code);
        add_name(o, item, plain);
        for (char **n = item->names; *n; n++)
            if (strcmp(*n, code) != 0)
                add_name(o, item, *n);
    }
    return o;
}

void code_offers_free(CodeOffers *o)
{
    if (!o)
        return;
    g_hash_table_unref(o->names);
    g_ptr_array_unref(o->offers);
    g_hash_table_unref(o->known);
    g_free(o);
}

/* ---- how it is said ---- */

static const char *const denied_before[] = {"ingen", "inget", "inga", "inte", "ej", "icke", "utan", "nekar", "förnekar", "utesluter",
                                            "uteslutit", "uteslöt", "utesluta", "negativ", "negativt", "aldrig", "varken", "ingenting",
                                            "emot", "motsäger", "avfärdar", "avfärdat", "avfärdade", NULL};
static const char *const denied_after[] = {"inte", "ej", "icke", "nej", "utesluten", "uteslutet", "uteslutna", "uteslutits", "uteslöts",
                                           "uteslutas", "avskriven", "avskrivet", "avskrevs", "avskrivs", "avfärdad", "avfärdat", "avfärdas",
                                           "avfärdades", "avfärdats", "negativ", "negativt", "osannolik", "osannolikt", "saknas",
                                           "saknades", "nekas", "förnekas", "aldrig", NULL};
static const char *const suspected_words[] = {"misstänkt", "misstänkta", "misstänks", "misstänker", "misstanke", "misstankar", "susp",
                                              "suspekt", "trolig", "troligen", "troligt", "sannolik", "sannolikt", "eventuell",
                                              "eventuellt", "ev", "möjlig", "möjligen", "möjligt", "differentialdiagnos", "diffdiagnos",
                                              "dd", "obs", "frågeställning", NULL};
static const char *const others[] = {"mor", "mamma", "mamman", "moder", "modern", "far", "pappa", "pappan",
                                     "fader", "fadern", "förälder", "föräldrar", "föräldrarna", "bror", "brodern", "bröder",
                                     "syster", "systern", "systrar", "syskon", "son", "sonen", "söner", "dotter", "dottern", "döttrar",
                                     "barnbarn", "morfar", "mormor", "farmor", "farfar", "moster", "faster", "morbror", "farbror",
                                     "kusin", "make", "maken", "maka", "makan", "hustru", "hustrun", "frun", "sambo", "sambon", "släkt",
                                     "släkten", "släkting", "släktingar", "anhörig", "hereditet", "hereditär", "ärftlighet", "ärftligt",
                                     NULL};
static const char *const not_now[] = {"tidigare", "genomgången", "genomgånget", "genomgått", "risk", "risken", "riskfaktor",
                                      "riskfaktorer", "profylax", "profylaktisk", "profylaktiskt", "förebygga", "screening",
                                      "vaccinerad", "vaccination", NULL};
static const char *const but[] = {"men", "dock", "däremot", "förutom", NULL};
static const char *const other_headings[] = {"ärftlighet", "hereditet", "tidigare", "överkänslighet", "levnadsvanor", "socialt",
                                             "läkemedel", NULL};

/* A word of the text, as it is written and as it is compared. */
typedef struct {
    char *plain, *folded;
    gboolean upper;   /* all capitals: an abbreviation */
    char after;       /* ',' or '?' right after it; 0 */
} Word;

static void word_clear(gpointer p)
{
    Word *w = p;
    g_free(w->plain);
    g_free(w->folded);
}

static gboolean is_one_of(const Word *w, const char *const *list)
{
    return g_strv_contains(list, w->plain);
}

/* "mor", "mors", "makens" */
static gboolean is_another(const Word *w)
{
    gsize len = strlen(w->plain);
    g_autofree char *owner = g_strndup(w->plain, len && w->plain[len - 1] == 's' ? len - 1 : len);
    return is_one_of(w, others) || g_strv_contains(others, owner);
}

static gboolean is_letter(gunichar c)
{
    return g_unichar_isalnum(c) || g_unichar_ismark(c);
}

/* A point ends a sentence where no letter follows it: not in "I48.9" and "B12-brist". */
static gboolean ends_sentence(const char *at)
{
    gunichar c = g_utf8_get_char(at);
    const char *next = g_utf8_next_char(at);
    return c == '\n' || c == ';' || c == '!' || (c == '.' && !is_letter(g_utf8_get_char(next)));
}

static const char *take_word(GArray *words, const char *at)
{
    const char *end = at;
    gboolean upper = TRUE;
    for (; *end && is_letter(g_utf8_get_char(end)); end = g_utf8_next_char(end))
        upper = upper && !g_unichar_islower(g_utf8_get_char(end));
    g_autofree char *raw = g_strndup(at, (gsize)(end - at));
    Word w = {.plain = text_fold_keep_swedish(raw), .folded = text_fold(raw), .upper = upper, .after = *end == ',' || *end == '?' ? *end : 0};
    g_array_append_val(words, w);
    return end;
}

/* The words of one sentence; gives where the next begins. */
static const char *read_sentence(GArray *words, const char *at)
{
    g_array_set_size(words, 0);
    while (*at) {
        if (is_letter(g_utf8_get_char(at))) {
            at = take_word(words, at);
            continue;
        }
        gboolean end = ends_sentence(at);
        at = g_utf8_next_char(at);
        if (end)
            break;
    }
    return at;
}

#define WORD(words, i) (&g_array_index(words, Word, i))

/* "kan inte uteslutas", "utesluter ej": what is not denied is suspected. */
static gboolean not_excluded(const GArray *words, guint i)
{
    gboolean near = FALSE;
    for (guint k = i > 2 ? i - 2 : 0; k < words->len && k <= i + 2; k++)
        near = near || g_str_has_prefix(WORD(words, k)->plain, "uteslut");
    return near && (is_one_of(WORD(words, i), (const char *const[]){"inte", "ej", "icke", NULL}));
}

typedef enum { SAID_PLAINLY, SAID_SUSPECTED, SAID_DENIED, SAID_OTHERWISE } Said;

static gboolean excluded_word(const GArray *words, guint i)
{
    for (guint k = i > 2 ? i - 2 : 0; k < words->len && k <= i + 2; k++)
        if (not_excluded(words, k))
            return FALSE;
    return TRUE;
}

/* How what stands from @from to before @to is meant: by the words of its sentence. */
static Said said_of(const GArray *words, guint from, guint to)
{
    gboolean denied = FALSE, suspected = WORD(words, to - 1)->after == '?', otherwise = FALSE, another = FALSE;
    for (guint i = 0; i < words->len; i++) /* whose the second half of "Mor har KOL men även astma" is nobody can tell */
        another = another || is_another(WORD(words, i));
    for (guint i = 0; i < from; i++) {
        const Word *w = WORD(words, i);
        if (is_one_of(w, but))
            denied = suspected = otherwise = FALSE;
        otherwise = otherwise || is_one_of(w, not_now);
        suspected = suspected || is_one_of(w, suspected_words) || not_excluded(words, i);
        denied = denied || (is_one_of(w, denied_before) && excluded_word(words, i));
    }
    gboolean stop = WORD(words, to - 1)->after == ',';
    for (guint i = to; i < words->len && !stop; i++) {
        const Word *w = WORD(words, i);
        if (is_one_of(w, but))
            break;
        suspected = suspected || is_one_of(w, suspected_words) || w->after == '?' || not_excluded(words, i);
        denied = denied || (is_one_of(w, denied_after) && excluded_word(words, i));
        stop = w->after == ',';
    }
    return otherwise || another ? SAID_OTHERWISE : denied ? SAID_DENIED : suspected ? SAID_SUSPECTED : SAID_PLAINLY;
}

/* ---- finding ---- */

static gboolean inflected(const char *word, const char *name)
{
    static const char *const endings[] = {"", "n", "en", "t", "et", "s", "ns", "ens", "ets", "ar", "arna", NULL};
    gsize len = strlen(name);
    return strncmp(word, name, len) == 0 && (len > SHORT ? g_strv_contains(endings, word + len) : word[len] == '\0');
}

/* A name of two or three letters is an abbreviation, and those are written with capitals. */
static gboolean fits(const GArray *words, guint at, const Name *n)
{
    if (at + n->n > words->len)
        return FALSE;
    for (guint i = 0; i < n->n; i++) {
        const Word *w = WORD(words, at + i);
        gboolean last = i + 1 == n->n;
        if (last ? !inflected(w->folded, n->words[i]) : strcmp(w->folded, n->words[i]) != 0)
            return FALSE;
        if (!last && w->after)
            return FALSE;
    }
    return n->n > 1 || strlen(n->words[0]) > SHORT || WORD(words, at)->upper;
}

/* The longest name that stands here; the first word of a name may be its last, and inflected. */
static const Name *name_at(const CodeOffers *o, const GArray *words, guint at)
{
    const Name *best = NULL;
    const char *first = WORD(words, at)->folded;
    for (gsize cut = 0, len = strlen(first); cut <= 4 && cut < len; cut++) {
        g_autofree char *stem = g_strndup(first, len - cut);
        GPtrArray *names = g_hash_table_lookup(o->names, stem);
        for (guint i = 0; names && i < names->len; i++) {
            const Name *n = names->pdata[i];
            if ((!best || n->n > best->n) && fits(words, at, n))
                best = n;
        }
    }
    return best;
}

static void say(CodeOffers *o, const CodeItem *item, Said said)
{
    for (guint i = 0; i < o->offers->len; i++)
        if (((CodeOffer *)o->offers->pdata[i])->item == item) {
            if (said == SAID_OTHERWISE)
                return;
            g_ptr_array_remove_index(o->offers, i);
            break;
        }
    if (said == SAID_DENIED || said == SAID_OTHERWISE || g_hash_table_contains(o->known, item->code))
        return;
    CodeOffer *offer = g_new0(CodeOffer, 1);
    *offer = (CodeOffer){item, said == SAID_SUSPECTED};
    g_ptr_array_add(o->offers, offer);
}

static gboolean about_other_things(const char *heading)
{
    g_autofree char *small = text_fold_keep_swedish(heading ? heading : "");
    for (const char *const *h = other_headings; *h; h++)
        if (strstr(small, *h))
            return TRUE;
    return FALSE;
}

void code_offers_read(CodeOffers *o, const char *heading, const char *text)
{
    if (about_other_things(heading) || strlen(text) > MOST_BYTES)
        return;
    g_autofree char *nfc = text_nfc(text);
    g_autoptr(GArray) words = g_array_new(FALSE, FALSE, sizeof(Word));
    g_array_set_clear_func(words, word_clear);
    for (const char *at = nfc; *at;) {
        at = read_sentence(words, at);
        for (guint i = 0; i < words->len;) {
            const Name *n = name_at(o, words, i);
            if (n)
                say(o, n->item, said_of(words, i, i + n->n));
            i += n ? n->n : 1;
        }
    }
}

void code_offers_known(CodeOffers *o, const char *code)
{
    g_hash_table_add(o->known, g_strdup(code));
    for (guint i = o->offers->len; i-- > 0;)
        if (strcmp(((CodeOffer *)o->offers->pdata[i])->item->code, code) == 0)
            g_ptr_array_remove_index(o->offers, i);
}

guint code_offers_count(const CodeOffers *o)
{
    return o->offers->len;
}

const CodeOffer *code_offers_at(const CodeOffers *o, guint i)
{
    return o->offers->pdata[i];
}

char *code_offer_line(const CodeOffer *offer)
{
    return offer->suspected ? g_strdup_printf("%s, %s, ", offer->item->code, entry_word_of_code(ENTRY_CERTAINTY, "unconfirmed")->text)
                            : g_strconcat(offer->item->code, ", ", NULL);
}
