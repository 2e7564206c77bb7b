/* SPDX-License-Identifier: GPL-3.0-or-later
 * The same road with the real rond-card and real PKCS#11 tokens (the training cards). */
#include "jwt-verify.h"

#include "auth/assertion.h"
#include "auth/seal-key.h"
#include "card/training.h"
#include "support/skip.h"

#include <criterion/criterion.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define PIN "735192"
#define CARDS                                                                                    \
    "card\thsa\tgiven\tfamily\ttitle\tpin\tkeys\n"                                               \
    "läkare\tSE2329999993-P1001\tEva\tLind\tLäkare\t" PIN "\trsa sign\n"                         \
    "sjuksköterska\tSE2329999993-P1014\tSara\tNyman\tSjuksköterska\t" PIN "\tec\n"

typedef struct {
    char *dir, *cards, *reader;
    pid_t pid;
    CardClient *card;
    Scope *scope;
    guint status, flags;
    gboolean answered;
    SecretBuf *data;
} Bench;

static void start_helper(Bench *b)
{
    int ends[2];
    cr_assert_eq(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
    b->pid = fork();
    if (b->pid == 0) {
        dup2(ends[1], 3);
        execl(ROND_CARD, ROND_CARD, "--module", training_module(), "--writable", b->cards,
              "--training-reader", b->reader, NULL);
        _exit(127);
    }
    close(ends[1]);
    b->card = card_client_new(ends[0], NULL, NULL);
}

static Bench *bench_new(void)
{
    if (!training_module())
        SKIP_PACKAGE("SoftHSM is not installed");
    Bench *b = g_new0(Bench, 1);
    b->dir = g_dir_make_tmp("rond-auth-XXXXXX", NULL);
    b->cards = g_build_filename(b->dir, "cards", NULL);
    b->reader = g_build_filename(b->dir, "reader", NULL);
    g_autofree char *list = g_build_filename(b->dir, "cards.tsv", NULL);
    g_autofree char *conf = g_build_filename(b->cards, "softhsm2.conf", NULL);
    cr_assert(g_file_set_contents(list, CARDS, -1, NULL));
    char error[256] = "";
    cr_assert(training_cards_make(b->cards, list, error), "%s", error);
    g_setenv("SOFTHSM2_CONF", conf, TRUE);
    b->scope = scope_new();
    start_helper(b);
    return b;
}

static void bench_free(Bench *b)
{
    scope_close(b->scope);
    card_client_free(b->card);
    kill(b->pid, SIGKILL);
    waitpid(b->pid, NULL, 0);
    char *argv[] = {(char *)"rm", (char *)"-r", b->dir, NULL};
    g_spawn_sync(NULL, argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL);
    secret_free(b->data);
    g_free(b->dir);
    g_free(b->cards);
    g_free(b->reader);
    g_free(b);
}

static void on_reply(const CardReply *reply, gpointer data)
{
    Bench *b = data;
    b->answered = TRUE;
    b->status = reply->status;
    b->flags = reply->flags;
    secret_free(b->data);
    b->data = secret_new_from(reply->data->data, reply->data->len);
}

static guint wait_reply(Bench *b)
{
    b->answered = FALSE;
    while (!b->answered)
        g_main_context_iteration(NULL, TRUE);
    return b->status;
}

static Certificate *insert(Bench *b, const char *label)
{
    CertPolicy policy = {.training = TRUE};
    g_autoptr(GError) error = NULL;
    cr_assert_eq(training_reader_insert(b->reader, label), 0);
    card_list(b->card, NULL, on_reply, b);
    cr_assert_eq(wait_reply(b), CARD_OK);
    g_autoptr(GPtrArray) found = certificate_pick(b->data, &policy, g_get_real_time(), &error);
    cr_assert_not_null(found, "%s", error ? error->message : "");
    cr_assert_eq(found->len, 1, "%u candidates", found->len);
    policy.training = FALSE;
    cr_assert_null(certificate_pick(b->data, &policy, g_get_real_time(), &error));
    cr_assert(g_error_matches(error, AUTH_ERROR, AUTH_ERROR_TRAINING));
    return certificate_ref(found->pdata[0]);
}

static guint login(Bench *b, const Certificate *cert, const char *pin)
{
    card_login(b->card, NULL, cert->slot, secret_new_from(pin, strlen(pin)), on_reply, b);
    return wait_reply(b);
}

static void on_jwt(const SecretBuf *jwt, const GError *error, gpointer data)
{
    cr_assert_not_null(jwt, "%s", error ? error->message : "");
    *(char **)data = g_strndup((const char *)jwt->data, jwt->len);
}

static void check_assertion(Bench *b, const Certificate *cert, const char *alg)
{
    const char *accepted[] = {alg, NULL};
    guint scheme = assertion_scheme(cert, accepted);
    cr_assert_neq(scheme, 0, "%s", alg);
    AssertionClaims claims = {.audience = "https://core.example/token", .now = g_get_real_time()};
    g_autofree char *jwt = NULL;
    assertion_sign(b->card, b->scope, cert, scheme, &claims, on_jwt, &jwt);
    while (!jwt)
        g_main_context_iteration(NULL, TRUE);
    const char *dot = strrchr(jwt, '.');
    g_autoptr(GBytes) sig = from_base64url(dot + 1, strlen(dot + 1));
    cr_assert(jwt_verify(cert, alg, jwt, (gsize)(dot - jwt), sig), "%s", alg);
}

static void on_key(const SecretBuf *key, const GError *error, gpointer data)
{
    cr_assert_not_null(key, "%s", error ? error->message : "");
    *(SecretBuf **)data = secret_new_from(key->data, key->len);
}

/* A key made with this card comes back from it, and is the same. */
static void check_key(Bench *b, Certificate *cert)
{
    SecretBuf *keys[2] = {NULL, NULL};
    for (int turn = 0; turn < 2; turn++) {
        g_autoptr(Store) store = store_open(b->dir, cert->hsa_id, STORE_DURABLE, NULL);
        cr_assert_eq(store_is_fresh(store), turn == 0);
        seal_key_get(b->card, b->scope, cert, store, on_key, &keys[turn]);
        while (!keys[turn])
            g_main_context_iteration(NULL, TRUE);
        cr_assert(store_unlock(store, keys[turn], NULL));
    }
    cr_assert_arr_eq(keys[0]->data, keys[1]->data, STORE_KEY_BYTES);
    secret_free(keys[0]);
    secret_free(keys[1]);
}

Test(auth_softhsm, the_road_of_an_rsa_card, .timeout = 60)
{
    Bench *b = bench_new();
    g_autoptr(Certificate) cert = insert(b, "läkare");
    cr_assert_str_eq(cert->hsa_id, "SE2329999993-P1001");
    cr_assert_str_eq(cert->family, "Lind");
    cr_assert_eq(login(b, cert, "000000"), CARD_PIN_WRONG);
    cr_assert_not_null(strstr(card_sentence(b->status, b->flags), "Wrong PIN"));
    cr_assert_eq(login(b, cert, PIN), CARD_OK);
    check_assertion(b, cert, "PS256");
    check_assertion(b, cert, "RS256");
    check_key(b, cert);
    bench_free(b);
}

Test(auth_softhsm, the_road_of_an_ec_card, .timeout = 60)
{
    Bench *b = bench_new();
    g_autoptr(Certificate) cert = insert(b, "sjuksköterska");
    cr_assert_str_eq(cert->hsa_id, "SE2329999993-P1014");
    cr_assert_eq(login(b, cert, PIN), CARD_OK);
    check_assertion(b, cert, "ES256");
    check_key(b, cert);
    cr_assert_eq(training_reader_pull(b->reader), 0); /* pulled: nothing is signed any more */
    guint8 hash[32] = {1};
    card_sign(b->card, NULL, cert->slot, cert->key_id, cert->key_id_len, CARD_ES256, hash, 32, on_reply, b);
    cr_assert_eq(wait_reply(b), CARD_NO_TOKEN);
    bench_free(b);
}
