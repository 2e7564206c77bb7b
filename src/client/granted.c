/* SPDX-License-Identifier: GPL-3.0-or-later
 * What the login gives a right to, in the words of SMART, version 1 (“user/Observation.read”) or 2 (“.rs”). The core
 * decides on every request; this keeps a person from typing what would be refused. */
#include <string.h>

#include "client/internal.h"

static const struct {
    const char *interaction;
    char letter; /* of version 2 */
} letters[] = {{"create", 'c'}, {"read", 'r'}, {"vread", 'r'}, {"update", 'u'}, {"patch", 'u'}, {"delete", 'd'}, {"search-type", 's'}};

static const struct {
    const char *word, *letters; /* of version 1 */
} words[] = {{"read", "rs"}, {"write", "cud"}, {"*", "cruds"}};

/* "user/Observation.rs?category=…" cut into its parts; FALSE: it is no right to resources. */
static gboolean cut(const char *scope, char **ret_type, char **ret_access)
{
    static const char *const contexts[] = {"user", "patient", "system", NULL};
    const char *slash = strchr(scope, '/'), *dot = slash ? strchr(slash, '.') : NULL;
    g_autofree char *context = g_strndup(scope, slash ? (gsize)(slash - scope) : 0);
    if (!dot || !g_strv_contains(contexts, context)) /* an address is a scope too: "https://x.y/default" */
        return FALSE;
    *ret_type = g_strndup(slash + 1, (gsize)(dot - slash) - 1);
    *ret_access = g_strndup(dot + 1, strcspn(dot + 1, "?"));
    return TRUE;
}

static gboolean allows(const char *access, char letter)
{
    for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
        if (g_str_equal(words[i].word, access))
            return strchr(words[i].letters, letter) != NULL;
    return strspn(access, "cruds") == strlen(access) && strchr(access, letter);
}

gboolean granted_covers(const char *granted, const char *type, const char *interaction)
{
    gboolean any = FALSE;
    char letter = 0;
    for (gsize i = 0; i < G_N_ELEMENTS(letters); i++)
        if (g_str_equal(letters[i].interaction, interaction))
            letter = letters[i].letter;
    g_auto(GStrv) each = g_strsplit(letter && granted ? granted : "", " ", -1);
    for (char **scope = each; *scope; scope++) {
        g_autofree char *of = NULL, *access = NULL;
        if (!cut(*scope, &of, &access))
            continue;
        any = TRUE;
        if ((g_str_equal(of, "*") || g_str_equal(of, type)) && allows(access, letter))
            return TRUE;
    }
    return !any; /* it speaks of no resources at all: nothing is known to be withheld */
}

gboolean client_granted(const Client *client, const char *type, const char *interaction)
{
    const ClientAuth *auth = client->auth;
    return granted_covers(auth && auth->granted ? auth->granted(client->auth_data) : NULL, type, interaction);
}
