/* SPDX-License-Identifier: GPL-3.0-or-later
 * client/send.h — puts a write on the wire and reads what the core said of it. Persists nothing.
 * Nothing outside src/client includes it. */
#pragma once
#include "client/outbox.h"

/* All items that are SENDING: in one transaction, or the one in hand. Sets their states. */
void write_send_transaction(Write *w, WriteStep then);
void write_send_item(Write *w, WriteStep then);
/* The id that a new resource's Provenance is put under, so that a second time makes no second one; NULL =
 * this core gives it one, and then each time another. */
char *write_provenance_id(const Client *client, const Item *item);
