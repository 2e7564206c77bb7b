/* SPDX-License-Identifier: GPL-3.0-or-later
 * auth/certificate.h — which certificate on the card speaks for whom. Picks authentication
 * certificates by subject, issuer, usage and validity, never "the first"; keeps training and
 * production apart. Pure: the card's list in, candidates out. */
#pragma once
#include "auth/error.h"
#include "base/secret.h"

/* Certificates of the training hospital's own authority carry this issuer organisation. */
#define CERT_TRAINING_ISSUER "rond övning"

typedef struct {
    guint slot, token_flags; /* CARD_FLAG_* */
    guint can;               /* bit per card_scheme */
    guint8 key_id[64];
    gsize key_id_len;
    char *token_label, *token_serial;
    GBytes *der;
    guint8 sha256[32];
    char *hsa_id;            /* subject serialNumber */
    char *name, *given, *family, *title; /* as the subject has them; name is never NULL */
    char *issuer;            /* issuer's common name */
    gboolean training;
    gint64 not_before, not_after; /* microseconds, real time */
    gboolean expires_soon;   /* within 30 days */
    gboolean is_ec;
    int bits;
} Certificate;
Certificate *certificate_ref(Certificate *cert);
void certificate_unref(Certificate *cert);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Certificate, certificate_unref)

typedef struct {
    gboolean training;           /* the profile: TRUE takes training certificates only */
    const char *const *issuers;  /* glob patterns of accepted issuer names, NULL-ended; NULL: any */
} CertPolicy;

/* @list: the data of a CARD_OP_LIST reply. Certificate refs, one per person and card, best first.
 * Never empty: an error says what the card carries instead and what to do. */
GPtrArray *certificate_pick(const SecretBuf *list, const CertPolicy *policy, gint64 now,
                            GError **error);
/* SE + organisation number + "-" + serial */
gboolean hsa_id_valid(const char *text);
