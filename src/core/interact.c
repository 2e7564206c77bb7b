/* SPDX-License-Identifier: GPL-3.0-or-later
 * The FHIR interactions on one resource. */
#include "core/interact.h"

#include "base/clock.h"
#include "core/access.h"
#include "core/note-hand.h"
#include "core/params.h"
#include "core/record.h"
#include "core/rules.h"
#include "core/search.h"
#include "fhir/outcome.h"
#include "fhir/patch.h"
#include "fhir/validate.h"
#include "json/writer.h"
#include <string.h>

static void location(Core *core, CoreReply *reply, const char *type, const char *id, gint64 version)
{
    g_free(reply->location);
    reply->location = g_strdup_printf("%s/%s/%s/_history/%" G_GINT64_FORMAT, core->base, type, id,
                                      version);
}

static gboolean gone(CoreReply *reply, const char *type, const char *id)
{
    return reply_fail(reply, 404, "not-found", NULL, "There is no %s/%s.", type, id);
}

void interact_read(Core *core, const CoreRequest *request, const char *type, const char *id,
                   CoreReply *reply)
{
    gboolean match = FALSE;
    g_autoptr(Record) record = record_get(core->db, type, id);
    if (!record) {
        gone(reply, type, id);
        return;
    }
    g_autofree char *digits = g_strdup_printf("%" G_GINT64_FORMAT, record->version);
    reply_about(reply, type, id, record->patient);
    reply->etag = etag_of(record->version);
    reply->modified = record->updated;
    if (request->if_none_match && etag_matches(request->if_none_match, digits, &match) && match)
        reply->status = 304;
    else
        reply_body(reply, 200, g_steal_pointer(&record->body));
}

void interact_vread(Core *core, const char *type, const char *id, const char *version,
                    CoreReply *reply)
{
    gint64 number;
    g_autoptr(Record) record = record_get(core->db, type, id);
    if (!record || !g_ascii_string_to_signed(version, 10, 1, G_MAXINT64, &number, NULL)) {
        gone(reply, type, id);
        return;
    }
    GBytes *body = record_get_version(core->db, type, id, number);
    if (!body) {
        reply_fail(reply, 404, "not-found", NULL, "There is no version %s of %s/%s.", version, type,
                   id);
        return;
    }
    reply_about(reply, type, id, record->patient);
    reply->etag = etag_of(number);
    reply_body(reply, 200, body);
}

static void write_version(Core *core, JsonWriter *w, const char *type, const char *id,
                          sqlite3_stmt *s)
{
    gint64 version = sqlite3_column_int64(s, 0);
    g_autofree char *url = g_strdup_printf("%s/%s/%s", core->base, type, id);
    g_autofree char *path = g_strdup_printf("%s/%s", type, id);
    g_autofree char *etag = etag_of(version);
    g_autofree char *when = instant_to_fhir(sqlite3_column_int64(s, 1));
    json_write_object(w, NULL);
    json_write_string(w, "fullUrl", url);
    json_write_raw(w, "resource", sqlite3_column_blob(s, 2), sqlite3_column_bytes(s, 2));
    json_write_object(w, "request");
    json_write_string(w, "method", version == 1 ? "POST" : "PUT");
    json_write_string(w, "url", version == 1 ? type : path);
    json_write_end(w);
    json_write_object(w, "response");
    json_write_string(w, "status", version == 1 ? "201" : "200");
    json_write_string(w, "etag", etag);
    json_write_string(w, "lastModified", when);
    json_write_end(w);
    json_write_end(w);
}

void interact_history(Core *core, const char *type, const char *id, CoreReply *reply)
{
    g_autoptr(Record) record = record_get(core->db, type, id);
    if (!record) {
        gone(reply, type, id);
        return;
    }
    g_autoptr(JsonWriter) w = json_writer_new();
    g_autofree char *self = g_strdup_printf("%s/%s/%s/_history", core->base, type, id);
    json_write_object(w, NULL);
    json_write_string(w, "resourceType", "Bundle");
    json_write_string(w, "type", "history");
    json_write_int(w, "total", record->version);
    json_write_array(w, "link");
    json_write_object(w, NULL);
    json_write_string(w, "relation", "self");
    json_write_string(w, "url", self);
    json_write_end(w);
    json_write_end(w);
    json_write_array(w, "entry");
    sqlite3_stmt *s = db_stmt(core->db,
                              "SELECT version, updated, body FROM resource WHERE rid=?1 UNION ALL"
                              " SELECT version, updated, body FROM old WHERE rid=?1"
                              " ORDER BY 1 DESC",
                              "i", record->rid);
    while (db_row(core->db, s))
        write_version(core, w, type, id, s);
    json_write_end(w);
    json_write_end(w);
    reply_about(reply, type, id, record->patient);
    reply_body(reply, 200, json_writer_finish(w));
}

/* ---- writes ------------------------------------------------------------------------------- */

static gboolean media_type_fits(const CoreRequest *request, const char *const *accepted,
                                CoreReply *reply)
{
    if (!request->content_type)
        return TRUE;
    g_auto(GStrv) parts = g_strsplit(request->content_type, ";", 2);
    if (parts[0] && g_strv_contains(accepted, g_strstrip(parts[0])))
        return TRUE;
    return reply_fail(reply, 415, "not-supported", NULL, "The body must be %s.", accepted[0]);
}

FhirResource *interact_body(const CoreRequest *request, const char *type, CoreReply *reply)
{
    static const char *const ACCEPTED[] = {"application/fhir+json", "application/json", NULL};
    g_autoptr(GError) error = NULL;
    if (!media_type_fits(request, ACCEPTED, reply))
        return NULL;
    if (!request->body) {
        reply_fail(reply, 400, "required", NULL, "The request has no body.");
        return NULL;
    }
    g_autoptr(FhirResource) r = fhir_resource_parse(request->body, &error);
    if (!r) {
        reply_fail(reply, 400, "structure", NULL, "%s", error->message);
        return NULL;
    }
    if (!g_str_equal(fhir_type(r), type)) {
        reply_fail(reply, 400, "invalid", fhir_type(r), "The body is a %s, the address says %s.",
                   fhir_type(r), type);
        return NULL;
    }
    return g_steal_pointer(&r);
}

static gboolean sound(const FhirResource *r, CoreReply *reply)
{
    if (fhir_read_only(r))
        return reply_fail(reply, 400, "structure", fhir_type(r),
                          "The resource holds damaged text (bad UTF-8 or a NUL).");
    g_autoptr(GPtrArray) issues = fhir_validate(r);
    return !issues || reply_issues(reply, 400, issues);
}

static void answer_write(Core *core, const CoreRequest *request, guint status,
                         const FhirResource *stored, gint64 version, CoreReply *reply)
{
    g_autofree char *patient = NULL;
    if (request->prefer && strstr(request->prefer, "return=minimal"))
        reply->status = status;
    else
        reply_body(reply, status, g_bytes_ref(fhir_text(stored)));
    g_free(reply->etag);
    reply->etag = etag_of(version);
    reply->modified = fhir_last_updated(stored);
    location(core, reply, fhir_type(stored), fhir_id(stored), version);
    patient = db_text(core->db, "SELECT patient FROM resource WHERE type=? AND id=?", "ss",
                      fhir_type(stored), fhir_id(stored));
    reply_about(reply, fhir_type(stored), fhir_id(stored), patient);
}

/* Of a note there is one last version, and none is put aside without it. */
static gboolean one_last_version(Core *core, const FhirResource *r, const char *id, const FhirResource *before,
                                 CoreReply *reply)
{
    g_autofree char *replaced = before ? NULL : rules_replaced(r);
    if (replaced) {
        g_autoptr(Record) record = record_get(core->db, "DocumentReference", replaced);
        g_autoptr(FhirResource) base = record ? fhir_resource_parse(record->body, NULL) : NULL;
        if (!base || !fhir_is(fhir_root(base), "status", "current"))
            return reply_fail(reply, 412, "conflict", "DocumentReference.relatesTo",
                              "The note that this one replaces is not the last version any more.");
    }
    if (!rules_supersedes(r, before))
        return TRUE;
    g_autofree char *query = g_strconcat("relatesto=DocumentReference/", id, NULL);
    g_autoptr(GPtrArray) later = search_ids(core, "DocumentReference", query, reply);
    return (later && later->len) ||
           reply_fail(reply, 422, "business-rule", "DocumentReference.status",
                      "A note is superseded by a later version, in the same transaction.");
}

/* The last step of every write: rights, rules, structure, then the record. */
static gboolean put(Core *core, const CoreRequest *request, const FhirResource *r, const char *id,
                    const Record *old, CoreReply *reply)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(FhirResource) before = old ? fhir_resource_parse(old->body, NULL) : NULL;
    if (!sound(r, reply) || !access_check_write(core, request->session, r, before, reply) ||
        !rules_check(request, r, before, reply) || !one_last_version(core, r, id, before, reply) ||
        !note_hand_check(core, request, r, before, reply))
        return FALSE;
    g_autoptr(FhirResource) stored = record_put(core->db, r, id, old, request->stamp, &error);
    if (!stored)
        return reply_fail(reply, 400, "invalid", NULL, "%s", error->message);
    core_touch(core, fhir_type(r));
    answer_write(core, request, old ? 200 : 201, stored, old ? old->version + 1 : 1, reply);
    return TRUE;
}

/* One match: its id in *ret_id. FALSE with an outcome when the condition is refused or ambiguous. */
static gboolean condition(Core *core, const char *type, const char *query, char **ret_id,
                          CoreReply *reply)
{
    const char *text = *query == '?' ? query + 1 : query;
    g_autoptr(GPtrArray) ids = search_ids(core, type, text, reply);
    if (!ids)
        return FALSE;
    if (ids->len > 1)
        return reply_fail(reply, 412, "multiple-matches", NULL,
                          "More than one %s fits the condition.", type);
    *ret_id = ids->len ? g_strdup(g_ptr_array_index(ids, 0)) : NULL;
    return TRUE;
}

void interact_create(Core *core, const CoreRequest *request, const char *type, CoreReply *reply)
{
    g_autofree char *id = request->new_id ? g_strdup(request->new_id) : g_uuid_string_random();
    g_autofree char *found = NULL;
    g_autoptr(FhirResource) r = interact_body(request, type, reply);
    if (!r)
        return;
    if (request->if_none_exist) {
        if (!condition(core, type, request->if_none_exist, &found, reply))
            return;
        if (found) {
            if (access_check_write(core, request->session, r, NULL, reply))
                interact_read(core, request, type, found, reply);
            g_autoptr(Record) record = record_get(core->db, type, found);
            if (reply->status == 200)
                location(core, reply, type, found, record->version);
            return;
        }
    }
    put(core, request, r, id, NULL, reply);
}

static gboolean version_fits(const CoreRequest *request, const Record *old, CoreReply *reply)
{
    gboolean match;
    if (!request->if_match)
        return TRUE;
    g_autofree char *digits = g_strdup_printf("%" G_GINT64_FORMAT, old ? old->version : 0);
    if (!etag_matches(request->if_match, digits, &match))
        return reply_fail(reply, 400, "value", NULL, "If-Match must be an ETag such as W/\"3\".");
    if (old && match)
        return TRUE;
    return reply_fail(reply, 412, "conflict", NULL,
                      old ? "Somebody else has changed it: the version now is %s."
                          : "It does not exist (version %s).",
                      digits);
}

void interact_update(Core *core, const CoreRequest *request, const char *type, const char *id,
                     CoreReply *reply)
{
    g_autoptr(FhirResource) r = interact_body(request, type, reply);
    if (!r)
        return;
    if (g_strcmp0(fhir_id(r), id) != 0) {
        reply_fail(reply, 400, "invalid", "id", "The id in the body must be the one in the address.");
        return;
    }
    if (!record_id_valid(id)) {
        reply_fail(reply, 400, "value", "id", "An id has 1-64 letters, digits, dots and hyphens.");
        return;
    }
    g_autoptr(Record) old = record_get(core->db, type, id);
    if (version_fits(request, old, reply))
        put(core, request, r, id, old, reply);
}

void interact_update_where(Core *core, const CoreRequest *request, const char *type,
                           CoreReply *reply)
{
    g_autofree char *found = NULL;
    g_autoptr(FhirResource) r = interact_body(request, type, reply);
    if (!r || !condition(core, type, request->query, &found, reply))
        return;
    if (found && fhir_id(r) && !g_str_equal(fhir_id(r), found)) {
        reply_fail(reply, 400, "invalid", "id", "The id in the body is not the one that fits.");
        return;
    }
    g_autofree char *id = found ? g_strdup(found) : fhir_id(r) && record_id_valid(fhir_id(r))
                                                        ? g_strdup(fhir_id(r))
                                                        : g_uuid_string_random();
    g_autoptr(Record) old = record_get(core->db, type, id);
    if (old && !found)
        reply_fail(reply, 409, "duplicate", "id", "%s/%s exists but does not fit the condition.",
                   type, id);
    else if (version_fits(request, old, reply))
        put(core, request, r, id, old, reply);
}

void interact_patch(Core *core, const CoreRequest *request, const char *type, const char *id,
                    CoreReply *reply)
{
    static const char *const ACCEPTED[] = {"application/json-patch+json", NULL};
    g_autoptr(GError) error = NULL;
    if (!media_type_fits(request, ACCEPTED, reply))
        return;
    g_autoptr(Record) old = record_get(core->db, type, id);
    if (!old || !request->body) {
        gone(reply, type, id);
        return;
    }
    if (!version_fits(request, old, reply))
        return;
    g_autoptr(FhirResource) before = fhir_resource_parse(old->body, &error);
    g_autoptr(FhirResource) after = before ? fhir_patch_apply(before, request->body, &error) : NULL;
    if (!after)
        reply_fail(reply, 400, "processing", NULL, "%s", error->message);
    else if (!g_str_equal(fhir_type(after), type) || g_strcmp0(fhir_id(after), id) != 0)
        reply_fail(reply, 400, "invalid", NULL, "A patch cannot change resourceType or id.");
    else
        put(core, request, after, id, old, reply);
}
