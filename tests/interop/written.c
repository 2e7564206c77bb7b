/* SPDX-License-Identifier: GPL-3.0-or-later
 * written SEED N: prints what rond would write, one resource a line, for the strict validator: a note
 * from every template, signed and not; its later versions, an addition, a transcription and each
 * attestation, requests for one; N orders from random lines over the whole drug list; an order
 * with the reasons given against its warnings; a booking with its times, of every kind of visit; every kind
 * of measurement, made, corrected and struck; hypersensitivities and alerts, made, changed, questioned and struck; what
 * written-medicines.c makes of orders. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "chart/basket-sign.h"
#include "chart/booking.h"
#include "chart/entry-write.h"
#include "chart/medication.h"
#include "chart/note-sign.h"
#include "chart/note-task.h"
#include "chart/orderline.h"
#include "chart/vitals-line.h"
#include "chart/vitals-write.h"
#include "written.h"

#define TRIES_PER_ORDER 200

gboolean written_print(FhirResource *r, const char *what, const GError *error)
{
    gsize len = 0;
    if (!r) {
        fprintf(stderr, "%s: %s\n", what, error ? error->message : "not made");
        return FALSE;
    }
    const char *text = g_bytes_get_data(fhir_text(r), &len);
    fwrite(text, 1, len, stdout);
    fputc('\n', stdout);
    return TRUE;
}

/* ---- notes ---- */

static gboolean note_of(const FhirResource *template, const FhirResource *patient, gboolean sign)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Note) note = note_new(template, &error);
    for (guint i = 0; note && i < note->sections->len; i++) {
        NoteSection *s = note->sections->pdata[i];
        if (s->takes_text) {
            g_free(s->text);
            s->text = g_strdup("Åter <feber> & \"frossa\"\n\n38,4 °C\t☃");
        }
    }
    NoteWriting w = {.identifier = "urn:uuid:3f1de1e4-5f3a-4b0e-9f0b-2b1f6d0f7a21", .practitioner = "dr1", .name = "Test Läkare",
                     .unit = "u1", .unit_name = "Provavdelningen", .encounter = "e1", .event = NOW, .now = NOW, .sign = sign};
    g_autoptr(FhirResource) r = note ? note_document(note, patient, &w, &error) : NULL;
    return written_print(r, "note", error);
}

static gboolean notes(const char *data)
{
    static const char json[] = "{\"resourceType\":\"Patient\",\"id\":\"p1\"}";
    g_autoptr(GBytes) text = g_bytes_new_static(json, strlen(json));
    g_autoptr(FhirResource) patient = fhir_resource_parse(text, NULL);
    g_autofree char *dir = g_build_filename(data, "forms", NULL);
    g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) templates = note_templates(dir, NULL, problems);
    gboolean ok = templates->len > 0 && problems->len == 0;
    for (guint i = 0; ok && i < templates->len; i++)
        ok = note_of(templates->pdata[i], patient, TRUE) && note_of(templates->pdata[i], patient, FALSE);
    return ok;
}

/* ---- what becomes of a note ---- */

static gboolean later_of(const FhirResource *base, const FhirResource *patient, NoteRelation relation, const char *reason, gboolean sign)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Note) note = note_of_document(base, NULL, "Höger <knä> & \"svullet\"");
    NoteWriting w = {.identifier = "urn:uuid:3f1de1e4-5f3a-4b0e-9f0b-2b1f6d0f7a23", .practitioner = "dr2", .name = "Test Överläkare",
                     .unit = "u1", .unit_name = "Provavdelningen", .encounter = "e1", .event = NOW, .now = NOW, .sign = sign,
                     .relation = relation, .base = base, .reason = reason};
    g_autoptr(FhirResource) r = note_document(note, patient, &w, &error);
    g_autoptr(FhirResource) earlier = note_superseded(&w, NULL);
    return written_print(r, "later note", error) && (!earlier || written_print(earlier, "earlier note", NULL));
}

static gboolean attested(const FhirResource *base, NoteAct act, const char *reason)
{
    g_autoptr(GError) error = NULL;
    NoteAttesting a = {act, "dr2", "Test Överläkare", reason, NOW};
    g_autoptr(FhirResource) r = note_attested(base, &a, &error);
    return written_print(r, "attested note", error);
}

/* Requests for a countersignature: asked for, done, cancelled, about the later version. */
static gboolean requests_of(const FhirResource *base)
{
    g_autoptr(GError) error = NULL;
    NoteAsking a = {"dr1", "Test Läkare", "dr2", "Test Överläkare", NOW};
    g_autoptr(FhirResource) asked = note_task_asking(base, &a, &error);
    if (!written_print(asked, "request", error))
        return FALSE;
    static const NoteTaskEnd ends[] = {NOTE_TASKS_DONE, NOTE_TASKS_CANCELLED, NOTE_TASKS_MOVE};
    for (gsize i = 0; i < G_N_ELEMENTS(ends); i++) {
        g_autoptr(FhirResource) ended = note_task_ended(asked, ends[i], "DocumentReference/d2", NOW, &error);
        if (!written_print(ended, "ended request", error))
            return FALSE;
    }
    return TRUE;
}

static gboolean lives_of_notes(void)
{
    static const char patient_json[] = "{\"resourceType\":\"Patient\",\"id\":\"p1\"}";
    static const char base_json[] =
        "{\"resourceType\":\"DocumentReference\",\"id\":\"d1\",\"meta\":{\"versionId\":\"1\"},\"status\":\"current\",\"docStatus\":\"%s\","
        "\"type\":{\"text\":\"Daganteckning\"},\"subject\":{\"reference\":\"Patient/p1\"},\"author\":[{\"reference\":\"Practitioner/dr1\","
        "\"display\":\"Test Läkare\"}],\"content\":[{\"attachment\":{\"contentType\":\"text/plain; charset=utf-8\",\"data\":\"VsOkbnN0ZXI=\"}}]}";
    g_autofree char *final = g_strdup_printf(base_json, "final"), *open = g_strdup_printf(base_json, "preliminary");
    g_autoptr(GBytes) p = g_bytes_new_static(patient_json, strlen(patient_json)), f = g_bytes_new(final, strlen(final)), o = g_bytes_new(open, strlen(open));
    g_autoptr(FhirResource) patient = fhir_resource_parse(p, NULL), one = fhir_resource_parse(f, NULL), other = fhir_resource_parse(o, NULL);
    return one && other && requests_of(one) && later_of(one, patient, NOTE_REPLACES, "fel sida", TRUE) && later_of(other, patient, NOTE_REPLACES, NULL, FALSE) &&
           later_of(one, patient, NOTE_ADDS_TO, NULL, TRUE) && later_of(other, patient, NOTE_TRANSCRIBES, NULL, FALSE) &&
           attested(other, NOTE_SIGN, NULL) && attested(one, NOTE_COUNTERSIGN, NULL) && attested(one, NOTE_STRIKE, "fel patient");
}

/* ---- orders ---- */

static const char *one_of(GRand *rand, const char *const *words, gsize n)
{
    return words[g_rand_int_range(rand, 0, (gint32)n)];
}
#define ONE_OF(rand, words) one_of(rand, words, G_N_ELEMENTS(words))

static char *random_line(GRand *rand, const DrugList *drugs)
{
    static const char *const timings[] = {"x1", "x2", "x3", "x4", "1x1", "1x3", "2x2", "1+0+1+0", "1+1+1+1", "var 6t", "var 12t", "tn",
                                          "nu", "vb max 4/d", "x3 vb", "1v mån", "kl 08 20", "1-2 vb max 6/d"};
    static const char *const reasons[] = {"smärta", "feber", "infektion", "hypertoni", "diabetes", "förmaksflimmer"};
    static const char *const ends[] = {"", "", " 5d", " 10d", " 2v"};
    const DrugProduct *p = drug_list_at(drugs, (guint)g_rand_int_range(rand, 0, (gint32)drug_list_count(drugs)));
    const char *dose = g_rand_boolean(rand) ? p->strength_text : "";
    g_auto(GStrv) parts = g_strsplit(dose, " ", -1);
    g_autofree char *tight = g_strjoinv("", parts);
    return g_strdup_printf("%s %s %s %s%s", g_rand_boolean(rand) && p->brand ? p->brand : p->substance, tight, ONE_OF(rand, timings),
                           ONE_OF(rand, reasons), ONE_OF(rand, ends));
}

static gboolean order_of(const char *line, const Order *o, guint n)
{
    g_autofree char *uuid = g_strdup_printf("3f1de1e4-5f3a-4b0e-9f0b-%012u", n);
    MedicationContext c = {.uuid = uuid, .patient_id = "p1", .encounter_id = n % 2 ? "e1" : NULL, .requester_type = "PractitionerRole",
                           .requester_id = "r1", .requester_display = "Test Läkare", .authored = NOW, .inpatient = n % 3 != 0,
                           .prior_id = n % 5 ? NULL : "m1"};
    g_autoptr(GError) error = NULL;
    g_autoptr(FhirResource) r = medication_from_order(o, &c, &error);
    return written_print(r, line, error);
}

static gboolean orders(const char *data, guint32 seed, guint wanted)
{
    g_autofree char *products = g_build_filename(data, "drugs/products.tsv", NULL);
    g_autofree char *tokens = g_build_filename(data, "orderline/tokens.tsv", NULL);
    g_autoptr(DrugList) drugs = drug_list_load(products, NULL);
    g_autoptr(OrderWords) words = order_words_load(tokens, NULL);
    GRand *rand = g_rand_new_with_seed(seed);
    OrderContext context = {.now = NOW};
    decimal_parse("70", &context.weight_kg);
    guint made = 0;
    gboolean ok = drugs && words;
    for (guint i = 0; ok && made < wanted && i < wanted * TRIES_PER_ORDER; i++) {
        g_autofree char *line = random_line(rand, drugs);
        g_autoptr(Order) o = orderline_parse(words, drugs, line, &context);
        if (order_complete(o))
            ok = order_of(line, o, made++);
    }
    g_rand_free(rand);
    if (made < wanted)
        fprintf(stderr, "only %u of %u lines were complete orders\n", made, wanted);
    return ok && made == wanted;
}

/* ---- an order in spite of its warnings ---- */

static void know_penicillin(CheckFacts *facts)
{
    static const char json[] =
        "{\"resourceType\":\"AllergyIntolerance\",\"id\":\"a1\",\"criticality\":\"high\",\"clinicalStatus\":{\"coding\":[{\"code\":"
        "\"active\"}]},\"code\":{\"text\":\"Penicillin <V> & \\\"andra\\\"\",\"coding\":[{\"system\":\"http://www.whocc.no/atc\",\"code\":"
        "\"J01CE02\"}]},\"patient\":{\"reference\":\"Patient/p1\"}}";
    g_autoptr(GBytes) text = g_bytes_new_static(json, strlen(json));
    for (int i = 0; i < FACTS; i++)
        facts->known[i] = TRUE;
    facts->age = 44;
    facts->months = 44 * 12;
    facts->egfr = 90;
    g_ptr_array_add(facts->items[FACT_ALLERGIES], fhir_resource_parse(text, NULL));
    check_facts_compute(facts, NULL, NOW);
    facts->settled = TRUE;
}

/* A life-threatening hypersensitivity and ten times the dose: two warnings, two reasons. */
static gboolean overridden(void)
{
    g_autoptr(GError) error = NULL;
    const OrderData *data = order_data(&error);
    g_autoptr(CheckFacts) facts = check_facts_new();
    g_autoptr(BasketItem) item = basket_item_new("3f1de1e4-5f3a-4b0e-9f0b-2b1f6d0f7a22", "p1");
    g_autoptr(GPtrArray) items = g_ptr_array_new();
    BasketWriting w = {.practitioner = "dr1", .name = "Test Läkare", .encounter = "e1", .inpatient = TRUE, .now = NOW};
    const CheckLine *line;
    guint reasons = 0;
    if (!data)
        return written_print(NULL, "order data", error);
    know_penicillin(facts);
    g_free(item->line);
    item->line = g_strdup("kåvepenin 10g x3 i 7d tonsillit");
    basket_item_read(item, data, (Decimal){0}, NOW);
    g_ptr_array_add(items, item);
    basket_check(items, data, facts, NOW);
    while ((line = basket_item_unanswered(item)) && reasons++ < 10)
        g_hash_table_insert(item->answers, g_strdup(line->key), g_strdup("har tålts efter \"provokation\" <2024>"));
    g_autoptr(FhirResource) r = basket_order_resource(item, "p1", "Prov, Petra", &w, &error);
    return written_print(r, item->line, error) && reasons > 0;
}

/* ---- bookings ---- */

static gboolean booking_of(const VisitType *type)
{
    static const char json[] =
        "{\"resourceType\":\"Slot\",\"id\":\"s1\",\"meta\":{\"versionId\":\"1\"},\"schedule\":{\"reference\":\"Schedule/d1\"},\"status\":"
        "\"free\",\"start\":\"2025-11-21T09:00:00+01:00\",\"end\":\"2025-11-21T09:30:00+01:00\"}";
    BookingActor doctor = {"Practitioner", "dr1", "Test, läkare", "Test (läk)", "läkarbesök"};
    BookingActor room = {"Location", "l1", "Rum 3", "Rum 3", ""};
    g_autoptr(GBytes) text = g_bytes_new_static(json, strlen(json));
    g_autoptr(FhirResource) slot = fhir_resource_parse(text, NULL);
    g_autoptr(GPtrArray) slots = g_ptr_array_new(), actors = g_ptr_array_new();
    g_autoptr(GError) error = NULL;
    g_ptr_array_add(slots, slot);
    g_ptr_array_add(actors, &doctor);
    g_ptr_array_add(actors, &room);
    BookingProposal p = {.start = NOW, .end = NOW + 30 * 60 * G_USEC_PER_SEC, .slots = slots, .actors = actors};
    g_autoptr(FhirResource) taken = booking_slot_taken(slot, &error);
    g_autoptr(FhirResource) r = taken ? booking_appointment(&p, type, "p1", NOW, &error) : NULL;
    return written_print(taken, "slot", error) && written_print(r, type->letters, error);
}

static gboolean bookings(void)
{
    g_autofree char *all = visit_type_letters();
    g_autofree char *folded = g_utf8_strdown(all, -1);
    g_auto(GStrv) letters = g_strsplit(folded, " ", -1);
    gboolean ok = *letters != NULL;
    for (char **l = letters; ok && *l; l++) {
        g_autofree char *word = text_fold(*l);
        const VisitType *type = visit_type_of_word(word);
        ok = type && booking_of(type);
    }
    return ok;
}

/* ---- measurements: every kind, air and each letter, what was confirmed, corrected and struck ---- */

static gboolean measured(const VitalData *data, const char *line)
{
    static const char reason[] = "felskrivet \"<24>\" & bytt";
    VitalContext c = {.now = NOW, .months = -1, .last_oxygen = -1};
    VitalWriting w = {.draft = "3f1de1e4-5f3a-4b0e-9f0b-2b1f6d0f7a23", .practitioner = "dr1", .name = "Test, undersköterska",
                      .encounter = "e1", .now = NOW};
    g_autoptr(VitalSet) s = vitals_read(data, line, &c);
    gboolean ok = vital_set_complete(s);
    for (int i = 0; ok && i < VITAL_KINDS; i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(FhirResource) r = s->value[i].given ? vital_observation(s, (VitalField)i, "p1", &w, &error) : NULL;
        g_autoptr(FhirResource) corrected = r ? vital_corrected(r, s, reason, &w, &error) : NULL;
        g_autoptr(FhirResource) struck = r ? vital_corrected(corrected ? corrected : r, NULL, reason, &w, &error) : NULL;
        if (s->value[i].given)
            ok = written_print(r, line, error) && written_print(corrected, "corrected", error) && written_print(struck, "struck", error);
    }
    return ok;
}

static gboolean measurements(void)
{
    const VitalData *data = vital_data(NULL);
    return data && measured(data, "24 92/2,5l 104/62 112 38,4 a 7:10 vikt 82,5 längd 178 smärta 4 in 200 ut 350") &&
           measured(data, "temp 384! sat 96 luft c") && measured(data, "acvpu v") && measured(data, "acvpu p") && measured(data, "acvpu u");
}

/* ---- the lists of the chart ---- */

/* Made, then changed, questioned and struck. */
static gboolean entry_life(EntryDomain domain, const char *line, const char *changed)
{
    g_autoptr(GError) error = NULL;
    EntryWriting w = {.draft = "3f1de1e4-5f3a-4b0e-9f0b-2b1f6d0f7a29", .practitioner = "dr1", .name = "Test Läkare", .encounter = "e1", .now = NOW};
    EntryContext c = {.domain = domain, .now = NOW};
    g_autoptr(Entry) e = entry_read(line, &c);
    g_autoptr(FhirResource) made = entry_resource(e, "p1", &w, &error);
    gboolean ok = written_print(made, line, error);
    const struct {
        EntryAct act;
        const char *line;
        gboolean is;
    } acts[] = {{ENTRY_CHANGE, changed, TRUE},
                {ENTRY_QUESTION, "avfärdad, skäl prövat <igen> & igen", domain != ENTRY_PROCEDURE},
                {ENTRY_RESOLVE, "", domain == ENTRY_DIAGNOSIS},
                {ENTRY_STRIKE, "fel \"patient\"", TRUE}};
    for (gsize i = 0; ok && i < G_N_ELEMENTS(acts); i++) {
        if (!acts[i].is)
            continue;
        EntryContext later = {.domain = domain, .act = acts[i].act, .old = made, .now = NOW};
        g_autoptr(Entry) change = entry_read(acts[i].line, &later);
        g_autoptr(FhirResource) r = entry_changed(made, change, acts[i].act, &w, &error);
        ok = written_print(r, acts[i].line, error);
    }
    return ok;
}

/* A code that a core gave out, with its version, and one without. */
static gboolean coded_by_core(void)
{
    static const char *const none[] = {NULL}, *const versions[] = {"2026", NULL};
    gboolean ok = TRUE;
    for (gsize i = 0; ok && i < G_N_ELEMENTS(versions); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(CodeItem) item = code_item_new("urn:oid:1.2.752.116.1.1.1.1.3", versions[i], "J18.9", "Pneumoni, ospecificerad <\"&\">", none);
        g_autofree char *line = g_strdup_printf("%s, problem", item->text);
        EntryContext c = {.domain = ENTRY_DIAGNOSIS, .now = NOW, .taken = item};
        EntryWriting w = {.draft = "3f1de1e4-5f3a-4b0e-9f0b-2b1f6d0f7a29", .practitioner = "dr1", .name = "Test Läkare", .encounter = "e1", .now = NOW};
        g_autoptr(Entry) e = entry_read(line, &c);
        g_autoptr(FhirResource) r = entry_resource(e, "p1", &w, &error);
        ok = e->item == item && written_print(r, line, error);
    }
    return ok;
}

/* Ordered and ended, at a moment. */
static gboolean scale_ordered(void)
{
    g_autoptr(GError) error = NULL;
    EntryWriting w = {.draft = "3f1de1e4-5f3a-4b0e-9f0b-2b1f6d0f7a29", .practitioner = "dr1", .name = "Test Läkare", .encounter = "e1", .now = NOW};
    EntryContext c = {.domain = ENTRY_ALERT, .now = NOW, .prescribes = TRUE};
    g_autoptr(Entry) e = entry_read("news2 skala 2", &c);
    g_autoptr(FhirResource) order = entry_resource(e, "p1", &w, &error);
    EntryContext over = {.domain = ENTRY_ALERT, .act = ENTRY_RESOLVE, .old = order, .now = NOW, .prescribes = TRUE};
    g_autoptr(Entry) end = order ? entry_read("", &over) : NULL;
    g_autoptr(FhirResource) ended = end ? entry_changed(order, end, ENTRY_RESOLVE, &w, &error) : NULL;
    return written_print(order, "news2", error) && written_print(ended, "news2", error);
}

static gboolean visits(void)
{
    static const char json[] = "{\"resourceType\":\"Encounter\",\"id\":\"e1\",\"meta\":{\"versionId\":\"3\"},\"status\":\"in-progress\",\"class\":{\"code\":\"IMP\"},"
                               "\"subject\":{\"reference\":\"Patient/p1\"},\"diagnosis\":[{\"condition\":{\"reference\":\"Condition/a\"},\"rank\":1}]}";
    g_autoptr(GBytes) text = g_bytes_new_static(json, strlen(json));
    g_autoptr(FhirResource) visit = fhir_resource_parse(text, NULL);
    g_autoptr(FhirResource) with = entry_visit_with(visit, "Condition/b", TRUE, NULL);
    g_autoptr(FhirResource) without = with ? entry_visit_without(with, "Condition/a", NULL) : NULL;
    return written_print(with, "visit", NULL) && written_print(without, "visit", NULL);
}

static gboolean entries(void)
{
    return entry_life(ENTRY_ALERT, "penicillin, anafylaxi, livshotande, bekräftad, 2014", "Penicilliner, läkemedel, klåda, skadlig, misstänkt, 2014-03, skäl ny anamnes") &&
           entry_life(ENTRY_ALERT, "jordnöt, besvärande, misstänkt", "Jordnöt, livsmedel, anafylaxi, livshotande, bekräftad") &&
           entry_life(ENTRY_ALERT, "ringblomma!, annat ämne, b, bekräftad", "ringblommor!, annat ämne, besvärande, bekräftad, 2020-01-02") &&
           entry_life(ENTRY_ALERT, "ingen känd överkänslighet", "ingen känd läkemedelsöverkänslighet") &&
           entry_life(ENTRY_ALERT, "mrsa, misstänkt", "MRSA, smittämne, bekräftad, 2025") && entry_life(ENTRY_ALERT, "ej hlr", "Ej intensivvård") &&
           entry_life(ENTRY_DIAGNOSIS, "pneumoni <höger> & vänster!, problem, misst, 2025", "J18.9, misstänkt, 2025-11") &&
           entry_life(ENTRY_PROCEDURE, "gastroskopi, blodstillning, 2025-11-20", "EKG, 2025-11-19, skäl fel åtgärd") &&
           entry_life(ENTRY_DIAGNOSIS, "J18.9, höger underlob, problem", "Lunginflammation (pneumoni), höger underlob, misstänkt") && coded_by_core() && scale_ordered() && visits();
}

int main(int argc, char **argv)
{
    const char *data = g_getenv("ROND_DATA");
    if (argc != 3 || !data) {
        fputs("usage: ROND_DATA=DIR written SEED N\n", stderr);
        return 2;
    }
    guint32 seed = (guint32)g_ascii_strtoull(argv[1], NULL, 10);
    gboolean ok = notes(data) && lives_of_notes() && orders(data, seed, (guint)g_ascii_strtoull(argv[2], NULL, 10)) && overridden() && bookings() && measurements() &&
                  entries() && written_medicines();
    return ok ? 0 : 1;
}
