/* SPDX-License-Identifier: GPL-3.0-or-later
 * What belongs to a note is unknown until the core has said it: that is never "there is none". */
#include "chart/note-kin.h"
#include "client/fixture.h"

#define FIRST                                                                                                                       \
    "{\"resourceType\":\"DocumentReference\",\"id\":\"n1\",\"status\":\"superseded\",\"subject\":{\"reference\":\"Patient/p1\"}}"
#define SECOND                                                                                                                      \
    "{\"resourceType\":\"DocumentReference\",\"id\":\"n2\",\"status\":\"current\",\"subject\":{\"reference\":\"Patient/p1\"},"      \
    "\"relatesTo\":[{\"code\":\"replaces\",\"target\":{\"reference\":\"DocumentReference/n1\"}}]}"

static void on_kin(const NoteKin *kin, gpointer data)
{
    *(const NoteKin **)data = kin;
}

/* This core can be asked what came after a note. */
static void on_request(const HttpdRequest *q, HttpdAnswer *a, gpointer data)
{
    const gboolean *refuses = data;
    if (g_str_has_suffix(q->target, "/metadata"))
        httpd_text(a, 200,
                   "{\"resourceType\":\"CapabilityStatement\",\"fhirVersion\":\"4.0.1\",\"rest\":[{\"mode\":\"server\","
                   "\"resource\":[{\"type\":\"DocumentReference\",\"interaction\":[{\"code\":\"read\"},{\"code\":\"search-type\"}],"
                   "\"searchParam\":[{\"name\":\"patient\"},{\"name\":\"relatesto\"}]}]}]}");
    if (*refuses && g_str_has_suffix(q->target, "/DocumentReference/n1"))
        httpd_text(a, 403, "{\"resourceType\":\"OperationOutcome\",\"issue\":[{\"severity\":\"error\",\"code\":\"forbidden\"}]}");
}

Test(note_kin, an_earlier_version_that_has_not_come_is_not_none)
{
    for (gboolean refused = FALSE; refused <= TRUE; refused++) {
        Fx f;
        fx_begin(&f);
        f.core->hook = on_request;
        f.core->hook_data = &refused;
        fx_discover(&f);
        minicore_put(f.core, FIRST);
        minicore_put(f.core, SECOND);
        const NoteKin *kin = NULL;
        NoteKinSource *source = note_kin_watch(f.client, f.scope, f.ctx, "n2", on_kin, &kin);
        for (guint i = 0; i < 500 && !(kin && kin->answered); i++)
            loop_settle();
        cr_assert(kin && kin->answered && !kin->earlier_waits, "nothing was asked for");
        note_kin_earlier(source, "n1", TRUE);
        cr_assert(kin->earlier_waits && !kin->earlier, "there is no answer yet");
        for (guint i = 0; i < 500 && kin->earlier_waits; i++)
            loop_settle();
        cr_assert_not(kin->earlier_waits);
        cr_assert_eq(kin->earlier != NULL, !refused);
        cr_assert_eq(kin->earlier_problem != NULL, refused);
        fx_end(&f);
    }
}

/* ---- a chain of versions ---- */

/* Three versions, of which the core calls the first two replaced. */
static const struct {
    const char *id, *status;
    const char *follows[2];
} chains[][3] = {{{"n1", "superseded", {0}}, {"n2", "superseded", {"n1"}}, {"n3", "entered-in-error", {"n2"}}},
                 {{"n1", "superseded", {0}}, {"n2", "superseded", {"n1"}}, {"n3", "current", {"n2"}}},
                 {{"n1", "superseded", {0}}, {"n2", "superseded", {"n1", "n3"}}, {"n3", "superseded", {"n2"}}}};

typedef struct {
    guint chain, asked;
} Chained;

/* @after: those that follow it, as a Bundle; NULL: all of them go into the core. */
static char *versions_json(Fx *f, guint chain, const char *after)
{
    g_autoptr(GString) entries = g_string_new(NULL);
    for (guint i = 0; i < G_N_ELEMENTS(chains[chain]); i++) {
        gboolean found = FALSE;
        g_autoptr(GString) relates = g_string_new(NULL);
        for (guint k = 0; k < 2 && chains[chain][i].follows[k]; k++) {
            found |= g_strcmp0(chains[chain][i].follows[k], after) == 0;
            g_string_append_printf(relates, "%s{\"code\":\"replaces\",\"target\":{\"reference\":\"DocumentReference/%s\"}}", k ? "," : "",
                                   chains[chain][i].follows[k]);
        }
        g_autofree char *json = g_strdup_printf("{\"resourceType\":\"DocumentReference\",\"id\":\"%s\",\"status\":\"%s\",\"docStatus\":\"final\","
                                                "\"subject\":{\"reference\":\"Patient/p1\"}%s%s%s}", chains[chain][i].id, chains[chain][i].status,
                                                relates->len ? ",\"relatesTo\":[" : "", relates->str, relates->len ? "]" : "");
        if (!after)
            minicore_put(f->core, json);
        else if (found)
            g_string_append_printf(entries, "%s{\"resource\":%s,\"search\":{\"mode\":\"match\"}}", entries->len ? "," : "", json);
    }
    return g_strdup_printf("{\"resourceType\":\"Bundle\",\"type\":\"searchset\"%s%s%s}", entries->len ? ",\"entry\":[" : "", entries->str,
                           entries->len ? "]" : "");
}

static void on_chain_request(const HttpdRequest *q, HttpdAnswer *a, gpointer data)
{
    static const char key[] = "relatesto=DocumentReference/";
    Chained *c = data;
    gboolean refuses = FALSE;
    g_autofree char *plain = g_uri_unescape_string(q->target, NULL);
    const char *at = plain ? strstr(plain, key) : NULL;
    on_request(q, a, &refuses);
    if (!at)
        return;
    g_autofree char *id = g_strndup(at + strlen(key), strcspn(at + strlen(key), "&"));
    g_autofree char *json = versions_json(NULL, c->chain, id);
    c->asked++;
    httpd_text(a, 200, json);
}

/* The first says what the last has become, through the one between; versions that follow each other end. */
Test(note_kin, what_a_struck_note_replaced_is_struck_through_all_its_versions, .timeout = 20)
{
    for (guint chain = 0; chain < G_N_ELEMENTS(chains); chain++) {
        Fx f;
        fx_begin(&f);
        Chained c = {.chain = chain};
        f.core->hook = on_chain_request;
        f.core->hook_data = &c;
        fx_discover(&f);
        g_free(versions_json(&f, chain, NULL));
        const NoteKin *kin = NULL;
        note_kin_watch(f.client, f.scope, f.ctx, "n1", on_kin, &kin);
        for (guint i = 0; i < 500 && !(kin && kin->answered); i++)
            loop_settle();
        cr_assert(kin && kin->answered && !kin->untold);
        const FhirResource *struck = note_kin_struck(kin, "n1");
        cr_assert_eq(struck != NULL, chain == 0, "chain %u", chain);
        cr_assert_eq(kin->later->len, 1, "only what came after this one is told as that: %u", kin->later->len);
        if (struck)
            cr_assert_str_eq(fhir_id(struck), "n3");
        cr_assert_leq(c.asked, 6, "chain %u: asked %u times", chain, c.asked);
        fx_end(&f);
    }
}

/* Added to the first of them, which the core calls replaced: what has become of the last is known all the same. */
Test(note_kin, what_was_added_to_an_early_version_of_a_struck_note_is_known_as_that, .timeout = 20)
{
    for (guint chain = 0; chain < G_N_ELEMENTS(chains); chain++) {
        Fx f;
        fx_begin(&f);
        Chained c = {.chain = chain};
        f.core->hook = on_chain_request;
        f.core->hook_data = &c;
        fx_discover(&f);
        g_free(versions_json(&f, chain, NULL));
        const NoteKin *kin = NULL;
        NoteKinSource *source = note_kin_watch(f.client, f.scope, f.ctx, "added", on_kin, &kin);
        note_kin_earlier(source, "n1", FALSE);
        for (guint i = 0; i < 500 && !(kin && kin->answered && kin->earlier); i++)
            loop_settle();
        cr_assert(kin && kin->answered && kin->earlier);
        const FhirResource *struck = note_kin_struck(kin, "n1");
        cr_assert_eq(struck != NULL, chain == 0, "chain %u", chain);
        cr_assert_eq(kin->later->len, 0, "nothing came after the addition itself: %u", kin->later->len);
        fx_end(&f);
    }
}
