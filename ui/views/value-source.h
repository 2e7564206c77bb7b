/* SPDX-License-Identifier: GPL-3.0-or-later
 * ui/views/value-source.h — "where does this come from?", the same for every value of every view. */
#pragma once
#include "ui/shell.h"

/* Over @from. @resource NULL: the value was computed, and @explained (lines "label\tvalue") says how;
 * both may be given. @fetched: real time. CMD_ERROR with *error when there is nothing to say. */
CmdResult value_source_open(View *from, const char *title, const FhirResource *resource, const char *explained,
                            Instant fetched, GError **error);
