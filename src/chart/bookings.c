/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/bookings.h"

#include <glib/gi18n.h>
#include <string.h>

#include "chart/code-words.h"
#include "chart/when.h"

void booking_row_free(BookingRow *row)
{
    if (!row)
        return;
    char **owned[] = {&row->id, &row->when, &row->what, &row->type, &row->about, &row->state};
    for (gsize i = 0; i < G_N_ELEMENTS(owned); i++)
        g_free(*owned[i]);
    fhir_resource_unref(row->source);
    g_free(row);
}

static void free_row(gpointer row)
{
    booking_row_free(row);
}

static char *or_empty(char *s)
{
    return s ? s : g_strdup("");
}

static void fill_state(BookingRow *row, FhirNode root)
{
    g_autofree char *status = fhir_string(root, "status"),
                    *why = fhir_concept_text(root, "cancelationReason");
    g_autofree char *words = code_words("Appointment", status, _("state not stated"));
    row->off = g_strcmp0(status, "cancelled") == 0 || g_strcmp0(status, "noshow") == 0;
    row->state = g_strdup_printf("%s%s%s", words, why ? ": " : "", why ? why : "");
}

static BookingRow *row_new(const FhirResource *a, Instant now)
{
    FhirNode root = fhir_root(a);
    FhirTime t;
    BookingRow *row = g_new0(BookingRow, 1);
    row->source = fhir_resource_ref(a);
    row->id = g_strdup(fhir_id(a) ? fhir_id(a) : "");
    row->start = fhir_time(root, "start", &t) ? t.instant : INSTANT_NONE;
    row->ahead = row->start == INSTANT_NONE || row->start >= now;
    row->when = row->start == INSTANT_NONE ? g_strdup(_("no time")) : when_long(row->start, now);
    row->what = or_empty(fhir_concept_text(root, "serviceType[0]"));
    row->type = or_empty(fhir_concept_text(root, "appointmentType"));
    row->about = or_empty(fhir_string(root, "description"));
    fill_state(row, root);
    return row;
}

static gint next_first(gconstpointer a, gconstpointer b)
{
    const BookingRow *x = *(BookingRow *const *)a, *y = *(BookingRow *const *)b;
    if (x->ahead != y->ahead)
        return x->ahead ? -1 : 1;
    if (x->start != y->start)
        return (x->start < y->start) == x->ahead ? -1 : 1;
    return strcmp(x->id, y->id);
}

GPtrArray *booking_rows(const GPtrArray *appointments, Instant now)
{
    GPtrArray *rows = g_ptr_array_new_with_free_func(free_row);
    for (guint i = 0; i < appointments->len; i++) {
        const FhirResource *a = appointments->pdata[i];
        if (strcmp(fhir_type(a), "Appointment") == 0 &&
            !fhir_is(fhir_root(a), "status", "entered-in-error"))
            g_ptr_array_add(rows, row_new(a, now));
    }
    g_ptr_array_sort(rows, next_first);
    return rows;
}

const BookingRow *booking_next(const GPtrArray *rows)
{
    for (guint i = 0; i < rows->len; i++) {
        const BookingRow *row = rows->pdata[i];
        if (row->ahead && !row->off && row->start != INSTANT_NONE)
            return row;
    }
    return NULL;
}
