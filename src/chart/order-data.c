/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/order-data.h"

#include <gio/gio.h>
#include <string.h>

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
static gpointer limit_from(char **row)
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
static gpointer kidney_from(char **row)
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

/* Every row has @columns cells; one bad row refuses the file, because a rule that is silently not
 * there is worse than a program that says so. */
static GPtrArray *table_load(const char *name, guint columns, gpointer (*from)(char **row), GDestroyNotify free_row,
                             GError **error)
{
    g_autofree char *path = data_path(name), *text = NULL;
    if (!g_file_get_contents(path, &text, NULL, error))
        return NULL;
    g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func(free_row);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (guint i = 0; lines[i]; i++) {
        if (lines[i][0] == '#' || lines[i][0] == '\0')
            continue;
        g_auto(GStrv) row = g_strsplit(lines[i], "\t", -1);
        gpointer made = g_strv_length(row) == columns ? from(row) : NULL;
        if (!made) {
            g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s, line %u cannot be read.", path, i + 1);
            return NULL;
        }
        g_ptr_array_add(rows, made);
    }
    return g_steal_pointer(&rows);
}

const OrderData *order_data(GError **error)
{
    static OrderData data;
    static DrugList *drugs;
    static OrderWords *words;
    static GPtrArray *limits, *kidney;
    if (!drugs) {
        g_autofree char *path = data_path("drugs/products.tsv");
        drugs = drug_list_load(path, error);
    }
    if (drugs && !words) {
        g_autofree char *path = data_path("orderline/tokens.tsv");
        words = order_words_load(path, error);
    }
    if (words && !limits)
        limits = table_load("checks/max-dose.tsv", 5, limit_from, limit_free, error);
    if (limits && !kidney)
        kidney = table_load("checks/kidney.tsv", 4, kidney_from, kidney_free, error);
    if (!kidney)
        return NULL;
    data = (OrderData){.drugs = drugs, .words = words, .limits = limits, .kidney = kidney};
    return &data;
}
