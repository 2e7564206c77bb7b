/* SPDX-License-Identifier: GPL-3.0-or-later
 * print/printed.h — what a document has become on its pages, and what another program reads out of the PDF. */
#pragma once
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "print/layout.h"

typedef struct {
    enum print_status status;
    PrintSet pages;
    GByteArray *pdf;
} Printed;

static inline cairo_status_t printed_write(void *to, const unsigned char *data, unsigned int len)
{
    g_byte_array_append(to, data, len);
    return CAIRO_STATUS_SUCCESS;
}

static inline Printed printed(GVariant *document)
{
    Printed p = {.pdf = g_byte_array_new()};
    p.status = print_lay_out(document, printed_write, p.pdf, &p.pages);
    return p;
}

static inline void printed_clear(Printed *p)
{
    g_clear_pointer(&p->pages.rows, g_variant_unref);
    g_byte_array_unref(p->pdf);
}

/* The words of the record, put together again: where a row goes on in the next there was no line end.
 * @page: of that one, all it says row by row; G_MAXUINT: words of all pages. */
static inline char *printed_words(GVariant *rows, guint page)
{
    GString *out = g_string_new(NULL);
    for (gsize n = 0; n < g_variant_n_children(rows); n++) {
        g_autoptr(GVariant) one = g_variant_get_child_value(rows, n);
        GVariantIter each;
        guint8 kind, soft;
        const char *text;
        g_variant_iter_init(&each, one);
        while (g_variant_iter_next(&each, "(yy&s)", &kind, &soft, &text))
            if (page == n)
                g_string_append_printf(out, "%s\n", text);
            else if (page == G_MAXUINT && kind == PRINT_TEXT)
                g_string_append_printf(out, "%s%s", text, soft ? "" : "\n");
    }
    if (out->len)
        g_string_truncate(out, out->len - 1);
    return g_string_free(out, FALSE);
}

/* All that can be seen, in order. */
static inline char *without_blanks(const char *text)
{
    g_autofree char *nfc = text_nfc(text);
    GString *out = g_string_new(NULL);
    for (const char *p = nfc; *p; p = g_utf8_next_char(p)) {
        gunichar ch = g_utf8_get_char(p);
        if (!g_unichar_isspace(ch) && ch != '\f')
            g_string_append_unichar(out, ch);
    }
    return g_string_free(out, FALSE);
}

/* What pdftotext reads, page by page between form feeds; NULL: it cannot. */
static inline char *pdf_words(const GByteArray *pdf)
{
    g_autofree char *path = NULL;
    char *out = NULL;
    int fd = g_file_open_tmp("rond-print-XXXXXX", &path, NULL), status = 1;
    gboolean ok = fd >= 0 && write(fd, pdf->data, pdf->len) == (gssize)pdf->len;
    char *argv[] = {(char *)"pdftotext", (char *)"-raw", (char *)"-enc", (char *)"UTF-8", path, (char *)"-", NULL};
    ok = ok && g_spawn_sync(NULL, argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, &out, NULL, &status, NULL);
    if (fd >= 0)
        close(fd);
    g_unlink(path);
    if (!ok || status != 0)
        g_clear_pointer(&out, g_free);
    return out;
}

/* The PDF says what the pages say, sign by sign. */
static inline gboolean pdf_says_the_same(const Printed *p)
{
    g_autoptr(GString) all = g_string_new(NULL);
    g_autofree char *pdf = pdf_words(p->pdf);
    for (guint n = 0; n < p->pages.pages; n++) {
        g_autofree char *page = printed_words(p->pages.rows, n);
        g_string_append(all, page);
    }
    g_autofree char *want = without_blanks(all->str), *have = without_blanks(pdf ? pdf : "");
    gsize at = 0;
    while (want[at] && want[at] == have[at])
        at++;
    if (strcmp(want, have) != 0)
        fprintf(stderr, "differs at %zu: “%.60s” / “%.60s”\n", at, want + (at > 20 ? at - 20 : 0), have + (at > 20 ? at - 20 : 0));
    return strcmp(want, have) == 0;
}
