/* SPDX-License-Identifier: GPL-3.0-or-later
 * The files of data/checks as rules. A row, a word or a property that cannot be read refuses them all: a
 * rule that is silently not there is worse than no orders. */
#include "chart/check-rules.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base/table.h"
#include "base/text.h"
#include "base/xdg.h"
#include "chart/drug-set.h"

#define MONTHS      12
#define WEIGHT_DAYS 90
#define WEIGHT      "vikt"

typedef struct {
    CheckRules *rules;
    GHashTable *properties; /* name → DrugSet */
} Loading;

/* ---- one cell ---- */

typedef enum {
    CELL_DRUGS,    /* DrugSet * */
    CELL_WITH,     /* DrugSet *[RULE_WITH], ';' between them */
    CELL_WORDS,    /* char **, commas, folded */
    CELL_LIST,     /* char **, commas */
    CELL_SPACED,   /* char **, spaces */
    CELL_TEXT,     /* char * */
    CELL_NUMBER,   /* Decimal */
    CELL_INT,      /* int */
    CELL_AGE,      /* int, months: "12" years or "3m" */
    CELL_VALUE,    /* int, of the values */
    CELL_OVER,     /* "20 mg": over and unit */
    CELL_SEVERITY, /* CheckSeverity */
    CELL_SEX,      /* "K", "M" */
    CELL_FLAG,     /* gboolean, by the words of flag_table */
} CellType;

static const struct {
    const char *name;
    CellType type;
    gsize at;
} column_table[] = {
    {"drugs", CELL_DRUGS, G_STRUCT_OFFSET(CheckRule, drugs)},
    {"with", CELL_WITH, G_STRUCT_OFFSET(CheckRule, with)},
    {"without", CELL_DRUGS, G_STRUCT_OFFSET(CheckRule, without)},
    {"allergy", CELL_DRUGS, G_STRUCT_OFFSET(CheckRule, allergy)},
    {"words", CELL_WORDS, G_STRUCT_OFFSET(CheckRule, words)},
    {"routes", CELL_LIST, G_STRUCT_OFFSET(CheckRule, routes)},
    {"icd", CELL_SPACED, G_STRUCT_OFFSET(CheckRule, icd)},
    {"unless", CELL_SPACED, G_STRUCT_OFFSET(CheckRule, unless)},
    {"test", CELL_VALUE, G_STRUCT_OFFSET(CheckRule, value)},
    {"below", CELL_NUMBER, G_STRUCT_OFFSET(CheckRule, below)},
    {"above", CELL_NUMBER, G_STRUCT_OFFSET(CheckRule, above)},
    {"over", CELL_OVER, 0},
    {"from", CELL_AGE, G_STRUCT_OFFSET(CheckRule, from)},
    {"to", CELL_AGE, G_STRUCT_OFFSET(CheckRule, to)},
    {"sex", CELL_SEX, G_STRUCT_OFFSET(CheckRule, sex)},
    {"first", CELL_INT, G_STRUCT_OFFSET(CheckRule, first)},
    {"last", CELL_INT, G_STRUCT_OFFSET(CheckRule, last)},
    {"days", CELL_INT, G_STRUCT_OFFSET(CheckRule, days)},
    {"single", CELL_NUMBER, G_STRUCT_OFFSET(CheckRule, single)},
    {"daily", CELL_NUMBER, G_STRUCT_OFFSET(CheckRule, daily)},
    {"unit", CELL_TEXT, G_STRUCT_OFFSET(CheckRule, unit)},
    {"level", CELL_SEVERITY, G_STRUCT_OFFSET(CheckRule, level)},
    {"mild", CELL_SEVERITY, G_STRUCT_OFFSET(CheckRule, mild)},
    {"text", CELL_TEXT, G_STRUCT_OFFSET(CheckRule, text)},
    {"per", CELL_FLAG, 0},
    {"need", CELL_FLAG, 0},
    {"needed", CELL_FLAG, 0},
};

static const struct {
    const char *word;
    gsize at;
} flag_table[] = {
    {"kg", G_STRUCT_OFFSET(CheckRule, per_kg)},    {"krävs", G_STRUCT_OFFSET(CheckRule, asks)},
    {"önskas", G_STRUCT_OFFSET(CheckRule, wishes)}, {"ja", G_STRUCT_OFFSET(CheckRule, one_needed)},
    {"samma", G_STRUCT_OFFSET(CheckRule, same)},   {"styrkor", G_STRUCT_OFFSET(CheckRule, strengths)},
};

static gboolean read_sets(DrugSet **to, guint most, const char *cell, const Loading *l)
{
    g_auto(GStrv) sets = g_strsplit(cell, ";", -1);
    for (guint i = 0; sets[i]; i++)
        if (i == most || !(to[i] = drug_set_parse(sets[i], l->properties)))
            return FALSE;
    return TRUE;
}

static char **folded_words(const char *cell)
{
    char **words = g_strsplit(cell, ",", -1);
    for (char **w = words; *w; w++) {
        char *folded = text_fold(*w);
        g_free(*w);
        *w = folded;
    }
    return words;
}

static gboolean read_int(int *to, const char *cell, gboolean age)
{
    char *rest;
    gint64 n = g_ascii_strtoll(cell, &rest, 10);
    gboolean months = age && strcmp(rest, "m") == 0;
    *to = (int)n * (age && !months ? MONTHS : 1);
    return rest != cell && n >= 0 && n < G_MAXINT16 && (!*rest || months);
}

static gboolean read_over(CheckRule *r, const char *cell)
{
    g_auto(GStrv) parts = g_strsplit(cell, " ", 2);
    if (g_strv_length(parts) != 2)
        return FALSE;
    r->unit = g_strdup(parts[1]);
    return decimal_parse(parts[0], &r->over);
}

static gboolean read_severity(CheckSeverity *to, const char *cell)
{
    static const char *const levels[] = {"information", "medel", "hög", "stopp"};
    for (guint i = 0; i < G_N_ELEMENTS(levels); i++)
        if (strcmp(levels[i], cell) == 0) {
            *to = (CheckSeverity)i;
            return TRUE;
        }
    return FALSE;
}

static gboolean read_flag(CheckRule *r, const char *cell)
{
    for (guint i = 0; i < G_N_ELEMENTS(flag_table); i++)
        if (strcmp(flag_table[i].word, cell) == 0) {
            G_STRUCT_MEMBER(gboolean, r, flag_table[i].at) = TRUE;
            return TRUE;
        }
    return FALSE;
}

static gboolean read_cell(CheckRule *r, CellType type, gsize at, const char *cell, const Loading *l)
{
    switch (type) {
    case CELL_DRUGS:
        return read_sets(G_STRUCT_MEMBER_P(r, at), 1, cell, l);
    case CELL_WITH:
        return read_sets(G_STRUCT_MEMBER_P(r, at), RULE_WITH, cell, l);
    case CELL_WORDS:
        G_STRUCT_MEMBER(char **, r, at) = folded_words(cell);
        return TRUE;
    case CELL_LIST:
    case CELL_SPACED:
        G_STRUCT_MEMBER(char **, r, at) = g_strsplit(cell, type == CELL_LIST ? "," : " ", -1);
        return TRUE;
    case CELL_TEXT:
        G_STRUCT_MEMBER(char *, r, at) = g_strdup(cell);
        return TRUE;
    case CELL_NUMBER:
        return decimal_parse(cell, G_STRUCT_MEMBER_P(r, at));
    case CELL_INT:
    case CELL_AGE:
        return read_int(G_STRUCT_MEMBER_P(r, at), cell, type == CELL_AGE);
    case CELL_VALUE:
        return (r->value = check_rules_value(l->rules, cell)) >= 0;
    case CELL_OVER:
        return read_over(r, cell);
    case CELL_SEVERITY:
        return read_severity(G_STRUCT_MEMBER_P(r, at), cell);
    case CELL_SEX:
        G_STRUCT_MEMBER(char, r, at) = *cell;
        return strcmp(cell, "K") == 0 || strcmp(cell, "M") == 0;
    case CELL_FLAG:
        return read_flag(r, cell);
    }
    return FALSE;
}

static const struct {
    const char *file, *columns;
} kind_table[RULES_KINDS] = {
    [RULES_ALLERGY] = {"allergies", "allergy words drugs level mild text"},
    [RULES_INTERACTION] = {"interactions", "drugs with from to routes over test above below level text"},
    [RULES_DUPLICATE] = {"duplicates", "drugs with needed level text"},
    [RULES_DOSE] = {"doses", "drugs routes from to per single daily unit without"},
    [RULES_INTERVAL] = {"intervals", "drugs routes days single unit level text"},
    [RULES_ROUTE] = {"routes", "drugs routes unless level text"},
    [RULES_LAB] = {"labs", "drugs routes over test below above need level text"},
    [RULES_DIAGNOSIS] = {"diagnoses", "drugs routes icd unless over level text"},
    [RULES_PREGNANCY] = {"pregnancy", "drugs routes first last over level text"},
    [RULES_AGE] = {"ages", "drugs routes from to sex unless over level text"},
    [RULES_RATE] = {"rates", "drugs routes from to per single unit level text"},
    [RULES_MONITORING] = {"monitoring", "drugs routes days test unless level text"},
};

static void rule_free(gpointer p)
{
    CheckRule *r = p;
    drug_set_free(r->drugs);
    drug_set_free(r->without);
    drug_set_free(r->allergy);
    for (guint i = 0; i < RULE_WITH; i++)
        drug_set_free(r->with[i]);
    g_strfreev(r->words);
    g_strfreev(r->routes);
    g_strfreev(r->icd);
    g_strfreev(r->unless);
    g_free(r->unit);
    g_free(r->text);
    g_free(r);
}

/* "-" is nothing; a column that the file does not have is empty, and refused. */
static gboolean read_column(CheckRule *r, const char *name, const char *cell, const Loading *l)
{
    for (guint i = 0; i < G_N_ELEMENTS(column_table); i++)
        if (strcmp(column_table[i].name, name) == 0)
            return *cell && (strcmp(cell, "-") == 0 || read_cell(r, column_table[i].type, column_table[i].at, cell, l));
    return FALSE;
}

static Table *open_table(const char *name, GError **error)
{
    g_autofree char *file = g_strdup_printf("checks/%s.tsv", name);
    g_autofree char *path = data_path(file);
    return table_load(path, 0, error);
}

static gboolean load_rules(Loading *l, RuleKind kind, GError **error)
{
    g_autoptr(Table) t = open_table(kind_table[kind].file, error);
    g_auto(GStrv) columns = g_strsplit(kind_table[kind].columns, " ", -1);
    GPtrArray *rules = l->rules->of[kind];
    for (guint i = 0; t && i < table_rows(t); i++) {
        CheckRule *r = g_new0(CheckRule, 1);
        r->value = -1;
        r->to = r->last = G_MAXINT;
        g_ptr_array_add(rules, r);
        for (char **c = columns; *c; c++)
            if (!read_column(r, *c, table_cell(t, i, *c), l))
                return table_refuse(t, i, error);
    }
    return t != NULL;
}

/* ---- what the rules speak of ---- */

static gboolean load_properties(Loading *l, GError **error)
{
    g_autoptr(Table) t = open_table("properties", error);
    for (guint i = 0; t && i < table_rows(t); i++) {
        DrugSet *set = drug_set_parse(table_cell(t, i, "drugs"), l->properties);
        if (!set)
            return table_refuse(t, i, error);
        g_hash_table_insert(l->properties, g_strdup(table_cell(t, i, "property")), set);
    }
    return t != NULL;
}

static gboolean load_parts(Loading *l, GError **error)
{
    g_autoptr(Table) t = open_table("parts", error);
    for (guint i = 0; t && i < table_rows(t); i++) {
        const char *atc = table_cell(t, i, "atc");
        g_autofree char *all = g_strconcat(atc, " ", table_cell(t, i, "parts"), NULL);
        if (!*atc || !g_hash_table_insert(l->rules->parts, g_strdup(atc), g_strsplit(all, " ", -1)))
            return table_refuse(t, i, error);
    }
    return t != NULL;
}

static void value_free(gpointer p)
{
    CheckValue *v = p;
    g_free(v->id);
    g_free(v->name);
    g_strfreev(v->codes);
    g_strfreev(v->units);
    g_free(v);
}

static gboolean load_values(Loading *l, GError **error)
{
    g_autoptr(Table) t = open_table("values", error);
    for (guint i = 0; t && i < table_rows(t); i++) {
        CheckValue *v = g_new0(CheckValue, 1);
        g_ptr_array_add(l->rules->values, v);
        *v = (CheckValue){.id = g_strdup(table_cell(t, i, "value")), .name = g_strdup(table_cell(t, i, "name")),
                          .codes = g_strsplit(table_cell(t, i, "codes"), ",", -1),
                          .units = g_strsplit(table_cell(t, i, "units"), ";", -1)};
        if (!*v->codes || !*v->units || !read_int(&v->days, table_cell(t, i, "days"), FALSE))
            return table_refuse(t, i, error);
    }
    return t != NULL;
}

/* The newest of the files speaks for them. Every file has its row. */
static gboolean load_version(Loading *l, GError **error)
{
    g_autoptr(Table) t = open_table("base", error);
    for (guint i = 0; t && i < table_rows(t); i++) {
        const char *date = table_cell(t, i, "date");
        if (!*date || !*table_cell(t, i, "source") || !*table_cell(t, i, "version"))
            return table_refuse(t, i, error);
        if (g_strcmp0(date, l->rules->version) > 0) {
            g_free(l->rules->version);
            l->rules->version = g_strdup(date);
        }
    }
    return t != NULL;
}

void check_rules_free(CheckRules *r)
{
    for (guint i = 0; i < RULES_KINDS; i++)
        g_ptr_array_unref(r->of[i]);
    g_ptr_array_unref(r->values);
    g_hash_table_unref(r->parts);
    g_free(r->version);
    g_free(r);
}

CheckRules *check_rules_load(GError **error)
{
    g_autoptr(GHashTable) properties = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)drug_set_free);
    Loading l = {.rules = g_new0(CheckRules, 1), .properties = properties};
    l.rules->weight_days = WEIGHT_DAYS;
    for (guint i = 0; i < RULES_KINDS; i++)
        l.rules->of[i] = g_ptr_array_new_with_free_func(rule_free);
    l.rules->values = g_ptr_array_new_with_free_func(value_free);
    l.rules->parts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_strfreev);
    gboolean ok = load_properties(&l, error) && load_parts(&l, error) && load_values(&l, error) && load_version(&l, error);
    for (guint i = 0; ok && i < RULES_KINDS; i++)
        ok = load_rules(&l, (RuleKind)i, error);
    if (!ok)
        check_rules_free(l.rules);
    return ok ? l.rules : NULL;
}

/* "INR=14"; NULL: it is none. Where its days stand. */
static int *age_of(CheckRules *rules, const char *word, int *ret_days)
{
    g_auto(GStrv) pair = g_strsplit(word, "=", 2);
    int at = pair[0] && pair[1] ? check_rules_value(rules, pair[0]) : -1;
    if (!pair[0] || !pair[1] || !read_int(ret_days, pair[1], FALSE) || *ret_days < 1)
        return NULL;
    return strcmp(pair[0], WEIGHT) == 0 ? &rules->weight_days : at >= 0 ? &((CheckValue *)rules->values->pdata[at])->days : NULL;
}

gboolean check_rules_set_ages(CheckRules *rules, const char *ages, GError **error)
{
    g_auto(GStrv) words = g_strsplit_set(ages, " ,", -1);
    for (int write = 0; write < 2; write++)
        for (char **w = words; *w; w++) {
            int days = 0, *at = **w ? age_of(rules, *w, &days) : NULL;
            if (**w && !at) {
                g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                            _("checks.max-age: “%s” is not a value of the checks with its days, as INR=14"), *w);
                return FALSE;
            }
            if (at && write)
                *at = days;
        }
    return TRUE;
}

char **check_rules_codes(const CheckRules *rules, const char *atc)
{
    char *const *parts = atc ? g_hash_table_lookup(rules->parts, atc) : NULL;
    const char *const alone[] = {atc, NULL};
    return parts ? g_strdupv((char **)parts) : atc && *atc ? g_strdupv((char **)alone) : NULL;
}

int check_rules_value(const CheckRules *rules, const char *id)
{
    for (guint i = 0; i < rules->values->len; i++)
        if (strcmp(((const CheckValue *)rules->values->pdata[i])->id, id) == 0)
            return (int)i;
    return -1;
}

gboolean check_rules_about(const CheckRules *rules, RuleKind kind, char *const *codes)
{
    for (guint i = 0; i < rules->of[kind]->len; i++) {
        const CheckRule *r = rules->of[kind]->pdata[i];
        gboolean about = drug_set_has(r->drugs, codes);
        for (guint k = 0; !about && k < RULE_WITH; k++)
            about = drug_set_has(r->with[k], codes);
        if (about)
            return TRUE;
    }
    return FALSE;
}
