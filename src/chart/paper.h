/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/paper.h — a part of one patient's record as it will stand on paper: whose it is, what it is, who
 * takes it out, what is in it and what is not. Knows no pages and no fonts (rond-print does) and holds
 * nothing of another patient: what is about somebody else is left out and counted. Addresses and phone
 * numbers are never part of it, whoever the patient is. Pure; text is as the record has it. */
#pragma once
#include "base/datetime.h"
#include "fhir/resource.h"
#include "print/protocol.h"

typedef struct Paper Paper;

typedef struct {
    const char *name, *unit; /* who takes it out, from where */
    gboolean training;       /* said on every page */
    Instant now;
} PaperMaker;

Paper *paper_new(const FhirResource *patient, const char *title, const PaperMaker *by);
void paper_free(Paper *p);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Paper, paper_free)
Instant paper_now(const Paper *p);

/* Stands in the head of every page; once, however often it is said. */
void paper_mark(Paper *p, const char *mark);
void paper_add(Paper *p, enum print_kind kind, const char *text);
void paper_addf(Paper *p, enum print_kind kind, const char *format, ...) G_GNUC_PRINTF(3, 4);
/* Something that a reader would look for and that is not there; it stands before all the rest. */
void paper_withheld(Paper *p, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* @r may stand on this paper, and is named in the log: "Type/id/_history/version". FALSE: it is about
 * somebody else; it is counted. */
gboolean paper_takes(Paper *p, const FhirResource *r);

guint paper_missing(const Paper *p); /* so many things stand under "not in this print" */
const GPtrArray *paper_marks(const Paper *p); /* char* */
/* What is on it, for the log; ended by NULL. */
const char *const *paper_contents(Paper *p);
GVariant *paper_wire(const Paper *p); /* PRINT_DOCUMENT_TYPE, owned */
