/* SPDX-License-Identifier: GPL-3.0-or-later
 * Booking: one line, the proposals under it as one types. Enter goes to the proposals, where the whole
 * reading of the chosen one stands; Enter or F4 there books it, if it has been painted. Every key is in
 * the sealed draft before it is painted. */
#include <glib/gi18n.h>
#include <string.h>

#include "chart/booking.h"
#include "ui/patient-header.h"
#include "ui/views/views.h"
#include "ui/widgets/field.h"

#define DRAFT_KIND "booking"
#define READING_ROWS 5

typedef struct {
    Field *line;
    char *draft_id;
    gboolean saved;          /* the draft exists */
    char *save_problem;
    BookingFinder *finder;
    const BookingAnswer *answer; /* borrowed from the finder, valid while the view lives */
    gboolean in_list;
    gboolean wants_list;     /* Enter came before the times did */
    guint selected;
    char *wanted;            /* key of the proposal the cursor is on */
    char *painted;           /* key of the proposal whose whole reading has been painted */
    gboolean sending, unknown, booked;
    char *identifier;        /* of the write that got no answer */
} Booking;

/* ---- draft ---- */

static void save(View *v)
{
    Booking *b = v->state;
    g_autoptr(GError) error = NULL;
    const Services *s = &v->app->services;
    const char *text = field_text(b->line);
    gboolean first = !b->saved;
    g_clear_pointer(&b->save_problem, g_free);
    if (*text) {
        g_autoptr(GBytes) t = g_bytes_new(text, strlen(text)), m = g_bytes_new("", 0);
        Draft d = {.id = b->draft_id, .patient = (char *)patient_ctx_id(v->patient), .kind = (char *)DRAFT_KIND, .text = t, .meta = m};
        b->saved = s->draft_put(s->self, &d, &error) || b->saved;
    } else if (b->saved) {
        b->saved = !s->draft_remove(s->self, b->draft_id, &error);
    }
    if (error)
        b->save_problem = g_strdup(_(error->message));
    if (first != !b->saved)
        shell_place_changed(v->app);
}

static void take_draft(Booking *b, const Draft *d)
{
    gsize n = 0;
    const char *data = g_bytes_get_data(d->text, &n);
    g_autofree char *text = g_strndup(data ? data : "", n);
    g_free(b->draft_id);
    b->draft_id = g_strdup(d->id);
    b->saved = TRUE;
    b->line = field_new(text);
}

/* Half a line that was left is gone on with, unless this begins with a line of its own. */
static void take_left_draft(View *v)
{
    Booking *b = v->state;
    const Services *s = &v->app->services;
    guint unreadable = 0;
    g_autoptr(GPtrArray) drafts = s->draft_list(s->self, patient_ctx_id(v->patient), &unreadable, NULL);
    for (guint i = 0; drafts && i < drafts->len && !b->line; i++)
        if (strcmp(((Draft *)drafts->pdata[i])->kind, DRAFT_KIND) == 0)
            take_draft(b, drafts->pdata[i]);
}

static gboolean booking_open(View *v, const char *arg, GError **error)
{
    Booking *b = v->state;
    const Services *s = &v->app->services;
    b->draft_id = g_uuid_string_random();
    if (arg && g_str_has_prefix(arg, "draft:")) {
        g_autoptr(Draft) d = s->draft_get(s->self, arg + strlen("draft:"), error);
        if (error && *error)
            return FALSE;
        if (d && g_strcmp0(d->patient, patient_ctx_id(v->patient)) != 0) {
            g_set_error_literal(error, APP_ERROR, APP_ERROR_NEEDS, _("This draft belongs to another patient"));
            return FALSE;
        }
        if (d)
            take_draft(b, d);
    } else if (!arg) {
        take_left_draft(v);
    }
    if (!b->line)
        b->line = field_new(arg && !g_str_has_prefix(arg, "draft:") ? arg : NULL);
    return TRUE;
}

/* ---- proposals ---- */

static const BookingProposal *chosen(const Booking *b)
{
    return b->answer && b->selected < b->answer->proposals->len ? b->answer->proposals->pdata[b->selected] : NULL;
}

static void choose(Booking *b, guint i)
{
    b->selected = i;
    g_clear_pointer(&b->wanted, g_free);
    g_clear_pointer(&b->painted, g_free);
    if (chosen(b))
        b->wanted = g_strdup(chosen(b)->key);
}

static void to_line(Booking *b)
{
    b->in_list = b->wants_list = FALSE;
    choose(b, 0);
}

/* The write that got no answer is among the patient's bookings after all. */
static void check_unknown(View *v)
{
    Booking *b = v->state;
    const Services *s = &v->app->services;
    g_autoptr(GError) error = NULL;
    if (!b->identifier || !b->finder || !booking_finder_has(b->finder, b->identifier))
        return;
    g_clear_pointer(&b->identifier, g_free);
    b->unknown = FALSE;
    b->booked = TRUE;
    v->app->frontend->status(v->app, STATUS_INFO, _("The core has the booking: the time is booked"));
    if (b->saved && !s->draft_remove(s->self, b->draft_id, &error))
        notify_error(v->app, error);
    b->saved = FALSE;
}

/* The outbox has an answer: booked or not, the core's list of the patient's bookings says which. */
static void booking_changed(View *v, const Event *ev)
{
    Booking *b = v->state;
    if (ev->kind != EVENT_OUTBOX || !b->unknown || !booking_outbox_empty(v->app->client))
        return;
    b->unknown = FALSE;
    booking_finder_refresh(b->finder);
    v->app->frontend->status(v->app, STATUS_WARN, _("The core answers again. See whether the time is among the patient's bookings before you book anew"));
    view_dirty(v);
}

/* The cursor stays on its proposal; if that is gone somebody else has it, and one chooses anew. */
static void on_answer(const BookingAnswer *answer, gpointer data)
{
    View *v = data;
    Booking *b = v->state;
    gboolean found = !b->in_list;
    b->answer = answer;
    check_unknown(v);
    for (guint i = 0; b->in_list && i < answer->proposals->len; i++)
        if (g_strcmp0(((BookingProposal *)answer->proposals->pdata[i])->key, b->wanted) == 0) {
            b->selected = i;
            found = TRUE;
        }
    if (!found && !answer->searching) {
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
    Booking *b = v->state;
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

static char *slot_words(const BookingProposal *p)
{
    CivilDate day = civil_date_at(p->start);
    g_autofree char *date = civil_date_short(day, civil_date_at(shell_now()), shell_lang());
    g_autofree char *from = instant_to_hhmm(p->start), *to = instant_to_hhmm(p->end);
    return g_strdup_printf(_("%s %s w%d  %s–%s"), weekday_short(civil_date_weekday(day), shell_lang()), date,
                           civil_date_iso_week(day, NULL), from, to);
}

static char *actor_words(const BookingProposal *p, gboolean brief)
{
    GString *out = g_string_new(NULL);
    for (guint i = 0; i < p->actors->len; i++) {
        const BookingActor *a = p->actors->pdata[i];
        g_string_append_printf(out, "%s%s", i ? " + " : "", brief ? a->brief : a->display);
    }
    return g_string_free(out, FALSE);
}

typedef struct {
    View *view;
    CmdCall *call;
    char *words; /* of the receipt */
} Sent;

static void sent_free(Sent *s)
{
    g_free(s->words);
    g_free(s);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Sent, sent_free)

static void tell_receipt(View *v, const Sent *sent, const FhirResource *appointment)
{
    g_autofree char *who = patient_naming(patient_ctx_patient(v->patient)), *at = instant_to_hhmm(shell_now());
    const char *version = appointment ? fhir_version_id(appointment) : NULL;
    g_autofree char *line = g_strdup_printf(_("Booked %s  %s, %s, version %s"), at, who, sent->words, version ? version : "1");
    v->app->frontend->receipt(v->app, line);
}

static void on_booked(const BookingResult *result, gpointer data)
{
    g_autoptr(Sent) sent = data;
    View *v = sent->view;
    Booking *b = v->state;
    App *app = v->app;
    g_autoptr(GError) error = NULL;
    b->sending = FALSE;
    cmd_continue(sent->call, CMD_DONE, NULL);
    switch (result->outcome) {
    case BOOKING_DONE:
        tell_receipt(v, sent, result->appointment);
        if (b->saved && !app->services.draft_remove(app->services.self, b->draft_id, &error))
            notify_error(app, error);
        app->frontend->close_view(app, v->id);
        return;
    case BOOKING_TAKEN:
        app->frontend->status(app, STATUS_WARN, _("Somebody else has just booked that time. Nothing was booked; choose another"));
        to_line(b);
        booking_finder_refresh(b->finder);
        break;
    case BOOKING_UNKNOWN:
        b->unknown = TRUE;
        g_free(b->identifier);
        b->identifier = g_strdup(result->identifier);
        app->frontend->status(app, STATUS_WARN, _("No answer from the core: it is being asked whether the time was booked"));
        break;
    default:
        if (result->error)
            notify_error(app, result->error);
        break;
    }
    view_dirty(v);
}

static gboolean write_it(View *v, CmdCall *call, GError **error)
{
    Booking *b = v->state;
    const BookingProposal *p = chosen(b);
    const VisitType *type = b->answer->wish->type;
    g_autofree char *when = slot_words(p), *who = actor_words(p, TRUE);
    Sent *sent = g_new0(Sent, 1);
    *sent = (Sent){v, call, g_strdup_printf("%s %s %s", type->letters, when, who)};
    if (!booking_write(v->app->client, v->scope, call->patient, p, type, shell_now(), on_booked, sent, error)) {
        sent_free(sent);
        return FALSE;
    }
    b->sending = TRUE;
    view_dirty(v);
    return TRUE;
}

static void on_overlap(CmdCall *call, gboolean yes, gpointer data)
{
    View *v = data;
    Booking *b = v->state;
    GError *error = NULL;
    gboolean still = chosen(b) && g_strcmp0(chosen(b)->key, b->wanted) == 0;
    if (!yes || !still || !write_it(v, call, &error))
        cmd_continue(call, error ? CMD_ERROR : CMD_DONE, error);
}

static gboolean needs(GError **error, const char *sentence)
{
    g_set_error_literal(error, APP_ERROR, APP_ERROR_NEEDS, sentence);
    return FALSE;
}

/* What must be so before a time is booked: the line understood, the reading painted, the key fresh. */
static gboolean may_book(const Booking *b, const CmdCall *call, GError **error)
{
    const BookingProposal *p = chosen(b);
    if (b->sending)
        return needs(error, _("It is being sent"));
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
    Booking *b = v->state;
    if (!may_book(b, call, error))
        return CMD_ERROR;
    const BookingProposal *p = chosen(b);
    if (p->overlap) {
        g_autofree char *question = g_strdup_printf(_("The patient already has %s then. Book all the same?"), p->overlap);
        v->app->frontend->confirm(call, question, on_overlap, v);
        return CMD_WAIT;
    }
    return write_it(v, call, error) ? CMD_WAIT : CMD_ERROR;
}

/* From the line to the proposals, where nothing may be left that was not understood. */
static CmdResult enter_list(View *v, GError **error)
{
    Booking *b = v->state;
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
    Booking *b = v->state;
    const char *name = call->command->name;
    gboolean confirm = strcmp(name, "booking-confirm") == 0;
    if (strcmp(name, "open") != 0 && !confirm)
        return CMD_ERROR;
    return b->in_list ? book(v, call, error) : enter_list(v, error);
}

static gboolean move(Booking *b, const char *key)
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
    Booking *b = v->state;
    if (b->sending)
        return TRUE;
    if (!paste && move(b, utf8)) {
        view_dirty(v);
        return TRUE;
    }
    WidgetResult r = field_input(b->line, utf8, paste);
    if (r & WIDGET_CHANGED) {
        to_line(b);
        save(v);
        if (b->finder)
            booking_finder_line(b->finder, field_text(b->line));
    }
    if (r)
        view_dirty(v);
    return r != WIDGET_IGNORED;
}

/* ---- painting ---- */

static void paint_proposals(Booking *b, Canvas *c, int first, int room)
{
    const GPtrArray *all = b->answer->proposals;
    guint top = b->selected >= (guint)room ? b->selected - (guint)room + 1 : 0;
    for (guint i = top; i < all->len && (int)(i - top) < room; i++) {
        const BookingProposal *p = all->pdata[i];
        int row = first + (int)(i - top);
        g_autofree char *when = slot_words(p), *who = actor_words(p, TRUE);
        Style style = b->in_list && i == b->selected ? STYLE_STRONG : STYLE_NORMAL;
        canvas_cell(c, row, 2, 28, -1, style, when);
        canvas_cell(c, row, 31, 24, -1, style, who);
        canvas_cell(c, row, 56, canvas_cols(c) - 57, -1, p->overlap ? STYLE_WARNING : STYLE_DIM, p->why);
        if (b->in_list && i == b->selected)
            canvas_gutter(c, row);
    }
}

/* Every word of what will be booked. */
static void paint_reading(View *v, Canvas *c, int row)
{
    Booking *b = v->state;
    const BookingProposal *p = chosen(b);
    CivilDate day = civil_date_at(p->start);
    g_autofree char *who = patient_naming(patient_ctx_patient(v->patient)), *with = actor_words(p, FALSE);
    g_autofree char *date = civil_date_to_text(day), *from = instant_to_hhmm(p->start), *to = instant_to_hhmm(p->end);
    const char *holiday = civil_date_holiday_name(day);
    canvas_rule(c, row, _("As it will be booked"));
    canvas_text(c, row + 1, 2, STYLE_PATIENT, who);
    canvas_textf(c, row + 2, 2, STYLE_STRONG, _("%s %s week %d, %s–%s  %s"), weekday_short(civil_date_weekday(day), shell_lang()),
                 date, civil_date_iso_week(day, NULL), from, to, holiday ? _(holiday) : "");
    canvas_textf(c, row + 3, 2, STYLE_STRONG, _("%s, %d min · %s"), b->answer->wish->type->text,
                 (int)((p->end - p->start) / (60 * G_USEC_PER_SEC)), with);
    int n = canvas_text(c, row + 4, 2, STYLE_NORMAL,
                b->sending ? _("Being sent …") : b->unknown ? _("Not known whether it was booked; the core is being asked")
                                                            : _("Enter or F4 books this"));
    canvas_text(c, row + 4, 4 + n, STYLE_WARNING, p->why);
    g_free(b->painted);
    b->painted = g_strdup(p->key);
}

/* What is not known yet, or not at all. */
static const char *list_words(const Booking *b)
{
    const BookingAnswer *a = b->answer;
    if (!a || a->searching)
        return _("Being fetched …");
    if (!a->known)
        return _("It is not known what is free: the core did not answer wholly");
    return NULL;
}

static void paint_state(Booking *b, Canvas *c, int row)
{
    const BookingAnswer *a = b->answer;
    const char *words = list_words(b);
    if (b->save_problem)
        canvas_text(c, row, 1, STYLE_ALERT, b->save_problem);
    else if (a && a->problem)
        canvas_text(c, row, 1, STYLE_WARNING, a->problem);
    else if (words)
        canvas_text(c, row, 1, STYLE_NORMAL, words);
    else if (!a->proposals->len) {
        g_autofree char *until = civil_date_short(a->until, civil_date_at(shell_now()), shell_lang());
        canvas_textf(c, row, 1, STYLE_WARNING, _("Nothing is free that fits, searched until %s"), until);
    } else if (!a->taken_known)
        canvas_text(c, row, 1, STYLE_WARNING, _("The patient's other bookings are not known"));
    else
        canvas_textf(c, row, 1, STYLE_DIM, ngettext("%u proposal · Enter chooses", "%u proposals · Enter chooses", a->proposals->len),
                     a->proposals->len);
}

static void booking_paint(View *v, Canvas *c)
{
    Booking *b = v->state;
    gboolean reading = b->in_list && chosen(b) && b->answer->wish->type;
    int bottom = canvas_rows(c) - (reading ? READING_ROWS : 0);
    canvas_clear(c);
    if (!v->app->who->unit) {
        canvas_text(c, 0, 1, STYLE_WARNING, _("This assignment has no unit with a diary"));
        return;
    }
    int n = canvas_text(c, 0, 1, STYLE_HEADING, _("Book: "));
    paint_state(b, c, 1);
    if (b->answer)
        paint_proposals(b, c, 3, bottom - 3);
    if (reading)
        paint_reading(v, c, bottom);
    field_paint(b->line, c, 0, 1 + n, canvas_cols(c) - n - 2, !b->in_list);
    if (b->in_list)
        canvas_cursor(c, 3 + (int)MIN(b->selected, (guint)MAX(bottom - 4, 0)), 2);
}

static char *booking_resume(View *v)
{
    Booking *b = v->state;
    return b->saved ? g_strdup_printf("draft:%s", b->draft_id) : g_strdup(v->arg);
}

static void booking_close(View *v)
{
    Booking *b = v->state;
    g_clear_pointer(&b->line, field_free);
    g_free(b->draft_id);
    g_free(b->save_problem);
    g_free(b->wanted);
    g_free(b->painted);
    g_free(b->identifier);
}

const ViewClass view_booking_new = {
    .name = "booking-new",
    .title = N_("Book"),
    .keymap = "booking-new",
    .state_size = sizeof(Booking),
    .flags = VIEW_PATIENT | VIEW_TEXT,
    .open = booking_open,
    .load = booking_load,
    .changed = booking_changed,
    .paint = booking_paint,
    .command = booking_command,
    .text = booking_text,
    .resume = booking_resume,
    .close = booking_close,
};
