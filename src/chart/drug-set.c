/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/drug-set.h"

#include <string.h>

typedef struct {
    char *prefix;      /* or */
    DrugSet *property; /* a reference */
    gboolean out;
} Term;

struct DrugSet {
    GArray *terms;
    guint refs;
};

static void term_clear(gpointer p)
{
    Term *t = p;
    g_free(t->prefix);
    drug_set_free(t->property);
}

void drug_set_free(DrugSet *set)
{
    if (!set || --set->refs)
        return;
    g_array_unref(set->terms);
    g_free(set);
}

DrugSet *drug_set_parse(const char *text, GHashTable *properties)
{
    g_auto(GStrv) words = g_strsplit(text, " ", -1);
    DrugSet *set = g_new0(DrugSet, 1);
    set->refs = 1;
    set->terms = g_array_new(FALSE, TRUE, sizeof(Term));
    g_array_set_clear_func(set->terms, term_clear);
    for (char **w = words; *w; w++) {
        const char *name = **w == '!' ? *w + 1 : *w;
        Term t = {.out = name != *w};
        if (g_ascii_isupper(*name)) {
            t.prefix = g_strdup(name);
        } else if ((t.property = g_hash_table_lookup(properties, name))) {
            t.property->refs++;
        } else {
            drug_set_free(set);
            return NULL;
        }
        g_array_append_val(set->terms, t);
    }
    return set;
}

static gboolean has_code(const DrugSet *set, const char *code)
{
    gboolean in = FALSE;
    for (guint i = 0; i < set->terms->len; i++) {
        const Term *t = &g_array_index(set->terms, Term, i);
        if (in && !t->out)
            continue;
        gboolean hit = t->prefix ? g_str_has_prefix(code, t->prefix) : has_code(t->property, code);
        if (hit && t->out)
            return FALSE;
        in = in || hit;
    }
    return in;
}

gboolean drug_set_has(const DrugSet *set, char *const *codes)
{
    for (char *const *c = codes; set && c && *c; c++)
        if (has_code(set, *c))
            return TRUE;
    return FALSE;
}
