/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/note-doubt.h — what in the words of a note looks like a slip: another person's number, characters that could not
 * be read, a phrase that stands there by its name. Nothing is changed and nothing refused: it stands over the text that is
 * about to be signed. Pure. */
#pragma once
#include "base/datetime.h"
#include "chart/phrase.h"

/* Sentences (char*), translated; empty when there is nothing. @own: the patient's number as it is stored or shown, NULL
 * when none is known; then every number that is written in full is another's. @phrases may be NULL. Owned. */
GPtrArray *note_doubts(const char *text, const char *own, CivilDate today, const Phrases *phrases);
