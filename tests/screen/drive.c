/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/screen/drive.h"

#include <gio/gio.h>
#include <libintl.h>
#include <locale.h>
#include <string.h>

#include "base/clock.h"
#include "ui/input.h"

#define KEY_GAP_US (200 * G_TIME_SPAN_MILLISECOND)
#define STEP_US G_TIME_SPAN_SECOND /* answers come between the steps of a long time */

void drive_locale(void)
{
    setlocale(LC_ALL, "C.UTF-8");
    setlocale(LC_NUMERIC, "C");
    bindtextdomain(GETTEXT_PACKAGE, g_getenv("ROND_LOCALEDIR"));
    bind_textdomain_codeset(GETTEXT_PACKAGE, "UTF-8");
    textdomain(GETTEXT_PACKAGE);
}

void drive_init(Drive *d)
{
    FhirTime t;
    *d = (Drive){.rows = 24, .cols = 80, .caps = {CHARSET_UTF8, FALSE, COLOUR_256}};
    d->settings = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    fhir_time_parse("2026-11-10T08:00:00+01:00", &t);
    d->clock = t.instant;
}

void drive_clear(Drive *d)
{
    if (d->app)
        screen_app_free(d->app);
    d->app = NULL;
    while (g_main_context_iteration(NULL, FALSE))
        ;
    clock_test_end();
    g_clear_pointer(&d->settings, g_hash_table_unref);
}

void drive_settle(const Drive *d)
{
    if (d->app)
        screen_app_settle(d->app);
}

void drive_advance(const Drive *d, gint64 us)
{
    drive_settle(d);
    for (; us > 0; us -= STEP_US) {
        clock_test_advance(MIN(us, STEP_US));
        drive_settle(d);
    }
}

gboolean drive_start(Drive *d, GError **error)
{
    if (d->app)
        return TRUE;
    clock_test_begin(d->clock);
    d->term = term_mem_new(d->rows, d->cols, &d->caps);
    d->app = screen_app_new(d->term, d->settings, error);
    if (!d->app)
        d->term = NULL; /* went with it */
    drive_settle(d);
    return d->app != NULL;
}

void drive_feed(const Drive *d, const char *bytes, gsize n)
{
    screen_app_feed(d->app, bytes, n);
    drive_advance(d, KEY_GAP_US);
}

gboolean drive_keys(const Drive *d, const char *keys, GError **error)
{
    g_auto(GStrv) names = g_strsplit(keys, " ", -1);
    for (char **k = names; *k; k++) {
        g_autofree char *bytes = **k ? input_key_bytes(*k) : NULL;
        if (!bytes) {
            g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "no such key: %s", *k);
            return FALSE;
        }
        drive_feed(d, bytes, strlen(bytes));
    }
    return TRUE;
}

void drive_type(const Drive *d, const char *text)
{
    for (const char *p = text; *p; p = g_utf8_next_char(p))
        drive_feed(d, p, (gsize)(g_utf8_next_char(p) - p));
}

gboolean drive_shows(const Drive *d, const char *text)
{
    g_autofree char *screen = term_mem_text(d->term);
    return strstr(screen, text) != NULL;
}

gboolean drive_wait(const Drive *d, const char *text, gboolean there, gint64 us)
{
    gint64 until = g_get_monotonic_time() + us;
    while (drive_shows(d, text) != there) {
        if (g_get_monotonic_time() > until)
            return FALSE;
        drive_advance(d, G_TIME_SPAN_MILLISECOND);
        g_usleep(1000);
    }
    return TRUE;
}
