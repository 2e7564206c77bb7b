/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/code-search.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base/clock.h"
#include "chart/when.h"
#include "client/expand.h"

enum { REST_MS = 250, FEWEST = 2, PAGE = 20, MOST = 100 };

struct CodeSearch {
    Client *client;
    Scope *scope;     /* of the question under way */
    char *url;
    CodeSearchFn fn;
    gpointer data;
    guint timer;
    char *words;      /* that stand there now; NULL */
    char *answered;   /* what @found is for; NULL */
    GPtrArray *found; /* CodeItem* */
    guint given;      /* how far the pages have come */
    gint64 total;
    char *version;
    Instant at;
    char *why;        /* the core's codes cannot be had */
    gboolean cut;
};

CodeSearch *code_search_new(Client *client, const char *url, CodeSearchFn fn, gpointer data)
{
    CodeSearch *s = g_new0(CodeSearch, 1);
    *s = (CodeSearch){.client = client, .scope = scope_new(), .url = g_strdup(url), .fn = fn, .data = data,
                      .found = g_ptr_array_new_with_free_func((GDestroyNotify)code_item_unref), .total = -1, .at = INSTANT_NONE};
    return s;
}

void code_search_free(CodeSearch *s)
{
    if (!s)
        return;
    clock_timer_cancel(s->timer);
    scope_close(s->scope);
    g_ptr_array_unref(s->found);
    g_free(s->url);
    g_free(s->words);
    g_free(s->answered);
    g_free(s->version);
    g_free(s->why);
    g_free(s);
}

static void stop(CodeSearch *s)
{
    clock_timer_cancel(s->timer);
    s->timer = 0;
    scope_close(s->scope);
    s->scope = scope_new();
}

/* ---- the answer ---- */

static gboolean there(const CodeSearch *s, const ClientCode *c)
{
    for (guint i = 0; i < s->found->len; i++) {
        const CodeItem *f = s->found->pdata[i];
        if (strcmp(f->code, c->code) == 0 && strcmp(f->system, c->system) == 0 && g_strcmp0(f->version, c->version) == 0)
            return TRUE;
    }
    return FALSE;
}

/* A core that knows no offset gives the same page again: what is there already is not added, and where nothing
 * comes of it there is no more. */
static gboolean add_page(CodeSearch *s, const ClientExpansion *x)
{
    guint before = s->found->len;
    for (guint i = 0; i < x->codes->len && s->found->len < MOST; i++) {
        const ClientCode *c = x->codes->pdata[i];
        if (!there(s, c))
            g_ptr_array_add(s->found, code_item_new(c->system, c->version, c->code, c->display, (const char *const *)c->names));
    }
    s->given += x->given;
    return s->found->len > before;
}

static void forget(CodeSearch *s)
{
    g_ptr_array_set_size(s->found, 0);
    g_clear_pointer(&s->answered, g_free);
    g_clear_pointer(&s->version, g_free);
    g_clear_pointer(&s->why, g_free);
    s->given = 0;
    s->total = -1;
    s->at = INSTANT_NONE;
    s->cut = FALSE;
}

static char *reason(const GError *error)
{
    if (client_expand_too_costly(error))
        return g_strdup(_("the core finds too many: type more"));
    if (g_error_matches(error, CLIENT_ERROR, CLIENT_ERROR_OFFLINE))
        return g_strdup(_("the core does not answer"));
    if (g_error_matches(error, CLIENT_ERROR, CLIENT_ERROR_NOT_FOUND))
        return g_strdup(_("the core does not have this set of codes"));
    return g_strdup_printf(_("the core's codes cannot be had: %s"), _(error->message));
}

static void on_codes(const ClientExpansion *x, const GError *error, gpointer data)
{
    CodeSearch *s = data;
    gboolean more = s->answered != NULL;
    if (more && (error || !add_page(s, x))) {
        s->total = s->found->len; /* what is there stays; there is no more to be had */
    } else if (!more && error) {
        s->why = reason(error);
    } else if (!more) {
        add_page(s, x);
        s->answered = g_strdup(s->words);
        s->total = x->total;
        s->version = g_strdup(x->version);
        s->at = x->at;
        s->cut = x->cut;
        if (!s->found->len)
            s->why = g_strdup(x->cut ? _("the core finds too many: type more") : _("the core has none for these words"));
    }
    s->fn(s->data);
}

/* ---- the question ---- */

static gboolean on_rest(gpointer data)
{
    CodeSearch *s = data;
    s->timer = 0;
    if (!client_online(s->client, NULL)) {
        s->why = g_strdup(_("the core cannot be reached"));
        s->fn(s->data);
        return G_SOURCE_REMOVE;
    }
    client_expand(s->client, s->scope, s->url, s->words, PAGE, 0, on_codes, s);
    return G_SOURCE_REMOVE;
}

void code_search_type(CodeSearch *s, const char *words)
{
    g_autofree char *plain = g_strstrip(g_strdup(words ? words : ""));
    const char *ask = g_utf8_strlen(plain, -1) >= FEWEST ? plain : NULL;
    if (g_strcmp0(ask, s->words) == 0)
        return;
    stop(s);
    forget(s);
    g_free(s->words);
    s->words = g_strdup(ask);
    if (!ask)
        return;
    if (client_can_expand(s->client))
        s->timer = clock_timer_add(REST_MS, on_rest, s);
    else
        s->why = g_strdup(_("the core gives out none"));
}

const GPtrArray *code_search_found(const CodeSearch *s)
{
    return s->answered ? s->found : NULL;
}

const char *code_search_words(const CodeSearch *s)
{
    return s->answered;
}

gboolean code_search_more(CodeSearch *s)
{
    gboolean more = s->answered && s->found->len < MOST && (s->total < 0 ? s->given > 0 && s->given % PAGE == 0 : s->given < s->total);
    if (more && client_online(s->client, NULL)) {
        stop(s); /* the page that is under way, asked for twice */
        client_expand(s->client, s->scope, s->url, s->words, PAGE, s->given, on_codes, s);
    }
    return more;
}

gint64 code_search_total(const CodeSearch *s)
{
    return s->answered && !s->cut ? s->total : -1;
}

char *code_search_edition(const CodeSearch *s)
{
    if (s->version)
        return g_strdup_printf(_("version %s"), s->version);
    g_autofree char *at = s->at != INSTANT_NONE ? civil_date_to_text(civil_date_at(s->at)) : NULL;
    return at ? g_strdup_printf(_("as of %s"), at) : g_strdup("");
}

char *code_search_why(const CodeSearch *s)
{
    return g_strdup(s->why);
}
