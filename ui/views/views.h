/* SPDX-License-Identifier: GPL-3.0-or-later
 * ui/views/views.h — one const ViewClass per view; the table is in table.c. Views speak to the record
 * through chart/ and to the screen through ui/shell.h and the widgets. */
#pragma once
#include "ui/canvas.h"
#include "ui/shell.h"

extern const ViewClass view_login, view_lock, view_worklist, view_patient_find, view_help, view_palette,
    view_log, view_about, view_note_edit, view_note_review, view_drafts,
    view_note_conflict, view_note_batch, view_to_sign;
/* sections of the chart */
extern const ViewClass view_summary, view_notes, view_note_read, view_problems, view_alerts, view_bookings,
    view_vitals, view_vitals_new, view_results, view_reports, view_value_source,
    view_alert_new, view_diagnosis_new, view_procedures, view_procedure_new;
/* diaries and bookings */
extern const ViewClass view_booking_new, view_schedule_day, view_schedule_week;
/* ordering of medicines */
extern const ViewClass view_order, view_sign_list, view_medications, view_medication_detail;
/* giving of medicines */
extern const ViewClass view_giving_ward, view_giving, view_giving_review;
extern const ViewClass view_exercises, view_exercise;
extern const ViewClass view_print;
