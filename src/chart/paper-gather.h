/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/paper-gather.h — a chosen part of the record is asked for, and when all of it has been answered
 * or refused it is set on a paper, once: what comes later is another print. Knows no screen. */
#pragma once
#include "chart/paper.h"
#include "client/client.h"

typedef enum {
    PAPER_ALERTS,
    PAPER_PROBLEMS,
    PAPER_MEDICINES,
    PAPER_VITALS,
    PAPER_RESULTS,
    PAPER_NOTES,
    PAPER_OWN_LIST, /* from here on: for the patient to take home */
    PAPER_PRESCRIPTIONS,
    PAPER_DISCHARGE,
    PAPER_PARTS
} PaperPart;
const char *paper_part_words(PaperPart part); /* translated */

typedef struct {
    gboolean parts[PAPER_PARTS];
    char **notes;   /* their ids, in order; NULL: all */
    gboolean alone; /* one note, with what was added to it */
    char *words;    /* how the notes were chosen; NULL */
} PaperChoice;
void paper_choice_clear(PaperChoice *c);

/* Takes the paper over. Never from inside the call; may close the scope. */
typedef void (*PaperFn)(Paper *paper, gpointer data);
/* @choice and @by are used until then. */
void paper_gather(Client *client, Scope *scope, PatientCtx *patient, const PaperChoice *choice, const PaperMaker *by, PaperFn fn,
                  gpointer data);
