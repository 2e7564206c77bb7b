/* SPDX-License-Identifier: GPL-3.0-or-later
 * What can be done with an order that is in the record: what becomes of it, what is refused, and that of two who change
 * the same order one wins. */
#include <string.h>

#include "chart/basket-sign.h"
#include "chart/order-again.h"
#include "client/fixture.h"
#include "fhir/outcome.h"
#include "fhir/patch.h"
#include "fhir/validate.h"

#define NOW (1763712000 * (gint64)G_USEC_PER_SEC) /* 2025-11-21 08:00 UTC */
#define ATC "\"coding\":[{\"system\":\"http://www.whocc.no/atc\",\"code\":\"C03CA01\",\"display\":\"furosemid\"}]"
#define TWICE_A_DAY                                                                                                          \
    "[{\"sequence\":1,\"timing\":{\"repeat\":{\"frequency\":2,\"period\":1,\"periodUnit\":\"d\"}},"                           \
    "\"route\":{\"coding\":[{\"system\":\"http://snomed.info/sct\",\"code\":\"26643006\"}],\"text\":\"oral\"},"                \
    "\"doseAndRate\":[{\"doseQuantity\":{\"value\":1,\"unit\":\"tablett\",\"system\":\"http://unitsofmeasure.org\","          \
    "\"code\":\"{tablett}\"}}]}]"

/* @more: other members, each with a comma before it. */
static char *order_json(const char *id, const char *status, const char *dosage, const char *more)
{
    return g_strdup_printf("{\"resourceType\":\"MedicationRequest\",\"id\":\"%s\",\"meta\":{\"versionId\":\"1\"},\"status\":\"%s\","
                           "\"intent\":\"order\",\"category\":[{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/"
                           "medicationrequest-category\",\"code\":\"community\"}]}],\"medicationCodeableConcept\":{" ATC
                           ",\"text\":\"Furosemid tablett 40 mg\"},\"subject\":{\"reference\":\"Patient/p1\"},"
                           "\"authoredOn\":\"2025-02-03\",\"reasonCode\":[{\"text\":\"hjärtsvikt\"}],\"dosageInstruction\":%s%s}",
                           id, status, dosage, more);
}

static FhirResource *order_of(const char *status, const char *dosage, const char *more)
{
    g_autofree char *text = order_json("old", status, dosage, more);
    g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));
    g_autoptr(GError) error = NULL;
    FhirResource *r = fhir_resource_parse(bytes, &error);
    cr_assert(r, "%s", error ? error->message : "");
    return r;
}

static const OrderData *data(void)
{
    g_autoptr(GError) error = NULL;
    const OrderData *d = order_data(&error);
    cr_assert(d, "%s", error ? error->message : "");
    return d;
}

static BasketItem *changing(const char *change, const FhirResource *r, const char *why, GError **error)
{
    BasketItem *b = basket_item_change(med_change(change), r, "p1", data(), (Decimal){0}, NOW, error);
    if (b && why) {
        b->why = g_strdup(why);
        b->ready = TRUE;
    }
    return b;
}

/* ---- the table ---- */

TestSuite(med_change, .timeout = 30);

Test(med_change, each_leaves_the_old_order_as_the_table_says)
{
    static const struct {
        const char *change, *from, *why, *status, *reason, *note;
    } rows[] = {
        {"renew", "active", NULL, "completed", "förnyad", "Förnyad av Test Läkare"},
        {"change", "active", NULL, "stopped", "ersatt av ändrad ordination", "Ersatt av ändrad ordination, Test Läkare"},
        {"pause", "active", "procedure", "on-hold", "inför operation eller undersökning",
         "Pausad t.o.m. 2025-11-30 av Test Läkare: inför operation eller undersökning"},
        {"resume", "on-hold", NULL, "active", NULL, "Återinsatt av Test Läkare"},
        {"stop", "active", "side-effect", "stopped", "biverkning", "Utsatt av Test Läkare: biverkning"},
        {"strike", "stopped", "wrong-patient", "entered-in-error", "fel patient", "Makulerad av Test Läkare: fel patient"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(FhirResource) old = order_of(rows[i].from, TWICE_A_DAY, ",\"statusReason\":{\"text\":\"förut\"},\"x\":\"kept\","
                                               "\"note\":[{\"text\":\"Uppföljning: vid rond\"}]");
        MedChanging w = {.practitioner = "dr1", .name = "Test Läkare", .reason = rows[i].why, .now = NOW};
        if (strcmp(rows[i].change, "pause") == 0)
            civil_date_parse("2025-11-30", &w.until);
        g_autoptr(FhirResource) now = med_changed(med_change(rows[i].change), old, &w, &error);
        cr_assert(now, "%s: %s", rows[i].change, error ? error->message : "");
        FhirNode root = fhir_root(now);
        g_autofree char *reason = fhir_concept_text(root, "statusReason"), *note = fhir_string(root, "note[1].text");
        g_autofree char *by = NULL, *until = med_paused_until(now);
        cr_expect(fhir_is(root, "status", rows[i].status) && fhir_is(root, "x", "kept"), "%s", rows[i].change);
        cr_expect_str_eq(reason ? reason : "", rows[i].reason ? rows[i].reason : "", "%s", rows[i].change);
        cr_expect_str_eq(note, rows[i].note);
        cr_expect(fhir_is(root, "note[0].text", "Uppföljning: vid rond"));
        cr_expect_eq(med_changed_at(now, &by), NOW);
        cr_expect_str_eq(by, "Test Läkare");
        cr_expect_eq(until != NULL, strcmp(rows[i].change, "pause") == 0);
        g_autoptr(GBytes) back = med_change_back(old, now);
        g_autoptr(FhirResource) again = fhir_patch_apply(now, back, &error);
        cr_assert(again, "%s", error ? error->message : "");
        cr_expect(fhir_is(fhir_root(again), "status", rows[i].from) && fhir_is(fhir_root(again), "statusReason.text", "förut") &&
                      fhir_count(fhir_at(fhir_root(again), "note")) == 1 && !fhir_exists(fhir_at(fhir_root(again), "extension")),
                  "%s: not what it was", rows[i].change);
    }
}

/* A pause that is over leaves no last day behind, and one change no mark of the one before it. */
Test(med_change, a_resumed_order_says_nothing_of_its_pause)
{
    g_autoptr(FhirResource) old = order_of("active", TWICE_A_DAY, ",\"extension\":[{\"url\":\"urn:x\",\"valueString\":\"theirs\"}]");
    MedChanging w = {.practitioner = "dr1", .name = "Test Läkare", .reason = "fasting", .now = NOW};
    civil_date_parse("2025-11-30", &w.until);
    g_autoptr(FhirResource) paused = med_changed(med_change("pause"), old, &w, NULL);
    cr_assert(paused);
    w = (MedChanging){.practitioner = "dr1", .name = "Test Läkare", .now = NOW + G_USEC_PER_SEC};
    g_autoptr(FhirResource) resumed = med_changed(med_change("resume"), paused, &w, NULL);
    cr_assert(resumed);
    g_autofree char *until = med_paused_until(resumed), *by = NULL;
    cr_expect_null(until);
    cr_expect_not(fhir_exists(fhir_at(fhir_root(resumed), "statusReason")));
    cr_expect_eq(med_changed_at(resumed, &by), NOW + G_USEC_PER_SEC);
    cr_expect_eq(fhir_count(fhir_at(fhir_root(resumed), "extension")), 2);
    cr_expect(fhir_is(fhir_root(resumed), "extension[url=urn:x].valueString", "theirs"));
}

Test(med_change, what_is_not_understood_is_neither_renewed_nor_copied)
{
    static const struct {
        const char *change, *status, *dosage, *more;
    } rows[] = {
        {"renew", "entered-in-error", TWICE_A_DAY, ""},
        {"renew", "unknown", TWICE_A_DAY, ""},
        {"renew", "stopped", TWICE_A_DAY, ""},
        {"renew", "on-hold", TWICE_A_DAY, ""},
        {"renew", "active", TWICE_A_DAY, ",\"doNotPerform\":true"},
        {"change", "active", TWICE_A_DAY, ",\"doNotPerform\":true"},
        {"renew", "active", TWICE_A_DAY, ",\"modifierExtension\":[{\"url\":\"urn:x\",\"valueBoolean\":true}]"},
        {"stop", "active", TWICE_A_DAY, ",\"modifierExtension\":[{\"url\":\"urn:x\",\"valueBoolean\":true}]"},
        {"renew", "active", "[{\"text\":\"enligt schema\"}]", ""},
        {"renew", "active", "[{\"text\":\"1 x 2 eller 3\"}]", ""},
        {"change", "active", "[{\"text\":\"1 x 2 eller 3\"}]", ""},
        {"resume", "on-hold", "[{\"text\":\"1 x 2 eller 3\"}]", ""},
        {"resume", "active", TWICE_A_DAY, ""},
        {"pause", "on-hold", TWICE_A_DAY, ""},
        {"stop", "stopped", TWICE_A_DAY, ""},
        {"strike", "entered-in-error", TWICE_A_DAY, ""},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(FhirResource) r = order_of(rows[i].status, rows[i].dosage, rows[i].more);
        g_autoptr(GError) error = NULL;
        g_autoptr(BasketItem) b = changing(rows[i].change, r, NULL, &error);
        cr_expect(!b && error && *error->message, "%zu: %s of %s", i, rows[i].change, rows[i].status);
    }
}

Test(med_change, what_begins_anew_is_not_renewed)
{
    static const char *const lines[] = {"predn 30mg -10/3d kol", "alvedon 1g po nu fot", "metotrexat 7,5mg x1/v mån RA", NULL};
    for (guint i = 0; lines[i]; i++) {
        OrderContext context = {.now = NOW};
        g_autoptr(Order) o = orderline_parse(data()->words, data()->drugs, lines[i], &context);
        MedicationContext c = {.uuid = "00000000-0000-4000-8000-000000000001", .patient_id = "p1", .authored = NOW, .inpatient = TRUE};
        g_autoptr(FhirResource) r = medication_from_order(o, &c, NULL);
        cr_assert(r, "%s", lines[i]);
        g_autofree char *as_it_is = order_again(r, data(), (Decimal){0}, NOW, AGAIN_AS_IT_IS, NULL);
        cr_expect_eq(as_it_is != NULL, i == 2, "%s", lines[i]);
    }
}

/* What begins later would begin today, and in the line nothing would say so. */
Test(med_change, what_has_not_begun_is_not_changed)
{
    for (int days = 0; days < 2; days++) {
        OrderContext context = {.now = NOW};
        g_autoptr(Order) o = orderline_parse(data()->words, data()->drugs, "alvedon 1g x3 smärta", &context);
        MedicationContext c = {.uuid = "00000000-0000-4000-8000-000000000001", .patient_id = "p1", .authored = NOW, .inpatient = TRUE};
        o->start = NOW + days * G_TIME_SPAN_DAY;
        g_autoptr(FhirResource) r = medication_from_order(o, &c, NULL);
        g_autofree char *line = order_again(r, data(), (Decimal){0}, NOW, AGAIN_TO_CHANGE, NULL);
        cr_expect_eq(line != NULL, days == 0, "%d: %s", days, line);
    }
}

/* Whose weight is not known now, or another than it was. */
Test(med_change, a_dose_by_weight_is_not_renewed_on_another_weight)
{
    OrderContext context = {.now = NOW, .weight_kg = decimal_from_int(70)};
    g_autoptr(Order) o = orderline_parse(data()->words, data()->drugs, "gensumycin 5mg/kg x1 sepsis", &context);
    MedicationContext c = {.uuid = "00000000-0000-4000-8000-000000000001", .patient_id = "p1", .authored = NOW, .inpatient = TRUE};
    g_autoptr(FhirResource) r = medication_from_order(o, &c, NULL);
    cr_assert(r);
    const Decimal weights[] = {decimal_from_int(70), decimal_from_int(50), {0}};
    for (gsize i = 0; i < G_N_ELEMENTS(weights); i++) {
        g_autofree char *line = order_again(r, data(), weights[i], NOW, AGAIN_AS_IT_IS, NULL);
        cr_expect_eq(line != NULL, i == 0, "%zu: %s", i, line);
    }
}

Test(med_change, a_draft_without_its_order_is_no_new_order)
{
    g_autoptr(FhirResource) r = order_of("active", TWICE_A_DAY, "");
    g_autoptr(GError) error = NULL;
    g_autoptr(BasketItem) b = changing("renew", r, NULL, &error);
    cr_assert(b && b->ready, "%s", error ? error->message : "");
    g_autoptr(GBytes) draft = basket_item_to_draft(b);
    g_autoptr(BasketItem) same = basket_item_new(b->id, "p1");
    cr_assert(basket_item_from_draft(same, draft));
    cr_assert(same->change == b->change && g_bytes_equal(fhir_text(same->base), fhir_text(b->base)) && same->ready);
    g_autoptr(GKeyFile) file = g_key_file_new();
    cr_assert(g_key_file_load_from_bytes(file, draft, G_KEY_FILE_NONE, NULL));
    g_key_file_remove_key(file, "order", "base", NULL);
    gsize n;
    char *text = g_key_file_to_data(file, &n, NULL);
    g_autoptr(GBytes) cut = g_bytes_new_take(text, n);
    g_autoptr(BasketItem) lost = basket_item_new(b->id, "p1");
    cr_assert_not(basket_item_from_draft(lost, cut));
}

/* ---- into the record ---- */

typedef struct {
    gboolean done;
    guint n;
    WrittenOutcome outcome[4];
    char *theirs; /* the state somebody else gave it */
} Told;

static void on_signed(const GPtrArray *results, const GError *error, gpointer data)
{
    Told *t = data;
    (void)error;
    t->n = results->len;
    for (guint i = 0; i < results->len && i < 4; i++) {
        const BasketSigned *s = results->pdata[i];
        t->outcome[i] = s->outcome;
        if (s->theirs && !t->theirs)
            t->theirs = fhir_string(fhir_root(s->theirs), "status");
    }
    t->done = TRUE;
}

static Told sign(Fx *f, BasketItem *one, BasketItem *other, GError **error)
{
    Told told = {0};
    BasketWriting w = {.practitioner = "dr1", .name = "Test Läkare", .inpatient = TRUE, .now = NOW};
    g_autoptr(GPtrArray) items = g_ptr_array_new();
    g_ptr_array_add(items, one);
    if (other)
        g_ptr_array_add(items, other);
    if (basket_sign(f->client, f->scope, f->ctx, items, &w, on_signed, &told, error))
        cr_assert(loop_until(&told.done));
    return told;
}

static FhirResource *held(Fx *f, const char *id)
{
    g_autofree char *key = g_strconcat("MedicationRequest/", id, NULL);
    const GPtrArray *versions = g_hash_table_lookup(f->core->resources, key);
    const char *text = versions->pdata[versions->len - 1];
    g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));
    return fhir_resource_parse(bytes, NULL);
}

static guint active(Fx *f)
{
    GHashTableIter it;
    gpointer key, value;
    guint n = 0;
    g_hash_table_iter_init(&it, f->core->resources);
    while (g_hash_table_iter_next(&it, &key, &value)) {
        const GPtrArray *versions = value;
        const char *text = versions->pdata[versions->len - 1];
        n += g_str_has_prefix(key, "MedicationRequest/") && strstr(text, "\"status\":\"active\"") != NULL;
    }
    return n;
}

static FhirResource *begin(Fx *f)
{
    g_autofree char *json = order_json("old", "active", TWICE_A_DAY, "");
    fx_begin(f);
    minicore_put(f->core, json);
    return held(f, "old");
}

/* The new one names the old; the old one is ended in the same write, and a repeat makes no third. */
Test(med_change, a_renewed_order_leaves_one_active)
{
    Fx f;
    g_autoptr(FhirResource) old = begin(&f);
    g_autoptr(GError) error = NULL;
    g_autoptr(BasketItem) b = changing("renew", old, NULL, &error);
    cr_assert(b, "%s", error ? error->message : "");
    cr_assert_eq(sign(&f, b, NULL, &error).outcome[0], WRITTEN_DONE);
    cr_assert_eq(active(&f), 1);
    g_autoptr(FhirResource) was = held(&f, "old");
    cr_assert(fhir_is(fhir_root(was), "status", "completed"));
    g_autoptr(FhirResource) made = basket_order_resource(b, "p1", "X", &(BasketWriting){.practitioner = "dr1", .name = "Y", .now = NOW}, &error);
    cr_assert(made && fhir_is(fhir_root(made), "priorPrescription.reference", "MedicationRequest/old"));
    g_autoptr(GPtrArray) faults = fhir_validate(made);
    cr_expect_null(faults, "%s", faults ? ((FhirIssue *)faults->pdata[0])->text : "");
    sign(&f, b, NULL, &error);
    cr_assert_eq(active(&f), 1);
    cr_assert_eq(minicore_count(f.core, "MedicationRequest"), 2);
    fx_end(&f);
}

/* What is not taken whole is not taken at all: the old one stands as it stood. */
Test(med_change, a_refused_change_leaves_the_old_order)
{
    for (int transactions = 1; transactions >= 0; transactions--) {
        Fx f;
        g_autoptr(FhirResource) old = begin(&f);
        g_autoptr(GError) error = NULL;
        g_autoptr(BasketItem) b = changing("change", old, NULL, &error);
        cr_assert(b, "%s", error ? error->message : "");
        f.core->fault = FAULT_STATUS;
        f.core->fault_status = 422;
        f.core->faults = 1;
        cr_assert_neq(sign(&f, b, NULL, &error).outcome[0], WRITTEN_DONE);
        cr_assert_eq(active(&f), 1);
        g_autoptr(FhirResource) was = held(&f, "old");
        cr_assert(fhir_is(fhir_root(was), "status", "active"));
        fx_end(&f);
    }
}

/* Two who have read the same version: the second is told what the first made of it, and writes nothing. */
Test(med_change, of_two_who_change_the_same_order_one_wins)
{
    static const char *const second[] = {"stop", "change", "renew", "pause"};
    for (gsize i = 0; i < G_N_ELEMENTS(second); i++) {
        Fx f;
        g_autoptr(FhirResource) old = begin(&f);
        g_autoptr(GError) error = NULL;
        g_autoptr(BasketItem) a = changing("change", old, NULL, &error);
        g_autoptr(BasketItem) b = changing(second[i], old, i == 0 ? "done" : i == 3 ? "fasting" : NULL, &error);
        cr_assert(a && b, "%s", error ? error->message : "");
        cr_assert_eq(sign(&f, a, NULL, &error).outcome[0], WRITTEN_DONE);
        Told late = sign(&f, b, NULL, &error);
        cr_assert_eq(late.outcome[0], WRITTEN_OVERTAKEN, "%s: %d", second[i], late.outcome[0]);
        cr_assert_str_eq(late.theirs, "stopped");
        cr_assert_eq(active(&f), 1);
        g_free(late.theirs);
        fx_end(&f);
    }
}

Test(med_change, the_same_order_is_changed_once_on_a_list)
{
    Fx f;
    g_autoptr(FhirResource) old = begin(&f);
    g_autoptr(GError) error = NULL;
    g_autoptr(BasketItem) a = changing("renew", old, NULL, &error), b = changing("stop", old, "done", &error);
    Told t = sign(&f, a, b, &error);
    cr_assert(!t.done && error);
    cr_assert_eq(f.core->writes, 0);
    fx_end(&f);
}

/* On the list, before anything is signed: what the core says now is held against what was read. */
Test(med_change, what_somebody_else_changed_is_seen_before_it_is_signed)
{
    g_autoptr(FhirResource) old = order_of("active", TWICE_A_DAY, ""), now = NULL;
    g_autoptr(GError) error = NULL;
    g_autoptr(BasketItem) b = changing("stop", old, "done", &error);
    g_autoptr(CheckFacts) facts = check_facts_new();
    MedChanging w = {.practitioner = "dr2", .name = "Annan", .reason = "fasting", .now = NOW};
    g_autoptr(FhirResource) paused = med_changed(med_change("pause"), old, &w, &error);
    g_autoptr(FhirEdit) e = fhir_edit_new(paused);
    fhir_edit_set_string(e, "meta.versionId", "2");
    now = fhir_edit_finish(e, &error);
    cr_assert(b && now);
    facts->known[FACT_MEDICATIONS] = TRUE;
    g_ptr_array_add(facts->items[FACT_MEDICATIONS], fhir_resource_ref(old));
    basket_item_look(b, facts);
    cr_assert_not(basket_item_overtaken(b));
    g_ptr_array_set_size(facts->items[FACT_MEDICATIONS], 0);
    basket_item_look(b, facts);
    cr_assert(b->gone);
    cr_assert_not(basket_item_rebase(b, NOW, NULL));
    g_ptr_array_add(facts->items[FACT_MEDICATIONS], fhir_resource_ref(now));
    basket_item_look(b, facts);
    cr_assert(b->theirs);
    cr_assert(basket_item_rebase(b, NOW, &error));
    cr_assert(!basket_item_overtaken(b) && g_strcmp0(fhir_version_id(b->base), "2") == 0);
}
