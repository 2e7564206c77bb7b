/* SPDX-License-Identifier: GPL-3.0-or-later
 * The doses of one patient that are late, due, soon or given when needed: each is marked as given, partly given or not
 * given with its reason, and nothing is in the record before the review of all of them is signed. The wristband and the
 * package can be scanned; what a scanner types ends in Enter. */
#include <glib/gi18n.h>
#include <string.h>

#include "base/clock.h"
#include "chart/giving-scan.h"
#include "chart/patient.h"
#include "chart/when.h"
#include "ui/views/giving-view.h"

typedef GivingView State;
enum { SCANNER_ENTER_US = 400 * 1000 };

/* ---- rows ---- */

static guint row_count(gpointer model)
{
    const State *s = model;
    return s->giving.list ? s->giving.list->doses->len : 0;
}

static gpointer row_at(gpointer model, guint i)
{
    return ((State *)model)->giving.list->doses->pdata[i];
}

static const char *row_id(gpointer model, guint i)
{
    return ((DueDose *)row_at(model, i))->id;
}

static const ListModel model = {row_count, row_at, row_id};

static DueDose *selected(const State *s)
{
    int i = list_selected(s->list);
    return i >= 0 && (guint)i < row_count((gpointer)s) ? row_at((gpointer)s, (guint)i) : NULL;
}

static void on_changed(View *v)
{
    State *s = v->state;
    giving_acts_sync(&s->giving);
    list_set_empty_text(s->list, giving_facts(s->giving.source)->known[GIVING_ORDERS] ? _("No order of medicines")
                                                                                     : _("The orders are NOT KNOWN: the core did not answer"));
    list_refresh(s->list);
    view_dirty(v);
}

/* ---- saying what was done ---- */

static void say(State *s, char *text, gboolean danger)
{
    g_free(s->said);
    s->said = text;
    s->danger = danger;
}

static char *sentences(const GPtrArray *lines)
{
    g_autoptr(GString) all = g_string_new(NULL);
    for (guint i = 0; i < lines->len; i++)
        g_string_append_printf(all, "%s%s", all->len ? ". " : "", ((const GivingLine *)lines->pdata[i])->text);
    return g_strdup(all->str);
}

/* To the next that has not been said anything of, and is due; after the last the first that was passed over. */
static void next_due(State *s)
{
    guint n = row_count(s), from = (guint)MAX(list_selected(s->list), 0);
    for (guint k = 1; k < n; k++) {
        const DueDose *d = row_at(s, (from + k) % n);
        if ((d->state <= DUE_SOON || d->state == DUE_WAITS) && !giving_act_of(&s->giving, d)) {
            list_select(s->list, (int)((from + k) % n));
            return;
        }
    }
}

static gboolean keep(State *s, GError **error)
{
    gboolean kept = giving_acts_save(&s->giving, error);
    view_dirty(s->giving.view);
    return kept;
}

gboolean giving_mark(State *s, DueDose *d, DoseAct *act, GError **error)
{
    g_autoptr(GPtrArray) lines = giving_acts_check(&s->giving, d, act, NULL, NULL);
    GivingLevel worst = giving_worst(lines);
    g_autofree char *all = sentences(lines);
    if (worst == GIVING_REFUSED) {
        dose_act_free(act);
        say(s, g_steal_pointer(&all), TRUE);
        view_dirty(s->giving.view);
        g_set_error(error, APP_ERROR, APP_ERROR_NEEDS, "%s", ((const GivingLine *)lines->pdata[0])->text);
        return FALSE;
    }
    giving_act_put(&s->giving, d, act);
    say(s, worst == GIVING_ASKS && !act->why ? g_strdup_printf(_("%s. Key r: the reason why it is given all the same"), all) : g_steal_pointer(&all),
        worst == GIVING_ASKS);
    if (!keep(s, error)) {
        giving_act_remove(&s->giving, d);
        return FALSE;
    }
    if (worst != GIVING_ASKS)
        next_due(s);
    return TRUE;
}

gboolean giving_answered(State *s, DoseAct *a, char *why, GError **error)
{
    g_free(a->why);
    a->why = why;
    say(s, NULL, FALSE);
    if (!keep(s, error))
        return FALSE;
    next_due(s);
    return TRUE;
}

DoseAct *giving_act_new(GivingAct what)
{
    DoseAct *a = g_new0(DoseAct, 1);
    a->act = what;
    a->at = INSTANT_NONE;
    return a;
}

/* What Space means of that dose, as it stands. */
static gboolean give(State *s, DueDose *d, GError **error)
{
    const DoseAct *had = giving_act_of(&s->giving, d);
    if (had) {
        giving_act_remove(&s->giving, d);
        say(s, NULL, FALSE);
        return keep(s, error);
    }
    GivingAct what = d->state == DUE_WAITS ? ACT_CONFIRMED : d->state == DUE_RUNNING ? ACT_STOPPED : ACT_GIVEN;
    return giving_mark(s, d, giving_act_new(what), error);
}

gboolean giving_not_given(State *s, DueDose *d, const char *key, GError **error)
{
    const GivingReason *r = giving_reason(key);
    if (!r) {
        g_set_error(error, APP_ERROR, APP_ERROR_NEEDS, _("There is no reason %s"), key);
        return FALSE;
    }
    if (d->state == DUE_WAITS || d->state == DUE_RUNNING) {
        g_set_error_literal(error, APP_ERROR, APP_ERROR_NEEDS, _("It has been begun, and cannot be written as not given"));
        return FALSE;
    }
    DoseAct *a = giving_act_new(ACT_NOT_GIVEN);
    a->code = r->code;
    return giving_mark(s, d, a, error);
}

/* ---- scanning ---- */

/* The doses of that medicine that are to be given now; the first of them is marked. */
static gboolean scanned_product(State *s, const DrugProduct *p, GError **error)
{
    DueDose *best = NULL;
    for (guint i = 0; i < row_count(s); i++) {
        DueDose *d = row_at(s, i);
        gboolean same = d->order && g_strcmp0(d->order->atc, p->atc) == 0;
        if (same && !giving_act_of(&s->giving, d) && (d->state <= DUE_SOON || d->state == DUE_NEEDED || d->state == DUE_WAITS) && !best)
            best = d;
    }
    DueDose *d = best ? best : selected(s); /* nothing of it is due: said against the dose the cursor is on */
    if (!d) {
        g_set_error_literal(error, APP_ERROR, APP_ERROR_NEEDS, _("No dose is chosen"));
        return FALSE;
    }
    list_select_id(s->list, d->id);
    DoseAct *a = giving_act_new(d->state == DUE_WAITS ? ACT_CONFIRMED : ACT_GIVEN);
    a->scanned = p;
    return giving_mark(s, d, a, error);
}

static gboolean scanned(State *s, const char *text, GError **error)
{
    const DrugProduct *p;
    switch (giving_scan(s->giving.data->drugs, text, &p)) {
    case SCAN_PRODUCT:
        return scanned_product(s, p, error);
    case SCAN_WRISTBAND: {
        g_free(s->giving.wristband);
        s->giving.wristband = g_strdup(text);
        g_autofree char *number = chart_patient_number(patient_ctx_patient(s->giving.view->patient));
        gboolean own = giving_band_is(text, number);
        say(s, g_strdup(own ? _("The wristband is the patient's") : _("The wristband is ANOTHER PATIENT'S. Nothing can be given")), !own);
        return keep(s, error);
    }
    case SCAN_UNKNOWN:
        break;
    }
    g_set_error_literal(error, APP_ERROR, APP_ERROR_NEEDS, _("What was scanned is neither a wristband nor a package of the list"));
    return FALSE;
}

/* What comes in one go is a scan or nothing: a paste of something else is left alone. */
static gboolean scan_at_once(View *v, const char *text)
{
    State *s = v->state;
    const DrugProduct *p;
    g_autoptr(GError) error = NULL;
    g_autofree char *line = g_strchomp(g_strdup(text));
    if (!g_utf8_validate(line, -1, NULL) || giving_scan(s->giving.data->drugs, line, &p) == SCAN_UNKNOWN)
        return FALSE;
    g_string_truncate(s->typed, 0);
    s->scanned_at = clock_monotonic_us();
    if (!scanned(s, line, &error))
        notify_error(v->app, error);
    view_dirty(v);
    return TRUE;
}

/* A slow scanner, or somebody who types: until Enter; "a1" needs none. */
static gboolean typed_more(View *v, const char *utf8)
{
    State *s = v->state;
    g_autoptr(GError) error = NULL;
    gunichar c = g_utf8_get_char(utf8);
    if (widget_is_named_key(utf8, FALSE) || !(g_unichar_isalnum(c) || c == '-' || c == '+') ||
        (!s->typed->len && g_unichar_islower(c) && c != 'a') || s->typed->len > 40)
        return FALSE;
    g_string_append(s->typed, utf8);
    if (s->typed->len == 2 && s->typed->str[0] == 'a') {
        g_autofree char *key = g_strdup(s->typed->str);
        DueDose *d = selected(s);
        g_string_truncate(s->typed, 0);
        if (d && !giving_not_given(s, d, key, &error))
            notify_error(v->app, error);
    }
    view_dirty(v);
    return TRUE;
}

static gboolean typed_ends(View *v, GError **error)
{
    State *s = v->state;
    g_autofree char *text = g_strdup(s->typed->str);
    g_string_truncate(s->typed, 0);
    view_dirty(v);
    return scanned(s, text, error);
}

static CmdResult giving_command(View *v, CmdCall *call, GError **error)
{
    State *s = v->state;
    const char *name = call->command->name;
    DueDose *d = selected(s);
    if (strcmp(name, "open") == 0 && s->typed->len)
        return typed_ends(v, error) ? CMD_DONE : CMD_ERROR;
    if (strcmp(name, "open") == 0 && s->scanned_at && clock_monotonic_us() - s->scanned_at < SCANNER_ENTER_US)
        return CMD_DONE; /* the scanner's own, which came a little later than its digits */
    if (!d) {
        g_set_error_literal(error, APP_ERROR, APP_ERROR_NEEDS, _("No dose is chosen"));
        return CMD_ERROR;
    }
    if (strcmp(name, "giving-mark") == 0)
        return give(s, d, error) ? CMD_DONE : CMD_ERROR;
    if (strcmp(name, "open") == 0)
        return v->app->frontend->open_view(v->app, "medication-detail", v->patient, fhir_id(d->request), error) ? CMD_DONE : CMD_ERROR;
    return giving_ask(v, call, d, error);
}

static gboolean giving_text(View *v, const char *utf8, gboolean paste)
{
    State *s = v->state;
    if (paste)
        return scan_at_once(v, utf8);
    if (typed_more(v, utf8))
        return TRUE;
    g_string_truncate(s->typed, 0);
    WidgetResult r = list_input(s->list, utf8, paste);
    if (r)
        view_dirty(v);
    return r != WIDGET_IGNORED;
}

static void giving_review(View *v)
{
    Giving *g = &((State *)v->state)->giving;
    g_autoptr(GError) error = NULL;
    g_autofree char *arg = g->draft ? g_strdup_printf("draft:%s", g->draft) : NULL;
    if (!giving_act_count(g))
        v->app->frontend->status(v->app, STATUS_WARN, _("Nothing is marked as given"));
    else if (!v->app->frontend->open_view(v->app, "giving-review", v->patient, arg, &error))
        notify_error(v->app, error);
}

/* ---- painting ---- */

static void paint_head(const State *s, Canvas *c)
{
    const Giving *g = &s->giving;
    int n = canvas_text(c, 0, 1, STYLE_HEADING, _("Giving medicines"));
    if (!g->list)
        return;
    const GivingFacts *f = giving_facts(g->source);
    n += canvas_textf(c, 0, 3 + n, g->list->late ? STYLE_ALERT : STYLE_NORMAL, _("%u LATE, %u due, %u soon"), g->list->late, g->list->now, g->list->soon);
    if (!f->known[GIVING_GIVEN] && f->settled)
        canvas_text(c, 1, 1, STYLE_ALERT, _("What was given is NOT KNOWN: look in the record before you give anything"));
    else if (g->list->older) {
        g_autofree char *when = when_long(g->list->earliest, shell_now());
        canvas_textf(c, 1, 1, STYLE_WARNING, ngettext("%u earlier dose is not documented, since %s", "%u earlier doses are not documented, since %s", g->list->older), g->list->older, when);
    }
    g_autofree char *at = f->cached ? instant_to_hhmm(clock_shown_us(f->as_of)) : NULL;
    if (at)
        canvas_textf(c, 0, 5 + n, STYLE_WARNING, _("as of %s"), at);
}

static void giving_paint(View *v, Canvas *c)
{
    State *s = v->state;
    int rows = canvas_rows(c), foot = s->said || s->typed->len ? 3 : 1;
    canvas_clear(c);
    paint_head(s, c);
    giving_cells_of(&s->giving);
    canvas_push(c, (Rect){2, 0, rows - 2 - foot, canvas_cols(c)});
    list_paint(s->list, c, TRUE);
    canvas_pop(c);
    giving_cells_of(NULL);
    if (s->typed->len)
        canvas_textf(c, rows - 3, 1, STYLE_STRONG, _("Typed: %s"), s->typed->str);
    else if (s->said)
        canvas_wrap(c, rows - 3, 1, canvas_cols(c) - 2, 2, s->danger ? STYLE_ALERT : STYLE_NORMAL, s->said);
    guint n = giving_act_count(&s->giving);
    if (n)
        canvas_textf(c, rows - 1, 1, STYLE_STRONG, ngettext("%u dose is marked, nothing is signed: F9 reads it", "%u doses are marked, nothing is signed: F9 reads them", n), n);
    else
        canvas_text(c, rows - 1, 1, STYLE_DIM, _("Space: given. a1–a9: not given. Or scan the wristband and the package"));
}

/* ---- view ---- */

static gboolean giving_open(View *v, const char *arg, GError **error)
{
    State *s = v->state;
    s->typed = g_string_new(NULL);
    s->list = list_new(giving_columns, &model, s);
    list_set_empty_text(s->list, _("Being fetched …"));
    return giving_acts_open(&s->giving, v, arg, on_changed, error);
}

static void giving_load(View *v, LoadWhy why)
{
    giving_acts_load(&((State *)v->state)->giving, why);
}

static void giving_event(View *v, const Event *ev)
{
    giving_acts_event(&((State *)v->state)->giving, ev);
}

static guint giving_rows(View *v)
{
    return row_count(v->state);
}

static FhirResource *giving_selection(View *v)
{
    const DueDose *d = selected(v->state);
    return d ? d->request : NULL;
}

static char *giving_resume(View *v)
{
    const State *s = v->state;
    return s->giving.draft ? g_strdup_printf("draft:%s", s->giving.draft) : NULL;
}

static void giving_close(View *v)
{
    State *s = v->state;
    list_free(s->list);
    g_string_free(s->typed, TRUE);
    g_free(s->said);
    giving_acts_clear(&s->giving);
}

const ViewClass view_giving = {
    .name = "giving",
    .title = N_("Giving medicines"),
    .keymap = "giving",
    .state_size = sizeof(State),
    .flags = VIEW_PATIENT | VIEW_ROUND | VIEW_SCANS,
    .open = giving_open,
    .load = giving_load,
    .changed = giving_event,
    .paint = giving_paint,
    .command = giving_command,
    .text = giving_text,
    .rows = giving_rows,
    .selection = giving_selection,
    .review = giving_review,
    .resume = giving_resume,
    .close = giving_close,
};
