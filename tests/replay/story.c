/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "replay/story.h"

#include <jansson.h>
#include <string.h>

/* ---- ends ---- */

static void pair_free(gpointer data)
{
    StoryPair *p = data;
    g_pattern_spec_free(p->pattern);
    g_free(p->name);
    g_free(p->value);
    g_free(p);
}

static void keep_free(gpointer data)
{
    StoryKeep *k = data;
    g_free(k->name);
    g_free(k->at);
    g_free(k->set);
    g_free(k);
}

static void rule_free(gpointer data)
{
    StoryRule *r = data;
    GPtrArray *const lists[] = {r->query, r->headers, r->without, r->has, r->has_not, r->keeps, r->no_headers};
    for (gsize i = 0; i < G_N_ELEMENTS(lists); i++)
        g_ptr_array_unref(lists[i]);
    g_pattern_spec_free(r->path);
    g_clear_pointer(&r->answer.body, g_bytes_unref);
    char *const texts[] = {r->name, r->method, r->path_text, r->answer.headers, r->answer.after, r->answer.reason, r->since, r->until};
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
        g_free(texts[i]);
    g_free(r);
}

static StoryRule *rule_new(const char *method, const char *path)
{
    StoryRule *r = g_new0(StoryRule, 1);
    r->method = g_strdup(method);
    r->path_text = g_strdup(path);
    r->path = g_pattern_spec_new(path);
    r->query = g_ptr_array_new_with_free_func(pair_free);
    r->headers = g_ptr_array_new_with_free_func(pair_free);
    r->without = g_ptr_array_new_with_free_func(g_free);
    r->has = g_ptr_array_new_with_free_func(g_free);
    r->has_not = g_ptr_array_new_with_free_func(g_free);
    r->no_headers = g_ptr_array_new_with_free_func(g_free);
    r->keeps = g_ptr_array_new_with_free_func(keep_free);
    return r;
}

Story *story_new(void)
{
    Story *s = g_new0(Story, 1);
    s->steps = g_ptr_array_new_with_free_func(rule_free);
    s->rules = g_ptr_array_new_with_free_func(rule_free);
    return s;
}

void story_free(Story *s)
{
    if (!s)
        return;
    g_ptr_array_unref(s->steps);
    g_ptr_array_unref(s->rules);
    g_free(s->title);
    g_free(s);
}

StoryRule *story_rule_first(Story *s, const char *method, const char *path)
{
    StoryRule *r = rule_new(method, path);
    r->answer.status = 200;
    g_ptr_array_insert(s->rules, 0, r);
    return r;
}

void story_rule_header(StoryRule *r, const char *name, const char *pattern)
{
    StoryPair *p = g_new0(StoryPair, 1);
    p->name = g_ascii_strdown(name, -1);
    p->value = g_strdup(pattern);
    p->pattern = g_pattern_spec_new(pattern);
    g_ptr_array_add(r->headers, p);
}

/* ---- reading: a word that is not known is an error, so that a slip of the pen fails ---- */

static gboolean fail(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);
static gboolean fail(GError **error, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, text);
    return FALSE;
}

static gboolean known_words(json_t *object, const char *const *words, const char *what, GError **error)
{
    const char *key;
    json_t *value;
    json_object_foreach(object, key, value)
        if (!g_strv_contains(words, key))
            return fail(error, "no such word in %s: %s", what, key);
    return TRUE;
}

static void add_pair(GPtrArray *out, const char *key, json_t *value)
{
    StoryPair *p = g_new0(StoryPair, 1);
    p->name = g_strdup(key);
    p->value = g_strdup(json_string_value(value) ? json_string_value(value) : "*");
    p->pattern = g_pattern_spec_new(p->value);
    g_ptr_array_add(out, p);
}

static void read_pairs(GPtrArray *out, json_t *object)
{
    const char *key;
    json_t *value, *one;
    size_t i;
    json_object_foreach(object, key, value) {
        if (!json_is_array(value))
            add_pair(out, key, value);
        json_array_foreach(value, i, one)
            add_pair(out, key, one);
    }
}

static void read_list(GPtrArray *out, json_t *list)
{
    size_t i;
    json_t *value;
    json_array_foreach(list, i, value)
        g_ptr_array_add(out, g_strdup(json_string_value(value)));
}

static void read_keeps(GPtrArray *out, json_t *object)
{
    const char *key;
    json_t *value;
    json_object_foreach(object, key, value) {
        StoryKeep *k = g_new0(StoryKeep, 1);
        json_t *set = json_object_get(value, "set");
        char *text = set ? json_dumps(set, 0) : NULL;
        *k = (StoryKeep){g_strdup(key), g_strdup(json_string_value(json_object_get(value, "at"))), g_strdup(text)};
        free(text);
        g_ptr_array_add(out, k);
    }
}

static guint number(json_t *object, const char *key, guint otherwise)
{
    json_t *value = json_object_get(object, key);
    return json_is_integer(value) ? (guint)json_integer_value(value) : otherwise;
}

/* A page of an answer to a search. */
static json_t *page_of(json_t *object)
{
    json_t *entries = json_object_get(object, "entries"), *total = json_object_get(object, "total"), *resource;
    const char *next = json_string_value(json_object_get(object, "next"));
    json_t *links = json_pack("[{ssss}]", "relation", "self", "url", "{{url}}"), *list = json_array();
    g_autofree char *where = next ? g_strconcat("{{base}}/", next, NULL) : NULL;
    size_t i;
    if (where)
        json_array_append_new(links, json_pack("{ssss}", "relation", "next", "url", where));
    json_array_foreach(entries, i, resource)
        json_array_append_new(list, json_pack("{sOs{ss}}", "resource", resource, "search", "mode", "match"));
    return json_pack("{sssssososo}", "resourceType", "Bundle", "type", "searchset", "total",
                     total ? json_incref(total) : json_integer((json_int_t)json_array_size(entries)), "link", links, "entry",
                     list);
}

static gboolean read_body(StoryAnswer *a, json_t *object, const char *dir, GError **error)
{
    gboolean page = json_object_get(object, "entries") != NULL;
    json_t *body = page ? page_of(object) : json_object_get(object, "body");
    const char *text = json_string_value(json_object_get(object, "text"));
    const char *file = json_string_value(json_object_get(object, "file"));
    if (body) {
        char *json = json_dumps(body, JSON_PRESERVE_ORDER | JSON_ENCODE_ANY);
        a->body = g_bytes_new(json, strlen(json));
        free(json);
        if (page)
            json_decref(body);
    } else if (text) {
        a->body = g_bytes_new(text, strlen(text));
    } else if (file) {
        g_autofree char *path = g_build_filename(dir, file, NULL);
        char *bytes = NULL;
        gsize n;
        if (!g_file_get_contents(path, &bytes, &n, error))
            return FALSE;
        a->body = g_bytes_new_take(bytes, n);
        a->verbatim = TRUE;
    }
    return TRUE;
}

static gboolean read_answer(StoryAnswer *a, json_t *object, const char *dir, GError **error)
{
    static const char *const words[] = {"status", "headers", "body", "text", "file", "empty", "entries", "next", "total", "batch", "drop", "hang",
                                        "delay", "cut", "drip", "length", "after", "reason", NULL};
    if (!json_is_object(object))
        return fail(error, "a rule needs an answer");
    if (!known_words(object, words, "an answer", error))
        return FALSE;
    a->status = number(object, "status", 200);
    a->empty = json_is_true(json_object_get(object, "empty"));
    a->batch = json_is_true(json_object_get(object, "batch"));
    a->drop = json_is_true(json_object_get(object, "drop"));
    a->hang = json_is_true(json_object_get(object, "hang"));
    a->delay_ms = number(object, "delay", 0);
    a->cut = json_integer_value(json_object_get(object, "cut"));
    a->length = json_integer_value(json_object_get(object, "length"));
    a->after = g_strdup(json_string_value(json_object_get(object, "after")));
    a->reason = g_strdup(json_string_value(json_object_get(object, "reason")));
    json_t *drip = json_object_get(object, "drip");
    a->drip_bytes = (guint)json_integer_value(json_array_get(drip, 0));
    a->drip_ms = (guint)json_integer_value(json_array_get(drip, 1));
    json_t *headers = json_object_get(object, "headers"), *line;
    size_t i;
    GString *out = headers ? g_string_new(NULL) : NULL;
    json_array_foreach(headers, i, line)
        g_string_append_printf(out, "%s\r\n", json_string_value(line));
    a->headers = out ? g_string_free(out, FALSE) : NULL;
    return read_body(a, object, dir, error);
}

static gboolean read_rules(GPtrArray *out, json_t *list, const char *dir, GError **error)
{
    static const char *const words[] = {"name", "method", "path", "query", "without", "headers", "headers-without", "body",
                                        "body-without", "times", "since", "until", "keep", "answer", "why", NULL};
    size_t i;
    json_t *object;
    json_array_foreach(list, i, object) {
        const char *method = json_string_value(json_object_get(object, "method"));
        const char *path = json_string_value(json_object_get(object, "path"));
        if (!path)
            return fail(error, "rule %u has no path", (guint)i + 1);
        if (!known_words(object, words, "a rule", error))
            return FALSE;
        StoryRule *r = rule_new(method ? method : "GET", path);
        g_ptr_array_add(out, r);
        r->name = g_strdup(json_string_value(json_object_get(object, "name")));
        r->times = number(object, "times", 0);
        r->since = g_strdup(json_string_value(json_object_get(object, "since")));
        r->until = g_strdup(json_string_value(json_object_get(object, "until")));
        read_keeps(r->keeps, json_object_get(object, "keep"));
        read_pairs(r->query, json_object_get(object, "query"));
        read_pairs(r->headers, json_object_get(object, "headers"));
        read_list(r->without, json_object_get(object, "without"));
        read_list(r->has, json_object_get(object, "body"));
        read_list(r->no_headers, json_object_get(object, "headers-without"));
        read_list(r->has_not, json_object_get(object, "body-without"));
        if (!read_answer(&r->answer, json_object_get(object, "answer"), dir, error)) {
            g_prefix_error(error, "%s: ", path);
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean read_file(Story *s, const char *path, guint depth, GError **error)
{
    static const char *const words[] = {"story", "include", "steps", "rules", NULL};
    json_error_t at;
    g_autofree char *dir = g_path_get_dirname(path);
    json_t *root = json_load_file(path, JSON_REJECT_DUPLICATES, &at);
    if (!root)
        return fail(error, "%s:%d: %s", path, at.line, at.text);
    gboolean good = depth < 5 && known_words(root, words, path, error) &&
                    read_rules(s->steps, json_object_get(root, "steps"), dir, error) &&
                    read_rules(s->rules, json_object_get(root, "rules"), dir, error);
    if (depth == 0)
        s->title = g_strdup(json_string_value(json_object_get(root, "story")));
    size_t i;
    json_t *name;
    json_array_foreach(json_object_get(root, "include"), i, name) {
        g_autofree char *other = g_build_filename(dir, json_string_value(name), NULL);
        good = good && read_file(s, other, depth + 1, error);
    }
    json_decref(root);
    return good;
}

Story *story_read(const char *path, GError **error)
{
    g_autoptr(Story) s = story_new();
    return read_file(s, path, 0, error) ? g_steal_pointer(&s) : NULL;
}

/* ---- what fits ---- */

static const char *value_of(const StoryRequest *q, const StoryPair *wanted)
{
    const char *found = NULL;
    for (guint i = 0; q->names[i]; i++)
        if (strcmp(q->names[i], wanted->name) == 0) {
            found = q->values[i];
            if (g_pattern_spec_match_string(wanted->pattern, found))
                return found;
        }
    return NULL;
}

static gboolean body_has(GBytes *body, const char *text)
{
    gsize n = 0;
    const char *data = body ? g_bytes_get_data(body, &n) : NULL;
    return data && g_strstr_len(data, (gssize)n, text);
}

gboolean story_rule_fits(const StoryRule *r, const StoryRequest *q)
{
    if (strcmp(r->method, q->method) != 0 || !g_pattern_spec_match_string(r->path, q->path))
        return FALSE;
    for (guint i = 0; i < r->query->len; i++)
        if (!value_of(q, r->query->pdata[i]))
            return FALSE;
    for (guint i = 0; i < r->without->len; i++)
        if (g_strv_contains((const char *const *)q->names, r->without->pdata[i]))
            return FALSE;
    for (guint i = 0; i < r->headers->len; i++) {
        const StoryPair *p = r->headers->pdata[i];
        g_autofree char *lower = g_ascii_strdown(p->name, -1);
        const char *value = g_hash_table_lookup(q->headers, lower);
        if (!value || !g_pattern_spec_match_string(p->pattern, value))
            return FALSE;
    }
    for (guint i = 0; i < r->no_headers->len; i++) {
        g_autofree char *lower = g_ascii_strdown(r->no_headers->pdata[i], -1);
        if (g_hash_table_contains(q->headers, lower))
            return FALSE;
    }
    for (guint i = 0; i < r->has->len; i++)
        if (!body_has(q->body, r->has->pdata[i]))
            return FALSE;
    for (guint i = 0; i < r->has_not->len; i++)
        if (body_has(q->body, r->has_not->pdata[i]))
            return FALSE;
    return TRUE;
}
