/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/secret.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/log.h"

/* [guard page][data pages][guard page]; the data ends at the second guard, so that the first byte
 * written too far faults. */
typedef struct {
    SecretBuf pub;
    guint8 *map;
    gsize map_len;
} Secret;

SecretBuf *secret_new(gsize cap)
{
    gsize page = (gsize)sysconf(_SC_PAGESIZE);
    gsize room = (MAX(cap, 1) + 15) & ~(gsize)15;
    gsize body = (room + page - 1) / page * page;
    Secret *s = g_new0(Secret, 1);
    s->map_len = body + 2 * page;
    s->map = mmap(NULL, s->map_len, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (s->map == MAP_FAILED || mprotect(s->map + page, body, PROT_READ | PROT_WRITE) != 0)
        g_error("no memory for a secret"); /* as GLib does when memory ends */
    if (mlock(s->map + page, body) != 0)
        log_event(LOG_WARN, "secret", "memory could not be locked; is RLIMIT_MEMLOCK too low?");
    madvise(s->map + page, body, MADV_DONTDUMP);
    s->pub.data = s->map + page + body - room;
    s->pub.cap = cap;
    return &s->pub;
}

SecretBuf *secret_new_from(gconstpointer data, gsize len)
{
    SecretBuf *s = secret_new(len);
    secret_append(s, data, len);
    return s;
}

void secret_free(SecretBuf *buf)
{
    if (buf == NULL)
        return;
    Secret *s = (Secret *)buf; /* pub is the first member */
    secret_wipe(buf->data, buf->cap);
    munmap(s->map, s->map_len);
    g_free(s);
}

gboolean secret_append(SecretBuf *s, gconstpointer data, gsize len)
{
    if (len > s->cap - s->len)
        return FALSE;
    if (len > 0)
        memcpy(s->data + s->len, data, len);
    s->len += len;
    return TRUE;
}

void secret_clear(SecretBuf *s)
{
    secret_wipe(s->data, s->cap);
    s->len = 0;
}

void secret_wipe(gpointer data, gsize len)
{
    if (len > 0)
        explicit_bzero(data, len);
}
