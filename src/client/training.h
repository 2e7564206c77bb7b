/* SPDX-License-Identifier: GPL-3.0-or-later
 * client/training.h — what a teacher's session may ask of the training hospital beyond FHIR. A core
 * that is no training server, or is not on its own socket, refuses. Keeps nothing. */
#pragma once
#include "client/client.h"

/* The training hospital as it was at the start. Once; every answer held before is stale after it. */
void client_training_reset(Client *client, Scope *scope, ClientDoneFn fn, gpointer data);
