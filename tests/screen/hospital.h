/* SPDX-License-Identifier: GPL-3.0-or-later
 * tests/screen/hospital.h — the training hospital behind a screen test: a rond-core of its own on a
 * copy of a database made at build time (ROND_HOSPITAL), at the script's time, and a client logged in
 * with an assignment. Or a replayed story. Owns process, client and the directory that all of it lies in. */
#pragma once
#include "app/app.h"
#include "replay/replay.h"
#include "support/minicore.h"

typedef struct Hospital Hospital;

/* The next hospital is this story instead, played in this process; taken. */
void hospital_play(Story *story);
void hospital_renews(void); /* and its login can be renewed: "b-token" comes for "a-token" */
Replay *hospital_replay(Hospital *h); /* NULL: a rond-core */

/* @commission: HSA-id of an assignment. Fills in app->who and app->client before it returns. */
Hospital *hospital_new(App *app, const char *commission, GError **error);
void hospital_free(Hospital *h);
MemStore *hospital_store(Hospital *h); /* the person's, in memory: support/minicore.h */
void hospital_stop(Hospital *h); /* the core is gone */
/* Something asked of the core has not been answered. */
gboolean hospital_busy(const Hospital *h);
/* How many resources, access events left out, the core holds that were changed since it started: its
 * clock stands still. */
guint hospital_changed(const Hospital *h);
