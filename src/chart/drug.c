/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/drug.h"

#include <string.h>

#include "base/table.h"
#include "base/text.h"

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

struct DrugList {
    GPtrArray *products; /* DrugProduct*, owned */
    GPtrArray *names;    /* GStrv, what the products' folded_names are borrowed from; NULL */
};

static void product_free(gpointer data)
{
    DrugProduct *p = data;
    char *const owned[] = {p->id,       p->brand, p->substance,     p->atc,
                           p->group,    p->form,  p->strength_text, p->strength_unit,
                           p->narcotic, p->notes, p->folded_brand,  p->folded_substance};
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
    return g_steal_pointer(&list);
}

void drug_list_free(DrugList *list)
{
    if (list == NULL)
        return;
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

const DrugProduct *drug_list_by_id(const DrugList *list, const char *id)
{
    for (guint i = 0; i < list->products->len; i++) {
        const DrugProduct *p = list->products->pdata[i];
        if (g_strcmp0(p->id, id) == 0)
            return p;
    }
    return NULL;
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
    if (name == NULL)
        return FALSE;
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

static gboolean a_name_fits(const DrugProduct *p, char **words)
{
    for (char *const *n = p->folded_names; n && *n; n++)
        if (name_fits(*n, words))
            return TRUE;
    return FALSE;
}

gboolean drug_list_is_name(const DrugList *list, const char *typed)
{
    g_autofree char *folded = text_fold(typed);
    for (guint i = 0; strchr(folded, ' ') && list->names && i < list->names->len; i++)
        if (g_strv_contains(list->names->pdata[i], folded))
            return TRUE;
    return FALSE;
}

static void match_add(DrugMatch *m, DrugProduct *p)
{
    g_ptr_array_add(m->products, p);
    for (guint i = 0; i < m->substances->len; i++)
        if (strcmp(((DrugProduct *)m->substances->pdata[i])->substance, p->substance) == 0)
            return;
    g_ptr_array_add(m->substances, p);
}

DrugMatch *drug_list_match(const DrugList *list, const char *typed)
{
    DrugMatch *m = g_new0(DrugMatch, 1);
    m->products = g_ptr_array_new();
    m->substances = g_ptr_array_new();
    g_autofree char *folded = text_fold(typed);
    if (*folded == '\0')
        return m;
    gboolean atc = looks_like_atc(folded);
    m->by_brand = TRUE;
    g_auto(GStrv) words = g_strsplit(folded, " ", -1);
    for (guint i = 0; i < list->products->len; i++) {
        DrugProduct *p = list->products->pdata[i];
        gboolean substance = atc ? g_ascii_strcasecmp(p->atc, folded) == 0
                                 : name_fits(p->folded_substance, words) || a_name_fits(p, words);
        if (substance || (!atc && name_fits(p->folded_brand, words)))
            match_add(m, p);
        m->by_brand = m->by_brand && !substance;
    }
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

gboolean drug_is_weekly(const DrugProduct *p)
{
    return p->notes != NULL && strstr(p->notes, "VECKODOS") != NULL;
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
