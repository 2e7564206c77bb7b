/* SPDX-License-Identifier: GPL-3.0-or-later
 * The listening socket: inherited, a Unix socket, or loopback TCP. Nothing else. */
#include "core/http.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define BACKLOG 1024 /* a class that begins at once, each rond with several connections */

static int fail(int fd, GError **error, const char *what, int code)
{
    g_set_error(error, G_FILE_ERROR, (gint)g_file_error_from_errno(code), "Cannot listen on %s: %s.",
                what, g_strerror(code));
    if (fd >= 0)
        close(fd);
    return -1;
}

/* A socket file that nobody answers on is what a killed server left. */
static gboolean stale(const struct sockaddr_un *address)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    gboolean dead = connect(fd, (const struct sockaddr *)address, sizeof *address) != 0 &&
                    errno == ECONNREFUSED;
    close(fd);
    return dead;
}

static int listen_unix(const char *path, GError **error)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (g_strlcpy(address.sun_path, path, sizeof address.sun_path) >= sizeof address.sun_path)
        return fail(-1, error, path, ENAMETOOLONG);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (stale(&address))
        unlink(path);
    mode_t before = umask(0177);
    int rc = bind(fd, (const struct sockaddr *)&address, sizeof address);
    umask(before);
    if (rc != 0 || listen(fd, BACKLOG) != 0)
        return fail(fd, error, path, errno);
    return fd;
}

static int listen_loopback(guint port, GError **error)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = g_htons((guint16)port),
                                  .sin_addr.s_addr = g_htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, (const struct sockaddr *)&address, sizeof address) != 0 ||
        listen(fd, BACKLOG) != 0) {
        g_autofree char *what = g_strdup_printf("127.0.0.1:%u", port);
        return fail(fd, error, what, errno);
    }
    return fd;
}

int http_listen(const HttpOptions *options, gboolean *ret_local, GError **error)
{
    struct sockaddr_storage address = {0};
    socklen_t len = sizeof address;
    int fd = options->listen_fd >= 0  ? options->listen_fd
             : options->socket_path   ? listen_unix(options->socket_path, error)
                                      : listen_loopback(options->port, error);
    if (fd < 0)
        return -1;
    if (getsockname(fd, (struct sockaddr *)&address, &len) != 0)
        return fail(-1, error, "the inherited socket", errno);
    *ret_local = address.ss_family == AF_UNIX;
    return fd;
}
