/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "json/document.h"
#include "base/limits.h"
#include <criterion/criterion.h>
#include <string.h>

static JsonDoc *parse(const char *text, gsize len, GError **error)
{
    g_autoptr(GBytes) bytes = g_bytes_new(text, len);
    return json_doc_parse(bytes, error);
}

static JsonDoc *good(const char *text)
{
    g_autoptr(GError) error = NULL;
    JsonDoc *doc = parse(text, strlen(text), &error);
    cr_assert(doc, "%s: %s", text, error ? error->message : "");
    return doc;
}

#define BAD(code, text)                                                                            \
    {                                                                                              \
        JSON_ERROR_##code, text, sizeof(text) - 1                                                  \
    }
static const struct {
    JsonError code;
    const char *text;
    gsize len;
} malformed[] = {
    BAD(SYNTAX, ""),
    BAD(SYNTAX, "  \n"),
    BAD(SYNTAX, "\xef\xbb\xbf"),
    BAD(SYNTAX, "{"),
    BAD(SYNTAX, "}"),
    BAD(SYNTAX, "["),
    BAD(SYNTAX, "[1"),
    BAD(SYNTAX, "[1,"),
    BAD(SYNTAX, "[1,]"),
    BAD(SYNTAX, "[,1]"),
    BAD(SYNTAX, "[1 2]"),
    BAD(SYNTAX, "[1}"),
    BAD(SYNTAX, "{\"a\":1]"),
    BAD(SYNTAX, "{\"a\"}"),
    BAD(SYNTAX, "{\"a\":}"),
    BAD(SYNTAX, "{\"a\":1,}"),
    BAD(SYNTAX, "{,\"a\":1}"),
    BAD(SYNTAX, "{a:1}"),
    BAD(SYNTAX, "{1:1}"),
    BAD(SYNTAX, "{'a':1}"),
    BAD(SYNTAX, "{\"a\" 1}"),
    BAD(SYNTAX, "{\"a\":1 \"b\":2}"),
    BAD(SYNTAX, "1 2"),
    BAD(SYNTAX, "{} {}"),
    BAD(SYNTAX, "{}x"),
    BAD(SYNTAX, "\"abc"),
    BAD(SYNTAX, "\"abc\\"),
    BAD(SYNTAX, "\"abc\\\""),
    BAD(SYNTAX, "\"\\x\""),
    BAD(SYNTAX, "\"\\u12\""),
    BAD(SYNTAX, "\"\\u12g4\""),
    BAD(SYNTAX, "\"\\ud83d\\u12\""),
    BAD(SYNTAX, "\"a\nb\""),
    BAD(SYNTAX, "\"a\tb\""),
    BAD(SYNTAX, "\"a\0b\""),
    BAD(SYNTAX, "\0"),
    BAD(SYNTAX, "1\0"),
    BAD(SYNTAX, "01"),
    BAD(SYNTAX, "-"),
    BAD(SYNTAX, "-01"),
    BAD(SYNTAX, "+1"),
    BAD(SYNTAX, ".5"),
    BAD(SYNTAX, "1."),
    BAD(SYNTAX, "1.e3"),
    BAD(SYNTAX, "1e"),
    BAD(SYNTAX, "1e+"),
    BAD(SYNTAX, "0x10"),
    BAD(SYNTAX, "NaN"),
    BAD(SYNTAX, "-Infinity"),
    BAD(SYNTAX, "tru"),
    BAD(SYNTAX, "truee"),
    BAD(SYNTAX, "True"),
    BAD(SYNTAX, "nul"),
    BAD(SYNTAX, "undefined"),
    BAD(SYNTAX, "// c\n1"),
    BAD(SYNTAX, "/**/1"),
    BAD(SYNTAX, "\xff\xfe{\0}\0"),
    BAD(SYNTAX, "{\0}\0"),
    BAD(SYNTAX, "\xc2\xa0"
                "1"),
    BAD(DUPLICATE, "{\"a\":1,\"a\":1}"),
    BAD(DUPLICATE, "{\"a\":1,\"b\":2,\"c\":{\"a\":1},\"a\":1}"),
    BAD(DUPLICATE, "{\"status\":1,\"st\\u0061tus\":2}"),
    BAD(DUPLICATE, "{\"st\\u0061tus\":2,\"status\":1}"),
    BAD(DUPLICATE, "[{\"x\":{\"\":1,\"\":2}}]"),
};

Test(json_document, refuses_malformed, .timeout = 20)
{
    for (gsize i = 0; i < G_N_ELEMENTS(malformed); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(JsonDoc) doc = parse(malformed[i].text, malformed[i].len, &error);
        cr_expect_null(doc, "row %zu accepted: %s", i, malformed[i].text);
        cr_expect(g_error_matches(error, JSON_ERROR, (int)malformed[i].code), "row %zu: %s", i,
                  error ? error->message : "no error");
    }
}

Test(json_document, refuses_every_truncation)
{
    const char *text = "{\"a\":[1,-2.5e3,\"x\\u00e5\\\"\",true,null,{}],\"b\":{\"c\":\"åäö\"}}";
    for (gsize n = 0; n < strlen(text); n++) {
        g_autoptr(JsonDoc) doc = parse(text, n, NULL);
        cr_expect_null(doc, "first %zu bytes accepted", n);
    }
    json_doc_unref(good(text));
}

Test(json_document, says_where)
{
    g_autoptr(GError) error = NULL;
    const char *text = "{\n  \"å\": 1,\n  \"åä\": tru }";
    cr_assert_null(parse(text, strlen(text), &error));
    cr_assert_str_eq(error->message, "JSON line 3, column 9: a value is expected");
}

Test(json_document, walks)
{
    g_autoptr(JsonDoc) doc =
        good(" {\"a\" : [ 1, \"två\", {\"b\": null}, [] ], \"\": {}, \"c\\n\": false} ");
    JsonValue root = json_root(doc), a = json_member(root, "a");
    cr_expect_eq(json_kind(root), JSON_KIND_OBJECT);
    cr_expect_eq(json_count(root), 3);
    cr_expect_eq(json_count(a), 4);
    g_autofree char *two = json_text(json_item(a, 1)), *one = json_number(json_item(a, 0));
    cr_expect_str_eq(two, "två");
    cr_expect_str_eq(one, "1");
    cr_expect_eq(json_kind(json_member(json_item(a, 2), "b")), JSON_KIND_NULL);
    cr_expect_eq(json_kind(json_item(a, 3)), JSON_KIND_ARRAY);
    cr_expect_eq(json_count(json_item(a, 3)), 0);
    cr_expect_eq(json_kind(json_item(a, 4)), JSON_KIND_NONE);
    cr_expect_eq(json_kind(json_member(root, "")), JSON_KIND_OBJECT);
    cr_expect_eq(json_kind(json_member(root, "c\n")), JSON_KIND_FALSE);
    cr_expect_not(json_exists(json_member(root, "c\\n")));
    cr_expect_not(json_exists(json_member(root, "A")));
    cr_expect_not(json_exists(json_member(a, "a")));
    cr_expect_not(json_exists(json_next(root)));
    gsize start, len;
    json_member_extent(a, &start, &len);
    cr_expect_eq(start, 2);
    cr_expect_eq(json_parent_of(json_item(a, 2)).node, a.node);
    cr_expect_not(json_exists(json_parent_of(root)));
}

Test(json_document, keeps_digits)
{
    static const char *const numbers[] = {
        "37.20", "-0", "0.0", "1e3", "1E-06", "100.00", "12345678901234567890123456789.000"};
    for (gsize i = 0; i < G_N_ELEMENTS(numbers); i++) {
        g_autoptr(JsonDoc) doc = good(numbers[i]);
        g_autofree char *digits = json_number(json_root(doc));
        cr_expect_str_eq(digits, numbers[i]);
    }
}

Test(json_document, decodes)
{
    static const struct {
        const char *json, *text;
    } rows[] = {
        {"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t"}, {"\"\\u00E5\\u00e4\"", "åä"},
        {"\"\\ud83d\\ude00!\"", "\xf0\x9f\x98\x80!"},          {"\"\\uffff\"", "\xef\xbf\xbf"},
        {"\"\xf4\x8f\xbf\xbf\"", "\xf4\x8f\xbf\xbf"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(JsonDoc) doc = good(rows[i].json);
        g_autofree char *text = json_text(json_root(doc));
        cr_expect_str_eq(text, rows[i].text);
        cr_expect(json_string_is(json_root(doc), rows[i].text));
        cr_expect_not(json_doc_damaged(doc));
    }
}

Test(json_document, marks_damage)
{
    static const struct {
        const char *json, *text;
    } rows[] = {
        {"\"a\xe5"
         "b\"",
         "a\xef\xbf\xbd"
         "b"},
        {"\"\xc3\"", "\xef\xbf\xbd"},
        {"\"\xc0\x80\"", "\xef\xbf\xbd\xef\xbf\xbd"},
        {"\"\xed\xa0\x80\"", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
        {"\"\xf4\x90\x80\x80\"", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
        {"\"a\\u0000b\"", "a\xef\xbf\xbd"
                          "b"},
        {"\"\\ud83d\"", "\xef\xbf\xbd"},
        {"\"\\ude00\"", "\xef\xbf\xbd"},
        {"\"\\ud83dx\"", "\xef\xbf\xbdx"},
        {"\"\\ud83d\\n\"", "\xef\xbf\xbd\n"},
        {"\"\\ud83d\\ud83d\\ude00\"", "\xef\xbf\xbd\xf0\x9f\x98\x80"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(JsonDoc) doc = good(rows[i].json);
        g_autofree char *text = json_text(json_root(doc));
        cr_expect_str_eq(text, rows[i].text, "row %zu", i);
        cr_expect(json_doc_damaged(doc) && json_string_damaged(json_root(doc)), "row %zu", i);
    }
}

Test(json_document, damage_stays_where_it_is)
{
    g_autoptr(JsonDoc) doc = good(
        "{\"a\":{\"b\":\"ok\"},\"c\":{\"d\":[\"\xff\"]},\"e\":{\"\xff\":1},\"\xfe\":{\"x\":1}}");
    JsonValue root = json_root(doc);
    cr_expect(json_damaged(root));
    cr_expect_not(json_damaged(json_member(root, "a")));
    cr_expect(json_damaged(json_member(root, "c")));
    cr_expect(json_damaged(json_member(root, "e")));
    cr_expect_not(json_damaged(json_member(root, "\xef\xbf\xbd"))); /* its own name is outside */
}

Test(json_document, limits_depth)
{
    for (int depth = LIMIT_JSON_DEPTH; depth <= LIMIT_JSON_DEPTH + 1; depth++) {
        g_autoptr(GString) text = g_string_new(NULL);
        for (int i = 0; i < depth; i++)
            g_string_append(text, i % 2 ? "[" : "{\"a\":");
        g_string_append(text, "1");
        for (int i = depth; i--;)
            g_string_append(text, i % 2 ? "]" : "}");
        g_autoptr(GError) error = NULL;
        g_autoptr(JsonDoc) doc = parse(text->str, text->len, &error);
        cr_expect_eq(doc != NULL, depth <= LIMIT_JSON_DEPTH);
        cr_expect(doc || g_error_matches(error, JSON_ERROR, JSON_ERROR_DEPTH));
    }
}

Test(json_document, limits_size, .timeout = 30)
{
    gsize len = LIMIT_JSON_BYTES;
    char *text = g_malloc(len + 1);
    memset(text, ' ', len + 1);
    text[0] = '1';
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) most = g_bytes_new_static(text, len);
    g_autoptr(GBytes) more = g_bytes_new_static(text, len + 1);
    g_autoptr(JsonDoc) doc = json_doc_parse(most, NULL);
    cr_expect(doc);
    cr_expect_null(json_doc_parse(more, &error));
    cr_expect(g_error_matches(error, JSON_ERROR, JSON_ERROR_SIZE));
    for (gsize i = 0; i < len; i++)
        text[i] = i % 2 ? '0' : ',';
    text[0] = '[';
    g_clear_error(&error);
    cr_expect_null(json_doc_parse(most, &error));
    cr_expect(g_error_matches(error, JSON_ERROR, JSON_ERROR_SIZE));
    g_clear_pointer(&doc, json_doc_unref);
    g_free(text);
}

/* Quadratic work on 200,000 names would take minutes. */
Test(json_document, finds_duplicates_among_many, .timeout = 20)
{
    for (int twice = 0; twice < 2; twice++) {
        g_autoptr(GString) text = g_string_new("{");
        for (int i = 0; i < 200000; i++)
            g_string_append_printf(text, "\"key-%06d-with-a-long-name\":%d,", i, i);
        g_string_append(text, twice ? "\"key-000031-with-a-long-name\":0}" : "\"last\":0}");
        g_autoptr(GError) error = NULL;
        g_autoptr(JsonDoc) doc = parse(text->str, text->len, &error);
        cr_expect_eq(doc == NULL, twice);
        cr_expect(doc || g_error_matches(error, JSON_ERROR, JSON_ERROR_DUPLICATE));
    }
}
