/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/query.h"

#include <string.h>

void query_free(Query *query)
{
    if (!query)
        return;
    g_clear_pointer(&query->params, g_ptr_array_unref);
    g_array_unref(query->terms);
    g_array_unref(query->sorts);
    g_array_unref(query->includes);
    g_array_unref(query->revincludes);
    g_free(query->cursor);
    g_free(query->patient);
    g_free(query);
}

static gboolean refuse(CoreReply *reply, const Query *q, const char *what, const char *value)
{
    return reply_fail(reply, 400, "not-supported", NULL, "%s is not supported when searching %s%s%s.",
                      what, q->type, value ? ": " : "", value ? value : "");
}

static const char *special_name(const char *name)
{
    return g_str_equal(name, "_id")            ? "_id"
           : g_str_equal(name, "_lastUpdated") ? "_lastUpdated"
                                               : NULL;
}

static gboolean take_count(Query *q, const FhirParam *p, CoreReply *reply)
{
    guint64 n;
    if (!g_ascii_string_to_unsigned(p->values[0], 10, 0, G_MAXUINT32, &n, NULL))
        return refuse(reply, q, "_count", p->values[0]);
    q->count = (guint)MIN(n, QUERY_PAGE_MAX);
    q->count_only = q->count_only || n == 0;
    return TRUE;
}

static gboolean take_summary(Query *q, const FhirParam *p, CoreReply *reply)
{
    if (g_str_equal(p->values[0], "count"))
        q->count_only = TRUE;
    else if (!g_str_equal(p->values[0], "false"))
        return refuse(reply, q, "_summary", p->values[0]);
    return TRUE;
}

static gboolean take_total(Query *q, const FhirParam *p, CoreReply *reply)
{
    if (g_str_equal(p->values[0], "accurate") || g_str_equal(p->values[0], "estimate"))
        q->total = TRUE;
    else if (g_str_equal(p->values[0], "none"))
        q->no_total = TRUE;
    else
        return refuse(reply, q, "_total", p->values[0]);
    return TRUE;
}

static gboolean take_format(Query *q, const FhirParam *p, CoreReply *reply)
{
    return strstr(p->values[0], "json") || refuse(reply, q, "_format", p->values[0]);
}

static gboolean take_cursor(Query *q, const FhirParam *p, CoreReply *reply)
{
    g_free(q->cursor);
    q->cursor = g_strdup(p->values[0]);
    return TRUE;
}

static gboolean take_sort(Query *q, const FhirParam *p, CoreReply *reply)
{
    for (char **v = p->values; *v; v++) {
        QuerySort sort = {.descending = **v == '-'};
        const char *name = *v + (sort.descending ? 1 : 0);
        sort.special = special_name(name);
        sort.def = sort.special ? NULL : param_def(q->type, name);
        if (!sort.special && !sort.def)
            return refuse(reply, q, "_sort", *v);
        g_array_append_val(q->sorts, sort);
    }
    return TRUE;
}

/* "Encounter:subject", "Encounter:subject:Patient", "Encounter:*" */
static gboolean take_include_into(Query *q, const FhirParam *p, gboolean reverse, CoreReply *reply)
{
    for (char **v = p->values; *v; v++) {
        g_auto(GStrv) parts = g_strsplit(*v, ":", 3);
        guint n, found = 0;
        if (!parts[0] || !parts[1] || (!reverse && !g_str_equal(parts[0], q->type)))
            return refuse(reply, q, p->name, *v);
        const ParamDef *defs = params_of(parts[0], &n);
        const TypeDef *target = parts[2] ? type_def(parts[2]) : NULL;
        if (parts[2] && !target)
            return refuse(reply, q, p->name, *v);
        for (guint i = 0; i < n; i++) {
            gboolean wanted = g_str_equal(parts[1], "*") || g_str_equal(parts[1], defs[i].name);
            if (!wanted || param_kind(&defs[i]) != PARAM_REFERENCE)
                continue;
            QueryInclude include = {&defs[i], target ? target->name : NULL};
            g_array_append_val(reverse ? q->revincludes : q->includes, include);
            found++;
        }
        if (!found)
            return refuse(reply, q, p->name, *v);
    }
    return TRUE;
}

static gboolean take_include(Query *q, const FhirParam *p, CoreReply *reply)
{
    return take_include_into(q, p, FALSE, reply);
}

static gboolean take_revinclude(Query *q, const FhirParam *p, CoreReply *reply)
{
    return take_include_into(q, p, TRUE, reply);
}

static const struct {
    const char *name;
    gboolean (*take)(Query *q, const FhirParam *p, CoreReply *reply);
} CONTROLS[] = {
    {"_count", take_count},     {"_summary", take_summary}, {"_total", take_total},
    {"_sort", take_sort},       {"_include", take_include}, {"_revinclude", take_revinclude},
    {"_format", take_format},   {"_cursor", take_cursor},
};

static const char *const MODIFIERS[] = {
    [PARAM_TOKEN] = "|not|missing|",
    [PARAM_STRING] = "|exact|contains|missing|",
    [PARAM_DATE] = "|missing|",
    [PARAM_REFERENCE] = "|missing|",
};

static gboolean modifier_fits(const ParamDef *def, const char *modifier)
{
    g_autofree char *word = g_strdup_printf("|%s|", modifier);
    if (strstr(MODIFIERS[param_kind(def)], word))
        return TRUE;
    return param_kind(def) == PARAM_REFERENCE && type_def(modifier);
}

/* The one patient a reference parameter asks for: "1", "Patient/1". */
static void note_patient(Query *q, const QueryTerm *term)
{
    const FhirParam *p = term->param;
    const TypeDef *type = type_def(q->type);
    gboolean by_id = g_str_equal(q->type, "Patient") && g_strcmp0(term->special, "_id") == 0;
    gboolean by_ref = term->def && type->compartment &&
                      g_str_equal(term->def->name, type->compartment);
    if ((!by_id && !by_ref) || p->modifier || g_strv_length(p->values) != 1)
        return;
    const char *slash = strrchr(p->values[0], '/');
    g_free(q->patient);
    q->patient = g_strdup(slash ? slash + 1 : p->values[0]);
}

static gboolean take_term(Query *q, FhirParam *p, CoreReply *reply)
{
    QueryTerm term = {.special = special_name(p->name), .param = p};
    FhirTime t;
    term.def = term.special ? NULL : param_def(q->type, p->name);
    if (!term.special && !term.def)
        return reply_fail(reply, 400, "not-supported", NULL, "%s has no search parameter %s here.",
                          q->type, p->name);
    if (p->modifier && (term.special || !modifier_fits(term.def, p->modifier)))
        return refuse(reply, q, "The modifier", p->modifier);
    gboolean missing = g_strcmp0(p->modifier, "missing") == 0;
    for (char **v = p->values; *v; v++) {
        gboolean date = term.special ? g_str_equal(term.special, "_lastUpdated")
                                     : param_kind(term.def) == PARAM_DATE;
        const char *text = *v + (g_ascii_isalpha(**v) && **v ? 2 : 0);
        if (missing ? !g_str_equal(*v, "true") && !g_str_equal(*v, "false")
                    : !**v || (date && (strlen(*v) < 4 || !fhir_time_parse(text, &t))))
            return reply_fail(reply, 400, "value", NULL, "%s has a value that cannot be read.",
                              p->name);
    }
    g_array_append_val(q->terms, term);
    note_patient(q, &term);
    return TRUE;
}

static gboolean take_param(Query *q, FhirParam *p, CoreReply *reply)
{
    if (!p->values || !p->values[0])
        return reply_fail(reply, 400, "value", NULL, "%s has no value.", p->name);
    for (gsize i = 0; i < G_N_ELEMENTS(CONTROLS); i++)
        if (g_str_equal(p->name, CONTROLS[i].name))
            return p->modifier ? refuse(reply, q, "The modifier", p->modifier)
                               : CONTROLS[i].take(q, p, reply);
    return take_term(q, p, reply);
}

Query *query_parse(const char *type, const char *text, CoreReply *reply)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Query) q = g_new0(Query, 1);
    q->type = type;
    q->terms = g_array_new(FALSE, FALSE, sizeof(QueryTerm));
    q->sorts = g_array_new(FALSE, FALSE, sizeof(QuerySort));
    q->includes = g_array_new(FALSE, FALSE, sizeof(QueryInclude));
    q->revincludes = g_array_new(FALSE, FALSE, sizeof(QueryInclude));
    q->count = QUERY_PAGE;
    q->params = fhir_query_parse(text, &error);
    if (!q->params) {
        reply_fail(reply, 400, "invalid", NULL, "%s", error->message);
        return NULL;
    }
    for (guint i = 0; i < q->params->len; i++)
        if (!take_param(q, g_ptr_array_index(q->params, i), reply))
            return NULL;
    if (!query_plan(q)) {
        reply_fail(reply, 400, "value", NULL, "The page link is not one of this search.");
        return NULL;
    }
    return g_steal_pointer(&q);
}
