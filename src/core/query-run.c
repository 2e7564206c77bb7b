/* SPDX-License-Identifier: GPL-3.0-or-later
 * A query as SQL: the most telling term drives over its index, the others are looked up for each row
 * it gives; a page ends with a cursor. */
#include "core/query-sql.h"

#include "core/index.h"
#include "core/timeline.h"

#include <string.h>

/* ---- terms -------------------------------------------------------------------------------- */

static void add_rows(Sql *sql, const QueryTerm *term, const char *select)
{
    ParamKind kind = param_kind(term->def);
    g_string_append_printf(sql->text, "SELECT %s FROM %s x WHERE x.param=%u", select,
                           SQL_KINDS[kind].table, param_id(term->def));
}

static void add_values(Sql *sql, const QueryTerm *term, const char *x)
{
    sql_add(sql, " AND (");
    for (char **v = term->param->values; *v; v++) {
        if (v != term->param->values)
            sql_add(sql, " OR ");
        SQL_KINDS[param_kind(term->def)].value(sql, term, x, *v);
    }
    sql_add(sql, ")");
}

static void add_special(Sql *sql, const QueryTerm *term)
{
    sql_add(sql, " AND (");
    for (char **v = term->param->values; *v; v++) {
        if (v != term->param->values)
            sql_add(sql, " OR ");
        if (g_str_equal(term->special, "_id")) {
            sql_add(sql, "r.id=");
            sql_add_text(sql, *v);
        } else {
            sql_add_date(sql, *v, "r.updated", "(r.updated+1000)");
        }
    }
    sql_add(sql, ")");
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
    sql_add(sql, without ? " AND NOT EXISTS(" : " AND EXISTS(");
    add_rows(sql, term, "1");
    sql_add(sql, " AND x.rid=r.rid");
    if (!missing)
        add_values(sql, term, "+x.");
    sql_add(sql, ")");
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

/* How many rows a term would give; no more than @most are counted. */
static gint64 count_rows(Core *core, const QueryTerm *term, gint64 most)
{
    g_auto(Sql) sql;
    sql_init(&sql);
    sql_add(&sql, "SELECT count(*) FROM (");
    add_rows(&sql, term, "1");
    add_values(&sql, term, "x.");
    sql_add(&sql, " LIMIT ");
    sql_add_int(&sql, most);
    sql_add(&sql, ")");
    sqlite3_stmt *stmt = sql_stmt(core->db, &sql);
    gint64 n = db_row(core->db, stmt) ? sqlite3_column_int64(stmt, 0) : 0;
    if (stmt)
        sqlite3_reset(stmt);
    return n;
}

/* What tells most by its kind may be what tells least here, a ward with one patient of 200,000 values: where it is
 * many, the term with the fewest rows leads. */
static int telling_driver(Core *core, const Query *q)
{
    enum { FEW = 2000 };
    if (q->driver < 0 || q->walked || q->streamed || q->terms->len < 2)
        return q->driver;
    int best = q->driver;
    gint64 least = count_rows(core, &g_array_index(q->terms, QueryTerm, best), 10 * FEW);
    for (guint i = 0; least >= FEW && i < q->terms->len; i++) {
        const QueryTerm *term = &g_array_index(q->terms, QueryTerm, i);
        gint64 n = (int)i != q->driver && rank(term) ? count_rows(core, term, least) : least;
        best = n < least ? (int)i : best;
        least = MIN(least, n);
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
    SQL_KINDS[PARAM_STRING].value(sql, term, "r.", term->param->values[0]);
    sql_add(sql, " AND NOT EXISTS(SELECT 1 FROM string z WHERE z.rid=r.rid AND z.param=r.param"
             " AND (z.value,z.exact)<(r.value,r.exact) AND ");
    sql_add_prefix(sql, "+z.", folded);
    sql_add(sql, ")");
}

static void add_driver(Sql *sql, const Query *q, const QueryTerm *term)
{
    sql_add(sql, needs_row(q) ? " FROM resource r WHERE r.rid IN (" : " FROM (");
    add_rows(sql, term, "DISTINCT x.rid AS rid");
    add_values(sql, term, "x.");
    sql_add(sql, needs_row(q) ? ")" : ") r WHERE 1");
}

static void add_key(Sql *sql, const QuerySort *sort);

static const char *after_last(const char *text, char mark)
{
    const char *at = strrchr(text, mark);
    return at ? at + 1 : text;
}

/* One row per resource: of one with several dates the one that it is sorted by. */
static void add_walk(Sql *sql, const Query *q)
{
    const QuerySort *sort = &g_array_index(q->sorts, QuerySort, 0);
    const QueryTerm *patient = &g_array_index(q->terms, QueryTerm, q->driver);
    const char *key = q->key >= 0 ? g_array_index(q->terms, QueryTerm, q->key).param->values[0] : "";
    g_string_append_printf(sql->text, " FROM timeline r WHERE r.line=%u AND r.patient=", param_id(sort->def));
    sql_add_text(sql, after_last(patient->param->values[0], '/'));
    sql_add(sql, " AND r.key=");
    sql_add_text(sql, after_last(key, '|'));
    sql_add(sql, " AND r.lo=");
    add_key(sql, sort);
}

static void add_from(Sql *sql, const Query *q, int driver)
{
    if (q->walked) {
        add_walk(sql, q);
    } else if (driver >= 0) {
        const QueryTerm *term = &g_array_index(q->terms, QueryTerm, driver);
        if (q->streamed)
            add_stream(sql, term);
        else
            add_driver(sql, q, term);
    } else {
        sql_add(sql, " FROM resource r WHERE r.type=");
        sql_add_text(sql, q->type);
    }
    for (guint i = 0; i < q->terms->len; i++)
        if ((int)i != driver)
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
        sql_add(sql, g_str_equal(sort->special, QUERY_BY_MATCH) ? "r.value"
                 : g_str_equal(sort->special, "_id") ? "r.id"
                                                         : "r.updated");
        return;
    }
    ParamKind kind = param_kind(sort->def);
    g_string_append_printf(sql->text,
                           "COALESCE((SELECT %s(%s) FROM %s x WHERE x.rid=r.rid AND x.param=%u),%s)",
                           sort->descending ? "max" : "min", SORT_KEYS[kind].column,
                           SQL_KINDS[kind].table, param_id(sort->def), SORT_KEYS[kind].fallback);
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
    int patient;
    q->driver = driver(q);
    if (q->driver >= 0 && !q->sorts->len && !needs_row(q)) {
        const QueryTerm *term = &g_array_index(q->terms, QueryTerm, q->driver);
        q->streamed = param_kind(term->def) == PARAM_STRING && !term->param->modifier &&
                      !term->param->values[1];
    }
    if (q->streamed)
        g_array_append_val(q->sorts, by_match);
    q->key = -1;
    if (timeline_serves(q, &patient, &q->key)) {
        q->walked = TRUE;
        q->driver = patient;
    }
    g_auto(GStrv) at = q->cursor ? cursor_read(q) : NULL;
    return at || !q->cursor;
}

static void add_value(Sql *sql, const QuerySort *sort, const char *value)
{
    if (numeric(sort))
        sql_add_int(sql, g_ascii_strtoll(value, NULL, 10));
    else
        sql_add_text(sql, value);
}

/* (k1 > v1) OR (k1 = v1 AND ((k2 > v2) OR (… rid > r))) */
static void add_after(Sql *sql, const Query *q, char **at)
{
    sql_add(sql, " WHERE ");
    if (q->walked) { /* said first by itself: the index goes there at once */
        gboolean descending = g_array_index(q->sorts, QuerySort, 0).descending;
        sql_add(sql, descending ? "k0<=" : "k0>=");
        add_value(sql, &g_array_index(q->sorts, QuerySort, 0), at[0]);
        sql_add(sql, " AND (");
    }
    for (guint i = 0; i < q->sorts->len; i++) {
        const QuerySort *sort = &g_array_index(q->sorts, QuerySort, i);
        g_string_append_printf(sql->text, "(k%u%c", i, sort->descending ? '<' : '>');
        add_value(sql, sort, at[i]);
        g_string_append_printf(sql->text, " OR (k%u=", i);
        add_value(sql, sort, at[i]);
        sql_add(sql, " AND ");
    }
    sql_add(sql, "rid>");
    sql_add_int(sql, g_ascii_strtoll(at[q->sorts->len], NULL, 10));
    for (guint i = 0; i < q->sorts->len; i++)
        sql_add(sql, "))");
    if (q->walked)
        sql_add(sql, ")");
}

GArray *query_run(Core *core, const Query *q, guint limit, char **ret_next)
{
    g_auto(Sql) sql;
    g_auto(GStrv) at = q->cursor ? cursor_read(q) : NULL;
    sql_init(&sql);
    sql_add(&sql, "SELECT * FROM (SELECT ");
    for (guint i = 0; i < q->sorts->len; i++) {
        if (q->walked)
            sql_add(&sql, "r.lo");
        else
            add_key(&sql, &g_array_index(q->sorts, QuerySort, i));
        g_string_append_printf(sql.text, " AS k%u,", i);
    }
    sql_add(&sql, "r.rid AS rid");
    add_from(&sql, q, telling_driver(core, q));
    sql_add(&sql, ")");
    if (at)
        add_after(&sql, q, at);
    sql_add(&sql, " ORDER BY ");
    for (guint i = 0; i < q->sorts->len; i++)
        g_string_append_printf(sql.text, "k%u %s,", i,
                               g_array_index(q->sorts, QuerySort, i).descending ? "DESC" : "ASC");
    sql_add(&sql, "rid LIMIT ");
    sql_add_int(&sql, (gint64)limit + 1);

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
    sql_add(&sql, "SELECT count(*)");
    add_from(&sql, q, telling_driver(core, q));
    sqlite3_stmt *stmt = sql_stmt(core->db, &sql);
    gint64 n = db_row(core->db, stmt) ? sqlite3_column_int64(stmt, 0) : 0;
    if (stmt)
        sqlite3_reset(stmt);
    return n;
}
