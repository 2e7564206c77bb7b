/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fhir/home.h"

#include <string.h>

#include "fhir/private.h"

struct FhirHome {
    gatomicrefcount refs;
    GPtrArray *bases; /* char*, as plain() writes them */
};

FhirHome *fhir_home_new(void)
{
    FhirHome *home = g_new0(FhirHome, 1);
    g_atomic_ref_count_init(&home->refs);
    home->bases = g_ptr_array_new_with_free_func(g_free);
    return home;
}

FhirHome *fhir_home_copy(const FhirHome *from)
{
    FhirHome *home = fhir_home_new();
    for (guint i = 0; from && i < from->bases->len; i++)
        g_ptr_array_add(home->bases, g_strdup(from->bases->pdata[i]));
    return home;
}

FhirHome *fhir_home_ref(FhirHome *home)
{
    if (home)
        g_atomic_ref_count_inc(&home->refs);
    return home;
}

void fhir_home_unref(FhirHome *home)
{
    if (!home || !g_atomic_ref_count_dec(&home->refs))
        return;
    g_ptr_array_unref(home->bases);
    g_free(home);
}

/* ---- addresses ----------------------------------------------------------------------------- */

static const struct {
    const char *scheme, *port;
} schemes[] = {{"https://", ":443"}, {"http://", ":80"}};

/* "HTTPS://H:443/fhir" → "h/fhir/". NULL: it is no base, or could be read in two ways. */
static char *plain(const char *base, gsize len)
{
    for (gsize i = 0; i < G_N_ELEMENTS(schemes); i++) {
        gsize before = strlen(schemes[i].scheme);
        if (g_ascii_strncasecmp(base, schemes[i].scheme, before) != 0 || len <= before)
            continue;
        g_autofree char *rest = g_strndup(base + before, len - before);
        gsize host = strcspn(rest, "/");
        if (host == 0 || strpbrk(rest, "@?#\\ ") || strstr(rest, "/../") || strstr(rest, "//"))
            return NULL;
        g_autofree char *name = g_ascii_strdown(rest, (gssize)host);
        if (g_str_has_suffix(name, schemes[i].port))
            name[strlen(name) - strlen(schemes[i].port)] = '\0';
        return g_strconcat(name, rest[host] ? rest + host : "/", g_str_has_suffix(rest + host, "/") || !rest[host] ? NULL : "/", NULL);
    }
    return NULL;
}

/* A path alone lies on the host of whatever base has it. */
static gboolean has_path(const FhirHome *home, const char *path, gsize len)
{
    g_autofree char *wanted = g_strndup(path, len);
    for (guint i = 0; i < home->bases->len; i++)
        if (g_str_equal(strchr(home->bases->pdata[i], '/'), wanted))
            return TRUE;
    return FALSE;
}

static gboolean has(const FhirHome *home, const char *base)
{
    return base && g_ptr_array_find_with_equal_func(home->bases, base, g_str_equal, NULL);
}

gboolean fhir_home_add(FhirHome *home, const char *base)
{
    char *own = base ? plain(base, strlen(base)) : NULL;
    if (!own || has(home, own)) {
        g_free(own);
        return FALSE;
    }
    g_ptr_array_add(home->bases, own);
    return TRUE;
}

gboolean fhir_home_holds(const FhirHome *home, const char *url)
{
    gsize at;
    if (!url || !fhir_reference_at(url, &at) || at == 0)
        return TRUE;
    if (url[0] == '/')
        return has_path(home, url, at);
    g_autofree char *base = plain(url, at);
    return has(home, base);
}

/* "https://h/fhir/Observation?patient=1" → "h/fhir/"; also of a page that a core keeps, "https://h/fhir?_getpages=…". */
static char *base_of_self(const char *self, const char *type)
{
    gsize len = self ? strcspn(self, "?") : 0;
    g_autofree char *path = g_strndup(self ? self : "", len), *step = g_strconcat("/", type, NULL);
    if (g_str_has_suffix(path, "/_search"))
        path[strlen(path) - strlen("/_search")] = '\0';
    if (g_str_has_suffix(path, step))
        path[strlen(path) - strlen(type)] = '\0';
    else if (!self || !strstr(self + len, "?_getpages="))
        return NULL;
    return plain(path, strlen(path));
}

/* ---- of one answer ------------------------------------------------------------------------- */

/* Of the entry; NULL = it does not say. */
static char *base_of(FhirBundle *page, guint i)
{
    gsize at;
    const FhirEntry *e = fhir_bundle_entry(page, i);
    if (!e || !e->resource || !e->full_url || !fhir_reference_at(e->full_url, &at) || at == 0)
        return NULL;
    return plain(e->full_url, at);
}

char *fhir_home_of_most(FhirBundle *page)
{
    g_autofree char *most = NULL;
    guint lead = 0, votes = 0, all = 0;
    for (guint i = 0; i < fhir_bundle_count(page); i++) {
        g_autofree char *base = base_of(page, i);
        if (!base)
            continue;
        if (lead == 0) {
            g_free(most);
            most = g_strdup(base);
        }
        lead = g_str_equal(most, base) ? lead + 1 : lead - 1;
        all++;
    }
    for (guint i = 0; most && i < fhir_bundle_count(page); i++) {
        g_autofree char *base = base_of(page, i);
        votes += g_strcmp0(base, most) == 0;
    }
    return votes * 2 > all ? g_strconcat("https://", most, NULL) : NULL;
}

gboolean fhir_home_holds_any(const FhirHome *home, FhirBundle *page)
{
    for (guint i = 0; i < fhir_bundle_count(page); i++) {
        g_autofree char *base = base_of(page, i);
        if (has(home, base))
            return TRUE;
    }
    return FALSE;
}

FhirHome *fhir_home_of_page(FhirBundle *page, const FhirHomeRules *rules)
{
    FhirHome *home = fhir_home_copy(rules->known);
    char *self = base_of_self(fhir_bundle_link(page, "self"), rules->type);
    gboolean said = self != NULL;
    if (self && !has(home, self))
        g_ptr_array_add(home->bases, g_steal_pointer(&self));
    g_free(self);
    if (rules->whole || (said && rules->sure) || fhir_home_holds_any(home, page))
        return home;
    g_autofree char *most = fhir_home_of_most(page);
    fhir_home_add(home, most);
    return home;
}
