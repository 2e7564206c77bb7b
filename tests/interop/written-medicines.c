/* SPDX-License-Identifier: GPL-3.0-or-later
 * What is written of orders that are in the record: every change of the list, and their doses given, in part, not, for
 * two to sign, and an infusion that is started and stopped. */
#include "written.h"

#include "chart/giving-write.h"
#include "chart/med-change.h"
#include "chart/order-data.h"
#include "chart/orderline.h"

static FhirResource *as_held(FhirResource *r, const char *id, GError **error)
{
    g_autoptr(FhirEdit) e = fhir_edit_new(r);
    fhir_edit_set_string(e, "id", id);
    fhir_edit_set_string(e, "meta.versionId", "1");
    return fhir_edit_finish(e, error);
}

static FhirResource *order_held(const OrderData *data, const char *line, GError **error)
{
    OrderContext context = {.now = NOW};
    MedicationContext c = {.uuid = "3f1de1e4-5f3a-4b0e-9f0b-2b1f6d0f7a31", .patient_id = "p1", .encounter_id = "e1",
                           .requester_type = "PractitionerRole", .requester_id = "r1", .requester_display = "Test Läkare",
                           .authored = NOW, .inpatient = TRUE};
    g_autoptr(Order) o = orderline_parse(data->words, data->drugs, line, &context);
    g_autoptr(FhirResource) r = medication_from_order(o, &c, error);
    return r ? as_held(r, "m1", error) : NULL;
}

static gboolean changes(const OrderData *data)
{
    MedChanging w = {.practitioner = "dr1", .name = "Test \"Läkare\" <1>", .now = NOW, .until = {2025, 12, 1}};
    g_autoptr(GError) error = NULL;
    g_autoptr(FhirResource) order = order_held(data, "alvedon 1g x3 smärta", &error);
    gboolean ok = order != NULL;
    for (const MedChange *c = med_changes; ok && c->id; c++) {
        w.reason = c->reasons ? c->reasons->code : NULL;
        g_autoptr(FhirResource) on_hold = g_str_equal(c->id, "resume") ? med_changed(med_change("pause"), order, &(MedChanging){
            .practitioner = "dr1", .name = "Test Läkare", .reason = "fasting", .now = NOW}, &error) : NULL;
        g_autoptr(FhirResource) r = error ? NULL : med_changed(c, on_hold ? on_hold : order, &w, &error);
        ok = written_print(r, c->id, error);
    }
    return ok;
}

/* What became of one dose: made, and when two sign or it goes on, what it is after. */
static gboolean given(const DueDose *dose, GivingAct act, gboolean warned)
{
    GivingLine line = {.check = "interval", .record = "minsta intervall", .level = GIVING_ASKS, .text = (char *)"?"};
    DoseAct said = {.act = act, .at = NOW - G_TIME_SPAN_MINUTE, .code = act == ACT_NOT_GIVEN ? "refused" : NULL,
                    .why = warned ? (char *)"smärta trots <givet> & \"tålt\"" : NULL};
    GivingWriting w = {.practitioner = "ssk1", .name = "Test, sjuksköterska", .encounter = "e1", .now = NOW};
    g_autoptr(GPtrArray) lines = g_ptr_array_new();
    g_autoptr(GError) error = NULL;
    GivingItem item = {dose, &said, lines};
    g_ptr_array_add(lines, &line);
    decimal_parse("1", &said.amount);
    g_autoptr(FhirResource) made = giving_resource(&item, "p1", &w, &error);
    if (!written_print(made, dose->id, error))
        return FALSE;
    g_autoptr(FhirResource) held = as_held(made, "a1", &error);
    g_autoptr(Given) is = held ? given_read(held, NULL) : NULL;
    if (!is || (is->state != GIVEN_WAITS && is->state != GIVEN_RUNNING))
        return is != NULL;
    DueDose later = *dose;
    DoseAct next = {.act = is->state == GIVEN_WAITS ? ACT_CONFIRMED : ACT_STOPPED, .at = NOW};
    GivingItem change = {&later, &next, NULL};
    later.given = is;
    g_autoptr(FhirResource) after = giving_changed(&change, &w, &error);
    return written_print(after, dose->id, error);
}

static gboolean doses(const OrderData *data, const char *line)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) orders = g_ptr_array_new(), none = g_ptr_array_new();
    g_autoptr(FhirResource) order = order_held(data, line, &error);
    if (!order)
        return written_print(NULL, line, error);
    g_ptr_array_add(orders, order);
    g_autoptr(GivingList) list = giving_list(orders, none, data->drugs, NOW, &error);
    gboolean ok = list && list->doses->len;
    for (guint i = 0; ok && i < list->doses->len; i++) {
        DueDose *d = list->doses->pdata[i];
        d->twice = FALSE;
        ok = given(d, ACT_GIVEN, FALSE) && given(d, ACT_PARTLY, TRUE) && given(d, ACT_NOT_GIVEN, FALSE);
        d->twice = TRUE;
        ok = ok && given(d, ACT_GIVEN, TRUE);
    }
    return ok ? TRUE : written_print(NULL, line, error);
}

gboolean written_medicines(void)
{
    static const char *const lines[] = {"alvedon 1g x3 smärta", "alvedon 1g vb max 4/d smärta", "alvedon 1g nu smärta",
                                        "natriumklorid 1000ml iv på 12 timmar uttorkning"};
    const OrderData *data = order_data(NULL);
    gboolean ok = data && changes(data);
    for (gsize i = 0; ok && i < G_N_ELEMENTS(lines); i++)
        ok = doses(data, lines[i]);
    return ok;
}
