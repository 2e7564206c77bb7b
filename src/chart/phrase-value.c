/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/phrase-value.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base/text.h"
#include "chart/header.h"
#include "chart/med-story.h"
#include "chart/medication.h"
#include "chart/news2-order.h"
#include "chart/observation.h"
#include "chart/order-data.h"
#include "chart/patient.h"
#include "chart/problem.h"
#include "chart/record-words.h"

typedef struct Datum Datum;
struct Datum {
    const char *key, *label;
    FeedKind feed;
    /* NULL: none that is sure. @f NULL where nothing is asked. *ret_why may be set. */
    char *(*text)(const PhraseChart *c, const FeedState *f, char **ret_why);
    gboolean list; /* of all there are: only where that is known */
    FeedKind also[2]; /* what else it is made of, all of it known */
    guint n_also;
};

/* ---- the patient, the day, who writes ---- */

static char *say_name(const PhraseChart *c, const FeedState *f, char **ret_why)
{
    (void)f, (void)ret_why;
    return chart_patient_list_name(c->patient);
}

static char *say_number(const PhraseChart *c, const FeedState *f, char **ret_why)
{
    (void)f, (void)ret_why;
    return chart_patient_number(c->patient);
}

static char *say_age(const PhraseChart *c, const FeedState *f, char **ret_why)
{
    CivilDate birth = chart_patient_birth(c->patient), today = civil_date_at(c->now);
    int years, months, days;
    (void)f, (void)ret_why;
    if (!birth.year || civil_date_compare(birth, today) > 0)
        return NULL;
    civil_age(birth, today, &years, &months, &days);
    return years < 2 ? chart_patient_age(c->patient, today, record_language()) : record_text(RW_PHRASE_YEARS, years);
}

static char *say_today(const PhraseChart *c, const FeedState *f, char **ret_why)
{
    (void)f, (void)ret_why;
    return civil_date_to_text(civil_date_at(c->now));
}

static char *say_now(const PhraseChart *c, const FeedState *f, char **ret_why)
{
    (void)f, (void)ret_why;
    return instant_to_minute(c->now);
}

static char *say_author(const PhraseChart *c, const FeedState *f, char **ret_why)
{
    (void)f, (void)ret_why;
    return c->author ? g_strdup(c->author) : NULL;
}

/* ---- values ---- */

static char *say_news2(const PhraseChart *c, const FeedState *f, char **ret_why)
{
    g_autoptr(News2Orders) orders = news2_orders_of(c->feed(FEED_FLAGS, c->data));
    News2 n = news2_from_observations(c->patient, f->items, orders, c->now);
    if (n.status != NEWS2_COMPLETE) {
        *ret_why = observation_news2_missing(&n);
        return NULL;
    }
    g_autofree char *at = instant_to_minute(n.measured);
    gboolean two = news2_scale_at(orders, n.measured) == NEWS2_SCALE_2;
    return g_strdup_printf("NEWS2 %d%s (%s)", n.total, two ? " skala 2" : "", at);
}

/* The newest of that name, in whatever unit it was sent. */
static const Measurement *newest(const ObservationTable *t, const char *name)
{
    const Measurement *best = NULL;
    for (guint i = 0; i < t->rows->len; i++) {
        const ObservationRow *row = t->rows->pdata[i];
        const Measurement *m = observation_latest(row);
        if (strcmp(row->name, name) == 0 && (!best || m->at > best->at))
            best = m;
    }
    return best;
}

/* What was struck says nothing any more; what is only unclear does. */
static GPtrArray *not_struck(const GPtrArray *observations)
{
    GPtrArray *kept = g_ptr_array_new();
    for (guint i = 0; i < observations->len; i++)
        if (!fhir_is(fhir_root(observations->pdata[i]), "status", "entered-in-error") &&
            !fhir_is(fhir_root(observations->pdata[i]), "status", "cancelled"))
            g_ptr_array_add(kept, observations->pdata[i]);
    return kept;
}

static gboolean is_sure(const Measurement *m, const char *name, char **ret_why)
{
    if (m->at != INSTANT_NONE && m->interpretation[0] != '?' && !fhir_has_modifier(m->source))
        return TRUE;
    *ret_why = g_strdup_printf(_("%s: the latest value is not sure; read it in the chart"), name);
    return FALSE;
}

/* "BT 132/84 mmHg" */
static char *without_time(const char *name, const Measurement *m)
{
    return g_strdup_printf("%s %s%s%s", name, m->value, *m->unit ? " " : "", m->unit);
}

/* "BT 132/84 (2026-11-21 07:10)": the unit of a blood pressure is understood. */
static char *say_measured(const char *name, const FeedState *f, gboolean part, char **ret_why)
{
    g_autoptr(GPtrArray) items = not_struck(f->items);
    g_autoptr(ObservationTable) t = observation_table(items);
    const Measurement *m = newest(t, name);
    if (!m) {
        *ret_why = g_strdup_printf(_("%s: none among the latest values"), name);
        return NULL;
    }
    if (!is_sure(m, name, ret_why))
        return NULL;
    if (part)
        return without_time(name, m);
    gboolean bare = !*m->unit || (strcmp(name, "BT") == 0 && strcmp(m->unit, "mmHg") == 0);
    g_autofree char *at = instant_to_minute(m->at);
    return g_strdup_printf("%s %s%s%s (%s)", name, m->value, bare ? "" : " ", bare ? "" : m->unit, at);
}

#define SET "vitalparametrar"
static const char *const set_of[] = {"bt", "puls", "af", "spo2", "syrgas", "temp"};

/* "BT 132/84 mmHg, Puls 72 /min, …, Syrgas 2 l/min, … (2026-11-21 07:10)": the time once where it is the same for all,
 * else behind each. What was never measured is left out. */
static char *say_set(const PhraseChart *c, const FeedState *f, char **ret_why)
{
    g_autoptr(GPtrArray) items = not_struck(f->items);
    g_autoptr(ObservationTable) t = observation_table(items);
    g_autoptr(GPtrArray) parts = g_ptr_array_new_with_free_func(g_free);
    GArray *times = g_array_new(FALSE, FALSE, sizeof(Instant));
    gboolean sure = TRUE, one_time = TRUE, lab;
    (void)c;
    for (gsize i = 0; i < G_N_ELEMENTS(set_of) && sure; i++) {
        const char *name = observation_short_name(set_of[i], &lab);
        const Measurement *m = newest(t, name);
        sure = !m || is_sure(m, name, ret_why);
        if (!m || !sure)
            continue;
        one_time = one_time && (!times->len || g_array_index(times, Instant, 0) == m->at);
        g_ptr_array_add(parts, without_time(name, m));
        g_array_append_val(times, m->at);
    }
    GString *out = g_string_new(NULL);
    for (guint i = 0; i < parts->len; i++) {
        g_autofree char *at = instant_to_minute(g_array_index(times, Instant, i));
        g_string_append_printf(out, "%s%s", i ? ", " : "", (char *)parts->pdata[i]);
        if (!one_time || i + 1 == parts->len)
            g_string_append_printf(out, " (%s)", at);
    }
    g_array_unref(times);
    return g_string_free(out, !sure || !parts->len);
}

/* ---- lists ---- */

static char *begin_list(RecordWord word, const PhraseChart *c)
{
    g_autofree char *at = instant_to_minute(c->now);
    return record_text(word, at);
}

static char *end_list(GString *lines, guint n)
{
    char *text = n ? g_strdup(lines->str) : NULL;
    g_string_free(lines, TRUE);
    return text;
}

static void add_line(GString *lines, const char *what, const char *more, const char *mark)
{
    g_string_append_printf(lines, "\n- %s%s%s", what, more && *more ? " " : "", more ? more : "");
    if (mark)
        g_string_append_printf(lines, " (%s)", mark);
}

static const char *medicine_mark(MedState state)
{
    return state == MED_ON_HOLD ? record_word(RW_PHRASE_PAUSED) : state == MED_FUTURE ? record_word(RW_PHRASE_LATER) : NULL;
}

static char *say_medicines(const PhraseChart *c, const FeedState *f, char **ret_why)
{
    g_autofree char *head = begin_list(RW_PHRASE_MEDICINES, c);
    GString *lines = g_string_new(head);
    guint n = 0;
    for (guint i = 0; i < f->items->len; i++) {
        g_autoptr(MedicationRow) m = medication_row(f->items->pdata[i], NULL, c->now);
        if (m && (m->state == MED_UNKNOWN || m->state == MED_NOT_TO_BE_GIVEN)) {
            *ret_why = g_strdup_printf(_("The state of %s is not sure; read the list of medicines"), m->name);
            return end_list(lines, 0);
        }
        if (!m || !med_state_counts(m->state))
            continue;
        g_autofree char *what = g_strdup_printf("%s%s%s%s%s", m->name, *m->form ? " " : "", m->form, *m->strength ? " " : "",
                                                m->strength);
        add_line(lines, what, m->dosage, medicine_mark(m->state));
        n++;
    }
    return end_list(lines, n);
}

static char *say_allergies(const PhraseChart *c, const FeedState *f, char **ret_why)
{
    g_autofree char *head = begin_list(RW_PHRASE_ALLERGIES, c);
    GString *lines = g_string_new(head);
    guint n = 0;
    for (guint i = 0; i < f->items->len; i++) {
        const FhirResource *a = f->items->pdata[i];
        int danger;
        g_autofree char *counts = chart_allergy_words(a, &danger), *what = fhir_concept_text(fhir_root(a), "code");
        g_autofree char *certain = fhir_concept_code(fhir_root(a), "verificationStatus", NULL);
        if (!counts)
            continue;
        if (!what || fhir_has_modifier(a)) {
            *ret_why = g_strdup(_("A hypersensitivity cannot be shown safely; read the alerts"));
            return end_list(lines, 0);
        }
        const char *doubt = g_strcmp0(certain, "unconfirmed") == 0 ? record_word(RW_PHRASE_SUSPECTED) : NULL;
        g_autofree char *mark = danger == 2 ? g_strjoin(doubt ? ", " : "", record_word(RW_PHRASE_LIFE), doubt ? doubt : "", NULL)
                                            : g_strdup(doubt);
        add_line(lines, what, NULL, mark);
        n++;
    }
    return end_list(lines, n);
}

static char *say_problems(const PhraseChart *c, const FeedState *f, char **ret_why)
{
    g_autofree char *head = begin_list(RW_PHRASE_PROBLEMS, c);
    g_autoptr(GPtrArray) rows = problem_rows(f->items, c->now);
    GString *lines = g_string_new(head);
    guint n = 0;
    for (guint i = 0; i < rows->len; i++) {
        const ProblemRow *p = rows->pdata[i];
        if (!p->active)
            continue;
        if (fhir_has_modifier(p->source)) {
            *ret_why = g_strdup(_("A diagnosis cannot be shown safely; read the diagnoses"));
            return end_list(lines, 0);
        }
        add_line(lines, p->text, p->code, *p->doubt ? record_word(RW_PHRASE_SUSPECTED) : NULL);
        n++;
    }
    return end_list(lines, n);
}

/* Of a stay that is under way: what it comes to can be told when it began. */
static char *say_story(const PhraseChart *c, const FeedState *f, char **ret_why)
{
    Instant since = med_story_admitted(c->feed(FEED_VISITS, c->data)->items);
    g_autofree char *unsure = NULL;
    if (since == INSTANT_NONE) {
        *ret_why = g_strdup(_("The patient is not in hospital: there is no stay to tell of"));
        return NULL;
    }
    const OrderData *data = order_data(NULL);
    g_autoptr(GPtrArray) rows =
        med_story(c->feed(FEED_MEDICATIONS, c->data)->items, f->items, data ? data->drugs : NULL, since, c->now, &unsure);
    if (unsure)
        *ret_why = g_strdup_printf(_("The state of %s is not sure; read the list of medicines"), unsure);
    return rows ? med_story_text(rows, since) : NULL;
}

/* ---- the table ---- */

static const Datum data[] = {
    {"namn", "namn", PHRASE_ASKS_NOTHING, say_name, FALSE},
    {"pnr", "personnummer", PHRASE_ASKS_NOTHING, say_number, FALSE},
    {"ålder", "ålder", PHRASE_ASKS_NOTHING, say_age, FALSE},
    {"idag", "datum", PHRASE_ASKS_NOTHING, say_today, FALSE},
    {"nu", "tid", PHRASE_ASKS_NOTHING, say_now, FALSE},
    {"jag", "namn", PHRASE_ASKS_NOTHING, say_author, FALSE},
    {"news2", "NEWS2", FEED_VITALS, say_news2, FALSE, {FEED_FLAGS}, 1}, /* its scale is an order */
    {SET, "vitalparametrar", FEED_VITALS, say_set, FALSE},
    {"läkemedel", "läkemedel", FEED_MEDICATIONS, say_medicines, TRUE},
    {"läkemedelsberättelse", "läkemedelsberättelse", FEED_MEDICATIONS_DONE, say_story, TRUE, {FEED_MEDICATIONS, FEED_VISITS}, 2},
    {"överkänslighet", "överkänslighet", FEED_ALLERGIES, say_allergies, TRUE},
    {"diagnoser", "diagnoser", FEED_PROBLEMS, say_problems, TRUE},
};

static const Datum *find(const char *key)
{
    for (gsize i = 0; i < G_N_ELEMENTS(data); i++)
        if (strcmp(data[i].key, key) == 0)
            return &data[i];
    return NULL;
}

gboolean phrase_value_known(const char *key)
{
    gboolean lab;
    return find(key) || observation_short_name(key, &lab);
}

gboolean phrase_value_is_asked(const char *key)
{
    const Datum *d = find(key);
    return !d || d->feed != PHRASE_ASKS_NOTHING;
}

char **phrase_value_parts(const char *key)
{
    if (strcmp(key, SET) != 0)
        return NULL;
    char **parts = g_new0(char *, G_N_ELEMENTS(set_of) + 1);
    for (gsize i = 0; i < G_N_ELEMENTS(set_of); i++)
        parts[i] = g_strconcat(SET "/", set_of[i], NULL);
    return parts;
}

char *phrase_value_label(const char *key)
{
    gboolean lab;
    const Datum *d = find(key);
    const char *name = d ? d->label : observation_short_name(key, &lab);
    return g_strdup(name ? name : key);
}

/* As it will stand in a note, letter for letter, so that it is found there again; and no blank. */
static char *safe(char *text)
{
    g_autofree char *sent = text, *clean = text_sanitise(sent, -1, TRUE);
    g_auto(GStrv) open = g_strsplit(clean, "[[", -1);
    g_autofree char *no_open = g_strjoinv("[ [", open);
    g_auto(GStrv) close = g_strsplit(no_open, "]]", -1);
    return g_strjoinv("] ]", close);
}

/* Whether the answer may be used: of one value, what a core that is silent now said before is so, with its
 * time; of a list, nothing may be missing. */
static PhraseState usable(const FeedState *f, gboolean list, char **ret_why)
{
    if (!f || !f->answered || (f->cached && !f->unknown))
        return PHRASE_LATER;
    gboolean whole = f->known == KNOWN_WHOLE || (!list && f->known == KNOWN_MORE);
    gboolean old = !list && f->known == KNOWN_NOT && f->items->len;
    if (whole || old)
        return PHRASE_VALUE;
    *ret_why = f->unknown ? g_strdup(f->unknown) : g_strdup(_("Not all of it could be fetched; read it in the chart"));
    return PHRASE_NONE;
}

PhraseState phrase_value(const char *key, const PhraseChart *c, char **ret_text, char **ret_why)
{
    gboolean lab = FALSE;
    const Datum *d = find(key);
    gboolean part = g_str_has_prefix(key, SET "/");
    const char *name = d ? NULL : observation_short_name(part ? key + strlen(SET "/") : key, &lab);
    FeedKind feed = d ? d->feed : lab ? FEED_LABS : FEED_VITALS;
    const FeedState *f = feed == PHRASE_ASKS_NOTHING ? NULL : c->feed(feed, c->data);
    PhraseState state = PHRASE_VALUE;
    *ret_text = *ret_why = NULL;
    if (feed != PHRASE_ASKS_NOTHING)
        state = usable(f, d && d->list, ret_why);
    for (guint i = 0; d && i < d->n_also; i++) { /* all are asked for at once */
        const FeedState *also = c->feed(d->also[i], c->data);
        if (state == PHRASE_VALUE)
            state = usable(also, TRUE, ret_why);
    }
    if (state != PHRASE_VALUE)
        return state;
    char *text = d ? d->text(c, f, ret_why) : name ? say_measured(name, f, part, ret_why) : NULL;
    if (text) {
        *ret_text = safe(text);
        return PHRASE_VALUE;
    }
    if (!*ret_why)
        *ret_why = g_strdup_printf(_("Nothing is recorded for “%s”"), key);
    return PHRASE_NONE;
}

gboolean phrase_value_same(const char *key, const char *pulled, const char *now)
{
    const Datum *d = find(key);
    const char *a = strchr(pulled, '\n'), *b = strchr(now, '\n');
    if (d && d->list && a && b)
        return strcmp(a, b) == 0;
    return strcmp(pulled, now) == 0;
}
