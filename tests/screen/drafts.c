/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/screen/drafts.h"

#include <string.h>

#include "base/clock.h"

struct Drafts {
    GPtrArray *all; /* Draft*, newest last */
};

static Draft *draft_copy(const Draft *d)
{
    Draft *c = g_new0(Draft, 1);
    c->id = g_strdup(d->id);
    c->patient = g_strdup(d->patient);
    c->kind = g_strdup(d->kind);
    c->changed = d->changed ? d->changed : clock_real_us();
    c->text = d->text ? g_bytes_ref(d->text) : g_bytes_new(NULL, 0);
    c->meta = d->meta ? g_bytes_ref(d->meta) : NULL;
    return c;
}

static Draft *find(Drafts *s, const char *id)
{
    for (guint i = 0; i < s->all->len; i++)
        if (strcmp(((Draft *)s->all->pdata[i])->id, id) == 0)
            return s->all->pdata[i];
    return NULL;
}

gboolean drafts_put(Drafts *s, const Draft *d)
{
    drafts_remove(s, d->id);
    g_ptr_array_add(s->all, draft_copy(d));
    return TRUE;
}

gboolean drafts_edit(Drafts *s, const char *id, gsize at, gsize removed, const char *text, gsize len, GBytes *meta)
{
    Draft *d = find(s, id);
    gsize n;
    const char *was = d ? g_bytes_get_data(d->text, &n) : NULL;
    if (!d || at + removed > n)
        return FALSE;
    GByteArray *now = g_byte_array_new();
    g_byte_array_append(now, (const guint8 *)was, (guint)at);
    g_byte_array_append(now, (const guint8 *)text, (guint)len);
    g_byte_array_append(now, (const guint8 *)was + at + removed, (guint)(n - at - removed));
    g_bytes_unref(d->text);
    d->text = g_byte_array_free_to_bytes(now);
    if (meta) {
        g_clear_pointer(&d->meta, g_bytes_unref);
        d->meta = g_bytes_ref(meta);
    }
    return TRUE;
}

GPtrArray *drafts_list(Drafts *s, const char *patient)
{
    GPtrArray *out = g_ptr_array_new_with_free_func((GDestroyNotify)draft_free);
    for (guint i = s->all->len; i-- > 0;) {
        const Draft *d = s->all->pdata[i];
        if (!patient || g_strcmp0(patient, d->patient) == 0)
            g_ptr_array_add(out, draft_copy(d));
    }
    return out;
}

Draft *drafts_get(Drafts *s, const char *id)
{
    const Draft *d = find(s, id);
    return d ? draft_copy(d) : NULL;
}

gboolean drafts_remove(Drafts *s, const char *id)
{
    g_ptr_array_remove(s->all, find(s, id));
    return TRUE;
}

Drafts *drafts_new(void)
{
    Drafts *s = g_new0(Drafts, 1);
    s->all = g_ptr_array_new_with_free_func((GDestroyNotify)draft_free);
    return s;
}

void drafts_free(Drafts *s)
{
    g_ptr_array_unref(s->all);
    g_free(s);
}
