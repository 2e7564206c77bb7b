/* SPDX-License-Identifier: GPL-3.0-or-later
 * ui/patient-header.h — lines 2–3: the patient of the view on top. Loads through chart/header when
 * the patient changes; paints what is known and says what is not. */
#pragma once
#include "app/app.h"
#include "ui/paint.h"

typedef struct PatientHeader PatientHeader;
PatientHeader *patient_header_new(Paint *paint);
void patient_header_free(PatientHeader *h);
void patient_header_show(PatientHeader *h, App *app, PatientCtx *patient); /* NULL: none */
void patient_header_paint(PatientHeader *h, Canvas *c);
/* One line that names the patient in prompts and receipts: "Öberg, Sven-Åke ÅÅÅÅMMDD-NNNN". Owned. */
char *patient_naming(const FhirResource *patient);
