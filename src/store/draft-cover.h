/* SPDX-License-Identifier: GPL-3.0-or-later
 * store/draft-cover.h — how many drafts there are, and whether there is any, is not to be seen without the key. Each draft
 * has a slot, and there are 8, 16, … slots, whose rest hold drafts of nothing that nobody is shown. Whatever is saved is
 * one round: a row of the same number and length in every slot. One that begins takes the place of one of nothing, and
 * the other way round when it ends. Rows are what they always were: an earlier rond reads them, and passes over kinds
 * that it does not know. Only draft.c and keys.c include it. */
#pragma once
#include "store/draft-journal.h"

gboolean cover_is_nothing(const DraftLive *live);
/* What is there is as the last round left it: its rows may go on. Else it is saved whole. */
gboolean cover_in_step(const Store *store, const DraftLive *live);
/* The next round into @write, with @edit of @live, which is among the store's drafts; NULL: nothing but cover. */
void cover_round(Store *store, Write *write, DraftLive *live, const DraftEdit *edit);
/* The same when a draft has been taken out: one of nothing comes in its place. */
void cover_leave(Store *store, Write *write);
/* The last round once more, with every draft whole: the rows before it need not be there. */
void cover_whole(Store *store, Write *write);

/* At the unlock: the slots as they must be, where an earlier rond or a sudden end has left others. Best effort: what is
 * out of step is saved whole the next time. Returns the number of the last round, and how many are not folded. */
gint64 cover_set_up(Db *db, const Sealer *sealer, GHashTable *drafts, guint *ret_rounds);
/* On the worker: the rows of every slot into one. */
gboolean cover_fold(Store *store, gpointer arg, gint64 *ret_id, GError **error);
