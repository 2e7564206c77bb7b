/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/paper-gather.h"

#include <glib/gi18n.h>
#include <string.h>

#include "chart/note-timeline.h"
#include "chart/order-data.h"
#include "chart/paper-parts.h"
#include "chart/paper-patient.h"

typedef struct {
    PatientCtx *patient;
    const PaperChoice *choice;
    const PaperMaker *by;
    Feed *feeds[FEED_KINDS];
    NoteTimeline *timeline;
    guint idle;
    gboolean told;
    PaperFn fn;
    gpointer data;
} Gathering;

static const struct {
    const char *words; /* N_() */
    FeedKind feeds[3];
    guint n_feeds; /* 0: the timeline of notes */
} parts[PAPER_PARTS] = {
    [PAPER_ALERTS] = {N_("Hypersensitivity, alerts"), {FEED_ALLERGIES, FEED_FLAGS}, 2},
    [PAPER_PROBLEMS] = {N_("Diagnoses"), {FEED_PROBLEMS}, 1},
    [PAPER_MEDICINES] = {N_("Current medicines"), {FEED_MEDICATIONS}, 1},
    [PAPER_VITALS] = {N_("Vital signs"), {FEED_VITALS, FEED_FLAGS}, 2},
    [PAPER_RESULTS] = {N_("Results"), {FEED_LABS}, 1},
    [PAPER_NOTES] = {N_("Notes"), {0}, 0},
    [PAPER_OWN_LIST] = {N_("The patient's own list of medicines"), {FEED_MEDICATIONS, FEED_MEDICATIONS_DONE, FEED_VISITS}, 3},
    [PAPER_PRESCRIPTIONS] = {N_("Prescriptions"), {FEED_MEDICATIONS}, 1},
    [PAPER_DISCHARGE] = {N_("Information at discharge"), {FEED_VISITS, FEED_PROBLEMS, FEED_BOOKINGS_AHEAD}, 3},
};

const char *paper_part_words(PaperPart part)
{
    return _(parts[part].words);
}

void paper_choice_clear(PaperChoice *c)
{
    g_strfreev(c->notes);
    g_free(c->words);
    *c = (PaperChoice){0};
}

/* ---- notes ---- */

static const NoteRow *row_of(const GPtrArray *rows, const char *id)
{
    for (guint i = 0; i < rows->len; i++)
        if (strcmp(((NoteRow *)rows->pdata[i])->id, id) == 0)
            return rows->pdata[i];
    return NULL;
}

/* The note's own id and those of its earlier versions. */
static GPtrArray *versions_of(const GPtrArray *rows, const NoteRow *row)
{
    GPtrArray *ids = g_ptr_array_new_with_free_func(g_free);
    while (row && !g_ptr_array_find_with_equal_func(ids, row->id, g_str_equal, NULL)) {
        g_ptr_array_add(ids, g_strdup(row->id));
        NoteReading *n = note_read(row->source);
        row = n->related && note_follows(row->source, n->related) ? row_of(rows, n->related) : NULL;
        note_reading_free(n);
    }
    return ids;
}

static gboolean adds_to_any(const NoteRow *r, const GPtrArray *versions)
{
    for (guint v = 0; v < versions->len; v++)
        if (note_relates(r->source, NOTE_ADDS_TO, versions->pdata[v]))
            return TRUE;
    return FALSE;
}

static void add_additions(Paper *p, const GPtrArray *rows, const NoteRow *to)
{
    g_autoptr(GPtrArray) versions = versions_of(rows, to);
    guint left = 0;
    for (guint i = rows->len; i-- > 0;) { /* the oldest first */
        const NoteRow *r = rows->pdata[i];
        gboolean gone = r->struck || r->life == NOTE_REPLACED;
        if (!adds_to_any(r, versions))
            continue;
        left += gone;
        if (!gone)
            paper_addition(p, r->source, r->life);
    }
    if (left)
        paper_withheld(p, ngettext("%u addition that is struck or replaced", "%u additions that are struck or replaced", left), left);
}

/* An addition says nothing of what it adds to; of what is struck that must be known. NULL: it is not struck. */
static char *struck_base(const GPtrArray *rows, const NoteRow *addition)
{
    g_autoptr(GString) all = g_string_new(NULL);
    for (guint i = 0; i < rows->len; i++) {
        const NoteRow *base = rows->pdata[i];
        if (!base->struck || !note_relates(addition->source, NOTE_ADDS_TO, base->id))
            continue;
        g_string_append(all, all->len ? " · " : "");
        g_string_append_printf(all, _("BELONGS TO A STRUCK NOTE: %s · %s"), base->title, paper_note_words(base->source, base->life));
    }
    return all->len ? g_string_free(g_steal_pointer(&all), FALSE) : NULL;
}

static void add_notes(const Gathering *g, Paper *p)
{
    const GPtrArray *rows = note_timeline_rows(g->timeline);
    const PaperChoice *c = g->choice;
    guint n = 0, wanted = c->notes ? g_strv_length(c->notes) : rows->len;
    if (!c->alone)
        paper_add(p, PRINT_HEADING, paper_part_words(PAPER_NOTES));
    for (guint i = 0; i < wanted; i++) {
        const NoteRow *r = c->notes ? row_of(rows, c->notes[i]) : rows->pdata[i];
        if (!r)
            continue;
        g_autofree char *base = struck_base(rows, r);
        paper_note(p, r->source, r->life, c->alone, base);
        if (c->alone)
            add_additions(p, rows, r);
        n++;
    }
    paper_doubt(p, _("Notes"), note_timeline_state(g->timeline));
    if (n < wanted)
        paper_withheld(p, ngettext("%u chosen note that is no longer among those fetched", "%u chosen notes that are no longer among those fetched",
                                   wanted - n), wanted - n);
    if (n < rows->len && !c->alone)
        paper_withheld(p, _("%u of %u notes, which were not chosen%s%s"), rows->len - n, rows->len, c->words ? ": " : "",
                       c->words ? c->words : "");
}

/* ---- the paper ---- */

/* A paper for the patient alone is called what it is. */
static char *home_title(const PaperChoice *c)
{
    g_autoptr(GString) words = g_string_new(NULL);
    for (guint i = 0; i < PAPER_PARTS; i++) {
        if (c->parts[i] && i < PAPER_OWN_LIST)
            return NULL;
        if (c->parts[i])
            g_string_append_printf(words, "%s%s", words->len ? " · " : "", _(parts[i].words));
    }
    return words->len ? g_string_free(g_steal_pointer(&words), FALSE) : NULL;
}

static char *title_of(const Gathering *g)
{
    const NoteRow *r = g->choice->alone && g->choice->notes[0] ? row_of(note_timeline_rows(g->timeline), g->choice->notes[0]) : NULL;
    char *home = r ? NULL : home_title(g->choice);
    if (home)
        return home;
    return r ? g_strdup_printf("%s · %s · %s", r->title, r->author ? r->author : _("author not stated"), paper_note_words(r->source, r->life))
             : g_strdup(_("Extract from the record"));
}

static const FeedState *state_of(const Gathering *g, FeedKind kind)
{
    return feed_state(g->feeds[kind]);
}

static void add_part(const Gathering *g, Paper *p, PaperPart part)
{
    const OrderData *data = part == PAPER_MEDICINES || part >= PAPER_OWN_LIST ? order_data(NULL) : NULL;
    const DrugList *drugs = data ? data->drugs : NULL;
    switch (part) {
    case PAPER_ALERTS:
        paper_alerts(p, state_of(g, FEED_ALLERGIES), state_of(g, FEED_FLAGS));
        break;
    case PAPER_PROBLEMS:
        paper_problems(p, state_of(g, FEED_PROBLEMS));
        break;
    case PAPER_MEDICINES:
        paper_medicines(p, state_of(g, FEED_MEDICATIONS), drugs);
        break;
    case PAPER_VITALS:
        paper_vitals(p, patient_ctx_patient(g->patient), state_of(g, FEED_VITALS), state_of(g, FEED_FLAGS));
        break;
    case PAPER_RESULTS:
        paper_results(p, state_of(g, FEED_LABS));
        break;
    case PAPER_OWN_LIST:
        paper_own_medicines(p, state_of(g, FEED_MEDICATIONS), state_of(g, FEED_MEDICATIONS_DONE), state_of(g, FEED_VISITS), drugs);
        break;
    case PAPER_PRESCRIPTIONS:
        paper_prescriptions(p, state_of(g, FEED_MEDICATIONS), drugs);
        break;
    case PAPER_DISCHARGE:
        paper_discharge(p, state_of(g, FEED_VISITS), state_of(g, FEED_PROBLEMS), state_of(g, FEED_BOOKINGS_AHEAD));
        break;
    default:
        add_notes(g, p);
        break;
    }
}

static Paper *compose(const Gathering *g)
{
    g_autofree char *title = title_of(g);
    Paper *p = paper_new(patient_ctx_patient(g->patient), title, g->by);
    g_autoptr(GString) left = g_string_new(NULL);
    for (guint i = 0; i < PAPER_PARTS; i++) {
        if (g->choice->parts[i])
            add_part(g, p, (PaperPart)i);
        else if (i < PAPER_OWN_LIST) /* what the patient takes home is no part of the record */
            g_string_append_printf(left, "%s%s", left->len ? ", " : "", _(parts[i].words));
    }
    if (left->len && !g->choice->alone)
        paper_withheld(p, _("parts that were not chosen: %s"), left->str);
    return p;
}

/* ---- waiting for the answers ---- */

static gboolean is_settled(const FeedState *s)
{
    return s->answered && (!s->under_way || s->unknown);
}

static gboolean all_settled(const Gathering *g)
{
    for (guint i = 0; i < PAPER_PARTS; i++)
        for (guint k = 0; g->choice->parts[i] && k < parts[i].n_feeds; k++) {
            const Feed *f = g->feeds[parts[i].feeds[k]];
            if (!f || !is_settled(feed_state(f)))
                return FALSE;
        }
    if (!g->choice->parts[PAPER_NOTES])
        return TRUE;
    const FeedState *notes = g->timeline ? note_timeline_state(g->timeline) : NULL;
    return notes && is_settled(notes) && note_timeline_rows(g->timeline)->len >= notes->items->len;
}

static gboolean on_idle(gpointer data)
{
    Gathering *g = data;
    g->idle = 0;
    g->told = TRUE;
    g->fn(compose(g), g->data);
    return G_SOURCE_REMOVE;
}

static void look(Gathering *g)
{
    if (!g->told && !g->idle && all_settled(g))
        g->idle = g_idle_add_full(G_PRIORITY_DEFAULT, on_idle, g, NULL);
}

static void on_feed(Feed *feed, gpointer data)
{
    Gathering *g = data;
    g->feeds[feed_state(feed)->kind] = feed;
    look(g);
}

static void on_timeline(NoteTimeline *timeline, gpointer data)
{
    Gathering *g = data;
    g->timeline = timeline;
    look(g);
}

static void gathering_end(gpointer data)
{
    Gathering *g = data;
    g_clear_handle_id(&g->idle, g_source_remove);
    patient_ctx_unref(g->patient);
    g_free(g);
}

void paper_gather(Client *client, Scope *scope, PatientCtx *patient, const PaperChoice *choice, const PaperMaker *by, PaperFn fn,
                  gpointer data)
{
    Gathering *g = g_new0(Gathering, 1);
    *g = (Gathering){.patient = patient_ctx_ref(patient), .choice = choice, .by = by, .fn = fn, .data = data};
    scope_add(scope, gathering_end, g);
    gboolean asked[FEED_KINDS] = {FALSE}; /* two parts may be made of one answer */
    for (guint i = 0; i < PAPER_PARTS; i++)
        for (guint k = 0; choice->parts[i] && k < parts[i].n_feeds; k++) {
            FeedKind kind = parts[i].feeds[k];
            if (!asked[kind])
                feed_watch(client, scope, patient, kind, on_feed, g);
            asked[kind] = TRUE;
        }
    if (choice->parts[PAPER_NOTES])
        note_timeline_watch(client, scope, patient, on_timeline, g);
    look(g);
}
