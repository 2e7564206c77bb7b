/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "json/control.h"
#include "json/document.h"
#include "json/writer.h"
#include <criterion/criterion.h>
#include <string.h>

Test(json_writer, writes)
{
    g_autoptr(JsonWriter) w = json_writer_new();
    json_write_object(w, NULL);
    json_write_array(w, "a");
    json_write_number(w, NULL, "37.20");
    json_write_object(w, NULL);
    json_write_end(w);
    json_write_array(w, NULL);
    json_write_end(w);
    json_write_string(w, NULL, "x{[");
    json_write_int(w, NULL, -5);
    json_write_end(w);
    json_write_string(w, "none", NULL);
    json_write_bool(w, "å\"", TRUE);
    json_write_raw(w, "r", "{ \"q\": 1 }xx", 10);
    json_write_end(w);
    g_autoptr(GBytes) out = json_writer_finish(w);
    const char *want = "{\"a\":[37.20,{},[],\"x{[\",-5],\"å\\\"\":true,\"r\":{ \"q\": 1 }}";
    cr_expect_eq(g_bytes_get_size(out), strlen(want));
    cr_expect_arr_eq(g_bytes_get_data(out, NULL), want, strlen(want));
    json_write_bool(w, NULL, FALSE); /* empty again */
    g_autoptr(GBytes) next = json_writer_finish(w);
    cr_expect_eq(g_bytes_get_size(next), 5);
}

Test(json_control, reads_by_path)
{
    const char *text = "{\"a\":{\"b\":[\"x\",\"y\"]},\"n\":42,\"t\":true,\"s\":\"\"}";
    g_autoptr(JsonTree) t = json_tree_parse(text, strlen(text), NULL);
    cr_assert(t);
    cr_expect_str_eq(json_tree_string(t, "a.b.1"), "y");
    cr_expect_str_eq(json_tree_string(t, "s"), "");
    cr_expect_null(json_tree_string(t, "a.b.2"));
    cr_expect_null(json_tree_string(t, "a.b.-1"));
    cr_expect_null(json_tree_string(t, "n"));
    cr_expect_eq(json_tree_int(t, "n", 7), 42);
    cr_expect_eq(json_tree_int(t, "a", 7), 7);
    cr_expect_eq(json_tree_count(t, "a.b"), 2);
    cr_expect_eq(json_tree_count(t, "a"), -1);
}

Test(json_control, refuses)
{
    g_autoptr(GError) error = NULL;
    cr_expect_null(json_tree_parse("{\"a\":1,\"a\":2}", 13, &error));
    cr_expect(g_error_matches(error, JSON_ERROR, JSON_ERROR_SYNTAX));
    g_clear_error(&error);
    g_autofree char *big = g_strnfill((1 << 20) + 1, ' ');
    cr_expect_null(json_tree_parse(big, (1 << 20) + 1, &error));
    cr_expect(g_error_matches(error, JSON_ERROR, JSON_ERROR_SIZE));
}
