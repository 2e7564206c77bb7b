/* SPDX-License-Identifier: GPL-3.0-or-later
 * The line of an entry: its parts told apart by their words, what is missing, and back to a line. */
#include <glib/gi18n.h>
#include <string.h>

#include "base/text.h"
#include "chart/entry-internal.h"
#include "chart/news2-order.h"

enum { PREFIX = 3 };

static void issue_free(gpointer p)
{
    EntryIssue *i = p;
    g_free(i->text);
    g_free(i);
}

Entry *entry_new(void)
{
    Entry *e = g_new0(Entry, 1);
    for (int i = 0; i < ENTRY_FIELDS; i++)
        e->typed[i] = g_strdup("");
    e->choices = g_ptr_array_new();
    e->issues = g_ptr_array_new_with_free_func(issue_free);
    return e;
}

void entry_free(Entry *e)
{
    if (!e)
        return;
    for (int i = 0; i < ENTRY_FIELDS; i++)
        g_free(e->typed[i]);
    g_free(e->asked);
    g_ptr_array_unref(e->choices);
    g_ptr_array_unref(e->issues);
    g_free(e);
}

const EntryIssue *entry_issue(const Entry *e, EntryField field)
{
    for (guint i = 0; i < e->issues->len; i++)
        if (((const EntryIssue *)e->issues->pdata[i])->field == field)
            return e->issues->pdata[i];
    return NULL;
}

static void demand(Entry *e, EntryField field, char *text)
{
    EntryIssue *i = g_new0(EntryIssue, 1);
    *i = (EntryIssue){field, text};
    g_ptr_array_add(e->issues, i);
}

gboolean entry_same_words(const char *a, const char *b)
{
    g_autofree char *x = text_fold_keep_swedish(a), *y = text_fold_keep_swedish(b);
    return strcmp(x, y) == 0;
}

/* ---- one part ---- */

static gboolean is_word(const EntryWord *w, const char *part)
{
    g_auto(GStrv) names = g_strsplit(w->names ? w->names : "", ";", -1);
    gboolean is = entry_same_words(w->text, part);
    for (char **n = names; *n && !is; n++)
        is = entry_same_words(*n, part);
    return is;
}

/* The whole word, or else (@ret_begun) a beginning of it. */
static const EntryWord *word_in(EntryField field, const char *part, const EntryWord **ret_begun, guint *fits)
{
    const EntryWord *w;
    g_autofree char *small = text_fold_keep_swedish(part);
    for (guint i = 0; (w = entry_word_at(field, i)); i++) {
        if (is_word(w, part))
            return w;
        if (g_utf8_strlen(small, -1) >= PREFIX && g_str_has_prefix(w->text, small)) {
            *ret_begun = w;
            ++*fits;
        }
    }
    return NULL;
}

/* A beginning counts only when it is no other word's in any of the fields: "livs" may be livshotande or
 * livsmedel. */
static const EntryWord *word_among(const EntryField *fields, gsize n, const char *part, gboolean whole)
{
    const EntryWord *begun = NULL, *w;
    guint fits = 0;
    for (gsize i = 0; i < n; i++)
        if ((w = word_in(fields[i], part, &begun, &fits)))
            return w;
    return fits == 1 && !whole ? begun : NULL;
}

static const EntryWord *word_of(EntryField field, const char *part, gboolean whole)
{
    return word_among(&field, 1, part, whole);
}

/* The fields that have words; the last ones are known wherever they stand, without a comma too. */
static const struct {
    EntryField fields[3];
    gsize n, first_degree;
} worded[ENTRY_DOMAINS] = {
    [ENTRY_ALERT] = {{ENTRY_GROUP, ENTRY_SEVERITY, ENTRY_CERTAINTY}, 3, 1},
    [ENTRY_DIAGNOSIS] = {{ENTRY_ROLE, ENTRY_CERTAINTY}, 2, 0},
    [ENTRY_PROCEDURE] = {{0}, 0, 0},
};

gboolean entry_is_degree(const Entry *e, const char *word)
{
    gsize from = worded[e->domain].first_degree;
    return strlen(word) > 1 && word_among(worded[e->domain].fields + from, worded[e->domain].n - from, word, TRUE);
}

gboolean entry_take_word(Entry *e, const char *part, gboolean whole)
{
    const EntryWord *w = word_among(worded[e->domain].fields, worded[e->domain].n, part, whole);
    if (w)
        entry_put(e, w->field, w->text);
    return w != NULL;
}

/* "2014", "2014-03", "2014-03-02", with or without "sedan". */
static gboolean take_since(Entry *e, const char *part)
{
    const char *date = g_str_has_prefix(part, "sedan ") ? part + strlen("sedan ") : part;
    gboolean digits = *date != '\0';
    for (const char *p = date; *p; p++)
        digits = digits && (g_ascii_isdigit(*p) || *p == '-');
    if (digits)
        entry_put(e, ENTRY_SINCE, date);
    return digits;
}

static void take_part(Entry *e, const char *part)
{
    if (entry_take_word(e, part, FALSE) || take_since(e, part))
        return;
    g_auto(GStrv) words = g_strsplit(part, " ", -1);
    gboolean all = TRUE; /* "livshotande bekräftad" */
    for (char **w = words; *w; w++)
        all = all && entry_is_degree(e, *w);
    for (char **w = words; all && *w; w++)
        entry_take_word(e, *w, TRUE);
    if (all)
        return;
    g_autofree char *both = *e->typed[ENTRY_DETAIL] ? g_strdup_printf("%s, %s", e->typed[ENTRY_DETAIL], part) : g_strdup(part);
    entry_put(e, ENTRY_DETAIL, both);
}

/* ---- the line ---- */

/* "skäl felskrivet": to the end of the line, commas and all. Gives what is before it. */
static char *cut_reason(Entry *e, const char *line)
{
    gsize to, from = entry_reason_at(line, &to);
    g_autofree char *reason = g_strstrip(g_strdup(line + to));
    entry_put(e, ENTRY_REASON, reason);
    return g_strndup(line, from);
}

static void read_parts(Entry *e, const char *line, const EntryContext *c, const Entry *old)
{
    g_auto(GStrv) parts = g_strsplit(line, ",", -1);
    guint n = 0;
    for (char **p = parts; *p; p++) {
        g_strstrip(*p);
        if (**p)
            parts[n++] = *p;
        else
            g_free(*p);
    }
    parts[n] = NULL;
    if (n == 0)
        return;
    for (guint i = entry_read_what(e, parts, c, old); i < n; i++)
        take_part(e, parts[i]);
}

/* ---- what follows, what is missing ---- */

static const EntryWord *chosen(const Entry *e, EntryField field)
{
    return *e->typed[field] ? word_of(field, e->typed[field], TRUE) : NULL;
}

/* "MRSA misst", "misstänkt2024": a doubt that was typed and is not read as the word for it. */
static gboolean says_doubt(const char *text)
{
    g_autofree char *small = text_fold_keep_swedish(text);
    for (const char *at = small; (at = strstr(at, "misst")); at += strlen("misst"))
        if (!g_str_has_prefix(at, "misstag"))
            return TRUE;
    return g_str_has_suffix(small, "?");
}

/* What is suspected does not become confirmed by a word that is gone, or grown together with another. */
static gboolean is_doubted(const Entry *e, const EntryContext *c, const Entry *old)
{
    if (e->domain != ENTRY_PROCEDURE && ((!e->item && says_doubt(e->typed[ENTRY_WHAT])) || says_doubt(e->typed[ENTRY_DETAIL])))
        return TRUE;
    gboolean was = c->act == ENTRY_CHANGE && old && old->certainty && strcmp(old->certainty->code, "unconfirmed") == 0;
    return e->domain != ENTRY_PROCEDURE && (c->suspected || was);
}

static void understand(Entry *e, gboolean doubted)
{
    e->role = chosen(e, ENTRY_ROLE);
    e->absence = e->item && strcmp(e->item->group, "0") == 0;
    if (e->item && !e->absence && !*e->typed[ENTRY_GROUP]) {
        const EntryWord *w = entry_word_of_code(ENTRY_GROUP, e->item->group);
        entry_put(e, ENTRY_GROUP, w ? w->text : "");
    }
    e->group = chosen(e, ENTRY_GROUP);
    e->severity = chosen(e, ENTRY_SEVERITY);
    e->certainty = chosen(e, ENTRY_CERTAINTY);
    e->allergy = e->absence || (e->group && e->group->code[0] == 'C');
    gboolean plain = (e->domain == ENTRY_DIAGNOSIS && *e->typed[ENTRY_WHAT]) || e->absence || (e->group && !e->allergy);
    if (!e->certainty && plain && !doubted) /* without a word of doubt it is meant so */
        e->certainty = entry_word_of_code(ENTRY_CERTAINTY, "confirmed");
}

static void judge_since(Entry *e, Instant now)
{
    const char *typed = e->typed[ENTRY_SINCE];
    if (!*typed)
        return;
    if (!fhir_time_parse(typed, &e->since) || e->since.precision == FHIR_TIME_SECOND)
        demand(e, ENTRY_SINCE, g_strdup(_("Since when: 2014, 2014-03 or 2014-03-02")));
    else if (e->since.instant > now)
        demand(e, ENTRY_SINCE, g_strdup(_("Since when: that day has not come yet")));
}

static void judge_what(Entry *e)
{
    gboolean alert = e->domain == ENTRY_ALERT;
    if (!*e->typed[ENTRY_WHAT] && e->domain == ENTRY_PROCEDURE)
        demand(e, ENTRY_WHAT, g_strdup(_("Type what was done: words or code")));
    else if (!*e->typed[ENTRY_WHAT] && !alert)
        demand(e, ENTRY_WHAT, g_strdup(_("Type the diagnosis: words or code")));
    else if (!*e->typed[ENTRY_WHAT])
        demand(e, ENTRY_WHAT, g_strdup(_("Type what it is about: a substance, a group of medicines, or a signal such as MRSA or pacemaker")));
    else if (e->choices->len)
        demand(e, ENTRY_WHAT, g_strdup(_("Choose what is meant: arrows and Enter. “!” after it: as it is written, without a code")));
    else if (alert && !e->group && !e->absence)
        demand(e, ENTRY_GROUP, g_strdup(_("Say what kind it is: läkemedel, livsmedel, annat ämne, tillstånd, behandling, implantat, smitta, vårdrutin …")));
}

/* Which of the visit's it is, or that it is none of them, is always said. */
static void judge_role(Entry *e, const EntryContext *c)
{
    if (!*e->typed[ENTRY_WHAT] || (c->act != ENTRY_NEW && !e->role))
        return;
    if (!e->role)
        demand(e, ENTRY_ROLE, g_strdup(_("Say what it is here: huvuddiagnos, bidiagnos or problemlistan")));
    else if ((strcmp(e->role->code, "problem") != 0 || c->act != ENTRY_NEW) && !c->visit)
        demand(e, ENTRY_ROLE, g_strdup(_("There is no visit under way that is known here: only problemlistan")));
}

static void judge_degrees(Entry *e)
{
    gboolean needs = e->allergy && !e->absence;
    if (needs && !e->severity)
        demand(e, ENTRY_SEVERITY, g_strdup(_("Say how dangerous it is: livshotande, skadlig or besvärande")));
    gboolean said = e->domain == ENTRY_ALERT ? e->group || e->absence : e->domain == ENTRY_DIAGNOSIS && *e->typed[ENTRY_WHAT];
    if (said && !e->certainty)
        demand(e, ENTRY_CERTAINTY, g_strdup(_("Say how certain it is: bekräftad or misstänkt")));
    if (e->domain == ENTRY_ALERT && !needs && (e->group || e->absence) && (e->severity || *e->typed[ENTRY_DETAIL]))
        demand(e, e->severity ? ENTRY_SEVERITY : ENTRY_DETAIL,
               g_strdup(_("Only a hypersensitivity has a reaction and a degree; write the rest in what it is, with “!”")));
    if (e->certainty && strcmp(e->certainty->code, "refuted") == 0)
        demand(e, ENTRY_CERTAINTY, g_strdup(_("What stands in the record is refuted with the key that questions it")));
}

static void judge_change(Entry *e, const Entry *old)
{
    gboolean same = TRUE;
    for (int i = 0; i < ENTRY_REASON; i++)
        same = same && strcmp(e->typed[i], old->typed[i]) == 0;
    if (same)
        demand(e, ENTRY_WHAT, g_strdup(_("Change what is wrong; the reason may follow after skäl")));
    if (old->group && e->group && e->allergy != old->allergy)
        demand(e, ENTRY_GROUP, g_strdup(_("A hypersensitivity does not become a signal: strike it and write a new one")));
}

static void judge_question(Entry *e, const Entry *old)
{
    const char *code = e->certainty ? e->certainty->code : "";
    gboolean decision = old->group && strcmp(old->group->code, "D2") == 0; /* is taken or not: nobody suspects one */
    if (decision && strcmp(code, "refuted") != 0)
        demand(e, ENTRY_CERTAINTY, g_strdup(_("A decision holds or not: write for example avf, skäl: new decision on the round")));
    else if (strcmp(code, "unconfirmed") != 0 && strcmp(code, "refuted") != 0)
        demand(e, ENTRY_CERTAINTY, g_strdup(_("Say what it is now and why, for example: misst, skäl: barndomsutslag")));
    else if (old->certainty && strcmp(old->certainty->code, code) == 0)
        demand(e, ENTRY_CERTAINTY, g_strdup(_("That is what it says already")));
    if (!*e->typed[ENTRY_REASON])
        demand(e, ENTRY_REASON, g_strdup(_("Say why too, for example: skäl: barndomsutslag")));
}

/* An order is a physician's, and holds from when it is signed: neither backwards nor in advance. */
static void judge_order(Entry *e, const EntryContext *c)
{
    e->order = (c->old && news2_is_order(c->old)) || (e->item && e->item->code && strcmp(e->item->code, NEWS2_ORDER_CODE) == 0);
    if (!e->order)
        return;
    if (!c->prescribes)
        demand(e, ENTRY_WHAT, g_strdup(_("NEWS2 scale 2 is ordered, changed and ended by a physician")));
    else if (c->act == ENTRY_CHANGE)
        demand(e, ENTRY_WHAT, g_strdup(_("An order is not changed: end it, or strike it with the reason")));
    else if (c->act == ENTRY_NEW && *e->typed[ENTRY_SINCE])
        demand(e, ENTRY_SINCE, g_strdup(_("The order holds from when it is signed: leave the day out")));
    else if (c->act == ENTRY_NEW && e->certainty && strcmp(e->certainty->code, "confirmed") != 0)
        demand(e, ENTRY_CERTAINTY, g_strdup(_("An order is given or not: leave the certainty out")));
    else if (c->act == ENTRY_QUESTION)
        demand(e, ENTRY_CERTAINTY, g_strdup(_("An order is not questioned: end it, or strike it with the reason")));
}

/* "2026-11-10" is the day it ended; nothing: today. */
static void read_resolve(Entry *e, const char *line, const FhirResource *old, Instant now)
{
    gboolean order = news2_is_order(old);
    if (strcmp(fhir_type(old), "AllergyIntolerance") == 0)
        demand(e, ENTRY_WHAT, g_strdup(_("A hypersensitivity is not over: question it, or strike it")));
    g_autofree char *date = g_strstrip(g_strdup(line)), *today = civil_date_to_text(civil_date_at(now));
    FhirTime onset;
    if (order && *date)
        demand(e, ENTRY_SINCE, g_strdup(_("The order ends when this is signed: leave the day out")));
    else if (*date && !take_since(e, date))
        demand(e, ENTRY_SINCE, g_strdup(_("When it ended: 2014, 2014-03 or 2014-03-02; empty: today")));
    if (!*date)
        entry_put(e, ENTRY_SINCE, today);
    judge_since(e, now);
    gboolean flag = strcmp(fhir_type(old), "Flag") == 0;
    if (!order && e->issues->len == 0 && fhir_time(fhir_root(old), flag ? "period.start" : "onset[x]", &onset) && fhir_time_end(&e->since) <= onset.instant)
        demand(e, ENTRY_SINCE, g_strdup(_("It cannot end before it began")));
}

static void read_question(Entry *e, const char *line)
{
    g_auto(GStrv) parts = g_strsplit(line, ",", -1);
    for (char **p = parts; *p; p++) {
        g_strstrip(*p);
        if (!**p)
            continue;
        const EntryWord *w = word_of(ENTRY_CERTAINTY, *p, FALSE);
        if (w)
            entry_put(e, ENTRY_CERTAINTY, w->text);
        else
            demand(e, ENTRY_CERTAINTY, g_strdup_printf(_("“%s” is not understood here"), *p));
    }
    e->certainty = chosen(e, ENTRY_CERTAINTY);
}

Entry *entry_read(const char *line, const EntryContext *c)
{
    Entry *e = entry_new();
    const CodeList *codes = entry_codes(c->domain, NULL);
    g_autoptr(Entry) old = c->old ? entry_of(c->old) : NULL;
    e->domain = c->domain;
    g_autofree char *rest = cut_reason(e, line);
    if (!codes || (c->act != ENTRY_NEW && !old)) {
        demand(e, ENTRY_WHAT, g_strdup(_("What it is about is being fetched")));
        return e;
    }
    if (c->act == ENTRY_STRIKE) {
        if (!*e->typed[ENTRY_REASON]) {
            g_strstrip(rest);
            entry_put(e, ENTRY_REASON, rest);
        }
        if (!*e->typed[ENTRY_REASON])
            demand(e, ENTRY_REASON, g_strdup(_("Type the reason why it is struck")));
    } else if (c->act == ENTRY_RESOLVE) {
        read_resolve(e, rest, c->old, c->now);
    } else if (c->act == ENTRY_QUESTION) {
        read_question(e, rest);
        judge_question(e, old);
    } else {
        read_parts(e, rest, c, c->act == ENTRY_CHANGE ? old : NULL);
        understand(e, is_doubted(e, c, old));
        judge_what(e);
        if (e->domain == ENTRY_DIAGNOSIS)
            judge_role(e, c);
        judge_degrees(e);
        if (e->domain == ENTRY_PROCEDURE && c->act == ENTRY_NEW && *e->typed[ENTRY_WHAT] && !*e->typed[ENTRY_SINCE]) {
            g_autofree char *today = civil_date_to_text(civil_date_at(c->now));
            entry_put(e, ENTRY_SINCE, today);
        }
        judge_since(e, c->now);
        if (c->act == ENTRY_CHANGE)
            judge_change(e, old);
    }
    judge_order(e, c);
    return e;
}

/* ---- and back ---- */

char *entry_compose(const char *const typed[ENTRY_FIELDS])
{
    GString *s = g_string_new(NULL);
    for (int i = 0; i < ENTRY_FIELDS; i++)
        if (typed[i] && *typed[i])
            g_string_append_printf(s, "%s%s%s", s->len ? ", " : "", i == ENTRY_REASON ? "skäl " : "", typed[i]);
    return g_string_free(s, FALSE);
}

char *entry_line_of(const FhirResource *r, EntryAct act)
{
    if (act != ENTRY_CHANGE)
        return g_strdup("");
    g_autoptr(Entry) e = entry_of(r);
    return entry_compose((const char *const *)e->typed);
}

gboolean entry_asks(const Entry *e, EntryAct act, EntryField field)
{
    if (act == ENTRY_STRIKE)
        return field == ENTRY_REASON;
    if (act == ENTRY_QUESTION)
        return field == ENTRY_CERTAINTY || field == ENTRY_REASON;
    if (act == ENTRY_RESOLVE)
        return field == ENTRY_SINCE || field == ENTRY_REASON;
    if (e->domain == ENTRY_PROCEDURE)
        return field == ENTRY_WHAT || field == ENTRY_SINCE || field == (act == ENTRY_NEW ? ENTRY_DETAIL : ENTRY_REASON);
    if (e->domain == ENTRY_DIAGNOSIS)
        return field == ENTRY_DETAIL ? act == ENTRY_NEW
               : field == ENTRY_REASON                       ? act == ENTRY_CHANGE
                                                             : field != ENTRY_GROUP && field != ENTRY_SEVERITY;
    if (field == ENTRY_ROLE)
        return FALSE;
    gboolean degrees = !e->absence && (!e->group || e->allergy);
    return field == ENTRY_REASON                                   ? act == ENTRY_CHANGE
           : field == ENTRY_SEVERITY || field == ENTRY_DETAIL ? degrees
           : field == ENTRY_GROUP                                  ? !e->absence
                                                                   : TRUE;
}
