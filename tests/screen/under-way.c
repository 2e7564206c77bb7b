/* SPDX-License-Identifier: GPL-3.0-or-later
 * A booking that is on its way while the core is slow: no word typed then is lost, because none is taken, in the view
 * that books and in one that is opened anew; what became of it is told with whose it is, also when its view is gone.
 * Run under the sanitizer too. */
#include <stdio.h>
#include <string.h>

#include "replay/replay.h"
#include "tests/screen/drive.h"
#include "tests/screen/hospital.h"
#include "ui/shell-internal.h"

#define TOLD "Det skickas nu och ändras inte förrän kärnsystemet har svarat"
#define BEFORE "Signerad 07:59  Daganteckning"
#define WHOSE "Lindström, Sven 19480930-1551"
#define LATE_MS 8000

static Drive drive;
static guint bad;

static void expect(gboolean so, const char *what)
{
    g_autofree char *screen = so || !drive.term ? NULL : term_mem_text(drive.term);
    bad += !so;
    if (!so)
        fprintf(stderr, "not so: %s\n%s\n", what, screen);
}

static void keys(const char *names)
{
    g_autoptr(GError) error = NULL;
    if (!drive_keys(&drive, names, &error))
        g_error("%s", error->message);
}

/* To all questions about it too, while @silent. */
static void core_is(gboolean silent)
{
    Story *story = replay_story(hospital_replay(screen_app_hospital(drive.app)));
    for (guint i = 0; i < story->rules->len; i++) {
        StoryRule *rule = story->rules->pdata[i];
        if (rule->since && strcmp(rule->since, "wrote") == 0)
            rule->answer.drop = silent;
    }
}

static StoryAnswer *answer_to_the_booking(void)
{
    Story *story = replay_story(hospital_replay(screen_app_hospital(drive.app)));
    for (guint i = 0; i < story->rules->len; i++) {
        StoryRule *rule = story->rules->pdata[i];
        if (g_strcmp0(rule->name, "wrote") == 0)
            return &rule->answer;
    }
    g_error("the story has no booking");
}

/* A time is booked, and the core has not answered yet; @status 0: nor does it. */
static Shell *book(guint status, guint delay_ms)
{
    g_autoptr(GError) error = NULL;
    drive_init(&drive);
    g_hash_table_insert(drive.settings, g_strdup("commission"), g_strdup("SE2329999993-U5001"));
    g_hash_table_insert(drive.settings, g_strdup("replay"), g_strdup("book.json"));
    if (!drive_start(&drive, &error))
        g_error("%s", error->message);
    StoryAnswer *answer = answer_to_the_booking();
    answer->status = status;
    answer->delay_ms = delay_ms;
    answer->drop = !status;
    core_is(!status);
    keys("/");
    drive_type(&drive, "lind");
    keys("<Enter>");
    drive_advance(&drive, 2 * G_TIME_SPAN_SECOND);
    keys("b");
    drive_type(&drive, "åb 2v");
    drive_advance(&drive, G_TIME_SPAN_SECOND);
    keys("<Down>");
    Shell *s = screen_app_shell(drive.app);
    s->app->frontend->receipt(s->app, BEFORE);
    drive_settle(&drive);
    expect(drive_shows(&drive, BEFORE), "what was signed before stands there");
    keys("<F4>");
    return s;
}

static gboolean is_booking(Shell *s)
{
    return strcmp(shell_top(s)->cls->name, "booking-new") == 0;
}

/* Typed into the view where it stands: a key elsewhere is a command. */
static void type_there(Shell *s, const char *text)
{
    if (is_booking(s))
        drive_type(&drive, text);
    drive_advance(&drive, G_TIME_SPAN_SECOND);
}

static void no_word_is_lost(void)
{
    Shell *s = book(200, LATE_MS);
    g_autofree char *sent = screen_app_drafts(drive.app);
    expect(drive_shows(&drive, "Skickas"), "it is on its way");
    expect(!drive_shows(&drive, BEFORE), "the receipt from before has given way");
    type_there(s, "x");
    expect(drive_shows(&drive, TOLD), "the view that books takes no words, and says so");
    keys("<Esc>");
    expect(!is_booking(s) && !drive_shows(&drive, TOLD), "the view was left");
    keys("b");
    expect(!is_booking(s) && drive_shows(&drive, TOLD), "no view is opened on it, and that is said");
    type_there(s, " Viktigt");
    g_autofree char *typed = screen_app_drafts(drive.app);
    expect(strcmp(sent, typed) == 0, "what is on its way is as it was");
    drive_advance(&drive, LATE_MS * G_TIME_SPAN_MILLISECOND);
    g_autofree char *after = screen_app_drafts(drive.app);
    expect(!*after && !strstr(typed, "Viktigt"), "the draft is done with, and no word is lost");
    expect(drive_shows(&drive, "Bokad 08:") && drive_shows(&drive, "Lind (läk), Lindström"), "the receipt says whose it is");
    keys("b");
    type_there(s, "åb 3v");
    g_autofree char *next = screen_app_drafts(drive.app);
    expect(is_booking(s) && strstr(next, "åb 3v"), "the next booking is written");
    drive_clear(&drive);
}

static void refused_is_gone_on_with(void)
{
    Shell *s = book(412, LATE_MS);
    keys("<Esc>");
    drive_advance(&drive, LATE_MS * G_TIME_SPAN_MILLISECOND);
    expect(drive_shows(&drive, WHOSE ": Någon annan har just bokat"), "what did not become a booking is told with whose it is");
    keys("b");
    type_there(s, " ek");
    g_autofree char *after = screen_app_drafts(drive.app);
    expect(strstr(after, "åb 2v ek") != NULL, "what was not booked is gone on with");
    drive_clear(&drive);
}

/* The booking is found in the core long after: the words of the next one are not thrown away with its draft. */
static void what_was_typed_since_stays(void)
{
    Shell *s = book(0, 0);
    drive_advance(&drive, 5 * G_TIME_SPAN_SECOND);
    expect(drive_shows(&drive, "Inget svar från kärnsystemet") && is_booking(s), "nobody knows whether the time was booked");
    type_there(s, " ek");
    core_is(FALSE);
    for (int i = 0; i < 40; i++)
        drive_advance(&drive, 10 * G_TIME_SPAN_SECOND);
    g_autofree char *after = screen_app_drafts(drive.app);
    expect(drive_shows(&drive, "tiden är bokad"), "it was");
    expect(strstr(after, "åb 2v ek") != NULL, "what was typed since is there");
    drive_clear(&drive);
}

int main(void)
{
    drive_locale();
    no_word_is_lost();
    refused_is_gone_on_with();
    what_was_typed_since_stays();
    return bad > 0;
}
