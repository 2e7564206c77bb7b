/* SPDX-License-Identifier: GPL-3.0-or-later
 * The list to sign into the record: once, and with a receipt only for what was read. */
#include "chart/basket-sign.h"
#include "client/fixture.h"

#define NOW (1763712000 * (gint64)G_USEC_PER_SEC)

static BasketItem *item_of(const char *id, const char *line)
{
    g_autoptr(GError) error = NULL;
    const OrderData *data = order_data(&error);
    cr_assert(data, "%s", error ? error->message : "");
    BasketItem *b = basket_item_new(id, "p1");
    g_free(b->line);
    b->line = g_strdup(line);
    b->ready = TRUE;
    basket_item_read(b, data, (Decimal){0}, NOW);
    cr_assert(order_complete(b->order), "%s", line);
    return b;
}

typedef struct {
    gboolean done;
    guint n;
    WrittenOutcome outcome[4];
} Told;

static void on_signed(const GPtrArray *results, const GError *error, gpointer data)
{
    Told *t = data;
    t->n = results->len;
    for (guint i = 0; i < results->len && i < 4; i++)
        t->outcome[i] = ((const BasketSigned *)results->pdata[i])->outcome;
    t->done = TRUE;
}

static Told sign(Fx *f, BasketItem *one, BasketItem *other)
{
    Told told = {0};
    BasketWriting w = {.practitioner = "dr1", .name = "Test Läkare", .inpatient = TRUE, .now = NOW};
    g_autoptr(GPtrArray) items = g_ptr_array_new();
    g_autoptr(GError) error = NULL;
    g_ptr_array_add(items, one);
    if (other)
        g_ptr_array_add(items, other);
    cr_assert(basket_sign(f->client, f->scope, f->ctx, items, &w, on_signed, &told, &error), "%s",
              error ? error->message : "");
    cr_assert(loop_until(&told.done));
    return told;
}

Test(basket_sign, all_or_nothing_and_once)
{
    Fx f;
    fx_begin(&f);
    g_autoptr(BasketItem) a = item_of("cccccccc-0000-4000-8000-000000000001", "alvedon 1g x4 smärta");
    g_autoptr(BasketItem) b = item_of("cccccccc-0000-4000-8000-000000000002", "metformin 500mg x2 diabetes");
    f.core->fault = FAULT_STATUS;
    f.core->fault_status = 422;
    f.core->faults = 1;
    Told t = sign(&f, a, b);
    cr_assert(t.n == 2 && t.outcome[0] == WRITTEN_REFUSED && t.outcome[1] == WRITTEN_REFUSED);
    cr_assert_eq(minicore_count(f.core, "MedicationRequest"), 0);
    for (guint i = 0; i < 2; i++) {
        t = sign(&f, a, b);
        cr_assert(t.n == 2 && t.outcome[0] == WRITTEN_DONE && t.outcome[1] == WRITTEN_DONE);
        cr_assert_eq(minicore_count(f.core, "MedicationRequest"), 2);
    }
    fx_end(&f);
}

/* The draft's order is in the record already, with another dose: no receipt for this one. */
Test(basket_sign, another_dose_in_the_record_is_told)
{
    Fx f;
    fx_begin(&f);
    const char *id = "cccccccc-0000-4000-8000-000000000003";
    g_autoptr(BasketItem) a = item_of(id, "alvedon 1g x4 smärta"), b = item_of(id, "alvedon 500mg x4 smärta");
    cr_assert_eq(sign(&f, a, NULL).outcome[0], WRITTEN_DONE);
    cr_assert_eq(sign(&f, b, NULL).outcome[0], WRITTEN_DIFFERS);
    cr_assert_eq(minicore_count(f.core, "MedicationRequest"), 1);
    fx_end(&f);
}

/* The core says that it has it and no more; what it holds has not been seen. */
Test(basket_sign, what_could_not_be_read_back_is_not_called_different)
{
    Fx f;
    fx_begin(&f);
    g_autoptr(BasketItem) a = item_of("cccccccc-0000-4000-8000-000000000009", "alvedon 1g x4 smärta");
    f.core->minimal = f.core->search_down = TRUE;
    cr_assert_eq(sign(&f, a, NULL).outcome[0], WRITTEN_UNREAD);
    fx_end(&f);
}

Test(basket_sign, silence_is_not_called_unsent)
{
    Fx f;
    fx_begin(&f);
    g_autoptr(BasketItem) a = item_of("cccccccc-0000-4000-8000-000000000004", "alvedon 1g x4 smärta");
    f.core->fault = FAULT_DROP_AFTER;
    f.core->faults = 1;
    f.core->search_down = TRUE;
    cr_assert_eq(sign(&f, a, NULL).outcome[0], WRITTEN_UNKNOWN);
    fx_end(&f);
}
