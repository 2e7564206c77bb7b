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

CmdResult note_suggest_open(NoteSuggest *o, GError **error)
{
    if (!o->offers || !code_offers_count(o->offers)) {
        g_set_error_literal(error, APP_ERROR, APP_ERROR_NEEDS, _("The words of the note suggest no diagnosis that the patient does not have already"));
        return CMD_ERROR;
    }
    g_autofree char *line = code_offer_line(code_offers_at(o->offers, 0)), *arg = g_strconcat(ENTRY_OFFERED, line, NULL);
    return o->v->app->frontend->open_view(o->v->app, "diagnosis-new", o->v->patient, arg, error) ? CMD_DONE : CMD_ERROR;
}
