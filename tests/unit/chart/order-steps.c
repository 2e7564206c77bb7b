/* SPDX-License-Identifier: GPL-3.0-or-later
 * Reads "weight TAB line" from standard input and says what each comes to: the doses with their days, the unit, what
 * it was before rounding, the sum, the last day. tests/unit/chart/order-decimal.py counts the same by itself. */
#include <stdio.h>
#include <string.h>

#include "chart/dosage.h"
#include "chart/orderline.h"

static void say(const Order *o)
{
    const OrderIssue *unclear = order_issue(o, ORDER_DOSE);
    g_autofree char *exact = o->exact.valid ? decimal_to_dose(o->exact, FALSE) : g_strdup("-");
    g_autofree char *total = dosage_total(o), *stop = civil_date_to_text(o->stop);
    for (guint i = 0; !unclear && i < o->step_count; i++) {
        g_autofree char *dose = decimal_to_dose(o->steps[i].low, FALSE);
        printf("%s%s/%d", i > 0 ? " " : "", dose, o->steps[i].days);
    }
    printf("\t%s\t%s\t%s\t%s\n", unclear ? "asked" : o->unit, exact, total ? total : "-", o->stop.year ? stop : "-");
}

int main(void)
{
    const char *dir = g_getenv("ROND_DATA");
    g_autofree char *products = g_build_filename(dir, "drugs/products.tsv", NULL);
    g_autofree char *tokens = g_build_filename(dir, "orderline/tokens.tsv", NULL);
    g_autoptr(DrugList) drugs = drug_list_load(products, NULL);
    g_autoptr(OrderWords) words = order_words_load(tokens, NULL);
    char text[1000];
    FhirTime now;
    fhir_time_parse("2026-11-21T07:44:00+01:00", &now);
    while (fgets(text, sizeof text, stdin)) {
        char *line = strchr(g_strchomp(text), '\t');
        OrderContext context = {.now = now.instant};
        *line = '\0';
        decimal_parse(text, &context.weight_kg);
        g_autoptr(Order) o = orderline_parse(words, drugs, line + 1, &context);
        say(o);
    }
    return 0;
}
