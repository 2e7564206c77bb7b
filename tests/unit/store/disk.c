/* SPDX-License-Identifier: GPL-3.0-or-later
 * fsync and fdatasync are defined here for the whole program; SQLite is given other writes. */
#include "store/disk.h"

#include <errno.h>
#include <limits.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define SECTOR 512

static struct {
    GMutex mutex;
    GThread *main;
    char *dir, *image;
    DiskCut how;
    guint calls, at;
    gboolean cut;
    int refusing;
    GRand *rand;
    DiskCutFn fn;
    gpointer data;
    GHashTable *synced; /* name → GBytes: what a power cut leaves of it */
} disk;

static ssize_t (*real_pwrite)(int, const void *, size_t, off_t);

/* The name of the file in the watched directory; NULL: it is none. */
static char *watched(int fd)
{
    g_autofree char *link = g_strdup_printf("/proc/self/fd/%d", fd);
    char path[PATH_MAX + 1];
    ssize_t n = disk.dir ? readlink(link, path, PATH_MAX) : -1;
    if (n <= 0)
        return NULL;
    path[n] = '\0';
    gsize len = strlen(disk.dir);
    if (strncmp(path, disk.dir, len) != 0 || path[len] != '/' || g_str_has_suffix(path, "-shm"))
        return NULL;
    return g_strdup(path + len + 1);
}

/* ---- the image ---- */

static GBytes *content(const char *name)
{
    g_autofree char *path = g_build_filename(disk.dir, name, NULL);
    char *data = NULL;
    gsize len = 0;
    return g_file_get_contents(path, &data, &len, NULL) ? g_bytes_new_take(data, len) : NULL;
}

/* Each sector is the synced one or the one written since; a file ends after the last that came. */
static GBytes *torn(GBytes *synced, GBytes *now)
{
    gsize old_len = 0, len;
    const char *old = synced ? g_bytes_get_data(synced, &old_len) : NULL, *new = g_bytes_get_data(now, &len);
    double came = g_rand_int_range(disk.rand, 0, 3) / 2.0;
    GByteArray *out = g_byte_array_new();
    if (old)
        g_byte_array_append(out, (const guint8 *)old, (guint)old_len);
    for (gsize at = 0; at < len; at += SECTOR) {
        gsize n = MIN(SECTOR, len - at);
        if (g_rand_double(disk.rand) >= came)
            continue;
        if (out->len < at + n) {
            guint before = out->len;
            g_byte_array_set_size(out, (guint)(at + n));
            memset(out->data + before, 0, out->len - before);
        }
        memcpy(out->data + at, new + at, n);
    }
    return g_byte_array_free_to_bytes(out);
}

static void make_image(void)
{
    g_autoptr(GDir) d = g_dir_open(disk.dir, 0, NULL);
    const char *name;
    while ((name = g_dir_read_name(d))) {
        if (g_str_has_suffix(name, "-shm") || g_str_has_suffix(name, ".lock"))
            continue;
        g_autoptr(GBytes) now = content(name);
        gboolean database = strstr(name, ".db") != NULL; /* the salt was linked when it was whole and synced */
        g_autoptr(GBytes) left = disk.how == DISK_POWER && database
                                     ? torn(g_hash_table_lookup(disk.synced, name), now)
                                     : g_bytes_ref(now);
        g_autofree char *path = g_build_filename(disk.image, name, NULL);
        g_file_set_contents_full(path, g_bytes_get_data(left, NULL), (gssize)g_bytes_get_size(left),
                                 G_FILE_SET_CONTENTS_NONE, 0600, NULL);
    }
    disk.cut = TRUE;
    disk.fn(disk.data);
}

/* ---- calls ---- */

/* The worker is held up in the middle of what it does, and the main thread goes on beside it. */
static void dawdle(void)
{
    if (disk.dir && g_thread_self() != disk.main)
        g_usleep(g_random_int_range(0, 300));
}

static ssize_t on_pwrite(int fd, const void *data, size_t n, off_t at)
{
    dawdle();
    g_mutex_lock(&disk.mutex);
    g_autofree char *name = watched(fd);
    ssize_t done;
    if (name && disk.refusing) {
        errno = disk.refusing;
        done = -1;
    } else {
        if (name && ++disk.calls == disk.at && !disk.cut) {
            real_pwrite(fd, data, (gsize)g_rand_int_range(disk.rand, 0, (gint32)n + 1), at);
            make_image();
        }
        done = real_pwrite(fd, data, n, at);
    }
    int error = errno;
    g_mutex_unlock(&disk.mutex);
    errno = error;
    return done;
}

static int sync_file(int fd, long call)
{
    dawdle();
    g_mutex_lock(&disk.mutex);
    g_autofree char *name = watched(fd);
    if (name) {
        if (++disk.calls == disk.at && !disk.cut)
            make_image();
        g_hash_table_replace(disk.synced, g_strdup(name), content(name));
    }
    gboolean ours = disk.dir != NULL;
    g_mutex_unlock(&disk.mutex);
    return ours ? 0 : (int)syscall(call, fd);
}

int fdatasync(int fd)
{
    return sync_file(fd, SYS_fdatasync);
}

int fsync(int fd)
{
    return sync_file(fd, SYS_fsync);
}

/* ---- life ---- */

static void bytes_unref(gpointer bytes)
{
    g_bytes_unref(bytes);
}

/* What lies there already has been on the disk long enough. */
void disk_watch(const char *dir, const char *image, DiskCut how, guint at, guint32 seed, DiskCutFn fn, gpointer data)
{
    sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);
    if (!real_pwrite) {
        real_pwrite = (ssize_t(*)(int, const void *, size_t, off_t))vfs->xGetSystemCall(vfs, "pwrite64");
        g_assert(real_pwrite);
        vfs->xSetSystemCall(vfs, "pwrite64", (sqlite3_syscall_ptr)on_pwrite);
    }
    disk.main = g_thread_self();
    disk.dir = g_strdup(dir);
    disk.image = g_strdup(image);
    disk.how = how;
    disk.calls = 0;
    disk.at = at;
    disk.cut = FALSE;
    disk.refusing = 0;
    disk.rand = g_rand_new_with_seed(seed);
    disk.fn = fn;
    disk.data = data;
    disk.synced = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, bytes_unref);
    g_autoptr(GDir) d = g_dir_open(dir, 0, NULL);
    const char *name;
    while ((name = g_dir_read_name(d)))
        g_hash_table_replace(disk.synced, g_strdup(name), content(name));
}

gboolean disk_was_cut(void)
{
    return disk.cut;
}

void disk_cut_now(void)
{
    disk_lock();
    if (!disk.cut)
        make_image();
    disk_unlock();
}

void disk_leave(void)
{
    disk_lock();
    g_clear_pointer(&disk.dir, g_free);
    g_clear_pointer(&disk.image, g_free);
    g_clear_pointer(&disk.rand, g_rand_free);
    g_clear_pointer(&disk.synced, g_hash_table_unref);
    disk_unlock();
}

void disk_refuse(int error)
{
    disk_lock();
    disk.refusing = error;
    disk_unlock();
}

void disk_lock(void)
{
    g_mutex_lock(&disk.mutex);
}

void disk_unlock(void)
{
    g_mutex_unlock(&disk.mutex);
}
