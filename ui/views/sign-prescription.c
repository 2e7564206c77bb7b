/* SPDX-License-Identifier: GPL-3.0-or-later
 * Prescriptions on the list to sign: the codes of who prescribes and of where stand under each, and what the core
 * does not have is named before it is signed. Asked for once, when there is a prescription. */
#include "ui/views/sign-list.h"

static gboolean any_prescription(const SignList *s)
{
    for (guint i = 0; i < s->items->len; i++) {
        const BasketItem *b = s->items->pdata[i];
        if (b->order && b->order->supply.wanted)
            return TRUE;
    }
    return FALSE;
}

static void on_codes(gpointer data)
{
    sign_list_reckon(data);
}

void sign_list_ask_codes(View *v)
{
    SignList *s = v->state;
    const Who *who = v->app->who;
    if (!s->codes && v->app->client && any_prescription(s))
        s->codes = prescriber_codes_ask(v->app->client, v->scope, who->practitioner, who->unit, on_codes, v);
}

char *sign_list_codes_text(const SignList *s, const BasketItem *b)
{
    return b->order && b->order->supply.wanted ? prescriber_codes_text(s->codes) : NULL;
}

gboolean sign_list_codes_settled(const SignList *s)
{
    return !any_prescription(s) || prescriber_codes_settled(s->codes);
}
