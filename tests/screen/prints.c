/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/screen/prints.h"

#include <gio/gio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "print/layout.h"

guint screen_prints_left;
gboolean screen_prints_slow;
static GPtrArray *waiting; /* Job, for their pages */

typedef struct {
    GVariant *document;
    Scope *scope;
    guint scope_id, idle;
    PrintPagesFn pages_fn;
    PrintSentFn sent_fn;
    PrintSavedFn saved_fn;
    gpointer data;
} Job;

static void job_free(gpointer p)
{
    Job *j = p;
    if (waiting)
        g_ptr_array_remove(waiting, j);
    g_clear_handle_id(&j->idle, g_source_remove);
    g_clear_pointer(&j->document, g_variant_unref);
    g_free(j);
}

static void start(Job *j, GSourceFunc fn)
{
    j->scope_id = scope_add(j->scope, job_free, j);
    j->idle = g_idle_add(fn, j);
}

static Job end(Job *j)
{
    Job copy = *j;
    scope_remove(j->scope, j->scope_id);
    g_free(j);
    return copy;
}

static cairo_status_t write_pdf(void *fd, const unsigned char *data, unsigned int len)
{
    return write(*(int *)fd, data, len) == (gssize)len ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_WRITE_ERROR;
}

static gboolean on_pages(gpointer data)
{
    Job j = end(data);
    g_autoptr(GVariant) document = j.document;
    PrintSet set = {0};
    PrintPages *pages = g_new0(PrintPages, 1);
    pages->pdf = memfd_create("pages", MFD_CLOEXEC);
    g_assert_cmpint(print_lay_out(document, write_pdf, &pages->pdf, &set), ==, PRINT_OK);
    pages->pages = set.pages;
    pages->missing = set.missing;
    pages->rows = set.rows;
    j.pages_fn(pages, NULL, j.data);
    return G_SOURCE_REMOVE;
}

static void print_pages(gpointer self, GVariant *document, Scope *scope, PrintPagesFn fn, gpointer data)
{
    Job *j = g_new0(Job, 1);
    (void)self;
    *j = (Job){.document = g_variant_ref(document), .scope = scope, .pages_fn = fn, .data = data};
    if (!screen_prints_slow) {
        start(j, on_pages);
        return;
    }
    if (!waiting)
        waiting = g_ptr_array_new();
    j->scope_id = scope_add(scope, job_free, j);
    g_ptr_array_add(waiting, j);
}

void screen_prints_come(void)
{
    screen_prints_slow = FALSE;
    while (waiting && waiting->len)
        on_pages(g_ptr_array_steal_index(waiting, 0));
    g_clear_pointer(&waiting, g_ptr_array_unref);
}

static gboolean on_sent(gpointer data)
{
    Job j = end(data);
    g_autoptr(GError) error = g_error_new_literal(G_IO_ERROR, G_IO_ERROR_FAILED, "lp: Error - No default destination.");
    j.sent_fn(error, j.data);
    return G_SOURCE_REMOVE;
}

static void print_send(gpointer self, const PrintPages *pages, Scope *scope, PrintSentFn fn, gpointer data)
{
    Job *j = g_new0(Job, 1);
    (void)self;
    (void)pages;
    screen_prints_left++;
    *j = (Job){.scope = scope, .sent_fn = fn, .data = data};
    start(j, on_sent);
}

static gboolean on_saved(gpointer data)
{
    Job j = end(data);
    j.saved_fn("/run/user/1000/rond/utskrift/utskrift-2026-11-10-0800-1.pdf", TRUE, NULL, j.data);
    return G_SOURCE_REMOVE;
}

static void print_save(gpointer self, const PrintPages *pages, Scope *scope, PrintSavedFn fn, gpointer data)
{
    Job *j = g_new0(Job, 1);
    (void)self;
    (void)pages;
    screen_prints_left++;
    *j = (Job){.scope = scope, .saved_fn = fn, .data = data};
    start(j, on_saved);
}

void screen_prints(Services *s)
{
    s->print_pages = print_pages;
    s->print_send = print_send;
    s->print_save = print_save;
}
