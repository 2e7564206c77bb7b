/* SPDX-License-Identifier: GPL-3.0-or-later
 * base/secret.h — bytes that must not be swapped, dumped or left behind: locked memory with guard
 * pages, erased on free. PIN, keys and tokens live here and die early. */
#pragma once
#include <glib.h>

typedef struct {
    guint8 *data;
    gsize len;  /* bytes in use */
    gsize cap;
} SecretBuf;

SecretBuf *secret_new(gsize cap);
SecretBuf *secret_new_from(gconstpointer data, gsize len); /* caller erases its own copy */
void secret_free(SecretBuf *s);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SecretBuf, secret_free)
gboolean secret_append(SecretBuf *s, gconstpointer data, gsize len); /* false when full */
void secret_clear(SecretBuf *s);
void secret_wipe(gpointer data, gsize len); /* never optimised away */
