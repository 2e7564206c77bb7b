/* SPDX-License-Identifier: GPL-3.0-or-later
 * The training cards from end to end: made, listed, logged in to, signed and unwrapped with through
 * the real rond-card, checked with libcrypto. */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "card-client.h"
#include "card/training.h"
#include "crypto.h"
#include "support/skip.h"

static const char list_text[] =
    "# comment\n"
    "card\thsa\tgiven\tfamily\ttitle\tpin\tdefault_assignment\n"
    "läkare\tSE2329999993-P1001\tEva\tLind\tLäkare\t735192\tx\n"
    "sjuksköterska\tSE2329999993-P1014\tSara\tNyman\tSjuksköterska\t246810\tx\n";

static char dir[] = "/tmp/cards-XXXXXX";
static char cards_dir[64], list[64], reader[64];
static CardClient c;

static void write_file(const char *path, const char *text) {
    FILE *out = fopen(path, "w");
    cr_assert(out);
    fputs(text, out);
    fclose(out);
}

static void make_cards(void) {
    char error[256] = "", conf[80];

    if (!training_module())
        SKIP_PACKAGE("SoftHSM is not installed");
    cr_assert(mkdtemp(dir));
    snprintf(cards_dir, sizeof cards_dir, "%s/cards", dir);
    snprintf(list, sizeof list, "%s/cards.tsv", dir);
    snprintf(reader, sizeof reader, "%s/reader", dir);
    write_file(list, list_text);
    cr_assert(!training_cards_ready(cards_dir, list));
    cr_assert(training_cards_make(cards_dir, list, error), "%s", error);
    cr_assert(training_cards_ready(cards_dir, list));
    snprintf(conf, sizeof conf, "%s/softhsm2.conf", cards_dir);
    setenv("SOFTHSM2_CONF", conf, 1);
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *ftw) {
    return remove(path);
}

static void remove_cards(void) {
    nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void start(bool in_reader) {
    client_start(&c, ROND_CARD,
                 (const char *const[]){"--module", training_module(), "--writable", cards_dir,
                                       in_reader ? "--training-reader" : NULL, reader, NULL});
}

typedef struct {
    struct card_cert cert;
    X509 *x509;
} Found;

/* The certificate for this use on this card. */
static Found find(const char *label, uint32_t usage) {
    Found f = {0};
    const uint8_t *der;
    uint32_t at = 0;

    cr_assert_eq(client_ask(&c, CARD_OP_LIST, 0, 0, NULL, 0, NULL, 0), CARD_OK);
    while (client_next_cert(&c, &at, &f.cert, &der)) {
        X509 *x509 = d2i_X509(NULL, &der, f.cert.der_len);
        if (strcmp(f.cert.token_label, label) == 0 && X509_get_key_usage(x509) & usage) {
            f.x509 = x509;
            return f;
        }
        X509_free(x509);
    }
    cr_assert_fail("no such certificate on %s", label);
    return f;
}

static int ask(const Found *f, uint32_t op, uint32_t scheme, const void *data, size_t len) {
    return client_ask(&c, op, f->cert.slot, scheme, f->cert.key_id, f->cert.key_id_len, data,
                      (uint32_t)len);
}

static int login(const Found *f, const char *pin) {
    return ask(f, CARD_OP_LOGIN, 0, pin, strlen(pin));
}

static void assert_signs(const Found *f, uint32_t scheme) {
    uint8_t hash[48];
    size_t n = scheme == CARD_RS384 ? 48 : 32;
    RAND_bytes(hash, sizeof hash);
    cr_assert(f->cert.can & 1u << scheme);
    cr_assert_eq(ask(f, CARD_OP_SIGN, scheme, hash, n), CARD_OK, "rv %lx", (long)c.r.rv);
    cr_assert(crypto_verify(f->x509, scheme, hash, n, c.r.data, c.r.len));
    hash[0] ^= 1;
    cr_assert(!crypto_verify(f->x509, scheme, hash, n, c.r.data, c.r.len));
}

TestSuite(training_cards, .timeout = 50, .init = make_cards, .fini = remove_cards);

Test(training_cards, rsa_card_signs_and_unwraps) {
    uint8_t secret[32], wrapped[1024];
    Found f;
    size_t n;

    start(false);
    f = find("läkare", X509v3_KU_DIGITAL_SIGNATURE);
    cr_assert_eq(ask(&f, CARD_OP_SIGN, CARD_RS256, secret, 32), CARD_NOT_LOGGED_IN);
    cr_assert_eq(login(&f, "000000"), CARD_PIN_WRONG);
    cr_assert_eq(c.r.flags, CARD_FLAG_COUNT_LOW);
    cr_assert_eq(login(&f, "1"), CARD_PIN_FORMAT);
    cr_assert_eq(login(&f, "735192"), CARD_OK);
    cr_assert_eq(login(&f, "000000"), CARD_PIN_WRONG, "being logged in proves no PIN");
    cr_assert_eq(ask(&f, CARD_OP_SIGN, CARD_RS256, secret, 32), CARD_NOT_LOGGED_IN);
    cr_assert_eq(login(&f, "735192"), CARD_OK);
    cr_assert_eq(login(&f, "735192"), CARD_OK);
    cr_assert_eq(c.r.flags, 0);
    assert_signs(&f, CARD_RS256);
    assert_signs(&f, CARD_RS384);
    assert_signs(&f, CARD_PS256);
    cr_assert_eq(ask(&f, CARD_OP_SIGN, CARD_ES256, secret, 32), CARD_UNSUPPORTED);

    RAND_bytes(secret, sizeof secret);
    n = crypto_oaep(f.x509, false, secret, sizeof secret, wrapped);
    cr_assert_eq(ask(&f, CARD_OP_UNWRAP, CARD_OAEP_SHA1, wrapped, n), CARD_OK);
    cr_assert(c.r.len == sizeof secret && memcmp(c.r.data, secret, sizeof secret) == 0);
    /* SoftHSM has no OAEP with SHA-256: not promised once that is known, and said when tried. */
    X509_free(f.x509);
    f = find("läkare", X509v3_KU_DIGITAL_SIGNATURE);
    cr_assert(f.cert.can & 1u << CARD_OAEP_SHA1);
    cr_assert(!(f.cert.can & 1u << CARD_OAEP_SHA256));
    n = crypto_oaep(f.x509, true, secret, sizeof secret, wrapped);
    cr_assert_eq(ask(&f, CARD_OP_UNWRAP, CARD_OAEP_SHA256, wrapped, n), CARD_UNSUPPORTED);

    f.cert.key_id[0] ^= 0x55;
    cr_assert_eq(ask(&f, CARD_OP_SIGN, CARD_RS256, secret, 32), CARD_NO_KEY);
    f.cert.key_id[0] ^= 0x55;
    cr_assert_eq(ask(&f, CARD_OP_LOGOUT, 0, NULL, 0), CARD_OK);
    cr_assert_eq(ask(&f, CARD_OP_SIGN, CARD_RS256, secret, 32), CARD_NOT_LOGGED_IN);
    X509_free(f.x509);
    cr_assert_eq(client_end(&c, false), 0);
}

Test(training_cards, ec_card_signs_and_agrees) {
    uint8_t point[256], secret[128];
    size_t point_len, secret_len;
    Found f;

    start(false);
    f = find("sjuksköterska", X509v3_KU_DIGITAL_SIGNATURE);
    cr_assert_eq(f.cert.can, 1u << CARD_ES256 | 1u << CARD_ECDH);
    cr_assert_eq(login(&f, "246810"), CARD_OK);
    assert_signs(&f, CARD_ES256);
    secret_len = crypto_ecdh(f.x509, point, &point_len, secret);
    cr_assert_eq(ask(&f, CARD_OP_UNWRAP, CARD_ECDH, point, point_len), CARD_OK, "rv %lx",
                 (long)c.r.rv);
    cr_assert(c.r.len == secret_len && memcmp(c.r.data, secret, secret_len) == 0);
    cr_assert_eq(ask(&f, CARD_OP_UNWRAP, CARD_ECDH, "x", 1), CARD_UNSUPPORTED);
    cr_assert_eq(ask(&f, CARD_OP_UNWRAP, CARD_ECDH, NULL, 0), CARD_UNSUPPORTED);
    X509_free(f.x509);
    client_end(&c, false);
}

static void assert_name(X509 *cert, int nid, const char *wanted) {
    X509_NAME *name = X509_get_subject_name(cert);
    int at = X509_NAME_get_index_by_NID(name, nid, -1);
    unsigned char *text = NULL;
    cr_assert(at >= 0);
    ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
    cr_assert_str_eq((char *)text, wanted);
    OPENSSL_free(text);
}

Test(training_cards, certificates_are_as_on_a_real_card) {
    char path[80];
    struct stat st;
    Found auth, sign;
    X509 *ca;
    FILE *in;

    start(false);
    auth = find("läkare", X509v3_KU_DIGITAL_SIGNATURE);
    sign = find("läkare", X509v3_KU_NON_REPUDIATION);
    snprintf(path, sizeof path, "%s/ca.pem", cards_dir);
    in = fopen(path, "r");
    ca = in ? PEM_read_X509(in, NULL, NULL, NULL) : NULL;
    cr_assert(ca);
    fclose(in);
    cr_assert_eq(X509_verify(auth.x509, X509_get0_pubkey(ca)), 1);
    cr_assert_eq(X509_verify(sign.x509, X509_get0_pubkey(ca)), 1);
    cr_assert_eq(X509_get_extended_key_usage(auth.x509), XKU_SSL_CLIENT);
    cr_assert_eq(X509_get_key_usage(auth.x509), X509v3_KU_DIGITAL_SIGNATURE);
    cr_assert_eq(X509_get_key_usage(sign.x509), X509v3_KU_NON_REPUDIATION);
    assert_name(auth.x509, NID_serialNumber, "SE2329999993-P1001");
    assert_name(auth.x509, NID_commonName, "Eva Lind");
    assert_name(auth.x509, NID_surname, "Lind");
    assert_name(auth.x509, NID_givenName, "Eva");
    assert_name(auth.x509, NID_title, "Läkare");
    assert_name(ca, NID_organizationName, "rond övning");
    snprintf(path, sizeof path, "%s/ca.key", cards_dir);
    cr_assert(stat(path, &st) == 0 && (st.st_mode & 0777) == 0600);
    X509_free(auth.x509);
    X509_free(sign.x509);
    X509_free(ca);
    client_end(&c, false);
}

static bool memory_holds(pid_t pid, const char *text) {
    char path[64], line[512], mode[8];
    static char buffer[1 << 20];
    unsigned long from, to;
    bool found = false;
    FILE *maps;
    int mem;

    snprintf(path, sizeof path, "/proc/%d/maps", pid);
    maps = fopen(path, "r");
    snprintf(path, sizeof path, "/proc/%d/mem", pid);
    mem = open(path, O_RDONLY);
    if (!maps || mem < 0)
        SKIP("another process's memory cannot be read here");
    while (!found && fgets(line, sizeof line, maps)) {
        if (sscanf(line, "%lx-%lx %7s", &from, &to, mode) != 3 || mode[1] != 'w' ||
            to - from > 1ul << 30) /* a sanitizer's shadow, terabytes of nothing */
            continue;
        for (; from < to && !found; from += sizeof buffer) {
            size_t want = to - from < sizeof buffer ? to - from : sizeof buffer;
            ssize_t n = pread(mem, buffer, want, (off_t)from);
            found = n > 0 && memmem(buffer, (size_t)n, text, strlen(text));
        }
    }
    fclose(maps);
    close(mem);
    return found;
}

/* Only of our own memory; SoftHSM is not a card. */
Test(training_cards, pin_is_gone_after_the_login) {
    Found f;
    start(false);
    f = find("läkare", X509v3_KU_DIGITAL_SIGNATURE);
    cr_assert_eq(login(&f, "735192"), CARD_OK);
    cr_assert(!memory_holds(c.pid, "735192"));
    cr_assert(memory_holds(c.pid, "softhsm"), "the search finds nothing at all");
    X509_free(f.x509);
    client_end(&c, false);
}

Test(training_cards, only_the_card_in_the_reader_is_there) {
    uint8_t hash[32] = {0};
    Found f;

    start(true);
    cr_assert_eq(client_ask(&c, CARD_OP_LIST, 0, 0, NULL, 0, NULL, 0), CARD_NO_TOKEN);
    cr_assert_eq(training_reader_insert(reader, "läkare"), 0);
    f = find("läkare", X509v3_KU_DIGITAL_SIGNATURE);
    cr_assert_eq(login(&f, "735192"), CARD_OK);
    cr_assert_eq(ask(&f, CARD_OP_SIGN, CARD_RS256, hash, 32), CARD_OK);
    cr_assert_eq(training_reader_pull(reader), 0);
    cr_assert_eq(ask(&f, CARD_OP_SIGN, CARD_RS256, hash, 32), CARD_NO_TOKEN);
    cr_assert_eq(training_reader_insert(reader, "läkare"), 0);
    cr_assert_eq(ask(&f, CARD_OP_SIGN, CARD_RS256, hash, 32), CARD_NOT_LOGGED_IN);
    cr_assert_eq(login(&f, "735192"), CARD_OK);
    /* Out and in again between two requests is a new card too. */
    training_reader_pull(reader);
    training_reader_insert(reader, "läkare");
    cr_assert_eq(ask(&f, CARD_OP_SIGN, CARD_RS256, hash, 32), CARD_NOT_LOGGED_IN);
    X509_free(f.x509);
    client_end(&c, false);
}

Test(training_cards, a_new_list_makes_new_cards_under_the_same_ca) {
    char ca[80], before[4096] = "", after[4096] = "", error[256] = "", text[sizeof list_text + 128];
    FILE *in;

    snprintf(ca, sizeof ca, "%s/ca.pem", cards_dir);
    in = fopen(ca, "r");
    cr_assert(fread(before, 1, sizeof before - 1, in) > 0);
    fclose(in);
    snprintf(text, sizeof text, "%sstudent\tSE2329999993-P1001\tEva\tLind\tStudent\t123456\tx\n",
             list_text);
    write_file(list, text);
    cr_assert(!training_cards_ready(cards_dir, list));
    cr_assert(training_cards_make(cards_dir, list, error), "%s", error);
    in = fopen(ca, "r");
    cr_assert(fread(after, 1, sizeof after - 1, in) > 0);
    fclose(in);
    cr_assert_str_eq(before, after);
    start(false);
    X509_free(find("student", X509v3_KU_DIGITAL_SIGNATURE).x509);
    client_end(&c, false);
}

Test(training_cards, a_wrong_list_is_told_with_its_line) {
    char error[256] = "";
    write_file(list, "card\thsa\tgiven\tfamily\ttitle\tpin\nläkare\tSE2329999993-P1001\tEva\n");
    cr_assert(!training_cards_make(cards_dir, list, error));
    cr_assert(strstr(error, "line 2"), "%s", error);
    write_file(list, "card\thsa\n");
    cr_assert(!training_cards_make(cards_dir, list, error));
    cr_assert(strstr(error, "line 1"), "%s", error);
    unlink(list);
    cr_assert(!training_cards_make(cards_dir, list, error));
    cr_assert(strstr(error, "cannot be read"), "%s", error);
}
