/* SPDX-License-Identifier: GPL-3.0-or-later
 * An entry typed as one line: what it is understood as, and what is asked. */
#include "chart/entry-fixture.h"

/* The words stand in any order, with commas or, where they can be nothing else, without. */
Test(entry, lines)
{
    static const struct {
        const char *line, *what, *code, *reaction, *severity, *certainty, *since;
    } rows[] = {
        {"penicillin, anafylaxi, livshotande, bekräftad, 2014", "Penicilliner", "J01C", "anafylaxi", "livshotande", "bekräftad", "2014"},
        {"penicillin v livshotande bekräftad", "fenoximetylpenicillin", "J01CE02", "", "livshotande", "bekräftad", ""},
        {"KÅVEPENIN, s, misst, sedan 2014-03", "fenoximetylpenicillin", "J01CE02", "", "skadlig", "misstänkt", "2014-03"},
        {"J01CE02, b, säker, klåda, svullnad", "fenoximetylpenicillin", "J01CE02", "klåda, svullnad", "besvärande", "bekräftad", ""},
        {"jordnöt, l, bekräftad", "Jordnöt", NULL, "", "livshotande", "bekräftad", ""},
        {"ringblomma!, annat ämne, b, bekräftad", "ringblomma", NULL, "", "besvärande", "bekräftad", ""},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Entry) e = typed(rows[i].line, ENTRY_NEW, NULL);
        cr_expect(e->issues->len == 0, "%s: %s", rows[i].line, e->issues->len ? ((EntryIssue *)e->issues->pdata[0])->text : "");
        cr_expect(e->allergy, "%s", rows[i].line);
        cr_expect_str_eq(e->typed[ENTRY_WHAT], rows[i].what);
        cr_expect(g_strcmp0(e->item ? e->item->code : NULL, rows[i].code) == 0, "%s", rows[i].line);
        cr_expect_str_eq(e->typed[ENTRY_DETAIL], rows[i].reaction);
        cr_expect_str_eq(e->typed[ENTRY_SEVERITY], rows[i].severity);
        cr_expect_str_eq(e->certainty ? e->certainty->text : "", rows[i].certainty);
        cr_expect_str_eq(e->typed[ENTRY_SINCE], rows[i].since);
    }
}

/* Nothing is set by itself: degree and certainty of a hypersensitivity are always said. */
Test(entry, what_is_missing_is_asked)
{
    static const struct {
        const char *line;
        EntryField asks;
    } rows[] = {
        {"", ENTRY_WHAT},
        {"penic", ENTRY_WHAT},
        {"penicillin, bekräftad", ENTRY_SEVERITY},
        {"penicillin, livshotande", ENTRY_CERTAINTY},
        {"ringblomma!, b, bekräftad", ENTRY_GROUP},
        {"jordnöt, livs, bekräftad", ENTRY_SEVERITY}, /* livshotande or livsmedel: neither */
        {"penicillin, l, bekräftad, 2031", ENTRY_SINCE},
        {"penicillin, l, bekräftad, 2014-13", ENTRY_SINCE},
        {"penicillin, l, avfärdad", ENTRY_CERTAINTY},
        {"mrsa, livshotande", ENTRY_SEVERITY},
        {"mrsa, utslag", ENTRY_DETAIL},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Entry) e = typed(rows[i].line, ENTRY_NEW, NULL);
        cr_expect(entry_issue(e, rows[i].asks), "%s", rows[i].line);
        g_autoptr(GError) error = NULL;
        cr_expect_null(entry_resource(e, "p1", &writing, &error));
    }
}

/* "sulfa" is not trimethoprim too: a group that is wider than the word is chosen, never taken. */
Test(entry, a_part_of_a_group_is_asked_about)
{
    static const struct {
        const char *word, *group;
    } rows[] = {{"sulfa", "Sulfonamider och trimetoprim"}, {"Sulfonamider", "Sulfonamider och trimetoprim"},
                {"sulfapreparat", "Sulfonamider och trimetoprim"}, {"plåster", "Häfta och plåster"},
                {"persika", "Stenfrukt och äpple"}, {"räkor", "Skaldjur"}, {"lågmolekylärt heparin", "Hepariner"}};
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *line = g_strdup_printf("%s, utslag, b, misst", rows[i].word);
        g_autoptr(GError) error = NULL;
        g_autoptr(Entry) e = typed(line, ENTRY_NEW, NULL);
        cr_expect(!e->item && !e->free_text && entry_issue(e, ENTRY_WHAT), "%s", line);
        cr_expect(e->choices->len && strcmp(((const CodeItem *)e->choices->pdata[0])->text, rows[i].group) == 0, "%s", line);
        cr_expect_null(entry_resource(e, "p1", &writing, &error));
        g_autofree char *whole = g_strdup_printf("%s, utslag, b, misst", rows[i].group);
        g_autoptr(FhirResource) chosen = made(whole);
        expect(chosen, "code.text", rows[i].group);
    }
    const CodeList *codes = entry_codes(ENTRY_ALERT, NULL);
    for (guint i = 0; i < code_list_count(codes); i++) { /* two things in one group: half of it is no name of it */
        const CodeItem *item = code_list_at(codes, i);
        guint own = item->code ? 2 : 1;
        cr_expect(!strstr(item->text, " och ") || g_strv_length(item->names) == own, "%s", item->text);
    }
}

Test(entry, no_act_without_its_reason)
{
    g_autoptr(FhirResource) old = made("penicillin, anafylaxi, livshotande, bekräftad");
    static const struct {
        const char *line;
        EntryAct act;
    } rows[] = {{"", ENTRY_STRIKE}, {"misstänkt", ENTRY_QUESTION}, {"skäl vet ej", ENTRY_QUESTION}, {"bekräftad, skäl ja", ENTRY_QUESTION},
                {"Penicilliner, läkemedel, anafylaxi, livshotande, bekräftad", ENTRY_CHANGE}, {"mrsa", ENTRY_CHANGE}};
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Entry) e = typed(rows[i].line, rows[i].act, old);
        g_autoptr(GError) error = NULL;
        cr_expect_null(entry_changed(old, e, rows[i].act, &writing, &error), "%s", rows[i].line);
        cr_expect_not_null(error);
    }
}

/* Every word one may type means one thing. */
Test(entry, the_list_is_read)
{
    g_autoptr(GError) error = NULL;
    const CodeList *diagnoses = entry_codes(ENTRY_DIAGNOSIS, &error), *codes = entry_codes(ENTRY_ALERT, &error);
    cr_assert(codes && diagnoses, "%s", error ? error->message : "");
    cr_assert(code_list_count(diagnoses) >= 150);
    cr_assert(code_list_count(codes) > 200);
    for (guint i = 0; i < code_list_count(codes); i++) {
        const CodeItem *item = code_list_at(codes, i);
        cr_expect(strcmp(item->group, "0") == 0 || entry_word_of_code(ENTRY_GROUP, item->group), "%s: no group %s", item->text, item->group);
        cr_expect_eq(code_list_find(codes, item->text), item);
    }
}

/* What began as suspected is not confirmed by a word that is gone or grown together with the next one. */
Test(entry, what_is_suspected_is_not_confirmed_by_typing_on)
{
    static const struct {
        const char *line, *certainty;
    } rows[] = {{"I26.9, misstänktbidiagnos, bidiagnos", NULL}, {"I26.9, bidiagnos", NULL}, {"lungemboli, bidiagnos", NULL}, {"I26.9, miss, bidiagnos", "unconfirmed"},
                {"I26.9, bekräftad, bidiagnos", "confirmed"}, {"I26.9, misstänkt, bidiagnos", "unconfirmed"}, {"I26.9 misstänkt, bidiagnos", "unconfirmed"}};
    g_autoptr(FhirResource) in = visit("");
    EntryContext c = {.domain = ENTRY_DIAGNOSIS, .visit = in, .now = NOW, .suspected = TRUE};
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Entry) e = entry_read(rows[i].line, &c);
        cr_expect_eq(e->certainty == NULL, rows[i].certainty == NULL, "%s", rows[i].line);
        cr_expect_eq(entry_issue(e, ENTRY_CERTAINTY) == NULL, rows[i].certainty != NULL, "%s", rows[i].line);
        if (e->certainty && rows[i].certainty)
            cr_expect_str_eq(e->certainty->code, rows[i].certainty);
    }
    static const char json[] = "{\"resourceType\":\"Condition\",\"id\":\"c1\",\"meta\":{\"versionId\":\"1\"},"
                               "\"verificationStatus\":{\"coding\":[{\"code\":\"provisional\"}]},\"code\":{\"text\":\"Lungemboli\"},"
                               "\"subject\":{\"reference\":\"Patient/p1\"}}";
    g_autoptr(GBytes) text = g_bytes_new_static(json, strlen(json));
    g_autoptr(FhirResource) old = fhir_resource_parse(text, NULL);
    g_autoptr(Entry) glued = diagnosis("Lungemboli, misstänkt2024", in, ENTRY_CHANGE, old), sure = diagnosis("Lungemboli, bekräftad", in, ENTRY_CHANGE, old);
    cr_assert_not_null(entry_issue(glued, ENTRY_CERTAINTY));
    cr_assert_eq(sure->issues->len, 0);
}

/* A signal too: MRSA that is suspected is not confirmed by a word that is gone, grown together, or cut short. */
Test(entry, a_suspected_signal_is_not_confirmed_by_typing_on)
{
    static const struct {
        const char *line;
        gboolean asked;
    } rows[] = {{"MRSA, smittämne, 2025-10", TRUE}, {"MRSAmisstänkt, smittämne", TRUE}, {"MRSA misst, smittämne, 2025-10", TRUE},
                {"MRSA, smittämne, misstänkt, 2025-11", FALSE}, {"MRSA, smittämne, bekräftad, 2025-10", FALSE}};
    g_autoptr(FhirResource) old = made("mrsa, misstänkt, 2025-10");
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Entry) e = typed(rows[i].line, ENTRY_CHANGE, old);
        cr_expect_eq(entry_issue(e, ENTRY_CERTAINTY) != NULL, rows[i].asked, "%s", rows[i].line);
        cr_expect_eq(e->certainty == NULL, rows[i].asked, "%s", rows[i].line);
        g_autoptr(FhirResource) r = rows[i].asked ? entry_changed(old, e, ENTRY_CHANGE, &writing, NULL) : NULL;
        cr_expect_null(r, "%s", rows[i].line);
    }
    static const char *const new_ones[] = {"MRSA misst, smittämne", "MRSA misstänkt2024, smittämne", "utslag?, tillstånd", "mrsamisst!, smittämne"};
    for (gsize i = 0; i < G_N_ELEMENTS(new_ones); i++) {
        g_autoptr(Entry) e = typed(new_ones[i], ENTRY_NEW, NULL);
        cr_expect(!e->certainty && entry_issue(e, ENTRY_CERTAINTY), "%s", new_ones[i]);
        g_autofree char *line = g_strconcat(new_ones[i], ", misstänkt", NULL);
        g_autoptr(Entry) said = typed(line, ENTRY_NEW, NULL);
        cr_expect(said->certainty && strcmp(said->certainty->code, "unconfirmed") == 0, "%s", line);
    }
    g_autoptr(Entry) plain = typed("mrsa", ENTRY_NEW, NULL), chance = typed("hittad av misstag!, tillstånd", ENTRY_NEW, NULL);
    cr_expect(plain->certainty && chance->certainty, "what is plainly said is confirmed");
}

/* Enter: the cursor ("|") stands where the answer is typed, and what is typed there is a word of its own. */
Test(entry, room_for_the_answer)
{
    static const struct {
        const char *line, *open;
        EntryDomain domain;
        EntryField field;
    } rows[] = {
        {"N39.0", "N39.0, |", ENTRY_DIAGNOSIS, ENTRY_ROLE}, {"N39.0,", "N39.0, |", ENTRY_DIAGNOSIS, ENTRY_ROLE},
        {"N39.0, ", "N39.0, |", ENTRY_DIAGNOSIS, ENTRY_ROLE}, {"N39.0, bidiagnos, 2031, höger", "N39.0, bidiagnos, 2031|, höger", ENTRY_DIAGNOSIS, ENTRY_SINCE},
        {"N39.0, skäl åter", "N39.0, |, skäl åter", ENTRY_DIAGNOSIS, ENTRY_ROLE}, {"skäl åter", "|, skäl åter", ENTRY_DIAGNOSIS, ENTRY_ROLE},
        {"N39.0, skäl", "N39.0, skäl |", ENTRY_DIAGNOSIS, ENTRY_REASON}, {"", "|", ENTRY_DIAGNOSIS, ENTRY_WHAT},
        {"jordnöt, klåda", "jordnöt, klåda, |", ENTRY_ALERT, ENTRY_SEVERITY}, {"xyzzy", "xyzzy|", ENTRY_ALERT, ENTRY_WHAT},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        EntryContext c = {.domain = rows[i].domain, .now = NOW};
        g_autoptr(Entry) e = entry_read(rows[i].line, &c);
        glong at = -1;
        g_autofree char *line = entry_room_for(rows[i].line, e, rows[i].field, &at);
        g_autoptr(GString) shown = g_string_new(line);
        g_string_insert(shown, g_utf8_offset_to_pointer(line, at) - line, "|");
        cr_expect_str_eq(shown->str, rows[i].open);
    }
}
