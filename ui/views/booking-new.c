/* SPDX-License-Identifier: GPL-3.0-or-later
 * Booking: one line, the proposals under it as one types. Enter goes to the proposals, where the whole
 * reading of the chosen one stands; Enter or F4 there books it, if it has been painted. */
#include "ui/views/booking-new.h"

#include <glib/gi18n.h>
#include <string.h>

#include "ui/patient-header.h"
#include "ui/views/sending.h"

/* ---- proposals ---- */

const BookingProposal *booking_view_chosen(const BookingView *b)
{
    return b->answer && b->selected < b->answer->proposals->len ? b->answer->proposals->pdata[b->selected] : NULL;
}

static void choose(BookingView *b, guint i)
{
    b->selected = i;
    g_clear_pointer(&b->wanted, g_free);
    g_clear_pointer(&b->painted, g_free);
    if (booking_view_chosen(b))
        b->wanted = g_strdup(booking_view_chosen(b)->key);
}

static void to_line(BookingView *b)
{
    b->in_list = b->wants_list = FALSE;
    choose(b, 0);
}

/* What the outbox brings may come while another patient is on the screen. */
static void tell_whose(View *v, StatusKind kind, const char *sentence)
{
    g_autofree char *who = patient_naming(patient_ctx_patient(v->patient));
    sending_tell(v->app, who, kind, sentence);
}

/* The write that got no answer is among the patient's bookings after all. */
static void check_unknown(View *v)
{
    BookingView *b = v->state;
    if (!b->identifier || !b->finder || !booking_finder_has(b->finder, b->identifier))
        return;
    g_clear_pointer(&b->identifier, g_free);
    b->unknown = FALSE;
    b->booked = TRUE;
    tell_whose(v, STATUS_INFO, _("The core has the booking: the time is booked"));
    if (g_strcmp0(field_text(b->line), b->asked) == 0) /* what has been typed since is another booking */
        booking_draft_remove(v);
}

/* The outbox has an answer: booked or not, the core's list of the patient's bookings says which. */
static void booking_changed(View *v, const Event *ev)
{
    BookingView *b = v->state;
    if (ev->kind != EVENT_OUTBOX || !b->unknown || booking_is_unknown(v->app->client, patient_ctx_id(v->patient)))
        return;
    b->unknown = FALSE;
    booking_finder_refresh(b->finder);
    tell_whose(v, STATUS_WARN, _("The core answers again. See whether the time is among the patient's bookings before you book anew"));
    view_dirty(v);
}

/* The cursor stays on its proposal; if that is gone somebody else has it, and one chooses anew. */
static void on_answer(const BookingAnswer *answer, gpointer data)
{
    View *v = data;
    BookingView *b = v->state;
    gboolean found = !b->in_list;
    b->answer = answer;
    check_unknown(v);
    for (guint i = 0; b->in_list && i < answer->proposals->len; i++)
        if (g_strcmp0(((BookingProposal *)answer->proposals->pdata[i])->key, b->wanted) == 0) {
            b->selected = i;
            found = TRUE;
        }
    if (!found && !answer->searching) {
        if (!b->unknown && !b->booked) /* else it may be ours */
            v->app->frontend->status(v->app, STATUS_WARN, _("The time you had chosen is not free any more; choose again"));
        to_line(b);
    }
    if (b->wants_list && !answer->searching) {
        b->wants_list = FALSE;
        b->in_list = !answer->problem && answer->proposals->len;
        choose(b, 0);
    }
    view_dirty(v);
}

static void booking_load(View *v, LoadWhy why)
{
    BookingView *b = v->state;
    b->unknown = b->unknown || booking_is_unknown(v->app->client, patient_ctx_id(v->patient));
    if (!v->app->who->unit)
        return;
    if (why == LOAD_REFRESH && b->finder) {
        booking_finder_refresh(b->finder);
        return;
    }
    b->finder = booking_finder_new(v->app->client, v->scope, v->patient, v->app->who->unit, on_answer, v);
    booking_finder_line(b->finder, field_text(b->line));
}

/* ---- booking ---- */

typedef struct {
    Sending base;
    char *words; /* of the receipt */
} Sent;

/* It belongs to the command's call, and ends with it. */
static void sent_free(gpointer p)
{
    Sent *s = p;
    sending_clear(&s->base);
    g_free(s->words);
    g_free(s);
}

static void tell_receipt(const Sent *sent, const FhirResource *appointment)
{
    g_autofree char *at = instant_to_hhmm(shell_now());
    const char *version = appointment ? fhir_version_id(appointment) : NULL;
    g_autofree char *line = g_strdup_printf(_("Booked %s, version %s  %s, %s"), at, version ? version : "1", sent->words, sent->base.who);
    sent->base.app->frontend->receipt(sent->base.app, line);
}

/* The view, where it still stands, is ready for another try. */
static void keep_outcome(BookingView *b, const BookingResult *result)
{
    if (result->outcome == WRITTEN_OVERTAKEN)
        to_line(b);
    if (result->outcome == WRITTEN_OVERTAKEN || result->half == CLIENT_HALF_BACK) /* then the time is free again, as another version */
        booking_finder_refresh(b->finder);
    if (result->outcome != WRITTEN_UNKNOWN)
        return;
    b->unknown = TRUE;
    g_free(b->identifier);
    b->identifier = g_strdup(result->identifier);
    g_free(b->asked);
    b->asked = g_strdup(field_text(b->line));
}

/* What did not become a booking is said on the line that is always there. */
static void tell_not_booked(const Sending *sent, const BookingResult *result)
{
    gboolean nothing_done = result->outcome == WRITTEN_NOT_SENT || result->outcome == WRITTEN_REFUSED;
    gboolean can_ask = client_can_look_for(sent->app->client, "Appointment");
    g_autofree char *words = outcome_words(sent->of, result->outcome, can_ask, NULL);
    if (nothing_done && result->error)
        notify_error_of(sent->app, sent->who, result->error);
    else
        sending_tell(sent->app, sent->who, outcome_kind(result->outcome), words);
    static const char *const held[] = {
        [CLIENT_HALF_LATER] = N_("Not booked. The time was taken first, and is released as soon as the core answers; see Unfinished"),
        [CLIENT_HALF_STAYS] = N_("Not booked, but the time was taken first and could not be released: tell whoever keeps the diary"),
    };
    if (result->half > CLIENT_HALF_BACK)
        sending_tell(sent->app, sent->who, STATUS_ERROR, _(held[result->half]));
}

static void on_booked(const BookingResult *result, gpointer data)
{
    const Sent *sent = data;
    View *v = shell_find_view(sent->base.app, sent->base.view_id);
    if (result->outcome == WRITTEN_DONE) {
        sending_done(&sent->base);
        tell_receipt(sent, result->appointment);
    } else {
        tell_not_booked(&sent->base, result);
        if (v) {
            keep_outcome(v->state, result);
            view_dirty(v);
        }
    }
    cmd_continue(sent->base.call, CMD_DONE, NULL);
}

static gboolean write_it(View *v, CmdCall *call, GError **error)
{
    BookingView *b = v->state;
    const BookingProposal *p = booking_view_chosen(b);
    const VisitType *type = b->answer->wish->type;
    g_autofree char *when = booking_slot_words(p), *who = booking_actor_words(p, TRUE);
    Sent *sent = g_new0(Sent, 1);
    *sent = (Sent){.base = sending_new(v, call, b->draft_id, OUTCOME_BOOKING), .words = g_strdup_printf("%s %s %s", type->letters, when, who)};
    scope_add(call->scope, sent_free, sent);
    if (!booking_write(v->app->client, call->scope, call->patient, p, type, shell_now(), on_booked, sent, error))
        return FALSE;
    view_dirty(v);
    return TRUE;
}

static void on_overlap(CmdCall *call, gboolean yes, gpointer data)
{
    View *v = data;
    BookingView *b = v->state;
    GError *error = NULL;
    gboolean still = booking_view_chosen(b) && g_strcmp0(booking_view_chosen(b)->key, b->wanted) == 0;
    if (!yes || !still || !write_it(v, call, &error))
        cmd_continue(call, error ? CMD_ERROR : CMD_DONE, error);
}

static gboolean needs(GError **error, const char *sentence)
{
    g_set_error_literal(error, APP_ERROR, APP_ERROR_NEEDS, sentence);
    return FALSE;
}

/* What must be so before a time is booked: the line understood, the reading painted, the key fresh. */
static gboolean may_book(const BookingView *b, const CmdCall *call, GError **error)
{
    const BookingProposal *p = booking_view_chosen(b);
    if (sending_refuses(b->draft_id, error))
        return FALSE;
    if (b->booked)
        return needs(error, _("The time is booked already; Esc leaves"));
    if (b->unknown)
        return needs(error, _("It is not known whether the time before was booked; look at the patient's bookings first"));
    if (b->answer && b->answer->problem)
        return needs(error, b->answer->problem);
    if (!b->in_list || !p)
        return needs(error, _("Choose a time first: Enter, then the arrows"));
    if (call->cause.queued || g_strcmp0(b->painted, p->key) != 0)
        return needs(error, _("Read the booking first, then press the key again"));
    return TRUE;
}

static CmdResult book(View *v, CmdCall *call, GError **error)
{
    BookingView *b = v->state;
    if (!may_book(b, call, error))
        return CMD_ERROR;
    const BookingProposal *p = booking_view_chosen(b);
    if (p->overlap) {
        g_autofree char *question = g_strdup_printf(_("The patient already has %s then. Book all the same?"), p->overlap);
        v->app->frontend->confirm(call, question, on_overlap, v);
        return CMD_WAIT;
    }
    return write_it(v, call, error) ? CMD_WAIT : CMD_ERROR;
}

/* ---- keys ---- */

/* From the line to the proposals, where nothing may be left that was not understood. */
static CmdResult enter_list(View *v, GError **error)
{
    BookingView *b = v->state;
    if (!b->answer || b->answer->searching) {
        b->wants_list = TRUE; /* the list is entered when there is one */
        return CMD_DONE;
    }
    if (b->answer->problem)
        needs(error, b->answer->problem);
    else if (!b->answer->proposals->len)
        needs(error, _("There is no free time to choose"));
    else {
        b->in_list = TRUE;
        choose(b, 0);
        view_dirty(v);
        return CMD_DONE;
    }
    return CMD_ERROR;
}

static CmdResult booking_command(View *v, CmdCall *call, GError **error)
{
    BookingView *b = v->state;
    const char *name = call->command->name;
    gboolean confirm = strcmp(name, "booking-confirm") == 0;
    if (strcmp(name, "accept") != 0 && !confirm)
        return CMD_ERROR;
    return b->in_list ? book(v, call, error) : enter_list(v, error);
}

static gboolean move(BookingView *b, const char *key)
{
    guint n = b->answer ? b->answer->proposals->len : 0;
    if (strcmp(key, "<Down>") == 0 && b->in_list && b->selected + 1 < n)
        choose(b, b->selected + 1);
    else if (strcmp(key, "<Down>") == 0 && !b->in_list && n && !b->answer->problem && !b->answer->searching) {
        b->in_list = TRUE;
        choose(b, 0);
    } else if (strcmp(key, "<Up>") == 0 && b->in_list && b->selected > 0)
        choose(b, b->selected - 1);
    else if (strcmp(key, "<Up>") == 0 && b->in_list)
        to_line(b);
    else
        return strcmp(key, "<Up>") == 0 || strcmp(key, "<Down>") == 0;
    return TRUE;
}

static gboolean booking_text(View *v, const char *utf8, gboolean paste)
{
    BookingView *b = v->state;
    if (sending_tells(v->app, b->draft_id))
        return FALSE;
    if (!paste && move(b, utf8)) {
        view_dirty(v);
        return TRUE;
    }
    WidgetResult r = field_input(b->line, utf8, paste);
    if (r & WIDGET_CHANGED) {
        to_line(b);
        booking_draft_save(v);
        if (b->finder)
            booking_finder_line(b->finder, field_text(b->line));
    }
    if (r)
        view_dirty(v);
    return r != WIDGET_IGNORED;
}

/* ---- view ---- */

static char *booking_resume(View *v)
{
    BookingView *b = v->state;
    return b->saved ? g_strdup_printf("draft:%s", b->draft_id) : g_strdup(v->arg);
}

static void booking_close(View *v)
{
    BookingView *b = v->state;
    g_clear_pointer(&b->line, field_free);
    g_free(b->draft_id);
    g_free(b->save_problem);
    g_free(b->wanted);
    g_free(b->painted);
    g_free(b->identifier);
    g_free(b->asked);
}

const ViewClass view_booking_new = {
    .name = "booking-new",
    .title = N_("Book"),
    .keymap = "booking-new",
    .state_size = sizeof(BookingView),
    .flags = VIEW_PATIENT | VIEW_TEXT,
    .open = booking_draft_open,
    .load = booking_load,
    .changed = booking_changed,
    .paint = booking_paint,
    .command = booking_command,
    .text = booking_text,
    .resume = booking_resume,
    .close = booking_close,
};
