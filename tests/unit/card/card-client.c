/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "card-client.h"

#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

void client_start(CardClient *c, const char *program, const char *const *arguments) {
    const char *argv[16] = {program};
    int ends[2];

    for (int i = 0; arguments[i] && i < 14; i++)
        argv[i + 1] = arguments[i];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
        abort();
    c->pid = fork();
    if (c->pid == 0) {
        dup2(ends[1], 3);
        execv(program, (char *const *)argv);
        _exit(127);
    }
    close(ends[1]);
    c->fd = ends[0];
    c->next_id = 1;
}

int client_end(CardClient *c, bool kill_it) {
    int status = 0;

    close(c->fd);
    if (kill_it)
        kill(c->pid, SIGKILL);
    waitpid(c->pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int receive(CardClient *c, void *buffer, size_t size, int ms) {
    struct pollfd ready = {c->fd, POLLIN, 0};
    ssize_t n;

    if (poll(&ready, 1, ms) <= 0)
        return -2;
    n = recv(c->fd, buffer, size, 0);
    return n <= 0 ? -1 : (int)n;
}

int client_ask_within(CardClient *c, int ms, uint32_t op, uint32_t slot, uint32_t scheme,
                      const void *key_id, uint32_t key_id_len, const void *data, uint32_t len) {
    int n;

    memset(&c->q, 0, offsetof(struct card_request, data));
    c->q.id = c->next_id++;
    c->q.op = op;
    c->q.slot = slot;
    c->q.scheme = scheme;
    c->q.key_id_len = key_id_len;
    c->q.len = len;
    if (key_id_len)
        memcpy(c->q.key_id, key_id, key_id_len);
    if (len)
        memcpy(c->q.data, data, len);
    if (send(c->fd, &c->q, offsetof(struct card_request, data) + len, MSG_NOSIGNAL) < 0)
        return -1;
    n = receive(c, &c->r, sizeof c->r, ms);
    if (n < 0)
        return n;
    return c->r.id == c->q.id ? (int)c->r.status : -3;
}

int client_ask(CardClient *c, uint32_t op, uint32_t slot, uint32_t scheme, const void *key_id,
               uint32_t key_id_len, const void *data, uint32_t len) {
    return client_ask_within(c, 5000, op, slot, scheme, key_id, key_id_len, data, len);
}

bool client_next_cert(const CardClient *c, uint32_t *at, struct card_cert *ret_cert,
                      const uint8_t **ret_der) {
    if (*at + sizeof *ret_cert > c->r.len)
        return false;
    memcpy(ret_cert, c->r.data + *at, sizeof *ret_cert);
    *ret_der = c->r.data + *at + sizeof *ret_cert;
    *at += (uint32_t)sizeof *ret_cert + ret_cert->der_len;
    return *at <= c->r.len;
}

bool client_event(CardClient *c, struct reader_event *ret_event, int ms) {
    return receive(c, ret_event, sizeof *ret_event, ms) == (int)sizeof *ret_event;
}
