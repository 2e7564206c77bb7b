/* SPDX-License-Identifier: GPL-3.0-or-later
 * The 32 dosing phrases: what each gives in FHIR, that it reads back the same, and that its Swedish text, typed as
 * a line, is the same order. tests/fixtures/orders/phrases.tsv holds them. */
#include <criterion/criterion.h>
#include <string.h>

#include "base/table.h"
#include "order-world.h"

TestSuite(phrases, .init = order_world_load, .fini = order_world_free, .timeout = 30);

static int by_text(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The elements of Timing.repeat, in order of their names. */
static char *keys(FhirNode dosage)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    for (FhirNode c = fhir_first(fhir_at(dosage, "timing.repeat")); fhir_exists(c); c = fhir_next(c))
        g_ptr_array_add(names, fhir_name(c));
    g_ptr_array_sort(names, by_text);
    g_ptr_array_add(names, NULL);
    return g_strjoinv(",", (char **)names->pdata);
}

static char *value_at(FhirNode root, const char *path)
{
    FhirNode dosages = fhir_at(root, "dosageInstruction");
    if (strcmp(path, "n") == 0)
        return g_strdup_printf("%u", fhir_count(dosages));
    if (strcmp(path, "end") == 0)
        return fhir_string(root, "dispenseRequest.validityPeriod.end");
    if (!g_ascii_isdigit(path[0]))
        return fhir_string(root, path);
    FhirNode d = fhir_first(dosages);
    for (int i = path[0] - '0'; i > 0; i--)
        d = fhir_next(d);
    return strcmp(path + 2, "k") == 0 ? keys(d) : fhir_string(d, path + 2);
}

static void expect(FhirNode root, const char *line, const char *wanted)
{
    g_auto(GStrv) all = g_strsplit(wanted, ";", -1);
    for (char **w = all; *w; w++) {
        char *equals = strrchr(*w, '=');
        *equals = '\0';
        g_autofree char *got = value_at(root, *w);
        cr_expect_str_eq(got ? got : "", equals + 1, "%s: %s is %s, not %s", line, *w, got, equals + 1);
    }
}

/* As the form writes the line anew: part by part. */
static char *by_parts(const Order *o)
{
    static const OrderField parts[] = {ORDER_DRUG,   ORDER_FORM, ORDER_STRENGTH,  ORDER_DOSE,   ORDER_ROUTE,
                                       ORDER_TIMING, ORDER_MAX,  ORDER_AS_NEEDED, ORDER_REASON, ORDER_FOLLOW_UP,
                                       ORDER_START,  ORDER_STOP, ORDER_TOKEN};
    GString *s = g_string_new(NULL);
    for (gsize p = 0; p < G_N_ELEMENTS(parts); p++)
        for (guint i = 0; i < o->words->len; i++) {
            const OrderWord *w = o->words->pdata[i];
            if (w->field == parts[p])
                g_string_append_printf(s, "%s%s", s->len ? " " : "", w->text);
        }
    return g_string_free(s, FALSE);
}

static void expect_same_by_parts(const char *line)
{
    g_autoptr(Order) o = order_world_read(line);
    g_autofree char *again = by_parts(o), *want = order_to_text(o);
    g_autoptr(Order) cut = order_world_read(again);
    g_autofree char *got = order_to_text(cut);
    cr_expect_str_eq(got, want, "%s\nby its parts: %s\n got %s\nwant %s", line, again, got, want);
}

/* Cut into the parts of the form and put together again, each is the same order. */
Test(phrases, the_form_changes_none)
{
    g_autoptr(Table) table = table_load(PHRASES, 3, NULL);
    for (guint i = 0; i < table_rows(table); i++) {
        g_autoptr(Order) o = order_world_read(table_row(table, i)[1]);
        g_autofree char *sentence = order_world_sentence(o);
        expect_same_by_parts(table_row(table, i)[1]);
        expect_same_by_parts(sentence);
    }
    expect_same_by_parts("citodon 1 tabl morgon 2 tabl kväll smärta");
    expect_same_by_parts("citodon 1 tabl morgon och 2 tabl till natten vb smärta");
}

Test(phrases, each_gives_its_fhir_and_comes_back)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Table) table = table_load(PHRASES, 3, &error);
    cr_assert_not_null(table, "%s", error ? error->message : "");
    guint seen = 0;
    for (guint i = 0; i < table_rows(table); i++) {
        char *const *row = table_row(table, i);
        g_autoptr(Order) o = order_world_read(row[1]);
        g_autofree char *said = order_to_text(o);
        cr_expect(order_complete(o), "%s: %s", row[1], said);
        seen |= 1u << (g_ascii_strtoull(row[0], NULL, 10) - 1);
        if (!order_complete(o))
            continue;
        g_autoptr(FhirResource) r = order_world_write(o);
        expect(fhir_root(r), row[1], row[2]);
        order_world_survives(o, row[1]);
    }
    cr_assert_eq(seen, 0xffffffffu, "not every phrase has a line");
}

/* Each can be ordered: by its code, and with a dose unit and a route. */
Test(phrases, every_medicine_of_the_training_data_is_there)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Table) table = table_load(SUBSTANCES, 2, &error);
    cr_assert_not_null(table, "%s", error ? error->message : "");
    cr_assert_geq(table_rows(table), 141 + 12);
    for (guint i = 0; i < table_rows(table); i++) {
        g_autoptr(DrugMatch) m = drug_list_match(order_world_drugs(), table_row(table, i)[0]);
        cr_expect(drug_match_resolved(m), "%s %s", table_row(table, i)[0], table_row(table, i)[1]);
    }
}
