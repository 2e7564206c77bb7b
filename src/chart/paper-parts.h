/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/paper-parts.h — parts of the record set on a paper, each with what is not known of it. Pure:
 * what was asked and answered is handed in. */
#pragma once
#include "chart/feed.h"
#include "chart/drug.h"
#include "chart/note-state.h"
#include "chart/paper.h"

/* @life: as it is read among all notes of the patient (chart/note-timeline.h). @alone: the paper is this note, and what
 * it is stands on each page; of several, each that is not plainly signed says so on every page that it goes on to.
 * @base: that it was added to a struck note, in words, which stand under its heading and where it goes on; NULL: it was not. */
void paper_note(Paper *p, const FhirResource *document, NoteState life, gboolean alone, const char *base);
void paper_addition(Paper *p, const FhirResource *document, NoteState life);
/* "MAKULERAD", "ERSATT AV RÄTTELSE", "signerad"; translated. */
const char *paper_note_words(const FhirResource *document, NoteState life);
void paper_alerts(Paper *p, const FeedState *allergies, const FeedState *flags);
void paper_problems(Paper *p, const FeedState *problems);
void paper_medicines(Paper *p, const FeedState *current, const DrugList *drugs);
/* The newest of each kind, with unit, reference and time; @flags: which scale of NEWS2 is ordered. */
void paper_vitals(Paper *p, const FhirResource *patient, const FeedState *vitals, const FeedState *flags);
void paper_results(Paper *p, const FeedState *results);
/* What is not known of an answer, with the words for what it is about. */
void paper_doubt(Paper *p, const char *about, const FeedState *state);
