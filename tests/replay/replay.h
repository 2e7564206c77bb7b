/* SPDX-License-Identifier: GPL-3.0-or-later
 * replay/replay.h — plays a story as an HTTP server in the caller's own main loop: real sockets, real
 * bytes, delays on base/clock, so in virtual time where a test has one. What was not expected is
 * answered with 501 and kept as a fault. */
#pragma once
#include "replay/story.h"

typedef struct Replay Replay;

/* @story is taken. @socket: a Unix socket's path; NULL: loopback TCP. The base path is "/fhir". */
Replay *replay_new(Story *story, const char *socket);
void replay_free(Replay *replay);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Replay, replay_free)
const char *replay_origin(const Replay *replay);
Story *replay_story(Replay *replay);

/* What went otherwise than told: unexpected requests, steps out of order. Lines; "" when nothing. */
const char *replay_faults(const Replay *replay);
/* The same, and steps and rules with a number of times that were not asked for. Owned. */
char *replay_verdict(const Replay *replay);
guint replay_requests(const Replay *replay);
guint replay_resting(const Replay *replay);  /* answers that wait for the clock, or never come */
gsize replay_bytes(const Replay *replay); /* sent so far, heads and bodies */
/* Every request, "METHOD path?query" a line: what was asked, in order. */
const char *replay_log(const Replay *replay);
/* Close after that byte of all answers together, once; what is asked later is answered. 0 = never. */
void replay_cut_at(Replay *replay, gsize bytes);
