/* SPDX-License-Identifier: GPL-3.0-or-later
 * replay/play.h — a story played to the real program on a screen in memory: where its answers are seen,
 * and what was seen there. Knows no hostile answers. */
#pragma once
#include "replay/hostile.h"
#include "replay/replay.h"
#include "tests/screen/drive.h"

Story *play_world(GError **error); /* world.json of ROND_REPLAY */
/* A rule before the others: an answer of @type (NULL: FHIR JSON). @body is taken. */
StoryAnswer *play_answer(Story *story, const char *method, const char *path, guint status, const char *type,
                         GBytes *body);
/* Starts the program on @story, which is taken. */
gboolean play_begin(Drive *d, Story *story, GError **error);
/* Goes to @place and writes down every screen on the way. */
void play_go(const Drive *d, Place place, const char *query, GString *seen);
/* What the story did not expect; "" when nothing. Borrowed. */
const char *play_faults(const Drive *d);
