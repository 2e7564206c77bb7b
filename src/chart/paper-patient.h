/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/paper-patient.h — papers that a patient takes home, in plain words: the own list of medicines, the prescriptions
 * that have been written, what the stay was for and what comes next. A list that cannot be told surely is not told at
 * all, and what was ordered for the ward is never on it. Pure: what was asked and answered is handed in. */
#pragma once
#include "chart/drug.h"
#include "chart/feed.h"
#include "chart/paper.h"

void paper_own_medicines(Paper *p, const FeedState *current, const FeedState *ended, const FeedState *visits, const DrugList *drugs);
void paper_prescriptions(Paper *p, const FeedState *current, const DrugList *drugs);
void paper_discharge(Paper *p, const FeedState *visits, const FeedState *problems, const FeedState *bookings);
