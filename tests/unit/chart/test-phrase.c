/* SPDX-License-Identifier: GPL-3.0-or-later
 * Phrases: what their files say, what is wrong with them, what they become, and the data of the chart
 * that they pull in. */
#include <criterion/criterion.h>
#include <glib/gstdio.h>
#include <string.h>

#include "chart/phrase-value.h"
#include "chart/phrase.h"

/* ---- files ---- */

typedef struct {
    char *dir, *own, *unit;
    Phrases *phrases;
    GPtrArray *problems;
} Shelf;

static void write_file(const char *dir, const char *text)
{
    g_autofree char *path = g_build_filename(dir, "test.phrases", NULL);
    cr_assert(g_file_set_contents(path, text, -1, NULL));
}

static void load(Shelf *s, const char *own, const char *unit)
{
    s->dir = g_dir_make_tmp("rond-phrases-XXXXXX", NULL);
    s->own = g_build_filename(s->dir, "own", NULL);
    s->unit = g_build_filename(s->dir, "unit", NULL);
    g_mkdir(s->own, 0700);
    g_mkdir(s->unit, 0700);
    write_file(s->own, own);
    write_file(s->unit, unit);
    s->problems = g_ptr_array_new_with_free_func(g_free);
    s->phrases = phrases_load((const char *const[]){s->own, s->unit, NULL}, s->problems);
}

static void unload(Shelf *s)
{
    const char *const dirs[] = {s->own, s->unit};
    for (gsize i = 0; i < G_N_ELEMENTS(dirs); i++) {
        g_autofree char *path = g_build_filename(dirs[i], "test.phrases", NULL);
        g_unlink(path);
        g_rmdir(dirs[i]);
    }
    g_rmdir(s->dir);
    phrases_free(s->phrases);
    g_ptr_array_unref(s->problems);
    g_free(s->dir);
    g_free(s->own);
    g_free(s->unit);
}

static char *no_value(const char *key, gpointer data)
{
    return data ? g_strdup_printf("<%s>", key) : NULL;
}

static char *expanded(const Shelf *s, const char *name)
{
    g_autoptr(GError) error = NULL;
    const Phrase *p = phrases_find(s->phrases, name);
    cr_assert(p, "%s", name);
    char *text = phrase_expand(s->phrases, p, no_value, (gpointer)s, &error);
    return text ? text : g_strdup(error->message);
}

static void expect(const Shelf *s, const char *name, const char *wanted)
{
    g_autofree char *text = expanded(s, name);
    cr_assert_str_eq(text, wanted);
}

static gboolean said(const Shelf *s, const char *what)
{
    for (guint i = 0; i < s->problems->len; i++)
        if (strstr(s->problems->pdata[i], what))
            return TRUE;
    return FALSE;
}

Test(phrase, words_blanks_data_and_other_phrases)
{
    Shelf s;
    load(&s, "# egna\n.at  Allmäntillstånd\n{?AT|gott|påverkat}\n\n.status\nAT: {.at}. {bt}\n\nKlammer {{så}.\n", "");
    cr_assert_eq(s.problems->len, 0);
    expect(&s, "at", "[[AT|gott|påverkat]]");
    expect(&s, "STATUS", "AT: [[AT|gott|påverkat]]. <bt>\n\nKlammer {så}.");
    cr_assert_str_eq(phrases_find(s.phrases, "at")->title, "Allmäntillstånd");
    unload(&s);
}

Test(phrase, ones_own_goes_before_the_units)
{
    Shelf s;
    load(&s, ".at\nmin\n", ".at\nenhetens\n.buk\nmjuk\n");
    cr_assert_eq(s.problems->len, 0);
    expect(&s, "at", "min");
    expect(&s, "buk", "mjuk");
    g_autoptr(GPtrArray) found = phrases_beginning(s.phrases, "b");
    cr_assert_eq(found->len, 1);
    unload(&s);
}

Test(phrase, what_is_wrong_is_said_and_the_rest_works)
{
    Shelf s;
    load(&s, "lösa ord\n.a\n{.b}\n.b\n{.c}\n.c\nx {.a}\n.d\n{.a}\n.e\n{finnsinte}\n.f\n{bt\n.g\n\n.h\nhel\n.h\ndubbel\n.i\n{.nej}\n", "");
    expect(&s, "h", "hel");
    cr_assert(said(&s, "test.phrases:2: .a:") && said(&s, "(.a → .b → .c → .a)"));
    cr_assert(said(&s, "test.phrases:6: .c:") && said(&s, ".d: ") && said(&s, "“finnsinte”"));
    cr_assert(said(&s, "“{bt”") && said(&s, ".g: it has no words") && said(&s, ":1: words before"));
    cr_assert(said(&s, ".h is there already") && said(&s, "it uses .nej, which is not there"));
    for (const char *name = "abcdefgi"; *name; name++) {
        const Phrase *p = phrases_find(s.phrases, (char[]){*name, 0});
        cr_assert(p && p->broken, "%c", *name);
        g_autofree char *text = expanded(&s, p->name);
        cr_assert_str_eq(text, p->broken);
    }
    unload(&s);
}

Test(phrase, a_phrase_that_grows_without_end_is_stopped)
{
    Shelf s;
    GString *text = g_string_new(".a\n0123456789\n");
    for (char c = 'b'; c <= 'z'; c++) {
        g_string_append_printf(text, ".%c\n", c);
        for (int i = 0; i < 8; i++)
            g_string_append_printf(text, "{.%c}", c - 1);
        g_string_append_c(text, '\n');
    }
    load(&s, text->str, "");
    cr_assert_eq(s.problems->len, 0);
    g_autofree char *long_one = expanded(&s, "z");
    cr_assert(strstr(long_one, "too long"));
    g_string_free(text, TRUE);
    unload(&s);
}

/* ---- names and blanks in a text ---- */

Test(phrase, a_name_is_a_dot_at_the_start_of_a_word)
{
    static const struct {
        const char *text;
        gsize dot;
    } cases[] = {{".bt", 0}, {"ok .bt", 3}, {"(.öv", 1}, {"p.o", G_MAXSIZE}, {"ca .5", G_MAXSIZE}, {".", G_MAXSIZE},
                 {"t.ex.bt", G_MAXSIZE}, {"", G_MAXSIZE}, {"å .läk-1", 3}};
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
        cr_expect_eq(phrase_name_before(cases[i].text, strlen(cases[i].text)), cases[i].dot, "%s", cases[i].text);
}

Test(phrase, blanks_are_found_with_their_choices)
{
    const char *text = "a [[ b\n[[sida|höger| vänster]] [[vad]]";
    gsize from, to;
    cr_assert(phrase_blank_find(text, 0, &from, &to));
    g_autofree char *first = g_strndup(text + from, to - from), *label = phrase_blank_label(first);
    g_auto(GStrv) choices = phrase_blank_choices(first);
    cr_assert_str_eq(label, "sida");
    cr_assert_eq(g_strv_length(choices), 2);
    cr_assert_str_eq(choices[1], "vänster");
    cr_assert(phrase_blank_find(text, to, &from, &to));
    g_autofree char *second = g_strndup(text + from, to - from);
    cr_assert_str_eq(second, "[[vad]]");
    cr_assert_null(phrase_blank_choices(second));
    cr_assert_not(phrase_blank_find(text, to, &from, &to));
}

/* ---- data of the chart ---- */

typedef struct {
    FeedState states[FEED_KINDS];
    PhraseChart chart;
} Fixture;

static const FeedState *feed_of(FeedKind kind, gpointer data)
{
    return &((Fixture *)data)->states[kind];
}

static void unref_resource(gpointer r)
{
    fhir_resource_unref(r);
}

static void begin(Fixture *f, Known known)
{
    static const char patient[] = "{\"resourceType\":\"Patient\",\"id\":\"p1\",\"birthDate\":\"1948-09-30\","
                                  "\"name\":[{\"family\":\"Öberg\",\"given\":[\"Sven\"]}]}";
    g_autoptr(GBytes) bytes = g_bytes_new_static(patient, strlen(patient));
    FhirTime now;
    memset(f, 0, sizeof *f);
    cr_assert(fhir_time_parse("2026-11-21T08:00:00+01:00", &now));
    for (guint i = 0; i < FEED_KINDS; i++)
        f->states[i] = (FeedState){.kind = (FeedKind)i, .items = g_ptr_array_new_with_free_func(unref_resource), .answered = TRUE,
                                   .known = known};
    f->chart = (PhraseChart){.patient = fhir_resource_parse(bytes, NULL), .author = "Lind Eva", .now = now.instant,
                             .feed = feed_of, .data = f};
}

static void end(Fixture *f)
{
    for (guint i = 0; i < FEED_KINDS; i++)
        g_ptr_array_unref(f->states[i].items);
    fhir_resource_unref((FhirResource *)f->chart.patient);
}

static void add(Fixture *f, FeedKind kind, const char *json)
{
    g_autoptr(GBytes) bytes = g_bytes_new(json, strlen(json));
    FhirResource *r = fhir_resource_parse(bytes, NULL);
    cr_assert(r, "%s", json);
    g_ptr_array_add(f->states[kind].items, r);
}

static void add_bp(Fixture *f, const char *id, const char *at, int systolic, const char *status)
{
    g_autofree char *json = g_strdup_printf(
        "{\"resourceType\":\"Observation\",\"id\":\"%s\",\"status\":\"%s\",\"code\":{\"coding\":[{\"system\":\"http://loinc.org\","
        "\"code\":\"85354-9\"}]},\"effectiveDateTime\":\"%s\",\"component\":[{\"code\":{\"coding\":[{\"system\":"
        "\"http://loinc.org\",\"code\":\"8480-6\"}]},\"valueQuantity\":{\"value\":%d,\"unit\":\"mmHg\",\"code\":\"mm[Hg]\"}},{\"code\":"
        "{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\"8462-4\"}]},\"valueQuantity\":{\"value\":84,\"unit\":\"mmHg\","
        "\"code\":\"mm[Hg]\"}}]}", id, status, at, systolic);
    add(f, FEED_VITALS, json);
}

static void expect_value(const Fixture *f, const char *key, PhraseState state, const char *wanted)
{
    g_autofree char *text = NULL, *why = NULL;
    cr_expect_eq(phrase_value(key, &f->chart, &text, &why), state, "%s: %s", key, why ? why : text);
    if (wanted)
        cr_expect_str_eq(text ? text : why ? why : "", wanted);
    cr_expect_eq(text != NULL, state == PHRASE_VALUE);
    cr_expect_eq(why != NULL, state == PHRASE_NONE);
}

Test(phrase_value, the_newest_with_its_time)
{
    Fixture f;
    begin(&f, KNOWN_WHOLE);
    add_bp(&f, "a", "2026-11-21T07:10:00+01:00", 132, "final");
    add_bp(&f, "b", "2026-11-20T07:10:00+01:00", 180, "final");
    expect_value(&f, "bt", PHRASE_VALUE, "BT 132/84 (2026-11-21 07:10)");
    expect_value(&f, "puls", PHRASE_NONE, NULL);
    add(&f, FEED_LABS, "{\"resourceType\":\"Observation\",\"id\":\"l\",\"status\":\"final\",\"code\":{\"coding\":[{\"code\":"
                       "\"NPU28309\"}]},\"effectiveDateTime\":\"2026-11-21T06:00:00+01:00\",\"valueQuantity\":{\"value\":128,"
                       "\"unit\":\"g/L\",\"code\":\"g/L\"}}");
    expect_value(&f, "hb", PHRASE_VALUE, "Hb 128 g/L (2026-11-21 06:00)");
    expect_value(&f, "namn", PHRASE_VALUE, "Öberg, Sven");
    expect_value(&f, "ålder", PHRASE_VALUE, "78 år");
    end(&f);
}

/* Where the newest is not sure no older one is said in its place; what was struck is no value. */
Test(phrase_value, what_is_not_sure_is_left_to_the_writer)
{
    Fixture f;
    begin(&f, KNOWN_WHOLE);
    add_bp(&f, "a", "2026-11-21T07:10:00+01:00", 132, "final");
    add_bp(&f, "b", "2026-11-21T07:40:00+01:00", 180, "entered-in-error");
    expect_value(&f, "bt", PHRASE_VALUE, "BT 132/84 (2026-11-21 07:10)");
    add(&f, FEED_VITALS, "{\"resourceType\":\"Observation\",\"id\":\"c\",\"status\":\"final\",\"code\":{\"coding\":[{\"code\":"
                         "\"85354-9\"}]},\"effectiveDateTime\":\"2026-11-21T07:50:00+01:00\",\"dataAbsentReason\":{\"text\":\"nej\"}}");
    expect_value(&f, "bt", PHRASE_NONE, NULL);
    end(&f);
}

/* A core that is silent now: one value stands with its time, a list does not; half an answer is none. */
Test(phrase_value, half_an_answer_is_none)
{
    Fixture f;
    begin(&f, KNOWN_WHOLE);
    add_bp(&f, "a", "2026-11-21T07:10:00+01:00", 132, "final");
    f.states[FEED_VITALS].known = KNOWN_PARTLY;
    expect_value(&f, "bt", PHRASE_NONE, NULL);
    f.states[FEED_VITALS].known = KNOWN_NOT;
    f.states[FEED_VITALS].cached = TRUE;
    expect_value(&f, "bt", PHRASE_LATER, NULL); /* it is still being asked */
    f.states[FEED_VITALS].unknown = (char *)"silent";
    expect_value(&f, "bt", PHRASE_VALUE, "BT 132/84 (2026-11-21 07:10)");
    end(&f);
}

Test(phrase_value, a_list_is_given_only_when_all_of_it_is_known)
{
    static const char condition[] = "{\"resourceType\":\"Condition\",\"id\":\"c\",\"clinicalStatus\":{\"coding\":[{\"code\":\"active\"}]},"
                                    "\"code\":{\"text\":\"Pneumoni [[x]]\",\"coding\":[{\"code\":\"J18.9\"}]}}";
    static const Known not_whole[] = {KNOWN_NOT, KNOWN_PARTLY, KNOWN_MORE};
    Fixture f;
    begin(&f, KNOWN_WHOLE);
    expect_value(&f, "diagnoser", PHRASE_NONE, NULL); /* "none" is nothing to say of itself */
    add(&f, FEED_PROBLEMS, condition);
    expect_value(&f, "diagnoser", PHRASE_VALUE, "Diagnoser (2026-11-21 08:00):\n- Pneumoni [ [x] ] J18.9");
    for (gsize i = 0; i < G_N_ELEMENTS(not_whole); i++) {
        f.states[FEED_PROBLEMS].known = not_whole[i];
        expect_value(&f, "diagnoser", PHRASE_NONE, NULL);
    }
    f.states[FEED_PROBLEMS].answered = FALSE;
    expect_value(&f, "diagnoser", PHRASE_LATER, NULL);
    end(&f);
}

Test(phrase_value, what_was_pulled_in_and_has_changed_is_another_value)
{
    cr_assert(phrase_value_same("bt", "BT 132/84 (2026-11-21 07:10)", "BT 132/84 (2026-11-21 07:10)"));
    cr_assert_not(phrase_value_same("bt", "BT 132/84 (2026-11-21 07:10)", "BT 132/84 (2026-11-21 09:10)"));
    cr_assert(phrase_value_same("diagnoser", "Diagnoser (07:10):\n- A", "Diagnoser (08:00):\n- A"));
    cr_assert_not(phrase_value_same("diagnoser", "Diagnoser (07:10):\n- A", "Diagnoser (07:10):\n- A\n- B"));
}

/* What rond brings is whole: every phrase of it can be used. */
Test(phrase, those_that_come_with_rond_can_be_used)
{
    g_autofree char *dir = g_build_filename(g_getenv("ROND_DATA"), "phrases", NULL);
    g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(Phrases) p = phrases_load((const char *const[]){dir, NULL}, problems);
    cr_assert_eq(problems->len, 0, "%s", problems->len ? (char *)problems->pdata[0] : "");
    cr_assert_gt(phrases_count(p), 10);
}

/* ---- a set of measurements ---- */

static void add_vital(Fixture *f, const char *id, const char *loinc, const char *at, const char *value, const char *unit)
{
    g_autofree char *json = g_strdup_printf(
        "{\"resourceType\":\"Observation\",\"id\":\"%s\",\"status\":\"final\",\"code\":{\"coding\":[{\"system\":\"http://loinc.org\","
        "\"code\":\"%s\"}]},\"effectiveDateTime\":\"%s\",\"valueQuantity\":{\"value\":%s,\"unit\":\"%s\"}}", id, loinc, at, value, unit);
    add(f, FEED_VITALS, json);
}

/* The time once where it is the same for all, else behind each; the oxygen in litres; what was never measured is not there. */
Test(phrase_value, a_set_says_its_time_once)
{
    Fixture f;
    begin(&f, KNOWN_WHOLE);
    expect_value(&f, "vitalparametrar", PHRASE_NONE, NULL);
    add_bp(&f, "a", "2026-11-21T07:10:00+01:00", 132, "final");
    add_vital(&f, "b", "8867-4", "2026-11-21T07:10:00+01:00", "72", "/min");
    add_vital(&f, "c", "3151-8", "2026-11-21T07:10:00+01:00", "2", "l/min");
    expect_value(&f, "vitalparametrar", PHRASE_VALUE, "BT 132/84 mmHg, Puls 72 /min, Syrgas 2 l/min (2026-11-21 07:10)");
    add_vital(&f, "d", "8310-5", "2026-11-20T19:00:00+01:00", "38.4", "°C");
    expect_value(&f, "vitalparametrar", PHRASE_VALUE,
                 "BT 132/84 mmHg (2026-11-21 07:10), Puls 72 /min (2026-11-21 07:10), Syrgas 2 l/min (2026-11-21 07:10), "
                 "Temp 38,4 °C (2026-11-20 19:00)");
    expect_value(&f, "vitalparametrar/bt", PHRASE_VALUE, "BT 132/84 mmHg");
    g_auto(GStrv) parts = phrase_value_parts("vitalparametrar");
    cr_assert_eq(g_strv_length(parts), 6);
    cr_assert_null(phrase_value_parts("bt"));
    cr_assert(phrase_value_known("vitalparametrar") && !phrase_value_known("vitalparametrar/bt"));
    add(&f, FEED_VITALS, "{\"resourceType\":\"Observation\",\"id\":\"e\",\"status\":\"final\",\"code\":{\"coding\":[{\"code\":"
                         "\"8867-4\"}]},\"effectiveDateTime\":\"2026-11-21T07:50:00+01:00\",\"dataAbsentReason\":{\"text\":\"nej\"}}");
    expect_value(&f, "vitalparametrar", PHRASE_NONE, NULL); /* no older pulse in the place of one that is not sure */
    end(&f);
}

Test(phrase, a_name_that_is_begun_may_be_empty_and_is_shown_as_it_will_read)
{
    static const struct {
        const char *text;
        gsize dot;
    } cases[] = {{".", 0}, {"ok .", 3}, {"ok.", G_MAXSIZE}, {"ok. ", G_MAXSIZE}, {"..", G_MAXSIZE}, {".5", G_MAXSIZE}, {".b", 0}};
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
        cr_expect_eq(phrase_begun_before(cases[i].text, strlen(cases[i].text)), cases[i].dot, "%s", cases[i].text);
    Shelf s;
    load(&s, ".a  Allmänt\n{?AT|gott|påverkat}, {bt} {.b}\nmer\n.b\nen {{klammer}\n.c\n{nej}\n", "");
    const char *const wanted[] = {"Allmänt: [AT], [bt] .b", "en {klammer}"};
    for (gsize i = 0; i < G_N_ELEMENTS(wanted); i++) {
        g_autofree char *is = phrase_preview(phrases_find(s.phrases, (char[]){(char)('a' + i), 0}));
        cr_expect_str_eq(is, wanted[i]);
    }
    g_autofree char *broken = phrase_preview(phrases_find(s.phrases, "c"));
    cr_expect(strstr(broken, "nej"));
    unload(&s);
}
