/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/code-offer.h — diagnoses whose words stand in a text, to be offered to the person who wrote it. What is
 * denied, of a relative, or only of earlier or as a risk is not offered; what is only suspected is offered as
 * suspected. A miss costs nothing; an offer is a line that somebody reads, says more of and signs, never more. Pure. */
#pragma once
#include "chart/code-list.h"

typedef struct {
    const CodeItem *item;
    gboolean suspected;
} CodeOffer;

typedef struct CodeOffers CodeOffers;
CodeOffers *code_offers_new(const CodeList *codes); /* the list outlives it */
void code_offers_free(CodeOffers *o);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CodeOffers, code_offers_free)
/* One part of a note, in its order: what is said last of a diagnosis stands. @heading: its sökord; NULL. */
void code_offers_read(CodeOffers *o, const char *heading, const char *text);
/* Not to be offered: the patient has it already. @code as it stands in the record, "J18.9". */
void code_offers_known(CodeOffers *o, const char *code);
guint code_offers_count(const CodeOffers *o);
const CodeOffer *code_offers_at(const CodeOffers *o, guint i); /* in the order of the text */
/* What the entry's line begins with: "I48.9, ", "J18.9, misstänkt, ": what is typed next is a word of its own. A code
 * means the same in the unit's list and in the core's. Owned. */
char *code_offer_line(const CodeOffer *offer);
