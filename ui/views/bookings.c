/* SPDX-License-Identifier: GPL-3.0-or-later
 * The patient's bookings: the next first, then those that have been. */
#include <glib/gi18n.h>

#include "chart/bookings.h"
#include "ui/views/section.h"

static const ListColumn columns[] = {
    {.id = "when", .title = N_("Time"), .width = 17, .text = section_cell_0},
    {.id = "what", .title = N_("Booking"), .width = 18, .grow = TRUE, .text = section_cell_1},
    {.id = "type", .title = N_("Type"), .width = 12, .priority = 1, .text = section_cell_2},
    {.id = "about", .title = N_("About"), .width = 22, .grow = TRUE, .text = section_cell_3},
    {.id = "state", .title = N_("State"), .width = 16, .text = section_cell_4},
    {0}};

static void fill(GPtrArray *rows, const FeedState *const *feeds, Instant now)
{
    g_autoptr(GPtrArray) all = g_ptr_array_new();
    for (guint f = 0; f < 2; f++)
        for (guint i = 0; i < feeds[f]->items->len; i++)
            g_ptr_array_add(all, feeds[f]->items->pdata[i]);
    g_autoptr(GPtrArray) bookings = booking_rows(all, now);
    const BookingRow *next = booking_next(bookings);
    for (guint i = 0; i < bookings->len; i++) {
        const BookingRow *b = bookings->pdata[i];
        gboolean ahead =
            b->start != INSTANT_NONE && b->start >= instant_day_start(civil_date_at(now));
        SectionRow *row = section_add(rows, b->source, feeds[!ahead]->as_of);
        row->cells[0] = g_strdup(b->when);
        row->cells[1] = g_strdup(b->what);
        row->cells[2] = g_strdup(b->type);
        row->cells[3] = g_strdup(b->about);
        row->cells[4] = g_strdup(b->state);
        row->style = b == next ? STYLE_STRONG : b->off || !b->ahead ? STYLE_DIM : STYLE_NORMAL;
    }
}

static const Section section = {
    .heading = N_("Bookings"),
    .none = N_("No bookings in the core for this patient"),
    .feeds = {FEED_BOOKINGS_AHEAD, FEED_BOOKINGS_PAST},
    .n_feeds = 2,
    .columns = columns,
    .fill = fill,
};

static gboolean bookings_open(View *v, const char *arg, GError **error)
{
    (void)error;
    return section_open(v, &section, arg);
}

const ViewClass view_bookings = SECTION_CLASS("bookings", N_("Bookings"), bookings_open);
