/* SPDX-License-Identifier: GPL-3.0-or-later
 * The order line over the real product list and words: no word of the line is left out, what can be
 * signed has a drug, a dose and a timing, and its dosage comes back from FHIR as it was. */
#include "chart/dosage.h"
#include "chart/orderline.h"
#include "fuzz.h"
#include <string.h>

static DrugList *drugs;
static OrderWords *words;

static void load(void)
{
    const char *dir = g_getenv("ROND_DATA");
    g_autofree char *products = g_build_filename(dir ? dir : "data", "drugs/products.tsv", NULL);
    g_autofree char *tokens = g_build_filename(dir ? dir : "data", "orderline/tokens.tsv", NULL);
    g_autoptr(GError) error = NULL;
    drugs = drug_list_load(products, &error);
    words = drugs ? order_words_load(tokens, &error) : NULL;
    if (!words)
        g_error("%s (set ROND_DATA)", error->message);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!words)
        load();
    g_autofree char *raw = g_strndup((const char *)data, size);
    g_autofree char *line = g_utf8_make_valid(raw, -1); /* as the line editor hands it over */
    OrderContext context = {.now = G_GINT64_CONSTANT(1795246440000000)};
    if (size % 2)
        decimal_parse("61.5", &context.weight_kg);
    g_autoptr(Order) o = orderline_parse(words, drugs, line, &context);
    FUZZ_CHECK(o);
    g_autofree char *text = dosage_text(o), *total = dosage_total(o);
    FUZZ_CHECK(text && g_utf8_validate(text, -1, NULL));
    FUZZ_CHECK(!total || g_utf8_validate(total, -1, NULL));
    if (!order_complete(o))
        return 0;
    gboolean undosed = o->timing == TIMING_FREE || o->timing == TIMING_CONTINUOUS;
    FUZZ_CHECK(o->substance && (o->step_count > 0) != undosed && (o->timing != TIMING_NONE || o->as_needed));
    FUZZ_CHECK(o->reason && *o->reason);
    return 0;
}
