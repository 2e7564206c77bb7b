/* SPDX-License-Identifier: GPL-3.0-or-later
 * In which order that stands which can hurt the patient: however it came, what must be seen first is first. */
#include <criterion/criterion.h>
#include <string.h>

#include "chart/header.h"

#define ALLERGY(WHAT, CRITICALITY, CERTAINTY)                                                                          \
    "{\"resourceType\":\"AllergyIntolerance\",\"id\":\"a\",\"code\":{\"text\":\"" WHAT "\"},\"criticality\":\"" CRITICALITY  \
    "\",\"verificationStatus\":{\"coding\":[{\"code\":\"" CERTAINTY "\"}]}}"
#define FLAG(GROUP, WHAT)                                                                                              \
    "{\"resourceType\":\"Flag\",\"id\":\"f\",\"status\":\"active\",\"category\":[{\"coding\":[{\"code\":\"" GROUP             \
    "\"}]}],\"code\":{\"text\":\"" WHAT "\"}}"

/* In the order they are to be seen. */
static const struct {
    const char *text, *words;
    gboolean kills;
} all[] = {
    {ALLERGY("pc", "high", "confirmed"), "[!Ö] pc LIFE-THREATENING", TRUE},
    {FLAG("D2", "Ej HLR"), "[!V] Ej HLR", FALSE},
    {FLAG("D1", "Ej blod"), "[!V] Ej blod", FALSE},
    {ALLERGY("latex", "high", "unconfirmed"), "[!Ö] latex LIFE-THREATENING (suspected)", TRUE},
    {FLAG("B1", "MRSA"), "[!S] MRSA", FALSE},
    {FLAG("A4", "Pacemaker"), "[!T] Pacemaker", FALSE},
    {FLAG("E", "Fri text"), "[!] Fri text", FALSE},
    {FLAG("C2", "Penicillin"), "[!Ö] Penicillin", FALSE},
    {ALLERGY("nickel", "low", "confirmed"), "[!Ö] nickel", FALSE},
    {ALLERGY("sulfa", "low", "unconfirmed"), "[!Ö] sulfa (suspected)", FALSE},
};
enum { ALL = G_N_ELEMENTS(all) };

typedef struct {
    GPtrArray *allergies, *flags, *out;
    guint64 kills;
} Header;

static void take(Header *h, const char *json)
{
    g_autoptr(GBytes) text = g_bytes_new(json, strlen(json));
    FhirResource *r = fhir_resource_parse(text, NULL);
    cr_assert(r, "%s", json);
    g_ptr_array_add(strcmp(fhir_type(r), "Flag") == 0 ? h->flags : h->allergies, r);
}

static Header header_of(const char *const *texts, gsize n)
{
    Header h = {g_ptr_array_new_with_free_func((GDestroyNotify)fhir_resource_unref),
                g_ptr_array_new_with_free_func((GDestroyNotify)fhir_resource_unref), NULL, 0};
    for (gsize i = 0; i < n; i++)
        take(&h, texts[i]);
    h.out = chart_header_flags(h.allergies, h.flags, &h.kills);
    return h;
}

static void done(Header *h)
{
    g_ptr_array_unref(h->allergies);
    g_ptr_array_unref(h->flags);
    g_ptr_array_unref(h->out);
}

/* Each turn of the list, forwards and backwards: twenty orders. */
Test(header, however_they_come_the_order_is_one)
{
    for (gsize turn = 0; turn < 2 * ALL; turn++) {
        const char *texts[ALL];
        for (gsize i = 0; i < ALL; i++)
            texts[turn < ALL ? i : ALL - 1 - i] = all[(i + turn) % ALL].text;
        Header h = header_of(texts, ALL);
        cr_assert_eq(h.out->len, ALL);
        for (gsize i = 0; i < ALL; i++) {
            cr_expect_str_eq(h.out->pdata[i], all[i].words, "turn %zu: %zu is %s", turn, i, (char *)h.out->pdata[i]);
            cr_expect_eq((gboolean)(h.kills >> i & 1), all[i].kills, "%s", all[i].words);
        }
        done(&h);
    }
}

/* Any two of them too: the rest must not be what holds the order. */
Test(header, of_any_two_the_graver_is_first)
{
    for (gsize a = 0; a < ALL; a++)
        for (gsize b = a + 1; b < ALL; b++) {
            Header h = header_of((const char *[]){all[b].text, all[a].text}, 2);
            cr_expect_str_eq(h.out->pdata[0], all[a].words);
            cr_expect_str_eq(h.out->pdata[1], all[b].words);
            done(&h);
        }
}

Test(header, many_that_can_kill_leave_a_place_for_the_limit)
{
    Header h = header_of((const char *[]){ALLERGY("pc", "high", "confirmed"), ALLERGY("latex", "high", "confirmed"),
                                          ALLERGY("nötter", "high", "confirmed"), FLAG("D1", "Ej blod"), FLAG("D2", "Ej HLR")}, 5);
    static const char *const order[] = {"[!Ö] pc LIFE-THREATENING", "[!V] Ej HLR", "[!Ö] latex LIFE-THREATENING",
                                        "[!Ö] nötter LIFE-THREATENING", "[!V] Ej blod"};
    for (gsize i = 0; i < G_N_ELEMENTS(order); i++)
        cr_expect_str_eq(h.out->pdata[i], order[i]);
    cr_expect_eq(h.kills, 0xD);
    done(&h);
    Header none = header_of((const char *[]){FLAG("B1", "MRSA"), ALLERGY("pc", "high", "confirmed"), ALLERGY("latex", "high", "confirmed")}, 3);
    cr_expect_str_eq(none.out->pdata[1], "[!Ö] latex LIFE-THREATENING");
    done(&none);
}

Test(header, what_is_hidden_is_counted_by_kind_the_worst_first)
{
    static const char *const hidden[] = {"[!S] MRSA", "[!Ö] sulfa", "[!Ö] latex LIVSHOTANDE", "[!Ö] pc", "[!] x", NULL};
    g_autofree char *words = chart_header_rest(hidden, 1 << 2, FALSE), *brief = chart_header_rest(hidden, 1 << 2, TRUE);
    cr_expect_str_eq(words, "+1 LIFE-THREATENING hypersensitivity, 2 hypersensitivities, 1 contagion, 1 other");
    cr_expect_str_eq(brief, "+1 [!Ö] LIFE-THREATENING, 2 [!Ö], 1 [!S], 1 [!]");
}

/* FHIR's own categories begin with the groups' letters and are none of them. */
Test(header, another_cores_categories_are_no_groups)
{
    static const struct {
        const char *text, *words;
    } rows[] = {{FLAG("behavioral", "x"), "[!] x"}, {FLAG("drug", "x"), "[!] x"}, {FLAG("clinical", "x"), "[!] x"},
                {FLAG("advance-directive", "x"), "[!V] x"}, {FLAG("d2", "x"), "[!V] x"}, {FLAG("B", "x"), "[!S] x"}};
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        Header h = header_of(&rows[i].text, 1);
        cr_expect_str_eq(h.out->pdata[0], rows[i].words);
        done(&h);
    }
    Header h = header_of((const char *[]){FLAG("D1", "a"), FLAG("advance-directive", "b")}, 2);
    cr_expect_str_eq(h.out->pdata[0], "[!V] b");
    done(&h);
}
