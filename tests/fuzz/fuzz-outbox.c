/* SPDX-License-Identifier: GPL-3.0-or-later
 * A row of the outbox as an older or damaged version left it: read whole or refused; nothing read is
 * "being sent", and what is read is written the same way again. */
#include "client/outbox.h"
#include "fuzz.h"

static void check_again(const Write *w)
{
    Write again = {.items = g_ptr_array_new_with_free_func((GDestroyNotify)item_free)};
    g_autoptr(GBytes) text = write_to_text(w);
    FUZZ_CHECK(write_from_text(&again, text));
    FUZZ_CHECK(again.items->len == w->items->len && again.transaction == w->transaction);
    FUZZ_CHECK(write_state(&again) == write_state(w));
    g_ptr_array_unref(again.items);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Write w = {.items = g_ptr_array_new_with_free_func((GDestroyNotify)item_free)};
    g_autoptr(GBytes) text = g_bytes_new(data, size);
    if (write_from_text(&w, text)) {
        FUZZ_CHECK(write_state(&w) != OUTBOX_SENDING);
        check_again(&w);
    }
    g_ptr_array_unref(w.items);
    return 0;
}
