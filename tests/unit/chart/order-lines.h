/* SPDX-License-Identifier: GPL-3.0-or-later
 * Made order lines: any product, any plan, in the words a person may choose. Of the list in order-world.h. */
#pragma once
#include <glib.h>

char *order_line_made(GRand *dice); /* owned */
