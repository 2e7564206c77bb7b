/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/medication.h — medication orders as FHIR: an Order becomes a MedicationRequest, a
 * MedicationRequest becomes a row of the list. Knows clinical states; knows nothing of HTTP, SQL or
 * screens. Whatever could mean "not to be given" never counts as active. */
#pragma once
#include "chart/order.h"
#include "fhir/resource.h"

typedef struct {
    const char *uuid;         /* of this order, for exactly-once; required */
    const char *patient_id, *patient_display;
    const char *encounter_id; /* NULL when there is none */
    const char *requester_type, *requester_id, *requester_display; /* "PractitionerRole" */
    Instant authored;
    gboolean inpatient;       /* else community */
    const char *prior_id;     /* the MedicationRequest that this replaces, NULL */
    const char *prescriber_code, *workplace_code; /* of a prescription; NULL: not known */
} MedicationContext;

#define CHART_ERROR (chart_error_quark())
GQuark chart_error_quark(void);
typedef enum { CHART_ERROR_INCOMPLETE, CHART_ERROR_DATA } ChartError;

/* Refuses an order that has issues. */
FhirResource *medication_from_order(const Order *o, const MedicationContext *c, GError **error);

typedef enum {
    MED_ACTIVE,
    MED_FUTURE,
    MED_ON_HOLD,
    MED_PAST,          /* ended by itself */
    MED_STOPPED,       /* utsatt */
    MED_DRAFT,         /* not ordered yet: draft, proposal, option */
    MED_NOT_TO_BE_GIVEN, /* doNotPerform */
    MED_VOID,          /* entered in error, cancelled */
    MED_UNKNOWN,       /* a status or a modifier that this program does not know */
} MedState;

typedef struct {
    char *id;
    char *name;       /* "Alvedon (paracetamol)" or the text of the core */
    char *form, *strength; /* "" when the core says them only in the name */
    char *atc;        /* NULL when not coded */
    char *dosage;
    gboolean dosage_raw; /* shown as sent, because its structure could not be read */
    gboolean as_needed;
    char *reason;     /* ordinationsorsak; NULL */
    char *supply;     /* what a pharmacy dispenses: "98 tabletter, 4 uttag, t.o.m. …"; NULL when nothing */
    Instant since;    /* INSTANT_NONE when not said */
    Instant until;    /* exclusive; INSTANT_NONE when not said */
    MedState state;
} MedicationRow;

/* @drugs may be NULL; it gives products of the list their form and strength. NULL when @r is no
 * MedicationRequest. */
MedicationRow *medication_row(const FhirResource *r, const DrugList *drugs, Instant now);
void medication_row_free(MedicationRow *row);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MedicationRow, medication_row_free)

gboolean medication_is_inpatient(const FhirResource *r); /* of its category */
MedState medication_state(const FhirResource *r, Instant now);
/* Counts among the patient's medicines, wherever they are counted: neither ended nor never begun. */
gboolean med_state_counts(MedState state);
/* The order again, to change or renew it; FALSE when its dose cannot be read whole. @o is empty. */
gboolean medication_to_order(const FhirResource *r, const DrugList *drugs, Order *o);
