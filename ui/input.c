/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/input.h"

#include "base/clock.h"

#include <glib-unix.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

struct Input {
    Term *term;
    InputDecoder *decoder;
    InputFn fn;
    gpointer data;
    guint source, winch, timer;
};

static void arm(Input *i);

static gboolean on_due(gpointer data)
{
    Input *i = data;
    i->timer = 0;
    input_decoder_due(i->decoder, clock_monotonic_us());
    arm(i);
    return G_SOURCE_REMOVE;
}

static void arm(Input *i)
{
    if (i->timer)
        clock_timer_cancel(i->timer);
    i->timer = 0;
    gint64 deadline = input_decoder_deadline(i->decoder);
    if (deadline == 0)
        return;
    gint64 wait = MAX(deadline - clock_monotonic_us(), 0);
    i->timer = clock_timer_add((guint)((wait + 999) / 1000), on_due, i);
}

void input_feed(Input *i, const char *bytes, gsize n)
{
    input_decoder_feed(i->decoder, bytes, n, clock_monotonic_us());
    arm(i);
}

static gboolean on_bytes(int fd, GIOCondition condition, gpointer data)
{
    Input *i = data;
    char bytes[16384];
    ssize_t n = read(fd, bytes, sizeof bytes);
    if (n > 0) {
        input_feed(i, bytes, (gsize)n);
        return G_SOURCE_CONTINUE;
    }
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return G_SOURCE_CONTINUE;
    /* end of file or EIO: the terminal was closed */
    i->source = 0;
    i->fn(&(InputEvent){.kind = INPUT_CLOSED, .read_at = clock_monotonic_us()}, i->data);
    return G_SOURCE_REMOVE;
}

static gboolean on_winch(gpointer data)
{
    Input *i = data;
    if (term_resize(i->term))
        i->fn(&(InputEvent){.kind = INPUT_RESIZE, .read_at = clock_monotonic_us()}, i->data);
    return G_SOURCE_CONTINUE;
}

static void add_key(const char *bytes, const char *name, gpointer data)
{
    input_decoder_add(data, bytes, name);
}

Input *input_new(Term *term, InputFn fn, gpointer data)
{
    Input *i = g_new0(Input, 1);
    i->term = term;
    i->fn = fn;
    i->data = data;
    i->decoder = input_decoder_new(term_caps(term)->charset, fn, data);
    term_each_key(term, add_key, i->decoder);
    int fd = term_input_fd(term);
    if (fd >= 0) {
        i->source = g_unix_fd_add_full(G_PRIORITY_HIGH, fd, G_IO_IN | G_IO_HUP | G_IO_ERR, on_bytes,
                                       i, NULL);
        i->winch = g_unix_signal_add(SIGWINCH, on_winch, i);
    }
    return i;
}

void input_free(Input *i)
{
    if (!i)
        return;
    if (i->source)
        g_source_remove(i->source);
    if (i->winch)
        g_source_remove(i->winch);
    if (i->timer)
        clock_timer_cancel(i->timer);
    input_decoder_free(i->decoder);
    g_free(i);
}

void input_text_mode(Input *i, gboolean text)
{
    input_decoder_text_mode(i->decoder, text);
}

void input_esc_types(Input *i, gboolean plain)
{
    input_decoder_esc_types(i->decoder, plain);
}

gboolean input_quiet(const Input *i)
{
    struct pollfd typed = {.fd = term_input_fd(i->term), .events = POLLIN};
    return input_decoder_deadline(i->decoder) == 0 && poll(&typed, 1, 0) == 0;
}
