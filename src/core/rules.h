/* SPDX-License-Identifier: GPL-3.0-or-later
 * core/rules.h — what the record refuses whoever asks: changes to signed notes, signatures in
 * somebody else's name, diary times taken without saying which version. Pure. */
#pragma once
#include "core/core.h"

/* @old is NULL for a create. Fills @reply and returns FALSE when @new breaks a rule. */
gboolean rules_check(const CoreRequest *request, const FhirResource *new, const FhirResource *old,
                     CoreReply *reply);
