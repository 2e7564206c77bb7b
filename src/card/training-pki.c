/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "card/training-pki.h"

#include <fcntl.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define ISSUER_ORGANISATION "rond övning"
#define YEARS_VALID 20

static bool add_name(X509_NAME *name, const char *field, const char *value) {
    return !value || !*value ||
           X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8, (const unsigned char *)value,
                                      -1, -1, 0);
}

static bool add_extension(X509 *cert, X509 *issuer, int nid, const char *value) {
    X509V3_CTX context;
    X509_EXTENSION *extension;
    bool ok;

    X509V3_set_ctx(&context, issuer, cert, NULL, NULL, 0);
    extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    ok = extension && X509_add_ext(cert, extension, -1);
    X509_EXTENSION_free(extension);
    return ok;
}

static bool set_serial(X509 *cert) {
    unsigned char random[16];
    BIGNUM *number = NULL;
    bool ok = RAND_bytes(random, sizeof random) == 1;

    random[0] &= 0x7f;
    number = ok ? BN_bin2bn(random, sizeof random, NULL) : NULL;
    ok = number && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(cert));
    BN_free(number);
    return ok;
}

/* What every certificate here has. Valid from yesterday: clocks differ. */
static X509 *certificate_begin(EVP_PKEY *key) {
    X509 *cert = X509_new();

    if (cert && X509_set_version(cert, X509_VERSION_3) && set_serial(cert) &&
        X509_time_adj_ex(X509_getm_notBefore(cert), -1, 0, NULL) &&
        X509_time_adj_ex(X509_getm_notAfter(cert), YEARS_VALID * 365, 0, NULL) &&
        X509_set_pubkey(cert, key))
        return cert;
    X509_free(cert);
    return NULL;
}

static X509 *ca_certificate(EVP_PKEY *key) {
    X509 *cert = certificate_begin(key);
    X509_NAME *name = cert ? X509_get_subject_name(cert) : NULL;

    if (cert && add_name(name, "C", "SE") && add_name(name, "O", ISSUER_ORGANISATION) &&
        add_name(name, "CN", "rond övning CA") && X509_set_issuer_name(cert, name) &&
        add_extension(cert, cert, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") &&
        add_extension(cert, cert, NID_key_usage, "critical,keyCertSign,cRLSign") &&
        add_extension(cert, cert, NID_subject_key_identifier, "hash") &&
        X509_sign(cert, key, EVP_sha256()))
        return cert;
    X509_free(cert);
    return NULL;
}

static bool write_pem(const char *path, mode_t mode, EVP_PKEY *key, X509 *cert) {
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
    FILE *out = fd < 0 ? NULL : fdopen(fd, "w");
    bool ok;

    if (!out) {
        if (fd >= 0)
            close(fd);
        return false;
    }
    ok = key ? PEM_write_PrivateKey(out, key, NULL, NULL, 0, NULL, NULL)
             : PEM_write_X509(out, cert);
    return (fclose(out) == 0) && ok;
}

static bool ca_read(TrainingCa *ca, const char *cert_path, const char *key_path) {
    FILE *key = fopen(key_path, "re"), *cert = fopen(cert_path, "re");

    if (key && cert) {
        ca->key = PEM_read_PrivateKey(key, NULL, NULL, NULL);
        ca->cert = PEM_read_X509(cert, NULL, NULL, NULL);
    }
    if (key)
        fclose(key);
    if (cert)
        fclose(cert);
    return ca->key && ca->cert && X509_check_private_key(ca->cert, ca->key) == 1;
}

bool training_ca_open(TrainingCa *ca, const char *cert_path, const char *key_path) {
    *ca = (TrainingCa){0};
    if (ca_read(ca, cert_path, key_path))
        return true;
    training_ca_close(ca);
    ca->key = training_key_new(true);
    ca->cert = ca->key ? ca_certificate(ca->key) : NULL;
    return ca->cert && write_pem(key_path, 0600, ca->key, NULL) &&
           write_pem(cert_path, 0644, NULL, ca->cert);
}

void training_ca_close(TrainingCa *ca) {
    EVP_PKEY_free(ca->key);
    X509_free(ca->cert);
    *ca = (TrainingCa){0};
}

EVP_PKEY *training_key_new(bool ec) {
    return ec ? EVP_EC_gen("P-256") : EVP_RSA_gen(2048);
}

static bool set_person(X509 *cert, const TrainingPerson *p) {
    X509_NAME *name = X509_get_subject_name(cert);
    char full[256];

    snprintf(full, sizeof full, "%s %s", p->given, p->family);
    return add_name(name, "C", "SE") && add_name(name, "O", p->organisation) &&
           add_name(name, "CN", full) && add_name(name, "SN", p->family) &&
           add_name(name, "GN", p->given) && add_name(name, "serialNumber", p->hsa) &&
           add_name(name, "title", p->title);
}

X509 *training_certificate(const TrainingCa *ca, EVP_PKEY *key, const TrainingPerson *person,
                           TrainingUse use) {
    X509 *cert = certificate_begin(key);
    const char *usage = use == TRAINING_SIGN             ? "critical,nonRepudiation"
                        : EVP_PKEY_is_a(key, "EC") ? "critical,digitalSignature,keyAgreement"
                                                   : "critical,digitalSignature";

    if (cert && set_person(cert, person) &&
        X509_set_issuer_name(cert, X509_get_subject_name(ca->cert)) &&
        add_extension(cert, ca->cert, NID_basic_constraints, "critical,CA:FALSE") &&
        add_extension(cert, ca->cert, NID_key_usage, usage) &&
        (use == TRAINING_SIGN || add_extension(cert, ca->cert, NID_ext_key_usage, "clientAuth")) &&
        add_extension(cert, ca->cert, NID_subject_key_identifier, "hash") &&
        add_extension(cert, ca->cert, NID_authority_key_identifier, "keyid") &&
        X509_sign(cert, ca->key, EVP_sha256()))
        return cert;
    X509_free(cert);
    return NULL;
}
