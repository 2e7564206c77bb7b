/* SPDX-License-Identifier: GPL-3.0-or-later
 * The picture of the booking line: what is known, the proposals, and the whole reading of the chosen one. */
#include "ui/views/booking-new.h"

#include <glib/gi18n.h>

#include "ui/patient-header.h"
#include "ui/views/booking-legend.h"
#include "ui/views/sending.h"

#define READING_ROWS 5

char *booking_slot_words(const BookingProposal *p)
{
    CivilDate day = civil_date_at(p->start);
    g_autofree char *date = civil_date_short(day, civil_date_at(shell_now()), shell_lang());
    g_autofree char *from = instant_to_hhmm(p->start), *to = instant_to_hhmm(p->end);
    return g_strdup_printf(_("%s %s w%d  %s–%s"), weekday_short(civil_date_weekday(day), shell_lang()), date,
                           civil_date_iso_week(day, NULL), from, to);
}

char *booking_actor_words(const BookingProposal *p, gboolean brief)
{
    GString *out = g_string_new(NULL);
    for (guint i = 0; i < p->actors->len; i++) {
        const BookingActor *a = p->actors->pdata[i];
        g_string_append_printf(out, "%s%s", i ? " + " : "", brief ? a->brief : a->display);
    }
    return g_string_free(out, FALSE);
}

static void paint_proposals(BookingView *b, Canvas *c, int first, int room)
{
    const GPtrArray *all = b->answer->proposals;
    guint top = b->selected >= (guint)room ? b->selected - (guint)room + 1 : 0;
    for (guint i = top; i < all->len && (int)(i - top) < room; i++) {
        const BookingProposal *p = all->pdata[i];
        int row = first + (int)(i - top);
        g_autofree char *when = booking_slot_words(p), *who = booking_actor_words(p, TRUE);
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
    BookingView *b = v->state;
    const BookingProposal *p = booking_view_chosen(b);
    CivilDate day = civil_date_at(p->start);
    g_autofree char *who = patient_naming(patient_ctx_patient(v->patient)), *with = booking_actor_words(p, FALSE);
    g_autofree char *date = civil_date_to_text(day), *from = instant_to_hhmm(p->start), *to = instant_to_hhmm(p->end);
    const char *holiday = civil_date_holiday_name(day);
    canvas_rule(c, row, _("As it will be booked"));
    canvas_text(c, row + 1, 2, STYLE_PATIENT, who);
    canvas_textf(c, row + 2, 2, STYLE_STRONG, _("%s %s week %d, %s–%s  %s"), weekday_short(civil_date_weekday(day), shell_lang()),
                 date, civil_date_iso_week(day, NULL), from, to, holiday ? _(holiday) : "");
    canvas_textf(c, row + 3, 2, STYLE_STRONG, _("%s, %d min · %s"), b->answer->wish->type->text,
                 (int)((p->end - p->start) / (60 * G_USEC_PER_SEC)), with);
    int n = canvas_text(c, row + 4, 2, STYLE_NORMAL,
                sending_refuses(b->draft_id, NULL) ? _("Being sent …") : b->unknown ? _("Not known whether it was booked; the core is being asked")
                                                            : _("Enter or F4 books this"));
    canvas_text(c, row + 4, 4 + n, STYLE_WARNING, p->why);
    g_free(b->painted);
    b->painted = g_strdup(p->key);
}

/* What is not known yet, or not at all. */
static const char *list_words(const BookingView *b)
{
    const BookingAnswer *a = b->answer;
    if (!a || a->searching)
        return _("Being fetched …");
    if (!a->known)
        return _("It is not known what is free: the core did not answer wholly");
    return NULL;
}

static void paint_state(BookingView *b, Canvas *c, int row)
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

void booking_paint(View *v, Canvas *c)
{
    BookingView *b = v->state;
    gboolean reading = b->in_list && booking_view_chosen(b) && b->answer->wish->type;
    int bottom = canvas_rows(c) - (reading ? READING_ROWS : 0), first = 3;
    canvas_clear(c);
    if (!v->app->who->unit) {
        canvas_text(c, 0, 1, STYLE_WARNING, _("This assignment has no unit with a diary"));
        return;
    }
    int n = canvas_text(c, 0, 1, STYLE_HEADING, _("Book: "));
    paint_state(b, c, 1);
    if (!b->in_list)
        first = 1 + booking_legend_paint(c, 2, b->answer ? b->answer->wish : NULL, civil_date_at(shell_now()), shell_lang());
    if (b->answer)
        paint_proposals(b, c, first, bottom - first);
    if (reading)
        paint_reading(v, c, bottom);
    field_paint(b->line, c, 0, 1 + n, canvas_cols(c) - n - 2, !b->in_list);
    if (b->in_list)
        canvas_cursor(c, 3 + (int)MIN(b->selected, (guint)MAX(bottom - 4, 0)), 2);
}
