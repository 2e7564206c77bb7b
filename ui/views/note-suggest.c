/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/views/note-suggest.h"

#include <glib/gi18n.h>

#include "base/text.h"
#include "chart/code-offer.h"
#include "chart/entry.h"
#include "chart/feed.h"
#include "ui/hintbar.h"
#include "ui/views/entry.h"

struct NoteSuggest {
    View *v;
    CodeOffers *offers; /* NULL: none may be written here */
};

NoteSuggest *note_suggest_new(View *v, const Note *note)
{
    NoteSuggest *o = g_new0(NoteSuggest, 1);
    const CodeList *codes = entry_codes(ENTRY_DIAGNOSIS, NULL);
    o->v = v;
    if (!codes || !(v->app->who->rights & CMD_NEEDS_CODER) || client_cannot(v->app->client, "Condition create"))
        return o;
    o->offers = code_offers_new(codes);
    for (guint i = 0; i < note->sections->len; i++) {
        const NoteSection *s = note->sections->pdata[i];
        code_offers_read(o->offers, s->title, s->text);
    }
    return o;
}

void note_suggest_free(NoteSuggest *o)
{
    if (!o)
        return;
    code_offers_free(o->offers);
    g_free(o);
}

static void on_problems(Feed *feed, gpointer data)
{
    NoteSuggest *o = data;
    const FeedState *f = feed_state(feed);
    for (guint i = 0; i < f->items->len; i++) {
        FhirNode root = fhir_root(f->items->pdata[i]);
        g_autofree char *code = fhir_concept_code(root, "code", NULL);
        if (code)
            code_offers_known(o->offers, code);
    }
    view_dirty(o->v);
}

void note_suggest_load(NoteSuggest *o)
{
    if (o->offers && code_offers_count(o->offers))
        feed_watch(o->v->app->client, o->v->scope, o->v->patient, FEED_PROBLEMS, on_problems, o);
}

static char *words_of(const NoteSuggest *o)
{
    GString *s = g_string_new(NULL);
    for (guint i = 0; i < code_offers_count(o->offers); i++) {
        const CodeOffer *offer = code_offers_at(o->offers, i);
        g_string_append_printf(s, "%s%s %s%s", i ? " · " : "", offer->item->code, offer->item->text, offer->suspected ? "?" : "");
    }
    return g_string_free(s, FALSE);
}

void note_suggest_paint(const NoteSuggest *o, Canvas *c, int row, int from)
{
    int room = canvas_cols(c) - from - 1;
    if (!o->offers || !code_offers_count(o->offers))
        return;
    const char *keys = keymap_keys_for(o->v->app->keymap, "note-review", "diagnosis-offered");
    g_autofree char *key = keys ? hintbar_key_text(keys) : g_strdup(_("Diagnosis")), *words = words_of(o);
    g_autofree char *all = g_strdup_printf(_("%s offers: %s"), key, words), *cut = text_ellipsis(all, room);
    if (room > 12)
        canvas_text(c, row, canvas_cols(c) - 1 - text_width(cut, -1), STYLE_DIM, cut);
}

/* ---- opening one ---- */

static gboolean open_line(View *v, const char *line, GError **error)
{
    g_autofree char *arg = g_strconcat(ENTRY_OFFERED, line, NULL);
    return v->app->frontend->open_view(v->app, "diagnosis-new", v->patient, arg, error) != NULL;
}

static void on_pick(CmdCall *call, int index, gpointer data)
{
    View *v = shell_find_view(call->app, call->view_id);
    const GPtrArray *lines = data;
    GError *error = NULL;
    gboolean ok = !v || index < 0 || open_line(v, lines->pdata[index], &error);
    cmd_continue(call, ok ? CMD_DONE : CMD_ERROR, error);
}

static void unref_all(gpointer all)
{
    g_ptr_array_unref(all);
}

/* What is chosen is what stood in the list, whatever is known of the patient meanwhile. */
static CmdResult pick(NoteSuggest *o, CmdCall *call)
{
    GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func(pick_item_free);
    scope_add(call->scope, unref_all, lines);
    for (guint i = 0; i < code_offers_count(o->offers); i++) {
        const CodeOffer *offer = code_offers_at(o->offers, i);
        PickItem *item = g_new0(PickItem, 1);
        item->text = g_strconcat(offer->item->text, offer->suspected ? "?" : "", NULL);
        item->detail = g_strdup(offer->item->code);
        g_ptr_array_add(items, item);
        g_ptr_array_add(lines, code_offer_line(offer));
    }
    call->app->frontend->pick(call, _("Diagnosis"), items, on_pick, lines);
    return CMD_WAIT;
}

CmdResult note_suggest_open(NoteSuggest *o, CmdCall *call, GError **error)
{
    guint n = o->offers ? code_offers_count(o->offers) : 0;
    if (n == 0) {
        g_set_error_literal(error, APP_ERROR, APP_ERROR_NEEDS, _("The words of the note suggest no diagnosis that the patient does not have already"));
        return CMD_ERROR;
    }
    if (n > 1)
        return pick(o, call);
    g_autofree char *line = code_offer_line(code_offers_at(o->offers, 0));
    return open_line(o->v, line, error) ? CMD_DONE : CMD_ERROR;
}
