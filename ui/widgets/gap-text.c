/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/widgets/gap-text.h"

#include <string.h>

#define GAP 4096

struct GapText {
    char *data;
    gsize size, gap, gap_len; /* text = data[0,gap) + data[gap+gap_len,size) */
    GArray *starts;           /* gsize: where each line begins */
};

GapText *gap_text_new(void)
{
    GapText *t = g_new0(GapText, 1);
    gsize first = 0;
    t->size = t->gap_len = GAP;
    t->data = g_malloc(t->size);
    t->starts = g_array_new(FALSE, FALSE, sizeof(gsize));
    g_array_append_val(t->starts, first);
    return t;
}

void gap_text_free(GapText *t)
{
    if (!t)
        return;
    g_free(t->data);
    g_array_unref(t->starts);
    g_free(t);
}

/* ---- the gap ---- */

gsize gap_text_length(const GapText *t)
{
    return t->size - t->gap_len;
}

char gap_text_byte(const GapText *t, gsize at)
{
    return t->data[at < t->gap ? at : at + t->gap_len];
}

static void gap_move(GapText *t, gsize at)
{
    if (at < t->gap)
        memmove(t->data + at + t->gap_len, t->data + at, t->gap - at);
    else
        memmove(t->data + t->gap, t->data + t->gap + t->gap_len, at - t->gap);
    t->gap = at;
}

static void gap_grow(GapText *t, gsize need)
{
    if (t->gap_len >= need)
        return;
    gsize length = gap_text_length(t), tail = length - t->gap;
    gsize size = length + need + MAX(GAP, length / 8);
    t->data = g_realloc(t->data, size);
    memmove(t->data + size - tail, t->data + t->size - tail, tail);
    t->gap_len = size - length;
    t->size = size;
}

char *gap_text_slice(const GapText *t, gsize from, gsize to)
{
    to = MIN(to, gap_text_length(t));
    from = MIN(from, to);
    char *s = g_malloc(to - from + 1);
    gsize before = from < t->gap ? MIN(to, t->gap) - from : 0;
    memcpy(s, t->data + from, before);
    if (to > from + before)
        memcpy(s + before, t->data + from + before + t->gap_len, to - from - before);
    s[to - from] = '\0';
    return s;
}

/* ---- lines ---- */

static gsize start_of(const GapText *t, gsize line)
{
    return g_array_index(t->starts, gsize, line);
}

gsize gap_text_lines(const GapText *t)
{
    return t->starts->len;
}

gsize gap_text_line_start(const GapText *t, gsize line)
{
    return line < t->starts->len ? start_of(t, line) : gap_text_length(t);
}

gsize gap_text_line_end(const GapText *t, gsize line)
{
    return line + 1 < t->starts->len ? start_of(t, line + 1) - 1 : gap_text_length(t);
}

gsize gap_text_line_at(const GapText *t, gsize at)
{
    gsize low = 0, high = t->starts->len;
    while (high - low > 1) {
        gsize middle = low + (high - low) / 2;
        if (start_of(t, middle) <= at)
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* Brings the index in step with the removal and insertion just made at @at. */
static void lines_update(GapText *t, gsize at, gsize removed, const char *inserted, gsize n)
{
    gsize line = gap_text_line_at(t, at), gone = 0;
    while (line + 1 + gone < t->starts->len && start_of(t, line + 1 + gone) <= at + removed)
        gone++;
    if (gone > 0)
        g_array_remove_range(t->starts, (guint)line + 1, (guint)gone);
    for (gsize i = line + 1; i < t->starts->len; i++)
        g_array_index(t->starts, gsize, i) += n - removed;
    g_autoptr(GArray) fresh = g_array_new(FALSE, FALSE, sizeof(gsize));
    for (const char *p = inserted, *end = inserted + n; (p = memchr(p, '\n', (gsize)(end - p))); ) {
        gsize start = at + (gsize)(++p - inserted);
        g_array_append_val(fresh, start);
    }
    if (fresh->len > 0)
        g_array_insert_vals(t->starts, (guint)line + 1, fresh->data, fresh->len);
}

void gap_text_splice(GapText *t, gsize at, gsize removed, const char *inserted, gsize n)
{
    gap_move(t, at);
    t->gap_len += removed;
    gap_grow(t, n);
    memcpy(t->data + t->gap, inserted, n);
    t->gap += n;
    t->gap_len -= n;
    lines_update(t, at, removed, inserted, n);
}
