/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "card/training-pki.h"
#include "card/training-token.h"
#include "card/training.h"

#define MAX_CARDS 64
#define MAX_LIST 65536
#define AUTH_ID 0x45
#define SIGN_ID 0x46
#define DEFAULT_ORGANISATION "Region Övning"

enum column { LABEL, HSA, GIVEN, FAMILY, TITLE, PIN, REQUIRED, ORG = REQUIRED, KEYS, COLUMNS };

/* The names a column may have. */
static const char *const column_names[COLUMNS][3] = {
    [LABEL] = {"label", "card"}, [HSA] = {"hsa-id", "hsa"},    [GIVEN] = {"given"},
    [FAMILY] = {"family"},       [TITLE] = {"title", "role"},  [PIN] = {"pin"},
    [ORG] = {"org"},             [KEYS] = {"keys"},
};

typedef struct {
    const char *field[COLUMNS];
    bool ec, signs; /* which keys the card has besides or instead of RSA for login */
    EVP_PKEY *key, *sign_key;
} Card;

typedef struct {
    char text[MAX_LIST];
    Card card[MAX_CARDS];
    unsigned n, next;
    pthread_mutex_t lock; /* next */
} Cards;

const char *training_module(void) {
    static const char *const places[] = {
        "/usr/lib/softhsm/libsofthsm2.so",
        "/usr/lib64/softhsm/libsofthsm2.so",
        "/usr/local/lib/softhsm/libsofthsm2.so",
    };
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (access(places[i], R_OK) == 0)
            return places[i];
    return NULL;
}

/* ---- the list ---- */

/* -1, or the length; the text ends with a NUL. */
static ssize_t read_text(const char *path, char *out, size_t size) {
    FILE *in = fopen(path, "re");
    size_t n;

    if (!in)
        return -1;
    n = fread(out, 1, size - 1, in);
    fclose(in);
    out[n] = '\0';
    return (ssize_t)n;
}

static enum column column_of(const char *name) {
    for (int c = 0; c < COLUMNS; c++)
        for (int i = 0; i < 3 && column_names[c][i]; i++)
            if (strcmp(name, column_names[c][i]) == 0)
                return c;
    return COLUMNS;
}

static bool parse_header(char *line, enum column order[32], unsigned *ret_n) {
    unsigned n = 0, seen = 0;

    for (char *name; n < 32 && (name = strsep(&line, "\t"));) {
        order[n++] = column_of(name);
        if (order[n - 1] < REQUIRED)
            seen |= 1u << order[n - 1];
    }
    *ret_n = n;
    return seen == (1u << REQUIRED) - 1;
}

/* Without a column of its own, the first card can also sign documents and the second has EC: so
 * that choosing a certificate and both kinds of key are always exercised. */
static void choose_keys(Card *card, unsigned index) {
    const char *keys = card->field[KEYS];

    if (!keys || !*keys || strcmp(keys, "-") == 0)
        keys = index == 0 ? "rsa sign" : index == 1 ? "ec" : "rsa";
    card->ec = strstr(keys, "ec") != NULL;
    card->signs = strstr(keys, "sign") != NULL;
}

static bool parse_card(Cards *cards, char *line, const enum column order[], unsigned n) {
    Card *card = &cards->card[cards->n];
    char *value;

    for (unsigned i = 0; i < n && (value = strsep(&line, "\t")); i++)
        if (order[i] < COLUMNS)
            card->field[order[i]] = value;
    for (int c = 0; c < REQUIRED; c++)
        if (!card->field[c] || !*card->field[c])
            return false;
    if (strlen(card->field[LABEL]) > 32)
        return false;
    if (!card->field[ORG])
        card->field[ORG] = DEFAULT_ORGANISATION;
    choose_keys(card, cards->n++);
    return true;
}

static bool parse_cards(Cards *cards, const char *path, char error[256]) {
    enum column order[32];
    unsigned n = 0, number = 0;
    char *rest = cards->text;

    if (read_text(path, cards->text, sizeof cards->text) < 0) {
        snprintf(error, 256, "The card list %s cannot be read: %s.", path, strerror(errno));
        return false;
    }
    for (char *line; (line = strsep(&rest, "\n"));) {
        number++;
        if (!*line || *line == '#')
            continue;
        if (n ? cards->n == MAX_CARDS || !parse_card(cards, line, order, n)
              : !parse_header(line, order, &n)) {
            snprintf(error, 256, "The card list %s is wrong in line %u.", path, number);
            return false;
        }
    }
    return true;
}

/* ---- keys, two at a time: making RSA keys is most of the work ---- */

static bool make_keys(Card *card) {
    card->key = training_key_new(card->ec);
    if (card->signs)
        card->sign_key = training_key_new(card->ec);
    return card->key && (!card->signs || card->sign_key);
}

static void *key_worker(void *data) {
    Cards *cards = data;

    for (;;) {
        unsigned mine;
        pthread_mutex_lock(&cards->lock);
        mine = cards->next++;
        pthread_mutex_unlock(&cards->lock);
        if (mine >= cards->n)
            return NULL;
        make_keys(&cards->card[mine]);
    }
}

static void make_all_keys(Cards *cards) {
    pthread_t second;
    bool two;

    pthread_mutex_init(&cards->lock, NULL);
    two = pthread_create(&second, NULL, key_worker, cards) == 0;
    key_worker(cards);
    if (two)
        pthread_join(second, NULL);
    pthread_mutex_destroy(&cards->lock);
}

/* ---- tokens ---- */

static bool add_pair(CK_FUNCTION_LIST *p11, CK_SESSION_HANDLE session, const TrainingCa *ca,
                     const Card *card, TrainingUse use) {
    const TrainingPerson person = {card->field[HSA], card->field[GIVEN], card->field[FAMILY],
                                   card->field[TITLE], card->field[ORG]};
    EVP_PKEY *key = use == TRAINING_AUTH ? card->key : card->sign_key;
    X509 *cert = key ? training_certificate(ca, key, &person, use) : NULL;
    bool ok = cert && training_token_add(p11, session, use == TRAINING_AUTH ? AUTH_ID : SIGN_ID,
                                         use == TRAINING_AUTH ? "Legitimering" : "Underskrift",
                                         key, cert, use == TRAINING_AUTH);
    X509_free(cert);
    return ok;
}

static bool make_token(CK_FUNCTION_LIST *p11, const TrainingCa *ca, const Card *card) {
    CK_SESSION_HANDLE session = training_token_new(p11, card->field[LABEL], card->field[PIN]);
    bool ok = session != CK_INVALID_HANDLE && add_pair(p11, session, ca, card, TRAINING_AUTH) &&
              (!card->signs || add_pair(p11, session, ca, card, TRAINING_SIGN));

    if (session != CK_INVALID_HANDLE)
        p11->C_CloseSession(session);
    return ok;
}

static bool make_tokens(const Cards *cards, const TrainingCa *ca, char error[256]) {
    CK_FUNCTION_LIST *p11 = training_softhsm_open(training_module());
    bool ok = true;

    if (!p11) {
        snprintf(error, 256, "SoftHSM is missing or does not start; install softhsm2.");
        return false;
    }
    for (unsigned i = 0; i < cards->n && ok; i++) {
        ok = make_token(p11, ca, &cards->card[i]);
        if (!ok)
            snprintf(error, 256, "The training card %s could not be made.",
                     cards->card[i].field[LABEL]);
    }
    training_softhsm_close(p11);
    return ok;
}

/* ---- files ---- */

static const char *in_dir(char out[PATH_MAX], const char *dir, const char *name) {
    snprintf(out, PATH_MAX, "%s/%s", dir, name);
    return out;
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *ftw) {
    return remove(path);
}

/* In place by a rename, so that a name that is there is whole. */
static bool write_text(const char *dir, const char *name, const char *text) {
    char temporary[PATH_MAX], path[PATH_MAX];
    FILE *out;
    bool ok;

    in_dir(path, dir, name);
    if (snprintf(temporary, sizeof temporary, "%s.new", path) >= (int)sizeof temporary ||
        !(out = fopen(temporary, "we")))
        return false;
    ok = fputs(text, out) >= 0;
    ok = fclose(out) == 0 && ok;
    return ok && rename(temporary, path) == 0;
}

bool training_cards_ready(const char *dir, const char *cards_tsv) {
    static char made[MAX_LIST], wanted[MAX_LIST];
    char path[PATH_MAX];

    return access(in_dir(path, dir, "softhsm2.conf"), R_OK) == 0 &&
           read_text(in_dir(path, dir, "made-from.tsv"), made, sizeof made) >= 0 &&
           read_text(cards_tsv, wanted, sizeof wanted) >= 0 && strcmp(made, wanted) == 0;
}

/* Empties the token folder and points SoftHSM at it. */
static bool prepare_folder(const char *dir, char error[256]) {
    char tokens[PATH_MAX], path[PATH_MAX], text[PATH_MAX + 128];

    in_dir(tokens, dir, "tokens");
    unlink(in_dir(path, dir, "made-from.tsv"));
    nftw(tokens, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    snprintf(text, sizeof text,
             "directories.tokendir = %s\nobjectstore.backend = file\nlog.level = ERROR\n"
             "slots.removable = true\n", tokens);
    if (mkdir(tokens, 0700) < 0 || !write_text(dir, "softhsm2.conf", text) ||
        setenv("SOFTHSM2_CONF", in_dir(path, dir, "softhsm2.conf"), 1) < 0) {
        snprintf(error, 256, "The folder %s cannot be written: %s.", dir, strerror(errno));
        return false;
    }
    return true;
}

static bool make_all(Cards *cards, const char *dir, const char *cards_tsv, char error[256]) {
    char cert[PATH_MAX], key[PATH_MAX];
    static char list[MAX_LIST];
    TrainingCa ca;
    bool ok;

    if (!parse_cards(cards, cards_tsv, error) || !prepare_folder(dir, error))
        return false;
    make_all_keys(cards);
    ok = training_ca_open(&ca, in_dir(cert, dir, "ca.pem"), in_dir(key, dir, "ca.key"));
    if (!ok)
        snprintf(error, 256, "The training CA could not be made in %s.", dir);
    ok = ok && make_tokens(cards, &ca, error);
    training_ca_close(&ca);
    /* Last: from now on the cards count as made. */
    if (ok && (read_text(cards_tsv, list, sizeof list) < 0 ||
               !write_text(dir, "made-from.tsv", list))) {
        snprintf(error, 256, "The folder %s cannot be written: %s.", dir, strerror(errno));
        ok = false;
    }
    return ok;
}

bool training_cards_make(const char *dir, const char *cards_tsv, char error[256]) {
    char path[PATH_MAX];
    Cards *cards;
    bool ok;
    int lock;

    mkdir(dir, 0700);
    lock = open(in_dir(path, dir, "lock"), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (lock < 0 || flock(lock, LOCK_EX) < 0) {
        snprintf(error, 256, "The folder %s cannot be written: %s.", dir, strerror(errno));
        if (lock >= 0)
            close(lock);
        return false;
    }
    /* Somebody else may have made them while we waited for the lock. */
    if (training_cards_ready(dir, cards_tsv)) {
        close(lock);
        return true;
    }
    cards = calloc(1, sizeof *cards);
    ok = cards && make_all(cards, dir, cards_tsv, error);
    for (unsigned i = 0; cards && i < cards->n; i++) {
        EVP_PKEY_free(cards->card[i].key);
        EVP_PKEY_free(cards->card[i].sign_key);
    }
    free(cards);
    close(lock);
    return ok;
}
