/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "json/oracle.h"
#include "json/splice.h"
#include <criterion/criterion.h>
#include <string.h>

static JsonDoc *parse(const char *text)
{
    g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));
    JsonDoc *doc = json_doc_parse(bytes, NULL);
    cr_assert(doc, "%s", text);
    return doc;
}

static char *finish(JsonSplice *s, GError **error)
{
    g_autoptr(GBytes) out = json_splice_finish(s, error);
    gsize len = 0;
    const char *text = out ? g_bytes_get_data(out, &len) : NULL;
    return out ? g_strndup(text, len) : NULL;
}

/* Removes the children whose letters stand in @remove, then appends @add. */
static void check_array(const char *from, const char *remove, const char *add, const char *to)
{
    g_autoptr(JsonDoc) doc = parse(from);
    g_autoptr(JsonSplice) s = json_splice_new(doc);
    for (const char *p = remove; *p; p++)
        json_splice_remove(s, json_item(json_root(doc), (guint)(*p - '0')));
    if (add)
        json_splice_append(s, json_root(doc), add);
    g_autofree char *out = finish(s, NULL);
    cr_expect_str_eq(out, to, "%s - %s + %s", from, remove, add ? add : "");
}

Test(json_splice, commas)
{
    check_array("[ 0, 1 , 2 ]", "", NULL, "[ 0, 1 , 2 ]");
    check_array("[ 0, 1 , 2 ]", "0", NULL, "[ 1 , 2 ]");
    check_array("[ 0, 1 , 2 ]", "1", NULL, "[ 0 , 2 ]");
    check_array("[ 0, 1 , 2 ]", "2", NULL, "[ 0, 1 ]");
    check_array("[ 0, 1 , 2 ]", "01", NULL, "[ 2 ]");
    check_array("[ 0, 1 , 2 ]", "02", NULL, "[ 1 ]");
    check_array("[ 0, 1 , 2 ]", "12", NULL, "[ 0 ]");
    check_array("[ 0, 1 , 2 ]", "210", NULL, "[  ]");
    check_array("[0,1]", "1", "9", "[0,9]");
    check_array("[0,1]", "01", "9", "[9]");
    check_array("[]", "", "9", "[9]");
    check_array("[ ]", "", "9", "[9 ]");
}

Test(json_splice, everything_else_stays)
{
    const char *from =
        "{\n  \"id\" : \"1\",\n  \"v\": 37.20,\"n\":[1e3, -0.0],\n  \"u\":\"\\u00e5\"\n}\n";
    g_autoptr(JsonDoc) doc = parse(from);
    g_autoptr(JsonSplice) s = json_splice_new(doc);
    JsonValue root = json_root(doc);
    json_splice_set(s, root, "id", "\"2\"");
    json_splice_set(s, root, "new", "{}");
    json_splice_append(s, json_member(root, "n"), "0.50");
    json_splice_insert(s, json_item(json_member(root, "n"), 1), "7");
    g_autofree char *out = finish(s, NULL);
    cr_expect_str_eq(out, "{\n  \"id\" : \"2\",\n  \"v\": 37.20,\"n\":[1e3, 7,-0.0,0.50],\n"
                          "  \"u\":\"\\u00e5\",\"new\":{}\n}\n");
}

static void expect_refused(void (*edit)(JsonSplice *s, JsonValue root))
{
    g_autoptr(JsonDoc) doc = parse("{\"a\":[1,{\"b\":2}],\"c\":3}");
    g_autoptr(JsonSplice) s = json_splice_new(doc);
    g_autoptr(GError) error = NULL;
    edit(s, json_root(doc));
    g_autofree char *out = finish(s, &error);
    cr_expect_null(out, "%s", out);
    cr_expect(error && error->domain == JSON_ERROR);
}

static void twice(JsonSplice *s, JsonValue root)
{
    json_splice_replace(s, json_member(root, "c"), "1");
    json_splice_replace(s, json_member(root, "c"), "2");
}

static void inside_removed(JsonSplice *s, JsonValue root)
{
    json_splice_remove(s, json_member(root, "a"));
    json_splice_set(s, json_item(json_member(root, "a"), 1), "b", "4");
}

static void into_replaced(JsonSplice *s, JsonValue root)
{
    json_splice_append(s, json_member(root, "a"), "4");
    json_splice_replace(s, json_member(root, "a"), "[]");
}

static void new_twice(JsonSplice *s, JsonValue root)
{
    json_splice_set(s, root, "d", "4");
    json_splice_set(s, root, "d", "5");
}

static void before_removed(JsonSplice *s, JsonValue root)
{
    JsonValue item = json_item(json_member(root, "a"), 1);
    json_splice_insert(s, item, "4");
    json_splice_remove(s, item);
}

static void half_value(JsonSplice *s, JsonValue root)
{
    json_splice_set(s, root, "c", "1,\"x\":2");
}

static void no_container(JsonSplice *s, JsonValue root)
{
    json_splice_append(s, root, "4");
}

static void missing(JsonSplice *s, JsonValue root)
{
    json_splice_remove(s, json_member(root, "nothing"));
}

static void everything(JsonSplice *s, JsonValue root)
{
    json_splice_remove(s, root);
}

Test(json_splice, refuses)
{
    expect_refused(twice);
    expect_refused(inside_removed);
    expect_refused(into_replaced);
    expect_refused(new_twice);
    expect_refused(before_removed);
    expect_refused(half_value);
    expect_refused(no_container);
    expect_refused(missing);
    expect_refused(everything);
}

Test(json_splice, quotes)
{
    g_autofree char *a = json_quote("å\"\\\n\t\x01\x7f/"), *b = json_quote("x\xff");
    cr_expect_str_eq(a, "\"å\\\"\\\\\\n\\t\\u0001\\u007f/\"");
    cr_expect_str_eq(b, "\"x\xef\xbf\xbd\"");
}

/* Random documents, random edits, and jansson's tree with the same edits. */
static void random_space(GRand *r, GString *out)
{
    for (int n = g_rand_int_range(r, 0, 3); n > 0; n--)
        g_string_append_c(out, " \n\t\r"[g_rand_int_range(r, 0, 4)]);
}

static void random_value(GRand *r, GString *out, int depth)
{
    static const char *const scalars[] = {"37.20",
                                          "-0.50",
                                          "1e3",
                                          "0",
                                          "true",
                                          "false",
                                          "null",
                                          "\"\"",
                                          "\"å\\u00e4\\n\"",
                                          "\"\\ud83d\\ude00,]}\"",
                                          "12345678901"};
    int kind = depth > 4 ? 9 : g_rand_int_range(r, depth ? 0 : 4, 10);
    if (kind < 4 || kind > 7) {
        g_string_append(out, scalars[g_rand_int_range(r, 0, G_N_ELEMENTS(scalars))]);
        return;
    }
    gboolean object = kind & 1;
    int n = g_rand_int_range(r, 0, g_rand_int_range(r, 0, 30) ? 6 : 60);
    g_string_append_c(out, object ? '{' : '[');
    for (int i = 0; i < n; i++) {
        g_string_append(out, i ? "," : "");
        random_space(r, out);
        if (object)
            g_string_append_printf(out, i % 7 == 3 ? "\"k\\u00e5%d\"" : "\"k%d\"", i);
        if (object) {
            random_space(r, out);
            g_string_append_c(out, ':');
        }
        random_space(r, out);
        random_value(r, out, depth + 1);
        random_space(r, out);
    }
    random_space(r, out);
    g_string_append_c(out, object ? '}' : ']');
}

static json_t *random_new(GRand *r, char **ret_json)
{
    g_autoptr(GString) text = g_string_new(NULL);
    random_value(r, text, 3);
    *ret_json = g_strdup(text->str);
    return json_loads(text->str, JSON_DECODE_ANY, NULL);
}

static void put(json_t *to, const char *key, json_t *value)
{
    if (key)
        json_object_set_new(to, key, value);
    else
        json_array_append_new(to, value);
}

static json_t *edited(GRand *r, JsonSplice *s, JsonValue v, const json_t *t);

static void edit_child(GRand *r, JsonSplice *s, JsonValue c, const json_t *t, json_t *to)
{
    g_autofree char *key = json_key(c), *json = NULL;
    switch (g_rand_int_range(r, 0, 8)) {
    case 0:
        json_splice_remove(s, c);
        break;
    case 1:
        put(to, key, random_new(r, &json));
        json_splice_replace(s, c, json);
        break;
    case 2:
        if (!key) {
            put(to, NULL, random_new(r, &json));
            json_splice_insert(s, c, json);
        }
        /* fall through */
    default:
        put(to, key, edited(r, s, c, t));
    }
}

static json_t *edited(GRand *r, JsonSplice *s, JsonValue v, const json_t *t)
{
    gboolean object = json_kind(v) == JSON_KIND_OBJECT;
    if (!object && json_kind(v) != JSON_KIND_ARRAY)
        return json_deep_copy(t);
    json_t *to = object ? json_object() : json_array();
    guint n = 0;
    for (JsonValue c = json_first(v); json_exists(c); c = json_next(c), n++) {
        g_autofree char *key = json_key(c);
        edit_child(r, s, c, key ? json_object_get(t, key) : json_array_get(t, n), to);
    }
    for (int i = g_rand_int_range(r, -4, 3); i > 0; i--) {
        g_autofree char *json = NULL, *key = object ? g_strdup_printf("new\"%d", i) : NULL;
        put(to, key, random_new(r, &json));
        if (object)
            json_splice_set(s, v, key, json);
        else
            json_splice_append(s, v, json);
    }
    return to;
}

static void random_round(guint32 seed)
{
    g_autoptr(GRand) r = g_rand_new_with_seed(seed);
    g_autoptr(GString) text = g_string_new(NULL);
    random_value(r, text, 0);
    g_autoptr(JsonDoc) doc = parse(text->str);
    json_t *t = json_loads(text->str, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, NULL);
    g_autofree char *why = oracle_difference(json_root(doc), t);
    cr_assert_null(why, "seed %u: %s", seed, why);
    g_autoptr(JsonSplice) s = json_splice_new(doc);
    json_t *want = edited(r, s, json_root(doc), t);
    g_autoptr(GError) error = NULL;
    g_autofree char *out = finish(s, &error);
    cr_assert(out, "seed %u: %s", seed, error ? error->message : "");
    json_t *got = json_loads(out, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, NULL);
    cr_assert(got && json_equal(got, want), "seed %u: %s\n→ %s", seed, text->str, out);
    json_decref(t);
    json_decref(want);
    json_decref(got);
}

Test(json_splice, random_edits_as_jansson_makes_them, .timeout = 30)
{
    const char *asked = g_getenv("ROND_SEED");
    guint32 seed = asked ? (guint32)g_ascii_strtoull(asked, NULL, 10) : g_random_int();
    cr_log_info("seed %u", seed);
    for (guint32 i = 0; i < 2000; i++)
        random_round(seed + i);
}
