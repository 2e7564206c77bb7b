/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "json/node.h"
#include "base/limits.h"
#include <string.h>

/* A hostile text of bare "0,0,0" would take eight times its size: this caps it at 128 MiB, twice
 * what the largest allowed body of real resources needs. */
#define MAX_NODES (8u << 20)
#define MANY_KEYS 32

typedef struct {
    guint32 node, last, count;
    gboolean object, check_at_close;
    guint64 seen; /* one bit per hashed key: a clear bit proves that a key is new */
} Frame;

typedef struct {
    const guint8 *s, *p, *end;
    JsonNode *nodes;
    guint32 n, cap, key;
    gboolean damaged;
    int depth;
    Frame stack[LIMIT_JSON_DEPTH];
    GError **error;
} Scan;

static gboolean fail(Scan *sc, JsonError code, const guint8 *at, const char *what)
{
    guint line = 1, column = 1;
    for (const guint8 *p = sc->s; p < at; p++) {
        if (*p == '\n') {
            line++;
            column = 1;
        } else if ((*p & 0xc0) != 0x80) {
            column++;
        }
    }
    g_set_error(sc->error, JSON_ERROR, code, "JSON line %u, column %u: %s", line, column, what);
    return FALSE;
}

static gboolean expected(Scan *sc, const char *what)
{
    g_autofree char *text = sc->p >= sc->end
                                ? g_strdup_printf("the text ends where %s is expected", what)
                                : g_strdup_printf("%s is expected", what);
    return fail(sc, JSON_ERROR_SYNTAX, sc->p, text);
}

static inline void skip_space(Scan *sc)
{
    while (sc->p < sc->end && (*sc->p == ' ' || *sc->p == '\n' || *sc->p == '\r' || *sc->p == '\t'))
        sc->p++;
}

/* Over bytes that mean nothing special in a string, eight at a time. */
static inline void skip_plain(Scan *sc)
{
    const guint64 ones = 0x0101010101010101u, high = 0x8080808080808080u;
    while (sc->end - sc->p >= 8) {
        guint64 w, q, b;
        memcpy(&w, sc->p, 8);
        q = w ^ (ones * '"');
        b = w ^ (ones * '\\');
        /* A byte that borrows from its neighbour gives a false alarm at worst. */
        if ((w | (w - ones * 0x20) | (q - ones) | (b - ones)) & high)
            break;
        sc->p += 8;
    }
    while (sc->p < sc->end && *sc->p >= 0x20 && *sc->p < 0x80 && *sc->p != '"' && *sc->p != '\\')
        sc->p++;
}

static gboolean read_hex4(Scan *sc, guint32 *ret)
{
    *ret = 0;
    for (int i = 0; i < 4; i++, sc->p++) {
        if (sc->p >= sc->end || !g_ascii_isxdigit(*sc->p))
            return expected(sc, "a hexadecimal digit");
        *ret = *ret << 4 | (guint32)g_ascii_xdigit_value((char)*sc->p);
    }
    return TRUE;
}

/* After the backslash. */
static gboolean read_escape(Scan *sc, gboolean *damaged)
{
    if (sc->p >= sc->end || !*sc->p || !strchr("\"\\/bfnrtu", *sc->p))
        return expected(sc, "one of the escapes of JSON");
    if (*sc->p++ != 'u')
        return TRUE;
    guint32 c, low;
    if (!read_hex4(sc, &c))
        return FALSE;
    if (c >= 0xd800 && c < 0xdc00 && sc->end - sc->p >= 2 && sc->p[0] == '\\' && sc->p[1] == 'u') {
        const guint8 *back = sc->p;
        sc->p += 2;
        if (!read_hex4(sc, &low))
            return FALSE;
        if (low >= 0xdc00 && low < 0xe000)
            return TRUE;
        sc->p = back; /* the second escape stands for itself */
    }
    if (c == 0 || (c >= 0xd800 && c < 0xe000))
        *damaged = TRUE;
    return TRUE;
}

/* From the opening quote to after the closing one. */
static gboolean read_string(Scan *sc, gboolean *ret_escaped, gboolean *ret_damaged)
{
    gboolean escaped = FALSE, damaged = FALSE;
    const guint8 *start = sc->p++;
    for (;;) {
        skip_plain(sc);
        if (sc->p >= sc->end)
            return fail(sc, JSON_ERROR_SYNTAX, start, "the text ends inside this string");
        guint8 c = *sc->p;
        if (c == '"')
            break;
        if (c == '\\') {
            escaped = TRUE;
            sc->p++;
            if (!read_escape(sc, &damaged))
                return FALSE;
        } else if (c < 0x20) {
            return fail(sc, JSON_ERROR_SYNTAX, sc->p, "a control character stands in a string");
        } else {
            gsize n = json_utf8_len(sc->p, (gsize)(sc->end - sc->p));
            damaged |= n == 0;
            sc->p += n ? n : 1;
        }
    }
    sc->p++;
    sc->damaged |= damaged;
    *ret_escaped = escaped;
    *ret_damaged = damaged;
    return TRUE;
}

static gboolean read_digits(Scan *sc)
{
    const guint8 *start = sc->p;
    while (sc->p < sc->end && g_ascii_isdigit(*sc->p))
        sc->p++;
    return sc->p > start || expected(sc, "a digit");
}

static gboolean read_number(Scan *sc)
{
    if (*sc->p == '-')
        sc->p++;
    if (sc->p < sc->end && *sc->p == '0') {
        sc->p++;
        if (sc->p < sc->end && g_ascii_isdigit(*sc->p))
            return fail(sc, JSON_ERROR_SYNTAX, sc->p, "a number starts with a needless zero");
    } else if (!read_digits(sc)) {
        return FALSE;
    }
    if (sc->p < sc->end && *sc->p == '.') {
        sc->p++;
        if (!read_digits(sc))
            return FALSE;
    }
    if (sc->p < sc->end && (*sc->p == 'e' || *sc->p == 'E')) {
        sc->p++;
        if (sc->p < sc->end && (*sc->p == '+' || *sc->p == '-'))
            sc->p++;
        return read_digits(sc);
    }
    return TRUE;
}

static gboolean read_word(Scan *sc, const char *word)
{
    gsize n = strlen(word);
    if ((gsize)(sc->end - sc->p) < n || memcmp(sc->p, word, n) != 0)
        return expected(sc, "a value");
    sc->p += n;
    return TRUE;
}

static gboolean add_node(Scan *sc, guint32 *ret)
{
    if (sc->n == sc->cap) {
        if (sc->cap >= MAX_NODES)
            return fail(sc, JSON_ERROR_SIZE, sc->p, "the document has too many values");
        sc->cap = MIN(sc->cap + sc->cap / 2, MAX_NODES);
        sc->nodes = g_renew(JsonNode, sc->nodes, sc->cap);
    }
    JsonNode *node = &sc->nodes[sc->n];
    node->start = (guint32)(sc->p - sc->s);
    node->next = sc->n + 1;
    node->key = sc->key;
    sc->key = 0;
    if (sc->depth) {
        sc->stack[sc->depth - 1].last = sc->n;
        sc->stack[sc->depth - 1].count++;
    }
    *ret = sc->n++;
    return TRUE;
}

static gboolean duplicate(Scan *sc, const guint8 *key)
{
    return fail(sc, JSON_ERROR_DUPLICATE, key, "the same name stands twice in one object");
}

/* Compares with the siblings before it; only for objects of few keys, all of them plain. */
static gboolean is_new_key(Scan *sc, const Frame *f, const guint8 *key, gsize len)
{
    for (guint32 i = f->node + 1; i < sc->n; i = sc->nodes[i].next)
        if (!memcmp(sc->s + (sc->nodes[i].key & NODE_KEY_OFFSET), key, len))
            return FALSE;
    return TRUE;
}

static gboolean read_key(Scan *sc)
{
    skip_space(sc);
    if (sc->p >= sc->end || *sc->p != '"')
        return expected(sc, "a name in quotes");
    gboolean escaped = FALSE, damaged = FALSE;
    const guint8 *start = sc->p;
    if (!read_string(sc, &escaped, &damaged))
        return FALSE;
    gsize len = (gsize)(sc->p - start); /* with both quotes: no key is the start of another */
    Frame *f = &sc->stack[sc->depth - 1];
    guint64 bit = 1ull << ((len * 5 + start[len / 2] * 3u + start[len - 2]) & 63);
    if (escaped || damaged || f->count >= MANY_KEYS)
        f->check_at_close = TRUE;
    else if (!f->check_at_close && (f->seen & bit) && !is_new_key(sc, f, start, len))
        return duplicate(sc, start);
    f->seen |= bit;
    sc->key = (guint32)(start - sc->s) | NODE_KEYED | (escaped || damaged ? NODE_KEY_ODD : 0) |
              (damaged ? NODE_KEY_DAMAGED : 0);
    skip_space(sc);
    if (sc->p >= sc->end || *sc->p != ':')
        return expected(sc, "':'");
    sc->p++;
    return TRUE;
}

typedef struct {
    const char *text;
    gsize len;
    char *decoded;
    guint32 node;
} KeyRef;

static int compare_keys(gconstpointer a, gconstpointer b)
{
    const KeyRef *x = a, *y = b;
    int order = memcmp(x->text, y->text, MIN(x->len, y->len));
    return order ? order : (x->len > y->len) - (x->len < y->len);
}

static void clear_key(gpointer data)
{
    g_free(((KeyRef *)data)->decoded);
}

/* Sorted, so that a big object costs n log n. */
static gboolean check_keys(Scan *sc, const Frame *f)
{
    JsonDoc doc = {.s = (const char *)sc->s, .nodes = sc->nodes};
    g_autoptr(GArray) keys = g_array_sized_new(FALSE, FALSE, sizeof(KeyRef), f->count);
    g_array_set_clear_func(keys, clear_key);
    for (guint32 i = f->node + 1; i < sc->n; i = sc->nodes[i].next) {
        KeyRef k = {.node = i};
        k.text = json_raw_key(&doc, i, &k.len);
        if (sc->nodes[i].key & NODE_KEY_ODD)
            k.text = k.decoded = json_decode(k.text, k.len, &k.len);
        g_array_append_val(keys, k);
    }
    g_array_sort(keys, compare_keys);
    for (guint i = 1; i < keys->len; i++) {
        const KeyRef *a = &g_array_index(keys, KeyRef, i - 1), *b = a + 1;
        if (compare_keys(a, b) == 0)
            return duplicate(sc, sc->s + (sc->nodes[MAX(a->node, b->node)].key & NODE_KEY_OFFSET));
    }
    return TRUE;
}

static gboolean open_container(Scan *sc, guint32 node)
{
    if (sc->depth == LIMIT_JSON_DEPTH)
        return fail(sc, JSON_ERROR_DEPTH, sc->p, "the document is nested too deep");
    sc->stack[sc->depth++] = (Frame){.node = node, .object = *sc->p == '{'};
    sc->p++;
    return TRUE;
}

static gboolean close_container(Scan *sc)
{
    Frame *f = &sc->stack[sc->depth - 1];
    if (f->check_at_close && !check_keys(sc, f))
        return FALSE;
    sc->p++;
    sc->nodes[f->node].end = (guint32)(sc->p - sc->s);
    sc->nodes[f->node].next = sc->n;
    if (f->count)
        sc->nodes[f->last].key |= NODE_LAST;
    sc->depth--;
    return TRUE;
}

static gboolean read_scalar(Scan *sc, guint32 node)
{
    gboolean escaped = FALSE, damaged = FALSE, ok;
    switch (*sc->p) {
    case '"':
        ok = read_string(sc, &escaped, &damaged);
        break;
    case 't':
        ok = read_word(sc, "true");
        break;
    case 'f':
        ok = read_word(sc, "false");
        break;
    case 'n':
        ok = read_word(sc, "null");
        break;
    default:
        ok = *sc->p == '-' || g_ascii_isdigit(*sc->p) ? read_number(sc) : expected(sc, "a value");
    }
    if (!ok)
        return FALSE;
    sc->nodes[node].end = (guint32)(sc->p - sc->s);
    sc->nodes[node].key |= (escaped ? NODE_ESCAPED : 0) | (damaged ? NODE_DAMAGED : 0);
    return TRUE;
}

/* What may follow a value: closing brackets, then a comma (and a name) or the end. */
static gboolean after_value(Scan *sc, gboolean *ret_more)
{
    while (sc->depth) {
        Frame *f = &sc->stack[sc->depth - 1];
        skip_space(sc);
        if (sc->p < sc->end && *sc->p == (f->object ? '}' : ']')) {
            if (!close_container(sc))
                return FALSE;
        } else if (sc->p < sc->end && *sc->p == ',') {
            sc->p++;
            *ret_more = TRUE;
            return !f->object || read_key(sc);
        } else {
            return expected(sc, f->object ? "',' or '}'" : "',' or ']'");
        }
    }
    *ret_more = FALSE;
    return TRUE;
}

static gboolean read_value(Scan *sc, gboolean *ret_more)
{
    guint32 node = 0;
    skip_space(sc);
    if (sc->p >= sc->end)
        return expected(sc, "a value");
    if (!add_node(sc, &node))
        return FALSE;
    if (*sc->p != '{' && *sc->p != '[')
        return read_scalar(sc, node) && after_value(sc, ret_more);
    gboolean object = *sc->p == '{';
    if (!open_container(sc, node))
        return FALSE;
    skip_space(sc);
    if (sc->p < sc->end && *sc->p == (object ? '}' : ']'))
        return after_value(sc, ret_more);
    *ret_more = TRUE;
    return !object || read_key(sc);
}

static gboolean read_all(Scan *sc)
{
    if (sc->end - sc->p >= 3 && !memcmp(sc->p, "\xef\xbb\xbf", 3))
        sc->p += 3; /* RFC 8259 lets a reader ignore a byte order mark; some servers send it */
    if (sc->end - sc->p >= 2 && (sc->p[0] == 0 || sc->p[1] == 0 || sc->p[0] >= 0xfe))
        return fail(sc, JSON_ERROR_SYNTAX, sc->p, "the text is not UTF-8");
    for (gboolean more = TRUE; more;)
        if (!read_value(sc, &more))
            return FALSE;
    skip_space(sc);
    return sc->p == sc->end || expected(sc, "the end of the document");
}

gboolean json_scan(JsonDoc *doc, GError **error)
{
    if (doc->len > LIMIT_JSON_BYTES) {
        g_set_error(error, JSON_ERROR, JSON_ERROR_SIZE,
                    "The answer is larger than %u MiB and was not read.", LIMIT_JSON_BYTES >> 20);
        return FALSE;
    }
    const guint8 *s = (const guint8 *)doc->s;
    Scan sc = {.s = s, .p = s, .end = s + doc->len, .error = error};
    /* Generous: pages never touched cost nothing, and the rest is given back below. */
    sc.cap = MIN((guint32)(doc->len / 16) + 16, MAX_NODES);
    sc.nodes = g_new(JsonNode, sc.cap);
    if (!read_all(&sc)) {
        g_free(sc.nodes);
        return FALSE;
    }
    doc->nodes = g_renew(JsonNode, sc.nodes, sc.n);
    doc->n_nodes = sc.n;
    doc->damaged = sc.damaged;
    return TRUE;
}
