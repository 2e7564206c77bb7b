/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fake-card.h"
#include "jwt-verify.h"

#include "auth/assertion.h"
#include "auth/idle.h"
#include "auth/reader.h"
#include "base/clock.h"
#include "base/event.h"
#include "json/control.h"

#include <criterion/criterion.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

TestSuite(auth_card, .timeout = 40);

typedef struct {
    guint count, status, flags;
    gsize len;
} Seen;

static void on_reply(const CardReply *reply, gpointer data)
{
    Seen *seen = data;
    *seen = (Seen){seen->count + 1, reply->status, reply->flags, reply->data->len};
}

static void spin_count(const guint *count, guint until)
{
    while (*count < until)
        g_main_context_iteration(NULL, TRUE);
}

static SecretBuf *pin(const char *text)
{
    return secret_new_from(text, strlen(text));
}

static void on_lost(CardClient *card, gpointer data)
{
    ++*(guint *)data;
}

Test(auth_card, a_pin_is_sent_once_and_its_tries_are_told)
{
    FakeCert one = {.key = "EC:P-256"};
    FakeCard *fake = fake_card_new(&one, 1);
    CardClient *card = card_client_new(fake_card_fd(fake), NULL, NULL);
    static const struct {
        const char *pin;
        guint status;
        const char *word;
    } tries[] = {
        {"12", CARD_PIN_FORMAT, "No try was used"}, {"111111", CARD_PIN_WRONG, "few tries"},
        {"111112", CARD_PIN_WRONG, "last try"},     {"111113", CARD_PIN_LOCKED, "locked"},
        {FAKE_PIN, CARD_PIN_LOCKED, "locked"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(tries); i++) {
        Seen seen = {0};
        card_login(card, NULL, 0, pin(tries[i].pin), on_reply, &seen);
        spin_count(&seen.count, 1);
        cr_assert_eq(seen.status, tries[i].status, "%u: %u", i, seen.status);
        const char *sentence = card_sentence(seen.status, seen.flags);
        cr_assert_not_null(strstr(sentence, tries[i].word), "%s", sentence);
        cr_assert_eq(fake_card_asked(fake, CARD_OP_LOGIN), i + 1);
    }
    card_client_free(card);
    fake_card_free(fake);
}

Test(auth_card, requests_are_answered_in_order)
{
    FakeCert one = {.key = "EC:P-256"};
    FakeCard *fake = fake_card_new(&one, 1);
    CardClient *card = card_client_new(fake_card_fd(fake), NULL, NULL);
    Seen list = {0}, sign = {0}, after = {0};
    guint8 key_id = 0, hash[32] = {1};
    card_list(card, NULL, on_reply, &list);
    card_sign(card, NULL, 0, &key_id, 1, CARD_ES256, hash, 32, on_reply, &sign);
    card_login(card, NULL, 0, pin(FAKE_PIN), on_reply, &after);
    spin_count(&after.count, 1);
    cr_assert_eq(list.status, CARD_OK);
    cr_assert_gt(list.len, sizeof(struct card_cert));
    cr_assert_eq(sign.status, CARD_NOT_LOGGED_IN);
    cr_assert_eq(after.status, CARD_OK);
    card_client_free(card);
    fake_card_free(fake);
}

Test(auth_card, a_hung_helper_is_given_up_at_the_deadline_and_replaced)
{
    clock_test_begin(1795000000LL * G_USEC_PER_SEC);
    FakeCert one = {.key = "EC:P-256"};
    FakeCard *fake = fake_card_new(&one, 1);
    guint lost = 0;
    CardClient *card = card_client_new(fake_card_fd(fake), on_lost, &lost);
    fake_card_hang_on(fake, CARD_OP_LOGIN);
    Seen login = {0}, waiting = {0};
    card_login(card, NULL, 0, pin(FAKE_PIN), on_reply, &login);
    card_list(card, NULL, on_reply, &waiting);
    clock_test_advance(14900 * 1000);
    cr_assert_eq(login.count, 0);
    clock_test_advance(200 * 1000);
    cr_assert_eq(login.count, 1);
    cr_assert_eq(login.status, CARD_DEADLINE);
    cr_assert_eq(waiting.count, 1);
    cr_assert_eq(waiting.status, CARD_DEADLINE);
    cr_assert_eq(lost, 1);

    fake_card_hang_on(fake, 0);
    Seen again = {0};
    card_list(card, NULL, on_reply, &again); /* waits for the new helper */
    card_client_attach(card, fake_card_fd(fake));
    spin_count(&again.count, 1);
    cr_assert_eq(again.status, CARD_OK);
    card_client_free(card);
    fake_card_free(fake);
    clock_test_end();
}

Test(auth_card, a_dead_helper_ends_what_waits)
{
    FakeCert one = {.key = "EC:P-256"};
    FakeCard *fake = fake_card_new(&one, 1);
    guint lost = 0;
    CardClient *card = card_client_new(fake_card_fd(fake), on_lost, &lost);
    fake_card_die_on(fake, CARD_OP_LIST);
    Seen list = {0};
    Scope *scope = scope_new();
    Seen silenced = {0};
    card_list(card, scope, on_reply, &silenced);
    card_list(card, NULL, on_reply, &list);
    scope_close(scope);
    spin_count(&list.count, 1);
    cr_assert_eq(list.status, CARD_HELPER_GONE);
    cr_assert_eq(silenced.count, 0);
    cr_assert_eq(lost, 1);
    card_client_free(card);
    fake_card_free(fake);
}

static void on_free_client(const CardReply *reply, gpointer data)
{
    card_client_free(*(CardClient **)data);
    *(CardClient **)data = NULL;
}

Test(auth_card, the_client_may_be_freed_by_its_callback)
{
    FakeCert one = {.key = "EC:P-256"};
    FakeCard *fake = fake_card_new(&one, 1);
    for (int turn = 0; turn < 2; turn++) {
        CardClient *card = card_client_new(fake_card_fd(fake), NULL, NULL);
        Seen never = {0};
        fake_card_die_on(fake, turn ? CARD_OP_LIST : 0);
        card_list(card, NULL, on_free_client, &card);
        card_list(card, NULL, on_reply, &never);
        while (card)
            g_main_context_iteration(NULL, TRUE);
        cr_assert_eq(never.count, 0);
    }
    fake_card_free(fake);
}

/* ---- certificates ---- */

#define SITHS "SITHS e-id Person HSA-id 3 CA v1"

static const struct {
    FakeCert cert;
    gboolean training_profile;
    const char *refused; /* NULL: taken */
} choices[] = {
    {{.key = "EC:P-256"}, TRUE, NULL},
    {{.key = "EC:P-256"}, FALSE, "training card"},
    {{.key = "EC:P-256", .issuer_o = "Inera AB", .issuer_cn = SITHS}, FALSE, NULL},
    {{.key = "EC:P-256", .issuer_o = "Inera AB", .issuer_cn = SITHS}, TRUE, "real card"},
    {{.key = "EC:P-256", .issuer_o = "Inera AB", .issuer_cn = "Another CA"}, FALSE, "authority"},
    {{.key = "EC:P-256", .usage = "critical,nonRepudiation"}, TRUE, "logging in"},
    {{.key = "EC:P-256", .usage = "critical,digitalSignature,nonRepudiation"}, TRUE, "logging in"},
    {{.key = "EC:P-256", .extended = "emailProtection"}, TRUE, "logging in"},
    {{.key = "EC:P-256", .extended = ""}, TRUE, "logging in"},
    {{.key = "EC:P-256", .hsa = "191202119192"}, TRUE, "HSA-id"},
    {{.key = "EC:P-256", .hsa = "SE2321000131"}, TRUE, "HSA-id"},
    {{.key = "EC:P-256", .from_days = -20, .to_days = -1}, TRUE, "expired"},
    {{.key = "EC:P-256", .from_days = 2, .to_days = 100}, TRUE, "not valid yet"},
};

Test(auth_card, certificates_are_chosen_by_what_they_say)
{
    static const char *const issuers[] = {"SITHS e-id Person HSA-id *", NULL};
    for (guint i = 0; i < G_N_ELEMENTS(choices); i++) {
        FakeCard *fake = fake_card_new(&choices[i].cert, 1);
        g_autoptr(SecretBuf) list = fake_card_list(fake);
        CertPolicy policy = {.training = choices[i].training_profile, .issuers = issuers};
        g_autoptr(GError) error = NULL;
        g_autoptr(GPtrArray) found = certificate_pick(list, &policy, g_get_real_time(), &error);
        if (choices[i].refused) {
            cr_assert_null(found, "row %u", i);
            cr_assert_not_null(strstr(error->message, choices[i].refused), "row %u: %s", i,
                               error->message);
        } else {
            cr_assert_not_null(found, "row %u: %s", i, error ? error->message : "");
            const Certificate *cert = found->pdata[0];
            cr_assert_str_eq(cert->hsa_id, FAKE_HSA);
            cr_assert_str_eq(cert->name, "Åsa Övning");
            cr_assert_not(cert->expires_soon);
        }
        fake_card_free(fake);
    }
}

Test(auth_card, several_persons_are_several_candidates_and_expiry_is_flagged)
{
    FakeCert certs[] = {
        {.key = "EC:P-256", .usage = "critical,nonRepudiation", .extended = ""},
        {.key = "EC:P-256", .from_days = -300, .to_days = 20},
        {.key = "EC:P-256", .hsa = "SE2321000131-P000000000102"},
        {.key = "EC:P-256", .from_days = -300, .to_days = 10}, /* the same person's older one */
    };
    FakeCard *fake = fake_card_new(certs, G_N_ELEMENTS(certs));
    g_autoptr(SecretBuf) list = fake_card_list(fake);
    CertPolicy policy = {.training = TRUE};
    g_autoptr(GPtrArray) found = certificate_pick(list, &policy, g_get_real_time(), NULL);
    cr_assert_eq(found->len, 2);
    const Certificate *a = found->pdata[0], *b = found->pdata[1];
    cr_assert_str_eq(a->hsa_id, "SE2321000131-P000000000102");
    cr_assert_eq(b->key_id[0], 1);
    cr_assert(b->expires_soon);
    for (gsize cut = 0; cut < list->len; cut += 97) { /* a list cut anywhere is no crash */
        g_autoptr(SecretBuf) part = secret_new_from(list->data, cut);
        g_autoptr(GPtrArray) some = certificate_pick(part, &policy, g_get_real_time(), NULL);
        cr_assert(!some || some->len <= 2);
    }
    fake_card_free(fake);
}

Test(auth_card, hsa_ids)
{
    cr_assert(hsa_id_valid("SE2321000131-P000000000101"));
    cr_assert(hsa_id_valid("SE2321000131-1ABC"));
    static const char *const wrong[] = {"", "SE2321000131-", "SE232100013-P1", "NO2321000131-P1",
                                        "SE2321000131-p1", "SE2321000131-P1 ", "SE2321000131P1",
                                        "SE2321000131-P000000000000000001"};
    for (guint i = 0; i < G_N_ELEMENTS(wrong); i++)
        cr_assert_not(hsa_id_valid(wrong[i]), "%s", wrong[i]);
    cr_assert_not(hsa_id_valid(NULL));
}

/* ---- assertions ---- */

static void on_jwt(const SecretBuf *jwt, const GError *error, gpointer data)
{
    cr_assert_not_null(jwt, "%s", error ? error->message : "");
    *(char **)data = g_strndup((const char *)jwt->data, jwt->len);
}

static const struct {
    const char *key, *accepted, *alg;
    guint can;
} algs[] = {
    {"RSA:2048", NULL, "PS256", 0},
    {"RSA:2048", "RS256", "RS256", 0},
    {"RSA:2048", NULL, "RS256", 1u << CARD_RS256},
    {"EC:P-256", NULL, "ES256", 0},
    {"EC:P-384", NULL, "ES384", 0},
};

Test(auth_card, assertions_verify_with_openssl)
{
    for (guint i = 0; i < G_N_ELEMENTS(algs); i++) {
        FakeCert one = {.key = algs[i].key, .can = algs[i].can};
        FakeCard *fake = fake_card_new(&one, 1);
        CardClient *card = card_client_new(fake_card_fd(fake), NULL, NULL);
        g_autoptr(Certificate) cert = fake_card_certificate(fake);
        Scope *scope = scope_new();
        Seen login = {0};
        card_login(card, NULL, 0, pin(FAKE_PIN), on_reply, &login);
        const char *accepted[] = {algs[i].accepted, NULL};
        guint scheme = assertion_scheme(cert, algs[i].accepted ? accepted : NULL);
        cr_assert_str_eq(assertion_alg(scheme), algs[i].alg);
        AssertionClaims claims = {.audience = "https://core.example/token",
                                  .commission = "SE2321000131-U000000000001",
                                  .now = 1795000000LL * G_USEC_PER_SEC};
        g_autofree char *jwt = NULL;
        assertion_sign(card, scope, cert, scheme, &claims, on_jwt, &jwt);
        while (!jwt)
            g_main_context_iteration(NULL, TRUE);

        g_auto(GStrv) parts = g_strsplit(jwt, ".", -1);
        cr_assert_eq(g_strv_length(parts), 3);
        g_autoptr(GBytes) sig = from_base64url(parts[2], strlen(parts[2]));
        gsize signed_len = strlen(parts[0]) + 1 + strlen(parts[1]);
        cr_assert(jwt_verify(cert, algs[i].alg, jwt, signed_len, sig), "%s", algs[i].alg);
        jwt[5] ^= 1;
        cr_assert_not(jwt_verify(cert, algs[i].alg, jwt, signed_len, sig));

        g_autoptr(GBytes) header = from_base64url(parts[0], strlen(parts[0]));
        g_autoptr(GBytes) payload = from_base64url(parts[1], strlen(parts[1]));
        g_autoptr(JsonTree) h = json_tree_parse(g_bytes_get_data(header, NULL), g_bytes_get_size(header), NULL);
        g_autoptr(JsonTree) p = json_tree_parse(g_bytes_get_data(payload, NULL), g_bytes_get_size(payload), NULL);
        cr_assert_str_eq(json_tree_string(h, "alg"), algs[i].alg);
        cr_assert_eq(json_tree_count(h, "x5c"), 1);
        g_autofree char *x5c = g_base64_encode(g_bytes_get_data(cert->der, NULL), g_bytes_get_size(cert->der));
        cr_assert_str_eq(json_tree_string(h, "x5c.0"), x5c);
        g_autoptr(GBytes) x5t = from_base64url(json_tree_string(h, "x5t#S256"), strlen(json_tree_string(h, "x5t#S256")));
        cr_assert_arr_eq(g_bytes_get_data(x5t, NULL), cert->sha256, 32);
        cr_assert_str_eq(json_tree_string(p, "iss"), FAKE_HSA);
        cr_assert_str_eq(json_tree_string(p, "sub"), FAKE_HSA);
        cr_assert_str_eq(json_tree_string(p, "aud"), claims.audience);
        cr_assert_str_eq(json_tree_string(p, "commissionHsaId"), claims.commission);
        cr_assert_eq(json_tree_int(p, "iat", 0), 1795000000);
        cr_assert_eq(json_tree_int(p, "exp", 0), 1795000060);
        cr_assert_geq(strlen(json_tree_string(p, "jti")), 22);
        scope_close(scope);
        card_client_free(card);
        fake_card_free(fake);
    }
}

/* ---- idle and reader ---- */

static void on_event(const Event *event, gpointer data)
{
    g_string_append_printf(data, "%s ", event->text);
}

Test(auth_card, idling_locks_once_and_a_key_puts_it_off)
{
    clock_test_begin(0);
    g_autoptr(GString) told = g_string_new(NULL);
    event_listen(EVENT_SESSION, on_event, told);
    Idle *idle = idle_new(60);
    clock_test_advance(59 * G_USEC_PER_SEC);
    idle_touch(idle);
    clock_test_advance(59 * G_USEC_PER_SEC);
    cr_assert_str_eq(told->str, "");
    clock_test_advance(2 * G_USEC_PER_SEC);
    cr_assert_str_eq(told->str, "lock ");
    clock_test_advance(600 * (gint64)G_USEC_PER_SEC);
    cr_assert_str_eq(told->str, "lock ");
    idle_free(idle);
    clock_test_end();
}

Test(auth_card, the_reader_tells_present_gone_and_swapped)
{
    g_autoptr(GString) told = g_string_new(NULL);
    event_listen(EVENT_CARD, on_event, told);
    int pair[2];
    cr_assert_eq(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair), 0);
    Reader *reader = reader_new(pair[0]);
    static const struct reader_event events[] = {
        {.present = 0, .counter = 1}, {.present = 1, .counter = 2, .token_label = "läkare"},
        {.present = 1, .counter = 2}, {.present = 1, .counter = 4, .token_label = "annan"},
        {.present = 0, .counter = 5}, {.present = 1, .counter = 6},
    };
    for (guint i = 0; i < G_N_ELEMENTS(events); i++)
        cr_assert_eq(send(pair[1], &events[i], sizeof events[i], 0), (gssize)sizeof events[i]);
    while (g_main_context_iteration(NULL, FALSE))
        continue;
    cr_assert_str_eq(told->str, "gone present swapped gone present ");
    cr_assert(reader_present(reader));
    close(pair[1]); /* the watch dies: as good as gone */
    while (reader_present(reader))
        g_main_context_iteration(NULL, TRUE);
    cr_assert_str_eq(told->str, "gone present swapped gone present gone ");
    reader_free(reader);
}
