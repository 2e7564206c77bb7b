/* SPDX-License-Identifier: GPL-3.0-or-later
 * The two faces of an order: whatever was typed on the line is the same order when it has been through the form, any
 * number of times. ROND_RUNS says how many; the seed is printed, ROND_SEED repeats it. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "../chart/order-lines.h"
#include "../chart/order-world.h"
#include "chart/order-offer.h"
#include "ui/views/order-form.h"
#include "ui/views/order-several.h"

TestSuite(orderform, .init = order_world_load, .fini = order_world_free, .timeout = 1200);

typedef struct {
    BasketItem *item;
    const OrderData *data;
    Instant now;
} Face;

static void on_line(const char *line, gpointer data)
{
    Face *f = data;
    char *copy = g_strdup(line);
    g_free(f->item->line);
    f->item->line = copy;
    basket_item_read(f->item, f->data, decimal_from_int(70), f->now);
}

static void on_product(const DrugProduct *p, gpointer data)
{
    Face *f = data;
    basket_item_pick_product(f->item, p);
    basket_item_read(f->item, f->data, decimal_from_int(70), f->now);
}

static void face_open(Face *f, const char *line)
{
    FhirTime t;
    fhir_time_parse("2026-11-21T07:44:00+01:00", &t);
    *f = (Face){basket_item_new(NULL, "p1"), order_data(NULL), t.instant};
    on_line(line, f);
}

/* To the form and back; there in some fields a letter is typed and taken away again. */
static void hop(Face *f, GRand *dice)
{
    g_autoptr(OrderForm) form = order_form_new(f->item, f->data, on_line, on_product, f);
    for (int i = g_rand_int_range(dice, 1, 20); i > 0; i--) {
        if (order_form_typing(form) && g_rand_boolean(dice)) {
            order_form_input(form, "q", FALSE);
            order_form_input(form, "<BS>", FALSE);
        }
        order_form_input(form, g_rand_int_range(dice, 0, 4) ? "<Tab>" : "<S-Tab>", FALSE);
    }
}

static char *said(const Face *f)
{
    g_autofree char *text = order_to_text(f->item->order), *start = instant_to_minute(f->item->order->start);
    return g_strdup_printf("%s|%s|%s", text, start, f->item->order->follow_up);
}

static guint number_of(const char *name, guint otherwise)
{
    const char *text = g_getenv(name);
    return text ? (guint)g_ascii_strtoull(text, NULL, 10) : otherwise;
}

/* FALSE: it is not the same order, or not the same text the second time; or what was asked about is so no more. */
static gboolean survives(const char *typed, GRand *dice, gboolean *ret_complete)
{
    Face f;
    gboolean fine = TRUE;
    face_open(&f, typed);
    g_autofree char *before = said(&f), *text = NULL;
    *ret_complete = order_complete(f.item->order);
    for (int i = g_rand_int_range(dice, 2, 5); i > 0 && fine; i--) {
        hop(&f, dice);
        g_autofree char *after = said(&f);
        gboolean same = strcmp(before, after) == 0 && (!text || strcmp(text, f.item->line) == 0);
        fine = same || (!*ret_complete && !order_complete(f.item->order));
        if (!text && strcmp(typed, f.item->line) != 0)
            text = g_strdup(f.item->line); /* as the form writes it: from now on that */
        if (!fine)
            fprintf(stderr, "%s\n became %s\n was %s\n is  %s\n", typed, f.item->line, before, after);
    }
    basket_item_free(f.item);
    return fine;
}

Test(orderform, what_goes_through_the_form_is_the_same_order)
{
    guint seed = number_of("ROND_SEED", g_random_int()), runs = number_of("ROND_RUNS", 100), complete = 0, lost = 0;
    g_autoptr(GRand) dice = g_rand_new_with_seed(seed);
    for (guint i = 0; i < runs; i++) {
        static const char *const supplies[] = {"", "", "", " recept 98 st", " recept 2 förp uttag 3"};
        g_autofree char *made = order_line_made(dice);
        g_autofree char *typed = g_strconcat(made, supplies[g_rand_int_range(dice, 0, G_N_ELEMENTS(supplies))], NULL);
        gboolean whole;
        lost += !survives(typed, dice, &whole);
        complete += whole;
    }
    fprintf(stderr, "seed %u: %u lines, %u of them whole orders, %u not the same after the form\n", seed, runs, complete, lost);
    cr_assert_eq(lost, 0, "seed %u", seed);
}

static void type(OrderForm *form, const char *text)
{
    for (const char *p = text; *p; p = g_utf8_next_char(p)) {
        char key[8] = "";
        g_utf8_strncpy(key, p, 1);
        order_form_input(form, key, FALSE);
    }
}

/* What is offered is taken with Right at the end, and never otherwise. */
Test(orderform, what_begins_so_is_offered)
{
    Face f;
    face_open(&f, "");
    OrderForm *form = order_form_new(f.item, f.data, on_line, on_product, &f);
    type(form, "alved");
    order_form_input(form, "<Right>", FALSE);
    cr_expect_str_eq(f.item->line, "Alvedon");
    order_form_focus(form, ORDER_DOSE);
    type(form, "1g");
    order_form_input(form, "<Right>", FALSE);
    order_form_focus(form, ORDER_TIMING);
    type(form, "var 6");
    cr_expect_str_eq(f.item->line, "Alvedon 1g var 6");
    order_form_input(form, "<Left>", FALSE);
    order_form_input(form, "<Right>", FALSE);
    cr_expect_str_eq(f.item->line, "Alvedon 1g var 6", "the cursor only went back to the end");
    order_form_input(form, "<Right>", FALSE);
    order_form_focus(form, ORDER_REASON);
    type(form, "smä");
    order_form_input(form, "<Right>", FALSE);
    cr_expect_str_eq(f.item->line, "Alvedon 1g var 6:e timme orsak smärta");
    cr_expect(order_complete(f.item->order));
    order_form_focus(form, ORDER_DRUG);
    order_form_input(form, "<C-u>", FALSE);
    order_form_free(form);
    basket_item_free(f.item);
}

Test(orderform, several_substances_are_not_offered_as_one)
{
    g_autoptr(GPtrArray) met = order_offers_for(order_offers(), order_world_drugs(), ORDER_DRUG, "met");
    g_autoptr(GPtrArray) all = order_offers_for(order_offers(), order_world_drugs(), ORDER_TIMING, "");
    cr_expect_eq(met->len, 0);
    cr_expect_eq(all->len, 0);
}

/* Each is read as what it is offered for. */
Test(orderform, what_is_offered_is_understood)
{
    static const struct {
        OrderField field;
        const char *line;
    } in[] = {{ORDER_TIMING, "alvedon 1g %s smärta"}, {ORDER_REASON, "alvedon 1g x3 orsak %s"}, {ORDER_FOLLOW_UP, "alvedon 1g x3 smärta uppf %s"}};
    guint tried = 0;
    for (gsize i = 0; i < G_N_ELEMENTS(in); i++)
        for (gunichar c = '0'; c <= 0xf6; c++) {
            char begin[8] = "";
            g_unichar_to_utf8(c, begin);
            g_autoptr(GPtrArray) offers = order_offers_for(order_offers(), order_world_drugs(), in[i].field, begin);
            for (guint k = 0; k < offers->len; k++, tried++) {
                const char *text = offers->pdata[k];
                gboolean fluid = strstr(text, "på 12") || strstr(text, "kontinuerligt");
                g_autofree char *line = g_strdup_printf(!fluid                       ? in[i].line
                                                        : strstr(text, "kontinuerligt") ? "morfin inj 1mg/ml iv 2 mg/tim %s smärta"
                                                                                     : "natriumklorid 1000ml iv %s vätska", text);
                g_autofree char *schedule = g_strdup_printf("waran 2,5 mg %s stroke", text);
                g_autoptr(Order) o = order_world_read(g_str_has_prefix(text, "enligt") ? schedule : line);
                g_autofree char *said = order_to_text(o);
                cr_expect(order_complete(o) || strcmp(text, "under 30 minuter") == 0, "%s: %s", line, said);
            }
        }
    cr_expect_gt(tried, 20);
}

/* Through the line and through the form: asked about or refused, and nothing of it changed in silence. */
Test(orderform, what_cannot_be_meant_is_no_order_in_either_face)
{
    g_autofree char *long_word = g_strnfill(10000, 'a'), *endless = g_strconcat("alvedon 1g x4 smärta ", long_word, NULL);
    const char *const bad[] = {"alvedon 0g x4 smärta", "alvedon -1g x4 smärta", "alvedon 1000000000g x4 smärta",
                               "alvedon 4-2 tabl x4 smärta", "alvedon 1g x4 smärta tom 2026-02-30", "alvedon 1g x4 smärta tom 2026-11-01",
                               "alvedon 1 droppe x4 smärta", "alvedon 1g x4 smärta från 2026-13-01", "insulin 10 x1 diabetes",
                               "morfin 5 iv vb max 4/d smärta", endless, "alvedon 1g x4", "", ";;", "alvedon 1g x4 i 100000d smärta"};
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        Face f;
        gboolean whole;
        g_autoptr(GRand) dice = g_rand_new_with_seed(1);
        face_open(&f, bad[i]);
        cr_expect_not(order_complete(f.item->order), "%.60s", bad[i]);
        basket_item_free(f.item);
        cr_expect(survives(bad[i], dice, &whole) && !whole, "%.60s", bad[i]);
    }
    g_autoptr(Order) mouse = order_world_read_at("paracetamol inf 15 mg/kg iv x4 smärta", decimal_from_int(0));
    g_autoptr(Order) whale = order_world_read_at("paracetamol inf 15 mg/kg iv x4 smärta", decimal_from_int(5000));
    cr_expect_not(order_complete(mouse) || order_complete(whale));
}

/* Parted, a change would leave the old order and put another beside it. */
Test(orderform, a_change_stays_one_order)
{
    g_autoptr(BasketItem) item = basket_item_new(NULL, "p1");
    const OrderData *data = order_data(NULL);
    g_free(item->line);
    item->line = g_strdup("alvedon 1g x3 smärta; ipren 400mg x3 smärta");
    g_autoptr(GPtrArray) several = order_several_read(item, data, (Decimal){0}, 1763712000 * (gint64)G_USEC_PER_SEC);
    cr_assert(several && several->len == 2);
    item->change = med_change("change");
    cr_assert_null(order_several_read(item, data, (Decimal){0}, 1763712000 * (gint64)G_USEC_PER_SEC));
}
