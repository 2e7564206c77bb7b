/* SPDX-License-Identifier: GPL-3.0-or-later
 * What became of the medicines since an admission: told for the note, and for the patient to take home. */
#include <criterion/criterion.h>
#include <string.h>

#include "chart/med-story.h"
#include "chart/paper-patient.h"

static Instant now, since;

static Instant at(const char *text)
{
    FhirTime t;
    cr_assert(fhir_time_parse(text, &t));
    return t.instant;
}

static void setup(void)
{
    now = at("2026-11-21T10:00:00+01:00");
    since = at("2026-11-18T08:00:00+01:00");
}

TestSuite(med_story, .init = setup, .timeout = 30);

static FhirResource *resource(const char *json)
{
    g_autoptr(GBytes) bytes = g_bytes_new(json, strlen(json));
    g_autoptr(GError) error = NULL;
    FhirResource *r = fhir_resource_parse(bytes, &error);
    cr_assert(r, "%s", error ? error->message : "");
    return r;
}

static GPtrArray *resources(void)
{
    return g_ptr_array_new_with_free_func((GDestroyNotify)fhir_resource_unref);
}

/* @status with its parts, as "\"status\":\"active\""; @times: of a day, 0 a dose that cannot be read. */
static void add(GPtrArray *to, const char *id, const char *name, const char *atc, const char *status, const char *authored, int times,
                const char *more)
{
    g_autofree char *dose = times ? g_strdup_printf("{\"text\":\"1 tablett %d gånger dagligen\",\"timing\":{\"repeat\":{\"frequency\":%d,\"period\":1,"
                                                    "\"periodUnit\":\"d\"}},\"doseAndRate\":[{\"doseQuantity\":{\"value\":1,\"unit\":\"tablett\"}}]}",
                                                    times, times)
                                  : g_strdup("{\"text\":\"som förut\"}");
    g_autofree char *json = g_strdup_printf(
        "{\"resourceType\":\"MedicationRequest\",\"id\":\"%s\",\"meta\":{\"versionId\":\"1\",\"lastUpdated\":\"2026-11-20T08:00:00Z\"},\"status\":\"%s\","
        "\"intent\":\"order\",\"medicationCodeableConcept\":{\"coding\":[{\"system\":\"http://www.whocc.no/atc\",\"code\":\"%s\"}],\"text\":\"%s\"},"
        "\"subject\":{\"reference\":\"Patient/p1\"},\"authoredOn\":\"%s\",\"requester\":{\"display\":\"Lind Eva, läkare\"},%s"
        "\"reasonCode\":[{\"text\":\"hypertoni\"}],\"dosageInstruction\":[%s]}",
        id, status, atc, name, authored, more, dose);
    g_ptr_array_add(to, resource(json));
}

#define HOME "\"category\":[{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/medicationrequest-category\",\"code\":\"community\"}]}],"
#define WARD "\"category\":[{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/medicationrequest-category\",\"code\":\"inpatient\"}]}],"
#define AFTER(id) "\"priorPrescription\":{\"reference\":\"MedicationRequest/" id "\"},"
#define WHY(text) "\"statusReason\":{\"text\":\"" text "\"},\"note\":[{\"text\":\"x\",\"authorReference\":{\"display\":\"Ek Johan, läkare\"}}],"
#define LONG_AGO "2026-02-01T08:00:00+01:00"
#define IN_STAY  "2026-11-19T08:00:00+01:00"

static char *story(const GPtrArray *current, const GPtrArray *ended)
{
    g_autofree char *unsure = NULL;
    g_autoptr(GPtrArray) rows = med_story(current, ended, NULL, since, now, &unsure);
    return rows ? med_story_text(rows, since) : g_strdup_printf("unsure: %s", unsure);
}

Test(med_story, tells_begun_changed_stopped_paused_and_kept)
{
    g_autoptr(GPtrArray) current = resources(), ended = resources();
    add(current, "a", "Alfa", "A01", "active", LONG_AGO, 1, HOME);
    add(current, "b2", "Beta", "B01", "active", IN_STAY, 2, HOME AFTER("b1"));
    add(ended, "b1", "Beta", "B01", "stopped", LONG_AGO, 1, HOME WHY("ersatt"));
    add(ended, "c", "Cesar", "C01", "stopped", LONG_AGO, 1, HOME WHY("biverkning"));
    add(current, "d", "David", "D01", "active", IN_STAY, 3, HOME);
    add(current, "e", "Erik", "J01", "on-hold", LONG_AGO, 1, HOME WHY("operation"));
    add(ended, "f", "Filip", "N02", "stopped", IN_STAY, 1, WARD WHY("avslutad behandling"));
    add(ended, "g", "Gustav", "G01", "entered-in-error", IN_STAY, 1, HOME);
    g_autofree char *text = story(current, ended);
    cr_assert_str_eq(text,
                     "Läkemedelsberättelse för vårdtillfället från 2026-11-18:\n"
                     "Insatt:\n- David: 1 tablett 3 gånger dagligen, mot hypertoni, av Lind Eva, läkare\n"
                     "Ändrat:\n- Beta: 1 tablett 2 gånger dagligen, tidigare 1 tablett 1 gånger dagligen, mot hypertoni, av Lind Eva, läkare\n"
                     "Utsatt:\n- Cesar: 1 tablett 1 gånger dagligen, mot hypertoni, skäl: biverkning, av Ek Johan, läkare\n"
                     "Pausat:\n- Erik: 1 tablett 1 gånger dagligen, mot hypertoni, skäl: operation, av Ek Johan, läkare\n"
                     "Oförändrat:\n- Alfa: 1 tablett 1 gånger dagligen, mot hypertoni\n"
                     "Endast under vårdtiden:\n- Filip: 1 tablett 1 gånger dagligen, mot hypertoni, skäl: avslutad behandling, av Ek Johan, läkare",
                     "%s", text);
}

/* Renewed, or ordered for home where the ward's was ended: the same medicine with the same dose is unchanged. */
Test(med_story, what_goes_on_is_not_new)
{
    g_autoptr(GPtrArray) current = resources(), ended = resources();
    add(current, "a2", "Alfa", "A01", "active", IN_STAY, 1, HOME AFTER("a1"));
    add(ended, "a1", "Alfa", "A01", "completed", LONG_AGO, 1, WARD);
    add(current, "b2", "Beta", "B01", "active", IN_STAY, 1, HOME);
    add(ended, "b1", "Beta", "B01", "stopped", LONG_AGO, 1, WARD);
    g_autofree char *text = story(current, ended);
    cr_assert(strstr(text, "Oförändrat:\n- Alfa") && strstr(text, "- Beta") && !strstr(text, "Insatt") && !strstr(text, "Utsatt"), "%s", text);
}

/* Two of a substance: which follows which is nobody's guess. */
Test(med_story, of_two_alike_none_is_linked)
{
    g_autoptr(GPtrArray) current = resources(), ended = resources();
    add(current, "b2", "Beta", "B01", "active", IN_STAY, 1, HOME);
    add(current, "b3", "Beta", "B01", "active", IN_STAY, 2, HOME);
    add(ended, "b1", "Beta", "B01", "stopped", LONG_AGO, 1, WARD);
    g_autofree char *text = story(current, ended);
    cr_assert(strstr(text, "Insatt:\n- Beta") && strstr(text, "Utsatt:\n- Beta"), "%s", text);
}

Test(med_story, an_old_end_is_no_news_and_a_ring_ends)
{
    g_autoptr(GPtrArray) current = resources(), ended = resources();
    add(ended, "a", "Alfa", "A01", "stopped", LONG_AGO, 1,
        HOME "\"extension\":[{\"url\":\"http://hl7.org/fhir/5.0/StructureDefinition/extension-MedicationRequest.statusChanged\","
             "\"valueDateTime\":\"2026-03-01T08:00:00Z\"}],");
    add(current, "r1", "Ring", "R01", "active", IN_STAY, 1, HOME AFTER("r2"));
    add(current, "r2", "Ring", "R01", "active", IN_STAY, 2, HOME AFTER("r1"));
    g_autofree char *unsure = NULL;
    g_autoptr(GPtrArray) rows = med_story(current, ended, NULL, since, now, &unsure);
    cr_assert(rows && !unsure);
    for (guint i = 0; i < rows->len; i++)
        cr_assert_str_neq(((StoryRow *)rows->pdata[i])->name, "Alfa");
}

Test(med_story, what_is_not_sure_is_not_told)
{
    g_autoptr(GPtrArray) current = resources(), ended = resources();
    add(current, "a", "Alfa", "A01", "active", LONG_AGO, 1, HOME);
    add(current, "b", "Beta", "B01", "active", LONG_AGO, 1, HOME "\"doNotPerform\":true,");
    g_autofree char *text = story(current, ended);
    cr_assert_str_eq(text, "unsure: Beta");
}

Test(med_story, admission_is_of_a_bed)
{
    g_autoptr(GPtrArray) visits = resources();
    g_ptr_array_add(visits, resource("{\"resourceType\":\"Encounter\",\"id\":\"v\",\"status\":\"in-progress\",\"class\":{\"code\":\"AMB\"},"
                                     "\"period\":{\"start\":\"2026-11-01T08:00:00Z\"}}"));
    cr_assert_eq(med_story_admitted(visits), INSTANT_NONE);
    g_ptr_array_add(visits, resource("{\"resourceType\":\"Encounter\",\"id\":\"w\",\"status\":\"in-progress\",\"class\":{\"code\":\"IMP\"},"
                                     "\"period\":{\"start\":\"2026-11-18T07:00:00Z\"}}"));
    cr_assert_eq(med_story_admitted(visits), since);
}

/* ---- what the patient takes home ---- */

static char *words(const Paper *p)
{
    g_autoptr(GVariant) wire = paper_wire(p);
    g_autoptr(GVariantIter) blocks = NULL;
    g_auto(GStrv) marks = NULL;
    const char *name, *number, *title, *foot, *page, *of, *text;
    guint8 kind;
    g_variant_get(wire, "(&s&s&s^as&s&s&sa(ys))", &name, &number, &title, &marks, &foot, &page, &of, &blocks);
    g_autofree char *all = g_strjoinv(" | ", marks);
    GString *out = g_string_new(NULL);
    g_string_append_printf(out, "%s\n", all);
    while (g_variant_iter_next(blocks, "(y&s)", &kind, &text))
        g_string_append_printf(out, "%s\n", text);
    return g_string_free(out, FALSE);
}

static FeedState state_of(GPtrArray *items, Known known)
{
    return (FeedState){.items = items, .answered = TRUE, .known = known};
}

static char *own_list(GPtrArray *current, GPtrArray *ended, Known known)
{
    g_autoptr(GPtrArray) visits = resources();
    g_ptr_array_add(visits, resource("{\"resourceType\":\"Encounter\",\"id\":\"w\",\"status\":\"in-progress\",\"class\":{\"code\":\"IMP\"},"
                                     "\"period\":{\"start\":\"2026-11-18T07:00:00Z\"}}"));
    FhirResource *patient = resource("{\"resourceType\":\"Patient\",\"id\":\"p1\",\"name\":[{\"family\":\"Öberg\"}],"
                                     "\"address\":[{\"line\":[\"Hemliga gatan 1\"]}]}");
    PaperMaker by = {.name = "Lind Eva, läkare", .unit = "Medicin avd 3", .now = now};
    g_autoptr(Paper) p = paper_new(patient, "x", &by);
    fhir_resource_unref(patient);
    FeedState a = state_of(current, known), b = state_of(ended, KNOWN_WHOLE), v = state_of(visits, KNOWN_WHOLE);
    paper_own_medicines(p, &a, &b, &v, NULL);
    paper_prescriptions(p, &a, NULL);
    return words(p);
}

Test(med_story, the_own_list_says_what_how_why_and_what_has_ended)
{
    g_autoptr(GPtrArray) current = resources(), ended = resources();
    add(current, "d", "David", "D01", "active", IN_STAY, 3,
        HOME "\"dispenseRequest\":{\"numberOfRepeatsAllowed\":3,\"quantity\":{\"value\":98,\"unit\":\"tablett\"}},");
    add(ended, "c", "Cesar", "C01", "stopped", LONG_AGO, 1, HOME WHY("biverkning"));
    add(current, "r", "Raw", "R01", "active", LONG_AGO, 0, HOME);
    g_autofree char *all = own_list(current, ended, KNOWN_WHOLE);
    const char *const wanted[] = {"• David – NEW", "  How: 1 tablett 3 gånger dagligen", "  What for: hypertoni", "Until further notice",
                                  "Do not take these any longer\n• Cesar – biverkning", "som förut [as it was sent", "98 tabletter, 4 uttag"};
    for (gsize i = 0; i < G_N_ELEMENTS(wanted); i++)
        cr_assert(strstr(all, wanted[i]), "lacks %s in\n%s", wanted[i], all);
    cr_assert_null(strstr(all, "Hemliga"));
}

/* What was ordered for the ward is not taken at home, and the paper says that it has not been ended. */
Test(med_story, an_order_of_the_ward_is_never_on_the_own_list)
{
    g_autoptr(GPtrArray) current = resources(), ended = resources();
    add(current, "a", "Alfa", "A01", "active", LONG_AGO, 1, HOME);
    add(current, "w", "Ward", "N02", "active", IN_STAY, 1, WARD);
    g_autofree char *all = own_list(current, ended, KNOWN_WHOLE);
    cr_assert(strstr(all, "• Alfa") && !strstr(all, "• Ward"), "%s", all);
    cr_assert(strstr(all, "1 medicine is ordered for the ward") && g_str_has_prefix(all, "ORDERS OF THE WARD ARE NOT ENDED"), "%s", all);
}

Test(med_story, half_a_list_is_no_list)
{
    g_autoptr(GPtrArray) current = resources(), ended = resources();
    add(current, "a", "Alfa", "A01", "active", LONG_AGO, 1, HOME);
    g_autofree char *partly = own_list(current, ended, KNOWN_PARTLY);
    cr_assert(strstr(partly, "The list could not be made") && !strstr(partly, "• Alfa"), "%s", partly);
    add(current, "b", "Beta", "B01", "active", LONG_AGO, 1, HOME "\"doNotPerform\":true,");
    g_autofree char *unsure = own_list(current, ended, KNOWN_WHOLE);
    cr_assert(strstr(unsure, "not sure whether Beta is taken") && !strstr(unsure, "• Alfa"), "%s", unsure);
}

/* Another medicine or strength in its place is never "unchanged". */
Test(med_story, another_medicine_in_its_place_is_told)
{
    g_autoptr(GPtrArray) current = resources(), ended = resources();
    add(current, "b2", "Beta", "B02", "active", IN_STAY, 1, HOME AFTER("a1"));
    add(ended, "a1", "Alfa", "A01", "stopped", LONG_AGO, 1, HOME WHY("ersatt"));
    g_autofree char *text = story(current, ended);
    cr_assert(strstr(text, "Ändrat:\n- Beta") && strstr(text, "tidigare Alfa, 1 tablett") && !strstr(text, "Oförändrat"), "%s", text);
}
