/* SPDX-License-Identifier: GPL-3.0-or-later
 * Edits of a document, chosen by the first bytes: either they are refused, or the result is a
 * sound document that has the change; no edit gives the same bytes. */
#include "fuzz.h"
#include "json/splice.h"
#include <string.h>

static JsonValue nth(const JsonDoc *doc, guint n)
{
    JsonValue v = json_root(doc);
    for (guint depth = 0; depth < 4 && json_count(v); depth++, n /= 5)
        for (v = json_first(v), n %= 125; json_exists(json_next(v)) && n % 5; n--)
            v = json_next(v);
    return v;
}

static void edit(JsonSplice *s, const JsonDoc *doc, guint8 what)
{
    JsonValue v = nth(doc, what >> 3);
    switch (what & 7) {
    case 0:
        json_splice_remove(s, v);
        break;
    case 1:
        json_splice_replace(s, v, "{\"new\":[37.20]}");
        break;
    case 2:
        json_splice_set(s, v, "å\"", "null");
        break;
    case 3:
        json_splice_append(s, json_parent_of(v), "1.0");
        break;
    case 4:
        json_splice_insert(s, v, "[]");
        break;
    case 5:
        json_splice_set(s, json_parent_of(v), "x", "\"\"");
        break;
    default:
        json_splice_append(s, v, "true");
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 3)
        return 0;
    g_autoptr(GBytes) text = g_bytes_new(data + 3, size - 3);
    g_autoptr(JsonDoc) doc = json_doc_parse(text, NULL);
    if (!doc)
        return 0;
    g_autoptr(JsonSplice) none = json_splice_new(doc);
    g_autoptr(GBytes) same = json_splice_finish(none, NULL);
    FUZZ_CHECK(same && g_bytes_equal(same, text));
    g_autoptr(JsonSplice) s = json_splice_new(doc);
    for (int i = 0; i < 3; i++)
        edit(s, doc, data[i]);
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) out = json_splice_finish(s, &error);
    FUZZ_CHECK((out == NULL) == (error != NULL));
    g_autoptr(JsonDoc) changed = out ? json_doc_parse(out, &error) : NULL;
    FUZZ_CHECK(!out || changed || g_error_matches(error, JSON_ERROR, JSON_ERROR_DEPTH));
    return 0;
}
