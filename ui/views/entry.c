/* SPDX-License-Identifier: GPL-3.0-or-later
 * An entry into the lists of the chart: one typed line, or the same as a form, and beside it what will be
 * signed. Each key is in the sealed draft before it is painted; the signing key signs what stands here. What
 * is changed, questioned or struck is the version that stands on the screen. */
#include "ui/views/entry.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base/text.h"
#include "chart/feed.h"
#include "chart/header.h"
#include "ui/views/draft-kinds.h"

static const char *const views[ENTRY_DOMAINS] = {
    [ENTRY_ALERT] = "alert-new", [ENTRY_PROCEDURE] = "procedure-new", [ENTRY_DIAGNOSIS] = "diagnosis-new"};

static const char *const prefixes[ENTRY_ACTS] = {
    [ENTRY_CHANGE] = "change:", [ENTRY_QUESTION] = "question:", [ENTRY_RESOLVE] = "resolve:", [ENTRY_STRIKE] = "strike:"};

static const char *const examples[ENTRY_DOMAINS] = { /* N_() */
    [ENTRY_ALERT] = N_("With commas, for example: penicillin, anafylaxi, livshotande, bekräftad, 2014"),
    [ENTRY_PROCEDURE] = N_("With commas, for example: gastroskopi, blodstillning, 2026-11-09"),
    [ENTRY_DIAGNOSIS] = N_("With commas, for example: pneumoni, höger underlob, huvuddiagnos"),
};

static const char *const done[ENTRY_ACTS] = { /* N_() */
    [ENTRY_NEW] = N_("F9 signs this"),
    [ENTRY_CHANGE] = N_("F9 signs this change"),
    [ENTRY_QUESTION] = N_("F9 signs that this is questioned"),
    [ENTRY_RESOLVE] = N_("F9 signs that this is over"),
    [ENTRY_STRIKE] = N_("F9 signs that this is struck"),
};

static const char *example(const EntryView *s)
{
    return _(examples[s->domain]);
}

static gboolean ready(View *v)
{
    const EntryView *s = v->state;
    return s->entry->issues->len == 0 && (s->act == ENTRY_NEW || s->old);
}

/* ---- the line ---- */

static void read_line(View *v)
{
    EntryView *s = v->state;
    EntryContext c = {.domain = s->domain, .act = s->act, .old = s->old, .visit = s->visit, .now = shell_now(),
                      .prescribes = s->prescribes, .suspected = s->suspected};
    Entry *old = s->entry;
    entry_codes_known(s, &c);
    s->entry = entry_read(s->line.text, &c);
    s->choice = MIN(s->choice, s->entry->choices->len ? s->entry->choices->len - 1 : 0);
    entry_free(old);
    entry_codes_read(s);
}

static char *about(const EntryView *s)
{
    return s->old_id ? g_strconcat(prefixes[s->act], s->old_id, NULL) : NULL;
}

static char *arg_of(View *v)
{
    const EntryView *s = v->state;
    return s->offered ? g_strconcat(ENTRY_OFFERED, s->line.text, NULL) : about(s);
}

/* In the draft: what it changes, and the code that was chosen. */
static char *beside(View *v)
{
    g_autofree char *on = about(v->state);
    return entry_codes_keep(v->state, on);
}

static void typed(View *v)
{
    EntryView *s = v->state;
    s->choice = 0;
    s->choosing = s->offered = FALSE;
}

static gboolean begin(EntryView *s, const char *arg)
{
    for (int i = ENTRY_CHANGE; i < ENTRY_ACTS; i++)
        if (arg && g_str_has_prefix(arg, prefixes[i])) {
            s->act = (EntryAct)i;
            s->old_id = g_strdup(arg + strlen(prefixes[i]));
            return TRUE;
        }
    return FALSE;
}

/* ---- keys ---- */

/* What is chosen stands in the line in its own words. */
static void take_choice(View *v)
{
    EntryView *s = v->state;
    const CodeItem *item = s->entry->choices->pdata[s->choice];
    const char *parts[ENTRY_FIELDS];
    for (int i = 0; i < ENTRY_FIELDS; i++)
        parts[i] = s->entry->typed[i];
    parts[ENTRY_WHAT] = item->text;
    entry_codes_take(s, item);
    g_autofree char *line = entry_compose(parts);
    line_set(v, line);
    if (s->line.form || s->entry->issues->len == 0)
        return;
    g_autofree char *more = g_strconcat(line, ", ", NULL); /* the rest is typed on */
    line_set(v, more);
}

/* To where the answer is typed: in the line with room for a word of its own, or in the form. */
static void answer_to(View *v, EntryField field)
{
    EntryView *s = v->state;
    glong at = 0;
    g_autofree char *line = entry_room_for(s->line.text, s->entry, field, &at);
    view_dirty(v);
    if (s->line.form) {
        line_focus(v, field);
        return;
    }
    if (strcmp(line, s->line.text) != 0)
        line_set(v, line);
    line_cursor(v, at);
}

/* Enter: takes what was chosen, or goes to what is missing; never signs. */
static CmdResult enter(View *v, CmdCall *call, GError **error)
{
    (void)call;
    EntryView *s = v->state;
    const EntryIssue *issue = s->entry->issues->len ? s->entry->issues->pdata[0] : NULL;
    if (entry_codes_chosen(s)) {
        take_choice(v);
        return CMD_DONE;
    }
    if (s->entry->choices->len) {
        g_set_error_literal(error, APP_ERROR, APP_ERROR_NEEDS, _("Choose with ↓, or type more"));
        return CMD_ERROR;
    }
    if (issue) {
        gboolean nothing = !*s->line.text && s->act == ENTRY_NEW;
        g_set_error_literal(error, APP_ERROR, APP_ERROR_NEEDS, nothing ? example(s) : issue->text);
        answer_to(v, issue->field);
        return CMD_ERROR;
    }
    v->app->frontend->status(v->app, STATUS_INFO, _("This is what will be signed. Read it; then the signing key signs"));
    return CMD_DONE;
}

/* ---- the reading ---- */

static char *reading(View *v)
{
    const EntryView *s = v->state;
    g_autofree char *text = entry_reading_text(s);
    const char *version = s->old && fhir_version_id(s->old) ? fhir_version_id(s->old) : "";
    const char *visit = s->visit && fhir_version_id(s->visit) ? fhir_version_id(s->visit) : "";
    return g_strjoin("\n", version, visit, text, NULL);
}

static const char *foot(View *v)
{
    const EntryView *s = v->state;
    return s->entry->choices->len                   ? _("Arrows choose, Enter takes what is meant")
           : !*s->line.text && s->act == ENTRY_NEW  ? example(s)
           : !ready(v)                              ? _("Not ready to be signed: Enter goes to what must be answered")
           : s->line.end_shown                      ? _(done[s->act])
                                                    : _("Read to the last line, then F9 signs");
}

static const LineKind kind = {
    .mark = "›", .column = 3, .context = "entry", .form_context = "entry-form",
    .enter_command = "entry-accept", .sign_command = "entry-sign", .form_command = "entry-form", .form = &entry_form,
    .typed = typed, .read = read_line, .beside = beside, .arg = arg_of, .key = entry_codes_move, .ready = ready,
    .enter = enter, .sign = entry_view_sign, .paint = entry_paint, .reading = reading, .foot = foot,
};

/* ---- view ---- */

static gboolean open_draft(View *v, const char *id, GError **error)
{
    g_autofree char *meta = NULL;
    if (!line_open_draft(v, id, &meta, error))
        return FALSE;
    g_autofree char *on = entry_codes_kept(v->state, meta);
    begin(v->state, on);
    return TRUE;
}

/* The same act on the same thing. */
static gboolean is_same(const char *meta, gpointer arg)
{
    const char *wanted = arg ? arg : "";
    gsize n = strcspn(meta, "\n"); /* after it is the code that was chosen */
    g_autofree char *on = g_strndup(meta, n);
    return strcmp(entry_codes_suspected(on) ? "" : on, wanted) == 0;
}

static EntryDomain domain_of(const View *v)
{
    for (int i = 0; i < ENTRY_DOMAINS; i++)
        if (strcmp(views[i], v->cls->name) == 0)
            return (EntryDomain)i;
    g_return_val_if_reached(ENTRY_ALERT);
}

static void on_codes(gpointer data)
{
    View *v = data;
    if (!line_of(v)->sending) /* what is on its way does not change under the eyes */
        line_reread(v);
}

static gboolean entry_view_open(View *v, const char *arg, GError **error)
{
    EntryView *s = v->state;
    line_begin(v, &kind);
    s->domain = domain_of(v);
    s->prescribes = (v->app->who->rights & CMD_NEEDS_PRESCRIBER) != 0;
    s->entry = entry_new();
    if (!entry_codes(s->domain, error))
        return FALSE;
    gboolean draft = arg && g_str_has_prefix(arg, "draft:"), on_old = !draft && begin(s, arg);
    g_autofree char *old = !arg || on_old ? draft_left(v->app, patient_ctx_id(v->patient), v->cls->name, is_same, (gpointer)arg) : NULL;
    if (old && on_old)
        g_clear_pointer(&s->old_id, g_free);
    if ((draft || old) && !open_draft(v, draft ? arg + strlen("draft:") : old, error))
        return FALSE;
    s->offered = !s->line.id && arg && g_str_has_prefix(arg, ENTRY_OFFERED);
    entry_codes_open(v, on_codes);
    line_show(v, !arg || on_old ? "" : s->offered ? arg + strlen(ENTRY_OFFERED) : arg);
    s->suspected = s->suspected || (s->offered && s->entry->certainty && strcmp(s->entry->certainty->code, "unconfirmed") == 0);
    return TRUE;
}

/* ---- what it stands on ---- */

static void on_old(Feed *feed, gpointer data)
{
    View *v = data;
    EntryView *s = v->state;
    const FeedState *f = feed_state(feed);
    gboolean first = !s->old && f->items->len > 0;
    g_clear_pointer(&s->old, fhir_resource_unref);
    s->old = f->items->len ? fhir_resource_ref(f->items->pdata[0]) : NULL;
    if (first && !s->line.kept && !*s->line.text) { /* what stands there is what one changes */
        g_autofree char *line = entry_line_of(s->old, s->act);
        line_fill(v, line);
    }
    line_reread(v);
}

static void on_visit(Feed *feed, gpointer data)
{
    View *v = data;
    EntryView *s = v->state;
    const FeedState *f = feed_state(feed);
    g_clear_pointer(&s->visit, fhir_resource_unref);
    s->visit = f->items->len ? fhir_resource_ref(f->items->pdata[0]) : NULL;
    line_reread(v);
}

/* The visit under way when this was opened: its diagnoses are written with the diagnosis. */
static void on_header(const ChartHeader *h, gpointer data)
{
    View *v = data;
    EntryView *s = v->state;
    gboolean first = !s->encounter && h->encounter;
    if (!first)
        return;
    s->encounter = g_strdup(h->encounter);
    if (s->domain == ENTRY_DIAGNOSIS)
        feed_watch_one(v->app->client, v->scope, v->patient, "Encounter", s->encounter, on_visit, v);
}

static void entry_view_load(View *v, LoadWhy why)
{
    EntryView *s = v->state;
    if (why == LOAD_REFRESH && s->encounter)
        return;
    chart_header_watch(v->app->client, v->scope, v->patient, on_header, v);
    g_auto(GStrv) type_and_id = g_strsplit(s->old_id ? s->old_id : "", "/", 2);
    if (g_strv_length(type_and_id) == 2)
        feed_watch_one(v->app->client, v->scope, v->patient, type_and_id[0], type_and_id[1], on_old, v);
    if (*s->line.text && !s->offered && !s->line.kept) /* what was read is not written: it is as old, and as damaged, as it was */
        line_save(v);
}

static void entry_view_close(View *v)
{
    EntryView *s = v->state;
    line_close(v);
    g_clear_pointer(&s->entry, entry_free);
    g_clear_pointer(&s->search, code_search_free);
    g_clear_pointer(&s->taken, code_item_unref);
    g_clear_pointer(&s->old, fhir_resource_unref);
    g_clear_pointer(&s->visit, fhir_resource_unref);
    g_free(s->old_id);
    g_free(s->encounter);
}

#define ENTRY_CLASS(NAME, TITLE)                                                                                     \
    {                                                                                                                \
        .name = NAME, .title = TITLE, .keymap = "entry", .context = line_view_context,                               \
        .state_size = sizeof(EntryView), .flags = VIEW_PATIENT | VIEW_TEXT | VIEW_DETAIL, .open = entry_view_open,   \
        .load = entry_view_load, .paint = line_view_paint, .command = line_view_command, .text = line_view_text,     \
        .typing = line_view_typing, .reading = line_view_reading, .waits = line_view_waits,                          \
        .resume = line_view_resume, .close = entry_view_close                                                        \
    }

const ViewClass view_diagnosis_new = ENTRY_CLASS("diagnosis-new", N_("Diagnosis"));
const ViewClass view_procedure_new = ENTRY_CLASS("procedure-new", N_("Procedure"));
const ViewClass view_alert_new = ENTRY_CLASS("alert-new", N_("Hypersensitivity or alert"));
