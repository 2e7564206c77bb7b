/* SPDX-License-Identifier: GPL-3.0-or-later
 * What becomes of a question when the view that it was asked in goes away under it: another patient's chart
 * comes late from a slow core, the view or its patient is closed, the session ends. Nobody answers it then, and
 * the keys that were meant for it do nothing to what it was about. Run under the sanitizer too. */
#include <stdio.h>
#include <string.h>

#include "tests/screen/drive.h"
#include "tests/screen/stray-places.h"
#include "ui/shell-internal.h"
#include "ui/views/views.h"

#define ANOTHER "pat-0002"

static void chart_comes(Shell *s)
{
    shell_open_patient(s->app, ANOTHER, "summary", NULL);
}

static void view_closes(Shell *s)
{
    shell_close_view(s->app, shell_top(s)->id);
}

static void patient_closes(Shell *s)
{
    shell_close_patient(s->app);
}

static void session_ends(Shell *s)
{
    shell_end(s, 0);
}

static const struct {
    const char *name;
    void (*happen)(Shell *s);
    gboolean focus_goes; /* always: another view is on top then */
    gboolean once;       /* the same for every question */
} causes[] = {
    {"another chart comes", chart_comes, TRUE, FALSE},
    {"its view closes", view_closes, FALSE, FALSE},
    {"its patient closes", patient_closes, FALSE, TRUE},
    {"the session ends", session_ends, FALSE, TRUE},
};

static void press(const char *bytes, gsize n, gpointer drive)
{
    drive_feed(drive, bytes, n);
}

static gboolean complain(const StrayPlace *p, const char *cause, const char *what, const Drive *d)
{
    g_autofree char *screen = d->term ? term_mem_text(d->term) : g_strdup("");
    fprintf(stderr, "%s, %s: %s\n%s\n", p->name, cause, what, screen);
    return FALSE;
}

/* The question is gone with its view; where its view is still there it may be answered, and is given up here. */
static gboolean unanswered(const Drive *d, const StrayPlace *p, gsize i, guint asked_in)
{
    Shell *s = screen_app_shell(d->app);
    gboolean stands = modal_top(s->modals) != NULL, in_view = shell_focused(s) && shell_focused(s)->id == asked_in;
    gboolean wrong = stands && (!in_view || causes[i].focus_goes);
    if (stands && !wrong)
        press("\033", 1, (gpointer)d);
    g_autofree char *before = screen_app_drafts(d->app);
    stray_way("j y 1 <Enter>", press, (gpointer)d);
    g_autofree char *after = screen_app_drafts(d->app);
    if (wrong)
        return complain(p, causes[i].name, "the question still stood", d);
    return stands || strcmp(before, after) == 0 || complain(p, causes[i].name, "the drafts are not as they were", d);
}

static gboolean happens(const StrayPlace *p, gsize i)
{
    g_autoptr(GError) error = NULL;
    Drive d;
    drive_init(&d);
    g_hash_table_insert(d.settings, g_strdup("commission"), g_strdup(p->commission));
    gboolean good = drive_start(&d, &error) || complain(p, causes[i].name, error->message, &d);
    if (good) {
        Shell *s = screen_app_shell(d.app);
        stray_way(p->keys, press, &d);
        drive_advance(&d, G_TIME_SPAN_SECOND);
        guint asked_in = shell_focused(s)->id;
        good = modal_top(s->modals) || complain(p, causes[i].name, "no question was asked", &d);
        causes[i].happen(s);
        drive_settle(&d);
        good = good && (s->ending || unanswered(&d, p, i, asked_in));
    }
    drive_clear(&d);
    return good;
}

/* Two charts are asked for before either has come: the last is opened, and the first never lies over it. */
static gboolean the_last_asked_for(void)
{
    static const StrayPlace list = {.name = "worklist"};
    g_autoptr(GError) error = NULL;
    Drive d;
    drive_init(&d);
    g_hash_table_insert(d.settings, g_strdup("commission"), g_strdup("SE2329999993-U5001"));
    gboolean good = drive_start(&d, &error) || complain(&list, "two charts", error->message, &d);
    if (good) {
        Shell *s = screen_app_shell(d.app);
        shell_open_patient(s->app, "pat-0001", "summary", NULL);
        shell_open_patient(s->app, ANOTHER, "summary", NULL);
        drive_advance(&d, G_TIME_SPAN_SECOND);
        good = g_strcmp0(s->patient_now, ANOTHER) == 0 && !s->patient_before;
        good = good || complain(&list, "two charts", "the first that was asked for was opened too", &d);
    }
    drive_clear(&d);
    return good;
}

int main(void)
{
    drive_locale();
    guint asked = 0, bad = !the_last_asked_for();
    for (const StrayPlace *p = stray_places; p->name; p++)
        for (gsize i = 0; p->over && i < G_N_ELEMENTS(causes); i++)
            if (!causes[i].once || asked < G_N_ELEMENTS(causes)) {
                asked++;
                bad += !happens(p, i);
            }
    printf("%u questions, %u wrong\n", asked, bad);
    return bad || !asked;
}
