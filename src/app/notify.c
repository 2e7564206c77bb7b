/* SPDX-License-Identifier: GPL-3.0-or-later
 * From an error to its words in the status line. One table; what is not in it says itself. With the
 * request id, so that support can find it. */
#include <glib/gi18n.h>

#include "app/app.h"
#include "client/client.h"

typedef struct {
    int code; /* CLIENT_ERROR */
    StatusKind kind;
    const char *sentence; /* N_(); NULL = the error's own */
} Row;

static const Row client_rows[] = {
    {CLIENT_ERROR_OFFLINE, STATUS_OFFLINE, N_("The core does not answer. What you write is kept")},
    {CLIENT_ERROR_CONFLICT, STATUS_WARN, N_("Changed by someone else meanwhile. Look at the new version and do it again")},
    {CLIENT_ERROR_LOCKED, STATUS_WARN, N_("Someone else is changing this now. Try again in a while")},
    {CLIENT_ERROR_LOGIN, STATUS_ERROR, N_("The login has ended. Lock and log in again; what you write is kept")},
    {CLIENT_ERROR_AUDIT, STATUS_ERROR, N_("The reading could not be logged, so nothing was opened")},
    {CLIENT_ERROR_STORE, STATUS_ERROR, N_("Nothing was sent: it could not be saved on this machine first")},
};

void notify_error(App *app, const GError *error)
{
    notify_error_of(app, NULL, error);
}

void notify_error_of(App *app, const char *who, const GError *error)
{
    StatusKind kind = STATUS_ERROR;
    const char *text = _(error->message);
    if (error->domain == APP_ERROR)
        kind = error->code == APP_ERROR_OFFLINE ? STATUS_OFFLINE : STATUS_WARN;
    for (gsize i = 0; error->domain == CLIENT_ERROR && i < G_N_ELEMENTS(client_rows); i++)
        if (error->code == client_rows[i].code) {
            kind = client_rows[i].kind;
            text = _(client_rows[i].sentence);
        }
    const char *request = error->domain == CLIENT_ERROR ? client_error_request_id(error) : NULL;
    g_autofree char *line = request && *request ? g_strdup_printf("%s (%s)", text, request) : g_strdup(text);
    g_autofree char *whose = who && *who ? g_strdup_printf("%s: %s", who, line) : g_steal_pointer(&line);
    app->frontend->status(app, kind, whose);
}
