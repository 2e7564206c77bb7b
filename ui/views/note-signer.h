/* SPDX-License-Identifier: GPL-3.0-or-later
 * ui/views/note-signer.h — one of those at the unit who may sign is chosen: whose words a note is that somebody else has
 * written down, or who is asked to countersign. Knows nothing of the note. */
#pragma once
#include "app/app.h"

/* @v: the view the call began in. CMD_WAIT: the call goes on. */
typedef CmdResult (*NoteSignerFn)(View *v, CmdCall *call, const char *id, const char *name, GError **error);
/* @fn once, unless nobody is chosen or the view has gone. @second: for the countersignature, among those who may
 * supervise, not the one who asks. */
CmdResult note_signer_choose(CmdCall *call, gboolean second, NoteSignerFn fn, GError **error);
