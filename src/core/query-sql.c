/* SPDX-License-Identifier: GPL-3.0-or-later
 * A query as SQL: the most telling term drives over its index, the others are looked up for each
 * row it gives. Values are always bound, never written into the text. */
#include "core/query.h"

#include "core/index.h"
#include <string.h>

typedef struct {
    const char *text; /* owned when it is one; NULL: a number */
    gint64 number;
} Bind;

typedef struct {
    GString *text;
    GArray *binds;
} Sql;

static void bind_clear(gpointer data)
{
    g_free((char *)((Bind *)data)->text);
}

static void sql_init(Sql *sql)
{
    sql->text = g_string_new(NULL);
    sql->binds = g_array_new(FALSE, FALSE, sizeof(Bind));
    g_array_set_clear_func(sql->binds, bind_clear);
}

static void sql_clear(Sql *sql)
{
    g_string_free(sql->text, TRUE);
    g_array_unref(sql->binds);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Sql, sql_clear)

static void add(Sql *sql, const char *text)
{
    g_string_append(sql->text, text);
}

static void add_text(Sql *sql, const char *value)
{
    Bind b = {.text = g_strdup(value)};
    add(sql, "?");
    g_array_append_val(sql->binds, b);
}

static void add_int(Sql *sql, gint64 value)
{
    Bind b = {.number = value};
    add(sql, "?");
    g_array_append_val(sql->binds, b);
}

static sqlite3_stmt *sql_stmt(Db *db, const Sql *sql)
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

/* ---- one value ----------------------------------------------------------------------------
 * @x is the row's alias: "x." where the value's index is to drive, "+x." where the row is found by
 * its resource and SQLite must not choose the other index. */

static void add_column(Sql *sql, const char *x, const char *column)
{
    g_string_append_printf(sql->text, "%s%s", x, column);
}

static void value_token(Sql *sql, const QueryTerm *term, const char *x, const char *value)
{
    const char *bar = strchr(value, '|');
    g_autofree char *system = bar ? g_strndup(value, (gsize)(bar - value)) : NULL;
    const char *code = bar ? bar + 1 : value;
    add(sql, "(1");
    if (system) {
        add(sql, " AND ");
        add_column(sql, x, "system=");
        add_text(sql, system);
    }
    if (*code || !system) {
        add(sql, " AND ");
        add_column(sql, x, "code=");
        add_text(sql, code);
    }
    add(sql, ")");
}

static void add_prefix(Sql *sql, const char *x, const char *prefix)
{
    g_autofree char *end = g_strconcat(prefix, "\xf4\x8f\xbf\xbf", NULL); /* U+10FFFF */
    add(sql, "(");
    add_column(sql, x, "value>=");
    add_text(sql, prefix);
    add(sql, " AND ");
    add_column(sql, x, "value<");
    add_text(sql, end);
    add(sql, ")");
}

/* "zoë åkerström": the words of a name in any order, each the beginning of one of its words. */
static void add_words(Sql *sql, const char *x, const char *folded)
{
    const char *row = *x == '+' ? x + 1 : x;
    g_auto(GStrv) words = g_strsplit(folded, " ", -1);
    add(sql, "(");
    add_prefix(sql, x, words[0]);
    for (char **w = words + 1; *w; w++) {
        g_string_append_printf(sql->text, " AND EXISTS(SELECT 1 FROM string y WHERE y.rid=%srid"
                                          " AND y.param=%sparam AND ", row, row);
        add_prefix(sql, "+y.", *w);
        add(sql, ")");
    }
    add(sql, ")");
}

static void value_string(Sql *sql, const QueryTerm *term, const char *x, const char *value)
{
    g_autofree char *folded = index_fold(value);
    if (g_strcmp0(term->param->modifier, "exact") == 0) {
        add_column(sql, x, "value=");
        add_text(sql, folded);
        add(sql, " AND ");
        add_column(sql, x, "exact=");
        add_text(sql, value);
    } else if (!*folded) {
        add(sql, "0"); /* nothing but punctuation was asked for */
    } else if (g_strcmp0(term->param->modifier, "contains") == 0) {
        add(sql, "instr(");
        add_column(sql, x, "value,");
        add_text(sql, folded);
        add(sql, ")>0");
    } else if (term->def->shape == SHAPE_WORDS) {
        add_words(sql, x, folded);
    } else {
        add_prefix(sql, x, folded);
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

static void add_date(Sql *sql, const char *value, const char *lo, const char *hi)
{
    gsize form = 0;
    FhirTime t;
    if (g_ascii_isalpha(*value)) {
        while (form < G_N_ELEMENTS(DATE_FORMS) && strncmp(value, DATE_FORMS[form].prefix, 2) != 0)
            form++;
        value += 2;
    }
    if (form == G_N_ELEMENTS(DATE_FORMS) || !fhir_time_parse(value, &t)) {
        add(sql, "0");
        return;
    }
    for (const char *c = DATE_FORMS[form].form; *c; c++) {
        if (*c == 'L')
            add_int(sql, t.instant);
        else if (*c == 'H')
            add_int(sql, fhir_time_end(&t));
        else if (g_str_has_prefix(c, "lo") && (c[2] == '<' || c[2] == '>'))
            add(sql, lo), c++;
        else if (g_str_has_prefix(c, "hi"))
            add(sql, hi), c++;
        else
            g_string_append_c(sql->text, *c);
    }
}

static void value_date(Sql *sql, const QueryTerm *term, const char *x, const char *value)
{
    g_autofree char *lo = g_strconcat(x, "lo", NULL), *hi = g_strconcat(x, "hi", NULL);
    add_date(sql, value, lo, hi);
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
    add(sql, "(");
    add_column(sql, x, "id=");
    add_text(sql, slash ? slash + 1 : value);
    if (type) {
        add(sql, " AND ");
        add_column(sql, x, "type=");
        add_text(sql, type);
    }
    add(sql, ")");
}

static const struct {
    const char *table;
    void (*value)(Sql *sql, const QueryTerm *term, const char *x, const char *value);
} KINDS[] = {
    [PARAM_TOKEN] = {"token", value_token},
    [PARAM_STRING] = {"string", value_string},
    [PARAM_DATE] = {"date", value_date},
    [PARAM_REFERENCE] = {"ref", value_reference},
};

/* ---- terms -------------------------------------------------------------------------------- */

static void add_rows(Sql *sql, const QueryTerm *term, const char *select)
{
    ParamKind kind = param_kind(term->def);
    g_string_append_printf(sql->text, "SELECT %s FROM %s x WHERE x.param=%u", select,
                           KINDS[kind].table, param_id(term->def));
}

static void add_values(Sql *sql, const QueryTerm *term, const char *x)
{
    add(sql, " AND (");
    for (char **v = term->param->values; *v; v++) {
        if (v != term->param->values)
            add(sql, " OR ");
        KINDS[param_kind(term->def)].value(sql, term, x, *v);
    }
    add(sql, ")");
}

static void add_special(Sql *sql, const QueryTerm *term)
{
    add(sql, " AND (");
    for (char **v = term->param->values; *v; v++) {
        if (v != term->param->values)
            add(sql, " OR ");
        if (g_str_equal(term->special, "_id")) {
            add(sql, "r.id=");
            add_text(sql, *v);
        } else {
            add_date(sql, *v, "r.updated", "(r.updated+1000)");
        }
    }
    add(sql, ")");
}

static void add_term(Sql *sql, const QueryTerm *term)
{
    const char *modifier = term->param->modifier;
    gboolean missing = g_strcmp0(modifier, "missing") == 0;
    gboolean without = g_strcmp0(modifier, "not") == 0 ||
                       (missing && g_str_equal(term->param->values[0], "true"));
    if (term->special) {
        add_special(sql, term);
        return;
    }
    add(sql, without ? " AND NOT EXISTS(" : " AND EXISTS(");
    add_rows(sql, term, "1");
    add(sql, " AND x.rid=r.rid");
    if (!missing)
        add_values(sql, term, "+x.");
    add(sql, ")");
}

/* Lower drives first; 0 = cannot drive. */
static guint rank(const QueryTerm *term)
{
    const char *modifier = term->param->modifier;
    if (term->special || (modifier && (g_str_equal(modifier, "not") ||
                                       g_str_equal(modifier, "missing") ||
                                       g_str_equal(modifier, "contains"))))
        return 0;
    switch (term->def->shape) {
    case SHAPE_IDENTIFIER:
        return 1;
    case SHAPE_REFERENCE:
        return 2;
    case SHAPE_TEXT:
    case SHAPE_WORDS:
    case SHAPE_TAIL:
        return 3;
    case SHAPE_TIME:
        return 4;
    default:
        return 5;
    }
}

static int driver(const Query *q)
{
    int best = -1;
    guint best_rank = G_MAXUINT;
    for (guint i = 0; i < q->terms->len; i++) {
        const QueryTerm *term = &g_array_index(q->terms, QueryTerm, i);
        if (g_strcmp0(term->special, "_id") == 0)
            return -1; /* the unique index on type and id */
        guint r = rank(term);
        if (r && r < best_rank) {
            best = (int)i;
            best_rank = r;
        }
    }
    return best;
}

/* Columns of the resource's own row are asked for. */
static gboolean needs_row(const Query *q)
{
    for (guint i = 0; i < q->terms->len; i++)
        if (g_array_index(q->terms, QueryTerm, i).special)
            return TRUE;
    for (guint i = 0; i < q->sorts->len; i++)
        if (g_array_index(q->sorts, QuerySort, i).special)
            return TRUE;
    return FALSE;
}

/* One row per resource: the first of its values that fit. */
static void add_stream(Sql *sql, const QueryTerm *term)
{
    g_autofree char *folded = index_fold(term->param->values[0]);
    folded[strcspn(folded, term->def->shape == SHAPE_WORDS ? " " : "")] = '\0';
    g_string_append_printf(sql->text, " FROM string r WHERE r.param=%u AND ", param_id(term->def));
    KINDS[PARAM_STRING].value(sql, term, "r.", term->param->values[0]);
    add(sql, " AND NOT EXISTS(SELECT 1 FROM string z WHERE z.rid=r.rid AND z.param=r.param"
             " AND (z.value,z.exact)<(r.value,r.exact) AND ");
    add_prefix(sql, "+z.", folded);
    add(sql, ")");
}

static void add_driver(Sql *sql, const Query *q, const QueryTerm *term)
{
    add(sql, needs_row(q) ? " FROM resource r WHERE r.rid IN (" : " FROM (");
    add_rows(sql, term, "DISTINCT x.rid AS rid");
    add_values(sql, term, "x.");
    add(sql, needs_row(q) ? ")" : ") r WHERE 1");
}

static void add_from(Sql *sql, const Query *q)
{
    if (q->driver >= 0) {
        const QueryTerm *term = &g_array_index(q->terms, QueryTerm, q->driver);
        if (q->streamed)
            add_stream(sql, term);
        else
            add_driver(sql, q, term);
    } else {
        add(sql, " FROM resource r WHERE r.type=");
        add_text(sql, q->type);
    }
    for (guint i = 0; i < q->terms->len; i++)
        if ((int)i != q->driver)
            add_term(sql, &g_array_index(q->terms, QueryTerm, i));
}

/* ---- order and pages ---------------------------------------------------------------------- */

static const struct {
    const char *column, *fallback;
} SORT_KEYS[] = {
    [PARAM_TOKEN] = {"x.code", "''"},
    [PARAM_STRING] = {"x.value", "''"},
    [PARAM_DATE] = {"x.lo", "0"},
    [PARAM_REFERENCE] = {"x.id", "''"},
};

static void add_key(Sql *sql, const QuerySort *sort)
{
    if (sort->special) {
        add(sql, g_str_equal(sort->special, QUERY_BY_MATCH) ? "r.value"
                 : g_str_equal(sort->special, "_id") ? "r.id"
                                                         : "r.updated");
        return;
    }
    ParamKind kind = param_kind(sort->def);
    g_string_append_printf(sql->text,
                           "COALESCE((SELECT %s(%s) FROM %s x WHERE x.rid=r.rid AND x.param=%u),%s)",
                           sort->descending ? "max" : "min", SORT_KEYS[kind].column,
                           KINDS[kind].table, param_id(sort->def), SORT_KEYS[kind].fallback);
}

static gboolean numeric(const QuerySort *sort)
{
    return sort->special ? g_str_equal(sort->special, "_lastUpdated")
                         : param_kind(sort->def) == PARAM_DATE;
}

/* A cursor is the sort keys and rid of the last row shown, so that what is written meanwhile moves
 * nothing from one page to the other. */
static char *cursor_make(sqlite3_stmt *stmt, const Query *q)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i <= q->sorts->len; i++)
        g_string_append_printf(text, "%s%c", db_column(stmt, (int)i), '\x1f');
    char *code = g_base64_encode((const guchar *)text->str, text->len);
    g_strdelimit(code, "+", '-');
    g_strdelimit(code, "/", '_');
    for (char *end = code + strlen(code); end > code && end[-1] == '='; end--)
        end[-1] = '\0';
    return code;
}

static GStrv cursor_read(const Query *q)
{
    gsize len;
    g_autofree char *padded = g_strconcat(q->cursor, "===", NULL);
    padded[(strlen(q->cursor) + 3) / 4 * 4] = '\0';
    g_strdelimit(padded, "-", '+');
    g_strdelimit(padded, "_", '/');
    g_autofree guchar *raw = g_base64_decode(padded, &len);
    g_autofree char *text = g_strndup((const char *)raw, len);
    GStrv parts = g_strsplit(text, "\x1f", -1);
    if (g_strv_length(parts) == q->sorts->len + 2)
        return parts;
    g_strfreev(parts);
    return NULL;
}

/* A name alone, in no asked order, comes in the order of its index: the first page is there
 * without looking at the rest, however many share it. */
gboolean query_plan(Query *q)
{
    QuerySort by_match = {.special = QUERY_BY_MATCH};
    q->driver = driver(q);
    if (q->driver >= 0 && !q->sorts->len && !needs_row(q)) {
        const QueryTerm *term = &g_array_index(q->terms, QueryTerm, q->driver);
        q->streamed = param_kind(term->def) == PARAM_STRING && !term->param->modifier &&
                      !term->param->values[1];
    }
    if (q->streamed)
        g_array_append_val(q->sorts, by_match);
    g_auto(GStrv) at = q->cursor ? cursor_read(q) : NULL;
    return at || !q->cursor;
}

static void add_value(Sql *sql, const QuerySort *sort, const char *value)
{
    if (numeric(sort))
        add_int(sql, g_ascii_strtoll(value, NULL, 10));
    else
        add_text(sql, value);
}

/* (k1 > v1) OR (k1 = v1 AND ((k2 > v2) OR (… rid > r))) */
static void add_after(Sql *sql, const Query *q, char **at)
{
    add(sql, " WHERE ");
    for (guint i = 0; i < q->sorts->len; i++) {
        const QuerySort *sort = &g_array_index(q->sorts, QuerySort, i);
        g_string_append_printf(sql->text, "(k%u%c", i, sort->descending ? '<' : '>');
        add_value(sql, sort, at[i]);
        g_string_append_printf(sql->text, " OR (k%u=", i);
        add_value(sql, sort, at[i]);
        add(sql, " AND ");
    }
    add(sql, "rid>");
    add_int(sql, g_ascii_strtoll(at[q->sorts->len], NULL, 10));
    for (guint i = 0; i < q->sorts->len; i++)
        add(sql, "))");
}

GArray *query_run(Core *core, const Query *q, guint limit, char **ret_next)
{
    g_auto(Sql) sql;
    g_auto(GStrv) at = q->cursor ? cursor_read(q) : NULL;
    sql_init(&sql);
    add(&sql, "SELECT * FROM (SELECT ");
    for (guint i = 0; i < q->sorts->len; i++) {
        add_key(&sql, &g_array_index(q->sorts, QuerySort, i));
        g_string_append_printf(sql.text, " AS k%u,", i);
    }
    add(&sql, "r.rid AS rid");
    add_from(&sql, q);
    add(&sql, ")");
    if (at)
        add_after(&sql, q, at);
    add(&sql, " ORDER BY ");
    for (guint i = 0; i < q->sorts->len; i++)
        g_string_append_printf(sql.text, "k%u %s,", i,
                               g_array_index(q->sorts, QuerySort, i).descending ? "DESC" : "ASC");
    add(&sql, "rid LIMIT ");
    add_int(&sql, (gint64)limit + 1);

    GArray *rids = g_array_new(FALSE, FALSE, sizeof(gint64));
    g_autofree char *cursor = NULL;
    sqlite3_stmt *stmt = sql_stmt(core->db, &sql);
    *ret_next = NULL;
    while (db_row(core->db, stmt)) {
        if (rids->len == limit) {
            *ret_next = g_steal_pointer(&cursor);
            sqlite3_reset(stmt);
            break;
        }
        gint64 rid = sqlite3_column_int64(stmt, (int)q->sorts->len);
        g_array_append_val(rids, rid);
        if (rids->len == limit)
            cursor = cursor_make(stmt, q);
    }
    return rids;
}

gint64 query_total(Core *core, const Query *q)
{
    g_auto(Sql) sql;
    sql_init(&sql);
    add(&sql, "SELECT count(*)");
    add_from(&sql, q);
    sqlite3_stmt *stmt = sql_stmt(core->db, &sql);
    gint64 n = db_row(core->db, stmt) ? sqlite3_column_int64(stmt, 0) : 0;
    if (stmt)
        sqlite3_reset(stmt);
    return n;
}
