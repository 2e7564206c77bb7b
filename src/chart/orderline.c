/* SPDX-License-Identifier: GPL-3.0-or-later
 * The road through the line: the drug, then word by word, and what each word was about. */
#include "chart/orderline.h"

#include <string.h>

#include "base/text.h"
#include "chart/orderline-line.h"

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

typedef const char *(*ProductText)(const DrugProduct *p);

static const char *form_of(const DrugProduct *p)
{
    return p->form;
}

/* A strength that no single amount says: "30/500 mg", "12 mikrogram/timme". */
static const char *strength_of(const DrugProduct *p)
{
    return !p->strength.valid || strchr(p->strength_unit, '/') != NULL ? p->strength_text : "";
}

/* The words from the one in hand on that are what @text says of a product the name fits; the longest. */
static guint said_as_listed(const Line *l, ProductText text, const char **ret)
{
    guint words = 0;
    for (guint i = 0; i < l->r.match->products->len; i++) {
        const char *said = text(l->r.match->products->pdata[i]);
        if (!g_str_has_prefix(said, l->shown[l->at]))
            continue;
        g_auto(GStrv) parts = g_strsplit(said, " ", -1);
        guint n = g_strv_length(parts), same = 0;
        while (same < n && l->at + same < l->count && strcmp(parts[same], l->shown[l->at + same]) == 0)
            same++;
        if (n > words && same == n && *said != '\0') {
            words = n;
            *ret = said;
        }
    }
    return words;
}

/* "pulver till oral lösning i dospåse", "30/500 mg": as the list has it, where no word of its own says so. */
static gboolean take_listed(Line *l)
{
    const char *said = NULL;
    guint words = drug_match_resolved(l->r.match) ? said_as_listed(l, form_of, &said) : 0;
    if (words > 0 && (l->r.form == NULL || strcmp(l->r.form, said) == 0)) {
        l->r.form = g_intern_string(said);
        l->at += words;
        return TRUE;
    }
    words = drug_match_resolved(l->r.match) && l->r.strength_text == NULL && !l->r.strength.valid
                ? said_as_listed(l, strength_of, &said)
                : 0;
    if (words > 0)
        l->r.strength_text = said;
    l->at += words;
    return words > 0;
}

/* What stands in brackets must be what all the rest comes to: looked at when that is known. */
static gboolean take_brackets(Line *l)
{
    const char *word = l->shown[l->at];
    gsize n = strlen(word);
    if (n < 3 || word[0] != '(' || word[n - 1] != ')')
        return FALSE;
    char *inside = g_strndup(word + 1, n - 2);
    g_strdelimit(inside, (char[]){IN_BRACKETS, '\0'}, ' ');
    g_autoptr(GMatchInfo) info = NULL;
    if (g_regex_match(l->words->per_kg, inside, 0, &info) && l->has_dose && !l->r.order->per_kg.valid) {
        g_autofree char *each = g_match_info_fetch(info, 1);
        if (decimal_parse(each, &l->r.order->per_kg))
            l->r.said_amount = TRUE;
    }
    OrderRestated said = {inside, l->has_dose && l->at == l->dose_end, l->low, l->high};
    g_array_append_val(l->r.restated, said);
    l->at++;
    return TRUE;
}

/* A word that says something of the order, and that nobody could use where it stands: "per dygn", "två" after a dose. */
static gboolean is_left_over(const Line *l)
{
    static const char *const of_text[] = {"and", "in", "over", "numbered", "for"};
    const Meaning *m = order_meaning(l->words, l->word[l->at]);
    gboolean goes_on = l->open != NULL && l->open->len > 0;
    if (m == NULL || l->open == l->follow_up || l->open == l->instruction)
        return FALSE; /* these say themselves what they are about */
    for (gsize i = 0; i < G_N_ELEMENTS(of_text); i++)
        if (order_is_kind(m, of_text[i]))
            return FALSE;
    return !(goes_on && order_is_kind(m, "number") && strcmp(m->value, "1") == 0); /* "smärta i en fot" */
}

/* A plain word: part of the reason that is open, or of ordinationsorsak once the dose is said. */
static void plain_word(Line *l)
{
    gboolean goes_on = l->open != NULL && l->open->len > 0; /* "smärta i knä" */
    gboolean letters = goes_on || g_utf8_strlen(l->word[l->at], -1) > 1;
    for (const char *p = l->word[l->at]; *p != '\0'; p = g_utf8_next_char(p))
        letters = letters && (g_unichar_isalpha(g_utf8_get_char(p)) || *p == '-');
    gboolean said = l->has_dose || l->r.order->rate.valid || l->r.order->timing != TIMING_NONE || l->r.order->step_count > 0;
    if (l->open == NULL && said && l->reason->len == 0)
        l->open = l->reason;
    if (l->open == NULL || !letters || is_left_over(l)) {
        order_add_issue(l->r.order, ORDER_TOKEN, ISSUE_AMBIGUOUS, l->shown[l->at], NULL);
        return;
    }
    if (l->open->len > 0)
        g_string_append_c(l->open, ' ');
    g_string_append(l->open, l->shown[l->at]);
}

/* "en gång", "två tabletter": the word becomes the number where something follows that it counts. */
static void read_number_word(Line *l)
{
    static const char *const counted[] = {"unit", "times", "length", "month-or-monday", "minutes"};
    const Meaning *m = order_meaning(l->words, l->word[l->at]);
    guint words;
    const Meaning *next = order_is_kind(m, "number") && l->at + 1 < l->count ? line_meaning(l, l->at + 1, &words) : NULL;
    for (gsize i = 0; i < G_N_ELEMENTS(counted); i++)
        if (order_is_kind(next, counted[i])) {
            g_free(l->word[l->at]);
            l->word[l->at] = g_strdup(m->value);
            return;
        }
}

/* "typ 2" belongs to the reason; what else a number would be in the middle of one is nobody's guess. */
static gboolean number_in_text(Line *l)
{
    const char *word = l->word[l->at];
    guint words;
    const Meaning *next = l->at + 1 < l->count ? line_meaning(l, l->at + 1, &words) : NULL;
    gboolean after_om = strcmp(l->at > 0 ? l->word[l->at - 1] : "", "om") == 0; /* "om 2v" */
    gboolean bare = g_ascii_isdigit(word[0]) && (after_om || word[strspn(word, "0123456789.,-")] == '\0');
    gboolean belongs = l->open == l->instruction || line_has_role(l, l->at - 1, "numbered");
    if (l->open == NULL || l->open->len == 0 || !bare || !belongs || order_is_kind(next, "unit"))
        return FALSE;
    g_string_append_printf(l->open, " %s", l->shown[l->at]);
    return TRUE;
}

static gboolean has_shape(const char *word)
{
    return g_ascii_isdigit(word[0]) || word[0] == 'x' || word[0] == '-' || word[0] == '+';
}

static void read_word(Line *l)
{
    guint words = 0;
    if (take_brackets(l) || take_listed(l))
        return;
    read_number_word(l);
    if (l->at + 1 < l->count && order_is_kind(order_meaning(l->words, l->word[l->at]), "in")) {
        l->at++; /* "i fem dagar" */
        read_number_word(l);
        l->at--;
    }
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
    if (number_in_text(l)) {
        l->at++;
        return;
    }
    if (supply_quantity(l)) {
        l->open = NULL;
        l->at++;
        return;
    }
    if (has_shape(l->word[l->at])) {
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

/* Every dose goes to the steps; a slot that was named before its dose gets it now. */
static void finish_slots(Line *l)
{
    Order *o = l->r.order;
    gboolean any = FALSE;
    if ((l->bound != 0 && l->has_dose && !l->dose_bound) || (l->waiting != 0 && (l->high.valid || o->step_count > 0)))
        order_add_issue(o, ORDER_DOSE, ISSUE_AMBIGUOUS, NULL, NULL); /* a dose without its slot */
    for (int i = 0; i < ORDER_SLOTS; i++)
        if ((l->waiting & (1u << i)) != 0 && l->has_dose)
            o->slot[i] = l->low;
    for (int i = 0; i < ORDER_SLOTS && !any; i++) {
        any = o->slot[i].valid && !decimal_is_zero(o->slot[i]);
        if (any)
            l->low = o->slot[i]; /* what the first of them is */
    }
}

static void finish_doses(Line *l)
{
    Order *o = l->r.order;
    if (l->named_slots)
        finish_slots(l);
    if (o->timing == TIMING_FREE && l->has_dose && o->step_count == 0 && !l->r.strength.valid && !l->high.valid) {
        l->r.strength = l->low; /* without a dose of its own an amount is the strength */
        l->r.strength_unit = o->unit;
        l->has_dose = FALSE;
        o->unit = NULL;
    }
    if (!l->has_dose && o->step_count > 0 && !l->tapered) /* "därefter", and then nothing */
        order_add_issue(o, ORDER_DOSE, ISSUE_MISSING, NULL, NULL);
    if (!l->has_dose || l->tapered)
        return;
    gboolean follows = o->step_count > 0 && !o->load_first; /* "200mg 1d sedan 100mg 6d" */
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
    gsize reason, prn_reason, follow_up, instruction, no_exchange;
    guint issues, restated;
    gboolean steps, dose_and_time;
} Mark;

static Mark mark(const Line *l)
{
    return (Mark){.r = l->r,
                  .order = *l->r.order,
                  .has_dose = l->has_dose,
                  .reason = l->reason->len,
                  .prn_reason = l->prn_reason->len,
                  .follow_up = l->follow_up->len,
                  .instruction = l->instruction->len,
                  .no_exchange = l->no_exchange->len,
                  .issues = l->r.order->issues->len,
                  .restated = l->r.restated->len,
                  .steps = l->steps,
                  .dose_and_time = l->dose_and_time};
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

/* "1 tabl morgon 2 tabl kväll", "2 direkt sedan 1", "nedtrappning 30 mg …": cut apart they would be other doses. */
static gboolean is_of_plan(Line *l, const Mark *was)
{
    if (l->dose_and_time && !was->dose_and_time)
        read_as(l->r.order, ORDER_TIMING, ORDER_DOSE);
    if (l->r.restated->len != was->restated)
        return g_array_index(l->r.restated, OrderRestated, was->restated).of_dose;
    return l->steps && !l->tapered && l->r.order->issues->len == was->issues && l->open == NULL;
}

static OrderField field_read(Line *l, const Mark *was)
{
    Order *o = l->r.order;
    const Order *b = &was->order;
    gboolean plan = is_of_plan(l, was);
    if (o->issues->len > was->issues)
        return ((OrderIssue *)o->issues->pdata[was->issues])->field;
    if (plan)
        return ORDER_DOSE;
    if (l->r.restated->len != was->restated)
        return l->has_dose ? ORDER_TIMING : ORDER_DRUG; /* "Alvedon (paracetamol)" */
    if (l->no_exchange->len != was->no_exchange || l->open == l->no_exchange)
        return ORDER_EXCHANGE;
    if (o->supply.withdrawals != b->supply.withdrawals)
        return ORDER_WITHDRAWALS;
    if (o->supply.wanted != b->supply.wanted || o->supply.quantity.valid != b->supply.quantity.valid)
        return ORDER_SUPPLY;
    if (l->r.said_days != was->r.said_days)
        return ORDER_STOP;
    if (was->r.strength.valid != l->r.strength.valid && was->has_dose)
        read_as(o, ORDER_DOSE, ORDER_STRENGTH);
    else if (was->r.strength.valid != l->r.strength.valid)
        return ORDER_STRENGTH;
    if (was->r.strength_text != l->r.strength_text)
        return ORDER_STRENGTH;
    if (o->step_count != b->step_count && o->days != b->days)
        read_as(o, ORDER_STOP, ORDER_DOSE);
    if (l->instruction->len != was->instruction || l->open == l->instruction)
        return ORDER_TIMING;
    if (o->site != b->site)
        return ORDER_ROUTE;
    if (l->dose_moved)
        return ORDER_DOSE;
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
    if (o->route != b->route)
        return ORDER_ROUTE;
    if (l->r.form != was->r.form)
        return ORDER_FORM;
    return l->dose_and_time && o->timing == TIMING_SLOTS ? ORDER_DOSE : ORDER_TIMING;
}

static void keep_words(Line *l, guint from, OrderField field)
{
    for (guint i = from; i < l->at; i++) {
        OrderWord *w = g_new(OrderWord, 1);
        *w = (OrderWord){g_strdup(l->shown[i]), field};
        g_strdelimit(w->text, (char[]){IN_BRACKETS, '\0'}, ' ');
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
        l->dose_moved = FALSE;
        gboolean leads = line_has_role(l, from, "in"); /* "i 7 dagar" is one part */
        read_word(l);
        if (leads && l->at == from + 1 && l->at < l->count && l->r.order->issues->len == before.issues && l->open == NULL)
            read_word(l);
        if (l->dose_moved)
            l->dose_end = l->at;
        OrderField field = field_read(l, &before);
        keep_words(l, from, field);
    }
    finish_doses(l);
}

static void restated_clear(gpointer data)
{
    g_free(((OrderRestated *)data)->text);
}

Order *orderline_parse(const OrderWords *words, const DrugList *drugs, const char *line,
                       const OrderContext *context)
{
    g_auto(GStrv) shown = order_line_split(words, line);
    g_autofree char *joined = g_strjoinv(" ", shown);
    g_autofree char *lower = text_fold_keep_swedish(joined);
    g_auto(GStrv) word = g_strsplit(lower, " ", -1);
    g_autoptr(GString) reason = g_string_new(NULL), prn_reason = g_string_new(NULL);
    g_autoptr(GString) follow_up = g_string_new(NULL), instruction = g_string_new(NULL);
    g_autoptr(GString) no_exchange = g_string_new(NULL);
    Line l = {.words = words,
              .shown = shown,
              .word = word,
              .reason = reason,
              .prn_reason = prn_reason,
              .follow_up = follow_up,
              .instruction = instruction,
              .no_exchange = no_exchange,
              .count = g_strv_length(word)};
    l.r.order = order_new();
    l.r.context = context;
    l.r.candidates = g_ptr_array_new();
    l.r.restated = g_array_new(FALSE, FALSE, sizeof(OrderRestated));
    g_array_set_clear_func(l.r.restated, restated_clear);
    read_line(&l, drugs);
    l.r.order->follow_up = text_or_null(follow_up);
    l.r.order->as_needed_reason = text_or_null(prn_reason);
    l.r.order->reason = text_or_null(reason);
    l.r.order->instruction = text_or_null(instruction);
    l.r.order->no_exchange_reason = text_or_null(no_exchange);
    orderline_resolve(&l.r);
    g_clear_pointer(&l.r.candidates, g_ptr_array_unref);
    g_clear_pointer(&l.r.restated, g_array_unref);
    drug_match_free(l.r.match);
    return l.r.order;
}
