/* SPDX-License-Identifier: GPL-3.0-or-later
 * core/rules.h — what the record refuses whoever asks: changes to the words of notes, signatures in
 * somebody else's name, diary times taken without saying which version. Pure. */
#pragma once
#include "core/core.h"

/* The reference at @path is to who asks, as a person or in their role. */
gboolean rules_is_self(const CoreRequest *request, FhirNode node, const char *path);
gboolean rules_is_signed(const FhirResource *note);

/* @old is NULL for a create. Fills @reply and returns FALSE when @new breaks a rule. */
gboolean rules_check(const CoreRequest *request, const FhirResource *new, const FhirResource *old,
                     CoreReply *reply);
/* @new says of a note that there is a later version: that one must be there. */
gboolean rules_supersedes(const FhirResource *new, const FhirResource *old);
/* The note that @new is the later version or the transcription of: it must still be the last one. NULL:
 * none. Owned. */
char *rules_replaced(const FhirResource *new);
