/* SPDX-License-Identifier: GPL-3.0-or-later
 * hostile [--show] [FILE…] — every hostile answer of index.tsv through the real client and the real
 * screen. How it is to be taken (error, render, ignore, refuse) is the index's word; what that is on the
 * screen stands in hostile-table.c, and for an answer that is not named there in the rule of its kind. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "fhir/resource.h"
#include "replay/play.h"
#include "support/shared.h"
#include "support/skip.h"
#include "tests/screen/hospital.h"

enum { FILE_, KIND, REQUEST, STATUS, TYPE, EXTRA, EXPECT, COLUMNS };

static gboolean show_all;

/* ---- the answer as a rule of a story ---- */

static char *headers_of(char **row, StoryAnswer *a)
{
    GString *s = g_string_new(NULL);
    g_string_append_printf(s, "Content-Type: %s\r\n", row[TYPE]);
    g_auto(GStrv) extra = g_strsplit(row[EXTRA], " | ", -1);
    for (char **h = extra; *h && **h; h++)
        if (g_str_has_prefix(*h, "Content-Length: "))
            a->length = g_ascii_strtoll(*h + strlen("Content-Length: "), NULL, 10);
        else
            g_string_append_printf(s, "%s\r\n", *h);
    return g_string_free(s, FALSE);
}

/* A note whose contents are what lies at @path, and what is in it: as the archive that it is, and as the text it is not. */
static void add_attachment(Story *s, const char *path, const char *binary, gsize n)
{
    g_autoptr(GBytes) text = g_bytes_new(binary, n);
    g_autoptr(FhirResource) r = fhir_resource_parse(text, NULL);
    g_autofree char *data = r ? fhir_string(fhir_root(r), "data") : NULL;
    char *note = g_strdup_printf(
        "{\"resourceType\":\"DocumentReference\",\"id\":\"d1\",\"status\":\"current\",\"subject\":{\"reference\":\"Patient/p1\"},"
        "\"type\":{\"text\":\"Bild\"},\"content\":[{\"attachment\":{\"contentType\":\"application/gzip\",\"title\":\"röntgen\","
        "\"url\":\"{{base}}/%s\"}}]}", path);
    g_autofree char *archive = g_strdup_printf(
        "{\"resourceType\":\"DocumentReference\",\"id\":\"d2\",\"status\":\"current\",\"subject\":{\"reference\":\"Patient/p1\"},"
        "\"type\":{\"text\":\"Arkiv\"},\"content\":[{\"attachment\":{\"contentType\":\"application/gzip\",\"title\":\"arkivet\",\"data\":\"%s\"}}]}",
        data ? data : "");
    g_autofree char *false_text = g_strdup_printf(
        "{\"resourceType\":\"DocumentReference\",\"id\":\"d3\",\"status\":\"current\",\"subject\":{\"reference\":\"Patient/p1\"},"
        "\"type\":{\"text\":\"Falsk text\"},\"content\":[{\"attachment\":{\"contentType\":\"text/plain\",\"data\":\"%s\"}}]}", data ? data : "");
    char *list = g_strdup_printf("{\"resourceType\":\"Bundle\",\"type\":\"searchset\",\"total\":3,\"link\":[{\"relation\":\"self\","
                                 "\"url\":\"{{url}}\"}],\"entry\":[{\"resource\":%s},{\"resource\":%s},{\"resource\":%s}]}", note, archive, false_text);
    story_rule_first(s, "GET", "DocumentReference")->answer.body = g_bytes_new_take(list, strlen(list));
    story_rule_first(s, "GET", "DocumentReference/d1")->answer.body = g_bytes_new_take(note, strlen(note));
    story_rule_first(s, "GET", "DocumentReference/d2")->answer.body = g_bytes_new(archive, strlen(archive));
    story_rule_first(s, "GET", "DocumentReference/d3")->answer.body = g_bytes_new(false_text, strlen(false_text));
}

static const char note_before[] =
    "{\"resourceType\":\"DocumentReference\",\"id\":\"d1\",\"meta\":{\"versionId\":\"2\",\"lastUpdated\":\"2026-11-1"
    "0T07:02:00+01:00\"},\"status\":\"current\",\"docStatus\":\"preliminary\",\"type\":{\"coding\":[{\"system\":\"ht"
    "tp://loinc.org\",\"code\":\"34109-9\"}],\"text\":\"Anteckning\"},\"subject\":{\"reference\":\"Patient/p1\"},\"d"
    "ate\":\"2026-11-10T07:00:00+01:00\",\"author\":[{\"reference\":\"Practitioner/dr1\",\"display\":\"Lind Eva, läk"
    "are\"}],\"content\":[{\"attachment\":{\"contentType\":\"text/plain; charset=utf-8\",\"language\":\"sv\",\"data"
    "\":\"QWt0dWVsbHQKVGlkaWdhcmUgb3JkLg==\"}}]}";
static const char note_theirs[] =
    "{\"resourceType\":\"DocumentReference\",\"id\":\"d1\",\"meta\":{\"versionId\":\"3\",\"lastUpdated\":\"2026-11-1"
    "0T07:03:00+01:00\"},\"status\":\"current\",\"docStatus\":\"preliminary\",\"type\":{\"coding\":[{\"system\":\"ht"
    "tp://loinc.org\",\"code\":\"34109-9\"}],\"text\":\"Anteckning\"},\"subject\":{\"reference\":\"Patient/p1\"},\"d"
    "ate\":\"2026-11-10T07:00:00+01:00\",\"author\":[{\"reference\":\"Practitioner/dr1\",\"display\":\"Lind Eva, läk"
    "are\"}],\"content\":[{\"attachment\":{\"contentType\":\"text/plain; charset=utf-8\",\"language\":\"sv\",\"data"
    "\":\"QWt0dWVsbHQKRGVyYXMgb3JkLg==\"}}]}";

static void is_there(Story *s, const char *path, const char *note, gboolean listed, const char *since)
{
    StoryRule *r = story_rule_first(s, "GET", path);
    char *text = listed ? g_strdup_printf("{\"resourceType\":\"Bundle\",\"type\":\"searchset\",\"total\":1,\"link\":[{\"relation\":\"self\","
                                          "\"url\":\"{{url}}\"}],\"entry\":[{\"resource\":%s}]}", note) : g_strdup(note);
    r->answer.body = g_bytes_new_take(text, strlen(text));
    r->since = g_strdup(since);
}

/* Somebody else is before: the change goes out alone, under the version that was read, and is turned away; theirs is
 * there from then on. Without If-Match it is not what was to be asked. */
static StoryRule *add_late_change(Story *s)
{
    g_autofree char *path = g_build_filename(g_getenv("ROND_REPLAY"), "metadata.json", NULL), *text = NULL;
    StoryRule *put = story_rule_first(s, "PUT", "DocumentReference/d1");
    put->name = g_strdup("late");
    put->times = 1;
    story_rule_header(put, "If-Match", "W/\"2\"");
    is_there(s, "DocumentReference", note_before, TRUE, NULL);
    is_there(s, "DocumentReference", note_theirs, TRUE, "late");
    is_there(s, "DocumentReference/d1", note_before, FALSE, NULL);
    is_there(s, "DocumentReference/d1", note_theirs, FALSE, "late");
    if (g_file_get_contents(path, &text, NULL, NULL)) {
        g_auto(GStrv) parts = g_strsplit(text, "\"transaction\"", -1); /* one thing at a time */
        g_autofree char *alone = g_strjoinv("\"history-system\"", parts);
        g_auto(GStrv) found_by = g_strsplit(alone, "{\"name\": \"docstatus\"", 2);
        char *statement = g_strjoinv("{\"name\": \"relatesto\", \"type\": \"reference\"}, {\"name\": \"docstatus\"", found_by);
        story_rule_first(s, "GET", "metadata")->answer.body = g_bytes_new_take(statement, strlen(statement));
    }
    return put;
}

static Story *story_of(const char *dir, char **row, gboolean renewed, GError **error)
{
    g_autofree char *file = g_build_filename(dir, row[FILE_], NULL);
    g_auto(GStrv) request = g_strsplit_set(row[REQUEST], " ?", -1);
    char *bytes = NULL;
    gsize n;
    Story *s = play_world(error);
    if (!s || !g_file_get_contents(file, &bytes, &n, error)) {
        story_free(s);
        return NULL;
    }
    const char *path = request[1];
    if (strcmp(path, "Patient/nope") == 0)
        path = "Patient/p1"; /* in the list, and gone when it is opened */
    else if (strcmp(request[0], "GET") != 0)
        path = ""; /* what rond writes goes in one transaction */
    else if (g_str_has_prefix(path, "Binary/"))
        add_attachment(s, path, bytes, n);
    StoryRule *rule = strcmp(request[0], "PUT") == 0 ? add_late_change(s) : story_rule_first(s, *path ? request[0] : "POST", path);
    if (renewed)
        story_rule_header(rule, "Authorization", "Bearer a-token");
    StoryAnswer *a = &rule->answer;
    a->status = (guint)g_ascii_strtoull(row[STATUS], NULL, 10);
    a->body = g_bytes_new_take(bytes, n);
    a->verbatim = TRUE;
    a->headers = headers_of(row, a);
    return s;
}

static const HostileRow *row_for(char **row)
{
    for (const HostileRow *r = hostile_rows; r->file; r++)
        if (strcmp(r->file, row[FILE_]) == 0)
            return r;
    return NULL;
}

static Place place_for(const HostileRow *named, const char *request)
{
    if (named)
        return named->place;
    if (!g_str_has_prefix(request, "GET "))
        return g_str_has_prefix(request, "PUT ") ? AT_CHANGE : AT_SIGN;
    for (const HostilePlace *p = hostile_places; p->request; p++)
        if (strstr(request, p->request))
            return p->place;
    return AT_CHART;
}

/* ---- judging ---- */

static void words(GString *faults, const char *seen, const char *const *list, gboolean wanted)
{
    for (; list && *list; list++)
        if ((strstr(seen, *list) != NULL) != wanted)
            g_string_append_printf(faults, "  %s: %s\n", wanted ? "not shown" : "shown", *list);
}

/* One of the words that say that something is not known, an error, or left out. */
static gboolean says_one(const char *seen, const char *const *list)
{
    for (; *list; list++)
        if (strstr(seen, *list))
            return TRUE;
    return FALSE;
}

static void judge(GString *faults, const char *seen, char **row, const HostileRow *named)
{
    if (!text_is_safe(seen, (gssize)strlen(seen), TRUE))
        g_string_append(faults, "  a control character is on the screen\n");
    if (named) {
        words(faults, seen, named->shows, TRUE);
        words(faults, seen, named->never, FALSE);
    }
    const char *expect = row[EXPECT];
    const gboolean doubts = strcmp(expect, "render") != 0;
    if (doubts && !says_one(seen, hostile_doubts))
        g_string_append_printf(faults, "  expected %s, and no word says so\n", expect);
    if (strcmp(expect, "error") == 0)
        words(faults, seen, hostile_absence[place_for(named, row[REQUEST])], FALSE);
}

/* The same refusal of a login that can be renewed: what was asked is asked once more, under the new one, and answered. */
static void judge_renewed(GString *faults, const char *seen)
{
    if (!strstr(seen, "== chart") || !strstr(strstr(seen, "== chart"), "Lindström") || strstr(seen, "har upphört"))
        g_string_append(faults, "  not asked once more under the new login\n");
    if (strstr(seen, "b-token") || strstr(seen, "a-token"))
        g_string_append(faults, "  a token is on the screen\n");
}

static gboolean play(const char *dir, char **row, gboolean renewed)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GString) faults = g_string_new(NULL), seen = g_string_new(NULL);
    Drive d;
    Story *story = story_of(dir, row, renewed, &error);
    if (renewed)
        hospital_renews();
    const HostileRow *named = row_for(row);
    gint64 from = g_get_monotonic_time();
    if (!story) {
        printf("not ok %s: %s\n", row[FILE_], error->message);
        return FALSE;
    }
    if (play_begin(&d, story, &error))
        play_go(&d, place_for(named, row[REQUEST]), named && named->query ? named->query : "lind", seen);
    if (error)
        g_string_append_printf(faults, "  %s\n", error->message);
    else if (renewed)
        judge_renewed(faults, seen->str);
    else
        judge(faults, seen->str, row, named);
    const char *unexpected = play_faults(&d);
    if (*unexpected)
        g_string_append_printf(faults, "  %s", unexpected);
    gint64 took = (g_get_monotonic_time() - from) / 1000;
    printf("%s %s %s (%d ms)\n%s", faults->len ? "not ok" : "ok", row[FILE_], row[EXPECT], (int)took, faults->str);
    if (show_all || faults->len)
        printf("%s\n", seen->str);
    drive_clear(&d);
    return faults->len == 0;
}

int main(int argc, char **argv)
{
    drive_locale();
    g_autofree char *dir = g_getenv("ROND_HOSTILE") ? g_strdup(g_getenv("ROND_HOSTILE")) : shared_folder("data/hostile/dev");
    g_autofree char *index = g_build_filename(dir ? dir : "", "index.tsv", NULL), *text = NULL;
    if (!dir || !g_file_get_contents(index, &text, NULL, NULL)) {
        skip_tell("replay-hostile", "the hostile answers are not here (ROND_SHARED)");
        return 77;
    }
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    guint all = 0, good = 0;
    for (char **l = lines + 1; *l; l++) {
        g_auto(GStrv) row = g_strsplit(*l, "\t", -1);
        gboolean wanted = argc < 2;
        if (g_strv_length(row) < COLUMNS) {
            all += **l != '\0';
            printf("%s", **l ? "not ok: a row of the index without its columns\n" : "");
            continue;
        }
        for (int i = 1; i < argc; i++) {
            show_all |= strcmp(argv[i], "--show") == 0;
            wanted |= argc == 2 && show_all ? TRUE : strstr(row[FILE_], argv[i]) != NULL;
        }
        if (!wanted)
            continue;
        all++;
        good += play(dir, row, FALSE) && (strcmp(row[STATUS], "401") != 0 || play(dir, row, TRUE));
    }
    printf("%u of %u hostile answers\n", good, all);
    return good == all && all ? 0 : 1;
}
