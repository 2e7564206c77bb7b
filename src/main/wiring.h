/* SPDX-License-Identifier: GPL-3.0-or-later
 * main/wiring.h — the parts of one session and how they hang together, shared by wiring.c (life),
 * wire-cards.c (which cards there are), wire-login.c (card to session) and wire-store.c (drafts, place). */
#pragma once
#include "auth/idle.h"
#include "auth/login.h"
#include "auth/reader.h"
#include "main/main.h"
#include "bind/bind.h"
#include "main/observed.h"
#include "store/cache.h"
#include "store/draft.h"
#include "super/channel.h"

struct Wiring {
    App *app;
    const CommandLine *cl;
    int channel;          /* to the supervisor */
    int why;              /* enum super_why */
    int other_version;    /* what has been said of it, plus one */
    guint channel_source, hang_up_source;
    Reader *reader;
    CardClient *card;
    Idle *idle;
    ClientBinding *binding;
    Client *client;       /* before login only its net is used */
    ObservedFile *observed;
    Scope *scope;
    Scope *card_scope;    /* what is asked of the card that is in, until it is another */
    guint card_listener;
    AuthLogin *login;
    AuthSession *session;
    Store *store;
    char *store_dir;
    char *reader_file;    /* training reader; NULL in production */
    char *base_url;       /* of the core as discovery knows it */
    SecretBuf *pin;       /* between the key and the card */
    char *keyring_said;   /* while logging in: what is said of it afterwards */
    char *commission;     /* the default to try first; NULL: let the core say */
    gboolean visit;       /* in and out without a screen: nothing of the person's place is read or kept */
    guint retries, retry_timer; /* of a visit, while rond-core ends with its last client and starts anew */
    struct Printing *printing;
    const char *exercise; /* asked for on the command line: "B04", "" = the list, NULL = none */
    GHashTable *seen;     /* patient → GBytes: what this session has put of it, which the disk may not have yet */
    SigninFn signin;
    gpointer signin_data;
};

void wire_cards(Wiring *w, Services *s);
void wire_cards_end(Wiring *w);
void wire_login(Services *s);
void wire_store(Wiring *w, Services *s);
void wire_print(Wiring *w, Services *s);
void wire_print_pages(Wiring *w, int fd); /* a fresh rond-print, which is taken over; -1: there is none */
void wire_print_ended(Wiring *w, int status, const char *words); /* lp */
void wire_print_end(Wiring *w);
void wire_other_version(Wiring *w, const SuperMsg *m); /* once for each thing there is to say */
void wire_fail(Wiring *w, SigninState state, const char *text);
