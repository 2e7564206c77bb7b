/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/note-written.h — what the two files that write notes share (note-sign.c, note-attest.c). */
#pragma once
#include "chart/note-sign.h"
#include "client/write.h"

/* The last of @writes is the note itself; @text: the words it must hold when it has been read back. */
void note_write(Client *client, Scope *scope, PatientCtx *patient, const ClientWrite *writes, guint n, const char *text,
                NoteSignedFn fn, gpointer data);
const ClientWriteItem *note_conflict(const ClientWriteResult *result); /* NULL: none */
