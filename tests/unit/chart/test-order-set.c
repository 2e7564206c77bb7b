/* SPDX-License-Identifier: GPL-3.0-or-later
 * Favourites and order sets: what their files say, what is wrong with them, what a line with their names becomes. */
#include <criterion/criterion.h>
#include <glib/gstdio.h>
#include <string.h>

#include "chart/order-set.h"

static const OrderData *data;
static Instant now;
static char *dir, *own, *unit;
static GPtrArray *problems;
static OrderSets *sets;

static void setup(void)
{
    FhirTime t;
    data = order_data(NULL);
    cr_assert(data);
    fhir_time_parse("2026-11-21T07:44:00+01:00", &t);
    now = t.instant;
    dir = g_dir_make_tmp("rond-orders-XXXXXX", NULL);
    own = g_build_filename(dir, "own", NULL);
    unit = g_build_filename(dir, "unit", NULL);
    g_mkdir(own, 0700);
    g_mkdir(unit, 0700);
    problems = g_ptr_array_new_with_free_func(g_free);
}

static void put(const char *where, const char *text)
{
    g_autofree char *path = g_build_filename(where, "test.orders", NULL);
    cr_assert(text ? g_file_set_contents(path, text, -1, NULL) : g_unlink(path) == 0 || TRUE);
}

static void load(void)
{
    OrderSets *before = sets;
    g_ptr_array_set_size(problems, 0);
    sets = order_sets_load((const char *const[]){own, unit, NULL}, data, before, now, problems);
    order_sets_free(before);
}

static void teardown(void)
{
    const char *const dirs[] = {own, unit, dir};
    put(own, NULL);
    put(unit, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(dirs); i++) {
        g_rmdir(dirs[i]);
        g_free((char *)dirs[i]);
    }
    g_clear_pointer(&sets, order_sets_free);
    g_ptr_array_unref(problems);
}

TestSuite(orderset, .init = setup, .fini = teardown, .timeout = 30);

#define ASSERT_BECOMES(LINE, WANTED)                                           \
    do {                                                                       \
        g_autoptr(GError) e_ = NULL;                                           \
        g_autofree char *got_ = order_sets_expand(sets, LINE, &e_);            \
        cr_assert_str_eq(got_ ? got_ : e_->message, WANTED, "%s\n got %s", LINE, got_ ? got_ : e_->message); \
    } while (0)

#define UNIT                                                                                                  \
    "# enhetens\n.al  En dos nu\nalvedon 1g po nu smärta\n\n.alv\nalvedon 1g x4\n.sep\nkåv 1g x3 i 7d tonsillit\n" \
    "alvedon 1g x4 feber\n"

Test(orderset, a_name_becomes_its_lines)
{
    put(unit, UNIT);
    load();
    cr_assert_eq(problems->len, 0, "%s", problems->len ? (char *)problems->pdata[0] : "");
    g_autoptr(GPtrArray) all = order_sets_beginning(sets, "");
    cr_assert_eq(all->len, 3);
    ASSERT_BECOMES(".al", "alvedon 1g po nu smärta");
    ASSERT_BECOMES(".AL", "alvedon 1g po nu smärta");
    ASSERT_BECOMES(".alv fot", "alvedon 1g x4 fot");
    ASSERT_BECOMES(".s", "kåv 1g x3 i 7d tonsillit; alvedon 1g x4 feber");
    ASSERT_BECOMES("predn 30mg x1 kol ;.al;; ", "predn 30mg x1 kol; alvedon 1g po nu smärta");
    ASSERT_BECOMES("ins .5 E", "ins .5 E");
}

Test(orderset, a_name_is_never_guessed)
{
    put(unit, UNIT ".alt\nalvedon 500mg x1 feber\n");
    load();
    ASSERT_BECOMES(".a", "Several favourites begin with .a: choose one");
    ASSERT_BECOMES(".", "Several favourites begin with .: choose one");
    ASSERT_BECOMES(".penicillin", "There is no favourite that begins with .penicillin");
    ASSERT_BECOMES(".sep fot", ".sep is several orders: “fot” belongs to none of them");
}

Test(orderset, ones_own_goes_before_the_units)
{
    put(unit, UNIT);
    put(own, ".alv\nalvedon 500mg x3 huvudvärk\n");
    load();
    ASSERT_BECOMES(".alv", "alvedon 500mg x3 huvudvärk");
}

/* What the order asks for is no fault; what nobody understands is. */
Test(orderset, a_broken_line_is_told_and_not_used)
{
    static const struct {
        const char *text, *says;
    } wrong[] = {
        {".a\n", "the favourite has no order"},          {".a\nalvedon 1g 7q\n", "7q"},
        {".a\nmet 50mg x1 hypertoni\n", "met"}, {".a\nfinnsinte 1g x1 smärta\n", "finnsinte"},
        {".a\nalvedon 0g x1 smärta\n", "0g"},  {".a\nalvedon 1g x4 smärta\ninsulin 10 x1\n", "test.orders:1: .a: insulin"},
        {"alvedon 1g\n", "words before the first name"}, {".a\nalvedon 1g x1\n.a\npanodil 1g x1\n", "is there already"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_clear_pointer(&sets, order_sets_free);
        put(unit, wrong[i].text);
        load();
        cr_assert(problems->len && strstr(problems->pdata[0], wrong[i].says), "%s: %s", wrong[i].text,
                  problems->len ? (char *)problems->pdata[0] : "nothing was told");
    }
    g_clear_pointer(&sets, order_sets_free);
    put(unit, ".a\nalvedon 1g 7q\n");
    load();
    g_autoptr(GError) error = NULL;
    cr_assert_null(order_sets_expand(sets, ".a", &error));
    cr_assert(strstr(error->message, "7q"));
}

Test(orderset, what_breaks_is_used_as_it_was)
{
    put(unit, UNIT);
    load();
    put(unit, ".al\nalvedon 1g 7q\n.ny\nalvedon 1g x1 feber\n");
    load();
    cr_assert(problems->len == 1 && strstr(problems->pdata[0], "Used as it was before"));
    ASSERT_BECOMES(".al", "alvedon 1g po nu smärta");
    ASSERT_BECOMES(".ny", "alvedon 1g x1 feber");
    ASSERT_BECOMES(".sep", "There is no favourite that begins with .sep"); /* it was taken away */
    put(unit, "\xff\xfe");
    load();
    cr_assert_eq(problems->len, 1);
    ASSERT_BECOMES(".al", "alvedon 1g po nu smärta");
    ASSERT_BECOMES(".ny", "alvedon 1g x1 feber");
    put(unit, ".al\nalvedon 500mg x1 feber\n");
    load();
    ASSERT_BECOMES(".al", "alvedon 500mg x1 feber");
}

Test(orderset, those_that_come_with_rond_are_whole)
{
    g_autofree char *shipped = g_build_filename(g_getenv("ROND_DATA"), "orders", NULL);
    sets = order_sets_load((const char *const[]){shipped, NULL}, data, NULL, now, problems);
    cr_assert_eq(problems->len, 0, "%s", problems->len ? (char *)problems->pdata[0] : "");
    g_autoptr(GPtrArray) all = order_sets_beginning(sets, "");
    cr_assert_gt(all->len, 0);
    for (guint i = 0; i < all->len; i++)
        for (char **line = ((const OrderSet *)all->pdata[i])->lines; *line; line++) {
            OrderContext c = {.now = now};
            g_autoptr(Order) o = orderline_parse(data->words, data->drugs, *line, &c);
            cr_expect(order_complete(o), "%s", *line);
        }
}
