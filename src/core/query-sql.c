/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/query-sql.h"

#include "core/index.h"

#include <string.h>

typedef struct {
    const char *text; /* owned when it is one; NULL: a number */
    gint64 number;
} Bind;

static void bind_clear(gpointer data)
{
    g_free((char *)((Bind *)data)->text);
}

void sql_init(Sql *sql)
{
    sql->text = g_string_new(NULL);
    sql->binds = g_array_new(FALSE, FALSE, sizeof(Bind));
    g_array_set_clear_func(sql->binds, bind_clear);
}

void sql_clear(Sql *sql)
{
    g_string_free(sql->text, TRUE);
    g_array_unref(sql->binds);
}

void sql_add(Sql *sql, const char *text)
{
    g_string_append(sql->text, text);
}

void sql_add_text(Sql *sql, const char *value)
{
    Bind b = {.text = g_strdup(value)};
    sql_add(sql, "?");
    g_array_append_val(sql->binds, b);
}

void sql_add_int(Sql *sql, gint64 value)
{
    Bind b = {.number = value};
    sql_add(sql, "?");
    g_array_append_val(sql->binds, b);
}

sqlite3_stmt *sql_stmt(Db *db, const Sql *sql)
{
    sqlite3_stmt *stmt = db_stmt_plain(db, sql->text->str);
    for (guint i = 0; stmt && i < sql->binds->len; i++) {
        const Bind *b = &g_array_index(sql->binds, Bind, i);
        if (b->text)
            sqlite3_bind_text(stmt, (int)i + 1, b->text, -1, SQLITE_TRANSIENT);
        else
            sqlite3_bind_int64(stmt, (int)i + 1, b->number);
    }
    return stmt;
}

/* ---- one value ---- */

static void add_column(Sql *sql, const char *x, const char *column)
{
    g_string_append_printf(sql->text, "%s%s", x, column);
}

static void value_token(Sql *sql, const QueryTerm *term, const char *x, const char *value)
{
    const char *bar = strchr(value, '|');
    g_autofree char *system = bar ? g_strndup(value, (gsize)(bar - value)) : NULL;
    const char *code = bar ? bar + 1 : value;
    sql_add(sql, "(1");
    if (system) {
        sql_add(sql, " AND ");
        add_column(sql, x, "system=");
        sql_add_text(sql, system);
    }
    if (*code || !system) {
        sql_add(sql, " AND ");
        add_column(sql, x, "code=");
        sql_add_text(sql, code);
    }
    sql_add(sql, ")");
}

void sql_add_prefix(Sql *sql, const char *x, const char *prefix)
{
    g_autofree char *end = g_strconcat(prefix, "\xf4\x8f\xbf\xbf", NULL); /* U+10FFFF */
    sql_add(sql, "(");
    add_column(sql, x, "value>=");
    sql_add_text(sql, prefix);
    sql_add(sql, " AND ");
    add_column(sql, x, "value<");
    sql_add_text(sql, end);
    sql_add(sql, ")");
}

/* "zoë åkerström": the words of a name in any order, each the beginning of one of its words. */
static void add_words(Sql *sql, const char *x, const char *folded)
{
    const char *row = *x == '+' ? x + 1 : x;
    g_auto(GStrv) words = g_strsplit(folded, " ", -1);
    sql_add(sql, "(");
    sql_add_prefix(sql, x, words[0]);
    for (char **w = words + 1; *w; w++) {
        g_string_append_printf(sql->text, " AND EXISTS(SELECT 1 FROM string y WHERE y.rid=%srid"
                                          " AND y.param=%sparam AND ", row, row);
        sql_add_prefix(sql, "+y.", *w);
        sql_add(sql, ")");
    }
    sql_add(sql, ")");
}

static void value_string(Sql *sql, const QueryTerm *term, const char *x, const char *value)
{
    g_autofree char *folded = index_fold(value);
    if (g_strcmp0(term->param->modifier, "exact") == 0) {
        add_column(sql, x, "value=");
        sql_add_text(sql, folded);
        sql_add(sql, " AND ");
        add_column(sql, x, "exact=");
        sql_add_text(sql, value);
    } else if (!*folded) {
        sql_add(sql, "0"); /* nothing but punctuation was asked for */
    } else if (g_strcmp0(term->param->modifier, "contains") == 0) {
        sql_add(sql, "instr(");
        add_column(sql, x, "value,");
        sql_add_text(sql, folded);
        sql_add(sql, ")>0");
    } else if (term->def->shape == SHAPE_WORDS) {
        add_words(sql, x, folded);
    } else {
        sql_add_prefix(sql, x, folded);
    }
}

static const struct {
    const char prefix[3];
    const char *form; /* L, H = bounds of the value; lo, hi = columns */
} DATE_FORMS[] = {
    {"eq", "(lo>=L AND hi<=H)"},
    {"ne", "NOT (lo>=L AND hi<=H)"},
    {"gt", "hi>H"},
    {"lt", "lo<L"},
    {"ge", "(hi>L AND (hi>H OR lo>=L))"},
    {"le", "(lo<H AND (lo<L OR hi<=H))"},
    {"sa", "lo>=H"},
    {"eb", "hi<=L"},
    {"ap", "(lo<H AND hi>L)"},
};

void sql_add_date(Sql *sql, const char *value, const char *lo, const char *hi)
{
    gsize form = 0;
    FhirTime t;
    if (g_ascii_isalpha(*value)) {
        while (form < G_N_ELEMENTS(DATE_FORMS) && strncmp(value, DATE_FORMS[form].prefix, 2) != 0)
            form++;
        value += 2;
    }
    if (form == G_N_ELEMENTS(DATE_FORMS) || !fhir_time_parse(value, &t)) {
        sql_add(sql, "0");
        return;
    }
    for (const char *c = DATE_FORMS[form].form; *c; c++) {
        if (*c == 'L')
            sql_add_int(sql, t.instant);
        else if (*c == 'H')
            sql_add_int(sql, fhir_time_end(&t));
        else if (g_str_has_prefix(c, "lo") && (c[2] == '<' || c[2] == '>'))
            sql_add(sql, lo), c++;
        else if (g_str_has_prefix(c, "hi"))
            sql_add(sql, hi), c++;
        else
            g_string_append_c(sql->text, *c);
    }
}

static void value_date(Sql *sql, const QueryTerm *term, const char *x, const char *value)
{
    g_autofree char *lo = g_strconcat(x, "lo", NULL), *hi = g_strconcat(x, "hi", NULL);
    sql_add_date(sql, value, lo, hi);
}

static void value_reference(Sql *sql, const QueryTerm *term, const char *x, const char *value)
{
    const char *slash = strrchr(value, '/');
    const char *type = term->param->modifier ? term->param->modifier : term->def->target;
    g_autofree char *from_value = NULL;
    if (slash) {
        const char *start = slash;
        while (start > value && start[-1] != '/')
            start--;
        from_value = g_strndup(start, (gsize)(slash - start));
        type = from_value;
    }
    sql_add(sql, "(");
    add_column(sql, x, "id=");
    sql_add_text(sql, slash ? slash + 1 : value);
    if (type) {
        sql_add(sql, " AND ");
        add_column(sql, x, "type=");
        sql_add_text(sql, type);
    }
    sql_add(sql, ")");
}

const SqlKind SQL_KINDS[] = {
    [PARAM_TOKEN] = {"token", value_token},
    [PARAM_STRING] = {"string", value_string},
    [PARAM_DATE] = {"date", value_date},
    [PARAM_REFERENCE] = {"ref", value_reference},
};
