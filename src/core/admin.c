/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/admin.h"

#include "base/clock.h"
#include "core/hospital.h"
#include <string.h>

static gboolean allowed(Core *core, const CoreRequest *request, CoreReply *reply)
{
    return (core->training && request->local) ||
           reply_fail(reply, 403, "forbidden", NULL,
                      "Only a training server does this, and only over its own socket.");
}

static char *moved(const char *spec)
{
    gint64 seconds;
    if (!g_ascii_string_to_signed(spec + 1, 10, 0, 100 * 365 * 86400LL, &seconds, NULL))
        return g_strdup(spec);
    return instant_to_fhir(clock_clinical_us() + seconds * G_USEC_PER_SEC);
}

void admin_clock(Core *core, const CoreRequest *request, CoreReply *reply)
{
    gsize len = 0;
    g_autoptr(GError) error = NULL;
    const char *body = request->body ? g_bytes_get_data(request->body, &len) : "";
    g_autofree char *spec = g_strstrip(g_strndup(body, len));
    if (!allowed(core, request, reply))
        return;
    g_autofree char *when = *spec == '+' ? moved(spec) : g_strdup(spec);
    if (!clock_set_clinical(when, &error)) {
        reply_fail(reply, 400, "value", NULL, "%s", error->message);
        return;
    }
    g_autofree char *now = instant_to_fhir(clock_clinical_us());
    g_autofree char *json = g_strdup_printf("{\"now\":\"%s\"}", now);
    reply_body(reply, 200, g_bytes_new(json, strlen(json)));
    reply->content_type = "application/json";
}

void admin_reset(Core *core, const CoreRequest *request, CoreReply *reply)
{
    g_autoptr(GError) error = NULL;
    if (!allowed(core, request, reply))
        return;
    if (!hospital_reset(core->db, core->templates, core->data_dir,
                        seed_day_at(clock_clinical_us()), &error))
        reply_fail(reply, 500, "exception", NULL, "%s", error->message);
    else
        reply->status = 204;
}
