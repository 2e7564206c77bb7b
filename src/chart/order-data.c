/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/order-data.h"

#include <string.h>

#include "base/table.h"
#include "base/xdg.h"

static void limit_free(gpointer p)
{
    DoseLimit *l = p;
    g_free(l->atc);
    g_free(l->route);
    g_free(l->unit);
    g_free(l);
}

static void kidney_free(gpointer p)
{
    KidneyRule *k = p;
    g_free(k->atc);
    g_free(k->advice);
    g_free(k);
}

static char *cell(const char *text)
{
    return strcmp(text, "-") == 0 ? NULL : g_strdup(text);
}

static gboolean amount(const char *text, Decimal *ret)
{
    *ret = (Decimal){0};
    return strcmp(text, "-") == 0 || decimal_parse(text, ret);
}

/* atc, route, most at once, most a day, unit */
static gpointer limit_from(char *const *row)
{
    Decimal single, daily;
    if (!amount(row[2], &single) || !amount(row[3], &daily))
        return NULL;
    DoseLimit *l = g_new0(DoseLimit, 1);
    *l = (DoseLimit){.atc = g_strdup(row[0]), .route = cell(row[1]), .single = single, .daily = daily,
                     .unit = g_strdup(row[4])};
    return l;
}

/* atc, below, severity, advice */
static gpointer kidney_from(char *const *row)
{
    static const char *const levels[] = {"information", "medel", "hög", "stopp", NULL};
    int severity = -1;
    for (int i = 0; levels[i]; i++)
        if (strcmp(levels[i], row[2]) == 0)
            severity = i;
    int below = (int)g_ascii_strtoll(row[1], NULL, 10);
    if (severity < 0 || below <= 0)
        return NULL;
    KidneyRule *k = g_new0(KidneyRule, 1);
    *k = (KidneyRule){.atc = g_strdup(row[0]), .below = below, .severity = severity, .advice = g_strdup(row[3])};
    return k;
}

/* @from makes a rule of a row; NULL refuses the file. */
static GPtrArray *rules_load(const char *name, guint columns, gpointer (*from)(char *const *row), GDestroyNotify free_rule,
                             GError **error)
{
    g_autofree char *path = data_path(name);
    g_autoptr(Table) table = table_load(path, columns, error);
    g_autoptr(GPtrArray) rules = g_ptr_array_new_with_free_func(free_rule);
    for (guint i = 0; table && i < table_rows(table); i++) {
        gpointer rule = from(table_row(table, i));
        if (!rule) {
            table_refuse(table, i, error);
            return NULL;
        }
        g_ptr_array_add(rules, rule);
    }
    return table ? g_steal_pointer(&rules) : NULL;
}

const OrderData *order_data(GError **error)
{
    static OrderData data;
    static DrugList *drugs;
    static OrderWords *words;
    static GPtrArray *limits, *kidney;
    if (!drugs) {
        g_autofree char *path = data_path("drugs/products.tsv");
        g_autofree char *names = data_path("drugs/names.tsv");
        drugs = drug_list_load(path, error);
        if (drugs && !drug_list_load_names(drugs, names, error))
            g_clear_pointer(&drugs, drug_list_free);
    }
    if (drugs && !words) {
        g_autofree char *path = data_path("orderline/tokens.tsv");
        words = order_words_load(path, error);
    }
    if (words && !limits)
        limits = rules_load("checks/max-dose.tsv", 5, limit_from, limit_free, error);
    if (limits && !kidney)
        kidney = rules_load("checks/kidney.tsv", 4, kidney_from, kidney_free, error);
    if (!kidney)
        return NULL;
    data = (OrderData){.drugs = drugs, .words = words, .limits = limits, .kidney = kidney};
    return &data;
}
