/* SPDX-License-Identifier: GPL-3.0-or-later
 * Addresses: what is ours, what may be asked at all, and what of an address may be logged. */
#include "net/internal.h"
#include <string.h>

#define URI_FLAGS (G_URI_FLAGS_ENCODED)
/* The host in URLs of a Unix socket; absolute links of such a core carry it. */
#define UNIX_HOST "localhost"

static gboolean is_loopback(const char *host)
{
    return g_str_equal(host, "localhost") || g_str_equal(host, "127.0.0.1") ||
           g_str_equal(host, "::1");
}

static int port_of(GUri *uri)
{
    int port = g_uri_get_port(uri);
    if (port > 0)
        return port;
    return g_str_equal(g_uri_get_scheme(uri), "https") ? 443 : 80;
}

/* Encrypted, or not leaving this machine; no user:password; a host. */
static gboolean is_allowed(GUri *uri)
{
    const char *scheme = g_uri_get_scheme(uri), *host = g_uri_get_host(uri);
    if (!host || !*host || g_uri_get_userinfo(uri))
        return FALSE;
    return g_str_equal(scheme, "https") || (g_str_equal(scheme, "http") && is_loopback(host));
}

static char *base_path_of(const char *path)
{
    if (!path || !*path)
        return g_strdup("/");
    return g_strconcat(*path == '/' ? "" : "/", path, g_str_has_suffix(path, "/") ? "" : "/", NULL);
}

static gboolean is_unix(const char *origin)
{
    return g_str_has_prefix(origin, "unix:/");
}

gboolean net_origin_usable(const char *origin, GError **error)
{
    if (is_unix(origin))
        return TRUE;
    g_autoptr(GUri) uri = g_uri_parse(origin, URI_FLAGS, NULL);
    if (uri && is_allowed(uri) && strlen(g_uri_get_path(uri)) <= 1 && !g_uri_get_query(uri))
        return TRUE;
    g_propagate_error(error, net_error_make(NET_ERROR_URL));
    return FALSE;
}

gboolean net_address_set(Net *net, const NetConfig *config, GError **error)
{
    g_autofree char *path = base_path_of(config->base_path);
    const char *origin = config->origin ? config->origin : "";
    if (!net_origin_usable(origin, error))
        return FALSE;
    if (is_unix(origin)) {
        net->unix_path = g_strdup(origin + strlen("unix:"));
        net->base = g_strconcat("http://" UNIX_HOST, path, NULL);
        return TRUE;
    }
    g_autoptr(GUri) uri = g_uri_parse(origin, URI_FLAGS, NULL);
    const char *host = g_uri_get_host(uri);
    gboolean six = strchr(host, ':') != NULL;
    net->base = g_strdup_printf("%s://%s%s%s:%d%s", g_uri_get_scheme(uri), six ? "[" : "", host,
                                six ? "]" : "", port_of(uri), path);
    return TRUE;
}

static gboolean same_origin(const Net *net, GUri *a)
{
    g_autoptr(GUri) b = g_uri_parse(net->base, URI_FLAGS, NULL);
    if (g_ascii_strcasecmp(g_uri_get_host(a), g_uri_get_host(b)) != 0)
        return FALSE;
    return g_str_equal(g_uri_get_scheme(a), g_uri_get_scheme(b)) && port_of(a) == port_of(b);
}

/* Blanks and controls in a URL would become another request. */
static gboolean is_clean(const char *url)
{
    for (const char *p = url; *p; p++)
        if ((guchar)*p <= 0x20 || *p == 0x7f)
            return FALSE;
    return TRUE;
}

char *net_address_resolve(const Net *net, const char *from, const char *url, gboolean *ret_own,
                          GError **error)
{
    g_autofree char *itself = NULL;
    if (url && !*url) { /* the base itself, without its last slash */
        gsize len = strlen(net->base);
        itself = g_strndup(net->base, len - (net->base[len - 2] != '/'));
        url = itself;
    }
    g_autofree char *absolute =
        url && is_clean(url) ? g_uri_resolve_relative(from ? from : net->base, url, URI_FLAGS, NULL)
                             : NULL;
    g_autoptr(GUri) uri = absolute ? g_uri_parse(absolute, URI_FLAGS, NULL) : NULL;
    if (!uri || !is_allowed(uri)) {
        g_propagate_error(error, net_error_make(NET_ERROR_URL));
        return NULL;
    }
    *ret_own = same_origin(net, uri);
    return g_steal_pointer(&absolute);
}

gboolean net_is_own(const Net *net, const char *url)
{
    gboolean own = FALSE;
    g_autofree char *absolute = net_address_resolve(net, NULL, url, &own, NULL);
    return absolute && own;
}

const char *net_base(const Net *net)
{
    return net->base;
}

/* Upper case begins a FHIR type; what follows it may be an id. Of a query only the names stay. */
char *net_address_trace(const char *url)
{
    g_autoptr(GUri) uri = g_uri_parse(url, URI_FLAGS, NULL);
    if (!uri)
        return g_strdup("?");
    g_autoptr(GString) out = g_string_new(NULL);
    g_auto(GStrv) steps = g_strsplit(g_uri_get_path(uri), "/", -1);
    gboolean after_type = FALSE;
    for (char **s = steps; *s; s++) {
        if (!**s)
            continue;
        g_string_append_c(out, '/');
        g_string_append(out, after_type && **s != '_' && **s != '$' ? "*" : *s);
        after_type = after_type || g_ascii_isupper(**s);
    }
    const char *query = g_uri_get_query(uri);
    g_auto(GStrv) params = g_strsplit(query ? query : "", "&", -1);
    for (char **p = params; *p; p++) {
        g_string_append_c(out, p == params ? '?' : ',');
        g_string_append_len(out, *p, (gssize)strcspn(*p, "=:"));
    }
    return g_string_free(g_steal_pointer(&out), FALSE);
}
