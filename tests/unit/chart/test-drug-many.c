/* SPDX-License-Identifier: GPL-3.0-or-later
 * All beginnings of all names over 20,000 products: none resolves across substances, none that is alone is
 * left open. What each beginning should fit is counted here without the search: every name adds its substance
 * to each of its own beginnings. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "chart/drug.h"

typedef struct {
    const char *substance; /* of all it fits; NULL: they are several */
    guint products;        /* product names that begin so, each product once */
    const DrugProduct *last;
} Fits;

static DrugList *drugs;

static void setup(void)
{
    g_autoptr(GError) error = NULL;
    drugs = drug_list_load(PRODUCTS, &error);
    cr_assert_not_null(drugs, "%s", error ? error->message : "");
    cr_assert_eq(drug_list_count(drugs), 20000);
}

static void teardown(void)
{
    drug_list_free(drugs);
}

TestSuite(drugmany, .init = setup, .fini = teardown, .timeout = 600);

static void count(GHashTable *all, const char *name, const DrugProduct *p)
{
    for (gsize n = 1; name && n <= strlen(name); n++) {
        if (name[n - 1] == ' ')
            continue; /* what is typed does not end so */
        g_autofree char *begin = g_strndup(name, n);
        Fits *f = g_hash_table_lookup(all, begin);
        if (!f) {
            f = g_new0(Fits, 1);
            f->substance = p->substance;
            g_hash_table_insert(all, g_steal_pointer(&begin), f);
        }
        if (f->last != p)
            f->products++;
        f->last = p;
        if (f->substance && strcmp(f->substance, p->substance) != 0)
            f->substance = NULL;
    }
}

/* Words of one letter and more can fit a later word too ("ins gl"): more than the beginning alone, never less. */
static void judge(const char *typed, const Fits *f, guint *silent)
{
    g_autoptr(DrugMatch) m = drug_list_match(drugs, typed);
    gboolean several = strchr(typed, ' ') != NULL;
    *silent += drug_match_resolved(m) && !f->substance;
    cr_expect(several ? m->products->len >= f->products : m->products->len == f->products, "%s: %u, not %u", typed,
              m->products->len, f->products);
    cr_expect(several || !f->substance || drug_match_resolved(m), "%s is not resolved", typed);
    if (drug_match_resolved(m) && f->substance)
        cr_expect_str_eq(((const DrugProduct *)m->substances->pdata[0])->substance, f->substance, "%s", typed);
}

Test(drugmany, no_beginning_resolves_across_substances)
{
    g_autoptr(GHashTable) all = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    for (guint i = 0; i < drug_list_count(drugs); i++) {
        const DrugProduct *p = drug_list_at(drugs, i);
        count(all, p->folded_substance, p);
        count(all, p->folded_brand, p);
    }
    guint silent = 0, open = 0;
    GHashTableIter it;
    gpointer typed, fits;
    g_hash_table_iter_init(&it, all);
    while (g_hash_table_iter_next(&it, &typed, &fits)) {
        open += !((Fits *)fits)->substance;
        judge(typed, fits, &silent);
    }
    fprintf(stderr, "%u beginnings over %u products, %u of them of several substances: %u resolved silently\n",
            g_hash_table_size(all), drug_list_count(drugs), open, silent);
    cr_assert_eq(silent, 0);
    cr_assert_gt(open, 100, "the list is too easy");
}

/* In a list to choose from: the letters that part it from its like, and always the group. */
Test(drugmany, look_alikes_are_shown_apart)
{
    for (guint i = 0; i < drug_list_count(drugs); i++) {
        const DrugProduct *p = drug_list_at(drugs, i);
        g_autofree char *folded = text_fold(drug_tall_man(p));
        cr_assert_str_eq(folded, p->folded_substance);
        cr_assert(*p->group, "%s has no group to be told by", p->id);
    }
}
