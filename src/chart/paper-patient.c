/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/paper-patient.h"

#include <glib/gi18n.h>

#include "chart/bookings.h"
#include "chart/med-change.h"
#include "chart/med-story.h"
#include "chart/paper-parts.h"
#include "chart/problem.h"

static gboolean is_whole(const FeedState *s)
{
    return s->known == KNOWN_WHOLE && !s->skipped;
}

/* ---- the own list ---- */

static void add_medicine(Paper *p, const StoryRow *r)
{
    const char *news = r->kind == STORY_BEGUN ? _("NEW") : r->kind == STORY_CHANGED ? _("CHANGED") : NULL;
    g_autofree char *until = r->until != INSTANT_NONE ? civil_date_to_text(civil_date_at(r->until - 1)) : NULL;
    paper_addf(p, PRINT_TEXT, "• %s%s%s", r->name, news ? " – " : "", news ? news : "");
    paper_addf(p, PRINT_TEXT, r->raw ? _("  How: %s [as it was sent: ask if it is not clear]") : _("  How: %s"), r->dosage);
    if (r->later) {
        g_autofree char *from = civil_date_to_text(civil_date_at(r->since));
        paper_addf(p, PRINT_TEXT, _("  NOT YET: from and including %s"), from);
    }
    if (r->was)
        paper_addf(p, PRINT_TEXT, _("  Before: %s"), r->was);
    if (r->reason)
        paper_addf(p, PRINT_TEXT, _("  What for: %s"), r->reason);
    if (until)
        paper_addf(p, PRINT_TEXT, _("  To and including %s"), until);
    else
        paper_add(p, PRINT_TEXT, _("  Until further notice"));
}

static void add_ended(Paper *p, const StoryRow *r)
{
    if (r->why)
        paper_addf(p, PRINT_TEXT, "• %s – %s", r->name, r->why);
    else
        paper_addf(p, PRINT_TEXT, "• %s", r->name);
    g_autofree char *pause = r->kind == STORY_PAUSED ? med_paused_until(r->source) : NULL;
    if (pause)
        paper_addf(p, PRINT_TEXT, _("  To and including %s"), pause);
}

/* The headings of what is taken, paused and no longer taken; each with the kinds that stand under it. */
static const struct {
    const char *heading; /* N_() */
    guint kinds;         /* bits of StoryKind */
    void (*add)(Paper *p, const StoryRow *r);
} groups[] = {
    {N_("Take these medicines"), 1u << STORY_BEGUN | 1u << STORY_CHANGED | 1u << STORY_KEPT, add_medicine},
    {N_("Make a pause with these"), 1u << STORY_PAUSED, add_ended},
    {N_("Do not take these any longer"), 1u << STORY_STOPPED, add_ended},
};

static guint add_group(Paper *p, gsize group, const GPtrArray *rows)
{
    guint n = 0;
    for (guint i = 0; i < rows->len; i++) {
        const StoryRow *r = rows->pdata[i];
        if (!(groups[group].kinds & 1u << r->kind) || r->inpatient || !paper_takes(p, r->source))
            continue;
        if (!n++)
            paper_add(p, PRINT_FACT, _(groups[group].heading));
        groups[group].add(p, r);
    }
    return n;
}

/* On a list to follow at home a medicine that is missing is as dangerous as one too many: all of it or nothing. */
static GPtrArray *sure_rows(Paper *p, const FeedState *current, const FeedState *ended, const FeedState *visits, const DrugList *drugs)
{
    g_autofree char *unsure = NULL;
    if (!is_whole(current) || !is_whole(ended) || !is_whole(visits)) {
        paper_add(p, PRINT_NOTICE, _("The list could not be made: not all of the medicines are known. Do not go by this paper."));
        return NULL;
    }
    GPtrArray *rows = med_story(current->items, ended->items, drugs, med_story_admitted(visits->items), paper_now(p), &unsure);
    if (!rows)
        paper_addf(p, PRINT_NOTICE, _("The list could not be made: it is not sure whether %s is taken. Do not go by this paper."), unsure);
    return rows;
}

void paper_own_medicines(Paper *p, const FeedState *current, const FeedState *ended, const FeedState *visits, const DrugList *drugs)
{
    paper_add(p, PRINT_HEADING, _("Your list of medicines"));
    paper_doubt(p, _("Medicines"), current);
    paper_doubt(p, _("Medicines that are stopped or ended"), ended);
    g_autoptr(GPtrArray) rows = sure_rows(p, current, ended, visits, drugs);
    guint n = 0, ward = rows ? med_story_dangling(rows) : 0;
    for (gsize i = 0; rows && i < G_N_ELEMENTS(groups); i++)
        n += add_group(p, i, rows);
    if (rows && !n)
        paper_add(p, PRINT_TEXT, _("No medicines to take at home"));
    if (ward) {
        paper_addf(p, PRINT_NOTICE, ngettext("%u medicine is ordered for the ward and not for home: it is not on this list",
                                             "%u medicines are ordered for the ward and not for home: they are not on this list", ward), ward);
        paper_mark(p, _("ORDERS OF THE WARD ARE NOT ENDED"));
    }
    paper_add(p, PRINT_GAP, "");
}

/* ---- prescriptions ---- */

void paper_prescriptions(Paper *p, const FeedState *current, const DrugList *drugs)
{
    guint n = 0;
    paper_add(p, PRINT_HEADING, _("Prescriptions at the pharmacy"));
    paper_doubt(p, _("Medicines"), current);
    for (guint i = 0; i < current->items->len; i++) {
        const FhirResource *r = current->items->pdata[i];
        g_autoptr(MedicationRow) m = medication_row(r, drugs, paper_now(p));
        if (!m || !m->supply || m->state != MED_ACTIVE || !paper_takes(p, r))
            continue;
        n++;
        g_autofree char *by = fhir_string(fhir_root(r), "requester.display");
        paper_addf(p, PRINT_TEXT, "• %s %s %s", m->name, m->form, m->strength);
        paper_addf(p, PRINT_TEXT, "  %s · %s", m->supply, m->dosage);
        if (by)
            paper_addf(p, PRINT_TEXT, _("  Prescribed by %s"), by);
    }
    if (!n)
        paper_add(p, is_whole(current) ? PRINT_TEXT : PRINT_NOTICE, is_whole(current) ? _("No prescription") : _("It is not known which there are"));
    paper_add(p, PRINT_GAP, "");
}

/* ---- information at discharge ---- */

static void add_diagnoses(Paper *p, const FeedState *problems)
{
    g_autoptr(GPtrArray) rows = problem_rows(problems->items, paper_now(p));
    guint n = 0;
    for (guint i = 0; i < rows->len; i++) {
        const ProblemRow *r = rows->pdata[i];
        if (!r->active || fhir_has_modifier(r->source) || !paper_takes(p, r->source))
            continue;
        if (!n++)
            paper_add(p, PRINT_FACT, _("Your diagnoses"));
        paper_addf(p, PRINT_TEXT, "• %s", r->text);
    }
}

static void add_bookings(Paper *p, const FeedState *bookings)
{
    g_autoptr(GPtrArray) rows = booking_rows(bookings->items, paper_now(p));
    guint n = 0;
    paper_add(p, PRINT_FACT, _("What is booked"));
    for (guint i = 0; i < rows->len; i++) {
        const BookingRow *r = rows->pdata[i];
        if (!r->ahead || r->off || !paper_takes(p, r->source))
            continue;
        n++;
        g_autofree char *when = instant_to_minute(r->start);
        paper_addf(p, PRINT_TEXT, "• %s · %s", when, r->what);
    }
    if (!n)
        paper_add(p, is_whole(bookings) ? PRINT_TEXT : PRINT_NOTICE, is_whole(bookings) ? _("Nothing is booked") : _("It is not known what is booked"));
}

void paper_discharge(Paper *p, const FeedState *visits, const FeedState *problems, const FeedState *bookings)
{
    Instant since = med_story_admitted(visits->items);
    g_autofree char *day = since != INSTANT_NONE ? civil_date_to_text(civil_date_at(since)) : NULL;
    paper_add(p, PRINT_HEADING, _("Information when you leave the hospital"));
    paper_doubt(p, _("Diagnoses"), problems);
    paper_doubt(p, _("Bookings"), bookings);
    if (day)
        paper_addf(p, PRINT_TEXT, _("You came to the hospital on %s."), day);
    add_diagnoses(p, problems);
    add_bookings(p, bookings);
    paper_add(p, PRINT_TEXT, _("Ask the unit at the foot of this page if anything is unclear."));
    paper_add(p, PRINT_GAP, "");
}
