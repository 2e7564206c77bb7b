/* SPDX-License-Identifier: GPL-3.0-or-later
 * rond-card and rond-reader with real pcscd and real OpenSC on an emulated card. Run under
 * vcard-env.sh, one test at a time: there is one reader. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <ftw.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "card-client.h"
#include "card/training-pki.h"
#include "crypto.h"
#include "support/skip.h"

#define PIN "471147"

static char dir[] = "/tmp/vcard-XXXXXX";
static char paths[3][2][64]; /* key and certificate of 9A, 9C, 9D */
static char tries[64];
static pid_t card;
static CardClient c, watch;

static void make_key(int i, bool ec, TrainingUse use, const TrainingCa *ca) {
    const TrainingPerson person = {"SE2329999993-P1001", "Eva", "Lind", "Läkare", "Region Övning"};
    EVP_PKEY *key = training_key_new(ec);
    X509 *cert = training_certificate(ca, key, &person, use);
    FILE *out;

    for (int k = 0; k < 2; k++)
        snprintf(paths[i][k], sizeof paths[i][k], "%s/%d-%d", dir, i, k);
    out = fopen(paths[i][0], "w");
    PEM_write_PrivateKey(out, key, NULL, NULL, 0, NULL, NULL);
    fclose(out);
    out = fopen(paths[i][1], "w");
    i2d_X509_fp(out, cert);
    fclose(out);
    EVP_PKEY_free(key);
    X509_free(cert);
}

static void make_card(void) {
    char cert[64], key[64];
    TrainingCa ca;

    if (!*OPENSC)
        SKIP_PACKAGE("OpenSC is not installed");
    cr_assert(mkdtemp(dir));
    snprintf(cert, sizeof cert, "%s/ca.pem", dir);
    snprintf(key, sizeof key, "%s/ca.key", dir);
    snprintf(tries, sizeof tries, "%s/tries", dir);
    cr_assert(training_ca_open(&ca, cert, key));
    make_key(0, false, TRAINING_AUTH, &ca);
    make_key(1, true, TRAINING_SIGN, &ca);
    make_key(2, true, TRAINING_AUTH, &ca);
    training_ca_close(&ca);
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *ftw) {
    return remove(path);
}

static void pull(void) {
    if (card > 0) {
        kill(card, SIGKILL);
        waitpid(card, NULL, 0);
    }
    card = 0;
}

static void remove_card(void) {
    pull();
    nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void insert(void) {
    card = fork();
    if (card == 0) {
        execl(PIVCARD, PIVCARD, "--pin", PIN, "--tries", tries, "9A", paths[0][0], paths[0][1],
              "9C", paths[1][0], paths[1][1], "9D", paths[2][0], paths[2][1], NULL);
        _exit(127);
    }
}

static struct reader_event next_event(int ms) {
    struct reader_event e = {.state = 99};
    cr_assert(client_event(&watch, &e, ms), "no event");
    return e;
}

/* Starts the watch on an empty reader. A card just pulled by the test before may still show. */
static struct reader_event start_watch(void) {
    struct reader_event e;
    client_start(&watch, ROND_READER, (const char *const[]){NULL});
    do
        e = next_event(3000);
    while (e.present);
    return e;
}

static struct reader_event inserted(void) {
    struct reader_event e;
    insert();
    do
        e = next_event(3000);
    while (!e.present);
    return e;
}

static void start_card(void) {
    client_start(&c, ROND_CARD, (const char *const[]){"--module", OPENSC, NULL});
}

typedef struct {
    struct card_cert cert;
    X509 *x509;
} Found;

static bool find(int usage, Found *f) {
    const uint8_t *der;
    uint32_t at = 0;

    if (client_ask(&c, CARD_OP_LIST, 0, 0, NULL, 0, NULL, 0) != CARD_OK)
        return false;
    while (client_next_cert(&c, &at, &f->cert, &der)) {
        f->x509 = d2i_X509(NULL, &der, f->cert.der_len);
        if ((int)X509_get_key_usage(f->x509) == usage)
            return true;
        X509_free(f->x509);
    }
    return false;
}

#define RSA_LOGIN X509v3_KU_DIGITAL_SIGNATURE
#define EC_LOGIN (X509v3_KU_DIGITAL_SIGNATURE | X509v3_KU_KEY_AGREEMENT)
#define SIGNATURE X509v3_KU_NON_REPUDIATION

static int ask(const Found *f, uint32_t op, uint32_t scheme, const void *data, size_t len) {
    return client_ask(&c, op, f->cert.slot, scheme, f->cert.key_id, f->cert.key_id_len, data,
                      (uint32_t)len);
}

static int login(const Found *f, const char *pin) {
    return ask(f, CARD_OP_LOGIN, 0, pin, strlen(pin));
}

static void assert_signs(const Found *f, uint32_t scheme) {
    uint8_t hash[32];
    RAND_bytes(hash, sizeof hash);
    cr_assert_eq(ask(f, CARD_OP_SIGN, scheme, hash, sizeof hash), CARD_OK, "rv %lx",
                 (long)c.r.rv);
    cr_assert(crypto_verify(f->x509, scheme, hash, sizeof hash, c.r.data, c.r.len));
}

TestSuite(vcard, .timeout = 60, .init = make_card, .fini = remove_card);

Test(vcard, reader_watch_tells_of_card_and_service) {
    struct reader_event e = start_watch();
    uint32_t before = e.counter;
    pid_t service = (pid_t)strtol(getenv("PCSCD_PID"), NULL, 10);

    cr_assert_eq(e.state, READER_READY);
    cr_assert(strstr(e.reader, "Virtual PCD"));
    e = inserted();
    cr_assert_neq(e.counter, before);
    before = e.counter;
    pull();
    e = next_event(3000);
    cr_assert(!e.present && e.counter != before);

    /* The service dies and comes back. */
    kill(service, SIGKILL);
    e = next_event(3000);
    cr_assert_eq(e.state, READER_NO_SERVICE);
    if (fork() == 0) {
        int null = open("/dev/null", O_RDWR);
        dup2(null, 1);
        dup2(null, 2);
        execlp("pcscd", "pcscd", "-f", NULL);
        _exit(127);
    }
    do
        e = next_event(10000);
    while (e.state != READER_READY);
    client_end(&watch, true);
}

Test(vcard, card_logs_in_signs_and_unwraps) {
    uint8_t secret[32], wrapped[1024], point[256], shared[128];
    size_t n, point_len;
    Found auth, sign, agree;

    start_watch();
    inserted();
    start_card();
    cr_assert(find(RSA_LOGIN, &auth));
    cr_assert_eq(login(&auth, "000000"), CARD_PIN_WRONG);
    cr_assert_eq(c.r.flags, 0, "two tries left: this card does not say");
    cr_assert_eq(login(&auth, "123"), CARD_PIN_FORMAT);
    cr_assert_eq(login(&auth, PIN), CARD_OK);
    assert_signs(&auth, CARD_RS256);
    assert_signs(&auth, CARD_PS256);
    RAND_bytes(secret, sizeof secret);
    for (int sha256 = 0; sha256 < 2; sha256++) {
        n = crypto_oaep(auth.x509, sha256, secret, sizeof secret, wrapped);
        cr_assert_eq(ask(&auth, CARD_OP_UNWRAP, sha256 ? CARD_OAEP_SHA256 : CARD_OAEP_SHA1,
                         wrapped, n), CARD_OK, "rv %lx", (long)c.r.rv);
        cr_assert(c.r.len == sizeof secret && memcmp(c.r.data, secret, sizeof secret) == 0);
    }
    cr_assert(find(EC_LOGIN, &agree));
    cr_assert(agree.cert.can & 1u << CARD_ECDH);
    n = crypto_ecdh(agree.x509, point, &point_len, shared);
    cr_assert_eq(ask(&agree, CARD_OP_UNWRAP, CARD_ECDH, point, point_len), CARD_OK, "rv %lx",
                 (long)c.r.rv);
    cr_assert(c.r.len == n && memcmp(c.r.data, shared, n) == 0);
    /* The signature key wants its PIN each time: listed, but not for us. */
    cr_assert(find(SIGNATURE, &sign));
    cr_assert_eq(sign.cert.can, 0);
    cr_assert_eq(ask(&sign, CARD_OP_SIGN, CARD_ES256, secret, 32), CARD_UNSUPPORTED);
    X509_free(auth.x509);
    X509_free(sign.x509);
    X509_free(agree.x509);
    client_end(&c, false);
    client_end(&watch, true);
}

Test(vcard, tries_are_told_until_the_card_is_locked) {
    Found f;

    start_watch();
    inserted();
    start_card();
    cr_assert(find(RSA_LOGIN, &f));
    cr_assert_eq(login(&f, "000000"), CARD_PIN_WRONG);
    cr_assert_eq(login(&f, "000000"), CARD_PIN_WRONG);
    cr_assert_eq(c.r.flags, CARD_FLAG_FINAL_TRY);
    cr_assert_eq(login(&f, "000000"), CARD_PIN_LOCKED);
    cr_assert_eq(c.r.flags, CARD_FLAG_LOCKED);
    cr_assert_eq(login(&f, PIN), CARD_PIN_LOCKED);
    X509_free(f.x509);
    client_end(&c, false);
    client_end(&watch, true);
}

Test(vcard, a_card_that_was_out_must_log_in_again) {
    uint8_t hash[32] = {1};
    Found f;

    start_watch();
    inserted();
    start_card();
    cr_assert(find(RSA_LOGIN, &f));
    cr_assert_eq(login(&f, PIN), CARD_OK);
    pull();
    while (next_event(3000).present)
        ;
    cr_assert_eq(ask(&f, CARD_OP_SIGN, CARD_RS256, hash, 32), CARD_NO_TOKEN, "rv %lx",
                 (long)c.r.rv);
    inserted();
    X509_free(f.x509);
    cr_assert(find(RSA_LOGIN, &f));
    cr_assert_eq(ask(&f, CARD_OP_SIGN, CARD_RS256, hash, 32), CARD_NOT_LOGGED_IN);
    cr_assert_eq(login(&f, PIN), CARD_OK);
    assert_signs(&f, CARD_RS256);
    X509_free(f.x509);
    client_end(&c, false);
    client_end(&watch, true);
}

/* OpenSC 0.23 with ordinary locks waits for itself for ever when the card goes and a signature is
 * asked for before pcscd has noticed. */
Test(vcard, pull_then_sign_never_hangs) {
    uint8_t hash[32] = {1};
    unsigned seed = (unsigned)time(NULL);
    Found f;

    fprintf(stderr, "pull_then_sign_never_hangs: seed %u\n", seed);
    start_watch();
    for (int round = 0; round < 8; round++) {
        int status;
        inserted();
        start_card();
        cr_assert(find(RSA_LOGIN, &f));
        cr_assert_eq(login(&f, PIN), CARD_OK);
        pull();
        usleep((useconds_t)(rand_r(&seed) % 300000));
        status = ask(&f, CARD_OP_SIGN, CARD_RS256, hash, 32);
        cr_assert_neq(status, -2, "round %d: no answer in 5 s", round);
        cr_assert_neq(status, CARD_OK);
        cr_assert_eq(client_end(&c, false), 0);
        X509_free(f.x509);
        while (next_event(3000).present)
            ;
    }
    client_end(&watch, true);
}
