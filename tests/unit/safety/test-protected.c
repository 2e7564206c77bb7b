/* SPDX-License-Identifier: GPL-3.0-or-later
 * Where somebody with protected identity lives, and how they are reached, is nowhere to be read: not in
 * lists, not among hits, not over the chart, not in the log, not in an error. */
#include "base/log.h"
#include "chart/header.h"
#include "chart/overview.h"
#include "chart/patient-index.h"
#include "chart/patient.h"
#include "chart/worklist.h"
#include "fhir/outcome.h"
#include "safety/hospital.h"

#define PATIENT "pat-0003"

/* Planted in the patient's resource; none of them may come out. */
static const char *const secrets[] = {"Gömstigen", "070-1740605", "hemlig@example.org", "Dolda Byn", "Kontakt Person"};

static const char planted_address[] =
    "[{\"use\":\"home\",\"line\":[\"Gömstigen 7\"],\"postalCode\":\"99999\",\"city\":\"Dolda Byn\"}]";
static const char planted_telecom[] = "[{\"system\":\"phone\",\"value\":\"070-1740605\"},{\"system\":\"email\",\"value\":"
                                      "\"hemlig@example.org\"}]";
static const char planted_contact[] = "[{\"name\":{\"text\":\"Kontakt Person\"},\"telecom\":[{\"system\":\"phone\","
                                      "\"value\":\"070-1740605\"}]}]";

static void look(const char *where, const char *text)
{
    for (gsize i = 0; text && i < G_N_ELEMENTS(secrets); i++)
        cr_expect_null(strstr(text, secrets[i]), "“%s” in %s: %s", secrets[i], where, text);
}

typedef struct {
    Hospital hospital;
    Person doctor;
    PatientCtx *chart;
} Care;

static void care_begin(Care *c)
{
    *c = (Care){0};
    hospital_begin(&c->hospital);
    person_begin(&c->doctor, &c->hospital, "SE2329999993-U5001", "prac-lind");
    PatientCtx *before = person_open(&c->doctor, PATIENT);
    g_autoptr(FhirEdit) edit = fhir_edit_new(patient_ctx_patient(before));
    fhir_edit_set(edit, "address", planted_address);
    fhir_edit_set(edit, "telecom", planted_telecom);
    fhir_edit_set(edit, "contact", planted_contact);
    g_autoptr(GError) error = NULL;
    g_autoptr(FhirResource) planted = fhir_edit_finish(edit, &error);
    cr_assert_not_null(planted, "%s", error ? error->message : "");
    g_autoptr(FhirResource) kept = person_write(&c->doctor, before, CLIENT_UPDATE, planted);
    cr_assert(fhir_exists(fhir_at(fhir_root(kept), "address")), "the core holds what must not be shown");
    patient_ctx_unref(before);
    c->chart = person_open(&c->doctor, PATIENT);
    loop_settle();
    cr_assert(fhir_exists(fhir_at(fhir_root(patient_ctx_patient(c->chart)), "telecom")));
}

static void care_end(Care *c)
{
    patient_ctx_unref(c->chart);
    person_end(&c->doctor);
    hospital_end(&c->hospital);
}

static void look_in_log(gint64 at, LogLevel level, const char *area, const char *text, gpointer data)
{
    (void)at;
    (void)level;
    *(guint *)data += 1;
    look(area, text);
}

static void on_worklist(const Worklist *list, const GError *error, gpointer data)
{
    (void)error;
    for (guint i = 0; i < list->rows->len; i++) {
        const WorklistRow *r = list->rows->pdata[i];
        const char *const cells[] = {r->id, r->place, r->name, r->number, r->age, r->marks, r->news2, r->todo};
        for (gsize k = 0; k < G_N_ELEMENTS(cells); k++)
            look("the worklist", cells[k]);
        if (strcmp(r->id, PATIENT) == 0 && list->details_complete) {
            cr_expect_not_null(strstr(r->marks, "[§]"), "the mark stands there: %s", r->marks);
            *(gboolean *)data = !list->cached;
        }
    }
}

static void on_header(const ChartHeader *h, gpointer data)
{
    for (guint i = 0; i < h->flags->len; i++)
        look("the header", h->flags->pdata[i]);
    look("the header", h->unknown);
    look("the header", h->place);
    look("the header", h->more);
    *(gboolean *)data = h->settled;
}

static void on_overview(Overview *o, gpointer data)
{
    gboolean all = TRUE;
    for (int part = 0; part < OVERVIEW_BLOCKS; part++) {
        const OverviewBlock *b = overview_block(o, (OverviewPart)part);
        all &= b->doubt == NULL;
        look("the overview", b->doubt);
        for (guint i = 0; i < b->rows->len; i++) {
            const OverviewRow *r = b->rows->pdata[i];
            const char *const cells[] = {r->id, r->name, r->code, r->value, r->flag, r->when, r->before, r->reference,
                                         r->explained, r->instead};
            for (gsize k = 0; k < G_N_ELEMENTS(cells); k++)
                look("the overview", cells[k]);
        }
    }
    *(gboolean *)data = all;
}

static void nothing(gpointer data)
{
    (void)data;
}

static void look_at_hits(Care *c)
{
    static const char *const queries[] = {"198503202387", "skyddad", "12-3", "gomstigen", "0701740605"};
    PatientIndex *index = patient_index_open(c->doctor.client, c->doctor.scope, nothing, NULL);
    for (guint i = 0; i < 100 && !patient_index_complete(index); i++)
        loop_settle();
    cr_assert(patient_index_complete(index));
    for (gsize q = 0; q < G_N_ELEMENTS(queries); q++) {
        guint all = 0;
        g_autoptr(GPtrArray) hits = patient_index_find(index, queries[q], 50, &all);
        for (guint i = 0; i < hits->len; i++) {
            const PatientHit *h = hits->pdata[i];
            const char *const cells[] = {h->id, h->name, h->number, h->sex_age, h->place};
            for (gsize k = 0; k < G_N_ELEMENTS(cells); k++)
                look("the hits", cells[k]);
            cr_expect(strcmp(h->id, PATIENT) != 0 || h->protected_identity);
        }
        gboolean found = hits->len && strcmp(((PatientHit *)hits->pdata[0])->id, PATIENT) == 0;
        cr_expect_eq(found, q < 3, "“%s”: an address or a phone number finds nobody", queries[q]);
    }
}

Test(protected, address_and_phone_are_nowhere, .timeout = 60)
{
    Care c;
    gboolean list = FALSE, header = FALSE, overview = FALSE;
    guint lines = 0;
    care_begin(&c);
    const FhirResource *p = patient_ctx_patient(c.chart);
    cr_expect(chart_patient_protected(p));
    g_autofree char *name = chart_patient_banner_name(p), *short_name = chart_patient_list_name(p),
                    *words = chart_patient_words(p);
    look("the banner", name);
    look("the list name", short_name);
    look("the words for finding", words);
    worklist_watch(c.doctor.client, c.doctor.scope, "org-medavd3", on_worklist, &list);
    chart_header_watch(c.doctor.client, c.doctor.scope, c.chart, on_header, &header);
    overview_watch(c.doctor.client, c.doctor.scope, c.chart, on_overview, &overview);
    cr_expect(loop_until(&list) && loop_until(&header) && loop_until(&overview));
    look_at_hits(&c);
    log_event(LOG_INFO, "test", "the ring is read");
    log_each(look_in_log, &lines);
    cr_expect_gt(lines, 0);
    care_end(&c);
}

static void on_refused(const ClientWriteResult *result, const GError *error, gpointer data)
{
    cr_expect(!result || !result->all_confirmed);
    cr_assert_not_null(error);
    look("an error", error->message);
    const GPtrArray *issues = client_error_issues(error);
    for (guint i = 0; issues && i < issues->len; i++)
        look("an issue", ((FhirIssue *)issues->pdata[i])->text);
    *(gboolean *)data = TRUE;
}

/* A core's refusal quotes the element, not what stood in it; so do our own. */
Test(protected, an_error_does_not_quote_them, .timeout = 60)
{
    Care c;
    gboolean done = FALSE;
    guint lines = 0;
    care_begin(&c);
    g_autoptr(FhirEdit) edit = fhir_edit_new(patient_ctx_patient(c.chart));
    fhir_edit_set(edit, "address", "[{\"line\":\"Gömstigen 7\",\"city\":[\"Dolda Byn\"]}]");
    g_autoptr(GError) error = NULL;
    g_autoptr(FhirResource) wrong = fhir_edit_finish(edit, &error);
    look("our own error", error ? error->message : NULL);
    if (wrong) {
        client_write(c.doctor.client, c.doctor.scope, c.chart, &(ClientWrite){.kind = CLIENT_UPDATE, .resource = wrong}, 1,
                     on_refused, &done);
        cr_expect(loop_until(&done));
    }
    log_each(look_in_log, &lines);
    care_end(&c);
}
