/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/views/note-offer.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base/text.h"
#include "ui/views/note-edit.h"
#include "ui/views/sending.h"
#include "ui/widgets/list.h"

struct NoteOffers {
    NotePhrases *phrases;
    GPtrArray *found; /* Phrase*, borrowed */
    List *list;
    gboolean shown, named, chosen; /* named: letters stand behind the dot */
    gboolean closed;               /* until another name is begun */
};

static guint row_count(gpointer model)
{
    return ((NoteOffers *)model)->found->len;
}

static gpointer row_at(gpointer model, guint i)
{
    return ((NoteOffers *)model)->found->pdata[i];
}

static const char *row_id(gpointer model, guint i)
{
    return ((Phrase *)row_at(model, i))->name;
}

static char *cell_name(gpointer row, Style *style)
{
    *style = STYLE_STRONG;
    return g_strconcat(".", ((Phrase *)row)->name, NULL);
}

static char *cell_words(gpointer row, Style *style)
{
    const Phrase *p = row;
    if (p->broken)
        *style = STYLE_WARNING;
    return phrase_preview(p);
}

static char *cell_whose(gpointer row, Style *style)
{
    *style = STYLE_DIM;
    return g_strdup(note_phrase_whose(row));
}

static const ListColumn columns[] = {
    {.id = "name", .title = N_("Phrase"), .width = 12, .text = cell_name},
    {.id = "words", .title = N_("Its words"), .width = 30, .grow = TRUE, .text = cell_words},
    {.id = "whose", .title = N_("Whose"), .width = 9, .priority = 1, .text = cell_whose},
    {0}};
static const ListModel model = {row_count, row_at, row_id};

NoteOffers *note_offers_new(NotePhrases *phrases)
{
    NoteOffers *o = g_new0(NoteOffers, 1);
    o->phrases = phrases;
    o->found = g_ptr_array_new();
    o->list = list_new(columns, &model, o);
    return o;
}

void note_offers_free(NoteOffers *o)
{
    if (!o)
        return;
    list_free(o->list);
    g_ptr_array_unref(o->found);
    g_free(o);
}

void note_offers_look(NoteOffers *o, EditorBuffer *b)
{
    GPtrArray *found = note_phrases_offered(o->phrases, b, &o->named);
    o->chosen = FALSE;
    o->closed = o->closed && found && o->named;
    o->shown = found && found->len && !o->closed;
    if (!o->shown) {
        g_clear_pointer(&found, g_ptr_array_unref);
        return;
    }
    g_ptr_array_unref(o->found);
    o->found = found;
    list_refresh(o->list);
    list_select(o->list, 0);
}

void note_offers_leave(NoteOffers *o)
{
    o->shown = o->chosen = FALSE;
}

void note_offers_close(NoteOffers *o)
{
    note_offers_leave(o);
    o->closed = TRUE;
}

gboolean note_offers_shown(const NoteOffers *o)
{
    return o->shown;
}

gboolean note_offers_ready(const NoteOffers *o)
{
    return o->shown && (o->named || o->chosen);
}

gboolean note_offers_chosen(const NoteOffers *o)
{
    return o->shown && o->chosen;
}

gboolean note_offers_key(NoteOffers *o, const char *key, gboolean paste)
{
    static const char *const moves[] = {"<Down>", "<Up>", "<PgDn>", "<PgUp>", NULL};
    gboolean into = strcmp(key, "<Down>") == 0;
    if (paste || !o->shown || !g_strv_contains(moves, key) || (!o->chosen && !into))
        return FALSE;
    if (o->chosen || o->named) /* behind a bare dot the first Down is on the first */
        list_input(o->list, key, FALSE);
    o->chosen = TRUE;
    return TRUE;
}

gboolean note_offers_take(NoteOffers *o, EditorBuffer *b)
{
    int i = list_selected(o->list);
    gboolean any = note_offers_ready(o) && i >= 0 && (guint)i < o->found->len;
    const Phrase *phrase = any ? o->found->pdata[i] : NULL;
    note_offers_leave(o);
    if (phrase)
        note_phrases_take(o->phrases, b, phrase);
    return phrase != NULL;
}

int note_offers_rows(const NoteOffers *o, int max)
{
    int n = (int)o->found->len;
    return o->shown ? MIN(n + 1, max) : 0;
}

void note_offers_paint(NoteOffers *o, Canvas *c)
{
    list_paint(o->list, c, TRUE);
}

/* ---- all of them ---- */

static int by_whose(gconstpointer a, gconstpointer b)
{
    const Phrase *one = *(Phrase *const *)a, *other = *(Phrase *const *)b;
    return one->rank / 2 != other->rank / 2 ? (int)(one->rank / 2) - (int)(other->rank / 2) : text_compare_sv(one->name, other->name);
}

static void on_pick(CmdCall *call, int index, gpointer data)
{
    View *v = shell_find_view(call->app, call->view_id);
    NoteEdit *e = v ? v->state : NULL;
    const GPtrArray *all = data;
    Editor *editor = e ? note_edit_focused(e) : NULL;
    if (editor && index >= 0 && !sending_tells(v->app, e->draft_id)) {
        note_phrases_take(e->phrases, editor_buffer(editor), all->pdata[index]);
        e->save(v);
        view_dirty(v);
    }
    cmd_continue(call, CMD_DONE, NULL);
}

static void unref_all(gpointer all)
{
    g_ptr_array_unref(all);
}

CmdResult note_offers_pick(View *v, CmdCall *call, GError **error)
{
    const NoteEdit *e = v->state;
    if (((NoteSection *)e->note->sections->pdata[e->focus])->entry != NOTE_WORDS) {
        g_set_error_literal(error, APP_ERROR, APP_ERROR_NEEDS, _("This sökord takes no phrase"));
        return CMD_ERROR;
    }
    GPtrArray *all = note_phrases_all(e->phrases);
    g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func(pick_item_free);
    scope_add(call->scope, unref_all, all);
    g_ptr_array_sort(all, by_whose);
    for (guint i = 0; i < all->len; i++) {
        g_autofree char *words = phrase_preview(all->pdata[i]);
        PickItem *item = g_new0(PickItem, 1);
        item->text = g_strconcat(".", ((const Phrase *)all->pdata[i])->name, NULL);
        item->detail = g_strdup_printf("%s · %s", note_phrase_whose(all->pdata[i]), words);
        g_ptr_array_add(items, item);
    }
    v->app->frontend->pick(call, _("Phrases"), items, on_pick, all);
    return CMD_WAIT;
}
