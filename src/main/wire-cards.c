/* SPDX-License-Identifier: GPL-3.0-or-later
 * The cards one can log in with: the one in the reader, in training those of the exercise reader. */
#include <glib/gi18n.h>
#include <string.h>

#include "base/event.h"
#include "base/table.h"
#include "base/xdg.h"
#include "card/training.h"
#include "main/wiring.h"

static void training_cards(Wiring *w, GPtrArray *out)
{
    g_autofree char *path = data_path("seed/cards.tsv");
    g_autoptr(Table) table = table_load(path, 0, NULL);
    for (guint i = 0; table && i < table_rows(table); i++) {
        CardChoice *c = g_new0(CardChoice, 1);
        c->label = g_strdup(table_cell(table, i, "card"));
        c->name = g_strdup_printf("%s %s, %s", table_cell(table, i, "given"), table_cell(table, i, "family"), c->label);
        c->inserted = w->reader && reader_present(w->reader) && strcmp(reader_label(w->reader), c->label) == 0;
        g_ptr_array_add(out, c);
    }
}

static GPtrArray *s_cards(gpointer self)
{
    Wiring *w = self;
    GPtrArray *out = g_ptr_array_new_with_free_func((GDestroyNotify)card_choice_free);
    if (w->app->training) {
        training_cards(w, out);
    } else if (w->reader && reader_present(w->reader)) {
        CardChoice *c = g_new0(CardChoice, 1);
        c->label = g_strdup("");
        c->name = g_strdup(_("card in the reader"));
        c->inserted = TRUE;
        g_ptr_array_add(out, c);
    }
    return out;
}

static void s_insert(gpointer self, const char *label)
{
    Wiring *w = self;
    if (!w->reader_file)
        return;
    if (label)
        training_reader_insert(w->reader_file, label);
    else
        training_reader_pull(w->reader_file);
}

static gboolean s_card_present(gpointer self)
{
    Wiring *w = self;
    return w->reader && reader_present(w->reader);
}

/* Before anybody waits for a card that cannot be seen. */
static void on_card_check(const CardReply *reply, gpointer data)
{
    Wiring *w = data;
    if (reply->status == CARD_NO_MODULE)
        w->app->frontend->status(w->app, STATUS_ERROR, _(card_sentence(reply->status, reply->flags)));
}

/* Another card is another person, who begins anew: what was begun with the one before never gets their PIN. */
static void on_card(const Event *event, gpointer data)
{
    Wiring *w = data;
    if (w->app->who || g_strcmp0(event->text, "present") == 0)
        return;
    scope_close(w->card_scope);
    w->card_scope = scope_new();
    if (w->login || w->pin)
        wire_fail(w, SIGNIN_FAILED, _("The card was pulled"));
}

void wire_cards_end(Wiring *w)
{
    event_unlisten(w->card_listener);
    scope_close(w->card_scope);
}

void wire_cards(Wiring *w, Services *s)
{
    w->card_scope = scope_new();
    w->card_listener = event_listen(EVENT_CARD, on_card, w);
    if (!w->app->training)
        card_list(w->card, w->scope, on_card_check, w);
    s->cards = s_cards;
    s->insert = s_insert;
    s->card_present = s_card_present;
}
