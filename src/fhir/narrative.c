/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fhir/narrative.h"
#include "fhir/entity.h"
#include <string.h>

typedef enum { INLINE, BLOCK, PARAGRAPH, BREAK, ITEM, CELL, RULE, PRE, HIDDEN } Layout;

/* What is not here is inline: a text is never lost to an element that we do not know. HIDDEN holds
 * no text for a reader and ends only with its own end tag. */
static const struct {
    const char *name;
    Layout layout;
} tags[] = {
    {"address", BLOCK}, {"article", BLOCK}, {"aside", BLOCK},    {"blockquote", BLOCK},
    {"br", BREAK},      {"caption", BLOCK}, {"dd", BLOCK},       {"div", BLOCK},
    {"dl", BLOCK},      {"dt", BLOCK},      {"fieldset", BLOCK}, {"figure", BLOCK},
    {"footer", BLOCK},  {"form", BLOCK},    {"h1", PARAGRAPH},   {"h2", PARAGRAPH},
    {"h3", PARAGRAPH},  {"h4", PARAGRAPH},  {"h5", PARAGRAPH},   {"h6", PARAGRAPH},
    {"header", BLOCK},  {"hr", RULE},       {"iframe", HIDDEN},  {"li", ITEM},
    {"main", BLOCK},    {"nav", BLOCK},     {"ol", BLOCK},       {"option", BLOCK},
    {"p", PARAGRAPH},   {"pre", PRE},       {"script", HIDDEN},  {"section", BLOCK},
    {"style", HIDDEN},  {"table", BLOCK},   {"tbody", BLOCK},    {"td", CELL},
    {"tfoot", BLOCK},   {"th", CELL},       {"thead", BLOCK},    {"title", HIDDEN},
    {"tr", BLOCK},      {"ul", BLOCK},
};

typedef struct {
    const char *p, *end;
    GString *out;
    int newlines;   /* wanted before the next word */
    gboolean space; /* a space is wanted before the next word */
    gboolean cell;  /* a cell of this row stands before */
    int pre;        /* depth of preformatted text */
} Html;

static Layout layout_of(const char *name)
{
    for (gsize i = 0; i < G_N_ELEMENTS(tags); i++)
        if (g_str_equal(tags[i].name, name))
            return tags[i].layout;
    return INLINE;
}

static void want_lines(Html *h, int n)
{
    if (h->out->len)
        h->newlines = MAX(h->newlines, n);
    h->space = FALSE;
    h->cell = FALSE;
}

static void flush_space(Html *h)
{
    for (; h->newlines > 0; h->newlines--) {
        g_string_append_c(h->out, '\n');
        h->space = FALSE;
    }
    if (h->space && h->out->len && h->out->str[h->out->len - 1] != '\n')
        g_string_append_c(h->out, ' ');
    h->space = FALSE;
}

static void put(Html *h, gunichar c)
{
    if (h->pre && (c == '\n' || c == ' ' || c == '\t')) {
        if (c == '\n') {
            h->newlines++;
        } else {
            flush_space(h);
            g_string_append_c(h->out, ' ');
        }
        return;
    }
    if (c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f') {
        h->space = TRUE;
        return;
    }
    flush_space(h);
    g_string_append_unichar(h->out, c);
}

static gunichar number(const char *s, gsize len)
{
    gboolean hex = len > 1 && (s[1] == 'x' || s[1] == 'X');
    gunichar c = 0;
    gsize i = hex ? 2 : 1;
    if (i == len)
        return 0;
    for (; i < len; i++) {
        int digit = hex ? g_ascii_xdigit_value(s[i]) : g_ascii_digit_value(s[i]);
        if (digit < 0)
            return 0;
        c = MIN(c * (hex ? 16 : 10) + (gunichar)digit, 0x110000);
    }
    gboolean bad = c == 0 || (c >= 0xd800 && c < 0xe000) || c > 0x10ffff;
    return bad ? 0xfffd : c;
}

/* At '&'. What is no reference is shown as it stands. */
static void read_reference(Html *h)
{
    const char *name = h->p + 1;
    gsize len = 0, most = MIN((gsize)(h->end - name), 12);
    while (len < most && (g_ascii_isalnum(name[len]) || (len == 0 && name[0] == '#')))
        len++;
    gboolean closed = len < (gsize)(h->end - name) && name[len] == ';';
    gunichar c = len && *name == '#' ? number(name, len) : closed ? fhir_entity(name, len) : 0;
    if (!c) {
        put(h, '&');
        h->p++;
        return;
    }
    put(h, c);
    h->p = name + len + closed;
}

static void open_tag(Html *h, Layout layout)
{
    switch (layout) {
    case BREAK:
        h->newlines = h->out->len ? h->newlines + 1 : 0;
        break;
    case PARAGRAPH:
        want_lines(h, 2);
        break;
    case ITEM:
        want_lines(h, 1);
        put(h, '-');
        h->space = TRUE;
        break;
    case CELL:
        if (h->cell) {
            flush_space(h);
            g_string_append(h->out, " | ");
        }
        h->cell = TRUE;
        break;
    case RULE:
        want_lines(h, 1);
        for (int i = 0; i < 8; i++)
            put(h, '-');
        want_lines(h, 1);
        break;
    case PRE:
        want_lines(h, 1);
        h->pre++;
        break;
    case BLOCK:
        want_lines(h, 1);
        break;
    default:
        break;
    }
}

static void close_tag(Html *h, Layout layout)
{
    if (layout == PRE && h->pre)
        h->pre--;
    if (layout == PARAGRAPH)
        want_lines(h, 2);
    else if (layout == BLOCK || layout == ITEM || layout == PRE)
        want_lines(h, 1);
}

/* Past the attributes, where a '>' may stand in quotes; *ret_empty for "<br/>". */
static void skip_attributes(Html *h, gboolean *ret_empty)
{
    char quote = 0;
    *ret_empty = FALSE;
    for (; h->p < h->end; h->p++) {
        char c = *h->p;
        if (quote) {
            quote = c == quote ? 0 : quote;
        } else if (c == '>') {
            h->p++;
            return;
        } else if (c == '"' || c == '\'') {
            quote = c;
        }
        *ret_empty = c == '/';
    }
}

/* Up to and with @mark, or to the end. */
static void skip_past(Html *h, const char *mark)
{
    const char *at = g_strstr_len(h->p, h->end - h->p, mark);
    h->p = at ? at + strlen(mark) : h->end;
}

/* A script's text is no HTML: only its own end tag ends it. */
static void skip_raw(Html *h, const char *name)
{
    gsize len = strlen(name);
    for (; h->p < h->end; h->p++) {
        if ((gsize)(h->end - h->p) >= len + 2 && h->p[0] == '<' && h->p[1] == '/' &&
            !g_ascii_strncasecmp(h->p + 2, name, len))
            return;
    }
}

static void read_tag(Html *h)
{
    gboolean closing = h->p[1] == '/', empty;
    char name[12] = "";
    gsize len = 0;
    h->p += closing ? 2 : 1;
    for (; h->p < h->end && (g_ascii_isalnum(*h->p) || *h->p == ':'); h->p++)
        if (len + 1 < sizeof name)
            name[len++] = g_ascii_tolower(*h->p);
    skip_attributes(h, &empty);
    Layout layout = layout_of(name);
    if (layout == HIDDEN) {
        if (!closing && !empty)
            skip_raw(h, name);
        return;
    }
    if (!closing)
        open_tag(h, layout);
    if (closing || (empty && layout == PRE))
        close_tag(h, layout);
}

static void read_markup(Html *h)
{
    gsize left = (gsize)(h->end - h->p);
    char next = left > 1 ? h->p[1] : 0;
    if (left >= 4 && !strncmp(h->p, "<!--", 4)) {
        skip_past(h, "-->");
    } else if (next == '!' || next == '?') {
        skip_past(h, ">");
    } else if (g_ascii_isalpha(next) || (next == '/' && left > 2 && g_ascii_isalpha(h->p[2]))) {
        read_tag(h);
    } else {
        put(h, '<'); /* "< 3" is text */
        h->p++;
    }
}

char *fhir_html_to_text(const char *html, gsize len)
{
    g_autofree char *valid = g_utf8_make_valid(html, (gssize)len);
    Html h = {.p = valid, .end = valid + strlen(valid), .out = g_string_new(NULL)};
    while (h.p < h.end) {
        if (*h.p == '<') {
            read_markup(&h);
        } else if (*h.p == '&') {
            read_reference(&h);
        } else {
            put(&h, g_utf8_get_char(h.p));
            h.p = g_utf8_next_char(h.p);
        }
    }
    return g_string_free(h.out, FALSE);
}

static void append_xml(GString *out, const char *line, gsize len)
{
    for (const char *p = line; p < line + len; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        if (c == '<')
            g_string_append(out, "&lt;");
        else if (c == '>')
            g_string_append(out, "&gt;");
        else if (c == '&')
            g_string_append(out, "&amp;");
        else if ((c >= 0x20 && c != 0x7f && c != 0xfffe && c != 0xffff) || c == '\t')
            g_string_append_unichar(out, c);
        else
            g_string_append_unichar(out, 0xfffd); /* XML has no place for it */
    }
}

char *fhir_text_to_xhtml(const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    g_autoptr(GString) out = g_string_new("<div xmlns=\"http://www.w3.org/1999/xhtml\">");
    g_auto(GStrv) lines = g_strsplit(valid, "\n", -1);
    gboolean paragraph = FALSE;
    for (char **line = lines; *line; line++) {
        g_strchomp(*line);
        gboolean heading = g_str_has_prefix(*line, "# ");
        if (paragraph && (heading || !**line)) {
            g_string_append(out, "</p>");
            paragraph = FALSE;
        }
        if (!**line)
            continue;
        const char *words = *line + (heading ? 2 : 0);
        g_string_append(out, heading ? "<h3>" : paragraph ? "<br/>" : "<p>");
        append_xml(out, words, strlen(words));
        g_string_append(out, heading ? "</h3>" : "");
        paragraph |= !heading;
    }
    g_string_append(out, paragraph ? "</p></div>" : "</div>");
    return g_string_free(g_steal_pointer(&out), FALSE);
}
