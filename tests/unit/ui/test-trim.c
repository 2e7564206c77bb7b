/* SPDX-License-Identifier: GPL-3.0-or-later
 * What is left out of a frame changes nothing, and what would is left in. */
#include <criterion/criterion.h>
#include <string.h>

#include "ui/term-trim.h"

static void expect(const char *in, const char *out, gboolean line_set, gboolean whole_rows)
{
    g_autofree char *bytes = g_strdup(in);
    guint n = term_trim(&(TermTrim){24, line_set, whole_rows}, (guint8 *)bytes, (guint)strlen(in));
    g_autofree char *got = g_strndup(bytes, n), *shown = g_strescape(got, NULL);
    cr_expect_str_eq(got, out, "became %s", shown);
}

Test(trim, codes_that_change_nothing_go)
{
    expect("\033(B\033[0;1ma\033[39m\033(B\033[m ", "\033[0;1ma\033[m ", FALSE, TRUE);
    expect("\033[m\033[0;2mb", "\033[0;2mb", FALSE, TRUE);
    expect("\033(B\033[m\033(0q\033(B", "\033(B\033[m\033(0q\033(B", TRUE, TRUE);
    expect("\033[39mred\033[m", "\033[39mred\033[m", FALSE, TRUE);
}

#define SHIFT(top, bottom, rows) "\0337\033[" top ";" bottom "r\0338\r\033[" top "d\033M\033[1;" rows "r"

Test(trim, a_row_is_put_in_without_margins)
{
    expect("a" SHIFT("6", "23", "24") "\033[6;17Hrol", "a\033[23d\033[M\033[6d\033[L\033[6;17Hrol", FALSE, TRUE);
    expect(SHIFT("6", "23", "24") "\033[6;17Hrol", SHIFT("6", "23", "24") "\033[6;17Hrol", FALSE, FALSE);
}

Test(trim, what_is_not_wholly_known_stays)
{
    static const char *const same[] = {
        SHIFT("6", "23", "24"),
        SHIFT("6", "23", "24") "\033[6d",
        SHIFT("6", "23", "24") "x",
        SHIFT("6", "23", "23") "\033[6;17H",
        SHIFT("6", "25", "24") "\033[6;17H",
        SHIFT("6", "6", "24") "\033[6;17H",
        "\0337\033[6;23r\0338\r\033[7d\033M\033[1;24r\033[6;17H",
        "\0337\033[6;23r\0338\r\033[6d\033M\033M\033[1;24r\033[6;17H",
        "\033[6;23r\r\033[6d\033M\033[1;24r\033[6;17H",
        "\0337\033[6;23r",
        "\0337",
        "\033",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(same); i++)
        expect(same[i], same[i], FALSE, TRUE);
}
