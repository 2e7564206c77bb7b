/* SPDX-License-Identifier: GPL-3.0-or-later
 * ui/views/note-signer.h — whose words a note is that somebody else has written down: one of those at the
 * unit who may sign is chosen. Knows nothing of the note. */
#pragma once
#include "app/app.h"

/* @v: the view the call began in. CMD_WAIT: the call goes on. */
typedef CmdResult (*NoteSignerFn)(View *v, CmdCall *call, const char *id, const char *name, GError **error);
/* @fn once, unless nobody is chosen or the view has gone. */
CmdResult note_signer_choose(CmdCall *call, NoteSignerFn fn, GError **error);
