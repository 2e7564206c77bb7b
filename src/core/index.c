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
    FhirNode codings = fhir_at(fhir_at(node, path), "coding");
    if (!fhir_is_array(codings))
        take_coding(s, codings, "");
    for (FhirNode c = fhir_is_array(codings) ? fhir_first(codings) : (FhirNode){NULL, 0}; fhir_exists(c); c = fhir_next(c))
        take_coding(s, c, "");
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

/* ---- paths, taken apart once ---------------------------------------------------------------- */

typedef struct {
    char *name;
    gboolean many; /* every item of the array */
} Step;

typedef struct {
    Step *steps;
    guint n;
} Path;

typedef struct {
    Path *paths;
    guint n;
} Paths;

static Path path_read(const char *text)
{
    g_auto(GStrv) words = g_strsplit(text, ".", -1);
    Path path = {.n = g_strv_length(words)};
    path.steps = g_new0(Step, path.n);
    for (guint i = 0; i < path.n; i++) {
        path.steps[i].many = g_str_has_suffix(words[i], "[]");
        path.steps[i].name = g_strndup(words[i], strlen(words[i]) - (path.steps[i].many ? 2 : 0));
    }
    return path;
}

/* The alternatives of a parameter; kept as long as the program runs, like the table. */
static const Paths *paths_of(const ParamDef *def)
{
    static Paths *all;
    if (!all)
        all = g_new0(Paths, N_PARAMS);
    Paths *own = &all[param_id(def)];
    if (own->paths)
        return own;
    g_auto(GStrv) words = g_strsplit(def->paths, "|", -1);
    own->n = g_strv_length(words);
    own->paths = g_new0(Path, own->n);
    for (guint i = 0; i < own->n; i++)
        own->paths[i] = path_read(words[i]);
    return own;
}

static void walk(Sink *s, FhirNode node, const Step *step, guint left);

/* Further along the path, or the end of it. */
static void arrive(Sink *s, FhirNode here, const Step *next, guint left)
{
    if (left)
        walk(s, here, next, left);
    else if (fhir_exists(here))
        TAKE[s->def->shape](s, here, "");
}

/* Follow the steps from @node; an array fans out where the path says so, else its first item counts. */
static void walk(Sink *s, FhirNode node, const Step *step, guint left)
{
    FhirNode here = fhir_at(node, step->name);
    if (!step->many || !fhir_is_array(here)) {
        arrive(s, here, step + 1, left - 1);
        return;
    }
    for (FhirNode c = fhir_first(here); fhir_exists(c); c = fhir_next(c))
        arrive(s, c, step + 1, left - 1);
}

static void walk_all(Sink *s, const FhirResource *r)
{
    const Paths *paths = paths_of(s->def);
    for (guint i = 0; i < paths->n; i++)
        walk(s, fhir_root(r), paths->paths[i].steps, paths->paths[i].n);
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
