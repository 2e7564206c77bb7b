/* SPDX-License-Identifier: GPL-3.0-or-later
 * ui/views/sign-list.h — the list to sign, shared by its own files and nobody else: the view
 * (sign-list.c), the rows that are read (sign-rows.c), the reasons given against warnings
 * (sign-reason.c) and the signing itself (sign-send.c). The view owns the state. */
#pragma once
#include "chart/basket-sign.h"
#include "chart/prescriber.h"
#include "ui/views/order-draft.h"
#include "ui/views/views.h"

typedef struct {
    char *text;
    Style style;
    int item;        /* index, -1 = none */
    gboolean first;  /* of its item */
    gboolean signs;  /* part of what is signed */
    gboolean shown;  /* has been on the screen */
} SignRow;

typedef struct {
    const OrderData *data;
    GPtrArray *items; /* BasketItem*, oldest first */
    guint unreadable;
    CheckFactsSource *facts;
    PrescriberCodes *codes; /* NULL until there is a prescription */
    GArray *rows;     /* SignRow, of @width */
    char *content;    /* what the rows say; another content is to be read anew */
    int width, top, height;
    guint selected;
    Instant now;      /* the orders' start where it is "now": fixed while they are read */
    gboolean sending;
    char *wanted;     /* id to select */
} SignList;

/* ---- the list (sign-list.c) ---- */

/* Wholly written and checked: it stands to be signed. */
gboolean sign_item_ready(const BasketItem *b);
guint sign_list_ready_count(const SignList *s);
BasketItem *sign_list_chosen(const SignList *s);                /* NULL: the list is empty */
BasketItem *sign_list_item(const SignList *s, const char *id);  /* NULL: not there any more */
/* The items read and checked anew, the rows laid out, the screen due. */
void sign_list_reckon(View *v);

/* The drafts anew, then the same. */
void sign_list_read_anew(View *v);

/* ---- the rows (sign-rows.c) ---- */

/* The rows anew; when they say the same as before, what has been seen stays seen. */
void sign_rows_lay_out(SignList *s);
void sign_rows_scroll(SignList *s, int by);
gboolean sign_rows_move(SignList *s, const char *key); /* FALSE: not a key that moves */
/* To the first order that is not wholly written, then to the one after it; FALSE: there is none. */
gboolean sign_rows_next_unfinished(SignList *s);
/* Every row that is part of what is signed has been on the screen. */
gboolean sign_rows_all_shown(const SignList *s);
void sign_rows_paint(SignList *s, Canvas *c, int from); /* marks what it paints as shown */

/* ---- reasons (sign-reason.c) ---- */

gboolean sign_list_all_answered(const SignList *s);
/* Asks for the reason that is wanted first. */
CmdResult sign_list_give_reason(View *v, CmdCall *call, GError **error);
/* One key: 1–4 is the reason against a high warning; a stop is never answered so. */
gboolean sign_list_quick_reason(View *v, const char *utf8);

/* ---- prescriptions (sign-prescription.c) ---- */

void sign_list_ask_codes(View *v);
char *sign_list_codes_text(const SignList *s, const BasketItem *b); /* under a prescription; NULL under what is none; owned */
gboolean sign_list_codes_settled(const SignList *s);

/* ---- signing (sign-send.c) ---- */

/* What is kept of each of @items (BasketItem*) is what stands here. FALSE with @error: one was changed or taken off at
 * another place meanwhile: the list is to be read anew. */
gboolean sign_list_as_kept(App *app, const SignList *s, const GPtrArray *items, GError **error);
/* Sends all that stand ready; what is signed leaves the list, what is not keeps its failure. */
CmdResult sign_list_sign(View *v, CmdCall *call, GError **error);
