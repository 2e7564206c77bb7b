/* SPDX-License-Identifier: GPL-3.0-or-later
 * rond-print: the only program that sets text in pages. A document comes in on a file without a name,
 * PDF and pages go out on two others; it opens no file for writing, has no network, and is killed and
 * replaced when it takes too long. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/started-by.h"
#include "print/layout.h"
#include "super/sandbox.h"

#define CHANNEL 3
/* The session waits no longer than 20 s for its pages; what goes on for ever ends itself. */
#define SET_WITHIN_S 30

static gboolean write_all(int fd, const void *data, gsize len)
{
    const char *at = data;
    while (len > 0) {
        gssize n = write(fd, at, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return FALSE;
        at += n;
        len -= (gsize)n;
    }
    return TRUE;
}

static cairo_status_t write_pdf(void *fd, const unsigned char *data, unsigned int len)
{
    return write_all(*(int *)fd, data, len) ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_WRITE_ERROR;
}

static GVariant *read_document(int fd)
{
    struct stat st;
    if (fstat(fd, &st) < 0 || st.st_size <= 0 || st.st_size > PRINT_MAX_DOCUMENT)
        return NULL;
    gsize size = (gsize)st.st_size, have = 0;
    g_autofree char *bytes = g_malloc(size);
    for (gssize n; have < size && (n = pread(fd, bytes + have, size - have, (off_t)have)) > 0;)
        have += (gsize)n;
    if (have < size)
        return NULL;
    g_autoptr(GBytes) all = g_bytes_new_take(g_steal_pointer(&bytes), size);
    return g_variant_ref_sink(g_variant_new_from_bytes(G_VARIANT_TYPE(PRINT_DOCUMENT_TYPE), all, FALSE));
}

static void answer(int fds[PRINT_FDS], struct print_reply *reply)
{
    g_autoptr(GVariant) document = read_document(fds[PRINT_DOCUMENT_FD]);
    PrintSet pages = {0};
    reply->status = document ? print_lay_out(document, write_pdf, &fds[PRINT_PDF_FD], &pages) : PRINT_BAD_DOCUMENT;
    reply->pages = pages.pages;
    reply->missing = pages.missing;
    if (!pages.rows)
        return;
    if (!write_all(fds[PRINT_PAGES_FD], g_variant_get_data(pages.rows), g_variant_get_size(pages.rows)))
        reply->status = PRINT_FAILED;
    g_variant_unref(pages.rows);
}

/* TRUE with the three files; the caller closes them. */
static gboolean take_request(int channel, struct print_request *request, int fds[PRINT_FDS])
{
    union {
        struct cmsghdr header; /* alignment */
        char bytes[CMSG_SPACE(sizeof(int) * PRINT_FDS)];
    } control;
    struct iovec part = {request, sizeof *request};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control};
    gssize n;

    do
        n = recvmsg(channel, &message, MSG_CMSG_CLOEXEC);
    while (n < 0 && errno == EINTR);
    struct cmsghdr *header = n == sizeof *request ? CMSG_FIRSTHDR(&message) : NULL;
    if (!header || header->cmsg_type != SCM_RIGHTS || header->cmsg_len != CMSG_LEN(sizeof(int) * PRINT_FDS))
        return FALSE;
    memcpy(fds, CMSG_DATA(header), sizeof(int) * PRINT_FDS);
    return TRUE;
}

/* Until the session closes its end. */
static int serve(int channel)
{
    struct print_request request;
    int fds[PRINT_FDS];
    while (take_request(channel, &request, fds)) {
        struct print_reply reply = {.id = request.id};
        alarm(SET_WITHIN_S);
        answer(fds, &reply);
        alarm(0);
        for (int i = 0; i < PRINT_FDS; i++)
            close(fds[i]);
        if (send(channel, &reply, sizeof reply, MSG_NOSIGNAL) < 0)
            return errno != EPIPE;
    }
    return 0;
}

/* What libraries complain of may quote what they were given. */
static GLogWriterOutput say_nothing(GLogLevelFlags level, const GLogField *fields, gsize n, gpointer data)
{
    (void)level;
    (void)fields;
    (void)n;
    (void)data;
    return G_LOG_WRITER_HANDLED;
}

int main(void)
{
    if (started_by_other("rond-print"))
        return EXIT_OTHER_VERSION;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &(struct rlimit){PRINT_MAX_FILE, PRINT_MAX_FILE});
    if (sandbox_apply(SANDBOX_PRINT, NULL, NULL, NULL) < 0) {
        fprintf(stderr, "rond-print: the sandbox cannot be set up: %s\n", strerror(errno));
        return 71;
    }
    g_log_set_writer_func(say_nothing, NULL, NULL);
    return serve(CHANNEL);
}
