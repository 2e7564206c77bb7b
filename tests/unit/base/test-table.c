/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/table.h"

#include <criterion/criterion.h>
#include <glib/gstdio.h>

static Table *load(const char *text, guint columns, GError **error)
{
    g_autofree char *path = NULL;
    int fd = g_file_open_tmp("rond-XXXXXX", &path, NULL);
    cr_assert_geq(fd, 0);
    g_close(fd, NULL);
    cr_assert(g_file_set_contents(path, text, -1, NULL));
    Table *t = table_load(path, columns, error);
    g_unlink(path);
    return t;
}

Test(table, cells_by_name_and_by_place)
{
    g_autoptr(Table) t = load("# om\nid\tnamn\n\na\tÅsa\n#b\tBo\nc\t\n", 0, NULL);
    cr_assert_not_null(t);
    cr_assert_eq(table_rows(t), 2);
    cr_assert_str_eq(table_cell(t, 0, "namn"), "Åsa");
    cr_assert_str_eq(table_cell(t, 1, "namn"), "");
    cr_assert_str_eq(table_cell(t, 1, "id"), "c");
    cr_assert_str_eq(table_cell(t, 0, "finns inte"), "");
    cr_assert_str_eq(table_row(t, 1)[0], "c");
    cr_assert_null(table_row(t, 1)[2]);
}

Test(table, without_a_head_every_row_is_one)
{
    g_autoptr(Table) t = load("a\tb\nc\td", 2, NULL);
    g_autoptr(GError) error = NULL;
    cr_assert_not_null(t);
    cr_assert_eq(table_rows(t), 2);
    cr_assert_str_eq(table_row(t, 1)[1], "d");
    cr_assert_not(table_refuse(t, 1, &error));
    cr_assert(g_error_matches(error, TABLE_ERROR, TABLE_ERROR_ROW));
    cr_assert_not_null(strstr(error->message, "line 2"));
}

Test(table, nothing_but_comments_is_no_rows)
{
    g_autoptr(Table) named = load("# bara\n", 0, NULL), plain = load("", 3, NULL);
    cr_assert_eq(table_rows(named), 0);
    cr_assert_eq(table_rows(plain), 0);
}

Test(table, one_bad_row_refuses_the_file)
{
    static const char *const bad[] = {"a\tb\nc\n", "a\tb\nc\td\te\n"};
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++)
        for (guint columns = 0; columns <= 2; columns += 2) {
            g_autoptr(GError) error = NULL;
            cr_assert_null(load(bad[i], columns, &error));
            cr_assert(g_error_matches(error, TABLE_ERROR, TABLE_ERROR_ROW));
            cr_assert_not_null(strstr(error->message, "line 2"));
        }
}

Test(table, text_that_is_no_utf8_and_no_file_at_all)
{
    g_autoptr(GError) text = NULL, file = NULL;
    cr_assert_null(load("a\t\xff\n", 2, &text));
    cr_assert(g_error_matches(text, TABLE_ERROR, TABLE_ERROR_TEXT));
    cr_assert_null(table_load("/nonexistent/x.tsv", 2, &file));
    cr_assert_eq(file->domain, G_FILE_ERROR);
}
