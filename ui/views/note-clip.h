/* SPDX-License-Identifier: GPL-3.0-or-later
 * ui/views/note-clip.h — text that was cut or copied from a note, to be pasted into another of the same
 * patient and into no other's. It ends with the session and is on no disk. */
#pragma once
#include "app/viewreg.h"
#include "ui/widgets/editor.h"

/* An editor of @v, which must outlive it; @v's patient is the text's. What it has no room for is told. Owned. */
Editor *note_clip_editor(View *v, const char *text);
