/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "main/watchdog.h"

#include <dlfcn.h>
#include <execinfo.h>
#include <fcntl.h>
#include <glib.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { WORST = 12, SAMPLES = 8, DEPTH = 24, SAMPLE_US = 2000 };

typedef struct {
    void *frames[DEPTH];
    int n;
} Sample;

typedef struct {
    gint64 cpu_us, wall_us;
    long waits; /* times the thread slept outside poll */
    Sample samples[SAMPLES]; /* taken after every SAMPLE_US of CPU */
    int n_samples;
} Turn;

static struct {
    int fd;
    gboolean begun;
    gint64 cpu, wall;
    long waits;
    guint64 turns;
    guint64 waited; /* turns that slept outside poll */
    timer_t timer;
    gboolean has_timer;
    Turn now, worst[WORST], longest[WORST];
} watch = {.fd = -1};

static gint64 us_of(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (gint64)t.tv_sec * G_USEC_PER_SEC + t.tv_nsec / 1000;
}

static long waits_of(void)
{
    struct rusage r;
    return getrusage(RUSAGE_THREAD, &r) == 0 ? r.ru_nvcsw : 0;
}

static void on_sample(int signal_number)
{
    (void)signal_number;
    Turn *t = &watch.now;
    if (t->n_samples < SAMPLES) {
        Sample *s = &t->samples[t->n_samples++];
        s->n = backtrace(s->frames, DEPTH);
    }
}

static void timer_set(gboolean on)
{
    struct itimerspec every = {.it_value.tv_nsec = on ? SAMPLE_US * 1000 : 0,
                               .it_interval.tv_nsec = on ? SAMPLE_US * 1000 : 0};
    if (watch.has_timer)
        timer_settime(watch.timer, 0, &every, NULL);
}

/* Takes the place of the mildest one kept, when it was worse. */
static void keep(Turn kept[WORST], gboolean by_wall)
{
    int mildest = 0;
    for (int i = 1; i < WORST; i++)
        if (by_wall ? kept[i].wall_us < kept[mildest].wall_us : kept[i].cpu_us < kept[mildest].cpu_us)
            mildest = i;
    if (by_wall ? watch.now.wall_us > kept[mildest].wall_us : watch.now.cpu_us > kept[mildest].cpu_us)
        kept[mildest] = watch.now;
}

static void turn_ends(void)
{
    Turn *t = &watch.now;
    timer_set(FALSE);
    t->cpu_us = us_of(CLOCK_THREAD_CPUTIME_ID) - watch.cpu;
    t->wall_us = us_of(CLOCK_MONOTONIC) - watch.wall;
    t->waits = waits_of() - watch.waits;
    watch.turns++;
    keep(watch.worst, FALSE);
    if (t->waits > 0) {
        watch.waited++;
        keep(watch.longest, TRUE);
    }
}

static void turn_begins(void)
{
    watch.now.n_samples = 0;
    watch.waits = waits_of();
    watch.wall = us_of(CLOCK_MONOTONIC);
    watch.cpu = us_of(CLOCK_THREAD_CPUTIME_ID);
    watch.begun = TRUE;
    timer_set(TRUE);
}

static gint measured_poll(GPollFD *fds, guint n, gint timeout)
{
    if (watch.begun)
        turn_ends();
    gint ready = g_poll(fds, n, timeout);
    turn_begins();
    return ready;
}

void watchdog_start(void)
{
    const char *path = g_getenv("ROND_TRACE_LOOP");
    struct sigevent event = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGPROF};
    struct sigaction action = {.sa_handler = on_sample, .sa_flags = SA_RESTART};
    void *first[2];
    if (!path || !*path)
        return;
    watch.fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (watch.fd < 0)
        return;
    backtrace(first, G_N_ELEMENTS(first)); /* loads what it needs now, not inside the handler */
    event._sigev_un._tid = gettid();
    watch.has_timer = sigaction(SIGPROF, &action, NULL) == 0 &&
                      timer_create(CLOCK_THREAD_CPUTIME_ID, &event, &watch.timer) == 0;
    g_main_context_set_poll_func(NULL, measured_poll);
}

static void write_turn(const char *kind, const Turn *t)
{
    dprintf(watch.fd, "%s cpu %ld.%03ld ms wall %ld.%03ld ms waits %ld\n", kind, (long)(t->cpu_us / 1000),
            (long)(t->cpu_us % 1000), (long)(t->wall_us / 1000), (long)(t->wall_us % 1000), t->waits);
    for (int i = 0; i < t->n_samples; i++) {
        const Sample *s = &t->samples[i];
        dprintf(watch.fd, " ");
        for (int k = 2; k < s->n; k++) { /* the handler and the kernel's trampoline are known */
            Dl_info where = {0};
            gboolean known = dladdr(s->frames[k], &where) && where.dli_fname;
            const char *name = known ? strrchr(where.dli_fname, '/') : NULL;
            gsize offset = known ? (gsize)((char *)s->frames[k] - (char *)where.dli_fbase) : 0;
            dprintf(watch.fd, " %s+0x%zx", name ? name + 1 : "?", offset);
        }
        dprintf(watch.fd, "\n");
    }
}

void watchdog_end(void)
{
    if (watch.fd < 0)
        return;
    timer_set(FALSE);
    g_main_context_set_poll_func(NULL, NULL);
    dprintf(watch.fd, "turns %" G_GUINT64_FORMAT " waited %" G_GUINT64_FORMAT "\n", watch.turns, watch.waited);
    for (int i = 0; i < WORST; i++)
        if (watch.worst[i].cpu_us)
            write_turn("turn", &watch.worst[i]);
    for (int i = 0; i < WORST; i++)
        if (watch.longest[i].wall_us)
            write_turn("waited", &watch.longest[i]);
    close(watch.fd);
    watch.fd = -1;
}
