/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "auth/keyring.h"

#include "auth/error.h"
#include "base/clock.h"

#include <glib/gi18n.h>
#include <libsecret/secret.h>
#include <string.h>

#define PATIENCE_MS 2000

static const SecretSchema schema = {
    .name = "org.rond.Key",
    .flags = SECRET_SCHEMA_NONE,
    .attributes = {{"person", SECRET_SCHEMA_ATTRIBUTE_STRING}, {"what", SECRET_SCHEMA_ATTRIBUTE_STRING}},
};

/* Lives until libsecret's own callback has come, whatever happens before. */
typedef struct {
    GCancellable *cancellable;
    guint timer;
    Scope *scope;
    guint scope_id;
    KeyringFn fn;
    gpointer data;
} Call;

static void tell(Call *call, const SecretBuf *secret, const GError *error)
{
    KeyringFn fn = call->fn;
    call->fn = NULL;
    clock_timer_cancel(call->timer);
    call->timer = 0;
    if (call->scope)
        scope_remove(call->scope, call->scope_id);
    call->scope = NULL;
    if (fn)
        fn(secret, error, call->data);
}

static void on_scope_closed(gpointer data)
{
    Call *call = data;
    call->scope = NULL;
    call->fn = NULL;
    g_cancellable_cancel(call->cancellable);
}

static gboolean on_timer(gpointer data)
{
    Call *call = data;
    call->timer = 0;
    g_autoptr(GError) error = g_error_new_literal(
        AUTH_ERROR, AUTH_ERROR_KEYRING, N_("The computer's keyring does not answer; rond goes on without it."));
    g_autoptr(GCancellable) cancellable = g_object_ref(call->cancellable);
    tell(call, NULL, error);
    g_cancellable_cancel(cancellable); /* libsecret's callback comes from the loop, and frees */
    return G_SOURCE_REMOVE;
}

static Call *call_new(Scope *scope, KeyringFn fn, gpointer data)
{
    Call *call = g_new0(Call, 1);
    *call = (Call){.cancellable = g_cancellable_new(), .scope = scope, .fn = fn, .data = data};
    call->timer = clock_timer_add(PATIENCE_MS, on_timer, call);
    if (scope)
        call->scope_id = scope_add(scope, on_scope_closed, call);
    return call;
}

static void call_end(Call *call, const SecretBuf *secret, GError *failed)
{
    g_autoptr(GError) error = NULL;
    if (failed) {
        error = g_error_new_literal(AUTH_ERROR, AUTH_ERROR_KEYRING,
                                    N_("The computer's keyring cannot be used; rond goes on without it."));
        g_error_free(failed);
    }
    tell(call, secret, error);
    g_object_unref(call->cancellable);
    g_free(call);
}

static void on_looked_up(GObject *source, GAsyncResult *result, gpointer data)
{
    GError *error = NULL;
    char *text = secret_password_lookup_nonpageable_finish(result, &error);
    g_autoptr(SecretBuf) secret = NULL;
    if (text) {
        gsize len = 0;
        guchar *bytes = g_base64_decode(text, &len);
        secret = secret_new_from(bytes, len);
        secret_wipe(bytes, len);
        g_free(bytes);
        secret_password_free(text);
    }
    call_end(data, secret, error);
}

static void on_stored(GObject *source, GAsyncResult *result, gpointer data)
{
    GError *error = NULL;
    secret_password_store_finish(result, &error);
    call_end(data, NULL, error);
}

void keyring_lookup(Scope *scope, const char *person, const char *what, KeyringFn fn, gpointer data)
{
    Call *call = call_new(scope, fn, data);
    secret_password_lookup(&schema, call->cancellable, on_looked_up, call, "person", person, "what",
                           what, NULL);
}

void keyring_store(Scope *scope, const char *person, const char *what, const SecretBuf *secret,
                   KeyringFn fn, gpointer data)
{
    Call *call = call_new(scope, fn, data);
    char *text = g_base64_encode(secret->data, secret->len);
    secret_password_store(&schema, SECRET_COLLECTION_DEFAULT, "rond", text, call->cancellable,
                          on_stored, call, "person", person, "what", what, NULL);
    secret_wipe(text, strlen(text));
    g_free(text);
}
