/* SPDX-License-Identifier: GPL-3.0-or-later
 * The road through the line: the drug, then word by word, and what each word was about. */
#include "chart/orderline.h"

#include <string.h>

#include "base/text.h"
#include "chart/orderline-line.h"

/* "max8/d", "kl8", "i7d", "x 4" and "6:e" are typed both ways: one form for the reader below. */
static char **split_line(const char *line)
{
    static const char *const forms[][2] = {
        {"(?<![\\p{L}\\d])(max|kl|i)(?=\\d)", "\\1 "},
        {"(?<=\\s)x +(?=\\d)", "x"},
        {"(?<=\\d):[ea](?=\\s)", ""},
        {"[,;](?=\\s|$)", ""},
        {"\\s+", " "},
    };
    g_autofree char *text = text_sanitise(line, -1, FALSE);
    for (gsize i = 0; i < G_N_ELEMENTS(forms); i++) {
        g_autoptr(GRegex) regex = g_regex_new(forms[i][0], 0, 0, NULL);
        char *next = g_regex_replace(regex, text, -1, 0, forms[i][1], G_REGEX_MATCH_DEFAULT, NULL);
        g_free(text);
        text = next;
    }
    g_strstrip(text);
    return g_strsplit(text, " ", -1);
}

/* The drug's name is the longest beginning of the line that fits some product. */
static void read_drug(Line *l, const DrugList *drugs)
{
    g_autoptr(GString) name = g_string_new(NULL);
    l->r.match = drug_list_match(drugs, "");
    while (l->at < l->count) {
        guint words;
        gboolean first = l->at == 0;
        gsize before = name->len;
        g_string_append_printf(name, "%s%s", first ? "" : " ", l->shown[l->at]);
        if (!first && !drug_list_is_name(drugs, name->str) &&
            (g_ascii_isdigit(l->word[l->at][0]) || line_meaning(l, l->at, &words) != NULL)) {
            g_string_truncate(name, before);
            break;
        }
        g_autoptr(DrugMatch) longer = drug_list_match(drugs, name->str);
        if (longer->products->len == 0 && !first) {
            g_string_truncate(name, before);
            break;
        }
        DrugMatch *old = l->r.match;
        l->r.match = g_steal_pointer(&longer);
        longer = old;
        l->at++;
    }
    l->r.order->typed_drug = g_strdup(name->str);
}

/* A plain word: part of the reason that is open, or of ordinationsorsak once the dose is said. */
static void plain_word(Line *l)
{
    gboolean goes_on = l->open != NULL && l->open->len > 0; /* "smärta i knä" */
    gboolean letters = goes_on || g_utf8_strlen(l->word[l->at], -1) > 1;
    for (const char *p = l->word[l->at]; *p != '\0'; p = g_utf8_next_char(p))
        letters = letters && (g_unichar_isalpha(g_utf8_get_char(p)) || *p == '-');
    gboolean said = l->has_dose || l->r.order->timing != TIMING_NONE || l->r.order->step_count > 0;
    if (l->open == NULL && said && l->reason->len == 0)
        l->open = l->reason;
    if (l->open == NULL || !letters) {
        order_add_issue(l->r.order, ORDER_TOKEN, ISSUE_AMBIGUOUS, l->shown[l->at], NULL);
        return;
    }
    if (l->open->len > 0)
        g_string_append_c(l->open, ' ');
    g_string_append(l->open, l->shown[l->at]);
}

static void read_word(Line *l)
{
    guint words = 0;
    const Meaning *m = line_meaning(l, l->at, &words);
    if (m != NULL) {
        guint at = l->at;
        l->at += words - 1;
        if (line_take_meaning(l, m)) {
            l->at++;
            return;
        }
        l->at = at;
    }
    if (g_ascii_isdigit(l->word[l->at][0]) || l->word[l->at][0] == 'x' ||
        l->word[l->at][0] == '-') {
        GString *open = l->open;
        l->open = NULL;
        if (line_take_pattern(l)) {
            l->at++;
            return;
        }
        l->open = open;
    }
    plain_word(l);
    l->at++;
}

/* Every dose goes to the steps; a slot that was only named gets the dose. */
static void finish_doses(Line *l)
{
    Order *o = l->r.order;
    for (int i = 0; i < ORDER_SLOTS && l->named_slots && l->has_dose; i++)
        if (o->slot[i].valid)
            o->slot[i] = l->low;
    if (!l->has_dose || l->tapered)
        return;
    gboolean follows = o->step_count > 0; /* "200mg 1d sedan 100mg 6d" */
    order_add_step(o, l->low, l->high, follows ? o->days : 0);
    if (follows)
        o->days = 0;
}

static char *text_or_null(GString *s)
{
    return s->len > 0 ? g_strdup(s->str) : NULL;
}

/* ---- what a word was about ---- */

/* What the order said before a word was read: the difference is what the word was about. */
typedef struct {
    OrderReading r;
    Order order;
    gboolean has_dose;
    gsize reason, prn_reason, follow_up;
    guint issues;
} Mark;

static Mark mark(const Line *l)
{
    return (Mark){.r = l->r,
                  .order = *l->r.order,
                  .has_dose = l->has_dose,
                  .reason = l->reason->len,
                  .prn_reason = l->prn_reason->len,
                  .follow_up = l->follow_up->len,
                  .issues = l->r.order->issues->len};
}

/* "500mg 2 tabl": the amount read before was the strength; "1d sedan": the length was of a step. */
static void read_as(Order *o, OrderField from, OrderField to)
{
    for (guint i = 0; i < o->words->len; i++) {
        OrderWord *w = o->words->pdata[i];
        if (w->field == from)
            w->field = to;
    }
}

static OrderField field_read(Line *l, const Mark *was)
{
    Order *o = l->r.order;
    const Order *b = &was->order;
    if (o->issues->len > was->issues)
        return ((OrderIssue *)o->issues->pdata[was->issues])->field;
    if (was->r.strength.valid != l->r.strength.valid && was->has_dose)
        read_as(o, ORDER_DOSE, ORDER_STRENGTH);
    else if (was->r.strength.valid != l->r.strength.valid)
        return ORDER_STRENGTH;
    if (o->step_count != b->step_count && o->days != b->days)
        read_as(o, ORDER_STOP, ORDER_DOSE);
    if (l->follow_up->len != was->follow_up || l->open == l->follow_up)
        return ORDER_FOLLOW_UP;
    if (o->step_count != b->step_count || l->has_dose != was->has_dose ||
        l->r.strength.valid != was->r.strength.valid)
        return ORDER_DOSE;
    if (o->as_needed != b->as_needed || l->prn_reason->len != was->prn_reason ||
        (l->open == l->prn_reason && o->as_needed))
        return ORDER_AS_NEEDED;
    if (l->reason->len != was->reason || l->open == l->reason)
        return ORDER_REASON;
    if (o->max_times != b->max_times || o->max_dose.valid != b->max_dose.valid)
        return ORDER_MAX;
    if (o->days != b->days || o->stop.year != b->stop.year)
        return ORDER_STOP;
    if (o->start != b->start)
        return ORDER_START;
    return o->route != b->route ? ORDER_ROUTE : l->r.form != was->r.form ? ORDER_FORM : ORDER_TIMING;
}

static void keep_words(Line *l, guint from, OrderField field)
{
    for (guint i = from; i < l->at; i++) {
        OrderWord *w = g_new(OrderWord, 1);
        *w = (OrderWord){g_strdup(l->shown[i]), field};
        g_ptr_array_add(l->r.order->words, w);
    }
}

static void read_line(Line *l, const DrugList *drugs)
{
    read_drug(l, drugs);
    keep_words(l, 0, ORDER_DRUG);
    while (l->at < l->count) {
        Mark before = mark(l);
        guint from = l->at;
        read_word(l);
        OrderField field = field_read(l, &before);
        keep_words(l, from, field);
    }
    finish_doses(l);
}

Order *orderline_parse(const OrderWords *words, const DrugList *drugs, const char *line,
                       const OrderContext *context)
{
    g_auto(GStrv) shown = split_line(line);
    g_autofree char *joined = g_strjoinv(" ", shown);
    g_autofree char *lower = text_fold_keep_swedish(joined);
    g_auto(GStrv) word = g_strsplit(lower, " ", -1);
    g_autoptr(GString) reason = g_string_new(NULL), prn_reason = g_string_new(NULL);
    g_autoptr(GString) follow_up = g_string_new(NULL);
    Line l = {.words = words,
              .shown = shown,
              .word = word,
              .reason = reason,
              .prn_reason = prn_reason,
              .follow_up = follow_up,
              .count = g_strv_length(word)};
    l.r.order = order_new();
    l.r.context = context;
    l.r.candidates = g_ptr_array_new();
    read_line(&l, drugs);
    l.r.order->follow_up = text_or_null(follow_up);
    l.r.order->as_needed_reason = text_or_null(prn_reason);
    l.r.order->reason = text_or_null(reason);
    orderline_resolve(&l.r);
    g_clear_pointer(&l.r.candidates, g_ptr_array_unref);
    drug_match_free(l.r.match);
    return l.r.order;
}
