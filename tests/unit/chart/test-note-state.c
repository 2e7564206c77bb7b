/* SPDX-License-Identifier: GPL-3.0-or-later
 * The life of a note, all of it: every state, every act, every hand, open and locked; and the minute in
 * which a note is locked. */
#include <criterion/criterion.h>
#include <string.h>

#include "chart/note-state.h"

#define DAY (24 * G_TIME_SPAN_HOUR)

/* A author, W who wrote it down, S another signer, H a supervisor, T another typist, N nobody, P who answers for it as
 * the author does: has signed it, or is of the same profession. */
static const char hands[] = "AWSHTNP";

/* Said here once more, in other words than the program's: state, act, who may while it is open, who may
 * when it is locked, what it becomes. What is not here nobody may. */
static const struct {
    NoteState state;
    NoteAct act;
    const char *open, *locked;
    NoteState to;
} may[] = {
    {NOTE_DRAFT, NOTE_FILE, "A", "A", NOTE_UNSIGNED},
    {NOTE_DRAFT, NOTE_FILE, "W", "W", NOTE_TRANSCRIBED},
    {NOTE_DRAFT, NOTE_SIGN, "A", "A", NOTE_SIGNED_BY_ONE},
    {NOTE_DICTATED, NOTE_TRANSCRIBE, "AWSHT", "AWSHT", NOTE_TRANSCRIBED},
    {NOTE_DICTATED, NOTE_STRIKE, "A", "A", NOTE_STRUCK},
    {NOTE_TRANSCRIBED, NOTE_SIGN, "A", "A", NOTE_SIGNED_BY_ONE},
    {NOTE_TRANSCRIBED, NOTE_CHANGE, "AW", "", NOTE_UNSIGNED},
    {NOTE_TRANSCRIBED, NOTE_CORRECT, "A", "A", NOTE_CORRECTED},
    {NOTE_TRANSCRIBED, NOTE_APPEND, "AWSHT", "AWSHT", NOTE_UNSIGNED},
    {NOTE_TRANSCRIBED, NOTE_STRIKE, "A", "A", NOTE_STRUCK},
    {NOTE_UNSIGNED, NOTE_SIGN, "A", "A", NOTE_SIGNED_BY_ONE},
    {NOTE_UNSIGNED, NOTE_CHANGE, "AW", "", NOTE_UNSIGNED},
    {NOTE_UNSIGNED, NOTE_CORRECT, "A", "A", NOTE_CORRECTED},
    {NOTE_UNSIGNED, NOTE_APPEND, "AWSHT", "AWSHT", NOTE_UNSIGNED},
    {NOTE_UNSIGNED, NOTE_STRIKE, "A", "A", NOTE_STRUCK},
    {NOTE_SIGNED_BY_ONE, NOTE_CORRECT, "AP", "AP", NOTE_CORRECTED},
    {NOTE_SIGNED_BY_ONE, NOTE_APPEND, "AWSHT", "AWSHT", NOTE_UNSIGNED},
    {NOTE_SIGNED_BY_ONE, NOTE_COUNTERSIGN, "H", "H", NOTE_COUNTERSIGNED},
    {NOTE_SIGNED_BY_ONE, NOTE_ASK_SECOND, "AP", "AP", NOTE_SIGNED_BY_ONE},
    {NOTE_SIGNED_BY_ONE, NOTE_STRIKE, "AP", "AP", NOTE_STRUCK},
    {NOTE_COUNTERSIGNED, NOTE_CORRECT, "AP", "AP", NOTE_CORRECTED},
    {NOTE_COUNTERSIGNED, NOTE_APPEND, "AWSHT", "AWSHT", NOTE_UNSIGNED},
    {NOTE_COUNTERSIGNED, NOTE_STRIKE, "AP", "AP", NOTE_STRUCK},
    {NOTE_CORRECTED, NOTE_CORRECT, "AP", "AP", NOTE_CORRECTED},
    {NOTE_CORRECTED, NOTE_APPEND, "AWSHT", "AWSHT", NOTE_UNSIGNED},
    {NOTE_CORRECTED, NOTE_COUNTERSIGN, "H", "H", NOTE_COUNTERSIGNED},
    {NOTE_CORRECTED, NOTE_ASK_SECOND, "AP", "AP", NOTE_CORRECTED},
    {NOTE_CORRECTED, NOTE_STRIKE, "AP", "AP", NOTE_STRUCK},
};

static gboolean expected(NoteState state, NoteAct act, char hand, gboolean locked, NoteState *ret_to)
{
    for (gsize i = 0; i < G_N_ELEMENTS(may); i++)
        if (may[i].state == state && may[i].act == act && strchr(locked ? may[i].locked : may[i].open, hand)) {
            *ret_to = may[i].to;
            return TRUE;
        }
    return FALSE;
}

Test(note_state, every_state_act_and_hand)
{
    guint n = 0;
    for (int s = 0; s < NOTE_STATES; s++)
        for (int a = 0; a < NOTE_ACTS; a++)
            for (const char *h = hands; *h; h++)
                for (int locked = 0; locked < 2; locked++, n++) {
                    NoteState want = NOTE_STATES, got = NOTE_STATES;
                    g_autoptr(GError) error = NULL;
                    gboolean ok = expected((NoteState)s, (NoteAct)a, *h, locked, &want);
                    gboolean may_it = note_may((NoteState)s, (NoteAct)a, (NoteHand)(1 << (h - hands)), locked, "Ek Johan", &got, &error);
                    cr_assert_eq(may_it, ok, "state %d act %d hand %c locked %d", s, a, *h, locked);
                    cr_assert_eq(got, want);
                    cr_assert_eq(error == NULL, ok);
                    cr_assert(ok || *error->message);
                }
    cr_assert_eq(n, NOTE_STATES * NOTE_ACTS * 7 * 2);
}

/* When it is not the state, the sentence says who may. */
Test(note_state, refused_says_who_may)
{
    g_autoptr(GError) error = NULL, locked = NULL, second = NULL;
    cr_assert_not(note_may(NOTE_UNSIGNED, NOTE_SIGN, NOTE_HAND_TYPIST, FALSE, "Ek Johan, läkare", NULL, &error));
    cr_assert(strstr(error->message, "Ek Johan, läkare"), "%s", error->message);
    cr_assert_not(note_may(NOTE_UNSIGNED, NOTE_CHANGE, NOTE_HAND_AUTHOR, TRUE, "Ek Johan", NULL, &locked));
    cr_assert(strstr(locked->message, "locked"), "%s", locked->message);
    cr_assert_not(note_may(NOTE_SIGNED_BY_ONE, NOTE_COUNTERSIGN, NOTE_HAND_AUTHOR, FALSE, "Ek Johan", NULL, &second));
    cr_assert(strstr(second->message, "second person"), "%s", second->message);
}

/* Nobody, however early and whatever their hand: what is signed is corrected, with a reason. What is unsigned its author
 * changes freely while it is open. */
Test(note_state, a_signed_note_is_never_changed_without_a_reason)
{
    for (int s = 0; s < NOTE_STATES; s++)
        for (int a = 0; a < NOTE_ACTS; a++)
            for (const char *h = hands; *h; h++) {
                NoteState to = NOTE_STATES;
                g_autoptr(GError) error = NULL;
                if (!note_state_is_signed((NoteState)s) || note_wants_reason((NoteAct)a) ||
                    !note_may((NoteState)s, (NoteAct)a, (NoteHand)(1 << (h - hands)), FALSE, "Ek Johan", &to, &error))
                    continue;
                cr_expect(to != NOTE_CORRECTED || a == NOTE_ASK_SECOND, "state %d act %d hand %c", s, a, *h);
                cr_expect(a != NOTE_CHANGE);
            }
    g_autoptr(GError) error = NULL;
    cr_assert_not(note_may(NOTE_SIGNED_BY_ONE, NOTE_CHANGE, NOTE_HAND_AUTHOR, FALSE, "Ek Johan", NULL, &error));
    cr_assert(strstr(error->message, "corrected with a reason"), "%s", error->message);
    cr_assert(note_may(NOTE_UNSIGNED, NOTE_CHANGE, NOTE_HAND_AUTHOR, FALSE, "Ek Johan", NULL, NULL));
}

Test(note_state, a_reason_is_asked_for_where_others_must_understand_why)
{
    for (int a = 0; a < NOTE_ACTS; a++)
        cr_assert_eq(note_wants_reason((NoteAct)a), a == NOTE_CORRECT || a == NOTE_STRIKE);
}

/* ---- how it looks ---- */

#define TEXT "\"content\":[{\"attachment\":{\"contentType\":\"text/plain\",\"data\":\"eA==\"}}]"
#define SOUND "\"content\":[{\"attachment\":{\"contentType\":\"audio/wav\",\"title\":\"17\"}}]"
#define EK "{\"reference\":\"Practitioner/ek\",\"display\":\"Ek\"}"
#define HALLEN "{\"reference\":\"Practitioner/hallen\"}"
#define ATTESTED "\"extension\":[{\"url\":\"" NOTE_ATTESTER "\",\"extension\":[{\"url\":\"party\",\"valueReference\":{\"reference\":\"Practitioner/lind\",\"display\":\"Lind\"}}]}]"

static FhirResource *doc(const char *status, const char *doc_status, const char *rest)
{
    g_autofree char *ds = doc_status ? g_strdup_printf("\"docStatus\":\"%s\",", doc_status) : g_strdup("");
    g_autofree char *json = g_strdup_printf("{\"resourceType\":\"DocumentReference\",\"id\":\"d\",\"status\":\"%s\",%s%s}", status, ds, rest);
    g_autoptr(GBytes) bytes = g_bytes_new(json, strlen(json));
    g_autoptr(GError) error = NULL;
    FhirResource *r = fhir_resource_parse(bytes, &error);
    cr_assert(r, "%s", error ? error->message : "");
    return r;
}

/* Who presses the signing key on what is signed already is told by whom, and what they may do instead. */
Test(note_state, signed_already_says_by_whom_and_what_begins_the_second)
{
    static const struct {
        const char *rest, *key, *sentence;
    } rows[] = {
        {TEXT ",\"authenticator\":" EK, NULL, "Signed already by Ek"},
        {TEXT ",\"authenticator\":" EK, "e", "Signed already by Ek; e begins to countersign it"},
        {TEXT ",\"authenticator\":" EK "," ATTESTED, NULL, "Signed already by Ek, and countersigned by Lind"},
        {TEXT, NULL, "Signed already by somebody who is not stated"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        FhirResource *d = doc("current", "final", rows[i].rest);
        g_autofree char *sentence = note_signed_already(d, rows[i].key);
        cr_expect_str_eq(sentence, rows[i].sentence);
        fhir_resource_unref(d);
    }
}

Test(note_state, is_read_from_what_the_core_holds)
{
    static const struct {
        const char *status, *doc_status, *rest;
        NoteState state;
    } rows[] = {
        {"current", "preliminary", TEXT ",\"author\":[" EK "]", NOTE_UNSIGNED},
        {"current", "preliminary", TEXT ",\"author\":[" EK "," HALLEN "]", NOTE_TRANSCRIBED},
        {"current", "preliminary", SOUND ",\"author\":[" EK "]", NOTE_DICTATED},
        {"current", "final", TEXT, NOTE_SIGNED_BY_ONE},
        {"current", "final", TEXT "," ATTESTED, NOTE_COUNTERSIGNED},
        {"current", "amended", TEXT, NOTE_CORRECTED},
        {"current", "amended", TEXT "," ATTESTED, NOTE_COUNTERSIGNED},
        {"superseded", "final", TEXT, NOTE_REPLACED},
        {"superseded", "preliminary", TEXT "," ATTESTED, NOTE_REPLACED},
        {"entered-in-error", "final", TEXT, NOTE_STRUCK},
        {"current", "entered-in-error", TEXT, NOTE_STRUCK},
        {"superseded", "entered-in-error", TEXT, NOTE_STRUCK},
        {"current", NULL, TEXT, NOTE_UNSTATED},
        {"unheard-of", "final", TEXT, NOTE_UNSTATED},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(FhirResource) d = doc(rows[i].status, rows[i].doc_status, rows[i].rest);
        cr_assert_eq(note_state(d), rows[i].state, "row %zu: %s", i, note_state_word(note_state(d)));
    }
}

Test(note_state, stands_as_it_was_sent)
{
#define BY_EK TEXT ",\"authenticator\":" EK
    static const struct {
        const char *status, *doc_status, *rest;
        gboolean same;
    } rows[] = {
        {"current", "final", BY_EK "," ATTESTED, TRUE},
        {"superseded", "final", BY_EK "," ATTESTED, FALSE},
        {"current", "preliminary", BY_EK "," ATTESTED, FALSE},
        {"current", NULL, BY_EK "," ATTESTED, FALSE},
        {"current", "final", TEXT "," ATTESTED, FALSE},
        {"current", "final", TEXT ",\"authenticator\":" HALLEN "," ATTESTED, FALSE},
        {"current", "final", BY_EK, FALSE},
        {"current", "final", BY_EK ",\"extension\":[{\"url\":\"" NOTE_ATTESTER "\",\"extension\":[{\"url\":\"party\",\"valueReference\":" HALLEN "}]}]", FALSE},
    };
    g_autoptr(FhirResource) sent = doc("current", "final", BY_EK "," ATTESTED);
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(FhirResource) d = doc(rows[i].status, rows[i].doc_status, rows[i].rest);
        cr_assert_eq(note_stands_as(sent, d), rows[i].same, "row %zu", i);
    }
}

Test(note_state, what_a_person_is_to_a_note)
{
    g_autoptr(FhirResource) d = doc("current", "final", TEXT ",\"author\":[" EK "," HALLEN "],\"authenticator\":{\"reference\":\"Practitioner/sand\"}");
    static const struct {
        NotePerson who;
        NoteHand hand, of_draft;
    } rows[] = {
        {{"ek", NULL, TRUE, TRUE, TRUE, NULL}, NOTE_HAND_AUTHOR, NOTE_HAND_AUTHOR},
        {{"hallen", NULL, TRUE, FALSE, FALSE, NULL}, NOTE_HAND_WRITER, NOTE_HAND_WRITER},
        {{"hallen", NULL, TRUE, TRUE, TRUE, NULL}, NOTE_HAND_SIGNER, NOTE_HAND_AUTHOR},
        {{"lind", NULL, TRUE, TRUE, TRUE, NULL}, NOTE_HAND_SENIOR, NOTE_HAND_AUTHOR},
        {{"sand", NULL, TRUE, TRUE, TRUE, NULL}, NOTE_HAND_SIGNER | NOTE_HAND_ANSWERS, NOTE_HAND_AUTHOR}, /* has signed it */
        {{"dahl", NULL, TRUE, TRUE, FALSE, NULL}, NOTE_HAND_SIGNER, NOTE_HAND_AUTHOR},
        {{"annan", NULL, TRUE, FALSE, FALSE, NULL}, NOTE_HAND_TYPIST, NOTE_HAND_WRITER},
        {{"noren", NULL, FALSE, FALSE, FALSE, NULL}, NOTE_HAND_NOBODY, NOTE_HAND_NOBODY},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        cr_assert_eq(note_hand(d, &rows[i].who), rows[i].hand, "row %zu", i);
        cr_assert_eq(note_hand(NULL, &rows[i].who), rows[i].of_draft, "row %zu", i);
    }
}

/* Whoever wrote or signed a note answers for it, and can be stood in for by one of the same profession: nobody else takes
 * it back. An author whose profession is not told is stood in for by nobody. */
Test(note_state, a_note_is_answered_for_by_the_authors_profession)
{
    static const struct {
        const char *author, *profession;
        gboolean answers;
    } rows[] = {
        {"Ek Johan, läkare", "läkare", TRUE},     {"Ek Johan, läkare", "sjuksköterska", FALSE},
        {"Nyman Sara, sjuksköterska", "läkare", FALSE}, {"Ek Johan", "läkare", FALSE},
        {"Ek Johan, läkare", NULL, FALSE},        {"Ek, Johan", "Johan", FALSE},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *rest = g_strdup_printf(TEXT ",\"author\":[{\"reference\":\"Practitioner/ek\",\"display\":\"%s\"}]", rows[i].author);
        g_autoptr(FhirResource) d = doc("current", "final", rest);
        NotePerson lind = {"lind", NULL, TRUE, TRUE, TRUE, rows[i].profession};
        g_autoptr(GError) error = NULL;
        NoteHand hand = note_hand(d, &lind);
        cr_assert_eq((hand & NOTE_HAND_ANSWERS) != 0, rows[i].answers, "row %zu", i);
        cr_assert(hand & NOTE_HAND_SENIOR);
        cr_assert_eq(note_may(NOTE_SIGNED_BY_ONE, NOTE_STRIKE, hand, FALSE, rows[i].author, NULL, &error), rows[i].answers);
        cr_assert(rows[i].answers || (strstr(error->message, rows[i].author) && strstr(error->message, "addition")), "row %zu", i);
    }
}

/* A core that names the person in the assignment names the same person. */
Test(note_state, an_author_is_known_by_the_assignment_too)
{
    g_autoptr(FhirResource) d = doc("current", "final", TEXT ",\"author\":[{\"reference\":\"PractitionerRole/lind-avd3\"},{\"reference\":\"PractitionerRole/hallen-avd3\"}],"
                                    "\"authenticator\":{\"reference\":\"PractitionerRole/lind-avd3\"}");
    const NotePerson lind = {"lind", "lind-avd3", TRUE, TRUE, TRUE, NULL}, hallen = {"hallen", "hallen-avd3", TRUE, FALSE, FALSE, NULL},
                     other = {"ek", "ek-avd3", TRUE, TRUE, TRUE, NULL}, unknown = {"lind-avd3", NULL, TRUE, TRUE, TRUE};
    cr_assert_eq(note_hand(d, &lind), NOTE_HAND_AUTHOR);
    cr_assert_eq(note_hand(d, &hallen), NOTE_HAND_WRITER);
    cr_assert_eq(note_hand(d, &other), NOTE_HAND_SENIOR);
    cr_assert_eq(note_hand(d, &unknown), NOTE_HAND_SENIOR); /* a person's id is no assignment's */
    g_autoptr(FhirResource) signed_only = doc("current", "final", TEXT ",\"author\":[" EK "],\"authenticator\":{\"reference\":\"PractitionerRole/lind-avd3\"}");
    cr_assert_eq(note_hand(signed_only, &lind), NOTE_HAND_SIGNER | NOTE_HAND_ANSWERS);
}

#define ATTEST(who) "{\"url\":\"" NOTE_ATTESTER "\",\"extension\":[{\"url\":\"party\",\"valueReference\":" who "}]}"

/* Other systems attest the author's own name, or nobody's. */
Test(note_state, countersigned_is_by_another_than_wrote_or_signed)
{
    static const struct {
        const char *rest;
        NoteState state;
    } rows[] = {
        {",\"author\":[" EK "],\"extension\":[" ATTEST(EK) "]", NOTE_SIGNED_BY_ONE},
        {",\"author\":[" EK "," HALLEN "],\"extension\":[" ATTEST(HALLEN) "]", NOTE_SIGNED_BY_ONE},
        {",\"author\":[" EK "],\"authenticator\":" HALLEN ",\"extension\":[" ATTEST(HALLEN) "]", NOTE_SIGNED_BY_ONE},
        {",\"author\":[" EK "],\"extension\":[{\"url\":\"" NOTE_ATTESTER "\"}]", NOTE_SIGNED_BY_ONE},
        {",\"author\":[" EK "],\"extension\":[" ATTEST(EK) "," ATTEST(HALLEN) "]", NOTE_COUNTERSIGNED},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *rest = g_strconcat(TEXT, rows[i].rest, NULL);
        g_autoptr(FhirResource) d = doc("current", "final", rest);
        cr_assert_eq(note_state(d), rows[i].state, "row %zu: %s", i, note_state_word(note_state(d)));
    }
}

/* ---- locked ---- */

static Instant at(const char *text)
{
    FhirTime t;
    cr_assert(fhir_time_parse(text, &t));
    return t.instant;
}

static gboolean locked_at(const char *written, const char *now, int days)
{
    g_autofree char *date = g_strdup_printf(TEXT ",\"date\":\"%s\"", written);
    g_autoptr(FhirResource) d = doc("current", "final", date);
    return note_locked(d, at(now), days);
}

Test(note_state, locked_after_fourteen_days_to_the_minute)
{
    cr_assert_not(locked_at("2026-11-01T10:00:00+01:00", "2026-11-15T09:59:00+01:00", 14)); /* 13 days 23:59 */
    cr_assert_not(locked_at("2026-11-01T10:00:00+01:00", "2026-11-15T09:59:59.999+01:00", 14));
    cr_assert(locked_at("2026-11-01T10:00:00+01:00", "2026-11-15T10:00:00+01:00", 14)); /* 14 days */
    cr_assert(locked_at("2026-11-01T10:00:00+01:00", "2027-11-15T10:00:00+01:00", 14));
    cr_assert_not(locked_at("2026-11-01T10:00:30.250+01:00", "2026-11-15T10:00:30.249+01:00", 14));
    cr_assert(locked_at("2026-11-01T10:00:30.250+01:00", "2026-11-15T10:00:30.250+01:00", 14));
    cr_assert_not(locked_at("2026-11-01T10:00:00+01:00", "2026-11-01T10:00:00+01:00", 1));
    cr_assert(locked_at("2026-11-01T10:00:00+01:00", "2026-11-02T10:00:00+01:00", 1));
}

/* A later version is no new start, and what only says a day is no time. */
Test(note_state, is_locked_from_the_first_version)
{
#define MADE(at) "\"content\":[{\"attachment\":{\"contentType\":\"text/plain\",\"data\":\"eA==\",\"creation\":\"" at "\"}}],\"date\":\"2026-11-14T10:00:00+01:00\""
    g_autoptr(FhirResource) later = doc("current", "amended", MADE("2026-11-01T10:00:00+01:00"));
    cr_assert_not(note_locked(later, at("2026-11-15T09:59:00+01:00"), 14));
    cr_assert(note_locked(later, at("2026-11-15T10:00:00+01:00"), 14));
    g_autoptr(FhirResource) future = doc("current", "amended", MADE("2026-11-20T10:00:00+01:00"));
    cr_assert(note_locked(future, at("2026-11-28T10:00:00+01:00"), 14));
    g_autoptr(FhirResource) year = doc("current", "amended", MADE("2026"));
    cr_assert_not(note_locked(year, at("2026-11-28T09:59:00+01:00"), 14));
}

/* The clocks go back on 25 October 2026 and forward on 29 March 2027: the clock on the wall decides. */
Test(note_state, daylight_saving_moves_no_lock)
{
    cr_assert_not(locked_at("2026-10-20T10:00:00+02:00", "2026-11-03T09:59:00+01:00", 14));
    cr_assert(locked_at("2026-10-20T10:00:00+02:00", "2026-11-03T10:00:00+01:00", 14));
    cr_assert_not(locked_at("2027-03-20T10:00:00+01:00", "2027-04-03T09:59:00+02:00", 14));
    cr_assert(locked_at("2027-03-20T10:00:00+01:00", "2027-04-03T10:00:00+02:00", 14));
}

Test(note_state, a_note_that_does_not_say_when_is_locked)
{
    g_autoptr(FhirResource) d = doc("current", "final", TEXT);
    cr_assert_eq(note_locks_at(d, 14), INSTANT_NONE);
    cr_assert(note_locked(d, at("2026-11-01T10:00:00+01:00"), 14));
    g_autoptr(FhirResource) stamped = doc("current", "final", TEXT ",\"meta\":{\"lastUpdated\":\"2026-11-01T10:00:00+01:00\"}");
    cr_assert_not(note_locked(stamped, at("2026-11-15T09:59:00+01:00"), 14));
    cr_assert(note_locked(stamped, at("2026-11-15T10:00:00+01:00"), 14));
}
