/* SPDX-License-Identifier: GPL-3.0-or-later
 * Notes: written, kept as drafts, signed. The editor's own keys are rows done by the focused view. */
#include <glib/gi18n.h>

#include "commands/commands.h"

#define WRITES (CMD_NEEDS_LOGIN | CMD_NEEDS_CARE | CMD_NEEDS_WRITER | CMD_NEEDS_PATIENT)
#define TAKES_NOTES "DocumentReference create"

const Command note_commands[] = {
    {NC_("command", "note-new"), "what:word?", N_("Write a note from a template"), N_("write"), WRITES, CMD_RISK_DRAFT,
     command_open_view, TAKES_NOTES},
    {NC_("command", "note-sign"), NULL, N_("Sign the note that stands on the screen"), N_("sign"),
     WRITES | CMD_NEEDS_SIGNER | CMD_NEEDS_ONLINE, CMD_RISK_SIGN, NULL, TAKES_NOTES},
    {NC_("command", "note-review"), NULL, N_("Show the note as it will be signed"), N_("review"), WRITES, CMD_RISK_DRAFT, NULL},
    {NC_("command", "note-file"), NULL, N_("Put the note in the record unsigned, for someone who may sign"), N_("unsigned"),
     WRITES | CMD_NEEDS_ONLINE, CMD_RISK_WRITE, NULL, TAKES_NOTES ", DocumentReference =preliminary"},
    {NC_("command", "draft-discard"), NULL, N_("Discard this draft"), N_("discard"), CMD_NEEDS_LOGIN, CMD_RISK_DRAFT, NULL},
    {NC_("command", "write-send"), NULL, N_("Send a write that was surely not sent"), N_("send"),
     CMD_NEEDS_LOGIN | CMD_NEEDS_ONLINE, CMD_RISK_WRITE, NULL},
    {NC_("command", "drafts"), NULL, N_("What is not finished: drafts and writes without an answer, the oldest first"), N_("drafts"), CMD_NEEDS_LOGIN, CMD_RISK_NONE,
     command_open_view},
    {NC_("command", "edit-undo"), NULL, N_("Undo"), N_("undo"), 0, CMD_RISK_NONE, NULL},
    {NC_("command", "edit-redo"), NULL, N_("Redo"), N_("redo"), 0, CMD_RISK_NONE, NULL},
    {NC_("command", "edit-newline"), NULL, N_("New line"), N_("new line"), 0, CMD_RISK_NONE, NULL},
    {NC_("command", "edit-delete-back"), NULL, N_("Delete to the left"), N_("delete"), 0, CMD_RISK_NONE, NULL},
    {NC_("command", "edit-delete"), NULL, N_("Delete to the right"), N_("delete"), 0, CMD_RISK_NONE, NULL},
    {NC_("command", "edit-delete-word"), NULL, N_("Delete the word to the left"), N_("del word"), 0, CMD_RISK_NONE, NULL},
    {NC_("command", "edit-delete-line"), NULL, N_("Delete to the start of the line"), N_("del line"), 0, CMD_RISK_NONE, NULL},
    {NC_("command", "edit-word-left"), NULL, N_("One word to the left"), N_("word left"), 0, CMD_RISK_NONE, NULL},
    {NC_("command", "edit-word-right"), NULL, N_("One word to the right"), N_("word right"), 0, CMD_RISK_NONE, NULL},
    {NC_("command", "edit-line-start"), NULL, N_("To the start of the line"), N_("line start"), 0, CMD_RISK_NONE, NULL},
    {NC_("command", "edit-line-end"), NULL, N_("To the end of the line"), N_("line end"), 0, CMD_RISK_NONE, NULL},
    {NC_("command", "edit-mark"), NULL, N_("Begin or end a selection"), N_("mark"), 0, CMD_RISK_NONE, NULL},
    {NC_("command", "edit-cut"), NULL, N_("Cut"), N_("cut"), 0, CMD_RISK_NONE, NULL},
    {NC_("command", "edit-copy"), NULL, N_("Copy"), N_("copy"), 0, CMD_RISK_NONE, NULL},
    {NC_("command", "edit-paste"), NULL, N_("Paste"), N_("paste"), 0, CMD_RISK_NONE, NULL},
    {0}};
