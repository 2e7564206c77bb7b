/* SPDX-License-Identifier: GPL-3.0-or-later
 * main/show.h — `rond show LIST [PATIENT]`: the main lists as plain lines, a tab between the cells, for
 * screen readers and scripts. Same card, login, audit and core as the screen, but nothing is painted,
 * nothing is cached and no place is remembered. show-plain.c is the command line, show.c
 * the visit, show-lists.c the lists. */
#pragma once
#include "main/main.h"
#include "client/client.h"

/* The exit codes of rond show; 2 also for a command line that is not understood. */
enum { SHOW_OK = 0, SHOW_FAILED = 1, SHOW_USAGE = 2, SHOW_NOT_KNOWN = 3, SHOW_NO_PATIENT = 4 };

typedef struct Show Show;

typedef struct {
    const char *name, *english; /* either is understood */
    gboolean of_patient;        /* a PATIENT follows */
    const char *text;           /* N_() */
    const char *columns;        /* N_(), tab between; NULL = lines "what<tab>value" */
    void (*run)(Show *show, PatientCtx *patient); /* async; ends with show_done() */
} ShowList;
extern const ShowList show_table[]; /* name NULL at the end */

typedef struct ShowRequest {
    const ShowList *list;
    char *patient;          /* name or number as written */
    const char *commission; /* HSA-id of the assignment; NULL = the first */
    int *result;            /* shared with the supervisor */
} ShowRequest;

int plain_show(int argc, char **argv, CommandLine *cl);
int show_session(const SuperBoot *boot, void *command_line);
/* One line of help for each list: @fn(usage, text). */
void show_each_usage(void (*fn)(const char *usage, const char *text));

/* Lines with tabs as a table of at most @cols columns; @heading: the first names them. Owned. */
char *show_table_text(const char *rows, gboolean heading, int cols);

/* ---- for the lists ---- */
Client *show_client(Show *show);
Scope *show_scope(Show *show);
const Who *show_who(Show *show);
/* A row; cells are made safe to print, NULL = empty. Ends with NULL. */
void show_row(Show *show, const char *first, ...) G_GNUC_NULL_TERMINATED;
guint show_rows(const Show *show); /* so far */
/* A sentence about the whole, before the rows. */
void show_say(Show *show, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* Something is not known: said in words, and the exit code tells it. */
void show_not_known(Show *show, const char *why);
void show_doubt(Show *show, const char *sentence); /* the same, where the sentence says it itself */
void show_done(Show *show);
