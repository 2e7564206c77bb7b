/* SPDX-License-Identifier: GPL-3.0-or-later
 * core/capability.h — what this server can, told to clients: CapabilityStatement and SMART
 * configuration, from the tables in params.h. */
#pragma once
#include "core/core.h"

void capability_answer(Core *core, const CoreRequest *request, CoreReply *reply);
void capability_smart(Core *core, const CoreRequest *request, CoreReply *reply);
