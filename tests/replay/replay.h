/* SPDX-License-Identifier: GPL-3.0-or-later
 * replay/replay.h — plays a story as an HTTP server in the caller's own main loop: real sockets, real
 * bytes, delays on base/clock, so in virtual time where a test has one. What was not expected is
 * answered with 501 and kept as a fault. */
#pragma once
#include "replay/story.h"

typedef struct Replay Replay;

/* @story is taken. @socket: a Unix socket's path, with no base path, as a training core's; NULL: loopback
 * TCP, with the base path "/fhir". */
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

/* What went, one a request that the story knew, in the order asked; before a batch each of its questions. */
typedef struct {
    const StoryRule *rule;
    guint index, use; /* the rule's place in the story, steps first (G_MAXUINT: in a batch); which of its uses, from 0 */
    guint number;     /* of the request */
    gsize bytes;      /* head and body; 0 = nothing went */
    gboolean whole;   /* all of it */
} ReplayAnswer;
const ReplayAnswer *replay_answers(const Replay *replay, guint *ret_n); /* borrowed until the next request */
/* How many of that name went whole. */
guint replay_whole(const Replay *replay, const char *name);
guint replay_asked(const Replay *replay, const char *name); /* came, whatever was answered */

/* One answer goes wrong: that use of that rule. */
typedef enum { REPLAY_CUT, REPLAY_DROP, REPLAY_HANG, REPLAY_DELAY, REPLAY_DRIP, REPLAY_LONGER, REPLAY_SHORTER, REPLAY_OVERTAKEN,
               REPLAY_KINDS } ReplayFaultKind;
typedef struct {
    ReplayFaultKind kind;
    guint index, use;
    gsize at;      /* CUT: after so many bytes; SHORTER: so many too few are said */
    gboolean gone; /* from then on nobody answers, until replay_mend() */
} ReplayFault;
void replay_fault(Replay *replay, const ReplayFault *fault);
gboolean replay_struck(const Replay *replay); /* it came to that answer */
void replay_mend(Replay *replay);

/* Close after that byte of all answers together, once; what is asked later is answered. 0 = never. */
void replay_cut_at(Replay *replay, gsize bytes);
