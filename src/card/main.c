/* SPDX-License-Identifier: GPL-3.0-or-later
 * rond-card: the only program that loads a PKCS#11 module. Answers the requests of card/protocol.h
 * one by one on a socket, and is killed and replaced by the supervisor when the module hangs. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <libgen.h>
#include <limits.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/started-by.h"
#include "card/certificates.h"
#include "card/module.h"
#include "card/pkcs11.h"
#include "card/protocol.h"
#include "super/sandbox.h"

#define MAX_WRITABLE 8

typedef struct {
    const char *module, *training_reader;
    const char *writable[MAX_WRITABLE + 1];
    int fd;
} Options;

/* PINs and unwrapped keys pass here: locked in memory and erased after each answer. */
static struct {
    struct card_request request;
    struct card_reply reply;
} *io;

static int usage(void) {
    fputs("usage: rond-card --module PATH [--fd N] [--writable FOLDER]... "
          "[--training-reader FILE]\n", stderr);
    return 64;
}

static bool parse_options(int argc, char **argv, Options *o) {
    static const struct option table[] = {
        {"module", required_argument, NULL, 'm'},
        {"fd", required_argument, NULL, 'f'},
        {"writable", required_argument, NULL, 'w'},
        {"training-reader", required_argument, NULL, 't'},
        {0},
    };
    int option, n = 0;

    *o = (Options){.fd = 3};
    while ((option = getopt_long(argc, argv, "", table, NULL)) != -1) {
        if (option == 'm')
            o->module = optarg;
        else if (option == 'f')
            o->fd = (int)strtol(optarg, NULL, 10);
        else if (option == 'w' && n < MAX_WRITABLE)
            o->writable[n++] = optarg;
        else if (option == 't')
            o->training_reader = optarg;
        else
            return false;
    }
    return o->module && optind == argc;
}

/* Modules write to stdout and stderr as they please; there is a screen there. */
static void silence(void) {
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    for (int fd = 0; fd < 3; fd++)
        dup2(null, fd);
}

static bool protect(const Options *o) {
    char folder[PATH_MAX] = "";
    const char *read[] = {o->module, folder, NULL};
    size_t size = (sizeof *io + 4095) & ~(size_t)4095;

    /* The reader's folder, because the file in it is a new one at each change. */
    if (o->training_reader) {
        snprintf(folder, sizeof folder, "%s", o->training_reader);
        dirname(folder);
    }
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    io = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (io == MAP_FAILED || mlock(io, size) < 0 || madvise(io, size, MADV_DONTDUMP) < 0) {
        fprintf(stderr, "rond-card: memory cannot be locked: %s\n", strerror(errno));
        return false;
    }
    if (sandbox_apply(SANDBOX_CARD, read, o->writable, NULL) < 0) {
        fprintf(stderr, "rond-card: the sandbox cannot be set up: %s\n", strerror(errno));
        return false;
    }
    return true;
}

static uint32_t answer(CardModule *m, struct card_request *q, struct card_reply *r) {
    CardSlot *slot;
    uint32_t status;

    if (!m->p11) {
        r->len = (uint32_t)strlen(m->why);
        memcpy(r->data, m->why, r->len);
        return CARD_NO_MODULE;
    }
    m->last = CKR_OK;
    switch (q->op) {
    case CARD_OP_LIST:
        return card_list(m, r);
    case CARD_OP_LOGIN:
        status = card_login(m, q, &r->flags);
        explicit_bzero(q->data, sizeof q->data);
        return status;
    case CARD_OP_SIGN:
        return card_sign(m, q, r);
    case CARD_OP_UNWRAP:
        return card_unwrap(m, q, r);
    case CARD_OP_LOGOUT:
        slot = card_module_slot(m, q->slot);
        if (slot)
            card_module_logout(m, slot);
        return slot ? CARD_OK : CARD_NO_TOKEN;
    default:
        return CARD_UNSUPPORTED;
    }
}

static bool well_formed(const struct card_request *q, ssize_t n) {
    const ssize_t header = offsetof(struct card_request, data);
    return n >= header && n <= (ssize_t)sizeof *q && q->len <= (size_t)(n - header) &&
           q->key_id_len <= sizeof q->key_id;
}

/* Until the session closes its end. */
static int serve(CardModule *m, int fd) {
    for (;;) {
        ssize_t n = recv(fd, &io->request, sizeof io->request, MSG_TRUNC);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n < 0;
        if (!well_formed(&io->request, n)) {
            io->reply.status = CARD_UNSUPPORTED;
        } else {
            io->reply.status = answer(m, &io->request, &io->reply);
            io->reply.id = io->request.id;
            io->reply.rv = m->last;
        }
        n = send(fd, &io->reply, sizeof io->reply, MSG_NOSIGNAL);
        explicit_bzero(io, sizeof *io);
        if (n < 0)
            return errno != EPIPE;
    }
}

int main(int argc, char **argv) {
    static CardModule module;
    Options options;

    if (!parse_options(argc, argv, &options))
        return usage();
    if (started_by_other("rond-card"))
        return EXIT_OTHER_VERSION;
    if (!protect(&options))
        return 71;
    silence();
    module.training_reader = options.training_reader;
    card_module_load(&module, options.module);
    return serve(&module, options.fd);
}
