/* SPDX-License-Identifier: GPL-3.0-or-later
 * Templates: what makes one unusable, what its sökord take, sökord that are added. */
#include <criterion/criterion.h>
#include <glib/gstdio.h>
#include <string.h>

#include "chart/note-entry.h"

static FhirResource *template(const char *items)
{
    g_autofree char *json = g_strdup_printf("{\"resourceType\":\"Questionnaire\",\"name\":\"prov\",\"title\":\"Prov\",\"status\":\"active\","
                                            "\"item\":[%s]}", items);
    g_autoptr(GBytes) bytes = g_bytes_new(json, strlen(json));
    g_autoptr(GError) error = NULL;
    FhirResource *q = fhir_resource_parse(bytes, &error);
    cr_assert(q, "%s", error ? error->message : "");
    return q;
}

static Note *note_of(const char *items)
{
    g_autoptr(FhirResource) q = template(items);
    g_autoptr(GError) error = NULL;
    Note *n = note_new(q, &error);
    cr_assert(n, "%s", error ? error->message : "");
    return n;
}

#define ITEM(ID, TYPE, TEXT, MORE) "{\"linkId\":\"" ID "\",\"type\":\"" TYPE "\",\"text\":\"" TEXT "\"" MORE "}"

Test(note_template, what_is_wrong_is_said_with_its_place)
{
    static const struct {
        const char *items, *said;
    } cases[] = {
        {"{\"type\":\"text\",\"text\":\"Buk\"}", "“Buk” has no linkId"},
        {ITEM("+1", "text", "Buk", ""), "“Buk” has no linkId that can be used"},
        {ITEM("1", "attachment", "Bild", ""), "“Bild” (linkId 1) has the type “attachment”"},
        {ITEM("1", "choice", "Sida", ""), "“Sida” (linkId 1) has nothing to choose from"},
        {ITEM("1", "group", "A", ",\"item\":[" ITEM("2", "group", "B", ",\"item\":[" ITEM("1", "text", "C", "") "]") "]"),
         "“C” (linkId 1) goes round in a loop: it lies within itself"},
        {ITEM("1", "text", "A", "") "," ITEM("1", "text", "B", ""), "The linkId 1 stands twice"},
        {ITEM("1", "text", "A", ",\"enableWhen\":[{\"question\":\"2\",\"operator\":\"exists\",\"answerBoolean\":true}]") ","
         ITEM("2", "text", "B", ",\"enableWhen\":[{\"question\":\"1\",\"operator\":\"exists\",\"answerBoolean\":true}]"),
         "“A” (linkId 1) goes round in a loop: it is shown only"},
        {"{\"linkId\":\"1\",\"type\":\"text\"}", "linkId 1 has no text"},
        {"{\"linkId\":\"1\",\"text\":\"A\"}", "has no type"},
        {"", "no sökord"},
        {ITEM("1", "group", "A", ",\"item\":[" ITEM("2", "display", "B", "") "]"), "no sökord to write in"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(FhirResource) q = template(cases[i].items);
        g_autoptr(GError) error = NULL;
        g_autoptr(Note) n = note_new(q, &error);
        cr_assert_null(n);
        cr_expect(error && strstr(error->message, cases[i].said), "%s: %s", cases[i].said, error ? error->message : "");
    }
}

/* One that cannot be used takes none of the others with it; a name in an earlier folder hides it in a later. */
Test(note_template, the_others_keep_working)
{
    static const char *const good = "{\"resourceType\":\"Questionnaire\",\"name\":\"%s\",\"title\":\"%s\",\"status\":\"active\","
                                    "\"item\":[" ITEM("1", "text", "A", "") "]}";
    g_autofree char *dir = g_dir_make_tmp("rond-forms-XXXXXX", NULL);
    const char *const names[] = {"note-a.json", "note-b.json", "note-c.json"};
    g_autofree char *a = g_strdup_printf(good, "daganteckning", "Egen"), *b = g_strdup_printf(good, "annan", "Annan");
    const char *const texts[] = {a, b, "{\"resourceType\":\"Questionnaire\",\"name\":\"c\",\"title\":\"C\"}"};
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_build_filename(dir, names[i], NULL);
        cr_assert(g_file_set_contents(path, texts[i], -1, NULL));
    }
    g_autofree char *shipped = g_build_filename(g_getenv("ROND_DATA"), "forms", NULL);
    g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) found = note_templates_of((const char *const[]){dir, "/nowhere", shipped, NULL}, NULL, problems);
    g_autoptr(GPtrArray) without = note_templates(shipped, NULL, problems);
    guint own = 0;
    cr_assert_eq(problems->len, 1);
    cr_assert(strstr(problems->pdata[0], "C (note-c.json): "));
    cr_assert_eq(found->len, without->len + 1);
    for (guint i = 0; i < found->len; i++) {
        g_autofree char *id = note_template_id(found->pdata[i]), *title = note_template_title(found->pdata[i]);
        own += strcmp(id, "daganteckning") == 0 && strcmp(title, "Egen") == 0;
        cr_assert(strcmp(title, "Daganteckning") != 0);
    }
    cr_assert_eq(own, 1);
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_build_filename(dir, names[i], NULL);
        g_unlink(path);
    }
    g_rmdir(dir);
}

static void title_in(const char *dir, const char *title, guint problems_wanted)
{
    g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) found = note_templates(dir, NULL, problems);
    g_autofree char *have = found->len ? note_template_title(found->pdata[0]) : NULL;
    cr_assert_eq(found->len, title != NULL);
    cr_assert(!title || strcmp(have, title) == 0, "“%s”, not “%s”", have, title);
    cr_assert_eq(problems->len, problems_wanted);
    cr_assert(!problems_wanted || strstr(problems->pdata[0], title ? "is broken and is used as it was before" : "note-a.json: "));
}

/* Changed on the disk while rond runs: what is whole is used, what is broken leaves what was, what is gone is gone. */
Test(note_template, one_that_breaks_while_rond_runs_leaves_what_was)
{
    static const char *const good = "{\"resourceType\":\"Questionnaire\",\"name\":\"a\",\"title\":\"%s\",\"status\":\"active\","
                                    "\"item\":[" ITEM("1", "text", "A", "") "]}";
    g_autofree char *dir = g_dir_make_tmp("rond-forms-XXXXXX", NULL), *path = g_build_filename(dir, "note-a.json", NULL);
    g_autofree char *one = g_strdup_printf(good, "Första"), *other = g_strdup_printf(good, "Andra");
    cr_assert(g_file_set_contents(path, "{", -1, NULL));
    title_in(dir, NULL, 1);
    cr_assert(g_file_set_contents(path, one, -1, NULL));
    title_in(dir, "Första", 0);
    cr_assert(g_file_set_contents(path, other, (gssize)strlen(other) / 2, NULL));
    title_in(dir, "Första", 1);
    cr_assert(g_file_set_contents(path, "{\"resourceType\":\"Questionnaire\",\"name\":\"a\",\"title\":\"Tom\"}", -1, NULL));
    title_in(dir, "Första", 1);
    cr_assert(g_file_set_contents(path, other, -1, NULL));
    title_in(dir, "Andra", 0);
    g_unlink(path);
    title_in(dir, NULL, 0);
    g_rmdir(dir);
}

/* ---- entries ---- */

#define UNIT(CODE) ",\"extension\":[{\"url\":\"http://hl7.org/fhir/StructureDefinition/questionnaire-unit\",\"valueCoding\":{\"code\":\"" CODE "\"}}]"
#define CHOICES ",\"answerOption\":[{\"valueString\":\"gott\"},{\"valueString\":\"måttligt påverkat\"},{\"valueCoding\":{\"display\":\"Mycket påverkat\"}}]"

Test(note_template, entries_become_the_words_that_are_signed)
{
    g_autoptr(Note) n = note_of(ITEM("0", "choice", "AT", CHOICES) "," ITEM("1", "open-choice", "AT", CHOICES) ","
                                ITEM("2", "decimal", "Vikt", UNIT("kg")) "," ITEM("3", "integer", "Blödning", UNIT("ml")) ","
                                ITEM("4", "date", "Datum", "") "," ITEM("5", "text", "Fritt", ""));
    static const struct {
        guint section;
        const char *typed, *words; /* NULL: refused */
    } cases[] = {
        {0, "1", "gott"}, {0, "3", "Mycket påverkat"}, {0, "GO", "gott"}, {0, " måttligt påverkat ", "måttligt påverkat"}, {0, "m", NULL},
        {0, "4", NULL}, {0, "dåligt", NULL}, {0, "", ""}, {1, "dåligt", "dåligt"}, {1, "mått", "måttligt påverkat"},
        {2, "72,5", "72,5 kg"}, {2, "72.50 kg", "72,50 kg"}, {2, "72 g", NULL}, {2, "sjuttio", NULL}, {2, "1,2,3", NULL},
        {3, "250", "250 ml"}, {3, "2,5", NULL}, {4, "2026-11-20", "2026-11-20"}, {4, "21/11", "2026-11-21"}, {4, "31/2", NULL},
        {4, "snart", NULL}, {4, "idag", "2026-11-21"}, {5, " 1 ", " 1 "},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *words = note_entry_settle(n->sections->pdata[cases[i].section], cases[i].typed, (CivilDate){2026, 11, 21}, &error);
        cr_expect_str_eq(words ? words : "", cases[i].words ? cases[i].words : "", "%s", cases[i].typed);
        cr_expect_eq(words == NULL, cases[i].words == NULL, "%s", cases[i].typed);
        cr_expect_eq(error != NULL, cases[i].words == NULL, "%s", cases[i].typed);
        if (words) { /* settled once is settled */
            g_autofree char *again = note_entry_settle(n->sections->pdata[cases[i].section], words, (CivilDate){2026, 11, 21}, NULL);
            cr_expect_str_eq(again, words);
        }
    }
}

#define SCALE ",\"answerOption\":[{\"valueString\":\"0\"},{\"valueString\":\"1\"},{\"valueString\":\"2 med stöd\"},{\"valueString\":\"30\"}]"

/* "1" of a scale that begins with 0 is one, not the first of them; and is still one when it is looked at again. */
Test(note_template, the_number_of_a_scale_is_its_value)
{
    g_autoptr(Note) n = note_of(ITEM("0", "choice", "ECOG", SCALE));
    const NoteSection *s = n->sections->pdata[0];
    static const char *const cases[][2] = {{"0", "0"}, {"1", "1"}, {"2", "2 med stöd"}, {"30", "30"}, {"2 med stöd", "2 med stöd"}, {"3", NULL}};
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *words = note_entry_settle(s, cases[i][0], (CivilDate){2026, 11, 21}, NULL);
        cr_expect_str_eq(words ? words : "(none)", cases[i][1] ? cases[i][1] : "(none)", "%s", cases[i][0]);
        cr_expect(!note_entry_is_place(s, cases[i][0]));
    }
    g_autofree char *help = note_entry_help(s);
    cr_expect_str_eq(help, "0  1  2 med stöd  30");
}

/* A table's first line may begin with blanks, over its first column. */
Test(note_template, the_blanks_before_the_first_word_stay)
{
    g_autoptr(Note) n = note_of(ITEM("1", "text", "Mätvärden", ",\"item\":[" ITEM("2", "text", "Kväll", "") "]"));
    for (guint i = 0; i < 2; i++) {
        NoteSection *s = n->sections->pdata[i];
        g_free(s->text);
        s->text = g_strdup("\n  \n      08   12\nBT   120  130 \n\n");
    }
    g_autofree char *text = note_text(n);
    cr_assert_str_eq(text, "Mätvärden\n      08   12\nBT   120  130\nKväll\n      08   12\nBT   120  130");
}

/* ---- sökord that are added ---- */

static void set_text(Note *n, guint i, const char *text)
{
    NoteSection *s = n->sections->pdata[i];
    g_free(s->text);
    s->text = g_strdup(text);
}

Test(note_template, an_added_sokord_survives_the_draft_in_its_place)
{
    const char *items = ITEM("1", "text", "Status", ",\"item\":[" ITEM("2", "text", "Cor", "") "]") "," ITEM("3", "text", "Bedömning", "");
    g_autoptr(Note) n = note_of(items), back = note_of(items);
    guint under = note_add_term(n, 1, "Lokalstatus"), after = note_add_term(n, 0, "Labb");
    set_text(n, 0, "a");
    set_text(n, under, "rodnad");
    set_text(n, after, "CRP 4");
    set_text(n, 4, "b");
    g_autofree char *text = note_text(n), *draft = note_to_draft(n);
    cr_assert_str_eq(text, "Status\na\nLokalstatus: rodnad\n\nLabb\nCRP 4\n\nBedömning\nb");
    cr_assert(note_from_draft(back, draft));
    g_autofree char *again = note_text(back);
    cr_assert_str_eq(again, text);
}

/* Of "A", "B" and "C" the last two have gone, one by its linkId and one by its name. */
Test(note_template, words_never_go_under_another_heading)
{
    static const struct {
        const char *now, *text;
        guint lost;
    } cases[] = {
        {ITEM("1", "text", "A", "") "," ITEM("2", "text", "B", "") "," ITEM("3", "text", "C", ""), "A\na\n\nB\nb\n\nC\nc", 0},
        {ITEM("1", "text", "A", ""), "A\na\n\nB\nb\n\nC\nc", 2},
        {ITEM("0", "text", "Ny", ",\"item\":[" ITEM("1", "text", "A", "") "]"), "Ny\nA: a\n\nB\nb\n\nC\nc", 2},
        {ITEM("3", "text", "Plan", "") "," ITEM("2", "text", "B", "") "," ITEM("1", "text", "A", ""), "B\nb\n\nA\na\n\nC\nc", 1},
        {ITEM("1", "text", "A", "") "," ITEM("2", "group", "B", ",\"item\":[" ITEM("3", "text", "C", "") "]"), "A\na\n\nB\nC: c\n\nB\nb", 1},
    };
    g_autoptr(Note) n = note_of(cases[0].now);
    set_text(n, 0, "a");
    set_text(n, 1, "b");
    set_text(n, 2, "c");
    g_autofree char *draft = note_to_draft(n);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(Note) back = note_of(cases[i].now), again = note_of(cases[i].now);
        guint lost = 0;
        cr_assert(note_from_draft(back, draft));
        for (guint k = 0; k < back->sections->len; k++)
            lost += ((NoteSection *)back->sections->pdata[k])->lost;
        cr_expect_eq(lost, cases[i].lost, "%zu: %u", i, lost);
        g_autofree char *text = note_text(back), *saved = note_to_draft(back);
        cr_expect_str_eq(text, cases[i].text);
        cr_assert(note_from_draft(again, saved));
        g_autofree char *twice = note_text(again);
        cr_expect_str_eq(twice, text);
    }
}

/* The rond of before knows no titles: it takes the template to the first line's end, looks for the first mark, and finds each
 * sökord by all that stands between a mark and the end of its line. */
Test(note_template, an_earlier_rond_finds_each_sokord_of_a_draft)
{
    g_autoptr(Note) n = note_of(ITEM("1", "text", "A", "") "," ITEM("2", "text", "B", "") "," ITEM("3", "text", "C", ""));
    set_text(n, 0, "a");
    set_text(n, 2, "c\n2");
    g_autofree char *draft = note_to_draft(n), *template = note_draft_template(draft);
    cr_expect_str_eq(template, n->template_id);
    cr_expect_str_eq(strchr(draft, '\x1f'), "\x1f" "1\na\x1f" "3\nc\n2");
    const gsize lengths[] = {1, 0, 3};
    cr_expect_str_eq(draft + note_draft_offset(n, lengths, 2), "c\n2", "a key is put in its place");
}

/* And those that said the title behind the linkId. */
Test(note_template, a_draft_that_says_its_titles_at_the_words_is_read)
{
    g_autoptr(Note) n = note_of(ITEM("1", "text", "A", "") "," ITEM("2", "text", "Plan", ""));
    cr_assert(note_from_draft(n, "prov\n\x1f" "1\x1d" "A\na\x1f" "2\x1d" "B\nb"));
    g_autofree char *text = note_text(n);
    cr_expect_str_eq(text, "A\na\n\nB\nb");
}

/* As drafts were before they said titles: the linkId is believed, and what is gone has no name. */
Test(note_template, an_older_draft_keeps_its_words_apart)
{
    g_autoptr(Note) n = note_of(ITEM("1", "text", "A", ""));
    cr_assert(note_from_draft(n, "prov\n\x1f" "1\na\x1f" "2\nb\x1f" "3\nc\x1f" "+9\x1dLabb\nd\x1f" "e"));
    g_autofree char *text = note_text(n);
    cr_expect_str_eq(text, "A\na\n\nUtan sökord: 2\nb\n\nUtan sökord: 3\nc\n\nLabb\nd\n\nUtan sökord\ne");
}

Test(note_template, a_sokord_is_found_by_a_part_of_its_name)
{
    g_autofree char *dir = g_build_filename(g_getenv("ROND_DATA"), "forms", NULL);
    g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) all = note_templates(dir, NULL, problems);
    g_autoptr(Note) n = note_new(all->pdata[0], NULL);
    g_autoptr(GPtrArray) one = note_terms(all, n, "lokals"), several = note_terms(all, n, "läkem"), none = note_terms(all, n, "xyz");
    cr_assert_eq(problems->len, 0);
    cr_assert_eq(one->len, 1);
    cr_assert_str_eq(one->pdata[0], "Lokalstatus");
    cr_assert_gt(several->len, 1);
    cr_assert_eq(none->len, 0);
}
