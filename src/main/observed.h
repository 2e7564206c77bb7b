/* SPDX-License-Identifier: GPL-3.0-or-later
 * main/observed.h — what a session has seen of how its core behaves, kept beside the store for the next session and for
 * rond diag: a few words and times for each core's address, no patient data. */
#pragma once
#include "client/client.h"

typedef struct ObservedFile ObservedFile;
/* @address: of the core. What was kept is known to @client from now on. */
ObservedFile *observed_open(Client *client, const char *address);
/* Writes what is new: beside the loop each minute by itself, and at the end. */
void observed_close(ObservedFile *file);
