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
