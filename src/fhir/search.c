/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fhir/search.h"
#include "fhir/resource.h"
#include <string.h>

typedef struct {
    char *name, *value; /* value escaped for FHIR, not for the URL */
} Pair;

struct FhirQuery {
    char *type;
    GArray *pairs;
};

static void clear_pair(gpointer data)
{
    g_free(((Pair *)data)->name);
    g_free(((Pair *)data)->value);
}

FhirQuery *fhir_query_new(const char *type)
{
    FhirQuery *q = g_new0(FhirQuery, 1);
    q->type = g_strdup(type);
    q->pairs = g_array_new(FALSE, FALSE, sizeof(Pair));
    g_array_set_clear_func(q->pairs, clear_pair);
    return q;
}

void fhir_query_free(FhirQuery *q)
{
    if (!q)
        return;
    g_free(q->type);
    g_array_unref(q->pairs);
    g_free(q);
}

static void append_escaped(GString *out, const char *text)
{
    for (const char *p = text; *p; p++) {
        if (strchr(",$|\\", *p))
            g_string_append_c(out, '\\');
        g_string_append_c(out, *p);
    }
}

static void add_pair(FhirQuery *q, const char *name, char *value)
{
    Pair pair = {g_strdup(name), value};
    g_array_append_val(q->pairs, pair);
}

void fhir_query_add(FhirQuery *q, const char *name, const char *value)
{
    GString *out = g_string_new(NULL);
    append_escaped(out, value);
    add_pair(q, name, g_string_free(out, FALSE));
}

void fhir_query_add_token(FhirQuery *q, const char *name, const char *system, const char *code)
{
    GString *out = g_string_new(NULL);
    if (system) {
        append_escaped(out, system);
        g_string_append_c(out, '|');
    }
    append_escaped(out, code ? code : "");
    add_pair(q, name, g_string_free(out, FALSE));
}

void fhir_query_add_raw(FhirQuery *q, const char *name, const char *value)
{
    add_pair(q, name, g_strdup(value));
}

void fhir_query_add_text(FhirQuery *q, const char *text)
{
    g_auto(GStrv) params = g_strsplit(text ? text : "", "&", -1);
    for (char **p = params; *p; p++) {
        const char *is = strchr(*p, '=');
        g_autofree char *name = is ? g_strndup(*p, (gsize)(is - *p)) : NULL;
        if (name)
            fhir_query_add_raw(q, name, is + 1);
    }
}

void fhir_query_add_instant(FhirQuery *q, const char *name, const char *prefix, Instant t)
{
    g_autofree char *text = instant_to_fhir(t);
    add_pair(q, name, g_strconcat(prefix ? prefix : "", text, NULL));
}

char *fhir_query_url(const FhirQuery *q)
{
    GString *url = g_string_new(q->type);
    for (guint i = 0; i < q->pairs->len; i++) {
        const Pair *pair = &g_array_index(q->pairs, Pair, i);
        g_string_append_c(url, i ? '&' : '?');
        g_string_append_uri_escaped(url, pair->name, ":", FALSE);
        g_string_append_c(url, '=');
        g_string_append_uri_escaped(url, pair->value, ":,/|", FALSE);
    }
    return g_string_free(url, FALSE);
}

static void free_param(gpointer data)
{
    FhirParam *p = data;
    g_free(p->name);
    g_free(p->modifier);
    g_strfreev(p->values);
    g_free(p);
}

/* At commas that no backslash protects; the backslashes go. */
static char **split_values(const char *text)
{
    g_autoptr(GStrvBuilder) values = g_strv_builder_new();
    g_autoptr(GString) value = g_string_new(NULL);
    for (const char *p = text; *p; p++) {
        if (*p == ',') {
            g_strv_builder_add(values, value->str);
            g_string_truncate(value, 0);
            continue;
        }
        if (*p == '\\' && p[1] && strchr(",$|\\", p[1]))
            p++;
        g_string_append_c(value, *p);
    }
    g_strv_builder_add(values, value->str);
    return g_strv_builder_end(values);
}

static char *decode(const char *text, gsize len)
{
    g_autofree char *spaced = g_strndup(text, len);
    g_strdelimit(spaced, "+", ' ');
    g_autofree char *plain = g_uri_unescape_string(spaced, NULL); /* NULL for %00 and bad escapes */
    return plain && g_utf8_validate(plain, -1, NULL) ? g_steal_pointer(&plain) : NULL;
}

static FhirParam *read_param(const char *pair, GError **error)
{
    gsize n = strcspn(pair, "=");
    g_autofree char *name = decode(pair, n);
    g_autofree char *value = pair[n] ? decode(pair + n + 1, strlen(pair + n + 1)) : g_strdup("");
    if (!name || !value || !*name) {
        g_set_error(error, FHIR_ERROR, FHIR_ERROR_STRUCTURE,
                    "The search parameter “%s” is not well-formed UTF-8 with percent escapes.",
                    pair);
        return NULL;
    }
    FhirParam *p = g_new0(FhirParam, 1);
    char *colon = strchr(name, ':');
    p->modifier = colon ? g_strdup(colon + 1) : NULL;
    p->name = g_strndup(name, colon ? (gsize)(colon - name) : strlen(name));
    p->values = split_values(value);
    return p;
}

GPtrArray *fhir_query_parse(const char *query, GError **error)
{
    g_autoptr(GPtrArray) params = g_ptr_array_new_with_free_func(free_param);
    g_auto(GStrv) pairs = g_strsplit(query, "&", -1);
    for (char **pair = pairs; *pair; pair++) {
        if (!**pair)
            continue;
        FhirParam *p = read_param(*pair, error);
        if (!p)
            return NULL;
        g_ptr_array_add(params, p);
    }
    return g_steal_pointer(&params);
}

/* They change what a page looks like, not which resources answer. */
static gboolean only_shapes_result(const char *name)
{
    static const char *const shaping[] = {"_count",  "_elements",   "_format",        "_include",
                                          "_pretty", "_revinclude", "_containedType", "_contained",
                                          "_sort",   "_summary",    "_total",         NULL};
    gsize n = strcspn(name, ":");
    g_autofree char *base = g_strndup(name, n);
    return g_strv_contains(shaping, base);
}

static gboolean is_named(const FhirParam *p, const char *name)
{
    g_autofree char *full = p->modifier ? g_strconcat(p->name, ":", p->modifier, NULL) : g_strdup(p->name);
    return g_str_equal(full, name);
}

static guint repeats(GPtrArray *params, const char *name)
{
    guint found = 0;
    for (guint i = 0; i < params->len; i++)
        found += is_named(g_ptr_array_index(params, i), name);
    return found;
}

/* Also one of two dates dropped counts. */
static guint asked_times(const FhirQuery *q, guint upto, const char *name)
{
    guint found = 0;
    for (guint i = 0; i <= upto; i++)
        found += g_str_equal(g_array_index(q->pairs, Pair, i).name, name);
    return found;
}

/* "1", "Patient/1" and "http://h/Patient/1" are one patient. */
static const char *id_of(const char *reference)
{
    const char *slash = strrchr(reference, '/');
    return slash ? slash + 1 : reference;
}

static gboolean repeats_id(GPtrArray *params, const char *name, const char *value)
{
    for (guint i = 0; i < params->len; i++) {
        const FhirParam *p = g_ptr_array_index(params, i);
        if (!g_str_equal(p->name, name))
            continue;
        for (char **v = p->values; *v; v++)
            if (!g_str_equal(id_of(*v), id_of(value)))
                return FALSE;
    }
    return TRUE;
}

/* Whom the answer is about: another one than was asked for is another question. */
static gboolean names_another(GPtrArray *params, const Pair *asked)
{
    gboolean whom = g_str_equal(asked->name, "patient") || g_str_equal(asked->name, "subject");
    return whom && !strchr(asked->value, ',') && !repeats_id(params, asked->name, asked->value);
}

/* A core may write out, or leave out, the system of a code and the base of a reference. */
static gboolean same_value(const char *a, const char *b)
{
    const char *code_a = strrchr(a, '|'), *code_b = strrchr(b, '|');
    if (g_str_equal(a, b))
        return TRUE;
    if ((code_a != NULL) == (code_b != NULL))
        return !code_a && g_str_equal(id_of(a), id_of(b));
    return g_str_equal(code_a ? code_a + 1 : a, code_b ? code_b + 1 : b);
}

static gboolean holds_values(const FhirParam *p, char **asked)
{
    for (; *asked; asked++) {
        char **v = p->values;
        while (*v && !same_value(*v, *asked))
            v++;
        if (!*v)
            return FALSE;
    }
    return TRUE;
}

/* Of several values that any would do for only some were asked about, or all at once: fewer answer. */
static gboolean narrows(GPtrArray *params, const Pair *asked)
{
    g_auto(GStrv) values = split_values(asked->value);
    gboolean narrower = values[1] != NULL;
    for (guint i = 0; narrower && i < params->len; i++) {
        const FhirParam *p = g_ptr_array_index(params, i);
        narrower = !is_named(p, asked->name) || !holds_values(p, values);
    }
    return narrower;
}

/* What it adds to the question leaves out some of the answer: a search parameter of its own, no word about the page. */
static gboolean adds(const FhirQuery *asked, const FhirParam *p)
{
    static const char *const narrowing[] = {"_lastUpdated", "_id", "_tag", "_security", "_profile", "_filter", "_text", "_content",
                                            "_has", "_list", "_type", NULL};
    for (guint i = 0; i < asked->pairs->len; i++) {
        const char *name = g_array_index(asked->pairs, Pair, i).name;
        gsize n = strcspn(name, ":.");
        if (strlen(p->name) >= n && strncmp(p->name, name, n) == 0 && (!p->name[n] || p->name[n] == '.'))
            return FALSE;
    }
    return g_ascii_isalpha(*p->name) || g_strv_contains(narrowing, p->name);
}

char **fhir_query_dropped(const FhirQuery *asked, const char *self_link)
{
    g_autoptr(GStrvBuilder) dropped = g_strv_builder_new();
    const char *query = self_link ? strchr(self_link, '?') : NULL;
    g_autoptr(GPtrArray) params = fhir_query_parse(query ? query + 1 : "", NULL);
    for (guint i = 0; i < asked->pairs->len; i++) {
        const Pair *pair = &g_array_index(asked->pairs, Pair, i);
        const char *name = pair->name;
        if (only_shapes_result(name))
            continue;
        if (!params || repeats(params, name) < asked_times(asked, i, name) || narrows(params, pair) || names_another(params, pair))
            g_strv_builder_add(dropped, name);
    }
    for (guint i = 0; params && i < params->len; i++) {
        const FhirParam *p = g_ptr_array_index(params, i);
        if (adds(asked, p))
            g_strv_builder_add(dropped, p->name);
    }
    return g_strv_builder_end(dropped);
}
