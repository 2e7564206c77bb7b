/* SPDX-License-Identifier: GPL-3.0-or-later
 * tests/screen/speller.h — a spelling helper that is played in the program itself: it knows one table of misspelt
 * words and what is offered for them; every other word is right. Made of App.speller alone. */
#pragma once
#include "app/app.h"

typedef struct FakeSpeller FakeSpeller;
/* Sets app->speller. @delay: ms of the program's clock before it tells what it offers. */
FakeSpeller *fake_speller_new(App *app, guint delay);
void fake_speller_free(FakeSpeller *f);
