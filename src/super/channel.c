/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "super/channel.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

typedef union {
    struct cmsghdr header; /* alignment */
    char bytes[CMSG_SPACE(sizeof(int))];
} FdBuffer;

int super_tell(int channel, int kind, int status, int fd, const char *note) {
    SuperMsg body = {.kind = kind, .status = status, .fd = -1};
    struct iovec part = {&body, sizeof body};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    FdBuffer control = {0};

    if (note)
        snprintf(body.note, sizeof body.note, "%s", note);
    if (fd >= 0) {
        struct cmsghdr *header;
        message.msg_control = control.bytes;
        message.msg_controllen = sizeof control.bytes;
        header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof fd);
        memcpy(CMSG_DATA(header), &fd, sizeof fd);
    }
    return sendmsg(channel, &message, MSG_DONTWAIT | MSG_NOSIGNAL) < 0 ? -1 : 0;
}

int super_ask_card(int channel) {
    return super_tell(channel, SUPER_ASK_CARD, 0, -1, NULL);
}

int super_ask_helpers(int channel) {
    return super_tell(channel, SUPER_ASK_HELPERS, 0, -1, NULL);
}

int super_ask_spell(int channel) {
    return super_tell(channel, SUPER_ASK_SPELL, 0, -1, NULL);
}

int super_ask_pages(int channel) {
    return super_tell(channel, SUPER_ASK_PAGES, 0, -1, NULL);
}

int super_ask_print(int channel, int file_fd) {
    return super_tell(channel, SUPER_ASK_PRINT, 0, file_fd, NULL);
}

int super_recv(int channel, SuperMsg *msg) {
    struct iovec part = {msg, sizeof *msg};
    FdBuffer control;
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = control.bytes,
                             .msg_controllen = sizeof control.bytes};
    struct cmsghdr *header;
    ssize_t n;

    do
        n = recvmsg(channel, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    while (n < 0 && errno == EINTR);
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        return 0;
    if (n <= 0)
        return -1;
    msg->fd = -1;
    header = CMSG_FIRSTHDR(&message);
    if (header && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS)
        memcpy(&msg->fd, CMSG_DATA(header), sizeof msg->fd);
    if (n != sizeof *msg) {
        if (msg->fd >= 0)
            close(msg->fd);
        return -1;
    }
    msg->note[sizeof msg->note - 1] = '\0';
    return 1;
}
