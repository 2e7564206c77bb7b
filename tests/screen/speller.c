/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/screen/speller.h"

#include <glib-unix.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "app/speller.h"
#include "base/clock.h"
#include "spell/protocol.h"

struct FakeSpeller {
    App *app;
    int fd;
    guint source;
    GHashTable *added;
    guint delay, timer;   /* ms before a suggestion is told */
    struct spell_message late;
};

static const struct {
    const char *wrong, *offered[SPELL_SUGGESTIONS];
} table[] = {{"smärtta", {"smärta", "smärtan", "smärtade", "smarter"}}, {"palpras.", {"palperas"}}, {"palpras", {"palperas"}},
             {"oömm", {NULL}}};

static int row_of(const FakeSpeller *f, const char *word)
{
    for (gsize i = 0; i < G_N_ELEMENTS(table); i++)
        if (strcmp(table[i].wrong, word) == 0 && !g_hash_table_contains(f->added, word))
            return (int)i;
    return -1;
}

static gboolean on_late(gpointer data)
{
    FakeSpeller *f = data;
    f->timer = 0;
    g_assert(send(f->fd, &f->late, sizeof f->late, MSG_NOSIGNAL) == (gssize)sizeof f->late);
    return G_SOURCE_REMOVE;
}

static gboolean on_question(int fd, GIOCondition condition, gpointer data)
{
    FakeSpeller *f = data;
    struct spell_message m;
    if (recv(fd, &m, sizeof m, MSG_DONTWAIT) != (gssize)sizeof m)
        return G_SOURCE_CONTINUE;
    int row = row_of(f, m.word[0]);
    for (guint i = 0; i < m.count; i++) {
        m.wrong |= m.op == SPELL_CHECK && row_of(f, m.word[i]) >= 0 ? G_GUINT64_CONSTANT(1) << i : 0;
        if (m.op == SPELL_ADD)
            g_hash_table_add(f->added, g_strdup(m.word[i]));
    }
    if (m.op == SPELL_SUGGEST) {
        for (m.count = 0; row >= 0 && m.count < SPELL_SUGGESTIONS && table[row].offered[m.count]; m.count++) {
            g_strlcpy(m.word[m.count], table[row].offered[m.count], SPELL_WORD_BYTES);
            m.wrong |= g_str_has_prefix(m.word[m.count], "smart") ? G_GUINT64_CONSTANT(1) << m.count : 0; /* the other language's */
        }
    }
    if (m.op == SPELL_SUGGEST && f->delay) {
        f->late = m;
        f->timer = clock_timer_add(f->delay, on_late, f);
        return G_SOURCE_CONTINUE;
    }
    g_assert(send(fd, &m, sizeof m, MSG_NOSIGNAL) == (gssize)sizeof m);
    return G_SOURCE_CONTINUE;
}

static void start(gpointer data)
{
    FakeSpeller *f = data;
    struct spell_message hello = {.op = SPELL_HELLO, .count = 1};
    int ends[2];
    g_assert(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0);
    f->fd = ends[1];
    f->source = g_unix_fd_add(f->fd, G_IO_IN, on_question, f);
    g_assert(send(f->fd, &hello, sizeof hello, MSG_NOSIGNAL) == (gssize)sizeof hello);
    speller_attach(f->app->speller, ends[0]);
}

FakeSpeller *fake_speller_new(App *app, guint delay)
{
    FakeSpeller *f = g_new0(FakeSpeller, 1);
    f->app = app;
    f->delay = delay;
    f->fd = -1;
    f->added = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    app->speller = speller_new(&(SpellerHooks){start, NULL, f});
    return f;
}

void fake_speller_free(FakeSpeller *f)
{
    if (!f)
        return;
    g_clear_pointer(&f->app->speller, speller_free);
    clock_timer_cancel(f->timer);
    if (f->source)
        g_source_remove(f->source);
    if (f->fd >= 0)
        close(f->fd);
    g_hash_table_unref(f->added);
    g_free(f);
}
