/* SPDX-License-Identifier: GPL-3.0-or-later
 * Search parameters that rond asks with and that R4 does not have. A core that names them in its
 * CapabilityStatement is asked; another would refuse the whole question, or answer it with nothing:
 * it is asked without them, and what does not fit is left out here. */
#include <string.h>
#include "client/internal.h"

static const struct {
    const char *type, *parameter;
    const char *element; /* a code */
} beyond_r4[] = {
    {"Flag", "status", "status"},
    {"DocumentReference", "docstatus", "docStatus"},
};

struct LocalFilter {
    const char *element;
    char **codes;
};

static void filter_free(gpointer filter)
{
    LocalFilter *f = filter;
    g_strfreev(f->codes);
    g_free(f);
}

static LocalFilter *filter_for(const Client *client, const char *type, const char *pair)
{
    for (guint i = 0; i < G_N_ELEMENTS(beyond_r4); i++) {
        gsize len = strlen(beyond_r4[i].parameter);
        if (!g_str_equal(beyond_r4[i].type, type) || strncmp(pair, beyond_r4[i].parameter, len) != 0 ||
            pair[len] != '=' || client_has_search(client, type, beyond_r4[i].parameter))
            continue;
        LocalFilter *f = g_new0(LocalFilter, 1);
        f->element = beyond_r4[i].element;
        f->codes = g_strsplit(pair + len + 1, ",", -1);
        return f;
    }
    return NULL;
}

char *beyond_r4_url(const Client *client, const char *type, const char *url, GPtrArray **ret_local)
{
    const char *query = strchr(url, '?');
    g_auto(GStrv) pairs = g_strsplit(query ? query + 1 : "", "&", -1);
    GPtrArray *local = g_ptr_array_new_with_free_func(filter_free);
    GString *out = g_string_new(type);
    char mark = '?';
    for (char **p = pairs; *p && **p; p++) {
        LocalFilter *f = filter_for(client, type, *p);
        if (f) {
            g_ptr_array_add(local, f);
            continue;
        }
        g_string_append_printf(out, "%c%s", mark, *p);
        mark = '&';
    }
    *ret_local = local;
    return g_string_free(out, FALSE);
}

gboolean beyond_r4_keeps(const GPtrArray *local, const FhirResource *r)
{
    for (guint i = 0; local && i < local->len; i++) {
        const LocalFilter *f = local->pdata[i];
        g_autofree char *code = fhir_string(fhir_root(r), f->element);
        if (!code || !g_strv_contains((const char *const *)f->codes, code))
            return FALSE;
    }
    return TRUE;
}
