/* SPDX-License-Identifier: GPL-3.0-or-later
 * json/node.h — private to this room: the node array that lies over the kept text.
 * Nodes stand in text order, a container before its children, so that "next" (the node after the
 * whole subtree) is enough to walk; the kind is the first byte of the value in the text. */
#pragma once
#include "json/document.h"

typedef struct {
    guint32 start, end; /* the value's bytes in the text */
    guint32 next;       /* first node after this value and everything in it */
    guint32 key;        /* offset of the key's opening quote, and the marks below */
} JsonNode;

/* A text is at most 64 MiB, so an offset leaves six bits free. */
#define NODE_KEY_OFFSET  0x03ffffffu
#define NODE_KEY_DAMAGED (1u << 26)
#define NODE_KEYED       (1u << 27)
#define NODE_KEY_ODD     (1u << 28) /* escaped or damaged: compare it decoded */
#define NODE_ESCAPED     (1u << 29) /* a string with escapes */
#define NODE_DAMAGED     (1u << 30)
#define NODE_LAST        (1u << 31) /* last child of its container */

struct JsonDoc {
    gatomicrefcount refs;
    GBytes *text;
    const char *s;
    gsize len;
    JsonNode *nodes;
    guint32 n_nodes;
    gboolean damaged;
};

/* Fills nodes, n_nodes and damaged from the text. */
gboolean json_scan(JsonDoc *doc, GError **error);

/* Bytes of the valid UTF-8 sequence at @p, 0 when it is none. */
gsize json_utf8_len(const guint8 *p, gsize avail);
/* Decodes what stands between two quotes; damage becomes U+FFFD. Owned. */
char *json_decode(const char *raw, gsize len, gsize *ret_len);
/* The raw key between its quotes. */
const char *json_raw_key(const JsonDoc *doc, guint32 node, gsize *ret_len);
/* The container that holds @node; G_MAXUINT32 for the root. */
guint32 json_parent(const JsonDoc *doc, guint32 node);
