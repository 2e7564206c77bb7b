/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "client/expand.h"

#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "client/internal.h"
#include "fhir/outcome.h"

#define TOO_COSTLY "http://hl7.org/fhir/StructureDefinition/valueset-toocostly"

enum { PATIENCE_MS = 5000, DEEPEST = 8, MOST_NAMES = 20 };

typedef struct {
    Scope *scope;
    guint scope_id;
    ClientExpandFn fn;
    gpointer data;
} Expand;

static void code_free(gpointer p)
{
    ClientCode *c = p;
    g_free(c->system);
    g_free(c->code);
    g_free(c->display);
    g_free(c->version);
    g_strfreev(c->names);
    g_free(c);
}

static char **names_of(FhirNode contains)
{
    GPtrArray *names = g_ptr_array_new();
    for (FhirNode d = fhir_first(fhir_at(contains, "designation")); fhir_exists(d) && names->len < MOST_NAMES; d = fhir_next(d)) {
        char *name = fhir_string(d, "value");
        if (name)
            g_ptr_array_add(names, name);
    }
    g_ptr_array_add(names, NULL);
    return (char **)g_ptr_array_free(names, FALSE);
}

/* A line is what is typed and signed: what would look otherwise in it than it is cannot be chosen. */
static gboolean fits_a_line(const char *text)
{
    return text && *text && text_is_safe(text, -1, FALSE);
}

/* What is abstract, inactive, or has not both code and words cannot be chosen; under it there may be what can. */
static void take(ClientExpansion *x, FhirNode list, guint depth)
{
    for (FhirNode n = fhir_first(list); fhir_exists(n) && x->given < LIMIT_PAGE_ENTRIES; n = fhir_next(n)) {
        g_autofree char *system = fhir_string(n, "system"), *code = fhir_string(n, "code"), *display = fhir_string(n, "display");
        x->given++;
        if (system && fits_a_line(code) && fits_a_line(display) && !fhir_bool(n, "abstract") && !fhir_bool(n, "inactive")) {
            ClientCode *c = g_new0(ClientCode, 1);
            *c = (ClientCode){g_steal_pointer(&system), g_steal_pointer(&code), g_steal_pointer(&display), fhir_string(n, "version"),
                              names_of(n)};
            g_ptr_array_add(x->codes, c);
        }
        if (depth < DEEPEST)
            take(x, fhir_at(n, "contains"), depth + 1);
    }
}

/* The set may have been expanded with one version of the system: "urn:oid:1.2.3|2026". Two of the same system say
 * nothing. */
static char *version_used(FhirNode expansion, const char *system)
{
    g_autofree char *found = NULL;
    for (FhirNode p = fhir_first(fhir_at(expansion, "parameter")); fhir_exists(p); p = fhir_next(p)) {
        if (!fhir_is(p, "name", "version") && !fhir_is(p, "name", "used-codesystem"))
            continue;
        g_autofree char *value = fhir_string(p, "value[x]");
        g_auto(GStrv) parts = g_strsplit(value ? value : "", "|", 2);
        if (!parts[0] || !parts[1] || !*parts[1] || g_strcmp0(parts[0], system) != 0)
            continue;
        if (found && g_strcmp0(found, parts[1]) != 0)
            return NULL;
        g_free(found);
        found = g_strdup(parts[1]);
    }
    return g_steal_pointer(&found);
}

static gboolean read_set(ClientExpansion *x, const FhirResource *set)
{
    FhirNode expansion = fhir_at(fhir_root(set), "expansion");
    FhirTime at;
    if (!fhir_exists(expansion))
        return FALSE;
    x->codes = g_ptr_array_new_with_free_func(code_free);
    x->total = fhir_int(expansion, "total", -1);
    x->at = fhir_time(expansion, "timestamp", &at) ? at.instant : INSTANT_NONE;
    for (FhirNode e = fhir_first(fhir_at(expansion, "extension")); fhir_exists(e); e = fhir_next(e))
        x->cut |= fhir_is(e, "url", TOO_COSTLY) && fhir_bool(e, "valueBoolean");
    take(x, fhir_at(expansion, "contains"), 0);
    if (x->codes->len)
        x->version = version_used(expansion, ((ClientCode *)x->codes->pdata[0])->system);
    return TRUE;
}

static void on_answer(const Answer *answer, const GError *error, gpointer data)
{
    Expand *e = data;
    ClientExpandFn fn = e->fn;
    gpointer fn_data = e->data;
    g_autoptr(GError) own = NULL;
    g_autoptr(FhirResource) set = NULL;
    ClientExpansion x = {.total = -1, .at = INSTANT_NONE};
    scope_remove(e->scope, e->scope_id);
    g_free(e);
    /* many more than were asked for: never parsed while somebody types */
    if (answer && g_bytes_get_size(answer->body) <= LIMIT_WORKER_BYTES)
        set = fhir_resource_parse(answer->body, NULL);
    if (answer && (!set || !g_str_equal(fhir_type(set), "ValueSet") || !read_set(&x, set)))
        own = client_error_make(CLIENT_ERROR_ANSWER);
    fn(own || error ? NULL : &x, own ? own : error, fn_data);
    g_clear_pointer(&x.codes, g_ptr_array_unref);
    g_free(x.version);
}

gboolean client_can_expand(const Client *client)
{
    return client_can_operate(client, "ValueSet", "expand");
}

static void add(GString *url, const char *name, const char *value)
{
    g_autofree char *escaped = g_uri_escape_string(value, NULL, FALSE);
    g_string_append_printf(url, "%c%s=%s", strchr(url->str, '?') ? '&' : '?', name, escaped);
}

void client_expand(Client *client, Scope *scope, const char *url, const char *filter, guint count, guint offset,
                   ClientExpandFn fn, gpointer data)
{
    g_autoptr(GString) asked = g_string_new("ValueSet/$expand");
    g_autofree char *how_many = g_strdup_printf("%u", count), *from = g_strdup_printf("%u", offset);
    Expand *e = g_new0(Expand, 1);
    add(asked, "url", url);
    add(asked, "filter", filter);
    add(asked, "count", how_many);
    add(asked, "offset", from);
    *e = (Expand){scope, scope_add(scope, g_free, e), fn, data};
    client_call(client, scope, &(CallSpec){.url = asked->str, .tries = 1, .timeout_ms = PATIENCE_MS, .aside = TRUE}, on_answer, e);
}

gboolean client_expand_too_costly(const GError *error)
{
    const GPtrArray *issues = client_error_issues(error);
    for (guint i = 0; issues && i < issues->len; i++)
        if (g_strcmp0(((const FhirIssue *)issues->pdata[i])->code, "too-costly") == 0)
            return TRUE;
    return FALSE;
}
