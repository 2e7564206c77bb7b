/* SPDX-License-Identifier: GPL-3.0-or-later
 * Who reads what is logged before it is read. */
#include "client/obs.h"

/* ---- the choke point ----------------------------------------------------------------------- */

static guint audits(Fx *f)
{
    client_flush_audit(f->client);
    loop_settle();
    return minicore_count(f->core, "AuditEvent");
}

Test(audit, opening_reading_and_searching_are_logged)
{
    Fx f;
    fx_begin(&f);
    cr_assert_eq(audits(&f), 1, "the opening");
    Got got = {0};
    fx_search(&f, "Observation", CLIENT_DEFAULT, &got);
    fx_search(&f, "Observation", CLIENT_DEFAULT, &got);
    cr_assert_eq(audits(&f), 2, "each type once for each opening");
    g_autoptr(FhirQuery) query = fhir_query_new("Patient");
    fhir_query_add(query, "name", "Test");
    client_search(f.client, f.scope, NULL, query, CLIENT_DEFAULT, fx_on_result, &got);
    cr_assert_eq(audits(&f), 3);
    g_autoptr(FhirQuery) staff = fhir_query_new("Practitioner");
    client_search(f.client, f.scope, NULL, staff, CLIENT_DEFAULT, fx_on_result, &got);
    cr_assert_eq(audits(&f), 3, "staff is no patient data");
    got_clear(&got);
    fx_end(&f);
}

static void expect_string(FhirNode event, const char *path, const char *value)
{
    g_autofree char *have = fhir_string(event, path);
    cr_expect_str_eq(have ? have : "(nothing)", value, "%s", path);
}

/* Who, on which assignment, about whom, what, when: all of it, in the event that waits on the disk. */
Test(audit, an_event_says_who_on_which_assignment_about_whom_what_and_when)
{
    clock_test_begin(1763712000 * (gint64)G_USEC_PER_SEC);
    Fx f;
    fx_begin(&f);
    loop_settle();
    f.core->token = "closed";
    Got got = {0};
    fx_search(&f, "Observation", CLIENT_DEFAULT, &got);
    cr_assert(loop_until(&got.done));
    cr_assert_eq(f.store->audit_ids->len, 1);
    g_autoptr(FhirResource) event =
        fhir_resource_parse(g_hash_table_lookup(f.store->audit, f.store->audit_ids->pdata[0]), NULL);
    cr_assert(event);
    FhirNode e = fhir_root(event);
    expect_string(e, "agent[0].who.reference", "Practitioner/dr1");
    expect_string(e, "agent[0].who.identifier.value", "SE2321000016-0001");
    expect_string(e, "agent[0].who.display", "Test Läkare");
    expect_string(e, "agent[1].who.reference", "Organization/u1");
    expect_string(e, "agent[1].who.identifier.value", "SE2321000016-0002");
    expect_string(e, "entity[0].what.reference", "Patient/p1");
    expect_string(e, "entity[1].name", "Observation");
    expect_string(e, "purposeOfEvent[0].coding[0].code", "TREAT");
    g_autofree char *when = instant_to_fhir(clock_clinical_us());
    expect_string(e, "recorded", when);
    got_clear(&got);
    fx_end(&f);
    clock_test_end();
}

Test(audit, what_cannot_be_logged_is_not_read)
{
    Fx f;
    fx_begin(&f);
    loop_settle(); /* the event of the opening is with the core */
    f.store->audit_fails = TRUE;
    guint before = httpd_requests(f.core->httpd);
    Got got = {0};
    fx_search(&f, "Observation", CLIENT_DEFAULT, &got);
    cr_assert(loop_until(&got.done));
    cr_assert_eq(got.code, CLIENT_ERROR_AUDIT);
    loop_settle();
    cr_assert_eq(httpd_requests(f.core->httpd), before);
    g_autoptr(FhirQuery) everybody = fhir_query_new("Encounter");
    got_clear(&got);
    client_search(f.client, f.scope, NULL, everybody, CLIENT_DEFAULT, fx_on_result, &got);
    cr_assert(loop_until(&got.done));
    cr_assert_eq(got.code, CLIENT_ERROR_AUDIT, "a search over patients is reading too");
    loop_settle();
    cr_assert_eq(httpd_requests(f.core->httpd), before);
    got_clear(&got);
    fx_end(&f);
}

/* Nothing is asked of cache or core, and nothing is told, before the event is on the disk. */
Test(audit, the_reading_waits_for_the_disk)
{
    Fx f;
    fx_begin(&f);
    put_obs(&f);
    Got got = {0}, again = {0}, list = {0};
    fx_search(&f, "Observation", CLIENT_DEFAULT, &got);
    cr_assert(loop_until(&got.done), "now it is in the cache");
    g_clear_pointer(&f.ctx, patient_ctx_unref);
    got_clear(&got);
    f.store->audit_slow = TRUE;
    loop_settle();
    guint before = httpd_requests(f.core->httpd);
    client_open_patient(f.client, f.scope, "p1", "TREAT", fx_on_patient, &f.ctx);
    loop_settle();
    cr_assert(!f.ctx, "the opening waits");
    memstore_sync(f.store);
    loop_settle();
    cr_assert(f.ctx);
    before = httpd_requests(f.core->httpd);
    fx_search(&f, "Observation", CLIENT_DEFAULT, &got);
    ClientSearch *watched = fx_search(&f, "Observation", CLIENT_DEFAULT, &again);
    client_watch(watched);
    client_refresh(watched);
    g_autoptr(FhirQuery) everybody = fhir_query_new("Encounter");
    client_search(f.client, f.scope, NULL, everybody, CLIENT_DEFAULT, fx_on_result, &list);
    loop_settle();
    cr_assert_eq(got.calls + again.calls + list.calls, 0);
    cr_assert_eq(httpd_requests(f.core->httpd), before);
    cr_assert(client_busy(f.client));
    cr_assert_eq(g_queue_get_length(&f.store->audit_slowly), 2, "one for both readings, one for the list");
    memstore_sync(f.store);
    cr_assert(loop_until(&got.done) && loop_until(&again.done) && loop_until(&list.done));
    cr_assert_eq(got.items, 2);
    cr_assert_eq(got.cached_calls, 1);
    got_clear(&got), got_clear(&again), got_clear(&list);
    fx_end(&f);
}

/* One event says all that a chart's opening reads: it waits once. */
Test(audit, a_chart_waits_for_one_writing)
{
    static const char *const types[] = {"Observation", "Condition", "Observation", NULL};
    Fx f;
    fx_begin(&f);
    put_obs(&f);
    g_clear_pointer(&f.ctx, patient_ctx_unref);
    f.store->audit_slow = TRUE;
    loop_settle();
    f.core->token = "closed";
    client_open_chart(f.client, f.scope, "p1", "TREAT", types, fx_on_patient, &f.ctx);
    cr_assert_eq(g_queue_get_length(&f.store->audit_slowly), 1);
    memstore_sync(f.store);
    g_autoptr(FhirResource) event =
        fhir_resource_parse(g_hash_table_lookup(f.store->audit, f.store->audit_ids->pdata[0]), NULL);
    expect_string(fhir_root(event), "action", "R");
    expect_string(fhir_root(event), "entity[0].what.reference", "Patient/p1");
    expect_string(fhir_root(event), "entity[1].name", "Patient");
    expect_string(fhir_root(event), "entity[2].name", "Observation");
    expect_string(fhir_root(event), "entity[3].name", "Condition");
    cr_assert_eq(fhir_count(fhir_at(fhir_root(event), "entity")), 4);
    f.core->token = NULL;
    loop_settle();
    cr_assert(f.ctx);
    Got got = {0};
    fx_search(&f, "Observation", CLIENT_DEFAULT, &got);
    cr_assert(loop_until(&got.done), "no second writing is waited for");
    cr_assert_eq(got.items, 2);
    cr_assert_eq(g_queue_get_length(&f.store->audit_slowly), 0);
    got_clear(&got);
    fx_end(&f);
}

/* The view or the whole client may go while the disk works. */
Test(audit, who_leaves_meanwhile_is_told_nothing)
{
    Fx f;
    fx_begin(&f);
    f.store->audit_slow = TRUE;
    Got got = {0};
    Scope *view = scope_new();
    g_autoptr(FhirQuery) query = client_patient_query(f.ctx, "Observation");
    client_search(f.client, view, f.ctx, query, CLIENT_DEFAULT, fx_on_result, &got);
    scope_close(view);
    memstore_sync(f.store);
    loop_settle();
    cr_assert_eq(got.calls, 0);
    cr_assert_eq(minicore_count(f.core, "AuditEvent"), 2, "the event stands");
    fx_search(&f, "Condition", CLIENT_DEFAULT, &got);
    g_clear_pointer(&f.ctx, patient_ctx_unref);
    scope_close(g_steal_pointer(&f.scope));
    client_free(g_steal_pointer(&f.client));
    memstore_sync(f.store);
    cr_assert_eq(got.calls, 0);
    fx_end(&f);
}

Test(audit, events_wait_until_the_core_takes_them)
{
    clock_test_begin(1000 * G_USEC_PER_SEC);
    Fx f;
    fx_begin(&f);
    loop_settle();
    f.core->token = "closed";
    Got got = {0};
    fx_search(&f, "Observation", CLIENT_DEFAULT, &got);
    cr_assert(loop_until(&got.done));
    loop_settle();
    cr_assert_eq(f.store->audit_ids->len, 1);
    f.core->token = NULL;
    clock_test_advance(31 * G_USEC_PER_SEC);
    loop_settle();
    cr_assert_eq(f.store->audit_ids->len, 0);
    cr_assert_eq(minicore_count(f.core, "AuditEvent"), 2);
    got_clear(&got);
    fx_end(&f);
    clock_test_end();
}

Test(audit, patient_data_needs_the_patient)
{
    Fx f;
    fx_begin(&f);
    Got got = {0};
    client_read(f.client, f.scope, NULL, "Observation", "o1", CLIENT_DEFAULT, fx_on_result, &got);
    cr_assert(loop_until(&got.done));
    cr_assert_eq(got.code, CLIENT_ERROR_PATIENT);
    got_clear(&got);
    g_autoptr(FhirQuery) loose = fhir_query_new("Observation");
    fhir_query_add(loose, "patient", "Patient/p2");
    client_search(f.client, f.scope, f.ctx, loose, CLIENT_DEFAULT, fx_on_result, &got);
    cr_assert(loop_until(&got.done));
    cr_assert_eq(got.code, CLIENT_ERROR_PATIENT, "a query about another than the captured patient");
    got_clear(&got);
    minicore_put(f.core, "{\"resourceType\":\"Observation\",\"id\":\"x\",\"subject\":{"
                         "\"reference\":\"Patient/p2\"}}");
    client_read(f.client, f.scope, f.ctx, "Observation", "x", CLIENT_DEFAULT, fx_on_result, &got);
    cr_assert(loop_until(&got.done));
    cr_assert_eq(got.code, CLIENT_ERROR_PATIENT);
    cr_assert(!got.has_result);
    got_clear(&got);
    client_read(f.client, f.scope, f.ctx, "Observation", "../Patient/p2", CLIENT_DEFAULT,
                fx_on_result, &got);
    cr_assert(loop_until(&got.done));
    cr_assert_eq(got.code, CLIENT_ERROR_NOT_FOUND);
    got_clear(&got);
    fx_end(&f);
}
