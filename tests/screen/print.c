/* SPDX-License-Identifier: GPL-3.0-or-later
 * Nothing leaves rond, on paper or as a file, before the log of it is on the disk, and nothing at all where it
 * cannot be kept; nor by a key that was pressed before there were pages; and what leaves is what the log says. */
#include <stdio.h>
#include <string.h>

#include "tests/screen/drive.h"
#include "tests/screen/hospital.h"
#include "tests/screen/prints.h"
#include "tests/screen/stray-places.h"
#include "ui/shell-internal.h"
#include "support/minicore.h"

#define PREVIEW "Ö 1551 <Enter> a <Enter> g p"

static Drive drive;
static guint bad;

static void press(const char *bytes, gsize n, gpointer data)
{
    drive_feed(data, bytes, n);
}

static void keys(const char *way)
{
    stray_way(way, press, &drive);
    drive_settle(&drive);
}

static void expect(gboolean so, const char *what)
{
    g_autofree char *screen = so || !drive.term ? NULL : term_mem_text(drive.term);
    bad += !so;
    if (!so)
        fprintf(stderr, "not so: %s\n%s\n", what, screen);
}

static MemStore *begin(void)
{
    g_autoptr(GError) error = NULL;
    drive_init(&drive);
    g_hash_table_insert(drive.settings, g_strdup("commission"), g_strdup("SE2329999993-U5001"));
    if (!drive_start(&drive, &error))
        g_error("%s", error->message);
    keys(PREVIEW);
    screen_prints_left = 0;
    expect(drive_shows(&drive, "Sida 1 av 1"), "the pages are there");
    return hospital_store(screen_app_hospital(drive.app));
}

static void without_a_log(const char *key)
{
    MemStore *store = begin();
    store->audit_fails = TRUE;
    keys(key);
    expect(screen_prints_left == 0, "nothing has left");
    expect(drive_shows(&drive, "Ingenting har skrivits ut"), "and that is said");
    drive_clear(&drive);
}

static void while_it_is_written(void)
{
    MemStore *store = begin();
    Shell *s = screen_app_shell(drive.app);
    store->audit_slow = TRUE;
    expect(command_run_text(s->app, "print-save", NULL), "the pages may be saved");
    while (g_main_context_iteration(NULL, FALSE))
        ;
    expect(screen_prints_left == 0, "nothing leaves while the log is on its way");
    expect(!command_run_text(s->app, "print-save", NULL), "nor is it asked a second time");
    memstore_sync(store);
    drive_settle(&drive);
    expect(screen_prints_left == 1, "once it is there, once");
    drive_clear(&drive);
}

/* The event names the very version that was printed. */
static gboolean is_logged(MemStore *store, const char *what)
{
    GHashTableIter each;
    gpointer event;
    g_hash_table_iter_init(&each, store->audit);
    while (g_hash_table_iter_next(&each, NULL, &event)) {
        g_autofree char *text = g_strndup(g_bytes_get_data(event, NULL), g_bytes_get_size(event));
        if (strstr(text, "\"110106\"") && strstr(text, what))
            return TRUE;
    }
    return FALSE;
}

static void what_left_is_logged(void)
{
    MemStore *store = begin();
    screen_app_stop_core(drive.app); /* what is on the disk stays there */
    keys("<Enter>");
    expect(screen_prints_left == 2, "no printer took it: a file");
    expect(is_logged(store, "/_history/1") && is_logged(store, "DocumentReference/"), "which note, in which version");
    expect(is_logged(store, "\"printer\"") && is_logged(store, "\"PDF file\""), "both ways out");
    drive_clear(&drive);
}

/* Asked anew while the first pages are still being set: those are of another paper than the one that would be logged. */
static void only_what_is_logged(void)
{
    MemStore *store = begin();
    Shell *s = screen_app_shell(drive.app);
    screen_prints_slow = TRUE;
    keys("<F5>");
    expect(!drive_shows(&drive, "Sida 1 av"), "the pages are being set");
    expect(command_run_text(s->app, "refresh", NULL), "it is asked once more");
    screen_prints_come();
    expect(!command_run_text(s->app, "print-go", NULL) && !command_run_text(s->app, "print-save", NULL),
           "the pages of an earlier asking are not printed");
    drive_settle(&drive);
    expect(screen_prints_left == 0, "nothing has left");
    expect(drive_shows(&drive, "Sida 1 av 1"), "the new ones come");
    screen_app_stop_core(drive.app); /* what is on the disk stays there */
    expect(command_run_text(s->app, "print-save", NULL), "and may be saved");
    drive_settle(&drive);
    expect(screen_prints_left == 1 && is_logged(store, "\"PDF file\""), "once, and logged");
    drive_clear(&drive);
}

int main(void)
{
    drive_locale();
    without_a_log("<Enter>");
    without_a_log("<F4>");
    while_it_is_written();
    what_left_is_logged();
    only_what_is_logged();
    return bad > 0;
}
