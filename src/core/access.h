/* SPDX-License-Identifier: GPL-3.0-or-later
 * core/access.h — who may do what: one table of roles and one of what each write needs. The role of
 * the assignment decides, its purpose must be care. Knows nothing of tokens or SQL. */
#pragma once
#include "core/core.h"

/* The role whose words or code a PractitionerRole.code holds; the role with fewest rights when none. */
const AccessRole *access_role(const FhirResource *practitioner_role);
const char *access_role_code(const AccessRole *role);
/* commissionPurpose of a PractitionerRole; owned, "" when it has none. */
char *access_purpose(const FhirResource *practitioner_role);

gboolean access_may_read(const Core *core, const Session *session, const char *type);
/* Fill @reply with a 403 that says who may, and return FALSE, when @session may not. @old is the
 * current version or NULL. */
gboolean access_check_read(const Core *core, const Session *session, const char *type,
                           CoreReply *reply);
gboolean access_check_write(const Core *core, const Session *session, const FhirResource *new,
                            const FhirResource *old, CoreReply *reply);
/* SMART v2 scopes that the role has: "user/Patient.rs …". Owned. */
char *access_scopes(const Core *core, const Session *session);
