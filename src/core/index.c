/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/index.h"

#include "base/text.h"
#include "core/params.h"
#include "core/timeline.h"
#include <string.h>

typedef struct {
    Db *db;
    gint64 rid;
    const ParamDef *def;
    char *found; /* index_patient: id of the first reference */
} Sink;

static void put_token(Sink *s, const char *system, const char *code)
{
    if (code)
        db_run(s->db, "INSERT OR IGNORE INTO token VALUES(?,?,?,?)", "iiss", s->rid,
               (gint64)param_id(s->def), code, system ? system : "");
}

static void put_string(Sink *s, const char *value, const char *exact)
{
    if (*value)
        db_run(s->db, "INSERT OR IGNORE INTO string VALUES(?,?,?,?)", "iiss", s->rid,
               (gint64)param_id(s->def), value, exact);
}

static void put_date(Sink *s, gint64 lo, gint64 hi)
{
    db_run(s->db, "INSERT OR IGNORE INTO date VALUES(?,?,?,?)", "iiii", s->rid,
           (gint64)param_id(s->def), lo, hi);
}

char *index_fold(const char *text)
{
    g_autofree char *folded = text_fold(text);
    g_auto(GStrv) words = g_strsplit(folded, " ", -1);
    g_autoptr(GString) out = g_string_new(NULL);
    for (char **w = words; *w; w++)
        if (**w)
            g_string_append_printf(out, "%s%s", out->len ? " " : "", *w);
    return g_string_free(g_steal_pointer(&out), FALSE);
}

static void take_coding(Sink *s, FhirNode node, const char *path)
{
    FhirNode coding = fhir_at(node, path);
    g_autofree char *system = fhir_string(coding, "system");
    g_autofree char *code = fhir_string(coding, "code");
    put_token(s, system, code);
}

static void take_concept(Sink *s, FhirNode node, const char *path)
{
    FhirNode concept = fhir_at(node, path);
    guint n = fhir_count(fhir_at(concept, "coding"));
    for (guint i = 0; i < n; i++) {
        char step[24];
        g_snprintf(step, sizeof step, "coding[%u]", i);
        take_coding(s, concept, step);
    }
}

static void take_identifier(Sink *s, FhirNode node, const char *path)
{
    FhirNode identifier = fhir_at(node, path);
    g_autofree char *system = fhir_string(identifier, "system");
    g_autofree char *value = fhir_string(identifier, "value");
    put_token(s, system, value);
}

static void take_code(Sink *s, FhirNode node, const char *path)
{
    g_autofree char *code = fhir_string(node, path);
    if (!code && fhir_exists(fhir_at(node, path))) /* true and false are no strings */
        code = g_strdup(fhir_bool(node, path) ? "true" : "false");
    put_token(s, NULL, code);
}

static void take_text(Sink *s, FhirNode node, const char *path)
{
    g_autofree char *text = fhir_string(node, path);
    if (!text)
        return;
    g_autofree char *folded = index_fold(text);
    put_string(s, folded, text);
    if (s->def->shape != SHAPE_WORDS)
        return;
    for (const char *p = strchr(folded, ' '); p; p = strchr(p + 1, ' '))
        put_string(s, p + 1, text);
}

static void take_tail(Sink *s, FhirNode node, const char *path)
{
    g_autofree char *text = fhir_string(node, path);
    gsize len = text ? strlen(text) : 0;
    if (len >= 4 && g_str_is_ascii(text)) {
        g_autofree char *tail = g_ascii_strdown(text + len - 4, 4);
        put_string(s, tail, text);
    }
}

static void take_time(Sink *s, FhirNode node, const char *path)
{
    FhirNode here = fhir_at(node, path);
    FhirTime t, end;
    if (fhir_time(node, path, &t)) {
        put_date(s, t.instant, fhir_time_end(&t));
        return;
    }
    gboolean starts = fhir_time(here, "start", &t), ends = fhir_time(here, "end", &end);
    if (starts || ends)
        put_date(s, starts ? t.instant : G_MININT64 + 1, ends ? fhir_time_end(&end) : G_MAXINT64);
    guint n = fhir_count(fhir_at(here, "event"));
    for (guint i = 0; i < n; i++) {
        char step[24];
        g_snprintf(step, sizeof step, "event[%u]", i);
        if (fhir_time(here, step, &t))
            put_date(s, t.instant, fhir_time_end(&t));
    }
}

static void take_reference(Sink *s, FhirNode node, const char *path)
{
    g_autofree char *type = NULL, *id = NULL;
    if (!fhir_reference(node, path, &type, &id) || !type || !id)
        return;
    if (s->def->target && !g_str_equal(s->def->target, type))
        return;
    if (!s->db)
        s->found = s->found ? s->found : g_strdup(id);
    else
        db_run(s->db, "INSERT OR IGNORE INTO ref VALUES(?,?,?,?)", "iiss", s->rid,
               (gint64)param_id(s->def), id, type);
}

typedef void (*TakeFn)(Sink *s, FhirNode node, const char *path);
static const TakeFn TAKE[] = {
    [SHAPE_CODE] = take_code,       [SHAPE_CONCEPT] = take_concept,
    [SHAPE_CODING] = take_coding,   [SHAPE_IDENTIFIER] = take_identifier,
    [SHAPE_TEXT] = take_text,       [SHAPE_WORDS] = take_text,
    [SHAPE_TAIL] = take_tail,       [SHAPE_TIME] = take_time,
    [SHAPE_REFERENCE] = take_reference,
};

/* Follow @path from @node; "[]" fans out over an array. The last step is left to the taker. */
static void walk(Sink *s, FhirNode node, const char *path)
{
    const char *dot = strchr(path, '.');
    gsize len = dot ? (gsize)(dot - path) : strlen(path);
    gboolean many = len > 2 && strncmp(path + len - 2, "[]", 2) == 0;
    g_autofree char *step = g_strndup(path, many ? len - 2 : len);
    guint n = many ? fhir_count(fhir_at(node, step)) : 1;
    for (guint i = 0; i < n; i++) {
        g_autofree char *item = many ? g_strdup_printf("%s[%u]", step, i) : g_strdup(step);
        if (dot)
            walk(s, fhir_at(node, item), dot + 1);
        else if (fhir_exists(fhir_at(node, item)))
            TAKE[s->def->shape](s, node, item);
    }
}

static void walk_all(Sink *s, const FhirResource *r)
{
    g_auto(GStrv) paths = g_strsplit(s->def->paths, "|", -1);
    for (char **p = paths; *p; p++)
        walk(s, fhir_root(r), *p);
}

void index_clear(Db *db, gint64 rid)
{
    g_autofree char *type = db_text(db, "SELECT type FROM resource WHERE rid=?", "i", rid);
    if (type)
        timeline_drop(db, type, rid);
    db_run(db, "DELETE FROM token WHERE rid=?", "i", rid);
    db_run(db, "DELETE FROM string WHERE rid=?", "i", rid);
    db_run(db, "DELETE FROM date WHERE rid=?", "i", rid);
    db_run(db, "DELETE FROM ref WHERE rid=?", "i", rid);
}

void index_resource(Db *db, gint64 rid, const FhirResource *r)
{
    guint n;
    const ParamDef *defs = params_of(fhir_type(r), &n);
    for (guint i = 0; i < n; i++) {
        Sink s = {.db = db, .rid = rid, .def = &defs[i]};
        walk_all(&s, r);
    }
    if (!db_filling(db))
        timeline_put(db, fhir_type(r), rid);
}

char *index_patient(const FhirResource *r)
{
    const TypeDef *type = type_def(fhir_type(r));
    if (g_str_equal(fhir_type(r), "Patient"))
        return g_strdup(fhir_id(r) ? fhir_id(r) : "");
    if (!type || !type->compartment)
        return g_strdup("");
    Sink s = {.def = param_def(type->name, type->compartment)};
    walk_all(&s, r);
    return s.found ? s.found : g_strdup("");
}
