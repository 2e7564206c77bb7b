/* SPDX-License-Identifier: GPL-3.0-or-later
 * A set of measurements into the record: all of it once, and with a receipt only for what was read. */
#include "chart/vitals-line.h"
#include "chart/vitals-write.h"
#include "client/fixture.h"
#include "support/news2.h"

#define NOW (1763712000 * (gint64)G_USEC_PER_SEC)

static VitalSet *set_of(const char *line)
{
    g_autoptr(GError) error = NULL;
    VitalContext c = {.now = NOW, .months = -1, .last_oxygen = -1};
    const VitalData *data = vital_data(&error);
    cr_assert(data, "%s", error ? error->message : "");
    VitalSet *s = vitals_read(data, line, &c);
    cr_assert(vital_set_complete(s), "%s", line);
    return s;
}

typedef struct {
    gboolean done;
    WrittenOutcome outcome;
    guint held, sent;
    gboolean can_ask;
} Told;

static void on_signed(const Written *result, gpointer data)
{
    *(Told *)data = (Told){TRUE, result->outcome, result->held, result->sent, result->can_ask};
}

static const VitalWriting writing = {.draft = "dddddddd-0000-4000-8000-000000000001", .practitioner = "dr1", .name = "Test Läkare", .now = NOW};

static Told sign(Fx *f, const char *line)
{
    Told told = {0};
    g_autoptr(GError) error = NULL;
    g_autoptr(VitalSet) s = set_of(line);
    cr_assert(vitals_sign(f->client, f->scope, f->ctx, s, &writing, on_signed, &told, &error), "%s", error ? error->message : "");
    cr_assert(loop_until(&told.done));
    return told;
}

static GPtrArray *all_of(Fx *f, const char *type)
{
    GPtrArray *all = g_ptr_array_new_with_free_func((GDestroyNotify)fhir_resource_unref);
    GHashTableIter i;
    gpointer key, versions;
    g_hash_table_iter_init(&i, f->core->resources);
    while (g_hash_table_iter_next(&i, &key, &versions)) {
        const GPtrArray *v = versions;
        g_autoptr(GBytes) text = g_bytes_new(v->pdata[v->len - 1], strlen(v->pdata[v->len - 1]));
        if (g_str_has_prefix(key, type) && ((char *)key)[strlen(type)] == '/')
            g_ptr_array_add(all, fhir_resource_parse(text, NULL));
    }
    return all;
}

static FhirResource *newest(Fx *f, const char *type)
{
    g_autoptr(GPtrArray) all = all_of(f, type);
    cr_assert_eq(all->len, 1);
    return fhir_resource_ref(all->pdata[0]);
}

static gboolean has_reason(Fx *f, const char *reason)
{
    g_autoptr(GPtrArray) all = all_of(f, "Provenance");
    for (guint i = 0; i < all->len; i++) {
        g_autofree char *said = fhir_string(fhir_root(all->pdata[i]), "reason[0].text");
        if (g_strcmp0(said, reason) == 0)
            return TRUE;
    }
    return FALSE;
}

Test(vitals_write, all_or_nothing_and_once)
{
    Fx f;
    fx_begin(&f);
    f.core->fault = FAULT_STATUS;
    f.core->fault_status = 422;
    f.core->faults = 1;
    cr_assert_eq(sign(&f, "24 92/2l 104/62 112 38,4 a").outcome, WRITTEN_REFUSED);
    cr_assert_eq(minicore_count(f.core, "Observation"), 0);
    for (guint i = 0; i < 2; i++) {
        Told t = sign(&f, "24 92/2l 104/62 112 38,4 a");
        cr_assert(t.outcome == WRITTEN_DONE && t.held == 7 && t.sent == 7);
        cr_assert_eq(minicore_count(f.core, "Observation"), 7);
    }
    fx_end(&f);
}

/* "It is being asked" is said only of a core that can be. */
Test(vitals_write, a_core_that_cannot_be_asked_is_told)
{
    for (int asked = 0; asked < 2; asked++) {
        Fx f;
        fx_begin(&f);
        f.core->conditional = f.core->update_create = asked;
        f.core->unsearchable = !asked;
        fx_discover(&f);
        f.core->fault = FAULT_DROP_AFTER;
        f.core->faults = 1;
        f.core->search_down = TRUE;
        Told t = sign(&f, "p 70");
        cr_assert_eq(t.outcome, WRITTEN_UNKNOWN, "%d", t.outcome);
        cr_assert_eq(t.can_ask, asked);
        fx_end(&f);
    }
}

/* What nobody typed is told from what somebody measured; and air is not gone by for ever. */
Test(vitals_write, assumed_air_says_so)
{
    g_autoptr(VitalSet) s = set_of("18 96 128/74 78 36,8 a");
    s->value[VITAL_OXYGEN] = (VitalValue){.given = TRUE, .assumed = TRUE, .value = decimal_from_int(0)};
    g_autoptr(FhirResource) air = vital_observation(s, VITAL_OXYGEN, "p1", &writing, NULL);
    g_autoptr(FhirResource) pulse = vital_observation(s, VITAL_PULSE, "p1", &writing, NULL);
    g_autofree char *said = fhir_string(fhir_root(air), "note[0].text");
    cr_assert_str_eq(said, "Antaget: luft som vid föregående mätning.");
    cr_assert_not(fhir_exists(fhir_at(fhir_root(pulse), "note[0]")));
    g_autoptr(GPtrArray) list = g_ptr_array_new();
    g_ptr_array_add(list, air);
    g_autoptr(VitalLast) last = vital_last(list);
    cr_assert_eq(vital_last_oxygen(last, NOW + G_TIME_SPAN_HOUR), 0);
    cr_assert_eq(vital_last_oxygen(last, NOW + 25 * G_TIME_SPAN_HOUR), -1);
}

/* The draft's values are in the record already, but another pulse: no receipt for this one. */
Test(vitals_write, another_value_in_the_record_is_told)
{
    Fx f;
    fx_begin(&f);
    cr_assert_eq(sign(&f, "p 112").outcome, WRITTEN_DONE);
    cr_assert_eq(sign(&f, "p 113").outcome, WRITTEN_DIFFERS);
    cr_assert_eq(minicore_count(f.core, "Observation"), 1);
    fx_end(&f);
}

/* The core says that it has them and no more; what it holds has not been seen. */
Test(vitals_write, what_could_not_be_read_back_is_not_called_different)
{
    Fx f;
    fx_begin(&f);
    f.core->minimal = f.core->search_down = TRUE;
    cr_assert_eq(sign(&f, "p 112").outcome, WRITTEN_UNREAD);
    fx_end(&f);
}

Test(vitals_write, silence_is_not_called_unsent)
{
    Fx f;
    fx_begin(&f);
    f.core->fault = FAULT_DROP_AFTER;
    f.core->faults = 1;
    f.core->search_down = TRUE;
    cr_assert_eq(sign(&f, "p 112").outcome, WRITTEN_UNKNOWN);
    fx_end(&f);
}

/* Each kind as a reader of the record finds it again: what was measured, when, and the unit NEWS2 asks for. */
Test(vitals_write, what_is_written_is_what_is_read)
{
    g_autoptr(VitalSet) s = set_of("24 92/2l 104/62 112 38,4 c 2025-11-20 23:40! vikt 82,50 längd 178 smärta 4 in 200 ut 350");
    g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func((GDestroyNotify)fhir_resource_unref);
    for (int i = 0; i < VITAL_KINDS; i++) {
        FhirResource *r = vital_observation(s, (VitalField)i, "p1", &writing, NULL);
        cr_assert_not_null(r);
        cr_expect_eq(vital_kind_of(r), (VitalField)i);
        cr_expect_eq(vitals_measured_at(r), s->measured);
        g_ptr_array_add(all, r);
    }
    g_autoptr(VitalLast) last = vital_last(all);
    static const char *const values[VITAL_KINDS] = {"24", "92", "2", "104/62", "112", "C – nytillkommen förvirring", "38,4", "82,50",
                                                    "178", "4", "200", "350"};
    for (int i = 0; i < VITAL_KINDS; i++)
        cr_expect(last->last[i] && strcmp(last->last[i]->value, values[i]) == 0, "%s: %s", values[i], last->last[i] ? last->last[i]->value : "none");
    static const char json[] = "{\"resourceType\":\"Patient\",\"id\":\"p1\",\"birthDate\":\"1948-09-30\"}";
    g_autoptr(GBytes) text = g_bytes_new_static(json, strlen(json));
    g_autoptr(FhirResource) patient = fhir_resource_parse(text, NULL);
    News2 typed = vital_set_news2(s, patient, news2_orders_none()), read = news2_from_observations(patient, all, news2_orders_none(), NOW);
    cr_expect(typed.total == 13 && read.total == 13, "typed %d, read %d", typed.total, read.total);
}

/* What is corrected keeps all else, says what it was and why; what is struck counts no more. */
Test(vitals_write, corrected_and_struck)
{
    g_autoptr(VitalSet) wrong = set_of("bt 62/40"), right = set_of("bt 162/40");
    g_autoptr(FhirResource) first = vital_observation(wrong, VITAL_PRESSURE, "p1", &writing, NULL);
    g_autoptr(FhirResource) second = vital_corrected(first, right, "felskrivet", &writing, NULL);
    g_autoptr(FhirResource) third = vital_corrected(second, NULL, "fel patient", &writing, NULL);
    g_autoptr(GPtrArray) values = vitals_of(second), none = vitals_of(third);
    cr_assert_str_eq(((Measurement *)values->pdata[0])->value, "162/40");
    cr_assert_eq(none->len, 0);
    g_autofree char *why = fhir_string(fhir_root(second), "note[0].text"), *last = fhir_string(fhir_root(third), "note[1].text");
    cr_assert_str_eq(why, "Rättat från 62/40 mmHg till 162/40 mmHg. Skäl: felskrivet");
    cr_assert_str_eq(last, "Makulerat, var 162/40 mmHg. Skäl: fel patient");
    cr_assert(fhir_is(fhir_root(second), "status", "corrected") && fhir_is(fhir_root(third), "status", "entered-in-error"));
    cr_assert_eq(vitals_measured_at(second), vitals_measured_at(first));
    g_autoptr(VitalSet) other = set_of("p 70");
    g_autoptr(GError) error = NULL;
    cr_assert_null(vital_corrected(first, other, "fel", &writing, &error));
    cr_assert_not_null(error);
    g_clear_error(&error);
    cr_assert_null(vital_corrected(third, right, "ändå", &writing, &error), "what is struck stays struck");
    cr_assert_not_null(error);
    g_autoptr(VitalSet) sure = set_of("bt 262/40!");
    g_autoptr(FhirResource) strange = vital_corrected(first, sure, "felskrivet", &writing, NULL);
    g_autofree char *both = fhir_string(fhir_root(strange), "note[0].text");
    cr_assert(strstr(both, "262/40") && strstr(both, "bekräftat"), "%s", both);
}

/* Why stands where every other correction has it too: in the Provenance of that version. */
Test(vitals_write, the_reason_of_a_correction_is_in_its_provenance)
{
    static const char *const reasons[] = {"felskrivet", "fel patient"};
    Fx f;
    fx_begin(&f);
    f.core->transactions = TRUE;
    fx_discover(&f);
    cr_assert_eq(sign(&f, "p 112").outcome, WRITTEN_DONE);
    for (guint i = 0; i < G_N_ELEMENTS(reasons); i++) {
        Told told = {0};
        g_autoptr(FhirResource) old = newest(&f, "Observation");
        g_autoptr(VitalSet) right = i ? NULL : set_of("p 12!");
        cr_assert(vital_correct(f.client, f.scope, f.ctx, old, right, reasons[i], &writing, on_signed, &told, NULL));
        cr_assert(loop_until(&told.done));
        cr_assert_eq(told.outcome, WRITTEN_DONE, "%d", told.outcome);
        cr_assert(has_reason(&f, reasons[i]), "%s is in no Provenance", reasons[i]);
    }
    fx_end(&f);
}
