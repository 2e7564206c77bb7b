/* SPDX-License-Identifier: GPL-3.0-or-later
 * An entry in the record: what stands there afterwards. */
#include "chart/entry-fixture.h"

Test(entry, a_hypersensitivity_in_the_record)
{
    g_autoptr(FhirResource) r = made("penicillin, anafylaxi, livshotande, bekräftad, 2014");
    cr_assert_str_eq(fhir_type(r), "AllergyIntolerance");
    expect(r, "code.coding[0].code", "J01C");
    expect(r, "code.text", "Penicilliner");
    expect(r, "clinicalStatus.coding[0].code", "active");
    expect(r, "verificationStatus.coding[0].code", "confirmed");
    expect(r, "category[0]", "medication");
    expect(r, "criticality", "high");
    expect(r, "patient.reference", "Patient/p1");
    expect(r, "onsetDateTime", "2014");
    expect(r, "reaction[0].manifestation[0].text", "anafylaxi");
    expect(r, "reaction[0].severity", "severe");
    expect(r, "extension[0].valueCodeableConcept.coding[0].code", "442452003");
    int danger;
    g_autofree char *words = chart_allergy_words(r, &danger);
    cr_assert(words && danger == 2);
    g_autofree char *line = entry_line_of(r, ENTRY_CHANGE);
    cr_assert_str_eq(line, "Penicilliner, läkemedel, anafylaxi, livshotande, bekräftad, 2014");
}

static FhirResource *allergy_of(const char *more)
{
    g_autofree char *json = g_strdup_printf("{\"resourceType\":\"AllergyIntolerance\",\"id\":\"a1\",\"meta\":{\"versionId\":\"3\"},"
                                            "\"code\":{\"text\":\"Latex\"},\"patient\":{\"reference\":\"Patient/p1\"},\"category\":[\"medication\"],"
                                            "\"verificationStatus\":{\"coding\":[{\"code\":\"confirmed\"}]}%s}", more);
    g_autoptr(GBytes) text = g_bytes_new(json, strlen(json));
    return fhir_resource_parse(text, NULL);
}

/* What is written as besvärande is read as besvärande; what another core says of a reaction is not made a grade. */
Test(entry, the_grade_is_the_records_own)
{
    static const struct {
        const char *grade, *concept;
    } grades[] = {{"livshotande", "442452003"}, {"skadlig", "59021000052107"}, {"besvärande", "59031000052109"}};
    for (gsize i = 0; i < G_N_ELEMENTS(grades); i++) {
        g_autofree char *line = g_strdup_printf("latex, klåda, %s, bekräftad", grades[i].grade);
        g_autoptr(FhirResource) r = made(line);
        expect(r, "extension[0].valueCodeableConcept.coding[0].code", grades[i].concept);
        cr_assert_str_eq(entry_grade(r)->text, grades[i].grade);
        g_autoptr(Entry) back = entry_of(r);
        cr_expect_str_eq(back->typed[ENTRY_SEVERITY], grades[i].grade);
    }
    g_autoptr(FhirResource) first = made("latex, klåda, besvärande, bekräftad");
    g_autoptr(FhirResource) worse = after(first, "Latex, klåda, skadlig, bekräftad", ENTRY_CHANGE);
    expect(worse, "extension[0].valueCodeableConcept.coding[0].code", "59021000052107");
    expect(worse, "extension[1].url", NULL);
    expect(worse, "reaction[0].severity", "moderate");

    g_autoptr(FhirResource) foreign = allergy_of(",\"criticality\":\"low\",\"reaction\":[{\"manifestation\":[{\"text\":\"klåda\"}],\"severity\":\"mild\"}]");
    cr_expect_null(entry_grade(foreign));
    g_autoptr(Entry) read = entry_of(foreign);
    cr_expect_str_eq(read->typed[ENTRY_SEVERITY], "");
    g_autoptr(Entry) change = typed("Latex, läkemedel, utslag, bekräftad", ENTRY_CHANGE, foreign);
    cr_expect(entry_issue(change, ENTRY_SEVERITY), "and it is asked for");
    g_autoptr(FhirResource) fatal = allergy_of(",\"criticality\":\"high\"");
    cr_expect_str_eq(entry_grade(fatal)->text, "livshotande");
    g_autoptr(FhirResource) graded = after(foreign, "Latex, läkemedel, klåda, besvärande, bekräftad", ENTRY_CHANGE);
    cr_expect_str_eq(entry_grade(graded)->text, "besvärande");
}

Test(entry, a_signal_in_the_record)
{
    g_autoptr(FhirResource) r = made("mrsa, misstänkt, 2025-10");
    cr_assert_str_eq(fhir_type(r), "Flag");
    expect(r, "status", "active");
    expect(r, "category[0].coding[0].code", "B1");
    expect(r, "code.text", "MRSA (misstänkt)");
    expect(r, "period.start", "2025-10");
    g_autoptr(FhirResource) sure = after(r, "MRSA, smittämne, bekräftad, 2025-10", ENTRY_CHANGE);
    expect(sure, "code.text", "MRSA");
    g_autoptr(FhirResource) refuted = after(sure, "avfärdad, skäl tre negativa odlingar", ENTRY_QUESTION);
    expect(refuted, "status", "inactive");
    g_autoptr(FhirResource) struck = after(sure, "fel patient", ENTRY_STRIKE);
    expect(struck, "status", "entered-in-error");
    expect(struck, "code.text", "MRSA");
}

Test(entry, nothing_known_needs_no_degree)
{
    g_autoptr(FhirResource) r = made("ingen känd överkänslighet");
    expect(r, "code.coding[0].code", "716186003");
    expect(r, "verificationStatus.coding[0].code", "confirmed");
    expect(r, "criticality", NULL);
    cr_assert(chart_allergy_is_absence(r));
}

/* Only what differs is changed: the rest, also what nobody here understands, stays. */
Test(entry, changed_questioned_struck)
{
    static const char json[] =
        "{\"resourceType\":\"AllergyIntolerance\",\"id\":\"a1\",\"meta\":{\"versionId\":\"1\"},\"extension\":[{\"url\":\"urn:x\",\"valueString\":\"y\"}],"
        "\"clinicalStatus\":{\"coding\":[{\"code\":\"active\"}]},\"verificationStatus\":{\"coding\":[{\"code\":\"confirmed\"}]},"
        "\"category\":[\"medication\"],\"criticality\":\"low\",\"code\":{\"coding\":[{\"system\":\"http://www.whocc.no/atc\",\"code\":\"J01CE02\"},"
        "{\"system\":\"urn:other\",\"code\":\"7\"}],\"text\":\"penicillin V, tablett\"},\"patient\":{\"reference\":\"Patient/p1\"},"
        "\"reaction\":[{\"manifestation\":[{\"text\":\"klåda\"}],\"severity\":\"mild\"},{\"manifestation\":[{\"text\":\"yrsel\"}]}]}";
    g_autoptr(GBytes) text = g_bytes_new_static(json, strlen(json));
    g_autoptr(FhirResource) old = fhir_resource_parse(text, NULL);
    g_autoptr(FhirResource) worse = after(old, "penicillin V, tablett, läkemedel, anafylaxi, livshotande, bekräftad, skäl ny reaktion, andra gången", ENTRY_CHANGE);
    expect(worse, "code.text", "penicillin V, tablett");
    expect(worse, "code.coding[1].code", "7");
    expect(worse, "extension[0].valueString", "y");
    expect(worse, "criticality", "high");
    expect(worse, "reaction[0].manifestation[0].text", "anafylaxi");
    expect(worse, "reaction[0].severity", "severe");
    expect(worse, "reaction[1].manifestation[0].text", "yrsel");
    expect(worse, "note[0].text", "Ändrad. Skäl: ny reaktion, andra gången");
    g_autoptr(FhirResource) doubted = after(worse, "misst, skäl oklar anamnes", ENTRY_QUESTION);
    expect(doubted, "verificationStatus.coding[0].code", "unconfirmed");
    expect(doubted, "criticality", "high");
    expect(doubted, "note[1].text", "Ifrågasatt, nu misstänkt. Skäl: oklar anamnes");
    int danger;
    g_autofree char *words = chart_allergy_words(doubted, &danger);
    cr_assert_not_null(words); /* a doubt does not silence it */
    g_autoptr(FhirResource) refuted = after(doubted, "avfärdad, skäl provokationstest negativt", ENTRY_QUESTION);
    expect(refuted, "clinicalStatus.coding[0].code", "inactive");
    g_autofree char *none = chart_allergy_words(refuted, &danger);
    cr_assert_null(none);
    g_autoptr(FhirResource) struck = after(old, "fel patient", ENTRY_STRIKE);
    expect(struck, "verificationStatus.coding[0].code", "entered-in-error");
    expect(struck, "clinicalStatus.coding[0].code", NULL);
    expect(struck, "note[0].text", "Makulerad. Skäl: fel patient");
}

/* The scale of NEWS2 is ordered and ended by a physician, at a moment. */
Test(entry, an_order_of_the_second_scale)
{
    EntryContext doctor = {.domain = ENTRY_ALERT, .now = NOW, .prescribes = TRUE}, nurse = doctor;
    nurse.prescribes = FALSE;
    g_autoptr(GError) error = NULL;
    g_autoptr(Entry) e = entry_read("news2 skala 2", &doctor), refused = entry_read("news2 skala 2", &nurse);
    cr_assert(e->order && e->issues->len == 0, "%s", e->issues->len ? ((EntryIssue *)e->issues->pdata[0])->text : "");
    cr_expect(entry_issue(refused, ENTRY_WHAT));
    g_autoptr(FhirResource) r = entry_resource(e, "p1", &writing, &error);
    cr_assert(r && news2_is_order(r));
    g_autofree char *now = instant_to_fhir(NOW);
    expect(r, "period.start", now);
    expect(r, "category[0].coding[0].code", "D2");
    static const char *const never[] = {"news2 skala 2, 2020", "news2 skala 2, misstänkt"};
    for (gsize i = 0; i < G_N_ELEMENTS(never); i++) {
        g_autoptr(Entry) wrong = entry_read(never[i], &doctor);
        cr_expect(wrong->issues->len > 0, "%s", never[i]);
    }
    static const struct {
        const char *line;
        EntryAct act;
        gboolean may;
    } acts[] = {{"", ENTRY_RESOLVE, TRUE}, {"2025-11-01", ENTRY_RESOLVE, FALSE}, {"misstänkt, skäl x", ENTRY_QUESTION, FALSE},
                {"MRSA, smittämne, bekräftad", ENTRY_CHANGE, FALSE}, {"fel patient", ENTRY_STRIKE, TRUE}};
    for (gsize i = 0; i < G_N_ELEMENTS(acts); i++)
        for (int d = 0; d < 2; d++) {
            EntryContext c = {.domain = ENTRY_ALERT, .act = acts[i].act, .old = r, .now = NOW, .prescribes = d};
            g_autoptr(Entry) act = entry_read(acts[i].line, &c);
            cr_expect_eq(act->issues->len == 0, d && acts[i].may, "%s by %s", acts[i].line, d ? "a physician" : "somebody else");
        }
    EntryContext over = {.domain = ENTRY_ALERT, .act = ENTRY_RESOLVE, .old = r, .now = NOW, .prescribes = TRUE};
    g_autoptr(Entry) ends = entry_read("", &over);
    EntryWriting later = writing;
    later.now = NOW + G_TIME_SPAN_HOUR;
    g_autoptr(FhirResource) ended = entry_changed(r, ends, ENTRY_RESOLVE, &later, &error);
    cr_assert(ended, "%s", error ? error->message : "");
    g_autofree char *then = instant_to_fhir(later.now);
    expect(ended, "status", "inactive");
    expect(ended, "period.end", then);
}

Test(entry, a_diagnosis_in_the_record)
{
    g_autoptr(FhirResource) in = visit("");
    g_autoptr(Entry) e = diagnosis("pneumoni, höger underlob, huvud, misst, 2025-11-19", in, ENTRY_NEW, NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(FhirResource) r = entry_resource(e, "p1", &writing, &error);
    cr_assert(r, "%s", error ? error->message : "");
    expect(r, "code.coding[0].code", "J18.9");
    expect(r, "code.coding[0].display", "Lunginflammation (pneumoni)");
    expect(r, "code.text", "Lunginflammation (pneumoni), höger underlob");
    expect(r, "category[0].coding[0].code", "encounter-diagnosis");
    expect(r, "verificationStatus.coding[0].code", "provisional");
    expect(r, "onsetDateTime", "2025-11-19");
    g_autoptr(Entry) listed = diagnosis("J18.9 problemlista", NULL, ENTRY_NEW, NULL);
    g_autoptr(FhirResource) problem = entry_resource(listed, "p1", &writing, &error);
    expect(problem, "category[0].coding[0].code", "problem-list-item");
    expect(problem, "verificationStatus.coding[0].code", "confirmed");
}

Test(entry, only_the_place_in_the_visit_is_changed)
{
    g_autoptr(FhirResource) in = visit(",\"diagnosis\":[{\"condition\":{\"reference\":\"Condition/c1\"},\"rank\":2}]");
    static const char json[] = "{\"resourceType\":\"Condition\",\"id\":\"c1\",\"meta\":{\"versionId\":\"1\"},\"code\":{\"text\":\"Pneumoni\"},"
                               "\"subject\":{\"reference\":\"Patient/p1\"}}";
    g_autoptr(GBytes) text = g_bytes_new_static(json, strlen(json));
    g_autoptr(FhirResource) old = fhir_resource_parse(text, NULL);
    g_autoptr(Entry) e = diagnosis("Pneumoni, huvuddiagnos", in, ENTRY_CHANGE, old);
    cr_assert_eq(e->issues->len, 0);
    g_autoptr(Entry) lost = diagnosis("Pneumoni, huvuddiagnos", NULL, ENTRY_CHANGE, old);
    cr_assert_not_null(entry_issue(lost, ENTRY_ROLE));
}

/* What it is in the visit is said, and only where there is a visit. */
Test(entry, a_diagnosis_without_its_place)
{
    g_autoptr(FhirResource) in = visit("");
    g_autoptr(Entry) unsaid = diagnosis("pneumoni", in, ENTRY_NEW, NULL), nowhere = diagnosis("pneumoni, huvud", NULL, ENTRY_NEW, NULL);
    g_autoptr(Entry) open = diagnosis("pneu", in, ENTRY_NEW, NULL);
    cr_assert(entry_issue(unsaid, ENTRY_ROLE) && entry_issue(nowhere, ENTRY_ROLE) && entry_issue(open, ENTRY_WHAT));
}

Test(entry, a_visit_has_one_main_diagnosis)
{
    g_autoptr(FhirResource) in = visit(",\"diagnosis\":[{\"condition\":{\"reference\":\"Condition/a\"},\"rank\":1},"
                                       "{\"condition\":{\"reference\":\"Condition/b\"},\"rank\":2}]");
    g_autoptr(FhirResource) with = entry_visit_with(in, "Condition/c", TRUE, NULL), other = entry_visit_with(in, "Condition/c", FALSE, NULL);
    cr_assert_str_eq(entry_visit_role(with, "c")->code, "main");
    cr_assert_str_eq(entry_visit_role(with, "a")->code, "secondary");
    expect(with, "diagnosis[0].rank", "2");
    expect(with, "diagnosis[1].rank", "3");
    cr_assert_str_eq(entry_visit_role(other, "a")->code, "main");
    expect(other, "diagnosis[2].rank", "3");
    g_autoptr(FhirResource) without = entry_visit_without(with, "Condition/c", NULL);
    cr_assert_null(entry_visit_role(without, "c"));
    cr_assert_not_null(entry_visit_role(without, "a"));
    g_autoptr(FhirResource) none = visit("");
    cr_assert(!entry_visit_has_main(none) && entry_visit_has_main(in));
}

Test(entry, a_problem_is_over_and_struck)
{
    static const char json[] = "{\"resourceType\":\"Condition\",\"id\":\"c1\",\"meta\":{\"versionId\":\"1\"},\"clinicalStatus\":{\"coding\":[{\"code\":\"active\"}]},"
                               "\"verificationStatus\":{\"coding\":[{\"code\":\"confirmed\"}]},\"code\":{\"text\":\"Hypertoni\"},"
                               "\"subject\":{\"reference\":\"Patient/p1\"},\"onsetDateTime\":\"2006\"}";
    g_autoptr(GBytes) text = g_bytes_new_static(json, strlen(json));
    g_autoptr(FhirResource) old = fhir_resource_parse(text, NULL);
    g_autoptr(Entry) today = diagnosis("", NULL, ENTRY_RESOLVE, old), early = diagnosis("2005", NULL, ENTRY_RESOLVE, old);
    g_autoptr(FhirResource) over = entry_changed(old, today, ENTRY_RESOLVE, &writing, NULL);
    expect(over, "clinicalStatus.coding[0].code", "resolved");
    expect(over, "abatementDateTime", "2025-11-21");
    cr_assert(entry_issue(early, ENTRY_SINCE));
    g_autoptr(Entry) reason = diagnosis("fel patient", NULL, ENTRY_STRIKE, over);
    g_autoptr(FhirResource) struck = entry_changed(over, reason, ENTRY_STRIKE, &writing, NULL);
    expect(struck, "verificationStatus.coding[0].code", "entered-in-error");
    expect(struck, "clinicalStatus.coding[0].code", NULL);
    expect(struck, "abatementDateTime", NULL);
}

/* ---- procedures ---- */

Test(entry, a_procedure_in_the_record)
{
    EntryContext c = {.domain = ENTRY_PROCEDURE, .now = NOW}, later = c;
    g_autoptr(Entry) e = entry_read("gastroskopi, blodstillning", &c), plain = entry_read("ekg, 2025-11-20", &c), ahead = entry_read("ekg, 2031", &c);
    g_autoptr(FhirResource) r = entry_resource(e, "p1", &writing, NULL), ekg = entry_resource(plain, "p1", &writing, NULL);
    expect(r, "status", "completed");
    expect(r, "code.coding[0].code", "UJD02");
    expect(r, "code.text", "Gastroskopi, blodstillning");
    expect(r, "performedDateTime", "2025-11-21"); /* today, and it stands in what is read */
    cr_assert_str_eq(e->typed[ENTRY_SINCE], "2025-11-21");
    expect(ekg, "code.coding[0].code", NULL);
    expect(ekg, "performedDateTime", "2025-11-20");
    cr_assert(entry_issue(ahead, ENTRY_SINCE));
    later.act = ENTRY_STRIKE;
    later.old = r;
    g_autoptr(Entry) reason = entry_read("fel patient", &later);
    g_autoptr(FhirResource) struck = entry_changed(r, reason, ENTRY_STRIKE, &writing, NULL);
    expect(struck, "status", "entered-in-error");
    later.act = ENTRY_QUESTION;
    g_autoptr(Entry) doubt = entry_read("misstänkt, skäl oklart", &later);
    cr_assert_null(entry_changed(r, doubt, ENTRY_QUESTION, &writing, NULL));
}

/* ---- to the core ---- */

typedef struct {
    gboolean done;
    WrittenOutcome outcome;
} Told;

static void on_signed(const Written *result, gpointer data)
{
    *(Told *)data = (Told){TRUE, result->outcome};
}

Test(entry, once_and_only_as_it_was_read)
{
    Fx f;
    fx_begin(&f);
    for (guint i = 0; i < 2; i++) {
        Told told = {0};
        g_autoptr(Entry) e = typed("penicillin, anafylaxi, livshotande, bekräftad", ENTRY_NEW, NULL);
        cr_assert(entry_sign(f.client, f.scope, f.ctx, e, ENTRY_NEW, NULL, &writing, on_signed, &told, NULL));
        cr_assert(loop_until(&told.done));
        cr_assert_eq(told.outcome, WRITTEN_DONE);
        cr_assert_eq(minicore_count(f.core, "AllergyIntolerance"), 1);
    }
    Told told = {0};
    g_autoptr(Entry) e = typed("penicillin, anafylaxi, skadlig, bekräftad", ENTRY_NEW, NULL);
    cr_assert(entry_sign(f.client, f.scope, f.ctx, e, ENTRY_NEW, NULL, &writing, on_signed, &told, NULL));
    cr_assert(loop_until(&told.done));
    cr_assert_eq(told.outcome, WRITTEN_DIFFERS); /* the draft is in the record already, but another degree */
    fx_end(&f);
}
