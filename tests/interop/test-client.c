/* SPDX-License-Identifier: GPL-3.0-or-later
 * rond's client and chart loaders against a FHIR server that this project did not write, loaded by
 * client.py with patients of another origin. client.py looks at the end state and validates it. */
#include "chart/header.h"
#include "chart/medication.h"
#include "chart/note-sign.h"
#include "chart/orderline.h"
#include "chart/patient-index.h"
#include "chart/vitals-line.h"
#include "chart/vitals-write.h"
#include "chart/worklist.h"
#include "client/fixture.h"
#include "fhir/build.h"

static Fx fx;
static char **patients;

/* The patient that this test has to itself. */
static void open_nth(guint n)
{
    client_open_patient(fx.client, fx.scope, patients[n], "TREAT", fx_on_patient, &fx.ctx);
    while (!fx.ctx)
        g_main_context_iteration(NULL, TRUE);
}

static void setup(void)
{
    const char *ids = g_getenv("ROND_INTEROP_PATIENTS");
    cr_assert(ids, "run it by run.py client");
    patients = g_strsplit(ids, " ", -1);
    fx = (Fx){.store = memstore_new()};
    ClientConfig config = {
        .net = {.origin = g_getenv("ROND_INTEROP_ORIGIN"), .base_path = "/fhir/R4"},
        .identity = {.practitioner_id = "doc", .name = "Petra Prov", .hsa_id = "SE2329999993-P1",
                     .role_id = "role-1", .unit_id = "unit-1", .unit_name = "Provavdelningen",
                     .commission_hsa_id = "SE2329999993-U1", .commission_name = "Läkare avdelning 1",
                     .prescriber = TRUE},
        .store = &memstore_table, .store_data = fx.store,
    };
    g_autoptr(GError) error = NULL;
    fx.client = client_new(&config, &error);
    cr_assert(fx.client, "%s", error ? error->message : "");
    fx.scope = scope_new();
    fx_discover(&fx);
}

static gboolean audit_is_out(void)
{
    for (guint i = 0; i < 1500 && fx.store->audit_ids->len; i++)
        loop_settle();
    return fx.store->audit_ids->len == 0 && client_audit_stuck(fx.client) == 0;
}

static void teardown(void)
{
    cr_expect(audit_is_out(), "the server takes every audit event");
    g_clear_pointer(&fx.ctx, patient_ctx_unref);
    scope_close(fx.scope);
    client_free(fx.client);
    memstore_free(fx.store);
    g_strfreev(patients);
}

TestSuite(interop, .init = setup, .fini = teardown, .timeout = 120);

Test(interop, the_dialect_follows_from_what_the_server_says)
{
    const ClientDialect *d = client_dialect(fx.client);
    cr_assert_str_eq(d->name, "medplum");
    cr_assert(d->known && d->transaction);
    gboolean conditional = g_getenv("ROND_INTEROP_CONDITIONAL") != NULL;
    cr_assert_eq(client_has_conditional_create(fx.client, "MedicationRequest"), conditional);
    cr_assert_eq(client_has_update_create(fx.client, "AuditEvent"), conditional);
    cr_assert(client_can(fx.client, "Patient", "search-type"));
    cr_assert(client_has_search(fx.client, "Observation", "patient"));
}

/* ---- reading ---- */

Test(interop, all_pages_arrive)
{
    open_nth(0);
    Got got = {0};
    g_autoptr(FhirQuery) q = client_patient_query(fx.ctx, "Observation");
    fhir_query_add_raw(q, "_count", "7");
    client_search(fx.client, fx.scope, fx.ctx, q, CLIENT_FRESH, fx_on_result, &got);
    cr_assert(loop_until(&got.done));
    cr_assert_eq(got.code, -1);
    cr_assert(got.complete && !got.unknown);
    cr_assert_eq(got.skipped, 0);
    cr_assert_geq(got.items, 15, "%u", got.items);
    got_clear(&got);
}

static void on_header(const ChartHeader *h, gpointer data)
{
    char **place = data;
    /* "nothing recorded" is an answer too */
    if (h->place && !(h->unknown && g_str_has_prefix(h->unknown, "NOT KNOWN"))) {
        g_free(*place);
        *place = g_strdup(h->place);
    }
}

Test(interop, the_header_is_known)
{
    open_nth(0);
    static char *place; /* told until the scope closes, after this function */
    chart_header_watch(fx.client, fx.scope, fx.ctx, on_header, &place);
    for (guint i = 0; i < 100 && !place; i++)
        loop_settle();
    cr_assert(place, "every part was answered");
    cr_assert_str_eq(place, "1-1");
}

typedef struct {
    guint rows, named, places;
    gboolean ward, complete, unknown;
    char *error;
} List;

static void on_list(const Worklist *list, const GError *error, gpointer data)
{
    List *l = data;
    g_free(l->error);
    *l = (List){.rows = list ? list->rows->len : 0, .error = error ? g_strdup(error->message) : NULL};
    for (guint i = 0; i < l->rows; i++) {
        const WorklistRow *r = list->rows->pdata[i];
        l->named += r->patient != NULL;
        l->places += g_str_has_prefix(r->place, "1-");
    }
    if (list) {
        l->ward = list->is_ward;
        l->complete = list->complete;
        l->unknown = list->unknown;
    }
}

Test(interop, the_ward_list_is_whole)
{
    static List l; /* told until the scope closes, after this function */
    guint people = g_strv_length(patients);
    worklist_watch(fx.client, fx.scope, "unit-1", on_list, &l);
    for (guint i = 0; i < 100 && l.rows < people; i++)
        loop_settle();
    loop_settle();
    cr_assert_null(l.error, "%s", l.error);
    cr_assert_eq(l.rows, people);
    cr_assert_eq(l.named, people);
    cr_assert_eq(l.places, people);
    cr_assert(l.ward && !l.unknown);
}

static void nothing(gpointer data)
{
}

Test(interop, a_patient_is_found_by_name)
{
    open_nth(0);
    PatientIndex *index = patient_index_open(fx.client, fx.scope, nothing, NULL);
    for (guint i = 0; i < 100 && !patient_index_complete(index); i++)
        loop_settle();
    cr_assert(patient_index_complete(index));
    const FhirResource *p = patient_ctx_patient(fx.ctx);
    g_autofree char *family = fhir_string(fhir_root(p), "name[0].family");
    family[strcspn(family, "0123456789")] = '\0'; /* Synthea's names end in a number */
    guint all = 0, found = 0;
    g_autoptr(GPtrArray) hits = patient_index_find(index, family, 5, &all);
    for (guint i = 0; i < hits->len; i++)
        found += g_str_equal(((PatientHit *)hits->pdata[i])->id, patients[0]);
    cr_assert_eq(found, 1, "%s", family);
}

/* ---- writing ---- */

typedef struct {
    gboolean done, all, provenance;
    guint n;
    OutboxState state[2];
    FhirResource *resource[2];
    char *message;
} Wrote;

static void on_wrote(const ClientWriteResult *result, const GError *error, gpointer data)
{
    Wrote *w = data;
    g_free(w->message);
    fhir_resource_unref(w->resource[0]);
    fhir_resource_unref(w->resource[1]);
    *w = (Wrote){.done = TRUE, .all = result && result->all_confirmed,
                 .provenance = result && result->provenance,
                 .message = g_strdup(error ? error->message : "")};
    for (guint i = 0; result && i < result->items->len && i < 2; i++) {
        const ClientWriteItem *item = result->items->pdata[i];
        w->state[i] = item->state;
        w->resource[i] = item->resource ? fhir_resource_ref(item->resource) : NULL;
        w->n++;
    }
}

static void write_all(const ClientWrite *writes, guint n, Wrote *w)
{
    w->done = FALSE;
    client_write(fx.client, fx.scope, fx.ctx, writes, n, on_wrote, w);
    cr_assert(loop_until(&w->done));
}

static void wrote_clear(Wrote *w)
{
    fhir_resource_unref(w->resource[0]);
    fhir_resource_unref(w->resource[1]);
    g_free(w->message);
}

static void on_signed(const NoteSigned *result, gpointer data)
{
    char **ret = data;
    *ret = g_strdup_printf("%d %s %s", result->outcome, result->document ? fhir_id(result->document) : "-",
                           result->error ? result->error->message : "");
}

static char *sign_once(const Note *note, const char *identifier)
{
    char *told = NULL;
    g_autoptr(GError) error = NULL;
    NoteWriting w = {.identifier = identifier, .practitioner = "doc", .name = "Petra Prov", .unit = "unit-1",
                     .unit_name = "Provavdelningen", .encounter = "stay-2",
                     .event = clock_clinical_us(), .now = clock_clinical_us(), .sign = TRUE};
    cr_assert(note_sign(fx.client, fx.scope, fx.ctx, note, &w, on_signed, &told, &error), "%s",
              error ? error->message : "");
    for (guint i = 0; i < 100 && !told; i++)
        loop_settle();
    cr_assert(told);
    return told;
}

Test(interop, a_note_is_signed_once)
{
    open_nth(1);
    g_autofree char *dir = g_build_filename(g_getenv("ROND_DATA"), "forms", NULL);
    g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) templates = note_templates(dir, NULL, problems);
    cr_assert_gt(templates->len, 0);
    g_autoptr(Note) note = note_new(templates->pdata[0], NULL);
    for (guint i = 0; i < note->sections->len; i++) {
        NoteSection *s = note->sections->pdata[i];
        if (s->takes_text) {
            g_free(s->text);
            s->text = g_strdup("Åter feber 38,4 i natt. Fortsätter <samma> & \"oförändrat\".\nNy rad.");
        }
    }
    const char *identifier = "urn:uuid:3f1de1e4-5f3a-4b0e-9f0b-2b1f6d0f7a01";
    g_autofree char *one = sign_once(note, identifier);
    g_autofree char *two = sign_once(note, identifier);
    cr_assert(g_str_has_prefix(one, "0 "), "%s", one);
    cr_assert_str_eq(one, two, "the same identifier is the same note");
}

static FhirResource *order(const char *line, const char *uuid)
{
    const char *data = g_getenv("ROND_DATA");
    g_autofree char *products = g_build_filename(data, "drugs/products.tsv", NULL);
    g_autofree char *tokens = g_build_filename(data, "orderline/tokens.tsv", NULL);
    g_autoptr(DrugList) drugs = drug_list_load(products, NULL);
    g_autoptr(OrderWords) words = order_words_load(tokens, NULL);
    g_autoptr(Order) o = orderline_parse(words, drugs, line, &(OrderContext){.now = clock_clinical_us()});
    MedicationContext c = {.uuid = uuid, .patient_id = patient_ctx_id(fx.ctx), .requester_type = "PractitionerRole",
                           .requester_id = "role-1", .requester_display = "Petra Prov",
                           .encounter_id = "stay-3", .authored = clock_clinical_us(), .inpatient = TRUE};
    g_autoptr(GError) error = NULL;
    FhirResource *r = medication_from_order(o, &c, &error);
    cr_assert(r, "%s", error ? error->message : "");
    return r;
}

Test(interop, an_order_is_written_once_changed_once_and_its_rival_is_told)
{
    open_nth(2);
    g_autoptr(FhirResource) r = order("alvedon 1g x4 vb smärta", "3f1de1e4-5f3a-4b0e-9f0b-2b1f6d0f7a02");
    ClientWrite create = {.kind = CLIENT_CREATE, .resource = r, .provenance = "author",
                          .identifier = "urn:uuid:3f1de1e4-5f3a-4b0e-9f0b-2b1f6d0f7a02"};
    Wrote w = {0};
    for (guint i = 0; i < 2; i++) {
        write_all(&create, 1, &w);
        cr_assert(w.all, "%s", w.message);
    }
    g_autoptr(FhirResource) first = fhir_resource_ref(w.resource[0]);
    g_autoptr(FhirEdit) edit = fhir_edit_new(first);
    fhir_edit_set_string(edit, "status", "stopped");
    g_autoptr(FhirResource) stopped = fhir_edit_finish(edit, NULL);
    ClientWrite stop = {.kind = CLIENT_UPDATE, .resource = stopped, .provenance = "author"};
    write_all(&stop, 1, &w);
    cr_assert(w.all && w.provenance, "%s", w.message);
    write_all(&stop, 1, &w);
    cr_assert_eq(w.state[0], OUTBOX_CONFLICT, "%s", w.message);
    wrote_clear(&w);
}

static FhirResource *slot_get(void)
{
    FhirResource *slot = NULL;
    Got got = {0};
    client_read(fx.client, fx.scope, NULL, "Slot", "slot-1", CLIENT_FRESH | CLIENT_NO_STORE, fx_on_result, &got);
    cr_assert(loop_until(&got.done));
    g_autoptr(GBytes) text = g_bytes_new(got.first ? got.first : "", got.first ? strlen(got.first) : 0);
    slot = fhir_resource_parse(text, NULL);
    cr_assert(slot);
    got_clear(&got);
    return slot;
}

static FhirResource *appointment(const FhirResource *slot)
{
    g_autofree char *start = fhir_string(fhir_root(slot), "start"), *end = fhir_string(fhir_root(slot), "end");
    g_autofree char *raw = g_strdup_printf(
        "{\"resourceType\":\"Appointment\",\"status\":\"booked\",\"start\":\"%s\",\"end\":\"%s\","
        "\"slot\":[{\"reference\":\"Slot/slot-1\"}],\"participant\":[{\"actor\":{\"reference\":\"Patient/%s\"},"
        "\"status\":\"accepted\"},{\"actor\":{\"reference\":\"Practitioner/doc\"},\"status\":\"accepted\"}]}",
        start, end, patient_ctx_id(fx.ctx));
    g_autoptr(GBytes) text = g_bytes_new(raw, strlen(raw));
    return fhir_resource_parse(text, NULL);
}

Test(interop, a_time_is_booked_once)
{
    open_nth(0);
    g_autoptr(FhirResource) slot = slot_get();
    g_autoptr(FhirEdit) edit = fhir_edit_new(slot);
    fhir_edit_set_string(edit, "status", "busy");
    g_autoptr(FhirResource) busy = fhir_edit_finish(edit, NULL);
    g_autoptr(FhirResource) visit = appointment(slot);
    ClientWrite both[] = {{.kind = CLIENT_UPDATE, .resource = busy}, {.kind = CLIENT_CREATE, .resource = visit, .provenance = "author"}};
    Wrote w = {0};
    write_all(both, 2, &w);
    cr_assert(w.all && w.n == 2, "%s", w.message);
    write_all(both, 2, &w); /* somebody who still sees the time as free */
    cr_assert_not(w.all);
    cr_assert_eq(w.state[0], OUTBOX_CONFLICT, "%s", w.message);
    cr_assert_neq(w.state[1], OUTBOX_CONFIRMED);
    wrote_clear(&w);
}

/* ---- a measurement, corrected and struck: client.py looks for the reasons ---- */

#define MEASURED "3f1de1e4-5f3a-4b0e-9f0b-2b1f6d0f7a03"

static void on_measured(const Written *result, gpointer data)
{
    *(int *)data = (int)result->outcome;
}

static void await_signed(const int *outcome)
{
    for (guint i = 0; i < 1500 && *outcome < 0; i++)
        loop_settle();
    cr_assert_eq(*outcome, WRITTEN_DONE, "%d", *outcome);
}

static FhirResource *measured_now(void)
{
    g_autofree char *identifier = written_identifier(MEASURED, vital_info(VITAL_PULSE)->word);
    g_autoptr(FhirQuery) q = client_patient_query(fx.ctx, "Observation");
    fhir_query_add_token(q, "identifier", "urn:ietf:rfc:3986", identifier);
    Got got = {0};
    client_search(fx.client, fx.scope, fx.ctx, q, CLIENT_DEFAULT, fx_on_result, &got);
    cr_assert(loop_until(&got.done));
    cr_assert_eq(got.items, 1, "%u", got.items);
    g_autoptr(GBytes) text = g_bytes_new(got.first, strlen(got.first));
    got_clear(&got);
    return fhir_resource_parse(text, NULL);
}

static VitalSet *pulse_of(const char *line)
{
    VitalContext c = {.now = clock_clinical_us(), .months = -1, .last_oxygen = -1};
    return vitals_read(vital_data(NULL), line, &c);
}

Test(interop, a_measurement_is_corrected_and_struck)
{
    open_nth(4);
    VitalWriting w = {.draft = MEASURED, .practitioner = "doc", .name = "Petra Prov", .now = clock_clinical_us()};
    g_autoptr(VitalSet) wrong = pulse_of("p 112"), right = pulse_of("p 72");
    int signed_ = -1, corrected = -1, struck = -1;
    cr_assert(vitals_sign(fx.client, fx.scope, fx.ctx, wrong, &w, on_measured, &signed_, NULL));
    await_signed(&signed_);
    g_autoptr(FhirResource) first = measured_now();
    cr_assert(vital_correct(fx.client, fx.scope, fx.ctx, first, right, "felskrivet <1>", &w, on_measured, &corrected, NULL));
    await_signed(&corrected);
    g_autoptr(FhirResource) second = measured_now();
    cr_assert(vital_correct(fx.client, fx.scope, fx.ctx, second, NULL, "fel patient & dag", &w, on_measured, &struck, NULL));
    await_signed(&struck);
}
