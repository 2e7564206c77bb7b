/* SPDX-License-Identifier: GPL-3.0-or-later
 * core/token.h — POST /token and the bearer tokens it gives. A card's assertion plus an assignment
 * (claim commissionHsaId) become an opaque token; only its hash is kept. Grants: client_credentials
 * with client_assertion, and jwt-bearer with assertion. The answer's members:
 *   access_token token_type expires_in scope fhirUser name employeeHsaId
 *   commissionHsaId commissionName commissionPurpose healthCareUnitHsaId healthCareUnitName
 *   practitionerRole ("PractitionerRole/id") unit ("Organization/id") role
 * Without a valid assignment: 400 invalid_grant with commissions: [{hsaId,name,purpose,unit}]. */
#pragma once
#include "core/core.h"

void token_answer(Core *core, const CoreRequest *request, CoreReply *reply);
/* NULL when @authorization is no "Bearer" of a token that holds. */
Session *token_session(Core *core, const char *authorization);
/* A token without a card, for tests and exercise checks on a training database. Owned; NULL when
 * there is no such assignment. */
char *token_mint(Core *core, const char *commission_hsa_id, GError **error);

typedef struct {
    const char *practitioner, *hsa_id, *name;           /* who */
    const char *role_id, *commission, *commission_name; /* with which assignment */
} LoginLog;
/* Its own transaction. FALSE: not written, so nobody may be let in. */
gboolean token_log_login(Core *core, const LoginLog *login, GError **error);
