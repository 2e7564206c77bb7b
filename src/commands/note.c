/* SPDX-License-Identifier: GPL-3.0-or-later
 * Notes: written, kept as drafts, signed. The editor's own keys are rows done by the focused view. */
#include <glib/gi18n.h>

#include "commands/commands.h"

#define WRITES (CMD_NEEDS_LOGIN | CMD_NEEDS_CARE | CMD_NEEDS_WRITER | CMD_NEEDS_PATIENT)
#define TAKES_NOTES "DocumentReference create"
#define CHANGES_NOTES TAKES_NOTES ", DocumentReference update"

const Command note_commands[] = {
    {NC_("command", "note-new"), "what:word?", N_("Write a note from a template"), N_("write"), WRITES, CMD_RISK_DRAFT,
     command_open_view, TAKES_NOTES},
    {NC_("command", "note-sign"), NULL, N_("Sign the note that stands on the screen"), N_("sign"),
     WRITES | CMD_NEEDS_SIGNER | CMD_NEEDS_ONLINE, CMD_RISK_SIGN, NULL, TAKES_NOTES},
    {NC_("command", "note-review"), NULL, N_("Show the note as it will be signed"), N_("review"), WRITES, CMD_RISK_DRAFT, NULL},
    {NC_("command", "note-file"), NULL, N_("Put the note in the record unsigned, for someone who may sign"), N_("unsigned"),
     WRITES | CMD_NEEDS_ONLINE, CMD_RISK_WRITE, NULL, TAKES_NOTES ", DocumentReference =preliminary"},
    {NC_("command", "note-countersign"), NULL, N_("Countersign the note that stands on the screen, as a second person"), N_("countersign"),
     WRITES | CMD_NEEDS_SUPERVISOR | CMD_NEEDS_ONLINE, CMD_RISK_SIGN, NULL, CHANGES_NOTES},
    {NC_("command", "note-second"), NULL, N_("Begin to countersign the note, as a second person; again ends it"), N_("countersign"),
     WRITES | CMD_NEEDS_SUPERVISOR, CMD_RISK_NONE, NULL, CHANGES_NOTES},
    {NC_("command", "note-change"), NULL, N_("Change the note while it is open: a new version, the old one stays readable"), N_("change"),
     WRITES, CMD_RISK_DRAFT, NULL, CHANGES_NOTES},
    {NC_("command", "note-correct"), NULL, N_("Correct the note with a reason: a new version, the old one stays readable"), N_("correct"),
     WRITES | CMD_NEEDS_SIGNER, CMD_RISK_DRAFT, NULL, CHANGES_NOTES},
    {NC_("command", "note-append"), NULL, N_("Add to the note, which stays as it is"), N_("add to"), WRITES, CMD_RISK_DRAFT, NULL,
     TAKES_NOTES},
    {NC_("command", "note-transcribe"), NULL, N_("Write down the dictation"), N_("transcribe"), WRITES, CMD_RISK_DRAFT, NULL,
     CHANGES_NOTES},
    {NC_("command", "note-strike"), NULL, N_("Strike the note with a reason; it stays readable, struck through"), N_("strike"),
     WRITES | CMD_NEEDS_SIGNER | CMD_NEEDS_ONLINE, CMD_RISK_WRITE, NULL, CHANGES_NOTES},
    {NC_("command", "note-rebase"), NULL, N_("Go on with your text from what somebody else has written meanwhile"), N_("from theirs"),
     WRITES, CMD_RISK_DRAFT, NULL},
    {NC_("command", "to-sign"), NULL, N_("The notes that wait for you, the oldest first: to sign, or to transcribe"), N_("to sign"),
     CMD_NEEDS_LOGIN | CMD_NEEDS_CARE, CMD_RISK_READ, command_open_view},
    {NC_("command", "notes-sign"), NULL, N_("Sign the notes that have been read to their last line"), N_("sign"),
     CMD_NEEDS_LOGIN | CMD_NEEDS_CARE | CMD_NEEDS_WRITER | CMD_NEEDS_SIGNER | CMD_NEEDS_ONLINE, CMD_RISK_SIGN, NULL, CHANGES_NOTES},
    {NC_("command", "note-leave-out"), NULL, N_("Leave this note out of those that will be signed now, or take it back"), N_("leave out"),
     CMD_NEEDS_LOGIN | CMD_NEEDS_CARE, CMD_RISK_NONE, NULL},
    {NC_("command", "draft-discard"), NULL, N_("Discard this draft"), N_("discard"), CMD_NEEDS_LOGIN | CMD_NEEDS_ROW, CMD_RISK_DRAFT, NULL},
    {NC_("command", "write-send"), NULL, N_("Send a write that was surely not sent"), N_("send"),
     CMD_NEEDS_LOGIN | CMD_NEEDS_ROW | CMD_NEEDS_ONLINE, CMD_RISK_WRITE, NULL},
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
