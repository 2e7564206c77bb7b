/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/banner.h"

#include "base/text.h"

#include <glib/gi18n.h>
#include <string.h>

static char *join(const char *a, const char *between, const char *b)
{
    return g_strconcat(a ? a : "", a && *a && b && *b ? between : "", b ? b : "", NULL);
}

/* The right end of line 1: "● 07:42 v47", in words when something is wrong, and since when. */
static int where_state(Canvas *c, const BannerWhere *w)
{
    g_autofree char *clock = w->week > 0 ? g_strdup_printf(_("%s w%d"), w->time, w->week) : g_strdup(w->time);
    gboolean silent = w->core == CORE_SILENT, wrong = silent || w->core == CORE_OFFLINE;
    const char *since = silent ? _("◐ NO ANSWER SINCE %s") : _("○ OFFLINE SINCE %s");
    g_autofree char *words = w->since ? g_strdup_printf(since, w->since) : g_strdup(silent ? _("◐ NO ANSWER") : _("○ OFFLINE"));
    const char *mark = wrong ? words : w->core == CORE_ONLINE ? "●" : "○";
    g_autofree char *time = wrong && w->since ? g_strconcat("· ", clock, NULL) : g_strdup(clock);
    int width = text_width(mark, -1) + 1 + text_width(time, -1);
    int col = canvas_cols(c) - width;
    int used = canvas_text(c, 0, col, silent ? STYLE_WARNING : wrong ? STYLE_ALERT : STYLE_GOOD, mark);
    canvas_text(c, 0, col + used + 1, STYLE_WHERE, time);
    return col;
}

void banner_where_paint(Canvas *c, const BannerWhere *w)
{
    canvas_clear(c);
    int right = where_state(c, w), col = 1;
    if (w->exercise) {
        g_autofree char *exercise = g_strdup_printf(" %s ", _("EXERCISE"));
        col = canvas_text(c, 0, 0, STYLE_EXERCISE, exercise) + 1;
        canvas_vline(c, 0, col, 1);
        col += 2;
    }
    /* who is here is never cut for where it is: it is what a passer-by must see */
    g_autofree char *who = join(w->person, ", ", w->role);
    int who_width = MIN(text_width(who, -1), right - col - 3);
    if (who_width > 0) {
        canvas_cell(c, 0, right - who_width - 3, who_width, -1, STYLE_STRONG, who);
        canvas_vline(c, 0, right - 2, 1);
        right -= who_width + 3;
    }
    g_autofree char *where = join(w->unit, " · ", w->purpose);
    canvas_cell(c, 0, col, right - col - 1, -1, STYLE_WHERE, where);
}

static int word(Canvas *c, int row, int col, Style style, const char *text)
{
    if (!text || !*text || col >= canvas_cols(c))
        return col;
    return col + canvas_text(c, row, col, style, text) + 2;
}

/* The words before the first detail: "[!V] Ej HLR…". */
static char *brief(const char *flag)
{
    gsize n = strcspn(flag, ",:(");
    while (flag[n] && n > 0 && flag[n - 1] == ' ')
        n--;
    return flag[n] ? g_strdup_printf("%.*s…", (int)n, flag) : g_strdup(flag);
}

static gboolean kills(const BannerPatient *p, int flag)
{
    return flag < 64 && (p->kills >> flag & 1);
}

/* When they do not all fit, what does not threaten life is said in brief, the last first: more of
 * them are seen. */
static char **flags_for(const BannerPatient *p, int n, int cols)
{
    char **out = g_new0(char *, (gsize)n + 1);
    int width = -1;
    for (int i = 0; i < n; i++)
        width += text_width(p->flags[i], -1) + 2;
    for (int i = n - 1; i >= 0; i--) {
        out[i] = width > cols - 1 && !kills(p, i) ? brief(p->flags[i]) : g_strdup(p->flags[i]);
        width += text_width(out[i], -1) - text_width(p->flags[i], -1);
    }
    return out;
}

typedef enum { REST_WORDS, REST_MARKS, REST_COUNT } RestStyle;

/* The flags from @from on, by kind and number. */
static char *rest_text(const BannerPatient *p, int from, int n, RestStyle style)
{
    guint64 kills = from < 64 ? p->kills >> from : 0;
    if (from >= n)
        return g_strdup("");
    return style == REST_COUNT ? g_strdup_printf(_("+%d more"), n - from) : p->rest(p->flags + from, kills, style == REST_MARKS);
}

/* How many can stand there whole with the rest after them. */
static int whole_flags(const BannerPatient *p, char **flags, int n, int cols, RestStyle style)
{
    int col = 1, most = 0;
    for (int i = 1; i <= n; i++) {
        g_autofree char *rest = rest_text(p, i, n, style);
        col += text_width(flags[i - 1], -1);
        if (col + (*rest ? text_width(rest, -1) + 2 : 0) <= cols)
            most = i;
        col += 2;
    }
    return most;
}

/* Flags that do not fit are counted by their kind, never dropped without a word; in words where that takes no room
 * from a flag. */
static void flags_paint(Canvas *c, const BannerPatient *p)
{
    int n = p->flags ? (int)g_strv_length((char **)p->flags) : 0, col = 1, cols = canvas_cols(c);
    g_auto(GStrv) flags = flags_for(p, n, cols);
    int words = whole_flags(p, flags, n, cols, REST_WORDS), marks = whole_flags(p, flags, n, cols, REST_MARKS);
    RestStyle style = words >= marks && words ? REST_WORDS : marks ? REST_MARKS : REST_COUNT;
    int shown = MIN(MAX(MAX(words, marks), 1), n); /* of the first a part at least */
    g_autofree char *rest = rest_text(p, shown, n, style);
    for (int i = 0; i < shown; i++) {
        int room = cols - col - (*rest && i == shown - 1 ? text_width(rest, -1) + 2 : 0);
        col += canvas_cell(c, 1, col, MIN(text_width(flags[i], -1), room), -1, kills(p, i) ? STYLE_ALERT : STYLE_WARNING, flags[i]) + 2;
    }
    canvas_text(c, 1, col, STYLE_ALERT, rest);
}

/* What there is room for of the rest, parted by two spaces. A name may be cut; a part with a number in
 * it stands whole or not at all: half a weight is another weight. */
static void more_paint(Canvas *c, int col, const char *more)
{
    g_auto(GStrv) parts = g_strsplit(more ? more : "", "  ", -1);
    for (char **p = parts; *p && col < canvas_cols(c); p++) {
        int room = canvas_cols(c) - col;
        if (text_width(*p, -1) <= room)
            col = word(c, 0, col, STYLE_NORMAL, *p);
        else if (!strpbrk(*p, "0123456789"))
            col += canvas_cell(c, 0, col, room, -1, STYLE_NORMAL, *p) + 2;
    }
}

/* That something is old or not known never hides what is known: that stands first. */
static void warnings_paint(Canvas *c, const BannerPatient *p)
{
    int cols = canvas_cols(c), room = cols;
    if (p->unknown && (!p->flags || !p->flags[0])) {
        canvas_text(c, 1, 1, STYLE_WARNING, p->unknown);
        return;
    }
    if (p->unknown) {
        room = MAX(cols - text_width(p->unknown, -1) - 2, cols * 2 / 5);
        canvas_cell(c, 1, room + 1, cols - room - 1, 1, STYLE_WARNING, p->unknown);
    }
    canvas_push(c, (Rect){0, 0, 2, room});
    flags_paint(c, p);
    canvas_pop(c);
}

/* However long a name is, the number, the sex and the age stand there whole. */
static int name_paint(Canvas *c, const BannerPatient *p)
{
    int after = text_width(p->number ? p->number : "", -1) + text_width(p->sex_age ? p->sex_age : "", -1) + 4;
    int room = MAX(canvas_cols(c) - 1 - after, 1);
    if (!p->name || text_width(p->name, -1) <= room)
        return word(c, 0, 1, STYLE_PATIENT, p->name);
    return 1 + canvas_cell(c, 0, 1, room, -1, STYLE_PATIENT, p->name) + 2;
}

void banner_patient_paint(Canvas *c, const BannerPatient *p)
{
    canvas_clear(c);
    int col = name_paint(c, p);
    col = word(c, 0, col, STYLE_PATIENT, p->number);
    col = word(c, 0, col, STYLE_NORMAL, p->sex_age);
    col = word(c, 0, col, STYLE_NORMAL, p->place);
    more_paint(c, col, p->more);
    warnings_paint(c, p);
}
