/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/code-list.h"

#include <string.h>

#include "base/table.h"
#include "base/text.h"

struct CodeList {
    GPtrArray *items;     /* CodeItem* */
    GHashTable *by_name;  /* folded name → CodeItem */
    char *edition;
};

#define PART '<' /* before a name: it is only a part of the thing */
#define EDITION "utgåva" /* the group of the row that says of when the file is */

static const struct {
    const char *name, *uri, *shown;
} systems[] = {
    {"atc", "http://www.whocc.no/atc", "ATC"},
    {"icd", "urn:oid:1.2.752.116.1.1.1.1.3", "ICD-10-SE"},
    {"kva", "urn:oid:1.2.752.116.1.3.2.1.4", "KVÅ"},
    {"rond", "urn:rond:alert", ""}, /* what no classification has: data/codes/alerts.tsv */
    {"snomed", "http://snomed.info/sct", "SNOMED CT"},
};

const char *code_system_uri(const char *name)
{
    for (gsize i = 0; i < G_N_ELEMENTS(systems); i++)
        if (strcmp(systems[i].name, name) == 0)
            return systems[i].uri;
    return NULL;
}

const char *code_system_name(const char *uri)
{
    for (gsize i = 0; i < G_N_ELEMENTS(systems); i++)
        if (g_strcmp0(systems[i].uri, uri) == 0)
            return systems[i].shown;
    return uri;
}

static void item_clear(gpointer p)
{
    CodeItem *i = p;
    if (i->from_core)
        g_free((char *)i->system);
    g_free(i->code);
    g_free(i->text);
    g_free(i->group);
    g_free(i->version);
    g_strfreev(i->names);
    g_strfreev(i->parts);
}

static void item_free(gpointer p)
{
    item_clear(p);
    g_free(p);
}

CodeList *code_list_new(void)
{
    CodeList *l = g_new0(CodeList, 1);
    l->items = g_ptr_array_new_with_free_func(item_free);
    l->by_name = g_hash_table_new(g_str_hash, g_str_equal);
    return l;
}

void code_list_free(CodeList *l)
{
    if (!l)
        return;
    g_hash_table_unref(l->by_name);
    g_ptr_array_unref(l->items);
    g_free(l->edition);
    g_free(l);
}

/* Letters and digits with single blanks between, so that "J01 CE02" and "penicillin  v" are found. */
static char *folded(const char *text)
{
    g_autofree char *plain = text_fold(text);
    g_auto(GStrv) words = g_strsplit(plain, " ", -1);
    GString *s = g_string_new(NULL);
    for (char **w = words; *w; w++)
        if (**w)
            g_string_append_printf(s, "%s%s", s->len ? " " : "", *w);
    return g_string_free(s, FALSE);
}

static char **parts_of(const char *names)
{
    g_auto(GStrv) others = g_strsplit(names ? names : "", ";", -1);
    GPtrArray *parts = g_ptr_array_new();
    for (char **o = others; *o; o++)
        if (**o == PART)
            g_ptr_array_add(parts, folded(*o + 1));
    g_ptr_array_add(parts, NULL);
    return (char **)g_ptr_array_free(parts, FALSE);
}

static char **names_of(const char *code, const char *text, const char *names)
{
    g_auto(GStrv) others = g_strsplit(names ? names : "", ";", -1);
    g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(all, folded(text));
    if (code)
        g_ptr_array_add(all, folded(code));
    for (char **o = others; *o; o++) {
        g_autofree char *name = folded(*o);
        gboolean there = !*name || **o == PART;
        for (guint i = 0; i < all->len && !there; i++)
            there = strcmp(all->pdata[i], name) == 0;
        if (!there)
            g_ptr_array_add(all, g_steal_pointer(&name));
    }
    g_ptr_array_add(all, NULL);
    return (char **)g_ptr_array_steal(all, NULL);
}

gboolean code_list_add(CodeList *l, const char *system, const char *code, const char *text, const char *group, const char *names)
{
    g_auto(GStrv) all = names_of(code, text, names);
    for (char **n = all; *n; n++)
        if (g_hash_table_contains(l->by_name, *n))
            return FALSE;
    CodeItem *item = g_new0(CodeItem, 1);
    *item = (CodeItem){.system = code ? system : NULL, .code = g_strdup(code), .text = g_strdup(text), .group = g_strdup(group),
                       .names = g_steal_pointer(&all), .parts = parts_of(names)};
    g_ptr_array_add(l->items, item);
    for (char **n = item->names; *n; n++)
        g_hash_table_insert(l->by_name, *n, item);
    return TRUE;
}

/* ---- one that the core gave ---- */

CodeItem *code_item_new(const char *system, const char *version, const char *code, const char *display, const char *const *names)
{
    g_autofree char *others = g_strjoinv(";", (char **)names);
    CodeItem *i = g_rc_box_new0(CodeItem);
    *i = (CodeItem){.system = g_strdup(system), .code = g_strdup(code), .text = g_strdup(display), .group = g_strdup(""),
                    .names = names_of(code, display, others), .from_core = TRUE, .version = g_strdup(version)};
    return i;
}

CodeItem *code_item_ref(const CodeItem *item)
{
    return g_rc_box_acquire((gpointer)item);
}

void code_item_unref(CodeItem *item)
{
    if (item)
        g_rc_box_release_full(item, item_clear);
}

gboolean code_item_called(const CodeItem *item, const char *typed)
{
    g_autofree char *name = folded(typed);
    return *name && g_strv_contains((const char *const *)item->names, name);
}

gboolean code_list_load(CodeList *l, const char *path, GError **error)
{
    g_autoptr(Table) table = table_load(path, 5, error);
    for (guint i = 0; table && i < table_rows(table); i++) {
        char *const *row = table_row(table, i);
        const char *system = code_system_uri(row[1]), *code = strcmp(row[2], "-") ? row[2] : NULL;
        gboolean coded = !code == !system;
        if (strcmp(row[0], EDITION) == 0) {
            g_free(l->edition);
            l->edition = g_strdup(row[3]);
            continue;
        }
        if (!coded || !code_list_add(l, system, code, row[3], row[0], strcmp(row[4], "-") ? row[4] : NULL)) {
            table_refuse(table, i, error);
            return FALSE;
        }
    }
    return table != NULL;
}

const char *code_list_edition(const CodeList *l)
{
    return l->edition ? l->edition : "";
}

guint code_list_count(const CodeList *l)
{
    return l->items->len;
}

const CodeItem *code_list_at(const CodeList *l, guint i)
{
    return l->items->pdata[i];
}

const CodeItem *code_list_find(const CodeList *l, const char *typed)
{
    g_autofree char *name = folded(typed);
    return *name ? g_hash_table_lookup(l->by_name, name) : NULL;
}

/* ---- while it is being typed ---- */

enum { RANK_BEGINS, RANK_WORDS, RANK_ERROR, RANKS };

static gboolean each_word_begins(char *const *words, const char *name)
{
    g_auto(GStrv) in = g_strsplit(name, " ", -1);
    for (char *const *w = words; *w; w++) {
        gboolean found = FALSE;
        for (char **n = in; *n && !found; n++)
            found = g_str_has_prefix(*n, *w);
        if (!found)
            return FALSE;
    }
    return TRUE;
}

static guint rank_among(char *const *names, const char *typed, char *const *words)
{
    guint best = RANKS;
    for (char *const *n = names; n && *n; n++) {
        int score;
        guint rank = g_str_has_prefix(*n, typed)      ? RANK_BEGINS
                     : each_word_begins(words, *n)    ? RANK_WORDS
                     : text_match(typed, *n, &score) ? RANK_ERROR
                                                      : RANKS;
        best = MIN(best, rank);
    }
    return best;
}

static guint rank_of(const CodeItem *item, const char *typed, char *const *words)
{
    guint whole = rank_among(item->names, typed, words), part = rank_among(item->parts, typed, words);
    return MIN(whole, part);
}

GPtrArray *code_list_match(const CodeList *l, const char *typed, guint max)
{
    GPtrArray *found = g_ptr_array_new();
    g_autofree char *name = folded(typed);
    g_auto(GStrv) words = g_strsplit(name, " ", -1);
    g_autofree guint *ranks = g_new(guint, l->items->len);
    for (guint i = 0; i < l->items->len; i++)
        ranks[i] = *name ? rank_of(l->items->pdata[i], name, words) : RANKS;
    for (guint r = 0; r < RANKS; r++)
        for (guint i = 0; i < l->items->len && found->len < max; i++)
            if (ranks[i] == r)
                g_ptr_array_add(found, l->items->pdata[i]);
    return found;
}
