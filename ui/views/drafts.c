/* SPDX-License-Identifier: GPL-3.0-or-later
 * What this person has not finished: drafts, the oldest first, and writes whose outcome the core has
 * not told or that nobody has seen the end of. Enter goes on with a draft, or has the core asked again;
 * what was surely not sent can be sent, and a write is taken off the list by a person only. */
#include <glib/gi18n.h>
#include <string.h>

#include "base/clock.h"
#include "chart/pending.h"
#include "ui/views/draft-kinds.h"
#include "ui/views/note-draft.h"
#include "ui/views/sending.h"
#include "ui/views/views.h"
#include "ui/widgets/list.h"

typedef struct {
    char *id, *patient, *name, *what;
    const char *view; /* of a draft; NULL for a write */
    PendingState state; /* of a write */
    gboolean unsent;    /* of a write: it, or the rest of it, can be sent */
    Instant at;
    gboolean old;
} Row;

typedef struct {
    List *list;
    GPtrArray *rows;      /* Row */
    guint unreadable, unread_writes; /* drafts and writes that are there and no row */
    GHashTable *names;    /* patient id → name and number */
    GPtrArray *templates; /* FhirResource*: what notes are written in */
    char *doomed;         /* the draft or write that is asked about: to be thrown away, or sent */
    guint stale;          /* idle: what waits has changed */
} Drafts;

/* A write in each state: in the list, when the core has been asked, and before it is taken away. */
static const struct {
    const char *what, *answer, *forget; /* N_() */
} writes[] = {
    [PENDING_NOT_SENT] = {N_("Not sent"), N_("It was not sent: nothing is in the record. It can be sent now"),
                          N_("Take it off the list? It is surely not in the record.")},
    [PENDING_PARTLY] = {N_("Partly done"), N_("A part of it is done, the rest is not. Look in the record at what stands there"),
                        N_("Take it off the list? A part of it is in the record; the rest is not.")},
    [PENDING_UNKNOWN] = {N_("Outcome not known"), N_("Still not known whether it was done"),
                         N_("Take it off the list? Only if you have looked in the record whether it is there.")},
    [PENDING_CHANGED] = {N_("Not done: changed"), N_("Not done: someone else had changed it. See what stands there now"),
                         N_("Take it off the list? It was not done: someone else had changed it.")},
    [PENDING_REFUSED] = {N_("Not done: refused"), N_("Not done: the core refused it. Nothing of it is in the record"),
                         N_("Take it off the list? It was not done: the core refused it.")},
    [PENDING_ASKED] = {N_("Being asked about"), N_("The core is being asked about it already. Wait for the answer"),
                       N_("Take it off the list? Only if you have looked in the record whether it is there.")},
    [PENDING_HALF] = {N_("Time to be released"), N_("It was not done; the time that it had taken is not released yet"),
                      N_("Take it off the list? The time stays taken in the diary.")},
    [PENDING_DONE] = {N_("Done"), N_("It was done: the core has it"), NULL},
    [PENDING_SETTLED] = {N_("Settled"), N_("It has been settled meanwhile. Look in the record at what stands there"), NULL},
};

static void row_free(gpointer p)
{
    Row *r = p;
    g_free(r->id);
    g_free(r->patient);
    g_free(r->name);
    g_free(r->what);
    g_free(r);
}

static guint row_count(gpointer model)
{
    return ((Drafts *)model)->rows->len;
}

static gpointer row_at(gpointer model, guint i)
{
    return ((Drafts *)model)->rows->pdata[i];
}

static const char *row_id(gpointer model, guint i)
{
    return ((Row *)row_at(model, i))->id;
}

static char *text_what(gpointer row, Style *style)
{
    const Row *r = row;
    if (!r->view)
        *style = STYLE_ALERT;
    return g_strdup(r->what);
}

static char *text_name(gpointer row, Style *style)
{
    (void)style;
    return g_strdup(((Row *)row)->name);
}

static char *text_at(gpointer row, Style *style)
{
    const Row *r = row;
    g_autofree char *at = instant_to_minute(clock_shown_us(r->at));
    if (r->old)
        *style = STYLE_WARNING;
    return r->old ? g_strdup_printf(_("%s over 24 h"), at) : g_steal_pointer(&at);
}

static const ListColumn columns[] = {
    {.id = "what", .title = N_("What"), .width = 22, .text = text_what},
    {.id = "name", .title = N_("Patient"), .width = 24, .grow = TRUE, .text = text_name},
    {.id = "at", .title = N_("Saved"), .width = 22, .text = text_at},
    {0}};
static const ListModel model = {row_count, row_at, row_id};

static const char *name_of(const Drafts *d, const char *patient)
{
    const char *name = patient ? g_hash_table_lookup(d->names, patient) : NULL;
    return name ? name : patient ? _("name being fetched") : "";
}

static Row *add_row(Drafts *d, const char *id, const char *patient, const char *what, const char *view, Instant at)
{
    Row *r = g_new0(Row, 1);
    r->id = g_strdup(id);
    r->patient = g_strdup(patient);
    r->name = g_strdup(name_of(d, patient));
    r->what = g_strdup(what);
    r->view = view;
    r->at = at;
    r->old = clock_real_us() - at > DRAFT_OLD_US;
    g_ptr_array_add(d->rows, r);
    return r;
}

static int by_age(gconstpointer a, gconstpointer b)
{
    const Row *x = *(const Row *const *)a, *y = *(const Row *const *)b;
    return x->at < y->at ? -1 : x->at > y->at;
}

/* A note says of which kind it is: several of one patient are told apart by it. */
static char *words_of(const Drafts *d, const Draft *draft, const DraftKind *k)
{
    FhirResource *t = strcmp(draft->kind, NOTE_DRAFT_ALONE) == 0 ? note_draft_find_template(d->templates, draft) : NULL;
    const char *later = strcmp(draft->kind, NOTE_DRAFT_LATER) == 0 ? note_draft_later_word(draft) : NULL;
    g_autofree char *title = t ? note_template_title(t) : g_strdup(later);
    return title ? g_strdup_printf(_("Draft: %s"), title) : g_strdup(_(k->what));
}

static void fill(View *v)
{
    Drafts *d = v->state;
    g_autoptr(GError) error = NULL;
    d->unread_writes = 0;
    g_autoptr(GPtrArray) pending = v->app->client ? pending_list(v->app->client, &d->unread_writes) : NULL;
    g_autoptr(GPtrArray) drafts = v->app->services.draft_list(v->app->services.self, NULL, &d->unreadable, &error);
    g_ptr_array_set_size(d->rows, 0);
    for (guint i = 0; drafts && i < drafts->len; i++) {
        const Draft *draft = drafts->pdata[i];
        const DraftKind *k = draft_kind(draft->kind);
        g_autofree char *what = k ? words_of(d, draft, k) : NULL;
        if (k)
            add_row(d, draft->id, draft->patient, what, k->view, draft->changed);
        else
            d->unreadable++; /* a later rond's */
    }
    for (guint i = 0; pending && i < pending->len; i++) {
        const PendingWrite *p = pending->pdata[i];
        Row *r = add_row(d, p->id, p->patient, _(writes[p->state].what), NULL, p->created);
        r->state = p->state;
        r->unsent = p->unsent;
    }
    g_ptr_array_sort(d->rows, by_age);
    list_set_empty_text(d->list, error ? _(error->message) : _("Nothing is unfinished"));
    list_refresh(d->list);
    view_dirty(v);
}

static void on_names(GHashTable *names, gpointer data)
{
    View *v = data;
    Drafts *d = v->state;
    g_hash_table_unref(d->names);
    d->names = g_hash_table_ref(names);
    fill(v);
}

static gboolean drafts_open(View *v, const char *arg, GError **error)
{
    Drafts *d = v->state;
    g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free); /* told where one is chosen */
    (void)arg;
    (void)error;
    d->rows = g_ptr_array_new_with_free_func(row_free);
    d->names = g_hash_table_new(g_str_hash, g_str_equal);
    d->templates = note_draft_templates(v->app, NULL, problems);
    d->list = list_new(columns, &model, d);
    return TRUE;
}

static void drafts_load(View *v, LoadWhy why)
{
    Drafts *d = v->state;
    (void)why;
    fill(v);
    list_select(d->list, 0);
    g_autoptr(GPtrArray) ids = g_ptr_array_new();
    for (guint i = 0; i < d->rows->len; i++) {
        char *id = ((Row *)d->rows->pdata[i])->patient;
        if (id && !g_ptr_array_find_with_equal_func(ids, id, g_str_equal, NULL))
            g_ptr_array_add(ids, id);
    }
    if (v->app->client)
        patient_names_load(v->app->client, v->scope, ids, on_names, v);
}

static void tell(App *app, const char *who, PendingState state, const GError *error)
{
    if (error && (state == PENDING_UNKNOWN || state == PENDING_NOT_SENT))
        notify_error_of(app, who, error);
    else
        sending_tell(app, who, state == PENDING_DONE ? STATUS_INFO : STATUS_WARN, _(writes[state].answer));
}

/* One row that the core was asked about; the cursor may stand on another when it answers. */
typedef struct {
    View *v;
    char *who;
} Asked;

static void asked_free(gpointer p)
{
    g_free(((Asked *)p)->who);
    g_free(p);
}

static void on_asked(PendingState state, const GError *error, gpointer data)
{
    const Asked *a = data;
    tell(a->v->app, a->who, state, error);
    fill(a->v);
}

/* What became of it is told wherever the person has gone meanwhile. */
static void on_sent(PendingState state, const GError *error, gpointer data)
{
    CmdCall *call = data;
    View *v = shell_find_view(call->app, call->view_id);
    tell(call->app, call->data, state, error);
    if (v)
        fill(v);
    cmd_continue(call, CMD_DONE, NULL);
}

static void go_on(View *v)
{
    Drafts *d = v->state;
    int i = list_selected(d->list);
    if (i < 0)
        return;
    const Row *r = d->rows->pdata[i];
    if (!r->view) {
        Asked *a = g_new(Asked, 1);
        *a = (Asked){v, g_strdup(r->name)};
        scope_add(v->scope, asked_free, a);
        pending_ask(v->app->client, v->scope, r->id, on_asked, a);
        return;
    }
    g_autofree char *arg = g_strdup_printf("draft:%s", r->id), *patient = g_strdup(r->patient);
    shell_open_patient(v->app, patient, r->view, arg);
}

static void on_discard(CmdCall *call, gboolean yes, gpointer data)
{
    View *v = data;
    Drafts *d = v->state;
    GError *error = NULL;
    /* it may have been sent while the question stood there */
    if (yes && !sending_refuses(d->doomed, &error) && v->app->services.draft_remove(v->app->services.self, d->doomed, &error))
        fill(v);
    cmd_continue(call, error ? CMD_ERROR : CMD_DONE, error);
}

static void on_forget(CmdCall *call, gboolean yes, gpointer data)
{
    View *v = data;
    if (yes) {
        pending_forget(v->app->client, ((Drafts *)v->state)->doomed);
        fill(v);
    }
    cmd_continue(call, CMD_DONE, NULL);
}

static void on_send(CmdCall *call, gboolean yes, gpointer data)
{
    View *v = data;
    if (yes)
        pending_send(v->app->client, call->scope, ((Drafts *)v->state)->doomed, on_sent, call);
    else
        cmd_continue(call, CMD_DONE, NULL);
}

static CmdResult discard(View *v, CmdCall *call, const Row *r, GError **error)
{
    if (r->view && sending_refuses(r->id, error))
        return CMD_ERROR;
    g_autofree char *question = r->view
        ? g_strdup_printf(_("Discard %s, %s? It cannot be brought back."), r->what, r->name)
        : g_strdup_printf("%s: %s", r->name, _(writes[r->state].forget));
    v->app->frontend->confirm(call, question, r->view ? on_discard : on_forget, v);
    return CMD_WAIT;
}

/* Never on a guess: only what the core has surely not been given. */
static CmdResult send(View *v, CmdCall *call, const Row *r, GError **error)
{
    if (r->view || !r->unsent) {
        g_set_error_literal(error, APP_ERROR, APP_ERROR_NEEDS, _("Only what was surely not sent can be sent from here"));
        return CMD_ERROR;
    }
    g_autofree char *question = r->state == PENDING_PARTLY
        ? g_strdup_printf(_("Send the rest, %s? Only if you have looked in the record at what is done."), r->name)
        : g_strdup_printf(_("Send what was not sent, %s?"), r->name);
    call->data = g_strdup(r->name);
    call->data_free = g_free;
    v->app->frontend->confirm(call, question, on_send, v);
    return CMD_WAIT;
}

static CmdResult drafts_command(View *v, CmdCall *call, GError **error)
{
    Drafts *d = v->state;
    int i = list_selected(d->list);
    if (i < 0)
        return CMD_ERROR;
    const Row *r = d->rows->pdata[i];
    g_free(d->doomed);
    d->doomed = g_strdup(r->id);
    if (strcmp(call->command->name, "draft-discard") == 0)
        return discard(v, call, r, error);
    if (strcmp(call->command->name, "write-send") == 0)
        return send(v, call, r, error);
    return CMD_ERROR;
}

static gboolean on_stale(gpointer data)
{
    View *v = data;
    ((Drafts *)v->state)->stale = 0;
    fill(v);
    return G_SOURCE_REMOVE;
}

/* What waits may be settled at any moment, without anybody here having asked. */
static void drafts_changed(View *v, const Event *ev)
{
    Drafts *d = v->state;
    if (ev->kind == EVENT_OUTBOX && !d->stale)
        d->stale = g_idle_add(on_stale, v);
}

static gboolean drafts_text(View *v, const char *utf8, gboolean paste)
{
    Drafts *d = v->state;
    WidgetResult r = list_input(d->list, utf8, paste);
    if (r & WIDGET_ACCEPT)
        go_on(v);
    else if (r)
        view_dirty(v);
    return r != WIDGET_IGNORED;
}

static guint drafts_rows(View *v)
{
    return row_count(v->state);
}

static void drafts_paint(View *v, Canvas *c)
{
    Drafts *d = v->state;
    canvas_clear(c);
    canvas_textf(c, 0, 1, STYLE_HEADING, ngettext("Unfinished: %u", "Unfinished: %u", d->rows->len), d->rows->len);
    int n = 0;
    if (d->unreadable)
        n = canvas_textf(c, 1, 1, STYLE_ALERT,
                         ngettext("%u draft cannot be read; it is kept", "%u drafts cannot be read; they are kept", d->unreadable),
                         d->unreadable) + 2;
    if (d->unread_writes)
        canvas_textf(c, 1, 1 + n, STYLE_ALERT,
                     ngettext("%u write cannot be read; it is kept", "%u writes cannot be read; they are kept", d->unread_writes),
                     d->unread_writes);
    canvas_push(c, (Rect){2, 0, canvas_rows(c) - 2, canvas_cols(c)});
    list_paint(d->list, c, TRUE);
    canvas_pop(c);
}

static void drafts_close(View *v)
{
    Drafts *d = v->state;
    g_clear_handle_id(&d->stale, g_source_remove);
    list_free(d->list);
    g_ptr_array_unref(d->rows);
    g_hash_table_unref(d->names);
    g_ptr_array_unref(d->templates);
    g_free(d->doomed);
}

const ViewClass view_drafts = {
    .name = "drafts",
    .title = N_("Unfinished"),
    .keymap = "drafts",
    .state_size = sizeof(Drafts),
    .flags = VIEW_DETAIL,
    .open = drafts_open,
    .load = drafts_load,
    .changed = drafts_changed,
    .paint = drafts_paint,
    .command = drafts_command,
    .rows = drafts_rows,
    .text = drafts_text,
    .close = drafts_close,
};
