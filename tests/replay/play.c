/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "replay/play.h"

#include "tests/screen/hospital.h"

Story *play_world(GError **error)
{
    g_autofree char *world = g_build_filename(g_getenv("ROND_REPLAY"), "world.json", NULL);
    return story_read(world, error);
}

StoryAnswer *play_answer(Story *s, const char *method, const char *path, guint status, const char *type, GBytes *body)
{
    StoryAnswer *a = &story_rule_first(s, method, path)->answer;
    a->status = status;
    a->headers = type ? g_strdup_printf("Content-Type: %s\r\n", type) : NULL;
    a->body = body;
    return a;
}

gboolean play_begin(Drive *d, Story *story, GError **error)
{
    drive_init(d);
    g_hash_table_insert(d->settings, g_strdup("commission"), g_strdup("SE2329999993-U5001"));
    hospital_play(story);
    return drive_start(d, error);
}

static const char *const keys_to[PLACES] = {[AT_MEDS] = "l",     [AT_VITALS] = "m", [AT_RESULTS] = "p",
                                            [AT_PROBLEMS] = "d", [AT_ALERTS] = "u", [AT_NOTES] = "a",
                                            [AT_BOOKINGS] = "t", [AT_REPORTS] = "p <Tab>",
                                            [AT_PROCEDURES] = "d <Tab>"};

static void see(const Drive *d, GString *seen, const char *name)
{
    g_autofree char *screen = term_mem_text(d->term);
    g_string_append_printf(seen, "== %s\n%s", name, screen);
}

static void sign_an_order(const Drive *d, GString *seen)
{
    drive_keys(d, "o", NULL);
    drive_type(d, "alvedon 1g x4 vb smärta 5d");
    drive_keys(d, "<Enter> <PgDn>", NULL);
    drive_advance(d, G_TIME_SPAN_SECOND);
    drive_keys(d, "<F9>", NULL);
    drive_advance(d, 5 * G_TIME_SPAN_SECOND);
    see(d, seen, "signed");
}

/* The unsigned note that is there gets other words. */
static void change_a_note(const Drive *d, GString *seen)
{
    drive_keys(d, "a <Enter>", NULL);
    drive_advance(d, G_TIME_SPAN_SECOND);
    drive_keys(d, "ä", NULL);
    drive_advance(d, G_TIME_SPAN_SECOND);
    see(d, seen, "being changed");
    drive_type(d, "Mina ord. ");
    drive_keys(d, "<F2> <PgDn>", NULL);
    drive_advance(d, G_TIME_SPAN_SECOND);
    drive_keys(d, "<F9>", NULL);
    drive_advance(d, 5 * G_TIME_SPAN_SECOND);
    see(d, seen, "changed");
}

/* Row by row, and what stands behind the first. */
static void look_through(const Drive *d, GString *seen, Place place)
{
    drive_keys(d, place == AT_NOTES ? "<Enter>" : "v", NULL);
    see(d, seen, "source");
    drive_keys(d, "<Esc>", NULL);
    for (int i = 0; i < 6; i++) {
        drive_keys(d, "<Down>", NULL);
        see(d, seen, "down");
    }
}

void play_go(const Drive *d, Place place, const char *query, GString *seen)
{
    if (place == AT_WARD) {
        drive_advance(d, 5 * G_TIME_SPAN_SECOND);
        see(d, seen, "list of the unit");
        return;
    }
    drive_keys(d, "/", NULL);
    drive_type(d, query);
    see(d, seen, "find");
    if (place == AT_FIND)
        return;
    drive_keys(d, "<Enter>", NULL);
    drive_advance(d, 5 * G_TIME_SPAN_SECOND); /* what is tried again is tried again */
    see(d, seen, "chart");
    if (place == AT_SIGN) {
        sign_an_order(d, seen);
    } else if (place == AT_CHANGE) {
        change_a_note(d, seen);
    } else if (keys_to[place]) {
        drive_keys(d, keys_to[place], NULL);
        drive_advance(d, 5 * G_TIME_SPAN_SECOND);
        see(d, seen, keys_to[place]);
        if (drive_shows(d, "▌"))
            look_through(d, seen, place);
    }
}

const char *play_faults(const Drive *d)
{
    return d->app ? replay_faults(hospital_replay(screen_app_hospital(d->app))) : "";
}
