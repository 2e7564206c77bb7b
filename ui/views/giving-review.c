/* SPDX-License-Identifier: GPL-3.0-or-later
 * All that was marked of a patient's doses, in words, before it is signed. The signing key has the core asked once more –
 * orders, what was given, hypersensitivities, where the patient is – and the checks made anew; only what they still let
 * through goes out, and nothing is told as given before the core has answered. */
#include <glib/gi18n.h>
#include <string.h>

#include "chart/giving-write.h"
#include "chart/when.h"
#include "ui/patient-header.h"
#include "ui/views/giving-acts.h"
#include "ui/views/sending.h"
#include "ui/widgets/text.h"

typedef struct {
    Giving giving; /* first */
    TextView *reader;
    char *text;       /* what is signed */
    char *found;      /* what came up when it was to be signed; NULL */
    gboolean answered, sending;
} State;

/* ---- in words ---- */

static char *act_sentence(const DueDose *d, const DoseAct *a, Instant now)
{
    const GivingReason *r = giving_reason(a->code);
    g_autofree char *at = a->at != INSTANT_NONE ? when_long(a->at, now) : g_strdup(_("now"));
    switch (a->act) {
    case ACT_NOT_GIVEN:
        return g_strdup_printf(_("NOT GIVEN, reason: %s"), r ? r->text : "?");
    case ACT_PARTLY:
        return g_strdup_printf(_("PARTLY GIVEN %s"), at);
    case ACT_CONFIRMED:
        return g_strdup_printf(_("CONFIRMED by you as the second, given by %s"), d->given ? d->given->by : "?");
    case ACT_STOPPED:
        return g_strdup_printf(_("The infusion is STOPPED %s"), at);
    case ACT_GIVEN:
    case ACT_NONE:
        break;
    }
    if (d->dose.kind == DOSE_INFUSION)
        return g_strdup_printf(d->twice ? _("The infusion is STARTED %s; waits for a second signature") : _("The infusion is STARTED %s"), at);
    return g_strdup_printf(d->twice ? _("GIVEN %s; waits for a second signature") : _("GIVEN %s"), at);
}

static void add_dose(GString *out, const Giving *g, const DueDose *d, const DoseAct *a, gboolean *unanswered)
{
    Instant now = shell_now();
    g_autofree char *what = giving_medicine_text(d), *amount = giving_amount_text(d, a), *planned = giving_time_text(d, now);
    g_autofree char *said = act_sentence(d, a, now);
    g_autoptr(GPtrArray) lines = giving_acts_check(g, d, a, NULL, NULL);
    g_string_append_printf(out, "%s, %s%s%s%s%s%s\n", what, amount, d->order && d->order->route ? ", " : "",
                           d->order && d->order->route ? d->order->route : "", *planned ? ", " : "", *planned ? _("planned ") : "", planned);
    g_string_append_printf(out, "  %s\n", said);
    for (guint i = 0; i < lines->len; i++) {
        const GivingLine *l = lines->pdata[i];
        gboolean open = l->level == GIVING_REFUSED || (l->level == GIVING_ASKS && !a->why);
        g_string_append_printf(out, "  ! %s\n", l->text);
        *unanswered = *unanswered || open;
    }
    if (a->why)
        g_string_append_printf(out, _("  Reason: %s\n"), a->why);
}

static void compose(View *v)
{
    State *s = v->state;
    const Giving *g = &s->giving;
    g_autoptr(GString) out = g_string_new(NULL);
    gboolean unanswered = FALSE;
    guint n = 0;
    for (guint i = 0; g->list && i < g->list->doses->len; i++) {
        const DueDose *d = g->list->doses->pdata[i];
        const DoseAct *a = giving_act_of(g, d);
        if (a)
            add_dose(out, g, d, a, &unanswered);
        n += a != NULL;
    }
    guint lost = giving_act_count(g) - n;
    if (g->list && lost > 0)
        g_string_append_printf(out, ngettext("%u marked dose is no longer due as it was: it is not signed\n", "%u marked doses are no longer due as they were: they are not signed\n", lost), lost);
    if (g->wristband)
        g_string_append(out, _("The wristband was scanned\n"));
    g_free(s->text);
    s->text = g_string_free(g_steal_pointer(&out), FALSE);
    s->answered = n > 0 && !unanswered;
    textview_set(s->reader, s->text);
    view_dirty(v);
}

static void on_changed(View *v)
{
    State *s = v->state;
    if (!s->sending)
        compose(v);
}

/* ---- signing ---- */

typedef struct {
    App *app;
    CmdCall *call;
    guint view_id;
    char *draft, *who;
    guint n;
} Sent;

static void sent_free(gpointer p)
{
    Sent *t = p;
    sending_end(t->draft);
    g_free(t->draft);
    g_free(t->who);
    g_free(t);
}

static void stopped(View *v, char *why /* taken */)
{
    State *s = v->state;
    g_free(s->found);
    s->found = why;
    s->sending = FALSE;
    compose(v);
}

static const char *outcome_sentence(WrittenOutcome outcome)
{
    return outcome == WRITTEN_OVERTAKEN ? _("ALREADY GIVEN by somebody else: nothing was written") : NULL;
}

/* The draft keeps what the core does not hold. */
static void keep_the_rest(const Sent *t, View *v, const GPtrArray *results)
{
    State *s = v ? v->state : NULL;
    g_autoptr(GError) error = NULL;
    gboolean all = TRUE;
    for (guint i = 0; i < results->len; i++) {
        const GivingSigned *r = results->pdata[i];
        gboolean settled = r->outcome == WRITTEN_DONE || r->outcome == WRITTEN_OVERTAKEN || r->outcome == WRITTEN_DIFFERS || r->outcome == WRITTEN_UNREAD;
        all = all && settled;
        if (s && settled)
            g_hash_table_remove(s->giving.acts, r->dose);
    }
    sending_end(t->draft);
    if (all ? !t->app->services.draft_remove(t->app->services.self, t->draft, &error) : s && !giving_acts_save(&s->giving, &error))
        notify_error_of(t->app, t->who, error);
}

static void tell(const Sent *t, const GPtrArray *results, const GError *error)
{
    guint done = 0;
    g_autofree char *at = instant_to_hhmm(shell_now());
    for (guint i = 0; i < results->len; i++) {
        const GivingSigned *r = results->pdata[i];
        done += r->outcome == WRITTEN_DONE;
        if (r->outcome == WRITTEN_DONE)
            continue;
        const char *own = outcome_sentence(r->outcome), *why = r->outcome == WRITTEN_NOT_SENT && error ? _(error->message) : r->text;
        g_autofree char *words = own ? g_strjoin(": ", own, why, NULL)
                                     : outcome_words(OUTCOME_ANY, r->outcome, client_can_look_for(t->app->client, "MedicationAdministration"), why);
        sending_tell(t->app, t->who, outcome_kind(r->outcome), words);
    }
    if (!done)
        return;
    g_autofree char *line = g_strdup_printf(ngettext("Signed %s  %u dose, %s", "Signed %s  %u doses, %s", done), at, done, t->who);
    t->app->frontend->receipt(t->app, line);
}

static void on_signed(const GPtrArray *results, const GError *error, gpointer data)
{
    const Sent *t = data;
    View *v = shell_find_view(t->app, t->view_id);
    keep_the_rest(t, v, results);
    tell(t, results, error);
    event_emit(&(Event){.kind = EVENT_LIST_CHANGED, .type = "MedicationAdministration", .patient = patient_ctx_id(t->call->patient)});
    if (v)
        t->app->frontend->close_view(t->app, v->id);
    cmd_continue(t->call, CMD_DONE, NULL);
}

/* What was not there when it was read: it is to be read, not signed. NULL: nothing. */
static char *came_up(const Giving *g, const DueDose *d, const DoseAct *a, const GivingFacts *now, const GivingList *list)
{
    g_autoptr(GPtrArray) before = giving_acts_check(g, d, a, NULL, NULL), after = giving_acts_check(g, d, a, now, list);
    for (guint i = 0; i < after->len; i++) {
        const GivingLine *l = after->pdata[i];
        gboolean stood = FALSE;
        for (guint k = 0; k < before->len; k++)
            stood = stood || strcmp(((const GivingLine *)before->pdata[k])->check, l->check) == 0;
        if (l->level == GIVING_REFUSED || (l->level == GIVING_ASKS && (!a->why || !stood))) {
            g_autofree char *what = giving_medicine_text(d);
            return g_strdup_printf("%s: %s", what, l->text);
        }
    }
    return NULL;
}

static void send(View *v, Sent *t, const GivingFacts *now, GError **error)
{
    State *s = v->state;
    const Giving *g = &s->giving;
    const Who *who = v->app->who;
    g_autoptr(GArray) items = g_array_new(FALSE, TRUE, sizeof(GivingItem));
    g_autoptr(GPtrArray) kept = g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref);
    for (guint i = 0; i < g->list->doses->len; i++) {
        const DueDose *d = g->list->doses->pdata[i];
        const DoseAct *a = giving_act_of(g, d);
        if (!a)
            continue;
        g_ptr_array_add(kept, giving_acts_check(g, d, a, NULL, NULL));
        GivingItem item = {d, a, kept->pdata[kept->len - 1]};
        g_array_append_val(items, item);
    }
    const FhirResource *visit = now->items[GIVING_VISITS]->len ? now->items[GIVING_VISITS]->pdata[0] : NULL;
    GivingWriting w = {.practitioner = who->practitioner, .name = who->author ? who->author : who->name,
                       .encounter = visit ? fhir_id(visit) : NULL, .now = shell_now()};
    t->n = items->len;
    giving_sign(v->app->client, t->call->scope, t->call->patient, items, &w, on_signed, t, error);
}

static void on_reread(const GivingFacts *now, gpointer data)
{
    Sent *t = data;
    GError *error = NULL;
    View *v = shell_find_view(t->app, t->view_id);
    State *s = v ? v->state : NULL;
    g_autoptr(GivingList) list = s ? giving_list(now->items[GIVING_ORDERS], now->items[GIVING_GIVEN], s->giving.data->drugs, shell_now(), NULL) : NULL;
    gboolean known = now->known[GIVING_ORDERS] && now->known[GIVING_GIVEN] && now->known[GIVING_ALLERGIES];
    char *why = !list || !known ? g_strdup(_("NOTHING IS SIGNED: the core did not answer for all that must be looked at")) : NULL;
    for (guint i = 0; s && !why && i < s->giving.list->doses->len; i++) {
        const DueDose *d = s->giving.list->doses->pdata[i];
        const DoseAct *a = giving_act_of(&s->giving, d);
        g_autofree char *found = a ? came_up(&s->giving, d, a, now, list) : NULL;
        why = found ? g_strdup_printf(_("NOTHING IS SIGNED. %s"), found) : NULL;
    }
    if (v && !why)
        send(v, t, now, &error);
    if (v && !why && !error)
        return;
    if (v) {
        t->app->frontend->status(t->app, STATUS_ERROR, why ? why : error->message);
        stopped(v, why ? g_steal_pointer(&why) : g_strdup(error->message));
        giving_acts_load(&s->giving, LOAD_REFRESH);
    }
    g_free(why);
    g_clear_error(&error);
    cmd_continue(t->call, CMD_DONE, NULL);
}

static CmdResult review_command(View *v, CmdCall *call, GError **error)
{
    State *s = v->state;
    Giving *g = &s->giving;
    g_autoptr(GPtrArray) orders = g_ptr_array_new();
    if (strcmp(call->command->name, "giving-sign") != 0)
        return CMD_ERROR;
    if (s->sending || !s->answered) {
        g_set_error_literal(error, APP_ERROR, APP_ERROR_NEEDS, s->sending ? _("It is being sent") : _("Something must be answered first: go back to the list"));
        return CMD_ERROR;
    }
    for (guint i = 0; i < g->list->doses->len; i++) {
        const DueDose *d = g->list->doses->pdata[i];
        if (giving_act_of(g, d) && !g_ptr_array_find_with_equal_func(orders, fhir_id(d->request), g_str_equal, NULL))
            g_ptr_array_add(orders, (gpointer)fhir_id(d->request));
    }
    g_ptr_array_add(orders, NULL);
    Sent *t = g_new0(Sent, 1);
    *t = (Sent){.app = v->app, .call = call, .view_id = v->id, .draft = g_strdup(g->draft), .who = patient_naming(patient_ctx_patient(v->patient))};
    sending_begin(v->app, t->draft);
    scope_add(call->scope, sent_free, t);
    s->sending = TRUE;
    g_clear_pointer(&s->found, g_free);
    giving_reread(v->app->client, call->scope, call->patient, (const char *const *)orders->pdata, on_reread, t);
    view_dirty(v);
    return CMD_WAIT;
}

/* ---- view ---- */

static char *review_reading(View *v, gboolean *ret_complete)
{
    State *s = v->state;
    *ret_complete = FALSE;
    if (!s->text || !giving_act_count(&s->giving))
        return NULL;
    g_autofree char *who = patient_naming(patient_ctx_patient(v->patient));
    g_autoptr(GString) all = g_string_new(v->app->who->hsa_id);
    g_string_append_printf(all, "\n%s\n%s\n%s\n%s", patient_ctx_id(v->patient), who, s->found ? s->found : "", s->text);
    for (guint i = 0; s->giving.list && i < s->giving.list->doses->len; i++) {
        const DueDose *d = s->giving.list->doses->pdata[i];
        if (giving_act_of(&s->giving, d))
            g_string_append_printf(all, "\n%s %s", d->id, fhir_version_id(d->request));
    }
    *ret_complete = s->answered && !s->sending && textview_end_shown(s->reader) && giving_facts(s->giving.source)->settled;
    return g_compute_checksum_for_string(G_CHECKSUM_SHA256, all->str, -1);
}

static gboolean review_waits(View *v)
{
    const State *s = v->state;
    return s->sending || !s->answered || !giving_facts(s->giving.source)->settled;
}

static void review_paint(View *v, Canvas *c)
{
    State *s = v->state;
    g_autofree char *who = patient_naming(patient_ctx_patient(v->patient));
    g_autofree char *title = g_strdup_printf(_("Doses to sign: %u · %s"), giving_act_count(&s->giving), who);
    int rows = canvas_rows(c), top = 1;
    canvas_clear(c);
    canvas_rule(c, 0, title);
    if (s->found)
        top += canvas_wrap(c, 1, 1, canvas_cols(c) - 2, 3, STYLE_ALERT, s->found);
    canvas_push(c, (Rect){top, 1, rows - top - 1, canvas_cols(c) - 1});
    textview_paint(s->reader, c, TRUE);
    canvas_pop(c);
    canvas_text(c, rows - 1, 1, STYLE_STRONG,
                s->sending                         ? _("Being looked at again, and sent …")
                : !s->answered                     ? _("Something must be answered first: Esc goes back to the list")
                : textview_end_shown(s->reader)    ? _("F9 signs what stands here")
                                                   : _("Read to the last line, then F9 signs"));
}

static gboolean review_text(View *v, const char *utf8, gboolean paste)
{
    State *s = v->state;
    WidgetResult r = textview_input(s->reader, utf8, paste);
    if (r)
        view_dirty(v);
    return r != WIDGET_IGNORED;
}

static gboolean review_open(View *v, const char *arg, GError **error)
{
    State *s = v->state;
    s->reader = textview_new();
    return giving_acts_open(&s->giving, v, arg, on_changed, error);
}

static void review_load(View *v, LoadWhy why)
{
    giving_acts_load(&((State *)v->state)->giving, why);
}

static char *review_resume(View *v)
{
    const State *s = v->state;
    return s->giving.draft ? g_strdup_printf("draft:%s", s->giving.draft) : NULL;
}

static void review_close(View *v)
{
    State *s = v->state;
    textview_free(s->reader);
    g_free(s->text);
    g_free(s->found);
    giving_acts_clear(&s->giving);
}

const ViewClass view_giving_review = {
    .name = "giving-review",
    .title = N_("Doses to sign"),
    .keymap = "giving-review",
    .state_size = sizeof(State),
    .flags = VIEW_PATIENT | VIEW_DETAIL,
    .open = review_open,
    .load = review_load,
    .paint = review_paint,
    .command = review_command,
    .text = review_text,
    .reading = review_reading,
    .waits = review_waits,
    .resume = review_resume,
    .close = review_close,
};
