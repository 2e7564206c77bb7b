/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/order-set.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base/text.h"
#include "chart/medication.h"
#include "chart/named-text.h"
#include "chart/order-reading.h"

#define PARTS_BY ";"

struct OrderSets {
    GHashTable *by_name; /* name → OrderSet, owned */
};

static OrderSet *set_copy(const OrderSet *s)
{
    OrderSet *c = g_new0(OrderSet, 1);
    *c = (OrderSet){.name = g_strdup(s->name), .title = g_strdup(s->title), .lines = g_strdupv(s->lines), .path = g_strdup(s->path),
                    .where = g_strdup(s->where), .broken = g_strdup(s->broken), .rank = s->rank};
    return c;
}

static void set_free(gpointer p)
{
    OrderSet *s = p;
    char *const owned[] = {s->name, s->title, s->path, s->where, s->broken};
    for (gsize i = 0; i < G_N_ELEMENTS(owned); i++)
        g_free(owned[i]);
    g_strfreev(s->lines);
    g_free(s);
}

void order_sets_free(OrderSets *s)
{
    if (!s)
        return;
    g_hash_table_unref(s->by_name);
    g_free(s);
}

static int by_name(gconstpointer a, gconstpointer b)
{
    return text_compare_sv((*(OrderSet *const *)a)->name, (*(OrderSet *const *)b)->name);
}

GPtrArray *order_sets_beginning(const OrderSets *s, const char *prefix)
{
    GPtrArray *found = g_ptr_array_new();
    g_autofree char *lower = g_utf8_strdown(prefix, -1);
    GHashTableIter i;
    gpointer set;
    g_hash_table_iter_init(&i, s->by_name);
    while (g_hash_table_iter_next(&i, NULL, &set))
        if (g_str_has_prefix(((OrderSet *)set)->name, lower))
            g_ptr_array_add(found, set);
    g_ptr_array_sort(found, by_name);
    return found;
}

char *order_set_line(const OrderSet *set)
{
    return g_strjoinv(PARTS_BY " ", set->lines);
}

/* ---- what is wrong with one ---- */

/* What the order itself asks for later is no fault; what is not understood, or must not be ordered so, is. */
static char *fault_of(const char *line, const OrderData *data, Instant now)
{
    OrderContext c = {.now = now};
    g_autoptr(Order) o = orderline_parse(data->words, data->drugs, line, &c);
    for (guint i = 0; i < o->issues->len; i++) {
        const OrderIssue *issue = o->issues->pdata[i];
        if (issue->kind != ISSUE_MISSING || issue->field == ORDER_DRUG)
            return order_issue_sentence(issue);
    }
    return NULL;
}

static void judge(OrderSet *s, const OrderData *data, Instant now)
{
    guint n = g_strv_length(s->lines);
    g_autofree char *why = n == 0          ? g_strdup(_("the favourite has no order"))
                           : n > ORDER_LINE_MOST ? g_strdup_printf(_("the favourite has %u orders, at most %u"), n, ORDER_LINE_MOST)
                                            : NULL;
    for (guint i = 0; i < n && !why; i++) {
        g_autofree char *fault = fault_of(s->lines[i], data, now);
        if (fault)
            why = g_strdup_printf("%s – %s", s->lines[i], fault);
    }
    if (why)
        s->broken = g_strdup_printf("%s: .%s: %s", s->where, s->name, why);
}

/* ---- files ---- */

typedef struct {
    OrderSets *sets;
    const OrderSets *before;
    const OrderData *data;
    Instant now;
    GPtrArray *problems;
} Loading;

/* What it was before it broke, where it was whole in the same file; the fault is told all the same. */
static OrderSet *instead(Loading *l, OrderSet *broken)
{
    const OrderSet *old = l->before ? g_hash_table_lookup(l->before->by_name, broken->name) : NULL;
    gboolean kept = old && !old->broken && strcmp(old->path, broken->path) == 0;
    g_ptr_array_add(l->problems, kept ? g_strdup_printf(_("Used as it was before: %s"), broken->broken) : g_strdup(broken->broken));
    if (!kept)
        return broken;
    set_free(broken);
    return set_copy(old);
}

static void take(const NamedText *t, gpointer data)
{
    Loading *l = data;
    g_autofree char *one_line = g_strdelimit(g_strdup(t->body), "\n", *PARTS_BY);
    OrderSet *s = g_new0(OrderSet, 1);
    *s = (OrderSet){.name = g_strdup(t->name), .title = g_strdup(t->title), .lines = order_line_parts(one_line),
                    .path = g_strdup(t->path), .where = g_strdup(t->where), .rank = t->rank};
    judge(s, l->data, l->now);
    if (s->broken)
        s = instead(l, s);
    const OrderSet *there = g_hash_table_lookup(l->sets->by_name, s->name); /* of a file that is lost */
    if (there && there->rank < s->rank)
        set_free(s);
    else
        g_hash_table_replace(l->sets->by_name, s->name, s);
}

/* A file that cannot be read any more: what it said stands, where nothing else has taken the name. */
static void lost(const char *path, gpointer data)
{
    Loading *l = data;
    GHashTableIter i;
    gpointer old;
    if (!l->before)
        return;
    g_hash_table_iter_init(&i, l->before->by_name);
    while (g_hash_table_iter_next(&i, NULL, &old))
        if (strcmp(((OrderSet *)old)->path, path) == 0 && !g_hash_table_contains(l->sets->by_name, ((OrderSet *)old)->name)) {
            OrderSet *copy = set_copy(old);
            g_hash_table_replace(l->sets->by_name, copy->name, copy);
        }
}

OrderSets *order_sets_load(const char *const *dirs, const OrderData *data, const OrderSets *before, Instant now, GPtrArray *problems)
{
    static const NamedTextFns fns = {take, lost};
    OrderSets *s = g_new0(OrderSets, 1);
    s->by_name = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, set_free);
    Loading l = {s, before, data, now, problems};
    named_texts_read(dirs, ".orders", &fns, &l, problems);
    return s;
}

/* ---- one line ---- */

char **order_line_parts(const char *line)
{
    g_auto(GStrv) all = g_strsplit(line, PARTS_BY, -1);
    GPtrArray *parts = g_ptr_array_new();
    for (char **p = all; *p; p++)
        if (*g_strstrip(*p))
            g_ptr_array_add(parts, g_strdup(*p));
    g_ptr_array_add(parts, NULL);
    return (char **)g_ptr_array_free(parts, FALSE);
}

char *order_line_name(const char *part)
{
    gsize n = *part == '.' ? named_text_length(part + 1) : 0;
    gboolean all = strcmp(part, ".") == 0; /* whichever there is */
    return all || (n && (!part[1 + n] || part[1 + n] == ' ')) ? g_utf8_strdown(part + 1, (gssize)n) : NULL;
}

gboolean order_line_has_name(const char *line)
{
    g_auto(GStrv) parts = order_line_parts(line);
    gboolean any = FALSE;
    for (char **p = parts; *p && !any; p++) {
        g_autofree char *name = order_line_name(*p);
        any = name != NULL;
    }
    return any;
}

/* The one of this name; else the only one that begins so. */
static const OrderSet *meant(const OrderSets *s, const char *name, GError **error)
{
    const OrderSet *exact = g_hash_table_lookup(s->by_name, name);
    g_autoptr(GPtrArray) fits = order_sets_beginning(s, name);
    const OrderSet *set = exact ? exact : fits->len == 1 ? fits->pdata[0] : NULL;
    if (set && set->broken)
        g_set_error_literal(error, CHART_ERROR, CHART_ERROR_DATA, set->broken);
    else if (!set && fits->len)
        g_set_error(error, CHART_ERROR, CHART_ERROR_DATA, _("Several favourites begin with .%s: choose one"), name);
    else if (!set)
        g_set_error(error, CHART_ERROR, CHART_ERROR_DATA, _("There is no favourite that begins with .%s"), name);
    return set && !set->broken ? set : NULL;
}

static char *expand_part(const OrderSets *s, const char *part, const char *name, GError **error)
{
    const OrderSet *set = meant(s, name, error);
    const char *rest = part + 1 + named_text_length(part + 1);
    if (!set)
        return NULL;
    rest += strspn(rest, " ");
    if (*rest && set->lines[1]) {
        g_set_error(error, CHART_ERROR, CHART_ERROR_DATA, _(".%s is several orders: “%s” belongs to none of them"), set->name, rest);
        return NULL;
    }
    g_autofree char *line = order_set_line(set);
    return g_strjoin(*rest ? " " : "", line, rest, NULL);
}

char *order_sets_expand(const OrderSets *s, const char *line, GError **error)
{
    g_auto(GStrv) parts = order_line_parts(line);
    for (char **p = parts; *p; p++) {
        g_autofree char *name = order_line_name(*p);
        char *whole = name ? expand_part(s, *p, name, error) : NULL;
        if (name && !whole)
            return NULL;
        if (whole) {
            g_free(*p);
            *p = whole;
        }
    }
    return g_strjoinv(PARTS_BY " ", parts);
}
