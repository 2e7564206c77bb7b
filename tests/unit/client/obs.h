/* SPDX-License-Identifier: GPL-3.0-or-later
 * client/obs.h — a value of the patient's in the core. */
#pragma once
#include "client/fixture.h"

#define OBS(id)                                                                                    \
    "{\"resourceType\":\"Observation\",\"id\":\"" id                                               \
    "\",\"status\":\"final\",\"subject\":{\"reference\":\"Patient/p1\"}}"

static inline void put_obs(Fx *f)
{
    minicore_put(f->core, OBS("o1"));
    minicore_put(f->core, OBS("o2"));
}
