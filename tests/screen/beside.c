/* SPDX-License-Identifier: GPL-3.0-or-later
 * What is read beside a note is about the note's own patient, is seen beside that note only, goes away with it, and
 * nothing is done there. Run under the sanitizer too. */
#include <stdio.h>
#include <string.h>

#include "client/client.h"
#include "tests/screen/drive.h"
#include "tests/screen/stray-places.h"
#include "ui/shell-internal.h"

#define ANOTHER "pat-0002"
#define NOTE "Ö 1551 <Enter> n <Enter> Sover. "

static Drive drive;
static guint bad;

static void press(const char *bytes, gsize n, gpointer data)
{
    drive_feed(data, bytes, n);
}

static void expect(gboolean so, const char *what)
{
    g_autofree char *screen = so || !drive.term ? NULL : term_mem_text(drive.term);
    bad += !so;
    if (!so)
        fprintf(stderr, "not so: %s\n%s\n", what, screen);
}

static Shell *begin(const char *keys)
{
    g_autoptr(GError) error = NULL;
    drive_init(&drive);
    g_hash_table_insert(drive.settings, g_strdup("commission"), g_strdup("SE2329999993-U5001"));
    if (!drive_start(&drive, &error))
        g_error("%s", error->message);
    stray_way(keys, press, &drive);
    drive_settle(&drive);
    return screen_app_shell(drive.app);
}

static void another_patient(void)
{
    g_autoptr(GError) error = NULL;
    Shell *s = begin("");
    shell_open_patient(s->app, ANOTHER, "summary", NULL);
    drive_settle(&drive);
    PatientCtx *another = patient_ctx_ref(shell_top(s)->patient);
    stray_way("<Esc> " NOTE "<F8> <C-l>", press, &drive);
    drive_settle(&drive);
    View *v = shell_beside(s);
    expect(v && strcmp(patient_ctx_id(v->patient), patient_ctx_id(another)) != 0, "the note's patient is read beside it");
    expect(!shell_open_view(s->app, "medications", another, NULL, &error) && error, "another patient's list is refused");
    expect(v == shell_beside(s), "what was read stands there");
    patient_ctx_unref(another);
    drive_clear(&drive);
}

/* Every command that writes, signs or drafts and is done by a view. */
static void try(const Command *c, gpointer shell)
{
    Shell *s = shell;
    View *v = shell_beside(s), *top = shell_top(s);
    gboolean reads = c->risk <= CMD_RISK_READ && !(c->needs & (CMD_NEEDS_WRITER | CMD_NEEDS_SIGNER | CMD_NEEDS_SUPERVISOR));
    if (c->run || reads)
        return;
    g_autofree char *before = screen_app_drafts(drive.app);
    gboolean ran = command_run_text(s->app, c->name, NULL);
    drive_settle(&drive);
    g_autofree char *after = screen_app_drafts(drive.app), *what = g_strdup_printf("%s is not done beside", c->name);
    /* the signing gate answers for the note that is written */
    expect(!ran && (c->risk == CMD_RISK_SIGN || shell_top(s) == top), what);
    if (shell_top(s) != top)
        shell_close_view(s->app, shell_top(s)->id);
    expect(shell_beside(s) == v && strcmp(before, after) == 0 && !modal_top(s->modals), what);
}

static void nothing_is_done(void)
{
    Shell *s = begin(NOTE "<F8> <C-l> <Enter>");
    expect(shell_beside(s) && strcmp(shell_beside(s)->cls->name, "note-read") == 0, "a note is read beside");
    command_each(try, s);
    guint changed = screen_app_changed(drive.app);
    expect(changed == 0, "nothing was written");
    drive_clear(&drive);
}

static void beside_its_note_only(void)
{
    Shell *s = begin(NOTE "<F8>");
    expect(drive_shows(&drive, "Bredvid:"), "it is seen beside the note");
    stray_way("<F2>", press, &drive);
    drive_settle(&drive);
    expect(!shell_beside(s) && !drive_shows(&drive, "Bredvid:"), "not beside the review");
    stray_way("<Esc>", press, &drive);
    drive_settle(&drive);
    expect(drive_shows(&drive, "Bredvid:"), "there again");
    stray_way("<Esc>", press, &drive);
    drive_settle(&drive);
    expect(!s->beside->len && !s->beside_keys, "gone with the note");
    drive_clear(&drive);
}

/* The text keeps the keys; what is typed while they are on the other side goes nowhere. */
static void typing_goes_on(void)
{
    begin(NOTE "<F8>");
    drive_type(&drive, "Vaken.");
    stray_way("<M-PgDn>", press, &drive);
    drive_type(&drive, "Äter.");
    stray_way("<C-l>", press, &drive);
    drive_type(&drive, "xyå");
    stray_way("<C-l>", press, &drive);
    drive_type(&drive, "Dricker.");
    g_autofree char *drafts = screen_app_drafts(drive.app);
    expect(strstr(drafts, "Sover.Vaken.Äter.Dricker.") != NULL, "all that was typed into the text and no more");
    drive_clear(&drive);
}

int main(void)
{
    drive_locale();
    another_patient();
    nothing_is_done();
    beside_its_note_only();
    typing_goes_on();
    return bad > 0;
}
