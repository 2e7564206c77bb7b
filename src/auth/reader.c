/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "auth/reader.h"

#include "base/event.h"
#include "base/text.h"
#include "card/protocol.h"

#include <errno.h>
#include <glib-unix.h>
#include <sys/socket.h>
#include <unistd.h>

struct Reader {
    int fd;
    guint source;
    gboolean known, present;
    guint32 counter;
    char *label;
};

static void tell(const char *what)
{
    event_emit(&(Event){.kind = EVENT_CARD, .text = what});
}

static void take(Reader *reader, const struct reader_event *event)
{
    gboolean was = reader->present, swapped = was && event->counter != reader->counter;
    reader->present = event->present != 0;
    reader->counter = event->counter;
    g_free(reader->label);
    g_autofree char *label = g_strndup(event->token_label, sizeof event->token_label);
    reader->label = text_sanitise(label, -1, FALSE);
    if (!reader->known || was != reader->present)
        tell(reader->present ? "present" : "gone");
    else if (reader->present && swapped)
        tell("swapped");
    reader->known = TRUE;
}

static gboolean on_readable(int fd, GIOCondition condition, gpointer data)
{
    Reader *reader = data;
    struct reader_event event;
    for (;;) {
        gssize got = recv(fd, &event, sizeof event, MSG_DONTWAIT);
        if (got < 0 && (errno == EAGAIN || errno == EINTR))
            return G_SOURCE_CONTINUE;
        if (got != (gssize)sizeof event)
            break; /* the watch is dead, or is no watch */
        take(reader, &event);
    }
    reader->source = 0;
    gboolean was = reader->present || !reader->known;
    reader->present = FALSE;
    reader->known = TRUE;
    if (was)
        tell("gone");
    return G_SOURCE_REMOVE;
}

Reader *reader_new(int fd)
{
    Reader *reader = g_new0(Reader, 1);
    reader->fd = fd;
    reader->label = g_strdup("");
    reader->source = g_unix_fd_add(fd, G_IO_IN | G_IO_HUP | G_IO_ERR, on_readable, reader);
    return reader;
}

void reader_free(Reader *reader)
{
    if (!reader)
        return;
    if (reader->source)
        g_source_remove(reader->source);
    close(reader->fd);
    g_free(reader->label);
    g_free(reader);
}

gboolean reader_present(const Reader *reader)
{
    return reader->present;
}

const char *reader_label(const Reader *reader)
{
    return reader->label;
}
