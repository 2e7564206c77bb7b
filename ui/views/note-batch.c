/* SPDX-License-Identifier: GPL-3.0-or-later
 * All the notes that wait for this person's signature, of whichever patients, one at a time. The signing key
 * signs those that have been shown to their last line and have not changed since; Del leaves one out. Each
 * is signed on the patient it was opened for, and on no other. */
#include <glib/gi18n.h>
#include <string.h>

#include "chart/note-work.h"
#include "chart/note.h"
#include "chart/when.h"
#include "ui/patient-header.h"
#include "ui/views/note-acts.h"
#include "ui/views/note-batch-item.h"
#include "ui/views/outcome.h"
#include "ui/views/sending.h"
#include "ui/views/views.h"
#include "ui/widgets/text.h"

typedef struct {
    NoteWorkSource *source;
    GPtrArray *items; /* BatchItem*, the oldest first */
    guint at;
    gboolean answered;
    guint sending, done;
} Batch;

static BatchItem *item_shown(const Batch *b)
{
    return b->at < b->items->len ? b->items->pdata[b->at] : NULL;
}

static BatchItem *item_of(const Batch *b, const char *id)
{
    for (guint i = 0; i < b->items->len; i++)
        if (strcmp(((BatchItem *)b->items->pdata[i])->id, id) == 0)
            return b->items->pdata[i];
    return NULL;
}

/* What it belongs to is read with it. */
static gboolean item_signs(const BatchItem *i)
{
    return i->read && !i->left_out && i->ctx;
}

static guint signs_count(const Batch *b)
{
    guint n = 0;
    for (guint i = 0; i < b->items->len; i++)
        n += item_signs(b->items->pdata[i]);
    return n;
}

/* ---- what waits ---- */

/* ---- whose ---- */

/* Whatever waits for its answer reads it again from the top. */
static BatchItem *on_belongs(View *v, const char *id)
{
    const Batch *b = v->state;
    return b->sending ? NULL : item_of(b, id);
}

static void take_patient(View *v, BatchItem *item, PatientCtx *ctx)
{
    item->ctx = patient_ctx_ref(ctx);
    batch_item_ask(v, item, on_belongs);
}

/* Its words are shown when it is on the disk that the patient was opened, not before. */
static void on_patient(PatientCtx *ctx, const GError *error, gpointer data)
{
    View *v = data;
    Batch *b = v->state;
    for (guint i = 0; i < b->items->len; i++) {
        BatchItem *item = b->items->pdata[i];
        if (!ctx && !item->ctx)
            item->opening = FALSE; /* asked again when it is come to */
        if (!ctx || item->ctx || !item->opening || strcmp(item->patient, patient_ctx_id(ctx)) != 0)
            continue;
        take_patient(v, item, ctx);
    }
    if (error && !ctx)
        notify_error(v->app, error);
    view_dirty(v);
}

static const BatchItem *item_of_patient(const Batch *b, const char *patient)
{
    for (guint i = 0; i < b->items->len; i++) {
        const BatchItem *item = b->items->pdata[i];
        if (item->opening && strcmp(item->patient, patient) == 0)
            return item;
    }
    return NULL;
}

/* Only the one that is shown and the one after it: what nobody looks at is not logged as read. */
static void open_near(View *v)
{
    Batch *b = v->state;
    for (guint i = b->at; i < b->items->len && i <= b->at + 1; i++) {
        BatchItem *item = b->items->pdata[i];
        const BatchItem *other = item_of_patient(b, item->patient);
        if (item->ctx)
            continue;
        item->opening = TRUE;
        if (!other)
            client_open_patient(v->app->client, v->scope, item->patient, NULL, on_patient, v);
        else if (other->ctx)
            take_patient(v, item, other->ctx);
    }
}

static void take_row(View *v, const NoteWorkRow *row)
{
    Batch *b = v->state;
    BatchItem *item = item_of(b, row->id);
    if (item && g_strcmp0(fhir_version_id(item->document), fhir_version_id(row->document)) == 0)
        return;
    if (!item) {
        item = g_new0(BatchItem, 1);
        item->id = g_strdup(row->id);
        item->patient = g_strdup(row->patient);
        g_ptr_array_add(b->items, item);
    }
    batch_item_take(item, row->document);
}

static gboolean still_waits(const NoteWork *work, const char *id)
{
    for (guint i = 0; i < work->rows->len; i++)
        if (strcmp(((NoteWorkRow *)work->rows->pdata[i])->id, id) == 0)
            return TRUE;
    return FALSE;
}

static void on_work(const NoteWork *work, gpointer data)
{
    View *v = data;
    Batch *b = v->state;
    b->answered |= work->answered;
    if (b->sending) /* what is being sent is settled first */
        return;
    for (guint i = b->items->len; i-- > 0;)
        if (!still_waits(work, ((BatchItem *)b->items->pdata[i])->id))
            g_ptr_array_remove_index(b->items, i);
    for (guint i = 0; i < work->rows->len; i++) {
        const NoteWorkRow *row = work->rows->pdata[i];
        if (row->mine && note_act_allowed(v->app, row->document, NOTE_SIGN, NULL))
            take_row(v, row);
    }
    b->at = MIN(b->at, b->items->len ? b->items->len - 1 : 0);
    open_near(v);
    view_dirty(v);
}

static gboolean batch_open(View *v, const char *arg, GError **error)
{
    Batch *b = v->state;
    (void)arg;
    (void)error;
    b->items = g_ptr_array_new_with_free_func(batch_item_free);
    return TRUE;
}

static void batch_load(View *v, LoadWhy why)
{
    Batch *b = v->state;
    NotePerson who = note_person(v->app);
    if (why == LOAD_REFRESH && b->source)
        note_work_refresh(b->source);
    else
        b->source = note_work_watch(v->app->client, v->scope, &who, v->app->who->unit, on_work, v);
}

/* ---- signing ---- */

/* What one answer needs, whatever has become of the view meanwhile. */
typedef struct {
    App *app;
    CmdCall *call;
    guint view_id;
    char *id, *who;
} Sent;

/* How many have not been answered, how many are signed, and whose: of one press of the key, kept by its call. */
typedef struct {
    guint left, done;
    const char *who; /* of what was sent */
    gboolean several;
} Tally;

static void sent_free(gpointer p)
{
    Sent *s = p;
    g_free(s->id);
    g_free(s->who);
    g_free(s);
}

/* It may stand for a while under the chart of another. */
static void tell_receipt(App *app, const Tally *t)
{
    g_autofree char *at = instant_to_hhmm(shell_now());
    g_autofree char *told = g_strdup_printf(ngettext("Signed %s  %u note", "Signed %s  %u notes", t->done), at, t->done);
    g_autofree char *line = g_strdup_printf("%s, %s", told, t->several ? _("several patients") : t->who);
    app->frontend->receipt(app, line);
}

static void finish(Sent *s)
{
    View *v = shell_find_view(s->app, s->view_id);
    Batch *b = v ? v->state : NULL;
    const Tally *t = s->call->data;
    if (t->done)
        tell_receipt(s->app, t);
    if (b) {
        b->sending = 0;
        b->at = MIN(b->at, b->items->len ? b->items->len - 1 : 0);
        note_work_refresh(b->source);
        open_near(v);
        if (!b->items->len)
            s->app->frontend->close_view(s->app, s->view_id);
    }
}

static void on_signed(const NoteSigned *result, gpointer data)
{
    Sent *s = data;
    View *v = shell_find_view(s->app, s->view_id);
    Batch *b = v ? v->state : NULL;
    BatchItem *item = b ? item_of(b, s->id) : NULL;
    Tally *t = s->call->data;
    g_autofree char *failure = outcome_of_note(OUTCOME_NOTE_ACT, result, TRUE);
    gboolean last = --t->left == 0;
    if (!failure) {
        t->several |= t->done && strcmp(t->who, s->who) != 0;
        t->who = s->who;
        t->done++;
    }
    if (failure && item) {
        g_free(item->failure);
        item->failure = g_strdup(failure);
        batch_item_unread(item);
    } else if (failure) {
        sending_tell(s->app, s->who, outcome_kind(result->outcome), failure);
    } else if (item) {
        g_ptr_array_remove(b->items, item);
    }
    if (last)
        finish(s);
    v = shell_find_view(s->app, s->view_id);
    if (v)
        view_dirty(v);
    if (last)
        cmd_continue(s->call, CMD_DONE, NULL);
}

static gboolean send_one(View *v, CmdCall *call, const BatchItem *item, GError **error)
{
    const Who *who = v->app->who;
    NoteAttesting a = {NOTE_SIGN, who->practitioner, who->author ? who->author : who->name, NULL, shell_now()};
    Sent *s = g_new0(Sent, 1);
    *s = (Sent){v->app, call, v->id, g_strdup(item->id), patient_naming(patient_ctx_patient(item->ctx))};
    scope_add(call->scope, sent_free, s);
    return note_attest(v->app->client, call->scope, item->ctx, item->document, &a, on_signed, s, error);
}

static CmdResult sign_read(View *v, CmdCall *call, GError **error)
{
    Batch *b = v->state;
    if (b->sending || !signs_count(b)) {
        g_set_error_literal(error, APP_ERROR, APP_ERROR_NEEDS, b->sending ? _("It is being sent") : _("No note has been read to its last line"));
        return CMD_ERROR;
    }
    Tally *t = g_new0(Tally, 1);
    call->data = t;
    call->data_free = g_free;
    for (guint i = 0; i < b->items->len; i++) {
        BatchItem *item = b->items->pdata[i];
        g_autoptr(GError) why = NULL;
        if (!item_signs(item))
            continue;
        if (send_one(v, call, item, &why)) {
            b->sending++;
            continue;
        }
        g_free(item->failure);
        item->failure = g_strdup(_(why->message));
        batch_item_unread(item);
    }
    t->left = b->sending;
    view_dirty(v);
    return b->sending ? CMD_WAIT : CMD_DONE;
}

/* ---- keys ---- */

static gboolean move(View *v, int by)
{
    Batch *b = v->state;
    if (by < 0 ? b->at == 0 : b->at + 1 >= b->items->len)
        return FALSE;
    b->at = (guint)((int)b->at + by);
    open_near(v);
    return TRUE;
}

static CmdResult leave_out(View *v, GError **error)
{
    Batch *b = v->state;
    BatchItem *item = item_shown(b);
    if (!item || b->sending) {
        g_set_error_literal(error, APP_ERROR, APP_ERROR_NEEDS, b->sending ? _("It is being sent") : _("Nothing waits for you"));
        return CMD_ERROR;
    }
    item->left_out = !item->left_out;
    view_dirty(v);
    return CMD_DONE;
}

static CmdResult batch_command(View *v, CmdCall *call, GError **error)
{
    const char *name = call->command->name;
    gboolean next = strcmp(name, "next-part") == 0;
    if (strcmp(name, "notes-sign") == 0)
        return sign_read(v, call, error);
    if (strcmp(name, "note-leave-out") == 0)
        return leave_out(v, error);
    if (!next && strcmp(name, "previous-part") != 0)
        return CMD_ERROR;
    move(v, next ? 1 : -1);
    view_dirty(v);
    return CMD_DONE;
}

/* What reads on goes on to the next note at the end of this one. */
static gboolean batch_text(View *v, const char *utf8, gboolean paste)
{
    Batch *b = v->state;
    BatchItem *item = item_shown(b);
    gboolean on = strcmp(utf8, "<PgDn>") == 0 || strcmp(utf8, "<Space>") == 0;
    int before = item && item->text ? textview_top(item->text) : 0;
    if (!item || !item->text || textview_input(item->text, utf8, paste) == WIDGET_IGNORED)
        return FALSE;
    if (on && !paste && textview_end_shown(item->text) && textview_top(item->text) == before)
        move(v, 1);
    view_dirty(v);
    return TRUE;
}

/* Who signs, and of each that will be signed whose it is, which version and every word. */
static char *batch_reading(View *v, gboolean *ret_complete)
{
    Batch *b = v->state;
    g_autoptr(GString) all = g_string_new(v->app->who->hsa_id);
    *ret_complete = FALSE;
    if (b->sending)
        return NULL;
    for (guint i = 0; i < b->items->len; i++) {
        const BatchItem *item = b->items->pdata[i];
        if (!item_signs(item))
            continue;
        g_string_append_printf(all, "\n%s %s %s\n%s", item->patient, item->id, fhir_version_id(item->document), item->words);
        *ret_complete = TRUE;
    }
    return *ret_complete ? g_compute_checksum_for_string(G_CHECKSUM_SHA256, all->str, -1) : NULL;
}

/* ---- painting ---- */

static void paint_item(View *v, BatchItem *item, Canvas *c)
{
    Batch *b = v->state;
    NoteReading *n = note_read(item->document);
    Instant now = shell_now();
    g_autofree char *who = item->ctx ? patient_naming(patient_ctx_patient(item->ctx)) : g_strdup(_("name being fetched"));
    g_autofree char *event = when_long(n->event, now), *written = when_long(n->date, now);
    g_autofree char *title = g_strdup_printf(_("%u of %u · %s"), b->at + 1, b->items->len, who);
    canvas_rule(c, 0, title);
    int used = canvas_text(c, 1, 1, STYLE_STRONG, n->title);
    used += canvas_textf(c, 1, 1 + used, STYLE_WARNING, " · %s", n->state);
    canvas_textf(c, 1, 1 + used, STYLE_NORMAL, _(" · happened %s · written %s"), event, written);
    if (item->failure || item->left_out)
        canvas_text(c, 2, 1, STYLE_ALERT, item->failure ? item->failure : _("LEFT OUT: will not be signed now"));
    else if (n->helpers)
        canvas_textf(c, 2, 1, STYLE_NORMAL, _("with %s"), n->helpers);
    canvas_push(c, (Rect){3, 1, canvas_rows(c) - 4, canvas_cols(c) - 2});
    if (item->ctx) {
        textview_paint(item->text, c, TRUE);
        item->read |= textview_end_shown(item->text);
    } else {
        canvas_text(c, 0, 0, STYLE_DIM, _("being fetched …"));
    }
    canvas_pop(c);
    note_reading_free(n);
}

static char *foot_text(const Batch *b)
{
    guint n = signs_count(b);
    if (b->sending)
        return g_strdup(_("Being sent …"));
    if (!n)
        return g_strdup(_("Read to the last line; PgDn goes on to the next note"));
    return g_strdup_printf(ngettext("F9 signs the %u note that has been read to its end; of %u", "F9 signs the %u notes that have been read to their end; of %u", n),
                           n, b->items->len);
}

static void batch_paint(View *v, Canvas *c)
{
    Batch *b = v->state;
    BatchItem *item = item_shown(b);
    canvas_clear(c);
    if (!item) {
        canvas_rule(c, 0, _("Notes to sign"));
        canvas_text(c, 2, 1, STYLE_NORMAL, b->answered ? _("Nothing waits for you") : _("being fetched …"));
        return;
    }
    paint_item(v, item, c);
    g_autofree char *foot = foot_text(b);
    canvas_text(c, canvas_rows(c) - 1, 1, STYLE_STRONG, foot);
}

static void batch_close(View *v)
{
    g_clear_pointer(&((Batch *)v->state)->items, g_ptr_array_unref);
}

const ViewClass view_note_batch = {
    .name = "note-batch",
    .title = N_("Notes to sign"),
    .keymap = "note-batch",
    .state_size = sizeof(Batch),
    .flags = VIEW_DETAIL,
    .open = batch_open,
    .load = batch_load,
    .paint = batch_paint,
    .command = batch_command,
    .text = batch_text,
    .reading = batch_reading,
    .close = batch_close,
};
