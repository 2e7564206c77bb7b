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
#include "ui/patient-header.h"
#include "ui/views/vitals-new.h"
#include "ui/views/draft-kinds.h"
#include "ui/views/sending.h"

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
    s->set = vitals_read(s->data, s->line, &c);
    vital_set_free(old);
}

/* Before the key is painted: what was typed is in the sealed store, with when it was begun. */
static gboolean save(View *v)
{
    VitalsNew *s = v->state;
    App *app = v->app;
    g_autoptr(GError) error = NULL;
    gboolean empty = *s->line == '\0', first = !s->kept && !empty, ok;
    g_clear_pointer(&s->problem, g_free);
    if (empty && !s->kept)
        return TRUE;
    if (empty) {
        ok = app->services.draft_remove(app->services.self, s->id, &error);
    } else {
        g_autofree char *corrects = vitals_correct_arg(s);
        g_autofree char *begun = g_strdup_printf("%" G_GINT64_FORMAT "\n%s", s->begun, corrects ? corrects : "");
        g_autoptr(GBytes) text = g_bytes_new(s->line, strlen(s->line)), meta = g_bytes_new(begun, strlen(begun));
        Draft d = {.id = s->id, .patient = (char *)patient_ctx_id(v->patient), .kind = (char *)draft_kind_of_view(v->cls->name)->kind, .text = text, .meta = meta};
        ok = app->services.draft_put(app->services.self, &d, &error);
    }
    if (!ok) {
        s->problem = g_strdup(_(error->message));
        return FALSE;
    }
    s->kept = !empty;
    if (first)
        shell_place_changed(app);
    return TRUE;
}

static void line_changed(View *v, const char *line)
{
    VitalsNew *s = v->state;
    char *kept = g_strdup(line);
    g_free(s->line);
    s->line = kept;
    if (!s->kept) /* the first key: measured now, unless a time is said */
        s->begun = shell_now();
    read_line(v);
    save(v);
    view_dirty(v);
}

void vitals_new_reread(View *v)
{
    VitalsNew *s = v->state;
    read_line(v);
    if (s->form)
        vitals_form_reread(s->form);
    view_dirty(v);
}

gboolean vitals_new_ready(const VitalsNew *s)
{
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
    vitals_new_reread(v);
}

static void on_flags(Feed *feed, gpointer data)
{
    VitalsNew *s = ((View *)data)->state;
    g_clear_pointer(&s->orders, news2_orders_free);
    s->orders = news2_orders_of(feed_state(feed));
    if (s->feed && feed_state(s->feed)->answered)
        on_feed(s->feed, data);
    else
        vitals_new_reread(data);
}

static void on_pregnancy(Feed *feed, gpointer data)
{
    View *v = data;
    ((VitalsNew *)v->state)->pregnant = news2_pregnant(feed_state(feed)->items, shell_now());
    vitals_new_reread(v);
}

static void on_header(const ChartHeader *h, gpointer data)
{
    VitalsNew *s = ((View *)data)->state;
    g_free(s->encounter);
    s->encounter = g_strdup(h->encounter);
}

/* ---- view ---- */

static gboolean open_draft(View *v, const char *id, GError **error)
{
    VitalsNew *s = v->state;
    g_autoptr(Draft) d = draft_open(v->app, id, patient_ctx_id(v->patient), v->cls->name, error);
    if (!d)
        return FALSE;
    g_autofree char *meta = text_of_bytes(d->meta);
    g_auto(GStrv) begun_and_old = g_strsplit(meta, "\n", 2);
    const char *begun = begun_and_old[0] ? begun_and_old[0] : "0";
    if (begun_and_old[0] && begun_and_old[1])
        vitals_correct_begin(s, begun_and_old[1]);
    s->id = g_strdup(id);
    s->line = text_of_bytes(d->text);
    s->begun = g_ascii_strtoll(begun, NULL, 10);
    s->kept = TRUE;
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
    s->data = vital_data(error);
    if (!s->data)
        return FALSE;
    s->before.total = -1;
    gboolean correction = !draft && vitals_correct_begin(s, arg);
    g_autofree char *old = arg ? NULL : draft_left(v->app, patient_ctx_id(v->patient), v->cls->name, is_new, NULL);
    if ((draft || old) && !open_draft(v, draft ? arg + strlen("draft:") : old, error))
        return FALSE;
    if (!s->id) {
        s->id = g_uuid_string_random();
        s->line = g_strdup(arg && !correction ? arg : "");
        s->begun = shell_now();
    }
    s->field = field_new(s->line);
    read_line(v);
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
    if (*s->line && !s->kept) /* what was read is not written: it is as old, and as damaged, as it was */
        save(v);
}

static void form_line(const char *line, gpointer data)
{
    View *v = data;
    field_set(((VitalsNew *)v->state)->field, line);
    line_changed(v, line);
}

static void toggle_form(View *v)
{
    VitalsNew *s = v->state;
    if (s->old_id) /* one value and its reason need no form */
        return;
    if (s->form)
        g_clear_pointer(&s->form, vitals_form_free);
    else
        s->form = vitals_form_new(&s->set, form_line, v);
    s->top = 0;
    view_dirty(v);
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

static void cursor_to(VitalsNew *s, const VitalIssue *issue)
{
    gsize at = after_token(s->line, issue->token);
    field_input(s->field, at ? "<Home>" : "<End>", FALSE);
    for (glong n = at ? g_utf8_strlen(s->line, (gssize)at) : 0; n > 0; n--)
        field_input(s->field, "<Right>", FALSE);
    if (s->form)
        vitals_form_focus(s->form, issue->field);
}

/* "It is so": the value gets its "!" where it stands, or the line is written anew. */
static void on_confirmed(CmdCall *call, gboolean yes, gpointer data)
{
    View *v = shell_find_view(call->app, GPOINTER_TO_UINT(data));
    VitalsNew *s = v ? v->state : NULL;
    const VitalIssue *issue = s && s->set->issues->len ? s->set->issues->pdata[0] : NULL;
    if (yes && issue && issue->kind == VITAL_QUESTION) {
        gsize at = after_token(s->line, issue->token);
        g_autofree char *rest = g_strdup(s->line + at), *line = NULL;
        if (at) {
            line = g_strdup_printf("%.*s!%s", (int)at, s->line, rest);
        } else {
            char *typed = s->set->typed[issue->field];
            s->set->typed[issue->field] = g_strconcat(typed, "!", NULL);
            g_free(typed);
            line = vitals_line_compose((const char *const *)s->set->typed);
        }
        field_set(s->field, line);
        line_changed(v, line);
        if (s->form)
            vitals_form_reread(s->form);
    }
    cmd_continue(call, CMD_DONE, NULL);
}

/* Enter: to what is missing, or to the question about a value; never signs. */
static CmdResult accept(View *v, CmdCall *call, GError **error)
{
    VitalsNew *s = v->state;
    const VitalIssue *issue = s->set->issues->len ? s->set->issues->pdata[0] : NULL;
    if (issue && issue->kind == VITAL_QUESTION) {
        g_autofree char *question = g_strdup_printf(_("%s. Is it so?"), issue->why);
        v->app->frontend->confirm(call, question, on_confirmed, GUINT_TO_POINTER(v->id));
        return CMD_WAIT;
    }
    if (issue) {
        cursor_to(s, issue);
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

static const char *vitals_new_context(View *v)
{
    return ((VitalsNew *)v->state)->form ? "vitals-form" : "vitals-new";
}

static CmdResult vitals_new_command(View *v, CmdCall *call, GError **error)
{
    VitalsNew *s = v->state;
    const char *name = call->command->name;
    if (strcmp(name, "vitals-sign") == 0)
        return vitals_new_sign(v, call, error);
    if (strcmp(name, "vitals-accept") == 0)
        return accept(v, call, error);
    if (strcmp(name, "vitals-form") == 0 || (strcmp(name, "next-part") == 0 && !s->form)) {
        toggle_form(v);
        return CMD_DONE;
    }
    return CMD_ERROR;
}

static gboolean scrolls(VitalsNew *s, const char *key, gboolean paste)
{
    int by = paste ? 0 : strcmp(key, "<PgDn>") == 0 ? 5 : strcmp(key, "<PgUp>") == 0 ? -5 : 0;
    s->top = MAX(0, MIN(s->top + by, s->rows - 2));
    return by != 0;
}

static gboolean vitals_new_text(View *v, const char *utf8, gboolean paste)
{
    VitalsNew *s = v->state;
    view_dirty(v);
    if (scrolls(s, utf8, paste))
        return TRUE;
    if (s->sending)
        return TRUE; /* what is on its way does not change under the eyes */
    if (s->form)
        return vitals_form_input(s->form, utf8, paste);
    WidgetResult r = field_input(s->field, utf8, paste);
    if (r & WIDGET_CHANGED)
        line_changed(v, field_text(s->field));
    return r != WIDGET_IGNORED;
}

static gboolean vitals_new_typing(View *v)
{
    const VitalsNew *s = v->state;
    return !s->form || vitals_form_typing(s->form);
}

static VitalsPaint reading_of(View *v)
{
    const VitalsNew *s = v->state;
    return (VitalsPaint){.set = s->set, .last = s->last, .patient = patient_ctx_patient(v->patient), .problem = s->problem,
                         .corrects = s->old, .strikes = s->strike, .reason = s->reason,
                         .before = s->before.total >= 0 ? &s->before : NULL, .orders = s->orders, .now = shell_now()};
}

/* Who, about whom and every value: if any of it changes the gate starts over. */
static char *vitals_new_reading(View *v, gboolean *ret_complete)
{
    VitalsNew *s = v->state;
    VitalsPaint p = reading_of(v);
    g_autofree char *who = patient_naming(patient_ctx_patient(v->patient)), *text = vitals_reading_text(&p);
    g_autofree char *all = g_strjoin("\n", v->app->who->hsa_id, who, s->old && fhir_version_id(s->old) ? fhir_version_id(s->old) : "", text, NULL);
    *ret_complete = s->end_shown && !s->sending && !s->problem && vitals_new_ready(s);
    return g_compute_checksum_for_string(G_CHECKSUM_SHA256, all, -1);
}

static gboolean vitals_new_waits(View *v)
{
    return !vitals_new_ready(v->state);
}

static const char *bottom_line(const VitalsNew *s)
{
    return s->sending                        ? _("Being sent …")
           : vital_set_count(s->set) == 0 && !s->old_id ? _("Type what was measured, for example: 24 92/2l 104/62 112 38,4 a")
           : !vitals_new_ready(s)            ? _("Not ready to be signed: Enter goes to what must be answered")
           : s->end_shown && s->old_id       ? (s->strike ? _("F9 signs that this is struck") : _("F9 signs this correction"))
           : s->end_shown                    ? _("F9 signs these measurements")
                                             : _("Read to the last line, then F9 signs these measurements");
}

static void vitals_new_paint(View *v, Canvas *c)
{
    VitalsNew *s = v->state;
    VitalsPaint p = reading_of(v);
    int rows = canvas_rows(c), cols = canvas_cols(c), left = s->form ? MIN(cols / 2 - 2, 46) : 0;
    g_autofree char *who = patient_naming(p.patient), *title = g_strdup_printf(_("As it will be signed: %s"), who);
    canvas_clear(c);
    if (!s->form)
        canvas_text(c, 0, 1, STYLE_STRONG, "v");
    canvas_rule(c, s->form ? 0 : 1, title);
    int top = s->form ? 1 : 2;
    canvas_push(c, (Rect){top, left, MAX(rows - top - 1, 0), cols - left});
    s->end_shown = vitals_paint(c, s->top, &p, &s->rows);
    canvas_pop(c);
    canvas_text(c, rows - 1, 1, STYLE_STRONG, bottom_line(s));
    if (s->form) {
        canvas_push(c, (Rect){top, 0, MAX(rows - top - 1, 0), left});
        vitals_form_paint(s->form, c);
        canvas_pop(c);
    } else {
        field_paint(s->field, c, 0, 4, cols - 6, TRUE);
    }
}

static char *vitals_new_resume(View *v)
{
    VitalsNew *s = v->state;
    return s->kept ? g_strdup_printf("draft:%s", s->id) : vitals_correct_arg(s);
}

static void vitals_new_close(View *v)
{
    VitalsNew *s = v->state;
    g_clear_pointer(&s->form, vitals_form_free);
    g_clear_pointer(&s->field, field_free);
    g_clear_pointer(&s->set, vital_set_free);
    g_clear_pointer(&s->orders, news2_orders_free);
    g_clear_pointer(&s->last, vital_last_free);
    g_clear_pointer(&s->old, fhir_resource_unref);
    g_free(s->old_id);
    g_free(s->reason);
    g_free(s->encounter);
    g_free(s->problem);
    g_free(s->line);
    g_free(s->id);
}

const ViewClass view_vitals_new = {
    .name = "vitals-new",
    .title = N_("Measurements"),
    .keymap = "vitals-new",
    .context = vitals_new_context,
    .state_size = sizeof(VitalsNew),
    .flags = VIEW_PATIENT | VIEW_TEXT | VIEW_ROUND,
    .open = vitals_new_open,
    .load = vitals_new_load,
    .paint = vitals_new_paint,
    .command = vitals_new_command,
    .text = vitals_new_text,
    .typing = vitals_new_typing,
    .reading = vitals_new_reading,
    .waits = vitals_new_waits,
    .resume = vitals_new_resume,
    .close = vitals_new_close,
};
