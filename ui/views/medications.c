/* SPDX-License-Identifier: GPL-3.0-or-later
 * The patient's medicines, one list: what is given now first, then later, paused and ended. Where each holds is said in
 * columns; what does not fit in them stands under the list, of the one under the cursor. */
#include <glib/gi18n.h>
#include <string.h>

#include "chart/med-list.h"
#include "chart/order-data.h"
#include "ui/views/med-acts.h"
#include "ui/views/section.h"

static const ListColumn columns[] = {
    {.id = "mark", .title = "", .width = 2, .text = section_cell_mark},
    {.id = "name", .title = N_("Medicine"), .width = 22, .grow = TRUE, .text = section_cell_1},
    {.id = "dosage", .title = N_("Dose"), .width = 24, .grow = TRUE, .text = section_cell_2},
    {.id = "home", .title = N_("home"), .width = 5, .text = section_cell_6},
    {.id = "ward", .title = N_("ward"), .width = 6, .text = section_cell_7},
    {.id = "leaving", .title = N_("disch."), .width = 6, .text = section_cell_8},
    {.id = "since", .title = N_("Since"), .width = 8, .priority = 1, .text = section_cell_3},
    {.id = "until", .title = N_("Until"), .width = 8, .priority = 2, .text = section_cell_9},
    {.id = "reason", .title = N_("Reason"), .width = 18, .priority = 3, .text = section_cell_4},
    {.id = "last", .title = N_("Last given"), .width = 12, .priority = 4, .text = section_cell_10},
    {.id = "by", .title = N_("Ordered by"), .width = 16, .priority = 5, .text = section_cell_5},
    {0}};

enum { CELL_NAME = 1, CELL_DOSE, CELL_SINCE, CELL_REASON, CELL_BY, CELL_UNTIL = 9, CELL_LAST, FOOT_ROWS = 4 };

static void read_given(GPtrArray *lines, const FeedState *given, Instant now)
{
    gboolean known = given && given->answered && given->known != KNOWN_NOT;
    if (known)
        med_lines_given(lines, given->items, given->known == KNOWN_WHOLE && !given->more && !given->under_way, now);
}

static void fill(GPtrArray *rows, const FeedState *const *feeds, Instant now)
{
    const OrderData *data = order_data(NULL);
    g_autoptr(GPtrArray) lines = med_lines(feeds[0]->items, feeds[1]->items, data ? data->drugs : NULL, now);
    read_given(lines, feeds[2], now);
    for (guint i = 0; i < lines->len; i++) {
        const MedLine *l = lines->pdata[i];
        SectionRow *row = section_add(rows, l->source, feeds[0]->as_of);
        const char *const cells[] = {l->state, l->name, l->dosage, l->since, l->reason, l->by, l->home ? "x" : "", l->ward ? "x" : "",
                                     l->leaving ? "x" : "", l->until, l->last};
        for (guint k = 0; k < G_N_ELEMENTS(cells); k++)
            row->cells[k] = g_strdup(cells[k]);
        row->explained = *l->why ? g_strdup_printf("%s\t%s\n", l->state, l->why) : NULL;
        row->group = l->group;
        row->past = !med_state_counts(l->status);
        row->style = l->doubt ? STYLE_WARNING : l->given ? STYLE_NORMAL : STYLE_DIM;
    }
}

static const Section section = {
    .heading = N_("Medicines"),
    .none = N_("No medicines in the core for this patient"),
    .past = N_("stopped or ended"),
    .feeds = {FEED_MEDICATIONS, FEED_MEDICATIONS_ENDED, FEED_GIVEN},
    .n_feeds = 3,
    .n_beside = 1,
    .optional = TRUE,
    .columns = columns,
    .fill = fill,
    .opens = "medication-detail",
};

static gboolean medications_open(View *v, const char *arg, GError **error)
{
    (void)error;
    return section_open(v, &section, arg);
}

/* ---- the one under the cursor, whole ---- */

static void part(GString *s, const char *label, const char *value)
{
    if (value && *value)
        g_string_append_printf(s, "%s%s %s", s->len ? " · " : "", label, value);
}

static void paint_foot(View *v, Canvas *c, int row)
{
    const SectionRow *r = section_selected(v);
    if (!r)
        return;
    g_autoptr(GString) what = g_string_new(r->cells[CELL_NAME]), when = g_string_new(NULL);
    g_string_append_printf(what, ", %s", r->cells[CELL_DOSE]);
    part(when, _("for:"), r->cells[CELL_REASON]);
    part(when, _("since"), r->cells[CELL_SINCE]);
    part(when, _("by"), r->cells[CELL_BY]);
    part(when, _("until"), r->cells[CELL_UNTIL]);
    part(when, _("last given:"), r->cells[CELL_LAST]);
    const char *tab = r->explained ? strchr(r->explained, '\t') : NULL;
    g_autofree char *why = tab ? g_strstrip(g_strdup(tab + 1)) : NULL;
    part(when, r->cells[0], why);
    canvas_rule(c, row, "");
    int used = MAX(canvas_wrap(c, row + 1, 2, canvas_cols(c) - 4, 1, STYLE_STRONG, what->str), 1);
    canvas_wrap(c, row + 1 + used, 2, canvas_cols(c) - 4, FOOT_ROWS - 1 - used, STYLE_NORMAL, when->str);
}

static void medications_paint(View *v, Canvas *c)
{
    int rows = canvas_rows(c), foot = rows > 3 * FOOT_ROWS ? FOOT_ROWS : 0;
    canvas_push(c, (Rect){0, 0, rows - foot, canvas_cols(c)});
    section_paint(v, c);
    canvas_pop(c);
    if (foot)
        paint_foot(v, c, rows - foot);
}

static CmdResult medications_command(View *v, CmdCall *call, GError **error)
{
    if (strcmp(call->command->name, "med-mark") == 0)
        return section_mark(v, error) ? CMD_DONE : CMD_ERROR;
    const MedChange *change = med_change_of_command(call->command->name);
    return change ? med_act(v, call, change, error) : section_command(v, call, error);
}

const ViewClass view_medications = {
    .name = "medications",
    .title = N_("Medicines"),
    .keymap = "medications",
    .state_size = SECTION_STATE_BYTES,
    .flags = VIEW_PATIENT | VIEW_BESIDE,
    .open = medications_open,
    .load = section_load,
    .paint = medications_paint,
    .command = medications_command,
    .text = section_text,
    .rows = section_rows,
    .selection = section_selection,
    .resume = section_resume,
    .close = section_close,
};
