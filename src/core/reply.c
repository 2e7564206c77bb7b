/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/core.h"

#include "fhir/outcome.h"
#include "json/writer.h"
#include <string.h>

void session_free(Session *session)
{
    if (!session)
        return;
    g_free(session->practitioner);
    g_free(session->role_id);
    g_free(session->commission);
    g_free(session->purpose);
    g_free(session);
}

void core_reply_clear(CoreReply *reply)
{
    g_clear_pointer(&reply->body, g_bytes_unref);
    g_free(reply->etag);
    g_free(reply->location);
    g_free(reply->allow);
    g_free(reply->type);
    g_free(reply->id);
    g_free(reply->patient);
    *reply = (CoreReply){.modified = INSTANT_NONE};
}

void reply_body(CoreReply *reply, guint status, GBytes *body)
{
    g_clear_pointer(&reply->body, g_bytes_unref);
    reply->status = status;
    reply->body = body;
    reply->content_type = "application/fhir+json; charset=utf-8";
}

void reply_about(CoreReply *reply, const char *type, const char *id, const char *patient)
{
    g_free(reply->type);
    g_free(reply->id);
    g_free(reply->patient);
    reply->type = g_strdup(type);
    reply->id = g_strdup(id);
    reply->patient = g_strdup(patient);
}

static void write_issue(JsonWriter *w, const char *severity, const char *code, const char *text,
                        const char *expression)
{
    json_write_object(w, NULL);
    json_write_string(w, "severity", severity);
    json_write_string(w, "code", code);
    json_write_object(w, "details");
    json_write_string(w, "text", text);
    json_write_end(w);
    if (expression) {
        json_write_array(w, "expression");
        json_write_string(w, NULL, expression);
        json_write_end(w);
    }
    json_write_end(w);
}

static JsonWriter *begin_outcome(void)
{
    JsonWriter *w = json_writer_new();
    json_write_object(w, NULL);
    json_write_string(w, "resourceType", "OperationOutcome");
    json_write_array(w, "issue");
    return w;
}

static void end_outcome(JsonWriter *w, CoreReply *reply, guint status)
{
    json_write_end(w);
    json_write_end(w);
    reply_body(reply, status, json_writer_finish(w));
}

gboolean reply_fail(CoreReply *reply, guint status, const char *code, const char *expression,
                    const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *raw = g_strdup_vprintf(format, args);
    va_end(args);
    g_autofree char *text = g_utf8_make_valid(raw, -1);
    g_autoptr(JsonWriter) w = begin_outcome();
    write_issue(w, status >= 500 ? "fatal" : "error", code, text, expression);
    end_outcome(w, reply, status);
    return FALSE;
}

gboolean reply_error(CoreReply *reply, const GError *error)
{
    gboolean full = g_error_matches(error, DB_ERROR, DB_ERROR_FULL);
    return reply_fail(reply, full ? 507 : 500, full ? "no-store" : "exception", NULL, "%s",
                      error->message);
}

gboolean reply_busy(CoreReply *reply, const GError *error)
{
    return reply_fail(reply, 503, "transient", NULL, "%s", error->message);
}

gboolean reply_issues(CoreReply *reply, guint status, const GPtrArray *issues)
{
    g_autoptr(JsonWriter) w = begin_outcome();
    for (guint i = 0; i < issues->len; i++) {
        const FhirIssue *issue = g_ptr_array_index(issues, i);
        write_issue(w, issue->severity ? issue->severity : "error",
                    issue->code ? issue->code : "structure", issue->text, issue->expression);
    }
    end_outcome(w, reply, status);
    return FALSE;
}

char *etag_of(gint64 version)
{
    return g_strdup_printf("W/\"%" G_GINT64_FORMAT "\"", version);
}

gboolean etag_matches(const char *header, const char *version, gboolean *ret_match)
{
    g_auto(GStrv) tags = g_strsplit(header, ",", -1);
    *ret_match = FALSE;
    for (char **t = tags; *t; t++) {
        char *tag = g_strstrip(*t);
        if (g_str_equal(tag, "*")) {
            *ret_match = TRUE;
            continue;
        }
        if (g_str_has_prefix(tag, "W/"))
            tag += 2;
        gsize len = strlen(tag);
        if (len < 2 || tag[0] != '"' || tag[len - 1] != '"')
            return FALSE;
        tag[len - 1] = '\0';
        if (g_str_equal(tag + 1, version))
            *ret_match = TRUE;
    }
    return TRUE;
}
