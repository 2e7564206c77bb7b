/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fhir/validate.h"
#include "fhir/outcome.h"
#include "fhir/primitive.h"
#include "fhir/private.h"
#include "fhir/structures.h"
#include <string.h>

#define MAX_ISSUES 100 /* a person reads the first few; a hostile body has millions */

typedef struct {
    GPtrArray *issues;
    GString *path; /* FHIRPath of where the check stands */
    JsonValue root;
} Check;

static void G_GNUC_PRINTF(3, 4) report(Check *c, const char *code, const char *format, ...)
{
    if (c->issues->len >= MAX_ISSUES)
        return;
    va_list args;
    va_start(args, format);
    g_autofree char *what = g_strdup_vprintf(format, args);
    va_end(args);
    FhirIssue *issue = g_new0(FhirIssue, 1);
    issue->severity = g_strdup("error");
    issue->code = g_strdup(code);
    issue->expression = g_strdup(c->path->str);
    issue->text = g_strdup_printf("%s %s.", c->path->str, what);
    g_ptr_array_add(c->issues, issue);
}

static void check_structure(Check *c, const FhirStructure *type, JsonValue object);
static void check_resource(Check *c, JsonValue v, gboolean contained);

static const FhirElement *find_element(const FhirStructure *type, const char *name)
{
    for (guint i = 0; i < type->count; i++) {
        const FhirElement *e = &fhir_elements[type->first + i];
        if (g_str_equal(e->name, name))
            return e;
    }
    return NULL;
}

static gboolean is_primitive(const FhirStructure *type)
{
    return type->count == 0 && !g_str_equal(type->name, "Resource");
}

static gboolean contains(Check *c, const char *id)
{
    JsonValue list = json_member(c->root, "contained");
    for (JsonValue v = json_first(list); json_exists(v); v = json_next(v))
        if (json_string_is(json_member(v, "id"), id))
            return TRUE;
    return *id == 0; /* "#" is the resource itself */
}

/* "Patient/1", "Patient?identifier=…" (in a transaction), an absolute URL, or "#contained". */
static void check_reference(Check *c, const FhirElement *e, JsonValue v)
{
    g_autofree char *text = json_text(json_member(v, "reference")), *type = NULL;
    if (!text)
        return;
    if (*text == '#') {
        if (!contains(c, text + 1))
            report(c, "not-found", "points at “%s”, which is not contained", text);
        return;
    }
    const char *query = strchr(text, '?');
    if (query)
        type = g_strndup(text, (gsize)(query - text));
    else if (strchr(text, ':'))
        return;
    gboolean good = type ? fhir_is_resource_type(type) : fhir_reference_split(text, &type, NULL);
    if (!good)
        report(c, "value", "has a reference “%s” that is not of the form Type/id", text);
    else if (e->allowed && !fhir_word_in(e->allowed, type))
        report(c, "value", "may not point at a %s", type);
}

static void check_value(Check *c, const FhirElement *e, JsonValue v)
{
    const FhirStructure *type = &fhir_structures[e->type];
    if (is_primitive(type)) {
        const char *problem = fhir_primitive_problem(type->name, v);
        g_autofree char *code = problem || !e->allowed ? NULL : json_text(v);
        if (problem)
            report(c, "value", "%s", problem);
        else if (code && !fhir_word_in(e->allowed, code))
            report(c, "code-invalid", "has the code “%s”, which is none of%s", code, e->allowed);
        return;
    }
    if (json_kind(v) != JSON_KIND_OBJECT) {
        report(c, "structure", "must be an object");
        return;
    }
    if (!json_exists(json_first(v))) {
        report(c, "structure", "is an empty object");
        return;
    }
    if (g_str_equal(type->name, "Resource")) {
        check_resource(c, v, g_str_equal(e->name, "contained"));
        return;
    }
    check_structure(c, type, v);
    if (g_str_equal(type->name, "Reference"))
        check_reference(c, e, v);
}

/* The companion of a primitive: id and extensions of the value, item by item. */
static void check_companion(Check *c, JsonValue v)
{
    if (json_kind(v) == JSON_KIND_NULL)
        return;
    if (json_kind(v) != JSON_KIND_OBJECT || !json_exists(json_first(v)))
        report(c, "structure", "must be an object with id or extension");
    else
        check_structure(c, fhir_structure_find("Element"), v);
}

static void check_items(Check *c, const FhirElement *e, JsonValue list, JsonValue other,
                        gboolean companion)
{
    gsize base = c->path->len;
    guint i = 0;
    JsonValue twin = json_first(other);
    if (!json_exists(json_first(list)))
        report(c, "structure", "is an empty array");
    for (JsonValue v = json_first(list); json_exists(v); v = json_next(v), i++) {
        g_string_append_printf(c->path, "[%u]", i);
        if (companion)
            check_companion(c, v);
        else if (json_kind(v) != JSON_KIND_NULL)
            check_value(c, e, v);
        if (json_kind(v) == JSON_KIND_NULL &&
            (!json_exists(twin) || json_kind(twin) == JSON_KIND_NULL))
            report(c, "structure", "is null");
        g_string_truncate(c->path, base);
        twin = json_exists(twin) ? json_next(twin) : twin;
    }
}

static void check_member(Check *c, const FhirElement *e, JsonValue member, JsonValue twin,
                         gboolean companion)
{
    JsonKind kind = json_kind(member);
    if (kind == JSON_KIND_NULL)
        report(c, "structure", "is null");
    else if (e->many && kind != JSON_KIND_ARRAY)
        report(c, "structure", "must be an array");
    else if (!e->many && kind == JSON_KIND_ARRAY)
        report(c, "structure", "may occur only once and must not be an array");
    else if (e->many)
        check_items(c, e, member, twin, companion);
    else if (companion)
        check_companion(c, member);
    else
        check_value(c, e, member);
}

static void check_present(Check *c, const FhirStructure *type, JsonValue object, JsonValue member)
{
    g_autofree char *key = json_key(member);
    gsize base = c->path->len;
    gboolean companion = key[0] == '_';
    const FhirElement *e = find_element(type, key + companion);
    if (companion && e && !is_primitive(&fhir_structures[e->type]))
        e = NULL;
    /* FHIRPath names the value; what stands in its companion is reached through it. */
    g_string_append_printf(c->path, ".%s", e ? key + companion : key);
    if (!e) {
        report(c, "structure", "is not an element of %s", type->name);
    } else {
        g_autofree char *twin = companion ? g_strdup(key + 1) : g_strconcat("_", key, NULL);
        check_member(c, e, member, json_member(object, twin), companion);
    }
    g_string_truncate(c->path, base);
}

static gboolean has(JsonValue object, const char *name)
{
    g_autofree char *companion = g_strconcat("_", name, NULL);
    return json_exists(json_member(object, name)) || json_exists(json_member(object, companion));
}

/* Required elements, and choices: at most one of their types. */
static void check_counts(Check *c, const FhirStructure *type, JsonValue object)
{
    guint i = 0;
    while (i < type->count) {
        const FhirElement *e = &fhir_elements[type->first + i];
        const char *shown = e->choice ? e->choice : e->name;
        guint found = 0;
        do
            found += has(object, fhir_elements[type->first + i++].name);
        while (e->choice && i < type->count &&
               g_strcmp0(fhir_elements[type->first + i].choice, e->choice) == 0);
        gsize base = c->path->len;
        g_string_append_printf(c->path, ".%.*s", (int)strcspn(shown, "["), shown);
        if (found == 0 && e->min)
            report(c, "required", "is required");
        else if (found > 1)
            report(c, "structure", "(%s) occurs with more than one type", shown);
        g_string_truncate(c->path, base);
    }
}

static void check_structure(Check *c, const FhirStructure *type, JsonValue object)
{
    gboolean resource = fhir_is_resource_type(type->name);
    for (JsonValue v = json_first(object); json_exists(v); v = json_next(v))
        if (!resource || !json_key_is(v, "resourceType"))
            check_present(c, type, object, v);
    check_counts(c, type, object);
    if (g_str_equal(type->name, "Extension")) {
        gboolean nested = json_exists(json_member(object, "extension"));
        gboolean value = json_exists(fhir_walk(object, "value[x]")) ||
                         json_exists(fhir_walk(object, "_value[x]"));
        if (nested == value)
            report(c, "structure", "must have either a value or extensions of its own");
    }
}

static void check_resource(Check *c, JsonValue v, gboolean contained)
{
    g_autofree char *name = json_text(json_member(v, "resourceType"));
    const FhirStructure *type = name ? fhir_structure_find(name) : NULL;
    if (!name) {
        report(c, "structure", "has no resourceType");
    } else if (!fhir_is_resource_type(name)) {
        report(c, "structure", "has the unknown resourceType “%s”", name);
    } else if (type) {
        JsonValue outer = c->root;
        if (!contained) /* what is contained points into its container */
            c->root = v;
        check_structure(c, type, v);
        c->root = outer;
    }
}

GPtrArray *fhir_validate(const FhirResource *r)
{
    Check c = {.issues = fhir_issues_new(), .path = g_string_new(r->type)};
    check_resource(&c, (JsonValue){r->doc, r->root}, FALSE);
    g_string_free(c.path, TRUE);
    if (c.issues->len)
        return c.issues;
    g_ptr_array_unref(c.issues);
    return NULL;
}
