/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/terminology.h"

#include "base/clock.h"
#include "base/table.h"
#include "base/text.h"
#include "base/xdg.h"
#include "json/writer.h"
#include <string.h>

#define ALL_OF "?fhir_vs" /* the set of all codes of a system */
#define EDITION "utgåva"  /* the row that says of when the file is */

static const struct {
    const char *system, *name, *file, *short_name;
} SETS[] = {
    {"urn:oid:1.2.752.116.1.1.1.1.3", "ICD-10-SE, övningsurval", "codes/diagnoses.tsv", "icd"},
    {"urn:oid:1.2.752.116.1.3.2.1.4", "KVÅ, övningsurval", "codes/procedures.tsv", "kva"},
};

typedef struct {
    char *url, *filter;
    guint64 count, offset;
} Asked;

static void asked_clear(Asked *a)
{
    g_free(a->url);
    g_free(a->filter);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Asked, asked_clear)

static gboolean take(Asked *a, const char *name, const char *value, CoreReply *reply)
{
    guint64 *number = g_str_equal(name, "count") ? &a->count : g_str_equal(name, "offset") ? &a->offset : NULL;
    char **text = g_str_equal(name, "url") ? &a->url : g_str_equal(name, "filter") ? &a->filter : NULL;
    if (number && g_ascii_string_to_unsigned(value, 10, 0, G_MAXUINT32, number, NULL))
        return TRUE;
    if (text) {
        g_free(*text);
        *text = g_strdup(value);
        return TRUE;
    }
    if (g_str_equal(name, "_format") && strstr(value, "json"))
        return TRUE;
    return reply_fail(reply, 400, "not-supported", NULL, "%s=%s is not supported when a ValueSet is expanded.", name, value);
}

static gboolean read_query(Asked *a, const char *query, CoreReply *reply)
{
    GUriParamsIter iter;
    g_autoptr(GError) error = NULL;
    g_uri_params_iter_init(&iter, query, -1, "&", G_URI_PARAMS_WWW_FORM);
    for (;;) {
        g_autofree char *name = NULL, *value = NULL;
        if (!g_uri_params_iter_next(&iter, &name, &value, &error))
            break;
        if (!take(a, name, value, reply))
            return FALSE;
    }
    if (error)
        return reply_fail(reply, 400, "structure", NULL, "The question cannot be read: %s.", error->message);
    return (a->url && *a->url) || reply_fail(reply, 400, "required", NULL, "Say which ValueSet: url=…");
}

static gsize set_of(const char *url)
{
    gsize i = 0;
    for (; i < G_N_ELEMENTS(SETS); i++) {
        g_autofree char *all = g_strconcat(SETS[i].system, ALL_OF, NULL);
        if (g_str_equal(all, url))
            break;
    }
    return i;
}

/* ---- what fits ---- */

/* 0: it begins so, or is so called; 1: each word typed begins one of its words; 2: not. */
static guint rank(char *const *row, const char *filter, char *const *words)
{
    g_autofree char *names = g_strdup_printf("%s;%s;%s", row[2], row[3], strcmp(row[4], "-") ? row[4] : "");
    g_auto(GStrv) each = g_strsplit(names, ";", -1);
    guint best = 2;
    for (char **n = each; *n && best > 0; n++) {
        g_autofree char *name = text_fold(*n), *spaced = g_strconcat(" ", name, NULL);
        gboolean all = TRUE;
        for (char *const *w = words; *w && all; w++) {
            g_autofree char *begin = g_strconcat(" ", *w, NULL);
            all = !**w || strstr(spaced, begin);
        }
        best = g_str_has_prefix(name, filter) ? 0 : all ? MIN(best, 1) : best;
    }
    return best;
}

/* The rows of @short_name that fit, the nearest first; the row of the edition into *ret_edition. */
static GPtrArray *matching(const Table *table, const char *short_name, const char *filter, const char **ret_edition)
{
    GPtrArray *found = g_ptr_array_new();
    g_autofree char *folded = g_strstrip(text_fold(filter ? filter : ""));
    g_auto(GStrv) words = g_strsplit(folded, " ", -1);
    *ret_edition = "";
    for (guint r = 0; r < 2; r++)
        for (guint i = 0; i < table_rows(table); i++) {
            char *const *row = table_row(table, i);
            if (g_str_equal(row[0], EDITION))
                *ret_edition = row[3];
            else if (g_str_equal(row[1], short_name) && rank(row, folded, words) == r)
                g_ptr_array_add(found, (gpointer)row);
        }
    return found;
}

/* ---- the answer ---- */

static void contains(JsonWriter *w, const char *system, const char *version, char *const *row)
{
    g_auto(GStrv) names = g_strsplit(strcmp(row[4], "-") ? row[4] : "", ";", -1);
    json_write_object(w, NULL);
    json_write_string(w, "system", system);
    json_write_string(w, "version", version);
    json_write_string(w, "code", row[2]);
    json_write_string(w, "display", row[3]);
    if (*names)
        json_write_array(w, "designation");
    for (char **n = names; *n; n++) {
        json_write_object(w, NULL);
        json_write_string(w, "language", "sv");
        json_write_string(w, "value", *n);
        json_write_end(w);
    }
    if (*names)
        json_write_end(w);
    json_write_end(w);
}

static void parameter(JsonWriter *w, const char *name, const char *kind, const char *value)
{
    json_write_object(w, NULL);
    json_write_string(w, "name", name);
    json_write_string(w, kind, value);
    json_write_end(w);
}

static GBytes *expansion(const Asked *a, gsize set, const GPtrArray *rows, const char *version)
{
    g_autoptr(JsonWriter) w = json_writer_new();
    g_autofree char *now = instant_to_fhir(clock_clinical_us() / G_USEC_PER_SEC * G_USEC_PER_SEC);
    g_autofree char *used = g_strdup_printf("%s|%s", SETS[set].system, version);
    guint64 from = MIN(a->offset, rows->len), end = from + MIN(a->count, rows->len - from);
    json_write_object(w, NULL);
    json_write_string(w, "resourceType", "ValueSet");
    json_write_string(w, "url", a->url);
    json_write_string(w, "version", version);
    json_write_string(w, "title", SETS[set].name);
    json_write_string(w, "status", "active");
    json_write_bool(w, "experimental", TRUE);
    json_write_object(w, "expansion");
    json_write_string(w, "timestamp", now);
    json_write_int(w, "total", rows->len);
    json_write_int(w, "offset", (gint64)from);
    json_write_array(w, "parameter");
    parameter(w, "version", "valueUri", used);
    if (a->filter && *a->filter)
        parameter(w, "filter", "valueString", a->filter);
    json_write_end(w);
    if (end > from)
        json_write_array(w, "contains");
    for (guint64 i = from; i < end; i++)
        contains(w, SETS[set].system, version, rows->pdata[i]);
    if (end > from)
        json_write_end(w);
    json_write_end(w);
    json_write_end(w);
    return json_writer_finish(w);
}

void terminology_expand(Core *core, const CoreRequest *request, CoreReply *reply)
{
    g_auto(Asked) asked = {.count = G_MAXUINT32};
    (void)core;
    if (!g_str_equal(request->method, "GET")) {
        reply_fail(reply, 405, "not-supported", NULL, "The method %s cannot be used here.", request->method);
        reply->allow = g_strdup("GET");
        return;
    }
    if (!read_query(&asked, request->query, reply))
        return;
    gsize set = set_of(asked.url);
    if (set == G_N_ELEMENTS(SETS)) {
        reply_fail(reply, 404, "not-found", NULL, "There is no ValueSet %s here.", asked.url);
        return;
    }
    g_autoptr(GError) error = NULL;
    g_autofree char *path = data_path(SETS[set].file);
    g_autoptr(Table) table = table_load(path, 5, &error);
    const char *edition;
    if (!table) {
        reply_fail(reply, 500, "exception", NULL, "%s", error->message);
        return;
    }
    g_autoptr(GPtrArray) rows = matching(table, SETS[set].short_name, asked.filter, &edition);
    g_autofree char *version = g_strconcat("övning-", edition, NULL);
    reply_body(reply, 200, expansion(&asked, set, rows, version));
}
