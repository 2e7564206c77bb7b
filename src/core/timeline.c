/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/timeline.h"

#include "core/params.h"
#include <string.h>

/* The questions that a chart asks page by page. */
static const struct {
    const char *type, *date, *keys[2];
} LINES[] = {
    {"Appointment", "date", {NULL}},
    {"DiagnosticReport", "date", {NULL}},
    {"DocumentReference", "date", {NULL}},
    {"Encounter", "date", {NULL}},
    {"MedicationRequest", "authoredon", {NULL}},
    {"Observation", "date", {"category", "code"}},
};

const char *timeline_fingerprint(void)
{
    return "timelines 1";
}

static gint64 id_of(const char *type, const char *name)
{
    return (gint64)param_id(param_def(type, name));
}

/* What has no date comes with 0: last, as sorting has it. */
#define DATED " LEFT JOIN date d ON d.rid=f.rid AND d.param=?1 WHERE f.param=?2"
#define OF_ALL "SELECT ?1, f.id, '', COALESCE(d.lo,0), f.rid FROM ref f" DATED
#define OF_KEY                                                                                     \
    "SELECT ?1, f.id, t.code, COALESCE(d.lo,0), f.rid FROM ref f CROSS JOIN token t ON t.rid=f.rid AND t.param=?3" DATED
#define PUT "INSERT OR IGNORE INTO timeline "
#define DROP "DELETE FROM timeline WHERE (line, patient, key, lo, rid) IN ("

static const struct {
    const char *all, *key;
} STATEMENTS[] = {
    {PUT OF_ALL " AND f.rid=?3", PUT OF_KEY " AND f.rid=?4"},
    {DROP OF_ALL " AND f.rid=?3)", DROP OF_KEY " AND f.rid=?4)"},
    {PUT OF_ALL " ORDER BY 2,4,5", PUT OF_KEY " ORDER BY 2,3,4,5"},
};
enum { ON_PUT, ON_DROP, ON_FILL };

static void run(Db *db, gsize line, int what, gint64 rid)
{
    const char *type = LINES[line].type;
    gint64 date = id_of(type, LINES[line].date), patient = id_of(type, type_def(type)->compartment);
    if (what == ON_FILL)
        db_run(db, STATEMENTS[what].all, "ii", date, patient);
    else
        db_run(db, STATEMENTS[what].all, "iii", date, patient, rid);
    for (gsize k = 0; k < G_N_ELEMENTS(LINES[line].keys) && LINES[line].keys[k]; k++) {
        gint64 key = id_of(type, LINES[line].keys[k]);
        if (what == ON_FILL)
            db_run(db, STATEMENTS[what].key, "iii", date, patient, key);
        else
            db_run(db, STATEMENTS[what].key, "iiii", date, patient, key, rid);
    }
}

static void of_type(Db *db, const char *type, int what, gint64 rid)
{
    for (gsize i = 0; i < G_N_ELEMENTS(LINES); i++)
        if (g_str_equal(LINES[i].type, type))
            run(db, i, what, rid);
}

void timeline_put(Db *db, const char *type, gint64 rid)
{
    of_type(db, type, ON_PUT, rid);
}

void timeline_drop(Db *db, const char *type, gint64 rid)
{
    of_type(db, type, ON_DROP, rid);
}

void timeline_fill(Db *db)
{
    for (gsize i = 0; i < G_N_ELEMENTS(LINES); i++)
        run(db, i, ON_FILL, 0);
}

/* ---- which questions ---- */

static gboolean asks_one(const QueryTerm *term, const char *name)
{
    return term->def && g_str_equal(term->def->name, name) && !term->param->modifier && !term->param->values[1];
}

/* "1" or "Patient/1" */
static gboolean is_patient(const QueryTerm *term, const char *name)
{
    const char *value = term->param->values[0], *slash = strrchr(value, '/');
    return asks_one(term, name) && (!slash || g_str_has_prefix(value, "Patient/"));
}

/* "laboratory", "system|laboratory", not "system|" */
static gboolean is_key(const QueryTerm *term, gsize line)
{
    for (gsize k = 0; k < G_N_ELEMENTS(LINES[line].keys) && LINES[line].keys[k]; k++)
        if (asks_one(term, LINES[line].keys[k]) && !g_str_has_suffix(term->param->values[0], "|"))
            return TRUE;
    return FALSE;
}

static int line_of(const Query *q)
{
    const QuerySort *sort = q->sorts->len == 1 ? &g_array_index(q->sorts, QuerySort, 0) : NULL;
    for (gsize i = 0; sort && sort->def && i < G_N_ELEMENTS(LINES); i++)
        if (g_str_equal(LINES[i].type, q->type) && g_str_equal(LINES[i].date, sort->def->name))
            return (int)i;
    return -1;
}

gboolean timeline_serves(const Query *q, int *ret_patient, int *ret_key)
{
    int line = line_of(q);
    *ret_patient = *ret_key = -1;
    for (guint i = 0; line >= 0 && i < q->terms->len; i++) {
        const QueryTerm *term = &g_array_index(q->terms, QueryTerm, i);
        if (term->special)
            return FALSE;
        if (is_patient(term, type_def(q->type)->compartment))
            *ret_patient = (int)i;
        else if (is_key(term, (gsize)line))
            *ret_key = (int)i;
    }
    return *ret_patient >= 0;
}
