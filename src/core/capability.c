/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/capability.h"

#include "base/clock.h"
#include "core/params.h"
#include "core/terminology.h"
#include "json/writer.h"

static void strings(JsonWriter *w, const char *key, const char *const *values)
{
    json_write_array(w, key);
    for (; *values; values++)
        json_write_string(w, NULL, *values);
    json_write_end(w);
}

static void objects(JsonWriter *w, const char *key, const char *member, const char *const *values)
{
    json_write_array(w, key);
    for (; *values; values++) {
        json_write_object(w, NULL);
        json_write_string(w, member, *values);
        json_write_end(w);
    }
    json_write_end(w);
}

static void search_param(JsonWriter *w, const char *name, const char *type)
{
    json_write_object(w, NULL);
    json_write_string(w, "name", name);
    json_write_string(w, "type", type);
    json_write_end(w);
}

static void includes(JsonWriter *w, const char *type)
{
    guint n, any = 0;
    const ParamDef *defs = params_of(type, &n);
    for (guint i = 0; i < n; i++) {
        if (param_kind(&defs[i]) != PARAM_REFERENCE)
            continue;
        g_autofree char *value = g_strdup_printf("%s:%s", type, defs[i].name);
        if (!any++)
            json_write_array(w, "searchInclude");
        json_write_string(w, NULL, value);
    }
    if (any)
        json_write_end(w);
}

static void resource(JsonWriter *w, const TypeDef *type)
{
    static const char *const CODES[] = {"read",   "vread", "update", "patch", "history-instance",
                                        "create", "search-type", NULL};
    guint n;
    const ParamDef *defs = params_of(type->name, &n);
    json_write_object(w, NULL);
    json_write_string(w, "type", type->name);
    objects(w, "interaction", "code", CODES);
    json_write_string(w, "versioning", "versioned-update");
    json_write_bool(w, "readHistory", TRUE);
    json_write_bool(w, "updateCreate", TRUE);
    json_write_bool(w, "conditionalCreate", TRUE);
    json_write_string(w, "conditionalRead", "not-match");
    json_write_bool(w, "conditionalUpdate", TRUE);
    includes(w, type->name);
    json_write_array(w, "searchParam");
    search_param(w, "_id", "token");
    search_param(w, "_lastUpdated", "date");
    for (guint i = 0; i < n; i++)
        search_param(w, defs[i].name, param_kind_name(&defs[i]));
    json_write_end(w);
    json_write_end(w);
}

/* Codes are given out by an operation only: no ValueSet is kept here. */
static void terminology(JsonWriter *w)
{
    json_write_object(w, NULL);
    json_write_string(w, "type", "ValueSet");
    json_write_array(w, "operation");
    json_write_object(w, NULL);
    json_write_string(w, "name", TERMINOLOGY_OPERATION);
    json_write_string(w, "definition", TERMINOLOGY_DEFINITION);
    json_write_end(w);
    json_write_end(w);
    json_write_end(w);
}

static void security(Core *core, JsonWriter *w)
{
    g_autofree char *token = g_strconcat(core->base, "/token", NULL);
    json_write_object(w, "security");
    json_write_array(w, "extension");
    json_write_object(w, NULL);
    json_write_string(w, "url",
                      "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris");
    json_write_array(w, "extension");
    json_write_object(w, NULL);
    json_write_string(w, "url", "token");
    json_write_string(w, "valueUri", token);
    json_write_end(w);
    json_write_end(w);
    json_write_end(w);
    json_write_end(w);
    json_write_end(w);
}

static GBytes *statement(Core *core)
{
    static const char *const FORMATS[] = {"application/fhir+json", "json", NULL};
    static const char *const PATCHES[] = {"application/json-patch+json", NULL};
    static const char *const SYSTEM[] = {"transaction", "batch", NULL};
    g_autoptr(JsonWriter) w = json_writer_new();
    g_autofree char *date = instant_to_fhir(clock_real_us() / 1000000 * 1000000);
    json_write_object(w, NULL);
    json_write_string(w, "resourceType", "CapabilityStatement");
    json_write_string(w, "status", "active");
    json_write_string(w, "date", date);
    json_write_string(w, "kind", "instance");
    json_write_object(w, "software");
    json_write_string(w, "name", "rond-core");
    json_write_string(w, "version", ROND_VERSION);
    json_write_end(w);
    json_write_object(w, "implementation");
    json_write_string(w, "description",
                      core->training ? "rond-core ÖVNING: påhittade patienter, inte för vård"
                                     : "rond-core");
    json_write_string(w, "url", core->base);
    json_write_end(w);
    json_write_string(w, "fhirVersion", "4.0.1");
    strings(w, "format", FORMATS);
    strings(w, "patchFormat", PATCHES);
    json_write_array(w, "rest");
    json_write_object(w, NULL);
    json_write_string(w, "mode", "server");
    security(core, w);
    json_write_array(w, "resource");
    for (guint i = 0; i < N_TYPES; i++)
        resource(w, &TYPES[i]);
    terminology(w);
    json_write_end(w);
    objects(w, "interaction", "code", SYSTEM);
    json_write_end(w);
    json_write_end(w);
    json_write_end(w);
    return json_writer_finish(w);
}

void capability_answer(Core *core, const CoreRequest *request, CoreReply *reply)
{
    if (!core->capability)
        core->capability = statement(core);
    reply_body(reply, 200, g_bytes_ref(core->capability));
}

void capability_smart(Core *core, const CoreRequest *request, CoreReply *reply)
{
    static const char *const GRANTS[] = {"client_credentials",
                                         "urn:ietf:params:oauth:grant-type:jwt-bearer", NULL};
    static const char *const METHODS[] = {"private_key_jwt", NULL};
    static const char *const ALGS[] = {"RS256", "PS256", "ES256", "ES384", NULL};
    static const char *const CAPABILITIES[] = {"client-confidential-asymmetric", "permission-v2",
                                               "permission-user", NULL};
    g_autofree char *token = g_strconcat(core->base, "/token", NULL);
    g_autoptr(JsonWriter) w = json_writer_new();
    json_write_object(w, NULL);
    json_write_string(w, "issuer", core->base);
    json_write_string(w, "token_endpoint", token);
    strings(w, "grant_types_supported", GRANTS);
    strings(w, "token_endpoint_auth_methods_supported", METHODS);
    strings(w, "token_endpoint_auth_signing_alg_values_supported", ALGS);
    strings(w, "capabilities", CAPABILITIES);
    json_write_end(w);
    reply_body(reply, 200, json_writer_finish(w));
    reply->content_type = "application/json";
}
