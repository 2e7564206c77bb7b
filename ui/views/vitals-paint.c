/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/views/vitals-paint.h"

#include <glib/gi18n.h>
#include <string.h>

#include "chart/news2-order.h"
#include "chart/observation.h"
#include "chart/when.h"

enum { WIDE = 70 };

/* One row: a value, or a sentence (then only @text). */
typedef struct {
    char *text, *value, *last, *points;
    Style style;
} Row;

static void row_free(gpointer p)
{
    Row *r = p;
    g_free(r->text);
    g_free(r->value);
    g_free(r->last);
    g_free(r->points);
    g_free(r);
}

static Row *add(GPtrArray *rows, Style style, char *text)
{
    Row *r = g_new0(Row, 1);
    r->style = style;
    r->text = text;
    g_ptr_array_add(rows, r);
    return r;
}

/* "24 /min", "luft (antaget)", "A – alert". */
static char *value_words(const VitalSet *s, VitalField kind)
{
    const VitalValue *v = &s->value[kind];
    const VitalInfo *info = vital_info(kind);
    g_autofree char *text = vital_value_text(s, kind);
    if (kind == VITAL_CONSCIOUSNESS)
        return g_strdup(vital_level(v->level)->text);
    if (v->assumed)
        return g_strdup_printf(_("%s (assumed)"), text);
    gboolean air = kind == VITAL_OXYGEN && decimal_is_zero(v->value);
    return air ? g_steal_pointer(&text) : g_strdup_printf("%s %s%s", text, info->unit, v->confirmed ? " !" : "");
}

static char *last_words(const VitalsPaint *p, VitalField kind)
{
    const Measurement *m = p->last != NULL ? p->last->last[kind] : NULL;
    if (m == NULL)
        return g_strdup("");
    g_autofree char *when = when_short(m->at, p->now);
    const char *words = strstr(m->value, " – "); /* of ACVPU only the letter */
    gboolean air = kind == VITAL_OXYGEN && m->number.valid && decimal_is_zero(m->number);
    return g_strdup_printf("%.*s  %s", air ? 4 : words ? (int)(words - m->value) : (int)strlen(m->value), air ? "luft" : m->value, when);
}

static gboolean any_news2_part(const VitalSet *s)
{
    for (int i = 0; i < NEWS2_PARTS; i++)
        if (s->value[i].given && !s->value[i].assumed)
            return TRUE;
    return FALSE;
}

static void add_values(GPtrArray *rows, const VitalsPaint *p, const News2 *n)
{
    gboolean parts = any_news2_part(p->set), nothing = vital_set_count(p->set) == 0 && p->corrects == NULL;
    for (int i = 0; i < VITAL_KINDS; i++) {
        gboolean part = i < NEWS2_PARTS, given = p->set->value[i].given;
        gboolean shown = given || (part && parts && p->corrects == NULL) || (nothing && p->last != NULL && p->last->last[i] != NULL);
        if (!shown)
            continue;
        Row *r = add(rows, given ? STYLE_NORMAL : STYLE_DIM, g_strdup(vital_info((VitalField)i)->name));
        r->value = given ? value_words(p->set, (VitalField)i) : g_strdup(part && parts ? _("missing") : "");
        r->last = last_words(p, (VitalField)i);
        gboolean points = part && parts && n->points[i] >= 0 && !vital_set_is_asked(p->set, (VitalField)i);
        r->points = points ? g_strdup_printf("%d", n->points[i]) : g_strdup("");
    }
}

static void add_news2(GPtrArray *rows, const VitalsPaint *p, const News2 *n)
{
    g_autofree char *missing = observation_news2_missing(n), *before = NULL, *when = NULL, *scale = news2_scale_words(p->orders, n->measured);
    if (!any_news2_part(p->set) || p->corrects != NULL)
        return;
    if (p->before != NULL && p->before->total >= 0) {
        when = when_short(p->before->measured, p->now);
        before = g_strdup_printf(_("  (last %d, %s)"), p->before->total, when);
    }
    g_autofree char *unanswered = vital_set_unanswered(p->set);
    if (missing != NULL || unanswered != NULL) {
        add(rows, STYLE_WARNING, g_strdup_printf("NEWS2 –, %s%s%s%s", missing ? missing : "", missing && unanswered ? "; " : "",
                                                 unanswered ? unanswered : "", before ? before : ""));
        return;
    }
    add(rows, n->total >= 7 ? STYLE_ALERT : n->total >= 5 || n->risk == NEWS2_LOW_MEDIUM ? STYLE_WARNING : STYLE_STRONG,
        g_strdup_printf(_("NEWS2 %d, risk %s, %s%s"), n->total, news2_risk_name(n->risk), scale, before ? before : ""));
}

static char *time_words(const VitalsPaint *p)
{
    g_autofree char *at = instant_to_minute(p->set->measured), *now = instant_to_hhmm(p->now);
    return p->set->time_said ? g_strdup_printf(_("Measured %s, written %s"), at, now)
                             : g_strdup_printf(_("Measured %s (assumed: when the line was begun)"), at);
}

static void add_correction(GPtrArray *rows, const VitalsPaint *p)
{
    g_autoptr(GPtrArray) values = vitals_of(p->corrects);
    const Measurement *m = values->len > 0 ? values->pdata[0] : NULL;
    g_autofree char *when = m != NULL ? when_long(m->at, p->now) : g_strdup("");
    add(rows, STYLE_STRONG, g_strdup_printf(p->strikes ? _("Strikes %s %s %s, measured %s") : _("Corrects %s %s %s, measured %s"), m ? m->name : "?", m ? m->value : "", m ? m->unit : "", when));
    if (p->reason != NULL && *p->reason != '\0')
        add(rows, STYLE_NORMAL, g_strdup_printf(_("Reason: %s"), p->reason));
}

/* A "!" beside a number is easily taken for something else. */
static void add_confirmed(GPtrArray *rows, const VitalSet *s)
{
    for (int i = 0; i < VITAL_KINDS; i++) {
        const VitalInfo *info = vital_info((VitalField)i);
        g_autofree char *text = info->unit && s->value[i].given && s->value[i].confirmed ? vital_value_text(s, (VitalField)i) : NULL;
        if (text)
            add(rows, STYLE_WARNING, g_strdup_printf(_("%s %s %s: confirmed as typed"), info->name, text, info->unit));
    }
}

static GPtrArray *rows_of(const VitalsPaint *p)
{
    GPtrArray *rows = g_ptr_array_new_with_free_func(row_free);
    News2 n = vital_set_news2(p->set, p->patient, p->orders);
    if (p->corrects != NULL)
        add_correction(rows, p);
    add_values(rows, p, &n);
    if (vital_set_count(p->set) > 0 && (p->corrects == NULL || p->set->time_said))
        add(rows, STYLE_NORMAL, time_words(p));
    add_confirmed(rows, p->set);
    add_news2(rows, p, &n);
    for (guint i = 0; i < p->set->issues->len; i++) {
        const VitalIssue *issue = p->set->issues->pdata[i];
        add(rows, issue->kind == VITAL_QUESTION ? STYLE_WARNING : STYLE_ALERT, g_strdup(issue->text));
    }
    if (p->problem != NULL)
        add(rows, STYLE_ALERT, g_strdup(p->problem));
    return rows;
}

static void paint_columns(Canvas *c, int row, const Row *r)
{
    int cols = canvas_cols(c);
    gboolean wide = cols >= WIDE;
    int name = wide ? 24 : 16, value = wide ? 22 : 12, at = wide ? 2 : 1;
    canvas_cell(c, row, at, name - 1, -1, r->style, r->text);
    canvas_cell(c, row, at + name, value - 1, -1, r->style == STYLE_DIM ? STYLE_DIM : STYLE_STRONG, r->value);
    canvas_cell(c, row, at + name + value, MAX(cols - at - name - value - 4, 0), -1, STYLE_DIM, r->last);
    canvas_cell(c, row, cols - 4, 3, 1, *r->points > '1' ? STYLE_WARNING : STYLE_NORMAL, r->points);
}

/* What the columns are, over the first of them. */
static void paint_heads(Canvas *c, int row)
{
    int cols = canvas_cols(c);
    gboolean wide = cols >= WIDE;
    int name = wide ? 24 : 16, value = wide ? 22 : 12, at = wide ? 2 : 1;
    canvas_cell(c, row, at + name, value - 1, -1, STYLE_HEADING, _("now"));
    canvas_cell(c, row, at + name + value, MAX(cols - at - name - value - 6, 0), -1, STYLE_HEADING, _("latest"));
    canvas_cell(c, row, cols - 6, 5, 1, STYLE_HEADING, "NEWS2");
}

gboolean vitals_paint(Canvas *c, int top, const VitalsPaint *p, int *ret_rows)
{
    g_autoptr(GPtrArray) rows = rows_of(p);
    int y = 0, n = canvas_rows(c);
    *ret_rows = (int)rows->len + 1;
    if (top == 0 && n > 0)
        paint_heads(c, y++);
    for (guint i = (guint)MAX(top - 1, 0); i < rows->len; i++) {
        const Row *r = rows->pdata[i];
        if (y >= n)
            return FALSE;
        if (r->value != NULL)
            paint_columns(c, y++, r);
        else
            y += MAX(1, canvas_wrap(c, y, canvas_cols(c) >= WIDE ? 2 : 1, canvas_cols(c) - 3, n - y, r->style, r->text));
    }
    return TRUE;
}

char *vitals_reading_text(const VitalsPaint *p)
{
    VitalsPaint alone = *p;
    alone.last = NULL; /* what was before may come late: it is not what is signed */
    alone.before = NULL;
    alone.now = 0;
    g_autoptr(GPtrArray) rows = rows_of(&alone);
    GString *s = g_string_new(NULL);
    for (guint i = 0; i < rows->len; i++) {
        const Row *r = rows->pdata[i];
        g_string_append_printf(s, "%s %s\n", r->text, r->value ? r->value : "");
    }
    return g_string_free(s, FALSE);
}
