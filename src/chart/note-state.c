/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/note-state.h"

#include <glib/gi18n.h>
#include <string.h>

/* ---- how a state looks --------------------------------------------------------------------- */

typedef enum { ANYHOW, HAS_SECOND, IS_SOUND, WRITTEN_DOWN } Mark;

/* The first row that fits is the state. NULL: whatever it says. */
static const struct {
    const char *status, *doc_status;
    Mark mark;
    NoteState state;
} looks[] = {
    {"entered-in-error", NULL, ANYHOW, NOTE_STRUCK},
    {NULL, "entered-in-error", ANYHOW, NOTE_STRUCK},
    {"superseded", NULL, ANYHOW, NOTE_REPLACED},
    {"current", "final", HAS_SECOND, NOTE_COUNTERSIGNED},
    {"current", "amended", HAS_SECOND, NOTE_COUNTERSIGNED},
    {"current", "amended", ANYHOW, NOTE_CORRECTED},
    {"current", "final", ANYHOW, NOTE_SIGNED_BY_ONE},
    {"current", "preliminary", IS_SOUND, NOTE_DICTATED},
    {"current", "preliminary", WRITTEN_DOWN, NOTE_TRANSCRIBED},
    {"current", "preliminary", ANYHOW, NOTE_UNSIGNED},
    {NULL, NULL, ANYHOW, NOTE_UNSTATED},
};

static gboolean is_sound(FhirNode root)
{
    gboolean any = FALSE;
    for (FhirNode c = fhir_first(fhir_at(root, "content")); fhir_exists(c); c = fhir_next(c)) {
        g_autofree char *type = fhir_string(c, "attachment.contentType");
        if (!type || !g_str_has_prefix(type, "audio/"))
            return FALSE;
        any = TRUE;
    }
    return any;
}

static gboolean has_mark(const FhirResource *d, Mark mark)
{
    switch (mark) {
    case ANYHOW: return TRUE;
    case HAS_SECOND: return fhir_exists(note_second(d));
    case IS_SOUND: return is_sound(fhir_root(d));
    case WRITTEN_DOWN: return fhir_exists(fhir_at(fhir_root(d), "author[1]"));
    }
    return FALSE;
}

NoteState note_state(const FhirResource *document)
{
    FhirNode root = fhir_root(document);
    gsize i = 0;
    while ((looks[i].status && !fhir_is(root, "status", looks[i].status)) ||
           (looks[i].doc_status && !fhir_is(root, "docStatus", looks[i].doc_status)) || !has_mark(document, looks[i].mark))
        i++;
    return looks[i].state;
}

static const struct {
    const char *word; /* N_() */
    gboolean is_signed, is_open;
} states[NOTE_STATES] = {
    [NOTE_DRAFT] = {N_("draft"), FALSE, FALSE},
    [NOTE_DICTATED] = {N_("DICTATED"), FALSE, TRUE},
    [NOTE_TRANSCRIBED] = {N_("UNSIGNED, transcribed"), FALSE, TRUE},
    [NOTE_UNSIGNED] = {N_("UNSIGNED"), FALSE, TRUE},
    [NOTE_SIGNED_BY_ONE] = {N_("signed"), TRUE, FALSE},
    [NOTE_COUNTERSIGNED] = {N_("countersigned"), TRUE, FALSE},
    [NOTE_CORRECTED] = {N_("corrected"), TRUE, FALSE},
    [NOTE_REPLACED] = {N_("replaced"), FALSE, FALSE},
    [NOTE_STRUCK] = {N_("struck"), FALSE, FALSE},
    [NOTE_UNSTATED] = {N_("signing not stated"), FALSE, FALSE},
};

const char *note_state_word(NoteState state)
{
    return _(states[state].word);
}

gboolean note_state_is_signed(NoteState state)
{
    return states[state].is_signed;
}

gboolean note_state_is_open(NoteState state)
{
    return states[state].is_open;
}

/* ---- whose hand ---------------------------------------------------------------------------- */

/* Some cores name the person in the assignment, not the person. */
static gboolean is_person(FhirNode node, const char *path, const char *practitioner, const char *role)
{
    g_autofree char *type = NULL, *found = NULL;
    return fhir_reference(node, path, &type, &found) &&
           ((g_strcmp0(type, "Practitioner") == 0 && g_strcmp0(found, practitioner) == 0) ||
            (role && g_strcmp0(type, "PractitionerRole") == 0 && g_strcmp0(found, role) == 0));
}

static gboolean author_at(const FhirResource *d, const char *practitioner, const char *role, gboolean first)
{
    FhirNode a = fhir_first(fhir_at(fhir_root(d), "author"));
    for (a = first ? a : fhir_next(a); fhir_exists(a); a = fhir_next(a)) {
        if (is_person(a, "", practitioner, role))
            return TRUE;
        if (first)
            return FALSE;
    }
    return FALSE;
}

gboolean note_names(const FhirResource *d, const char *practitioner, const char *role)
{
    return author_at(d, practitioner, role, TRUE) || author_at(d, practitioner, role, FALSE);
}

char *note_profession(const char *author)
{
    const char *comma = author ? strrchr(author, ',') : NULL;
    const char *word = comma ? comma + 1 + strspn(comma + 1, " ") : NULL;
    return word && g_unichar_islower(g_utf8_get_char_validated(word, -1)) ? g_strdup(word) : NULL;
}

/* Some systems attest the author's own signature too. */
FhirNode note_second(const FhirResource *d)
{
    FhirNode root = fhir_root(d), none = {0};
    for (FhirNode e = fhir_first(fhir_at(root, "extension")); fhir_exists(e); e = fhir_next(e)) {
        g_autofree char *type = NULL, *id = NULL;
        if (!fhir_is(e, "url", NOTE_ATTESTER) || !fhir_reference(e, "extension[url=party].valueReference", &type, &id))
            continue;
        if (!note_names(d, id, id) && !is_person(root, "authenticator", id, id))
            return e;
    }
    return none;
}

static gboolean same_name(FhirNode a, FhirNode b, const char *path)
{
    g_autofree char *type = NULL, *id = NULL, *other = NULL;
    gboolean named = fhir_reference(a, path, &type, &id);
    g_clear_pointer(&type, g_free);
    gboolean other_named = fhir_reference(b, path, &type, &other);
    return named == other_named && g_strcmp0(id, other) == 0;
}

static gboolean same_string(FhirNode a, FhirNode b, const char *path)
{
    g_autofree char *x = fhir_string(a, path), *y = fhir_string(b, path);
    return g_strcmp0(x, y) == 0;
}

gboolean note_stands_as(const FhirResource *sent, const FhirResource *held)
{
    FhirNode a = fhir_root(sent), b = fhir_root(held);
    return same_string(a, b, "status") && same_string(a, b, "docStatus") && same_name(a, b, "authenticator") &&
           same_name(a, b, "extension[url=" NOTE_ATTESTER "].extension[url=party].valueReference");
}

static gboolean same_profession(const FhirResource *d, const NotePerson *who)
{
    g_autofree char *author = fhir_string(fhir_root(d), "author[0].display"), *profession = note_profession(author);
    return profession && g_strcmp0(profession, who->profession) == 0;
}

NoteHand note_hand(const FhirResource *d, const NotePerson *who)
{
    gboolean own = !d || author_at(d, who->practitioner, who->role_id, TRUE);
    gboolean helped = d && author_at(d, who->practitioner, who->role_id, FALSE);
    if (!who->writes)
        return NOTE_HAND_NOBODY;
    if (own && who->signs)
        return NOTE_HAND_AUTHOR;
    if ((own || helped) && !who->signs)
        return NOTE_HAND_WRITER;
    if (!who->signs)
        return NOTE_HAND_TYPIST;
    /* Whoever has signed it is no second pair of eyes. */
    gboolean has_signed = d && is_person(fhir_root(d), "authenticator", who->practitioner, who->role_id);
    guint hand = who->countersigns && !has_signed && !helped ? NOTE_HAND_SENIOR : NOTE_HAND_SIGNER;
    return (NoteHand)(hand | (has_signed || same_profession(d, who) ? NOTE_HAND_ANSWERS : 0));
}

/* ---- closed -------------------------------------------------------------------------------- */

static Instant time_at(const FhirResource *d, const char *path)
{
    FhirTime t;
    return fhir_time(fhir_root(d), path, &t) && t.precision == FHIR_TIME_SECOND ? t.instant : INSTANT_NONE;
}

Instant note_first_written(const FhirResource *d)
{
    FhirTime t;
    Instant date = fhir_time(fhir_root(d), "date", &t) ? t.instant : fhir_last_updated(d);
    Instant made = time_at(d, "content[0].attachment.creation");
    return made != INSTANT_NONE && (date == INSTANT_NONE || made < date) ? made : date;
}

Instant note_locks_at(const FhirResource *d, int days)
{
    Instant written = note_first_written(d);
    return written == INSTANT_NONE ? INSTANT_NONE : instant_add_days(written, days);
}

gboolean note_locked(const FhirResource *d, Instant now, int days)
{
    Instant at = note_locks_at(d, days);
    return at == INSTANT_NONE || now >= at;
}

/* ---- what may be done ---------------------------------------------------------------------- */

#define IS(state) (1u << (state))
#define OPEN (IS(NOTE_UNSIGNED) | IS(NOTE_TRANSCRIBED))
#define SIGNED (IS(NOTE_SIGNED_BY_ONE) | IS(NOTE_COUNTERSIGNED) | IS(NOTE_CORRECTED))
#define AUTHOR NOTE_HAND_AUTHOR
#define ANSWERING (NOTE_HAND_AUTHOR | NOTE_HAND_ANSWERS)
#define WRITERS (AUTHOR | NOTE_HAND_SIGNER | NOTE_HAND_SENIOR | NOTE_HAND_WRITER | NOTE_HAND_TYPIST)
#define CLOSED TRUE /* also when it is closed */

/* An act on a state by a hand that has no row here is refused. */
static const struct {
    NoteAct act;
    guint from, hands;
    gboolean closed;
    NoteState to;
} moves[] = {
    {NOTE_FILE, IS(NOTE_DRAFT), AUTHOR, CLOSED, NOTE_UNSIGNED},
    {NOTE_FILE, IS(NOTE_DRAFT), NOTE_HAND_WRITER, CLOSED, NOTE_TRANSCRIBED},
    {NOTE_SIGN, IS(NOTE_DRAFT) | OPEN, AUTHOR, CLOSED, NOTE_SIGNED_BY_ONE},
    {NOTE_TRANSCRIBE, IS(NOTE_DICTATED), WRITERS, CLOSED, NOTE_TRANSCRIBED},
    {NOTE_CHANGE, OPEN, AUTHOR | NOTE_HAND_WRITER, FALSE, NOTE_UNSIGNED},
    {NOTE_CORRECT, OPEN, AUTHOR, CLOSED, NOTE_CORRECTED},
    {NOTE_CORRECT, SIGNED, ANSWERING, CLOSED, NOTE_CORRECTED},
    {NOTE_APPEND, OPEN | SIGNED, WRITERS, CLOSED, NOTE_UNSIGNED},
    {NOTE_COUNTERSIGN, IS(NOTE_SIGNED_BY_ONE) | IS(NOTE_CORRECTED), NOTE_HAND_SENIOR, CLOSED, NOTE_COUNTERSIGNED},
    {NOTE_ASK_SECOND, IS(NOTE_SIGNED_BY_ONE), ANSWERING, CLOSED, NOTE_SIGNED_BY_ONE},
    {NOTE_ASK_SECOND, IS(NOTE_CORRECTED), ANSWERING, CLOSED, NOTE_CORRECTED},
    {NOTE_STRIKE, IS(NOTE_DICTATED) | OPEN, AUTHOR, CLOSED, NOTE_STRUCK},
    {NOTE_STRIKE, SIGNED, ANSWERING, CLOSED, NOTE_STRUCK},
};

static const struct {
    gboolean reason;
    const char *state; /* N_(): what the state stands in the way of */
    const char *hand;  /* N_(): who may */
} acts[NOTE_ACTS] = {
    [NOTE_FILE] = {FALSE, N_("Only a draft is put in the record"), N_("Only somebody who writes notes puts one in the record")},
    [NOTE_SIGN] = {FALSE, N_("Only an unsigned note is signed"), N_("Its author signs the note: %s")},
    [NOTE_TRANSCRIBE] = {FALSE, N_("Only a dictation is transcribed"), N_("Only somebody who writes notes transcribes")},
    [NOTE_CHANGE] = {FALSE, N_("Only an unsigned note is changed; a signed one is corrected with a reason"),
                     N_("Its author changes the note: %s. Others correct it with a reason once it is signed")},
    [NOTE_CORRECT] = {TRUE, N_("Only the last version of a note is corrected"),
                      N_("%s, who signed it or a colleague of that profession corrects it. You can make an addition")},
    [NOTE_APPEND] = {FALSE, N_("Something is added only to the last version of a note"), N_("Only somebody who writes notes adds to them")},
    [NOTE_COUNTERSIGN] = {FALSE, N_("Only a signed note that nobody has countersigned is countersigned"),
                          N_("A second person countersigns, one who may supervise, not those who wrote or signed it: %s")},
    [NOTE_ASK_SECOND] = {FALSE, N_("Only a signed note that nobody has countersigned is countersigned"),
                         N_("Its author, who signed it, or one of the same profession asks for a countersignature: %s")},
    [NOTE_STRIKE] = {TRUE, N_("Only the last version of a note is struck"),
                     N_("%s, who signed it or a colleague of that profession strikes it. You can make an addition")},
};

gboolean note_may(NoteState state, NoteAct act, NoteHand hand, gboolean locked, const char *author, NoteState *ret_to,
                  GError **error)
{
    gboolean state_fits = FALSE, hand_fits = FALSE;
    for (gsize i = 0; i < G_N_ELEMENTS(moves); i++) {
        if (moves[i].act != act || !(moves[i].from & IS(state)))
            continue;
        state_fits = TRUE;
        if (!(moves[i].hands & hand))
            continue;
        hand_fits = TRUE;
        if (locked && !moves[i].closed)
            continue;
        if (ret_to)
            *ret_to = moves[i].to;
        return TRUE;
    }
    if (state == NOTE_STRUCK)
        g_set_error_literal(error, FHIR_ERROR, FHIR_ERROR_EDIT, _("The note is struck: nothing more is done with it"));
    else if (!state_fits)
        g_set_error(error, FHIR_ERROR, FHIR_ERROR_EDIT, "%s (%s)", _(acts[act].state), note_state_word(state));
    else if (hand_fits)
        g_set_error_literal(error, FHIR_ERROR, FHIR_ERROR_EDIT,
                            _("The note is locked: it can be corrected with a reason and added to, not changed"));
    else
        g_set_error(error, FHIR_ERROR, FHIR_ERROR_EDIT, _(acts[act].hand), author ? author : _("author not stated"));
    return FALSE;
}

char *note_signed_already(const FhirResource *d, const char *second_key)
{
    g_autofree char *signer = fhir_string(fhir_root(d), "authenticator.display");
    g_autofree char *second = fhir_string(note_second(d), "extension[url=party].valueReference.display");
    const char *who = signer ? signer : _("somebody who is not stated");
    if (note_state(d) == NOTE_COUNTERSIGNED)
        return g_strdup_printf(_("Signed already by %s, and countersigned by %s"), who, second ? second : _("somebody who is not stated"));
    return second_key ? g_strdup_printf(_("Signed already by %s; %s begins to countersign it"), who, second_key)
                      : g_strdup_printf(_("Signed already by %s"), who);
}

gboolean note_wants_reason(NoteAct act)
{
    return acts[act].reason;
}
