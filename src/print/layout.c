/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "print/layout.h"

#include <cairo-pdf.h>
#include <pango/pangocairo.h>
#include <string.h>

#include "base/text.h"

#if defined(__SANITIZE_ADDRESS__)
/* What these libraries keep for as long as the program lives; in the sandbox no file could say so. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libfontconfig.so\nleak:libpango\n";
}
const char *__lsan_default_options(void);
const char *__lsan_default_options(void)
{
    return "print_suppressions=0";
}
#endif

/* Points. As wide as on a terminal: what stands under each other there does so here. */
#define PAPER_WIDTH 595.276
#define PAPER_HEIGHT 841.89
#define ROW_HEIGHT 12.2
#define FONT "DejaVu Sans Mono, monospace 10"
#define FOOT_ROWS 2
#define KEPT_ROWS 4 /* a heading begins no page's last rows */

typedef struct {
    guint8 kind;
    gboolean soft; /* goes on in the next row */
    char *text;
    PangoLayoutLine *line; /* NULL: nothing to draw */
} Row;

typedef struct {
    const char *name, *number, *title, *foot, *page, *of;
    char **marks;
    cairo_surface_t *surface;
    cairo_t *cr;
    PangoContext *context;
    PangoFontDescription *fonts[2]; /* plain, bold */
    PangoAttrList *as_is; /* no sign that the text has not: no hyphen at a break */
    double left;
    int width; /* pango units */
    GPtrArray *rows, *pages; /* Row*; GPtrArray* of Row* */
    guint missing;
} Setting;

static void row_free(gpointer p)
{
    Row *r = p;
    g_clear_pointer(&r->line, pango_layout_line_unref);
    g_free(r->text);
    g_free(r);
}

static gboolean is_bold(guint8 kind)
{
    return kind == PRINT_HEADING || kind == PRINT_NOTICE;
}

static PangoLayout *layout_of(Setting *s, const char *text, gboolean bold, int width)
{
    PangoLayout *layout = pango_layout_new(s->context);
    pango_layout_set_font_description(layout, s->fonts[bold]);
    pango_layout_set_auto_dir(layout, FALSE);
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_width(layout, width);
    pango_layout_set_attributes(layout, s->as_is);
    pango_layout_set_text(layout, text, -1);
    s->missing += (guint)pango_layout_get_unknown_glyphs_count(layout);
    return layout;
}

static void add_row(GPtrArray *to, guint8 kind, gboolean soft, const char *text, gsize len, PangoLayoutLine *line)
{
    Row *r = g_new0(Row, 1);
    *r = (Row){kind, soft, g_strndup(text, len), line ? pango_layout_line_ref(line) : NULL};
    g_ptr_array_add(to, r);
}

/* One line as it was written, in as many rows as it takes. This is where text is made safe for paper. */
static void set_line(Setting *s, guint8 kind, const char *text, gsize len)
{
    g_autofree char *safe = text_sanitise(text, (gssize)len, FALSE);
    if (!*safe) {
        add_row(s->rows, kind, FALSE, "", 0, NULL);
        return;
    }
    g_autoptr(PangoLayout) layout = layout_of(s, safe, is_bold(kind), s->width);
    for (GSList *l = pango_layout_get_lines(layout); l; l = l->next) {
        PangoLayoutLine *line = l->data;
        add_row(s->rows, kind, l->next != NULL, safe + line->start_index, (gsize)line->length, line);
    }
}

static void set_block(Setting *s, guint8 kind, const char *text)
{
    for (const char *end; (end = strchr(text, '\n')); text = end + 1)
        set_line(s, kind, text, (gsize)(end - text));
    set_line(s, kind, text, strlen(text));
}

/* ---- head and foot ---- */

/* Words of the head are one row whatever is in them. */
static void add_head(Setting *s, GPtrArray *page, guint8 kind, const char *text, gboolean bold)
{
    g_autofree char *cut = text_ellipsis(text, PRINT_COLUMNS);
    g_autoptr(PangoLayout) layout = layout_of(s, cut, bold, -1);
    add_row(page, kind, FALSE, cut, strlen(cut), pango_layout_get_line_readonly(layout, 0));
}

/* "Öberg, Sven-Åke  19480930-1551              Sida 1 av 3": the number and the page are never cut. */
static char *head_line(const Setting *s, guint n, guint of)
{
    g_autofree char *page = g_strdup_printf("%s %u %s %u", s->page, n, s->of, of);
    int right = text_width(page, -1), number = text_width(s->number, -1);
    g_autofree char *name = text_ellipsis(s->name, MAX(PRINT_COLUMNS - right - number - 4, 8));
    int gap = PRINT_COLUMNS - right - number - 2 - text_width(name, -1);
    return g_strdup_printf("%s  %s%*s%s", name, s->number, MAX(gap, 1), "", page);
}

static void add_rule(Setting *s, GPtrArray *page, guint8 kind)
{
    g_autoptr(GString) rule = g_string_new(NULL);
    for (int i = 0; i < PRINT_COLUMNS; i++)
        g_string_append(rule, "─");
    add_head(s, page, kind, rule->str, FALSE);
}

/* As many beside each other as there is room for; none is cut off by another. */
static void add_marks(Setting *s, GPtrArray *page)
{
    g_autoptr(GString) row = g_string_new(NULL);
    for (char **m = s->marks; *m; m++) {
        if (row->len && text_width(row->str, -1) + 3 + text_width(*m, -1) > PRINT_COLUMNS) {
            add_head(s, page, PRINT_HEAD, row->str, TRUE);
            g_string_truncate(row, 0);
        }
        g_string_append_printf(row, "%s%s", row->len ? " · " : "", *m);
    }
    if (row->len)
        add_head(s, page, PRINT_HEAD, row->str, TRUE);
}

/* What the text that goes on here is, in words that were counted where they stood first. */
static void add_running(Setting *s, GPtrArray *page, const char *running)
{
    guint missing = s->missing;
    if (*running)
        add_head(s, page, PRINT_HEAD, running, TRUE);
    s->missing = missing;
}

static void begin_page(Setting *s, guint n, guint of, const char *running)
{
    GPtrArray *page = g_ptr_array_new_with_free_func(row_free);
    g_autofree char *head = head_line(s, n, of);
    add_head(s, page, PRINT_HEAD, head, TRUE);
    add_head(s, page, PRINT_HEAD, s->title, FALSE);
    add_marks(s, page);
    add_running(s, page, running);
    add_rule(s, page, PRINT_HEAD);
    g_ptr_array_add(s->pages, page);
}

/* ---- pages ---- */

static guint rows_left(const Setting *s)
{
    const GPtrArray *page = s->pages->pdata[s->pages->len - 1];
    guint used = page->len + FOOT_ROWS;
    return used < PRINT_ROWS ? PRINT_ROWS - used : 0;
}

/* Where the pages end. @of: how many there will be, as is known after the first round. */
static void make_pages(Setting *s, guint of)
{
    const char *running = "";
    g_ptr_array_set_size(s->pages, 0);
    begin_page(s, 1, of, running);
    for (guint i = 0; i < s->rows->len; i++) {
        const Row *r = s->rows->pdata[i];
        if (r->kind == PRINT_RUNNING) {
            running = r->text;
            continue;
        }
        if (rows_left(s) == 0 || (r->kind == PRINT_HEADING && rows_left(s) < KEPT_ROWS))
            begin_page(s, s->pages->len + 1, of, running);
        GPtrArray *page = s->pages->pdata[s->pages->len - 1];
        add_row(page, r->kind, r->soft, r->text, strlen(r->text), r->line);
    }
    for (guint i = 0; i < s->pages->len; i++) {
        GPtrArray *page = s->pages->pdata[i];
        while (page->len + FOOT_ROWS < PRINT_ROWS)
            add_row(page, PRINT_GAP, FALSE, "", 0, NULL);
        add_rule(s, page, PRINT_FOOT);
        add_head(s, page, PRINT_FOOT, s->foot, FALSE);
    }
}

static void draw(Setting *s)
{
    double top = (PAPER_HEIGHT - PRINT_ROWS * ROW_HEIGHT) / 2 + ROW_HEIGHT * 0.8;
    for (guint i = 0; i < s->pages->len; i++) {
        const GPtrArray *page = s->pages->pdata[i];
        for (guint k = 0; k < page->len; k++) {
            const Row *r = page->pdata[k];
            if (!r->line)
                continue;
            cairo_move_to(s->cr, s->left, top + k * ROW_HEIGHT);
            pango_cairo_show_layout_line(s->cr, r->line);
        }
        cairo_show_page(s->cr);
    }
}

static GVariant *rows_told(const Setting *s)
{
    GVariantBuilder pages;
    g_variant_builder_init(&pages, G_VARIANT_TYPE(PRINT_PAGES_TYPE));
    for (guint i = 0; i < s->pages->len; i++) {
        const GPtrArray *page = s->pages->pdata[i];
        g_variant_builder_open(&pages, G_VARIANT_TYPE("a(yys)"));
        for (guint k = 0; k < page->len; k++) {
            const Row *r = page->pdata[k];
            g_variant_builder_add(&pages, "(yys)", r->kind, (guint8)r->soft, r->text);
        }
        g_variant_builder_close(&pages);
    }
    return g_variant_ref_sink(g_variant_builder_end(&pages));
}

/* ---- one document ---- */

/* FALSE: there is no font at all. */
static gboolean begin(Setting *s, cairo_write_func_t write, gpointer data)
{
    s->surface = cairo_pdf_surface_create_for_stream(write, data, PAPER_WIDTH, PAPER_HEIGHT);
    s->cr = cairo_create(s->surface);
    s->context = pango_cairo_create_context(s->cr);
    pango_cairo_context_set_resolution(s->context, 72);
    for (int i = 0; i < 2; i++) {
        s->fonts[i] = pango_font_description_from_string(FONT);
        pango_font_description_set_weight(s->fonts[i], i ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    }
    s->as_is = pango_attr_list_new();
    pango_attr_list_insert(s->as_is, pango_attr_insert_hyphens_new(FALSE));
    g_autoptr(PangoFont) font = pango_context_load_font(s->context, s->fonts[0]);
    if (!font)
        return FALSE;
    g_autoptr(PangoLayout) digits = layout_of(s, "0000000000", FALSE, -1);
    int ten;
    pango_layout_get_size(digits, &ten, NULL);
    s->width = ten * PRINT_COLUMNS / 10 + PANGO_SCALE / 4;
    s->left = (PAPER_WIDTH - (double)s->width / PANGO_SCALE) / 2;
    s->rows = g_ptr_array_new_with_free_func(row_free);
    s->pages = g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref);
    return TRUE;
}

static enum print_status end(Setting *s, enum print_status status)
{
    g_clear_pointer(&s->pages, g_ptr_array_unref);
    g_clear_pointer(&s->rows, g_ptr_array_unref);
    for (int i = 0; i < 2; i++)
        pango_font_description_free(s->fonts[i]);
    pango_attr_list_unref(s->as_is);
    g_object_unref(s->context);
    cairo_destroy(s->cr);
    cairo_surface_finish(s->surface);
    if (status == PRINT_OK && cairo_surface_status(s->surface) != CAIRO_STATUS_SUCCESS)
        status = PRINT_FAILED;
    cairo_surface_destroy(s->surface);
    return status;
}

static char *safe_line(const char *text)
{
    return text_sanitise(text, -1, FALSE);
}

static void set_running(Setting *s, const char *text)
{
    g_autofree char *safe = safe_line(text);
    add_row(s->rows, PRINT_RUNNING, FALSE, safe, strlen(safe), NULL);
}

static void set_blocks(Setting *s, GVariantIter *blocks)
{
    guint8 kind;
    const char *text;
    while (g_variant_iter_next(blocks, "(y&s)", &kind, &text) && s->rows->len <= PRINT_MAX_PAGES * PRINT_ROWS)
        if (kind == PRINT_RUNNING)
            set_running(s, text);
        else
            set_block(s, kind <= PRINT_TEXT ? kind : PRINT_TEXT, text);
}

enum print_status print_lay_out(GVariant *document, cairo_write_func_t write, gpointer data, PrintSet *ret)
{
    Setting s = {0};
    const char *words[6];
    g_autoptr(GVariantIter) blocks = NULL;
    g_auto(GStrv) marks = NULL;
    if (!g_variant_is_of_type(document, G_VARIANT_TYPE(PRINT_DOCUMENT_TYPE)) || !g_variant_is_normal_form(document))
        return PRINT_BAD_DOCUMENT;
    g_variant_get(document, "(&s&s&s^as&s&s&sa(ys))", &words[0], &words[1], &words[2], &marks, &words[3], &words[4],
                  &words[5], &blocks);
    g_autofree char *name = safe_line(words[0]), *number = safe_line(words[1]), *title = safe_line(words[2]);
    g_autofree char *foot = safe_line(words[3]), *page = safe_line(words[4]), *of = safe_line(words[5]);
    s = (Setting){.name = name, .number = number, .title = title, .foot = foot, .page = page, .of = of, .marks = marks};
    for (char **m = marks; *m; m++) {
        char *safe = safe_line(*m);
        g_free(*m);
        *m = safe;
    }
    if (!begin(&s, write, data))
        return end(&s, PRINT_NO_FONT);
    set_blocks(&s, blocks);
    guint body = s.missing;
    make_pages(&s, 1);
    if (s.pages->len > PRINT_MAX_PAGES)
        return end(&s, PRINT_TOO_LONG);
    guint missing = body + (s.missing - body) / s.pages->len; /* a head is the same on each page */
    make_pages(&s, s.pages->len);
    draw(&s);
    *ret = (PrintSet){s.pages->len, missing, rows_told(&s)};
    enum print_status status = end(&s, PRINT_OK);
    if (status != PRINT_OK)
        g_clear_pointer(&ret->rows, g_variant_unref);
    return status;
}
