/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "auth/assertion.h"

#include "auth/base64url.h"
#include "json/writer.h"

#include <glib/gi18n.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <string.h>

#define LIFE_S 60

static const struct {
    guint scheme;
    const char *alg, *digest;
    gboolean ec;
    int bits; /* EC: the only curve that goes with it */
} algorithms[] = { /* best first */
    {CARD_ES384, "ES384", "SHA384", TRUE, 384},
    {CARD_ES256, "ES256", "SHA256", TRUE, 256},
    {CARD_PS256, "PS256", "SHA256", FALSE, 0},
    {CARD_RS256, "RS256", "SHA256", FALSE, 0},
};

guint assertion_scheme(const Certificate *cert, const char *const *accepted)
{
    for (gsize i = 0; i < G_N_ELEMENTS(algorithms); i++) {
        if (algorithms[i].ec == cert->is_ec && (cert->can & 1u << algorithms[i].scheme) &&
            (!cert->is_ec || algorithms[i].bits == cert->bits) &&
            (!accepted || g_strv_contains(accepted, algorithms[i].alg)))
            return algorithms[i].scheme;
    }
    return 0;
}

static gsize algorithm_at(guint scheme)
{
    gsize i = 0;
    while (i < G_N_ELEMENTS(algorithms) - 1 && algorithms[i].scheme != scheme)
        i++;
    return i;
}

const char *assertion_alg(guint scheme)
{
    return algorithms[algorithm_at(scheme)].alg;
}

static char *part(JsonWriter *writer)
{
    g_autoptr(GBytes) json = json_writer_finish(writer);
    return base64url(g_bytes_get_data(json, NULL), g_bytes_get_size(json));
}

char *assertion_input(const Certificate *cert, guint scheme, const AssertionClaims *claims)
{
    guint8 random[16];
    RAND_bytes(random, sizeof random);
    g_autofree char *jti = base64url(random, sizeof random);
    g_autofree char *x5t = base64url(cert->sha256, sizeof cert->sha256);
    g_autofree char *x5c =
        g_base64_encode(g_bytes_get_data(cert->der, NULL), g_bytes_get_size(cert->der));
    gint64 now = claims->now / G_USEC_PER_SEC;

    g_autoptr(JsonWriter) w = json_writer_new();
    json_write_object(w, NULL);
    json_write_string(w, "alg", assertion_alg(scheme));
    json_write_string(w, "typ", "JWT");
    json_write_string(w, "x5t#S256", x5t);
    json_write_array(w, "x5c");
    json_write_string(w, NULL, x5c);
    json_write_end(w);
    json_write_end(w);
    g_autofree char *header = part(w);

    json_write_object(w, NULL);
    json_write_string(w, "iss", cert->hsa_id);
    json_write_string(w, "sub", cert->hsa_id);
    json_write_string(w, "aud", claims->audience);
    json_write_int(w, "iat", now);
    json_write_int(w, "exp", now + LIFE_S);
    json_write_string(w, "jti", jti);
    json_write_string(w, "commissionHsaId", claims->commission);
    json_write_end(w);
    g_autofree char *payload = part(w);
    return g_strdup_printf("%s.%s", header, payload);
}

/* ---- signing ---- */

typedef struct {
    Scope *scope;
    guint scope_id;
    char *input;
    AssertionFn fn;
    gpointer data;
} Signing;

static void signing_free(gpointer data)
{
    Signing *signing = data;
    g_free(signing->input);
    g_free(signing);
}

static void on_signed(const CardReply *reply, gpointer user)
{
    Signing *signing = user;
    AssertionFn fn = signing->fn;
    gpointer data = signing->data;
    g_autoptr(GError) error = NULL;
    g_autoptr(SecretBuf) jwt = NULL;
    if (reply->status == CARD_OK && reply->data->len > 0) {
        g_autofree char *signature = base64url(reply->data->data, reply->data->len);
        jwt = secret_new(strlen(signing->input) + strlen(signature) + 2);
        secret_append(jwt, signing->input, strlen(signing->input));
        secret_append(jwt, ".", 1);
        secret_append(jwt, signature, strlen(signature));
        secret_wipe(signature, strlen(signature));
    } else {
        g_set_error_literal(&error, AUTH_ERROR, AUTH_ERROR_CARD,
                            card_sentence(reply->status, reply->flags));
    }
    scope_remove(signing->scope, signing->scope_id);
    signing_free(signing);
    fn(jwt, error, data);
}

void assertion_sign(CardClient *card, Scope *scope, const Certificate *cert, guint scheme,
                    const AssertionClaims *claims, AssertionFn fn, gpointer data)
{
    Signing *signing = g_new0(Signing, 1);
    *signing = (Signing){.scope = scope, .fn = fn, .data = data};
    signing->input = assertion_input(cert, scheme, claims);
    signing->scope_id = scope_add(scope, signing_free, signing);
    guint8 hash[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    EVP_Digest(signing->input, strlen(signing->input), hash, &len,
               EVP_get_digestbyname(algorithms[algorithm_at(scheme)].digest), NULL);
    card_sign(card, scope, cert->slot, cert->key_id, cert->key_id_len, scheme, hash, len, on_signed,
              signing);
}
