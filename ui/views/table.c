/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/views/views.h"

const ViewClass *const view_table[] = {
    &view_login, &view_lock, &view_worklist, &view_patient_find, &view_note_edit, &view_note_review,
    &view_note_conflict, &view_note_batch, &view_to_sign,
    &view_order, &view_sign_list, &view_medications, &view_medication_detail,
    &view_schedule_day,
    &view_schedule_week,
    &view_booking_new,
    &view_summary,
    &view_notes,
    &view_note_read,
    &view_problems,
    &view_alerts,
    &view_alert_new,
    &view_diagnosis_new,
    &view_procedures,
    &view_procedure_new,
    &view_bookings,
    &view_vitals,
    &view_vitals_new,
    &view_results,
    &view_reports,
    &view_value_source,
    &view_exercises, &view_exercise,
    &view_drafts,
    &view_print,
    &view_help, &view_palette, &view_log, &view_about, NULL};
