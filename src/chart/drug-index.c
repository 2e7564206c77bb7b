/* SPDX-License-Identifier: GPL-3.0-or-later
 * Finding a product by what is typed: all names of the list in order, so that what begins alike stands
 * together. One name is often that of many products; which of them are one substance is known beforehand. */
#include <string.h>

#include "base/text.h"
#include "chart/drug-private.h"

typedef struct {
    const char *name; /* folded */
    gboolean brand;
    guint place;      /* of the product */
} DrugName;

static int by_name(gconstpointer a, gconstpointer b)
{
    const DrugName *x = a, *y = b;
    int order = strcmp(x->name, y->name);
    return order != 0 ? order : (x->place > y->place) - (x->place < y->place);
}

static void add_name(DrugList *list, const char *name, gboolean brand, guint place)
{
    DrugName n = {name, brand, place};
    if (name != NULL)
        g_array_append_val(list->index, n);
}

void drug_index_clear(DrugList *list)
{
    g_clear_pointer(&list->index, g_array_unref);
    g_clear_pointer(&list->by_id, g_hash_table_unref);
    g_clear_pointer(&list->by_atc, g_hash_table_unref);
}

static void add_atc(DrugList *list, DrugProduct *p)
{
    g_autofree char *code = g_ascii_strdown(p->atc, -1);
    GPtrArray *of_code = g_hash_table_lookup(list->by_atc, code);
    if (of_code == NULL) {
        of_code = g_ptr_array_new();
        g_hash_table_insert(list->by_atc, g_steal_pointer(&code), of_code);
    }
    g_ptr_array_add(of_code, p);
}

void drug_index_build(DrugList *list)
{
    drug_index_clear(list);
    list->index = g_array_new(FALSE, FALSE, sizeof(DrugName));
    list->by_id = g_hash_table_new(g_str_hash, g_str_equal);
    list->by_atc = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
    g_autoptr(GHashTable) first = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < list->products->len; i++) {
        DrugProduct *p = list->products->pdata[i];
        const DrugProduct *same = g_hash_table_lookup(first, p->substance);
        p->place = i;
        p->substance_place = same != NULL ? same->place : i;
        if (same == NULL)
            g_hash_table_insert(first, p->substance, p);
        if (!g_hash_table_contains(list->by_id, p->id))
            g_hash_table_insert(list->by_id, p->id, p);
        add_atc(list, p);
        add_name(list, p->folded_brand, TRUE, i);
        add_name(list, p->folded_substance, FALSE, i);
        for (char *const *n = p->folded_names; n != NULL && *n != NULL; n++)
            add_name(list, *n, FALSE, i);
    }
    g_array_sort(list->index, by_name);
}

const DrugProduct *drug_list_by_id(const DrugList *list, const char *id)
{
    return id != NULL ? g_hash_table_lookup(list->by_id, id) : NULL;
}

static gboolean looks_like_atc(const char *s)
{
    return strlen(s) == 7 && g_ascii_isalpha(s[0]) && g_ascii_isdigit(s[1]) &&
           g_ascii_isdigit(s[2]) && g_ascii_isalpha(s[3]) && g_ascii_isalpha(s[4]) &&
           g_ascii_isdigit(s[5]) && g_ascii_isdigit(s[6]);
}

/* Each typed word begins a word of the name, in order; the first typed begins the first. */
static gboolean name_fits(const char *name, char **words)
{
    const char *p = name;
    for (guint i = 0; words[i] != NULL; i++) {
        while (p != NULL && !g_str_has_prefix(p, words[i])) {
            p = i > 0 ? strchr(p, ' ') : NULL;
            p = p != NULL ? p + 1 : NULL;
        }
        if (p == NULL)
            return FALSE;
        p = strchr(p, ' ');
        p = p != NULL ? p + 1 : "";
    }
    return TRUE;
}

/* The first name that does not come before @word. */
static guint first_name(const GArray *index, const char *word)
{
    guint low = 0, high = index->len;
    while (low < high) {
        guint middle = low + (high - low) / 2;
        if (strcmp(g_array_index(index, DrugName, middle).name, word) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

gboolean drug_list_is_name(const DrugList *list, const char *typed)
{
    g_autofree char *folded = text_fold(typed);
    guint at = first_name(list->index, folded);
    return strchr(folded, ' ') != NULL && at < list->index->len &&
           strcmp(g_array_index(list->index, DrugName, at).name, folded) == 0;
}

/* In the list's order, each once; and the first that fits of each substance. */
static void settle(const DrugList *list, DrugMatch *m)
{
    enum { FITS = 1, SEEN = 2 };
    guint first = list->products->len, last = 0;
    g_autofree guint8 *mark = g_new0(guint8, list->products->len + 1);
    for (guint i = 0; i < m->products->len; i++) {
        const DrugProduct *p = m->products->pdata[i];
        first = MIN(first, p->place);
        last = MAX(last, p->place);
        mark[p->place] |= FITS;
    }
    g_ptr_array_set_size(m->products, 0);
    for (guint i = first; i <= last && i < list->products->len; i++) {
        DrugProduct *p = list->products->pdata[i];
        if (!(mark[i] & FITS))
            continue;
        g_ptr_array_add(m->products, p);
        if (!(mark[p->substance_place] & SEEN))
            g_ptr_array_add(m->substances, p);
        mark[p->substance_place] |= SEEN;
    }
}

static void match_names(const DrugList *list, DrugMatch *m, char **words)
{
    m->by_brand = TRUE;
    for (guint i = first_name(list->index, words[0]); i < list->index->len; i++) {
        const DrugName *n = &g_array_index(list->index, DrugName, i);
        if (!g_str_has_prefix(n->name, words[0]))
            break;
        if (!name_fits(n->name, words))
            continue;
        m->by_brand = m->by_brand && n->brand;
        g_ptr_array_add(m->products, list->products->pdata[n->place]);
    }
}

DrugMatch *drug_list_match(const DrugList *list, const char *typed)
{
    DrugMatch *m = g_new0(DrugMatch, 1);
    m->products = g_ptr_array_new();
    m->substances = g_ptr_array_new();
    g_autofree char *folded = text_fold(typed);
    if (*folded == '\0')
        return m;
    if (looks_like_atc(folded)) {
        const GPtrArray *of_code = g_hash_table_lookup(list->by_atc, folded);
        for (guint i = 0; of_code != NULL && i < of_code->len; i++)
            g_ptr_array_add(m->products, of_code->pdata[i]);
    } else {
        g_auto(GStrv) words = g_strsplit(folded, " ", -1);
        match_names(list, m, words);
    }
    settle(list, m);
    return m;
}

void drug_match_free(DrugMatch *match)
{
    if (match == NULL)
        return;
    g_ptr_array_unref(match->products);
    g_ptr_array_unref(match->substances);
    g_free(match);
}

gboolean drug_match_resolved(const DrugMatch *match)
{
    return match->substances->len == 1;
}
