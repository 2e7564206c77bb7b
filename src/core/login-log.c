/* SPDX-License-Identifier: GPL-3.0-or-later
 * A login is an event in the access log like any reading: who, and with which assignment. It stands
 * there before the token is given out. */
#include "core/token.h"

#include "base/clock.h"
#include "core/record.h"
#include "fhir/build.h"

#define DCM "http://dicom.nema.org/resources/ontology/DCM"
#define HSA "urn:oid:1.2.752.29.4.19"

static void add_agent(FhirBuild *b, const char *type, const char *id, const char *hsa_id,
                      const char *name, gboolean requestor)
{
    fhir_b_object(b, NULL);
    fhir_b_object(b, "who");
    if (id) {
        g_autofree char *reference = g_strconcat(type, "/", id, NULL);
        fhir_b_string(b, "reference", reference);
    }
    if (hsa_id)
        fhir_b_identifier(b, "identifier", HSA, hsa_id);
    fhir_b_string(b, "display", name);
    fhir_b_end(b);
    fhir_b_bool(b, "requestor", requestor);
    fhir_b_end(b);
}

static FhirResource *event(const LoginLog *l, GError **error)
{
    g_autoptr(FhirBuild) b = fhir_build_new("AuditEvent");
    fhir_b_coding(b, "type", DCM, "110114", "User Authentication");
    fhir_b_array(b, "subtype");
    fhir_b_coding(b, NULL, DCM, "110122", "Login");
    fhir_b_end(b);
    fhir_b_string(b, "action", "E");
    fhir_b_instant(b, "recorded", clock_clinical_us());
    fhir_b_string(b, "outcome", "0");
    fhir_b_array(b, "agent");
    add_agent(b, "Practitioner", l->practitioner, l->hsa_id, l->name, TRUE);
    add_agent(b, "PractitionerRole", l->role_id, l->commission, l->commission_name, FALSE);
    fhir_b_end(b);
    fhir_b_object(b, "source");
    fhir_b_object(b, "observer");
    fhir_b_string(b, "display", "rond-core");
    fhir_b_end(b);
    fhir_b_end(b);
    return fhir_build_finish(b, error);
}

gboolean token_log_login(Core *core, const LoginLog *login, GError **error)
{
    g_autoptr(FhirResource) r = event(login, error);
    g_autofree char *id = g_uuid_string_random();
    if (!r || !db_begin(core->db, error))
        return FALSE;
    g_autoptr(FhirResource) stored = record_put(core->db, r, id, NULL, record_stamp(core->db), error);
    if (!stored) {
        db_rollback(core->db);
        return FALSE;
    }
    return db_commit(core->db, error);
}
