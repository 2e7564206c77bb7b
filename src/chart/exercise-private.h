/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/exercise-private.h — between the files of the exercises only. */
#pragma once
#include "chart/exercise.h"

/* {jag} {uppdrag} {patient} {start} filled in. Owned. */
char *exercise_fill(const char *text, const char *patient, const ExerciseWho *who);
