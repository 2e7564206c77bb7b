/* SPDX-License-Identifier: GPL-3.0-or-later
 * The lists of rond show: the same loaders as the screen's, printed as rows. */
#include <glib/gi18n.h>
#include <string.h>

#include "base/clock.h"
#include "chart/code-words.h"
#include "chart/feed.h"
#include "chart/header.h"
#include "chart/medication.h"
#include "chart/note.h"
#include "chart/patient.h"
#include "chart/vitals.h"
#include "chart/worklist.h"
#include "main/show.h"

/* ---- the worklist ---- */

static void say_worklist(Show *show, const Worklist *list)
{
    const char *unit = show_who(show)->unit_name;
    show_say(show, list->is_ward ? ngettext("%s, %u patient", "%s, %u patients", list->rows->len)
                                 : ngettext("%s, %u booking today", "%s, %u bookings today", list->rows->len),
             unit ? unit : "–", list->rows->len);
    if (list->unknown)
        show_not_known(show, list->unknown_why ? _(list->unknown_why) : _("The answer may be incomplete."));
    if (list->details_unknown)
        show_not_known(show, _("warnings, values or notes of some patients; “?” stands in their rows"));
}

static void on_worklist(const Worklist *list, const GError *error, gpointer data)
{
    Show *show = data;
    if (error) {
        show_not_known(show, _(error->message));
        show_done(show);
        return;
    }
    if (list->cached || !list->complete || !list->details_complete)
        return;
    say_worklist(show, list);
    for (guint i = 0; i < list->rows->len; i++) {
        const WorklistRow *r = list->rows->pdata[i];
        show_row(show, r->place, r->name, r->number ? r->number : "", r->age ? r->age : "", r->marks ? r->marks : "",
                 r->news2 ? r->news2 : "", r->todo ? r->todo : "", NULL);
    }
    show_done(show);
}

static void run_worklist(Show *show, PatientCtx *patient)
{
    const Who *who = show_who(show);
    (void)patient;
    if (who->unit) {
        worklist_watch(show_client(show), show_scope(show), who->unit, on_worklist, show);
        return;
    }
    show_not_known(show, _("the unit of this assignment"));
    show_done(show);
}

/* ---- one patient ---- */

typedef struct {
    Show *show;
    PatientCtx *patient;
} Banner;

static void banner_free(gpointer p)
{
    Banner *b = p;
    patient_ctx_unref(b->patient);
    g_free(b);
}

static void say_who(Show *show, PatientCtx *patient)
{
    const FhirResource *p = patient_ctx_patient(patient);
    CivilDate today = civil_date_at(clock_clinical_us());
    g_autofree char *name = chart_patient_banner_name(p), *number = chart_patient_number(p);
    g_autofree char *sex_age = chart_patient_sex_age(p, today, _("language-code"));
    show_row(show, _("Name"), name, NULL);
    show_row(show, _("Number"), number ? number : _("not known"), NULL);
    show_row(show, _("Sex, age"), sex_age, NULL);
    if (chart_patient_protected(p))
        show_row(show, _("Alert"), _("PROTECTED IDENTITY"), NULL);
}

static void on_header(const ChartHeader *h, gpointer data)
{
    Banner *b = data;
    if (!h->settled)
        return;
    say_who(b->show, b->patient);
    for (guint i = 0; i < h->flags->len; i++) {
        const char *mark = h->flags->pdata[i], *words = strstr(mark, "] ");
        show_row(b->show, _("Alert"), words ? words + 2 : mark, NULL);
    }
    if (h->is_unknown)
        show_doubt(b->show, h->unknown);
    else if (h->unknown)
        show_row(b->show, _("Alert"), h->unknown, NULL);
    if (h->place)
        show_row(b->show, _("Bed"), h->place, NULL);
    if (h->more)
        show_row(b->show, _("More"), h->more, NULL);
    show_done(b->show);
}

static void run_patient(Show *show, PatientCtx *patient)
{
    Banner *b = g_new0(Banner, 1);
    b->show = show;
    b->patient = patient_ctx_ref(patient);
    scope_add(show_scope(show), banner_free, b);
    chart_header_watch(show_client(show), show_scope(show), patient, on_header, b);
}

/* ---- lists of one patient ---- */

typedef void (*RowFn)(Show *show, const FhirResource *r, Instant now);

static const char *medicine_state(MedState state)
{
    static const char *const words[] = {
        [MED_ACTIVE] = N_("current"), [MED_FUTURE] = N_("later"), [MED_ON_HOLD] = N_("ON HOLD"),
        [MED_NOT_TO_BE_GIVEN] = N_("NOT TO BE GIVEN"), [MED_UNKNOWN] = N_("STATE NOT KNOWN"),
    };
    return state < G_N_ELEMENTS(words) && words[state] ? _(words[state]) : NULL;
}

static void medicine_row(Show *show, const FhirResource *r, Instant now)
{
    g_autoptr(MedicationRow) m = medication_row(r, NULL, now);
    const char *state = m ? medicine_state(m->state) : NULL;
    if (!state)
        return;
    g_autofree char *since = m->since == INSTANT_NONE ? g_strdup("") : instant_to_minute(m->since);
    g_autofree char *until = m->until == INSTANT_NONE ? g_strdup("") : instant_to_minute(m->until);
    show_row(show, m->name, m->form, m->strength, m->dosage ? m->dosage : "", m->reason ? m->reason : "", state, since,
             until, NULL);
}

static void value_rows(Show *show, const FhirResource *r, Instant now)
{
    g_autoptr(GPtrArray) values = vitals_of(r);
    (void)now;
    for (guint i = 0; i < values->len; i++) {
        const Measurement *m = values->pdata[i];
        g_autofree char *at = m->at == INSTANT_NONE ? g_strdup("") : instant_to_minute(m->at);
        if (!m->component)
            show_row(show, at, m->name, m->value, m->unit, m->interpretation, m->reference ? m->reference : "", NULL);
    }
}

static void note_row(Show *show, const FhirResource *r, Instant now)
{
    NoteReading *n = note_read(r);
    g_autofree char *at = n->date == INSTANT_NONE ? g_strdup("") : instant_to_minute(n->date);
    g_auto(GStrv) lines = g_strsplit(n->text, "\n", -1);
    g_autofree char *text = g_strjoinv(" / ", lines);
    (void)now;
    show_row(show, at, n->title ? n->title : "", n->author ? n->author : "", n->unit ? n->unit : "",
             n->state ? n->state : "", text, NULL);
    note_reading_free(n);
}

static void booking_row(Show *show, const FhirResource *r, Instant now)
{
    FhirNode root = fhir_root(r);
    FhirTime start;
    (void)now;
    if (fhir_is(root, "status", "entered-in-error"))
        return;
    g_autofree char *at = fhir_time(root, "start", &start) ? instant_to_minute(start.instant) : g_strdup("");
    g_autofree char *what = fhir_concept_text(root, "serviceType[0]"), *why = fhir_string(root, "description");
    g_autofree char *status = fhir_string(root, "status"), *state = code_words("Appointment", status, "");
    show_row(show, at, what ? what : "", why ? why : "", state, NULL);
}

static const struct {
    FeedKind kind;
    const char *title; /* N_() */
    RowFn row;
} feeds[] = {
    {FEED_MEDICATIONS, N_("Medicines"), medicine_row}, {FEED_VITALS, N_("Vital signs"), value_rows},
    {FEED_LABS, N_("Results"), value_rows},            {FEED_NOTES, N_("Notes"), note_row},
    {FEED_BOOKINGS_AHEAD, N_("Bookings"), booking_row},
};

typedef struct {
    Show *show;
    PatientCtx *patient;
    gsize what;
    gboolean told;
} List;

static void list_free(gpointer p)
{
    List *l = p;
    patient_ctx_unref(l->patient);
    g_free(l);
}

static void say_list(const List *l, const FeedState *state)
{
    const FhirResource *p = patient_ctx_patient(l->patient);
    g_autofree char *name = chart_patient_list_name(p), *number = chart_patient_number(p);
    show_say(l->show, "%s, %s", name, number ? number : _("not known"));
    if (state->unknown)
        show_not_known(l->show, state->unknown);
    else if (state->beyond)
        show_say(l->show, _("%s: the first %u rows; there are more"), _(feeds[l->what].title), show_rows(l->show));
    else
        show_say(l->show, ngettext("%s: %u row", "%s: %u rows", show_rows(l->show)), _(feeds[l->what].title),
                 show_rows(l->show));
    g_autofree char *reach = feed_reach(state);
    if (reach)
        show_say(l->show, "%s", reach);
}

static void on_feed(Feed *feed, gpointer data)
{
    List *l = data;
    const FeedState *state = feed_state(feed);
    Instant now = clock_clinical_us();
    if (l->told || !state->answered || state->cached)
        return;
    l->told = TRUE;
    for (guint i = 0; i < state->items->len; i++)
        feeds[l->what].row(l->show, state->items->pdata[i], now);
    say_list(l, state);
    show_done(l->show);
}

static void run_feed(Show *show, PatientCtx *patient, FeedKind kind)
{
    List *l = g_new0(List, 1);
    l->show = show;
    l->patient = patient_ctx_ref(patient);
    while (feeds[l->what].kind != kind)
        l->what++;
    scope_add(show_scope(show), list_free, l);
    feed_watch(show_client(show), show_scope(show), patient, kind, on_feed, l);
}

static void run_medicines(Show *show, PatientCtx *patient)
{
    run_feed(show, patient, FEED_MEDICATIONS);
}

static void run_vitals(Show *show, PatientCtx *patient)
{
    run_feed(show, patient, FEED_VITALS);
}

static void run_results(Show *show, PatientCtx *patient)
{
    run_feed(show, patient, FEED_LABS);
}

static void run_notes(Show *show, PatientCtx *patient)
{
    run_feed(show, patient, FEED_NOTES);
}

static void run_bookings(Show *show, PatientCtx *patient)
{
    run_feed(show, patient, FEED_BOOKINGS_AHEAD);
}

const ShowList show_table[] = {
    {"lista", "list", FALSE, N_("the unit's patients or today's bookings"),
     N_("Place\tName\tNumber\tAge\tWarnings\tNEWS2\tTo do"), run_worklist},
    {"patient", "banner", TRUE, N_("who the patient is, and alerts in words"), NULL, run_patient},
    {"läkemedel", "medicines", TRUE, N_("current and coming medicines"),
     N_("Medicine\tForm\tStrength\tDosage\tReason\tState\tFrom\tUntil"), run_medicines},
    {"mätvärden", "vitals", TRUE, N_("measurements, newest first"),
     N_("Time\tWhat\tValue\tUnit\tFlag\tReference"), run_vitals},
    {"prov", "results", TRUE, N_("laboratory values, newest first"),
     N_("Time\tWhat\tValue\tUnit\tFlag\tReference"), run_results},
    {"anteckningar", "notes", TRUE, N_("notes, newest first"),
     N_("Time\tTitle\tAuthor\tUnit\tState\tText"), run_notes},
    {"tider", "bookings", TRUE, N_("coming bookings"), N_("Time\tWhat\tWhy\tState"), run_bookings},
    {NULL, NULL, FALSE, NULL, NULL, NULL},
};
