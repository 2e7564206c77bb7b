/* SPDX-License-Identifier: GPL-3.0-or-later
 * absence — "no allergies", "no results", "no bookings" are said only where the core said so to the
 * question that was asked. Every section of the chart, and the overview and header that are made of the
 * same answers, with every kind of doubt; and once with a plain "none", which must be said. */
#include <stdio.h>
#include <string.h>

#include "replay/play.h"

#define TOTAL(LINKS, ENTRIES) "{\"resourceType\":\"Bundle\",\"type\":\"searchset\",\"link\":[" LINKS "],\"entry\":[" ENTRIES "]}"
#define SELF "{\"relation\":\"self\",\"url\":\"{{url}}\"}"
#define OTHER(TYPE) "{\"resource\":{\"resourceType\":\"" TYPE "\",\"id\":\"x1\",\"patient\":{\"reference\":\"Patient/p2\"}," \
                    "\"subject\":{\"reference\":\"Patient/p2\"},\"participant\":[{\"actor\":{\"reference\":\"Patient/p2\"}}]}}"

#define ELSEWHERE(TYPE) "{\"resource\":{\"resourceType\":\"" TYPE "\",\"id\":\"x1\",\"patient\":{\"reference\":\"" OTHERS "\"}," \
                        "\"subject\":{\"reference\":\"" OTHERS "\"},\"participant\":[{\"actor\":{\"reference\":\"" OTHERS "\"}}]}}"
#define OTHERS "https://other.example/fhir/Patient/p1"
#define MINE(TYPE, ID, BASE) "{\"fullUrl\":\"" BASE "/" TYPE "/" ID "\",\"resource\":{\"resourceType\":\"" TYPE "\",\"id\":\"" ID "\"," \
                             "\"patient\":{\"reference\":\"Patient/p1\"},\"subject\":{\"reference\":\"Patient/p1\"}," \
                             "\"participant\":[{\"actor\":{\"reference\":\"Patient/p1\"}}]}}"

static const struct {
    const char *type;
    Place place;
    gboolean turned;     /* page by page, as somebody goes on: the first is no claim about the rest */
    const char *none[3]; /* what stands there when there is none: in the section, over it, on the overview */
} sections[] = {
    {"AllergyIntolerance", AT_ALERTS, FALSE, {"Ingen överkänslighet", "ingen överkänslighet registrerad"}},
    {"Flag", AT_ALERTS, FALSE, {"inga uppmärksamhetssignaler", "Ingen uppmärksamhetssignal"}},
    {"Condition", AT_PROBLEMS, FALSE, {"Inga diagnoser", "Inga aktuella diagnoser"}},
    {"MedicationRequest", AT_MEDS, FALSE, {"Inga läkemedel", "Inga aktuella läkemedel"}},
    {"Observation", AT_VITALS, TRUE, {"Inga värden", "Inga mätvärden", "Inga provsvar"}},
    {"Observation", AT_RESULTS, TRUE, {"Inga värden", "Inga mätvärden", "Inga provsvar"}},
    {"DiagnosticReport", AT_REPORTS, TRUE, {"Inga svar", "Inget nytt sedan"}},
    {"DocumentReference", AT_NOTES, TRUE, {"Inga anteckningar", "Inget nytt sedan"}},
    {"Appointment", AT_BOOKINGS, TRUE, {"Inga bokningar", "Inget nytt sedan"}},
    {"Procedure", AT_PROCEDURES, FALSE, {"Inga åtgärder"}},
    {"Encounter", AT_WARD, FALSE, {"Inga inskrivna patienter"}},
};

static const struct {
    const char *name;
    guint status;
    const char *body; /* @TYPE@: the type */
    int cut;
} doubts[] = {
    {"refused", 403, "{\"resourceType\":\"OperationOutcome\",\"issue\":[{\"severity\":\"error\",\"code\":\"forbidden\"}]}", 0},
    {"gone", 404, "", 0},
    {"fault", 500, "", 0},
    {"busy", 503, "", 0},
    {"empty answer", 200, "", 0},
    {"web page", 200, "<html>log in</html>", 0},
    {"cut", 200, TOTAL(SELF, ""), 90},
    {"no Bundle", 200, "{\"resourceType\":\"Patient\",\"id\":\"p1\"}", 0},
    {"parameter left out", 200, TOTAL("{\"relation\":\"self\",\"url\":\"{{base}}/@TYPE@\"}", ""), 0},
    {"unreadable entry", 200, TOTAL(SELF, "{\"resource\":{\"id\":\"nameless\"}}"), 0},
    {"empty entry", 200, TOTAL(SELF, "null"), 0},
    {"about another patient", 200, TOTAL(SELF, OTHER("@TYPE@")), 0},
    {"about the patient of that id elsewhere", 200, TOTAL(SELF, ELSEWHERE("@TYPE@")), 0},
    {"an entry of another server", 200, TOTAL(SELF, MINE("@TYPE@", "x1", "https://other.example/fhir")), 0},
    {"next page elsewhere", 200, TOTAL(SELF ",{\"relation\":\"next\",\"url\":\"https://elsewhere.example/x\"}", ""), 0},
    {"outcome", 200, TOTAL(SELF, "{\"resource\":{\"resourceType\":\"OperationOutcome\",\"issue\":[{\"severity\":\"error\",\"code\":\"incomplete\"}]}}"), 0},
    {"held back", 200, TOTAL(SELF, "{\"resource\":{\"resourceType\":\"OperationOutcome\",\"issue\":[{\"severity\":\"information\",\"code\":\"suppressed\"}]}}"), 0},
    {"a batch for an answer", 200, TOTAL(SELF, "{\"request\":{\"method\":\"GET\",\"url\":\"@TYPE@\"}}"), 0},
    {"more in all than came", 200, "{\"resourceType\":\"Bundle\",\"type\":\"searchset\",\"total\":2,\"link\":[" SELF "]}", 0},
    {"another kind of Bundle", 200, "{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"link\":[" SELF "]}", 0},
    {"a Bundle of no kind", 200, "{\"resourceType\":\"Bundle\",\"link\":[" SELF "]}", 0},
    {"a question that was narrowed", 200, TOTAL("{\"relation\":\"self\",\"url\":\"{{url}}&made-up=1\"}", ""), 0},
    {"pages that overlap", 200, TOTAL(SELF ",{\"relation\":\"next\",\"url\":\"{{base}}/Later\"}", MINE("@TYPE@", "x1", "{{base}}")), 0},
    {"none", 200, TOTAL(SELF, ""), 0}, /* the last: no doubt */
};
enum { PLAIN = G_N_ELEMENTS(doubts) - 1 };

static StoryAnswer *answer_of(Story *s, gsize section, gsize doubt)
{
    GString *body = g_string_new(doubts[doubt].body);
    g_string_replace(body, "@TYPE@", sections[section].type, 0);
    if (strstr(body->str, "/Later")) {
        GString *later = g_string_new(TOTAL("", MINE("@TYPE@", "x1", "{{base}}")));
        g_string_replace(later, "@TYPE@", sections[section].type, 0);
        play_answer(s, "GET", "Later", 200, NULL, g_string_free_to_bytes(later));
    }
    StoryAnswer *a = play_answer(s, "GET", sections[section].type, doubts[doubt].status, NULL, g_string_free_to_bytes(body));
    a->cut = doubts[doubt].cut;
    return a;
}

/* The list of a unit is of many patients, and says what is not known in a sentence of its own. */
static gboolean is_doubted(const char *seen, gsize section)
{
    static const char *const words[] = {"OKÄNT", "Kärnsystemet", "kärnsystemet", "Något i", "Alla sidor", "sida ligger", "Listan", NULL};
    for (gsize i = 0; i < (sections[section].place == AT_WARD ? G_N_ELEMENTS(words) - 1 : 1); i++)
        if (strstr(seen, words[i]))
            return TRUE;
    return FALSE;
}

static gboolean is_no_doubt_of(gsize section, gsize doubt)
{
    if (sections[section].place == AT_WARD && strcmp(doubts[doubt].name, "about another patient") == 0)
        return TRUE;
    return sections[section].turned && strcmp(doubts[doubt].name, "pages that overlap") == 0;
}

static void judge(GString *faults, const char *seen, gsize section, gsize doubt)
{
    gboolean said = FALSE;
    for (gsize i = 0; i < G_N_ELEMENTS(sections[section].none) && sections[section].none[i]; i++) {
        gboolean here = strstr(seen, sections[section].none[i]) != NULL;
        said |= here;
        if (here && doubt != PLAIN)
            g_string_append_printf(faults, "  says: %s\n", sections[section].none[i]);
    }
    if (doubt == PLAIN && strstr(seen, "OKÄNT"))
        g_string_append(faults, "  what is known is said not to be\n");
    if (doubt == PLAIN && !said)
        g_string_append(faults, "  there is none, and it is not said\n");
    if (doubt != PLAIN && !is_doubted(seen, section))
        g_string_append(faults, "  nothing is said not to be known\n");
}

static gboolean play(gsize section, gsize doubt)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GString) faults = g_string_new(NULL), seen = g_string_new(NULL);
    Drive d;
    Story *s = play_world(&error);
    if (s)
        answer_of(s, section, doubt);
    if (s && play_begin(&d, s, &error))
        play_go(&d, sections[section].place, "lind", seen);
    if (error) {
        g_string_append_printf(faults, "  %s\n", error->message);
    } else {
        judge(faults, seen->str, section, doubt);
        g_string_append(faults, play_faults(&d));
    }
    if (faults->len)
        printf("not ok %s, %s (%d)\n%s%s\n", sections[section].type, doubts[doubt].name, sections[section].place, faults->str,
               seen->str);
    if (s)
        drive_clear(&d);
    return faults->len == 0;
}

#define REPORT(id, status)                                                                                              \
    "{\"resource\":{\"resourceType\":\"DiagnosticReport\",\"id\":\"" id "\",\"status\":\"" status "\","                     \
    "\"subject\":{\"reference\":\"Patient/p1\"},\"code\":{\"text\":\"Blodbild\"}}}"

/* What of an answer becomes no row, rightly or not, is counted over the list. */
static gboolean play_left_out(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GString) seen = g_string_new(NULL);
    static const char body[] = "{\"resourceType\":\"Bundle\",\"type\":\"searchset\",\"entry\":[" REPORT("r1", "final") ","
                               REPORT("r2", "entered-in-error") "]}";
    Drive d;
    Story *s = play_world(&error);
    if (s)
        play_answer(s, "GET", "DiagnosticReport", 200, NULL, g_bytes_new_static(body, sizeof body - 1));
    if (s && play_begin(&d, s, &error))
        play_go(&d, AT_REPORTS, "lind", seen);
    gboolean ok = !error && strstr(seen->str, "Blodbild") && strstr(seen->str, "1 visas inte");
    if (!ok)
        printf("not ok an answer of which one is left out: %s\n%s\n", error ? error->message : "", seen->str);
    if (s)
        drive_clear(&d);
    return ok;
}

/* The unit's own lists: how many came and are not shown. */
static gboolean play_unit(void)
{
    static const struct {
        const char *key, *says;
    } lists[] = {{NULL, "OKÄNT: 1 post visas inte"}, {"k", "OKÄNT: 3 poster visas inte"}};
    g_autoptr(GError) error = NULL;
    g_autofree char *path = g_build_filename(g_getenv("ROND_REPLAY"), "left-out.json", NULL);
    Drive d;
    gboolean good = TRUE;
    Story *s = story_read(path, &error);
    if (!s || !play_begin(&d, s, &error)) {
        printf("not ok left-out.json: %s\n", error->message);
        return FALSE;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(lists); i++) {
        if (lists[i].key)
            drive_keys(&d, lists[i].key, NULL);
        drive_advance(&d, G_TIME_SPAN_SECOND);
        if (drive_shows(&d, lists[i].says))
            continue;
        g_autofree char *screen = term_mem_text(d.term);
        printf("not ok, not shown: %s\n%s", lists[i].says, screen);
        good = FALSE;
    }
    drive_clear(&d);
    return good;
}

int main(int argc, char **argv)
{
    guint all = 0, good = 0;
    drive_locale();
    if (argc < 2) {
        all++;
        good += play_unit();
    }
    for (gsize i = 0; i < G_N_ELEMENTS(sections); i++)
        for (gsize k = 0; k < G_N_ELEMENTS(doubts); k++) {
            if ((argc > 1 && !strstr(sections[i].type, argv[1])) || is_no_doubt_of(i, k))
                continue;
            all++;
            good += play(i, k);
        }
    all++;
    good += play_left_out();
    printf("%u of %u: absence is said where it is known, and only there\n", good, all);
    return good == all && all ? 0 : 1;
}
