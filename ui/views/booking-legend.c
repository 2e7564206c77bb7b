/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/views/booking-legend.h"

#include <glib/gi18n.h>

#include "chart/visit-type.h"

#define LABELS 13

/* "tis 1 dec", with "about" before a day that was counted from today; NULL: no day was said. */
static char *day_words(const BookingWish *w, CivilDate today, const char *lang)
{
    if (!w->has_when)
        return NULL;
    g_autofree char *date = civil_date_short(w->when.target, today, lang);
    const char *day = weekday_short(civil_date_weekday(w->when.target), lang);
    gboolean week = !w->when.around && civil_date_compare(w->when.from, w->when.to) < 0;
    return w->when.around ? g_strdup_printf(_("about %s %s"), day, date)
           : week         ? g_strdup_printf(_("week %d"), civil_date_iso_week(w->when.target, NULL))
                          : g_strdup_printf("%s %s", day, date);
}

static char *time_words(const BookingWish *w)
{
    if (!w->has_time)
        return NULL;
    int from = w->time.from, to = w->time.to;
    return to == from + 1 ? g_strdup_printf("%02d:%02d", from / 60, from % 60)
                          : g_strdup_printf("%02d:%02d–%02d:%02d", from / 60, from % 60, to / 60, to % 60);
}

static char *when_words(const BookingWish *w, CivilDate today, const char *lang)
{
    g_autofree char *day = day_words(w, today, lang), *time = time_words(w);
    return day && time ? g_strdup_printf("%s  %s", day, time) : g_strdup(day ? day : time);
}

/* What was understood, or what can be written. The rows are as many either way: what stands under them
 * does not move while one types. */
static int paint_part(Canvas *c, int row, int rows, const char *label, const char *understood, const char *choices)
{
    canvas_text(c, row, 1, STYLE_DIM, label);
    canvas_wrap(c, row, LABELS, canvas_cols(c) - LABELS - 1, rows, understood ? STYLE_STRONG : STYLE_DIM,
                understood ? understood : choices);
    return row + rows;
}

int booking_legend_paint(Canvas *c, int row, const BookingWish *wish, CivilDate today, const char *lang)
{
    g_autofree char *types = visit_type_texts(), *when = wish ? when_words(wish, today, lang) : NULL;
    g_autofree char *length = wish && wish->minutes ? g_strdup_printf("%u min", wish->minutes) : NULL;
    row = paint_part(c, row, 2, _("Visit type"), wish && wish->type ? wish->type->text : NULL, types);
    row = paint_part(c, row, 1, _("When"), when, _("3v in three weeks, tor on Thursday, v48, 1/12, kl 10, fm, em"));
    row = paint_part(c, row, 1, _("With"), wish ? wish->who : NULL, _("läk a doctor, ssk a nurse, a name, a room"));
    return paint_part(c, row, 1, _("How long"), length, _("as the diary has it; 45min, 1h"));
}
