/* SPDX-License-Identifier: GPL-3.0-or-later
 * ui/views/note-ask.h — a colleague is asked to countersign a note: chosen, asked, and the receipt. */
#pragma once
#include "app/app.h"

CmdResult note_ask_run(View *v, CmdCall *call, const FhirResource *document, GError **error);
