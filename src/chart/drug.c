/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/drug.h"

#include <string.h>

#include "base/table.h"
#include "base/text.h"
#include "chart/drug-private.h"

enum {
    ID,
    BRAND,
    SUBSTANCE,
    ATC,
    GROUP,
    FORM,
    STRENGTH,
    STRENGTH_UNIT,
    DOSE_UNITS,
    ROUTES,
    HIGH_ALERT,
    WEIGHT_BASED,
    NARCOTIC,
    NOTES,
    COLUMNS
};

static void product_free(gpointer data)
{
    DrugProduct *p = data;
    char *const owned[] = {p->id,       p->brand, p->substance,     p->atc,
                           p->group,    p->form,  p->strength_text, p->strength_unit,
                           p->narcotic, p->notes, p->folded_brand,  p->folded_substance,
                           p->tall_man};
    for (gsize i = 0; i < G_N_ELEMENTS(owned); i++)
        g_free(owned[i]);
    g_strfreev(p->dose_units);
    g_strfreev(p->routes);
    g_free(p);
}

static char *cell(char *const *row, int column)
{
    return strcmp(row[column], "-") == 0 ? NULL : g_strdup(row[column]);
}

/* A note that is the substance in other letters; NULL when there is none. */
static char *tall_man(const DrugProduct *p)
{
    g_auto(GStrv) parts = g_strsplit(p->notes != NULL ? p->notes : "", "; ", -1);
    for (guint i = 0; parts[i] != NULL; i++) {
        g_autofree char *folded = text_fold(parts[i]);
        if (strcmp(folded, p->folded_substance) == 0)
            return g_strdup(parts[i]);
    }
    return NULL;
}

static DrugProduct *product_from_row(char *const *row)
{
    DrugProduct *p = g_new0(DrugProduct, 1);
    p->id = g_strdup(row[ID]);
    p->brand = cell(row, BRAND);
    p->substance = g_strdup(row[SUBSTANCE]);
    p->atc = g_strdup(row[ATC]);
    p->group = g_strdup(row[GROUP]);
    p->form = g_strdup(row[FORM]);
    g_autofree char *unit = cell(row, STRENGTH_UNIT);
    p->strength_unit = unit != NULL ? g_strdup(unit) : g_strdup("");
    g_autofree char *strength = cell(row, STRENGTH);
    if (strength == NULL)
        p->strength_text = g_strdup("");
    else if (decimal_parse(strength, &p->strength)) {
        g_autofree char *sv = decimal_to_dose(p->strength, TRUE);
        p->strength_text = g_strdup_printf("%s %s", sv, p->strength_unit);
    } else {
        g_strdelimit(strength, ".", ',');
        p->strength_text = g_strdup_printf("%s %s", strength, p->strength_unit);
    }
    p->dose_units = g_strsplit(row[DOSE_UNITS], ",", -1);
    p->routes = g_strsplit(row[ROUTES], ",", -1);
    p->high_alert = strcmp(row[HIGH_ALERT], "ja") == 0;
    p->weight_based = strcmp(row[WEIGHT_BASED], "ja") == 0;
    p->narcotic = cell(row, NARCOTIC);
    p->notes = cell(row, NOTES);
    p->folded_brand = p->brand != NULL ? text_fold(p->brand) : NULL;
    p->folded_substance = text_fold(p->substance);
    p->tall_man = tall_man(p);
    return p;
}

DrugList *drug_list_load(const char *path, GError **error)
{
    g_autoptr(Table) table = table_load(path, COLUMNS, error);
    if (table == NULL)
        return NULL;
    g_autoptr(DrugList) list = g_new0(DrugList, 1);
    list->products = g_ptr_array_new_with_free_func(product_free);
    for (guint i = 0; i < table_rows(table); i++)
        g_ptr_array_add(list->products, product_from_row(table_row(table, i)));
    drug_index_build(list);
    return g_steal_pointer(&list);
}

void drug_list_free(DrugList *list)
{
    if (list == NULL)
        return;
    drug_index_clear(list);
    g_ptr_array_unref(list->products);
    g_clear_pointer(&list->names, g_ptr_array_unref);
    g_free(list);
}

/* Belongs to @substance alone: no other drug has it among its names. */
static gboolean is_free_name(const DrugList *list, const char *folded, const char *substance)
{
    for (guint i = 0; i < list->products->len; i++) {
        const DrugProduct *p = list->products->pdata[i];
        if (strcmp(p->substance, substance) != 0 &&
            (strcmp(p->folded_substance, folded) == 0 || g_strcmp0(p->folded_brand, folded) == 0 ||
             (p->folded_names && g_strv_contains((const char *const *)p->folded_names, folded))))
            return FALSE;
    }
    return *folded != '\0';
}

static gboolean take_names(DrugList *list, const char *substance, const char *text)
{
    GStrv names = g_strsplit(text, ",", -1);
    gboolean found = FALSE, sound = TRUE;
    for (char **n = names; *n; n++) {
        char *folded = text_fold(*n);
        g_free(*n);
        *n = folded;
        sound = sound && is_free_name(list, folded, substance);
    }
    g_ptr_array_add(list->names, names);
    for (guint i = 0; i < list->products->len; i++) {
        DrugProduct *p = list->products->pdata[i];
        if (strcmp(p->substance, substance) != 0)
            continue;
        p->folded_names = names;
        found = TRUE;
    }
    return found && sound;
}

gboolean drug_list_load_names(DrugList *list, const char *path, GError **error)
{
    g_autoptr(Table) table = table_load(path, 2, error);
    g_clear_pointer(&list->names, g_ptr_array_unref);
    list->names = g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev);
    for (guint i = 0; table && i < table_rows(table); i++) {
        char *const *row = table_row(table, i);
        if (!take_names(list, row[0], row[1]))
            return table_refuse(table, i, error);
    }
    drug_index_build(list);
    return table != NULL;
}

guint drug_list_count(const DrugList *list)
{
    return list->products->len;
}

const DrugProduct *drug_list_at(const DrugList *list, guint index)
{
    return index < list->products->len ? list->products->pdata[index] : NULL;
}

gboolean drug_is_weekly(const DrugProduct *p)
{
    return p->notes != NULL && strstr(p->notes, "VECKODOS") != NULL;
}

const char *drug_tall_man(const DrugProduct *p)
{
    return p->tall_man != NULL ? p->tall_man : p->substance;
}

const char *drug_counted_unit(const DrugProduct *p)
{
    static const char *const measured[] = {"mg", "g", "mikrogram", "ml", "E", "IE", "mmol", NULL};
    const char *first = p->dose_units[0];
    return first == NULL || g_strv_contains(measured, first) ? NULL : first;
}

gboolean drug_has_route(const DrugProduct *p, const char *route)
{
    return g_strv_contains((const char *const *)p->routes, route);
}

char *drug_name(const DrugProduct *p, gboolean with_brand)
{
    GString *s = g_string_new(NULL);
    if (with_brand && p->brand != NULL)
        g_string_append_printf(s, "%s (%s)", p->brand, p->substance);
    else
        g_string_append(s, p->substance);
    g_string_append_printf(s, " %s", p->form);
    if (*p->strength_text != '\0')
        g_string_append_printf(s, " %s", p->strength_text);
    return g_string_free(s, FALSE);
}
