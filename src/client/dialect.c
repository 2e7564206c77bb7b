/* SPDX-License-Identifier: GPL-3.0-or-later
 * Which core this is, by its own statement, and how it differs: what the rest of the client and a person
 * may ask, never the name. */
#include <glib/gi18n-lib.h>
#include <string.h>
#include "base/limits.h"
#include "client/internal.h"
#include "fhir/outcome.h"

/* docStatus final is the only one it takes. */
#define SIGNED_NOTES_ONLY "DocumentReference =preliminary"
/* Creating one only documents what the patient takes at home: there is no order entry from outside. */
#define HOME_MEDICATION_ONLY "MedicationRequest create"
#define MILLENNIUM "oracle", "Oracle Health Millennium", 100, HOME_MEDICATION_ONLY ", " SIGNED_NOTES_ONLY, TRUE, 2, TRUE

/* The first row that fits, the last fits all. What the CapabilityStatement can say itself (transactions,
 * PATCH or PUT, conditional create …) is not repeated here. */
static const struct {
    const char *mark; /* part of what the core calls itself, in small letters */
    const char *name, *title;
    guint page_size;
    const char *lacks; /* what its statement lists and its documentation takes back; as in client_cannot() */
    gboolean one_content; /* a note in exactly one format */
    guint booking_years;  /* bookings are given out from one day until another only: so far each way is asked */
    /* One thing stands on two pages as a matter of course: Millennium documents it ("keep the latest version"), HAPI pages
     * through a search that it has kept, which does not move. Elsewhere it says that the list moved between them. */
    gboolean repeats;
    const char *together; /* parts of what it says, joined by "|", when it takes these writes, only not in one */
} profiles[] = {
    {"rond-core", "rond-core", "rond-core", LIMIT_PAGE_ENTRIES},
    {"millennium", MILLENNIUM},
    {"cerner", MILLENNIUM},
    {"oracle health", MILLENNIUM},
    {"hapi", "hapi", "HAPI FHIR", LIMIT_PAGE_ENTRIES, .repeats = TRUE},
    {"medplum", "medplum", "Medplum", LIMIT_PAGE_ENTRIES, .together = "more update operations than allowed|has too many entries"},
    {"", "generic", N_("none of those that are known by name"), 100},
};

enum { PROFILE_GENERIC = G_N_ELEMENTS(profiles) - 1 };

/* Where a core says who it is, the surest first: not every one names its software. */
static const char *const said_at[] = {"software.name", "publisher", "name", "implementation.description"};

static guint profile_of(const char *said)
{
    g_autofree char *small = g_ascii_strdown(said ? said : "", -1);
    guint i = 0;
    while (!strstr(small, profiles[i].mark))
        i++;
    return i;
}

ClientDialect dialect_recognise(const FhirResource *statement, const char *headers, gboolean *ret_by_headers)
{
    guint found = PROFILE_GENERIC;
    for (guint i = 0; statement && found == PROFILE_GENERIC && i < G_N_ELEMENTS(said_at); i++) {
        g_autofree char *said = fhir_string(fhir_root(statement), said_at[i]);
        found = profile_of(said);
    }
    gboolean by_headers = found == PROFILE_GENERIC && profile_of(headers) != PROFILE_GENERIC;
    if (by_headers)
        found = profile_of(headers);
    if (ret_by_headers)
        *ret_by_headers = by_headers;
    return (ClientDialect){.name = profiles[found].name, .page_size = profiles[found].page_size,
                           .one_content = profiles[found].one_content,
                           .booking_years = profiles[found].booking_years};
}

void dialect_note_software(Client *client, const FhirResource *statement)
{
    FhirNode root = fhir_root(statement);
    g_autofree char *name = NULL, *version = fhir_string(root, "software.version");
    for (guint i = 0; !name && i < G_N_ELEMENTS(said_at); i++)
        name = fhir_string(root, said_at[i]);
    g_free(client->software);
    client->software = name && version ? g_strconcat(name, " ", version, NULL) : g_steal_pointer(&name);
    g_free(client->fhir_version);
    client->fhir_version = fhir_string(root, "fhirVersion");
}

static guint profile_in_use(const Client *client)
{
    guint i = 0;
    while (!g_str_equal(profiles[i].name, client->dialect.name))
        i++;
    return i;
}

gboolean dialect_repeats(const Client *client)
{
    return profiles[profile_in_use(client)].repeats;
}

gboolean dialect_refuses_together(const Client *client, guint status, const GPtrArray *issues)
{
    const char *words = profiles[profile_in_use(client)].together;
    g_auto(GStrv) each = g_strsplit(words ? words : "", "|", -1);
    if (status == 413 || status == 405)
        return TRUE; /* too large to be read, or nothing is taken there: by HTTP itself nothing was done */
    for (guint i = 0; status == 400 && issues && i < issues->len; i++) {
        const FhirIssue *issue = issues->pdata[i];
        for (char **word = each; *word; word++)
            if (issue->text && strstr(issue->text, *word))
                return TRUE;
    }
    return FALSE;
}

/* ---- what a core cannot -------------------------------------------------------------------- */

static const struct {
    const char *wanted; /* as it stands in the client's abilities */
    const char *sentence;
} sentences[] = {
    {"DocumentReference create", N_("This core takes no notes")},
    {"DocumentReference =preliminary", N_("This core takes no unsigned notes")},
    {"DocumentReference update", N_("This core lets no note be signed or corrected afterwards")},
    {"MedicationRequest create", N_("This core takes no orders")},
    {"MedicationRequest update", N_("This core lets no order be changed")},
    {"MedicationAdministration create", N_("This core takes no given doses")},
    {"MedicationAdministration search-type", N_("This core does not tell what was given")},
    {"Observation create", N_("This core takes no measurements")},
    {"Observation update", N_("This core lets no measurement be corrected")},
    {"AllergyIntolerance create", N_("This core takes no hypersensitivities")},
    {"AllergyIntolerance update", N_("This core lets no hypersensitivity be changed")},
    {"Procedure search-type", N_("This core gives out no procedures")},
    {"Procedure create", N_("This core takes no procedures")},
    {"Procedure update", N_("This core lets no procedure be changed")},
    {"Condition create", N_("This core takes no diagnoses")},
    {"Condition update", N_("This core lets no diagnosis be changed")},
    {"Flag create", N_("This core takes no alerts")},
    {"Flag update", N_("This core lets no alert be changed")},
    {"Appointment create", N_("This core takes no bookings")},
    {"Task create", N_("This core keeps no requests to colleagues")},
    {"Slot update", N_("This core lets nobody take a free time")},
    {"Slot ?schedule", N_("This core gives out no diaries")},
    {"Appointment search-type", N_("This core gives out no bookings")},
    {"AllergyIntolerance search-type", N_("This core gives out no hypersensitivities")},
    {"Condition search-type", N_("This core gives out no diagnoses")},
    {"DocumentReference search-type", N_("This core gives out no notes")},
    {"MedicationRequest search-type", N_("This core gives out no medicines")},
    {"Observation search-type", N_("This core gives out no measurements")},
};

static const char *sentence_of(const char *wanted)
{
    for (gsize i = 0; i < G_N_ELEMENTS(sentences); i++)
        if (g_str_equal(sentences[i].wanted, wanted))
            return sentences[i].sentence;
    return NULL;
}

static gboolean taken_back(const Client *client, const char *wanted)
{
    const char *lacks = profiles[profile_in_use(client)].lacks;
    g_auto(GStrv) each = g_strsplit(lacks ? lacks : "", ", ", -1);
    return g_strv_contains((const char *const *)each, wanted);
}

static gboolean listed(const Client *client, const char *wanted, const char *blank, const char *interaction)
{
    g_autofree char *type = g_strndup(wanted, (gsize)(blank - wanted)), *key = g_strconcat(type, interaction, NULL);
    return g_hash_table_contains(client->abilities, key);
}

/* It has listed what it can, and this is not in the list. */
static gboolean lacks(const Client *client, const char *wanted)
{
    const char *blank = strchr(wanted, ' ');
    if (!blank || blank[1] == '=' || g_hash_table_size(client->abilities) == 0)
        return FALSE;
    if (g_str_equal(blank, " update") && listed(client, wanted, blank, " patch"))
        return FALSE; /* a change is a change */
    g_autofree char *silent = g_strndup(wanted, (gsize)(blank - wanted) + (blank[1] == '?' ? 2 : 1));
    return !g_hash_table_contains(client->abilities, wanted) && !g_hash_table_contains(client->abilities, silent);
}

static gboolean withheld(const Client *client, const char *wanted)
{
    g_auto(GStrv) type_and_what = g_strsplit(wanted, " ", 2);
    return type_and_what[1] && !client_granted(client, type_and_what[0], type_and_what[1]);
}

const char *client_cannot(const Client *client, const char *wanted)
{
    g_auto(GStrv) parts = g_strsplit(wanted ? wanted : "", ", ", -1);
    for (char **p = parts; *p; p++)
        if (lacks(client, *p) || taken_back(client, *p))
            return sentence_of(*p);
    for (char **p = parts; *p; p++)
        if (withheld(client, *p))
            return N_("Your login gives no right to this. Ask support");
    return NULL;
}

gboolean client_wanted_valid(const char *wanted)
{
    g_auto(GStrv) parts = g_strsplit(wanted ? wanted : "", ", ", -1);
    for (char **p = parts; *p; p++)
        if (!sentence_of(*p))
            return FALSE;
    return TRUE;
}

/* ---- the report ---------------------------------------------------------------------------- */

static char *say_software(const Client *client, const char *type)
{
    (void)type;
    return g_strdup(client->software ? client->software : _("not said"));
}

static char *say_version(const Client *client, const char *type)
{
    (void)type;
    return g_strdup(client->fhir_version ? client->fhir_version : _("not said"));
}

static char *say_profile(const Client *client, const char *type)
{
    (void)type;
    return g_strdup(_(profiles[profile_in_use(client)].title));
}

static char *say_world(const Client *client, const char *type)
{
    (void)type;
    return g_strdup(client->dialect.training ? _("training") : _("care"));
}

static char *say_several(const Client *client, const char *type)
{
    (void)type;
    return g_strdup(client->dialect.transaction ? _("all or nothing, in one transaction")
                                                : _("one by one; the first that is not confirmed stops the rest"));
}

static char *say_batch(const Client *client, const char *type)
{
    (void)type;
    return g_strdup(client->dialect.batch ? _("in one batch") : _("one by one"));
}

static char *say_page(const Client *client, const char *type)
{
    (void)type;
    return g_strdup_printf("%u", client->dialect.page_size);
}

static char *say_reach(const Client *client, const char *type)
{
    guint years = client->dialect.booking_years;
    (void)type;
    return years ? g_strdup_printf(ngettext("asked for within %u year of today", "asked for within %u years of today", years), years)
                 : g_strdup(_("all are asked for"));
}

static gboolean create_taken_back(const Client *client, const char *type)
{
    g_autofree char *wanted = g_strconcat(type, " create", NULL);
    return taken_back(client, wanted);
}

/* It has not said what can be done with the type at all, and nothing here takes it to be impossible. */
static char *say_no(const Client *client, const char *type)
{
    gboolean silent = g_hash_table_size(client->abilities) == 0 || client_can(client, type, "");
    return g_strdup(silent ? _("not said") : _("no"));
}

static char *say_create(const Client *client, const char *type)
{
    if (create_taken_back(client, type))
        return g_strdup(_("no"));
    if (!client_can(client, type, "create"))
        return say_no(client, type);
    if (client_type(type)->identifier != IDENTIFIER_NONE && client_has_conditional_create(client, type))
        return g_strdup(_("yes; the core itself stops a second one"));
    return g_strdup(client_has_search(client, type, "identifier")
                        ? _("yes; without an answer it is searched for before anything is sent again")
                        : _("yes; without an answer a person decides"));
}

static char *say_change(const Client *client, const char *type)
{
    gboolean put = client_can(client, type, "update"), patch = client_can(client, type, "patch");
    return put || patch ? g_strdup(put ? "PUT" : "PATCH") : say_no(client, type);
}

static char *say_history(const Client *client, const char *type)
{
    return client_can(client, type, "history-instance") ? g_strdup(_("yes")) : say_no(client, type);
}

static char *say_codes(const Client *client, const char *type)
{
    return g_strdup(client_can_operate(client, type, "expand") ? _("from the core while typing (ValueSet/$expand)")
                                                               : _("from the unit's own list"));
}

static const struct {
    const char *what, *type;
    char *(*say)(const Client *client, const char *type);
    DialectSource source;
} rows[] = {
    {N_("calls itself"), NULL, say_software, SAID_BY_CORE},
    {N_("FHIR version"), NULL, say_version, SAID_BY_CORE},
    {N_("recognised as"), NULL, say_profile, SAID_BY_CORE},
    {N_("environment of the core"), NULL, say_world, SAID_BY_CORE},
    {N_("several writes"), NULL, say_several, SAID_BY_CORE},
    {N_("several questions"), NULL, say_batch, SAID_BY_CORE},
    {N_("rows a page"), NULL, say_page, BY_PROFILE},
    {N_("bookings"), NULL, say_reach, BY_PROFILE},
    {N_("new note"), "DocumentReference", say_create, SAID_BY_CORE},
    {N_("new medicine order"), "MedicationRequest", say_create, SAID_BY_CORE},
    {N_("new booking"), "Appointment", say_create, SAID_BY_CORE},
    {N_("take a free time"), "Slot", say_change, SAID_BY_CORE},
    {N_("earlier versions of a time"), "Slot", say_history, SAID_BY_CORE},
    {N_("codes of diagnoses and procedures"), "ValueSet", say_codes, SAID_BY_CORE},
};

static DialectSource source_of(const Client *client, gsize i)
{
    if (rows[i].say == say_create && create_taken_back(client, rows[i].type))
        return BY_PROFILE;
    if (rows[i].say == say_profile && client->by_headers)
        return SAID_IN_HEADERS;
    gboolean generic = profile_in_use(client) == PROFILE_GENERIC;
    return rows[i].source == BY_PROFILE && generic ? ASSUMED : rows[i].source;
}

void client_dialect_each(const Client *client, void (*fn)(const DialectRow *row, gpointer data), gpointer data)
{
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *value = rows[i].say(client, rows[i].type);
        fn(&(DialectRow){_(rows[i].what), value, source_of(client, i), INSTANT_NONE}, data);
    }
    observed_each(client, fn, data);
}
