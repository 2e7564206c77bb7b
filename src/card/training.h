/* SPDX-License-Identifier: GPL-3.0-or-later
 * card/training.h — the training reader and the training cards. The reader is a small file that
 * says which card is in; rond-reader watches it. The cards are SoftHSM tokens with certificates
 * from a training CA made on this machine. Knows nothing of screens or FHIR. The PINs come from
 * the card list and are shown in training: they protect nothing. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

typedef struct {
    bool present;
    uint32_t counter; /* one more at every insert and pull */
    char label[33];   /* the token label of the card that is in */
} TrainingReader;

/* 0, or -1 with errno. The folder of @path must exist; a missing file is an empty reader. */
int training_reader_insert(const char *path, const char *label);
int training_reader_pull(const char *path);
int training_reader_state(const char *path, TrainingReader *ret_state);

/* True when the cards of this very list are in @dir. Two small reads. */
bool training_cards_ready(const char *dir, const char *cards_tsv);

/* Makes the CA (ca.pem, ca.key 0600) where there is none, and all tokens anew. Creates @dir (0700)
 * and in the end @dir/softhsm2.conf, to be named by SOFTHSM2_CONF. Uses threads and sets
 * SOFTHSM2_CONF: call it in a process of its own (super_once). @cards_tsv: a header line, then one
 * card a line, TAB separated; columns found by name: label|card, hsa-id, given, family, title|role,
 * pin, and optional org, keys (words: rsa, ec, sign). False: @error is one sentence. */
bool training_cards_make(const char *dir, const char *cards_tsv, char error[256]);

/* Where the SoftHSM module is, or NULL. */
const char *training_module(void);
