/* SPDX-License-Identifier: GPL-3.0-or-later
 * Starts a real rond-card or rond-reader and talks to it, as the session and supervisor do. */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "card/protocol.h"

typedef struct {
    pid_t pid;
    int fd;
    uint32_t next_id;
    struct card_request q;
    struct card_reply r;
} CardClient;

/* @arguments after the program's name, NULL-terminated. */
void client_start(CardClient *c, const char *program, const char *const *arguments);
/* The exit code, or 128 + n. Kills it first when @kill. */
int client_end(CardClient *c, bool kill);

/* The reply's status; -1 when the helper died, -2 when it did not answer in @ms (5 s). */
int client_ask(CardClient *c, uint32_t op, uint32_t slot, uint32_t scheme, const void *key_id,
               uint32_t key_id_len, const void *data, uint32_t len);
int client_ask_within(CardClient *c, int ms, uint32_t op, uint32_t slot, uint32_t scheme,
                      const void *key_id, uint32_t key_id_len, const void *data, uint32_t len);

/* Walks the records of LIST: @at starts at 0. */
bool client_next_cert(const CardClient *c, uint32_t *at, struct card_cert *ret_cert,
                      const uint8_t **ret_der);

/* The next event of a rond-reader within @ms. */
bool client_event(CardClient *c, struct reader_event *ret_event, int ms);
