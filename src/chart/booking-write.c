/* SPDX-License-Identifier: GPL-3.0-or-later
 * A proposal into the record. */
#include <glib/gi18n.h>
#include <string.h>

#include "chart/booking.h"
#include "chart/pending.h"
#include "client/write.h"
#include "fhir/build.h"

FhirResource *booking_slot_taken(const FhirResource *slot, GError **error)
{
    g_autoptr(FhirEdit) e = fhir_edit_new(slot);
    fhir_edit_set_string(e, "status", "busy");
    return fhir_edit_finish(e, error);
}

static void add_participant(FhirBuild *b, const char *type, const char *id, const char *display)
{
    fhir_b_object(b, NULL);
    fhir_b_reference(b, "actor", type, id, display);
    fhir_b_string(b, "required", "required");
    fhir_b_string(b, "status", "accepted");
    fhir_b_end(b);
}

FhirResource *booking_appointment(const BookingProposal *p, const VisitType *type, const char *patient_id,
                                  Instant now, GError **error)
{
    g_autoptr(FhirBuild) b = fhir_build_new("Appointment");
    const BookingActor *first = p->actors->pdata[0];
    fhir_b_string(b, "status", "booked");
    if (*first->service) {
        fhir_b_array(b, "serviceType");
        fhir_b_concept(b, NULL, NULL, NULL, NULL, first->service);
        fhir_b_end(b);
    }
    fhir_b_concept(b, "appointmentType", type->code ? VISIT_TYPE_SYSTEM : NULL, type->code, NULL, type->text);
    fhir_b_instant(b, "start", p->start);
    fhir_b_instant(b, "end", p->end);
    fhir_b_int(b, "minutesDuration", (p->end - p->start) / (60 * G_USEC_PER_SEC));
    fhir_b_array(b, "slot");
    for (guint i = 0; i < p->slots->len; i++)
        fhir_b_reference(b, NULL, "Slot", fhir_id(p->slots->pdata[i]), NULL);
    fhir_b_end(b);
    fhir_b_instant(b, "created", now);
    fhir_b_array(b, "participant");
    add_participant(b, "Patient", patient_id, NULL);
    for (guint i = 0; i < p->actors->len; i++) {
        const BookingActor *a = p->actors->pdata[i];
        add_participant(b, a->type, a->id, a->display);
    }
    fhir_b_end(b);
    return fhir_build_finish(b, error);
}

typedef struct {
    Scope *scope; /* the caller's: closing it drops the callback */
    guint scope_id;
    BookedFn fn;
    gpointer data;
} Writing;

static void on_written(const ClientWriteResult *result, const GError *error, gpointer data)
{
    g_autofree Writing *w = data;
    BookingResult out = {.outcome = WRITTEN_NOT_SENT, .error = error};
    gboolean conflict = error && g_error_matches(error, CLIENT_ERROR, CLIENT_ERROR_CONFLICT);
    gboolean unknown = FALSE, refused = FALSE, changed = FALSE;
    for (guint i = 0; result && i < result->items->len; i++) {
        const ClientWriteItem *item = result->items->pdata[i];
        conflict |= item->state == OUTBOX_CONFLICT;
        refused |= item->state == OUTBOX_REFUSED;
        unknown |= item->state == OUTBOX_UNKNOWN || item->state == OUTBOX_SENDING;
        changed |= item->state == OUTBOX_CONFIRMED;
        if (item->resource && strcmp(fhir_type(item->resource), "Appointment") == 0)
            out.appointment = item->resource;
    }
    if (result && result->items->len)
        out.identifier = ((ClientWriteItem *)result->items->pdata[result->items->len - 1])->identifier;
    out.half = result ? result->half : CLIENT_HALF_NONE;
    if (result && result->all_confirmed)
        out.outcome = WRITTEN_DONE;
    else if (unknown)
        out.outcome = WRITTEN_UNKNOWN;
    else if (conflict)
        out.outcome = WRITTEN_OVERTAKEN;
    else if (refused)
        out.outcome = WRITTEN_REFUSED;
    else if (changed)
        out.outcome = WRITTEN_UNKNOWN; /* the time is taken, by this or by somebody else's booking */
    scope_remove(w->scope, w->scope_id);
    w->fn(&out, w->data);
}

gboolean booking_is_unknown(Client *client, const char *patient)
{
    guint unreadable;
    g_autoptr(GPtrArray) rows = pending_list(client, &unreadable);
    for (guint i = 0; i < rows->len; i++) {
        const PendingWrite *p = rows->pdata[i];
        gboolean booking = !p->what || g_str_equal(p->what, "Appointment") || g_str_equal(p->what, "Slot"); /* a Slot's patch has no type */
        gboolean open = p->state == PENDING_UNKNOWN || p->state == PENDING_ASKED || p->state == PENDING_PARTLY;
        if (booking && open && g_strcmp0(p->patient, patient) == 0)
            return TRUE;
    }
    return FALSE;
}

static const char released[] = "[{\"op\":\"replace\",\"path\":\"/status\",\"value\":\"free\"}]";
static const char taken[] = "[{\"op\":\"replace\",\"path\":\"/status\",\"value\":\"busy\"}]";

static gboolean only_patched(const Client *client)
{
    return !client_can(client, "Slot", "update") && client_can(client, "Slot", "patch");
}

gboolean booking_write(Client *client, Scope *scope, PatientCtx *patient, const BookingProposal *p,
                       const VisitType *type, Instant now, BookedFn fn, gpointer data, GError **error)
{
    g_autoptr(GPtrArray) owned = g_ptr_array_new_with_free_func((GDestroyNotify)fhir_resource_unref);
    g_autoptr(GArray) writes = g_array_new(FALSE, TRUE, sizeof(ClientWrite));
    g_autoptr(GBytes) back = g_bytes_new_static(released, sizeof released - 1);
    g_autoptr(GBytes) patch = only_patched(client) ? g_bytes_new_static(taken, sizeof taken - 1) : NULL;
    for (guint i = 0; i < p->slots->len; i++) {
        FhirResource *slot = patch ? fhir_resource_ref(p->slots->pdata[i]) : booking_slot_taken(p->slots->pdata[i], error);
        if (!slot)
            return FALSE;
        g_ptr_array_add(owned, slot);
        ClientWrite w = {.kind = patch ? CLIENT_PATCH : CLIENT_UPDATE, .resource = slot, .patch = patch, .take_back = back};
        g_array_append_val(writes, w);
    }
    FhirResource *appointment = booking_appointment(p, type, patient_ctx_id(patient), now, error);
    if (!appointment)
        return FALSE;
    g_ptr_array_add(owned, appointment);
    ClientWrite w = {.kind = CLIENT_CREATE, .resource = appointment, .provenance = "author"};
    g_array_append_val(writes, w);
    Writing *writing = g_new(Writing, 1);
    *writing = (Writing){scope, scope_add(scope, g_free, writing), fn, data};
    client_write(client, scope, patient, (const ClientWrite *)(gpointer)writes->data, writes->len, on_written, writing);
    return TRUE;
}
