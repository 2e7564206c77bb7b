/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/access.h"

#include "core/params.h"
#include <string.h>

#define PURPOSE_CARE "Vård och behandling"

typedef enum {
    RIGHT_PATIENT = 1 << 0,  /* read patient data */
    RIGHT_NOTE = 1 << 1,     /* write notes that are not signed */
    RIGHT_SIGN = 1 << 2,     /* sign notes */
    RIGHT_OBSERVE = 1 << 3,  /* measurements, administrations */
    RIGHT_ORDER = 1 << 4,    /* prescribe medicines */
    RIGHT_PREPARE = 1 << 5,  /* prepare a medicine order for somebody else to sign */
    RIGHT_CHART = 1 << 6,    /* problems, allergies, warnings, referrals, care team */
    RIGHT_BOOK = 1 << 7,     /* bookings, tasks, messages, visits, patient details */
    RIGHT_STAFF = 1 << 8,    /* staff, places, diaries, catalogues */
    RIGHT_AUDIT = 1 << 9,    /* read the access log */
    RIGHT_ANY_PURPOSE = 1 << 10, /* training: the purpose of the assignment does not matter */
} Right;

#define CARE (RIGHT_PATIENT | RIGHT_NOTE | RIGHT_SIGN | RIGHT_OBSERVE | RIGHT_BOOK)

struct AccessRole {
    const char *code;
    const char *words;   /* for "… may" */
    const char *aliases; /* other codes and words, "|" between */
    guint rights;
    gboolean training_only;
};

static const AccessRole ROLES[] = {
    {"läkare", "läkare", "lakare|LK|158965000|doctor|physician",
     CARE | RIGHT_ORDER | RIGHT_PREPARE | RIGHT_CHART, FALSE},
    {"sjuksköterska", "sjuksköterska", "sjukskoterska|SJ|224535009|nurse",
     CARE | RIGHT_PREPARE | RIGHT_CHART, FALSE},
    {"barnmorska", "barnmorska", "BM|309453006|midwife",
     CARE | RIGHT_PREPARE | RIGHT_CHART, FALSE},
    {"fysioterapeut", "fysioterapeut", "FT|36682004", CARE | RIGHT_CHART, FALSE},
    {"arbetsterapeut", "arbetsterapeut", "AT|80546007", CARE | RIGHT_CHART, FALSE},
    {"undersköterska", "undersköterska", "underskoterska|USK", CARE, FALSE},
    {"medicinsk sekreterare", "medicinsk sekreterare", "medicinsk-sekreterare|sekreterare",
     RIGHT_PATIENT | RIGHT_NOTE | RIGHT_BOOK, FALSE},
    {"utbildare", "utbildare", "trainer", G_MAXUINT, TRUE},
    {"support", "support", "it-support", 0, FALSE},
};

/* What a write needs. The first row that fits decides; @element and @values (FHIR codes, "|"
 * between) narrow it. Types without a row may be written by RIGHT_CHART. */
static const struct {
    const char *type, *element, *values;
    guint right;
} WRITES[] = {
    {"AuditEvent", NULL, NULL, 0},
    {"Provenance", NULL, NULL, RIGHT_PATIENT},
    {"DocumentReference", "docStatus", "final|amended", RIGHT_SIGN},
    {"DocumentReference", "status", "entered-in-error", RIGHT_SIGN},
    {"DocumentReference", NULL, NULL, RIGHT_NOTE},
    {"Composition", "status", "final|amended|entered-in-error", RIGHT_SIGN},
    {"Composition", NULL, NULL, RIGHT_NOTE},
    {"Binary", NULL, NULL, RIGHT_NOTE},
    {"Basic", NULL, NULL, RIGHT_NOTE},
    {"Flag", "code.coding[system=urn:rond:alert].code", "news2-spo2-scale-2", RIGHT_ORDER},
    {"Flag", NULL, NULL, RIGHT_CHART},
    {"Observation", NULL, NULL, RIGHT_OBSERVE},
    {"MedicationAdministration", NULL, NULL, RIGHT_CHART},
    {"MedicationRequest", "status", "draft", RIGHT_PREPARE},
    {"MedicationRequest", NULL, NULL, RIGHT_ORDER},
    {"DiagnosticReport", NULL, NULL, RIGHT_ORDER},
    {"Appointment", NULL, NULL, RIGHT_BOOK},
    {"Slot", NULL, NULL, RIGHT_BOOK},
    {"Encounter", NULL, NULL, RIGHT_BOOK},
    {"Task", NULL, NULL, RIGHT_BOOK},
    {"Communication", NULL, NULL, RIGHT_BOOK},
    {"Patient", NULL, NULL, RIGHT_BOOK},
    {"Consent", NULL, NULL, RIGHT_BOOK},
    {"List", NULL, NULL, RIGHT_NOTE},
    {"Location", NULL, NULL, RIGHT_STAFF},
    {"Medication", NULL, NULL, RIGHT_STAFF},
    {"Organization", NULL, NULL, RIGHT_STAFF},
    {"Practitioner", NULL, NULL, RIGHT_STAFF},
    {"PractitionerRole", NULL, NULL, RIGHT_STAFF},
    {"Questionnaire", NULL, NULL, RIGHT_STAFF},
    {"Schedule", NULL, NULL, RIGHT_STAFF},
};

static gboolean in_list(const char *list, const char *word)
{
    g_auto(GStrv) words = g_strsplit(list, "|", -1);
    for (char **w = words; *w; w++)
        if (g_ascii_strcasecmp(*w, word) == 0)
            return TRUE;
    return FALSE;
}

static const AccessRole *role_of_word(const char *word)
{
    if (!word)
        return NULL;
    g_autofree char *lower = g_utf8_strdown(word, -1);
    for (gsize i = 0; i < G_N_ELEMENTS(ROLES); i++)
        if (g_str_equal(ROLES[i].code, lower) || in_list(ROLES[i].aliases, lower))
            return &ROLES[i];
    return NULL;
}

const AccessRole *access_role(const FhirResource *practitioner_role)
{
    FhirNode root = fhir_root(practitioner_role);
    guint concepts = fhir_count(fhir_at(root, "code"));
    for (guint i = 0; i < concepts; i++) {
        char path[48];
        g_snprintf(path, sizeof path, "code[%u].coding", i);
        guint codings = fhir_count(fhir_at(root, path));
        for (guint j = 0; j < codings; j++) {
            g_snprintf(path, sizeof path, "code[%u].coding[%u].code", i, j);
            g_autofree char *code = fhir_string(root, path);
            const AccessRole *role = role_of_word(code);
            if (role)
                return role;
        }
        g_snprintf(path, sizeof path, "code[%u].text", i);
        g_autofree char *text = fhir_string(root, path);
        const AccessRole *role = role_of_word(text);
        if (role)
            return role;
    }
    return role_of_word("support");
}

const char *access_role_code(const AccessRole *role)
{
    return role->code;
}

char *access_purpose(const FhirResource *practitioner_role)
{
    FhirNode root = fhir_root(practitioner_role);
    guint n = fhir_count(fhir_at(root, "extension"));
    for (guint i = 0; i < n; i++) {
        char path[40];
        g_snprintf(path, sizeof path, "extension[%u]", i);
        FhirNode extension = fhir_at(root, path);
        g_autofree char *url = fhir_string(extension, "url");
        if (!url || !(g_str_has_suffix(url, "commission-purpose") ||
                      g_str_has_suffix(url, "commissionPurpose")))
            continue;
        char *text = fhir_string(extension, "valueString");
        text = text ? text : fhir_string(extension, "valueCode");
        text = text ? text : fhir_concept_text(extension, "valueCodeableConcept");
        text = text ? text : fhir_string(extension, "valueCoding.display");
        if (text)
            return text;
    }
    return g_strdup("");
}

static guint rights(const Core *core, const Session *session)
{
    if (session->role->training_only && !core->training)
        return 0;
    guint all = session->role->rights;
    gboolean care = (all & RIGHT_ANY_PURPOSE) || g_str_equal(session->purpose, PURPOSE_CARE);
    return care ? all : all & RIGHT_STAFF;
}

static gboolean deny(const Core *core, const Session *session, guint right, const char *what,
                     CoreReply *reply)
{
    if (right && (session->role->rights & right) == right)
        return reply_fail(reply, 403, "forbidden", NULL,
                          "The assignment has the purpose \"%s\". %s needs an assignment with the"
                          " purpose \"%s\".",
                          session->purpose, what, PURPOSE_CARE);
    g_autoptr(GString) who = g_string_new(NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(ROLES); i++)
        if ((ROLES[i].rights & right) == right && (core->training || !ROLES[i].training_only))
            g_string_append_printf(who, "%s%s", who->len ? ", " : "", ROLES[i].words);
    return reply_fail(reply, 403, "forbidden", NULL, "%s is not open to the role %s. It is for: %s.",
                      what, session->role->words, who->len ? who->str : "nobody");
}

static guint read_right(const char *type)
{
    const TypeDef *def = type_def(type);
    if (g_str_equal(type, "AuditEvent"))
        return RIGHT_AUDIT;
    return def && (def->flags & TYPE_PATIENT) ? RIGHT_PATIENT : 0;
}

gboolean access_may_read(const Core *core, const Session *session, const char *type)
{
    guint right = read_right(type);
    return (rights(core, session) & right) == right;
}

gboolean access_check_read(const Core *core, const Session *session, const char *type,
                           CoreReply *reply)
{
    if (access_may_read(core, session, type))
        return TRUE;
    g_autofree char *what = g_strdup_printf("Reading %s", type);
    return deny(core, session, read_right(type), what, reply);
}

static guint write_right(const FhirResource *r)
{
    for (gsize i = 0; i < G_N_ELEMENTS(WRITES); i++) {
        if (!g_str_equal(WRITES[i].type, fhir_type(r)))
            continue;
        if (!WRITES[i].element)
            return WRITES[i].right;
        g_autofree char *value = fhir_string(fhir_root(r), WRITES[i].element);
        if (value && in_list(WRITES[i].values, value))
            return WRITES[i].right;
    }
    return RIGHT_CHART;
}

gboolean access_check_write(const Core *core, const Session *session, const FhirResource *new,
                            const FhirResource *old, CoreReply *reply)
{
    guint right = write_right(new) | (old ? write_right(old) : 0);
    if ((rights(core, session) & right) == right)
        return TRUE;
    g_autofree char *status = fhir_string(fhir_root(new), "docStatus");
    status = status ? status : fhir_string(fhir_root(new), "status");
    g_autofree char *what = status ? g_strdup_printf("Writing %s (%s)", fhir_type(new), status)
                                   : g_strdup_printf("Writing %s", fhir_type(new));
    return deny(core, session, right, what, reply);
}

char *access_scopes(const Core *core, const Session *session)
{
    g_autoptr(GString) out = g_string_new(NULL);
    guint have = rights(core, session);
    for (guint i = 0; i < N_TYPES; i++) {
        const char *type = TYPES[i].name;
        guint need = RIGHT_CHART;
        for (gsize j = 0; j < G_N_ELEMENTS(WRITES); j++)
            if (g_str_equal(WRITES[j].type, type))
                need = WRITES[j].right; /* the last row of a type is its general one */
        gboolean write = (have & need) == need;
        gboolean read = access_may_read(core, session, type);
        if (read || write)
            g_string_append_printf(out, "%suser/%s.%s", out->len ? " " : "", type,
                                   !write ? "rs" : read ? "crus" : "cu");
    }
    return g_string_free(g_steal_pointer(&out), FALSE);
}
