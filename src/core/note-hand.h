/* SPDX-License-Identifier: GPL-3.0-or-later
 * core/note-hand.h — whose hand may take a note in the record back or write a later version of it, and what a later
 * version needs when the note is closed. Asks the record for assignments and for the versions before; what one
 * resource says by itself is rules.h. */
#pragma once
#include "core/core.h"

/* @old is NULL for a create. Fills @reply and returns FALSE when somebody else, or something more, is needed. */
gboolean note_hand_check(Core *core, const CoreRequest *request, const FhirResource *new, const FhirResource *old,
                         CoreReply *reply);
