/* SPDX-License-Identifier: GPL-3.0-or-later
 * From method and path to the one that answers; bearer and rights are checked here, before. */
#include "core/core.h"

#include "base/clock.h"
#include "core/access.h"
#include "core/admin.h"
#include "core/capability.h"
#include "core/interact.h"
#include "core/params.h"
#include "core/record.h"
#include "core/search.h"
#include "core/terminology.h"
#include "core/token.h"
#include "core/transaction.h"
#include <string.h>

static gboolean is(const CoreRequest *request, const char *method)
{
    return g_str_equal(request->method, method);
}

static void no_method(CoreReply *reply, const char *method, const char *allow)
{
    reply_fail(reply, 405, "not-supported", NULL,
               g_str_equal(method, "DELETE")
                   ? "Nothing is removed from the record: mark it as entered in error instead."
                   : "The method %s cannot be used here.",
               method);
    reply->allow = g_strdup(allow);
}

gboolean core_is_write(const CoreRequest *request)
{
    return is(request, "PUT") || is(request, "PATCH") ||
           (is(request, "POST") && !g_str_has_suffix(request->path, "/_search"));
}

static void on_type(Core *core, const CoreRequest *request, const char *type, CoreReply *reply)
{
    if (is(request, "GET")) {
        if (access_check_read(core, request->session, type, reply))
            search_type(core, request, type, reply);
    } else if (is(request, "POST")) {
        interact_create(core, request, type, reply);
    } else if (is(request, "PUT")) {
        interact_update_where(core, request, type, reply);
    } else {
        no_method(reply, request->method, "GET, POST, PUT");
    }
}

static void on_search_form(Core *core, const CoreRequest *request, const char *type,
                           CoreReply *reply)
{
    gsize len = 0;
    const char *form = request->body ? g_bytes_get_data(request->body, &len) : "";
    g_autofree char *query = g_strndup(form, len);
    CoreRequest search = *request;
    search.query = query;
    if (!is(request, "POST"))
        no_method(reply, request->method, "POST");
    else if (access_check_read(core, request->session, type, reply))
        search_type(core, &search, type, reply);
}

static void on_resource(Core *core, const CoreRequest *request, const char *type, const char *id,
                        CoreReply *reply)
{
    if (is(request, "GET")) {
        if (access_check_read(core, request->session, type, reply))
            interact_read(core, request, type, id, reply);
    } else if (is(request, "PUT")) {
        interact_update(core, request, type, id, reply);
    } else if (is(request, "PATCH")) {
        interact_patch(core, request, type, id, reply);
    } else {
        no_method(reply, request->method, "GET, PUT, PATCH");
    }
}

static void on_history(Core *core, const CoreRequest *request, char **path, CoreReply *reply)
{
    if (!is(request, "GET"))
        no_method(reply, request->method, "GET");
    else if (!access_check_read(core, request->session, path[0], reply))
        return;
    else if (path[3])
        interact_vread(core, path[0], path[1], path[3], reply);
    else
        interact_history(core, path[0], path[1], reply);
}

void core_interact(Core *core, const CoreRequest *request, CoreReply *reply)
{
    g_auto(GStrv) path = g_strsplit(request->path, "/", -1);
    guint n = g_strv_length(path);
    const TypeDef *type = n ? type_def(path[0]) : NULL;
    if (g_str_equal(request->path, "ValueSet/$" TERMINOLOGY_OPERATION))
        terminology_expand(core, request, reply);
    else if (!type)
        reply_fail(reply, 404, "not-supported", NULL, "This server has no %s.",
                   n && *path[0] ? path[0] : "such address");
    else if (n == 1)
        on_type(core, request, type->name, reply);
    else if (n == 2 && g_str_equal(path[1], "_search"))
        on_search_form(core, request, type->name, reply);
    else if (n == 2)
        on_resource(core, request, type->name, path[1], reply);
    else if ((n == 3 || n == 4) && g_str_equal(path[2], "_history"))
        on_history(core, request, path, reply);
    else
        reply_fail(reply, 404, "not-supported", NULL, "There is no such address.");
}

void core_run(Core *core, const CoreRequest *request, CoreReply *reply)
{
    g_autoptr(GError) error = NULL;
    CoreRequest own = *request;
    if (!core_is_write(request)) {
        core_interact(core, request, reply);
        if (db_take_error(core->db, &error))
            reply_error(reply, error);
    } else if (!db_begin(core->db, &error)) {
        reply_busy(reply, error);
        g_clear_error(&error);
    } else {
        own.stamp = record_stamp(core->db);
        core_interact(core, &own, reply);
        if (reply->status >= 400)
            db_rollback(core->db);
        else if (!db_commit(core->db, &error))
            reply_error(reply, error);
    }
    core_audit(core, request, reply);
    if (db_take_error(core->db, &error) && !core_is_write(request)) {
        core_reply_clear(reply); /* what cannot be logged is not shown */
        reply_error(reply, error);
    }
}

void core_audit(Core *core, const CoreRequest *request, const CoreReply *reply)
{
    g_autofree char *type = g_strndup(request->path, strcspn(request->path, "/"));
    const TypeDef *def = type_def(type);
    if (!def || !(def->flags & TYPE_PATIENT) || reply->status == 304)
        return;
    db_run(core->db, "INSERT INTO state.audit VALUES(NULL,?,?,?,?,?,?,?,?,?)", "isssssssi",
           clock_real_us(), request->request_id ? request->request_id : "",
           request->session->practitioner, request->session->role_id, request->method, type,
           reply->id ? reply->id : "", reply->patient ? reply->patient : "", (gint64)reply->status);
}

void core_touch(Core *core, const char *type)
{
    if (core->training && !g_str_equal(type, "AuditEvent"))
        db_run(core->db, "INSERT OR IGNORE INTO meta VALUES('touched','1')", "");
}

static const struct {
    const char *path, *method;
    void (*run)(Core *core, const CoreRequest *request, CoreReply *reply);
} OPEN_DOORS[] = {
    {"metadata", "GET", capability_answer},
    {".well-known/smart-configuration", "GET", capability_smart},
    {"token", "POST", token_answer},
    {"$clock", "POST", admin_clock},
    {"$reset", "POST", admin_reset},
};

void core_handle(Core *core, CoreRequest *request, CoreReply *reply)
{
    for (gsize i = 0; i < G_N_ELEMENTS(OPEN_DOORS); i++) {
        if (!g_str_equal(request->path, OPEN_DOORS[i].path))
            continue;
        if (is(request, OPEN_DOORS[i].method))
            OPEN_DOORS[i].run(core, request, reply);
        else
            no_method(reply, request->method, OPEN_DOORS[i].method);
        return;
    }
    g_autoptr(Session) session = token_session(core, request->authorization);
    if (!session) {
        reply_fail(reply, 401, "login", NULL, "Log in: the access token is missing or has ended.");
        return;
    }
    request->session = session;
    if (request->accept && !strstr(request->accept, "json") && !strstr(request->accept, "*/*") &&
        !strstr(request->accept, "application/*"))
        reply_fail(reply, 406, "not-supported", NULL, "This server answers in JSON only.");
    else if (*request->path)
        core_run(core, request, reply);
    else if (is(request, "POST"))
        transaction_run(core, request, reply);
    else
        no_method(reply, request->method, "POST");
    request->session = NULL;
}
