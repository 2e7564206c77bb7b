/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/prescribing-rules.h"

#include <string.h>

#include "base/table.h"

#define NO_NARCOTIC "-"

struct PrescribingRules {
    GHashTable *classes; /* "II" → PrescribingClass */
    GHashTable *packs;   /* "substance|form" → GArray of int */
};

static char *pack_key(const char *substance, const char *form)
{
    return g_strdup_printf("%s|%s", substance, form);
}

/* A whole number of at least one; 0 when it is anything else. */
static int number(const char *text)
{
    char *end;
    gint64 n = g_ascii_strtoll(text, &end, 10);
    return end != text && *end == '\0' && n >= 1 && n <= 10000 ? (int)n : 0;
}

static gboolean flag(const char *text, gboolean *ret)
{
    *ret = strcmp(text, "ja") == 0;
    return *ret || strcmp(text, "nej") == 0;
}

static gboolean load_classes(PrescribingRules *r, const char *path, GError **error)
{
    g_autoptr(Table) table = table_load(path, 6, error);
    for (guint i = 0; table && i < table_rows(table); i++) {
        char *const *row = table_row(table, i);
        PrescribingClass *c = g_new0(PrescribingClass, 1);
        *c = (PrescribingClass){.withdrawals = number(row[1]), .months = number(row[2]), .days = number(row[3])};
        gboolean sound = c->withdrawals && c->months && c->days && flag(row[4], &c->strict) && flag(row[5], &c->words);
        if (!g_hash_table_insert(r->classes, g_strdup(row[0]), c) || !sound)
            return table_refuse(table, i, error);
    }
    return table != NULL;
}

static gboolean load_packs(PrescribingRules *r, const char *path, GError **error)
{
    g_autoptr(Table) table = table_load(path, 3, error);
    for (guint i = 0; table && i < table_rows(table); i++) {
        char *const *row = table_row(table, i);
        g_auto(GStrv) sizes = g_strsplit(row[2], ",", -1);
        GArray *packs = g_array_new(FALSE, FALSE, sizeof(int));
        gboolean sound = *sizes != NULL;
        for (char **s = sizes; *s; s++) {
            int n = number(*s), before = packs->len ? g_array_index(packs, int, packs->len - 1) : 0;
            sound = sound && n > before;
            g_array_append_val(packs, n);
        }
        if (!g_hash_table_insert(r->packs, pack_key(row[0], row[1]), packs) || !sound)
            return table_refuse(table, i, error);
    }
    return table != NULL;
}

PrescribingRules *prescribing_rules_load(const char *classes, const char *packs, GError **error)
{
    g_autoptr(PrescribingRules) r = g_new0(PrescribingRules, 1);
    r->classes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    r->packs = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_array_unref);
    return load_classes(r, classes, error) && load_packs(r, packs, error) ? g_steal_pointer(&r) : NULL;
}

void prescribing_rules_free(PrescribingRules *r)
{
    if (!r)
        return;
    g_hash_table_unref(r->classes);
    g_hash_table_unref(r->packs);
    g_free(r);
}

const PrescribingClass *prescribing_class(const PrescribingRules *r, const DrugProduct *p)
{
    return r ? g_hash_table_lookup(r->classes, p->narcotic ? p->narcotic : NO_NARCOTIC) : NULL;
}

const GArray *prescribing_packs(const PrescribingRules *r, const DrugProduct *p)
{
    g_autofree char *key = pack_key(p->substance, p->form);
    return r ? g_hash_table_lookup(r->packs, key) : NULL;
}
