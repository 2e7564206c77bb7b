/* SPDX-License-Identifier: GPL-3.0-or-later
 * replay/signin.h — the program's own way in on a screen in memory: the real login from card to session
 * against a replayed core. Only the card is made up: it answers from this process. */
#pragma once
#include "replay/replay.h"

/* The next program on a screen starts where one logs in; @story is taken. */
void signin_play(Story *story);
Replay *signin_replay(void); /* of the program that runs */
