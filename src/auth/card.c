/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "auth/card.h"

#include "base/clock.h"

#include <errno.h>
#include <glib-unix.h>
#include <glib/gi18n.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define DEADLINE_MS 15000
#define PIN_PAD_MS 120000 /* a person reads a small display and types there */
#define HEADER offsetof(struct card_request, data)
#define REPLY_HEADER offsetof(struct card_reply, data)

typedef struct {
    CardClient *card;
    SecretBuf *message; /* struct card_request, as long as it needs to be */
    guint deadline_ms;
    Scope *scope;
    guint scope_id;
    CardFn fn;
    gpointer data;
} Request;

struct CardClient {
    int fd;
    guint source, timer;
    guint32 next_id, flying_id;
    Request *flying;
    GQueue waiting;
    SecretBuf *reply; /* struct card_reply, erased after each use */
    CardLostFn lost;
    gpointer data;
    guint busy; /* callbacks running; what is freed meanwhile is dead, and goes after them */
    gboolean dead;
};

static void send_next(CardClient *card);

static void on_scope_closed(gpointer data)
{
    Request *request = data;
    request->scope = NULL;
    request->fn = NULL;
}

static void request_free(Request *request)
{
    if (request->scope)
        scope_remove(request->scope, request->scope_id);
    secret_free(request->message);
    g_free(request);
}

/* Ends @request; FALSE when its callback freed the client. */
static gboolean answer(CardClient *card, Request *request, const CardReply *reply)
{
    CardFn fn = request->fn;
    gpointer data = request->data;
    request_free(request);
    card->busy++;
    if (fn && !card->dead)
        fn(reply, data);
    card->busy--;
    if (!card->dead)
        return TRUE;
    if (card->busy == 0)
        g_free(card);
    return FALSE;
}

static void detach(CardClient *card)
{
    if (card->source)
        g_source_remove(card->source);
    clock_timer_cancel(card->timer);
    if (card->fd >= 0)
        close(card->fd);
    card->source = card->timer = 0;
    card->fd = -1;
}

/* The helper is not coming back: everything asked of it ends, then the owner may attach another. */
static void lose(CardClient *card, guint status)
{
    detach(card);
    GQueue ending = card->waiting;
    g_queue_init(&card->waiting);
    if (card->flying)
        g_queue_push_head(&ending, g_steal_pointer(&card->flying));
    g_autoptr(SecretBuf) none = secret_new(1);
    CardReply reply = {.status = status, .data = none};
    gboolean alive = TRUE;
    Request *request;
    while (alive && (request = g_queue_pop_head(&ending)))
        alive = answer(card, request, &reply);
    g_queue_clear_full(&ending, (GDestroyNotify)request_free); /* when a callback freed the client */
    if (alive && card->fd < 0 && card->lost)
        card->lost(card, card->data);
}

static gboolean on_deadline(gpointer data)
{
    CardClient *card = data;
    card->timer = 0;
    lose(card, CARD_DEADLINE);
    return G_SOURCE_REMOVE;
}

static gboolean reply_valid(CardClient *card, gssize got)
{
    const struct card_reply *reply = (const void *)card->reply->data;
    return card->flying && got >= (gssize)REPLY_HEADER && got <= (gssize)sizeof *reply &&
           reply->id == card->flying_id && reply->len <= (gsize)got - REPLY_HEADER;
}

static gboolean on_readable(int fd, GIOCondition condition, gpointer user)
{
    CardClient *card = user;
    struct card_reply *raw = (void *)card->reply->data;
    gssize got = recv(fd, raw, sizeof *raw, MSG_DONTWAIT | MSG_TRUNC);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return G_SOURCE_CONTINUE;
    if (!reply_valid(card, got)) {
        secret_clear(card->reply);
        card->source = 0;
        lose(card, CARD_HELPER_GONE);
        return G_SOURCE_REMOVE;
    }
    g_autoptr(SecretBuf) data = secret_new_from(raw->data, raw->len);
    CardReply reply = {.status = raw->status, .flags = raw->flags, .rv = raw->rv, .data = data};
    secret_wipe(card->reply->data, card->reply->cap);
    clock_timer_cancel(card->timer);
    card->timer = 0;
    guint source = card->source;
    if (!answer(card, g_steal_pointer(&card->flying), &reply))
        return G_SOURCE_REMOVE;
    if (card->source != source) /* lost and attached anew in the callback */
        return G_SOURCE_REMOVE;
    send_next(card);
    return card->source == source ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

static void send_next(CardClient *card)
{
    if (card->flying || card->fd < 0 || g_queue_is_empty(&card->waiting))
        return;
    Request *request = g_queue_pop_head(&card->waiting);
    struct card_request *raw = (void *)request->message->data;
    raw->id = card->flying_id = ++card->next_id;
    card->flying = request;
    gssize sent = send(card->fd, raw, request->message->len, MSG_DONTWAIT | MSG_NOSIGNAL);
    g_clear_pointer(&request->message, secret_free); /* a PIN is gone from here once it is sent */
    card->timer = clock_timer_add(sent < 0 ? 0 : request->deadline_ms, on_deadline, card);
}

static void submit(CardClient *card, Scope *scope, const struct card_request *head,
                   gconstpointer data, gsize len, guint deadline_ms, CardFn fn, gpointer user)
{
    Request *request = g_new0(Request, 1);
    *request = (Request){.card = card, .deadline_ms = deadline_ms, .scope = scope, .fn = fn, .data = user};
    g_assert(len <= CARD_MAX_DATA);
    request->message = secret_new(HEADER + len);
    struct card_request *raw = (void *)request->message->data;
    memcpy(raw, head, HEADER);
    raw->len = (guint32)len;
    if (len)
        memcpy(request->message->data + HEADER, data, len);
    request->message->len = HEADER + len;
    if (scope)
        request->scope_id = scope_add(scope, on_scope_closed, request);
    g_queue_push_tail(&card->waiting, request);
    send_next(card);
}

CardClient *card_client_new(int fd, CardLostFn lost, gpointer data)
{
    CardClient *card = g_new0(CardClient, 1);
    card->fd = -1;
    card->lost = lost;
    card->data = data;
    card->reply = secret_new(sizeof(struct card_reply));
    g_queue_init(&card->waiting);
    if (fd >= 0)
        card_client_attach(card, fd);
    return card;
}

void card_client_attach(CardClient *card, int fd)
{
    g_return_if_fail(card->fd < 0);
    card->fd = fd;
    card->source = g_unix_fd_add(fd, G_IO_IN | G_IO_HUP | G_IO_ERR, on_readable, card);
    send_next(card);
}

void card_client_free(CardClient *card)
{
    if (!card)
        return;
    detach(card);
    if (card->flying)
        request_free(card->flying);
    Request *request;
    while ((request = g_queue_pop_head(&card->waiting)))
        request_free(request);
    secret_free(card->reply);
    card->dead = TRUE;
    if (card->busy == 0)
        g_free(card);
}

void card_list(CardClient *card, Scope *scope, CardFn fn, gpointer data)
{
    struct card_request head = {.op = CARD_OP_LIST};
    submit(card, scope, &head, NULL, 0, DEADLINE_MS, fn, data);
}

void card_login(CardClient *card, Scope *scope, guint slot, SecretBuf *pin, CardFn fn, gpointer data)
{
    struct card_request head = {.op = CARD_OP_LOGIN, .slot = slot};
    submit(card, scope, &head, pin->data, pin->len, pin->len ? DEADLINE_MS : PIN_PAD_MS, fn, data);
    secret_free(pin);
}

static struct card_request key_request(guint op, guint slot, const guint8 *key_id, gsize len,
                                       guint scheme)
{
    struct card_request head = {.op = op, .slot = slot, .scheme = scheme};
    head.key_id_len = (guint32)MIN(len, sizeof head.key_id);
    memcpy(head.key_id, key_id, head.key_id_len);
    return head;
}

void card_sign(CardClient *card, Scope *scope, guint slot, const guint8 *key_id, gsize key_id_len,
               guint scheme, const guint8 *hash, gsize len, CardFn fn, gpointer data)
{
    struct card_request head = key_request(CARD_OP_SIGN, slot, key_id, key_id_len, scheme);
    submit(card, scope, &head, hash, len, DEADLINE_MS, fn, data);
}

void card_unwrap(CardClient *card, Scope *scope, guint slot, const guint8 *key_id, gsize key_id_len,
                 guint scheme, const guint8 *wrapped, gsize len, CardFn fn, gpointer data)
{
    struct card_request head = key_request(CARD_OP_UNWRAP, slot, key_id, key_id_len, scheme);
    submit(card, scope, &head, wrapped, len, DEADLINE_MS, fn, data);
}

void card_logout(CardClient *card, Scope *scope, guint slot, CardFn fn, gpointer data)
{
    struct card_request head = {.op = CARD_OP_LOGOUT, .slot = slot};
    submit(card, scope, &head, NULL, 0, DEADLINE_MS, fn, data);
}

static const struct {
    guint status, flags;
    const char *sentence;
} sentences[] = {
    {CARD_NO_MODULE, 0, N_("The card module cannot be loaded. Ask support to check its path.")},
    {CARD_NO_TOKEN, 0, N_("There is no card in the reader.")},
    {CARD_PIN_WRONG, CARD_FLAG_LOCKED,
     N_("Wrong PIN, and the card's PIN is now locked. Unlock it with the PUK or at your card office.")},
    {CARD_PIN_WRONG, CARD_FLAG_FINAL_TRY,
     N_("Wrong PIN. One last try is left before the card locks.")},
    {CARD_PIN_WRONG, CARD_FLAG_COUNT_LOW,
     N_("Wrong PIN. Only a few tries are left before the card locks.")},
    {CARD_PIN_WRONG, 0, N_("Wrong PIN. Try again.")},
    {CARD_PIN_LOCKED, 0,
     N_("The card's PIN is locked. Unlock it with the PUK or at your card office.")},
    {CARD_PIN_FORMAT, 0,
     N_("The card does not take a PIN of that form. No try was used. Type it again.")},
    {CARD_NOT_LOGGED_IN, 0, N_("The card asks for its PIN again.")},
    {CARD_NO_KEY, 0, N_("The key of this certificate is not on the card.")},
    {CARD_UNSUPPORTED, 0, N_("The card cannot do what was asked of it.")},
    {CARD_DEADLINE, 0,
     N_("The card did not answer in time. Take it out, put it in again and try once more.")},
    {CARD_HELPER_GONE, 0, N_("The card program stopped and is started again. Try once more.")},
};

const char *card_sentence(guint status, guint flags)
{
    for (gsize i = 0; i < G_N_ELEMENTS(sentences); i++) {
        if (sentences[i].status == status && (flags & sentences[i].flags) == sentences[i].flags)
            return sentences[i].sentence;
    }
    return N_("The card reported an error. Take it out, put it in again and try once more.");
}
