/* SPDX-License-Identifier: GPL-3.0-or-later
 * What is listed as unfinished says of each write what is so: nothing of it done, a part, or not known. */
#include "chart/pending.h"
#include "client/fixture.h"

static void put_row(Fx *f, const OutboxState states[2])
{
    static const char item[] = "{\"kind\":0,\"state\":%d,\"left\":true,\"type\":\"Task\",\"id\":\"t%d\",\"identifier\":"
                               "\"urn:uuid:aaaaaaaa-0000-4000-8000-00000000000%d\",\"resource\":{\"resourceType\":\"Task\","
                               "\"for\":{\"reference\":\"Patient/p1\"}}}";
    g_autofree char *one = g_strdup_printf(item, states[0], 1, 1), *two = g_strdup_printf(item, states[1], 2, 2);
    g_autofree char *text = g_strdup_printf("{\"transaction\":false,\"sent\":1,\"items\":[%s,%s]}", one, two);
    g_autoptr(GBytes) body = g_bytes_new(text, strlen(text));
    Done put = {0};
    memstore_table.outbox_put(f->store, &(ClientOutboxRow){"row-1", "p1", states[0], 1, body}, fx_on_done, &put);
    cr_assert(loop_until(&put.done));
}

Test(pending, a_part_that_is_done_is_told)
{
    static const struct {
        OutboxState states[2];
        PendingState told;
        gboolean unsent;
    } rows[] = {
        {{OUTBOX_PREPARED, OUTBOX_PREPARED}, PENDING_NOT_SENT, TRUE},
        {{OUTBOX_CONFIRMED, OUTBOX_PREPARED}, PENDING_PARTLY, TRUE},
        {{OUTBOX_CONFIRMED, OUTBOX_REFUSED}, PENDING_PARTLY, FALSE},
        {{OUTBOX_CONFLICT, OUTBOX_CONFIRMED}, PENDING_PARTLY, FALSE},
        {{OUTBOX_CONFIRMED, OUTBOX_UNKNOWN}, PENDING_UNKNOWN, FALSE},
        {{OUTBOX_CONFLICT, OUTBOX_PREPARED}, PENDING_CHANGED, FALSE},
        {{OUTBOX_REFUSED, OUTBOX_PREPARED}, PENDING_REFUSED, FALSE},
    };
    Fx f;
    fx_begin(&f);
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        guint unreadable = 0;
        put_row(&f, rows[i].states);
        g_autoptr(GPtrArray) list = pending_list(f.client, &unreadable);
        cr_assert(list->len == 1 && unreadable == 0, "row %zu: %u, %u", i, list->len, unreadable);
        const PendingWrite *p = list->pdata[0];
        cr_expect_eq(p->state, rows[i].told, "row %zu: %d", i, p->state);
        cr_expect_eq(p->unsent, rows[i].unsent, "row %zu", i);
    }
    fx_end(&f);
}

static void on_state(PendingState state, const GError *error, gpointer data)
{
    *(int *)data = (int)state;
}

Test(pending, a_row_that_is_gone_is_settled_not_absent)
{
    Fx f;
    fx_begin(&f);
    int state = -1;
    pending_ask(f.client, f.scope, "row-1", on_state, &state);
    for (guint i = 0; i < 100 && state < 0; i++)
        loop_settle();
    cr_assert_eq(state, PENDING_SETTLED);
    fx_end(&f);
}
