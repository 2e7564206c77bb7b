/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/token.h"

#include "base/clock.h"
#include "core/access.h"
#include "core/jws.h"
#include "core/params.h"
#include "core/record.h"
#include "json/writer.h"
#include <openssl/rand.h>
#include <string.h>

#define HSA_SYSTEMS "'urn:oid:1.2.752.29.4.19','urn:oid:1.2.752.129.2.1.4.1'"
#define JWT_BEARER "urn:ietf:params:oauth:grant-type:jwt-bearer"
#define ASSERTION_TYPE "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

/* An assignment (medarbetaruppdrag) as the answer and the choice need it. */
typedef struct {
    char *id, *hsa_id, *name, *purpose, *unit_id, *unit_hsa_id, *unit_name;
    const AccessRole *role;
} Commission;

static void commission_free(gpointer data)
{
    Commission *c = data;
    g_free(c->id);
    g_free(c->hsa_id);
    g_free(c->name);
    g_free(c->purpose);
    g_free(c->unit_id);
    g_free(c->unit_hsa_id);
    g_free(c->unit_name);
    g_free(c);
}

static gint64 now_seconds(void)
{
    return clock_real_us() / G_USEC_PER_SEC;
}

static char *hash(const char *token)
{
    return g_compute_checksum_for_string(G_CHECKSUM_SHA256, token, -1);
}

/* ---- the record --------------------------------------------------------------------------- */

static char *by_hsa(Core *core, const char *type, const char *hsa_id)
{
    return db_text(core->db,
                   "SELECT r.id FROM token x JOIN resource r ON r.rid=x.rid"
                   " WHERE x.param=? AND x.code=? AND x.system IN (" HSA_SYSTEMS ")",
                   "is", (gint64)param_id(param_def(type, "identifier")), hsa_id);
}

static FhirResource *get(Core *core, const char *type, const char *id)
{
    g_autoptr(Record) record = id ? record_get(core->db, type, id) : NULL;
    return record ? fhir_resource_parse(record->body, NULL) : NULL;
}

static char *hsa_of(const FhirResource *r)
{
    guint n = fhir_count(fhir_at(fhir_root(r), "identifier"));
    for (guint i = 0; i < n; i++) {
        char path[32];
        g_snprintf(path, sizeof path, "identifier[%u]", i);
        FhirNode identifier = fhir_at(fhir_root(r), path);
        if (fhir_is(identifier, "system", "urn:oid:1.2.752.29.4.19") ||
            fhir_is(identifier, "system", "urn:oid:1.2.752.129.2.1.4.1"))
            return fhir_string(identifier, "value");
    }
    return NULL;
}

/* commissionName as an extension, else the text of the role. */
static char *name_of(const FhirResource *role)
{
    guint n = fhir_count(fhir_at(fhir_root(role), "extension"));
    for (guint i = 0; i < n; i++) {
        char path[32];
        g_snprintf(path, sizeof path, "extension[%u]", i);
        FhirNode extension = fhir_at(fhir_root(role), path);
        g_autofree char *url = fhir_string(extension, "url");
        if (url && (g_str_has_suffix(url, "commission-name") ||
                    g_str_has_suffix(url, "commissionName")))
            return fhir_string(extension, "valueString");
    }
    return fhir_concept_text(fhir_root(role), "code");
}

static Commission *commission_read(Core *core, const FhirResource *role)
{
    Commission *c = g_new0(Commission, 1);
    g_autofree char *type = NULL;
    c->id = g_strdup(fhir_id(role));
    c->hsa_id = hsa_of(role);
    c->name = name_of(role);
    c->purpose = access_purpose(role);
    c->role = access_role(role);
    if (fhir_reference(fhir_root(role), "organization", &type, &c->unit_id)) {
        g_autoptr(FhirResource) unit = get(core, "Organization", c->unit_id);
        c->unit_hsa_id = unit ? hsa_of(unit) : NULL;
        c->unit_name = unit ? fhir_string(fhir_root(unit), "name") : NULL;
    }
    return c;
}

static gboolean in_force(const FhirResource *role)
{
    FhirNode root = fhir_root(role);
    gint64 now = clock_clinical_us();
    FhirTime t;
    if (fhir_exists(fhir_at(root, "active")) && !fhir_bool(root, "active"))
        return FALSE;
    if (fhir_time(root, "period.start", &t) && t.instant > now)
        return FALSE;
    return !fhir_time(root, "period.end", &t) || fhir_time_end(&t) > now;
}

static GPtrArray *commissions_of(Core *core, const char *practitioner)
{
    GPtrArray *list = g_ptr_array_new_with_free_func(commission_free);
    g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);
    sqlite3_stmt *s = db_stmt(core->db,
                              "SELECT r.id FROM ref x JOIN resource r ON r.rid=x.rid WHERE x.param=?"
                              " AND x.id=? AND x.type='Practitioner' ORDER BY r.rid",
                              "is", (gint64)param_id(param_def("PractitionerRole", "practitioner")),
                              practitioner);
    while (db_row(core->db, s))
        g_ptr_array_add(ids, g_strdup(db_column(s, 0)));
    for (guint i = 0; i < ids->len; i++) {
        g_autoptr(FhirResource) role = get(core, "PractitionerRole", g_ptr_array_index(ids, i));
        if (role && in_force(role))
            g_ptr_array_add(list, commission_read(core, role));
    }
    return list;
}

/* ---- answers ------------------------------------------------------------------------------ */

static void refuse(CoreReply *reply, guint status, const char *code, const char *text,
                   const GPtrArray *commissions)
{
    g_autoptr(JsonWriter) w = json_writer_new();
    json_write_object(w, NULL);
    json_write_string(w, "error", code);
    json_write_string(w, "error_description", text);
    if (commissions) {
        json_write_array(w, "commissions");
        for (guint i = 0; i < commissions->len; i++) {
            const Commission *c = g_ptr_array_index(commissions, i);
            json_write_object(w, NULL);
            json_write_string(w, "hsaId", c->hsa_id);
            json_write_string(w, "name", c->name);
            json_write_string(w, "purpose", c->purpose);
            json_write_string(w, "unit", c->unit_name);
            json_write_string(w, "role", access_role_code(c->role));
            json_write_end(w);
        }
        json_write_end(w);
    }
    json_write_end(w);
    reply_body(reply, status, json_writer_finish(w));
    reply->content_type = "application/json";
}

static char *new_token(Core *core, const char *practitioner, const char *role)
{
    guchar random[32];
    if (RAND_bytes(random, sizeof random) != 1)
        g_error("No random numbers.");
    char *token = g_base64_encode(random, sizeof random);
    g_strdelimit(token, "+", '-');
    g_strdelimit(token, "/", '_');
    g_strdelimit(token, "=", '.');
    g_autofree char *hashed = hash(token);
    db_run(core->db, "DELETE FROM state.access WHERE expires<?", "i", now_seconds());
    db_run(core->db, "INSERT INTO state.access VALUES(?,?,?,?)", "siss", hashed,
           now_seconds() + core->token_lifetime, practitioner, role);
    return token;
}

static void answer(Core *core, const char *practitioner, const char *hsa_id, const Commission *c,
                   CoreReply *reply)
{
    g_autoptr(FhirResource) person = get(core, "Practitioner", practitioner);
    g_autofree char *given = person ? fhir_string(fhir_root(person), "name.given") : NULL;
    g_autofree char *family = person ? fhir_string(fhir_root(person), "name.family") : NULL;
    g_autofree char *name = g_strdup_printf("%s %s", given ? given : "", family ? family : "");
    g_autofree char *user = g_strdup_printf("Practitioner/%s", practitioner);
    g_autofree char *role = g_strdup_printf("PractitionerRole/%s", c->id);
    g_autofree char *unit = c->unit_id ? g_strdup_printf("Organization/%s", c->unit_id) : NULL;
    LoginLog login = {practitioner, hsa_id, g_strstrip(name), c->id, c->hsa_id, c->name};
    g_autoptr(GError) error = NULL;
    if (!token_log_login(core, &login, &error)) {
        refuse(reply, 500, "server_error", error->message, NULL);
        return;
    }
    g_autofree char *token = new_token(core, practitioner, c->id);
    Session session = {.purpose = c->purpose, .role = c->role};
    g_autofree char *scope = access_scopes(core, &session);
    g_autoptr(JsonWriter) w = json_writer_new();
    json_write_object(w, NULL);
    json_write_string(w, "access_token", token);
    json_write_string(w, "token_type", "Bearer");
    json_write_int(w, "expires_in", core->token_lifetime);
    json_write_string(w, "scope", scope);
    json_write_string(w, "fhirUser", user);
    json_write_string(w, "name", name);
    json_write_string(w, "employeeHsaId", hsa_id);
    json_write_string(w, "commissionHsaId", c->hsa_id);
    json_write_string(w, "commissionName", c->name);
    json_write_string(w, "commissionPurpose", c->purpose);
    json_write_string(w, "healthCareUnitHsaId", c->unit_hsa_id);
    json_write_string(w, "healthCareUnitName", c->unit_name);
    json_write_string(w, "practitionerRole", role);
    json_write_string(w, "unit", unit);
    json_write_string(w, "role", access_role_code(c->role));
    json_write_end(w);
    reply_body(reply, 200, json_writer_finish(w));
    reply->content_type = "application/json";
}

/* ---- the endpoint ------------------------------------------------------------------------- */

static GHashTable *form_read(const CoreRequest *request)
{
    gsize len = 0;
    const char *body = request->body ? g_bytes_get_data(request->body, &len) : "";
    g_autofree char *text = g_strndup(body, len);
    GHashTable *form = g_uri_parse_params(text, -1, "&", G_URI_PARAMS_WWW_FORM, NULL);
    return form ? form : g_hash_table_new(g_str_hash, g_str_equal);
}

/* Used once: TRUE when it was not seen before. */
static gboolean first_use(Core *core, const Assertion *a)
{
    db_run(core->db, "DELETE FROM state.jti WHERE expires<?", "i", now_seconds() - 3600);
    db_run(core->db, "INSERT OR IGNORE INTO state.jti VALUES(?,?)", "si", a->jti, a->expires);
    return sqlite3_changes(db_handle(core->db)) == 1;
}

static void grant(Core *core, const Assertion *a, CoreReply *reply)
{
    g_autofree char *practitioner = by_hsa(core, "Practitioner", a->hsa_id);
    if (!practitioner) {
        refuse(reply, 400, "invalid_grant", "The person of this card is not known here.", NULL);
        return;
    }
    g_autoptr(GPtrArray) list = commissions_of(core, practitioner);
    for (guint i = 0; i < list->len && a->commission; i++) {
        const Commission *c = g_ptr_array_index(list, i);
        if (g_strcmp0(c->hsa_id, a->commission) == 0) {
            answer(core, practitioner, a->hsa_id, c, reply);
            return;
        }
    }
    refuse(reply, 400, "invalid_grant",
           a->commission ? "The person does not have this assignment."
                         : "Choose an assignment (claim commissionHsaId).",
           list);
}

void token_answer(Core *core, const CoreRequest *request, CoreReply *reply)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GHashTable) form = form_read(request);
    g_autofree char *audience = g_strconcat(core->base, "/token", NULL);
    const char *type = g_hash_table_lookup(form, "grant_type");
    gboolean client = g_strcmp0(type, "client_credentials") == 0;
    const char *jwt = g_hash_table_lookup(form, client ? "client_assertion" : "assertion");
    const char *code = client ? "invalid_client" : "invalid_grant";
    if (!client && g_strcmp0(type, JWT_BEARER) != 0) {
        refuse(reply, 400, "unsupported_grant_type", "Use client_credentials or " JWT_BEARER ".",
               NULL);
        return;
    }
    if (!jwt || (client && g_strcmp0(g_hash_table_lookup(form, "client_assertion_type"),
                                     ASSERTION_TYPE) != 0)) {
        refuse(reply, 400, "invalid_request", "The card's signed assertion is missing.", NULL);
        return;
    }
    g_autoptr(Assertion) a = jws_verify(jwt, core->cas, audience, now_seconds(), &error);
    if (!a)
        refuse(reply, client ? 401 : 400, code, error->message, NULL);
    else if (a->training != core->training)
        refuse(reply, client ? 401 : 400, code,
               core->training ? "This is the training environment: only training cards log in."
                              : "Training cards do not log in here.",
               NULL);
    else if (!first_use(core, a))
        refuse(reply, client ? 401 : 400, code, "The assertion was used before.", NULL);
    else
        grant(core, a, reply);
    if (db_take_error(core->db, &error))
        refuse(reply, 500, "server_error", error->message, NULL);
}

/* ---- bearers ------------------------------------------------------------------------------ */

static Session *session_read(Core *core, const char *practitioner, const char *role_id)
{
    g_autoptr(FhirResource) role = get(core, "PractitionerRole", role_id);
    if (!role)
        return NULL;
    Session *session = g_new0(Session, 1);
    session->practitioner = g_strdup(practitioner);
    session->role_id = g_strdup(role_id);
    session->commission = hsa_of(role);
    session->purpose = access_purpose(role);
    session->role = access_role(role);
    return session;
}

Session *token_session(Core *core, const char *authorization)
{
    if (!authorization || g_ascii_strncasecmp(authorization, "Bearer ", 7) != 0)
        return NULL;
    g_autofree char *hashed = hash(authorization + 7);
    sqlite3_stmt *s = db_stmt(core->db,
                              "SELECT practitioner, role FROM state.access"
                              " WHERE hash=? AND expires>?",
                              "si", hashed, now_seconds());
    if (!db_row(core->db, s))
        return NULL;
    g_autofree char *practitioner = g_strdup(db_column(s, 0));
    g_autofree char *role = g_strdup(db_column(s, 1));
    sqlite3_reset(s);
    return session_read(core, practitioner, role);
}

char *token_mint(Core *core, const char *commission_hsa_id, GError **error)
{
    g_autofree char *id = by_hsa(core, "PractitionerRole", commission_hsa_id);
    g_autoptr(FhirResource) role = get(core, "PractitionerRole", id);
    g_autofree char *type = NULL, *practitioner = NULL;
    if (!core->training || !role ||
        !fhir_reference(fhir_root(role), "practitioner", &type, &practitioner)) {
        g_set_error(error, DB_ERROR, DB_ERROR_SQL, "There is no training assignment %s here.",
                    commission_hsa_id);
        return NULL;
    }
    return new_token(core, practitioner, id);
}
