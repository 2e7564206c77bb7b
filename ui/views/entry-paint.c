/* SPDX-License-Identifier: GPL-3.0-or-later
 * An entry as it will be signed: what it is with its code, what it was, what is missing, what may be meant. */
#include <glib/gi18n.h>
#include <string.h>

#include "ui/patient-header.h"
#include "ui/views/entry.h"

enum { WIDE = 70, LABEL = 14 };

/* One row: a label and a value, or a sentence (then only @text). */
typedef struct {
    char *text, *value;
    Style style;
} Row;

static void row_free(gpointer p)
{
    Row *r = p;
    g_free(r->text);
    g_free(r->value);
    g_free(r);
}

static void add(GPtrArray *rows, Style style, char *text, char *value)
{
    Row *r = g_new0(Row, 1);
    *r = (Row){text, value, style};
    g_ptr_array_add(rows, r);
}

/* What is not changed keeps the code that it has, whatever the list would call it. */
static gboolean keeps_code(const EntryView *s, const Entry *before)
{
    return s->act == ENTRY_CHANGE && before && strcmp(s->entry->typed[ENTRY_WHAT], before->typed[ENTRY_WHAT]) == 0;
}

/* The words, and the code that they stand for. */
static char *value_words(const EntryView *s, const Entry *before, EntryField field)
{
    const Entry *e = s->entry;
    const char *words = e->typed[field];
    g_autofree char *kept = field == ENTRY_WHAT && keeps_code(s, before) ? fhir_string(fhir_root(s->old), "code.coding[0].code") : NULL,
                    *system = kept ? fhir_string(fhir_root(s->old), "code.coding[0].system") : NULL;
    if (field == ENTRY_GROUP && e->group)
        return g_strdup(e->group->text);
    gboolean said = *e->typed[ENTRY_CERTAINTY] || e->order;
    if (field == ENTRY_CERTAINTY && e->certainty)
        return said ? g_strdup(e->certainty->text) : g_strdup_printf(_("%s (assumed)"), e->certainty->text);
    if (field != ENTRY_WHAT || !*words)
        return g_strdup(words);
    if (kept && !(system && !*code_system_name(system)))
        return g_strdup_printf("%s  %s %s", words, system ? code_system_name(system) : "", kept);
    if (e->item && e->item->code && !keeps_code(s, before) && *code_system_name(e->item->system))
        return g_strdup_printf("%s  %s %s", words, code_system_name(e->item->system), e->item->code);
    return g_strdup(words);
}

static void add_values(GPtrArray *rows, const EntryView *s)
{
    g_autoptr(Entry) before = s->old ? entry_of(s->old) : NULL;
    for (EntryField f = 0; f < ENTRY_FIELDS; f++) {
        g_autofree char *now = value_words(s, before, f);
        gboolean ended = f == ENTRY_SINCE && s->act == ENTRY_RESOLVE; /* not since when it has been */
        const char *was = before && s->act != ENTRY_NEW && !ended ? before->typed[f] : "";
        gboolean another = *was && *now && strcmp(was, s->entry->typed[f]) != 0 && f != ENTRY_REASON;
        if (!*now && !(s->act == ENTRY_CHANGE && *was))
            continue;
        add(rows, another ? STYLE_STRONG : STYLE_NORMAL, g_strdup(entry_label(s, f)),
            another ? g_strdup_printf(_("%s  (was %s)"), now, was) : *now ? g_strdup(now) : g_strdup_printf(_("–  (was %s)"), was));
    }
}

/* "penicillin v, läkemedel, anafylaxi, livshotande": what stands in the record now. */
static char *old_words(const EntryView *s)
{
    g_autoptr(Entry) before = s->old ? entry_of(s->old) : NULL;
    return before ? entry_compose((const char *const *)before->typed) : g_strdup("…");
}

static char *heading(const EntryView *s)
{
    g_autofree char *old = old_words(s);
    return s->act == ENTRY_STRIKE     ? g_strdup_printf(_("Strikes: %s"), old)
           : s->act == ENTRY_QUESTION ? g_strdup_printf(_("Questions: %s"), old)
           : s->act == ENTRY_CHANGE   ? g_strdup_printf(_("Changes: %s"), old)
           : s->act == ENTRY_RESOLVE  ? g_strdup_printf(_("Is over: %s"), old)
           : s->domain == ENTRY_PROCEDURE ? g_strdup(_("New procedure"))
           : s->domain == ENTRY_DIAGNOSIS ? g_strdup(_("New diagnosis"))
           : s->entry->absence        ? g_strdup(_("Recorded: nothing is known"))
           : s->entry->allergy        ? g_strdup(_("New hypersensitivity"))
           : s->entry->group          ? g_strdup(_("New alert"))
                                      : g_strdup(_("New hypersensitivity or alert"));
}

/* What the visit will say beside it. */
static char *visit_words(const EntryView *s)
{
    const EntryWord *role = s->entry->role, *was = s->old ? entry_visit_role(s->visit, fhir_id(s->old)) : NULL;
    if (s->act == ENTRY_STRIKE && was)
        return g_strdup_printf(_("It is %s of the visit, and will not be"), was->text);
    gboolean becomes_main = role && strcmp(role->code, "main") == 0 && (!was || strcmp(was->code, "main") != 0);
    if (s->visit && becomes_main && entry_visit_has_main(s->visit))
        return g_strdup(_("The visit has a huvuddiagnos already: that one becomes bidiagnos"));
    return NULL;
}

static gboolean unchecked(const Entry *e)
{
    return e->allergy && !e->absence && e->group && strcmp(e->group->code, "C2") == 0 && !e->item && *e->typed[ENTRY_WHAT] && !e->choices->len;
}

static gboolean is_chosen(const EntryView *s, guint i)
{
    return i == s->choice && entry_codes_chosen(s);
}

static GPtrArray *rows_of(const EntryView *s)
{
    GPtrArray *rows = g_ptr_array_new_with_free_func(row_free);
    add(rows, STYLE_STRONG, heading(s), NULL);
    add_values(rows, s);
    if (unchecked(s->entry) && s->act != ENTRY_STRIKE && s->act != ENTRY_QUESTION)
        add(rows, STYLE_WARNING, g_strdup(_("Without a code: the checks of an order compare the words only")), NULL);
    char *source = entry_codes_source(s);
    if (source)
        add(rows, STYLE_DIM, g_strdup(_("Codes")), source);
    char *visit = s->domain == ENTRY_DIAGNOSIS ? visit_words(s) : NULL;
    if (visit)
        add(rows, STYLE_WARNING, visit, NULL);
    for (guint i = 0; i < s->entry->issues->len; i++)
        add(rows, STYLE_WARNING, g_strdup(((const EntryIssue *)s->entry->issues->pdata[i])->text), NULL);
    for (guint i = 0; i < s->entry->choices->len; i++) {
        const CodeItem *item = s->entry->choices->pdata[i];
        const EntryWord *group = entry_word_of_code(ENTRY_GROUP, item->group);
        g_autofree char *code = item->code && *code_system_name(item->system) ? g_strdup_printf("%s %s", code_system_name(item->system), item->code) : g_strdup("");
        add(rows, is_chosen(s, i) ? STYLE_SELECTED : STYLE_NORMAL, g_strdup(item->text),
            g_strdup_printf("%s%s%s", code, *code && group ? "  " : "", group ? group->text : ""));
    }
    if (s->line.problem)
        add(rows, STYLE_ALERT, g_strdup(s->line.problem), NULL);
    return rows;
}

/* The choices stand at the end, before a problem with the disk. */
static gboolean is_choice(const EntryView *s, const GPtrArray *rows, guint i)
{
    guint end = rows->len - (s->line.problem != NULL);
    return i < end && i >= end - s->entry->choices->len;
}

/* How many of the choices have no room above the one that Enter takes. */
static guint hidden_choices(const EntryView *s, const GPtrArray *rows, guint i, int room)
{
    gboolean first = is_choice(s, rows, i) && (i == 0 || !is_choice(s, rows, i - 1));
    return first && (int)s->choice >= room ? s->choice - (guint)MAX(room, 1) + 1 : 0;
}

static void paint_row(Canvas *c, int y, const Row *r, gboolean choice)
{
    int cols = canvas_cols(c), at = cols >= WIDE ? 2 : 1, label = choice ? MIN(40, cols / 2) : LABEL;
    canvas_cell(c, y, at, label - 1, -1, choice ? r->style : STYLE_DIM, r->text);
    canvas_cell(c, y, at + label, MAX(cols - at - label - 1, 0), -1, choice ? STYLE_DIM : r->style, r->value);
}

/* A value that has no room on its row goes on under it: nothing that is signed is cut. */
static int paint_value(Canvas *c, int y, int rows, const Row *r)
{
    int cols = canvas_cols(c), at = cols >= WIDE ? 2 : 1;
    canvas_cell(c, y, at, LABEL - 1, -1, STYLE_DIM, r->text);
    return MAX(1, canvas_wrap(c, y, at + LABEL, cols - at - LABEL - 1, rows - y, r->style, r->value));
}

gboolean entry_paint(View *v, Canvas *c)
{
    EntryView *s = v->state;
    g_autoptr(GPtrArray) rows = rows_of(s);
    int y = 0, n = canvas_rows(c), at = canvas_cols(c) >= WIDE ? 2 : 1;
    s->line.rows = (int)rows->len;
    for (guint i = (guint)MAX(s->line.top, 0); i < rows->len; i++) {
        i += hidden_choices(s, rows, i, n - y);
        const Row *r = rows->pdata[i];
        if (y >= n)
            return FALSE;
        if (is_choice(s, rows, i) && r->style == STYLE_SELECTED)
            canvas_text(c, y, 0, STYLE_GUTTER, "▌");
        if (is_choice(s, rows, i))
            paint_row(c, y++, r, TRUE);
        else if (r->value)
            y += paint_value(c, y, n, r);
        else
            y += MAX(1, canvas_wrap(c, y, at, canvas_cols(c) - at - 1, n - y, r->style, r->text));
    }
    return y < n; /* where the last row is taken something may be cut */
}

char *entry_reading_text(const EntryView *s)
{
    g_autoptr(GPtrArray) rows = rows_of(s);
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < rows->len; i++) {
        const Row *r = rows->pdata[i];
        g_string_append_printf(text, "%s %s\n", r->text, r->value ? r->value : "");
    }
    return g_string_free(text, FALSE);
}
