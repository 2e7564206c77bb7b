/* SPDX-License-Identifier: GPL-3.0-or-later
 * The patient's notes, newest first; what is not signed says so in words. Enter reads. */
#include <glib/gi18n.h>

#include "chart/note.h"
#include "chart/when.h"
#include "ui/views/section.h"

static const ListColumn columns[] = {
    {.id = "date", .title = N_("Date"), .width = 12, .text = section_cell_0},
    {.id = "type", .title = N_("Note"), .width = 20, .grow = TRUE, .text = section_cell_1},
    {.id = "author", .title = N_("Author"), .width = 22, .text = section_cell_2},
    {.id = "state", .title = N_("State"), .width = 14, .text = section_cell_3},
    {.id = "unit", .title = N_("Unit"), .width = 18, .priority = 1, .text = section_cell_4},
    {0}};

static void fill(GPtrArray *rows, const FeedState *const *feeds, Instant now)
{
    const FeedState *notes = feeds[0];
    for (guint i = 0; i < notes->items->len; i++) {
        NoteReading *n = note_read(notes->items->pdata[i]);
        SectionRow *row = section_add(rows, notes->items->pdata[i], notes->as_of);
        row->cells[0] = when_long(n->date, now);
        row->cells[1] = g_steal_pointer(&n->title);
        row->cells[2] = g_steal_pointer(&n->author);
        row->cells[3] = g_steal_pointer(&n->state);
        row->cells[4] = g_steal_pointer(&n->unit);
        row->style = n->struck || n->life == NOTE_REPLACED ? STYLE_DIM : n->is_signed ? STYLE_NORMAL : STYLE_WARNING;
        note_reading_free(n);
    }
}

static const Section section = {
    .heading = N_("Notes"),
    .none = N_("No notes in the core for this patient"),
    .feeds = {FEED_NOTES},
    .n_feeds = 1,
    .columns = columns,
    .fill = fill,
    .opens = "note-read",
};

static gboolean notes_open(View *v, const char *arg, GError **error)
{
    (void)error;
    return section_open(v, &section, arg);
}

const ViewClass view_notes = SECTION_CLASS("notes", N_("Notes"), notes_open);
