/* SPDX-License-Identifier: GPL-3.0-or-later
 * Measurements: one typed line, or the same as a form, and beside it what will be signed with the sum of
 * NEWS2. Each key is in the sealed draft before it is painted; the signing key signs what stands here. */
#include <glib/gi18n.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "chart/feed.h"
#include "chart/header.h"
#include "chart/patient.h"
#include "chart/vitals-write.h"
#include "ui/views/draft-kinds.h"
#include "ui/views/vitals-new.h"

/* ---- reading the line ---- */

static int months_old(const FhirResource *patient, Instant now)
{
    CivilDate birth = chart_patient_birth(patient), today = civil_date_at(now);
    int years, months, days;
    if (!birth.year || civil_date_compare(birth, today) > 0)
        return -1;
    civil_age(birth, today, &years, &months, &days);
    return years * 12 + months;
}

static void read_line(View *v)
{
    VitalsNew *s = v->state;
    VitalContext c = {.now = shell_now(), .begun = s->begun, .pregnant = s->pregnant};
    c.last_oxygen = vital_last_oxygen(s->last, c.now);
    c.months = months_old(patient_ctx_patient(v->patient), c.now);
    if (s->old_id) {
        vitals_correct_read(s, &c);
        return;
    }
    VitalSet *old = s->set;
    s->set = vitals_read(s->data, s->line.text, &c);
    vital_set_free(old);
}

/* The first key: measured now, unless a time is said. */
static void typed(View *v)
{
    VitalsNew *s = v->state;
    if (!s->line.kept)
        s->begun = shell_now();
}

/* In the draft: when the line was begun, and what it corrects. */
static char *beside(View *v)
{
    const VitalsNew *s = v->state;
    g_autofree char *corrects = vitals_correct_arg(s);
    return g_strdup_printf("%" G_GINT64_FORMAT "\n%s", s->begun, corrects ? corrects : "");
}

static char *arg_of(View *v)
{
    return vitals_correct_arg(v->state);
}

static gboolean ready(View *v)
{
    const VitalsNew *s = v->state;
    return s->old_id ? s->old && s->set->issues->len == 0 : vital_set_complete(s->set);
}

static void on_feed(Feed *feed, gpointer data)
{
    View *v = data;
    VitalsNew *s = v->state;
    const FeedState *f = feed_state(feed);
    Instant now = shell_now();
    g_clear_pointer(&s->last, vital_last_free);
    s->last = vital_last(f->items);
    s->before = news2_from_observations(patient_ctx_patient(v->patient), f->items, s->orders, now);
    line_reread(v);
}

static void on_flags(Feed *feed, gpointer data)
{
    VitalsNew *s = ((View *)data)->state;
    g_clear_pointer(&s->orders, news2_orders_free);
    s->orders = news2_orders_of(feed_state(feed));
    if (s->feed && feed_state(s->feed)->answered)
        on_feed(s->feed, data);
    else
        line_reread(data);
}

static void on_pregnancy(Feed *feed, gpointer data)
{
    View *v = data;
    ((VitalsNew *)v->state)->pregnant = news2_pregnant(feed_state(feed)->items, shell_now());
    line_reread(v);
}

static void on_header(const ChartHeader *h, gpointer data)
{
    VitalsNew *s = ((View *)data)->state;
    g_free(s->encounter);
    s->encounter = g_strdup(h->encounter);
}

/* ---- the keys ---- */

static gboolean has_form(View *v)
{
    return !((VitalsNew *)v->state)->old_id; /* one value and its reason need none */
}

/* The place just after the token that is asked about; 0: it is not in the line as it was typed, or stands there
 * twice, and a "!" after the wrong one would confirm another value. */
static gsize after_token(const char *line, const char *token)
{
    g_autofree char *lower = text_fold_keep_swedish(line);
    gsize n = token ? strlen(token) : 0;
    if (n == 0 || strlen(lower) != strlen(line))
        return 0;
    gsize found = 0;
    for (const char *at = strstr(lower, token); at; at = strstr(at + 1, token)) {
        gboolean begins = at == lower || !(g_ascii_isdigit(at[-1]) || strchr(",./", at[-1]));
        gboolean ends = !(at[n] && (g_ascii_isdigit(at[n]) || strchr(",./", at[n])));
        if (begins && ends && found)
            return 0;
        if (begins && ends)
            found = (gsize)(at - lower) + n;
    }
    return found;
}

static void cursor_to(View *v, const VitalIssue *issue)
{
    const char *line = line_of(v)->text;
    gsize at = after_token(line, issue->token);
    line_cursor(v, at ? g_utf8_strlen(line, (gssize)at) : -1);
    line_focus(v, issue->field);
}

static gboolean ask_first(View *v, CmdCall *call);

/* "It is so": the value gets its "!" where it stands, or the line is written anew. The next question opens at once: who
 * answers one after the other never types an answer into the line. */
static void on_confirmed(CmdCall *call, gboolean yes, gpointer data)
{
    View *v = shell_find_view(call->app, GPOINTER_TO_UINT(data));
    VitalsNew *s = v ? v->state : NULL;
    const VitalIssue *issue = s && s->set->issues->len ? s->set->issues->pdata[0] : NULL;
    gboolean confirms = yes && issue && issue->kind == VITAL_QUESTION;
    if (confirms) {
        const char *typed_line = s->line.text;
        gsize at = after_token(typed_line, issue->token);
        g_autofree char *line = NULL;
        if (at) {
            line = g_strdup_printf("%.*s!%s", (int)at, typed_line, typed_line + at);
        } else {
            char *had = s->set->typed[issue->field];
            s->set->typed[issue->field] = g_strconcat(had, "!", NULL);
            g_free(had);
            line = vitals_line_compose((const char *const *)s->set->typed);
        }
        line_set(v, line);
    }
    if (!confirms || !ask_first(v, call))
        cmd_continue(call, CMD_DONE, NULL);
}

static gboolean ask_first(View *v, CmdCall *call)
{
    const VitalsNew *s = v->state;
    const VitalIssue *issue = s->set->issues->len ? s->set->issues->pdata[0] : NULL;
    if (!issue || issue->kind != VITAL_QUESTION)
        return FALSE;
    g_autofree char *question = g_strdup_printf(_("%s. Is it so?"), issue->why);
    v->app->frontend->confirm(call, question, on_confirmed, GUINT_TO_POINTER(v->id));
    return TRUE;
}

/* Enter: to what is missing, or to the question about a value; never signs. */
static CmdResult enter(View *v, CmdCall *call, GError **error)
{
    VitalsNew *s = v->state;
    const VitalIssue *issue = s->set->issues->len ? s->set->issues->pdata[0] : NULL;
    if (ask_first(v, call))
        return CMD_WAIT;
    if (issue) {
        cursor_to(v, issue);
        view_dirty(v);
        g_set_error_literal(error, APP_ERROR, APP_ERROR_NEEDS, issue->text);
        return CMD_ERROR;
    }
    if (vital_set_count(s->set) == 0 && !s->old_id) {
        g_set_error_literal(error, APP_ERROR, APP_ERROR_NEEDS, _("Type what was measured, for example: 24 92/2l 104/62 112 38,4 a"));
        return CMD_ERROR;
    }
    v->app->frontend->status(v->app, STATUS_INFO, _("This is what will be signed. Read it; then the signing key signs"));
    return CMD_DONE;
}

static VitalsPaint reading_of(View *v)
{
    const VitalsNew *s = v->state;
    return (VitalsPaint){.set = s->set, .last = s->last, .patient = patient_ctx_patient(v->patient), .problem = s->line.problem,
                         .corrects = s->old, .strikes = s->strike, .reason = s->reason,
                         .before = s->before.total >= 0 ? &s->before : NULL, .orders = s->orders, .now = shell_now()};
}

static char *reading(View *v)
{
    const VitalsNew *s = v->state;
    VitalsPaint p = reading_of(v);
    g_autofree char *text = vitals_reading_text(&p);
    return g_strjoin("\n", s->old && fhir_version_id(s->old) ? fhir_version_id(s->old) : "", text, NULL);
}

static const char *foot(View *v)
{
    const VitalsNew *s = v->state;
    return vital_set_count(s->set) == 0 && !s->old_id ? _("Type what was measured, for example: 24 92/2l 104/62 112 38,4 a")
           : !ready(v)                                  ? _("Not ready to be signed: Enter goes to what must be answered")
           : s->line.end_shown && s->old_id           ? (s->strike ? _("F9 signs that this is struck") : _("F9 signs this correction"))
           : s->line.end_shown                        ? _("F9 signs these measurements")
                                                      : _("Read to the last line, then F9 signs these measurements");
}

static gboolean paint(View *v, Canvas *c)
{
    Line *l = line_of(v);
    VitalsPaint p = reading_of(v);
    return vitals_paint(c, l->top, &p, &l->rows);
}

static const LineKind kind = {
    .mark = "v", .column = 4, .context = "vitals-new", .form_context = "vitals-form",
    .enter_command = "vitals-accept", .sign_command = "vitals-sign", .form_command = "vitals-form", .form = &vitals_form,
    .typed = typed, .read = read_line, .beside = beside, .arg = arg_of, .has_form = has_form, .ready = ready,
    .enter = enter, .sign = vitals_new_sign, .paint = paint, .reading = reading, .foot = foot,
};

/* ---- view ---- */

static gboolean open_draft(View *v, const char *id, GError **error)
{
    VitalsNew *s = v->state;
    g_autofree char *meta = NULL;
    if (!line_open_draft(v, id, &meta, error))
        return FALSE;
    g_auto(GStrv) begun_and_old = g_strsplit(meta, "\n", 2);
    if (begun_and_old[0] && begun_and_old[1])
        vitals_correct_begin(s, begun_and_old[1]);
    s->begun = g_ascii_strtoll(begun_and_old[0] ? begun_and_old[0] : "0", NULL, 10);
    return TRUE;
}

/* A correction is found again among what is not finished. */
static gboolean is_new(const char *meta, gpointer data)
{
    (void)data;
    return strchr(meta, ':') == NULL;
}

static gboolean vitals_new_open(View *v, const char *arg, GError **error)
{
    VitalsNew *s = v->state;
    gboolean draft = arg && g_str_has_prefix(arg, "draft:");
    line_begin(v, &kind);
    s->data = vital_data(error);
    if (!s->data)
        return FALSE;
    s->before.total = -1;
    gboolean correction = !draft && vitals_correct_begin(s, arg);
    g_autofree char *old = arg ? NULL : draft_left(v->app, patient_ctx_id(v->patient), v->cls->name, is_new, NULL);
    if ((draft || old) && !open_draft(v, draft ? arg + strlen("draft:") : old, error))
        return FALSE;
    if (!s->line.id)
        s->begun = shell_now();
    line_show(v, arg && !correction ? arg : "");
    return TRUE;
}

static void vitals_new_load(View *v, LoadWhy why)
{
    VitalsNew *s = v->state;
    if (why == LOAD_REFRESH && s->feed) {
        feed_refresh(s->feed);
        return;
    }
    s->feed = feed_watch(v->app->client, v->scope, v->patient, FEED_VITALS, on_feed, v);
    feed_watch(v->app->client, v->scope, v->patient, FEED_PREGNANCY, on_pregnancy, v);
    feed_watch(v->app->client, v->scope, v->patient, FEED_FLAGS, on_flags, v);
    chart_header_watch(v->app->client, v->scope, v->patient, on_header, v);
    vitals_correct_load(v);
    if (*s->line.text && !s->line.kept) /* what was read is not written: it is as old, and as damaged, as it was */
        line_save(v);
}

static void vitals_new_close(View *v)
{
    VitalsNew *s = v->state;
    line_close(v);
    g_clear_pointer(&s->set, vital_set_free);
    g_clear_pointer(&s->orders, news2_orders_free);
    g_clear_pointer(&s->last, vital_last_free);
    g_clear_pointer(&s->old, fhir_resource_unref);
    g_free(s->old_id);
    g_free(s->reason);
    g_free(s->encounter);
}

const ViewClass view_vitals_new = {
    .name = "vitals-new",
    .title = N_("Measurements"),
    .keymap = "vitals-new",
    .context = line_view_context,
    .state_size = sizeof(VitalsNew),
    .flags = VIEW_PATIENT | VIEW_TEXT | VIEW_ROUND,
    .open = vitals_new_open,
    .load = vitals_new_load,
    .paint = line_view_paint,
    .command = line_view_command,
    .text = line_view_text,
    .typing = line_view_typing,
    .reading = line_view_reading,
    .waits = line_view_waits,
    .resume = line_view_resume,
    .close = vitals_new_close,
};
