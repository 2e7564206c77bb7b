/* SPDX-License-Identifier: GPL-3.0-or-later
 * written.h — what the parts of written.c share. */
#pragma once
#include "fhir/resource.h"

#define NOW (1763712000 * (gint64)G_USEC_PER_SEC)

/* One line of the output; FALSE and a sentence on stderr when @r is NULL. */
gboolean written_print(FhirResource *r, const char *what, const GError *error);
/* An order that is in the record: what becomes of it, and its doses as they are given. */
gboolean written_medicines(void);
