/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/clock.h"

#include <string.h>

#include <gio/gio.h>

#include "base/datetime.h"

/* Ids of virtual timers have this bit set, so that a cancel finds the right kind. */
#define VIRTUAL_ID 0x80000000u

typedef struct {
    guint id, ms;
    gint64 due;
    GSourceFunc fn;
    gpointer data;
} VirtualTimer;

static struct {
    gint64 offset; /* clinical minus real */
    gint64 held;   /* INSTANT_NONE, or clinical time stands still here */
    gboolean testing;
    gint64 test_real, test_monotonic;
    GPtrArray *timers; /* VirtualTimer*, unordered */
    guint next_id;
} clk = {.held = INSTANT_NONE};

gint64 clock_real_us(void)
{
    return clk.testing ? clk.test_real : g_get_real_time();
}

gint64 clock_clinical_us(void)
{
    return clk.held != INSTANT_NONE ? clk.held : clock_real_us() + clk.offset;
}

gint64 clock_monotonic_us(void)
{
    return clk.testing ? clk.test_monotonic : g_get_monotonic_time();
}

gint64 clock_shown_us(gint64 real_us)
{
    return real_us == INSTANT_NONE ? real_us : clock_clinical_us() - (clock_real_us() - real_us);
}

gboolean clock_set_clinical(const char *spec, GError **error)
{
    gboolean hold = spec[0] == '=';
    const char *at = strchr(spec, '@');
    g_autofree char *time = at ? g_strndup(spec + hold, (gsize)(at - spec) - hold) : g_strdup(spec + hold);
    gint64 from = clock_real_us();
    FhirTime t;
    if (!fhir_time_parse(time, &t) || t.precision != FHIR_TIME_SECOND ||
        (at && !g_ascii_string_to_signed(at + 1, 10, 0, G_MAXINT64 / 2, &from, NULL))) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                    "ROND_CLOCK is not a time: \"%s\". Write it like 2026-11-10T08:00:00+01:00.",
                    spec);
        return FALSE;
    }
    clk.held = hold ? t.instant : INSTANT_NONE;
    clk.offset = t.instant - from;
    return TRUE;
}

void clock_anchor(void)
{
    const char *spec = g_getenv("ROND_CLOCK");
    if (!spec || !*spec || strchr(spec, '@'))
        return;
    g_autofree char *anchored = g_strdup_printf("%s@%" G_GINT64_FORMAT, spec, clock_real_us());
    g_setenv("ROND_CLOCK", anchored, TRUE);
}

gboolean clock_init(GError **error)
{
    const char *spec = g_getenv("ROND_CLOCK");
    return spec == NULL || *spec == '\0' || clock_set_clinical(spec, error);
}

guint clock_timer_add(guint ms, GSourceFunc fn, gpointer data)
{
    if (!clk.testing)
        return g_timeout_add(ms, fn, data);
    VirtualTimer *t = g_new0(VirtualTimer, 1);
    t->id = VIRTUAL_ID | ++clk.next_id;
    t->ms = ms;
    t->due = clk.test_monotonic + (gint64)ms * 1000;
    t->fn = fn;
    t->data = data;
    g_ptr_array_add(clk.timers, t);
    return t->id;
}

static VirtualTimer *virtual_find(guint id)
{
    for (guint i = 0; clk.timers != NULL && i < clk.timers->len; i++) {
        VirtualTimer *t = clk.timers->pdata[i];
        if (t->id == id)
            return t;
    }
    return NULL;
}

void clock_timer_cancel(guint id)
{
    if (id == 0)
        return;
    if ((id & VIRTUAL_ID) == 0) {
        GSource *source = g_main_context_find_source_by_id(NULL, id);
        if (source != NULL)
            g_source_destroy(source);
        return;
    }
    VirtualTimer *t = virtual_find(id);
    if (t != NULL)
        g_ptr_array_remove(clk.timers, t);
}

void clock_test_begin(gint64 real_us)
{
    clk.testing = TRUE;
    clk.test_real = real_us;
    clk.test_monotonic = 0;
    clk.offset = 0;
    clk.held = INSTANT_NONE;
    g_clear_pointer(&clk.timers, g_ptr_array_unref);
    clk.timers = g_ptr_array_new_with_free_func(g_free);
}

/* The earliest timer due by @limit; ties in the order they were added. */
static VirtualTimer *next_due(gint64 limit)
{
    VirtualTimer *best = NULL;
    for (guint i = 0; i < clk.timers->len; i++) {
        VirtualTimer *t = clk.timers->pdata[i];
        if (t->due <= limit &&
            (best == NULL || t->due < best->due || (t->due == best->due && t->id < best->id)))
            best = t;
    }
    return best;
}

void clock_test_advance(gint64 us)
{
    g_return_if_fail(clk.testing);
    gint64 end = clk.test_monotonic + us;
    VirtualTimer *t;
    while ((t = next_due(end)) != NULL) {
        clk.test_real += t->due - clk.test_monotonic;
        clk.test_monotonic = t->due;
        guint id = t->id;
        gboolean again = t->fn(t->data);
        t = virtual_find(id); /* the callback may have cancelled it */
        if (t != NULL && again)
            t->due += MAX((gint64)t->ms * 1000, 1);
        else if (t != NULL)
            g_ptr_array_remove(clk.timers, t);
    }
    clk.test_real += end - clk.test_monotonic;
    clk.test_monotonic = end;
}

void clock_test_jump(gint64 us)
{
    g_return_if_fail(clk.testing);
    clk.test_real += us;
}

void clock_test_end(void)
{
    g_clear_pointer(&clk.timers, g_ptr_array_unref);
    clk.testing = FALSE;
    clk.offset = 0;
    clk.held = INSTANT_NONE;
}
