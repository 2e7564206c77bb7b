/* SPDX-License-Identifier: GPL-3.0-or-later
 * ui/views/login-pin.h — the field for the card's PIN. The login screen comes by itself after a crash or a lock, under
 * the hands of somebody who writes: none of their words may become a try, for a few wrong ones lock the card. So the
 * field takes nothing until the screen stands there and the keys have rested, and nothing that came before.
 * Knows nothing of cards. */
#pragma once
#include "app/viewreg.h"
#include "base/secret.h"

typedef struct LoginPin LoginPin;
LoginPin *login_pin_new(View *v); /* freed before the view */
void login_pin_free(LoginPin *p);

/* It is asked for, anew or again: empty, and closed until the keys have rested. */
void login_pin_ask(LoginPin *p);
/* FALSE: it was typed too early and is dropped. Each key goes through here, also those that the field has no use for. */
gboolean login_pin_takes(LoginPin *p);
void login_pin_input(LoginPin *p, const char *utf8, gboolean paste);
/* What is to be tried, owned; NULL: nothing was typed, or *ret_why says why it is not tried (translated, borrowed). */
SecretBuf *login_pin_take(LoginPin *p, const char **ret_why);
void login_pin_paint(const LoginPin *p, Canvas *c, int row, const char *help);
