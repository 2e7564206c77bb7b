/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/paper-parts.h"

#include <glib/gi18n.h>
#include <string.h>

#include "chart/med-list.h"
#include "chart/note.h"
#include "chart/news2-order.h"
#include "chart/observation.h"
#include "chart/problem.h"

/* What must be seen: in its own words, and on every page of a paper with several. */
static const struct {
    const char *alone, *among; /* N_(); NULL: nothing */
} marks[NOTE_STATES] = {
    [NOTE_DRAFT] = {N_("DRAFT – UNSIGNED"), N_("HOLDS UNSIGNED NOTES")},
    [NOTE_DICTATED] = {N_("DRAFT – UNSIGNED"), N_("HOLDS UNSIGNED NOTES")},
    [NOTE_TRANSCRIBED] = {N_("DRAFT – UNSIGNED"), N_("HOLDS UNSIGNED NOTES")},
    [NOTE_UNSIGNED] = {N_("DRAFT – UNSIGNED"), N_("HOLDS UNSIGNED NOTES")},
    [NOTE_REPLACED] = {N_("REPLACED BY A LATER VERSION"), N_("HOLDS REPLACED NOTES")},
    [NOTE_STRUCK] = {N_("STRUCK"), N_("HOLDS STRUCK NOTES")},
    [NOTE_UNSTATED] = {N_("SIGNING NOT STATED"), N_("HOLDS NOTES WHOSE SIGNING IS NOT STATED")},
};

/* What was signed is replaced by nothing but a correction. */
static const char *mark_of(const FhirResource *d, NoteState life)
{
    FhirNode root = fhir_root(d);
    if (life == NOTE_REPLACED && (fhir_is(root, "docStatus", "final") || fhir_is(root, "docStatus", "amended")))
        return _("REPLACED BY A CORRECTION");
    return marks[life].alone ? _(marks[life].alone) : NULL;
}

const char *paper_note_words(const FhirResource *d, NoteState life)
{
    return life == NOTE_REPLACED || life == NOTE_STRUCK ? mark_of(d, life) : note_state_word(life);
}

static void add_hands(Paper *p, const NoteReading *n)
{
    paper_addf(p, PRINT_FACT, _("Author: %s%s%s"), n->author ? n->author : _("author not stated"), n->unit ? " · " : "",
               n->unit ? n->unit : "");
    if (n->helpers)
        paper_addf(p, PRINT_FACT, _("With: %s"), n->helpers);
    if (n->is_signed || n->signer) /* also what was signed and is struck or replaced now */
        paper_addf(p, PRINT_FACT, _("Signed by: %s"), n->signer ? n->signer : _("name not stated"));
    if (n->countersigner) {
        g_autofree char *at = n->countersigned != INSTANT_NONE ? instant_to_minute(n->countersigned) : g_strdup("");
        paper_addf(p, PRINT_FACT, _("Countersigned by: %s %s"), n->countersigner, at);
    }
}

static void add_words(Paper *p, const FhirResource *d, const NoteReading *n)
{
    if (fhir_has_modifier(d))
        paper_addf(p, PRINT_NOTICE, _("[CANNOT BE SHOWN SAFELY] %s"), _("The core has set a mark on this note that rond does not know"));
    paper_add(p, PRINT_GAP, "");
    paper_add(p, PRINT_TEXT, n->text);
    if (n->others)
        paper_addf(p, PRINT_NOTICE, ngettext("[%u attachment is not shown]", "[%u attachments are not shown]", n->others), n->others);
}

/* @base: that it was added to a struck note, in words; NULL: it was not. Under the heading, which no page ends with. */
static void add_note(Paper *p, const FhirResource *d, const NoteReading *n, NoteState life, const char *lead, const char *base)
{
    const char *mark = mark_of(d, life), *state = paper_note_words(d, life);
    g_autofree char *written = n->date != INSTANT_NONE ? instant_to_minute(n->date) : g_strdup(_("time not stated"));
    g_autofree char *event = n->event != INSTANT_NONE ? instant_to_minute(n->event) : g_strdup(_("not stated"));
    g_autofree char *version = note_version_words(d);
    paper_addf(p, PRINT_HEADING, "%s%s · %s · %s", lead, n->title, written, state);
    if (mark)
        paper_addf(p, PRINT_RUNNING, "%s: %s%s · %s%s%s", mark, lead, n->title, written, base ? " · " : "", base ? base : "");
    else if (base)
        paper_add(p, PRINT_RUNNING, base);
    if (base)
        paper_add(p, PRINT_NOTICE, base);
    add_hands(p, n);
    paper_addf(p, PRINT_FACT, _("Happened: %s · %s"), event, version);
    if (n->why)
        paper_addf(p, PRINT_NOTICE, "%s: %s", state, n->why);
    if (life == NOTE_STRUCK && !n->struck)
        paper_addf(p, PRINT_NOTICE, "%s: %s", state, _("with the later version of it"));
    add_words(p, d, n);
    if (mark || base)
        paper_add(p, PRINT_RUNNING, "");
    paper_add(p, PRINT_GAP, "");
}

static void note_withheld(Paper *p, const NoteReading *n)
{
    if (n->others)
        paper_withheld(p, ngettext("%u attachment of “%s”", "%u attachments of “%s”", n->others), n->others, n->title);
    if (n->not_text)
        paper_withheld(p, _("“%s”, which is no text: %s"), n->title, n->text);
}

static void paper_one(Paper *p, const FhirResource *d, NoteState life, gboolean alone, const char *lead, const char *base)
{
    if (!paper_takes(p, d))
        return;
    NoteReading *n = note_read(d);
    const char *mark = alone ? mark_of(d, life) : marks[life].among ? _(marks[life].among) : NULL;
    if (mark)
        paper_mark(p, mark);
    note_withheld(p, n);
    add_note(p, d, n, life, lead, base);
    note_reading_free(n);
}

void paper_note(Paper *p, const FhirResource *d, NoteState life, gboolean alone, const char *base)
{
    paper_one(p, d, life, alone, "", base);
}

void paper_addition(Paper *p, const FhirResource *d, NoteState life)
{
    paper_one(p, d, life, FALSE, _("Added: "), NULL);
}

/* ---- lists ---- */

void paper_doubt(Paper *p, const char *about, const FeedState *s)
{
    g_autofree char *doubt = feed_doubt(s);
    if (doubt)
        paper_withheld(p, "%s: %s", about, doubt);
    if (s->beyond > 0)
        paper_withheld(p, ngettext("%s: %d more that was not fetched", "%s: %d more that were not fetched", s->beyond), about, s->beyond);
    else if (s->beyond < 0 || s->more)
        paper_withheld(p, _("%s: more that were not fetched; how many is not known"), about);
}

static void say_rows_left(Paper *p, const char *about, guint had, guint rows)
{
    if (had > rows)
        paper_withheld(p, ngettext("%s: %u entry that is struck or cannot be read", "%s: %u entries that are struck or cannot be read",
                                   had - rows), about, had - rows);
}

/* "None" is said only where it is known. */
static void say_empty(Paper *p, guint rows, gboolean known, const char *none)
{
    if (!rows)
        paper_add(p, known ? PRINT_TEXT : PRINT_NOTICE, known ? none : _("NOT KNOWN"));
}

static gboolean is_known(const FeedState *s)
{
    return s->known == KNOWN_WHOLE && !s->skipped;
}

static void add_row(Paper *p, const FhirResource *source, const char *const *cells, guint n)
{
    g_autoptr(GString) line = g_string_new("• ");
    if (source && fhir_has_modifier(source))
        g_string_append_printf(line, _("[CANNOT BE SHOWN SAFELY] %s"), "");
    gboolean any = FALSE;
    for (guint i = 0; i < n; i++) {
        if (!cells[i] || !*cells[i])
            continue;
        g_string_append_printf(line, "%s%s", any ? " · " : "", cells[i]);
        any = TRUE;
    }
    paper_add(p, PRINT_TEXT, line->str);
}

static void add_problems(Paper *p, const GPtrArray *rows)
{
    for (guint i = 0; i < rows->len; i++) {
        const ProblemRow *r = rows->pdata[i];
        const char *const cells[] = {r->text, r->code, r->severity, r->kind, r->state, r->since_long, r->author};
        if (paper_takes(p, r->source))
            add_row(p, r->source, cells, G_N_ELEMENTS(cells));
    }
}

void paper_alerts(Paper *p, const FeedState *allergies, const FeedState *flags)
{
    g_autoptr(GPtrArray) rows = alert_rows(allergies->items, flags->items, paper_now(p));
    paper_add(p, PRINT_HEADING, _("Hypersensitivity and alerts"));
    paper_doubt(p, _("Hypersensitivity"), allergies);
    paper_doubt(p, _("Alerts"), flags);
    say_rows_left(p, _("Hypersensitivity and alerts"), allergies->items->len + flags->items->len, rows->len);
    add_problems(p, rows);
    say_empty(p, rows->len, is_known(allergies) && is_known(flags), _("No hypersensitivity and no alerts recorded in the core"));
    paper_add(p, PRINT_GAP, "");
}

void paper_problems(Paper *p, const FeedState *s)
{
    g_autoptr(GPtrArray) rows = problem_rows(s->items, paper_now(p));
    paper_add(p, PRINT_HEADING, _("Diagnoses"));
    paper_doubt(p, _("Diagnoses"), s);
    say_rows_left(p, _("Diagnoses"), s->items->len, rows->len);
    add_problems(p, rows);
    say_empty(p, rows->len, is_known(s), _("No diagnoses recorded in the core"));
    paper_add(p, PRINT_GAP, "");
}

static char *since_words(Instant from)
{
    g_autofree char *day = civil_date_to_text(civil_date_at(from));
    return g_strdup_printf(_("since %s"), day);
}

void paper_medicines(Paper *p, const FeedState *s, const DrugList *drugs)
{
    g_autoptr(GPtrArray) none = g_ptr_array_new();
    g_autoptr(GPtrArray) rows = med_lines(s->items, none, drugs, paper_now(p));
    guint counted = 0;
    paper_add(p, PRINT_HEADING, _("Current medicines"));
    paper_doubt(p, _("Medicines"), s);
    for (guint i = 0; i < rows->len; i++) {
        const MedLine *l = rows->pdata[i];
        g_autofree char *since = l->from != INSTANT_NONE ? since_words(l->from) : g_strdup(l->since);
        const char *const cells[] = {l->name, l->dosage, l->state, since, l->reason, l->by};
        if (!med_state_counts(l->status) || !paper_takes(p, l->source))
            continue;
        counted++;
        add_row(p, l->source, cells, G_N_ELEMENTS(cells));
    }
    say_rows_left(p, _("Medicines"), s->items->len, rows->len);
    paper_withheld(p, "%s", _("Medicines that are stopped or ended"));
    say_empty(p, counted, is_known(s), _("No medicines in the core for this patient"));
    paper_add(p, PRINT_GAP, "");
}

/* The time in full: on paper "06:47" is of no day. */
static char *time_words(Instant t)
{
    return t != INSTANT_NONE ? instant_to_minute(t) : g_strdup(_("time not stated"));
}

static void add_latest(Paper *p, const ObservationRow *row)
{
    const Measurement *m = observation_latest(row);
    if (!paper_takes(p, m->source))
        return;
    g_autofree char *value = g_strdup_printf("%s %s", m->value, m->unit), *when = time_words(m->at);
    g_autofree char *reference = m->reference ? g_strdup_printf(_("reference %s"), m->reference) : NULL;
    const char *const cells[] = {row->name, g_strchomp(value), m->interpretation, when, reference};
    add_row(p, m->source, cells, G_N_ELEMENTS(cells));
}

static void add_values(Paper *p, const char *heading, const FeedState *s)
{
    g_autoptr(ObservationTable) table = observation_table(s->items);
    guint unread = 0;
    paper_doubt(p, heading, s);
    for (guint i = 0; i < s->items->len; i++) {
        g_autoptr(GPtrArray) values = vitals_of(s->items->pdata[i]);
        unread += values->len == 0;
    }
    say_rows_left(p, heading, unread, 0);
    for (guint i = 0; i < table->rows->len; i++)
        add_latest(p, table->rows->pdata[i]);
    paper_withheld(p, _("%s: all but the newest of each"), heading);
    say_empty(p, table->rows->len, is_known(s), _("Nothing recorded"));
    paper_add(p, PRINT_GAP, "");
}

static void add_news2(Paper *p, const FhirResource *patient, const FeedState *s, const FeedState *flags)
{
    g_autoptr(News2Orders) orders = news2_orders_of(flags);
    News2 newest, n = news2_latest(patient, s->items, orders, paper_now(p), &newest);
    g_autofree char *scale = news2_scale_words(orders, n.measured);
    g_autofree char *missing = observation_news2_missing(&n), *when = time_words(n.measured);
    if (n.measured == INSTANT_NONE)
        return;
    if (missing)
        paper_addf(p, PRINT_TEXT, "• NEWS2 · %s · %s", missing, when);
    else
        paper_addf(p, PRINT_TEXT, "• NEWS2 · %d · %s · %s · %s", n.total, news2_risk_name(n.risk), scale, when);
}

void paper_vitals(Paper *p, const FhirResource *patient, const FeedState *s, const FeedState *flags)
{
    paper_add(p, PRINT_HEADING, _("Vital signs"));
    add_news2(p, patient, s, flags);
    add_values(p, _("Vital signs"), s);
}

void paper_results(Paper *p, const FeedState *s)
{
    paper_add(p, PRINT_HEADING, _("Results"));
    add_values(p, _("Results"), s);
}
