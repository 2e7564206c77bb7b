/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fhir/home.h"
#include "fhir/private.h"
#include "fhir/structures.h"
#include <string.h>

G_DEFINE_QUARK(rond - fhir - error - quark, fhir_error)

static Instant read_instant(JsonValue v)
{
    g_autofree char *text = json_text(v);
    FhirTime t;
    return text && fhir_time_parse(text, &t) ? t.instant : INSTANT_NONE;
}

static GBytes *text_of(JsonValue root)
{
    GBytes *whole = json_doc_text(root.doc);
    gsize start, len;
    json_extent(root, &start, &len);
    if (root.node)
        return g_bytes_new_from_bytes(whole, start, len);
    /* A byte order mark is no part of what goes back. */
    const guint8 *s = g_bytes_get_data(whole, &len);
    gsize mark = len >= 3 && !memcmp(s, "\xef\xbb\xbf", 3) ? 3 : 0;
    return mark ? g_bytes_new_from_bytes(whole, mark, len - mark) : g_bytes_ref(whole);
}

FhirResource *fhir_resource_within(JsonValue root, GError **error)
{
    g_autofree char *type = json_text(json_member(root, "resourceType"));
    if (json_kind(root) != JSON_KIND_OBJECT || !type) {
        g_set_error_literal(error, FHIR_ERROR, FHIR_ERROR_TYPE,
                            "This is no FHIR resource: it has no resourceType.");
        return NULL;
    }
    if (!fhir_is_resource_type(type)) {
        g_set_error(error, FHIR_ERROR, FHIR_ERROR_TYPE, "FHIR R4 has no resource type “%s”.", type);
        return NULL;
    }
    FhirResource *r = g_new0(FhirResource, 1);
    g_atomic_ref_count_init(&r->refs);
    r->doc = json_doc_ref(root.doc);
    r->root = root.node;
    r->text = text_of(root);
    r->type = g_steal_pointer(&type);
    r->id = json_text(json_member(root, "id"));
    JsonValue meta = json_member(root, "meta");
    r->version = json_text(json_member(meta, "versionId"));
    r->last_updated = read_instant(json_member(meta, "lastUpdated"));
    r->read_only = json_damaged(root);
    return r;
}

FhirResource *fhir_resource_from_doc(JsonDoc *doc, GError **error)
{
    return fhir_resource_within(json_root(doc), error);
}

FhirResource *fhir_resource_parse(GBytes *text, GError **error)
{
    g_autoptr(GError) why = NULL;
    g_autoptr(JsonDoc) doc = json_doc_parse(text, &why);
    if (!doc) {
        g_set_error_literal(error, FHIR_ERROR, FHIR_ERROR_JSON, why->message);
        return NULL;
    }
    return fhir_resource_from_doc(doc, error);
}

FhirResource *fhir_resource_ref(const FhirResource *r)
{
    FhirResource *own = (FhirResource *)r;
    g_atomic_ref_count_inc(&own->refs);
    return own;
}

void fhir_resource_unref(FhirResource *r)
{
    if (!r || !g_atomic_ref_count_dec(&r->refs))
        return;
    json_doc_unref(r->doc);
    g_bytes_unref(r->text);
    g_free(r->type);
    g_free(r->id);
    g_free(r->version);
    fhir_home_unref(r->home);
    g_free(r);
}

void fhir_resource_set_home(FhirResource *r, const FhirHome *home)
{
    FhirHome *own = fhir_home_ref((FhirHome *)home);
    fhir_home_unref(r->home);
    r->home = own;
}

const char *fhir_type(const FhirResource *r)
{
    return r->type;
}

const char *fhir_id(const FhirResource *r)
{
    return r->id;
}

const char *fhir_version_id(const FhirResource *r)
{
    return r->version;
}

Instant fhir_last_updated(const FhirResource *r)
{
    return r->last_updated;
}

GBytes *fhir_text(const FhirResource *r)
{
    return r->text;
}

gboolean fhir_has_modifier(const FhirResource *r)
{
    JsonValue root = {r->doc, r->root};
    return json_exists(json_member(root, "modifierExtension")) || json_exists(json_member(root, "implicitRules"));
}

gboolean fhir_read_only(const FhirResource *r)
{
    return r->read_only;
}
