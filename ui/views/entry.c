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
#include "ui/patient-header.h"
#include "ui/views/draft-kinds.h"
#include "ui/views/sending.h"

static const char *const views[ENTRY_DOMAINS] = {
    [ENTRY_ALERT] = "alert-new", [ENTRY_PROCEDURE] = "procedure-new", [ENTRY_DIAGNOSIS] = "diagnosis-new"};

static const char *const prefixes[ENTRY_ACTS] = {
    [ENTRY_CHANGE] = "change:", [ENTRY_QUESTION] = "question:", [ENTRY_RESOLVE] = "resolve:", [ENTRY_STRIKE] = "strike:"};

gboolean entry_view_ready(const EntryView *s)
{
    return s->entry->issues->len == 0 && (s->act == ENTRY_NEW || s->old);
}

/* ---- the line and its draft ---- */

static void read_line(EntryView *s)
{
    EntryContext c = {.domain = s->domain, .act = s->act, .old = s->old, .visit = s->visit, .now = shell_now(),
                      .prescribes = s->prescribes, .suspected = s->suspected};
    Entry *old = s->entry;
    entry_codes_known(s, &c);
    s->entry = entry_read(s->line, &c);
    s->choice = MIN(s->choice, s->entry->choices->len ? s->entry->choices->len - 1 : 0);
    entry_free(old);
    entry_codes_read(s);
}

static char *arg_of(const EntryView *s)
{
    return s->old_id ? g_strconcat(prefixes[s->act], s->old_id, NULL) : NULL;
}

/* Before the key is painted: what was typed is in the sealed store, with what it changes. */
static void save(View *v)
{
    EntryView *s = v->state;
    App *app = v->app;
    g_autoptr(GError) error = NULL;
    gboolean empty = *s->line == '\0', first = !s->kept && !empty, ok;
    g_clear_pointer(&s->problem, g_free);
    if (empty && !s->kept)
        return;
    if (empty) {
        ok = app->services.draft_remove(app->services.self, s->id, &error);
    } else {
        g_autofree char *arg = arg_of(s), *kept = entry_codes_keep(s, arg);
        g_autoptr(GBytes) text = g_bytes_new(s->line, strlen(s->line)), meta = g_bytes_new(kept, strlen(kept));
        Draft d = {.id = s->id, .patient = (char *)patient_ctx_id(v->patient), .kind = (char *)draft_kind_of_view(v->cls->name)->kind,
                   .text = text, .meta = meta};
        ok = app->services.draft_put(app->services.self, &d, &error);
    }
    if (!ok) {
        s->problem = g_strdup(_(error->message));
        return;
    }
    s->kept = !empty;
    if (first)
        shell_place_changed(app);
}

static void line_changed(View *v, const char *line)
{
    EntryView *s = v->state;
    char *kept = g_strdup(line);
    g_free(s->line);
    s->line = kept;
    s->choice = 0;
    s->choosing = s->offered = FALSE;
    read_line(s);
    save(v);
    view_dirty(v);
}

static void line_set(View *v, const char *line)
{
    EntryView *s = v->state;
    field_set(s->field, line);
    field_input(s->field, "<End>", FALSE);
    line_changed(v, line);
    if (s->form)
        entry_form_reread(s->form);
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

static gboolean open_draft(View *v, const char *id, GError **error)
{
    EntryView *s = v->state;
    g_autoptr(Draft) d = draft_open(v->app, id, patient_ctx_id(v->patient), v->cls->name, error);
    if (!d)
        return FALSE;
    g_autofree char *meta = text_of_bytes(d->meta), *kept = entry_codes_kept(s, meta);
    begin(s, kept);
    s->id = g_strdup(id);
    s->line = text_of_bytes(d->text);
    s->kept = TRUE;
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

static void reread(View *v)
{
    EntryView *s = v->state;
    read_line(s);
    if (s->form)
        entry_form_reread(s->form);
    view_dirty(v);
}

static void on_codes(gpointer data)
{
    View *v = data;
    if (!((EntryView *)v->state)->sending) /* what is on its way does not change under the eyes */
        reread(v);
}

static gboolean entry_view_open(View *v, const char *arg, GError **error)
{
    EntryView *s = v->state;
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
    if (!s->id) {
        s->offered = arg && g_str_has_prefix(arg, ENTRY_OFFERED);
        s->id = g_uuid_string_random();
        s->line = g_strdup(!arg || on_old ? "" : s->offered ? arg + strlen(ENTRY_OFFERED) : arg);
    }
    s->field = field_new(s->line);
    field_input(s->field, "<End>", FALSE);
    entry_codes_open(v, on_codes);
    read_line(s);
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
    if (first && !s->kept && !*s->line) { /* what stands there is what one changes */
        g_autofree char *line = entry_line_of(s->old, s->act);
        char *shown = g_strdup(line);
        field_set(s->field, line);
        field_input(s->field, "<End>", FALSE);
        g_free(s->line);
        s->line = shown;
    }
    reread(v);
}

static void on_visit(Feed *feed, gpointer data)
{
    View *v = data;
    EntryView *s = v->state;
    const FeedState *f = feed_state(feed);
    g_clear_pointer(&s->visit, fhir_resource_unref);
    s->visit = f->items->len ? fhir_resource_ref(f->items->pdata[0]) : NULL;
    reread(v);
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
    if (*s->line && !s->offered && !s->kept) /* what was read is not written: it is as old, and as damaged, as it was */
        save(v);
}

/* ---- keys ---- */

static void form_line(const char *line, gpointer data)
{
    View *v = data;
    field_set(((EntryView *)v->state)->field, line);
    line_changed(v, line);
}

static void toggle_form(View *v)
{
    EntryView *s = v->state;
    if (s->form)
        g_clear_pointer(&s->form, entry_form_free);
    else
        s->form = entry_form_new(s, form_line, v);
    s->top = 0;
    view_dirty(v);
}

/* What is chosen stands in the line in its own words. */
static void take_choice(View *v)
{
    EntryView *s = v->state;
    const CodeItem *item = s->entry->choices->pdata[s->choice];
    const char *typed[ENTRY_FIELDS];
    for (int i = 0; i < ENTRY_FIELDS; i++)
        typed[i] = s->entry->typed[i];
    typed[ENTRY_WHAT] = item->text;
    entry_codes_take(s, item);
    g_autofree char *line = entry_compose(typed);
    line_set(v, line);
    if (s->form || s->entry->issues->len == 0)
        return;
    g_autofree char *more = g_strconcat(line, ", ", NULL); /* the rest is typed on */
    line_set(v, more);
}

/* To where the answer is typed: in the line with room for a word of its own, or in the form. */
static void answer_to(View *v, EntryField field)
{
    EntryView *s = v->state;
    glong at = 0;
    g_autofree char *line = entry_room_for(s->line, s->entry, field, &at);
    view_dirty(v);
    if (s->form) {
        entry_form_focus(s->form, field);
        return;
    }
    if (strcmp(line, s->line) != 0)
        line_set(v, line);
    field_input(s->field, "<Home>", FALSE);
    for (; at > 0; at--)
        field_input(s->field, "<Right>", FALSE);
}

/* Enter: takes the choice, or goes to what is missing; never signs. */
static CmdResult accept(View *v, GError **error)
{
    EntryView *s = v->state;
    const EntryIssue *issue = s->entry->issues->len ? s->entry->issues->pdata[0] : NULL;
    if (s->entry->choices->len) {
        take_choice(v);
        return CMD_DONE;
    }
    if (issue) {
        gboolean nothing = !*s->line && s->act == ENTRY_NEW;
        g_set_error_literal(error, APP_ERROR, APP_ERROR_NEEDS, nothing ? entry_example(s) : issue->text);
        answer_to(v, issue->field);
        return CMD_ERROR;
    }
    v->app->frontend->status(v->app, STATUS_INFO, _("This is what will be signed. Read it; then the signing key signs"));
    return CMD_DONE;
}

static const char *entry_view_context(View *v)
{
    return ((EntryView *)v->state)->form ? "entry-form" : "entry";
}

static CmdResult entry_view_command(View *v, CmdCall *call, GError **error)
{
    EntryView *s = v->state;
    const char *name = call->command->name;
    if (strcmp(name, "entry-sign") == 0)
        return entry_view_sign(v, call, error);
    if (strcmp(name, "entry-accept") == 0)
        return accept(v, error);
    if (strcmp(name, "entry-form") == 0 || (strcmp(name, "next-part") == 0 && !s->form)) {
        toggle_form(v);
        return CMD_DONE;
    }
    return CMD_ERROR;
}

static gboolean scrolls(EntryView *s, const char *key, gboolean paste)
{
    int by = paste ? 0 : strcmp(key, "<PgDn>") == 0 ? 5 : strcmp(key, "<PgUp>") == 0 ? -5 : 0;
    s->top = MAX(0, MIN(s->top + by, s->rows - 2));
    return by != 0;
}

static gboolean entry_view_text(View *v, const char *utf8, gboolean paste)
{
    EntryView *s = v->state;
    view_dirty(v);
    if (scrolls(s, utf8, paste) || (!paste && entry_codes_move(s, utf8)))
        return TRUE;
    if (s->sending)
        return TRUE; /* what is on its way does not change under the eyes */
    if (s->form)
        return entry_form_input(s->form, utf8, paste);
    WidgetResult r = field_input(s->field, utf8, paste);
    if (r & WIDGET_CHANGED)
        line_changed(v, field_text(s->field));
    return r != WIDGET_IGNORED;
}

static gboolean entry_view_typing(View *v)
{
    const EntryView *s = v->state;
    return !s->form || entry_form_typing(s->form);
}

/* ---- the reading ---- */

/* Who, about whom and every part: if any of it changes the gate starts over. */
static char *entry_view_reading(View *v, gboolean *ret_complete)
{
    EntryView *s = v->state;
    g_autofree char *who = patient_naming(patient_ctx_patient(v->patient)), *text = entry_reading_text(s);
    const char *version = s->old && fhir_version_id(s->old) ? fhir_version_id(s->old) : "";
    const char *visit = s->visit && fhir_version_id(s->visit) ? fhir_version_id(s->visit) : "";
    g_autofree char *all = g_strjoin("\n", v->app->who->hsa_id, who, version, visit, text, NULL);
    *ret_complete = s->end_shown && !s->sending && !s->problem && entry_view_ready(s);
    return g_compute_checksum_for_string(G_CHECKSUM_SHA256, all, -1);
}

static gboolean entry_view_waits(View *v)
{
    return !entry_view_ready(v->state);
}

static char *entry_view_resume(View *v)
{
    EntryView *s = v->state;
    return s->kept ? g_strdup_printf("draft:%s", s->id) : s->offered ? g_strconcat(ENTRY_OFFERED, s->line, NULL) : arg_of(s);
}

static void entry_view_close(View *v)
{
    EntryView *s = v->state;
    g_clear_pointer(&s->form, entry_form_free);
    g_clear_pointer(&s->field, field_free);
    g_clear_pointer(&s->entry, entry_free);
    g_clear_pointer(&s->search, code_search_free);
    g_clear_pointer(&s->taken, code_item_unref);
    g_clear_pointer(&s->old, fhir_resource_unref);
    g_clear_pointer(&s->visit, fhir_resource_unref);
    g_free(s->old_id);
    g_free(s->encounter);
    g_free(s->problem);
    g_free(s->line);
    g_free(s->id);
}

#define ENTRY_CLASS(NAME, TITLE)                                                                                     \
    {                                                                                                                \
        .name = NAME, .title = TITLE, .keymap = "entry", .context = entry_view_context,                              \
        .state_size = sizeof(EntryView), .flags = VIEW_PATIENT | VIEW_TEXT | VIEW_DETAIL, .open = entry_view_open,   \
        .load = entry_view_load, .paint = entry_view_paint, .command = entry_view_command, .text = entry_view_text,  \
        .typing = entry_view_typing, .reading = entry_view_reading, .waits = entry_view_waits,                       \
        .resume = entry_view_resume, .close = entry_view_close                                                       \
    }

const ViewClass view_diagnosis_new = ENTRY_CLASS("diagnosis-new", N_("Diagnosis"));
const ViewClass view_procedure_new = ENTRY_CLASS("procedure-new", N_("Procedure"));
const ViewClass view_alert_new = ENTRY_CLASS("alert-new", N_("Hypersensitivity or alert"));
