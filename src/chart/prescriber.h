/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/prescriber.h — the codes that stand on a prescription: of who prescribes (förskrivarkod) and of where
 * (arbetsplatskod), as the core has them with the person and the unit. What the core does not say is missing,
 * never made up. */
#pragma once
#include "client/client.h"

typedef struct PrescriberCodes PrescriberCodes;

/* @fn when both have been answered or refused; not after @scope is closed. The codes end with the scope. */
typedef void (*PrescriberFn)(gpointer data);
PrescriberCodes *prescriber_codes_ask(Client *client, Scope *scope, const char *practitioner, const char *unit, PrescriberFn fn,
                                      gpointer data);
gboolean prescriber_codes_settled(const PrescriberCodes *c);
const char *prescriber_code(const PrescriberCodes *c); /* NULL: the core has none, or has not said */
const char *prescriber_workplace(const PrescriberCodes *c);
/* "förskrivarkod 9000010, arbetsplatskod saknas"; words of the record, owned. */
char *prescriber_codes_text(const PrescriberCodes *c);

/* The first identifier of that system in an array of them, or in those of its qualifications; owned, NULL. */
char *prescriber_identifier(const FhirResource *r, const char *system);
