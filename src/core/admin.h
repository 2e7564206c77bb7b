/* SPDX-License-Identifier: GPL-3.0-or-later
 * core/admin.h — what a teacher or a test does to a training server over its own Unix socket: set
 * the clock, start over. Refused everywhere else. */
#pragma once
#include "core/core.h"

/* POST /$clock with a spec of base/clock.h as text, or "+SECONDS" to move it. */
void admin_clock(Core *core, const CoreRequest *request, CoreReply *reply);
/* POST /$reset: the training hospital as it was. */
void admin_reset(Core *core, const CoreRequest *request, CoreReply *reply);
