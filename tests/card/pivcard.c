/* SPDX-License-Identifier: GPL-3.0-or-later
 * pivcard: puts a software PIV card into pcscd's virtual reader (vpcd, TCP on loopback). Starting
 * it inserts the card, killing it pulls the card.
 *   pivcard --pin PIN --tries FILE REF KEY.pem CERT.der ...     REF: 9A 9C 9D 9E */
#include <getopt.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "piv.h"

#define VPCD_PORT 35963

enum { POWER_OFF, POWER_ON, RESET, SEND_ATR = 4 };

/* Without both of these each command takes 44 ms. */
static bool read_all(int fd, uint8_t *out, size_t n) {
    while (n) {
        int yes = 1;
        ssize_t got;
        setsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &yes, sizeof yes);
        got = read(fd, out, n);
        if (got <= 0)
            return false;
        out += got;
        n -= (size_t)got;
    }
    return true;
}

/* Length and body in one piece. */
static bool send_frame(int fd, const uint8_t *body, size_t n) {
    static uint8_t frame[PIV_MAX + 2];

    frame[0] = (uint8_t)(n >> 8);
    frame[1] = (uint8_t)n;
    memcpy(frame + 2, body, n);
    return write(fd, frame, n + 2) == (ssize_t)n + 2;
}

static bool send_atr(int fd) {
    uint8_t atr[] = {0x3b, 0x85, 0x80, 0x01, 'R', 'O', 'N', 'D', '1', 0};

    for (size_t i = 1; i < sizeof atr - 1; i++)
        atr[sizeof atr - 1] ^= atr[i];
    return send_frame(fd, atr, sizeof atr);
}

static int insert(void) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(VPCD_PORT),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), yes = 1;

    if (connect(fd, (struct sockaddr *)&address, sizeof address) < 0)
        return -1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    return fd;
}

static int serve(Piv *piv, int fd) {
    static uint8_t body[PIV_MAX], out[PIV_MAX];
    uint8_t head[2];

    while (read_all(fd, head, 2)) {
        size_t n = (size_t)head[0] << 8 | head[1];
        if (!read_all(fd, body, n))
            break;
        if (n != 1)
            n = send_frame(fd, out, piv_command(piv, body, n, out));
        else if (body[0] == SEND_ATR)
            n = send_atr(fd);
        else
            piv_power(piv);
        if (!n)
            break;
    }
    return 0;
}

int main(int argc, char **argv) {
    static const struct option table[] = {{"pin", required_argument, NULL, 'p'},
                                          {"tries", required_argument, NULL, 't'},
                                          {0}};
    static Piv piv = {.tries_max = 3, .pin = "123456"};
    int option, fd;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    while ((option = getopt_long(argc, argv, "", table, NULL)) != -1) {
        if (option == 'p')
            snprintf(piv.pin, sizeof piv.pin, "%s", optarg);
        else if (option == 't')
            piv.tries_file = optarg;
        else
            return 64;
    }
    for (; optind + 2 < argc; optind += 3)
        if (!piv_add_key(&piv, (uint8_t)strtol(argv[optind], NULL, 16), argv[optind + 1],
                         argv[optind + 2]))
            return 66;
    piv_load_tries(&piv);
    fd = insert();
    if (fd < 0) {
        perror("pivcard: no virtual reader");
        return 69;
    }
    return serve(&piv, fd);
}
