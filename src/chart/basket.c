/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/basket.h"

#include <string.h>

#include "base/text.h"
#include "chart/order-again.h"
#include "chart/order-reading.h"
#include "chart/prescription.h"

#define GROUP   "order"
#define ANSWERS "answers"

BasketItem *basket_item_new(const char *id, const char *patient)
{
    BasketItem *b = g_new0(BasketItem, 1);
    b->id = id ? g_strdup(id) : g_uuid_string_random();
    b->patient = g_strdup(patient);
    b->line = g_strdup("");
    b->answers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    return b;
}

void basket_item_free(BasketItem *b)
{
    if (!b)
        return;
    char *const owned[] = {b->id, b->patient, b->line, b->substance, b->product, b->picked_for, b->why, b->failure};
    for (gsize i = 0; i < G_N_ELEMENTS(owned); i++)
        g_free(owned[i]);
    g_hash_table_unref(b->answers);
    order_free(b->order);
    g_clear_pointer(&b->base, fhir_resource_unref);
    g_clear_pointer(&b->theirs, fhir_resource_unref);
    g_clear_pointer(&b->checks, g_ptr_array_unref);
    g_free(b);
}

GBytes *basket_item_to_draft(const BasketItem *b)
{
    g_autoptr(GKeyFile) file = g_key_file_new();
    g_autofree char *base = b->base ? text_of_bytes(fhir_text(b->base)) : NULL;
    g_autofree char *until = b->until.year ? civil_date_to_text(b->until) : NULL;
    const struct {
        const char *key, *value;
    } rows[] = {{"line", b->line}, {"substance", b->substance}, {"product", b->product}, {"picked-for", b->picked_for},
                {"change", b->change ? b->change->id : NULL}, {"why", b->why}, {"until", until}, {"base", base}};
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
        if (rows[i].value)
            g_key_file_set_string(file, GROUP, rows[i].key, rows[i].value);
    g_key_file_set_boolean(file, GROUP, "ready", b->ready);
    GHashTableIter it;
    gpointer key, reason;
    g_hash_table_iter_init(&it, b->answers);
    while (g_hash_table_iter_next(&it, &key, &reason))
        g_key_file_set_string(file, ANSWERS, key, reason);
    gsize n;
    char *text = g_key_file_to_data(file, &n, NULL);
    return g_bytes_new_take(text, n);
}

static void take(char **to, GKeyFile *file, const char *key)
{
    g_free(*to);
    *to = g_key_file_get_string(file, GROUP, key, NULL);
}

/* A change without the order that it changes would be a new order beside the old one: it is none at all. */
static gboolean take_change(BasketItem *b, GKeyFile *file)
{
    if (!g_key_file_has_key(file, GROUP, "change", NULL) && !g_key_file_has_key(file, GROUP, "base", NULL))
        return TRUE;
    g_autofree char *id = g_key_file_get_string(file, GROUP, "change", NULL);
    g_autofree char *base = g_key_file_get_string(file, GROUP, "base", NULL);
    g_autofree char *until = g_key_file_get_string(file, GROUP, "until", NULL);
    g_autoptr(GBytes) bytes = base ? g_bytes_new(base, strlen(base)) : NULL;
    take(&b->why, file, "why");
    b->change = med_change(id);
    b->base = bytes ? fhir_resource_parse(bytes, NULL) : NULL;
    return b->change && b->base && (!until || civil_date_parse(until, &b->until));
}

gboolean basket_item_from_draft(BasketItem *b, GBytes *text)
{
    gsize n;
    const char *data = g_bytes_get_data(text, &n);
    g_autoptr(GKeyFile) file = g_key_file_new();
    if (!n || !g_key_file_load_from_data(file, data, n, G_KEY_FILE_NONE, NULL))
        return FALSE;
    take(&b->line, file, "line");
    take(&b->substance, file, "substance");
    take(&b->product, file, "product");
    take(&b->picked_for, file, "picked-for");
    b->ready = g_key_file_get_boolean(file, GROUP, "ready", NULL);
    g_auto(GStrv) keys = g_key_file_get_keys(file, ANSWERS, NULL, NULL);
    for (char **k = keys; k && *k; k++)
        g_hash_table_insert(b->answers, g_strdup(*k), g_key_file_get_string(file, ANSWERS, *k, NULL));
    gboolean whole = take_change(b, file) && b->line;
    if (!b->line)
        b->line = g_strdup("");
    return whole;
}

gboolean basket_item_same(const BasketItem *a, const BasketItem *b)
{
    GHashTableIter i;
    gpointer key, reason;
    gboolean same = strcmp(a->line, b->line) == 0 && g_strcmp0(a->substance, b->substance) == 0 &&
                    g_strcmp0(a->product, b->product) == 0 && a->ready == b->ready &&
                    g_hash_table_size(a->answers) == g_hash_table_size(b->answers);
    g_hash_table_iter_init(&i, a->answers);
    while (same && g_hash_table_iter_next(&i, &key, &reason))
        same = g_strcmp0(g_hash_table_lookup(b->answers, key), reason) == 0;
    return same;
}

static void drop_picks(BasketItem *b)
{
    g_clear_pointer(&b->substance, g_free);
    g_clear_pointer(&b->product, g_free);
    g_clear_pointer(&b->picked_for, g_free);
}

void basket_item_read(BasketItem *b, const OrderData *data, Decimal weight_kg, Instant now)
{
    OrderContext c = {.now = now, .weight_kg = weight_kg, .substance = b->substance};
    c.product = b->product ? drug_list_by_id(data->drugs, b->product) : NULL;
    order_free(b->order);
    if (!basket_item_lined(b)) {
        b->order = order_new(); /* nothing is ordered */
        return;
    }
    b->order = orderline_parse(data->words, data->drugs, b->line, &c);
    if (!b->picked_for || g_strcmp0(b->picked_for, b->order->typed_drug) == 0) {
        prescription_settle(b->order, data->prescribing, now);
        return;
    }
    drop_picks(b);
    basket_item_read(b, data, weight_kg, now);
}

/* Where a part stands when the line is written anew. */
static const OrderField line_order[] = {ORDER_DRUG,  ORDER_FORM,      ORDER_STRENGTH, ORDER_DOSE,  ORDER_ROUTE,
                                        ORDER_TIMING, ORDER_MAX,      ORDER_AS_NEEDED, ORDER_REASON, ORDER_FOLLOW_UP,
                                        ORDER_START, ORDER_STOP, ORDER_SUPPLY, ORDER_WITHDRAWALS, ORDER_EXCHANGE, ORDER_TOKEN};

static guint rank(OrderField field)
{
    for (guint i = 0; i < G_N_ELEMENTS(line_order); i++)
        if (line_order[i] == field)
            return i;
    return G_N_ELEMENTS(line_order);
}

char *basket_line_with(const BasketItem *b, OrderField field, const char *text)
{
    g_autoptr(GPtrArray) out = g_ptr_array_new();
    const GPtrArray *words = b->order->words;
    gboolean there = FALSE, put = FALSE;
    for (guint i = 0; i < words->len; i++)
        there = there || ((OrderWord *)words->pdata[i])->field == field;
    for (guint i = 0; i < words->len; i++) {
        const OrderWord *w = words->pdata[i];
        gboolean here = there ? w->field == field : rank(w->field) > rank(field);
        if (here && !put) {
            put = TRUE;
            if (*text)
                g_ptr_array_add(out, (gpointer)text);
        }
        if (w->field != field)
            g_ptr_array_add(out, w->text);
    }
    if (!put && *text)
        g_ptr_array_add(out, (gpointer)text);
    g_ptr_array_add(out, NULL);
    return g_strjoinv(" ", (char **)out->pdata);
}

void basket_item_pick_substance(BasketItem *b, const DrugProduct *p)
{
    char *line = basket_line_with(b, ORDER_DRUG, p->substance);
    g_free(b->line);
    b->line = line;
    drop_picks(b);
    b->substance = g_strdup(p->substance);
    b->picked_for = g_strdup(p->substance);
}

void basket_item_pick_product(BasketItem *b, const DrugProduct *p)
{
    g_free(b->product);
    b->product = g_strdup(p->id);
    g_free(b->picked_for);
    b->picked_for = g_strdup(b->order->typed_drug);
}

/* What the same signature puts an end to, or makes another: it is not held against what comes instead. */
static void add_replaced(GPtrArray *replaced, const BasketItem *b)
{
    if (b->change && !basket_item_overtaken(b) && strcmp(b->change->status, "on-hold") != 0)
        g_ptr_array_add(replaced, (gpointer)fhir_id(b->base));
}

void basket_item_check(BasketItem *b, const GPtrArray *others, const OrderData *data, const CheckFacts *facts,
                       Instant now)
{
    g_autoptr(GPtrArray) orders = g_ptr_array_new(), replaced = g_ptr_array_new();
    for (guint i = 0; i < others->len; i++) {
        const BasketItem *other = others->pdata[i];
        if (other == b || !other->ready)
            continue;
        if (basket_item_lined(other))
            g_ptr_array_add(orders, other->order);
        add_replaced(replaced, other);
    }
    add_replaced(replaced, b);
    g_clear_pointer(&b->checks, g_ptr_array_unref);
    CheckInput in = {.order = b->order, .facts = facts, .others = orders, .replaced = replaced, .data = data, .now = now};
    b->checks = basket_item_lined(b) ? checks_run(&in) : g_ptr_array_new();
}

void basket_check(const GPtrArray *items, const OrderData *data, const CheckFacts *facts, Instant now)
{
    for (guint i = 0; i < items->len; i++)
        basket_item_check(items->pdata[i], items, data, facts, now);
}

const CheckLine *basket_item_unanswered(const BasketItem *b)
{
    for (guint i = 0; b->checks && i < b->checks->len; i++) {
        const CheckLine *c = b->checks->pdata[i];
        if (check_needs_reason(c) && !g_hash_table_contains(b->answers, c->key))
            return c;
    }
    return NULL;
}
