/* SPDX-License-Identifier: GPL-3.0-or-later
 * core/interact.h — the FHIR interactions on one resource: read, versions, create, update, patch.
 * Each fills the reply. Writes run inside the caller's transaction. */
#pragma once
#include "core/core.h"

void interact_read(Core *core, const CoreRequest *request, const char *type, const char *id,
                   CoreReply *reply);
void interact_vread(Core *core, const char *type, const char *id, const char *version,
                    CoreReply *reply);
void interact_history(Core *core, const char *type, const char *id, CoreReply *reply);
void interact_create(Core *core, const CoreRequest *request, const char *type, CoreReply *reply);
void interact_update(Core *core, const CoreRequest *request, const char *type, const char *id,
                     CoreReply *reply);
/* PUT Type?query */
void interact_update_where(Core *core, const CoreRequest *request, const char *type,
                           CoreReply *reply);
void interact_patch(Core *core, const CoreRequest *request, const char *type, const char *id,
                    CoreReply *reply);
/* The body as a resource of @type, or NULL with an outcome. */
FhirResource *interact_body(const CoreRequest *request, const char *type, CoreReply *reply);
