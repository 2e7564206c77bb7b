/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/views/schedule-cell.h"

#include <glib/gi18n.h>

static int by_instant(gconstpointer a, gconstpointer b)
{
    Instant x = *(const Instant *)a, y = *(const Instant *)b;
    return x < y ? -1 : x > y;
}

void schedule_times(const Diary *diary, GArray *times)
{
    g_array_set_size(times, 0);
    for (guint i = 0; i < diary->resources->len; i++) {
        const DiaryResource *r = diary->resources->pdata[i];
        for (guint k = 0; k < r->entries->len; k++) {
            Instant at = ((DiaryEntry *)r->entries->pdata[k])->start;
            g_array_append_val(times, at);
        }
    }
    g_array_sort(times, by_instant);
    guint kept = 0;
    for (guint i = 0; i < times->len; i++) {
        Instant at = g_array_index(times, Instant, i);
        if (!kept || g_array_index(times, Instant, kept - 1) != at)
            g_array_index(times, Instant, kept++) = at;
    }
    g_array_set_size(times, kept);
}

ScheduleCell schedule_cell(const DiaryResource *r, Instant at, Instant next)
{
    ScheduleCell out = {NULL, FALSE, 0, FALSE};
    for (guint i = 0; i < r->entries->len; i++) {
        const DiaryEntry *e = r->entries->pdata[i];
        if (e->start >= next || e->end <= at)
            continue;
        if (e->state == DIARY_CANCELLED && out.entry) {
            out.cancelled = TRUE;
            continue;
        }
        gboolean begins = e->start >= at;
        if (!out.entry || (begins && !out.begins) ||
            (begins == out.begins && out.entry->state == DIARY_CANCELLED)) {
            out.more += out.entry && out.entry->state != DIARY_CANCELLED;
            out.cancelled |= out.entry && out.entry->state == DIARY_CANCELLED;
            out.entry = e;
            out.begins = begins;
        } else {
            out.more++;
        }
    }
    return out;
}

static const char *state_mark(DiaryState state)
{
    switch (state) {
    case DIARY_ARRIVED: return C_("booking state, 3 letters", "arr");
    case DIARY_ONGOING: return "▸";
    case DIARY_DONE: return "✓";
    case DIARY_NOSHOW: return C_("booking state, 3 letters", "abs");
    case DIARY_CANCELLED: return C_("booking state, 3 letters", "can");
    default: return "";
    }
}

const char *schedule_state_words(DiaryState state)
{
    static const char *const words[] = {
        [DIARY_FREE] = N_("free"),       [DIARY_BUSY] = N_("taken"),      [DIARY_BLOCKED] = N_("not bookable"),
        [DIARY_BOOKED] = N_("booked"),   [DIARY_ARRIVED] = N_("arrived"), [DIARY_ONGOING] = N_("in progress"),
        [DIARY_DONE] = N_("done"),       [DIARY_NOSHOW] = N_("did not come"),
        [DIARY_CANCELLED] = N_("cancelled"),
    };
    return _(words[state]);
}

char *schedule_cell_words(const ScheduleCell *cell, Style *ret_style)
{
    const DiaryEntry *e = cell->entry;
    const char *type = e->type ? e->type->letters : "";
    const char *gap = *type ? " " : "";
    switch (e->state) {
    case DIARY_FREE:
        *ret_style = STYLE_GOOD;
        return g_strdup_printf("%s%s··%s··", type, gap, _("free"));
    case DIARY_BUSY:
    case DIARY_BLOCKED:
        *ret_style = STYLE_DIM;
        return g_strdup_printf("%s%s%s", type, gap, schedule_state_words(e->state));
    case DIARY_DONE:
    case DIARY_NOSHOW:
    case DIARY_CANCELLED:
        *ret_style = STYLE_DIM;
        break;
    default:
        break;
    }
    return g_strdup_printf("%s%s%s", type, gap, e->name);
}

char *schedule_cell_mark(const ScheduleCell *cell)
{
    const char *state = cell->cancelled && cell->entry->state == DIARY_FREE ? state_mark(DIARY_CANCELLED)
                                                                            : state_mark(cell->entry->state);
    return cell->more ? g_strdup_printf("%s%s+%u", state, *state ? " " : "", cell->more) : g_strdup(state);
}
