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
    gboolean leave;
    GArray *saved; /* Saved */
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

void print_files_free(PrintFiles *f)
{
    if (!f)
        return;
    for (guint i = 0; i < f->saved->len; i++) {
        Saved *s = &g_array_index(f->saved, Saved, i);
        if (f->leave)
            g_unlink(s->path);
        close(s->fd);
        g_free(s->path);
    }
    g_array_unref(f->saved);
    g_free(f->folder);
    g_free(f);
}

/* Nobody but this account reads what lies there. */
static gboolean folder_ready(const PrintFiles *f, GError **error)
{
    GStatBuf st;
    if (f->folder && (g_mkdir_with_parents(f->folder, 0700) < 0 || g_lstat(f->folder, &st) < 0)) {
        g_set_error(error, G_IO_ERROR, (int)g_io_error_from_errno(errno), _("The folder for prints cannot be used: %s (%s)"), f->folder,
                    g_strerror(errno));
        return FALSE;
    }
    if (f->folder && S_ISDIR(st.st_mode) && st.st_uid == getuid() && (st.st_mode & 077) == 0)
        return TRUE;
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
                _("The folder for prints must be this account's own and closed to others (chmod 700): %s"), f->folder ? f->folder : "?");
    return FALSE;
}

/* A new file, and its path; -1 with errno. */
static int new_file(const PrintFiles *f, char **ret_path)
{
    Instant now = clock_clinical_us();
    CivilTime t = civil_time_at(now);
    g_autofree char *day = civil_date_to_text(civil_date_at(now));
    for (guint n = 1; n <= MOST; n++) {
        g_autofree char *name = g_strdup_printf(FOLDER "-%s-%02u%02u-%u.pdf", day, t.hour, t.minute, n);
        g_autofree char *path = g_build_filename(f->folder, name, NULL);
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

char *print_files_save(PrintFiles *f, int pdf, GError **error)
{
    g_autofree char *path = NULL;
    if (!folder_ready(f, error))
        return NULL;
    int fd = new_file(f, &path);
    if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0 && copy(pdf, fd)) {
        Saved s = {g_strdup(path), fd};
        g_array_append_val(f->saved, s);
        return g_steal_pointer(&path);
    }
    g_set_error(error, G_IO_ERROR, (int)g_io_error_from_errno(errno), _("The print could not be saved in %s (%s)"), f->folder, g_strerror(errno));
    if (fd >= 0) {
        g_unlink(path);
        close(fd);
    }
    return NULL;
}
