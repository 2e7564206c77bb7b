/* SPDX-License-Identifier: GPL-3.0-or-later
 * Printing: documents to rond-print and its pages back, pages to lp, pages to a file. One document and one
 * job of lp at a time, each with a deadline; whoever asked is told once, or not at all when its scope closes.
 * Only who gave lp its job is told what came of it. */
#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <glib/gi18n.h>
#include <gio/gio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "main/print-files.h"
#include "main/wiring.h"
#include "print/protocol.h"
#include "super/channel.h"

#define PAGES_MS 20000
#define LP_MS 60000
#define SEALED (F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK)

typedef struct {
    Scope *scope; /* NULL: nobody waits */
    guint scope_id, timer;
    gpointer data;
} Waiting;

typedef struct Printing {
    Wiring *w;
    PrintFiles *files;
    int helper; /* -1: none */
    guint source;
    guint32 id; /* of the document under way */
    int fds[PRINT_FDS];
    gboolean unsent; /* waits for a helper */
    Waiting pages;
    PrintPagesFn pages_fn;
    Waiting lp;
    gboolean lp_busy; /* also when nobody waits any more */
    PrintSentFn lp_fn;
    Waiting refused; /* lp never got it */
    PrintSentFn refused_fn;
    char *refused_why;
} Printing;

/* ---- who waits ---- */

static void waiting_closed(gpointer waiting)
{
    Waiting *w = waiting;
    w->scope = NULL;
    clock_timer_cancel(w->timer);
    w->timer = 0;
}

static void waiting_begin(Waiting *w, Scope *scope, gpointer data, guint ms, GSourceFunc late, gpointer printing)
{
    w->scope = scope;
    w->data = data;
    w->scope_id = scope_add(scope, waiting_closed, w);
    w->timer = clock_timer_add(ms, late, printing);
}

/* TRUE when there is somebody to tell; then it is told now. */
static gboolean waiting_end(Waiting *w)
{
    if (!w->scope)
        return FALSE;
    scope_remove(w->scope, w->scope_id);
    waiting_closed(w);
    return TRUE;
}

/* ---- documents ---- */

static void close_fds(Printing *p)
{
    for (int i = 0; i < PRINT_FDS; i++) {
        if (p->fds[i] >= 0)
            close(p->fds[i]);
        p->fds[i] = -1;
    }
    p->unsent = FALSE;
}

static void let_go(Printing *p)
{
    g_clear_handle_id(&p->source, g_source_remove);
    if (p->helper >= 0)
        close(p->helper);
    p->helper = -1;
}

static void pages_failed(Printing *p, const char *why)
{
    g_autoptr(GError) error = g_error_new_literal(G_IO_ERROR, G_IO_ERROR_FAILED, why);
    close_fds(p);
    if (waiting_end(&p->pages))
        p->pages_fn(NULL, error, p->pages.data);
}

static gboolean on_pages_late(gpointer data)
{
    Printing *p = data;
    p->pages.timer = 0;
    log_event(LOG_WARN, "print", "rond-print missed its deadline");
    let_go(p); /* the next document asks for another, which ends this one */
    pages_failed(p, _("The pages took too long to set. Choose less and try again"));
    return G_SOURCE_REMOVE;
}

static GVariant *read_rows(int fd)
{
    struct stat st;
    if (fstat(fd, &st) < 0 || st.st_size <= 0 || st.st_size > PRINT_MAX_FILE)
        return NULL;
    gsize size = (gsize)st.st_size;
    g_autofree char *bytes = g_malloc(size);
    if (pread(fd, bytes, size, 0) != (gssize)size)
        return NULL;
    g_autoptr(GBytes) all = g_bytes_new_take(g_steal_pointer(&bytes), size);
    g_autoptr(GVariant) rows = g_variant_ref_sink(g_variant_new_from_bytes(G_VARIANT_TYPE(PRINT_PAGES_TYPE), all, FALSE));
    return g_variant_is_normal_form(rows) ? g_steal_pointer(&rows) : NULL;
}

static void take_pages(Printing *p, const struct print_reply *reply)
{
    static const char *const sentences[] = {
        [PRINT_BAD_DOCUMENT] = N_("The print could not be set in pages"),
        [PRINT_TOO_LONG] = N_("That is more than 500 pages. Choose less and try again"),
        [PRINT_NO_FONT] = N_("This system has no font to print with. Ask support for fonts-dejavu-core"),
        [PRINT_FAILED] = N_("The print could not be set in pages"),
    };
    /* What is looked at now is what will be printed: nobody can change it any more. */
    gboolean sealed = fcntl(p->fds[PRINT_PDF_FD], F_ADD_SEALS, SEALED) == 0 && fcntl(p->fds[PRINT_PAGES_FD], F_ADD_SEALS, SEALED) == 0;
    g_autoptr(GVariant) rows = reply->status == PRINT_OK && sealed ? read_rows(p->fds[PRINT_PAGES_FD]) : NULL;
    if (!rows) {
        pages_failed(p, _(sentences[reply->status > PRINT_OK && reply->status <= PRINT_FAILED ? reply->status : PRINT_FAILED]));
        return;
    }
    PrintPages *pages = g_new0(PrintPages, 1);
    *pages = (PrintPages){.rows = g_steal_pointer(&rows), .pages = reply->pages, .missing = reply->missing,
                          .pdf = p->fds[PRINT_PDF_FD]};
    p->fds[PRINT_PDF_FD] = -1;
    close_fds(p);
    if (waiting_end(&p->pages))
        p->pages_fn(pages, NULL, p->pages.data);
    else
        print_pages_free(pages);
}

static gboolean on_helper(int fd, GIOCondition condition, gpointer data)
{
    Printing *p = data;
    struct print_reply reply;
    (void)condition;
    gssize n = recv(fd, &reply, sizeof reply, MSG_DONTWAIT | MSG_TRUNC);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return G_SOURCE_CONTINUE;
    if (n == sizeof reply && reply.id == p->id && p->fds[PRINT_PDF_FD] >= 0) {
        take_pages(p, &reply);
        return p->source ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
    }
    if (n == sizeof reply)
        return G_SOURCE_CONTINUE; /* of a document that nobody waits for */
    p->source = 0;
    let_go(p);
    pages_failed(p, _("The program that sets the pages stopped. Try again"));
    return G_SOURCE_REMOVE;
}

static void send_document(Printing *p)
{
    union {
        struct cmsghdr header; /* alignment */
        char bytes[CMSG_SPACE(sizeof p->fds)];
    } control = {0};
    struct print_request request = {.id = ++p->id};
    struct iovec part = {&request, sizeof request};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof p->fds);
    memcpy(CMSG_DATA(header), p->fds, sizeof p->fds);
    p->unsent = FALSE;
    if (sendmsg(p->helper, &message, MSG_DONTWAIT | MSG_NOSIGNAL) < 0) {
        let_go(p);
        pages_failed(p, _("The program that sets the pages stopped. Try again"));
    }
}

void wire_print_pages(Wiring *w, int fd)
{
    Printing *p = w->printing;
    let_go(p);
    p->helper = fd;
    if (fd < 0) {
        pages_failed(p, _("The program that sets the pages cannot be started. Ask support"));
        return;
    }
    p->source = g_unix_fd_add(fd, G_IO_IN | G_IO_HUP | G_IO_ERR, on_helper, p);
    if (p->unsent)
        send_document(p);
}

static gboolean make_files(Printing *p, GVariant *document)
{
    static const char *const names[PRINT_FDS] = {"rond-document", "rond-pdf", "rond-pages"};
    gsize size = g_variant_get_size(document);
    for (int i = 0; i < PRINT_FDS; i++)
        p->fds[i] = memfd_create(names[i], MFD_CLOEXEC | MFD_ALLOW_SEALING);
    for (int i = 0; i < PRINT_FDS; i++)
        if (p->fds[i] < 0)
            return FALSE;
    return size <= PRINT_MAX_DOCUMENT &&
           write(p->fds[PRINT_DOCUMENT_FD], g_variant_get_data(document), size) == (gssize)size &&
           fcntl(p->fds[PRINT_DOCUMENT_FD], F_ADD_SEALS, SEALED) == 0;
}

static gboolean on_pages_refused(gpointer data)
{
    Printing *p = data;
    p->pages.timer = 0;
    pages_failed(p, _("That is too much for one print. Choose less and try again"));
    return G_SOURCE_REMOVE;
}

static void s_print_pages(gpointer self, GVariant *document, Scope *scope, PrintPagesFn fn, gpointer data)
{
    Printing *p = ((Wiring *)self)->printing;
    gboolean busy = p->fds[PRINT_PDF_FD] >= 0 && !p->unsent;
    waiting_end(&p->pages);
    close_fds(p);
    gboolean made = make_files(p, document);
    p->pages_fn = fn;
    waiting_begin(&p->pages, scope, data, made ? PAGES_MS : 0, made ? on_pages_late : on_pages_refused, p);
    if (!made)
        return;
    p->unsent = TRUE;
    if (p->helper >= 0 && !busy) {
        send_document(p);
        return;
    }
    let_go(p); /* it is at work on what nobody waits for: another takes its place */
    super_ask_pages(p->w->channel);
}

/* ---- lp ---- */

static void lp_end(Printing *p, const char *why)
{
    g_autoptr(GError) error = why ? g_error_new_literal(G_IO_ERROR, G_IO_ERROR_FAILED, why) : NULL;
    if (waiting_end(&p->lp))
        p->lp_fn(error, p->lp.data);
}

/* What lp complains of, as the person can use it; its own words are for whoever mends printers. */
static char *cause_of(const char *words)
{
    static const struct {
        const char *words, *cause; /* N_() */
    } causes[] = {
        {"default destination", N_("The system has no default printer, and none is named in rond's settings (print.printer). Ask support")},
        {"non-existent destination", N_("The system knows no such printer. Ask support")},
        {"does not exist", N_("The system knows no such printer. Ask support")},
        {"not accepting", N_("The printer takes no jobs just now. Ask support")},
        {"No such file", N_("The system's print service does not answer. Ask support")},
        {"onnect", N_("The system's print service does not answer. Ask support")},
        {"Bad file descriptor", N_("The system's print service does not answer. Ask support")},
        {"cheduler", N_("The system's print service does not answer. Ask support")},
        {"nauthorized", N_("This account may not print there. Ask support")},
        {"orbidden", N_("This account may not print there. Ask support")},
        {"no printing", N_("Too many prints are on their way. Try again in a moment")},
    };
    g_autofree char *said = g_utf8_make_valid(words, -1);
    for (gsize i = 0; i < G_N_ELEMENTS(causes); i++)
        if (strstr(said, causes[i].words))
            return g_strdup(_(causes[i].cause));
    return *said ? g_strdup_printf(_("The print service said: “%s”"), said) : g_strdup(_("The print service did not say why. Ask support"));
}

void wire_print_ended(Wiring *w, int status, const char *words)
{
    Printing *p = w->printing;
    g_autofree char *cause = cause_of(words);
    g_autofree char *why = status == 127 ? g_strdup(_("No printer: lp is not installed here"))
                           : status      ? g_strdup_printf(_("No printer took it. %s"), cause)
                                         : NULL;
    p->lp_busy = FALSE;
    log_event(LOG_INFO, "print", "lp ended with %d", status);
    lp_end(p, why);
}

static gboolean on_lp_late(gpointer data)
{
    Printing *p = data;
    g_autoptr(GError) error = g_error_new_literal(G_IO_ERROR, G_IO_ERROR_TIMED_OUT,
                                                  _("lp has not answered; whether the pages come is not known. Look at the printer"));
    p->lp.timer = 0;
    if (waiting_end(&p->lp))
        p->lp_fn(error, p->lp.data);
    return G_SOURCE_REMOVE;
}

static void refused_end(Printing *p)
{
    g_autofree char *why = g_steal_pointer(&p->refused_why);
    g_autoptr(GError) error = why ? g_error_new_literal(G_IO_ERROR, G_IO_ERROR_FAILED, why) : NULL;
    if (waiting_end(&p->refused))
        p->refused_fn(error, p->refused.data);
}

static gboolean on_lp_refused(gpointer data)
{
    Printing *p = data;
    p->refused.timer = 0;
    refused_end(p);
    return G_SOURCE_REMOVE;
}

static void s_print_send(gpointer self, const PrintPages *pages, Scope *scope, PrintSentFn fn, gpointer data)
{
    Printing *p = ((Wiring *)self)->printing;
    if (!p->lp_busy && super_ask_print(p->w->channel, pages->pdf) == 0) {
        p->lp_busy = TRUE;
        p->lp_fn = fn;
        waiting_begin(&p->lp, scope, data, LP_MS, on_lp_late, p);
        return;
    }
    char *why = p->lp_busy ? g_strdup(_("The print before this one is still being taken by lp. Try again in a moment"))
                           : g_strdup_printf(_("Nothing was sent to the printer: %s"), g_strerror(errno));
    refused_end(p); /* one that is still to be told is told now */
    p->refused_why = why;
    p->refused_fn = fn;
    waiting_begin(&p->refused, scope, data, 0, on_lp_refused, p);
}

/* ---- files ---- */

typedef struct {
    PrintSavedFn fn;
    gpointer data;
    gboolean leaves;
} SaveWait;

static void on_saved(const char *path, const GError *error, gpointer data)
{
    const SaveWait *w = data; /* its scope's */
    w->fn(path, w->leaves, error, w->data);
}

static void s_print_save(gpointer self, const PrintPages *pages, Scope *scope, PrintSavedFn fn, gpointer data)
{
    Printing *p = ((Wiring *)self)->printing;
    SaveWait *w = g_new(SaveWait, 1);
    *w = (SaveWait){fn, data, print_files_leave(p->files)};
    scope_add(scope, g_free, w);
    print_files_save(p->files, pages->pdf, scope, on_saved, w);
}

void wire_print(Wiring *w, Services *s)
{
    Printing *p = g_new0(Printing, 1);
    *p = (Printing){.w = w, .helper = -1, .fds = {-1, -1, -1}, .files = print_files_new(w->app->options)};
    w->printing = p;
    s->print_pages = s_print_pages;
    s->print_send = s_print_send;
    s->print_save = s_print_save;
}

void wire_print_end(Wiring *w)
{
    Printing *p = g_steal_pointer(&w->printing);
    waiting_end(&p->pages);
    waiting_end(&p->lp);
    waiting_end(&p->refused);
    g_free(p->refused_why);
    let_go(p);
    close_fds(p);
    print_files_free(p->files);
    g_free(p);
}
