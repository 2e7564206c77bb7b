/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/med-list.h — medication orders as rows in the words of the screen, and one of them with all
 * its fields. What cannot be read whole is shown as the core sent it and marked. Pure; owned strings,
 * never NULL. */
#pragma once
#include "chart/medication.h"

typedef struct {
    FhirResource *source; /* ref */
    char *name;     /* with form and strength */
    char *dosage;   /* marked where it is as the core sent it */
    char *since;    /* short; "" when not said */
    char *by;       /* who ordered; "" when not said */
    char *reason;   /* ordinationsorsak; "" */
    char *state;    /* "active", "stopped", "NOT TO BE GIVEN" … */
    gboolean given; /* counts as a medicine of now or soon */
    gboolean doubt; /* needs a second look: unreadable dose, unknown state, not to be given */
    MedState status;
    const char *group;   /* translated: the heading that it stands under */
    gboolean home, ward, leaving; /* category: at home, on the ward, from the discharge on; several may be said */
    char *until;    /* of the treatment, else of the prescription; "" */
    char *why;      /* why it is paused or stopped, by whom and until when; "" */
    char *last;     /* when it was last given; "" when nothing is said of that */
    Instant from, soon; /* soon: the prescription runs out within a month; else INSTANT_NONE */
} MedLine;

void med_line_free(MedLine *line);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MedLine, med_line_free)
/* What is given now first, of it what runs out soon; then later, paused, by name within; then the ended, the latest first. MedLine*. */
GPtrArray *med_lines(const GPtrArray *current, const GPtrArray *ended, const DrugList *drugs, Instant now);
/* Lines "label\tvalue" of everything that the order says; owned. */
char *med_detail(const FhirResource *order, const DrugList *drugs, Instant now);
/* When each was last given. @given: MedicationAdministration*, the latest first; @whole: they are all there are. */
void med_lines_given(GPtrArray *lines, const GPtrArray *given, gboolean whole, Instant now);
const char *med_state_word(MedState state); /* translated */
