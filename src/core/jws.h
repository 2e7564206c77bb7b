/* SPDX-License-Identifier: GPL-3.0-or-later
 * core/jws.h — a card's signed assertion: certificate chain, key usage, signature, claims. Knows
 * OpenSSL and JSON; nothing of the record. */
#pragma once
#include <glib.h>

#define JWS_ERROR (jws_error_quark())
GQuark jws_error_quark(void);
typedef enum { JWS_ERROR_FORMAT, JWS_ERROR_CERTIFICATE, JWS_ERROR_SIGNATURE, JWS_ERROR_CLAIMS } JwsError;

typedef struct {
    char *hsa_id;     /* subject serialNumber of the certificate */
    char *jti, *commission; /* commission: claim commissionHsaId, or NULL */
    gint64 expires;   /* seconds */
    gboolean training; /* issued by a training CA */
} Assertion;
void assertion_free(Assertion *assertion);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Assertion, assertion_free)

GPtrArray *jws_cas_new(void); /* X509*, owned */
/* Adds those of a PEM file; FALSE and @error when it holds none. */
gboolean jws_load_cas(GPtrArray *cas, const char *path, GError **error);
/* @now in seconds, real time. @audience must be met exactly. */
Assertion *jws_verify(const char *jwt, const GPtrArray *cas, const char *audience, gint64 now,
                      GError **error);
