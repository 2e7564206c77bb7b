/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "main/print-files.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/datetime.h"
#include "base/log.h"
#include "base/xdg.h"

#define FOLDER "utskrift" /* in the runtime folder; also how the files' names begin */
enum { MOST = 1000 };     /* of one minute */

typedef struct {
    char *path;
    int fd; /* holds the lock */
} Saved;

struct PrintFiles {
    char *folder;
    gboolean leave, ended;
    GArray *saved; /* Saved */
    guint refs;    /* its owner's, and one for each that is being saved */
};

static gboolean is_print(const char *name)
{
    return g_str_has_prefix(name, FOLDER "-") && g_str_has_suffix(name, ".pdf");
}

static void remove_unheld(const char *folder)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    const char *name;
    while (dir && (name = g_dir_read_name(dir))) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        int fd = is_print(name) ? open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC) : -1;
        if (fd < 0)
            continue;
        if (flock(fd, LOCK_EX | LOCK_NB) == 0 && g_unlink(path) == 0)
            log_event(LOG_INFO, "print", "a print that was left behind is removed");
        close(fd);
    }
}

PrintFiles *print_files_new(const Options *options)
{
    PrintFiles *f = g_new0(PrintFiles, 1);
    f->refs = 1;
    const char *own = option_text(options, "print.folder");
    f->folder = *own ? g_strdup(own) : xdg_runtime_path(FOLDER, NULL);
    f->leave = !*own && !option_bool(options, "session.personal-account");
    f->saved = g_array_new(FALSE, FALSE, sizeof(Saved));
    if (f->leave && f->folder)
        remove_unheld(f->folder);
    return f;
}

gboolean print_files_leave(const PrintFiles *f)
{
    return f->leave;
}

static void saved_end(const PrintFiles *f, Saved *s)
{
    if (f->leave)
        g_unlink(s->path);
    close(s->fd);
    g_free(s->path);
}

static void unref(PrintFiles *f)
{
    if (--f->refs)
        return;
    g_array_unref(f->saved);
    g_free(f->folder);
    g_free(f);
}

void print_files_free(PrintFiles *f)
{
    if (!f)
        return;
    for (guint i = 0; i < f->saved->len; i++)
        saved_end(f, &g_array_index(f->saved, Saved, i));
    f->ended = TRUE;
    unref(f);
}

/* ---- on the worker: a folder may lie on another machine ---- */

typedef struct {
    PrintFiles *files;
    char *folder, *stem;
    int pdf;
    Saved saved; /* path NULL: it could not be */
    Scope *scope;
    guint scope_id;
    PrintFilesFn fn;
    gpointer data;
} Saving;

/* Nobody but this account reads what lies there. */
static gboolean folder_ready(const char *folder, GError **error)
{
    GStatBuf st;
    if (folder && (g_mkdir_with_parents(folder, 0700) < 0 || g_lstat(folder, &st) < 0)) {
        g_set_error(error, G_IO_ERROR, (int)g_io_error_from_errno(errno), _("The folder for prints cannot be used: %s (%s)"), folder,
                    g_strerror(errno));
        return FALSE;
    }
    if (folder && S_ISDIR(st.st_mode) && st.st_uid == getuid() && (st.st_mode & 077) == 0)
        return TRUE;
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
                _("The folder for prints must be this account's own and closed to others (chmod 700): %s"), folder ? folder : "?");
    return FALSE;
}

/* A new file, and its path; -1 with errno. */
static int new_file(const Saving *g, char **ret_path)
{
    for (guint n = 1; n <= MOST; n++) {
        g_autofree char *path = g_strdup_printf("%s/%s-%u.pdf", g->folder, g->stem, n);
        int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (fd >= 0 || errno != EEXIST) {
            *ret_path = g_steal_pointer(&path);
            return fd;
        }
    }
    return -1;
}

static gboolean copy(int from, int to)
{
    char part[65536];
    off_t at = 0;
    for (gssize n; (n = pread(from, part, sizeof part, at)) != 0; at += n)
        if (n < 0 || write(to, part, (gsize)n) != n)
            return FALSE;
    return at > 0;
}

static void save_run(GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
    Saving *g = data;
    g_autofree char *path = NULL;
    GError *error = NULL;
    if (!folder_ready(g->folder, &error)) {
        g_task_return_error(task, error);
        return;
    }
    int fd = new_file(g, &path);
    if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0 && copy(g->pdf, fd)) {
        g->saved = (Saved){g_steal_pointer(&path), fd};
        g_task_return_boolean(task, TRUE);
        return;
    }
    g_task_return_new_error(task, G_IO_ERROR, (int)g_io_error_from_errno(errno), _("The print could not be saved in %s (%s)"), g->folder,
                            g_strerror(errno));
    if (fd >= 0) {
        g_unlink(path);
        close(fd);
    }
}

/* ---- on the main loop ---- */

static void saving_free(gpointer data)
{
    Saving *g = data;
    close(g->pdf);
    g_free(g->folder);
    g_free(g->stem);
    g_free(g);
}

static void on_scope_closed(gpointer data)
{
    Saving *g = data;
    g->scope = NULL;
    g->fn = NULL;
}

static void on_saved(GObject *source, GAsyncResult *result, gpointer data)
{
    Saving *g = g_task_get_task_data(G_TASK(result));
    g_autoptr(GError) error = NULL;
    gboolean saved = g_task_propagate_boolean(G_TASK(result), &error);
    g_autofree char *path = g_strdup(g->saved.path);
    if (saved && g->files->ended)
        saved_end(g->files, &g->saved);
    else if (saved)
        g_array_append_val(g->files->saved, g->saved);
    if (g->scope)
        scope_remove(g->scope, g->scope_id);
    if (g->fn)
        g->fn(saved ? path : NULL, error, g->data);
    unref(g->files); /* here, not where the task is freed: that may be the worker */
}

void print_files_save(PrintFiles *f, int pdf, Scope *scope, PrintFilesFn fn, gpointer data)
{
    CivilTime t = civil_time_at(clock_clinical_us());
    g_autofree char *day = civil_date_to_text(civil_date_at(clock_clinical_us()));
    Saving *g = g_new0(Saving, 1);
    *g = (Saving){.files = f, .folder = g_strdup(f->folder), .pdf = fcntl(pdf, F_DUPFD_CLOEXEC, 0), .scope = scope, .fn = fn, .data = data,
                  .stem = g_strdup_printf(FOLDER "-%s-%02u%02u", day, t.hour, t.minute)};
    f->refs++;
    g->scope_id = scope_add(scope, on_scope_closed, g);
    g_autoptr(GTask) task = g_task_new(NULL, NULL, on_saved, NULL);
    g_task_set_task_data(task, g, saving_free);
    g_task_run_in_thread(task, save_run);
}
