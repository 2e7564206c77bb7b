/* SPDX-License-Identifier: GPL-3.0-or-later
 * main/diag.h — `rond diag`: what rond sees of this machine and of the core, a line each, for support.
 * No card, no login, no patient data. diag.c is the order and the machine, diag-core.c what the core
 * says, diag-swap.c whether what is swapped out lies open on a disk. */
#pragma once
#include "main/main.h"

typedef enum { DIAG_OK, DIAG_NOTE, DIAG_FAULT } DiagState;

/* One line; counts the faults. @what translated; the rest is made safe to print. */
void diag_say(DiagState state, const char *what, const char *format, ...) G_GNUC_PRINTF(3, 4);
void diag_core(const Options *options);
/* Of the text of /proc/swaps and the folder of /sys. *ret_where: the devices spoken of, owned; NULL = no swap. */
DiagState swap_judge(const char *swaps, const char *sys, char **ret_where);
int plain_diag(int argc, char **argv, CommandLine *cl); /* 0: no fault, 1: some */
