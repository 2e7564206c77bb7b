/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "auth/certificate.h"

#include "card/protocol.h"

#include <glib/gi18n.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <string.h>

#define EXPIRES_SOON_US (30 * 24 * 3600 * (gint64)G_USEC_PER_SEC)
#define DER_MAX 16384

G_DEFINE_AUTOPTR_CLEANUP_FUNC(X509, X509_free)

/* Why a certificate is no candidate; the nearest miss of a card is what the user is told. */
typedef enum {
    NOT_FOR_LOGIN, /* signing, encryption or no person at all */
    NO_HSA_ID,     /* a personal-number certificate, or Telia's */
    ISSUER,        /* not one of the profile's */
    NOT_YET,
    EXPIRED,
    OTHER_WORLD, /* training card in production or the other way round */
    FITS,
} Verdict;

Certificate *certificate_ref(Certificate *cert)
{
    return g_atomic_rc_box_acquire(cert);
}

static void certificate_clear(gpointer data)
{
    Certificate *cert = data;
    char *const owned[] = {cert->token_label, cert->token_serial, cert->hsa_id, cert->name,
                           cert->given,       cert->family,       cert->title,  cert->issuer};
    for (gsize i = 0; i < G_N_ELEMENTS(owned); i++)
        g_free(owned[i]);
    g_clear_pointer(&cert->der, g_bytes_unref);
}

void certificate_unref(Certificate *cert)
{
    if (cert)
        g_atomic_rc_box_release_full(cert, certificate_clear);
}

gboolean hsa_id_valid(const char *text)
{
    static const char pattern[] = "SEdddddddddd-";
    gsize i = 0;
    for (; text && pattern[i]; i++) {
        if (pattern[i] == 'd' ? !g_ascii_isdigit(text[i]) : text[i] != pattern[i])
            return FALSE;
    }
    gsize len = text ? strlen(text) : 0;
    for (gsize k = i; k < len; k++) {
        if (!g_ascii_isupper(text[k]) && !g_ascii_isdigit(text[k]))
            return FALSE;
    }
    return len > i && len <= 31;
}

static char *name_part(const X509_NAME *name, int nid)
{
    int at = X509_NAME_get_index_by_NID(name, nid, -1);
    if (at < 0)
        return NULL;
    unsigned char *utf8 = NULL;
    int len = ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
    char *text = len >= 0 && !memchr(utf8, 0, (gsize)len) ? g_utf8_make_valid((char *)utf8, len) : NULL;
    OPENSSL_free(utf8);
    return text;
}

static gint64 time_us(const ASN1_TIME *t)
{
    g_autoptr(GDateTime) when = NULL;
    struct tm tm;
    if (ASN1_TIME_to_tm(t, &tm) != 1)
        return 0;
    when = g_date_time_new_utc(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min,
                               tm.tm_sec);
    return when ? g_date_time_to_unix(when) * G_USEC_PER_SEC : 0;
}

static void read_subject(Certificate *cert, X509 *x509)
{
    const X509_NAME *subject = X509_get_subject_name(x509), *issuer = X509_get_issuer_name(x509);
    cert->hsa_id = name_part(subject, NID_serialNumber);
    cert->name = name_part(subject, NID_commonName);
    cert->given = name_part(subject, NID_givenName);
    cert->family = name_part(subject, NID_surname);
    cert->title = name_part(subject, NID_title);
    cert->issuer = name_part(issuer, NID_commonName);
    if (!cert->name)
        cert->name = g_strdup(cert->hsa_id ? cert->hsa_id : "");
    g_autofree char *organisation = name_part(issuer, NID_organizationName);
    cert->training = g_strcmp0(organisation, CERT_TRAINING_ISSUER) == 0;
}

static Certificate *certificate_read(const struct card_cert *head, const guint8 *der)
{
    const unsigned char *at = der;
    g_autoptr(X509) x509 = d2i_X509(NULL, &at, (long)head->der_len);
    if (!x509 || at != der + head->der_len)
        return NULL;
    Certificate *cert = g_atomic_rc_box_new0(Certificate);
    cert->slot = head->slot;
    cert->token_flags = head->flags;
    cert->can = head->can;
    cert->key_id_len = MIN(head->key_id_len, sizeof cert->key_id);
    memcpy(cert->key_id, head->key_id, cert->key_id_len);
    cert->token_label = g_strndup(head->token_label, sizeof head->token_label);
    cert->token_serial = g_strndup(head->token_serial, sizeof head->token_serial);
    cert->der = g_bytes_new(der, head->der_len);
    EVP_Digest(der, head->der_len, cert->sha256, NULL, EVP_sha256(), NULL);
    read_subject(cert, x509);
    cert->not_before = time_us(X509_get0_notBefore(x509));
    cert->not_after = time_us(X509_get0_notAfter(x509));
    EVP_PKEY *key = X509_get0_pubkey(x509);
    cert->is_ec = key && EVP_PKEY_is_a(key, "EC");
    cert->bits = key ? EVP_PKEY_get_bits(key) : 0;
    return cert;
}

static gboolean usage_is_login(const Certificate *cert)
{
    gsize len;
    const unsigned char *der = g_bytes_get_data(cert->der, &len);
    g_autoptr(X509) x509 = d2i_X509(NULL, &der, (long)len);
    guint32 flags = X509_get_extension_flags(x509), usage = X509_get_key_usage(x509);
    return !(flags & (EXFLAG_CA | EXFLAG_INVALID)) && (flags & EXFLAG_KUSAGE) &&
           (usage & KU_DIGITAL_SIGNATURE) && !(usage & KU_NON_REPUDIATION) &&
           (flags & EXFLAG_XKUSAGE) && (X509_get_extended_key_usage(x509) & XKU_SSL_CLIENT);
}

static gboolean issuer_accepted(const Certificate *cert, const CertPolicy *policy)
{
    if (!policy->issuers || cert->training)
        return TRUE;
    for (const char *const *glob = policy->issuers; *glob; glob++) {
        if (cert->issuer && g_pattern_match_simple(*glob, cert->issuer))
            return TRUE;
    }
    return FALSE;
}

static Verdict judge(const Certificate *cert, const CertPolicy *policy, gint64 now)
{
    if (!usage_is_login(cert))
        return NOT_FOR_LOGIN;
    if (!hsa_id_valid(cert->hsa_id))
        return NO_HSA_ID;
    if (cert->training != policy->training)
        return OTHER_WORLD;
    if (!issuer_accepted(cert, policy))
        return ISSUER;
    if (now < cert->not_before)
        return NOT_YET;
    return now > cert->not_after ? EXPIRED : FITS;
}

static void refuse(Verdict nearest, const CertPolicy *policy, gboolean any, GError **error)
{
    static const char *const sentences[FITS] = {
        [NOT_FOR_LOGIN] = N_("The card carries no certificate for logging in."),
        [NO_HSA_ID] = N_("The card's certificate carries no HSA-id. Use your service card."),
        [ISSUER] = N_("The card was issued by an authority that this installation does not accept."),
        [NOT_YET] = N_("The card's certificate is not valid yet. Is the computer's clock right?"),
        [EXPIRED] = N_("The card's certificate has expired. Renew it at your card office."),
        [OTHER_WORLD] = N_("This is a training card. It is not accepted outside the training environment."),
    };
    const char *sentence = any ? sentences[nearest] : N_("There is no certificate on the card.");
    if (any && nearest == OTHER_WORLD && policy->training)
        sentence = N_("This is a real card. The training environment takes training cards only.");
    gboolean other = any && nearest == OTHER_WORLD;
    g_set_error_literal(error, AUTH_ERROR, other ? AUTH_ERROR_TRAINING : AUTH_ERROR_CERTIFICATE,
                        sentence);
}

/* Longest valid first: of two certificates of one person on one card the newer is meant. */
static int latest_first(gconstpointer a, gconstpointer b)
{
    const Certificate *x = *(Certificate *const *)a, *y = *(Certificate *const *)b;
    return x->not_after > y->not_after ? -1 : x->not_after < y->not_after;
}

static void keep_one_each(GPtrArray *found)
{
    g_ptr_array_sort(found, latest_first);
    for (guint i = 0; i < found->len; i++) {
        const Certificate *kept = found->pdata[i];
        for (guint k = found->len; --k > i;) {
            const Certificate *other = found->pdata[k];
            if (g_str_equal(kept->hsa_id, other->hsa_id) &&
                g_str_equal(kept->token_serial, other->token_serial))
                g_ptr_array_remove_index(found, k);
        }
    }
}

GPtrArray *certificate_pick(const SecretBuf *list, const CertPolicy *policy, gint64 now,
                            GError **error)
{
    g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func((GDestroyNotify)certificate_unref);
    Verdict nearest = NOT_FOR_LOGIN;
    gboolean any = FALSE;
    struct card_cert head;
    for (gsize at = 0; list->len - at >= sizeof head;) {
        memcpy(&head, list->data + at, sizeof head);
        at += sizeof head;
        if (head.der_len > DER_MAX || head.der_len > list->len - at)
            break;
        g_autoptr(Certificate) cert = certificate_read(&head, list->data + at);
        at += head.der_len;
        Verdict verdict = cert ? judge(cert, policy, now) : NOT_FOR_LOGIN;
        any = any || cert;
        nearest = MAX(nearest, verdict);
        if (verdict != FITS)
            continue;
        cert->expires_soon = cert->not_after - now < EXPIRES_SOON_US;
        g_ptr_array_add(found, g_steal_pointer(&cert));
    }
    if (found->len == 0) {
        refuse(nearest, policy, any, error);
        return NULL;
    }
    keep_one_each(found);
    return g_steal_pointer(&found);
}
