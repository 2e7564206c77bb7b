/* SPDX-License-Identifier: GPL-3.0-or-later
 * From a card in the reader to a session: the PIN, the assignment, who it is. */
#include <glib/gi18n.h>
#include <string.h>

#include "app/exercise.h"
#include "base/clock.h"
#include "base/log.h"
#include "chart/record-words.h"
#include "client/query.h"
#include "client/write.h"
#include "main/wiring.h"

#define LAST_COMMISSION "rond:last-commission"

static void answer(Wiring *w, SigninState state, const char *text, const GPtrArray *commissions)
{
    SigninAnswer a = {.state = state, .text = text, .commissions = commissions};
    if (w->signin)
        w->signin(&a, w->signin_data);
}

/* Back to where nobody is logged in and nothing of anybody's is open. */
static void step_back(Wiring *w)
{
    g_clear_pointer(&w->login, auth_login_free);
    g_clear_pointer(&w->pin, secret_free);
    client_binding_set_store(w->binding, NULL);
    g_clear_pointer(&w->store, store_close);
}

void wire_fail(Wiring *w, SigninState state, const char *text)
{
    step_back(w);
    answer(w, state, text, NULL);
}

/* The role comes from the token; the title that is shown is the card's own. */
static Who *who_of(const AuthSession *s)
{
    Who *who = g_new0(Who, 1);
    const Certificate *cert = auth_session_certificate(s);
    const AuthCommission *c = auth_session_commission(s);
    const char *user = auth_session_fhir_user(s);
    who->name = cert->family && cert->given ? g_strdup_printf("%s %s", cert->family, cert->given)
                                            : g_strdup(auth_session_name(s));
    who->hsa_id = g_strdup(auth_session_hsa_id(s));
    who->practitioner = g_strdup(user && strchr(user, '/') ? strrchr(user, '/') + 1 : user);
    who->role = g_strdup(auth_session_role(s));
    who->role_title = cert->title ? g_utf8_strdown(cert->title, -1) : g_strdup(who->role);
    who->author = who->role_title ? g_strdup_printf("%s, %s", who->name, who->role_title) : g_strdup(who->name);
    if (c) {
        who->commission = g_strdup(c->hsa_id);
        who->commission_name = g_strdup(c->name);
        who->purpose = g_strdup(c->purpose);
        who->unit_name = g_strdup(c->unit ? c->unit : c->name);
    }
    who->rights = rights_of_role(who->role);
    /* Only this purpose opens records; a trainer has no patients but the training hospital's. */
    if (g_strcmp0(who->purpose, "Vård och behandling") != 0 && !who_trains(who))
        who->rights = 0;
    return who;
}

static void on_resumed(const GError *error, gpointer data)
{
    (void)data;
    if (error)
        log_event(LOG_WARN, "outbox", "%s", error->message);
}

static void identity_tell(Wiring *w)
{
    const Who *who = w->app->who;
    ClientIdentity id = {.practitioner_id = who->practitioner, .role_id = who->role_id, .name = who->name, .hsa_id = who->hsa_id,
                         .commission_hsa_id = who->commission, .commission_name = who->commission_name,
                         .unit_id = who->unit, .unit_name = who->unit_name,
                         .prescriber = (who->rights & CMD_NEEDS_PRESCRIBER) != 0};
    client_set_identity(w->client, &id);
}

static void ready(Wiring *w)
{
    identity_tell(w);
    client_resume(w->client, w->scope, on_resumed, w);
    w->idle = idle_new((guint)option_int(w->app->options, "session.idle-minutes") * 60);
    answer(w, SIGNIN_OK, "", NULL);
    if (w->exercise)
        exercise_begin(w->app, w->exercise);
    else if (w->app->training)
        exercise_resume(w->app);
    w->exercise = NULL; /* once a session, also when it is locked and opened again */
    g_autofree char *withheld = rights_withheld(w->app);
    if (withheld) {
        g_autofree char *text = g_strdup_printf(_("Your login gives no right to: %s. Ask support"), withheld);
        w->app->frontend->status(w->app, STATUS_WARN, text);
    }
    if (w->keyring_said)
        w->app->frontend->status(w->app, STATUS_WARN, w->keyring_said);
    g_clear_pointer(&w->keyring_said, g_free);
    if (w->store && store_moved_aside(w->store)) {
        log_event(LOG_WARN, "store", "damaged, and kept in %s", store_moved_aside(w->store));
        w->app->frontend->status(w->app, STATUS_ERROR, _("The local store was damaged and is set aside with its drafts. Tell support."));
    }
}

/* The assignment says in which language its unit keeps the record. */
static void record_in_language(Wiring *w, FhirNode role)
{
    g_autofree char *language = fhir_string(role, "language");
    if (record_words_use(language, NULL))
        return;
    g_autofree char *text = g_strdup_printf(_("The unit's record is kept in “%s”, which rond has no words for: it writes in “%s”"),
                                            language, record_language());
    w->app->frontend->status(w->app, STATUS_WARN, text);
}

static void refuse(Wiring *w, const char *sentence)
{
    w->app->client = NULL;
    client_binding_set_session(w->binding, NULL);
    g_clear_pointer(&w->app->who, who_free);
    g_clear_pointer(&w->session, auth_session_free);
    wire_fail(w, SIGNIN_FAILED, sentence);
}

/* It was asked and said nothing that could be read: whether there is a unit is not known. */
static gboolean unanswered(const GError *error)
{
    return g_error_matches(error, CLIENT_ERROR, CLIENT_ERROR_OFFLINE) ||
           g_error_matches(error, CLIENT_ERROR, CLIENT_ERROR_SERVER) || g_error_matches(error, CLIENT_ERROR, CLIENT_ERROR_ANSWER);
}

/* The assignment is a PractitionerRole; its organization is the unit whose lists are shown. */
static void on_role(const ClientResult *result, const GError *error, gboolean done, gpointer data)
{
    Wiring *w = data;
    Who *who = w->app->who;
    if (result && result->items->len && !who->unit) {
        FhirNode role = fhir_root(result->items->pdata[0]);
        g_free(who->role_id);
        who->role_id = g_strdup(fhir_id(result->items->pdata[0]));
        g_autofree char *type = NULL, *name = fhir_string(role, "organization.display");
        fhir_reference(role, "organization", &type, &who->unit);
        record_in_language(w, role);
        if (name) {
            g_free(who->unit_name);
            who->unit_name = g_steal_pointer(&name);
        }
    }
    if (!done)
        return;
    if (error)
        log_event(LOG_WARN, "login", "the assignment's unit is not known: %s", error->message);
    if (error && !who->unit && unanswered(error))
        refuse(w, _("The core has not said which unit the assignment is for, so nothing was opened. Try again, or ask support"));
    else
        ready(w);
}

static void remember_commission(Wiring *w);

static void on_discovered(const GError *error, gpointer data)
{
    Wiring *w = data;
    const char *wrong = client_wrong_world(w->client, w->app->training);
    if (error)
        log_event(LOG_WARN, "core", "capability: %s", error->message);
    if (wrong) {
        refuse(w, _(wrong));
        return;
    }
    remember_commission(w);
    if (!w->app->who->commission) {
        ready(w);
        return;
    }
    g_autoptr(FhirQuery) q = fhir_query_new("PractitionerRole");
    fhir_query_add_token(q, "identifier", NULL, w->app->who->commission);
    client_search(w->client, w->scope, NULL, q, CLIENT_ONE_PAGE | CLIENT_FRESH, on_role, w);
}

static void logged_in(Wiring *w, AuthSession *session)
{
    w->session = session;
    client_binding_set_session(w->binding, session);
    w->app->who = who_of(session);
    w->app->client = w->client;
    identity_tell(w);
    client_discover(w->client, w->scope, on_discovered, w);
}

/* The assignment this person had last, in the sealed store: coming back after a lock asks nothing. */
static const AuthCommission *last_commission(Wiring *w, const GPtrArray *from)
{
    g_autoptr(StorePage) page = w->store && !w->visit ? store_cache_get(w->store, LAST_COMMISSION, NULL, NULL) : NULL;
    gsize n = 0;
    const char *data = page ? g_bytes_get_data(page->body, &n) : NULL;
    for (guint i = 0; data && i < from->len; i++) {
        const AuthCommission *c = from->pdata[i];
        if (strlen(c->hsa_id) == n && memcmp(c->hsa_id, data, n) == 0)
            return c;
    }
    return NULL;
}

static void remember_commission(Wiring *w)
{
    const char *c = w->app->who->commission;
    g_autoptr(GBytes) body = c ? g_bytes_new(c, strlen(c)) : NULL;
    if (body && w->store && !w->visit)
        store_cache_put(w->store, LAST_COMMISSION, NULL, body, clock_real_us(), NULL);
}

static void choose(Wiring *w, const GPtrArray *from)
{
    const AuthCommission *last = last_commission(w, from);
    if (last) {
        auth_login_choose(w->login, last->hsa_id);
        return;
    }
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < from->len; i++) {
        const AuthCommission *c = from->pdata[i];
        CommissionChoice *choice = g_new0(CommissionChoice, 1);
        *choice = (CommissionChoice){c->hsa_id, c->name, c->unit, c->purpose}; /* borrowed for the call */
        g_ptr_array_add(list, choice);
    }
    answer(w, SIGNIN_CHOOSE, "", list);
}

static void answer_failed(Wiring *w, const LoginOutcome *o)
{
    gboolean locked = o->error && g_error_matches(o->error, AUTH_ERROR, AUTH_ERROR_LOCKED);
    const char *why = o->error ? _(o->error->message) : _("The login did not succeed");
    g_autofree char *text = o->detail ? g_strdup_printf("%s (%s)", why, o->detail) : g_strdup(why);
    wire_fail(w, locked ? SIGNIN_PIN_LOCKED : SIGNIN_FAILED, text);
}

/* Why, at which address, and that nothing is lost. */
static void answer_offline(Wiring *w, const GError *why, const char *detail)
{
    g_autoptr(GString) text = g_string_new(_(why->message));
    if (!w->visit)
        g_string_append_printf(text, " %s", _("What you have written is kept."));
    if (*w->base_url)
        g_string_append_printf(text, " (%s%s%s)", w->base_url, detail ? "; " : "", detail ? detail : "");
    answer(w, SIGNIN_FAILED, text->str, NULL);
}

enum { VISIT_RETRIES = 10, VISIT_RETRY_MS = 300 };

static gboolean on_retry(gpointer data)
{
    Wiring *w = data;
    w->retry_timer = 0;
    if (w->login)
        auth_login_retry(w->login);
    return G_SOURCE_REMOVE;
}

/* A script's visits follow close on each other: the core of the one before may just be ending. */
static gboolean visit_waits(Wiring *w)
{
    if (!w->visit || !w->app->training || w->retries++ >= VISIT_RETRIES)
        return FALSE;
    w->retry_timer = clock_timer_add(VISIT_RETRY_MS, on_retry, w);
    return TRUE;
}

static void on_login(AuthLogin *login, const LoginOutcome *o, gpointer data)
{
    Wiring *w = data;
    (void)login;
    switch (o->state) {
    case LOGIN_PIN:
        answer(w, SIGNIN_PIN_WRONG, o->error ? _(o->error->message) : "", NULL);
        break;
    case LOGIN_STORE:
        w->store = o->store;
        client_binding_set_store(w->binding, w->store);
        if (o->notice)
            w->app->frontend->status(w->app, STATUS_WARN, _(o->notice));
        break;
    case LOGIN_KEY:
        answer(w, SIGNIN_KEY, o->error ? _(o->error->message) : "", NULL);
        break;
    case LOGIN_CHOOSE:
        choose(w, o->commissions);
        break;
    case LOGIN_OFFLINE:
        if (visit_waits(w))
            break;
        /* What was written can be read with the card alone; the way in asks the core again. */
        step_back(w);
        answer_offline(w, o->error, o->detail);
        break;
    case LOGIN_DONE:
        logged_in(w, o->session);
        g_clear_pointer(&w->login, auth_login_free);
        break;
    case LOGIN_FAILED:
        answer_failed(w, o);
        break;
    }
}
/* Several people on one card are told apart by certificate; in the training reader the label says
 * which card is in, since all tokens are there at once. */
static Certificate *certificate_here(Wiring *w, const GPtrArray *found)
{
    const char *label = w->app->training && w->reader ? reader_label(w->reader) : NULL;
    for (guint i = 0; i < found->len; i++) {
        Certificate *c = found->pdata[i];
        if (!label || g_strcmp0(c->token_label, label) == 0)
            return c;
    }
    return NULL;
}

/* Nothing waits for it: the card opens what is sealed. */
static void on_keyring(const SecretBuf *secret, const GError *error, gpointer data)
{
    Wiring *w = data;
    (void)secret;
    g_clear_pointer(&w->keyring_said, g_free);
    if (error && w->idle)
        w->app->frontend->status(w->app, STATUS_WARN, _(error->message));
    else if (error) /* on this screen it would pass unseen */
        w->keyring_said = g_strdup(_(error->message));
}

static void begin(Wiring *w, Certificate *cert)
{
    AuthConfig config = {
        .base_url = w->base_url, .client_id = "rond", .scope = "openid fhirUser user/*.read user/*.write",
        .store_dir = w->store_dir, .personal_account = option_bool(w->app->options, "session.personal-account"),
        .keyring_told = on_keyring, .keyring_scope = w->scope,
    };
    AuthHttp http = client_auth_http(client_net(w->client));
    g_clear_pointer(&w->login, auth_login_free);
    w->login = auth_login(&config, &http, w->card, cert, w->commission, on_login, w);
    auth_login_pin(w->login, g_steal_pointer(&w->pin));
}

static void on_cards(const CardReply *reply, gpointer data)
{
    Wiring *w = data;
    g_autoptr(GError) error = NULL;
    g_autofree char *issuer = g_strdup_printf("*%s*", option_text(w->app->options, "card.issuer"));
    const char *const issuers[] = {issuer, NULL};
    CertPolicy policy = {.training = w->app->training, .issuers = w->app->training ? NULL : issuers};
    if (reply->status != CARD_OK) {
        wire_fail(w, SIGNIN_FAILED, _(card_sentence(reply->status, reply->flags)));
        return;
    }
    g_autoptr(GPtrArray) found = certificate_pick(reply->data, &policy, clock_real_us(), &error);
    Certificate *cert = found ? certificate_here(w, found) : NULL;
    if (cert)
        begin(w, cert);
    else
        wire_fail(w, SIGNIN_FAILED, error ? _(error->message) : _("There is no certificate on this card that can be used here"));
}

static void s_login(gpointer self, SecretBuf *pin, const char *commission, SigninFn fn, gpointer data)
{
    Wiring *w = self;
    w->signin = fn;
    w->signin_data = data;
    g_clear_pointer(&w->pin, secret_free);
    w->pin = pin;
    if (!w->client)
        wire_fail(w, SIGNIN_FAILED, _("The address of the core in the configuration cannot be used"));
    else if (commission && w->login)
        auth_login_choose(w->login, commission);
    else if (w->login)
        auth_login_pin(w->login, g_steal_pointer(&w->pin));
    else
        card_list(w->card, w->card_scope, on_cards, w);
}

static void s_start_over(gpointer self)
{
    Wiring *w = self;
    if (w->login)
        auth_login_start_over(w->login);
}

void wire_login(Services *s)
{
    s->start_over = s_start_over;
    s->login = s_login;
}
